//! Experiments: how the arms did, and whether the run could have told them apart.

mod json;
mod rows;
mod text;

pub(super) use json::{Experiment as ExperimentReport, experiments as experiment_reports};
pub(super) use rows::{Row as ArmRow, Rows as ExperimentRows, rows as experiment_rows};
pub(super) use text::experiments as experiment_text;

use crate::backend::report::kpis::LEVEL;
use crate::backend::sim::{ArmFigures, Outcome};
use crate::ir::Campaign;
use crate::ir::experiment::Experiment;
use crate::ir::journey::Action;
use crate::statistics::{self, Comparison, Interval};

/// An experiment and what came of it.
struct Compared<'a> {
    name: &'a str,
    experiment: &'a Experiment,
    arms: Vec<Arm<'a>>,
    /// Draws of leads that had been drawn before.
    again: u64,
    /// Draws that are needed of all arms together, as the weights divide them.
    needed: Option<f64>,
    /// Days that it takes at as many draws as in this run.
    needed_days: Option<f64>,
}

/// An arm and how it did against the control.
struct Arm<'a> {
    name: &'a str,
    figures: ArmFigures,
    rate: Option<f64>,
    interval: Option<Interval>,
    /// `None` of the control.
    against: Option<Against>,
}

/// An arm against the control.
struct Against {
    /// Its rate less that of the control.
    lift: Option<f64>,
    lift_interval: Option<Interval>,
    /// Its rate as a multiple of that of the control.
    relative: Option<f64>,
    relative_interval: Option<Interval>,
    /// Chance of such a difference if there is none; `None` if nobody was drawn to one of the two.
    p: Option<f64>,
    /// The same, with all arms together in mind.
    p_adjusted: Option<f64>,
    /// Draws that this arm and the control need to see what is expected.
    needed: Option<(f64, f64)>,
    /// Chance that this run sees what is expected.
    power: Option<f64>,
    /// Smallest gain over the control that this run sees with the power that is wanted.
    detectable: Option<f64>,
}

/// All experiments, by name.
fn compared<'a>(outcome: &'a Outcome, campaign: &'a Campaign) -> Vec<Compared<'a>> {
    let experiments = campaign.experiments.iter();
    experiments.filter_map(|(name, experiment)| one(name, experiment, outcome, campaign)).collect()
}

fn one<'a>(
    name: &'a str,
    experiment: &'a Experiment,
    outcome: &'a Outcome,
    campaign: &'a Campaign,
) -> Option<Compared<'a>> {
    let counted = outcome.figures.experiments.get(name)?;
    let control = *counted.arms.get(&experiment.control)?;
    let weights = weights(experiment, campaign)?;
    let weight = |arm: &str| weights.iter().find(|(name, _)| *name == arm).map_or(0.0, |(_, weight)| *weight);
    let others: Vec<(&str, &ArmFigures)> = counted.arms.iter().filter(|(arm, _)| *arm != experiment.control).collect();
    let is_drawn = |arm: &ArmFigures| arm.draws > 0 && control.draws > 0;
    let drawn = others.iter().filter(|(_, arm)| is_drawn(arm));
    let chances: Vec<f64> = drawn.map(|(_, arm)| statistics::compare(counts(&control), counts(arm))).collect();
    let adjusted = statistics::holm(&chances);
    let mut chances = chances.into_iter().zip(adjusted);
    let significance = experiment.significance / others.len().max(1) as f64;
    let looked_for = experiment.expected.map(|expected| Comparison {
        control: expected.control,
        treated: expected.treated,
        significance,
    });
    let mut against = others.iter().map(|(arm, figures)| {
        let chances = if is_drawn(figures) { chances.next() } else { None };
        let ratio = weight(arm) / weight(&experiment.control);
        let size = looked_for.and_then(|what| statistics::sample_size(&what, experiment.power, ratio));
        let (ours, theirs) = (counts(figures), counts(&control));
        let relative = statistics::relative(theirs, ours, LEVEL);
        Against {
            lift: rate(figures).zip(rate(&control)).map(|(ours, theirs)| ours - theirs),
            lift_interval: statistics::newcombe(theirs, ours, LEVEL),
            relative: rate(figures).zip(rate(&control).filter(|rate| *rate > 0.0)).map(|(ours, theirs)| ours / theirs),
            relative_interval: relative,
            p: chances.map(|(p, _)| p),
            p_adjusted: chances.map(|(_, adjusted)| adjusted),
            needed: size.map(|control| ((control * ratio).ceil(), control.ceil())),
            power: looked_for.map(|what| statistics::power(&what, theirs.1, ours.1)),
            detectable: (looked_for.map(|what| what.control).or(rate(&control)))
                .and_then(|base| statistics::detectable(base, significance, experiment.power, (theirs.1, ours.1))),
        }
    });
    let arms: Vec<Arm<'a>> = counted
        .arms
        .iter()
        .map(|(name, figures)| Arm {
            name,
            figures: *figures,
            rate: rate(figures),
            interval: statistics::wilson(figures.successes as f64, figures.draws as f64, LEVEL),
            against: if name == experiment.control { None } else { against.next() },
        })
        .collect();
    // The arm that needs most draws of the control decides.
    let control_needs = arms.iter().filter_map(|arm| arm.against.as_ref()?.needed).map(|(_, control)| control);
    let share = weight(&experiment.control) / weights.iter().map(|(_, weight)| weight).sum::<f64>();
    let needed = control_needs.reduce(f64::max).map(|control| (control / share).ceil());
    let drawn: u64 = counted.arms.iter().map(|(_, arm)| arm.draws + arm.unfinished).sum();
    let per_day = drawn as f64 / f64::from(outcome.run.days);
    let needed_days = needed.filter(|_| drawn > 0).map(|needed| (needed / per_day).ceil());
    Some(Compared { name, experiment, arms, again: counted.again, needed, needed_days })
}

/// The weights of the arms, by name.
fn weights<'a>(experiment: &Experiment, campaign: &'a Campaign) -> Option<Vec<(&'a str, f64)>> {
    let step = campaign.journeys.get(&experiment.journey)?.step(&experiment.step)?;
    let Action::Split { arms, .. } = &step.action else { return None };
    Some(arms.iter().map(|arm| (arm.name.as_str(), arm.weight)).collect())
}

fn counts(arm: &ArmFigures) -> (f64, f64) {
    (arm.successes as f64, arm.draws as f64)
}

fn rate(arm: &ArmFigures) -> Option<f64> {
    (arm.draws > 0).then(|| arm.successes as f64 / arm.draws as f64)
}
