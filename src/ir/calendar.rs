//! Calendars: which days are worked.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Name, japan};
use crate::text::Origin;

/// Which days are worked. The plan names the rule of a country's holidays and lists all other days, so that it means the
/// same wherever it is run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Calendar {
    /// Name for people.
    pub label: Option<String>,
    /// Whose national holidays are days off.
    pub holidays: Option<Holidays>,
    /// Further days off, by date `YYYY-MM-DD`, with their names.
    pub days: BTreeMap<String, Option<String>>,
    /// Weekdays that are worked: 1 Monday to 7 Sunday, ascending.
    pub work: Vec<u8>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// National holidays that are known by rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Holidays {
    /// Japan's, from 2007 to 2099.
    Japan,
}

impl Calendar {
    /// Days off of a year that are off whatever weekday they are, with their names.
    pub fn days_off(&self, year: i16) -> BTreeMap<Date, String> {
        let mut off = BTreeMap::new();
        if let Some(Holidays::Japan) = self.holidays {
            off.extend(japan::holidays(year).into_iter().map(|(date, name)| (date, name.to_owned())));
        }
        for (date, name) in &self.days {
            if let Some(date) = date.parse::<Date>().ok().filter(|date| date.year() == year) {
                off.insert(date, name.clone().unwrap_or_default());
            }
        }
        off
    }

    /// Whether the holidays of a year are known.
    pub fn covers(&self, year: i16) -> bool {
        match self.holidays {
            Some(Holidays::Japan) => japan::YEARS.contains(&year),
            None => true,
        }
    }
}

/// A length of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Length {
    /// Exactly so many seconds.
    Secs(i64),
    /// To the same time of the day on a working day.
    BusinessDays {
        /// The how-manieth working day after this one.
        days: u32,
        /// The calendar that says which days are worked.
        calendar: Name,
    },
}
