//! `quota` and `warmup` of senders: how many mails go out a day or an hour.

use std::str::FromStr;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Text;
use super::limits::OnExcess;
use super::quantity::{Date, Factor, written};
use crate::syntax::Spanned;

/// At most so many mails of a sender, on every day.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// In a day of the project's time zone.
    #[schemars(example = 20000, range(min = 1))]
    pub per_day: Option<Spanned<u64>>,
    /// In an hour of that day.
    #[schemars(example = 1000, range(min = 1))]
    pub per_hour: Option<Spanned<u64>>,
    /// What becomes of a mail that is too many: it waits (`delay`, the default) or is left out (`skip`).
    #[serde(default)]
    #[schemars(example = &"skip")]
    pub on_excess: OnExcess,
}

/// A quota that grows from day to day, until receivers know the sender.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Warmup {
    /// First day, in the project's time zone. Before it the sender sends nothing but transactional mail.
    pub start: Spanned<Date>,
    /// Mails per day, day by day.
    #[schemars(example = serde_json::json!([50, 100, 500, 1000, 5000]))]
    pub per_day: Option<Spanned<Vec<Spanned<u64>>>>,
    /// Mails per hour, day by day.
    #[schemars(example = serde_json::json!([20, 28, 39, 55]))]
    pub per_hour: Option<Spanned<Vec<Spanned<u64>>>>,
    /// Instead of own numbers: a published schedule, `ipost`, `mailtrap`, `sarv`, `sendgrid` or `sendgrid-manual`.
    #[schemars(example = &"mailtrap")]
    pub schedule: Option<Text>,
    /// How the numbers go on after the last one; there is no limit from then on unless said.
    pub then: Option<Spanned<Growth>>,
    /// What becomes of a mail that is too many: it waits (`delay`, the default) or is left out (`skip`).
    #[serde(default)]
    #[schemars(example = &"skip")]
    pub on_excess: OnExcess,
}

/// How a warm-up goes on after its table: `x2 until 50000`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    /// By which each day multiplies the day before.
    pub factor: f64,
    /// The number that is reached in the end and kept.
    pub until: u64,
}

impl FromStr for Growth {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "not a growth; write `x2 until 50000`";
        let (factor, until) = text.trim().split_once(" until ").ok_or(WRONG)?;
        let factor = factor.parse::<Factor>().map_err(|_| WRONG)?.factor;
        let until = until.trim().replace([',', '_'], "").parse().map_err(|_| WRONG)?;
        Ok(Growth { factor, until })
    }
}

written! {
    Growth, r"^\s*x[0-9]+(\.[0-9]+)? +until +[0-9][0-9,_]*\s*$", "a growth such as `x2 until 50000`", "x2 until 50000";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growths() {
        assert_eq!("x2 until 50000".parse(), Ok(Growth { factor: 2.0, until: 50_000 }));
        assert_eq!("x1.3 until 50,000".parse(), Ok(Growth { factor: 1.3, until: 50_000 }));
        for wrong in ["x2", "2 until 5", "x2 until", "x2 until x"] {
            assert!(wrong.parse::<Growth>().is_err(), "{wrong}");
        }
    }
}
