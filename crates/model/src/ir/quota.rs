//! How many mails a sender sends a day or an hour: a plain quota, a warm-up with a calendar, or both.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Name;

/// The limits of a sender. Where both a warm-up and a plain quota have a say, the smaller number counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Quota {
    /// On every day.
    #[serde(default, skip_serializing_if = "Rates::is_open")]
    pub always: Rates,
    /// The warm-up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warmup: Option<Warmup>,
    /// Whether a mail that is too many is left out (otherwise it waits).
    pub skip: bool,
}

/// How many mails; `None` is any number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rates {
    /// In a day of the project's time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_day: Option<u64>,
    /// In an hour of that day, counted from its midnight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_hour: Option<u64>,
}

/// A growing quota: one entry for each day, in order and without a gap. Before the first one nothing is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Warmup {
    /// The published schedule it was taken from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Name>,
    /// The calendar.
    pub days: Vec<WarmupDay>,
    /// What holds from the day after the last one on.
    pub after: Rates,
}

/// A day of a warm-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WarmupDay {
    /// The day, `YYYY-MM-DD`, in the project's time zone.
    pub date: String,
    /// How many mails.
    #[serde(flatten)]
    pub rates: Rates,
}

impl Rates {
    /// Whether there is no limit.
    pub fn is_open(&self) -> bool {
        *self == Rates::default()
    }

    /// The tighter of two.
    fn and(self, other: Rates) -> Rates {
        let least = |left: Option<u64>, right: Option<u64>| left.into_iter().chain(right).min();
        Rates { per_day: least(self.per_day, other.per_day), per_hour: least(self.per_hour, other.per_hour) }
    }

    /// The most mails that a whole day can take; `None` is any number.
    pub fn of_a_day(self) -> Option<u64> {
        self.per_day.into_iter().chain(self.per_hour.map(|hour| hour.saturating_mul(24))).min()
    }
}

impl Quota {
    /// What holds on a day.
    pub fn on(&self, date: jiff::civil::Date) -> Rates {
        self.warmup.as_ref().map_or(self.always, |warmup| self.always.and(warmup.on(date)))
    }
}

impl Warmup {
    /// First day.
    pub fn first(&self) -> Option<jiff::civil::Date> {
        self.days.first().and_then(|day| day.date.parse().ok())
    }

    fn on(&self, date: jiff::civil::Date) -> Rates {
        let Some(first) = self.first() else { return self.after };
        let Ok(day) = usize::try_from((date - first).get_days()) else {
            return Rates { per_day: Some(0), per_hour: None };
        };
        self.days.get(day).map_or(self.after, |day| day.rates)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(per_day: Option<u64>, per_hour: Option<u64>) -> Rates {
        Rates { per_day, per_hour }
    }

    #[test]
    fn the_tighter_limit_of_a_day_counts() {
        let day = |date: &str, per_day| WarmupDay { date: date.to_owned(), rates: rates(Some(per_day), None) };
        let warmup = Warmup {
            schedule: None,
            days: vec![day("2026-04-01", 50), day("2026-04-02", 500)],
            after: rates(None, None),
        };
        let quota = Quota { always: rates(Some(200), Some(20)), warmup: Some(warmup), skip: false };
        let on = |date: &str| quota.on(date.parse().unwrap());
        assert_eq!(on("2026-03-31"), rates(Some(0), Some(20)));
        assert_eq!(on("2026-04-01"), rates(Some(50), Some(20)));
        assert_eq!(on("2026-04-02"), rates(Some(200), Some(20)));
        assert_eq!(on("2026-05-02"), rates(Some(200), Some(20)));
        assert_eq!([rates(Some(100), Some(3)).of_a_day(), rates(None, None).of_a_day()], [Some(72), None]);
    }
}
