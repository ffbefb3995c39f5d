//! Dates as people in Japan and elsewhere write them, as ISO 8601.
//!
//! In: text. Out: `2026-04-01`, with a time behind it where there is one. Never: a guess. `4/1/2026` and `26/4/1` may
//! be two days each and stay as they are, and so does a number that only a spreadsheet knows to be a date.

use jiff::civil::{Date, Time};

use super::text::narrow;

/// A date, and the time of day behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) date: Date,
    pub(super) time: Option<Time>,
}

impl Moment {
    /// `2026-04-01`, `2026-04-01 09:30` or `2026-04-01 09:30:15`.
    pub(super) fn text(&self) -> String {
        match self.time {
            None => self.date.to_string(),
            Some(time) if time.second() == 0 => {
                format!("{} {:02}:{:02}", self.date, time.hour(), time.minute())
            }
            Some(time) => format!("{} {:02}:{:02}:{:02}", self.date, time.hour(), time.minute(), time.second()),
        }
    }
}

/// An era: its names, the year before its first, its first day.
type Era = (&'static [&'static str], i16, (i16, i8, i8));

/// Names and initials of the Japanese eras with the Gregorian year before their first, and their first day. Days after
/// an era's end still have a meaning, and stand on contracts that outlived it. Meiji dates are Gregorian from 1873 on.
const ERAS: &[Era] = &[
    (&["令和", "㋿", "R"], 2018, (2019, 5, 1)),
    (&["平成", "㍻", "H"], 1988, (1989, 1, 8)),
    (&["昭和", "㍼", "S"], 1925, (1926, 12, 25)),
    (&["大正", "㍽", "T"], 1911, (1912, 7, 30)),
    (&["明治", "㍾", "M"], 1867, (1873, 1, 1)),
];

/// Reads a date with or without a time of day.
pub(super) fn read(text: &str) -> Option<Moment> {
    let plain = narrow(text);
    let (date, rest) = era(&plain).or_else(|| western(&plain)).or_else(|| english(&plain))?;
    let rest = without_weekday(rest).trim_start_matches(['T', ' ']).trim();
    let time = if rest.is_empty() { None } else { Some(time(rest)?) };
    Some(Moment { date, time })
}

/// `令和8年4月1日`, `R8.4.1`, `H元年5月1日`.
fn era(text: &str) -> Option<(Date, &str)> {
    let (names, offset, start) = ERAS.iter().find(|(names, _, _)| era_name(text, names).is_some())?;
    let rest = era_name(text, names)?.trim_start();
    let (year, rest) = match rest.strip_prefix('元') {
        Some(rest) => (1, rest),
        None => number(rest, 1..=2)?,
    };
    let (date, rest) = month_and_day(offset.checked_add(year)?, rest)?;
    let first = Date::new(start.0, start.1, start.2).ok()?;
    (date >= first && year >= 1).then_some((date, rest))
}

fn era_name<'a>(text: &'a str, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| match text.strip_prefix(name) {
        Some(rest) => Some(rest),
        None if name.is_ascii() => text.strip_prefix(name.to_ascii_lowercase().as_str()),
        None => None,
    })
}

/// `2026年4月1日`, `2026/4/1`, `2026.04.01`, `2026-4-1`, `20260401`.
fn western(text: &str) -> Option<(Date, &str)> {
    if let (Some(digits), rest) = (text.get(..8), text.get(8..).unwrap_or_default())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !rest.starts_with(|c: char| c.is_ascii_digit())
    {
        let date = Date::new(digits[..4].parse().ok()?, digits[4..6].parse().ok()?, digits[6..].parse().ok()?).ok()?;
        return Some((date, rest));
    }
    let (year, rest) = number(text, 4..=4)?;
    month_and_day(year, rest)
}

/// The month and day behind a year, with one kind of mark between them.
fn month_and_day(year: i16, rest: &str) -> Option<(Date, &str)> {
    let mark = rest.chars().next().filter(|mark| matches!(mark, '年' | '/' | '.' | '-'))?;
    let (month, rest) = number(rest[mark.len_utf8()..].trim_start(), 1..=2)?;
    let rest = rest.strip_prefix(if mark == '年' { '月' } else { mark })?;
    let (day, rest) = number(rest.trim_start(), 1..=2)?;
    let rest = if mark == '年' { rest.strip_prefix('日')? } else { rest };
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    Some((date, rest))
}

/// `April 1, 2026`, `1 Apr 2026`, `Apr. 1st 2026`.
fn english(text: &str) -> Option<(Date, &str)> {
    let mut words: Vec<&str> = text.splitn(4, [' ', ',']).filter(|word| !word.is_empty()).collect();
    if words.len() < 3 {
        words = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    }
    let [first, second, third, ..] = words.as_slice() else { return None };
    let (month, day) = match (month(first), month(second)) {
        (Some(month), None) => (month, *second),
        (None, Some(month)) => (month, *first),
        (_, _) => return None,
    };
    let day = ["st", "nd", "rd", "th"].iter().find_map(|end| day.strip_suffix(end)).unwrap_or(day);
    let year = third.trim_start_matches([' ', ',']);
    let (year, rest) = number(year, 4..=4)?;
    let (day, after) = number(day, 1..=2)?;
    let whole = after.is_empty() && rest.is_empty() && words.len() == 3;
    whole.then(|| Date::new(year, month, i8::try_from(day).ok()?).ok()).flatten().map(|date| (date, ""))
}

