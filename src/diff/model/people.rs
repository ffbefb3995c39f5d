//! What a change does to people who are told: those inside, and those of a simulation.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::InFlight;
use crate::ir::{Length, Name};

/// The people inside.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Inside {
    /// How many were told.
    pub read: u64,
    /// Of these, those who stand where the base has no step.
    pub nowhere: u64,
    /// How many stand where, and what becomes of them, the worst first.
    pub fates: Vec<Fate>,
    /// Those who would leave, get something twice or be stuck.
    pub people: Vec<Standing>,
    /// How many of these are not named.
    pub unnamed: u64,
}

/// What becomes of those on one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fate {
    /// The journey.
    pub journey: Name,
    /// The step.
    pub step: Name,
    /// What becomes of them.
    pub fate: InFlight,
    /// Of a wait that takes another time: what that is to them, by how long they have waited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<Waits>,
    /// How many they are.
    pub leads: u64,
}

/// What another time of a wait is to somebody who has waited for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Waits {
    /// It has waited as long already.
    AtOnce,
    /// The rest is shorter.
    Shorter,
    /// The rest is longer.
    Longer,
}

impl Waits {
    /// What it means, in words.
    pub fn words(self) -> &'static str {
        match self {
            Waits::AtOnce => "have waited as long already and go on at once",
            Waits::Shorter => "wait for a shorter time than they would have",
            Waits::Longer => "wait for a longer time than they would have",
        }
    }
}

/// A wait that takes another time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Retimed {
    /// How long it was before the change.
    pub before: Length,
    /// How long it is after it.
    pub after: Length,
}

/// One of the people inside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Standing {
    /// The lead.
    pub lead: String,
    /// The journey.
    pub journey: Name,
    /// The step on which it stands.
    pub step: Name,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// What becomes of it.
    pub fate: InFlight,
}

/// Both sides simulated with the same leads and the same chance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Simulated {
    /// Leads that took part.
    pub leads: u64,
    /// Those that are leads newly: the base refuses their rows.
    #[serde(default)]
    pub taken: u64,
    /// Those that are leads no longer: their rows are refused now.
    #[serde(default)]
    pub refused: u64,
    /// Those that get more mails and messages.
    pub more: u64,
    /// Fewer.
    pub fewer: u64,
    /// As many, but others.
    pub other: u64,
    /// The same, at other times.
    pub moved: u64,
    /// The very same at the same seconds.
    pub same: u64,
    /// Leads that get something else, those with the largest difference first.
    pub people: Vec<Gets>,
    /// How many of these are not named.
    pub unnamed: u64,
    /// Figures of both, with intervals of the differences, as `simulate --against` writes them.
    pub comparison: serde_json::Value,
    /// The same for people.
    #[serde(skip)]
    pub figures: String,
}

/// What one lead gets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Gets {
    /// The lead.
    pub lead: String,
    /// Mails before, and after.
    pub mails: (u64, u64),
    /// What it gets in addition.
    pub newly: Vec<Name>,
    /// What it gets no longer.
    pub no_longer: Vec<Name>,
}
