//! How often customers buy, and whether they still do: the BG/NBD model.
//!
//! While a customer is one, purchases come as a Poisson process, whose rates differ between customers by a gamma
//! distribution (`r`, `alpha`); after each purchase a customer is lost with a chance that differs by a beta distribution
//! (`a`, `b`).
//!
//! Fader, Hardie and Lee, "“Counting Your Customers” the Easy Way: An Alternative to the Pareto/NBD Model", Marketing
//! Science 24 (2005): the likelihood is its equation (6), the expectation its equation (10), both in the form of their
//! note "Implementing the BG/NBD Model for Customer Base Analysis in Excel" (2005), whose logarithms do not overflow.

use super::hypergeometric::gauss;
use super::{Estimate, estimates};
use crate::statistics::maximise;

/// What is known of customers: how often and when last they bought again, and for how long they have been seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// Days with a purchase after the first.
    pub repeats: u32,
    /// From the first purchase to the last, in weeks.
    pub last_weeks: f64,
    /// From the first purchase to the end of the log, in weeks.
    pub age_weeks: f64,
    /// How many customers are like this.
    pub customers: f64,
}

/// A fitted model.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct BgNbd {
    /// Shape of the rates.
    pub r: Estimate,
    /// Scale of the rates, in weeks.
    pub alpha: Estimate,
    /// First parameter of the chance to be lost.
    pub a: Estimate,
    /// Second parameter of the chance to be lost.
    pub b: Estimate,
    /// Logarithm of the likelihood.
    pub log_likelihood: f64,
}

/// The parameters `r`, `alpha`, `a`, `b`.
pub type Parameters = [f64; 4];

/// Fits the model by maximum likelihood.
pub fn fit(seen: &[Seen]) -> BgNbd {
    let most = seen.iter().map(|each| each.repeats).max().unwrap_or(0);
    let found = maximise(&[0.0, 1.0, 0.0, 1.0], |logs| log_likelihood(&exp(logs), seen, most));
    let [r, alpha, a, b] = estimates(&found);
    BgNbd { r, alpha, a, b, log_likelihood: found.log_likelihood }
}

fn exp(logs: &[f64]) -> Parameters {
    // Beyond this every likelihood is flat.
    std::array::from_fn(|at| libm::exp(logs[at].clamp(-15.0, 15.0)))
}

/// Logarithm of the likelihood; `most` is the greatest number of repeats.
fn log_likelihood(of: &Parameters, seen: &[Seen], most: u32) -> f64 {
    // What depends on the number of purchases alone is reckoned once for each.
    let by_repeats: Vec<f64> = (0..=most).map(|repeats| counted(of, f64::from(repeats))).collect();
    let one = |each: &Seen| by_repeats[each.repeats as usize] + timed(of, each);
    seen.iter().map(|each| each.customers * one(each)).sum()
}

fn counted([r, alpha, a, b]: &Parameters, x: f64) -> f64 {
    let purchases = libm::lgamma(r + x) - libm::lgamma(*r) + r * libm::log(*alpha);
    purchases + libm::lgamma(a + b) + libm::lgamma(b + x) - libm::lgamma(*b) - libm::lgamma(a + b + x)
}

fn timed([r, alpha, a, b]: &Parameters, each: &Seen) -> f64 {
    let x = f64::from(each.repeats);
    let still = -(r + x) * libm::log(alpha + each.age_weeks);
    if each.repeats == 0 {
        return still;
    }
    let lost = libm::log(*a) - libm::log(b + x - 1.0) - (r + x) * libm::log(alpha + each.last_weeks);
    let greater = still.max(lost);
    greater + libm::log(libm::exp(still - greater) + libm::exp(lost - greater))
}

/// Chance that a customer still is one. Fader, Hardie and Lee, "Computing P(alive) using the BG/NBD model" (2008).
pub fn alive(of: &Parameters, each: &Seen) -> f64 {
    1.0 / (1.0 + odds_of_loss(of, each))
}

