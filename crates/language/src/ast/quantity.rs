//! Small written quantities: `2 days`, `30%`, `x1.2`, `0.4 per week`, `calendar month`.
//!
//! Each is text in YAML, a type here, and a pattern in the JSON Schema.

use std::borrow::Cow;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, Visitor};

use crate::text::duration_secs;

/// Seconds in a day. A day of a duration is always 24 hours.
pub const DAY: i64 = 86_400;

/// A duration: whole seconds, more than none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duration {
    /// Length in seconds.
    pub secs: i64,
}

/// A probability written in percent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Percent {
    /// 0 to 1.
    pub fraction: f64,
}

/// A percentage that is added: `-4%`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// -1 to 1.
    pub fraction: f64,
}

/// A multiplier written `x1.2`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factor {
    /// Not negative.
    pub factor: f64,
}

/// How often something happens by itself: `0.4 per week`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Mean number of happenings in one second.
    pub per_sec: f64,
}

/// An amount of money that is not negative: exact, in millionths of the currency's unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Money {
    /// Millionths of the currency's unit.
    pub micros: u64,
}

/// What each mail of late takes from the interest in the next: `-8% per mail in 7 days`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fatigue {
    /// Share of the rate lost with each mail, 0 to 1.
    pub loss: f64,
    /// The look-back in seconds.
    pub window_secs: i64,
}

/// A stretch of time over which something is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The last so many seconds.
    Rolling(i64),
    /// The local day of the calendar.
    CalendarDay,
    /// The local week, Monday to Sunday.
    CalendarWeek,
    /// The local month.
    CalendarMonth,
    /// Since the beginning.
    Ever,
}

/// At most so many in a window: `1 per day`, `3 per calendar month`, `1 per lead`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How many; at least 1.
    pub count: u32,
    /// Over what.
    pub per: Window,
}

/// When a lead may enter a journey, or get a mail, once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// Not a second time.
    Never,
    /// At any time.
    Always,
    /// So many seconds after the last time.
    After(i64),
}

/// A time of day, local.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClockTime {
    /// Minutes since midnight, 0 to 1439; 1440 for `24:00`.
    pub minutes: u16,
}

/// A moment that comes again: `tue 10:00`, `day 09:00`, `month 1 09:00`; or once: `2026-04-10 09:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Every day at this time.
    Daily(ClockTime),
    /// Every week on this weekday (1 Monday to 7 Sunday) at this time.
    Weekly(u8, ClockTime),
    /// Monday to Friday at this time.
    Weekdays(ClockTime),
    /// Every month on this day (1 to 28) at this time.
    Monthly(u8, ClockTime),
    /// On working days at this time.
    Business(BusinessDay, ClockTime),
    /// Once.
    Once(jiff::civil::DateTime),
}

/// Which working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BusinessDay {
    /// All of them.
    Every,
    /// The first of each month.
    First,
    /// The last of each month.
    Last,
}

fn split_number(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let number: f64 = text[..end].parse().ok()?;
    number.is_finite().then_some((number, text[end..].trim_start()))
}

fn after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(word)?;
    rest.starts_with(' ').then(|| rest.trim_start())
}

impl FromStr for Duration {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        duration_secs(text).map(|secs| Duration { secs })
    }
}

/// A length of time in the words of the language: `2日` is `2 days`, `1時間` is `1 hour`.
pub(crate) fn in_english(text: &str) -> String {
    const UNITS: [(&str, &str); 6] = [
        ("週間", " weeks "),
        ("日間", " days "),
        ("日", " days "),
        ("時間", " hours "),
        ("分", " minutes "),
        ("秒", " seconds "),
    ];
    let english = UNITS.iter().fold(text.to_owned(), |text, (unit, words)| text.replace(unit, words));
    let mut words: Vec<&str> = english.split_whitespace().collect();
    for at in 1..words.len() {
        if words[at - 1] == "1" {
            words[at] = words[at].trim_end_matches('s');
        }
    }
    words.join(" ")
}

