//! `waits-in-vain`: an event that cannot come, or whose condition nobody meets who waits.

use super::Context;
use super::reasons::{because, shown};
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::journey::Action;

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (_, (facts, journey)) in context.reached() {
        for (number, reason) in &facts.waits {
            let Some(step) = journey.steps.get(*number) else { continue };
            let Action::WaitFor { event, filter: Some(filter), .. } = &step.action else { continue };
            let message = match because(reason, journey) {
                Some(why) => format!("no `{event}` ends the wait `{}`: {why}", step.id),
                None => format!("no `{event}` ends the wait `{}`", step.id),
            };
            let finding = Diagnostic::new(Code::WaitsInVain, filter.origin.0, message).here("holds for no such event");
            sink.push(shown(finding, reason, journey).help("wait for another event, or ask less of it"));
        }
    }
    for (name, facts) in &context.facts.paths {
        let Some(journey) = context.resolution.campaign.journeys.get(name) else { continue };
        for vain in &facts.vain_waits {
            let Some(step) = journey.steps.get(vain.step) else { continue };
            let Action::WaitFor { event, .. } = &step.action else { continue };
            let id = &step.id;
            let (message, help) = match &vain.content {
                Some(content) => (
                    format!("`{id}` waits for `{event}` of `{content}`, which is not sent to those who wait"),
                    format!("send `{content}` before, or wait for what comes of a mail that is sent"),
                ),
                None => (
                    format!("`{id}` waits for `{event}`, and nothing can bring it about"),
                    "wait for another event, or do first what it comes of".to_owned(),
                ),
            };
            let finding = Diagnostic::new(Code::WaitsInVain, vain.origin.0, message).here("cannot come");
            let finding = match vain.later.and_then(|later| journey.steps.get(later)) {
                Some(later) => finding.also(later.origin.0, "it is sent here, which is no step before"),
                None => finding,
            };
            sink.push(finding.help(help));
        }
    }
}
