//! The resolved, typed campaign: plain data, every name checked, every condition typed.
//!
//! In: what `resolve` made. Out: what analyses, the plan and the simulator read. Never: files, faults, how it was
//! written. Definitions are in maps by name, so that two campaigns that mean the same are the same; [`Origin`]s say
//! where things came from and are no part of the meaning.
//!
//! Names in here are known to exist: `Name` of a step, an email or a field can be looked up without asking.

pub mod acquisition;
pub mod builtin;
pub mod calendar;
pub mod catalog;
pub mod chance;
pub mod channel;
pub mod cleaning;
pub mod experiment;
pub mod expr;
pub mod integration;
pub mod japan;
pub mod journey;
pub mod kpi;
pub mod lead;
mod local;
pub mod log;
pub mod map;
pub mod money;
pub mod operation;
pub mod permission;
pub mod print;
pub mod quota;
pub mod scenario;
pub mod schedules;
pub mod value;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use acquisition::{
    Arrivals, Completion, ConsentBox, Cost, Embed, Form, FormField, Medium, Page, Passing, Source, TouchedBy, Traffic,
    Variant,
};
pub use calendar::{Calendar, Length};
pub use catalog::{Catalog, Item, Likeness, Purchases, Recommend, Together};
pub use channel::{Channel, ChannelSettings, Message, Reading};
pub use cleaning::Cleaning;
pub use expr::{Condition, Expr};
pub use integration::{Integration, Mapped, Mapping, Outcome};
pub use journey::Journey;
pub use lead::{Arrival, Lead, Outside, Refusal, RefusedRow, Row, Settled};
pub use local::{first_instant, keeps_its_offset};
pub use log::{LineRefusal, LogMapping, LogSummary, RefusedLine, Tracking};
pub use money::Money;
pub use permission::{Answers, Confirmation, Permission, Wording};
pub use quota::Quota;
pub use value::{Type, Value};

use crate::text::Origin;

/// A name that is known to exist.
pub type Name = String;

/// A whole campaign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Campaign {
    /// Project settings.
    pub settings: Settings,
    /// Fields of leads, the built-in ones included.
    pub fields: BTreeMap<Name, Field>,
    /// Events, the built-in ones included.
    pub events: BTreeMap<Name, Event>,
    /// Whose behaviour may be recorded; everybody's if it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking: Option<Tracking>,
    /// Personas; a lead's is the first that matches.
    pub personas: Vec<Persona>,
    /// Scoring models.
    pub scoring: BTreeMap<Name, Scoring>,
    /// Grading models.
    pub grading: BTreeMap<Name, Grading>,
    /// The lifecycle; without one there are no stages.
    pub lifecycle: Option<Lifecycle>,
    /// Segments.
    pub segments: BTreeMap<Name, Segment>,
    /// Names of segments in an order in which none asks for a later one.
    pub segment_order: Vec<Name>,
    /// Lists.
    pub lists: BTreeMap<Name, List>,
    /// Topics.
    pub topics: BTreeMap<Name, Topic>,
    /// Senders.
    pub senders: BTreeMap<Name, Sender>,
    /// Which days are worked.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub calendars: BTreeMap<Name, Calendar>,
    /// Limits for all mails.
    pub policies: Policies,
    /// Settings of the channels that the project names or uses.
    pub channels: BTreeMap<Channel, ChannelSettings>,
    /// How leads files are put in order; `None` where the campaign says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cleaning: Option<Cleaning>,
    /// Emails.
    pub emails: BTreeMap<Name, Email>,
    /// Messages of other channels.
    pub messages: BTreeMap<Name, Message>,
    /// Systems at the other end.
    pub integrations: BTreeMap<Name, Integration>,
    /// Journeys.
    pub journeys: BTreeMap<Name, Journey>,
    /// Splits as experiments, each by its journey and its step: `JOURNEY.STEP`.
    pub experiments: BTreeMap<String, experiment::Experiment>,
    /// KPIs.
    pub kpis: BTreeMap<Name, kpi::Kpi>,
    /// Phases of the journey map, in order; empty without one.
    pub journey_map: Vec<map::Phase>,
    /// Where leads come from.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<Name, Source>,
    /// Pages of the web site.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pages: BTreeMap<Name, Page>,
    /// Forms of the web site.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub forms: BTreeMap<Name, Form>,
    /// Catalogs: things that leads can buy.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub catalogs: BTreeMap<Name, Catalog>,
    /// Renames, old address to new.
    pub moved: BTreeMap<String, String>,
}

impl Campaign {
    /// Journeys in the order in which entries are tried: higher priority first, then by name.
    pub fn journeys_in_order(&self) -> Vec<(&Name, &Journey)> {
        let mut journeys: Vec<_> = self.journeys.iter().collect();
        journeys.sort_by_key(|(_, journey)| std::cmp::Reverse(journey.priority));
        journeys
    }
}

