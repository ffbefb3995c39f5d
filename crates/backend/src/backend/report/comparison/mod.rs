//! Runs with the same leads and the same chance beside the first of them: how each figure differs, and how sure that is.

mod runs;
mod sensitivity;
mod sweep;
mod text;

pub use runs::{runs_json, runs_text};
pub use sensitivity::{Moved, sensitivity_json, sensitivity_text};
pub(in crate::backend::report) use sweep::Point;
pub use sweep::sweep_plots;
pub use text::comparison_text;

use std::collections::BTreeMap;

use serde::Serialize;

use super::figure::{COUNTS, SHARES, UNBOUNDED, rounded};
use super::json::written;
use super::kpis::{LEVEL, Shape, kpi_bounds, kpi_is_few, shape};
use crate::backend::sim::{Against, Changed, Outcome, Paired, Parameters, Section, Together};
use crate::ir::kpi::Unit;
use crate::plan::Plan;
use crate::statistics::{Interval, PairedMoments};

/// Version of the JSON.
const FORMAT_VERSION: u32 = 1;

/// A run of those that are compared.
#[derive(Clone, Debug)]
pub struct Compared<'a> {
    /// What it is called in the report.
    pub name: String,
    /// Its plan.
    pub plan: &'a Plan,
}

/// A figure of both runs.
#[derive(Clone, Debug)]
struct Row<'a> {
    section: Section,
    name: &'a str,
    rate: &'static str,
    first: Option<f64>,
    second: Option<f64>,
    difference: Option<f64>,
    interval: Option<Interval>,
    unit: Unit,
    /// What it may be at all.
    possible: (f64, f64),
    few: bool,
}

impl<'a> Row<'a> {
    /// What figure it is.
    fn key(&self) -> (Section, &'a str, &'static str) {
        (self.section, self.name, self.rate)
    }

    /// Whether the difference is more than noise: its interval leaves 0 out.
    fn is_clear(&self) -> bool {
        self.interval.is_some_and(|ends| ends.low > 0.0 || ends.high < 0.0)
    }

    fn is_same(&self) -> bool {
        self.first == self.second && self.interval.is_none_or(|ends| ends.low == ends.high)
    }
}

fn rows<'a>(against: &'a Against, first: (&Outcome, &Plan), second: (&Outcome, &Plan)) -> Vec<Row<'a>> {
    let rows = against.rates.iter().filter_map(|paired| row(paired, against.units, first, second));
    let mut rows: Vec<Row<'a>> = rows.collect();
    rows.sort_by_key(|row| match row.section {
        Section::Kpis => 0,
        Section::Leads => 1,
        Section::AllEmails => 2,
        Section::Journeys => 3,
        Section::Emails | Section::Messages => 4,
        Section::ByJourney | Section::ByTopic | Section::BySegment => 5,
        Section::Personas | Section::NoPersona | Section::Scores => 6,
    });
    rows
}

fn row<'a>(paired: &'a Paired, units: u64, first: (&Outcome, &Plan), second: (&Outcome, &Plan)) -> Option<Row<'a>> {
    let (section, name, rate) = paired.of.as_ref()?;
    let kpi = |(outcome, plan): (&Outcome, &Plan)| {
        let kpi = plan.campaign.kpis.get(name)?;
        Some((shape(kpi, &outcome.figures), (kpi.measure.unit(), kpi_bounds(&kpi.measure))))
    };
    let plain = Shape { is_total: false, units: (1.0, 1.0), fixed: (0.0, 0.0), less: 0.0 };
    let (shapes, (unit, possible)) = match section {
        // A KPI that only one of them has, or that is measured otherwise, cannot be compared.
        Section::Kpis => {
            let ((mine, kind), (theirs, _)) = (kpi(first)?, kpi(second)?);
            if first.1.campaign.kpis.get(name)?.measure != second.1.campaign.kpis.get(name)?.measure {
                return None;
            }
            ([mine, theirs], kind)
        }
        Section::Scores => ([plain; 2], (Unit::Number, UNBOUNDED)),
        _ if section.is_share(rate) => ([plain; 2], (Unit::Share, SHARES)),
        _ => ([plain; 2], (Unit::Number, COUNTS)),
    };
    // Confirmations have journeys of their own, which no report shows.
    let shown = |(_, plan): (&Outcome, &Plan)| plan.campaign.journeys.contains_key(name);
    if matches!(section, Section::Journeys | Section::ByJourney) && !shown(first) && !shown(second) {
        return None;
    }
    let sums = moments(paired, units, shapes[0].units);
    let value = |x: f64, y: f64, shape: &Shape| match shape.is_total {
        true => Some(x + shape.fixed.0 - shape.less),
        false => (y + shape.fixed.1 > 0.0).then(|| (x + shape.fixed.0) / (y + shape.fixed.1) - shape.less),
    };
    let [x, y, x2, y2] = sums.sums;
    let (mine, theirs) = (value(x, y, &shapes[0]), value(x2, y2, &shapes[1]));
    let found = match shapes[0].is_total {
        true => {
            let (difference, ends) = sums.sum_difference(LEVEL);
            let more = shapes[1].fixed.0 - shapes[0].fixed.0;
            Some((difference + more, ends.map(|ends| ends.map(|end| end + more))))
        }
        false => sums.ratio_difference([shapes[0].fixed, shapes[1].fixed], LEVEL),
    };
    if mine.is_none() && theirs.is_none() {
        return None;
    }
    let is_few_kpi = |(outcome, plan): (&Outcome, &Plan)| kpi_is_few(name, &outcome.figures, &plan.campaign);
    let few_count = section.is_share(rate) && [(x, y), (x2, y2)].iter().any(|(x, y)| *x < 5.0 || y - x < 5.0);
    let few = units < 30 || few_count || (*section == Section::Kpis && (is_few_kpi(first) || is_few_kpi(second)));
    let (difference, interval) = (found.map(|found| found.0), found.and_then(|found| found.1));
    Some(Row { section: *section, name, rate, first: mine, second: theirs, difference, interval, unit, possible, few })
}

