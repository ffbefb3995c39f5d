//! Figures of journeys and their steps.

use std::collections::BTreeMap;

use super::named::{Named, add_counts};
use super::reason::EntryRefusal;
use crate::backend::sim::program::{Action, Program};

/// Figures of a journey. `entered` is the sum of all ends and `running`.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct JourneyFigures {
    /// Instances.
    pub entered: u64,
    /// Leads that entered at least once.
    pub leads: u64,
    /// Entries refused, by reason.
    pub refused: BTreeMap<EntryRefusal, u64>,
    /// Instances that came to the end of the steps.
    pub completed: u64,
    /// Instances ended by `exit_when`.
    pub exit_when: u64,
    /// Instances that reached the goal.
    pub goal: u64,
    /// Instances ended by an `exit` step, by its reason.
    pub exits: BTreeMap<String, u64>,
    /// Instances still running at the end.
    pub running: u64,
    /// By step, in the order they are written.
    pub steps: Named<StepFigures>,
}

impl JourneyFigures {
    pub(super) fn empty(program: &Program, journey: usize) -> JourneyFigures {
        let reasons = &program.journeys[journey].reasons;
        JourneyFigures {
            steps: steps(program, journey),
            exits: reasons.iter().map(|reason| (reason.clone(), 0)).collect(),
            ..Default::default()
        }
    }

    pub(super) fn add(&mut self, other: JourneyFigures) {
        self.entered += other.entered;
        self.leads += other.leads;
        add_counts(&mut self.refused, other.refused);
        self.completed += other.completed;
        self.exit_when += other.exit_when;
        self.goal += other.goal;
        add_counts(&mut self.exits, other.exits);
        self.running += other.running;
        self.steps.add(other.steps, StepFigures::add);
    }
}

/// Figures of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct StepFigures {
    /// How often it was reached.
    pub reached: u64,
    /// Of a split: how often each arm was taken.
    #[serde(skip_serializing_if = "Named::is_empty")]
    pub arms: Named<u64>,
    /// How often something came of it, by event.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub outcomes: BTreeMap<String, u64>,
}

impl StepFigures {
    fn add(&mut self, other: StepFigures) {
        self.reached += other.reached;
        self.arms.add_counts(other.arms);
        add_counts(&mut self.outcomes, other.outcomes);
    }
}

fn steps(program: &Program, journey: usize) -> Named<StepFigures> {
    let steps = &program.journeys[journey].steps;
    Named::of(steps.iter().map(|step| step.name.as_str()), |number| {
        let mut figures = StepFigures { outcomes: outcomes(program, (journey, number)), ..StepFigures::default() };
        if let Action::Split { arms, .. } = &steps[number].action {
            figures.arms = Named::of(arms.iter().map(|arm| arm.name.as_str()), |_| 0);
        }
        figures
    })
}

fn outcomes(program: &Program, place: (usize, usize)) -> BTreeMap<String, u64> {
    let own = program.outcomes.iter().filter(|outcome| outcome.place == place);
    own.map(|outcome| (program.events[outcome.event].name.clone(), 0)).collect()
}
