//! The stages of a lead.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Condition, Name};
use crate::text::Origin;

/// The stages of a lead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Lifecycle {
    /// The stages; a new lead is in the first.
    pub stages: Vec<Name>,
    /// The moves; the first that applies is made.
    pub moves: Vec<Move>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// A move between stages. Everything that is given must apply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Move {
    /// Stage it leaves.
    pub from: Name,
    /// Stage it goes to.
    pub to: Name,
    /// Condition on the lead.
    pub when: Option<Condition>,
    /// Event that makes it.
    pub event: Option<Name>,
    /// Condition on that event.
    pub filter: Option<Condition>,
    /// Time in the stage, in seconds.
    pub after_secs: Option<i64>,
    /// Why, for reports.
    pub reason: Option<String>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}
