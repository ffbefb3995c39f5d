//! `calendars`: which days are worked; and what counts in such days.

use std::str::FromStr;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Text;
use super::limits::Weekday;
use super::quantity::{Date, Duration, written};
use crate::syntax::Spanned;

/// Which days are worked.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Calendar {
    /// Name for people.
    #[schemars(example = &"営業日カレンダー")]
    pub label: Option<String>,
    /// Whose national holidays are days off: `japan`. Those of other countries are listed under `days` or in a `file`.
    #[schemars(example = &"japan")]
    pub holidays: Option<Holidays>,
    /// Further days off.
    #[schemars(example = serde_json::json!([{"date": "2026-12-29", "to": "2027-01-03", "name": "年末年始休業"}]))]
    pub days: Vec<DayOff>,
    /// CSV file of further days off with a column `date`, and perhaps `to` and `name`; relative to the project's folder.
    #[schemars(example = &"calendars/holidays-de.csv")]
    pub file: Option<Text>,
    /// Weekdays that are worked; Monday to Friday unless said.
    #[schemars(example = serde_json::json!(["mon", "tue", "wed", "thu", "fri"]))]
    pub work: Option<Spanned<Vec<Weekday>>>,
}

/// National holidays that are known by rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Holidays {
    /// Japan's, from 2007 to 2099.
    Japan,
}

/// A day off, or several in a row.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DayOff {
    /// The day; the first one if there are several.
    pub date: Spanned<Date>,
    /// The last one.
    pub to: Option<Spanned<Date>>,
    /// What it is.
    #[schemars(example = &"年末年始休業", example = &"New Year")]
    pub name: Option<String>,
}

/// A length of time: exact, or in working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// Exactly so long.
    Exact(Duration),
    /// To the same time of the day, so many working days later.
    BusinessDays(u32),
}

impl FromStr for Length {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = ["business days", "business day"].iter().find_map(|unit| text.trim().strip_suffix(unit));
        let Some(number) = number else { return text.parse().map(Length::Exact) };
        match number.trim().parse() {
            Ok(days @ 1..=1_000) => Ok(Length::BusinessDays(days)),
            Ok(_) => Err("not from 1 to 1000 business days"),
            Err(_) => Err("not a number of business days; write `3 business days`"),
        }
    }
}

written! {
    Length, r"^\s*([0-9]+ +business +days?|([0-9]+ *[a-z]+[ ,]*)+)\s*$", "a duration such as `2 days` or `3 business days`", "2 days";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        assert_eq!("3 business days".parse(), Ok(Length::BusinessDays(3)));
        assert_eq!("1 business day".parse(), Ok(Length::BusinessDays(1)));
        assert_eq!("2 days".parse(), Ok(Length::Exact(Duration { secs: 172_800 })));
        for wrong in ["0 business days", "business days", "2 days 3 business days", "1.5 business days", "2 months"] {
            assert!(wrong.parse::<Length>().is_err(), "{wrong}");
        }
    }
}
