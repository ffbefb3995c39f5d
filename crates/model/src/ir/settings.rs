//! Settings of a project.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{LogMapping, Name, Value, journey::Moment};

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
    pub best_time: Option<Moment>,
    /// Defaults of a simulation.
    pub simulation: Simulation,
    /// How leads files are read.
    pub leads: LeadMapping,
    /// How logs of events are read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logs: Option<LogMapping>,
    /// Mail programs that mails have to look right in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clients: Vec<MailClient>,
    /// Countries whose law on mail is checked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub laws: Vec<Law>,
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

/// A mail program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "described with the language")]
pub enum MailClient {
    AppleMail,
    Gmail,
    OutlookCom,
    OutlookWindows,
    Yahoo,
}

impl MailClient {
    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            MailClient::AppleMail => "apple-mail",
            MailClient::Gmail => "gmail",
            MailClient::OutlookCom => "outlook-com",
            MailClient::OutlookWindows => "outlook-windows",
            MailClient::Yahoo => "yahoo",
        }
    }
}

/// Whose law on mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "described with the language")]
pub enum Law {
    Ca,
    Eu,
    Jp,
    Us,
}

impl Law {
    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            Law::Ca => "ca",
            Law::Eu => "eu",
            Law::Jp => "jp",
            Law::Us => "us",
        }
    }
}
