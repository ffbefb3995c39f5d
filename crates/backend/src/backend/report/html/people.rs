//! Segments and personas: how large they are.

use super::table::{Cell, name, table};
use super::{Page, Part, figure};
use crate::backend::report::draw::charts::{Bar, bars};
use crate::backend::report::figure::{count, percent, ratio};
use crate::backend::report::markup::Element;
use crate::backend::report::rates::{behind, behind_mean, note, simple};
use crate::backend::report::sums::joined_later;
use crate::backend::sim::{PersonaFigures, Section};

/// Both; nothing if the project has neither.
pub(super) fn part(page: Page<'_>) -> Option<Part> {
    let body: Vec<Element> = [segments(page), personas(page)].into_iter().flatten().collect();
    (!body.is_empty()).then_some(Part { id: "people", title: "Segments and personas", body })
}

fn segments(page: Page<'_>) -> Option<Element> {
    let (figures, campaign) = (&page.outcome.figures, &page.plan.campaign);
    if figures.segments.is_empty() {
        return None;
    }
    let label = |name: &str| campaign.segments.get(name).and_then(|segment| segment.label.as_deref());
    let all = figures.segments.iter();
    let drawn: Vec<Bar> =
        all.map(|(name, of)| Bar { name: label(name).unwrap_or(name).to_owned(), number: of.end }).collect();
    let leads = figures.leads.simulated;
    let rows = figures.segments.iter().map(|(each, of)| {
        let mut row = vec![name(label(each), each)];
        row.extend([of.start, joined_later(of), of.left, of.end].map(|number| Cell::Number(count(number))));
        row.push(Cell::Number(percent(of.end, leads) + &behind(simple(of.end, leads))));
        row
    });
    let heads = ["Segment", "At start", "Joined later", "Left", "At end", "At end, of leads"];
    let table = table("Segments", &heads, rows.collect());
    let chart = bars("segments", "Members at the end", "Bars, one for each segment.", &drawn, leads);
    Some(figure(
        "Segments",
        &format!("Members at the end, and their share of all leads. A lead may be in several. {}", note(figures)),
        chart,
        Some(table),
    ))
}

fn personas(page: Page<'_>) -> Option<Element> {
    let (figures, campaign) = (&page.outcome.figures, &page.plan.campaign);
    if figures.personas.is_empty() {
        return None;
    }
    let label = |name: &str| campaign.personas.iter().find(|persona| persona.name == name)?.label.as_deref();
    let leads = figures.leads.simulated;
    let named = figures.personas.iter().map(|(each, of)| (label(each), each, of));
    let without = (figures.no_persona.leads > 0).then_some((None, "no persona", &figures.no_persona));
    let all: Vec<(Option<&str>, &str, &PersonaFigures)> = named.chain(without).collect();
    let drawn: Vec<Bar> =
        all.iter().map(|(label, name, of)| Bar { name: label.unwrap_or(name).to_owned(), number: of.leads }).collect();
    let intervals = page.intervals;
    let ends = |each: &str, rate: &str| {
        let named = intervals.get(Section::Personas, each, rate);
        named.or_else(|| intervals.get(Section::NoPersona, each, rate))
    };
    let rows = all.iter().map(|(label, each, of)| {
        vec![
            name(*label, each),
            Cell::Number(count(of.leads)),
            Cell::Number(percent(of.leads, leads) + &behind(simple(of.leads, leads))),
            Cell::Number(count(of.sent)),
            Cell::Number(ratio(of.sent, of.leads) + &behind_mean(ends(each, "sent_per_lead"))),
            Cell::Number(percent(of.opened, of.sent) + &behind(ends(each, "opened"))),
            Cell::Number(percent(of.clicked, of.sent) + &behind(ends(each, "clicked"))),
        ]
    });
    let heads = ["Persona", "Leads", "Of leads", "Sent", "Per lead", "Opened of sent", "Clicked of sent"];
    let table = table("Personas", &heads, rows.collect());
    let chart = bars("personas", "Leads of each persona", "Bars, one for each persona.", &drawn, leads);
    Some(figure("Personas", &format!("Leads as they came in, and their share. {}", note(figures)), chart, Some(table)))
}
