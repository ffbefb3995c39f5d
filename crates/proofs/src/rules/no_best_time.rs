//! `no-best-time`: a best time is asked for, and somebody has none.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};

const HELP: &str = "give it one, or the project: `best_time: tue 10:00` in `tabiji.yaml`";

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    for name in &context.facts.without_best_time {
        let Some(persona) = campaign.personas.iter().find(|persona| persona.name == *name) else { continue };
        let message = format!("the persona `{name}` has no best time, nor has the project");
        sink.push(Diagnostic::new(Code::NoBestTime, persona.origin.0, message).help(HELP));
    }
    for (journey, id) in &context.facts.best_time_of_nobody {
        let Some(step) = campaign.journeys.get(journey).and_then(|journey| journey.step(id)) else { continue };
        let message = format!("`{id}` waits for the best time, and nobody has one");
        let finding = Diagnostic::new(Code::NoBestTime, step.origin.0, message);
        sink.push(finding.help("write `best_time: tue 10:00` in `tabiji.yaml`, or give one to each persona"));
    }
}
