//! What other systems do with leads inside when a journey is edited: one data file, each entry with its source and date.
//!
//! Where nothing is documented the fate is unknown: it is not guessed.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::model::{Change, Class, Edit, Fact, InFlight};
use crate::text::nearest;

/// The data file.
const FILE: &str = include_str!("targets.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "format_version")]
    _format_version: u32,
    targets: Vec<Target>,
}

/// A system that runs journeys.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// What is meant, for people.
    pub label: String,
    /// What it does with a lead that stands where something is edited.
    pub edits: BTreeMap<Edit, Rule>,
}

/// What becomes of a lead.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// In one word.
    pub fate: InFlight,
    /// In a sentence about the lead.
    pub says: String,
    /// Where that is written.
    pub source: String,
    /// Date of the source, or on which it was read.
    pub date: String,
}

/// The systems that are known, tabiji first.
pub fn targets() -> Vec<Target> {
    serde_json::from_str::<File>(FILE).map(|file| file.targets).unwrap_or_default()
}

impl Change {
    /// Judges what becomes of leads inside by the rules of another system.
    ///
    /// # Errors
    /// In words, if it is not known.
    pub fn on(&mut self, name: &str) -> Result<(), String> {
        let known = targets();
        let Some(target) = known.iter().find(|target| target.name == name) else {
            let names: Vec<&str> = known.iter().map(|target| target.name.as_str()).collect();
            let near = nearest(name, names.iter().copied()).map(|near| format!("; did you mean `{near}`?"));
            return Err(format!("there is no target `{name}`{}", near.unwrap_or(format!("; {}", names.join(", ")))));
        };
        self.target.clone_from(&target.name);
        if name == "tabiji" {
            return Ok(());
        }
        for journey in &mut self.journeys {
            let facts = std::mem::take(&mut journey.in_flight.facts);
            let mut facts: Vec<Fact> = facts.into_iter().map(|fact| target.judged(fact)).collect();
            facts.sort_by_key(|fact| std::cmp::Reverse(fact.fate));
            journey.in_flight.value = facts.iter().filter_map(|fact| fact.fate).max().unwrap_or_default();
            journey.fates = BTreeMap::new();
            for (fate, step) in facts.iter().filter_map(|fact| Some((fact.fate?, fact.step.clone()?))) {
                let worst = journey.fates.entry(step).or_default();
                *worst = fate.max(*worst);
            }
            journey.in_flight.facts = facts;
            journey.class = super::class(journey);
        }
        self.journeys.sort_by(|one, two| two.class.cmp(&one.class).then_with(|| one.journey.cmp(&two.journey)));
        if let Some(worst) = self.journeys.iter().map(|journey| journey.class).max() {
            (self.class, self.open) = (worst.max(Class::Safe), worst.max(Class::Safe));
        }
        Ok(())
    }
}

impl Target {
    /// A fact by tabiji's own rule, told by those of this system.
    fn judged(&self, fact: Fact) -> Fact {
        let Some(edit) = fact.edit else { return fact };
        match self.edits.get(&edit) {
            // Where it follows the new version, it may get twice what that has ahead of it.
            Some(rule) if rule.fate == InFlight::FollowsNew && edit == Edit::Rewired => fact,
            Some(rule) => {
                let says = format!("a lead that stands here {} ({}, {})", rule.says, self.name, rule.date);
                Fact { fate: Some(rule.fate), says, ..fact }
            }
            None => {
                let says = format!("{}; what {} does then is not documented", fact.says, self.name);
                Fact { fate: Some(InFlight::Unknown), says, ..fact }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_has_its_source_and_its_date() {
        let all = targets();
        assert_eq!(all.first().map(|target| target.name.as_str()), Some("tabiji"));
        assert_eq!(all[0].edits.len(), 5, "tabiji knows what it does");
        for rule in all.iter().flat_map(|target| target.edits.values()) {
            assert!(rule.source.starts_with("https://") || rule.source.starts_with("docs/"), "{}", rule.source);
            assert!(rule.date.parse::<jiff::civil::Date>().is_ok(), "{}", rule.date);
            assert!(!rule.says.is_empty());
        }
    }
}
