//! `goal-on-entry`: the entry lets in those alone who have reached the goal.

use super::Context;
use super::reasons::shown;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (name, reason, journey) in context.reach(|facts| facts.goal_on_entry.as_ref()) {
        let Some(goal) = &journey.goal else { continue };
        let text = goal.when.said();
        let message = format!("everybody who enters `{name}` has reached its goal: `{text}` holds for them all");
        let finding = Diagnostic::new(Code::GoalOnEntry, goal.when.origin.0, message).here("holds on entry");
        let finding = match reason.parts.is_empty() {
            true => finding.also(journey.entry.origin.0, "the entry"),
            false => shown(finding, reason, journey),
        };
        let help = match reason.parts.is_empty() {
            true => "ask for what comes after the entry, such as `did(\"…\", since=\"entry\")`",
            false => "keep those out who are there already: `when: not (…)` in the entry",
        };
        sink.push(finding.help(help));
    }
}
