//! `missing-preheader`, `weak-preheader`: what stands beside the subject in a list of mails.

use unicode_width::UnicodeWidthStr;

use super::Mail;
use crate::analysis::mail::plain;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::mail::BodyFormat;

/// Columns below which half of the line beside the subject stays empty.
const LEAST_COLUMNS: usize = 30;
/// Words that help those who cannot see the mail, and tell nothing to those who choose what to read.
const BOILERPLATE: [&str; 8] = [
    "view in browser",
    "view in your browser",
    "view this email in",
    "view online",
    "having trouble viewing",
    "can't see this email",
    "ブラウザで表示",
    "ブラウザで見る",
];

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    let Some(preheader) = &mail.texts.preheader else {
        return missing(mail, sink);
    };
    let text: &str = preheader.text.trim();
    let plain = plain(text);
    let lower = plain.to_lowercase();
    if !plain.is_empty() && plain.trim() == plain_subject(mail) {
        let finding = Diagnostic::new(Code::WeakPreheader, preheader.whole(), "this preheader repeats the subject");
        let finding = finding.also(mail.texts.subject.whole(), "the subject");
        sink.push(finding.help("say what the subject leaves out"));
    } else if let Some(said) = BOILERPLATE.iter().find(|words| lower.contains(**words)) {
        let message = format!("`{said}` stands beside the subject, and says nothing of the mail");
        let finding = Diagnostic::new(Code::WeakPreheader, preheader.whole(), message);
        sink.push(finding.help("leave that to a link in the body, and say here what the subject leaves out"));
    } else if plain == text && plain.width() < LEAST_COLUMNS {
        let message = format!("this preheader takes {} columns, and most of its line stays empty", plain.width());
        let finding = Diagnostic::new(Code::WeakPreheader, preheader.whole(), message);
        sink.push(finding.help(format!("write at least {LEAST_COLUMNS} columns; 40 to 90 fill the line")));
    }
}

fn plain_subject(mail: &Mail<'_>) -> String {
    plain(&mail.texts.subject.text).trim().to_owned()
}

/// HTML documents begin with whatever stands in their first cell; Markdown begins with a sentence.
fn missing(mail: &Mail<'_>, sink: &mut Sink) {
    let is_document = mail.texts.format != BodyFormat::Markdown && mail.facts.named("body").next().is_some();
    if !is_document || !mail.is_marketing() {
        return;
    }
    let message = "this mail has no preheader, so the first words of its body stand beside the subject";
    let finding =
        Diagnostic::new(Code::MissingPreheader, mail.texts.subject.whole(), message).here("no preheader beside it");
    sink.push(finding.help("write `preheader:` with 40 to 90 columns that go on where the subject ends"));
}
