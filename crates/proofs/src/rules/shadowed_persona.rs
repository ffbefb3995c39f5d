//! `shadowed-persona`: whoever matches the persona matches one before it, and a lead's persona is the first that matches.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let personas = &context.resolution.campaign.personas;
    let find = |name: &str| personas.iter().find(|persona| persona.name == name);
    for (name, earlier) in &context.facts.matching.shadowed {
        let Some(persona) = find(name) else { continue };
        if earlier.iter().any(|name| context.facts.matching.full_personas.contains(name)) {
            continue; // one before takes everybody, which has been said of that one
        }
        let names: Vec<String> = earlier.iter().map(|name| format!("`{name}`")).collect();
        let message = match names.as_slice() {
            [one] => format!("no lead is ever `{name}`: whoever matches it is {one} before"),
            all => format!("no lead is ever `{name}`: whoever matches it is one of {} before", all.join(", ")),
        };
        let mut finding = Diagnostic::new(Code::ShadowedPersona, persona.matches.origin.0, message);
        for before in earlier.iter().filter_map(|name| find(name)) {
            finding = finding.also(before.matches.origin.0, format!("`{}` comes first", before.name));
        }
        sink.push(finding.help(format!("write `{name}` before, or let the others match fewer")));
    }
}
