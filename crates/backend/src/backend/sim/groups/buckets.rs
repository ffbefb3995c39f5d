//! Groups of many leads: all leads with the same bits in the hash of their id.
//!
//! In: the leads of one batch after the other, and what they counted. Out: the counts of each group. Never: more of them in
//! memory than there are groups.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::{GroupSums, Squares, walk};
use crate::backend::sim::CHUNK;
use crate::backend::sim::outcome::Figures;
use crate::backend::sim::quota::bucket;

/// How many groups there are at most. A power of two, at most 4,096.
const GROUPS: u64 = 256;

/// The counts of each group, in the order of the walk over figures; empty of one without leads.
pub struct Buckets(Vec<Mutex<Vec<i64>>>);

impl Buckets {
    /// Nothing counted yet.
    pub fn empty() -> Buckets {
        Buckets((0..GROUPS).map(|_| Mutex::default()).collect())
    }

    /// The group of a lead.
    pub fn of(id: &str) -> usize {
        usize::try_from(bucket(id) % GROUPS).unwrap_or(0)
    }

    /// The leads of a batch by group: each with its group, and parts that one thread takes at a time. No group is in two.
    pub fn order<'l>(ids: impl Iterator<Item = &'l str>) -> (Vec<(usize, usize)>, Vec<Range<usize>>) {
        let mut order: Vec<(usize, usize)> = ids.enumerate().map(|(place, id)| (Buckets::of(id), place)).collect();
        order.sort_unstable();
        let (mut parts, mut from) = (Vec::new(), 0);
        for at in 1..=order.len() {
            let is_end = at == order.len() || order[at].0 != order[at - 1].0;
            if is_end && (at - from >= CHUNK || at == order.len()) {
                parts.push(from..at);
                from = at;
            }
        }
        (order, parts)
    }

    /// Changes the counts of a group.
    pub fn change(&self, group: usize, change: impl FnOnce(&mut Vec<i64>)) {
        change(&mut self.0[group].lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The sums over all groups with leads.
    pub fn sums(self, figures: &Figures) -> GroupSums {
        let mut sums = GroupSums { hashed: true, ..GroupSums::default() };
        for counts in self.0 {
            let counts = counts.into_inner().unwrap_or_else(PoisonError::into_inner);
            if counts.is_empty() {
                continue;
            }
            sums.groups += 1;
            let (mut first, mut rate) = (0, 0);
            walk(figures, &mut |section, _, block| {
                let rates = section.rates();
                sums.squares.resize(sums.squares.len().max(rate + rates.len()), Squares::default());
                for (squares, (_, x, y)) in sums.squares[rate..].iter_mut().zip(rates) {
                    squares.count(counts[first + x], counts[first + y]);
                }
                first += block.len();
                rate += rates.len();
            });
        }
        sums
    }
}