fn month(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    let at = MONTHS.iter().position(|month| *month == word || (word.len() == 3 && month.starts_with(&word)))?;
    i8::try_from(at + 1).ok()
}

/// `(水)`, `(Wed)` and `水曜日` say nothing more.
fn without_weekday(rest: &str) -> &str {
    let rest = rest.trim_start();
    let days = ["月", "火", "水", "木", "金", "土", "日"];
    if let Some(long) = days.iter().find_map(|day| rest.strip_prefix(day)?.strip_prefix("曜日")) {
        return long;
    }
    let Some((inside, behind)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) else { return rest };
    let japanese = days.iter().any(|day| inside == *day || inside.strip_prefix(day) == Some("曜日"));
    let english = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].contains(&inside.to_ascii_lowercase().as_str());
    if japanese || english { behind } else { rest }
}

/// `9:30`, `09:30:15`, `9時30分`, `午後3時`, `3:00 PM`.
fn time(text: &str) -> Option<Time> {
    let (shift, rest) = match (text.strip_prefix("午前"), text.strip_prefix("午後")) {
        (Some(rest), _) => (Some(0), rest.trim_start()),
        (_, Some(rest)) => (Some(12), rest.trim_start()),
        (None, None) => (None, text),
    };
    let lower = rest.to_ascii_lowercase();
    let (shift, rest) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(head), _) if shift.is_none() => (Some(0), head.trim_end().to_owned()),
        (_, Some(head)) if shift.is_none() => (Some(12), head.trim_end().to_owned()),
        (_, _) => (shift, lower),
    };
    let (hour, rest) = number(&rest, 1..=2)?;
    let (minute, second) = match rest.chars().next()? {
        ':' => colons(&rest[1..])?,
        '時' => kanji(&rest['時'.len_utf8()..])?,
        _ => return None,
    };
    let hour = match shift {
        None => hour,
        // 12 a.m. is midnight; 午前0時 is as well.
        Some(shift) if (0..=12).contains(&hour) => hour % 12 + shift,
        Some(_) => return None,
    };
    Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, i8::try_from(second).ok()?, 0).ok()
}

fn colons(rest: &str) -> Option<(i16, i16)> {
    let (minute, rest) = number(rest, 2..=2)?;
    if rest.is_empty() {
        return Some((minute, 0));
    }
    let (second, rest) = number(rest.strip_prefix(':')?, 2..=2)?;
    rest.is_empty().then_some((minute, second))
}

fn kanji(rest: &str) -> Option<(i16, i16)> {
    if rest.is_empty() {
        return Some((0, 0));
    }
    if rest == "半" {
        return Some((30, 0));
    }
    let (minute, rest) = number(rest, 1..=2)?;
    let rest = rest.strip_prefix('分')?;
    if rest.is_empty() {
        return Some((minute, 0));
    }
    let (second, rest) = number(rest, 1..=2)?;
    (rest == "秒").then_some((minute, second))
}

/// So many digits, and what follows; not more digits than that.
fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<(i16, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (head, rest) = text.split_at(end);
    digits.contains(&end).then(|| head.parse().ok()).flatten().map(|number| (number, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(text: &str) -> Option<String> {
        read(text).map(|moment| moment.text())
    }

    #[test]
    fn japanese_dates_become_iso() {
        let same = [
            "2026年4月1日",
            "２０２６年０４月０１日(水)",
            "令和8年4月1日",
            "R8.4.1",
            "Ｒ８／４／１",
            "r8-04-01",
            "2026/4/1",
            "2026.04.01",
            "2026-4-1",
            "20260401",
            "April 1, 2026",
            "1 Apr 2026",
            "Apr. 1st 2026",
            "2026年4月1日 水曜日",
            "㋿8年4月1日",
        ];
        for text in same {
            assert_eq!(iso(text).as_deref(), Some("2026-04-01"), "{text}");
        }
        assert_eq!(iso("平成元年1月8日").as_deref(), Some("1989-01-08"));
        assert_eq!(iso("S64.1.7").as_deref(), Some("1989-01-07"));
        // The law that began Reiwa left documents with later years of Heisei valid.
        assert_eq!(iso("平成35年3月31日").as_deref(), Some("2023-03-31"));
    }

    #[test]
    fn times_stand_behind_dates() {
        assert_eq!(iso("2026年4月1日 午後3時").as_deref(), Some("2026-04-01 15:00"));
        assert_eq!(iso("2026/4/1 9:05").as_deref(), Some("2026-04-01 09:05"));
        assert_eq!(iso("令和8年4月1日9時半").as_deref(), Some("2026-04-01 09:30"));
        assert_eq!(iso("2026-04-01T09:30:15").as_deref(), Some("2026-04-01 09:30:15"));
        assert_eq!(iso("2026/4/1 12:00 AM").as_deref(), Some("2026-04-01 00:00"));
    }

    #[test]
    fn what_may_be_two_days_is_none() {
        for text in [
            "4/1/2026",
            "26/4/1",
            "46113",
            "2026年4月",
            "2026-02-30",
            "R8.13.1",
            "令和0年1月1日",
            "R1.4.30",
            "H0.1.1",
            "明日",
            "",
        ] {
            assert_eq!(iso(text), None, "{text}");
        }
    }
}
