//! The keys of chance: every draw is a pure function of what it is for.
//!
//! Names are hashed with XXH3-64 and combined by the finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable
//! pseudorandom number generators", 2014). These functions are part of what a campaign means: two engines that share
//! them draw the same.

use xxhash_rust::xxh3::xxh3_64;

/// The odd number nearest to 2^64 divided by the golden ratio, SplitMix64's increment.
pub const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// SplitMix64's finaliser: each bit of the input changes each bit of the output with a chance of about one half.
#[inline]
pub fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// One key of two, in which the order counts.
#[inline]
pub fn join(left: u64, right: u64) -> u64 {
    Half::of(left).join(right)
}

/// The first half of a join, for a left key that is joined with many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Half(u64);

impl Half {
    /// Of the left key.
    #[inline]
    pub fn of(left: u64) -> Half {
        Half(mix(left.wrapping_add(GOLDEN)))
    }

    /// The key of both.
    #[inline]
    pub fn join(self, right: u64) -> u64 {
        mix(self.0.wrapping_add(right).wrapping_add(GOLDEN))
    }
}

/// The key of a name; the parts are kept apart, so that `a/bc` and `ab/c` differ.
#[inline]
pub fn key(parts: &[&str]) -> u64 {
    parts.iter().fold(parts.len() as u64, |key, part| join(key, xxh3_64(part.as_bytes())))
}

/// The number in [0, 1) that the upper 53 bits make.
#[inline]
pub fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

/// The key of a lead in a run.
#[inline]
pub fn lead_key(seed: u64, id: &str) -> u64 {
    join(seed, xxh3_64(id.as_bytes()))
}

/// A number in [0, 1) with 53 bits, for a lead, a name and an occurrence.
#[inline]
pub fn draw(lead: u64, name: u64, occurrence: u64) -> f64 {
    unit(join(join(lead, name), occurrence))
}

/// The part of a split that a lead takes: weighted rendezvous hashing.
///
/// Each arm has its own draw, and the one with the least `-ln(u) / weight` wins. Taking the best of independent scores is
/// Thaler and Ravishankar's highest random weight ("Using name-based mappings to increase hit rates", 1998); dividing the
/// exponential variate by the weight gives each arm its share, since the least of exponential variates is the i-th with
/// chance `weight_i / sum`. When one weight changes, leads only move to or from that arm. An arm without weight is never
/// taken. `None` if no arm has weight.
#[inline]
pub fn rendezvous(arms: impl Iterator<Item = (f64, f64)>) -> Option<usize> {
    let mut best: Option<(usize, f64)> = None;
    for (index, (weight, draw)) in arms.enumerate() {
        // 1 − u lies in (0, 1], so that the logarithm is finite.
        let cost = -libm::log(1.0 - draw) / weight;
        if weight > 0.0 && best.is_none_or(|(_, least)| cost < least) {
            best = Some((index, cost));
        }
    }
    best.map(|(index, _)| index)
}
