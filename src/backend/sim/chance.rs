//! Chance as a pure function of (seed, lead, what is drawn, for which name, which occurrence).
//!
//! In: keys. Out: numbers in [0, 1). Never: a shared generator. So a draw does not depend on the order of leads, on
//! threads, or on draws that have nothing to do with it.
//!
//! Logarithms and exponentials are those of `libm`, the same to the last bit on every machine.

pub use crate::ir::chance::{draw as unit, join, key, lead_key, rendezvous};

/// The gap to the next event of a Poisson process, in seconds; infinite if it has no rate.
pub fn gap(per_sec: f64, draw: f64) -> f64 {
    if per_sec > 0.0 { -libm::log(1.0 - draw) / per_sec } else { f64::INFINITY }
}

/// 90 % quantile of the standard normal distribution.
const NORMAL_P90: f64 = 1.281_551_565_544_600_4;

/// A log-normal delay by its median and 90 % quantile, in whole seconds, at least 1.
pub fn delay(median_secs: i64, p90_secs: i64, draw: f64) -> i64 {
    let median = median_secs.max(1) as f64;
    let sigma = libm::log((p90_secs as f64 / median).max(1.0)) / NORMAL_P90;
    let secs = median * libm::exp(sigma * normal_quantile(draw));
    // A cast saturates, so that a quantile at the far end stays a number.
    (secs.round().max(1.0) as i64).min(1 << 40)
}

/// Quantile of the standard normal distribution, to about 16 digits: Wichura, "Algorithm AS 241: The percentage points
/// of the normal distribution", 1988, routine PPND16.
fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        return q * ratio(0.180_625 - q * q, &CENTRE);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    if tail <= 0.0 {
        return if q < 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let r = (-libm::log(tail)).sqrt();
    let size = if r <= 5.0 { ratio(r - 1.6, &SHOULDER) } else { ratio(r - 5.0, &TAIL) };
    if q < 0.0 { -size } else { size }
}

/// The quotient of two polynomials, coefficients from the constant upwards.
fn ratio(x: f64, (above, below): &([f64; 8], [f64; 8])) -> f64 {
    let value = |coefficients: &[f64; 8]| coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient);
    value(above) / value(below)
}

#[rustfmt::skip]
const CENTRE: ([f64; 8], [f64; 8]) = (
    [3.387_132_872_796_366_5, 133.141_667_891_784_38, 1_971.590_950_306_551_3, 13_731.693_765_509_46,
     45_921.953_931_549_87, 67_265.770_927_008_7, 33_430.575_583_588_13, 2_509.080_928_730_122_7],
    [1.0, 42.313_330_701_600_91, 687.187_007_492_057_9, 5_394.196_021_424_751,
     21_213.794_301_586_597, 39_307.895_800_092_71, 28_729.085_735_721_943, 5_226.495_278_852_545],
);
#[rustfmt::skip]
const SHOULDER: ([f64; 8], [f64; 8]) = (
    [1.423_437_110_749_683_5, 4.630_337_846_156_546, 5.769_497_221_460_691, 3.647_848_324_763_204_5,
     1.270_458_252_452_368_4, 0.241_780_725_177_450_6, 0.022_723_844_989_269_184, 7.745_450_142_783_414e-4],
    [1.0, 2.053_191_626_637_759, 1.676_384_830_183_803_8, 0.689_767_334_985_1,
     0.148_103_976_427_480_08, 0.015_198_666_563_616_457, 5.475_938_084_995_345e-4, 1.050_750_071_644_416_9e-9],
);
#[rustfmt::skip]
const TAIL: ([f64; 8], [f64; 8]) = (
    [6.657_904_643_501_103, 5.463_784_911_164_114, 1.784_826_539_917_291_3, 0.296_560_571_828_504_87,
     0.026_532_189_526_576_124, 0.001_242_660_947_388_078_4, 2.711_555_568_743_487_6e-5, 2.010_334_399_292_288_1e-7],
    [1.0, 0.599_832_206_555_888, 0.136_929_880_922_735_8, 0.014_875_361_290_850_615,
     7.868_691_311_456_133e-4, 1.846_318_317_510_054_7e-5, 1.421_511_758_316_446e-7, 2.044_263_103_389_939_8e-15],
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_the_normal_distribution() {
        for (p, expected) in [(0.5, 0.0), (0.9, NORMAL_P90), (0.025, -1.959_963_984_540_054), (1e-9, -5.997_807_015)] {
            assert!((normal_quantile(p) - expected).abs() < 1e-8, "{p}: {}", normal_quantile(p));
        }
    }

    #[test]
    fn delays_have_the_quantiles_they_are_given() {
        assert_eq!(delay(14_400, 108_000, 0.5), 14_400);
        assert_eq!(delay(14_400, 108_000, 0.9), 108_000);
        assert_eq!(delay(0, 0, 0.3), 1);
        assert_eq!(delay(3600, 3600, 0.0001), 3600);
        assert_eq!(delay(14_400, 108_000, 0.0), 1);
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
        assert_eq!(rendezvous([(0.0, 0.5), (0.0, 0.1)].into_iter()), None);
        assert_eq!(rendezvous([(0.0, 0.0), (1.0, 0.999)].into_iter()), Some(1));
    }
}
