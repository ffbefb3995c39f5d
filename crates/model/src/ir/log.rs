//! Logs of events: how they are read, what of them may be used, and what reading them gave.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Condition, Name};
use crate::text::Origin;

/// The built-in event of an `identify` call: it sets the fields that it carries. A campaign has it if it says how logs
/// are read.
pub const IDENTIFIED: &str = "identified";

/// How logs of events made by others are read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LogMapping {
    /// Fields that tell whom a record is about, the strongest first. `id` is the log's `userId`.
    pub identity: Vec<Name>,
    /// Keys of the log alone.
    pub other_keys: Vec<String>,
    /// Event by name in the log, where it is not the event's own.
    pub events: BTreeMap<String, LoggedEvent>,
    /// Property by name in the log.
    pub properties: BTreeMap<String, Name>,
    /// Field by name of the trait, where it is not the field's own.
    pub traits: BTreeMap<String, Name>,
    /// By property, texts of the log and those they stand for.
    pub values: BTreeMap<Name, BTreeMap<String, String>>,
    /// Columns of CSV logs: `at`, `event`, `message_id` and keys, where their names are others.
    pub columns: BTreeMap<String, String>,
    /// Names of events in the log that are left out on purpose.
    pub ignore: BTreeSet<String>,
}

impl Default for LogMapping {
    fn default() -> Self {
        LogMapping {
            identity: vec!["id".to_owned(), "email".to_owned()],
            other_keys: vec!["anonymousId".to_owned()],
            events: BTreeMap::new(),
            properties: BTreeMap::new(),
            traits: BTreeMap::new(),
            values: BTreeMap::new(),
            columns: BTreeMap::new(),
            ignore: BTreeSet::new(),
        }
    }
}

/// What a name of the log stands for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LoggedEvent {
    /// The event.
    pub event: Name,
    /// Property by name in the log, for this event; they go before those of all events.
    pub properties: BTreeMap<String, Name>,
}

/// Whose behaviour may be recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tracking {
    /// Who agreed.
    pub consent: Condition,
    /// Events that need it.
    pub events: BTreeSet<Name>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// Why a line of a log, or the event in it, is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineRefusal {
    /// It cannot be taken apart, or is no call that is known.
    BadLine,
    /// It has no time, or none that can be read.
    BadTime,
    /// It names nobody.
    NoIdentity,
    /// A property or trait is missing or of another type.
    BadValue,
    /// An earlier line has the same message id.
    Duplicate,
    /// What it says of whom it is about fits several leads.
    AmbiguousIdentity,
    /// It is about nobody who could be a lead.
    NoLead,
}

impl LineRefusal {
    /// The reason as it is written in reports.
    pub fn word(self) -> &'static str {
        match self {
            LineRefusal::BadLine => "bad-line",
            LineRefusal::BadTime => "bad-time",
            LineRefusal::NoIdentity => "no-identity",
            LineRefusal::BadValue => "bad-value",
            LineRefusal::Duplicate => "duplicate",
            LineRefusal::AmbiguousIdentity => "ambiguous-identity",
            LineRefusal::NoLead => "no-lead",
        }
    }
}

/// A line of a log that is not used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefusedLine {
    /// The log, as the command line or the project names it.
    pub file: String,
    /// 1-based line in it.
    pub line: u64,
    /// Why.
    pub reason: LineRefusal,
    /// One sentence with what was found.
    pub message: String,
}

/// Leads that a log throws together, so that nothing says which of them is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct IdentityConflict {
    /// A key that leads to more than one of them, or to one of them and to the next key of the chain.
    pub key: String,
    /// Ids of the leads, at most ten.
    pub leads: Vec<String>,
}

/// A name of the log that no event has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct UnknownEvent {
    /// How often it is there.
    pub count: u64,
    /// The known name most like it: of an event, or one that is mapped to an event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<Name>,
}

/// What logs tell of emails and messages as sent to leads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sendings {
    /// Emails and messages of which they tell a sending in the time of the run.
    pub names: BTreeSet<Name>,
    /// Second of the last one.
    pub last_secs: i64,
}

/// What reading logs gave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LogSummary {
    /// The logs, as the command line or the project names them.
    pub files: Vec<String>,
    /// Lines with something in them.
    pub lines: u64,
    /// Events that leads have.
    pub events: u64,
    /// Leads that have any.
    pub leads: u64,
    /// Leads that only the logs know.
    pub made: u64,
    /// Keys that were found.
    pub keys: u64,
    /// Lines that are not used, by reason.
    pub refused: BTreeMap<LineRefusal, u64>,
    /// The first of them.
    pub refused_lines: Vec<RefusedLine>,
    /// Events whose name the campaign does not know, by name.
    pub unknown: BTreeMap<String, UnknownEvent>,
    /// Events that are left out on purpose.
    pub ignored: u64,
    /// How often there were properties that the event does not have, by event and property.
    pub unread_properties: BTreeMap<String, u64>,
    /// Leads that are thrown together, as many as are kept.
    pub conflicts: Vec<IdentityConflict>,
    /// How many groups of leads are thrown together.
    pub conflicts_total: u64,
}

impl LogSummary {
    /// Lines that are not used.
    pub fn refused_total(&self) -> u64 {
        self.refused.values().sum()
    }

    /// Events whose name the campaign does not know.
    pub fn unknown_total(&self) -> u64 {
        self.unknown.values().map(|unknown| unknown.count).sum()
    }
}
