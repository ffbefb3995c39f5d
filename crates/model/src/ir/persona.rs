//! Personas: who leads are, and how they behave.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answers, Channel, Condition, Name, Reading, Value, journey::Moment};
use crate::text::Origin;

/// A kind of person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Persona {
    /// Its name.
    pub name: Name,
    /// Name for people.
    pub label: Option<String>,
    /// Who it is.
    pub matches: Condition,
    /// Share of the leads, 0 to 1, for making leads up.
    pub share: Option<f64>,
    /// How it behaves.
    pub behavior: Behavior,
    /// Needs, goals, pains and quotes, for people.
    pub narrative: BTreeMap<String, Vec<String>>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// How a persona behaves. Chances are 0 to 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Behavior {
    /// Of a delivered mail to be opened.
    pub open: f64,
    /// Of an opened mail to be clicked.
    pub click: f64,
    /// Of a delivered mail to make them unsubscribe.
    pub unsubscribe: f64,
    /// Of a delivered mail to be reported.
    pub complain: f64,
    /// Of an attempt to fail for now.
    pub soft_bounce: f64,
    /// Of an attempt to fail for good.
    pub hard_bounce: f64,
    /// From delivery to opening, unsubscribing or complaining.
    pub open_delay: Delay,
    /// From opening to the click.
    pub click_delay: Delay,
    /// What mails of late take from the chance to open.
    pub open_fatigue: Option<Fatigue>,
    /// What mails of late take from the chance to click.
    pub click_fatigue: Option<Fatigue>,
    /// How it reads messages, by channel.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub messages: BTreeMap<Channel, Reading>,
    /// When it is most likely to read; the project's time if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_time: Option<Moment>,
    /// What the chance to open is multiplied by for mail that comes within the hour from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_best_time: Option<f64>,
    /// It does nothing at all, reading included, at moments when this does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// What it does besides.
    pub does: Vec<Does>,
    /// How it answers requests for consent, and leaves.
    #[serde(default, skip_serializing_if = "Answers::is_empty")]
    pub answers: Answers,
}

/// How long something takes, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Delay {
    /// Log-normal, by two of its quantiles.
    LogNormal {
        /// Half take at most this long.
        median_secs: i64,
        /// Nine in ten take at most this long.
        p90_secs: i64,
    },
    /// Exponential: it comes at any moment alike, however long it has been waited for.
    Exponential {
        /// What it takes on average.
        mean_secs: i64,
    },
}

impl Default for Delay {
    fn default() -> Delay {
        Delay::LogNormal { median_secs: 0, p90_secs: 0 }
    }
}

/// Each mail received within the window multiplies the chance by `1 - loss`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fatigue {
    /// Share lost with each mail, 0 to 1.
    pub loss: f64,
    /// Look-back in seconds.
    pub window_secs: i64,
}

/// Something a persona does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Does {
    /// The event.
    pub event: Name,
    /// Its properties.
    pub with: BTreeMap<Name, Value>,
    /// How it comes about.
    pub cause: Cause,
    /// Condition on the lead at the moment it would happen (`rate`) or be decided (`after`).
    pub when: Option<Condition>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// How something a persona does comes about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// By itself, a Poisson process.
    Rate {
        /// Mean number in one second.
        per_sec: f64,
    },
    /// After an event.
    After {
        /// The event.
        event: Name,
        /// Condition on it.
        filter: Option<Condition>,
        /// Chance that it follows.
        chance: f64,
        /// It follows at any moment of this time alike, in seconds.
        within_secs: i64,
        /// How long after it follows, if it is not any moment alike.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        delay: Option<Delay>,
    },
}