/// A unit of time by its name, alone (`week`) or with a count (`2 weeks`).
fn period(text: &str) -> Result<i64, &'static str> {
    let counted = if text.starts_with(|c: char| c.is_ascii_digit()) { text.to_owned() } else { format!("1 {text}") };
    counted.parse::<Duration>().map(|duration| duration.secs)
}

impl FromStr for Percent {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "not a percentage from 0% to 100%";
        let (number, rest) = split_number(text.trim()).ok_or(WRONG)?;
        (rest == "%" && number <= 100.0).then_some(Percent { fraction: number / 100.0 }).ok_or(WRONG)
    }
}

impl FromStr for Change {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "not a change from -100% to 100%";
        let text = text.trim();
        let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
        let percent: Percent = text.strip_prefix(['-', '+']).unwrap_or(text).parse().map_err(|_| WRONG)?;
        Ok(Change { fraction: sign * percent.fraction })
    }
}

impl FromStr for Factor {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "not a factor; write `x1.2`";
        let (factor, rest) = text.trim().strip_prefix('x').and_then(split_number).ok_or(WRONG)?;
        rest.is_empty().then_some(Factor { factor }).ok_or(WRONG)
    }
}

impl FromStr for Rate {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "not a rate; write `0.4 per week`";
        let (count, rest) = split_number(text.trim()).ok_or(WRONG)?;
        let secs = period(after(rest, "per").ok_or(WRONG)?).map_err(|_| WRONG)?;
        Ok(Rate { per_sec: count / secs as f64 })
    }
}

impl FromStr for Fatigue {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "not a fatigue; write `-8% per mail in 7 days`";
        let (share, window) =
            text.trim().strip_prefix('-').and_then(|rest| rest.split_once(" per mail in ")).ok_or(WRONG)?;
        let loss = share.parse::<Percent>().map_err(|_| WRONG)?.fraction;
        Ok(Fatigue { loss, window_secs: period(window.trim()).map_err(|_| WRONG)? })
    }
}

impl FromStr for Window {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim() {
            "calendar day" => Ok(Window::CalendarDay),
            "calendar week" => Ok(Window::CalendarWeek),
            "calendar month" => Ok(Window::CalendarMonth),
            "lead" => Ok(Window::Ever),
            text => period(text).map(Window::Rolling).map_err(
                |_| "not a window; write `7 days`, `calendar day`, `calendar week`, `calendar month` or `lead`",
            ),
        }
    }
}

impl FromStr for Limit {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "not a limit; write `1 per day`, `3 per 7 days`, `2 per calendar month` or `1 per lead`";
        let (count, per) = text.trim().split_once(" per ").ok_or(WRONG)?;
        let count: u32 = count.trim().parse().map_err(|_| WRONG)?;
        let per = per.parse().map_err(|_| WRONG)?;
        if count == 0 {
            Err("a limit that allows nothing; leave the rule out instead")
        } else {
            Ok(Limit { count, per })
        }
    }
}

impl FromStr for Again {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim() {
            "never" => Ok(Again::Never),
            "always" => Ok(Again::Always),
            text => {
                let rest = after(text, "after").ok_or("not one of `never`, `always` and `after 90 days`")?;
                rest.parse::<Duration>().map(|duration| Again::After(duration.secs)).map_err(|_| {
                    if rest.contains("month") || rest.contains("year") {
                        "not exact, since months and years differ in length; write `after 30 days` or `after 52 weeks`"
                    } else {
                        "not one of `never`, `always` and `after 90 days`"
                    }
                })
            }
        }
    }
}

impl FromStr for ClockTime {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "not a time of day from 00:00 to 24:00";
        let (hours, minutes) = text.trim().split_once(':').ok_or(WRONG)?;
        let two = |digits: &str| (digits.len() == 2).then(|| digits.parse::<u16>().ok()).flatten().ok_or(WRONG);
        let (hours, minutes) = (two(hours)?, two(minutes)?);
        let total = hours * 60 + minutes;
        (minutes < 60 && total <= 1440).then_some(ClockTime { minutes: total }).ok_or(WRONG)
    }
}

