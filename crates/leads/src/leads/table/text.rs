//! Typed values as the text that CSV has for them.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// An instant, in nanoseconds since 1970-01-01T00:00:00Z.
pub(super) fn instant(nanos: i128) -> String {
    Timestamp::from_nanosecond(nanos).map_or_else(|_| beyond(nanos), |instant| instant.to_string())
}

/// A local date and time, in nanoseconds since 1970-01-01 00:00. Midnight is the date alone, which means the same to an
/// instant, and which programs that know no dates write for one.
pub(super) fn local(nanos: i128) -> String {
    let Ok(at) = Timestamp::from_nanosecond(nanos) else { return beyond(nanos) };
    let at = TimeZone::UTC.to_datetime(at);
    if at.time() == jiff::civil::Time::midnight() { at.date().to_string() } else { at.to_string() }
}

/// A date, in days since 1970-01-01.
pub(super) fn date(days: i64) -> String {
    let since = SignedDuration::try_from_hours(days.saturating_mul(24));
    let date = since.and_then(|since| jiff::civil::Date::constant(1970, 1, 1).checked_add(since).ok());
    date.map_or_else(|| format!("{days} days after 1970-01-01"), |date| date.to_string())
}

/// A decimal number of this many digits behind the point.
pub(super) fn decimal(digits: i128, scale: i32) -> String {
    let Ok(behind @ 1..) = usize::try_from(scale) else {
        return format!("{digits}{}", "0".repeat(usize::try_from(-scale).unwrap_or(0)));
    };
    let all = format!("{:0>width$}", digits.unsigned_abs(), width = behind + 1);
    let (whole, fraction) = all.split_at(all.len() - behind);
    format!("{}{whole}.{fraction}", if digits < 0 { "-" } else { "" })
}

/// No calendar goes so far.
fn beyond(nanos: i128) -> String {
    format!("{nanos} nanoseconds after 1970")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_in_csv() {
        assert_eq!(instant(1_775_001_600_000_000_000), "2026-04-01T00:00:00Z");
        assert_eq!(instant(1_775_001_600_250_000_000), "2026-04-01T00:00:00.25Z");
        assert_eq!(local(1_775_001_600_000_000_000), "2026-04-01");
        assert_eq!(local(1_775_034_000_000_000_000), "2026-04-01T09:00:00");
        assert_eq!(instant(i128::MAX), format!("{} nanoseconds after 1970", i128::MAX));
        assert_eq!(date(20_544), "2026-04-01");
        assert_eq!(date(-1), "1969-12-31");
        assert_eq!(date(i64::MAX), format!("{} days after 1970-01-01", i64::MAX));
        assert_eq!(decimal(1250, 2), "12.50");
        assert_eq!(decimal(-5, 3), "-0.005");
        assert_eq!(decimal(7, 0), "7");
        assert_eq!(decimal(7, -2), "700");
    }
}
