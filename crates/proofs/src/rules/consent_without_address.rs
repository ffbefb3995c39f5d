//! `consent-without-address`: a form that asks for consent to mails, and not for the address they would go to.

use super::Context;
use crate::ast::Kind;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (name, form) in &context.resolution.campaign.forms {
        let Some(consent) = &form.consent else { continue };
        let asks = form.fields.iter().any(|asked| asked.field == "email");
        if asks || context.resolution.unsure_kinds.contains(&Kind::Field) {
            continue;
        }
        let message = format!("the form `{name}` subscribes to `{}` without asking for an address", consent.topic);
        let finding = Diagnostic::new(Code::ConsentWithoutAddress, form.origin.0, message);
        sink.push(finding.help("add `email` to its `fields`"));
    }
}
