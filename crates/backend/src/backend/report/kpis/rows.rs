//! KPIs for pages: each with its numbers, and how they are written.

use super::text::{label_of, number, wanted};
use super::{Estimate, Measured, Verdict, measured};
use crate::backend::report::figure::NONE;
use crate::backend::sim::Figures;
use crate::ir::Campaign;

/// A KPI.
pub(in crate::backend::report) struct Row<'a> {
    pub(in crate::backend::report) name: &'a str,
    pub(in crate::backend::report) label: Option<&'a str>,
    /// How many stand above it in the tree.
    pub(in crate::backend::report) depth: usize,
    pub(in crate::backend::report) value: Option<f64>,
    pub(in crate::backend::report) interval: Option<(f64, f64)>,
    /// How the interval was made.
    pub(in crate::backend::report) method: &'static str,
    /// What is wanted: at least, at most.
    pub(in crate::backend::report) target: (Option<f64>, Option<f64>),
    pub(in crate::backend::report) verdict: Option<Verdict>,
    /// Whether it rests on too few leads to rely on.
    pub(in crate::backend::report) few: bool,
    /// The value, the interval and the target in words; a dash where there is none, without a target nothing.
    pub(in crate::backend::report) words: [String; 3],
    /// Its parts, where it is told by something.
    pub(in crate::backend::report) parts: Vec<Part>,
    /// Leads that were not seen for so long as it takes, and are left out.
    pub(in crate::backend::report) too_recent: u64,
}

/// A part of a KPI.
pub(in crate::backend::report) struct Part {
    /// What it is of, such as `persona Buyer`.
    pub(in crate::backend::report) name: String,
    /// The value with a star if it rests on few, and the interval.
    pub(in crate::backend::report) words: [String; 2],
    /// Whether there is a star.
    pub(in crate::backend::report) few: bool,
}

/// All KPIs in the order of the tree.
pub(in crate::backend::report) fn rows<'a>(figures: &'a Figures, campaign: &'a Campaign) -> Vec<Row<'a>> {
    let all = measured(figures, campaign).into_iter();
    let rows = all.map(|kpi| {
        let show = |value: f64| number(value, kpi.kpi.measure.unit(), campaign);
        let target = kpi.kpi.target.as_ref();
        let interval = kpi.whole.interval.map(|ends| (ends.low, ends.high));
        Row {
            name: kpi.name,
            label: kpi.kpi.label.as_deref().filter(|label| *label != kpi.name),
            depth: kpi.depth,
            value: kpi.whole.value,
            interval,
            method: kpi.whole.method,
            target: target.map_or((None, None), |target| (target.low, target.high)),
            verdict: kpi.verdict,
            few: is_few(&kpi.whole),
            words: [
                kpi.whole.value.map_or(NONE.to_owned(), show),
                ends(&kpi.whole, &show),
                target.map_or(String::new(), |target| wanted(target, &show)),
            ],
            parts: kpi.parts.iter().map(|(name, estimate)| part(&kpi, name, estimate, campaign)).collect(),
            too_recent: kpi.too_recent,
        }
    });
    rows.collect()
}

fn part(kpi: &Measured<'_>, name: &str, estimate: &Estimate, campaign: &Campaign) -> Part {
    let show = |value: f64| number(value, kpi.kpi.measure.unit(), campaign);
    let name = match kpi.kpi.by {
        Some(by) => format!("{} {}", by.word(), label_of(by, name, campaign).unwrap_or(name)),
        None => name.to_owned(),
    };
    let few = is_few(estimate);
    let star = if few { "*" } else { "" };
    let value = estimate.value.map_or(NONE.to_owned(), |value| format!("{}{star}", show(value)));
    Part { name, words: [value, ends(estimate, &show)], few }
}

/// Whether a value is told that rests on few leads.
pub(super) fn is_few(estimate: &Estimate) -> bool {
    estimate.few && estimate.value.is_some()
}

fn ends(estimate: &Estimate, show: &dyn Fn(f64) -> String) -> String {
    estimate.interval.map_or(NONE.to_owned(), |ends| format!("{} – {}", show(ends.low), show(ends.high)))
}
