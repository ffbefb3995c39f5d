//! Values that are nearly right, put right: full-width characters, dates with slashes, `9:00`, Japanese weekdays.

use serde_json::Value as Json;

use crate::ast::quantity::in_english;
use crate::syntax::{Node, Value};
use crate::text::to_half_width;

/// Longest text that is looked at, in bytes.
const MAX_TEXT: usize = 100;

/// The nearest text that the schema takes.
pub(super) fn value(text: &str, schema: Option<&Json>) -> Option<String> {
    if text.len() > MAX_TEXT {
        return None;
    }
    let half = to_half_width(text).trim().to_owned();
    let fits = jsonschema::validator_for(schema?).ok()?;
    let tries = [
        half.clone(),
        dates(&half)?,
        times(&words(&half)),
        in_english(&half),
        format!("after {}", in_english(&half)),
        half.replace('/', " per "),
        format!("-{half}"),
        currency(&half).to_owned(),
    ];
    tries.into_iter().find(|mended| mended != text && fits.is_valid(&Json::String(mended.clone())))
}

/// The number in a text such as `80%` or `1,000`.
pub(super) fn number(text: &str) -> Option<String> {
    let half = to_half_width(text);
    let bare = half.split_whitespace().next()?.trim_end_matches('%').replace(',', "");
    bare.parse::<f64>().ok().filter(|number| number.is_finite())?;
    (bare != text).then_some(bare)
}

/// What a bare number was probably meant to be as a percentage.
pub(super) fn percentage(node: &Node) -> String {
    match &node.value {
        Value::Float(part) if *part > 0.0 && *part < 1.0 => {
            let whole = format!("{:.6}", part * 100.0);
            let whole = whole.trim_end_matches('0').trim_end_matches('.');
            format!("write `{part}%`, or `{whole}%` if a part of 1 is meant")
        }
        Value::Float(number) => format!("write `{number}%`"),
        Value::Int(number) => format!("write `{number}%`"),
        Value::Null | Value::Bool(_) | Value::Str(_) | Value::Seq(_) | Value::Map(_) => "write `38%`".to_owned(),
    }
}

/// `2026/4/1` and `2026年4月1日`
fn dates(text: &str) -> Option<String> {
    let (day, time) = text.split_once(' ').unwrap_or((text, ""));
    let parts: Vec<&str> = day.split(['/', '-', '.', '年', '月', '日']).filter(|part| !part.is_empty()).collect();
    let [year, month, day] = parts.as_slice() else { return Some(text.to_owned()) };
    Some(format!("{year}-{month:0>2}-{day:0>2} {}", times(time)).trim().to_owned())
}

/// `9:00`, and `9時`
fn times(text: &str) -> String {
    let text = text.replace("時半", ":30").replace('時', ":").replace('分', "");
    let text = if text.ends_with(':') { format!("{text}00") } else { text };
    let Some((before, _)) = text.split_once(':') else { return text };
    let digits = before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let at = before.len() - digits;
    if digits == 1 { format!("{}0{}", &text[..at], &text[at..]) } else { text }
}

/// Weekdays in full and in Japanese.
fn words(text: &str) -> String {
    const DAYS: [(&str, &str); 8] = [
        ("月", "mon"),
        ("火", "tue"),
        ("水", "wed"),
        ("木", "thu"),
        ("金", "fri"),
        ("土", "sat"),
        ("日", "sun"),
        ("平日", "weekday"),
    ];
    let (day, time) = text.split_once(' ').unwrap_or((text, ""));
    let bare = day.trim_end_matches("曜日").trim_end_matches('曜');
    let english = day.to_lowercase();
    let short = english.get(..3).filter(|_| english.ends_with("day") && english != "weekday");
    let day = DAYS.iter().find(|(name, _)| *name == bare).map_or(short.unwrap_or(&english), |(_, day)| day);
    format!("{day} {time}").trim().to_owned()
}

/// `円`
fn currency(text: &str) -> &str {
    match text {
        "円" | "¥" | "￥" | "yen" | "Yen" => "JPY",
        "ドル" | "$" | "US$" => "USD",
        "ユーロ" | "€" => "EUR",
        other => other,
    }
}
