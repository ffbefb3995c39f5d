//! `no-language`: an HTML document that does not say its language is read aloud in the wrong voice, and Japanese is shown in
//! Chinese shapes. MJML without one is given that of the project when it is rendered.

use super::Mail;
use crate::diag::{Code, Sink};

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    for tag in mail.facts.tags().filter(|tag| tag.name == "html") {
        let lang = tag.attribute("lang").or_else(|| tag.attribute("xml:lang"));
        let is_said = lang.is_some_and(|lang| !lang.value.trim().is_empty() && lang.value != "und");
        if is_said || (lang.is_none() && tag.is_open) {
            continue;
        }
        let finding = mail.finding(Code::NoLanguage, &tag.at, "this document does not say its language");
        sink.push(finding.help(format!("write `<{} lang=\"ja\">`, or whatever it is", tag.name)));
    }
}
