//! Experiments for programs.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Arm, Compared, compared};
use crate::backend::report::figure::rounded;
use crate::backend::report::kpis::LEVEL;
use crate::backend::sim::{ArmFigures, Outcome};
use crate::ir::Campaign;
use crate::ir::experiment::{Expected, Goal};
use crate::statistics::Interval;

/// An experiment.
#[derive(Serialize)]
pub(in crate::backend::report) struct Experiment<'a> {
    journey: &'a str,
    step: &'a str,
    goal: &'a Goal,
    within_secs: i64,
    control: &'a str,
    expected: Option<Expected>,
    power: f64,
    significance: f64,
    needed_draws: Option<f64>,
    needed_days: Option<f64>,
    draws_again: u64,
    level: f64,
    methods: Methods,
    arms: BTreeMap<&'a str, ArmReport>,
}

/// How figures were made.
#[derive(Serialize)]
struct Methods {
    interval: &'static str,
    lift_interval: &'static str,
    relative_interval: &'static str,
    p: &'static str,
    p_adjusted: &'static str,
    needed_draws: &'static str,
}

const METHODS: Methods = Methods {
    interval: "wilson",
    lift_interval: "newcombe-10",
    relative_interval: "katz-log",
    p: "z-pooled",
    p_adjusted: "holm",
    needed_draws: "fleiss-levin-paik, significance divided by the number of comparisons",
};

#[derive(Serialize)]
struct ArmReport {
    #[serde(flatten)]
    figures: ArmFigures,
    rate: Option<f64>,
    interval: Option<Interval>,
    #[serde(skip_serializing_if = "Option::is_none")]
    against_control: Option<AgainstReport>,
}

#[derive(Serialize)]
struct AgainstReport {
    lift: Option<f64>,
    lift_interval: Option<Interval>,
    relative: Option<f64>,
    relative_interval: Option<Interval>,
    p: Option<f64>,
    p_adjusted: Option<f64>,
    needed_draws: Option<f64>,
    needed_draws_of_control: Option<f64>,
    power: Option<f64>,
    detectable_lift: Option<f64>,
}

/// The experiments, by name.
pub(in crate::backend::report) fn experiments<'a>(
    outcome: &'a Outcome,
    campaign: &'a Campaign,
) -> BTreeMap<&'a str, Experiment<'a>> {
    compared(outcome, campaign).into_iter().map(|each| (each.name, report(&each))).collect()
}

fn report<'a>(compared: &Compared<'a>) -> Experiment<'a> {
    let experiment = compared.experiment;
    Experiment {
        journey: &experiment.journey,
        step: &experiment.step,
        goal: &experiment.goal,
        within_secs: experiment.within_secs,
        control: &experiment.control,
        expected: experiment.expected,
        power: experiment.power,
        significance: experiment.significance,
        needed_draws: compared.needed,
        needed_days: compared.needed_days,
        draws_again: compared.again,
        level: LEVEL,
        methods: METHODS,
        arms: compared.arms.iter().map(|each| (each.name, arm(each))).collect(),
    }
}

fn arm(arm: &Arm<'_>) -> ArmReport {
    let ends = |ends: Option<Interval>| ends.map(|ends| ends.map(rounded));
    let against_control = arm.against.as_ref().map(|against| AgainstReport {
        lift: against.lift.map(rounded),
        lift_interval: ends(against.lift_interval),
        relative: against.relative.map(rounded),
        relative_interval: ends(against.relative_interval),
        p: against.p.map(rounded),
        p_adjusted: against.p_adjusted.map(rounded),
        needed_draws: against.needed.map(|(ours, _)| ours),
        needed_draws_of_control: against.needed.map(|(_, control)| control),
        power: against.power.map(rounded),
        detectable_lift: against.detectable.map(rounded),
    });
    ArmReport { figures: arm.figures, rate: arm.rate.map(rounded), interval: ends(arm.interval), against_control }
}
