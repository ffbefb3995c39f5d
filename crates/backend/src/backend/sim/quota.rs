//! The last gate: what a sender may still send today.
//!
//! A lead belongs to one of 4,096 buckets by its id alone, and a quota is divided over the buckets by a rule that looks
//! at nothing but the number and the day. Buckets are put together into as few pools as memory allows; the leads of one
//! pool spend the quotas of its buckets together, in the order of time. So a result depends on how many leads there
//! are, and never on threads, on machines, or on the order in which leads are read.

use xxhash_rust::xxh3::xxh3_64;

use super::civil::Zone;
use super::engine::Engine;
use super::lead::Held;
use super::outcome::SenderDay;
use super::program::{Program, UNLIMITED, midnight};
use super::send::{Gate, Words};
use crate::ir::Skip;

/// Buckets that leads are hashed into.
pub const BUCKETS: u64 = 4_096;

/// Leads that one pool holds at most, as long as there are fewer pools than buckets.
const POOL_LEADS: u64 = 16_384;

/// By so much the part that cannot be divided begins later with each day: near to the golden section of the buckets, and
/// odd, so that it comes by all of them.
const TURN: u64 = 2_531;

/// The bucket of a lead: the first twelve bits of a hash of its id.
pub fn bucket(id: &str) -> u64 {
    xxh3_64(id.as_bytes()) >> 52
}

/// Into how many pools so many leads are divided: a power of two, one if they fit into one.
pub fn pools(leads: u64) -> u64 {
    leads.div_ceil(POOL_LEADS).max(1).next_power_of_two().min(BUCKETS)
}

/// What a pool has of a quota in a period. Each bucket has the whole part of `quota / 4096`, and those buckets that
/// follow on bucket `2531 · period mod 4096` have one of the rest each. Bucket b is in pool b mod `pools`.
pub fn share(quota: u64, period: i64, pool: u64, pools: u64) -> u64 {
    let (whole, rest) = (quota / BUCKETS, quota % BUCKETS);
    let first = (period.rem_euclid(BUCKETS as i64) as u64 * TURN) % BUCKETS;
    // Buckets of this pool among the `rest` that follow on `first`.
    let ahead = (pool + BUCKETS - first % pools) % pools;
    whole * (BUCKETS / pools) + rest / pools + u64::from(ahead < rest % pools)
}

/// What the leads of a pool have spent.
#[derive(Debug)]
pub struct Book {
    pool: u64,
    pools: u64,
    /// By sender, for days and for hours: the latest period, and how many mails were sent in it.
    spent: Vec<[(i64, u64); 2]>,
}

impl Book {
    /// An empty one.
    pub fn new(program: &Program, pool: u64, pools: u64) -> Book {
        Book { pool, pools, spent: vec![[(i64::MIN, 0); 2]; program.quotas.senders.len()] }
    }

    fn share(&self, quota: u64, period: i64) -> u64 {
        if quota == UNLIMITED { UNLIMITED } else { share(quota, period, self.pool, self.pools) }
    }

    fn is_full(&self, sender: usize, of: usize, quota: u64, period: i64) -> bool {
        let (latest, spent) = self.spent[sender][of];
        let spent = if latest == period { spent } else { 0 };
        spent >= self.share(quota, period)
    }

    fn spend(&mut self, sender: usize, periods: [i64; 2]) {
        for (entry, period) in self.spent[sender].iter_mut().zip(periods) {
            *entry = if entry.0 == period { (period, entry.1 + 1) } else { (period, 1) };
        }
    }
}

/// The day of an instant, and its hour, as numbers of periods. Hours are counted from midnight on; a day has 25 of them
/// at most.
fn periods(zone: &Zone, at: i64) -> [i64; 2] {
    let day = zone.date(at);
    [day, day * 25 + (at - midnight(zone, day)) / 3_600]
}

