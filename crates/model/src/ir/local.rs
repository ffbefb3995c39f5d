//! Local times, as text and as instants.

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// The instant of a local time: the first of two, and for a time that a change of clocks leaves out, the first one
/// after the gap.
pub fn first_instant(local: DateTime, zone: &TimeZone) -> i64 {
    let at = |offset: jiff::tz::Offset| {
        let limit = if local.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
        offset.to_timestamp(local).unwrap_or(limit)
    };
    match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => {
            at(offset).as_second()
        }
        AmbiguousOffset::Gap { before, .. } => {
            let beyond = at(before);
            let after = beyond.checked_add(SignedDuration::from_secs(1)).unwrap_or(beyond);
            zone.preceding(after).next().map_or(beyond, |change| change.timestamp()).as_second()
        }
    }
}

/// Whether a zone's clocks are never set any more, from 2020 on. One that is not known keeps its offset.
pub fn keeps_its_offset(zone: &str) -> bool {
    let Ok(zone) = TimeZone::get(zone) else { return true };
    let Ok(since) = Timestamp::from_second(1_577_836_800) else { return true };
    zone.following(since).next().is_none()
}

/// `YYYY-MM-DD` or `YYYY/MM/DD`; with slashes also `2026/4/1`, as spreadsheets write it in Japan.
pub fn date(text: &str) -> Option<Date> {
    let (mark, short) = if text.contains('/') { ('/', 1) } else { ('-', 2) };
    let mut parts = text.split(mark);
    let mut part = |digits: std::ops::RangeInclusive<usize>| {
        let part = parts.next()?;
        let sound = digits.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        part.parse::<i16>().ok().filter(|_| sound)
    };
    let (year, month, day) = (part(4..=4)?, part(short..=2)?, part(short..=2)?);
    if parts.next().is_some() {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// An instant from text, in seconds since 1970-01-01T00:00:00Z: RFC 3339, or local time in `zone`, which is a date, or a
/// date and `HH:MM` or `HH:MM:SS` behind a blank or a `T`.
pub fn instant(text: &str, zone: &TimeZone) -> Option<i64> {
    let Some((day, time)) = text.split_once([' ', 'T', 't']) else {
        let midnight = date(text)?.to_datetime(jiff::civil::Time::midnight());
        return Some(first_instant(midnight, zone)).filter(|at| !is_an_end(*at));
    };
    // A spreadsheet's short date has a short hour: `2026/4/1 9:30`.
    let padded =
        if day.contains('/') && time.as_bytes().get(1) == Some(&b':') { format!("0{time}") } else { time.to_owned() };
    let (hour, rest) = two_digits(&padded)?;
    let (minute, rest) = two_digits(rest.strip_prefix(':')?)?;
    let (second, rest) = match rest.strip_prefix(':') {
        Some(rest) => two_digits(rest)?,
        None => (0, rest),
    };
    let local = date(day)?.to_datetime(jiff::civil::Time::new(hour, minute, second, 0).ok()?);
    let rest = match rest.strip_prefix('.') {
        // Whole seconds are all there is.
        Some(fraction) => {
            let cut = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            if cut.len() == fraction.len() { return None } else { cut }
        }
        None => rest,
    };
    match rest {
        "" => Some(first_instant(local, zone)).filter(|at| !is_an_end(*at)),
        offset => Some(utc_seconds(local)? - offset_seconds(offset)?).filter(|at| !is_an_end(*at)),
    }
}

/// Whether an instant is the first or the last that there is, or beyond: local times beyond come to them. The last is
/// 9999-12-30T22:00:00Z.
fn is_an_end(secs: i64) -> bool {
    secs <= Timestamp::MIN.as_second() || secs >= Timestamp::MAX.as_second()
}

fn two_digits(text: &str) -> Option<(i8, &str)> {
    let digits = text.get(..2).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    Some((digits.parse().ok()?, &text[2..]))
}

/// `Z`, `+09:00` or `-05:00`, in seconds.
fn offset_seconds(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let (hours, rest) = two_digits(text.strip_prefix(['+', '-'])?)?;
    let (minutes, rest) = two_digits(rest.strip_prefix(':')?)?;
    let sound = rest.is_empty() && hours < 24 && minutes < 60;
    sound.then_some(sign * (i64::from(hours) * 3600 + i64::from(minutes) * 60))
}

fn utc_seconds(local: DateTime) -> Option<i64> {
    TimeZone::UTC.to_timestamp(local).ok().map(Timestamp::as_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds of an instant in UTC.
    fn utc(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_second()
    }

    #[test]
    fn a_time_without_an_offset_is_local() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        for (text, expected) in [
            ("2026-04-01T09:00:00+09:00", "2026-04-01T00:00:00Z"),
            ("2026-04-01T09:00Z", "2026-04-01T09:00:00Z"),
            ("2026-01-10 09:00", "2026-01-10T08:00:00Z"),
            ("2026-07-10T09:00:30.9", "2026-07-10T07:00:30Z"),
            ("2026-07-10", "2026-07-09T22:00:00Z"),
            ("2026/7/1 9:05", "2026-07-01T07:05:00Z"),
            // Clocks go from 02:00 to 03:00: the first time after the gap.
            ("2026-03-29 02:30", "2026-03-29T01:00:00Z"),
            // Clocks go from 03:00 back to 02:00: the first of the two.
            ("2026-10-25 02:30", "2026-10-25T00:30:00Z"),
        ] {
            assert_eq!(instant(text, &zone), Some(utc(expected)), "{text}");
        }
        // No instant is so far, with an offset or without one.
        for text in ["9999-12-31", "9999-12-31T23:59:59", "9999-12-31T23:59:59Z", "9999-12-30T22:00:00-01:00"] {
            assert_eq!(instant(text, &zone), None, "{text}");
        }
        assert_eq!(instant("9999-12-30T20:00:00Z", &zone), Some(utc("9999-12-30T20:00:00Z")));
        for text in ["", "tomorrow", "2026-04-01T", "2026-04-31", "2026-04-01 25:00", "2026-04-01T09:00+9", "26-04-01"]
        {
            assert_eq!(instant(text, &zone), None, "{text}");
        }
    }
}
