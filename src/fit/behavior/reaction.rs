//! A reaction that comes with a chance, after a delay, and may be still to come when the log ends.
//!
//! The likelihood is that of a mixture with right-censoring ("cure model"): what was answered after t has p·f(t), what was
//! not within c has 1 − p·F(c). Boag, "Maximum likelihood estimates of the proportion of patients cured by cancer
//! therapy", Journal of the Royal Statistical Society B 11 (1949); Farewell, Biometrics 38 (1982). p is the base rate times
//! the factor of what was sent, times what fatigue leaves. The family of delays is the one with the smaller AIC: Akaike,
//! IEEE Transactions on Automatic Control 19 (1974).

use std::collections::BTreeMap;

use super::figure::{Figure, LEAST_EVENTS, LEAST_EVENTS_OF_FATIGUE, LEAST_TRIALS, LEVEL, Method};
use crate::ir::{Delay, Fatigue};
use crate::statistics::{Interval, Optimum, maximise, normal_quantile, normal_tail, wilson};

/// 90 % quantile of the standard normal distribution.
const NORMAL_P90: f64 = 1.281_551_565_544_600_4;

/// Delays below this are taken as the whole seconds that they are, longer ones as exact.
pub(super) const COARSE_SECS: i64 = 30;

/// A chance of a reaction, and what came of it.
#[derive(Clone, Copy, Debug)]
pub struct Trial {
    /// Multiplies the chance.
    pub factor: f64,
    /// Mails of late.
    pub before: u32,
    /// How long it could be watched, in seconds.
    pub watched_secs: i64,
    /// When it came, in seconds.
    pub after_secs: Option<i64>,
}

/// What is fitted of a reaction.
#[derive(Clone, Debug)]
pub struct Reaction {
    /// The chance.
    pub rate: Figure,
    /// What each mail of late takes, if it was asked for and can be told.
    pub loss: Option<Figure>,
    /// The family and parameters of the delay that was used.
    pub delay: Delay,
    /// Its figures by name: `median` and `p90`, or `mean`; empty where the campaign's is kept.
    pub delays: BTreeMap<&'static str, Figure>,
}

/// Trials without what they share.
struct Summed {
    /// Of those answered: how many, by factor and mails of late.
    answered: BTreeMap<(u64, u32), f64>,
    /// Answered within few seconds: how many, by seconds.
    coarse: BTreeMap<i64, f64>,
    /// Of longer delays: how many, sum of the seconds, of their logarithms, and of the squares of those.
    fine: [f64; 4],
    /// Not answered: factor, mails of late, time watched, how many.
    open: Vec<(f64, u32, f64, f64)>,
    trials: f64,
    events: f64,
}

impl Summed {
    fn of(trials: &[Trial]) -> Summed {
        let (mut answered, mut coarse, mut open) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut fine = [0.0; 4];
        for trial in trials {
            let Some(secs) = trial.after_secs else {
                // Times that differ by less than one in a hundred are taken together.
                let about = (libm::log(trial.watched_secs.max(1) as f64) * 100.0).round() as i64;
                *open.entry((trial.factor.to_bits(), trial.before, about)).or_insert(0.0) += 1.0;
                continue;
            };
            *answered.entry((trial.factor.to_bits(), trial.before)).or_insert(0.0) += 1.0;
            let secs = secs.max(1);
            if secs < COARSE_SECS {
                *coarse.entry(secs).or_insert(0.0) += 1.0;
            } else {
                let log = libm::log(secs as f64);
                fine = [fine[0] + 1.0, fine[1] + secs as f64, fine[2] + log, fine[3] + log * log];
            }
        }
        let open = open.into_iter();
        let open = open.map(|((factor, before, about), count)| {
            (f64::from_bits(factor), before, libm::exp(about as f64 / 100.0), count)
        });
        let events = answered.values().sum();
        Summed { answered, coarse, fine, open: open.collect(), trials: trials.len() as f64, events }
    }

    /// Whether mails of late differ, so that what they take can be told.
    fn has_fatigue(&self) -> bool {
        let mut kinds = self.open.iter().map(|(_, before, ..)| *before).chain(self.answered.keys().map(|key| key.1));
        let first = kinds.next();
        self.events >= LEAST_EVENTS_OF_FATIGUE && kinds.any(|before| Some(before) != first)
    }

