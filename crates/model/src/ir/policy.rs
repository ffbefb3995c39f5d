//! Limits for all that is sent.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Channel, Name, Permission, Window};
use crate::text::Origin;

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