fn odds_of_loss([r, alpha, a, b]: &Parameters, each: &Seen) -> f64 {
    if each.repeats == 0 {
        return 0.0;
    }
    let x = f64::from(each.repeats);
    a / (b + x - 1.0) * libm::pow((alpha + each.age_weeks) / (alpha + each.last_weeks), r + x)
}

/// Purchases that are expected of a customer in the next so many weeks.
pub fn expected(of: &Parameters, each: &Seen, weeks: f64) -> f64 {
    let [r, alpha, a, b] = *of;
    // At 1 the formula is 0/0, and its value is that beside it.
    let a = if (a - 1.0).abs() < 1e-6 { 1.0 + 1e-6 } else { a };
    let (x, end) = (f64::from(each.repeats), alpha + each.age_weeks);
    let series = gauss(r + x, b + x, a + b + x - 1.0, weeks / (end + weeks));
    let left = 1.0 - libm::pow(end / (end + weeks), r + x) * series;
    ((a + b + x - 1.0) / (a - 1.0) * left / (1.0 + odds_of_loss(&[r, alpha, a, b], each))).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the paper finds for the sample of CDNOW.
    const CDNOW: Parameters = [0.242_6, 4.413_6, 0.792_9, 2.425_9];

    fn seen(repeats: u32, last_weeks: f64, age_weeks: f64) -> Seen {
        Seen { repeats, last_weeks, age_weeks, customers: 1.0 }
    }

    /// With r = alpha = a = b = 1 the likelihood by hand, straight from equation (6): a customer without repeats in 3 weeks
    /// has alpha^r / (alpha + T)^r = 1/4. One with one repeat at week 1 of 3 has
    /// B(1, 2)/B(1, 1) · 1/(1 + 3)² + B(2, 1)/B(1, 1) · 1/(1 + 1)² = 1/2 · 1/16 + 1/2 · 1/4 = 5/32.
    #[test]
    fn the_likelihood_is_that_reckoned_by_hand() {
        let ones = [1.0; 4];
        let of = |each: Seen| libm::exp(log_likelihood(&ones, &[each], each.repeats));
        assert!((of(seen(0, 0.0, 3.0)) - 0.25).abs() < 1e-12);
        assert!((of(seen(1, 1.0, 3.0)) - 5.0 / 32.0).abs() < 1e-12);
        let twice = Seen { customers: 2.0, ..seen(1, 1.0, 3.0) };
        assert!((log_likelihood(&ones, &[twice], 1) - 2.0 * libm::log(5.0 / 32.0)).abs() < 1e-12);
    }

    /// The first customer of the sample, and what the authors' note expects of it in the next 39 weeks: 1.226.
    #[test]
    fn the_published_customer_is_expected_to_buy_as_published() {
        let found = expected(&CDNOW, &seen(2, 30.43, 38.86), 39.0);
        assert!((found - 1.226).abs() < 0.001, "{found}");
    }

    /// Against the definition: the mean over a time is the integral of rates times the chance to be there, here for one who
    /// has never come back, by a fine grid over both mixing distributions with whole parameters.
    #[test]
    fn expectations_are_those_of_the_definition() {
        // Without a purchase again nobody is lost; then the rate is gamma(r, alpha + T), and of lambda and p the mean number
        // in t is (1 − exp(−lambda p t)) / p.
        let (r, alpha, a, b, age, weeks) = (2.0, 3.0, 2.0, 3.0, 4.0, 5.0);
        let (steps, mut sum) = (400, 0.0);
        for i in 0..steps {
            let p = (f64::from(i) + 0.5) / f64::from(steps);
            let of_p = 12.0 * p * (1.0 - p) * (1.0 - p) / f64::from(steps);
            // The gamma distribution's Laplace transform does the other integral.
            sum += of_p * (1.0 - libm::pow((alpha + age) / (alpha + age + p * weeks), r)) / p;
        }
        let found = expected(&[r, alpha, a, b], &seen(0, 0.0, age), weeks);
        assert!((found - sum).abs() < 1e-4, "{found} {sum}");
    }
}
