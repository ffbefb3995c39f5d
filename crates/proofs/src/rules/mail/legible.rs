//! `small-text`, `small-target`: letters that nobody can read, and buttons that no finger hits.

use super::Mail;
use super::contrast::is_hidden;
use crate::analysis::mail::{Attribute, Declaration, Piece, Tag, declarations, is_said};
use crate::diag::{Code, Sink};

/// Pixels below which letters are too small for many; below that, phones enlarge what they show, or ask to.
const LEAST_FONT_PX: f64 = 10.0;
/// Pixels below which a target is too low for a finger (WCAG 2.2, success criterion 2.5.8).
const LEAST_TARGET_PX: f64 = 24.0;

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    for (number, piece) in mail.facts.pieces.iter().enumerate() {
        let Piece::Open(tag) = piece else { continue };
        let style = tag.attribute("style");
        let all = style.map(|style| declarations(&style.value)).unwrap_or_default();
        font(mail, (number, tag), &all, sink);
        if tag.name == "a" || tag.name == "mj-button" {
            target(mail, tag, &all, sink);
        }
    }
}

fn font(mail: &Mail<'_>, (number, tag): (usize, &Tag), all: &[Declaration], sink: &mut Sink) {
    let declared = all.iter().rev().find(|one| one.property == "font-size");
    let in_style = declared.zip(tag.attribute("style"));
    let in_style = in_style.map(|(one, style)| (one.value.as_str(), moved(style, one)));
    let own = tag.attribute("font-size").filter(|_| tag.name.starts_with("mj-") && tag.name != "mj-image");
    let Some((value, at)) = in_style.or(own.map(|own| (own.value.as_str(), own.value_at.clone()))) else { return };
    let Some(size) = pixels(value).filter(|size| *size < LEAST_FONT_PX) else { return };
    // Of no height or one pixel are words that are meant for nobody, and cells that hold a gap open.
    if size <= 2.0 || is_hidden(tag, all) || !has_words(mail, number) {
        return;
    }
    // The link to unsubscribe has a rule of its own.
    if tag.attribute("href").is_some_and(|href| href.value.contains("unsubscribe_url")) {
        return;
    }
    let message = format!("letters of {size} pixels are too small to read");
    sink.push(mail.finding(Code::SmallText, &at, message).help("take 12 pixels or more, on phones 14"));
}

/// Whether words follow before the element ends, in it or in what is in it.
fn has_words(mail: &Mail<'_>, number: usize) -> bool {
    let Some(Piece::Open(tag)) = mail.facts.pieces.get(number) else { return false };
    let mut depth = 1_usize;
    for piece in mail.facts.pieces.get(number + 1..).unwrap_or(&[]) {
        match piece {
            Piece::Open(inner) if inner.name == tag.name && !inner.closes_itself => depth += 1,
            Piece::Close { name, .. } if *name == tag.name => depth -= 1,
            // What is inside and says its own size is not of this one.
            Piece::Open(inner) if inner.attribute("style").is_some_and(|style| style.value.contains("font-size")) => {
                return false;
            }
            Piece::Text(at) if mail.body().get(at.clone()).is_some_and(is_said) => return true,
            _ => {}
        }
        if depth == 0 {
            return false;
        }
    }
    false
}

/// A link that is shown as a button of its own height.
fn target(mail: &Mail<'_>, tag: &Tag, all: &[Declaration], sink: &mut Sink) {
    let Some((height, at)) = (if tag.name == "mj-button" { of_button(tag) } else { of_link(tag, all) }) else { return };
    if height >= LEAST_TARGET_PX || is_hidden(tag, all) {
        return;
    }
    let message = format!("this button is {height} pixels high, and a finger needs 24");
    sink.push(mail.finding(Code::SmallTarget, &at, message).help("make it 44 pixels high, by its padding"));
}

fn of_button(tag: &Tag) -> Option<(f64, std::ops::Range<usize>)> {
    let own = |name: &str| tag.attribute(name);
    if let Some(height) = own("height") {
        return Some((pixels(&height.value)?, height.value_at.clone()));
    }
    let padding = own("inner-padding")?;
    let font = own("font-size").map_or(Some(13.0), |size| pixels(&size.value))?;
    Some((font * 1.2 + vertical(&padding.value)?, padding.value_at.clone()))
}

fn of_link(tag: &Tag, all: &[Declaration]) -> Option<(f64, std::ops::Range<usize>)> {
    let style = tag.attribute("style")?;
    let find = |name: &str| all.iter().rev().find(|one| one.property == name);
    let is_button = find("display").is_some_and(|one| matches!(one.value.as_str(), "inline-block" | "block"))
        && (find("background").is_some() || find("background-color").is_some());
    if !is_button {
        return None;
    }
    let height = find("height").or_else(|| find("line-height").filter(|one| one.value.ends_with("px")))?;
    let padding = match find("padding") {
        Some(padding) => vertical(&padding.value)?,
        None if all.iter().any(|one| one.property.starts_with("padding-") || one.property.starts_with("border")) => {
            return None;
        }
        None => 0.0,
    };
    Some((pixels(&height.value)? + padding, moved(style, height)))
}

/// What a padding of one to four values adds above and below.
fn vertical(padding: &str) -> Option<f64> {
    let sides: Vec<&str> = padding.split_whitespace().collect();
    let above = pixels(sides.first()?)?;
    Some(above + sides.get(2).map_or(Some(above), |below| pixels(below))?)
}

fn pixels(value: &str) -> Option<f64> {
    let value = value.trim().trim_end_matches("!important").trim();
    value.strip_suffix("px").unwrap_or(value).trim().parse().ok()
}

fn moved(style: &Attribute, one: &Declaration) -> std::ops::Range<usize> {
    style.value_at.start + one.at.start..style.value_at.start + one.at.end
}
