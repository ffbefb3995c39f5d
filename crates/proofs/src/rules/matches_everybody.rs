//! `matches-everybody`: a segment or persona that every lead belongs to, and does not say so.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};

const HELP: &str = "to mean everybody, write `true`";

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    for name in &context.facts.matching.full_segments {
        let Some(segment) = campaign.segments.get(name) else { continue };
        let message = format!("every lead belongs to the segment `{name}`: `{}` always holds", segment.when.said());
        let finding = Diagnostic::new(Code::MatchesEverybody, segment.when.origin.0, message);
        sink.push(finding.here("holds for everybody").help(HELP));
    }
    for (at, persona) in campaign.personas.iter().enumerate() {
        // The last one may take whoever is left.
        let Some(next) = campaign.personas.get(at + 1) else { continue };
        if context.facts.matching.full_personas.contains(&persona.name) {
            let (name, text) = (&persona.name, persona.matches.said());
            let message = format!(
                "every lead matches the persona `{name}`, so nobody is left for those behind it: `{text}` always holds"
            );
            let finding = Diagnostic::new(Code::MatchesEverybody, persona.matches.origin.0, message);
            let finding = finding.here("holds for everybody").also(next.matches.origin.0, "nobody comes this far");
            sink.push(finding.help(format!("write `{name}` last, or ask for more")));
        }
    }
}
