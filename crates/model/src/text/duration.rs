//! Durations as they are written: `2 days`, `1 day 12 hours`.

/// Seconds in a day. A day of a duration is always 24 hours.
const DAY: i64 = 86_400;

/// The length of a duration in seconds: more than none.
///
/// # Errors
/// In words, if it is no duration, none at all, or longer than a hundred years.
pub fn duration_secs(text: &str) -> Result<i64, &'static str> {
    const WRONG: &str = "not a duration; write `2 days`, `90 minutes`, `4h` or `1 day 12 hours`";
    if text.contains("business") {
        return Err("in business days, which only `wait` and the `within` of `wait_for` count in; write `3 days`");
    }
    let mut secs: i64 = 0;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or(WRONG)?;
        let count: i64 = rest[..digits].parse().map_err(|_| WRONG)?;
        let unit = rest[digits..].trim_start();
        let end = unit.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(unit.len());
        let size = match &unit[..end] {
            "s" | "sec" | "secs" | "second" | "seconds" => 1,
            "m" | "min" | "mins" | "minute" | "minutes" => 60,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3600,
            "d" | "day" | "days" => DAY,
            "w" | "wk" | "week" | "weeks" => 7 * DAY,
            "month" | "months" | "year" | "years" => {
                return Err("not a duration, since months and years differ in length; write `30 days` or `52 weeks`");
            }
            _ => return Err(WRONG),
        };
        secs = count.checked_mul(size).and_then(|part| secs.checked_add(part)).ok_or("longer than a hundred years")?;
        rest = unit[end..].trim_start_matches([' ', ',']);
    }
    match secs {
        ..=0 => Err("no time at all; a duration is longer than nothing"),
        secs if secs > 36_525 * DAY => Err("longer than a hundred years"),
        secs => Ok(secs),
    }
}

#[cfg(test)]
mod tests {
    use super::duration_secs;

    #[test]
    fn durations_are_those_of_the_language() {
        assert_eq!(duration_secs("7 days"), Ok(604_800));
        assert_eq!(duration_secs("1 day 12 hours"), Ok(129_600));
        assert_eq!(duration_secs("90m"), Ok(5_400));
        assert_eq!(duration_secs("2 weeks, 1s"), Ok(1_209_601));
    }
}