    fn is_plain(&self) -> bool {
        let one = 1.0_f64.to_bits();
        self.answered.keys().all(|key| key.0 == one) && self.open.iter().all(|each| each.0.to_bits() == one)
    }
}

/// A distribution of delays, by parameters that may be any number.
#[derive(Clone, Copy, Debug)]
pub(super) enum Family {
    /// Mean and logarithm of the standard deviation of the logarithm.
    LogNormal(f64, f64),
    /// Logarithm of the mean.
    Exponential(f64),
    /// As it is held to be, all equally likely up to this many seconds.
    Uniform(f64),
}

impl Family {
    pub(super) fn of(delay: Delay) -> Family {
        match delay {
            Delay::LogNormal { median_secs, p90_secs } => {
                let mu = libm::log(median_secs.max(1) as f64);
                let sigma = (libm::log(p90_secs.max(1) as f64) - mu) / NORMAL_P90;
                Family::LogNormal(mu, libm::log(sigma.max(1e-3)))
            }
            Delay::Exponential { mean_secs } => Family::Exponential(libm::log(mean_secs.max(1) as f64)),
        }
    }

    /// How likely a delay is to be over within some seconds.
    pub(super) fn within(self, secs: f64) -> f64 {
        match self {
            _ if secs <= 0.0 => 0.0,
            Family::LogNormal(mu, log_sigma) => normal_tail((mu - libm::log(secs)) / libm::exp(log_sigma)),
            Family::Exponential(log_mean) => -libm::expm1(-secs / libm::exp(log_mean)),
            Family::Uniform(most) => (secs / most).min(1.0),
        }
    }

    /// How likely a delay is to take just so many whole seconds, at least 1.
    pub(super) fn second(self, secs: i64) -> f64 {
        let earlier = if secs <= 1 { 0.0 } else { self.within(secs as f64 - 0.5) };
        self.within(secs as f64 + 0.5) - earlier
    }

    /// How likely a delay is, by second.
    pub(super) fn density(self, secs: f64) -> f64 {
        match self {
            Family::LogNormal(mu, log_sigma) => {
                let sigma = libm::exp(log_sigma);
                let z = (libm::log(secs) - mu) / sigma;
                libm::exp(-0.5 * z * z) / (secs * sigma * std::f64::consts::TAU.sqrt())
            }
            Family::Exponential(log_mean) => libm::exp(-secs / libm::exp(log_mean) - log_mean),
            Family::Uniform(most) => f64::from(u8::from(secs <= most)) / most,
        }
    }

    /// Logarithm of the likelihood of the delays that were seen.
    fn seen(self, summed: &Summed) -> f64 {
        let [count, secs, logs, squares] = summed.fine;
        let fine = match self {
            Family::LogNormal(mu, log_sigma) => {
                let sigma = libm::exp(log_sigma);
                let spread = (squares - 2.0 * mu * logs + count * mu * mu) / (2.0 * sigma * sigma);
                -logs - count * (log_sigma + 0.5 * libm::log(std::f64::consts::TAU)) - spread
            }
            Family::Exponential(log_mean) => -count * log_mean - secs / libm::exp(log_mean),
            Family::Uniform(_) => 0.0,
        };
        let second = |secs: i64| libm::log(self.second(secs).max(1e-300));
        fine + summed.coarse.iter().map(|(secs, count)| count * second(*secs)).sum::<f64>()
    }
}

/// What a fit is over.
#[derive(Clone, Copy)]
struct Model {
    /// Whether fatigue is fitted; else its logarithm is this.
    fatigue: Option<f64>,
    /// Which family is fitted; `None`: the delay is held to be as it is.
    family: Option<bool>,
    known: Family,
}

impl Model {
    fn taken(&self, at: &[f64]) -> (f64, f64, Family) {
        let theta = self.fatigue.unwrap_or_else(|| at[1]);
        let rest = if self.fatigue.is_some() { &at[1..] } else { &at[2..] };
        let family = match (self.family, rest) {
            (Some(true), [mu, log_sigma, ..]) => Family::LogNormal(*mu, log_sigma.max(-6.0)),
            (Some(false), [log_mean, ..]) => Family::Exponential(*log_mean),
            (_, _) => self.known,
        };
        (libm::log(logistic(at[0])), theta, family)
    }

