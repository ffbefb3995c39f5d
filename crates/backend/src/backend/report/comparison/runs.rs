//! The same campaign with other chance: how far each figure moves from run to run.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::backend::report::figure::{COUNTS, NONE, SHARES, UNBOUNDED, count, rounded, within};
use crate::backend::report::json::written;
use crate::backend::report::kpis::{LEVEL, kpi_bounds, kpi_number, kpi_rows};
use crate::backend::report::table::{Line, Table, list, push_line, push_note};
use crate::backend::sim::{Outcome, Section, spreads};
use crate::ir::kpi::Unit;
use crate::plan::Plan;
use crate::statistics::{Interval, Moments, mean};

/// Version of the JSON.
const FORMAT_VERSION: u32 = 1;

/// A figure over all runs.
#[derive(Clone, Debug)]
struct Row {
    section: Section,
    name: String,
    rate: &'static str,
    unit: Unit,
    /// What it may be at all.
    possible: (f64, f64),
    /// By run; `None` where there was nothing to divide by.
    values: Vec<Option<f64>>,
}

impl Row {
    /// The values of the runs that have one.
    fn known(&self) -> impl Iterator<Item = f64> {
        self.values.iter().flatten().copied()
    }

    /// How many runs have a value.
    fn runs(&self) -> usize {
        self.known().count()
    }

    fn mean(&self) -> f64 {
        self.known().sum::<f64>() / self.runs() as f64
    }

    /// Of the mean over runs, by Student's t.
    fn interval(&self) -> Option<Interval> {
        // Taken from the first value, so that runs that are alike have no spread by rounding.
        let first = self.known().next()?;
        let mut sums = Moments { n: self.runs() as f64, ..Moments::default() };
        for value in self.known() {
            sums.x += value - first;
            sums.xx += (value - first) * (value - first);
        }
        mean(&sums, LEVEL).map(|ends| within(ends.map(|end| end + first), self.possible))
    }

    fn ends(&self) -> (f64, f64) {
        let least = self.known().fold(f64::INFINITY, f64::min);
        (least, self.known().fold(f64::NEG_INFINITY, f64::max))
    }
}

/// Whether a figure says something: a journey without a goal has no share that reaches it.
fn is_told(section: Section, name: &str, rate: &str, plan: &Plan) -> bool {
    let has_goal = || plan.campaign.journeys.get(name).is_none_or(|journey| journey.goal.is_some());
    section != Section::Journeys || rate != "goal" || has_goal()
}

/// Figures that some run has, KPIs first.
fn rows(outcomes: &[Outcome], plan: &Plan) -> Vec<Row> {
    let mut found: BTreeMap<(Section, String, &'static str), Row> = BTreeMap::new();
    let mut count = |run: usize, (section, name, rate): (Section, &str, &'static str), (unit, possible), value| {
        let key = (section, name.to_owned(), rate);
        let empty = || Row { section, name: name.to_owned(), rate, unit, possible, values: vec![None; outcomes.len()] };
        found.entry(key).or_insert_with(empty).values[run] = Some(value);
    };
    for (run, outcome) in outcomes.iter().enumerate() {
        for kpi in kpi_rows(&outcome.figures, &plan.campaign) {
            let Some((definition, value)) = plan.campaign.kpis.get(kpi.name).zip(kpi.value) else { continue };
            let kind = (definition.measure.unit(), kpi_bounds(&definition.measure));
            count(run, (Section::Kpis, kpi.name, "value"), kind, value);
        }
        for ((section, name, rate), spread) in spreads(&outcome.figures) {
            if section != Section::Kpis && spread.y > 0 && is_told(section, name, rate, plan) {
                let kind = match section {
                    Section::Scores => (Unit::Number, UNBOUNDED),
                    _ if section.is_share(rate) => (Unit::Share, SHARES),
                    _ => (Unit::Number, COUNTS),
                };
                count(run, (section, name, rate), kind, spread.x as f64 / spread.y as f64);
            }
        }
    }
    found.into_values().collect()
}

/// A table of the KPIs, of all mails and of the goals of journeys.
pub fn runs_text(outcomes: &[Outcome], plan: &Plan, width: usize) -> String {
    let Some(first) = outcomes.first() else { return String::new() };
    let seeds: Vec<String> = outcomes.iter().map(|outcome| outcome.run.seed.to_string()).collect();
    let mut text = list(&format!("{}  ", plan.campaign.settings.project), &[format!("{} runs", outcomes.len())], width);
    text.push_str(&list("  seeds: ", &seeds, width));
    push_line(&mut text, &format!("  {} leads, the same in each run", count(first.figures.leads.simulated)));
    text.push('\n');
    let mut table = Table::new("Over runs", &["mean", "95 % interval", "least", "most"]);
    for row in rows(outcomes, plan) {
        let name = match row.section {
            Section::Kpis => format!("KPI {}", row.name),
            Section::Leads => row.rate.replace('_', " "),
            Section::AllEmails => format!("all emails: {}", row.rate.replace('_', " ")),
            Section::Journeys => format!("journey {}: {}", row.name, row.rate),
            Section::Emails | Section::Messages | Section::ByJourney | Section::ByTopic | Section::BySegment => {
                continue;
            }
            Section::Personas | Section::NoPersona | Section::Scores => continue,
        };
        let show = |value: f64| kpi_number(value, row.unit, &plan.campaign);
        let ends = row.interval().map_or(NONE.to_owned(), |ends| format!("{} – {}", show(ends.low), show(ends.high)));
        let (least, most) = row.ends();
        let mut line = Line::new(None, &name, vec![show(row.mean()), ends, show(least), show(most)]);
        if row.runs() < outcomes.len() {
            let says = format!("in {} of {} runs; the others have nothing to divide by", row.runs(), outcomes.len());
            line.notes.push(("a value".to_owned(), vec![says]));
        }
        table.push(line);
    }
    text.push_str(&table.print(width));
    push_note(&mut text, "intervals are of the mean over runs (Student's t); the JSON format has every figure", width);
    text
}

#[derive(Serialize)]
struct Report<'a> {
    format_version: u32,
    status: &'static str,
    project: &'a str,
    level: f64,
    method: &'static str,
    seeds: Vec<u64>,
    figures: BTreeMap<Section, BTreeMap<String, BTreeMap<&'static str, Figure>>>,
}

#[derive(Serialize)]
struct Figure {
    mean: f64,
    interval: Option<Interval>,
    /// Runs that have a value.
    runs: usize,
    /// By run, in the order of the seeds.
    values: Vec<Option<f64>>,
}

/// Every figure over all runs, for programs.
pub fn runs_json(outcomes: &[Outcome], plan: &Plan) -> String {
    let mut figures: BTreeMap<_, BTreeMap<_, BTreeMap<_, _>>> = BTreeMap::new();
    for row in rows(outcomes, plan) {
        let figure = Figure {
            mean: rounded(row.mean()),
            interval: row.interval().map(|ends| ends.map(rounded)),
            runs: row.runs(),
            values: row.values.iter().map(|value| value.map(rounded)).collect(),
        };
        figures.entry(row.section).or_default().entry(row.name).or_default().insert(row.rate, figure);
    }
    written(&Report {
        format_version: FORMAT_VERSION,
        status: "ok",
        project: &plan.campaign.settings.project,
        level: LEVEL,
        method: "student-t-over-runs",
        seeds: outcomes.iter().map(|outcome| outcome.run.seed).collect(),
        figures,
    })
}
