//! How often steps were reached and left by each of their ways: plain numbers side by side, by the number of the step among
//! those of all journeys, while leads run. They become figures by name once, at the end.

use super::outcome::Figures;
use super::program::{Action, Journey, Program, Step};

/// Counts of all steps.
#[derive(Debug)]
pub struct StepCounts {
    /// How often each step was reached.
    pub reached: Vec<u64>,
    /// What each step sent.
    pub sent: Vec<u64>,
    /// How often each way from a step was taken, those of one step behind those of the step before.
    pub ways: Vec<u64>,
}

/// Number of ways from a step that are told apart: arms and `else`, the end of a wait by what it waits for and by time.
fn ways(step: &Step) -> usize {
    match &step.action {
        Action::Split { arms, .. } => arms.len(),
        Action::Branch { arms } => arms.len() + 1,
        Action::WaitFor { .. } => 2,
        Action::Send { .. }
        | Action::Wait { .. }
        | Action::WaitUntil { .. }
        | Action::WaitUntilDate { .. }
        | Action::WaitBestTime
        | Action::Change(_)
        | Action::Make(_)
        | Action::Goto
        | Action::Exit { .. } => 0,
    }
}

/// Gives the ways from all steps their places, and tells how many there are.
pub fn number_ways(journeys: &mut [Journey]) -> usize {
    let mut all = 0;
    for step in journeys.iter_mut().flat_map(|journey| &mut journey.steps) {
        step.first_way = all;
        all += ways(step);
    }
    all
}

impl StepCounts {
    /// Nothing counted yet.
    pub fn empty(program: &Program) -> StepCounts {
        StepCounts { reached: vec![0; program.steps], sent: vec![0; program.steps], ways: vec![0; program.ways] }
    }

    /// Adds the counts to the figures of journeys.
    pub fn add_to(&self, figures: &mut Figures, program: &Program) {
        for (number, journey) in program.journeys.iter().enumerate() {
            for (at, step) in journey.steps.iter().enumerate() {
                let figures = figures.journeys.at(number).steps.at(at);
                figures.reached += self.reached[journey.base + at];
                figures.sent += self.sent[journey.base + at];
                let named = figures.arms.0.iter_mut().chain(&mut figures.ways.0);
                named.zip(&self.ways[step.first_way..]).for_each(|((_, count), more)| *count += more);
            }
        }
    }
}
