//! How many mails one journey can ask for in a window: its request-bound function.
//!
//! A journey is a digraph whose nodes release mails and whose edges have least separations. The most mails in any window is
//! the heaviest path whose separations add up to less than the window (M. Stigge, P. Ekberg, N. Guan, W. Yi, "The Digraph
//! Real-Time Task Model", RTAS 2011, sections III and IV). Paths are extended in the order of the time they take, and one
//! is given up as soon as another reached the same node no later with as many mails. All of it in whole seconds.
//!
//! In: a [`Model`] and a window. Out: a [`Demand`], which no run exceeds. Never: another journey.

use std::collections::BinaryHeap;

use super::model::{Copies, Edge, Model, Pace, Reentry, Stays};
use super::phase::{Clock, DAY, Phase, of_week};
use crate::ir::{Condition, QuietHours};

/// Paths that are looked at before a weaker bound has to do.
const BUDGET: usize = 200_000;

/// How many mails a journey can ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// At most so many; `None` for any number.
    pub most: Option<u64>,
    /// The mails of a window with so many: time since the first, in seconds, and step. Where there is no bound: a way
    /// round that takes no time. Empty where the bound is that of a weaker argument.
    pub path: Vec<(i64, usize)>,
}

impl Demand {
    /// No mail.
    pub(super) const NONE: Demand = Demand { most: Some(0), path: Vec::new() };
}

/// The ways of a journey that are open to a kind of lead, by each thing that is known of its stays.
pub(super) struct Paths<'a, 'c>(Vec<Walk<'a, 'c>>);

/// The places of a journey that a kind of lead can come to, and the ways between them.
struct Walk<'a, 'c> {
    model: &'a Model<'c>,
    stays: Stays,
    /// By how much clocks may be set forward, in seconds.
    shift_secs: i64,
    /// What is known of a condition.
    holds: &'a dyn Fn(&Condition) -> Option<bool>,
    /// By step, its places in the order of what is known of the time.
    places: Vec<Vec<(Phase, usize)>>,
    nodes: Vec<Place>,
}

/// A step, with what is known of the time.
struct Place {
    step: usize,
    phase: Phase,
    ways: Vec<(usize, i64)>,
}

/// A path so far.
#[derive(Clone, Copy)]
struct Label {
    node: usize,
    took: i64,
    count: u64,
    before: usize,
}

const NO_LABEL: usize = usize::MAX;

impl<'a, 'c> Paths<'a, 'c> {
    /// Finds the places that can be reached from the entry. Clocks may be set forward by so many seconds, and `holds` says
    /// what is known of a condition.
    pub(super) fn of(
        model: &'a Model<'c>,
        shift_secs: i64,
        holds: &'a dyn Fn(&Condition) -> Option<bool>,
    ) -> Paths<'a, 'c> {
        let walk = |stays: &Stays| {
            let places = vec![Vec::new(); model.steps.len()];
            let mut walk = Walk { model, stays: *stays, shift_secs, holds, places, nodes: Vec::new() };
            model.first.into_iter().for_each(|first| walk.explore(first));
            walk
        };
        Paths(model.stays.iter().map(walk).collect())
    }

    /// The most mails of those that count, by step, that the journey can ask for in a window of so many seconds. Both ends
    /// cannot be in it.
    pub(super) fn demand(&self, window_secs: i64, counts: &dyn Fn(usize) -> bool) -> Demand {
        let demands = self.0.iter().map(|walk| walk.demand(window_secs, counts));
        demands.min_by_key(|demand| demand.most.unwrap_or(u64::MAX)).unwrap_or(Demand::NONE)
    }
}

