//! What a template can ask for: a lead as it reads the mail.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};
use minijinja::value::{Object, Value};
use xxhash_rust::xxh3::xxh3_64;

use super::body::MODEL;
use super::history::History;
use crate::ir::permission::Stand;
use crate::ir::{self, Campaign, Lead, Name};

/// What is known of a lead besides its fields. What nothing is said of is as for a lead that has just come.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// When it reads, in seconds since 1970-01-01T00:00:00Z.
    pub now_secs: i64,
    /// Its persona.
    pub persona: Option<Name>,
    /// Segments it is in.
    pub segments: BTreeSet<Name>,
    /// Properties of the event at hand, and of the one that let it in.
    pub event: BTreeMap<Name, ir::Value>,
    /// Its stage, if not that of the lead.
    pub stage: Option<Name>,
    /// Grades by model.
    pub grades: BTreeMap<Name, String>,
    /// The marketing topics that it is subscribed to, if not those that its row says.
    pub subscribed: Option<BTreeSet<Name>>,
    /// Since when it has agreed to topics, in seconds since 1970-01-01T00:00:00Z, if that is not what its row says.
    pub agreed: Option<BTreeMap<Name, i64>>,
    /// What happened to it so far.
    pub history: History,
}

/// A lead that reads mails.
#[derive(Clone, Debug)]
pub struct Reader {
    inner: Arc<Inner>,
}

