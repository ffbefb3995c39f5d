//! Intervals of confidence.

use super::distribution::{normal_quantile, student_quantile};

/// From here to there.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// The same with both ends changed by a function that does not fall.
    pub fn map(self, change: impl Fn(f64) -> f64) -> Interval {
        Interval { low: change(self.low), high: change(self.high) }
    }
}

/// Sums over independent units, each with an x and a y.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    /// How many.
    pub n: f64,
    /// Sum of x.
    pub x: f64,
    /// Sum of y.
    pub y: f64,
    /// Sum of x².
    pub xx: f64,
    /// Sum of y².
    pub yy: f64,
    /// Sum of x·y.
    pub xy: f64,
}

/// Interval of a proportion: `part` successes of `whole` trials, at `level` such as 0.95. `None` without trials.
///
/// Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), without correction
/// for continuity.
pub fn wilson(part: f64, whole: f64, level: f64) -> Option<Interval> {
    if whole <= 0.0 {
        return None;
    }
    let z = normal_quantile(0.5 + level / 2.0);
    let (p, z2) = (part / whole, z * z);
    let middle = p + z2 / (2.0 * whole);
    let spread = z * (p * (1.0 - p) / whole + z2 / (4.0 * whole * whole)).max(0.0).sqrt();
    let scale = 1.0 + z2 / whole;
    // Rounding must not push an end that is 0 or 1 beyond the value.
    let low = if part <= 0.0 { 0.0 } else { ((middle - spread) / scale).clamp(0.0, p) };
    let high = if part >= whole { 1.0 } else { ((middle + spread) / scale).clamp(p, 1.0) };
    Some(Interval { low, high })
}

/// Interval of the mean of x by Student's t. `None` of fewer than two units.
pub fn mean(sums: &Moments, level: f64) -> Option<Interval> {
    if sums.n < 2.0 {
        return None;
    }
    let middle = sums.x / sums.n;
    let variance = ((sums.xx - sums.x * middle) / (sums.n - 1.0)).max(0.0);
    let spread = student_quantile(0.5 + level / 2.0, sums.n - 1.0) * (variance / sums.n).sqrt();
    Some(Interval { low: middle - spread, high: middle + spread })
}

/// The part of the units that came by chance, so that their number is a draw as well: Poisson.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Arrived {
    /// How many.
    pub n: f64,
    /// Sum of their x.
    pub x: f64,
    /// Sum of their y.
    pub y: f64,
    /// What coming adds to the sum of x beside that.
    pub above: Added,
    /// What it adds to the sum of y.
    pub below: Added,
}

/// What coming adds to a sum.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Added {
    /// By units.
    pub sum: f64,
    /// Sum of the squares of what each of them adds.
    pub squares: f64,
    /// The same of those who came and are no units.
    pub others: f64,
}

/// Variance of the sum of `a·x + b·y` over units: that of independent units whose number is fixed; of those who arrived, that
/// of a compound Poisson sum, which is the sum of the squares (Ross, "Stochastic Processes", 2nd edition (1996), section
/// 2.5). `None` of fewer than two units.
fn variance_of_sum(sums: &Moments, arrived: &Arrived, (a, b): (f64, f64)) -> Option<f64> {
    if sums.n < 2.0 {
        return None;
    }
    let squares = a * a * sums.xx + 2.0 * a * b * sums.xy + b * b * sums.yy;
    let fixed = sums.n - arrived.n;
    let of_fixed = a * (sums.x - arrived.x) + b * (sums.y - arrived.y);
    let centred = if fixed > 0.0 { squares - of_fixed * of_fixed / fixed } else { squares };
    let added = if arrived.n > 0.0 {
        let (above, below) = (arrived.above, arrived.below);
        let each = (a * above.sum + b * below.sum) / arrived.n;
        let own = a * a * (above.squares + above.others) + b * b * (below.squares + below.others);
        2.0 * each * (a * arrived.x + b * arrived.y) + own
    } else {
        0.0
    };
    Some(((centred + added) * sums.n / (sums.n - 1.0)).max(0.0))
}

/// Interval of the sum of x over units, with an amount added that is taken as certain but for what arrivals add to it.
pub fn total(sums: &Moments, arrived: &Arrived, fixed: f64, level: f64) -> Option<Interval> {
    let variance = variance_of_sum(sums, arrived, (1.0, 0.0))?;
    let spread = student_quantile(0.5 + level / 2.0, sums.n - 1.0) * variance.sqrt();
    Some(Interval { low: sums.x + fixed - spread, high: sums.x + fixed + spread })
}

/// Variance of the ratio of sums over units, with amounts added to both that are taken as certain but for what arrivals
/// add to them. `None` where it cannot be told.
///
/// Linearisation, also called the delta method: Cochran, "Sampling Techniques", 3rd edition (1977), section 6.4.
fn ratio_variance(sums: &Moments, arrived: &Arrived, fixed: (f64, f64)) -> Option<f64> {
    let whole = sums.y + fixed.1;
    if whole <= 0.0 {
        return None;
    }
    let r = (sums.x + fixed.0) / whole;
    Some(variance_of_sum(sums, arrived, (1.0, -r))? / (whole * whole))
}

