//! Limits for all that is sent.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
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
    /// Where they are declared.
    #[serde(skip)]
    pub origin: Origin,
}

impl QuietHours {
    /// The longest time without a break of the years given, in seconds by the local clock, and when it begins; `None` where
    /// no hour is quiet. A time that began before these years counts from their first midnight on.
    pub fn longest(
        &self,
        calendars: &BTreeMap<Name, Calendar>,
        years: impl IntoIterator<Item = i16>,
    ) -> Option<(i64, DateTime)> {
        const DAY: i64 = 24 * 60;
        let (from, to) = (i64::from(self.from_minute), i64::from(self.to_minute));
        let hours = match from.cmp(&to) {
            Ordering::Less => vec![(from, to)],
            Ordering::Equal => Vec::new(),
            Ordering::Greater => vec![(0, to), (from, DAY)],
        };
        let calendar = self.holidays.as_ref().and_then(|name| calendars.get(name));
        // The minutes since the first day at which the last quiet time began and ended, and the longest of them.
        let mut last: Option<(i64, i64)> = None;
        let mut longest: Option<(i64, DateTime)> = None;
        let mut first: Option<Date> = None;
        for year in years {
            let off = calendar.map_or_else(BTreeMap::new, |calendar| calendar.days_off(year));
            let Ok(begin) = Date::new(year, 1, 1) else { continue };
            let first = *first.get_or_insert(begin);
            for date in begin.series(1.day()).take_while(|date| date.year() == year) {
                let weekday = u8::try_from(date.weekday().to_monday_one_offset()).unwrap_or_default();
                let whole = self.weekdays.contains(&weekday) || off.contains_key(&date);
                let since = i64::from((date - first).get_days()) * DAY;
                for &(from, to) in if whole { &[(0, DAY)][..] } else { &hours } {
                    let (from, to) = (since + from, since + to);
                    let begun = last.filter(|(_, end)| *end == from).map_or(from, |(begun, _)| begun);
                    last = Some((begun, to));
                    let secs = (to - begun) * 60;
                    if longest.is_none_or(|(known, _)| secs > known) {
                        let at = first.to_datetime(Time::midnight()).checked_add(begun.minutes());
                        longest = at.ok().map(|at| (secs, at)).or(longest);
                    }
                }
            }
        }
        longest
    }
}
