//! All states that a lead can come to, and what leads from one to the other.

use std::collections::HashMap;

use super::compile::Machine;
use super::consent::may_follow;
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
    /// What is next in the queue.
    Queued,
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
    /// The way from each state through the end of the measure; none while a wait is over.
    pub(super) ticks: Vec<Option<Way>>,
}

impl Graph {
    fn put(&mut self, state: State) {
        self.states.push(state);
        self.at_once.push(Vec::new());
        self.ticks.push(None);
    }
}

impl Machine<'_> {
    /// Finds all states; `None` if they are too many, or a lead does not come to rest.
    pub(super) fn explore(&self) -> Option<Graph> {
        let beginnings = self.beginnings()?;
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
            search.graph.put(state);
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
            let is_settled = self.is_settled(&state);
            for (number, outside) in self.outside.iter().enumerate() {
                if self.is_idle(&state, outside) || !(is_settled || self.between.contains(&number)) {
                    continue;
                }
                search.follow(from, Cause::Outside(number as u32), |chooser| self.happen(&state, outside, chooser))?;
            }
            if !is_settled {
                search.follow(from, Cause::Queued, |chooser| self.go_on(&state, chooser))?;
                from += 1;
                continue;
            }
            let due: Vec<usize> = (0..self.courses.len()).filter(|course| self.is_due(&state, *course)).collect();
            let held = (0..self.courses.len()).filter(|course| self.is_held(&state, *course));
            for course in due.iter().copied().chain(held.filter(|course| !due.contains(course))) {
                search.follow(from, Cause::Fire(course as u32), |chooser| self.fire(&state, course, chooser))?;
            }
            if due.is_empty() {
                let to = search.number(self.tick(&state))?;
                let way = Way { to, cause: Cause::Tick, mails: [].into(), arms: [].into() };
                search.graph.ticks[from] = Some(way);
            }
            from += 1;
        }
        Some(search.graph)
    }

    /// Whether something from outside plainly changes nothing, or cannot come now.
    fn is_idle(&self, state: &State, outside: &Outside) -> bool {
        match outside {
            Outside::Change { term, to } => self.cell_in(state, *term) == Some(*to),
            Outside::Consent { is_in } => !may_follow(&state[self.topics_at()..self.groups_at()], is_in),
            Outside::Event { .. } | Outside::Points { .. } | Outside::Start { .. } | Outside::Nothing => false,
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
        let to = self.number(came.state)?;
        let is_idle = to as usize == from && came.mails.is_empty();
        let ways = &mut self.graph.at_once[from];
        if is_idle || ways.iter().any(|way| way.to == to && *way.mails == *came.mails) {
            return Some(());
        }
        ways.push(Way { to, cause, mails: came.mails.into(), arms: came.arms.into() });
        self.ways += 1;
        (self.ways < MOST_WAYS * self.most).then_some(())
    }

    /// The number of a state, a new one if it was not met before.
    fn number(&mut self, state: State) -> Option<u32> {
        if let Some(number) = self.numbers.get(&state) {
            return Some(*number);
        }
        let number = u32::try_from(self.graph.states.len()).ok()?;
        if self.graph.states.len() >= self.most {
            return None;
        }
        self.numbers.insert(state.clone(), number);
        self.graph.put(state);
        Some(number)
    }
}
