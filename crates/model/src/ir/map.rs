//! The customer journey as people live it: phases, touchpoints, thoughts and feelings.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Name;
use crate::text::Origin;

/// A phase of the customer journey. Journeys name the phase that they belong to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Phase {
    /// Its name.
    pub name: Name,
    /// Name for people.
    pub label: Option<String>,
    /// What customers want to reach in it.
    pub goal: Option<String>,
    /// Stages of the lifecycle that go with it.
    pub stages: Vec<Name>,
    /// Where customers meet the company, besides the steps of its journeys.
    pub touchpoints: Vec<Touchpoint>,
    /// How personas live through it.
    pub personas: BTreeMap<Name, Experience>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// Where customers meet the company.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Touchpoint {
    /// A definition of the campaign, or a step of a journey, by address.
    Address(String),
    /// Something outside of the campaign.
    Elsewhere {
        /// Name for people.
        label: String,
        /// How they meet.
        channel: Option<String>,
    },
}

/// How a persona lives through a phase.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Experience {
    /// What they do.
    pub does: Vec<String>,
    /// What they think.
    pub thinks: Vec<String>,
    /// What they feel.
    pub feels: Vec<String>,
    /// How good that is: −2 to 2.
    pub mood: Option<i32>,
    /// What stands in their way.
    pub pains: Vec<String>,
    /// What could be done better.
    pub opportunities: Vec<String>,
}
