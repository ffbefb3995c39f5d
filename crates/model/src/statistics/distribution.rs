//! The normal distribution and Student's.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_PI_2};

/// The chance that a standard normal number is greater than `z`.
pub fn normal_tail(z: f64) -> f64 {
    libm::erfc(z * FRAC_1_SQRT_2) / 2.0
}

/// Quantile of Student's distribution with `freedom` degrees of freedom, at least 1, for p above one half; to about six
/// digits: Hill, "Algorithm 396: Student's t-quantiles", Communications of the ACM 13 (1970).
pub fn student_quantile(p: f64, freedom: f64) -> f64 {
    let n = freedom.max(1.0);
    let both = (2.0 * (1.0 - p)).clamp(1e-300, 1.0);
    if n < 1.5 {
        return 1.0 / libm::tan(both * FRAC_PI_2);
    }
    if n < 2.5 {
        return (2.0 / (both * (2.0 - both)) - 2.0).sqrt();
    }
    let a = 1.0 / (n - 0.5);
    let b = 48.0 / (a * a);
    let c = ((20_700.0 * a / b - 98.0) * a - 16.0) * a + 96.36;
    let d = ((94.5 / (b + c) - 3.0) / b + 1.0) * (a * FRAC_PI_2).sqrt() * n;
    let y = libm::pow(d * both, 2.0 / n);
    let square = if y > 0.05 + a { middle(n, both, (a, b, c, d)) } else { tail(n, y, d) };
    (n * square).sqrt()
}

/// Hill's expansion about the normal quantile.
fn middle(n: f64, both: f64, (a, b, c, d): (f64, f64, f64, f64)) -> f64 {
    let x = normal_quantile(both / 2.0);
    let y = x * x;
    let c = if n < 5.0 { c + 0.3 * (n - 4.5) * (x + 0.6) } else { c };
    let c = (((0.05 * d * x - 5.0) * x - 7.0) * x - 2.0) * x + b + c;
    let y = (((((0.4 * y + 6.3) * y + 36.0) * y + 94.5) / c - y - 3.0) / b + 1.0) * x;
    libm::expm1(a * y * y)
}

/// Hill's series for the far tail.
fn tail(n: f64, y: f64, d: f64) -> f64 {
    let inner = 1.0 / (((n + 6.0) / (n * y) - 0.089 * d - 0.822) * (n + 2.0) * 3.0) + 0.5 / (n + 4.0);
    (inner * y - 1.0) * (n + 1.0) / (n + 2.0) + 1.0 / y
}

/// Quantile of the standard normal distribution, to about 16 digits: Wichura, "Algorithm AS 241: The percentage points
/// of the normal distribution", 1988, routine PPND16.
pub fn normal_quantile(p: f64) -> f64 {
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
