//! The comparison for people.

use super::sweep::sweep_text;
use super::{Compared, Row, rows};
use crate::backend::report::figure::{NONE, amount, count};
use crate::backend::report::kpis::kpi_number;
use crate::backend::report::table::{Line, Table, list, push_line, push_note};
use crate::backend::sim::{Against, Section, Together};
use crate::ir::Campaign;
use crate::ir::kpi::Unit;

/// Runs besides the first of which everything that differs is told.
const TOLD: usize = 3;

/// Why a comparison is not lead by lead.
pub(super) const POOLS: &str = "a sender's quota ties leads together: pairs are pools of leads";

/// What differs, a table for each run but the first; what does not is counted.
pub fn comparison_text(runs: &[Compared<'_>], together: &Together, width: usize) -> String {
    let width = width.max(40);
    let mut all = runs.iter().zip(&together.outcomes);
    let Some((first, outcome)) = all.next() else { return String::new() };
    let mut text = format!("A  {}\n", first.name);
    let run = &outcome.run;
    let leads = format!("{} leads", count(outcome.figures.leads.simulated));
    let items = [format!("from {}", run.start), format!("{} days", run.days), format!("seed {}", run.seed), leads];
    text.push_str(&list("   ", &items, width));
    let sweep = sweep_text(runs, together, width);
    if !sweep.is_empty() {
        text.push('\n');
        text.push_str(&sweep);
    }
    // Many runs are looked at side by side; of a few, everything that differs is told as well.
    for ((run, ours), against) in all.zip(&together.against).filter(|_| runs.len() <= TOLD + 1) {
        text.push_str(&format!("\nB  {}\n", run.name));
        let rows = rows(against, (outcome, first.plan), (ours, run.plan));
        text.push_str(&one(&rows, against, &first.plan.campaign, width));
    }
    text
}

fn one(rows: &[Row<'_>], against: &Against, campaign: &Campaign, width: usize) -> String {
    let mut text = changed(against, width);
    let differ: Vec<&Row<'_>> = rows.iter().filter(|row| !row.is_same()).collect();
    if differ.is_empty() {
        push_line(&mut text, "   no figure differs");
        return text;
    }
    let mut table = Table::new("Figures", &["A", "B", "B − A", "95 % interval", ""]);
    for row in &differ {
        table.push(line(row, campaign));
    }
    text.push_str(&table.print(width));
    let same = rows.len() - differ.len();
    if same > 0 {
        push_line(&mut text, &format!("  {} more do not differ", count(same as u64)));
    }
    push_note(&mut text, "intervals are of the differences, lead by lead (linearised, Student's t);", width);
    push_note(&mut text, "clear: the interval leaves out 0", width);
    if differ.iter().any(|row| row.few) {
        push_note(
            &mut text,
            "* rests on too few leads: fewer than 30, or a share on fewer than 5 that count or do not",
            width,
        );
    }
    text
}

fn changed(against: &Against, width: usize) -> String {
    let Some(changed) = against.changed else {
        return list("   ", &[POOLS.to_owned()], width);
    };
    let items = [
        format!("{} get more mails", count(changed.more)),
        format!("{} get fewer", count(changed.fewer)),
        format!("{} get others", count(changed.other)),
        format!("{} the same", count(changed.same)),
    ];
    list("   leads: ", &items, width)
}

fn line(row: &Row<'_>, campaign: &Campaign) -> Line {
    let digits = digits(row);
    let value = |value: f64| match row.unit {
        Unit::Share => format!("{}%", amount(value * 100.0, digits)),
        Unit::Number => amount(value, digits),
        Unit::Count | Unit::Money | Unit::Times => kpi_number(value, row.unit, campaign),
    };
    // Of shares, a difference is one of points of a percentage.
    let difference = |number: f64| match row.unit {
        Unit::Share => amount(number * 100.0, digits),
        Unit::Number | Unit::Count | Unit::Money | Unit::Times => value(number),
    };
    let unit = if row.unit == Unit::Share { " points" } else { "" };
    let shown = |number: Option<f64>| number.map_or(NONE.to_owned(), value);
    let star = if row.few { "*" } else { "" };
    let differs = row.difference.map_or(NONE.to_owned(), |number| difference(number) + unit);
    let ends =
        row.interval.map_or(NONE.to_owned(), |ends| format!("{} – {}", difference(ends.low), difference(ends.high)));
    let clear = if row.is_clear() { "clear" } else { "" };
    let numbers = vec![shown(row.first), shown(row.second), differs + star, ends, clear.to_owned()];
    Line::new(None, &figure_name(row), numbers)
}

/// Digits behind the point with which a difference shows; those of its unit where there is none.
fn digits(row: &Row<'_>) -> u32 {
    let (usual, scale) = if row.unit == Unit::Share { (1, 100.0) } else { (2, 1.0) };
    let ends = row.interval.iter().flat_map(|ends| [ends.low, ends.high]);
    let smallest = ends.chain(row.difference).map(|number| (number * scale).abs()).filter(|number| *number > 0.0);
    let smallest = smallest.fold(f64::INFINITY, f64::min);
    (usual..usual + 3).find(|digits| smallest * 10_f64.powi(*digits as i32) >= 1.0).unwrap_or(usual + 3)
}

/// What a figure is called.
pub(super) fn figure_name(row: &Row<'_>) -> String {
    match row.section {
        Section::Kpis => format!("KPI {}", row.name),
        Section::Leads => row.rate.replace('_', " "),
        Section::AllEmails => format!("all emails: {}", row.rate.replace('_', " ")),
        Section::Journeys | Section::ByJourney => format!("journey {}: {}", row.name, row.rate.replace('_', " ")),
        Section::ByTopic => format!("topic {}: {}", row.name, row.rate.replace('_', " ")),
        Section::BySegment => format!("segment {}: {}", row.name, row.rate.replace('_', " ")),
        Section::Personas | Section::NoPersona => format!("persona {}: {}", row.name, row.rate.replace('_', " ")),
        Section::Scores => format!("score {}: {}", row.name, row.rate),
        Section::Emails | Section::Messages => format!("{}: {}", row.name, row.rate.replace('_', " ")),
    }
}
