//! Experiments: each draw is watched until its goal is reached or its time is over.

use super::figures::ExperimentFigures;
use crate::backend::sim::engine::Engine;
use crate::backend::sim::lead::Happening;
use crate::backend::sim::program::Trial as TrialGoal;

/// A draw of an experiment.
#[derive(Clone, Copy, Debug)]
pub struct Trial {
    /// Which experiment.
    pub experiment: usize,
    /// The arm that was drawn.
    pub arm: usize,
    /// Number of the instance in its journey.
    pub instance: u64,
    /// When.
    pub since: i64,
    /// What came of it so far.
    pub state: TrialState,
}

/// What came of a draw so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrialState {
    /// Nothing yet.
    Open,
    /// The goal was reached in time.
    Success,
    /// The goal was reached before.
    LeftOut,
}

impl Engine<'_> {
    /// Begins to watch an instance that was drawn to an arm; each is watched from its first draw on.
    pub(in crate::backend::sim) fn begin_trial(&mut self, experiment: usize, arm: usize, instance: u64) {
        let known = |trial: &Trial| trial.experiment == experiment && trial.instance == instance;
        if self.lead.trials.iter().any(known) {
            return;
        }
        let state = match &self.program.experiments[experiment].goal {
            TrialGoal::When(cond) if self.ask(None).holds(cond) => TrialState::LeftOut,
            TrialGoal::When(_) | TrialGoal::Event { .. } => TrialState::Open,
        };
        self.lead.trials.push(Trial { experiment, arm, instance, since: self.now, state });
    }

    /// Whether goals are reached now.
    pub(in crate::backend::sim) fn check_trials(&mut self, event: Option<&Happening>) {
        for number in 0..self.lead.trials.len() {
            let trial = self.lead.trials[number];
            let experiment = &self.program.experiments[trial.experiment];
            if trial.state != TrialState::Open || self.now - trial.since > experiment.within {
                continue;
            }
            let reached = match &experiment.goal {
                TrialGoal::When(cond) => self.ask(None).holds(cond),
                TrialGoal::Event { event: awaited, filter } => {
                    event.is_some_and(|event| event.event == *awaited) && self.holds(filter.as_ref(), event)
                }
            };
            if reached {
                self.lead.trials[number].state = TrialState::Success;
            }
        }
    }

    /// Counts what came of all draws.
    pub(in crate::backend::sim) fn count_trials(&mut self) {
        let (program, trials, figures) = (self.program, &self.lead.trials, &mut self.figures.experiments);
        for (at, trial) in trials.iter().enumerate() {
            let figures: &mut ExperimentFigures = figures.at(trial.experiment);
            let seen = trial.since + program.experiments[trial.experiment].within < program.frame.end;
            let arm = figures.arms.at(trial.arm);
            match trial.state {
                TrialState::LeftOut => arm.left_out += 1,
                TrialState::Open | TrialState::Success if !seen || self.stopped => arm.unfinished += 1,
                TrialState::Open => arm.draws += 1,
                TrialState::Success => {
                    arm.draws += 1;
                    arm.successes += 1;
                }
            }
            figures.again += u64::from(trials[..at].iter().any(|before| before.experiment == trial.experiment));
        }
    }
}
