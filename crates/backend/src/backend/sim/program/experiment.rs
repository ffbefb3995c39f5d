//! Experiments compiled.

use super::condition::{Cond, Deps};
use super::names::Names;
use super::{Fault, bounded};
use crate::ir::experiment::{self, Goal};
use crate::ir::journey::Action;
use crate::ir::{Campaign, Name};

/// A compiled experiment.
#[derive(Debug)]
pub struct Experiment {
    /// Its name.
    pub name: String,
    /// What counts as success.
    pub goal: Trial,
    /// How long after the draw.
    pub within: i64,
    /// Names of the arms, in the order of the split.
    pub arms: Vec<String>,
}

/// What counts as success.
#[derive(Debug)]
pub enum Trial {
    /// An event.
    Event { event: usize, filter: Option<Cond> },
    /// A condition.
    When(Cond),
}

/// Compiles the experiments, by name.
pub fn compile(campaign: &Campaign, names: &mut Names<'_>) -> Result<Vec<Experiment>, Fault> {
    let compiled = campaign.experiments.iter().map(|(name, experiment)| one(name, experiment, campaign, names));
    compiled.collect()
}

fn one(
    name: &Name,
    experiment: &experiment::Experiment,
    campaign: &Campaign,
    names: &mut Names<'_>,
) -> Result<Experiment, Fault> {
    let step = campaign.journeys.get(&experiment.journey).and_then(|journey| journey.step(&experiment.step));
    let Some(Action::Split { arms, .. }) = step.map(|step| &step.action) else {
        return Err(format!("the experiment `{name}` belongs to no split"));
    };
    let goal = match &experiment.goal {
        Goal::Event { event, filter } => Trial::Event {
            event: names.event(event).ok_or_else(|| format!("unknown event `{event}`"))?,
            filter: names.optional(filter.as_ref(), Some(event)),
        },
        Goal::When(when) => Trial::When(names.condition(when, None)),
    };
    Ok(Experiment {
        name: name.clone(),
        goal,
        within: bounded(experiment.within_secs),
        arms: arms.iter().map(|arm| arm.name.clone()).collect(),
    })
}

/// What the goals depend on that are asked in every cascade.
pub fn watched(experiments: &[Experiment]) -> Deps {
    let mut watched = Deps::NONE;
    for experiment in experiments {
        if let Trial::When(cond) = &experiment.goal {
            watched |= cond.deps;
        }
    }
    watched
}
