//! KPIs for pages: each with its numbers, and how they are written.

use super::text::{number, wanted};
use super::{Verdict, measured};
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
            few: kpi.whole.few && kpi.whole.value.is_some(),
            words: [
                kpi.whole.value.map_or(NONE.to_owned(), show),
                interval.map_or(NONE.to_owned(), |(low, high)| format!("{} – {}", show(low), show(high))),
                target.map_or(String::new(), |target| wanted(target, &show)),
            ],
        }
    });
    rows.collect()
}
