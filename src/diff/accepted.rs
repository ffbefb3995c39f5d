//! Effects that somebody has accepted. An acceptance is bound to one change by its hash: of any other it says nothing, so
//! that it lapses by itself once the journey, or anything that has an effect on it, is edited again.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::model::{Change, Class};
use crate::ir::Name;

/// The file of acceptances.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// Each of them, by journey.
    pub accepted: Vec<Acceptance>,
}

/// An effect on a journey that was accepted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// The journey.
    pub journey: Name,
    /// What the effect was.
    pub class: Class,
    /// Hash of the change.
    pub change: String,
    /// Why it was accepted.
    pub reason: String,
}

impl Change {
    /// Notes what was accepted, and what is left that was not.
    pub fn accept(&mut self, accepted: &Accepted) {
        for journey in &mut self.journeys {
            let is_it = |one: &&Acceptance| {
                one.journey == journey.journey && one.change == journey.hash && one.class == journey.class
            };
            journey.accepted = accepted.accepted.iter().find(is_it).map(|one| one.reason.clone());
        }
        if !self.journeys.is_empty() {
            let open = self.journeys.iter().filter(|journey| journey.accepted.is_none());
            self.open = open.map(|journey| journey.class).max().unwrap_or(Class::None);
        }
    }
}

impl Accepted {
    /// Takes an acceptance in, in the place of older ones of the journey; those that have lapsed are dropped.
    pub fn add(&mut self, one: Acceptance, change: &Change) {
        let stands = |old: &Acceptance| {
            old.journey != one.journey && change.journeys.iter().any(|journey| journey.hash == old.change)
        };
        self.accepted.retain(stands);
        self.accepted.push(one);
        self.accepted.sort();
    }
}
