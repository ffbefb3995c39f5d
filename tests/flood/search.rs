//! The exhaustive search: every lead, and what can happen to it, as timelines that are told to the simulator.
//!
//! A timeline grows by a *burst*: up to three events in one second. Bursts come at the seconds at which anything can
//! begin to be otherwise: a whole number of units of time (the greatest common measure of all durations of the campaign)
//! before or behind something that happens, and the second after something happens. (The mails of a fullest window can be
//! moved to earlier seconds until each is held by such a bound: the bounds are differences of times, and what has to come
//! behind a timer comes a second later.)
//!
//! Timelines after which the lead stands alike have the same before them, so one of them goes on. The search goes burst by
//! burst, the fuller timelines first; if it has to leave some out, it says that it is not exhaustive.

use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;

use tabiji::backend::sim::{self, Noted, Options};
use tabiji::ir::Lead;

use crate::campaign::Ground;
use crate::generate::Chance;
use crate::standing::Reader;

/// More mails than this in a window are as good as no end of them.
const NO_END: u64 = 100;

/// Seconds of a unit of time in which strewn events come.
const SECONDS: i64 = 6;

/// Most events in one second.
const BURST: usize = 3;

/// How far to go.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Runs of the simulator.
    pub runs: usize,
    /// Bursts in a timeline.
    pub bursts: usize,
    /// Timelines that go on from one burst to the next.
    pub width: usize,
    /// How many mails more than a bound have to be reached before the search ends early.
    pub beyond: u64,
}

/// The most mails of a window.
#[derive(Clone, Debug, Default)]
pub struct Most {
    /// How many were reached.
    pub mails: u64,
    /// Whether they grow with the events, without end.
    pub grows: bool,
    /// The lead that reached them, with its timeline.
    pub witness: Option<Lead>,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// By window.
    pub most: Vec<Most>,
    /// Whether nothing was left out.
    pub exhaustive: bool,
    pub runs: usize,
}

/// Looks for the fullest windows. It stops early where all `bounds` are reached (and so many
/// mails beyond as the budget says), if they are given.
pub fn search(ground: &Ground, budget: Budget, bounds: Option<&[Option<u64>]>) -> Found {
    let found = Found { most: vec![Most::default(); ground.spans.len()], exhaustive: true, runs: 0 };
    let mut search = Search {
        ground,
        reader: Reader::new(ground),
        budget,
        bounds,
        found,
        seen: HashSet::new(),
        repeated: HashSet::new(),
    };
    search.run();
    search.found
}

/// The same lead with a shorter timeline that comes to as many mails of a window.
pub fn shortened(ground: &Ground, number: usize, most: &Most) -> Option<Lead> {
    let mut lead = most.witness.clone()?;
    let reader = Reader::new(ground);
    let wanted = most.mails.min(NO_END);
    let comes_to = |lead: &Lead| {
        let options = Options { days: Some(ground.days), ..Options::default() };
        let mut count = 0;
        let mut see = |_: usize, facts: &[Noted]| count = ground.spans[number].fullest(&reader.mails(facts), number);
        sim::watch(&ground.plan, std::slice::from_ref(lead), &options, &mut see).unwrap();
        count
    };
    if comes_to(&lead) < wanted {
        return None;
    }
    let mut part = lead.timeline.as_ref().map_or(0, Vec::len);
    while part > 0 {
        let mut at = 0;
        while at < lead.timeline.as_ref().map_or(0, Vec::len) {
            let mut less = lead.clone();
            less.timeline.iter_mut().for_each(|events| drop(events.drain(at..(at + part).min(events.len()))));
            if comes_to(&less) >= wanted { lead = less } else { at += part }
        }
        part /= 2;
    }
    Some(lead)
}

/// A timeline and what came of it.
struct Node {
    lead: usize,
    events: Vec<(i64, usize)>,
    facts: Vec<Noted>,
    mails: Vec<(i64, u32)>,
    /// The second of the last burst.
    now: i64,
}

/// One more event on a timeline.
struct Try {
    at: i64,
    burst: Vec<usize>,
    /// How the lead stands at the end of that second without the last event.
    before: Rc<Vec<i64>>,
}

struct Search<'a> {
    ground: &'a Ground,
    reader: Reader<'a>,
    budget: Budget,
    bounds: Option<&'a [Option<u64>]>,
    found: Found,
    /// Standings that were reached.
    seen: HashSet<Rc<Vec<i64>>>,
    /// Bursts that were tried many times over, by how the lead stood.
    repeated: HashSet<(Vec<i64>, Vec<usize>)>,
}

