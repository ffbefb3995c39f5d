//! Fitted personas for programs.

use serde_json::{Value as Json, json};

use super::{Fitted, LEVEL};

/// Version of the JSON.
const FORMAT_VERSION: u32 = 1;

/// Everything that was found.
pub fn json(fitted: &Fitted) -> Json {
    let personas = fitted.personas.iter().map(|each| {
        json!({
            "name": each.persona.name,
            "leads": each.leads,
            "sent": each.sent,
            "behavior": each.persona.behavior,
            "figures": each.figures,
        })
    });
    json!({
        "format_version": FORMAT_VERSION,
        "status": "ok",
        "level": LEVEL,
        "leads": fitted.leads,
        "sent": fitted.sent,
        "astray": fitted.astray,
        "first_secs": fitted.span.0,
        "last_secs": fitted.span.1,
        "personas": personas.collect::<Vec<Json>>(),
    })
}
