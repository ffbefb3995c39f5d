//! What the filters of `ir::template_filter` do. Their names are those of the table, and a test holds one against the
//! other.

use jiff::civil::{Date, DateTime};
use minijinja::value::{Kwargs, Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The customs by which dates and amounts are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locale {
    /// BCP 47 tag.
    pub tag: String,
    /// ISO 4217 code, if the project has one.
    pub currency: Option<String>,
}

impl Locale {
    /// The language alone: `ja` of `ja-JP`.
    pub fn language(&self) -> &str {
        self.tag.split('-').next().unwrap_or("en")
    }

    fn is_japanese(&self) -> bool {
        self.language() == "ja"
    }
}

/// Enters the filters.
pub(super) fn register(environment: &mut Environment<'_>, locale: &Locale) {
    let (dates, times, amounts, figures, people) =
        (locale.clone(), locale.clone(), locale.clone(), locale.clone(), locale.clone());
    environment.add_filter("date", move |value: Value, form: Option<String>, named: Kwargs| {
        let form = form.or(named.get::<Option<String>>("form")?);
        named.assert_all_used()?;
        date(&value, form.as_deref().unwrap_or("long"), &dates)
    });
    environment.add_filter("time", move |value: Value| time(&value, &times));
    environment.add_filter("money", move |value: Value| money(&value, &amounts));
    environment.add_filter("number", move |value: Value, digits: Option<u32>, named: Kwargs| {
        let digits = digits.or(named.get::<Option<u32>>("digits")?);
        named.assert_all_used()?;
        number(&value, digits, &figures)
    });
    environment.add_filter("honorific", move |value: String, word: Option<String>, named: Kwargs| {
        let word = word.or(named.get::<Option<String>>("word")?);
        named.assert_all_used()?;
        Ok::<String, Error>(honorific(&value, word.as_deref(), &people))
    });
    environment.add_filter("truncate", |value: String, width: Option<usize>, end: Option<String>, named: Kwargs| {
        let width = width.or(named.get::<Option<usize>>("width")?).unwrap_or(40);
        let end = end.or(named.get::<Option<String>>("end")?);
        named.assert_all_used()?;
        Ok::<String, Error>(truncate(&value, width, end.as_deref().unwrap_or("…")))
    });
    environment.add_filter("urlencode", |value: Value| url_encoded(&printed(&value)));
    environment.add_filter("default", default);
    environment.add_filter("d", default);
}

/// A value, or another where it is absent; with `true`, where it is empty as well.
fn default(value: Value, other: Value, empty_too: Option<bool>) -> Value {
    let absent = matches!(value.kind(), ValueKind::None | ValueKind::Undefined);
    if absent || empty_too == Some(true) && !value.is_true() { other } else { value }
}

/// A value as it is printed without a filter.
fn printed(value: &Value) -> String {
    match value.kind() {
        ValueKind::Number => bare_number(value),
        ValueKind::Bool => value.is_true().to_string(),
        _ => value.to_string(),
    }
}

/// A number without grouping, `2` and not `2.0`.
pub(super) fn bare_number(value: &Value) -> String {
    match (i64::try_from(value.clone()), f64::try_from(value.clone())) {
        (Ok(whole), _) => whole.to_string(),
        (Err(_), Ok(number)) => number.to_string(),
        (Err(_), Err(_)) => value.to_string(),
    }
}

fn wrong(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.into())
}

