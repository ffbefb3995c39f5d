//! `shared-sender`: who is annoyed by marketing reports the address, and receipts and passwords go the same way.

use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::{Email, Name};

use super::super::Context;

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    let mut by_host: BTreeMap<&str, [Option<(&Name, &Email)>; 2]> = BTreeMap::new();
    for (name, email) in &campaign.emails {
        let is_sent = context.facts.sent.contains(name);
        let known = campaign.senders.get(&email.sender).zip(campaign.topics.get(&email.topic)).filter(|_| is_sent);
        let Some((sender, topic)) = known else { continue };
        // Without a domain of its own, nobody looks after the sender's reputation yet.
        let Some(domain) = sender.domain.as_ref() else { continue };
        let kind = usize::from(topic.is_marketing());
        by_host.entry(domain.name.as_str()).or_default()[kind].get_or_insert((name, email));
    }
    for (host, kinds) in by_host {
        let [Some((service, email)), Some((marketing, other))] = kinds else { continue };
        let Some(sender) = campaign.senders.get(&email.sender) else { continue };
        let message =
            format!("`{host}` sends marketing, such as `{marketing}`, and transactional mails, such as `{service}`");
        let at = sender.domain.as_ref().map_or(sender.origin.0, |domain| domain.origin.0);
        let finding = Diagnostic::new(Code::SharedSender, at, message);
        let finding = finding.also(other.origin.0, "marketing").also(email.origin.0, "transactional");
        sink.push(
            finding.help("give each a sender below a domain of its own: complaints about the one hold back the other"),
        );
    }
}
