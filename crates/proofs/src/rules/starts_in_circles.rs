//! `starts-in-circles`: journeys that start each other, each in the second in which it ends.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let journeys = &context.resolution.campaign.journeys;
    for circle in &context.facts.start_circles {
        let places = circle.iter().filter_map(|(name, step)| Some((name, journeys.get(name)?.steps.get(*step)?)));
        let places: Vec<_> = places.collect();
        let Some(((first, step), rest)) = places.split_first() else { continue };
        let message = match rest {
            [] => format!("`{first}` starts itself without a pause, again and again"),
            [(second, _)] => format!("`{first}` and `{second}` start each other without a pause, again and again"),
            _ => {
                let names: Vec<String> = places.iter().map(|(name, _)| format!("`{name}`")).collect();
                format!("{} start each other without a pause, again and again", names.join(", "))
            }
        };
        let mut finding = Diagnostic::new(Code::StartsInCircles, step.origin.0, message).here("starts the next one");
        for (name, step) in rest {
            finding = finding.also(step.origin.0, format!("`{name}` starts the next one"));
        }
        sink.push(finding.help("put a `wait` before one of the starts, or let leads enter `again: after` some time"));
    }
}
