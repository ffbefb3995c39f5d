//! The top level of a file: project settings and the kinds of definitions.

use schemars::JsonSchema;
use serde::Deserialize;

use super::acquisition::{Form, Page, Source};
use super::calendar::Calendar;
use super::catalog::Catalog;
use super::channels::{Channels, Integration, Message};
use super::cleaning::Cleaning;
use super::data::{Event, Field};
use super::journey::{Journey, Migrate, Moved};
use super::kpi::Kpi;
use super::limits::{Email, Policies, Sender, Topic};
use super::logs::{Files, Logs, Tracking};
use super::map::JourneyMap;
use super::people::{Grading, Lifecycle, List, Persona, Scoring, Segment};
use super::quantity::{Date, Moment};
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
    /// Which days are worked, for what counts in business days and for quiet holidays.
    #[schemars(example = serde_json::json!({"company": {"holidays": "japan", "days": [{"date": "2026-12-29", "to": "2027-01-03"}]}}))]
    pub calendars: Entries<Calendar>,
    /// How leads files are put in order by `tabiji leads clean`.
    #[schemars(example = serde_json::json!({"duplicates": {"keys": ["email"], "merge": {"department": "longest"}}}))]
    pub cleaning: Option<Cleaning>,
    /// Mails.
    #[schemars(example = serde_json::json!({"welcome": {"topic": "account", "sender": "marketing", "subject": "Welcome", "body": "emails/welcome.md"}}))]
    pub emails: Entries<Email>,
    /// Settings of the channels: addresses, costs, limits of their own.
    #[schemars(example = serde_json::json!({"sms": {"address": "phone", "cost": 9}, "email": {"cost": 0.2}}))]
    pub channels: Option<Channels>,
    /// Messages of other channels than mail.
    #[schemars(example = serde_json::json!({"line-reminder": {"channel": "line", "topic": "newsletter", "body": "{{ company }}様 明日です"}}))]
    pub messages: Entries<Message>,
    /// Systems at the other end.
    #[schemars(example = serde_json::json!({"salesforce": {"kind": "crm", "cost": 5}}))]
    pub integrations: Entries<Integration>,
    /// Where leads come from, with medium and cost.
    #[schemars(example = serde_json::json!({"google-ads": {"medium": "paid", "cost": {"per": "click", "amount": 180}}}))]
    pub sources: Entries<Source>,
    /// Pages of the web site where visitors land, with their variants and forms.
    #[schemars(example = serde_json::json!({"whitepaper-lp": {"path": "/whitepaper", "form": "whitepaper", "starts": "12%"}}))]
    pub pages: Entries<Page>,
    /// Forms of the web site: what they ask for, and how many complete them.
    #[schemars(example = serde_json::json!({"whitepaper": {"fields": ["email", "company"], "submits": "form_submitted", "completion": "34%"}}))]
    pub forms: Entries<Form>,
    /// Things that leads can buy, from files, and how they are recommended.
    #[schemars(example = serde_json::json!({"products": {"file": "catalogs/products.csv", "key": "sku", "fields": {"name": {"type": "text"}}}}))]
    pub catalogs: Entries<Catalog>,
    /// What happens to a lead, step by step.
    #[schemars(example = serde_json::json!({"onboarding": {"entry": {"event": "signed_up"}, "steps": [{"id": "hello", "send": "welcome"}]}}))]
    pub journeys: Entries<Journey>,
    /// The project's own tests: a lead, what happens to it, and what is to come of it.
    #[schemars(example = serde_json::json!({"greets": {"lead": {"company": "青空"}, "expect": [{"send": "welcome", "at": 0}]}}))]
    pub tests: Entries<Test>,
    /// The customer journey as people live it: phases, touchpoints, thoughts and feelings.
    #[schemars(example = serde_json::json!({"phases": [{"name": "awareness", "touchpoints": [{"label": "展示会ブース"}]}]}))]
    pub journey_map: Option<JourneyMap>,
    /// What the campaign is measured by: goals, and the figures that drive them.
    #[schemars(example = serde_json::json!({"goal": {"label": "受注", "of": "stage == \"customer\"", "target": 40, "kind": "kgi"}, "mql-rate": {"part": "reached(\"mql\")", "target": "12%", "drives": "goal"}}))]
    pub kpis: Entries<Kpi>,
    /// Renames, so that leads already inside and plan diffs follow them.
    #[schemars(example = serde_json::json!([{"from": "journeys.trial.steps.a", "to": "journeys.trial.steps.b"}]))]
    pub moved: Vec<Moved>,
    /// What becomes of leads that stand on a step when a change meets them there.
    #[schemars(example = serde_json::json!([{"at": "journeys.trial.steps.a", "to": "b"}]))]
    pub migrate: Vec<Migrate>,
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
    /// The calendar that says which days are worked; a lone one unless said.
    #[schemars(example = &"company")]
    pub calendar: Option<Text>,
    /// When people are most likely to read, for personas that do not say it themselves.
    #[schemars(example = &"tue 10:00")]
    pub best_time: Option<Spanned<Moment>>,
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
    /// How logs of events made by others are read.
    #[schemars(example = serde_json::json!({"events": {"Product Viewed": "page_viewed"}, "traits": {"companyName": "company"}}))]
    pub logs: Option<Spanned<Logs>>,
    /// Mail programs that mails have to look right in; what one of them does not show is a finding.
    #[schemars(example = serde_json::json!(["gmail", "outlook-windows"]))]
    pub clients: Option<Vec<Spanned<MailClient>>>,
    /// Countries whose duties on mails, senders and journeys are checked for.
    #[schemars(example = serde_json::json!(["jp", "us"]))]
    pub laws: Option<Vec<Spanned<Law>>>,
    /// Whose behaviour may be recorded, and which events need that consent.
    #[schemars(example = serde_json::json!({"consent": "analytics_consent", "events": ["page_viewed"]}))]
    pub tracking: Option<Tracking>,
}

/// A mail program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum MailClient {
    /// Apple Mail, on a Mac and on a telephone.
    AppleMail,
    /// Gmail in a browser.
    Gmail,
    /// Outlook in a browser.
    OutlookCom,
    /// Outlook for Windows, which shows mails as Word does.
    OutlookWindows,
    /// Yahoo Mail in a browser.
    Yahoo,
}

/// Whose law on mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum Law {
    /// Canada: CASL.
    Ca,
    /// European Union: ePrivacy and GDPR.
    Eu,
    /// Japan: 特定電子メール法 and 特定商取引法.
    Jp,
    /// United States: CAN-SPAM.
    Us,
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
    /// By what a report shows the figures of mails as well.
    #[schemars(example = serde_json::json!(["journey", "day"]))]
    pub by: Option<Vec<MetricsBy>>,
    /// Logs of events that really happened, relative to the project's folder. They are replayed; nothing is drawn.
    #[schemars(example = &"logs/may.jsonl")]
    pub events: Option<Files>,
}

/// By what figures of mails are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum MetricsBy {
    /// The journey that sent them.
    Journey,
    /// Their topic.
    Topic,
    /// The segments of which the lead was a member when they were sent.
    Segment,
    /// The day on which they were sent.
    Day,
}
