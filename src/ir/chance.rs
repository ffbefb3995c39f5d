//! The keys of chance: every draw is a pure function of what it is for.
//!
//! Names are hashed with XXH3-64 and combined by the finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable
//! pseudorandom number generators", 2014). These functions are part of what a campaign means: two engines that share
//! them draw the same.

use xxhash_rust::xxh3::xxh3_64;

/// The odd number nearest to 2^64 divided by the golden ratio, SplitMix64's increment.
pub const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// SplitMix64's finaliser: each bit of the input changes each bit of the output with a chance of about one half.
pub fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// One key of two, in which the order counts.
pub fn join(left: u64, right: u64) -> u64 {
    mix(mix(left.wrapping_add(GOLDEN)).wrapping_add(right).wrapping_add(GOLDEN))
}

/// The key of a name; the parts are kept apart, so that `a/bc` and `ab/c` differ.
pub fn key(parts: &[&str]) -> u64 {
    parts.iter().fold(parts.len() as u64, |key, part| join(key, xxh3_64(part.as_bytes())))
}

/// The number in [0, 1) that the upper 53 bits make.
pub fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}
