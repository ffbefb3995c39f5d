//! `text-part-differs`: a text part of its own that lacks the way out, or is hardly there. Filters compare the two.

use std::ops::Range;

use super::Mail;
use crate::analysis::mail::{is_said, letters_bytes};
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    let (Some(text), Some(body)) = (&mail.texts.text, &mail.texts.body) else { return };
    let first_line = text.text.find('\n').unwrap_or(text.text.len());
    let at = text.place(&(0..first_line));
    for link in ["unsubscribe_url", "preferences_url", "confirm_url"] {
        if body.text.contains(link) && !text.text.contains(link) {
            let message = format!("the body links to `{link}`, and the text part does not");
            let finding = Diagnostic::new(Code::TextPartDiffers, at, message);
            sink.push(finding.help(format!("print `{{{{ {link} }}}}` in the text part as well")));
            return;
        }
    }
    if let Some((address, link_at)) = missing_link(mail, &text.text) {
        let message = format!("the body links to `{address}`, and the text part does not");
        let finding = Diagnostic::new(Code::TextPartDiffers, at, message).also(mail.at(&link_at), "the link");
        sink.push(
            finding.help(
                "write the address into the text part as well, or leave `text` away: it is then made from the body",
            ),
        );
        return;
    }
    if letters_bytes(&text.text) * 2 < mail.facts.always_bytes {
        let message = "the text part says less than half of what the body says";
        let finding = Diagnostic::new(Code::TextPartDiffers, at, message);
        sink.push(finding.help("write it out, or leave `text` away: it is then made from the body"));
    }
}

/// The first link with words of its own whose address the text part does not have. What comes after `?` counts clicks, and may
/// differ; a link that a template writes is not looked for.
fn missing_link<'a>(mail: &Mail<'a>, text: &str) -> Option<(&'a str, Range<usize>)> {
    mail.facts.linked().find_map(|(link, tag)| {
        let href = tag.attribute("href")?;
        let address = href.value.trim().split(['?', '#']).next()?.trim_end_matches('/');
        let is_page = address.starts_with("https://") || address.starts_with("http://");
        let is_told = address.split_once("://").is_some_and(|(_, rest)| text.contains(rest));
        (is_page && !address.contains('{') && !is_told && is_said(&link.shown))
            .then(|| (address, href.value_at.clone()))
    })
}
