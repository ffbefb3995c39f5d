//! How much customers spend each time: the gamma-gamma model.
//!
//! What one customer spends is gamma with shape `p`; its scale differs between customers by a gamma distribution (`q`,
//! `gamma`). How much is taken to have nothing to do with how often.
//!
//! Fader, Hardie and Lee, "RFM and CLV: Using Iso-Value Curves for Customer Base Analysis", Journal of Marketing Research
//! 42 (2005); the formulas are those of Fader and Hardie, "The Gamma-Gamma Model of Monetary Value" (2013): the likelihood
//! is its equation (1a), the expectation its equation (5).

use super::{Estimate, estimates};
use crate::statistics::maximise;

/// What a customer spent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spent {
    /// Purchases that the mean is of.
    pub purchases: f64,
    /// Mean amount.
    pub mean: f64,
}

/// A fitted model.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct GammaGamma {
    /// Shape of what one customer spends.
    pub p: Estimate,
    /// Shape of the scales.
    pub q: Estimate,
    /// Scale of the scales, in the currency.
    pub gamma: Estimate,
    /// Logarithm of the likelihood.
    pub log_likelihood: f64,
}

/// The parameters `p`, `q`, `gamma`.
pub type Parameters = [f64; 3];

/// Fits the model by maximum likelihood. Amounts are positive.
pub fn fit(spent: &[Spent]) -> GammaGamma {
    let mean = spent.iter().map(|each| each.mean).sum::<f64>() / spent.len().max(1) as f64;
    let found = maximise(&[1.0, 1.0, libm::log(mean)], |logs| {
        let of = std::array::from_fn(|at| libm::exp(logs[at].clamp(-20.0, 30.0)));
        spent.iter().map(|each| log_likelihood(&of, each)).sum()
    });
    let [p, q, gamma] = estimates(&found);
    GammaGamma { p, q, gamma, log_likelihood: found.log_likelihood }
}

/// What all customers spend each time, if it is always the same: then nothing differs that the model could be fitted to.
pub fn always(spent: &[Spent]) -> Option<f64> {
    let price = spent.first()?.mean;
    spent.iter().all(|each| (each.mean - price).abs() <= 1e-9 * price).then_some(price)
}

fn log_likelihood([p, q, gamma]: &Parameters, each: &Spent) -> f64 {
    let (x, mean) = (each.purchases, each.mean);
    libm::lgamma(p * x + q) - libm::lgamma(p * x) - libm::lgamma(*q)
        + q * libm::log(*gamma)
        + (p * x - 1.0) * libm::log(mean)
        + p * x * libm::log(x)
        - (p * x + q) * libm::log(gamma + mean * x)
}

/// What a customer is expected to spend each time; without purchases, the mean of all. `None` where the model has no mean.
pub fn expected([p, q, gamma]: &Parameters, each: Option<Spent>) -> Option<f64> {
    let Spent { purchases, mean } = each.unwrap_or(Spent { purchases: 0.0, mean: 0.0 });
    let below = p * purchases + q - 1.0;
    (below > 0.0).then(|| (gamma + mean * purchases) * p / below)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With p = q = gamma = 1 and one purchase of z the density is 1/(1 + z)²: 1/9 at 2. With two of mean 2,
    /// Γ(3)/(Γ(2)Γ(1)) · 2 · 2² / (1 + 4)³ = 16/125.
    #[test]
    fn the_likelihood_is_that_reckoned_by_hand() {
        let of = |purchases| libm::exp(log_likelihood(&[1.0; 3], &Spent { purchases, mean: 2.0 }));
        assert!((of(1.0) - 1.0 / 9.0).abs() < 1e-12 && (of(2.0) - 16.0 / 125.0).abs() < 1e-12);
    }

    /// With the parameters published for CDNOW the mean of all is gamma p / (q − 1) = 15.44 · 6.25 / 2.74, and a customer
    /// with many purchases is expected to spend what it has spent.
    #[test]
    fn expectations_lie_between_all_and_one() {
        let of = [6.25, 3.74, 15.44];
        let all = expected(&of, None).unwrap();
        assert!((all - 35.219).abs() < 0.001, "{all}");
        let one = expected(&of, Some(Spent { purchases: 10_000.0, mean: 80.0 })).unwrap();
        assert!((one - 80.0).abs() < 0.01, "{one}");
        assert_eq!(expected(&[1.0, 0.9, 1.0], None), None);
    }
}
