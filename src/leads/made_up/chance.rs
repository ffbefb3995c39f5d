//! Chance for made-up leads: a pure function of the seed, the lead's number, the attempt and what is drawn.

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The golden ratio's fraction, times 2⁶⁴: multiples of it, modulo 2⁶⁴, fall evenly (Weyl's sequence).
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// All draws of one attempt at one lead.
#[derive(Clone, Debug)]
pub(super) struct Chance {
    key: u64,
}

impl Chance {
    pub(super) fn new(seed: u64, index: u64, attempt: u64) -> Self {
        Chance { key: mix(mix(mix(seed).wrapping_add(index)).wrapping_add(attempt)) }
    }

    /// 64 bits for the `occurrence`-th draw of `what`.
    pub(super) fn bits(&self, what: &str, occurrence: u64) -> u64 {
        mix(xxh3_64_with_seed(what.as_bytes(), self.key).wrapping_add(occurrence.wrapping_mul(GOLDEN)))
    }

    /// A number in [0, 1).
    pub(super) fn unit(&self, what: &str, occurrence: u64) -> f64 {
        unit(self.bits(what, occurrence))
    }

    /// A number in `0..n`; 0 for `n == 0`.
    pub(super) fn below(&self, what: &str, occurrence: u64, n: usize) -> usize {
        let wide = u128::from(self.bits(what, occurrence)) * n as u128;
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number in [0, 1) for each index such that the numbers of any run of indices lie evenly.
    pub(super) fn stratum(&self, what: &str, index: u64) -> f64 {
        unit(self.bits(what, 0).wrapping_add(index.wrapping_mul(GOLDEN)))
    }
}

fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
fn mix(bits: u64) -> u64 {
    let bits = bits.wrapping_add(GOLDEN);
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}
