//! Comparing two proportions: tests, sample sizes, power.

use super::distribution::{normal_quantile, normal_tail};

/// What is to be told apart, and how surely.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// Proportion of the control, 0 to 1.
    pub control: f64,
    /// Proportion that is to be told from it.
    pub treated: f64,
    /// Chance of seeing a difference where there is none; both sides together.
    pub significance: f64,
}

/// The chance of a difference at least as large as that of two proportions, each as (successes, trials), if there is
/// none; both sides. 1 where nothing can be told.
///
/// The z test with the pooled variance: Fleiss, Levin and Paik, "Statistical Methods for Rates and Proportions", 3rd
/// edition (2003), section 3.3, without correction for continuity.
pub fn compare(control: (f64, f64), treated: (f64, f64)) -> f64 {
    let pooled = (control.0 + treated.0) / (control.1 + treated.1);
    let variance = pooled * (1.0 - pooled) * (1.0 / control.1 + 1.0 / treated.1);
    if variance.is_nan() || variance <= 0.0 {
        return 1.0;
    }
    let z = (treated.0 / treated.1 - control.0 / control.1) / variance.sqrt();
    (2.0 * normal_tail(z.abs())).min(1.0)
}

/// The same chances, so that all of them together hold: Holm, "A simple sequentially rejective multiple test procedure",
/// Scandinavian Journal of Statistics 6 (1979).
pub fn holm(chances: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..chances.len()).collect();
    order.sort_by(|left, right| chances[*left].total_cmp(&chances[*right]));
    let mut adjusted = vec![1.0; chances.len()];
    let mut least: f64 = 0.0;
    for (rank, at) in order.into_iter().enumerate() {
        least = least.max(chances[at] * (chances.len() - rank) as f64).min(1.0);
        adjusted[at] = least;
    }
    adjusted
}

/// Trials that the control needs if there are `ratio` times as many of the other, so that the difference is seen with
/// the chance `power`; not yet rounded. `None` if there is no difference.
///
/// Fleiss, Levin and Paik (2003), formula 4.18, without correction for continuity; for equal numbers it is their 4.14
/// and that of R's `power.prop.test`.
pub fn sample_size(what: &Comparison, power: f64, ratio: f64) -> Option<f64> {
    let (p, q) = (what.control, what.treated);
    if p == q || ratio <= 0.0 {
        return None;
    }
    let pooled = (p + ratio * q) / (1.0 + ratio);
    let none = (pooled * (1.0 - pooled) * (1.0 + 1.0 / ratio)).sqrt();
    let some = (p * (1.0 - p) + q * (1.0 - q) / ratio).sqrt();
    let root = (normal_quantile(1.0 - what.significance / 2.0) * none + normal_quantile(power) * some) / (p - q);
    Some(root * root)
}

/// The chance to see the difference with so many trials of each. The same formula, solved for the power.
pub fn power(what: &Comparison, control: f64, treated: f64) -> f64 {
    let (p, q) = (what.control, what.treated);
    if control <= 0.0 || treated <= 0.0 {
        return 0.0;
    }
    let pooled = (p * control + q * treated) / (control + treated);
    let none = (pooled * (1.0 - pooled) * (1.0 / control + 1.0 / treated)).sqrt();
    let some = (p * (1.0 - p) / control + q * (1.0 - q) / treated).sqrt();
    if some <= 0.0 {
        return if p == q { 0.0 } else { 1.0 };
    }
    let reach = ((p - q).abs() - normal_quantile(1.0 - what.significance / 2.0) * none) / some;
    normal_tail(-reach)
}

/// The smallest gain over the control's proportion that is seen with the chance `wanted`, with so many trials of each.
/// `None` if even a proportion of 1 is not. The power above, solved by bisection: it grows with the difference.
pub fn detectable(control: f64, significance: f64, wanted: f64, trials: (f64, f64)) -> Option<f64> {
    let seen = |treated: f64| power(&Comparison { control, treated, significance }, trials.0, trials.1) >= wanted;
    if !seen(1.0) {
        return None;
    }
    let (mut low, mut high) = (control, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if seen(middle) { high = middle } else { low = middle }
    }
    Some(high - control)
}