/// Project settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Settings {
    /// Name of the project.
    pub project: String,
    /// IANA time zone, for leads without one, daily ticks and project-wide times.
    pub timezone: String,
    /// BCP 47 tag.
    pub locale: Option<String>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// The project's calendar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<Name>,
    /// When people are most likely to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_time: Option<journey::Moment>,
    /// Defaults of a simulation.
    pub simulation: Simulation,
    /// How leads files are read.
    pub leads: LeadMapping,
    /// How logs of events are read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logs: Option<LogMapping>,
}

/// Defaults of a simulation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Simulation {
    /// First day, `YYYY-MM-DD`; starts at its midnight in the project's time zone.
    pub start: Option<String>,
    /// Length in days of 24 hours.
    pub days: Option<u32>,
    /// Seed of all chance.
    pub seed: Option<u64>,
    /// Leads file, relative to the project.
    pub leads: Option<String>,
    /// By what a report shows the figures of mails as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<MetricsBy>,
    /// Logs of events that are replayed, relative to the project.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
}

/// By what figures of mails are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "described with the language")]
pub enum MetricsBy {
    Journey,
    Topic,
    Segment,
    Day,
}

/// How a leads file made by others is read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LeadMapping {
    /// Column by field, where it is not the field's own name.
    pub columns: BTreeMap<Name, String>,
    /// By field, cell texts and the values they stand for.
    pub values: BTreeMap<Name, BTreeMap<String, Option<Value>>>,
    /// Cell texts that mean there is no value, besides the empty one.
    pub absent: Vec<String>,
}

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

/// A kind of person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Persona {
    /// Its name.
    pub name: Name,
    /// Name for people.
    pub label: Option<String>,
    /// Who it is.
    pub matches: Condition,
    /// Share of the leads, 0 to 1, for making leads up.
    pub share: Option<f64>,
    /// How it behaves.
    pub behavior: Behavior,
    /// Needs, goals, pains and quotes, for people.
    pub narrative: BTreeMap<String, Vec<String>>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// How a persona behaves. Chances are 0 to 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Behavior {
    /// Of a delivered mail to be opened.
    pub open: f64,
    /// Of an opened mail to be clicked.
    pub click: f64,
    /// Of a delivered mail to make them unsubscribe.
    pub unsubscribe: f64,
    /// Of a delivered mail to be reported.
    pub complain: f64,
    /// Of an attempt to fail for now.
    pub soft_bounce: f64,
    /// Of an attempt to fail for good.
    pub hard_bounce: f64,
    /// From delivery to opening, unsubscribing or complaining.
    pub open_delay: Delay,
    /// From opening to the click.
    pub click_delay: Delay,
    /// What mails of late take from the chance to open.
    pub open_fatigue: Option<Fatigue>,
    /// What mails of late take from the chance to click.
    pub click_fatigue: Option<Fatigue>,
    /// How it reads messages, by channel.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub messages: BTreeMap<Channel, Reading>,
    /// When it is most likely to read; the project's time if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_time: Option<journey::Moment>,
    /// What the chance to open is multiplied by for mail that comes within the hour from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_best_time: Option<f64>,
    /// What it does besides.
    pub does: Vec<Does>,
    /// How it answers requests for consent, and leaves.
    #[serde(default, skip_serializing_if = "Answers::is_empty")]
    pub answers: Answers,
}

/// A log-normal delay by two of its quantiles, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Delay {
    /// Half take at most this long.
    pub median_secs: i64,
    /// Nine in ten take at most this long.
    pub p90_secs: i64,
}

/// Each mail received within the window multiplies the chance by `1 - loss`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fatigue {
    /// Share lost with each mail, 0 to 1.
    pub loss: f64,
    /// Look-back in seconds.
    pub window_secs: i64,
}

/// Something a persona does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Does {
    /// The event.
    pub event: Name,
    /// Its properties.
    pub with: BTreeMap<Name, Value>,
    /// How it comes about.
    pub cause: Cause,
    /// Condition on the lead at the moment it would happen (`rate`) or be decided (`after`).
    pub when: Option<Condition>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// How something a persona does comes about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// By itself, a Poisson process.
    Rate {
        /// Mean number in one second.
        per_sec: f64,
    },
    /// After an event.
    After {
        /// The event.
        event: Name,
        /// Condition on it.
        filter: Option<Condition>,
        /// Chance that it follows.
        chance: f64,
        /// It follows at any moment of this time alike, in seconds.
        within_secs: i64,
    },
}

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

/// A stretch of time over which something is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// `(t − secs, t]`.
    RollingSecs(i64),
    /// The local day.
    CalendarDay,
    /// The local week, from Monday.
    CalendarWeek,
    /// The local month.
    CalendarMonth,
    /// Since the beginning.
    Ever,
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

/// What mails are about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Topic {
    /// Name for people.
    pub label: Option<String>,
    /// Whether it is marketing, and how leads agree to it.
    pub consent: Consent,
    /// Who agreed before the run. `None`: everybody with `OptOut`, nobody otherwise.
    pub granted: Option<Condition>,
    /// How subscriptions are confirmed. `None`: by journeys, or not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<Confirmation>,
    /// The text that leads agree to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wording: Option<Wording>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

