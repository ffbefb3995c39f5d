//! `no-consent-here`: a marketing mail that is reached only by leads who may not get it.

use super::Context;
use super::reasons::{because, shown};
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::journey::Action;

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (_, (facts, journey)) in context.reached() {
        for (number, topic, reason) in &facts.no_consent {
            let Some(step) = journey.steps.get(*number) else { continue };
            let Action::Send { content, .. } = &step.action else { continue };
            let why = because(reason, journey).map_or(String::new(), |why| format!(": {why}"));
            let message = format!(
                "nobody who comes to `{}` may be mailed on `{topic}`, so `{content}` goes to nobody{why}",
                step.id
            );
            let finding = Diagnostic::new(Code::NoConsentHere, step.origin.0, message).here("always skipped");
            sink.push(shown(finding, reason, journey).help("send it before, or only to those who are subscribed"));
        }
    }
}
