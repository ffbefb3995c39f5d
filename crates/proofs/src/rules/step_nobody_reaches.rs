//! `step-nobody-reaches`: a path leads there, and nobody can take it.

use super::Context;
use super::reasons::{because, shown};
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (name, (facts, journey)) in context.reached() {
        for (number, before, reason) in &facts.steps {
            let (Some(step), Some(before)) = (journey.steps.get(*number), journey.steps.get(*before)) else { continue };
            let message = match because(reason, journey) {
                Some(why) => format!("nobody in `{name}` reaches the step `{}`: {why}", step.id),
                None => format!("nobody in `{name}` reaches the step `{}`", step.id),
            };
            let finding = Diagnostic::new(Code::StepNobodyReaches, step.origin.0, message).here("never reached");
            let finding = finding.also(before.origin.0, "everybody is gone after this step");
            sink.push(shown(finding, reason, journey).help("remove the step, or keep leads in the journey"));
        }
    }
}
