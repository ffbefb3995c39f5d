//! The resolved, typed campaign: plain data, every name checked, every condition typed.
//!
//! In: what `resolve` made. Out: what analyses, the plan and the simulator read. Never: files, faults, how it was
//! written. Definitions are in maps by name, so that two campaigns that mean the same are the same; `Origin`s say
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
pub mod content;
pub mod data;
pub mod edit;
pub mod experiment;
pub mod expr;
pub mod group;
pub mod integration;
pub mod japan;
pub mod journey;
pub mod kpi;
pub mod lead;
pub mod lifecycle;
pub mod local;
pub mod log;
pub mod mail;
pub mod map;
pub mod money;
pub mod operation;
pub mod permission;
pub mod persona;
pub mod policy;
pub mod print;
pub mod quota;
pub mod reason;
pub mod rewrite;
pub mod scenario;
pub mod schedules;
pub mod scoring;
pub mod settings;
pub mod template_filter;
pub mod value;
pub mod window;

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
pub use content::{Body, Consent, Domain, Email, Sender, Topic};
pub use data::{Event, Field};
pub use edit::Edit;
pub use expr::{Condition, Expr, Words, Written};
pub use group::{List, Segment};
pub use integration::{Integration, Mapped, Mapping, Outcome};
pub use journey::Journey;
pub use lead::{Arrival, Lead, Outside, RUN_COLUMNS, Refusal, RefusedRow, Row, Settled};
pub use lifecycle::{Lifecycle, Move};
pub use local::{first_instant, keeps_its_offset};
pub use log::{LineRefusal, LogMapping, LogSummary, RefusedLine, Sendings, Tracking};
pub use mail::{MailFiles, MailParts, is_project_file, is_project_image};
pub use money::Money;
pub use permission::{Answers, Confirmation, Permission, Wording};
pub use persona::{Behavior, Cause, Delay, Does, Fatigue, Persona};
pub use policy::{Counted, Frequency, MailLimit, Policies, QuietHours};
pub use quota::Quota;
pub use reason::{EntryRefusal, Skip};
pub use scoring::{Band, Decay, GradeRule, Grading, Limit, ScoreRule, Scoring};
pub use settings::{Law, LeadMapping, MailClient, MetricsBy, Settings, Simulation};
pub use value::{Type, Value};
pub use window::{Again, Window};

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
    /// What becomes of leads inside, by the address at which they stand.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub migrate: BTreeMap<String, Migration>,
}

/// What becomes of leads that stand where a change meets them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Migration {
    /// They go on at this step.
    To(Name),
    /// They leave.
    Exit,
    /// They go through the old version to its end.
    FinishOnOld,
}

impl Campaign {
    /// Whether no lead has an influence on another: none do but by the quota of a sender.
    pub fn is_one_by_one(&self) -> bool {
        self.senders.values().all(|sender| sender.quota.is_none())
    }

    /// The topic of an email or a message.
    pub fn topic_of(&self, content: &Name) -> Option<&Name> {
        let email = self.emails.get(content).map(|email| &email.topic);
        email.or_else(|| self.messages.get(content).map(|message| &message.topic))
    }

    /// The topics to which leads subscribe.
    pub fn marketing_topics(&self) -> impl Iterator<Item = &Name> {
        self.topics.iter().filter(|(_, topic)| topic.is_marketing()).map(|(name, _)| name)
    }

    /// The mail address of a lead.
    pub fn email_of<'l>(&self, lead: &'l Lead) -> Option<&'l str> {
        let at = self.fields.keys().position(|name| name == "email")?;
        match lead.values.get(at)?.as_ref()? {
            Value::Text(email) => Some(email),
            _ => None,
        }
    }

    /// Gives a lead this score by a model. `false` if there is no such model.
    pub fn give_score(&self, lead: &mut Lead, model: &str, score: i32) -> bool {
        let Some(at) = self.scoring.keys().position(|name| name == model) else { return false };
        lead.scores.resize(lead.scores.len().max(at + 1), None);
        lead.scores[at] = Some(score);
        true
    }

    /// Journeys in the order in which entries are tried: higher priority first, then by name.
    pub fn journeys_in_order(&self) -> Vec<(&Name, &Journey)> {
        let mut journeys: Vec<_> = self.journeys.iter().collect();
        journeys.sort_by_key(|(_, journey)| std::cmp::Reverse(journey.priority));
        journeys
    }
}