    fn log_likelihood(&self, summed: &Summed, at: &[f64]) -> f64 {
        let (log_rate, theta, family) = self.taken(at);
        let chance = |factor: f64, before: u32| {
            (libm::exp(log_rate + theta * f64::from(before)) * factor).clamp(1e-300, 1.0 - 1e-9)
        };
        let answered =
            summed.answered.iter().map(|((factor, before), n)| n * libm::log(chance(f64::from_bits(*factor), *before)));
        let open = summed
            .open
            .iter()
            .map(|(factor, before, secs, n)| n * libm::log1p(-chance(*factor, *before) * family.within(*secs)));
        answered.sum::<f64>() + open.sum::<f64>() + family.seen(summed)
    }

    fn fit(&self, summed: &Summed) -> Optimum {
        let rate = (summed.events / summed.trials).clamp(0.001, 0.98);
        let mut start = vec![libm::log(rate / (1.0 - rate))];
        start.extend(self.fatigue.is_none().then_some(-0.01));
        let known = match self.known {
            Family::LogNormal(mu, log_sigma) => (mu, log_sigma),
            Family::Exponential(log_mean) => (log_mean, 0.0),
            Family::Uniform(most) => (libm::log(most), 0.0),
        };
        match self.family {
            Some(true) => start.extend([known.0, known.1]),
            Some(false) => start.push(known.0),
            None => {}
        }
        maximise(&start, |at| self.log_likelihood(summed, at))
    }
}

/// Fits a reaction. `known` is what the campaign holds the delay to be; `fatigue`, what it holds fatigue to be, is fitted
/// if `fit_fatigue`.
pub fn reaction(
    trials: &[Trial],
    campaign_rate: f64,
    known: Delay,
    fatigue: Option<Fatigue>,
    fit_fatigue: bool,
) -> Reaction {
    let found = fitted(trials, campaign_rate, known, fatigue, fit_fatigue);
    let sure = |loss: &Figure| loss.interval.is_some_and(|within| within.low > 0.0);
    // Fatigue that the campaign does not know of has to show itself.
    match &found.loss {
        Some(loss) if fatigue.is_none() && !sure(loss) => fitted(trials, campaign_rate, known, fatigue, false),
        Some(_) | None => found,
    }
}

fn fitted(trials: &[Trial], campaign_rate: f64, known: Delay, fatigue: Option<Fatigue>, fit_fatigue: bool) -> Reaction {
    let summed = Summed::of(trials);
    let family = Family::of(known);
    let theta = fatigue.map_or(0.0, |of| libm::log((1.0 - of.loss).max(1e-6)));
    if summed.events < LEAST_EVENTS {
        return Reaction {
            rate: rare(&summed, campaign_rate, family),
            loss: None,
            delay: known,
            delays: BTreeMap::new(),
        };
    }
    let fatigue = if fit_fatigue && summed.has_fatigue() { None } else { Some(theta) };
    let fits = [true, false].map(|log_normal| {
        let model = Model { fatigue, family: Some(log_normal), known: family };
        (model, model.fit(&summed))
    });
    let [(log_normal, two), (exponential, one)] = fits;
    // One parameter more has to gain more than 1.
    let (model, found) =
        if two.log_likelihood - 1.0 >= one.log_likelihood { (log_normal, two) } else { (exponential, one) };
    let (_, _, family) = model.taken(&found.at);
    Reaction {
        rate: rate_of(&summed, &found, &model, family),
        loss: fatigue.is_none().then(|| loss_of(&summed, &found)),
        delay: delay_of(family, known),
        delays: delays_of(summed.events, &found, family),
    }
}

/// Fits the chance of a reaction alone, whose delay is known.
pub fn chance_alone(trials: &[Trial], campaign_rate: f64, delay: Delay) -> Figure {
    rare(&Summed::of(trials), campaign_rate, Family::of(delay))
}

/// Fits the chance of a reaction that comes at any moment of a time alike.
pub fn chance_within(trials: &[Trial], campaign_rate: f64, within_secs: i64) -> Figure {
    rare(&Summed::of(trials), campaign_rate, Family::Uniform(within_secs.max(1) as f64))
}

