//! `loop-without-wait`: a loop that takes no time never ends.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::journey::Action;

/// Steps of a loop that are named, at most.
const SHOWN: usize = 8;

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let journeys = &context.resolution.campaign.journeys;
    for (name, facts) in &context.facts.journeys {
        let Some(journey) = journeys.get(name) else { continue };
        for steps in &facts.instant_loops {
            let mut path: Vec<String> =
                steps.iter().take(SHOWN).map(|&step| format!("`{}`", journey.steps[step].id)).collect();
            if steps.len() > SHOWN {
                path.push(format!("and {} more steps", steps.len() - SHOWN));
            }
            let first = &journey.steps[steps[0]];
            let message = format!("the loop through {} takes no time", path.join(", "));
            let mut finding =
                Diagnostic::new(Code::LoopWithoutWait, first.origin.0, message).here("the loop begins here");
            for &step in steps.iter().take(SHOWN).skip(1) {
                let step = &journey.steps[step];
                let what = match step.action {
                    Action::Goto => "goes back here",
                    Action::WaitUntil { .. } | Action::WaitUntilDate { .. } | Action::WaitBestTime => {
                        "the moment may be now, so this is no wait"
                    }
                    Action::WaitFor { when: Some(_), .. } => "its `when` may hold already, so this is no wait",
                    Action::WaitFor { .. } => "the loop makes this event itself, so this is no wait",
                    _ => continue,
                };
                finding = finding.also(step.origin.0, what);
            }
            sink.push(finding.help("put a `wait` with a duration into the loop"));
        }
    }
}