fn moment(value: &Value) -> Result<DateTime, Error> {
    let text = value.as_str().unwrap_or_default();
    // Instants come in with their offset behind: the local time is what is written.
    let local = text.get(..19).unwrap_or(text);
    let read = local.parse::<DateTime>().or_else(|_| local.parse::<Date>().map(Date::into));
    read.map_err(|_| wrong(format!("`{value}` is no date or time")))
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const WEEKDAYS_JA: [&str; 7] = ["月", "火", "水", "木", "金", "土", "日"];
/// Eras and their first days: 元号法 and the orders that named them.
const ERAS: [(&str, (i16, i8, i8)); 5] = [
    ("令和", (2019, 5, 1)),
    ("平成", (1989, 1, 8)),
    ("昭和", (1926, 12, 25)),
    ("大正", (1912, 7, 30)),
    // Japan has the Gregorian calendar since 1873.
    ("明治", (1873, 1, 1)),
];

fn date(value: &Value, form: &str, locale: &Locale) -> Result<String, Error> {
    let date = moment(value)?.date();
    let (year, month, day) = (date.year(), date.month(), date.day());
    let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
    let month_name = MONTHS[usize::try_from(month - 1).unwrap_or(0)];
    let is_us = locale.tag.ends_with("-US") || locale.tag == "en";
    Ok(match (form, locale.is_japanese()) {
        ("iso", _) => date.to_string(),
        ("short", true) => format!("{year}/{month:02}/{day:02}"),
        ("short", false) if is_us => format!("{month}/{day}/{year}"),
        ("short", false) => format!("{day:02}/{month:02}/{year}"),
        ("weekday", true) => format!("{year}年{month}月{day}日({})", WEEKDAYS_JA[weekday]),
        ("weekday", false) if is_us => format!("{}, {month_name} {day}, {year}", WEEKDAYS[weekday]),
        ("weekday", false) => format!("{} {day} {month_name} {year}", WEEKDAYS[weekday]),
        ("era", _) => return era(date),
        ("long", true) => format!("{year}年{month}月{day}日"),
        ("long", false) if is_us => format!("{month_name} {day}, {year}"),
        ("long", false) => format!("{day} {month_name} {year}"),
        (other, _) => return Err(wrong(format!("`{other}` is no form of a date"))),
    })
}

fn era(date: Date) -> Result<String, Error> {
    let of =
        |&(_, (year, month, day)): &(&str, (i16, i8, i8))| Date::new(year, month, day).is_ok_and(|first| first <= date);
    let (name, (first, _, _)) = ERAS.iter().find(|era| of(era)).ok_or_else(|| wrong("no era is known of that year"))?;
    // The Meiji era began in 1868, before its days can be counted in the Gregorian calendar.
    let first = if *name == "明治" { 1868 } else { *first };
    let year = match date.year() - first + 1 {
        1 => "元".to_owned(),
        year => year.to_string(),
    };
    Ok(format!("{name}{year}年{}月{}日", date.month(), date.day()))
}

fn time(value: &Value, locale: &Locale) -> Result<String, Error> {
    let time = moment(value)?.time();
    let (hour, minute) = (time.hour(), time.minute());
    if locale.tag.ends_with("-US") || locale.tag == "en" {
        let (twelve, half) = (if hour % 12 == 0 { 12 } else { hour % 12 }, if hour < 12 { "a.m." } else { "p.m." });
        return Ok(format!("{twelve}:{minute:02} {half}"));
    }
    Ok(format!("{hour}:{minute:02}"))
}

/// Currencies without a smaller unit in use, as ISO 4217 has them.
const WITHOUT_CENTS: [&str; 6] = ["JPY", "KRW", "VND", "CLP", "ISK", "UGX"];

fn money(value: &Value, locale: &Locale) -> Result<String, Error> {
    let currency = locale.currency.as_deref().ok_or_else(|| wrong("the project has no currency"))?;
    let digits = if WITHOUT_CENTS.contains(&currency) { 0 } else { 2 };
    let amount = number(value, Some(digits), locale)?;
    let (sign, amount) = amount.strip_prefix('-').map_or(("", amount.as_str()), |rest| ("-", rest));
    Ok(match (currency, locale.language()) {
        ("JPY", "ja") => format!("{sign}{amount}円"),
        ("JPY", _) => format!("{sign}¥{amount}"),
        ("USD", "en") => format!("{sign}${amount}"),
        ("GBP", "en") => format!("{sign}£{amount}"),
        ("EUR", "en") => format!("{sign}€{amount}"),
        ("EUR", _) => format!("{sign}{amount} €"),
        (code, _) => format!("{sign}{amount} {code}"),
    })
}

fn number(value: &Value, digits: Option<u32>, locale: &Locale) -> Result<String, Error> {
    let amount = f64::try_from(value.clone()).map_err(|_| wrong(format!("`{value}` is no number")))?;
    let written = match digits {
        Some(digits) => format!("{amount:.*}", digits.min(12) as usize),
        None => bare_number(value),
    };
    let (group, point) = match locale.language() {
        "de" | "es" | "it" | "nl" | "pt" => (".", ","),
        "fr" => ("\u{202f}", ","),
        _ => (",", "."),
    };
    let (whole, fraction) = written.split_once('.').unwrap_or((&written, ""));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |rest| ("-", rest));
    let mut out = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            out.push_str(group);
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push_str(point);
        out.push_str(fraction);
    }
    Ok(out)
}

