//! A figure of behaviour: its value, how sure it is, and what it rests on.

use serde::Serialize;

use crate::statistics::{Interval, poisson};

/// Level of the intervals.
pub const LEVEL: f64 = 0.95;

/// Trials that a chance needs at least.
pub const LEAST_TRIALS: f64 = 20.0;

/// Events that a delay or a rate needs at least.
pub const LEAST_EVENTS: f64 = 10.0;

/// Events that fatigue needs at least.
pub const LEAST_EVENTS_OF_FATIGUE: f64 = 50.0;

/// How an interval was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Wilson's interval of a share.
    Wilson,
    /// The score interval of a Poisson rate.
    Score,
    /// Observed information about the logarithm, of chances the logit.
    Information,
    /// None: the value is the campaign's.
    Kept,
}

/// A figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// Its value: chances and losses from 0 to 1, delays in seconds, rates per second.
    pub value: f64,
    /// 95 % interval.
    pub interval: Option<Interval>,
    /// How that was found.
    pub method: Method,
    /// How often it was seen.
    pub events: u64,
    /// Of how many trials; of a rate, seconds.
    pub trials: u64,
    /// Why it is the campaign's value, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<String>,
}

impl Figure {
    /// An estimate.
    pub fn new(value: f64, interval: Option<Interval>, method: Method, events: f64, trials: f64) -> Figure {
        Figure { value, interval, method, events: events as u64, trials: trials as u64, kept: None }
    }

    /// The campaign's value, since the log says too little.
    pub fn kept(value: f64, events: f64, trials: f64, why: String) -> Figure {
        let (events, trials) = (events as u64, trials as u64);
        Figure { value, interval: None, method: Method::Kept, events, trials, kept: Some(why) }
    }

    /// A rate of events in an exposure, with the score interval.
    pub fn rate(events: f64, exposure_secs: f64) -> Figure {
        let within = poisson(events, LEVEL).map(|end| end / exposure_secs);
        Figure::new(events / exposure_secs, Some(within), Method::Score, events, exposure_secs)
    }
}
