//! `arm-nobody-takes`: an arm of a branch whose condition none of those meets who get there.

use super::Context;
use super::reasons::{because, shown};
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::journey::Action;

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (_, (facts, journey)) in context.reached() {
        for (number, arm, reason) in &facts.arms {
            let Some(step) = journey.steps.get(*number) else { continue };
            let Action::Branch { arms, .. } = &step.action else { continue };
            let Some(arm) = arms.get(*arm) else { continue };
            let id = &step.id;
            let message = match because(reason, journey) {
                Some(why) => format!("nobody takes this arm of `{id}`: {why}"),
                None => {
                    format!("nobody takes this arm of `{id}`: on every path something excludes `{}`", arm.when.said())
                }
            };
            let finding =
                Diagnostic::new(Code::ArmNobodyTakes, arm.when.origin.0, message).here("holds for nobody here");
            sink.push(shown(finding, reason, journey).help("remove the arm, or ask for something else"));
        }
        for (number, first, reason) in &facts.otherwise {
            let (Some(step), Some(first)) = (journey.steps.get(*number), journey.steps.get(*first)) else { continue };
            let message = match because(reason, journey) {
                Some(why) => format!("nobody is left for the `else` of `{}`: {why}", step.id),
                None => format!("nobody is left for the `else` of `{}`", step.id),
            };
            let finding = Diagnostic::new(Code::ArmNobodyTakes, first.origin.0, message).here("never reached");
            sink.push(shown(finding, reason, journey).help("remove its steps, or make an arm ask for more"));
        }
    }
}
