//! `matches-nobody`: a segment or persona that no lead can belong to.

use super::Context;
use super::reasons::excluding;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    for (name, parts) in &context.facts.matching.empty_segments {
        let Some(segment) = campaign.segments.get(name) else { continue };
        let message = format!("no lead can belong to the segment `{name}`: {}", excluding(parts));
        let finding = Diagnostic::new(Code::MatchesNobody, segment.when.origin.0, message).here("holds for nobody");
        sink.push(finding.help("ask for less, or for something else"));
    }
    for persona in &campaign.personas {
        let Some(parts) = context.facts.matching.empty_personas.get(&persona.name) else { continue };
        let message = format!("no lead can be of the persona `{}`: {}", persona.name, excluding(parts));
        let finding = Diagnostic::new(Code::MatchesNobody, persona.matches.origin.0, message).here("holds for nobody");
        sink.push(finding.help("ask for less, or for something else"));
    }
}
