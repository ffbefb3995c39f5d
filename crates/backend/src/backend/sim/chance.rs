//! Chance as a pure function of (seed, lead, what is drawn, for which name, which occurrence).
//!
//! In: keys. Out: numbers in [0, 1). Never: a shared generator. So a draw does not depend on the order of leads, on
//! threads, or on draws that have nothing to do with it.
//!
//! Logarithms and exponentials are those of `libm`, the same to the last bit on every machine.

use crate::ir::Delay;
#[cfg(test)]
pub use crate::ir::chance::draw as unit;
use crate::ir::chance::lead_key;
use crate::ir::chance::{Half, unit as of_bits};
pub use crate::ir::chance::{join, key, rendezvous};
use crate::statistics::normal_quantile;

/// The key of a lead, ready to be joined with names: each of its draws begins with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeadKey(Half);

impl LeadKey {
    /// Of a lead in a run.
    pub fn of(seed: u64, id: &str) -> LeadKey {
        LeadKey(Half::of(lead_key(seed, id)))
    }

    /// A number in [0, 1) with 53 bits, for a name and an occurrence.
    #[inline]
    pub fn draw(self, name: u64, occurrence: u64) -> f64 {
        of_bits(join(self.0.join(name), occurrence))
    }
}

/// The gap to the next event of a Poisson process, in seconds; infinite if it has no rate.
pub fn gap(per_sec: f64, draw: f64) -> f64 {
    if per_sec > 0.0 { -libm::log(1.0 - draw) / per_sec } else { f64::INFINITY }
}

/// 90 % quantile of the standard normal distribution.
const NORMAL_P90: f64 = 1.281_551_565_544_600_4;

/// A delay, in whole seconds, at least 1.
pub fn delay(of: Delay, draw: f64) -> i64 {
    match of {
        Delay::LogNormal { median_secs, p90_secs } => log_normal(median_secs, p90_secs, draw),
        // A cast saturates, so that the far end stays a number.
        Delay::Exponential { mean_secs } => {
            ((-libm::log(1.0 - draw) * mean_secs as f64).round().max(1.0) as i64).min(1 << 40)
        }
    }
}

