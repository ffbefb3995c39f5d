//! An event that follows another one with a chance, after a delay, where several may have been its cause.
//!
//! Which of the earlier events caused it nobody tells. So what is seen at second s counts with Σ p·f(s − t) over all causes
//! at seconds t before, and each cause that was watched for c seconds with p·F(c): the likelihood of events that come
//! independently at that rate given the causes, whose maximum stays near the truth though no cause has more than one effect
//! (an estimating function as of Waagepetersen, Biometrics 63 (2007)). It says the same as that of pairs where no two causes
//! are open at once, and its intervals are rather too wide than too narrow where they are. For each delay the chance is
//! the effects by Σ F(c), and at most 1.

use std::collections::BTreeMap;

use super::figure::{Figure, LEAST_EVENTS, LEAST_TRIALS, LEVEL, Method};
use super::reaction::{COARSE_SECS, Family, Reaction, delay_of, delays_of, logistic};
use crate::ir::Delay;
use crate::statistics::{Interval, Optimum, maximise, normal_quantile, wilson};

/// Causes that are looked at of one effect, the latest of them.
pub const CAUSES: usize = 64;

/// What is seen of causes and effects.
#[derive(Clone, Debug, Default)]
pub struct Followed {
    /// How long each cause could be watched, in seconds.
    pub watched_secs: Vec<i64>,
    /// Of each effect, the seconds since each cause that it may have had, the latest first; at least one.
    pub since_secs: Vec<Vec<i64>>,
}

/// Fits the chance and the delay. `known` is what the campaign holds the delay to be.
pub fn following(seen: &Followed, campaign_rate: f64, known: Delay) -> Reaction {
    let summed = Summed::of(seen);
    if summed.effects < LEAST_EVENTS {
        let rate = summed.chance(campaign_rate, Family::of(known), None);
        return Reaction { rate, loss: None, delay: known, delays: BTreeMap::new() };
    }
    let start = summed.start();
    let log_normal = maximise(&start, |at| summed.log_likelihood(family_of(at)));
    let exponential = maximise(&start[..1], |at| summed.log_likelihood(family_of(at)));
    // One parameter more has to gain more than 1.
    let found = if log_normal.log_likelihood - 1.0 >= exponential.log_likelihood { log_normal } else { exponential };
    let family = family_of(&found.at);
    Reaction {
        rate: summed.chance(campaign_rate, family, Some(&found)),
        loss: None,
        delay: delay_of(family, known),
        delays: delays_of(summed.effects, &found, family),
    }
}

/// The delay by its parameters: one of the exponential, two of the log-normal distribution.
fn family_of(at: &[f64]) -> Family {
    match at {
        [mu, log_sigma, ..] => Family::LogNormal(*mu, log_sigma.max(-6.0)),
        [log_mean] => Family::Exponential(*log_mean),
        [] => Family::Exponential(0.0),
    }
}

/// Causes and effects without what they share.
struct Summed {
    /// Times for which causes were watched, in seconds, each with how many.
    watched: Vec<(f64, f64)>,
    causes: f64,
    effects: f64,
    /// Of effects with one possible cause: seconds, with how many.
    alone: BTreeMap<i64, f64>,
    /// Of the others: the seconds since each.
    shared: Vec<Vec<i64>>,
}

impl Summed {
    fn of(seen: &Followed) -> Summed {
        let mut watched: BTreeMap<i64, f64> = BTreeMap::new();
        for secs in &seen.watched_secs {
            // Times that differ by less than one in a hundred are taken together.
            let about = (libm::log((*secs).max(1) as f64) * 100.0).round() as i64;
            *watched.entry(about).or_insert(0.0) += 1.0;
        }
        let (mut alone, mut shared) = (BTreeMap::new(), Vec::new());
        for since in &seen.since_secs {
            match since.as_slice() {
                [only] => *alone.entry(*only).or_insert(0.0) += 1.0,
                several => shared.push(several.to_vec()),
            }
        }
        Summed {
            watched: watched.into_iter().map(|(about, n)| (libm::exp(about as f64 / 100.0), n)).collect(),
            causes: seen.watched_secs.len() as f64,
            effects: seen.since_secs.len() as f64,
            alone,
            shared,
        }
    }