/// Number of a weekday by its English short name: 1 Monday to 7 Sunday.
pub fn weekday(name: &str) -> Option<u8> {
    let at = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().position(|day| *day == name)?;
    u8::try_from(at + 1).ok()
}

impl FromStr for Moment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str =
            "not a moment; write `10:00`, `tue 10:00`, `business day 10:00`, `month 1 10:00` or `2026-04-10 10:00`";
        let text = text.trim();
        let (day, time) = text.rsplit_once(' ').unwrap_or(("day", text));
        let time: ClockTime = time.parse().map_err(|_| WRONG)?;
        if time.minutes == 1440 {
            return Err("not on the clock; write 00:00 of the next day");
        }
        match day.trim() {
            "day" => Ok(Moment::Daily(time)),
            "weekday" => Ok(Moment::Weekdays(time)),
            "business day" => Ok(Moment::Business(BusinessDay::Every, time)),
            "first business day" | "first business day of month" => Ok(Moment::Business(BusinessDay::First, time)),
            "last business day" | "last business day of month" => Ok(Moment::Business(BusinessDay::Last, time)),
            day => {
                if let Some(weekday) = weekday(day) {
                    return Ok(Moment::Weekly(weekday, time));
                }
                if let Some(number) = day.strip_prefix("month ") {
                    let number: u8 = number.trim().parse().map_err(|_| WRONG)?;
                    return if (1..=28).contains(&number) {
                        Ok(Moment::Monthly(number, time))
                    } else {
                        Err("not in every month; write a day from 1 to 28")
                    };
                }
                let date: jiff::civil::Date = day.parse().map_err(|_| WRONG)?;
                let hour = i8::try_from(time.minutes / 60).map_err(|_| WRONG)?;
                let minute = i8::try_from(time.minutes % 60).map_err(|_| WRONG)?;
                Ok(Moment::Once(date.at(hour, minute, 0, 0)))
            }
        }
    }
}

/// The largest amount: a thousand million, so that sums of many stay within bounds.
const MOST_MONEY: f64 = 1e9;

impl TryFrom<f64> for Money {
    type Error = &'static str;

    fn try_from(amount: f64) -> Result<Self, Self::Error> {
        let micros = amount * 1e6;
        match () {
            () if !(0.0..=MOST_MONEY).contains(&amount) => Err("not an amount from 0 to 1000000000"),
            () if (micros - micros.round()).abs() > 1e-3 => Err("too fine an amount; at most six decimals are counted"),
            () => Ok(Money { micros: micros.round() as u64 }),
        }
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Amount;
        impl Visitor<'_> for Amount {
            type Value = Money;

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("an amount of money")
            }

            fn visit_i64<E: serde::de::Error>(self, amount: i64) -> Result<Money, E> {
                self.visit_f64(amount as f64)
            }

            fn visit_f64<E: serde::de::Error>(self, amount: f64) -> Result<Money, E> {
                Money::try_from(amount).map_err(|error| E::custom(format_args!("{amount} is {error}")))
            }
        }
        deserializer.deserialize_any(Amount)
    }
}

impl JsonSchema for Money {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Money".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({"type": "number", "minimum": 0, "maximum": MOST_MONEY})
    }
}

/// Reading from text, and the pattern by which editors check it before we do.
macro_rules! written {
    ($($type:ident, $pattern:literal, $says:literal, $example:literal;)*) => {$(
        impl<'de> serde::de::Deserialize<'de> for $type {
            fn deserialize<D: serde::de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Written;
                impl serde::de::Visitor<'_> for Written {
                    type Value = $type;

                    fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                        formatter.write_str($says)
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$type, E> {
                        text.parse().map_err(|error| E::custom(format_args!("`{text}` is {error}")))
                    }
                }
                deserializer.deserialize_str(Written)
            }
        }

        impl schemars::JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string", "pattern": $pattern, "examples": [$example],
                    "patternErrorMessage": $says,
                })
            }
        }
    )*};
}
pub(super) use written;

