//! The text of one cell to a typed value.
//!
//! In: text, what the field takes, a time zone. Out: the value, or what would have been right. Never: a guess.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::ir::local::{date, instant};
use crate::ir::value::TextFormat;
use crate::ir::value::is_email;
use crate::ir::{Type, Value};
use crate::text::nearest;

/// What a cell may hold.
#[derive(Clone, Debug)]
pub(super) struct Accepts {
    /// Type of the value.
    pub(super) ty: Type,
    /// Smallest number.
    pub(super) min: Option<f64>,
    /// Largest number.
    pub(super) max: Option<f64>,
}

/// Reads the text of a cell, which is not blank. The error says what the cell should be, as in "which is not …".
pub(super) fn value(accepts: &Accepts, text: &str, zone: &TimeZone) -> Result<Value, String> {
    match &accepts.ty {
        Type::Text { format } => formatted(*format, text).map(Value::Text),
        Type::Integer => {
            let number = integer(text).filter(|number| within(accepts, *number as f64));
            number.map(Value::Int).ok_or_else(|| format!("a whole number{}", bounds(accepts)))
        }
        Type::Number { .. } => {
            let number = number(text).filter(|number| within(accepts, *number));
            number.map(Value::Number).ok_or_else(|| format!("a number{}", bounds(accepts)))
        }
        Type::Boolean => boolean(text).map(Value::Bool).ok_or_else(|| "`true` or `false`".to_owned()),
        Type::Date => {
            let days = date(text).map(days_since_epoch);
            days.map(Value::Date).ok_or_else(|| "a date such as `2026-04-01`".to_owned())
        }
        Type::Datetime => {
            let expected = || match text.starts_with("9999-12-3") {
                true => "a date and time before 9999-12-30 22:00 in UTC, the last that there is".to_owned(),
                false => "a date and time such as `2026-04-01 09:00` or `2026-04-01T09:00:00+09:00`".to_owned(),
            };
            millis(text, zone).map(|millis| Value::Datetime(millis.div_euclid(1000))).ok_or_else(expected)
        }
        Type::Enum { values } => one_of(text, values).map(Value::Text),
        Type::Set { values } => {
            let parts = text.split([';', '|']).map(str::trim).filter(|part| !part.is_empty());
            parts.map(|part| one_of(part, values)).collect::<Result<BTreeSet<String>, String>>().map(Value::Set)
        }
    }
}

/// One value of an enum or set.
pub(super) fn one_of(text: &str, values: &[String]) -> Result<String, String> {
    if values.iter().any(|value| value == text) {
        return Ok(text.to_owned());
    }
    Err(match nearest(text, values.iter().map(String::as_str)) {
        Some(near) => format!("one of the declared values; the nearest is {}", quoted(near)),
        None => match values {
            [] => "one of the declared values; there are none".to_owned(),
            [first, ..] if values.len() > 6 => {
                format!("one of the {} declared values, such as {}", values.len(), quoted(first))
            }
            _ => {
                let all: Vec<String> = values.iter().map(|value| quoted(value)).collect();
                format!("one of the declared values {}", all.join(", "))
            }
        },
    })
}

