//! What is known of leads, and what happens to them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Name, Type};
use crate::text::Origin;

/// A field of leads, or a property of an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Field {
    /// What it holds.
    #[serde(flatten)]
    pub ty: Type,
    /// Smallest value of a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Largest value of a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// Whether it may be absent.
    pub optional: bool,
    /// Name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Whether it is built in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub builtin: bool,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// Something that happens to a lead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// What it carries.
    pub properties: BTreeMap<Name, Field>,
    /// Fields it sets, each from one of its properties.
    pub sets: BTreeMap<Name, Name>,
    /// Name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Whether it is built in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub builtin: bool,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}