impl<'c> Walk<'_, 'c> {
    fn demand(&self, window_secs: i64, counts: &dyn Fn(usize) -> bool) -> Demand {
        let steps = &self.model.steps;
        let counts: Vec<bool> =
            self.nodes.iter().map(|place| steps[place.step].mail.is_some() && counts(place.step)).collect();
        match self.stays.copies {
            _ if !counts.contains(&true) => Demand::NONE,
            Copies::Any => Demand { most: None, path: Vec::new() },
            Copies::AtMost(copies) => {
                let one = Search { nodes: &self.nodes, counts, window_secs }.longest();
                Demand { most: one.most.map(|most| most.saturating_mul(copies)), ..one }
            }
        }
    }

    fn explore(&mut self, first: usize) {
        let mut open: Vec<usize> = self.entries().into_iter().map(|phase| self.place(first, phase)).collect();
        let mut next: Vec<(usize, i64, Phase)> = Vec::new();
        while let Some(from) = open.pop() {
            let Place { step, phase, .. } = self.nodes[from];
            // A window may begin here.
            if self.model.steps[step].mail.is_some() {
                let known = self.nodes.len();
                let afresh = self.place(step, phase.afresh());
                open.extend((afresh == known).then_some(afresh));
            }
            self.ways(first, step, phase, &mut next);
            let mut ways = Vec::with_capacity(next.len());
            for (to, gap, phase) in next.drain(..) {
                let known = self.nodes.len();
                let to = self.place(to, phase);
                open.extend((to == known).then_some(to));
                ways.push((to, gap));
            }
            self.nodes[from].ways = ways;
        }
    }

    /// The number of a place, which is made if there is none.
    fn place(&mut self, step: usize, phase: Phase) -> usize {
        // A journey whose steps come at very many different hours is followed without the clock.
        let phase = if self.nodes.len() > 64 * self.model.steps.len() { Phase::default() } else { phase };
        let places = &mut self.places[step];
        match places.binary_search_by_key(&phase, |(phase, _)| *phase) {
            Ok(at) => places[at].1,
            Err(at) => {
                let node = self.nodes.len();
                places.insert(at, (phase, node));
                self.nodes.push(Place { step, phase, ways: Vec::new() });
                node
            }
        }
    }

    /// What is known of the time at the entry.
    fn entries(&self) -> Vec<Phase> {
        self.model.begins.map_or(vec![Phase::default()], |(number, _)| Phase::at(number, &self.model.beats[number]))
    }

    /// The next steps: which, after how long at least, and what is known of the time then.
    fn ways(&self, first: usize, step: usize, phase: Phase, out: &mut Vec<(usize, i64, Phase)>) {
        for edge in self.model.steps[step].open(self.holds) {
            self.paces(edge, phase, &mut |gap, phase| match edge.to {
                Some(to) => out.push((to, gap, phase)),
                None => out.extend(self.again(phase).into_iter().map(|(more, phase)| (first, gap + more, phase))),
            });
        }
    }

    fn paces(&self, edge: &Edge<'_>, phase: Phase, found: &mut dyn FnMut(i64, Phase)) {
        match edge.pace {
            Pace::Instant => found(0, phase),
            Pace::Exactly(secs) => found(secs, phase.after(secs)),
            Pace::Anytime => found(0, phase.at_least_after(0)),
            Pace::Until(number, _) => {
                let ways = phase.until(number, &self.model.beats[number], false, self.shift_secs);
                ways.into_iter().for_each(|(gap, phase)| found(gap, phase));
            }
            Pace::WorkingDays(days) => {
                let days = i64::from(days);
                found((days * 86_400 - self.shift_secs).max(0), phase.days_after(days));
            }
            Pace::Held(quiet, _) => match quiet {
                Some(quiet) if self.is_open(quiet, phase) => found(0, phase),
                Some(_) | None => found(0, phase.at_least_after(0)),
            },
        }
    }

    /// Whether a mail is sent at once whatever day it is, also where clocks were set since its time was told last.
    fn is_open(&self, quiet: &QuietHours, phase: Phase) -> bool {
        let off_secs = if phase.is_told() { 0 } else { self.shift_secs };
        off_secs < DAY / 2
            && (-off_secs..=off_secs)
                .step_by(60)
                .all(|off| is_open(quiet, Phase { clock: phase.clock, since: [None; 2] }.after(off).clock))
    }

    /// How another instance may begin.
    fn again(&self, phase: Phase) -> Vec<(i64, Phase)> {
        match self.stays.reentry {
            Reentry::Never => Vec::new(),
            // What comes from outside comes before the timers of its second.
            Reentry::After(0) if self.model.enters_from_outside && phase.is_told() => {
                vec![(1, phase.at_least_after(1))]
            }
            Reentry::After(least) => vec![(least, phase.at_least_after(least))],
            Reentry::At(number, least) => {
                // Where some time has to pass first, the moment that comes behind it counts, not the next one.
                let beat = &self.model.beats[number];
                let ways = phase.after(least).until(number, beat, least == 0, self.shift_secs);
                ways.into_iter().map(|(gap, phase)| (least + gap, phase)).collect()
            }
        }
    }
}

/// The search for the mails of one window.
struct Search<'a> {
    nodes: &'a [Place],
    /// By place, whether its mail counts.
    counts: Vec<bool>,
    window_secs: i64,
}

