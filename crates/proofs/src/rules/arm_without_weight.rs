//! `arm-without-weight`: an arm of a split that no lead is drawn to.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::journey::Action;

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for step in context.resolution.campaign.journeys.values().flat_map(|journey| &journey.steps) {
        let Action::Split { arms } = &step.action else { continue };
        for arm in arms.iter().filter(|arm| arm.weight <= 0.0) {
            let message = format!("no lead is drawn to the arm `{}` of `{}`: its weight is 0", arm.name, step.id);
            let finding = Diagnostic::new(Code::ArmWithoutWeight, step.origin.0, message);
            sink.push(finding.help("give it a weight, or take it out"));
        }
    }
}
