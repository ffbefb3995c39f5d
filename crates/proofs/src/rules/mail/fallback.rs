//! `empty-fallback`: `Dear {{ last_name | default("") }},` greets nobody.

use std::ops::Range;

use super::Mail;
use crate::analysis::mail::template_tag;
use crate::diag::{Code, Diagnostic, Sink};

const GREETINGS: [&str; 6] = ["dear", "hello", "hi", "hey", "good morning", "welcome"];
const HONORIFICS: [&str; 5] = ["様", "さま", "さん", "殿", "御中"];

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    for text in mail.each_text() {
        let is_subject = std::ptr::eq(text, &mail.texts.subject);
        for (tag, fallback) in empty_fallbacks(&text.text) {
            let (before, after) = (text.text.get(..tag.start).unwrap_or(""), text.text.get(tag.end..).unwrap_or(""));
            if !is_subject && !greets(before, after) {
                continue;
            }
            let what = if is_subject { "this subject" } else { "this greeting" };
            let message = format!("{what} has a hole where the value is absent: its fallback is empty");
            let finding = Diagnostic::new(Code::EmptyFallback, text.place(&fallback), message);
            sink.push(finding.help(
                "fall back on words, such as `default(\"customer\")`, or leave the whole greeting out by `{% if … %}`",
            ));
        }
    }
}

/// Template tags with an empty fallback, and where that stands.
fn empty_fallbacks(text: &str) -> Vec<(Range<usize>, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(brace) = text.get(at..).and_then(|rest| rest.find("{{")).map(|found| at + found) {
        let end = template_tag(text, brace).unwrap_or(text.len());
        let inside = text.get(brace..end).unwrap_or("");
        for empty in ["default(\"\"", "default(''", "or \"\"", "or ''"] {
            if let Some(start) = inside.find(empty) {
                let start = brace + start;
                found.push((brace..end, start..start + empty.len()));
                break;
            }
        }
        at = end.max(brace + 2);
    }
    found
}

fn greets(before: &str, after: &str) -> bool {
    let word = before.trim_end().to_lowercase();
    GREETINGS.iter().any(|greeting| word.ends_with(greeting))
        || HONORIFICS.iter().any(|honorific| after.trim_start().starts_with(honorific))
}
