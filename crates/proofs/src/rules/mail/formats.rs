//! `unformatted-value`: dates, times, amounts and sets that stand in a mail as programs write them.

use super::Mail;
use super::data::{Place, place_of};
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::mail::{Bare, Print};

pub(super) fn check(mail: &Mail<'_>, sink: &mut Sink) {
    let is_read = |print: &&Print| {
        let bare = print.bare.is_some() && matches!(place_of(mail, print), Place::Text);
        bare && !(print.bare == Some(Bare::Money) && has_currency(mail.body(), print))
    };
    let body = mail.texts.prints.iter().filter(is_read);
    // What stands beside these is not known.
    let others = mail.texts.other_prints.iter().filter(|print| print.bare != Some(Bare::Money));
    for print in body.chain(others) {
        let Some(bare) = print.bare else { continue };
        let (what, filter) = match bare {
            Bare::Date => ("a date as programs write it, such as 2026-04-01", "date"),
            Bare::Instant => ("a time as programs write it, such as 2026-04-01T10:00:00+09:00", "date"),
            Bare::Money => ("an amount of money as programs write it, such as 12000", "money"),
            Bare::Several => ("several values as programs write them, such as ['a', 'b']", "join(\", \")"),
        };
        let message = format!("this prints {what}");
        let finding = Diagnostic::new(Code::UnformattedValue, print.span, message);
        sink.push(finding.help(format!("put it into the project's own form: `{} | {filter}`", print.text)));
    }
}

/// Whether the currency stands beside the value.
fn has_currency(text: &str, print: &Print) -> bool {
    let before = text.get(..print.at.start).unwrap_or("").trim_end().trim_end_matches("{{").trim_end();
    let behind = text.get(print.at.end..).and_then(|rest| rest.find("}}").and_then(|end| rest.get(end + 2..)));
    let behind = behind.unwrap_or("").trim_start();
    ["¥", "￥", "$", "€", "£"].iter().any(|sign| before.ends_with(sign))
        || ["円", "万円", "ドル", "ユーロ", "€", "$", "yen", "JPY", "USD", "EUR"]
            .iter()
            .any(|sign| behind.starts_with(sign))
}
