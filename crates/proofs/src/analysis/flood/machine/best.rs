//! The most mails in a window, over all states and ways of a machine, and a way there.

use std::collections::VecDeque;

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::compile::Machine;
use super::explore::{Cause, Graph, Way};
use super::{FOR_EVER, Outside, Rest, State};
use crate::analysis::conditions::Assignment;
use crate::ir::{MailLimit, Name};

/// How often a witness goes round where there is no end.
const ROUNDS: usize = 8;
/// States times measures before it is given up.
const MOST_ANSWERS: usize = 16_000_000;

/// The most mails in a window.
#[derive(Clone, Debug)]
pub(in crate::analysis::flood) struct Most {
    /// So many; `None` for any number.
    pub(in crate::analysis::flood) most: Option<u64>,
    /// The way there; if any number can come, to one round of the circle and once around it.
    pub(in crate::analysis::flood) witness: Option<Witness>,
}

/// A way to the most mails.
#[derive(Clone, Debug, Default)]
pub(in crate::analysis::flood) struct Witness {
    /// The cells of followed terms when the lead comes in, in addition to the fixed ones.
    pub(in crate::analysis::flood) start: Assignment,
    /// The scores when it comes in: term and points.
    pub(in crate::analysis::flood) scores: Vec<(usize, i64)>,
    /// The topics to which it has not agreed then.
    pub(in crate::analysis::flood) out: Vec<Name>,
    /// Whether the lead is created in the run.
    pub(in crate::analysis::flood) created: bool,
    /// What happens, with the seconds since the lead came in.
    pub(in crate::analysis::flood) events: Vec<Event>,
    /// The arms of splits: journey, in the order in which journeys are tried, step, arm.
    pub(in crate::analysis::flood) arms: Vec<(usize, usize, usize)>,
    /// When the window begins, in seconds since the lead came in.
    pub(in crate::analysis::flood) from_secs: i64,
}

/// Something that happens.
#[derive(Clone, Debug, Default)]
pub(in crate::analysis::flood) struct Event {
    /// Seconds since the lead came in.
    pub(in crate::analysis::flood) at_secs: i64,
    /// The event, by its number.
    pub(in crate::analysis::flood) event: String,
    /// Its properties: term and cell.
    pub(in crate::analysis::flood) with: Vec<(usize, usize)>,
    /// What it sets fields to: term and cell.
    pub(in crate::analysis::flood) set: Vec<(usize, usize)>,
    /// The topic that it names, if it is about a subscription.
    pub(in crate::analysis::flood) topic: Option<Name>,
}

