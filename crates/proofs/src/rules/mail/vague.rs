//! `vague-link`: links whose words say nothing without what is around them. Who lists the links of a mail, or has them read
//! out, hears these words alone (WCAG 2.1, success criterion 2.4.9).

use std::ops::Range;

use super::Mail;
use crate::analysis::mail::plain;
use crate::diag::{Code, Sink};

/// Words that say that this is a link, and nothing else.
const VAGUE: [&str; 14] = [
    "click here",
    "click",
    "click me",
    "click this",
    "click this link",
    "here",
    "link",
    "please click here",
    "press here",
    "tap here",
    "this",
    "this link",
    "this page",
    "url",
];
/// The same in Japanese.
const VAGUE_JA: [&str; 14] = [
    "こちら",
    "コチラ",
    "こちらから",
    "こちらへ",
    "こちらをクリック",
    "こちらをタップ",
    "ここ",
    "ここから",
    "ここをクリック",
    "ここをタップ",
    "クリック",
    "クリックする",
    "リンク",
    "このリンク",
];

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    for (link, tag) in mail.facts.linked() {
        let shown = plain(&link.shown);
        if link.has_image || shown != link.shown || !tag.may_have("href") {
            continue;
        }
        // `<https://…>` of Markdown shows its address.
        let is_address = tag.attribute("href").is_some_and(|href| href.at == href.value_at && shown.is_empty());
        if tag.name == "a" && shown.trim().is_empty() && !is_address {
            // The target of a link within the mail is no link, and one that leads out has a rule of its own.
            let leads = tag.attribute("href").is_some_and(|href| href.value.len() > 1 && !href.value.contains("_url"));
            if leads && !tag.is_open {
                let finding = mail.finding(Code::VagueLink, &tag.at, "this link shows nothing");
                sink.push(finding.help("write words into it, or leave it out"));
            }
            continue;
        }
        let inner = without_signs(&shown);
        let words = shown[inner.clone()].split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        if VAGUE.contains(&words.as_str()) || VAGUE_JA.contains(&words.as_str()) {
            let is_one_text = mail.body().get(link.shown_at.clone()) == Some(shown.as_str());
            let moved = link.shown_at.start + inner.start..link.shown_at.start + inner.end;
            let at = if is_one_text { moved } else { link.shown_at.clone() };
            let message = format!("`{}` says nothing of where this link leads", &shown[inner]);
            let finding = mail.finding(Code::VagueLink, &at, message);
            sink.push(finding.help("let the words of the link say it: `Read the report`"));
        }
    }
}

/// Words without the signs and arrows around them.
fn without_signs(shown: &str) -> Range<usize> {
    let behind = shown.trim_start_matches(|c: char| !c.is_alphanumeric());
    let start = shown.len() - behind.len();
    start..start + behind.trim_end_matches(|c: char| !c.is_alphanumeric()).len()
}
