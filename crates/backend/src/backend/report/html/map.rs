//! The journey map: phases from left to right, what belongs to each, and how personas live through it.

use super::table::{Cell, table};
use super::{Page, Part};
use crate::backend::report::figure::count;
use crate::backend::report::markup::{Element, el};
use crate::ir::map::{Experience, Phase, Touchpoint};

/// The map; nothing if the project has none.
pub(super) fn part(page: Page<'_>) -> Option<Part> {
    let map = &page.plan.campaign.journey_map;
    if map.is_empty() {
        return None;
    }
    let body = vec![el("div").class("phases").cs(map.iter().map(|phase| one(phase, page))), moods(page)];
    Some(Part { id: "map", title: "Journey map", body })
}

fn one(phase: &Phase, page: Page<'_>) -> Element {
    let (figures, campaign) = (&page.outcome.figures, &page.plan.campaign);
    let journeys = campaign.journeys_in_order().into_iter();
    let journeys =
        journeys.filter(|(_, journey)| journey.phase.as_ref() == Some(&phase.name)).map(|(name, journey)| {
            let entered = figures.journeys.get(name).map_or(0, |journey| journey.entered);
            format!("{}: {} entered", journey.label.as_deref().unwrap_or(name), count(entered))
        });
    let stages = phase.stages.iter().map(|stage| {
        let ever = figures.stages.get(stage).map_or(0, |stage| stage.reached);
        format!("{stage}: {} ever", count(ever))
    });
    let touchpoints = phase.touchpoints.iter().map(|touchpoint| match touchpoint {
        Touchpoint::Address(address) => address.clone(),
        Touchpoint::Elsewhere { label, channel: Some(channel) } => format!("{label} ({channel})"),
        Touchpoint::Elsewhere { label, channel: None } => label.clone(),
    });
    let lists: [(&str, Vec<String>); 3] =
        [("Journeys", journeys.collect()), ("Stages", stages.collect()), ("Touchpoints", touchpoints.collect())];
    let lists = lists.into_iter().filter(|(_, items)| !items.is_empty()).flat_map(|(title, items)| {
        [el("h4").t(title), el("ul").cs(items.into_iter().map(|item| el("li").named().t(item)))]
    });
    let goal = phase.goal.iter().map(|goal| el("p").named().t(goal));
    el("article").c(el("h3").named().t(phase.label.as_deref().unwrap_or(&phase.name))).cs(goal).cs(lists)
}

/// How good it feels, by persona and phase, and why.
fn moods(page: Page<'_>) -> Element {
    let campaign = &page.plan.campaign;
    let told = |name: &str| campaign.journey_map.iter().any(|phase| phase.personas.contains_key(name));
    let mut heads = vec!["Persona"];
    heads.extend(campaign.journey_map.iter().map(|phase| phase.label.as_deref().unwrap_or(&phase.name)));
    let rows = campaign.personas.iter().filter(|persona| told(&persona.name)).map(|persona| {
        let mut row = vec![super::table::name(persona.label.as_deref(), &persona.name)];
        let phases = campaign.journey_map.iter().map(|phase| phase.personas.get(&persona.name));
        row.extend(phases.map(|told| Cell::Text(told.map_or(String::new(), words))));
        row
    });
    let rows: Vec<Vec<Cell>> = rows.collect();
    if rows.is_empty() { el("div") } else { table("How personas live through it", &heads, rows) }
}

fn words(told: &Experience) -> String {
    let mood = told.mood.map(|mood| match mood {
        mood if mood >= 2 => "++ very good".to_owned(),
        1 => "+ good".to_owned(),
        0 => "0 neither".to_owned(),
        -1 => "− bad".to_owned(),
        _ => "−− very bad".to_owned(),
    });
    let said = [&told.does, &told.thinks, &told.feels, &told.pains, &told.opportunities];
    let marks = ["does", "thinks", "feels", "pains", "could be better"];
    let said = said.into_iter().zip(marks).filter(|(texts, _)| !texts.is_empty());
    let said = said.map(|(texts, mark)| format!("{mark}: {}", texts.join(" / ")));
    mood.into_iter().chain(said).collect::<Vec<_>>().join("; ")
}
