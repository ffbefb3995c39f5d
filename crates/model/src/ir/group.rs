//! Groups of leads: segments change by themselves, lists only by hand and by steps.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Condition;
use crate::text::Origin;

/// A dynamic group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Segment {
    /// Name for people.
    pub label: Option<String>,
    /// Who belongs to it.
    pub when: Condition,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// A static group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct List {
    /// Name for people.
    pub label: Option<String>,
    /// Ids of members, sorted.
    pub ids: Vec<String>,
    /// E-mail addresses of members, lower case, sorted.
    pub emails: Vec<String>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}
