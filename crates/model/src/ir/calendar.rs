//! Calendars: which days are worked.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Name, first_instant, japan};
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

    /// Years that show all that the calendar ever says: those whose days are listed with their neighbours, and those whose
    /// holidays are known by rule. Without holidays, weekdays and leap years come again after 28 years.
    pub fn telling_years(&self) -> BTreeSet<i16> {
        let listed = self.days.keys().filter_map(|day| day.get(..4)?.parse::<i16>().ok());
        let rule = self.holidays.map_or(2001..=2028, |Holidays::Japan| japan::YEARS);
        listed.flat_map(|year| [year - 1, year, year + 1]).chain(rule).collect()
    }

    /// Whether the holidays of a year are known.
    pub fn covers(&self, year: i16) -> bool {
        match self.holidays {
            Some(Holidays::Japan) => japan::YEARS.contains(&year),
            None => true,
        }
    }
}

impl Calendar {
    /// Whether a day is worked.
    pub fn is_worked(&self, date: Date) -> bool {
        let weekday = date.weekday().to_monday_one_offset();
        u8::try_from(weekday).is_ok_and(|day| self.work.contains(&day))
            && !self.days_off(date.year()).contains_key(&date)
    }
}

impl Length {
    /// When it is over, in seconds since 1970-01-01T00:00:00Z, if it begins at some second by some clock; `None` if the
    /// calendar is not there, or works no day within a year.
    pub fn ends(&self, since_secs: i64, calendars: &BTreeMap<Name, Calendar>, zone: &TimeZone) -> Option<i64> {
        match self {
            Length::Secs(secs) => since_secs.checked_add(*secs),
            Length::BusinessDays { days, calendar } => {
                let calendar = calendars.get(calendar)?;
                let local = zone.to_datetime(Timestamp::from_second(since_secs).ok()?);
                let (mut date, mut left, mut idle) = (local.date(), *days, 0);
                while left > 0 {
                    date = date.tomorrow().ok()?;
                    let is_worked = calendar.is_worked(date);
                    (left, idle) = if is_worked { (left - 1, 0) } else { (left, idle + 1) };
                    if idle > 366 {
                        return None;
                    }
                }
                Some(first_instant(date.to_datetime(local.time()), zone))
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: Thursday 30 April 2026, 10:00 in Berlin; Friday 1 May is off, then comes a weekend.
    #[test]
    fn working_days_are_counted_from_the_day_after() {
        let days = BTreeMap::from([("2026-05-01".to_owned(), None)]);
        let calendar =
            Calendar { label: None, holidays: None, days, work: vec![1, 2, 3, 4, 5], origin: Origin::default() };
        let calendars = BTreeMap::from([("office".to_owned(), calendar)]);
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap().as_second();
        let length = |days| Length::BusinessDays { days, calendar: "office".to_owned() };
        let since = at("2026-04-30T10:00:00+02:00");
        assert_eq!(length(1).ends(since, &calendars, &zone), Some(at("2026-05-04T10:00:00+02:00")));
        assert_eq!(length(3).ends(since, &calendars, &zone), Some(at("2026-05-06T10:00:00+02:00")));
        assert_eq!(Length::Secs(60).ends(since, &calendars, &zone), Some(since + 60));
        assert_eq!(length(1).ends(since, &BTreeMap::new(), &zone), None);
    }
}
