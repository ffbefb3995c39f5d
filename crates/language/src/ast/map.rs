//! `journey_map`: the phases that customers go through, where they meet the company, and how they feel about it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Text, short_or_long};
use crate::syntax::{Entries, Spanned};

/// The customer journey as people live it, beside the journeys as steps.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JourneyMap {
    /// The phases, in order.
    #[schemars(example = serde_json::json!([{"name": "consideration", "touchpoints": ["emails.case-study"]}]))]
    pub phases: Vec<Spanned<Phase>>,
}

/// A phase of the customer journey.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Its name; journeys say `phase: NAME` to belong to it.
    #[schemars(example = &"consideration")]
    pub name: Text,
    /// Name for people.
    #[schemars(example = &"比較検討")]
    pub label: Option<String>,
    /// What it is, for people.
    #[schemars(example = &"They compare three products and ask around")]
    pub description: Option<String>,
    /// What customers want to reach in it.
    #[schemars(example = &"稟議を通す")]
    pub goal: Option<String>,
    /// Stages of the lifecycle that go with it.
    #[serde(default)]
    #[schemars(example = serde_json::json!(["lead", "mql"]))]
    pub stages: Vec<Text>,
    /// Where customers meet the company: definitions by address, or places outside of the campaign. The steps of journeys
    /// of this phase count as well.
    #[serde(default)]
    #[schemars(example = serde_json::json!(["emails.case-study", {"label": "展示会ブース", "channel": "offline"}]))]
    pub touchpoints: Vec<Spanned<Touchpoint>>,
    /// How personas live through it.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"it-manager": {"thinks": ["どれも同じに見える"], "feels": ["不安"], "mood": -1}}))]
    pub personas: Entries<Experience>,
}

/// Where customers meet the company.
#[derive(Clone, Debug)]
pub enum Touchpoint {
    /// A definition, as `KIND.NAME` or `journeys.NAME.steps.ID`.
    Address(String),
    /// Something outside of the campaign.
    Elsewhere(Elsewhere),
}

/// A touchpoint outside of the campaign.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Elsewhere {
    /// Name for people.
    #[schemars(example = &"展示会ブース")]
    pub label: Text,
    /// How they meet: `offline`, `store`, `press` or whatever people call it.
    #[schemars(example = &"offline")]
    pub channel: Option<String>,
}

short_or_long! {
    Touchpoint = "string" | Elsewhere, "an address such as `emails.welcome`, or a `label` for something outside of the campaign";
    short: str = |address| Ok(Touchpoint::Address(address.to_owned()));
    long = |elsewhere| Ok(Touchpoint::Elsewhere(elsewhere));
}

/// How a persona lives through a phase.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Experience {
    /// What they do.
    #[schemars(example = serde_json::json!(["同業の事例を探す"]))]
    pub does: Vec<String>,
    /// What they think.
    #[schemars(example = serde_json::json!(["どれも同じに見える"]))]
    pub thinks: Vec<String>,
    /// What they feel.
    #[schemars(example = serde_json::json!(["不安"]))]
    pub feels: Vec<String>,
    /// How good that is: from -2 (bad) to 2 (good).
    #[schemars(example = -1, range(min = -2, max = 2))]
    pub mood: Option<i32>,
    /// What stands in their way.
    #[schemars(example = serde_json::json!(["比較表がない"]))]
    pub pains: Vec<String>,
    /// What could be done better.
    #[schemars(example = serde_json::json!(["業種別の比較表を送る"]))]
    pub opportunities: Vec<String>,
}
