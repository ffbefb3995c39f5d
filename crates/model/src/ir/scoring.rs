//! Scoring and grading: what leads do, and what they are.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Condition, Name, Window};
use crate::text::Origin;

/// A scoring model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scoring {
    /// Name for people.
    pub label: Option<String>,
    /// Whether `score` means this one.
    pub default: bool,
    /// Score of a new lead.
    pub initial: i32,
    /// Smallest score.
    pub min: i32,
    /// Largest score.
    pub max: i32,
    /// What gives points, in order.
    pub rules: Vec<ScoreRule>,
    /// What takes points from the inactive.
    pub decay: Option<Decay>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// Points for an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScoreRule {
    /// The event.
    pub event: Name,
    /// Condition on it.
    pub filter: Option<Condition>,
    /// Points.
    pub points: i32,
    /// How often for one lead.
    pub at_most: Option<Limit>,
}

/// Points taken from the inactive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Decay {
    /// Points each time; negative.
    pub points: i32,
    /// How long without activity, each time, in seconds.
    pub every_secs: i64,
    /// What counts as activity.
    pub without: Vec<Name>,
}

/// At most so many in a window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Limit {
    /// How many.
    pub count: u32,
    /// Over what.
    pub per: Window,
}

/// A grading model: the grade is the highest band whose points the sum of the rules that hold reaches; absent below all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Grading {
    /// Name for people.
    pub label: Option<String>,
    /// Whether `grade` means this one.
    pub default: bool,
    /// What gives points.
    pub rules: Vec<GradeRule>,
    /// Bands, best first.
    pub bands: Vec<Band>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// Points for a profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GradeRule {
    /// Condition over fields.
    pub when: Condition,
    /// Points.
    pub points: i32,
}

/// A letter and the least sum of points it needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Band {
    /// The letter.
    pub name: String,
    /// Least sum of points.
    pub points: i32,
}
