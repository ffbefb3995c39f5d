//! `long-sms`: a short message that is paid for more than once.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (name, message) in &context.resolution.campaign.messages {
        if message.segments < 2 {
            continue;
        }
        let words = format!("the text of `{name}` takes {} segments, and each is paid for", message.segments);
        let finding = Diagnostic::new(Code::LongSms, message.origin.0, words);
        let limits =
            "Japanese text has 70 characters in one segment and 67 in each of several, plain Latin text 160 and 153";
        sink.push(finding.help(format!("shorten it: {limits}")));
    }
}
