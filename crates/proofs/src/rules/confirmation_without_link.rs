//! `confirmation-without-link`: a mail that asks for a confirmation, and no way to give it.

use super::Context;
use crate::ast::Kind;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    for confirmation in campaign.topics.values().filter_map(|topic| topic.confirmation.as_ref()) {
        for (email, at) in confirmation.emails() {
            let Some(def) = campaign.emails.get(email) else { continue };
            if context.resolution.confirming.contains(email) || context.may_be_used(Kind::Email, email) {
                continue;
            }
            let message = format!("`{email}` asks for a confirmation and has no link to give it");
            let finding = Diagnostic::new(Code::ConfirmationWithoutLink, at.0, message);
            let finding = finding.also(def.origin.0, format!("`{email}` is defined here"));
            sink.push(finding.help("print `{{ confirm_url }}` in its body, and in its text part if it has one"));
        }
    }
}
