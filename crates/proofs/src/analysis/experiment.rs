//! What is known of the arms of experiments before any lead is drawn.

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::experiment::Experiment;
use crate::ir::journey::{Action, Journey, SplitArm, Step, Target};
use crate::ir::{Campaign, Name};

/// Facts of an experiment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExperimentFacts {
    /// Arms that lead to the same step as the control: nothing tells them from it.
    pub same_as_control: Vec<Name>,
    /// A step of the control that sends something, if the control is named like one that gets nothing.
    pub sent_to_holdout: Option<Name>,
    /// Whether the run ends before any draw has been seen for the whole time of the goal.
    pub outlasts_run: bool,
}

/// Names of arms that say nothing is sent to them.
const HOLDOUTS: [&str; 3] = ["holdout", "hold-out", "holdback"];

/// Of each experiment, by name.
pub(super) fn experiments(campaign: &Campaign) -> BTreeMap<Name, ExperimentFacts> {
    let facts = campaign.experiments.iter().filter_map(|(name, experiment)| {
        let journey = campaign.journeys.get(&experiment.journey)?;
        let step = journey.step(&experiment.step)?;
        let Action::Split { arms, .. } = &step.action else { return None };
        Some((name.clone(), facts(campaign, experiment, journey, step, arms)))
    });
    facts.collect()
}

fn facts(
    campaign: &Campaign,
    experiment: &Experiment,
    journey: &Journey,
    step: &Step,
    arms: &[SplitArm],
) -> ExperimentFacts {
    let control = arms.iter().find(|arm| arm.name == experiment.control);
    let same = arms.iter().filter(|arm| arm.name != experiment.control && Some(&arm.to) == control.map(|arm| &arm.to));
    let days = campaign.settings.simulation.days.map(|days| i64::from(days) * 86_400);
    let holdout = arms.iter().find(|arm| HOLDOUTS.contains(&arm.name.as_str()));
    ExperimentFacts {
        same_as_control: same.map(|arm| arm.name.clone()).collect(),
        sent_to_holdout: holdout.and_then(|arm| first_send(journey, &arm.to, &step.next)),
        outlasts_run: days.is_some_and(|length| experiment.within_secs >= length),
    }
}

/// The first step that sends something, from `from` on and before `until`.
fn first_send(journey: &Journey, from: &Target, until: &Target) -> Option<Name> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut ahead: Vec<&Target> = vec![from];
    while let Some(target) = ahead.pop() {
        let Some(id) = target.as_deref().filter(|id| Some(*id) != until.as_deref()) else { continue };
        let Some(step) = journey.step(id).filter(|_| seen.insert(id)) else { continue };
        if let Action::Send { .. } = step.action {
            return Some(step.id.clone());
        }
        ahead.extend(step.edges());
    }
    None
}
