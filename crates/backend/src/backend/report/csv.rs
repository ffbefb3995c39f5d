//! The figures of a run as a long table: one in each row, for programs that read tables.
//!
//! In: an outcome. Out: CSV. Never: a figure that the JSON report does not have; the table is made of it.

use serde_json::{Map, Value as Json};

use super::json::json;
use crate::backend::sim::Outcome;
use crate::leads::csv_row;
use crate::plan::Plan;

/// The columns. A figure has a section, a name inside of it (parts of it separated by `/`), and what is counted.
const HEADS: [&str; 8] = ["section", "name", "figure", "value", "low", "high", "level", "n"];

/// What is no figure: lists of rows, and numbers about the report itself.
const LEFT_OUT: [&str; 4] = ["format_version", "trace", "refused_rows", "measure"];

/// The outcome as CSV.
pub fn csv(outcome: &Outcome, plan: &Plan) -> String {
    let mut out = csv_row(HEADS.into_iter());
    // What has just been written can be read.
    let report: Json = serde_json::from_str(&json(outcome, plan)).unwrap_or_default();
    walk(&report, report.pointer("/intervals/level"), &mut Vec::new(), &mut out);
    out
}

/// Writes the figures below a place. `level` is that of intervals which do not say theirs.
fn walk(json: &Json, level: Option<&Json>, place: &mut Vec<String>, out: &mut String) {
    match json {
        Json::Object(object) => {
            if let Some(value) = object.get("value").filter(|_| object.contains_key("low")) {
                figure(place, value, (Some(object), level), object, out);
                return;
            }
            let level = object.get("level").filter(|level| level.is_number()).or(level);
            for (key, json) in object {
                if LEFT_OUT.contains(&key.as_str()) || is_interval(key, object) {
                    continue;
                }
                place.push(key.clone());
                match json {
                    Json::Number(_) | Json::Null => {
                        figure(place, json, (interval_of(key, object), level), object, out);
                    }
                    Json::Object(rates) if key == "rates" && object.contains_key("intervals") => {
                        self::rates(rates, (object.get("intervals"), level), place, out);
                    }
                    Json::Object(_) | Json::Array(_) | Json::Bool(_) | Json::String(_) => {
                        walk(json, level, place, out);
                    }
                }
                place.pop();
            }
        }
        Json::Array(all) => {
            for (number, json) in all.iter().enumerate() {
                place.push((number + 1).to_string());
                walk(json, level, place, out);
                place.pop();
            }
        }
        Json::Number(_) => figure(place, json, (None, level), &Map::new(), out),
        Json::Null | Json::Bool(_) | Json::String(_) => {}
    }
}

/// Writes rates whose intervals stand beside them by name.
fn rates(
    rates: &Map<String, Json>,
    (intervals, level): (Option<&Json>, Option<&Json>),
    place: &mut Vec<String>,
    out: &mut String,
) {
    for (key, value) in rates {
        let interval = intervals.and_then(|intervals| intervals.get(key)?.as_object());
        place.push(key.clone());
        figure(place, value, (interval, level), &Map::new(), out);
        place.pop();
    }
}

/// Whether a key is the interval of a figure beside it, or those of the rates beside it.
fn is_interval(key: &str, object: &Map<String, Json>) -> bool {
    if key == "intervals" && object.contains_key("rates") {
        return true;
    }
    match key.strip_suffix("_interval") {
        Some(figure) => object.contains_key(figure),
        None => key == "interval" && (object.contains_key("value") || object.contains_key("rate")),
    }
}

/// The interval of a figure: `FIGURE_interval`, or `interval` of the one that its object is about.
fn interval_of<'a>(key: &str, object: &'a Map<String, Json>) -> Option<&'a Map<String, Json>> {
    let own = object.get(&format!("{key}_interval"));
    own.or_else(|| object.get("interval").filter(|_| matches!(key, "value" | "rate")))?.as_object()
}

/// Writes a figure. Of how many it is a figure stands beside it, if it is said.
fn figure(
    place: &[String],
    value: &Json,
    (interval, level): (Option<&Map<String, Json>>, Option<&Json>),
    beside: &Map<String, Json>,
    out: &mut String,
) {
    let [section, name @ .., figure] = place else {
        // A figure of the whole run.
        if let [figure] = place {
            out.push_str(&csv_row(["", "", figure, &number(Some(value)), "", "", "", ""].into_iter()));
        }
        return;
    };
    let end = |end: &str| number(interval.and_then(|interval| interval.get(end)));
    let level = interval.and_then(|interval| interval.get("level").or(level));
    let n = ["n", "leads", "draws"].iter().find_map(|key| beside.get(*key));
    let n = number(n.filter(|_| interval.is_some()));
    let (name, value) = (name.join("/"), number(Some(value)));
    out.push_str(&csv_row(
        [section, &name, figure, &value, &end("low"), &end("high"), &number(level), &n].into_iter().map(String::as_str),
    ));
}

fn number(json: Option<&Json>) -> String {
    match json {
        Some(Json::Number(number)) => number.to_string(),
        Some(Json::Null | Json::Bool(_) | Json::String(_) | Json::Array(_) | Json::Object(_)) | None => String::new(),
    }
}
