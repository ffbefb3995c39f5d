//! `unreachable-step`: no path leads there.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::journey::{Action, Step};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let journeys = &context.resolution.campaign.journeys;
    for (name, facts) in &context.facts.journeys {
        let Some(journey) = journeys.get(name) else { continue };
        if journey.steps.iter().any(leads_nowhere) {
            continue; // it could have led to any step, and has been reported
        }
        for &(number, cut_off) in &facts.unreachable {
            let step = &journey.steps[number];
            if journey.steps.iter().filter(|other| other.id == step.id).count() > 1 {
                continue; // two steps of one id have been reported as such
            }
            let message = format!("no path of `{name}` leads to the step `{}`", step.id);
            let finding = Diagnostic::new(Code::UnreachableStep, step.origin.0, message).here("never reached");
            let finding = match cut_off.map(|before| &journey.steps[before]) {
                Some(before) => {
                    let why = match before.action {
                        Action::Exit { .. } => "leads leave here",
                        _ => "leads go elsewhere from here",
                    };
                    finding.also(before.origin.0, why)
                }
                None => finding,
            };
            sink.push(finding.help("remove it, or lead to it by a `goto` or an arm"));
        }
    }
}

/// A `goto` whose step does not exist.
fn leads_nowhere(step: &Step) -> bool {
    matches!(step.action, Action::Goto) && step.next.is_none()
}