impl Search<'_> {
    fn run(&mut self) {
        self.scatter();
        let mut level = if self.is_done() { Vec::new() } else { self.beginnings() };
        for _ in 0..self.budget.bursts {
            level = self.grow(&level);
            if level.is_empty() || self.is_done() {
                return;
            }
        }
        self.found.exhaustive = false;
    }

    /// Long timelines with events strewn over the first seconds of many units of time: they find what takes many events.
    fn scatter(&mut self) {
        let symbols: Vec<usize> =
            (0..self.ground.symbols.len()).filter(|symbol| self.ground.symbols[*symbol].after.is_none()).collect();
        let units = (i64::from(self.ground.days) * 86_400 / self.ground.unit / 2).min(24);
        let mut chance = Chance(self.budget.runs as u64);
        let mut timelines = Vec::new();
        for number in 0..self.budget.runs / 20 {
            let lead = chance.below(self.ground.leads.len());
            let share = [1, 2, 4, 8][number % 4];
            let mut events = Vec::new();
            for at in (0..units).flat_map(|unit| (0..SECONDS).map(move |second| (unit, second))) {
                for _ in 0..2 {
                    if !symbols.is_empty() && chance.once_in(share) {
                        events.push((self.ground.start + at.0 * self.ground.unit + at.1, chance.pick(&symbols)));
                    }
                }
            }
            timelines.push((lead, events));
        }
        self.nodes(timelines, 0);
    }

    /// Leads before anything happens to them. If there are too many, first one of each kind: those of a kind come to the
    /// same by a timeline with everything in it.
    fn beginnings(&mut self) -> Vec<Node> {
        let leads = 0..self.ground.leads.len();
        let nothing = self.nodes(leads.clone().map(|lead| (lead, Vec::new())).collect(), self.ground.start - 1);
        if nothing.len() <= self.budget.width {
            return nothing;
        }
        self.found.exhaustive = false;
        let symbols = (0..self.ground.symbols.len()).filter(|symbol| self.ground.symbols[*symbol].after.is_none());
        let moments = (0..6).map(|day| self.ground.start + day * self.ground.unit + 1);
        let everything: Vec<(i64, usize)> =
            moments.flat_map(|at| symbols.clone().map(move |symbol| (at, symbol))).collect();
        let probes = self.nodes(leads.map(|lead| (lead, everything.clone())).collect(), 0);
        let mut kinds = HashSet::new();
        let mut order: Vec<(bool, u64, usize)> = Vec::new();
        for (number, probe) in probes.iter().enumerate() {
            let is_new = kinds.insert(format!("{:?}", (&nothing[number].mails, &probe.facts)));
            order.push((!is_new, u64::MAX - self.fullness(probe), number));
        }
        order.sort_unstable();
        let kept: HashSet<usize> = order.iter().take(self.budget.width).map(|(_, _, number)| *number).collect();
        nothing.into_iter().enumerate().filter(|(number, _)| kept.contains(number)).map(|(_, node)| node).collect()
    }

    /// Runs timelines, and notes their windows.
    fn nodes(&mut self, timelines: Vec<(usize, Vec<(i64, usize)>)>, now: i64) -> Vec<Node> {
        let leads: Vec<Lead> = timelines.iter().map(|(lead, events)| self.ground.told(*lead, events)).collect();
        self.found.runs += leads.len();
        let mut out = Vec::with_capacity(leads.len());
        let (options, reader) = (Options { days: Some(self.ground.days), ..Options::default() }, &self.reader);
        let mut timelines = timelines.into_iter();
        sim::watch(&self.ground.plan, &leads, &options, &mut |_, facts| {
            let (lead, events) = timelines.next().unwrap();
            let now = events.last().map_or(now, |(at, _)| *at);
            out.push(Node { lead, events, mails: reader.mails(facts), facts: facts.to_vec(), now });
        })
        .unwrap();
        for (node, lead) in out.iter().zip(leads) {
            self.note(&node.mails, &lead);
        }
        out
    }

    fn note(&mut self, mails: &[(i64, u32)], lead: &Lead) {
        for (number, span) in self.ground.spans.iter().enumerate() {
            let most = span.fullest(mails, number);
            let found = &mut self.found.most[number];
            if most > found.mails {
                (found.mails, found.witness) = (most, Some(lead.clone()));
                found.grows |= most >= NO_END;
            }
        }
    }

    fn is_done(&self) -> bool {
        let reached = |(number, most): (usize, &Most)| {
            most.grows
                || self
                    .bounds
                    .is_some_and(|bounds| bounds[number].is_some_and(|bound| most.mails >= bound + self.budget.beyond))
        };
        self.found.most.iter().enumerate().all(reached)
    }

    /// All timelines with one burst more, after which the lead stands as it never did.
    fn grow(&mut self, level: &[Node]) -> Vec<Node> {
        let mut next = Vec::new();
        for node in level {
            let moments = self.moments(node);
            let symbols = 0..self.ground.symbols.len();
            let one = |at: i64| {
                let before = Rc::new(self.reader.standing(node.lead, &node.facts, at, true));
                symbols.clone().map(move |symbol| Try { at, burst: vec![symbol], before: Rc::clone(&before) })
            };
            let mut tries: Vec<Try> = moments.into_iter().flat_map(one).filter(|each| self.may(node, each)).collect();
            while !tries.is_empty() {
                if self.found.runs + tries.len() > self.budget.runs {
                    self.found.exhaustive = false;
                    return Vec::new();
                }
                tries = self.burst(node, tries, &mut next);
                if self.is_done() {
                    return Vec::new();
                }
            }
        }
        if next.len() > self.budget.width {
            self.found.exhaustive = false;
            next.sort_by_cached_key(|node| std::cmp::Reverse(self.fullness(node)));
            next.truncate(self.budget.width);
        }
        next
    }

    /// Tries bursts. Gives longer ones to try: those behind one that changed something.
    fn burst(&mut self, node: &Node, tries: Vec<Try>, next: &mut Vec<Node>) -> Vec<Try> {
        let timeline = |each: &Try| {
            let burst = each.burst.iter().map(|symbol| (each.at, *symbol));
            (node.lead, node.events.iter().copied().chain(burst).collect())
        };
        let grown = self.nodes(tries.iter().map(timeline).collect(), 0);
        let mut longer = Vec::new();
        for (each, child) in tries.into_iter().zip(grown) {
            let after = Rc::new(self.reader.standing(child.lead, &child.facts, each.at, true));
            if each.before == after {
                continue;
            }
            if sent_at(&child.mails, each.at) > sent_at(&node.mails, each.at) {
                self.repeat(node, &each);
            }
            if each.burst.len() < BURST {
                let more = |symbol| Try {
                    at: each.at,
                    burst: each.burst.iter().copied().chain([symbol]).collect(),
                    before: Rc::clone(&after),
                };
                longer.extend((0..self.ground.symbols.len()).map(more).filter(|each| self.may(node, each)));
            }
            if self.seen.insert(after) {
                next.push(child);
            }
        }
        longer
    }

    /// Whether an event can happen: a reaction comes a second after its mail at the earliest.
    fn may(&self, node: &Node, each: &Try) -> bool {
        each.burst.iter().all(|symbol| {
            self.ground.symbols[*symbol].after.as_ref().is_none_or(|email| {
                node.facts.iter().any(|noted| {
                    noted.at_secs < each.at
                        && matches!(&noted.fact, sim::Fact::Sent { content, .. } if content == email)
                })
            })
        })
    }

    /// Tries a burst many times over, in one second: whether the mails have no end. Where a reaction is in it, a second
    /// lies between.
    fn repeat(&mut self, node: &Node, each: &Try) {
        let before = self.reader.standing(node.lead, &node.facts, each.at, false);
        if !self.repeated.insert((before, each.burst.clone())) {
            return;
        }
        let reacts = each.burst.iter().any(|symbol| self.ground.symbols[*symbol].after.is_some());
        let gap = i64::from(reacts);
        let timeline = |times: usize| {
            let burst =
                (0..times as i64).flat_map(|time| each.burst.iter().map(move |symbol| (each.at + gap * time, *symbol)));
            (node.lead, node.events.iter().copied().chain(burst).collect::<Vec<_>>())
        };
        let runs = self.nodes(vec![timeline(24), timeline(48)], 0);
        for (number, _) in self.ground.spans.iter().enumerate() {
            let in_time = |node: &Node| {
                node.mails
                    .iter()
                    .filter(|(at, mask)| (each.at..=each.at + 48).contains(at) && mask >> number & 1 == 1)
                    .count()
            };
            self.found.most[number].grows |= in_time(&runs[1]) > in_time(&runs[0]);
        }
    }

    /// Seconds after the last burst at which something can happen that could not before.
    fn moments(&self, node: &Node) -> Vec<i64> {
        let (start, unit) = (self.ground.start, self.ground.unit);
        let end = start + i64::from(self.ground.days) * 86_400;
        let last = node.facts.last().map_or(start, |noted| noted.at_secs).min(end - self.ground.longest).max(node.now);
        // Where dates matter, waiting may be worth it.
        let until = if self.ground.clock { end } else { last + self.ground.longest + unit }.min(end - unit);
        let known = node.facts.iter().map(|noted| noted.at_secs).chain(node.events.iter().map(|(at, _)| *at));
        let rests: BTreeSet<i64> = known.chain([start]).map(|at| (at - start).rem_euclid(unit)).collect();
        let mut out = BTreeSet::new();
        for rest in rests {
            let first = node.now + 1 + (start + rest - node.now - 1).rem_euclid(unit);
            out.extend((first..=until).step_by(usize::try_from(unit).unwrap()));
        }
        // What happens in the second of a timer comes before it.
        let behind = node.facts.iter().map(|noted| noted.at_secs + 1);
        out.extend(behind.filter(|at| *at > node.now && *at <= until));
        out.into_iter().collect()
    }

    /// How full the windows of a timeline are.
    fn fullness(&self, node: &Node) -> u64 {
        let spans = self.ground.spans.iter().enumerate();
        spans.map(|(number, span)| span.fullest(&node.mails, number)).sum()
    }
}

fn sent_at(mails: &[(i64, u32)], at: i64) -> usize {
    mails.iter().filter(|(sent, mask)| *sent == at && *mask > 0).count()
}
