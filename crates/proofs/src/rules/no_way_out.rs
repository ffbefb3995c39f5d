//! `no-way-out`: who comes here never leaves by a path.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let journeys = &context.resolution.campaign.journeys;
    for (name, facts) in &context.facts.journeys {
        let Some(journey) = journeys.get(name) else { continue };
        // A condition that takes leads out at any time is a way out of every step.
        if journey.exit_when.is_some() || journey.goal.as_ref().is_some_and(|goal| goal.within_secs.is_none()) {
            continue;
        }
        let Some((&first, rest)) = facts.trapped.split_first() else { continue };
        let step = &journey.steps[first];
        let message = format!("no path leads from the step `{}` out of `{name}`", step.id);
        let mut finding = Diagnostic::new(Code::NoWayOut, step.origin.0, message).here("from here on nobody leaves");
        if let Some(&last) = rest.last() {
            finding = finding.also(journey.steps[last].origin.0, "up to here");
        }
        sink.push(finding.help("give the loop an arm with an `exit`, or the journey an `exit_when`"));
    }
}