/// Text as it is shown in a message: in backticks, at most 40 characters, control characters escaped.
pub(super) fn quoted(text: &str) -> String {
    const SHOWN: usize = 40;
    let mut shown = String::from("`");
    for c in text.chars().take(SHOWN) {
        if c.is_control() { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown.push_str(if text.chars().nth(SHOWN).is_some() { "…`" } else { "`" });
    shown
}

fn within(accepts: &Accepts, number: f64) -> bool {
    accepts.min.is_none_or(|min| number >= min) && accepts.max.is_none_or(|max| number <= max)
}

fn bounds(accepts: &Accepts) -> String {
    match (accepts.min, accepts.max) {
        (Some(min), Some(max)) => format!(" from {min} to {max}"),
        (Some(min), None) => format!(" of at least {min}"),
        (None, Some(max)) => format!(" of at most {max}"),
        (None, None) => String::new(),
    }
}

/// Digits with a sign; a fraction of zeros is none.
fn integer(text: &str) -> Option<i64> {
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() && fraction.bytes().all(|b| b == b'0') => whole,
        Some(_) => return None,
        None => text,
    };
    whole.parse().ok()
}

/// A decimal number. Rust's reader also knows `inf` and `nan`, which are none.
fn number(text: &str) -> Option<f64> {
    let decimal = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    let number: f64 = text.parse().ok().filter(|_| decimal)?;
    // There is one zero.
    number.is_finite().then_some(number + 0.0)
}

fn boolean(text: &str) -> Option<bool> {
    let is_one_of = |words: [&str; 4]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_one_of(["true", "yes", "1", "はい"]) {
        Some(true)
    } else {
        is_one_of(["false", "no", "0", "いいえ"]).then_some(false)
    }
}

pub(super) fn days_since_epoch(date: Date) -> i32 {
    let days = date.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24;
    // Four-digit years are a few million days at most.
    i32::try_from(days).unwrap_or(i32::MAX)
}

/// An instant in milliseconds since 1970-01-01T00:00:00Z: as a date and time, or as the number that programs write.
pub(super) fn millis(text: &str, zone: &TimeZone) -> Option<i64> {
    if let Some(millis) = epoch_millis(text) {
        return Some(millis);
    }
    let fraction = text.split_once('.').map_or("", |(_, rest)| rest);
    Some(instant(text, zone)? * 1000 + thousandths(fraction))
}

/// Unix time: seconds with 10 digits, milliseconds with 13, microseconds with 16, a fraction behind them. From 2001 to
/// 2286 the number of digits tells them apart; other numbers could be anything.
fn epoch_millis(text: &str) -> Option<i64> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let (whole, rest) = text.split_at(length);
    let fraction = rest.strip_prefix('.').unwrap_or(rest);
    if !matches!(length, 10 | 13 | 16) || whole.starts_with('0') || !fraction.bytes().all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    match length {
        10 => Some(number * 1000 + thousandths(fraction)),
        13 => Some(number),
        _ => Some(number / 1000),
    }
}

/// The first three digits behind a point.
fn thousandths(fraction: &str) -> i64 {
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).chain(std::iter::repeat(b'0')).take(3);
    digits.fold(0, |millis, digit| millis * 10 + i64::from(digit - b'0'))
}

fn formatted(format: TextFormat, text: &str) -> Result<String, String> {
    let (sound, expected) = match format {
        TextFormat::Plain => (true, ""),
        TextFormat::Email => (is_email(text), "an e-mail address such as `name@example.com`"),
        TextFormat::Url => (is_url(text), "a web address such as `https://example.com/`"),
        TextFormat::Phone => (is_phone(text), "a telephone number such as `+81 3 1234 5678`"),
        TextFormat::Country => {
            let sound = text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic());
            return if sound {
                Ok(text.to_ascii_uppercase())
            } else {
                Err("a two-letter country code such as `JP`".into())
            };
        }
    };
    if sound { Ok(text.to_owned()) } else { Err(expected.to_owned()) }
}

fn is_url(text: &str) -> bool {
    let rest = ["https://", "http://"].iter().find_map(|scheme| {
        let (head, rest) = text.split_at_checked(scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then_some(rest)
    });
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
    host.is_some_and(|host| !host.is_empty()) && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// Up to 15 digits (ITU-T E.164), a plus before them, blanks and marks between them.
fn is_phone(text: &str) -> bool {
    let rest = text.strip_prefix('+').unwrap_or(text);
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    let marks = rest.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')' | '.'));
    marks && (3..=15).contains(&digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unix_time_is_told_by_its_digits() {
        let zone = TimeZone::get("Asia/Tokyo").unwrap();
        let at = 1_775_001_600_000;
        for (text, expected) in [
            ("2026-04-01T00:00:00Z", Some(at)),
            ("2026-04-01 09:00:00.25", Some(at + 250)),
            ("1775001600", Some(at)),
            ("1775001600.5", Some(at + 500)),
            ("1775001600250", Some(at + 250)),
            ("1775001600250999", Some(at + 250)),
            // The first and the last second with 10 digits.
            ("1000000000", Some(1_000_000_000_000)),
            ("9999999999", Some(9_999_999_999_000)),
            ("999999999", None),
            ("0775001600", None),
            ("177500160025", None),
            ("1775001600250.0", Some(at + 250)),
            ("-1775001600", None),
            ("1.7750016e9", None),
            ("20260401", None),
        ] {
            assert_eq!(millis(text, &zone), expected, "{text}");
        }
    }
}
