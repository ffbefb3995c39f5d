//! Splits as experiments.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Condition, Name};
use crate::text::Origin;

/// A split whose arms are compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Experiment {
    /// The journey.
    pub journey: Name,
    /// Its step with the split.
    pub step: Name,
    /// What counts as success.
    pub goal: Goal,
    /// How long after the draw, in seconds.
    pub within_secs: i64,
    /// The arm that the others are compared with.
    pub control: Name,
    /// What is expected, if that is said.
    pub expected: Option<Expected>,
    /// Chance of seeing the difference if it is there, 0 to 1.
    pub power: f64,
    /// Chance of seeing one where there is none, 0 to 1.
    pub significance: f64,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// What counts as success.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// An event after the draw.
    Event {
        /// Which.
        event: Name,
        /// Condition on it.
        filter: Option<Condition>,
    },
    /// A condition that comes to hold after the draw.
    When(Condition),
}

/// Shares that are to be told apart, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Expected {
    /// Of the control.
    pub control: f64,
    /// Of another arm.
    pub treated: f64,
}

/// The name of an experiment: that of its journey and that of its step.
pub fn name(journey: &str, step: &str) -> String {
    format!("{journey}.{step}")
}
