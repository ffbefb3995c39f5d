//! Chance for made-up leads: a pure function of the seed, the lead's number, the attempt and what is drawn.

use xxhash_rust::xxh3::xxh3_64_with_seed;

// Multiples of `GOLDEN`, modulo 2⁶⁴, fall evenly (Weyl's sequence).
use crate::ir::chance::{GOLDEN, join, mix, unit};

/// All draws of one attempt at one lead.
#[derive(Clone, Debug)]
pub(in crate::leads) struct Chance {
    key: u64,
}

impl Chance {
    pub(in crate::leads) fn new(seed: u64, index: u64, attempt: u64) -> Self {
        Chance { key: join(join(seed, index), attempt) }
    }

    /// 64 bits for the `occurrence`-th draw of `what`.
    pub(in crate::leads) fn bits(&self, what: &str, occurrence: u64) -> u64 {
        mix(xxh3_64_with_seed(what.as_bytes(), self.key).wrapping_add(occurrence.wrapping_mul(GOLDEN)))
    }

    /// A number in [0, 1).
    pub(in crate::leads) fn unit(&self, what: &str, occurrence: u64) -> f64 {
        unit(self.bits(what, occurrence))
    }

    /// A number in `0..n`; 0 for `n == 0`.
    pub(in crate::leads) fn below(&self, what: &str, occurrence: u64, n: usize) -> usize {
        let wide = u128::from(self.bits(what, occurrence)) * n as u128;
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number in [0, 1) for each index such that the numbers of any run of indices lie evenly.
    pub(in crate::leads) fn stratum(&self, what: &str, index: u64) -> f64 {
        unit(self.bits(what, 0).wrapping_add(index.wrapping_mul(GOLDEN)))
    }
}