impl Search<'_> {
    /// The heaviest path within the window.
    fn longest(&self) -> Demand {
        let mut labels: Vec<Label> = Vec::new();
        let mut best: Vec<Option<u64>> = vec![None; self.nodes.len()];
        let mut open = BinaryHeap::new();
        // Of what came before its first mail a window knows nothing.
        let begins = |node: usize| self.nodes[node].phase == self.nodes[node].phase.afresh();
        for (node, _) in self.counts.iter().enumerate().filter(|(node, counts)| **counts && begins(*node)) {
            open.push(turn(0, 1, labels.len()));
            labels.push(Label { node, took: 0, count: 1, before: NO_LABEL });
        }
        let mut top = NO_LABEL;
        while let Some(at) = open.pop().map(label_at) {
            let label = labels[at];
            if best[label.node].is_some_and(|best| best >= label.count) {
                continue;
            }
            best[label.node] = Some(label.count);
            if top == NO_LABEL || labels[top].count < label.count {
                top = at;
            }
            for &(node, gap) in &self.nodes[label.node].ways {
                let took = label.took.saturating_add(gap);
                if took >= self.window_secs {
                    continue;
                }
                let count = label.count + u64::from(self.counts[node]);
                if gap == 0
                    && let Some(path) = self.goes_round(&labels, at, node, count)
                {
                    return Demand { most: None, path };
                }
                if best[node].is_none_or(|best| best < count) {
                    open.push(turn(took, count, labels.len()));
                    labels.push(Label { node, took, count, before: at });
                }
            }
            if labels.len() > BUDGET {
                return Demand { most: Some(self.weaker()), path: Vec::new() };
            }
        }
        match labels.get(top) {
            Some(label) => Demand { most: Some(label.count), path: self.mails(&labels, top, None) },
            None => Demand::NONE,
        }
    }

    /// A way round that takes no time and has a mail, if the path comes back to the node with more mails at the same time.
    fn goes_round(&self, labels: &[Label], at: usize, node: usize, count: u64) -> Option<Vec<(i64, usize)>> {
        let took = labels[at].took;
        let mut back = at;
        while let Some(label) = labels.get(back).filter(|label| label.took == took) {
            if label.node == node && label.count < count {
                return Some(self.mails(labels, at, Some(back)));
            }
            back = label.before;
        }
        None
    }

    /// The mails of a path, from the first or from `since`.
    fn mails(&self, labels: &[Label], last: usize, since: Option<usize>) -> Vec<(i64, usize)> {
        let (mut path, mut back) = (Vec::new(), last);
        while let Some(label) = labels.get(back) {
            if self.counts[label.node] {
                path.push((label.took, self.nodes[label.node].step));
            }
            if since == Some(back) {
                break;
            }
            back = label.before;
        }
        path.reverse();
        path
    }

    /// No path has more mails than its longest part without time has, for each of the least times that any way takes.
    fn weaker(&self) -> u64 {
        let gaps = self.nodes.iter().flat_map(|node| &node.ways).map(|(_, gap)| *gap).filter(|gap| *gap > 0);
        let least = gaps.min().unwrap_or(1);
        let stretch = self.counts.iter().filter(|counts| **counts).count() as u64;
        let times = u64::try_from(self.window_secs / least).unwrap_or(0) + 1;
        stretch.saturating_mul(times)
    }
}

/// When a path is extended, as one number, since most of the time goes into comparing: first those that took least, of these
/// those with the most mails, of these the oldest. Counts and labels are bounded by the budget.
fn turn(took: i64, count: u64, label: usize) -> u128 {
    let later = |least: u64| u128::from(u64::MAX - least);
    later(took.unsigned_abs()) << 64 | u128::from(count) << 32 | (later(label as u64) & u128::from(u32::MAX))
}

/// The label of a turn.
fn label_at(turn: u128) -> usize {
    (!turn & u128::from(u32::MAX)) as usize
}

/// Whether a mail at this time of the clock is sent at once.
fn is_open(quiet: &QuietHours, clock: Clock) -> bool {
    let (of_day, weekday) = match clock {
        Clock::Unknown => return false,
        Clock::At(at) => return is_open(quiet, of_week(at)),
        Clock::OfDay(at) => (at, None),
        Clock::OfWeek(at) => (at.rem_euclid(86_400), u8::try_from(at / 86_400 + 1).ok()),
    };
    let day_is_open = quiet.holidays.is_none()
        && (quiet.weekdays.is_empty() || weekday.is_some_and(|day| !quiet.weekdays.contains(&day)));
    let (from, to) = (i64::from(quiet.from_minute) * 60, i64::from(quiet.to_minute) * 60);
    let is_quiet = match from.cmp(&to) {
        std::cmp::Ordering::Less => (from..to).contains(&of_day),
        std::cmp::Ordering::Equal => false,
        std::cmp::Ordering::Greater => of_day >= from || of_day < to,
    };
    day_is_open && !is_quiet && quiet.lead_time
}
