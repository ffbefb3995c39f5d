//! Experiments for pages: each arm with its numbers.

use super::compared;
use crate::backend::sim::Outcome;
use crate::ir::Campaign;

/// An experiment.
pub(in crate::backend::report) struct Rows<'a> {
    pub(in crate::backend::report) name: &'a str,
    pub(in crate::backend::report) goal: String,
    pub(in crate::backend::report) within_secs: i64,
    pub(in crate::backend::report) arms: Vec<Row<'a>>,
    /// Whether the run could tell the arms apart, and what was left out, in words.
    pub(in crate::backend::report) remarks: Vec<String>,
}

/// A difference, and the ends of its interval.
pub(in crate::backend::report) type Lift = (Option<f64>, Option<(f64, f64)>);

/// An arm.
pub(in crate::backend::report) struct Row<'a> {
    pub(in crate::backend::report) name: &'a str,
    pub(in crate::backend::report) draws: u64,
    pub(in crate::backend::report) goals: u64,
    pub(in crate::backend::report) rate: Option<f64>,
    pub(in crate::backend::report) interval: Option<(f64, f64)>,
    /// Its rate less that of the control, with its interval; `None` of the control.
    pub(in crate::backend::report) lift: Option<Lift>,
    /// Chance of such a difference if there is none, with all arms together in mind.
    pub(in crate::backend::report) p: Option<f64>,
}

/// All experiments, by name.
pub(in crate::backend::report) fn rows<'a>(outcome: &'a Outcome, campaign: &'a Campaign) -> Vec<Rows<'a>> {
    let ends = |ends: crate::statistics::Interval| (ends.low, ends.high);
    let experiments = compared(outcome, campaign).into_iter();
    let rows = experiments.map(|each| Rows {
        name: each.name,
        goal: super::text::goal(&each.experiment.goal),
        within_secs: each.experiment.within_secs,
        remarks: super::text::remarks(&each),
        arms: (each.arms.iter())
            .map(|arm| Row {
                name: arm.name,
                draws: arm.figures.draws,
                goals: arm.figures.successes,
                rate: arm.rate,
                interval: arm.interval.map(ends),
                lift: arm.against.as_ref().map(|against| (against.lift, against.lift_interval.map(ends))),
                p: arm.against.as_ref().and_then(|against| against.p_adjusted),
            })
            .collect(),
    });
    rows.collect()
}
