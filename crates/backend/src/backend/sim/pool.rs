//! Runs of leads that share a sender's quota: the leads of one pool take turns in the order of time.
//!
//! In: all leads. Out: figures, as from a run of leads one by one. Never: one pool's influence on another.
//!
//! The lead goes next whose next thing is due first. Within a second, mails that wait go first, the one first that was
//! asked for first; then the leads by id. Leads have to be at hand all together: their rows for the whole run, the
//! states of a pool's leads while that pool runs.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::engine::{Engine, Parked};
use super::groups::Meter;
use super::outcome::Figures;
use super::program::Program;
use super::quota::{Book, bucket, pools};
use super::{Located, Parts, Ran, Run, SimError, TakeRows, hand_on, in_order, joined};
use crate::ir::Row;

/// Groups of leads for intervals, in all pools together where there are fewer pools; else each pool is one.
const GROUPS: u64 = 128;

/// Whose turn it is, and when: the instant, since when the mail waits that is due then, the lead's place by id.
type Turn = (i64, i64, usize);

impl Run<'_> {
    /// Reads all leads, then runs them pool by pool.
    pub(super) fn pooled(
        &self,
        leads: &mut (dyn Iterator<Item = Row> + Send),
        take: &mut TakeRows<'_>,
    ) -> Result<Parts, SimError> {
        let mut parts: Parts = (Figures::empty(self.program), Vec::new(), None);
        let mut all: Vec<Located> = Vec::new();
        loop {
            let batch = self.read(leads);
            if batch.read == 0 {
                break;
            }
            parts.0.leads.read += batch.read;
            self.refuse(batch.refused, &mut parts)?;
            all.extend(batch.leads);
        }
        let done = AtomicU64::new(parts.0.leads.read - all.len() as u64);
        let nothing = || (Figures::empty(self.program), Ran::default());
        let both = |(mut figures, ran): (Figures, Ran), other: (Figures, Ran)| {
            figures.add(other.0);
            (figures, joined(ran, other.1))
        };
        let order: Vec<String> =
            if self.rows.any() { all.iter().map(|(lead, _)| lead.id.clone()).collect() } else { Vec::new() };
        let count = pools(all.len() as u64);
        let pools = divided(all, count);
        let run = |(number, leads): (usize, Vec<Located>)| {
            let figures = self.pool(&leads, number as u64, count);
            (self.progress)(done.fetch_add(leads.len() as u64, Ordering::Relaxed) + leads.len() as u64);
            figures
        };
        let (figures, (trace, rows)) = pools.into_par_iter().enumerate().map(run).reduce(nothing, both);
        hand_on(in_order(rows, order.iter().map(String::as_str)), take)?;
        parts.0.add(figures);
        parts.2 = trace;
        Ok(parts)
    }

    /// Runs the leads of a pool by turns.
    pub(super) fn pool(&self, leads: &[Located], pool: u64, pools: u64) -> (Figures, Ran) {
        let mut engine = Engine::new(self.program);
        engine.book = Book::new(self.program, pool, pools);
        let most = usize::try_from(GROUPS / pools.min(GROUPS)).unwrap_or(1);
        let mut groups = Groups::of(leads, most, self.program);
        let ran = self.take_turns(&mut engine, leads, &mut groups);
        groups.put_back(&mut engine);
        let hashed = groups.hashed;
        for mut figures in groups.all {
            Meter::default().end_group(&mut figures);
            figures.groups.hashed = hashed;
            engine.figures.add(figures);
        }
        (engine.into_figures(), ran)
    }
}

/// The leads of each of so many pools, by id.
pub(super) fn divided(all: Vec<Located>, count: u64) -> Vec<Vec<Located>> {
    let mut pools: Vec<Vec<Located>> = (0..count).map(|_| Vec::new()).collect();
    for lead in all {
        let pool = usize::try_from(bucket(&lead.0.id) % count).unwrap_or(0);
        pools[pool].push(lead);
    }
    pools.iter_mut().for_each(|pool| pool.sort_by(|left, right| left.0.id.cmp(&right.0.id)));
    pools
}