impl Machine<'_> {
    /// The most mails that each limit counts in a window of its length, by the limits' lengths in seconds; `None` if the
    /// machine is too large.
    pub(in crate::analysis::flood) fn most(&self, limits: &[(&MailLimit, i64)]) -> Option<Vec<Most>> {
        let graph = self.explore()?;
        let ticks = limits.iter().map(|(_, secs)| self.window(*secs) as usize).max().unwrap_or(0);
        if ticks.saturating_mul(graph.states.len()) > MOST_ANSWERS {
            return None;
        }
        let order = Order::of(&graph);
        Some(limits.iter().map(|(limit, secs)| self.most_of(&graph, &order, limit, *secs)).collect())
    }

    fn most_of(&self, graph: &Graph, order: &Order, limit: &MailLimit, window_secs: i64) -> Most {
        let counted: Vec<bool> = self.contents.iter().map(|content| content.mail.counts(limit)).collect();
        let gain = |way: &Way| way.mails.iter().filter(|mail| counted[**mail as usize]).count() as u32;
        if let Some((from, way)) = order.circle(graph, &gain) {
            return Most { most: None, witness: Some(self.around(graph, from, way, &gain)) };
        }
        let ticks = self.window(window_secs) as usize;
        // By ticks left, the most mails from each state.
        let mut layers: Vec<Vec<u32>> = vec![vec![0; graph.states.len()]];
        for left in 1..=ticks {
            let next = order.layer(graph, &layers[left - 1], &gain);
            layers.push(next);
        }
        let last = &layers[ticks];
        let best = (0..graph.states.len()).max_by_key(|state| (last[*state], std::cmp::Reverse(*state)));
        let Some(start) = best else { return Most { most: Some(0), witness: None } };
        let mut ways = self.path_to(graph, start);
        let before = ways.len();
        ways.extend(heaviest(graph, &layers, start, &gain));
        let witness = (last[start] > 0).then(|| self.tell(graph, &ways, before, &gain));
        Most { most: Some(u64::from(last[start])), witness }
    }

    /// A shortest way from before the lead comes in to a state.
    fn path_to<'g>(&self, graph: &'g Graph, goal: usize) -> Vec<&'g Way> {
        let mut before: Vec<Option<(usize, &Way)>> = vec![None; graph.states.len()];
        let mut open: VecDeque<usize> = (0..graph.beginnings).collect();
        while let Some(state) = open.pop_front() {
            if state == goal {
                break;
            }
            for way in graph.at_once[state].iter().chain(&graph.ticks[state]) {
                let to = way.to as usize;
                if to >= graph.beginnings && before[to].is_none() {
                    before[to] = Some((state, way));
                    open.push_back(to);
                }
            }
        }
        let (mut path, mut at) = (Vec::new(), goal);
        while let Some((from, way)) = before[at] {
            path.push(way);
            at = from;
        }
        path.reverse();
        path
    }

    /// To a circle, and around it some times.
    fn around(&self, graph: &Graph, from: usize, way: &Way, gain: &dyn Fn(&Way) -> u32) -> Witness {
        let mut ways = self.path_to(graph, from);
        let before = ways.len();
        let back = at_once_from(graph, way.to as usize, from);
        for _ in 0..ROUNDS {
            ways.push(way);
            ways.extend(back.iter().copied());
        }
        self.tell(graph, &ways, before, gain)
    }

    /// A way with its times, as early as may be; the window begins with the first mail from way `before` on.
    fn tell(&self, graph: &Graph, ways: &[&Way], before: usize, gain: &dyn Fn(&Way) -> u32) -> Witness {
        let mut witness = Witness::default();
        let Some(beginning) = beginning_of(graph, ways) else { return witness };
        let mut times = Times::of(self);
        let mut state = beginning;
        let mut window = None;
        for (number, way) in ways.iter().enumerate() {
            let next = &graph.states[way.to as usize];
            let at_secs = times.of_way(self, state, next, way);
            let state_before = std::mem::replace(&mut state, next);
            let arms = way.arms.iter().map(|(course, step, arm)| (self.courses[*course].journey, *step, *arm));
            witness.arms.extend(arms);
            if number >= before && gain(way) > 0 {
                window.get_or_insert(at_secs);
            }
            match way.cause {
                Cause::Tick | Cause::Fire(_) | Cause::Queued => {}
                Cause::ComesIn { created } => witness.created = created,
                Cause::Outside(number) => match &self.outside[number as usize] {
                    Outside::Event { event: number_of, with, about } => {
                        let event = self.events[*number_of].to_owned();
                        let topic = about.and_then(|about| self.topics.name(about));
                        let set = self.sets.get(*number_of).into_iter().flatten().copied();
                        let set = set.filter_map(|term| Some((term, self.cell_in(next, term)?))).collect();
                        witness.events.push(Event { at_secs, event, with: with.clone(), set, topic });
                    }
                    Outside::Consent { is_in } => {
                        let before = &state_before[self.topics_at()..self.groups_at()];
                        let told = |(event, topic)| Event { at_secs, event, topic, ..Event::default() };
                        witness.events.extend(self.topics.told(before, is_in).into_iter().map(told));
                    }
                    Outside::Change { .. } | Outside::Points { .. } | Outside::Start { .. } | Outside::Nothing => {}
                },
            }
        }
        witness.from_secs = window.unwrap_or(0);
        for (slot, term) in self.followed.iter().enumerate() {
            witness.start.set(*term, Some(beginning[self.cells_at() + slot] as usize));
        }
        let out = |slot: &usize| beginning[self.topics_at() + slot] == 0;
        witness.out.extend((0..self.topics.all.len()).filter(out).map(|slot| self.topics.all[slot].name.clone()));
        for (slot, score) in self.scores.iter().enumerate() {
            let value = score.min + i64::from(beginning[self.scores_at() + slot]);
            witness.scores.push((score.term, value));
        }
        witness
    }
}