    /// Mean and logarithm of the deviation of the logarithms, as if each effect followed the latest cause.
    fn start(&self) -> [f64; 2] {
        let latest = self.shared.iter().filter_map(|since| Some((*since.first()?, 1.0)));
        let all: Vec<(f64, f64)> = self
            .alone
            .iter()
            .map(|(secs, n)| (*secs, *n))
            .chain(latest)
            .map(|(secs, n)| (libm::log(secs.max(1) as f64), n))
            .collect();
        let mean = all.iter().map(|(log, n)| log * n).sum::<f64>() / self.effects;
        let spread = all.iter().map(|(log, n)| n * (log - mean) * (log - mean)).sum::<f64>() / self.effects;
        [mean, libm::log(spread.sqrt().max(0.05))]
    }

    /// Effects that are expected at a chance of 1.
    fn expected(&self, family: Family) -> f64 {
        self.watched.iter().map(|(secs, n)| n * family.within(*secs)).sum()
    }

    fn log_likelihood(&self, family: Family) -> f64 {
        let expected = self.expected(family).max(1e-300);
        let chance = (self.effects / expected).min(1.0);
        let alone = self.alone.iter().map(|(secs, n)| n * libm::log(density(family, *secs).max(1e-300)));
        let shared = self.shared.iter().map(|since| {
            let together: f64 = since.iter().map(|secs| density(family, *secs)).sum();
            libm::log(together.max(1e-300))
        });
        alone.sum::<f64>() + shared.sum::<f64>() + self.effects * libm::log(chance) - chance * expected
    }

    /// The chance at a delay, which may itself be fitted.
    fn chance(&self, campaign: f64, family: Family, found: Option<&Optimum>) -> Figure {
        let expected = self.expected(family);
        if expected < LEAST_TRIALS {
            return Figure::kept(campaign, self.effects, self.causes, format!("fewer than {LEAST_TRIALS} trials"));
        }
        let value = (self.effects / expected).min(1.0);
        let by_share = || {
            let interval = wilson(self.effects, expected.max(self.effects), LEVEL);
            Figure::new(value, interval, Method::Wilson, self.effects, self.causes)
        };
        let watched = expected / self.causes;
        let is_inside = value > 0.0 && value < 1.0;
        let Some(found) = found.filter(|_| watched <= 0.99 && is_inside) else { return by_share() };
        let gradient = self.gradient(&found.at);
        let Some(of_delay) = found.standard_error(&gradient) else { return by_share() };
        // Of the logit: the share of so many, and how many there are by the delay.
        let spread = ((1.0 - value) / self.effects + of_delay * of_delay).sqrt() / (1.0 - value);
        let (middle, reach) = (libm::log(value / (1.0 - value)), normal_quantile(0.5 + LEVEL / 2.0) * spread);
        let interval = Interval { low: logistic(middle - reach), high: logistic(middle + reach) };
        Figure::new(value, Some(interval), Method::Information, self.effects, self.causes)
    }

    /// By how much the logarithm of the expected effects grows with each parameter of the delay.
    fn gradient(&self, at: &[f64]) -> Vec<f64> {
        const STEP: f64 = 1e-4;
        let moved = |place: usize, by: f64| {
            let mut at = at.to_vec();
            at[place] += by;
            libm::log(self.expected(family_of(&at)).max(1e-300))
        };
        (0..at.len()).map(|place| (moved(place, STEP) - moved(place, -STEP)) / (2.0 * STEP)).collect()
    }
}

/// How likely a delay is, by second; few seconds are taken as the whole ones that they are.
fn density(family: Family, secs: i64) -> f64 {
    if secs < COARSE_SECS { family.second(secs.max(1)) } else { family.density(secs as f64) }
}