/// A log-normal delay by its median and 90 % quantile.
fn log_normal(median_secs: i64, p90_secs: i64, draw: f64) -> i64 {
    let median = median_secs.max(1) as f64;
    let sigma = libm::log((p90_secs as f64 / median).max(1.0)) / NORMAL_P90;
    let secs = median * libm::exp(sigma * normal_quantile(draw));
    // A cast saturates, so that a quantile at the far end stays a number.
    (secs.round().max(1.0) as i64).min(1 << 40)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

        /// One weight of any number of arms changes, to or from nothing included: who moves moves to that arm if it
        /// grew, from it if it shrank, and it is the share that has to.
        #[test]
        fn one_changed_weight_moves_leads_to_or_from_its_arm_alone(
            weights in prop::collection::vec(1..100_u32, 2..9),
            changed in any::<prop::sample::Index>(),
            weight in 0..200_u32,
            seed in any::<u64>(),
        ) {
            const LEADS: u32 = 4_000;
            let changed = changed.index(weights.len());
            let arm = |lead: u64, weights: &[u32]| {
                let draws = (0..weights.len()).map(|at| unit(lead, key(&["arm", &at.to_string()]), 0));
                rendezvous(weights.iter().map(|weight| f64::from(*weight)).zip(draws)).unwrap()
            };
            let mut after = weights.clone();
            after[changed] = weight;
            let share = |weights: &[u32]| f64::from(weights[changed]) / f64::from(weights.iter().sum::<u32>());
            let mut moved = 0;
            for n in 0..LEADS {
                let lead = lead_key(seed, &n.to_string());
                let (from, to) = (arm(lead, &weights), arm(lead, &after));
                if from != to {
                    prop_assert_eq!(if weight > weights[changed] { to } else { from }, changed);
                    moved += 1;
                }
            }
            let expected = (share(&after) - share(&weights)).abs();
            // Six standard deviations.
            let slack = 6.0 * (expected * (1.0 - expected) / f64::from(LEADS)).sqrt() + 0.001;
            prop_assert!((f64::from(moved) / f64::from(LEADS) - expected).abs() < slack, "{} {}", moved, expected);
        }
    }

    #[test]
    fn delays_have_the_quantiles_they_are_given() {
        assert_eq!(log_normal(14_400, 108_000, 0.5), 14_400);
        assert_eq!(log_normal(14_400, 108_000, 0.9), 108_000);
        assert_eq!(log_normal(0, 0, 0.3), 1);
        assert_eq!(log_normal(3600, 3600, 0.0001), 3600);
        assert_eq!(log_normal(14_400, 108_000, 0.0), 1);
        let exponential = |draw| delay(Delay::Exponential { mean_secs: 36_000 }, draw);
        // Half come within ln 2 of the mean, nine in ten within ln 10.
        assert_eq!((exponential(0.0), exponential(0.5), exponential(0.9)), (1, 24_953, 82_893));
    }

    #[test]
    fn draws_are_even_and_differ_by_every_key() {
        let mean: f64 = (0..10_000).map(|n| unit(lead_key(1, "a"), key(&["x"]), n)).sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
        let base = unit(lead_key(1, "a"), key(&["x", "y"]), 0);
        for other in [
            unit(lead_key(2, "a"), key(&["x", "y"]), 0),
            unit(lead_key(1, "b"), key(&["x", "y"]), 0),
            unit(lead_key(1, "a"), key(&["xy", ""]), 0),
            unit(lead_key(1, "a"), key(&["x", "y"]), 1),
        ] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn a_changed_weight_moves_only_the_share_it_must() {
        let arms = ["a", "b", "c"];
        let arm = |lead: u64, weights: [f64; 3]| {
            let draws = arms.iter().map(|name| unit(lead, key(&["split", name]), 0));
            rendezvous(weights.into_iter().zip(draws)).unwrap()
        };
        let mut moved = 0;
        let mut shares = [0; 3];
        for n in 0..20_000 {
            let lead = lead_key(1, &n.to_string());
            let (before, after) = (arm(lead, [50.0, 40.0, 10.0]), arm(lead, [50.0, 40.0, 20.0]));
            shares[before] += 1;
            if before != after {
                assert_eq!(after, 2);
                moved += 1;
            }
        }
        assert!((9_700..10_300).contains(&shares[0]) && (1_850..2_150).contains(&shares[2]), "{shares:?}");
        // From 10 % to 20 of 110.
        assert!((1_450..1_800).contains(&moved), "{moved}");
        // Several weights at once: leads come only to arms whose weight grew more, relative to itself. A rule without
        // memory moves at most 2d/(1 + d) where the share d has to move, and none does better in general: Bavarian,
        // Ghazi, Haramaty, Kamath, Rivest and Sudan, "Optimality of correlated sampling strategies", 2020.
        for (after, share) in [([30.0, 45.0, 25.0], 0.20), ([40.0, 40.0, 20.0], 0.10), ([60.0, 40.0, 0.0], 0.10)] {
            let before = [50.0, 40.0, 10.0];
            let mut moved = 0;
            for n in 0..20_000 {
                let lead = lead_key(1, &n.to_string());
                let (from, to) = (arm(lead, before), arm(lead, after));
                if from != to {
                    assert!(after[to] / before[to] > after[from] / before[from], "{from} to {to}");
                    moved += 1;
                }
            }
            let moved = f64::from(moved) / 20_000.0;
            assert!(share - 0.01 < moved && moved < 2.0 * share / (1.0 + share) + 0.01, "{moved}");
        }
        assert_eq!(rendezvous([(0.0, 0.5), (0.0, 0.1)].into_iter()), None);
        assert_eq!(rendezvous([(0.0, 0.0), (1.0, 0.999)].into_iter()), Some(1));
    }
}
