//! `marketing-confirmation`: a mail that asks for a consent and needs one itself.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    for confirmation in campaign.topics.values().filter_map(|topic| topic.confirmation.as_ref()) {
        for (email, at) in confirmation.emails() {
            let Some(def) = campaign.emails.get(email) else { continue };
            let Some(topic) = campaign.topics.get(&def.topic).filter(|topic| topic.is_marketing()) else { continue };
            let message = format!("`{email}` asks for a consent and is marketing itself, so it needs one before it");
            let finding = Diagnostic::new(Code::MarketingConfirmation, at.0, message);
            let finding = finding.also(topic.origin.0, format!("`{}`, its topic, is marketing", def.topic));
            sink.push(finding.help("give the mail a topic with `kind: transactional`"));
        }
    }
}
