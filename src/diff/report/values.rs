//! Values of a plan as people write them.

use serde_json::Value;

use crate::diff::model::Differs;
use crate::ir::print::duration;

/// Keys whose seconds are no lengths of time but instants.
const INSTANTS: [&str; 5] = ["at", "from", "to", "since", "start"];

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A difference with its key and its values in words: lengths and times of day, days of the week, rates.
pub(super) fn in_words(differs: &Differs) -> Differs {
    let (above, key) = differs.path.rsplit_once('.').unwrap_or(("", &differs.path));
    let read = |value: &Option<String>| {
        let text = value.as_ref()?;
        let parsed = serde_json::from_str(text).ok().filter(|value: &Value| value.is_number() || is_made_up(value));
        Some(parsed.unwrap_or_else(|| Value::String(text.clone())))
    };
    let words = |value: Option<Value>| value.map(|value| named(key, &value).1);
    let shown = named(key, &Value::Null).0;
    let dot = if above.is_empty() || shown.is_empty() { "" } else { "." };
    Differs {
        path: format!("{above}{dot}{shown}"),
        before: words(read(&differs.before)),
        after: words(read(&differs.after)),
    }
}

fn is_made_up(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

/// A key and its value as people call them.
fn named<'k>(key: &'k str, value: &Value) -> (&'k str, String) {
    if key == "secs" {
        return ("", length(value));
    }
    if let Some(key) = key.strip_suffix("_secs").filter(|key| !INSTANTS.contains(key)) {
        return (key, length(value));
    }
    if key == "minute" {
        return ("time", time(value));
    }
    if let Some(key) = key.strip_suffix("_minute") {
        return (key, time(value));
    }
    match key {
        "weekdays" => (key, weekdays(value)),
        "per_sec" => ("", rate(value)),
        _ => (key, plain(value)),
    }
}

/// What stands in a list or a group of values, one after the other.
fn plain(value: &Value) -> String {
    let each = |(key, value): (&String, &Value)| {
        let (key, value) = named(key, value);
        let gap = if key.is_empty() { "" } else { " " };
        format!("{}{gap}{value}", key.replace('_', " "))
    };
    match value {
        Value::Object(fields) => fields.iter().map(each).collect::<Vec<_>>().join(", "),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn length(value: &Value) -> String {
    match value.as_i64() {
        Some(earlier) if earlier < 0 => format!("-{}", duration(-earlier)),
        Some(secs) => duration(secs),
        None => plain(value),
    }
}

/// Minutes since midnight as a time of day.
fn time(value: &Value) -> String {
    match value.as_u64().filter(|minutes| *minutes <= 24 * 60) {
        Some(minutes) => format!("{:02}:{:02}", minutes / 60, minutes % 60),
        None => plain(value),
    }
}

/// A bit for each day of the week, Monday first.
fn weekdays(value: &Value) -> String {
    let Some(bits) = value.as_u64().filter(|bits| (1..128).contains(bits)) else { return plain(value) };
    let days = WEEKDAYS.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1);
    days.map(|(_, day)| *day).collect::<Vec<_>>().join(", ")
}

/// Times in a second by the unit in which that is the shortest number.
fn rate(value: &Value) -> String {
    let Some(per_sec) = value.as_f64().filter(|rate| *rate > 0.0) else { return plain(value) };
    let digits = |number: f64| {
        let text = format!("{number:.4}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    let units = [("day", 86_400.0), ("week", 604_800.0), ("month", 2_592_000.0), ("year", 31_536_000.0)];
    let exact = units.iter().filter(|(_, secs)| {
        let number = per_sec * secs;
        number >= 0.001 && (number * 1_000.0 - (number * 1_000.0).round()).abs() < 1e-6 * number.max(1.0) * 1_000.0
    });
    let shortest = exact.min_by_key(|(_, secs)| digits(per_sec * secs).len());
    let (unit, secs) = shortest.or(units.iter().find(|(_, secs)| per_sec * secs >= 0.1)).unwrap_or(&units[3]);
    format!("{} per {unit}", digits(per_sec * secs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &str, before: &str, after: &str) -> String {
        let value = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let differs = Differs { path: path.to_owned(), before: value(before), after: value(after) };
        let Differs { path, before, after } = in_words(&differs);
        format!("{path}: {} → {}", before.unwrap_or_default(), after.unwrap_or_default())
    }

    #[test]
    fn values_are_as_people_write_them() {
        let each = [
            (("entry.again", "{\"after_secs\":259200}", "always"), "entry.again: after 3 days → always"),
            (("quiet_hours.from_minute", "1200", "1260"), "quiet_hours.from: 20:00 → 21:00"),
            (("wait_until.moment.working.minute", "570", "600"), "wait_until.moment.working.time: 09:30 → 10:00"),
            (("moment.weekly.weekdays", "1", "18"), "moment.weekly.weekdays: Monday → Tuesday, Friday"),
            (
                ("does.17.cause.rate.per_sec", "8.267195767195767e-8", "8.267195767195768e-7"),
                "does.17.cause.rate: 0.05 per week → 0.5 per week",
            ),
            (
                ("rate.per_sec", "0.000011574074074074073", "0.0000001929012345679012"),
                "rate: 1 per day → 0.5 per month",
            ),
            (
                ("wait.length.business_days", "", "{\"calendar\":\"office\",\"days\":5}"),
                "wait.length.business_days:  → calendar office, days 5",
            ),
            (("max_hold_secs", "345600", "172800"), "max_hold: 4 days → 2 days"),
            (("wait.length.secs", "-3600", "3600"), "wait.length: -1 hour → 1 hour"),
            (("once.at_secs", "5", "6"), "once.at_secs: 5 → 6"),
            (("subject", "60", "\"hi\""), "subject: 60 → \"hi\""),
        ];
        for ((path, before, after), expected) in each {
            assert_eq!(said(path, before, after), expected);
        }
    }
}
