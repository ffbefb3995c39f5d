//! `empty-subject`, `long-subject`, `shouting-subject`, `false-reply`, `broken-subject`, `emoji-in-subject`, `markup-in-subject`: the line that decides whether a
//! mail is opened.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use super::Mail;
use crate::analysis::mail::{Piece, Tag, plain, scan};
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::mail::TextAt;

/// Columns beyond which nearly every mail program cuts a subject; full-width characters take two. What values bring is
/// not counted.
const MOST_COLUMNS: usize = 70;
/// Exclamation and question marks that receivers take for shouting.
const MOST_MARKS: usize = 3;
/// Letters from which on capitals are no abbreviation (`SUBJ_ALL_CAPS` of SpamAssassin asks for ten).
const LEAST_CAPITALS: usize = 10;
/// Elements that find their way into subjects.
const HTML: [&str; 12] = ["b", "br", "i", "em", "strong", "span", "a", "p", "u", "font", "img", "div"];
/// Characters by their names, likewise.
const CHARACTERS: [&str; 14] =
    ["nbsp", "amp", "lt", "gt", "quot", "apos", "copy", "reg", "trade", "hellip", "ndash", "mdash", "rsquo", "zwnj"];
/// Emoji from which on a subject looks like one of those that filters and readers know.
const MOST_EMOJI: usize = 2;

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    let subject = &mail.texts.subject;
    if subject.text.trim().is_empty() {
        let finding = Diagnostic::new(Code::EmptySubject, subject.span, "this mail has no subject");
        sink.push(finding.help("say what the mail is about in a few words"));
        return;
    }
    for line in [Some(subject), mail.texts.preheader.as_ref()].into_iter().flatten() {
        broken(line, sink);
        markup(line, sink);
    }
    let plain = plain(&subject.text);
    let columns = plain.trim().width();
    if columns > MOST_COLUMNS {
        let message = format!("this subject takes {columns} columns, and mail programs cut it at {MOST_COLUMNS}");
        let finding = Diagnostic::new(Code::LongSubject, subject.whole(), message);
        sink.push(finding.help("put what matters first, in about 50 columns: 25 full-width characters"));
    }
    shouts(subject, &plain, sink);
    emoji(subject, sink);
    if let Some(prefix) = reply_prefix(&subject.text) {
        let message = "this subject pretends to answer or forward another mail";
        let finding = Diagnostic::new(Code::FalseReply, subject.place(&(0..prefix)), message);
        sink.push(finding.help("leave it out: receivers feel deceived, and CAN-SPAM forbids it"));
    }
}

fn broken(line: &TextAt, sink: &mut Sink) {
    let Some(at) = line.text.trim_end().find(['\r', '\n']) else { return };
    let message = "subject and preheader are one line each, and here is a line break";
    let finding = Diagnostic::new(Code::BrokenSubject, line.place(&(at..at + 1)), message);
    sink.push(finding.help("write it in one line, or fold it with `>-`"));
}

/// Tags and names of characters, which are words like others here.
fn markup(line: &TextAt, sink: &mut Sink) {
    let is_tag = |tag: &&Tag| HTML.contains(&tag.name.as_str());
    let pieces = scan(&line.text);
    let tag = pieces.iter().find_map(|piece| match piece {
        Piece::Open(tag) => Some(tag).filter(is_tag).map(|tag| tag.at.clone()),
        _ => None,
    });
    let Some(at) = tag.or_else(|| character(&line.text)) else { return };
    let message = format!("`{}` is shown as it is written", line.text.get(at.clone()).unwrap_or(""));
    let finding = Diagnostic::new(Code::MarkupInSubject, line.place(&at), message);
    sink.push(finding.help("subject and preheader are plain words: write the sign itself, without HTML"));
}

/// `&nbsp;` and the like.
fn character(text: &str) -> Option<Range<usize>> {
    text.match_indices('&').find_map(|(at, _)| {
        let rest = text.get(at + 1..)?;
        let end = rest.bytes().take(10).position(|byte| byte == b';')?;
        let name = rest.get(..end)?;
        let number = name.strip_prefix('#').map(|number| number.trim_start_matches(['x', 'X']));
        let is_number =
            number.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        (is_number || CHARACTERS.contains(&name)).then(|| at..at + 1 + end + 1)
    })
}

