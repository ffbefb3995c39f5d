//! `unescaped-data`, `data-as-address`, `data-in-code`, `data-in-link`: what leads write into forms is never markup, nor the
//! beginning of an address. Escaping keeps neither `javascript:` nor another host out of a link.

use super::Mail;
use crate::analysis::mail::{Attribute, Piece};
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::mail::{Print, ValueOrigin};

/// Attributes that hold addresses.
const ADDRESSES: [&str; 6] = ["href", "src", "background", "action", "background-url", "poster"];

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    for print in &mail.texts.prints {
        match print.origin {
            ValueOrigin::Campaign | ValueOrigin::Figure => continue,
            ValueOrigin::Typed | ValueOrigin::Personal | ValueOrigin::Address => {}
        }
        if let Some(at) = print.safe_at {
            let message = format!("`{}` is what a lead wrote, and `safe` lets it in as HTML", written(mail, print));
            let finding = Diagnostic::new(Code::UnescapedData, at, message);
            sink.push(finding.help("leave `safe` out: values are escaped by themselves"));
        }
        match place_of(mail, print) {
            Place::Attribute(attribute) => in_attribute(mail, print, attribute, sink),
            Place::Code(what) => in_code(mail, print, what, sink),
            Place::Text => {}
        }
    }
}

/// The expression as it is written.
fn written<'a>(mail: &Mail<'a>, print: &Print) -> &'a str {
    mail.body().get(print.at.clone()).unwrap_or("")
}

/// Where a value stands.
pub(super) enum Place<'a> {
    Text,
    Attribute(&'a Attribute),
    /// In a part that is no HTML, in words.
    Code(&'static str),
}

pub(super) fn place_of<'a>(mail: &Mail<'a>, print: &Print) -> Place<'a> {
    let pieces = &mail.facts.pieces;
    let next = pieces.partition_point(|piece| piece.at().start <= print.at.start);
    // The words of a link of Markdown are pieces of their own, and stand in the link.
    let before = pieces.get(..next).unwrap_or(&[]).iter().rev().take(16);
    let around =
        before.into_iter().find(|piece| piece.at().contains(&print.at.start) && !matches!(piece, Piece::Text(_)));
    let Some(piece) = around else { return Place::Text };
    match piece {
        Piece::Open(tag) => {
            let holds = |attribute: &&Attribute| attribute.value_at.contains(&print.at.start);
            tag.attributes.iter().find(holds).map_or(Place::Text, Place::Attribute)
        }
        Piece::Raw(name, _) if name == "script" => Place::Code("a script"),
        Piece::Raw(name, _) if name == "style" || name == "mj-style" => Place::Code("a style sheet"),
        Piece::Comment(_) => Place::Code("a comment"),
        Piece::Raw(..) | Piece::Text(_) | Piece::Close { .. } | Piece::Branch(..) => Place::Text,
    }
}

fn in_code(mail: &Mail<'_>, print: &Print, what: &str, sink: &mut Sink) {
    let message =
        format!("`{}` is what a lead wrote, and stands in {what}, where escaping does not help", written(mail, print));
    let finding = Diagnostic::new(Code::DataInCode, print.span, message);
    sink.push(finding.help("decide with `{% if … %}` what is written there"));
}

fn in_attribute(mail: &Mail<'_>, print: &Print, attribute: &Attribute, sink: &mut Sink) {
    if attribute.name == "style" {
        return in_code(mail, print, "a style", sink);
    }
    if attribute.name.starts_with("on") {
        return in_code(mail, print, "a script", sink);
    }
    if !ADDRESSES.contains(&attribute.name.as_str()) {
        return;
    }
    let before = mail.body().get(attribute.value_at.start..print.at.start).unwrap_or("");
    let before = format!("{}{}", before.trim_end().trim_end_matches(['{', '-', '+']).trim(), print.begins);
    if decides_on_the_host(&before) && print.origin != ValueOrigin::Address {
        let message =
            format!("`{}` is what a lead wrote, and decides where `{}` leads", written(mail, print), attribute.name);
        let finding = Diagnostic::new(Code::DataAsAddress, print.span, message);
        sink.push(finding.help("begin the address yourself: `https://…/`, or give the field `type: url`"));
    } else if before.contains('?') && print.origin == ValueOrigin::Personal {
        let message = format!(
            "`{}` says who the lead is, and goes with the link into the logs of other systems",
            written(mail, print)
        );
        let finding = Diagnostic::new(Code::DataInLink, print.span, message);
        sink.push(finding.help("put the lead's `id` there"));
    }
}

/// Whether what follows `before` in an address can choose its scheme or host.
fn decides_on_the_host(before: &str) -> bool {
    let rest = before.split_once("://").map_or(before, |(_, rest)| rest);
    let is_mailbox = before.starts_with("mailto:") || before.starts_with("tel:") || before.starts_with("sms:");
    !is_mailbox && !rest.contains(['/', '?', '#']) && !rest.contains("{{")
}
