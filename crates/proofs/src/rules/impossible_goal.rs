//! `impossible-goal`: nobody who can be in the journey can reach its goal.

use super::Context;
use super::reasons::{because, shown};
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (name, reason, journey) in context.reach(|facts| facts.impossible_goal.as_ref()) {
        let Some(goal) = &journey.goal else { continue };
        let message = match because(reason, journey) {
            Some(why) => format!("nobody in `{name}` can reach its goal: {why}"),
            None => format!("nobody in `{name}` can reach its goal"),
        };
        let finding = Diagnostic::new(Code::ImpossibleGoal, goal.when.origin.0, message).here("never holds");
        let help = match &journey.exit_when {
            Some(_) => {
                "ask for what can come about while leads are in the journey; `exit_when` is asked before the goal"
            }
            None => "ask for what can come about while leads are in the journey",
        };
        sink.push(shown(finding, reason, journey).help(help));
    }
}
