//! `nobody-subscribes`: mails that need a consent which nothing gives.

use super::Context;
use crate::ast::Kind;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    for (name, topic) in &campaign.topics {
        let mail =
            campaign.emails.iter().find(|(email, def)| def.topic == *name && context.facts.sent.contains(*email));
        let Some((email, def)) = mail else { continue };
        if context.facts.subscribable.contains(name) || context.may_be_used(Kind::Topic, name) {
            continue;
        }
        let message = format!("nobody can agree to the topic `{name}`, so its mails go to nobody");
        let finding = Diagnostic::new(Code::NobodySubscribes, topic.origin.0, message);
        let finding = finding.also(def.origin.0, format!("`{email}` is one of them"));
        sink.push(finding.help("say who agreed before with `granted:`, or subscribe leads by a `topic` step"));
    }
}
