//! Effects that somebody has accepted. An acceptance is bound to one change by its hash: of any other it says nothing, so
//! that it lapses by itself once the journey, or anything that has an effect on it, is edited again.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

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

/// The name under which it is accepted that fields refuse rows.
const FIELDS: &str = "fields";

/// The name under which it is accepted what may follow later, where that is all.
const LATER: &str = "later";

impl Change {
    /// Notes what was accepted, and what is left that was not.
    pub fn accept(&mut self, accepted: &Accepted) {
        for journey in &mut self.journeys {
            let is_it = |one: &&Acceptance| {
                one.journey == journey.journey && one.change == journey.hash && one.class == journey.class
            };
            journey.accepted = accepted.accepted.iter().find(is_it).map(|one| one.reason.clone());
        }
        let refused = self
            .refused_hash()
            .filter(|hash| !accepted.accepted.iter().any(|one| one.journey == FIELDS && one.change == *hash));
        let later = self
            .later_hash()
            .filter(|hash| !accepted.accepted.iter().any(|one| one.journey == LATER && one.change == *hash));
        if !self.journeys.is_empty() || !self.refused.is_empty() || self.later_hash().is_some() {
            let open = self.journeys.iter().filter(|journey| journey.accepted.is_none());
            let open = open.map(|journey| journey.class).chain(refused.or(later).map(|_| Class::Audience));
            self.open = open.max().unwrap_or(Class::None);
        }
    }

    /// The effect that can be accepted under a name, and its hash: on a journey, `fields` for rows that are refused, or `later`
    /// for what may follow later where no journey is known to be reached otherwise.
    pub fn acceptable(&self, name: &str) -> Option<(Class, String)> {
        let journey = self.journeys.iter().find(|journey| journey.journey == name);
        let fields = || Some((Class::Audience, self.refused_hash().filter(|_| name == FIELDS)?));
        let later = || Some((Class::Audience, self.later_hash().filter(|_| name == LATER)?));
        journey.map(|journey| (journey.class, journey.hash.clone())).or_else(fields).or_else(later)
    }

    /// Hash of what rows are refused for, if any are.
    fn refused_hash(&self) -> Option<String> {
        hash_of(&self.refused.iter().map(|fact| fact.says.as_str()).collect::<Vec<_>>())
    }

    /// Hash of what may follow later, where nothing else is told, and of the edits.
    fn later_hash(&self) -> Option<String> {
        if !self.journeys.is_empty() || self.later.is_empty() {
            return None;
        }
        let parts = self.parts.iter().flat_map(|part| &part.differs);
        let edits = parts.map(|differs| format!("{} {:?} {:?}", differs.path, differs.before, differs.after));
        let says = self.later.iter().map(|later| format!("{} {:?}", later.writes, later.journeys));
        let all: Vec<String> = says.chain(edits).collect();
        hash_of(&all.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

/// Hash of some sentences; `None` of none.
fn hash_of(says: &[&str]) -> Option<String> {
    let digest = Sha256::digest(says.join("\n"));
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    (!says.is_empty()).then(|| format!("sha256:{hex}"))
}

impl Accepted {
    /// Takes an acceptance in, in the place of older ones of the journey; those that have lapsed are dropped.
    pub fn add(&mut self, one: Acceptance, change: &Change) {
        let stands = |old: &Acceptance| {
            let is_it = |(_, hash): (Class, String)| hash == old.change;
            old.journey != one.journey && change.acceptable(&old.journey).is_some_and(is_it)
        };
        self.accepted.retain(stands);
        self.accepted.push(one);
        self.accepted.sort();
    }
}
