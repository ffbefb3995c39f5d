//! `wrong-charset`: mails go out as UTF-8, and a document that says otherwise is shown as nonsense.

use super::Mail;
use crate::diag::{Code, Sink};

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    for tag in mail.facts.named("meta") {
        let content = tag.attribute("content").filter(|_| tag.attribute("http-equiv").is_some());
        let in_content = content.and_then(|content| {
            let at = content.value.to_ascii_lowercase().find("charset=")? + "charset=".len();
            let name = content.value.get(at..)?.trim_matches(['"', '\'', ' ', ';']);
            let start = content.value_at.start + at;
            Some((name.to_owned(), start..content.value_at.end))
        });
        let own = tag.attribute("charset").map(|own| (own.value.trim().to_owned(), own.value_at.clone()));
        let Some((name, at)) = own.or(in_content) else { continue };
        if name.is_empty() || name.contains('{') || matches!(name.to_ascii_lowercase().as_str(), "utf-8" | "utf8") {
            continue;
        }
        let message = format!("this mail goes out as UTF-8, and says that it is `{name}`");
        sink.push(mail.finding(Code::WrongCharset, &at, message).help("write `utf-8`"));
    }
}
