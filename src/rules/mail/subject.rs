//! `empty-subject`, `long-subject`, `shouting-subject`, `false-reply`, `broken-subject`: the line that decides whether a
//! mail is opened.

use unicode_width::UnicodeWidthStr;

use super::Mail;
use crate::analysis::mail::plain;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::mail::TextAt;

/// Columns beyond which nearly every mail program cuts a subject; full-width characters take two. What values bring is
/// not counted.
const MOST_COLUMNS: usize = 70;
/// Exclamation and question marks that receivers take for shouting.
const MOST_MARKS: usize = 3;
/// Letters from which on capitals are no abbreviation (`SUBJ_ALL_CAPS` of SpamAssassin asks for ten).
const LEAST_CAPITALS: usize = 10;

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    let subject = &mail.texts.subject;
    if subject.text.trim().is_empty() {
        let finding = Diagnostic::new(Code::EmptySubject, subject.span, "this mail has no subject");
        sink.push(finding.help("say what the mail is about in a few words"));
        return;
    }
    for line in [Some(subject), mail.texts.preheader.as_ref()].into_iter().flatten() {
        broken(line, sink);
    }
    let plain = plain(&subject.text);
    let columns = plain.trim().width();
    if columns > MOST_COLUMNS {
        let message = format!("this subject takes {columns} columns, and mail programs cut it at {MOST_COLUMNS}");
        let finding = Diagnostic::new(Code::LongSubject, subject.whole(), message);
        sink.push(finding.help("put what matters first, in about 50 columns: 25 full-width characters"));
    }
    shouts(subject, &plain, sink);
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

/// The length of `Re:` and the like at the beginning.
fn reply_prefix(text: &str) -> Option<usize> {
    const PREFIXES: [&str; 6] = ["re:", "re：", "fw:", "fw：", "fwd:", "fwd："];
    let is_prefix = |prefix: &&&str| text.get(..prefix.len()).is_some_and(|start| start.to_lowercase() == **prefix);
    PREFIXES.iter().find(is_prefix).map(|prefix| prefix.len())
}
