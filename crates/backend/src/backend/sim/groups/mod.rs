//! Sums of squares over groups of leads: what intervals of rates and means are made of.
//!
//! What one lead does belongs together: two mails to one lead are no two independent trials. So the spread of a rate is
//! taken from whole leads, or from groups of them, which costs less and gives the same on average (Wolter,
//! "Introduction to Variance Estimation", 2nd edition, 2007, chapter 2, random groups). The counts of a group are those
//! after it less those before it: nothing is counted while a lead runs.
//!
//! In: figures as they grow. Out: for each rate, the sums of squares and products of its two counts. Never: a figure that
//! depends on how many threads run, or on the order of leads; whose group a lead is in tells a hash of its id.

mod buckets;
mod counts;
mod together;

use std::collections::BTreeMap;

pub(super) use buckets::Buckets;
pub use counts::{Section, walk};
pub use together::{Against, Changed, Paired, Together, together};

use super::outcome::Figures;

/// Sums over groups, one entry for each rate of the walk over figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupSums {
    /// Groups counted.
    pub groups: u64,
    /// Whether leads were put into them by a hash; else each lead is one.
    pub hashed: bool,
    squares: Vec<Squares>,
}

/// Sums of squares and products of two counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Squares {
    xx: i128,
    yy: i128,
    xy: i128,
}

/// A rate with the sums that its interval needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// Groups of leads; 0 if none were taken.
    pub groups: u64,
    /// Whether leads were put into them by a hash; else each lead is one.
    pub hashed: bool,
    /// Sum of the first count.
    pub x: i64,
    /// Sum of the second.
    pub y: i64,
    /// Sum of squares of the first.
    pub xx: i128,
    /// Sum of squares of the second.
    pub yy: i128,
    /// Sum of products.
    pub xy: i128,
}

impl GroupSums {
    /// Adds the sums of other groups.
    pub(super) fn add(&mut self, other: GroupSums) {
        self.groups += other.groups;
        self.hashed |= other.hashed;
        if self.squares.len() < other.squares.len() {
            self.squares.resize(other.squares.len(), Squares::default());
        }
        for (mine, theirs) in self.squares.iter_mut().zip(other.squares) {
            mine.xx += theirs.xx;
            mine.yy += theirs.yy;
            mine.xy += theirs.xy;
        }
    }
}

/// All rates by what they are about, each with its sums.
pub fn spreads(figures: &Figures) -> BTreeMap<(Section, &str, &'static str), Spread> {
    let mut found = BTreeMap::new();
    let mut squares = figures.groups.squares.iter();
    walk(figures, &mut |section, name, counts| {
        for &(rate, x, y) in section.rates() {
            let Squares { xx, yy, xy } = squares.next().copied().unwrap_or_default();
            let GroupSums { groups, hashed, .. } = figures.groups;
            let spread = Spread { groups, hashed, x: counts[x], y: counts[y], xx, yy, xy };
            found.insert((section, name, rate), spread);
        }
    });
    found
}

/// The counts of a block before the first group.
const NOTHING: [i64; 9] = [0; 9];

impl Squares {
    fn count(&mut self, x: i64, y: i64) {
        let (x, y) = (i128::from(x), i128::from(y));
        self.xx += x * x;
        self.yy += y * y;
        self.xy += x * y;
    }
}

/// Takes the counts of one group after the other.
#[derive(Default)]
pub(super) struct Meter {
    before: Vec<i64>,
    now: Vec<i64>,
}

impl Meter {
    /// Ends a group: what was counted since the last one is that of this.
    pub(super) fn end_group(&mut self, figures: &mut Figures) {
        let mut sums = std::mem::take(&mut figures.groups);
        sums.groups += 1;
        self.now.clear();
        let (mut rate, now, before) = (0, &mut self.now, &self.before);
        walk(figures, &mut |section, _, counts| {
            let (first, rates) = (now.len(), section.rates());
            now.extend_from_slice(counts);
            let (from, to) = (rate, rate + rates.len());
            rate = to;
            if sums.squares.len() < to {
                sums.squares.resize(to, Squares::default());
            }
            let before = before.get(first..now.len()).unwrap_or(&NOTHING[..counts.len()]);
            if before == counts {
                // Nothing of this was counted, which is so of most blocks where groups are small.
                return;
            }
            let since = |at: usize| counts[at].saturating_sub(before[at]);
            for (squares, (_, x, y)) in sums.squares[from..to].iter_mut().zip(rates) {
                squares.count(since(*x), since(*y));
            }
        });
        std::mem::swap(&mut self.before, &mut self.now);
        figures.groups = sums;
    }

    /// Ends a part of a group that has others: what was counted since the last one is added to the group's counts.
    pub(super) fn end_part(&mut self, figures: &Figures, group: &mut Vec<i64>) {
        self.now.clear();
        let now = &mut self.now;
        walk(figures, &mut |_, _, counts| now.extend_from_slice(counts));
        group.resize(now.len(), 0);
        for (at, (sum, count)) in group.iter_mut().zip(now.iter()).enumerate() {
            *sum += count.saturating_sub(self.before.get(at).copied().unwrap_or(0));
        }
        std::mem::swap(&mut self.before, &mut self.now);
    }
}
