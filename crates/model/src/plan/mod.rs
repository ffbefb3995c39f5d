//! The execution plan: what will be done, fully decided, in canonical form, with hashes.
//!
//! In: the resolved campaign. Out: a [`Plan`] that can be written, read back, simulated and exported without its
//! sources. Never: how the campaign was written down. Files, order, comments, quotes and spacing leave no trace.

mod acquisition;
mod assumptions;
mod calendar;
mod cleaning;
mod map;
mod measures;
mod permission;
mod policies;
mod quota;
mod schedule;
mod text;

use std::collections::BTreeMap;
use std::fmt::Write as _;

pub use assumptions::{Assumption, assumptions, moved};
pub use policies::quiet as quiet_hours;
pub use schedule::{Scheduled, schedule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
pub use text::{entry as entry_words, step_words, text};

use crate::ir::Campaign;

/// Version of the plan's format. It changes when a reader of the old one would misread the new one.
pub const FORMAT_VERSION: u32 = 1;

/// A compiled campaign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// [`FORMAT_VERSION`].
    pub format_version: u32,
    /// `sha256:` and the hash of all parts.
    pub hash: String,
    /// Hash of each definition by its address, such as `journeys.trial`.
    pub parts: BTreeMap<String, String>,
    /// The campaign.
    pub campaign: Campaign,
}

/// Why a text is no plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanError {
    /// It is not a plan at all; the reader's words.
    Malformed(String),
    /// It is a plan of another format.
    Version(u64),
    /// Its hash is not that of its content: it was changed by hand.
    Hash,
}

impl std::fmt::Display for PlanError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PlanError::Malformed(words) => write!(f, "not a tabiji plan: {words}"),
            PlanError::Version(found) => {
                write!(f, "plan format {found} is not the format {FORMAT_VERSION} that this tabiji reads")
            }
            PlanError::Hash => {
                f.write_str("the plan's hash does not fit its content: it was changed after it was written")
            }
        }
    }
}

impl std::error::Error for PlanError {}

/// Decides everything about a campaign that is decided before a run.
///
/// # Errors
/// If the campaign holds a number that JSON cannot.
pub fn build(campaign: &Campaign) -> Result<Plan, serde_json::Error> {
    let parts = part_hashes(campaign)?;
    let hash = whole_hash(&parts);
    Ok(Plan { format_version: FORMAT_VERSION, hash, parts, campaign: campaign.clone() })
}

/// The JSON Schema of a saved plan, draft-07.
pub fn json_schema() -> serde_json::Value {
    let settings = schemars::generate::SchemaSettings::draft07();
    let mut schema = settings.into_generator().into_root_schema_for::<Plan>().to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".to_owned(), "tabiji execution plan".into());
    }
    schema
}

impl Plan {
    /// The plan as JSON, the same bytes for the same meaning, with a line end at the end.
    ///
    /// # Errors
    /// If the campaign holds a number that JSON cannot.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }

    /// Reads a plan back.
    ///
    /// # Errors
    /// If the text is no plan of this format, or was changed after it was written.
    pub fn from_json(text: &str) -> Result<Plan, PlanError> {
        #[derive(Deserialize)]
        struct Version {
            format_version: u64,
        }
        let malformed = |error: serde_json::Error| PlanError::Malformed(error.to_string());
        let version: Version = serde_json::from_str(text).map_err(malformed)?;
        if version.format_version != u64::from(FORMAT_VERSION) {
            return Err(PlanError::Version(version.format_version));
        }
        let plan: Plan = serde_json::from_str(text).map_err(malformed)?;
        let parts = part_hashes(&plan.campaign).map_err(malformed)?;
        if plan.parts != parts || plan.hash != whole_hash(&parts) { Err(PlanError::Hash) } else { Ok(plan) }
    }
}

/// One hash for each definition of each kind, and one for each kind that is a single definition.
fn part_hashes(campaign: &Campaign) -> Result<BTreeMap<String, String>, serde_json::Error> {
    const BY_NAME: &[&str] = &[
        "fields",
        "events",
        "scoring",
        "grading",
        "segments",
        "lists",
        "topics",
        "senders",
        "calendars",
        "channels",
        "emails",
        "messages",
        "integrations",
        "journeys",
        "sources",
        "pages",
        "forms",
        "catalogs",
        "experiments",
        "kpis",
    ];
    let mut parts = BTreeMap::new();
    let tree = serde_json::to_value(campaign)?;
    for (kind, value) in tree.as_object().into_iter().flatten() {
        match value.as_object() {
            Some(named) if BY_NAME.contains(&kind.as_str()) => {
                for (name, definition) in named {
                    parts.insert(format!("{kind}.{name}"), digest(definition.to_string().as_bytes()));
                }
            }
            Some(_) | None => {
                parts.insert(kind.clone(), digest(value.to_string().as_bytes()));
            }
        }
    }
    Ok(parts)
}

fn whole_hash(parts: &BTreeMap<String, String>) -> String {
    let lines: String = parts.iter().fold(String::new(), |mut lines, (address, hash)| {
        // Writing to a string cannot fail.
        let _ = writeln!(lines, "{address} {hash}");
        lines
    });
    digest(lines.as_bytes())
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::from("sha256:"), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