/// Interval of the ratio `(x + fixed.0) / (y + fixed.1)` of sums over units.
pub fn ratio(sums: &Moments, arrived: &Arrived, fixed: (f64, f64), level: f64) -> Option<Interval> {
    let spread = student_quantile(0.5 + level / 2.0, sums.n - 1.0) * ratio_variance(sums, arrived, fixed)?.sqrt();
    let middle = (sums.x + fixed.0) / (sums.y + fixed.1);
    Some(Interval { low: middle - spread, high: middle + spread })
}

/// Interval of the mean of a Poisson number, by its score: Barker, "A comparison of nine confidence intervals for a Poisson
/// parameter when the expected number of events is ≤ 5", The American Statistician 56 (2002).
pub fn poisson(count: f64, level: f64) -> Interval {
    let z = normal_quantile(0.5 + level / 2.0);
    let (middle, spread) = (count + z * z / 2.0, z * (count + z * z / 4.0).sqrt());
    Interval { low: (middle - spread).max(0.0), high: middle + spread }
}

/// Interval of the sum of two independent figures, each with its own interval: Zou and Donner, "Construction of confidence
/// limits about effect measures", Statistics in Medicine 27 (2008).
pub fn together((one, of_one): (f64, Interval), (other, of_other): (f64, Interval)) -> Interval {
    Interval {
        low: one + other - (one - of_one.low).hypot(other - of_other.low),
        high: one + other + (of_one.high - one).hypot(of_other.high - other),
    }
}

/// Interval of the share `x / y` where each unit has an x from 0 to its y, both whole numbers: Wilson's, with as many
/// trials as would give the variance that was seen, since what one unit does belongs together.
///
/// Effective sizes: Korn and Graubard, "Confidence intervals for proportions with small expected number of positive
/// counts estimated from survey data", Survey Methodology 24 (1998); with Wilson's interval: Franco, Little, Louis and
/// Slud, "Comparative study of confidence intervals for proportions in complex sample surveys", JSSAM 7 (2019).
pub fn share(sums: &Moments, level: f64) -> Option<Interval> {
    share_by(sums, sums.yy, level)
}

/// The same of sums over groups into which units were put at random, each by itself.
///
/// The sum of the squares of groups is on average that of the units and the n-th part of all products of two of them, so
/// that the one tells the other.
pub fn share_of_groups(sums: &Moments, level: f64) -> Option<Interval> {
    let of_units = (sums.yy - sums.y * sums.y / sums.n) / (1.0 - 1.0 / sums.n);
    share_by(sums, if sums.n > 1.0 { of_units } else { sums.yy }, level)
}

/// The interval of a share; `yy` is the sum of the squares of y over units.
fn share_by(sums: &Moments, yy: f64, level: f64) -> Option<Interval> {
    if sums.y <= 0.0 {
        return None;
    }
    let p = (sums.x / sums.y).clamp(0.0, 1.0);
    // Where each unit is one trial, the variance is that of the binomial: no n − 1.
    let variance =
        ratio_variance(sums, &Arrived::default(), (0.0, 0.0)).map(|variance| variance * (sums.n - 1.0) / sums.n);
    let trials = match variance.filter(|variance| *variance > 0.0) {
        Some(variance) => (p * (1.0 - p) / variance).min(sums.y),
        // All alike: as many trials as there are units with any, weighted by how much they have (Kish, "Survey Sampling"
        // (1965), section 11.7).
        None => (sums.y * sums.y / yy.max(1.0)).min(sums.y),
    };
    wilson(p * trials, trials, level)
}

/// Interval of the difference `treated − control` of two proportions, each as (successes, trials). `None` if one has no
/// trials.
///
/// Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven methods",
/// Statistics in Medicine 17 (1998), method 10.
pub fn newcombe(control: (f64, f64), treated: (f64, f64), level: f64) -> Option<Interval> {
    let (around_control, around_treated) = (wilson(control.0, control.1, level)?, wilson(treated.0, treated.1, level)?);
    let (p, q) = (control.0 / control.1, treated.0 / treated.1);
    let down = (q - around_treated.low).hypot(around_control.high - p);
    let up = (around_treated.high - q).hypot(p - around_control.low);
    Some(Interval { low: q - p - down, high: q - p + up })
}

/// Interval of the ratio `treated / control` of two proportions. `None` if one of them has no successes, or both have no
/// failures: then the logarithms tell of no spread.
///
/// Katz, Baptista, Azen and Pike, "Obtaining confidence intervals for the risk ratio in cohort studies", Biometrics 34
/// (1978), method C.
pub fn relative(control: (f64, f64), treated: (f64, f64), level: f64) -> Option<Interval> {
    if control.0 <= 0.0 || treated.0 <= 0.0 {
        return None;
    }
    let ratio = (treated.0 / treated.1) / (control.0 / control.1);
    let variance = 1.0 / control.0 - 1.0 / control.1 + 1.0 / treated.0 - 1.0 / treated.1;
    if variance <= 0.0 {
        return None;
    }
    let spread = normal_quantile(0.5 + level / 2.0) * variance.sqrt();
    Some(Interval { low: ratio * libm::exp(-spread), high: ratio * libm::exp(spread) })
}