/// Words after which no other honorific stands.
const HONORIFICS: [&str; 8] = ["様", "さま", "殿", "御中", "先生", "さん", "各位", "氏"];

fn honorific(name: &str, word: Option<&str>, locale: &Locale) -> String {
    let name = name.trim();
    let word = word.unwrap_or(if locale.is_japanese() { "様" } else { "" });
    if name.is_empty() || HONORIFICS.iter().any(|known| name.ends_with(known)) {
        return name.to_owned();
    }
    format!("{name}{word}")
}

/// Text that is at most `width` columns wide, full-width characters counted twice; what was cut is told by `end`.
fn truncate(text: &str, width: usize, end: &str) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(end.width());
    let (mut out, mut used) = (String::new(), 0);
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > room {
            break;
        }
        out.push(c);
    }
    out.push_str(end);
    out
}

/// Percent-encoding of everything but unreserved characters (RFC 3986, section 2.3).
fn url_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::template_filter::TEMPLATE_FILTERS;

    fn locale(tag: &str, currency: &str) -> Locale {
        Locale { tag: tag.to_owned(), currency: Some(currency.to_owned()) }
    }

    fn render(template: &str, locale: &Locale) -> String {
        let mut environment = Environment::new();
        register(&mut environment, locale);
        environment.render_str(template, Value::from(())).unwrap_or_else(|error| format!("! {error}"))
    }

    #[test]
    fn every_filter_of_the_table_exists() {
        for filter in TEMPLATE_FILTERS {
            let said = render(&format!("{{{{ '' | {} }}}}", filter.name), &locale("ja-JP", "JPY"));
            assert!(!said.contains("unknown filter"), "{}: {said}", filter.name);
        }
    }

    #[test]
    fn dates_and_amounts_follow_the_locale() {
        let (ja, us, de) = (locale("ja-JP", "JPY"), locale("en-US", "USD"), locale("de-DE", "EUR"));
        for (template, locale, expected) in [
            ("{{ '2026-04-01' | date }}", &ja, "2026年4月1日"),
            ("{{ '2026-04-01T14:05:00+09:00' | date('weekday') }}", &ja, "2026年4月1日(水)"),
            ("{{ '2026-04-01' | date(form='era') }}", &ja, "令和8年4月1日"),
            ("{{ '2019-05-01' | date('era') }}", &ja, "令和元年5月1日"),
            ("{{ '2019-04-30' | date('era') }}", &ja, "平成31年4月30日"),
            ("{{ '2026-04-01T14:05:00+09:00' | time }}", &ja, "14:05"),
            ("{{ '2026-04-01T14:05:00-05:00' | time }}", &us, "2:05 p.m."),
            ("{{ '2026-04-01' | date }}", &us, "April 1, 2026"),
            ("{{ 1234567 | money }}", &ja, "1,234,567円"),
            ("{{ -1234.5 | money }}", &us, "-$1,234.50"),
            ("{{ 1234.5 | money }}", &de, "1.234,50 €"),
            ("{{ 1234567.25 | number }}", &us, "1,234,567.25"),
            ("{{ 999 | number }}", &us, "999"),
            ("{{ '井上' | honorific }}", &ja, "井上様"),
            ("{{ 'ご担当者様' | honorific }}", &ja, "ご担当者様"),
            ("{{ '青空クラウド株式会社' | honorific('御中') }}", &ja, "青空クラウド株式会社御中"),
            ("{{ '青空クラウド' | truncate(7) }}", &ja, "青空ク…"),
            ("{{ 'abc' | truncate(3) }}", &ja, "abc"),
            ("{{ '青 a&b' | urlencode }}", &ja, "%E9%9D%92%20a%26b"),
            ("{{ none | default('x') }}{{ '' | default('y', true) }}", &ja, "xy"),
        ] {
            assert_eq!(render(template, locale), expected, "{template}");
        }
    }
}
