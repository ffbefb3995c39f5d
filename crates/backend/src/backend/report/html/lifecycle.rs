//! The lifecycle as a funnel, and who is in each stage day by day.

use super::table::{Cell, name, table};
use super::{Page, Part, by_day, figure};
use crate::backend::report::draw::charts::{Bar, bars, lines};
use crate::backend::report::figure::{count, percent};
use crate::backend::report::markup::{Element, el};
use crate::backend::report::rates::{behind, note, simple};
use crate::backend::report::series;
use crate::backend::sim::Figures;

/// The stages; nothing without a lifecycle.
pub(super) fn part(page: Page<'_>) -> Option<Part> {
    let figures = &page.outcome.figures;
    if figures.stages.is_empty() {
        return None;
    }
    let leads = figures.leads.simulated;
    let funnel: Vec<Bar> =
        figures.stages.iter().map(|(stage, of)| Bar { name: stage.to_owned(), number: of.reached }).collect();
    let rows = figures.stages.iter().map(|(stage, of)| {
        let numbers = [of.start, of.end, of.reached].map(|number| Cell::Number(count(number)));
        let mut row = vec![name(None, stage)];
        row.extend(numbers);
        row.push(Cell::Number(percent(of.reached, leads) + &behind(simple(of.reached, leads))));
        row
    });
    let heads = ["Stage", "At start", "At end", "Ever", "Ever, of leads"];
    let counted = table("Leads by stage", &heads, rows.collect());
    let chart =
        bars("funnel", "Leads that were ever in each stage", "Bars, one for each stage in order.", &funnel, leads);
    let note = format!("How many leads were ever in each stage, and their share of all leads. {}", note(figures));
    let mut body = vec![figure("Funnel", &note, chart, Some(counted))];
    let series = series::stages(figures);
    if let (false, Ok(start)) = (series.is_empty(), page.outcome.run.start.parse::<jiff::civil::Date>()) {
        let about = "Areas below each other, one for each stage, each on its own scale.";
        let chart = lines("stages", "Leads in each stage, day by day", about, start, &series);
        let note = "At the end of each day, each stage on its own scale; with the most and the number on the last day.";
        body.push(figure(
            "In each stage, day by day",
            note,
            chart,
            Some(by_day("Leads in each stage, day by day", start, &series)),
        ));
        body.push(el("div").c(el("h3").t("Moves from stage to stage")).c(moves(figures)));
    }
    Some(Part { id: "lifecycle", title: "Lifecycle", body })
}

fn moves(figures: &Figures) -> Element {
    let mut heads = vec!["From"];
    heads.extend(figures.moves.iter().map(|(stage, _)| stage));
    let rows = figures.moves.iter().map(|(from, to)| {
        let mut row = vec![name(None, from)];
        row.extend(to.iter().map(|(_, times)| Cell::Number(if *times == 0 { String::new() } else { count(*times) })));
        row
    });
    table("Moves from stage to stage", &heads, rows.collect())
}
