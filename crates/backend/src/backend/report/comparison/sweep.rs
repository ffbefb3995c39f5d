//! A sweep: several values of the same thing beside each other, one table with bars for each figure.
//!
//! The interval of a run is that of its difference to the first run, laid on the first run's value: what both have in
//! common falls out of it, so it says whether the values differ, and not how sure the first one is.

use super::text::figure_name;
use super::{Compared, Row, rows};
use crate::backend::report::chart::bar;
use crate::backend::report::draw::{file, points::points};
use crate::backend::report::figure::{NONE, within};
use crate::backend::report::kpis::kpi_number;
use crate::backend::report::table::{Line, Table, push_line, push_note};
use crate::backend::sim::{Section, Together};
use crate::ir::kpi::Unit;
use crate::statistics::Interval;

/// Runs besides the first from which on it is a sweep.
const LEAST: usize = 2;
/// Figures that the text shows; drawings show all of the kind.
const SHOWN: usize = 8;
/// Cells of a bar.
const BAR: usize = 24;

/// A figure over all runs.
pub(in crate::backend::report) struct Swept {
    name: String,
    file: String,
    unit: Unit,
    /// By run, the first one included.
    pub(in crate::backend::report) points: Vec<Point>,
}

/// The figure of one run.
pub(in crate::backend::report) struct Point {
    pub(in crate::backend::report) run: String,
    pub(in crate::backend::report) value: Option<f64>,
    pub(in crate::backend::report) ends: Option<(f64, f64)>,
    clear: bool,
}

/// KPIs, mails per lead, what becomes of all emails and goals, as far as some run differs from the first.
fn swept(runs: &[Compared<'_>], together: &Together) -> Vec<Swept> {
    let mut all = runs.iter().zip(&together.outcomes);
    let Some((first, outcome)) = all.next() else { return Vec::new() };
    let found: Vec<(&Compared<'_>, Vec<Row<'_>>)> = all
        .zip(&together.against)
        .map(|((run, ours), against)| (run, rows(against, (outcome, first.plan), (ours, run.plan))))
        .collect();
    let is_looked_at = |row: &Row<'_>| match row.section {
        Section::Kpis => true,
        // Where there is only mail, contacts are the same.
        Section::Leads => row.rate == "mails_per_lead" || !first.plan.campaign.messages.is_empty(),
        Section::AllEmails => matches!(row.rate, "opened" | "clicked" | "unsubscribed"),
        Section::Journeys => row.rate == "goal",
        _ => false,
    };
    // A run may have a figure that others do not have: there was nothing to divide by.
    let mut looked_at: Vec<&Row<'_>> = Vec::new();
    for row in found.iter().flat_map(|(_, rows)| rows).filter(|row| is_looked_at(row)) {
        if !looked_at.iter().any(|other| other.key() == row.key()) {
            looked_at.push(row);
        }
    }
    looked_at.sort_by_key(|row| row.section != Section::Kpis);
    let mut swept = Vec::new();
    for figure in looked_at {
        let of_runs: Vec<(&str, Option<&Row<'_>>)> = found
            .iter()
            .map(|(run, rows)| (run.name.as_str(), rows.iter().find(|row| row.key() == figure.key())))
            .collect();
        if of_runs.iter().all(|(_, row)| row.is_none_or(Row::is_same)) {
            continue;
        }
        let start = Point { run: "as written".to_owned(), value: figure.first, ends: None, clear: false };
        let others = of_runs.into_iter().map(|(run, row)| point(run, row));
        let section = serde_json::to_value(figure.section).ok();
        let section = section.as_ref().and_then(|word| word.as_str()).unwrap_or("figure");
        swept.push(Swept {
            name: figure_name(figure),
            file: format!("sweep-{section}-{}-{}.svg", figure.name, figure.rate),
            unit: figure.unit,
            points: std::iter::once(start).chain(others).collect(),
        });
    }
    swept
}

fn point(run: &str, row: Option<&Row<'_>>) -> Point {
    let run = run.strip_prefix("with ").unwrap_or(run).to_owned();
    let Some(row) = row else { return Point { run, value: None, ends: None, clear: false } };
    let laid = |ends: Interval| {
        let Interval { low, high } = within(ends.map(|end| row.first.unwrap_or(0.0) + end), row.possible);
        row.first.map(|_| (low, high))
    };
    Point { run, value: row.second, ends: row.interval.and_then(laid), clear: row.is_clear() }
}

/// A table with bars for each figure; empty if there are too few runs.
pub(super) fn sweep_text(runs: &[Compared<'_>], together: &Together, width: usize) -> String {
    let Some(first) = runs.first() else { return String::new() };
    if runs.len() <= LEAST {
        return String::new();
    }
    let swept = swept(runs, together);
    let mut text = String::new();
    for figure in swept.iter().take(SHOWN) {
        let show = |value: f64| kpi_number(value, figure.unit, &first.plan.campaign);
        let most = figure.points.iter().filter_map(|point| point.value).fold(0.0, f64::max);
        let mut table = Table::new(&figure.name, &["", "95 %", ""]);
        for point in &figure.points {
            let ends = point.ends.map_or(String::new(), |(low, high)| format!("{} – {}", show(low), show(high)));
            let clear = if point.clear { "clear" } else { "" };
            let value = point.value.map_or(NONE.to_owned(), show);
            let mut line = Line::new(None, &point.run, vec![value, ends, clear.to_owned()]);
            line.tail = bar_of(point.value.unwrap_or(0.0), most);
            table.push(line);
        }
        text.push_str(&table.print(width));
        text.push('\n');
    }
    if !swept.is_empty() {
        push_note(&mut text, "95 %: the first value and the interval of the difference from it, lead by lead", width);
        if swept.len() > SHOWN {
            push_line(&mut text, &format!("  {} more figures differ; the JSON format has them", swept.len() - SHOWN));
        }
    }
    text
}

/// A bar to a thousandth; what is below zero has none.
fn bar_of(value: f64, most: f64) -> String {
    const WHOLE: u64 = 1_000;
    let part = if most > 0.0 && value > 0.0 { (value / most * WHOLE as f64).round() as u64 } else { 0 };
    bar(part.min(WHOLE), WHOLE, BAR)
}

/// A drawing for each figure, as files.
pub fn sweep_plots(runs: &[Compared<'_>], together: &Together) -> Vec<(String, String)> {
    let Some(first) = runs.first() else { return Vec::new() };
    let drawn = swept(runs, together).into_iter().map(|figure| {
        let show = |value: f64| kpi_number(value, figure.unit, &first.plan.campaign);
        let about = "A dot for each run, and a bar for the interval of its difference from the first.";
        (figure.file.clone(), file(points("sweep", &figure.name, about, &figure.points, &show)))
    });
    drawn.collect()
}
