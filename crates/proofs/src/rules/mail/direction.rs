//! `text-direction`, `reversed-text`: scripts that run from right to left need a word about it, and signs that turn text
//! around by hand make it say what it is not.

use std::ops::Range;

use super::Mail;
use crate::analysis::mail::{Piece, declarations};
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::mail::TextAt;

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    for text in mail.each_text() {
        if let Some(at) = turned(&text.text) {
            turns(text, &at, sink);
        }
    }
    let first = mail.facts.pieces.iter().find_map(|piece| match piece {
        Piece::Text(at) => runs_left(mail.body().get(at.clone())?).then(|| trimmed(mail.body(), at)),
        _ => None,
    });
    if let Some(at) = first.filter(|_| !says_its_direction(mail)) {
        let message = "these words run from right to left, and the mail does not say so";
        let finding = mail.finding(Code::TextDirection, &at, message);
        sink.push(finding.help("write `dir=\"rtl\"` in an element around them; in MJML in `<mjml>`"));
    }
}

fn turns(text: &TextAt, at: &Range<usize>, sink: &mut Sink) {
    let sign = text.text.get(at.clone()).and_then(|sign| sign.chars().next()).map_or(0, u32::from);
    let message = format!("a sign that is not shown (U+{sign:04X}) turns the words after it around");
    let finding = Diagnostic::new(Code::ReversedText, text.place(at), message);
    sink.push(finding.help("remove it: filters take it for a disguise; `dir=\"rtl\"` says which way words run"));
}

/// The first sign that overrides the direction of what follows, or begins a part that does not end (Unicode Standard
/// Annex 9, sections 2.2 to 2.4).
fn turned(text: &str) -> Option<Range<usize>> {
    // All of them begin with this byte, which texts in Latin or Japanese letters hardly have.
    if !text.as_bytes().contains(&0xe2) {
        return None;
    }
    let mut open: Vec<(char, Range<usize>)> = Vec::new();
    for (start, sign) in text.char_indices() {
        let at = start..start + sign.len_utf8();
        match sign {
            '\u{202d}' | '\u{202e}' => return Some(at),
            '\u{202a}' | '\u{202b}' => open.push(('\u{202c}', at)),
            '\u{2066}'..='\u{2068}' => open.push(('\u{2069}', at)),
            '\u{202c}' | '\u{2069}' if open.last().is_some_and(|(end, _)| *end == sign) => drop(open.pop()),
            _ => {}
        }
    }
    open.into_iter().next().map(|(_, at)| at)
}

/// Whether most of the letters are of scripts that run from right to left: Hebrew, Arabic and those between and beyond.
fn runs_left(text: &str) -> bool {
    // The bytes with which letters of these scripts begin.
    if !text.bytes().any(|byte| matches!(byte, 0xd6..=0xe0 | 0xef)) {
        return false;
    }
    let is_left = |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}');
    let left = text.chars().filter(|c| is_left(*c) && c.is_alphabetic()).count();
    left >= 3 && left * 2 > text.chars().filter(|c| c.is_alphabetic()).count()
}

fn says_its_direction(mail: &Mail<'_>) -> bool {
    mail.facts.tags().any(|tag| {
        let of_tag = tag.attribute("dir").is_some_and(|dir| !dir.value.eq_ignore_ascii_case("ltr"));
        let of_style =
            |value: &str| declarations(value).iter().any(|one| one.property == "direction" && one.value == "rtl");
        of_tag || tag.attribute("style").is_some_and(|style| of_style(&style.value))
    })
}

fn trimmed(text: &str, at: &Range<usize>) -> Range<usize> {
    let part = text.get(at.clone()).unwrap_or_default();
    let start = at.start + (part.len() - part.trim_start().len());
    start..start + part.trim().len()
}

#[cfg(test)]
mod tests {
    use super::{runs_left, turned};

    #[test]
    fn what_turns_text_around_is_found() {
        assert_eq!(turned("a\u{202e}b"), Some(1..4));
        assert_eq!(turned("a\u{2067}b\u{2069}c\u{202a}d\u{202c}"), None);
        assert_eq!(turned("a\u{2067}b\u{2068}c\u{2069}"), Some(1..4));
        assert!(runs_left("مرحباً Taro") && !runs_left("Taro, مرحبا, hello") && !runs_left("青空"));
    }
}
