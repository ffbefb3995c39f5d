//! Runs of leads that share a sender's quota: the leads of one pool take turns in the order of time.
//!
//! In: all leads. Out: figures, as from a run of leads one by one. Never: one pool's influence on another.
//!
//! The lead goes next whose next thing is due first. Within a second, mails that wait go first, the one first that was
//! asked for first; then the leads by id. Leads have to be at hand all together: their rows for the whole run, the
//! states of a pool's leads while that pool runs.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::engine::{Engine, Parked};
use super::outcome::Figures;
use super::quota::{Book, bucket, pools};
use super::{LeadRows, Located, Parts, Ran, Run, SimError, TakeRows, hand_on, joined};
use crate::ir::Row;

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
            all.extend(batch.chunks.into_iter().flatten());
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
        hand_on(in_order(rows, &order), take)?;
        parts.0.add(figures);
        parts.2 = trace;
        Ok(parts)
    }

    pub(super) fn pool(&self, leads: &[Located], pool: u64, pools: u64) -> (Figures, Ran) {
        let mut engine = Engine::new(self.program);
        engine.book = Book::new(self.program, pool, pools);
        let ran = self.take_turns(&mut engine, leads);
        (engine.into_figures(), ran)
    }
}

/// Rows in the order in which leads came.
fn in_order(mut rows: Vec<LeadRows>, order: &[String]) -> Vec<LeadRows> {
    let places: HashMap<&str, usize> = order.iter().enumerate().map(|(place, id)| (id.as_str(), place)).collect();
    rows.sort_by_key(|row| places.get(row.id.as_str()).copied());
    rows
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
    fn take_turns(&self, engine: &mut Engine<'_>, leads: &[Located]) -> Ran {
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