/// Gives real seconds to a way: each thing as early as what came before and the lengths allow.
struct Times {
    now: i64,
    /// Measures that have passed.
    measures: i64,
    /// Whether a timer came last: what comes from outside comes at a later second then.
    fired: bool,
    /// By course, when its wait is over.
    over: Vec<i64>,
    /// By course, when it may be entered again.
    free: Vec<i64>,
    /// By email with a rest, when it may come again.
    rested: Vec<i64>,
}

impl Times {
    fn of(machine: &Machine<'_>) -> Times {
        Times {
            now: 0,
            measures: 0,
            fired: false,
            over: vec![0; machine.courses.len()],
            free: vec![0; machine.courses.len()],
            rested: vec![0; machine.resting],
        }
    }

    /// When a way is taken, in seconds since the lead came in.
    fn of_way(&mut self, machine: &Machine<'_>, from: &State, to: &State, way: &Way) -> i64 {
        let measure = machine.measure_secs;
        match way.cause {
            Cause::Tick => {
                self.measures += 1;
                (self.now, self.fired) = (self.now.max(self.measures * measure), false);
                return self.now;
            }
            Cause::Fire(course) => {
                (self.now, self.fired) = (self.now.max(self.over[course as usize]), true);
            }
            Cause::ComesIn { .. } | Cause::Queued => {}
            Cause::Outside(_) => {
                let entered = (0..machine.courses.len()).filter(|course| from[3 * course] == 0 && to[3 * course] > 0);
                let free = entered.map(|course| self.free[course]);
                let rests = way.mails.iter().filter_map(|mail| machine.contents[usize::from(*mail)].rest);
                let rested = rests.map(|(slot, _)| self.rested[slot]);
                self.now = free.chain(rested).fold(self.now + i64::from(self.fired), i64::max);
                self.fired = false;
            }
        }
        self.keep(machine, from, to, way);
        self.now
    }

    /// Notes which lengths begin now.
    fn keep(&mut self, machine: &Machine<'_>, from: &State, to: &State, way: &Way) {
        let length = |measures: u32| i64::from(measures) * machine.measure_secs;
        for course in 0..machine.courses.len() {
            let (at, left, rest) = (3 * course, to[3 * course + 1], to[3 * course + 2]);
            if to[at] > 0 && (to[at], left) != (from[at], from[at + 1]) {
                self.over[course] = self.now + length(left);
            }
            if rest != from[at + 2] && rest != FOR_EVER {
                self.free[course] = self.now + length(rest);
            }
        }
        for (slot, rest) in way.mails.iter().filter_map(|mail| machine.contents[usize::from(*mail)].rest) {
            if let Rest::Ticks(measures) = rest {
                self.rested[slot] = self.now + length(measures);
            }
        }
    }
}

/// The state before the first way.
fn beginning_of<'g>(graph: &'g Graph, ways: &[&Way]) -> Option<&'g State> {
    let first = ways.first()?;
    let from = (0..graph.beginnings).find(|from| graph.at_once[*from].iter().any(|way| std::ptr::eq(way, *first)))?;
    graph.states.get(from)
}

/// The ways of the heaviest path, by the layers.
fn heaviest<'g>(graph: &'g Graph, layers: &[Vec<u32>], start: usize, gain: &dyn Fn(&Way) -> u32) -> Vec<&'g Way> {
    let (mut path, mut at, mut left) = (Vec::new(), start, layers.len() - 1);
    while left > 0 && layers[left][at] > 0 {
        let value = layers[left][at];
        // What can happen in this measure does: early times read better.
        let ways = at_once_until(graph, at, value, &layers[left], None, gain);
        if let Some(last) = ways.last() {
            at = last.to as usize;
            path.extend(ways);
            continue;
        }
        let through = |way: &&Way| value == gain(way) + layers[left - 1][way.to as usize];
        if let Some(way) = graph.ticks[at].iter().find(through) {
            path.push(way);
            (at, left) = (way.to as usize, left - 1);
            continue;
        }
        // A way without time that loses nothing and from which it goes on.
        let ways = at_once_until(graph, at, value, &layers[left], Some(&layers[left - 1]), gain);
        let Some(last) = ways.last() else { return path };
        at = last.to as usize;
        path.extend(ways);
    }
    path
}