impl Engine<'_> {
    /// The gate of the sender's quota. A mail comes to it when all others are open. Transactional mail passes; it uses
    /// the quota up all the same.
    pub(super) fn quota(&mut self, held: &mut Held) -> Gate {
        let Some(sender) = self.sender_of(held.content) else { return Gate::Open };
        let program = self.program;
        if !held.queued {
            held.queued = true;
            self.sender_day(sender, |day| day.asked += 1);
        }
        let zone = &program.project_zone;
        let [day, hour] = periods(zone, self.now);
        let [per_day, per_hour] = program.quotas.on(sender, day);
        let (until, words) = if self.book.is_full(sender, 0, per_day, day) {
            let next = program.quotas.next_day(sender, day, |quota, day| self.book.share(quota, day));
            (midnight(zone, next), Words::Quota { sender, quota: per_day, words: "that day" })
        } else if self.book.is_full(sender, 1, per_hour, hour) {
            let next = midnight(zone, day) + (hour - day * 25 + 1) * 3_600;
            (next.min(midnight(zone, day + 1)), Words::Quota { sender, quota: per_hour, words: "an hour" })
        } else {
            return Gate::Open;
        };
        if !program.contents[held.content].marketing {
            self.sender_day(sender, |day| day.beyond += 1);
            Gate::Open
        } else if program.quotas.senders[sender].skip {
            Gate::Skip(Skip::Quota, words)
        } else {
            Gate::Hold(Some(until), words)
        }
    }

    /// A mail goes out.
    pub(super) fn spend(&mut self, content: usize) {
        let Some(sender) = self.sender_of(content) else { return };
        self.book.spend(sender, periods(&self.program.project_zone, self.now));
        self.sender_day(sender, |day| day.sent += 1);
    }

    /// A mail that has come to the gate is not sent.
    pub(super) fn leave_queue(&mut self, held: &Held, why: Skip) {
        let Some(sender) = self.sender_of(held.content) else { return };
        self.sender_day(sender, |day| match why {
            Skip::Expired => day.expired += 1,
            Skip::Quota => day.skipped += 1,
            Skip::NoAddress
            | Skip::Suppressed
            | Skip::NoConsent
            | Skip::Sunset
            | Skip::Paused
            | Skip::Repeat
            | Skip::Capped
            | Skip::OwnLimit
            | Skip::Exited => day.dropped += 1,
        });
    }

    fn sender_of(&self, content: usize) -> Option<usize> {
        self.program.quotas.of_content.get(content).copied().flatten()
    }

    fn sender_day(&mut self, sender: usize, count: impl FnOnce(&mut SenderDay)) {
        let day = self.program.project_zone.date(self.now) - self.program.quotas.first_day;
        if let Some(day) = usize::try_from(day).ok().and_then(|day| self.figures.senders.at(sender).days.get_mut(day)) {
            count(day);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rule as it is written down, bucket by bucket.
    fn share_of_bucket(quota: u64, period: i64, bucket: u64) -> u64 {
        let first = (2_531 * period.rem_euclid(4_096) as u64) % 4_096;
        let behind = (bucket + 4_096 - first) % 4_096;
        quota / 4_096 + u64::from(behind < quota % 4_096)
    }

    #[test]
    fn pools_have_what_their_buckets_have() {
        for pools in [1, 2, 8, 256, 4_096] {
            for (quota, period) in [(0, 5), (50, 20_000), (4_095, -3), (4_096, 7), (1_234_567, 20_544 * 25 + 24)] {
                let mut all = 0;
                for pool in 0..pools {
                    let buckets = (0..BUCKETS).filter(|bucket| bucket % pools == pool);
                    let expected: u64 = buckets.map(|bucket| share_of_bucket(quota, period, bucket)).sum();
                    assert_eq!(share(quota, period, pool, pools), expected, "{quota} {period} {pool}/{pools}");
                    all += expected;
                }
                assert_eq!(all, quota);
            }
        }
    }

    #[test]
    fn the_rest_comes_by_all_buckets() {
        let mut of_bucket = [0_u64; 4_096];
        for day in 20_000..24_096 {
            for (bucket, sum) in of_bucket.iter_mut().enumerate() {
                *sum += share_of_bucket(50, day, bucket as u64);
            }
        }
        assert!(of_bucket.iter().all(|sum| *sum == 50));
    }

    #[test]
    fn pools_are_few() {
        assert_eq!([0, 1, 16_384, 16_385, 40_000, 100_000_000].map(pools), [1, 1, 1, 2, 4, 4_096]);
        let mut sizes = [0_u32; 8];
        for number in 0..80_000 {
            sizes[(bucket(&format!("lead-{number}")) % 8) as usize] += 1;
        }
        assert!(sizes.iter().all(|size| (9_700..10_300).contains(size)), "{sizes:?}");
    }
}
