//! `branch-without-else`: who no arm takes has to be said.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::journey::Action;

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for journey in context.resolution.campaign.journeys.values() {
        for step in &journey.steps {
            if matches!(step.action, Action::Branch { has_else: false, .. }) {
                let message = format!("the branch `{}` does not say what happens to leads that no arm takes", step.id);
                let finding = Diagnostic::new(Code::BranchWithoutElse, step.origin.0, message).here("has no `else`");
                sink.push(finding.help("add `else: []` to let them go on, or steps for them"));
            }
        }
    }
}
