//! `unsupported-markup`: what one of the project's mail programs does not show. Only what leaves a mail wrong or empty is
//! told: rounded corners and shadows may be missing.

mod support;

use super::Mail;
use crate::analysis::mail::{Piece, Tag, declarations};
use crate::diag::{Code, Sink};
use crate::ir::MailClient;
use support::{FEATURES, Feature, Sign};

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    if mail.settings.clients.is_empty() {
        return;
    }
    for piece in &mail.facts.pieces {
        match piece {
            Piece::Open(tag) => in_tag(mail, tag, sink),
            Piece::Raw(name, at) if name == "style" || name == "mj-style" => style(mail, at.start, at.end, sink),
            Piece::Raw(..) | Piece::Text(_) | Piece::Close { .. } | Piece::Comment(_) | Piece::Branch(..) => {}
        }
    }
}

fn in_tag(mail: &Mail<'_>, tag: &Tag, sink: &mut Sink) {
    for feature in FEATURES {
        match feature.sign {
            Sign::Tag(name) if name == tag.name => report(mail, feature, &tag.at, sink),
            Sign::Image(ending) if matches!(tag.name.as_str(), "img" | "mj-image") => {
                let Some(source) = tag.attribute("src") else { continue };
                let path = source.value.split(['?', '#']).next().unwrap_or("").to_ascii_lowercase();
                if path.ends_with(ending) {
                    report(mail, feature, &source.value_at, sink);
                }
            }
            Sign::Tag(_) | Sign::Image(_) | Sign::Property(..) | Sign::Value(_) => {}
        }
    }
    if let Some(attribute) = tag.attribute("style") {
        style(mail, attribute.value_at.start, attribute.value_at.end, sink);
    }
}

fn style(mail: &Mail<'_>, start: usize, end: usize, sink: &mut Sink) {
    let css = mail.body().get(start..end).unwrap_or("");
    let all = declarations(css);
    for one in &all {
        let shows = |feature: &&Feature| match feature.sign {
            Sign::Property(property, value) => {
                one.property == property && (value.is_empty() || one.value.starts_with(value))
            }
            Sign::Value(part) => one.value.contains(part),
            Sign::Tag(_) | Sign::Image(_) => false,
        };
        for feature in FEATURES.iter().filter(shows) {
            // A colour that is declared as well stands in.
            let stands_in = |other: &crate::analysis::mail::Declaration| {
                feature.fallback == Some(other.property.as_str()) && other.at != one.at && !other.value.contains('(')
            };
            if !all.iter().any(stands_in) {
                let at = start + one.at.start..start + one.at.end;
                report(mail, feature, &at, sink);
            }
        }
    }
}

fn report(mail: &Mail<'_>, feature: &Feature, at: &std::ops::Range<usize>, sink: &mut Sink) {
    let without = |client: &&MailClient| feature.missing_in.contains(client);
    let clients: Vec<String> =
        mail.settings.clients.iter().filter(without).map(|client| format!("`{}`", client.word())).collect();
    if clients.is_empty() {
        return;
    }
    let message = format!("{} does not work in {}", feature.words, clients.join(", "));
    let finding = mail.finding(Code::UnsupportedMarkup, at, message);
    sink.push(finding.help(feature.instead));
}
