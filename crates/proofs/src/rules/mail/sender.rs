//! `freemail-sender`, `unaligned-sender`, `no-reply-sender`, `broken-subject`: addresses that receivers do not trust, or nobody can answer.

use tabiji_suffixes::organisational;

use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::Sender;

use super::super::Context;

/// Hosts of free mail, whose own DMARC policies tell receivers to refuse mail that others send in their name.
const FREE: [&str; 18] = [
    "gmail.com",
    "googlemail.com",
    "yahoo.com",
    "yahoo.co.jp",
    "ymail.com",
    "outlook.com",
    "outlook.jp",
    "hotmail.com",
    "hotmail.co.jp",
    "live.com",
    "live.jp",
    "icloud.com",
    "me.com",
    "aol.com",
    "gmx.de",
    "gmx.net",
    "web.de",
    "docomo.ne.jp",
];

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (name, sender) in &context.resolution.campaign.senders {
        let at = sender.email_at.0;
        if sender.name.as_deref().is_some_and(|said| said.contains(['\r', '\n'])) {
            let message = format!("the name of `{name}` has a line break, and a header is one line");
            let finding = Diagnostic::new(Code::BrokenSubject, sender.name_at.0, message);
            sink.push(finding.help("write it in one line"));
        }
        let Some((local, host)) = sender.email.rsplit_once('@') else { continue };
        let host = host.to_ascii_lowercase();
        if FREE.contains(&host.as_str()) {
            let message = format!("`{name}` sends as `{}`, and `{host}` tells receivers to refuse that", sender.email);
            let finding = Diagnostic::new(Code::FreemailSender, at, message);
            sink.push(finding.help("send from an address of your own domain"));
        }
        unaligned(name, sender, &host, sink);
        let is_deaf =
            matches!(local.to_ascii_lowercase().replace(['-', '_', '.'], "").as_str(), "noreply" | "donotreply");
        if is_deaf && sender.reply_to.is_none() {
            let message = format!("`{name}` sends as `{}`, and answers go nowhere", sender.email);
            let finding = Diagnostic::new(Code::NoReplySender, at, message);
            sink.push(finding.help("give it a `reply_to` that somebody reads"));
        }
    }
}

fn unaligned(name: &str, sender: &Sender, host: &str, sink: &mut Sink) {
    let Some(domain) = &sender.domain else { return };
    let (own, signed) = (organisational(host), organisational(&domain.name));
    if own == signed {
        return;
    }
    let message = format!(
        "`{name}` sends as `{}` and is signed by `{}`: DMARC asks for one organisation, and these are `{own}` and `{signed}`",
        sender.email, domain.name
    );
    let finding = Diagnostic::new(Code::UnalignedSender, sender.email_at.0, message);
    let finding = finding.also(domain.origin.0, "the domain that signs");
    sink.push(finding.help("let both be of one domain, or one below the other"));
}