/// What one reader is asked for.
#[derive(Debug)]
pub(super) struct Inner {
    campaign: Arc<Campaign>,
    values: Vec<Value>,
    lead: Lead,
    about: About,
    zone: TimeZone,
    links: [(&'static str, String); 3],
}

impl Reader {
    /// A lead of a campaign that gets the mail `email`.
    pub fn new(campaign: &Arc<Campaign>, email: &str, lead: Lead, about: About) -> Reader {
        let own =
            campaign.fields.keys().position(|name| name == "timezone").and_then(|at| lead.values.get(at)?.clone());
        let zone = match own {
            Some(ir::Value::Text(zone)) => TimeZone::get(&zone).ok(),
            _ => None,
        };
        let zone = zone.or_else(|| TimeZone::get(&campaign.settings.timezone).ok()).unwrap_or(TimeZone::UTC);
        let values =
            lead.values.iter().map(|value| value.as_ref().map_or(Value::from(()), |value| shown(value, &zone)));
        let values = values.collect();
        let links = links(campaign, email, &lead.id);
        let campaign = campaign.clone();
        Reader { inner: Arc::new(Inner { campaign, values, lead, about, zone, links }) }
    }

    /// The address that stops mails: visible in the mail, and in its header.
    pub fn unsubscribe_url(&self) -> &str {
        &self.inner.links[0].1
    }

    /// What tells this mail of this lead from all others.
    pub fn token(&self) -> &str {
        self.inner.links[0].1.rsplit('/').next().unwrap_or_default()
    }

    /// Its address.
    pub fn email(&self) -> Option<&str> {
        self.inner.email()
    }

    pub(super) fn value(&self) -> Value {
        Value::from_dyn_object(self.inner.clone())
    }
}

/// Addresses that differ for each lead and mail, and tell neither.
fn links(campaign: &Campaign, email: &str, lead: &str) -> [(&'static str, String); 3] {
    let sender = campaign.emails.get(email).and_then(|email| campaign.senders.get(&email.sender));
    let host = sender.map_or("localhost", |sender| {
        let domain = sender.domain.as_ref();
        let own = domain.map(|domain| domain.tracking.as_deref().unwrap_or(&domain.name));
        own.unwrap_or_else(|| sender.email.split('@').next_back().unwrap_or("localhost"))
    });
    let key = token(campaign, email, lead);
    [("unsubscribe_url", "u"), ("confirm_url", "c"), ("preferences_url", "p")]
        .map(|(name, path)| (name, format!("https://{host}/{path}/{key}")))
}

/// Tells one mail of one lead from others.
fn token(campaign: &Campaign, email: &str, lead: &str) -> String {
    format!("{:016x}", xxh3_64(format!("{}\u{0}{email}\u{0}{lead}", campaign.settings.project).as_bytes()))
}

/// A value as templates see it: dates in ISO 8601, instants as local time with its offset.
pub(super) fn shown(value: &ir::Value, zone: &TimeZone) -> Value {
    match value {
        ir::Value::Bool(truth) => Value::from(*truth),
        ir::Value::Int(number) => Value::from(*number),
        ir::Value::Number(number) => Value::from(*number),
        ir::Value::Text(text) => Value::from(text.as_str()),
        ir::Value::Date(days) => {
            let date = Timestamp::from_second(i64::from(*days) * 86_400).map(|at| TimeZone::UTC.to_datetime(at).date());
            date.map_or(Value::from(()), |date| Value::from(date.to_string()))
        }
        ir::Value::Datetime(secs) => instant(*secs, zone),
        ir::Value::Set(values) => values.iter().map(|value| Value::from(value.as_str())).collect(),
    }
}

fn instant(secs: i64, zone: &TimeZone) -> Value {
    let Ok(at) = Timestamp::from_second(secs) else { return Value::from(()) };
    let minutes = zone.to_offset(at).seconds() / 60;
    let (sign, minutes) = if minutes < 0 { ('-', -minutes) } else { ('+', minutes) };
    let local = zone.to_datetime(at).strftime("%Y-%m-%dT%H:%M:%S");
    Value::from(format!("{local}{sign}{:02}:{:02}", minutes / 60, minutes % 60))
}

/// Days from the epoch to a date.
pub(super) fn days_of(date: Date) -> i64 {
    let midnight = Offset::UTC.to_timestamp(date.to_datetime(Time::midnight()));
    midnight.map_or(0, |at| at.as_second().div_euclid(86_400))
}

impl Inner {
    /// Days from the epoch to the reader's own date.
    pub(super) fn today(&self) -> i64 {
        let at = Timestamp::from_second(self.about.now_secs).unwrap_or_default();
        days_of(self.zone.to_datetime(at).date())
    }

    pub(super) fn campaign(&self) -> &Campaign {
        &self.campaign
    }

    pub(super) fn lead(&self) -> &Lead {
        &self.lead
    }

    /// Its address.
    pub(super) fn email(&self) -> Option<&str> {
        self.campaign.email_of(&self.lead)
    }

    pub(super) fn about(&self) -> &About {
        &self.about
    }

    /// Whole days of 24 hours since it agreed to a topic.
    pub(super) fn days_since_consent(&self, topic: &str) -> Option<i64> {
        let told = || {
            let at = self.campaign.topics.keys().position(|name| name == topic)?;
            let given = self.lead.consents.get(at)?.filter(|given| given.stand == Stand::In)?;
            given.since_secs
        };
        let since = self.about.agreed.as_ref().map_or_else(told, |agreed| agreed.get(topic).copied())?;
        Some((self.about.now_secs - since).div_euclid(86_400))
    }

    /// The properties of an event as templates see them.
    pub(super) fn properties(&self, with: &BTreeMap<Name, ir::Value>) -> Value {
        Value::from_pairs(with.iter().map(|(name, value)| (name.as_str(), shown(value, &self.zone))))
    }

    pub(super) fn is_in_segment(&self, segment: &str) -> bool {
        self.about.segments.contains(segment)
    }

    pub(super) fn stage(&self) -> Option<&str> {
        let first = || self.campaign.lifecycle.as_ref().and_then(|lifecycle| lifecycle.stages.first());
        self.about.stage.as_ref().or(self.lead.stage.as_ref()).or_else(first).map(String::as_str)
    }

    fn score(&self, model: usize) -> Value {
        Value::from(self.lead.scores.get(model).copied().flatten().unwrap_or(0))
    }

    fn grade(&self, model: &str) -> Value {
        self.about.grades.get(model).map_or(Value::from(()), |grade| Value::from(grade.as_str()))
    }

    /// The score of the default model, or of the only one.
    fn usual_score(&self) -> Value {
        let default = self.campaign.scoring.values().position(|model| model.default);
        self.score(default.unwrap_or(0))
    }

    fn usual_grade(&self) -> Value {
        let models = &self.campaign.grading;
        let default = models.iter().find(|(_, model)| model.default).or(models.iter().next());
        default.map_or(Value::from(()), |(model, _)| self.grade(model))
    }

    /// `score.engagement`, which templates ask for as [`super::body::MODEL`] has it.
    fn of_model(&self, key: &str) -> Option<Value> {
        let (kind, model) = key.split_once(MODEL)?;
        match kind {
            "score" => Some(self.score(self.campaign.scoring.keys().position(|name| name == model)?)),
            "grade" => Some(self.grade(model)),
            _ => None,
        }
    }
}

impl Object for Inner {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        if let Some(at) = self.campaign.fields.keys().position(|name| name == key) {
            return self.values.get(at).cloned();
        }
        if let Some((_, link)) = self.links.iter().find(|(name, _)| *name == key) {
            return Some(Value::from(link.as_str()));
        }
        match key {
            "project" => Some(Value::from(self.campaign.settings.project.as_str())),
            "stage" => self.stage().map(Value::from),
            "persona" => Some(self.about.persona.as_deref().map_or(Value::from(()), Value::from)),
            "score" => Some(self.usual_score()),
            "grade" => Some(self.usual_grade()),
            "now" => Some(instant(self.about.now_secs, &self.zone)),
            "today" => {
                let days = i32::try_from(self.today()).unwrap_or(0);
                Some(shown(&ir::Value::Date(days), &self.zone))
            }
            "event" | "entry" => Some(self.properties(&self.about.event)),
            "@reader" => Some(Value::from_dyn_object(self.clone())),
            _ => self.of_model(key),
        }
    }
}
