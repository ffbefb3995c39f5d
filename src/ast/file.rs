//! The top level of a file: project settings and the kinds of definitions.

use schemars::JsonSchema;
use serde::Deserialize;

use super::cleaning::Cleaning;
use super::data::{Event, Field};
use super::journey::{Journey, Moved};
use super::limits::{Email, Policies, Sender, Topic};
use super::map::JourneyMap;
use super::people::{Grading, Lifecycle, List, Persona, Scoring, Segment};
use super::quantity::Date;
use super::scenario::Test;
use super::{Literal, Text};
use crate::diag::Level;
use crate::syntax::{Entries, Spanned};

/// A tabiji campaign file: definitions of any kinds, by name. `tabiji.yaml` holds the project's settings as well.
// This type shapes the JSON Schema; `lower` reads the keys one by one.
#[derive(Clone, Debug, Default, JsonSchema)]
#[schemars(deny_unknown_fields, default)]
pub struct File {
    /// Settings of the project; only in `tabiji.yaml`.
    #[schemars(flatten)]
    pub settings: Settings,
    /// What is known of a lead. `id`, `email`, `created_at` and `timezone` are built in.
    #[schemars(example = serde_json::json!({"industry": {"type": "enum", "values": ["製造業", "小売業"]}}))]
    pub fields: Entries<Field>,
    /// The tracking plan: what can happen to a lead, besides the built-in events.
    #[schemars(example = serde_json::json!({"page_viewed": {"properties": {"path": {"type": "text"}}}}))]
    pub events: Entries<Event>,
    /// Kinds of people, and how they behave. The first one whose `match` holds is a lead's persona; the order in the file counts.
    #[schemars(example = serde_json::json!({"engineer": {"match": "department == \"開発\"", "share": "30%"}}))]
    pub personas: Entries<Persona>,
    /// Scoring models: points for what a lead does.
    #[schemars(example = serde_json::json!({"engagement": {"default": true, "rules": [{"event": "email_clicked", "points": 3}]}}))]
    pub scoring: Entries<Scoring>,
    /// Grading models: letters for how well a lead's profile fits.
    #[schemars(example = serde_json::json!({"fit": {"rules": [{"when": "employees >= 100", "points": 30}], "bands": {"A": 30, "B": 0}}}))]
    pub grading: Entries<Grading>,
    /// The stages that a lead goes through, and the moves between them.
    #[schemars(example = serde_json::json!({"stages": ["lead", "mql"], "moves": [{"from": "lead", "to": "mql", "when": "score >= 100"}]}))]
    pub lifecycle: Option<Lifecycle>,
    /// Dynamic groups of leads, by condition.
    #[schemars(example = serde_json::json!({"hot": {"when": "score >= 60"}}))]
    pub segments: Entries<Segment>,
    /// Static groups of leads, by file or by step.
    #[schemars(example = serde_json::json!({"expo-2026": {"members": "lists/expo-2026.csv"}}))]
    pub lists: Entries<List>,
    /// What mails are about; consent is given and withdrawn by topic.
    #[schemars(example = serde_json::json!({"newsletter": {"consent": "double_opt_in"}}))]
    pub topics: Entries<Topic>,
    /// In whose name mails go out.
    #[schemars(example = serde_json::json!({"marketing": {"from": {"name": "Aozora", "email": "news@mail.aozora.example"}}}))]
    pub senders: Entries<Sender>,
    /// Limits that hold for all mails.
    #[schemars(example = serde_json::json!({"frequency": [{"at_most": 1, "per": "1 day", "on_excess": "delay"}]}))]
    pub policies: Option<Policies>,
    /// How leads files are put in order by `tabiji leads clean`.
    #[schemars(example = serde_json::json!({"duplicates": {"keys": ["email"], "merge": {"department": "longest"}}}))]
    pub cleaning: Option<Cleaning>,
    /// Mails.
    #[schemars(example = serde_json::json!({"welcome": {"topic": "account", "sender": "marketing", "subject": "Welcome", "body": "emails/welcome.md"}}))]
    pub emails: Entries<Email>,
    /// What happens to a lead, step by step.
    #[schemars(example = serde_json::json!({"onboarding": {"entry": {"event": "signed_up"}, "steps": [{"id": "hello", "send": "welcome"}]}}))]
    pub journeys: Entries<Journey>,
    /// The project's own tests: a lead, what happens to it, and what is to come of it.
    #[schemars(example = serde_json::json!({"greets": {"lead": {"company": "青空"}, "expect": [{"send": "welcome", "at": 0}]}}))]
    pub tests: Entries<Test>,
    /// The customer journey as people live it: phases, touchpoints, thoughts and feelings.
    #[schemars(example = serde_json::json!({"phases": [{"name": "awareness", "touchpoints": [{"label": "展示会ブース"}]}]}))]
    pub journey_map: Option<JourneyMap>,
    /// Renames, so that leads already inside and plan diffs follow them.
    #[schemars(example = serde_json::json!([{"from": "journeys.trial.steps.a", "to": "journeys.trial.steps.b"}]))]
    pub moved: Vec<Moved>,
}

