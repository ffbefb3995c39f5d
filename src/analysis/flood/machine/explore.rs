//! All states that a lead can come to, and what leads from one to the other.

use std::collections::HashMap;

use super::compile::Machine;
use super::run::{Came, Chooser};
use super::{Outside, State};

/// Ways for each of the most states there may be, before it is given up.
const MOST_WAYS: usize = 20;

/// What leads from a state to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// The lead comes in: created later, or there at launch.
    ComesIn { created: bool },
    /// Something from outside, by its number.
    Outside(u32),
    /// The wait of a course is over.
    Fire(u32),
    /// A measure passes.
    Tick,
}

/// A way from a state.
#[derive(Clone, Debug)]
pub(super) struct Way {
    pub(super) to: u32,
    pub(super) cause: Cause,
    pub(super) mails: Box<[u16]>,
    /// The arms of splits: course, step, arm.
    pub(super) arms: Box<[(usize, usize, usize)]>,
}

/// States and ways.
#[derive(Debug, Default)]
pub(super) struct Graph {
    /// The state of a lead that has come in; the first ones are of leads that have not.
    pub(super) states: Vec<State>,
    /// How many are of leads that have not come in.
    pub(super) beginnings: usize,
    /// Ways from each state that take no time.
    pub(super) at_once: Vec<Vec<Way>>,
    /// Ways from each state through the end of the measure.
    pub(super) ticks: Vec<Vec<Way>>,
}

impl Machine<'_> {
    /// Finds all states; `None` if they are too many, or a lead does not come to rest.
    pub(super) fn explore(&self) -> Option<Graph> {
        let beginnings = self.beginnings();
        if beginnings.len() > self.most_states {
            return None;
        }
        let mut search = Search {
            numbers: HashMap::new(),
            graph: Graph::default(),
            ways: 0,
            most: self.most_states,
            runs: 0,
            most_runs: self.most_runs,
        };
        search.graph.beginnings = beginnings.len();
        for state in beginnings {
            search.graph.states.push(state);
            search.graph.at_once.push(Vec::new());
            search.graph.ticks.push(Vec::new());
        }
        for from in 0..search.graph.beginnings {
            for created in [false, true] {
                let state = search.graph.states[from].clone();
                search.follow(from, Cause::ComesIn { created }, |chooser| self.come_in(&state, created, chooser))?;
            }
        }
        let mut from = search.graph.beginnings;
        while from < search.graph.states.len() {
            let state = search.graph.states[from].clone();
            for (number, outside) in self.outside.iter().enumerate() {
                if self.is_idle(&state, outside) {
                    continue;
                }
                search.follow(from, Cause::Outside(number as u32), |chooser| self.happen(&state, outside, chooser))?;
            }
            let due: Vec<usize> = (0..self.courses.len()).filter(|course| self.is_due(&state, *course)).collect();
            let held = (0..self.courses.len()).filter(|course| self.is_held(&state, *course));
            for course in due.iter().copied().chain(held.filter(|course| !due.contains(course))) {
                search.follow(from, Cause::Fire(course as u32), |chooser| self.fire(&state, course, chooser))?;
            }
            if due.is_empty() {
                let came = Came { state: self.tick(&state), mails: Vec::new(), arms: Vec::new(), endless: false };
                search.add(from, Cause::Tick, came)?;
            }
            from += 1;
        }
        Some(search.graph)
    }

    /// Whether something from outside plainly changes nothing.
    fn is_idle(&self, state: &State, outside: &Outside) -> bool {
        match outside {
            Outside::Change { term, to, from } => {
                let at = self.followed.iter().position(|each| each == term).map(|slot| self.cells_at() + slot);
                let now = at.map(|at| state[at] as usize);
                now == Some(*to) || from.is_some_and(|from| now != Some(from))
            }
            Outside::Event { .. } | Outside::Points { .. } | Outside::Nothing => false,
        }
    }
}

struct Search {
    numbers: HashMap<State, u32>,
    graph: Graph,
    ways: usize,
    most: usize,
    runs: usize,
    most_runs: usize,
}

impl Search {
    /// Every way in which something can go on from a state.
    fn follow(&mut self, from: usize, cause: Cause, mut run: impl FnMut(&mut Chooser) -> Came) -> Option<()> {
        let mut next = Some(Chooser::default());
        while let Some(mut chooser) = next {
            let came = run(&mut chooser);
            self.runs += 1;
            if came.endless || self.runs > self.most_runs {
                return None;
            }
            self.add(from, cause, came)?;
            next = chooser.next();
        }
        Some(())
    }

    fn add(&mut self, from: usize, cause: Cause, came: Came) -> Option<()> {
        let to = match self.numbers.get(&came.state) {
            Some(number) => *number,
            None => {
                let number = u32::try_from(self.graph.states.len()).ok()?;
                if self.graph.states.len() >= self.most {
                    return None;
                }
                self.numbers.insert(came.state.clone(), number);
                self.graph.states.push(came.state);
                self.graph.at_once.push(Vec::new());
                self.graph.ticks.push(Vec::new());
                number
            }
        };
        let ways = if cause == Cause::Tick { &mut self.graph.ticks[from] } else { &mut self.graph.at_once[from] };
        if to as usize == from && came.mails.is_empty() && cause != Cause::Tick {
            return Some(());
        }
        if ways.iter().any(|way| way.to == to && *way.mails == *came.mails) {
            return Some(());
        }
        ways.push(Way { to, cause, mails: came.mails.into(), arms: came.arms.into() });
        self.ways += 1;
        (self.ways < MOST_WAYS * self.most).then_some(())
    }
}
