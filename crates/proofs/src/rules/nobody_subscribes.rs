//! `nobody-subscribes`: mails that need a consent which nothing gives.

use super::Context;
use crate::ast::Kind;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::Consent;

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    for (name, topic) in &campaign.topics {
        let emails = campaign.emails.iter().map(|(email, def)| (email, &def.topic, def.origin));
        let messages = campaign.messages.iter().map(|(message, def)| (message, &def.topic, def.origin));
        let sent = |(each, topic, _): &(&String, &String, _)| *topic == name && context.facts.sent.contains(*each);
        let Some((sent, _, origin)) = emails.chain(messages).find(sent) else { continue };
        let told = context.resolution.told_topics.contains(name) || topic.granted.is_some();
        if told || context.may_be_used(Kind::Topic, name) {
            continue;
        }
        let unconfirmed = topic.consent == Consent::DoubleOptIn && !context.facts.confirmable.contains(name);
        let (message, help) = if !context.facts.subscribable.contains(name) {
            let help = "say who agreed before with `granted:`, or subscribe leads by a `topic` step";
            (format!("nobody can agree to the topic `{name}`, so its mails go to nobody"), help)
        } else if unconfirmed {
            let help = "give the topic a `confirmation:`, or let a step or a persona make `subscription_confirmed`";
            (format!("nobody confirms a subscription to the topic `{name}`, so its mails go to nobody"), help)
        } else {
            continue;
        };
        let finding = Diagnostic::new(Code::NobodySubscribes, topic.origin.0, message);
        let finding = finding.also(origin.0, format!("`{sent}` is one of them"));
        sink.push(finding.help(help));
    }
}
