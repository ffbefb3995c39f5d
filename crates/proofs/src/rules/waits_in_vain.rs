//! `waits-in-vain`: an event that cannot come, or whose condition nobody meets who waits.

use super::Context;
use super::reasons::{because, shown};
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::journey::Action;

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (_, (facts, journey)) in context.reached() {
        for (number, reason) in &facts.waits {
            let Some(step) = journey.steps.get(*number) else { continue };
            let Action::WaitFor { event, filter, when, .. } = &step.action else { continue };
            let (asked, subject, holds) = match event {
                Some(event) => (filter, format!("no `{event}` ends"), "holds for no such event"),
                None => (when, "nothing ends".to_owned(), "never holds for those who wait"),
            };
            let (place, holds) = match asked {
                Some(asked) => (asked.origin.0, holds),
                None => (step.origin.0, "whoever it comes to has left before"),
            };
            let why = because(reason, journey).map_or(String::new(), |why| format!(": {why}"));
            let message = format!("{subject} the wait `{}`{why}", step.id);
            let finding = Diagnostic::new(Code::WaitsInVain, place, message).here(holds);
            let help = match asked {
                Some(_) => "wait for another event, or ask less of it",
                None => "wait for another event, or let those stay in the journey whom it comes to",
            };
            sink.push(shown(finding, reason, journey).help(help));
        }
        for (number, reason) in &facts.already {
            let Some(step) = journey.steps.get(*number) else { continue };
            let Action::WaitFor { when: Some(when), .. } = &step.action else { continue };
            let why = because(reason, journey).map_or(String::new(), |why| format!(": {why}"));
            let message = format!("nobody waits at `{}`{why}", step.id);
            let finding = Diagnostic::new(Code::WaitsInVain, when.origin.0, message);
            let finding = finding.here("holds of everybody who comes here, so that all go on at once");
            sink.push(shown(finding, reason, journey).help("remove the wait, or ask for what is still to come"));
        }
    }
    for (name, facts) in &context.facts.paths {
        let Some(journey) = context.resolution.campaign.journeys.get(name) else { continue };
        for vain in &facts.vain_waits {
            let Some(step) = journey.steps.get(vain.step) else { continue };
            let Action::WaitFor { event: Some(event), .. } = &step.action else { continue };
            let id = &step.id;
            let (message, help) = match &vain.content {
                _ if vain.unlinked => {
                    let whose = vain
                        .content
                        .as_ref()
                        .map_or("mails that have".to_owned(), |name| format!("`{name}`, which has"));
                    (
                        format!("`{id}` waits for a click on {whose} no link"),
                        "put a link into it, or wait for something else".to_owned(),
                    )
                }
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
