//! Waits for a best time that some or all leads do not have.

use crate::ir::journey::Action;
use crate::ir::{Campaign, Name};

/// Personas that have no best time, although a step waits for it or they say what it does to them.
pub(super) fn personas(campaign: &Campaign) -> Vec<Name> {
    if campaign.settings.best_time.is_some() {
        return Vec::new();
    }
    let is_awaited = waits(campaign).next().is_some();
    let lacks = campaign.personas.iter().filter(|persona| {
        let behavior = &persona.behavior;
        behavior.best_time.is_none() && (is_awaited || behavior.in_best_time.is_some())
    });
    lacks.map(|persona| persona.name.clone()).collect()
}

/// Steps that wait for a best time in a project that has none and knows no personas.
pub(super) fn of_nobody(campaign: &Campaign) -> Vec<(Name, Name)> {
    match campaign.settings.best_time.is_none() && campaign.personas.is_empty() {
        true => waits(campaign).collect(),
        false => Vec::new(),
    }
}

fn waits(campaign: &Campaign) -> impl Iterator<Item = (Name, Name)> {
    campaign.journeys.iter().flat_map(|(name, journey)| {
        let steps = journey.steps.iter().filter(|step| matches!(step.action, Action::WaitBestTime));
        steps.map(|step| (name.clone(), step.id.clone()))
    })
}