/// Settings of the project.
#[derive(Clone, Debug, Default, JsonSchema)]
#[schemars(default)]
pub struct Settings {
    /// Name of the project.
    #[schemars(example = &"aozora-cloud")]
    pub project: Option<Text>,
    /// IANA time zone for leads without one, for daily ticks and project-wide times. UTC unless said.
    #[schemars(example = &"Asia/Tokyo")]
    pub timezone: Option<Text>,
    /// Language and region of the campaign's texts, as a BCP 47 tag.
    #[schemars(example = &"ja-JP")]
    pub locale: Option<Text>,
    /// Currency of all amounts, as an ISO 4217 code.
    #[schemars(example = &"JPY", regex(pattern = r"^[A-Z]{3}$"))]
    #[schemars(extend("patternErrorMessage" = "a currency code such as `JPY`"))]
    pub currency: Option<Text>,
    /// What `tabiji simulate` does unless the command line says otherwise.
    #[schemars(example = serde_json::json!({"start": "2026-04-01", "days": 90, "seed": 1, "leads": "leads/sample.csv"}))]
    pub simulation: Option<Simulation>,
    /// Level of rules by code or slug: `allow`, `warn` or `error`.
    #[schemars(example = serde_json::json!({"unused-definition": "allow"}))]
    pub levels: Option<Entries<Spanned<LevelName>>>,
    /// Which column of the leads file holds a field, where its name is not the field's own.
    #[schemars(example = serde_json::json!({"employees": "Number of employees"}))]
    pub columns: Option<Entries<Text>>,
    /// Values of the leads file by field, and what they stand for.
    #[schemars(example = serde_json::json!({"subscribed": {"Yes": true, "No": false}}))]
    pub values: Option<Entries<Entries<Spanned<Literal>>>>,
    /// Cell texts that mean there is no value.
    #[schemars(example = serde_json::json!(["Select", ""]))]
    pub absent: Option<Vec<Text>>,
}

/// A rule's level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum LevelName {
    /// Not reported.
    Allow,
    /// Reported; the run succeeds.
    Warn,
    /// Reported; the run fails.
    Error,
}

impl From<LevelName> for Level {
    fn from(name: LevelName) -> Level {
        match name {
            LevelName::Allow => Level::Allow,
            LevelName::Warn => Level::Warn,
            LevelName::Error => Level::Error,
        }
    }
}

/// Defaults of `tabiji simulate`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Simulation {
    /// First day; the run starts at its midnight in the project's time zone.
    pub start: Option<Spanned<Date>>,
    /// Length in days of 24 hours.
    #[schemars(example = 90, range(min = 1, max = 36500))]
    pub days: Option<u32>,
    /// Seed of all chance.
    #[schemars(example = 1)]
    pub seed: Option<u64>,
    /// Leads file, relative to the project's folder.
    #[schemars(example = &"leads/sample.csv")]
    pub leads: Option<Text>,
}
