//! `background-without-colour`: light words on a picture, with no colour behind them where the picture is not shown. Many people see
//! mails without pictures, and Outlook on Windows shows few behind words.

use std::ops::Range;

use super::Mail;
use super::contrast::{LEAST_LARGE, ratio};
use crate::analysis::mail::{Piece, Rgb, Tag, color, declarations};
use crate::diag::{Code, Sink};

/// What is behind words of which nothing says it.
const WHITE: Rgb = [255; 3];

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    for (at, piece) in mail.facts.pieces.iter().enumerate() {
        let Piece::Open(tag) = piece else { continue };
        let Some(picture) = picture(tag).filter(|_| !has_color(mail, tag) && holds_light_words(mail, at, tag)) else {
            continue;
        };
        let message = "where this picture is not shown, nothing says what is behind the words";
        let finding = mail.finding(Code::BackgroundWithoutColour, &picture, message);
        let help = match tag.name.starts_with("mj-") {
            true => "say it as well: `background-color=\"#0a3d62\"`",
            false => "say it as well: `background-color: #0a3d62`, or `bgcolor`",
        };
        sink.push(finding.help(help));
    }
}

/// Where a tag says which picture is behind its words.
fn picture(tag: &Tag) -> Option<Range<usize>> {
    let attribute = ["background", "background-url"].into_iter().find_map(|name| tag.attribute(name));
    if let Some(attribute) = attribute.filter(|attribute| !attribute.value.trim().is_empty()) {
        return Some(attribute.value_at.clone());
    }
    let style = tag.attribute("style")?;
    let is_picture =
        |property: &str, value: &str| matches!(property, "background" | "background-image") && value.contains("url(");
    let all = declarations(&style.value);
    let said = all.iter().find(|one| is_picture(&one.property, &one.value))?;
    Some(style.value_at.start + said.at.start..style.value_at.start + said.at.end)
}

/// Whether something may say a colour: the tag itself, the head of a mail in MJML, a style sheet.
fn has_color(mail: &Mail<'_>, tag: &Tag) -> bool {
    let is_color = |value: &str| value.split([' ', ',']).any(|word| color(word).is_some()) || value.contains("rgb");
    let in_style = tag.attribute("style").is_some_and(|style| {
        let of = |property: &str| property == "background-color" || property == "background";
        declarations(&style.value).iter().any(|one| of(&one.property) && is_color(&one.value))
    });
    let by_head = tag.may_have("mj-class") || mail.facts.defaults.contains("background-color");
    let has_class = tag.may_have("class") || tag.may_have("id") || tag.may_have("css-class");
    let by_sheet = has_class
        && mail.facts.pieces.iter().any(|piece| match piece {
            Piece::Raw(_, at) => mail.body().get(at.clone()).is_some_and(|sheet| sheet.contains("background")),
            _ => false,
        });
    in_style || by_head || by_sheet || ["bgcolor", "background-color"].into_iter().any(|name| tag.may_have(name))
}

/// Whether words that are hard to read on white stand in the element that a tag opens, with nothing else behind them.
fn holds_light_words(mail: &Mail<'_>, at: usize, tag: &Tag) -> bool {
    let mut depth = 0_usize;
    let end = mail.facts.pieces.iter().skip(at).find_map(|piece| {
        match piece {
            Piece::Open(one) if one.name == tag.name && !one.closes_itself => depth += 1,
            Piece::Close { name, .. } if *name == tag.name => depth = depth.saturating_sub(1),
            Piece::Open(_)
            | Piece::Close { .. }
            | Piece::Text(_)
            | Piece::Raw(..)
            | Piece::Comment(_)
            | Piece::Branch(..) => {}
        }
        (depth == 0).then(|| piece.at().end)
    });
    let inside = tag.at.end..end.unwrap_or(mail.body().len());
    mail.facts.words.iter().any(|words| {
        let is_light = words.looks.front.as_ref().is_some_and(|front| ratio(front.value, WHITE) < LEAST_LARGE);
        is_light && words.looks.back.is_none() && inside.contains(&words.at.start)
    })
}
