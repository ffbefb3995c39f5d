//! `consent-needs-itself`: a consent that is given by an event which is recorded only with that consent.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    let Some(tracking) = &campaign.tracking else { return };
    for event in &context.facts.unheard_consents {
        let message = format!("leads agree by `{event}`, and it is recorded only of those who agreed before");
        let finding = Diagnostic::new(Code::ConsentNeedsItself, tracking.origin.0, message);
        let declared = campaign.events.get(event).filter(|event| !event.builtin).map(|event| event.origin.0);
        let finding = match declared {
            Some(at) => finding.also(at, "the event"),
            None => finding,
        };
        sink.push(finding.help(format!("take `{event}` out of the events that need the consent")));
    }
}
