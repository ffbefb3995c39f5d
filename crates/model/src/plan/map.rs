//! The journey map as people read it.

use std::fmt::Write as _;

use super::text::titled;
use crate::ir::Campaign;
use crate::ir::map::{Experience, Phase, Touchpoint};

/// The phases, each with its touchpoints and how personas live through it.
pub(super) fn write_map(campaign: &Campaign, out: &mut String) {
    if campaign.journey_map.is_empty() {
        return;
    }
    out.push_str("\njourney map\n");
    for (at, phase) in campaign.journey_map.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "  {:3}  {}", at + 1, titled(&phase.name, phase.label.as_deref()));
        for (key, value) in lines(phase, campaign) {
            let _ = writeln!(out, "       {key}: {value}");
        }
    }
}

fn lines<'a>(phase: &'a Phase, campaign: &Campaign) -> Vec<(&'a str, String)> {
    let mut lines = Vec::new();
    lines.extend(phase.goal.clone().map(|goal| ("goal", goal)));
    if !phase.stages.is_empty() {
        lines.push(("stages", phase.stages.join(", ")));
    }
    let touchpoints: Vec<String> = phase.touchpoints.iter().map(touchpoint).collect();
    if !touchpoints.is_empty() {
        lines.push(("touchpoints", touchpoints.join(", ")));
    }
    let journeys = campaign.journeys_in_order().into_iter();
    let journeys = journeys.filter(|(_, journey)| journey.phase.as_ref() == Some(&phase.name));
    let journeys: Vec<&str> = journeys.map(|(name, _)| name.as_str()).collect();
    if !journeys.is_empty() {
        lines.push(("journeys", journeys.join(", ")));
    }
    lines.extend(phase.personas.iter().map(|(persona, told)| (persona.as_str(), experience(told))));
    lines
}

fn touchpoint(touchpoint: &Touchpoint) -> String {
    match touchpoint {
        Touchpoint::Address(address) => address.clone(),
        Touchpoint::Elsewhere { label, channel: Some(channel) } => format!("{label} ({channel})"),
        Touchpoint::Elsewhere { label, channel: None } => label.clone(),
    }
}

fn experience(told: &Experience) -> String {
    let said = [
        ("does", &told.does),
        ("thinks", &told.thinks),
        ("feels", &told.feels),
        ("pains", &told.pains),
        ("opportunities", &told.opportunities),
    ];
    let said = said.into_iter().filter(|(_, texts)| !texts.is_empty());
    let said = said.map(|(key, texts)| format!("{key} {}", texts.join(" / ")));
    let mood = told.mood.map(|mood| format!("mood {mood:+}"));
    mood.into_iter().chain(said).collect::<Vec<_>>().join("; ")
}