fn shouts(subject: &TextAt, plain: &str, sink: &mut Sink) {
    let is_mark = |c: char| matches!(c, '!' | '?' | '！' | '？');
    let marks = plain.chars().filter(|c| is_mark(*c)).count();
    let letters = || plain.chars().filter(|c| c.is_alphabetic());
    let capitals = letters().filter(|c| c.is_uppercase()).count();
    if marks >= MOST_MARKS {
        let first = subject.text.find(is_mark).unwrap_or(0);
        let at = first..subject.text.trim_end().len();
        let message = format!("this subject has {marks} exclamation or question marks");
        let finding = Diagnostic::new(Code::ShoutingSubject, subject.place(&at), message);
        sink.push(finding.help("one is enough; filters count them"));
    } else if capitals >= LEAST_CAPITALS && capitals == letters().count() {
        let finding = Diagnostic::new(Code::ShoutingSubject, subject.whole(), "this subject is all capitals");
        sink.push(finding.help("write it as a sentence; filters count capitals"));
    }
}

fn emoji(subject: &TextAt, sink: &mut Sink) {
    let found = emoji_in(&subject.text);
    let (Some(first), Some(last)) = (found.first(), found.last()) else { return };
    if found.len() <= MOST_EMOJI {
        return;
    }
    let message = format!("this subject has {} emoji", found.len());
    let finding = Diagnostic::new(Code::EmojiInSubject, subject.place(&(first.start..last.end)), message);
    sink.push(finding.help("one says as much; some mail programs show boxes in their place, and filters count them"));
}

/// Emoji, each with what belongs to it: signs that are joined, skins, variants, the second half of a flag.
fn emoji_in(text: &str) -> Vec<Range<usize>> {
    let is_flag = |c: char| matches!(c, '\u{1f1e6}'..='\u{1f1ff}');
    let mut found: Vec<Range<usize>> = Vec::new();
    let (mut joined, mut half) = (false, false);
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let follows = found.last().is_some_and(|last| last.end == at);
        match c {
            '\u{200d}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{20e3}' if follows => {
                joined = c == '\u{200d}';
                found.last_mut().into_iter().for_each(|last| last.end = end);
                continue;
            }
            _ if is_emoji(c) && follows && (joined || half && is_flag(c)) => {
                found.last_mut().into_iter().for_each(|last| last.end = end);
                half = false;
            }
            _ if is_emoji(c) => {
                found.push(at..end);
                half = is_flag(c);
            }
            _ => half = false,
        }
        joined = false;
    }
    found
}

/// Signs that are shown as pictures (Unicode, emoji-data: blocks of pictographs, and those older signs that have always been
/// coloured). ★ and ■ are letters of a line in Japanese.
fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f300}'..='\u{1faff}' | '\u{1f1e6}'..='\u{1f1ff}' | '\u{2614}' | '\u{2615}' | '\u{2648}'..='\u{2653}'
        | '\u{2693}' | '\u{26a1}' | '\u{26bd}' | '\u{26be}' | '\u{26c4}' | '\u{26d4}' | '\u{2705}' | '\u{270a}'..='\u{270d}'
        | '\u{2728}' | '\u{274c}' | '\u{2753}'..='\u{2757}' | '\u{2764}' | '\u{2b50}' | '\u{231a}' | '\u{231b}'
        | '\u{23e9}'..='\u{23f3}')
}

/// The length of `Re:` and the like at the beginning.
fn reply_prefix(text: &str) -> Option<usize> {
    const PREFIXES: [&str; 6] = ["re:", "re：", "fw:", "fw：", "fwd:", "fwd："];
    let is_prefix = |prefix: &&&str| text.get(..prefix.len()).is_some_and(|start| start.to_lowercase() == **prefix);
    PREFIXES.iter().find(is_prefix).map(|prefix| prefix.len())
}

#[cfg(test)]
mod tests {
    use super::emoji_in;

    #[test]
    fn emoji_are_counted_as_they_are_seen() {
        for (text, count) in [
            ("News", 0),
            ("★ 新着 ■ → ①", 0),
            ("🎉 a 🎁", 2),
            ("👨‍👩‍👧‍👦", 1),
            ("👍🏽👍", 2),
            ("🇯🇵🇫🇷🇩🇪", 3),
            ("❤️", 1),
            ("🎉🎉🎉", 3),
        ] {
            assert_eq!(emoji_in(text).len(), count, "{text}");
        }
    }
}
