//! `text-part-differs`: a text part of its own that lacks the way out, or is hardly there. Filters compare the two.

use super::Mail;
use crate::analysis::mail::letters_bytes;
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
    if letters_bytes(&text.text) * 2 < mail.facts.always_bytes {
        let message = "the text part says less than half of what the body says";
        let finding = Diagnostic::new(Code::TextPartDiffers, at, message);
        sink.push(finding.help("write it out, or leave `text` away: it is then made from the body"));
    }
}