/// Ways without time, that keep what is to come, to a mail, or to a state that has as much after its tick.
fn at_once_until<'g>(
    graph: &'g Graph,
    from: usize,
    value: u32,
    layer: &[u32],
    after: Option<&[u32]>,
    gain: &dyn Fn(&Way) -> u32,
) -> Vec<&'g Way> {
    let mut before: Vec<Option<(usize, &Way)>> = vec![None; graph.states.len()];
    let mut open = VecDeque::from([from]);
    let mut goal = None;
    while let Some(state) = open.pop_front() {
        let ticks = after.filter(|_| state != from).is_some_and(|after| {
            graph.ticks[state].iter().any(|way| layer[state] == gain(way) + after[way.to as usize])
        });
        if ticks {
            goal = Some(state);
            break;
        }
        for way in &graph.at_once[state] {
            let to = way.to as usize;
            if to == from || before[to].is_some() {
                continue;
            }
            if gain(way) + layer[to] == layer[state] && layer[state] == value {
                before[to] = Some((state, way));
                if gain(way) > 0 {
                    goal = Some(to);
                    break;
                }
                open.push_back(to);
            }
        }
        if goal.is_some() {
            break;
        }
    }
    let (mut path, mut at) = (Vec::new(), goal.unwrap_or(from));
    while let Some((state, way)) = before[at] {
        path.push(way);
        at = state;
    }
    path.reverse();
    path
}

/// Ways without time from one state to another.
fn at_once_from(graph: &Graph, from: usize, goal: usize) -> Vec<&Way> {
    let mut before: Vec<Option<(usize, &Way)>> = vec![None; graph.states.len()];
    let mut open = VecDeque::from([from]);
    while let Some(state) = open.pop_front() {
        if state == goal {
            break;
        }
        for way in &graph.at_once[state] {
            let to = way.to as usize;
            if to != from && before[to].is_none() {
                before[to] = Some((state, way));
                open.push_back(to);
            }
        }
    }
    let (mut path, mut at) = (Vec::new(), goal);
    while let Some((state, way)) = before[at].filter(|_| at != from) {
        path.push(way);
        at = state;
    }
    path.reverse();
    path
}

/// The order in which states can be asked what is the most from there: those that others lead to without time first.
struct Order {
    /// States that lead to each other without time, behind all that they lead to.
    groups: Vec<Vec<usize>>,
    /// The group of each state.
    group: Vec<usize>,
}

impl Order {
    fn of(graph: &Graph) -> Order {
        let mut at_once: DiGraph<(), ()> = DiGraph::new();
        let nodes: Vec<NodeIndex> = graph.states.iter().map(|_| at_once.add_node(())).collect();
        for (from, ways) in graph.at_once.iter().enumerate() {
            for way in ways {
                at_once.add_edge(nodes[from], nodes[way.to as usize], ());
            }
        }
        let components = tarjan_scc(&at_once);
        let groups: Vec<Vec<usize>> =
            components.into_iter().map(|nodes| nodes.into_iter().map(NodeIndex::index).collect()).collect();
        let mut group = vec![0; graph.states.len()];
        for (number, states) in groups.iter().enumerate() {
            states.iter().for_each(|state| group[*state] = number);
        }
        Order { groups, group }
    }

    /// A way with a mail from a state to one that leads back to it without time.
    fn circle<'g>(&self, graph: &'g Graph, gain: &dyn Fn(&Way) -> u32) -> Option<(usize, &'g Way)> {
        graph.at_once.iter().enumerate().find_map(|(from, ways)| {
            let way = ways.iter().find(|way| self.group[from] == self.group[way.to as usize] && gain(way) > 0);
            way.map(|way| (from, way))
        })
    }

    /// The most mails from each state, if it is known for one measure less.
    fn layer(&self, graph: &Graph, after: &[u32], gain: &dyn Fn(&Way) -> u32) -> Vec<u32> {
        let mut layer = vec![0_u32; after.len()];
        for (number, states) in self.groups.iter().enumerate() {
            let mut most = 0;
            for state in states {
                if let Some(way) = &graph.ticks[*state] {
                    most = most.max(gain(way) + after[way.to as usize]);
                }
                for way in graph.at_once[*state].iter().filter(|way| self.group[way.to as usize] != number) {
                    most = most.max(gain(way) + layer[way.to as usize]);
                }
            }
            states.iter().for_each(|state| layer[*state] = most);
        }
        layer
    }
}