written! {
    Duration, r"^\s*([0-9]+ *(business +)?[a-z]+[ ,]*)+$", "a duration such as `2 days`, `90 minutes` or `4h`", "2 days";
    Percent, r"^\s*[0-9]+(\.[0-9]+)?%\s*$", "a percentage such as `38%`", "38%";
    Change, r"^\s*[-+]?[0-9]+(\.[0-9]+)?%\s*$", "a change such as `-4%`", "-4%";
    Factor, r"^\s*x[0-9]+(\.[0-9]+)?\s*$", "a factor such as `x1.2`", "x1.2";
    Rate, r"^\s*[0-9]+(\.[0-9]+)? +per +[0-9a-z ]+$", "a rate such as `0.4 per week`", "0.4 per week";
    Fatigue, r"^\s*-[0-9]+(\.[0-9]+)?% per mail in [0-9a-z ]+$", "a fatigue such as `-8% per mail in 7 days`", "-8% per mail in 7 days";
    Window, r"^\s*(calendar (day|week|month)|lead|[0-9a-z ]+)$", "a window such as `7 days` or `calendar month`", "7 days";
    Limit, r"^\s*[0-9]+ +per +[0-9a-z ]+$", "a limit such as `1 per day`", "1 per day";
    Again, r"^\s*(never|always|after +[0-9][0-9a-z ,]*)$", "`never`, `always` or `after 90 days`", "after 90 days";
    ClockTime, r"^\s*[0-2][0-9]:[0-5][0-9]\s*$", "a time of day such as `21:00`", "21:00";
    Moment, r"^\s*((day|weekday|business day|(first|last) business day( of month)?|mon|tue|wed|thu|fri|sat|sun|month [0-9]+|[0-9]{4}-[0-9]{2}-[0-9]{2}) +)?[0-2][0-9]:[0-5][0-9]\s*$", "a local moment such as `10:00`, `tue 10:00`, `business day 10:00`, `month 1 10:00` or `2026-04-10 10:00`", "tue 10:00";
}

/// A date, `2026-04-01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date(pub jiff::civil::Date);

impl FromStr for Date {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.trim().parse().map(Date).map_err(|_| "not a day of the calendar")
    }
}

written! {
    Date, r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*$", "a date such as `2026-04-01`", "2026-04-01";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!("2 days".parse(), Ok(Duration { secs: 2 * DAY }));
        assert_eq!("1 day 12 hours".parse(), Ok(Duration { secs: DAY * 3 / 2 }));
        assert_eq!("90m".parse(), Ok(Duration { secs: 5400 }));
        for wrong in ["", "0 days", "2", "two days", "3 months", "99999999999999999 days", "36526 days"] {
            assert!(wrong.parse::<Duration>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn other_quantities() {
        assert_eq!("3 per 7 days".parse(), Ok(Limit { count: 3, per: Window::Rolling(7 * DAY) }));
        assert_eq!("1 per lead".parse(), Ok(Limit { count: 1, per: Window::Ever }));
        assert!("0 per day".parse::<Limit>().is_err());
        assert_eq!("-8% per mail in 7 days".parse(), Ok(Fatigue { loss: 0.08, window_secs: 7 * DAY }));
        assert_eq!("-4%".parse(), Ok(Change { fraction: -0.04 }));
        assert!("--4%".parse::<Change>().is_err() && "-101%".parse::<Change>().is_err());
        assert_eq!("tue 10:00".parse(), Ok(Moment::Weekly(2, ClockTime { minutes: 600 })));
        assert!("month 31 10:00".parse::<Moment>().is_err());
        assert!("25:00".parse::<ClockTime>().is_err());
        assert!("0.4 per week".parse::<Rate>().is_ok_and(|rate| (rate.per_sec * 604_800.0 - 0.4).abs() < 1e-12));
    }
}