impl Topic {
    /// Whether mails of the topic are marketing: they need consent and wait for quiet hours to end.
    pub fn is_marketing(&self) -> bool {
        self.consent != Consent::Transactional
    }
}

/// How leads agree to a topic, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// They need not: mails are part of a service.
    Transactional,
    /// They subscribe, then confirm.
    DoubleOptIn,
    /// They subscribe.
    OptIn,
    /// They are subscribed until they leave.
    OptOut,
}

/// In whose name mails go out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sender {
    /// Display name.
    pub name: Option<String>,
    /// Address.
    pub email: String,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// Postal address.
    pub address: Option<String>,
    /// Records of the sending domain.
    pub domain: Option<Domain>,
    /// How many mails it sends; any number if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota: Option<Quota>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// Records of a sending domain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Domain {
    /// The domain.
    pub name: String,
    /// DKIM selector.
    pub dkim: Option<String>,
    /// DMARC policy: `none`, `quarantine` or `reject`.
    pub dmarc: Option<String>,
    /// Domain of tracked links.
    pub tracking: Option<String>,
}

/// Limits for all mails.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Policies {
    /// How many mails; the first rule that is full decides.
    pub frequency: Vec<Frequency>,
    /// How many mails a lead may get at worst, whatever frequency rules do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<MailLimit>,
    /// When marketing mails wait.
    pub quiet_hours: Option<QuietHours>,
    /// Further attempts after a soft bounce.
    pub soft_retries: u32,
    /// Time between attempts, in seconds.
    pub soft_every_secs: i64,
    /// Undelivered mails in a row after which the address is suppressed.
    pub soft_suppress_after: Option<u32>,
    /// Whether a hard bounce suppresses the address.
    pub hard_suppress: bool,
    /// How long a mail is held at most, in seconds.
    pub max_hold_secs: i64,
    /// What leads allow.
    #[serde(default, skip_serializing_if = "Permission::is_empty")]
    pub permission: Permission,
}

impl Default for Policies {
    fn default() -> Self {
        Policies {
            frequency: Vec::new(),
            limits: Vec::new(),
            quiet_hours: None,
            soft_retries: 0,
            soft_every_secs: 6 * 3600,
            soft_suppress_after: None,
            hard_suppress: true,
            max_hold_secs: 3 * 86_400,
            permission: Permission::default(),
        }
    }
}

/// At most so many mails in a window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Frequency {
    /// How many.
    pub at_most: u32,
    /// Over what.
    pub per: Window,
    /// Whether a mail that is too many waits (otherwise it is left out).
    pub delay: bool,
    /// Which mails it counts and holds back.
    pub counts: Counted,
    /// Which channels it counts and holds back, in order.
    pub channels: Vec<Channel>,
    /// Whether calendar windows follow the lead's clock (otherwise the project's).
    pub lead_time: bool,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// At most so many mails in a window, as something to be proved and not enforced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MailLimit {
    /// How many.
    pub at_most: u32,
    /// Over what.
    pub per: Window,
    /// Which mails it counts.
    pub counts: Counted,
    /// Which channels it counts, in order.
    pub channels: Vec<Channel>,
    /// Whether calendar windows follow the lead's clock (otherwise the project's).
    pub lead_time: bool,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

impl From<&Frequency> for MailLimit {
    /// What a frequency rule allows.
    fn from(rule: &Frequency) -> Self {
        MailLimit {
            at_most: rule.at_most,
            per: rule.per,
            counts: rule.counts.clone(),
            channels: rule.channels.clone(),
            lead_time: rule.lead_time,
            origin: rule.origin,
        }
    }
}

/// Which mails a frequency rule counts and holds back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// All.
    All,
    /// Those of marketing topics.
    Marketing,
    /// Those of one topic.
    Topic(Name),
}

/// When marketing mails wait. `from == to` means that only the `also` days are quiet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct QuietHours {
    /// First quiet minute of the day.
    pub from_minute: u16,
    /// First minute that is not quiet; on the next day if not after `from_minute`.
    pub to_minute: u16,
    /// Weekdays quiet all day: 1 Monday to 7 Sunday.
    pub weekdays: Vec<u8>,
    /// The calendar whose days off are quiet all day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holidays: Option<Name>,
    /// Whether it is the lead's clock (otherwise the project's).
    pub lead_time: bool,
}

/// A mail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Email {
    /// Name for people.
    pub label: Option<String>,
    /// What it is about.
    pub topic: Name,
    /// In whose name.
    pub sender: Name,
    /// Subject template.
    pub subject: String,
    /// Preheader template.
    pub preheader: Option<String>,
    /// Body template.
    pub body: Body,
    /// Text template.
    pub text: Option<String>,
    /// When one lead may get it again.
    pub repeat: Again,
    /// Multiplies the chance to open.
    pub open_factor: f64,
    /// Multiplies the chance to click.
    pub click_factor: f64,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// The body template of a mail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// HTML.
    Html(String),
    /// Markdown.
    Markdown(String),
}

/// When something may happen once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Again {
    /// Not a second time.
    Never,
    /// At any time.
    Always,
    /// So many seconds after the last time.
    AfterSecs(i64),
}
