//! Figures of journeys and their steps.

use std::collections::BTreeMap;

use super::named::{Named, add_counts};
use crate::backend::sim::program::{Action, Journey, Program};
use crate::ir::{EntryRefusal, Skip};

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
    /// Of those, how many by which part of a condition that joins several by `or`: the first that held.
    #[serde(skip_serializing_if = "Named::is_empty")]
    pub exit_when_by: Named<u64>,
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
        let of = &program.journeys[journey];
        JourneyFigures {
            steps: steps(program, journey),
            exit_when_by: exit_reasons(of),
            exits: of.reasons.iter().map(|reason| (reason.clone(), 0)).collect(),
            ..Default::default()
        }
    }

    pub(super) fn add(&mut self, other: JourneyFigures) {
        self.entered += other.entered;
        self.leads += other.leads;
        add_counts(&mut self.refused, other.refused);
        self.completed += other.completed;
        self.exit_when += other.exit_when;
        self.exit_when_by.add_counts(other.exit_when_by);
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
    /// Of a branch: how often each arm was taken, by its place from 1 on, and `else`. Of a wait for something: how often
    /// it was `heard`, and how often the time ran out, `timeout`.
    #[serde(skip_serializing_if = "Named::is_empty")]
    pub ways: Named<u64>,
    /// Instances that ended while they were at it, or were at it when the run ended.
    #[serde(skip_serializing_if = "LeftFigures::is_nobody")]
    pub left: LeftFigures,
    /// Of a step that sends: what was sent.
    #[serde(skip_serializing_if = "is_nothing")]
    pub sent: u64,
    /// Of a step that sends: what was not sent, by reason.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub skipped: BTreeMap<Skip, u64>,
    /// How often it was reached so many seconds after the entry; empty unless the run took times.
    #[serde(skip)]
    pub reached_after: BTreeMap<u64, u64>,
    /// How often something came of it, by event.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub outcomes: BTreeMap<String, u64>,
}

/// Instances that were at a step and did not leave it by one of its ways.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct LeftFigures {
    /// Taken out by `exit_when`.
    pub exit_when: u64,
    /// Of those, how many by which part of a condition that joins several by `or`.
    #[serde(skip_serializing_if = "Named::is_empty")]
    pub exit_when_by: Named<u64>,
    /// Reached the goal.
    pub goal: u64,
    /// Still there at the end.
    pub running: u64,
}

impl LeftFigures {
    /// Whether there were none.
    pub fn is_nobody(&self) -> bool {
        self.all() == 0
    }

    /// All of them.
    pub fn all(&self) -> u64 {
        self.exit_when + self.goal + self.running
    }
}

fn is_nothing(number: &u64) -> bool {
    *number == 0
}

impl StepFigures {
    fn add(&mut self, other: StepFigures) {
        self.reached += other.reached;
        self.arms.add_counts(other.arms);
        self.ways.add_counts(other.ways);
        self.left.exit_when += other.left.exit_when;
        self.left.exit_when_by.add_counts(other.left.exit_when_by);
        self.left.goal += other.left.goal;
        self.left.running += other.left.running;
        self.sent += other.sent;
        add_counts(&mut self.skipped, other.skipped);
        add_counts(&mut self.reached_after, other.reached_after);
        add_counts(&mut self.outcomes, other.outcomes);
    }
}

fn steps(program: &Program, journey: usize) -> Named<StepFigures> {
    let steps = &program.journeys[journey].steps;
    Named::of(steps.iter().map(|step| step.name.as_str()), |number| {
        let mut figures = StepFigures { outcomes: outcomes(program, (journey, number)), ..StepFigures::default() };
        figures.left.exit_when_by = exit_reasons(&program.journeys[journey]);
        match &steps[number].action {
            Action::Split { arms, .. } => figures.arms = Named::of(arms.iter().map(|arm| arm.name.as_str()), |_| 0),
            Action::Branch { arms } => {
                let places: Vec<String> = (1..=arms.len()).map(|place| place.to_string()).collect();
                figures.ways = Named::of(places.iter().map(String::as_str).chain(["else"]), |_| 0);
            }
            Action::WaitFor { .. } => figures.ways = Named::of(["heard", "timeout"].into_iter(), |_| 0),
            Action::Send { .. }
            | Action::Wait { .. }
            | Action::WaitUntil { .. }
            | Action::WaitUntilDate { .. }
            | Action::WaitBestTime
            | Action::Change(_)
            | Action::Make(_)
            | Action::Goto
            | Action::Exit { .. } => {}
        }
        figures
    })
}

/// The parts of `exit_when`, where it joins several.
fn exit_reasons(journey: &Journey) -> Named<u64> {
    Named::of(journey.exit_reasons.iter().map(|reason| reason.text.as_str()), |_| 0)
}

fn outcomes(program: &Program, place: (usize, usize)) -> BTreeMap<String, u64> {
    let own = program.outcomes.iter().filter(|outcome| outcome.place == place);
    own.map(|outcome| (program.events[outcome.event].name.clone(), 0)).collect()
}