impl Run<'_> {
    /// Runs leads by turns, to the end of each.
    fn take_turns(&self, engine: &mut Engine<'_>, leads: &[Located], groups: &mut Groups) -> Ran {
        let (mut trace, mut rows) = (None, Vec::new());
        let mut seats = Seats { parked: leads.iter().map(|_| None).collect(), seated: None, spare: Vec::new() };
        let mut came = vec![false; leads.len()];
        let first = leads.iter().enumerate().map(|(place, (lead, _))| {
            let at = engine.comes_in(lead);
            Reverse((at, at, place))
        });
        let mut turns: BinaryHeap<Reverse<Turn>> = first.collect();
        while let Some(Reverse((_, _, place))) = turns.pop() {
            let (lead, zone) = &leads[place];
            let is_traced = self.options.trace.as_ref() == Some(&lead.id);
            seats.seat(engine, place);
            groups.take(engine, place);
            engine.in_words = is_traced;
            let mut runs = match std::mem::replace(&mut came[place], true) {
                true => engine.go_on(),
                false => engine.begin(lead, Arc::clone(zone), is_traced || self.rows.facts()),
            };
            // The same lead goes on as long as nobody else is due before it.
            let next = loop {
                let next = engine.next_turn().filter(|_| runs).map(|(at, since)| (at, since, place));
                match (next, turns.peek()) {
                    (Some(turn), Some(Reverse(other))) if *other < turn => break Some(turn),
                    (Some(_), _) => runs = engine.go_on(),
                    (None, _) => break None,
                }
            };
            match next {
                Some(turn) => turns.push(Reverse(turn)),
                None => {
                    engine.close();
                    rows.extend(self.rows.rows(engine));
                    seats.seated = None;
                    if is_traced {
                        let facts = std::mem::take(&mut engine.facts);
                        trace = engine.trace.take().map(|lines| (lines, facts));
                    }
                }
            }
        }
        (trace, rows)
    }
}

/// The figures of groups of leads: those of the group whose lead has its turn are the engine's.
struct Groups {
    /// Of each group, but for that whose figures the engine has.
    all: Vec<Figures>,
    /// The group of each lead, by its place.
    of: Vec<usize>,
    /// Whether there are fewer of them than leads.
    hashed: bool,
    /// The group whose figures the engine has; its own stand in their place.
    taken: Option<usize>,
}

impl Groups {
    /// Each lead is one, or they are divided into so many by a hash of their ids.
    fn of(leads: &[Located], most: usize, program: &Program) -> Groups {
        let hashed = leads.len() > most;
        // The last bits are those of the pool.
        let by_hash = |lead: &Located| (bucket(&lead.0.id) >> 5) as usize % most;
        let of: Vec<usize> = if hashed { leads.iter().map(by_hash).collect() } else { (0..leads.len()).collect() };
        let count = of.iter().max().map_or(0, |last| last + 1);
        Groups { all: (0..count).map(|_| Figures::empty(program)).collect(), of, hashed, taken: None }
    }

    /// Gives the engine the figures of a lead's group.
    fn take(&mut self, engine: &mut Engine<'_>, place: usize) {
        if self.taken != Some(self.of[place]) {
            self.put_back(engine);
            std::mem::swap(&mut engine.figures, &mut self.all[self.of[place]]);
            self.taken = Some(self.of[place]);
        }
    }

    /// Gives the engine its own figures.
    fn put_back(&mut self, engine: &mut Engine<'_>) {
        if let Some(group) = self.taken.take() {
            std::mem::swap(&mut engine.figures, &mut self.all[group]);
        }
    }
}

/// Leads that have come in and wait for their turns.
struct Seats {
    parked: Vec<Option<Parked>>,
    /// Whose state the engine holds.
    seated: Option<usize>,
    /// Memory of leads that have come to their end.
    spare: Vec<Parked>,
}

impl Seats {
    /// Gives the engine to a lead.
    fn seat(&mut self, engine: &mut Engine<'_>, place: usize) {
        if self.seated == Some(place) {
            return;
        }
        let room = self.parked[place].take().or_else(|| self.spare.pop());
        let before = engine.switch(room.unwrap_or_else(|| Parked::empty(engine.program)));
        match self.seated.replace(place) {
            Some(other) => self.parked[other] = Some(before),
            None => self.spare.push(before),
        }
    }
}