/// The chance where delays are known: Wilson's interval, with as many trials as would give what is most likely.
fn rare(summed: &Summed, campaign: f64, family: Family) -> Figure {
    let watched: f64 = summed.events + summed.open.iter().map(|(_, _, secs, n)| n * family.within(*secs)).sum::<f64>();
    if watched < LEAST_TRIALS {
        return Figure::kept(campaign, summed.events, summed.trials, format!("fewer than {LEAST_TRIALS} trials"));
    }
    if summed.events == 0.0 {
        return Figure::new(0.0, wilson(0.0, watched, LEVEL), Method::Wilson, 0.0, summed.trials);
    }
    // The derivative of the likelihood falls through 0 once.
    let slope = |p: f64| {
        let open = summed.open.iter().map(|(_, _, secs, n)| {
            let within = family.within(*secs);
            n * within / (1.0 - p * within).max(1e-12)
        });
        summed.events / p - open.sum::<f64>()
    };
    let (mut low, mut high) = (1e-12, 1.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if slope(middle) > 0.0 { low = middle } else { high = middle }
    }
    let trials = (summed.events / low).max(summed.events);
    Figure::new(low, wilson(summed.events, trials, LEVEL), Method::Wilson, summed.events, summed.trials)
}

fn rate_of(summed: &Summed, found: &Optimum, model: &Model, family: Family) -> Figure {
    let value = logistic(found.at[0]);
    let open: f64 = summed.open.iter().map(|(_, _, secs, n)| n * family.within(*secs)).sum();
    let watched = (summed.events + open) / summed.trials;
    if model.fatigue == Some(0.0) && summed.is_plain() && watched > 0.99 {
        let trials = (summed.events / value).max(summed.events);
        return Figure::new(value, wilson(summed.events, trials, LEVEL), Method::Wilson, summed.events, summed.trials);
    }
    let within = around(found, found.at[0], &one_of(found.at.len(), 0)).map(|ends| ends.map(logistic));
    Figure::new(value, within, Method::Information, summed.events, summed.trials)
}

fn loss_of(summed: &Summed, found: &Optimum) -> Figure {
    let loss = |theta: f64| (1.0 - libm::exp(theta)).clamp(0.0, 1.0);
    let ends = around(found, found.at[1], &one_of(found.at.len(), 1));
    // A greater theta is a smaller loss.
    let within = ends.map(|ends| Interval { low: loss(ends.high), high: loss(ends.low) });
    Figure::new(loss(found.at[1]), within, Method::Information, summed.events, summed.trials)
}

pub(super) fn delay_of(family: Family, known: Delay) -> Delay {
    // A cast saturates, so that the far end stays a number.
    let secs = |log: f64| (libm::exp(log).round().max(1.0) as i64).min(1 << 40);
    match family {
        Family::LogNormal(mu, log_sigma) => {
            let median_secs = secs(mu);
            let p90_secs = secs(mu + NORMAL_P90 * libm::exp(log_sigma)).max(median_secs + 1);
            Delay::LogNormal { median_secs, p90_secs }
        }
        Family::Exponential(log_mean) => Delay::Exponential { mean_secs: secs(log_mean) },
        Family::Uniform(_) => known,
    }
}

pub(super) fn delays_of(events: f64, found: &Optimum, family: Family) -> BTreeMap<&'static str, Figure> {
    let size = found.at.len();
    let figure = |log: f64, gradient: &[f64]| {
        let within = around(found, log, gradient).map(|ends| ends.map(libm::exp));
        Figure::new(libm::exp(log), within, Method::Information, events, events)
    };
    match family {
        Family::LogNormal(mu, log_sigma) => {
            let spread = NORMAL_P90 * libm::exp(log_sigma);
            let mut of_p90 = one_of(size, size - 2);
            of_p90[size - 1] = spread;
            BTreeMap::from([("median", figure(mu, &one_of(size, size - 2))), ("p90", figure(mu + spread, &of_p90))])
        }
        Family::Exponential(log_mean) => BTreeMap::from([("mean", figure(log_mean, &one_of(size, size - 1)))]),
        Family::Uniform(_) => BTreeMap::new(),
    }
}

fn around(found: &Optimum, middle: f64, gradient: &[f64]) -> Option<Interval> {
    let spread = normal_quantile(0.5 + LEVEL / 2.0) * found.standard_error(gradient)?;
    Some(Interval { low: middle - spread, high: middle + spread })
}

fn one_of(size: usize, place: usize) -> Vec<f64> {
    (0..size).map(|at| f64::from(u8::from(at == place))).collect()
}

pub(super) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}