/// Integers become numbers in units.
fn moments(paired: &Paired, units: u64, (x, y): (f64, f64)) -> PairedMoments {
    let size = [x, y, x, y];
    let mut moments = PairedMoments { n: units as f64, ..PairedMoments::default() };
    for row in 0..4 {
        moments.sums[row] = paired.sums[row] as f64 / size[row];
        for at in 0..4 {
            moments.products[row][at] = paired.products[row][at] as f64 / (size[row] * size[at]);
        }
    }
    moments
}

#[derive(Serialize)]
struct Report<'a> {
    format_version: u32,
    status: &'static str,
    level: f64,
    method: &'static str,
    first: RunReport<'a>,
    others: Vec<Other<'a>>,
}

#[derive(Serialize)]
struct RunReport<'a> {
    name: &'a str,
    project: &'a str,
    run: &'a Parameters,
    leads: u64,
}

#[derive(Serialize)]
struct Other<'a> {
    #[serde(flatten)]
    run: RunReport<'a>,
    pairs: u64,
    changed_leads: Option<Changed>,
    figures: BTreeMap<Section, BTreeMap<&'a str, BTreeMap<&'static str, Figure>>>,
}

#[derive(Serialize)]
struct Figure {
    first: Option<f64>,
    second: Option<f64>,
    difference: Option<f64>,
    interval: Option<Interval>,
    clear: bool,
    few_leads: bool,
}

/// The comparison for programs: every figure of each run beside that of the first.
pub fn comparison_json(runs: &[Compared<'_>], together: &Together) -> String {
    let mut all = runs.iter().zip(&together.outcomes);
    let Some((first, outcome)) = all.next() else { return String::new() };
    let others = all.zip(&together.against).map(|((run, ours), against)| {
        let mut figures: BTreeMap<_, BTreeMap<_, BTreeMap<_, _>>> = BTreeMap::new();
        for row in rows(against, (outcome, first.plan), (ours, run.plan)) {
            let figure = Figure {
                first: row.first.map(rounded),
                second: row.second.map(rounded),
                difference: row.difference.map(rounded),
                interval: row.interval.map(|ends| ends.map(rounded)),
                clear: row.is_clear(),
                few_leads: row.few,
            };
            figures.entry(row.section).or_default().entry(row.name).or_default().insert(row.rate, figure);
        }
        Other { run: run_report(run, ours), pairs: against.units, changed_leads: against.changed, figures }
    });
    written(&Report {
        format_version: FORMAT_VERSION,
        status: "ok",
        level: LEVEL,
        method: "paired-linearised",
        first: run_report(first, outcome),
        others: others.collect(),
    })
}

fn run_report<'a>(run: &'a Compared<'_>, outcome: &'a Outcome) -> RunReport<'a> {
    let project = &run.plan.campaign.settings.project;
    RunReport { name: &run.name, project, run: &outcome.run, leads: outcome.figures.leads.simulated }
}
