//! The names that a compiled definition refers to, found in the plan's own JSON by the keys under which names stand.
//!
//! In: a definition as JSON. Out: each name in it, with the kind of what is named; it may be put in another way. One table
//! serves both who looks for causes and who follows renames.

use serde_json::{Map, Value};

/// Shows `look` each name with its kind.
pub(super) fn visit(value: &mut Value, look: &mut dyn FnMut(&'static str, &mut String)) {
    inside("", value, look);
}

fn inside(key: &str, value: &mut Value, look: &mut dyn FnMut(&'static str, &mut String)) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(|value| inside(key, value, look)),
        Value::Object(object) => {
            expression(object, look);
            keyed(key, object, look);
            for (own, value) in object.iter_mut() {
                if let (Some(kind), Value::String(name)) = (kind(key, own), &mut *value) {
                    look(kind, name);
                }
                inside(own, value, look);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The kind of what is named under a key, by the key of the object that it stands in.
fn kind(outer: &str, key: &str) -> Option<&'static str> {
    match (outer, key) {
        (_, "segment") => Some("segments"),
        (_, "list") => Some("lists"),
        (_, "topic") => Some("topics"),
        (_, "content") => Some("contents"),
        (_, "journey") => Some("journeys"),
        (_, "catalog") => Some("catalogs"),
        (_, "calendar") => Some("calendars"),
        ("quiet_hours", "holidays") => Some("calendars"),
        (_, "sender") => Some("senders"),
        (_, "event") => Some("events"),
        (_, "phase") => Some("phases"),
        ("sync" | "audience" | "webhook", "to") => Some("integrations"),
        ("confirmation" | "remind", "email") => Some("contents"),
        _ => None,
    }
}

/// Names that depend on what an expression does.
fn expression(object: &mut Map<String, Value>, look: &mut dyn FnMut(&'static str, &mut String)) {
    let op = object.get("op").and_then(Value::as_str).unwrap_or_default().to_owned();
    let (kind, key) = match op.as_str() {
        "field" => ("fields", "name"),
        "score" => ("scoring", "model"),
        "grade" => ("grading", "model"),
        "stage" | "reached" => return look("lifecycle", &mut String::new()),
        "persona" => return look("personas", &mut String::new()),
        "compare" => return compared(object, look),
        "one_of" => return one_of(object, look),
        _ => return,
    };
    if let Some(Value::String(name)) = object.get_mut(key) {
        look(kind, name);
    }
}

/// The kind of what a property of a built-in event names.
fn named_by(of: Option<&Value>) -> Option<&'static str> {
    let of = of?;
    if !matches!(of.get("op")?.as_str()?, "event_property" | "entry_property") {
        return None;
    }
    match of.get("name")?.as_str()? {
        "email" | "message" => Some("contents"),
        "topic" => Some("topics"),
        "journey" => Some("journeys"),
        "list" | "audience" => Some("lists"),
        "form" => Some("forms"),
        "page" => Some("pages"),
        _ => None,
    }
}

/// `event.email == "hello"`: the value is a name.
fn compared(object: &mut Map<String, Value>, look: &mut dyn FnMut(&'static str, &mut String)) {
    for (of, with) in [("left", "right"), ("right", "left")] {
        let Some(kind) = named_by(object.get(of)) else { continue };
        if let Some(Value::String(name)) = object.get_mut(with).and_then(|with| with.pointer_mut("/value/text")) {
            look(kind, name);
        }
    }
}

/// `event.email in ["hello", "again"]`: the values are names.
fn one_of(object: &mut Map<String, Value>, look: &mut dyn FnMut(&'static str, &mut String)) {
    let Some(kind) = named_by(object.get("of")) else { return };
    for value in object.get_mut("values").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(Value::String(name)) = value.get_mut("text") {
            look(kind, name);
        }
    }
}

/// Names that are keys.
fn keyed(key: &str, object: &mut Map<String, Value>, look: &mut dyn FnMut(&'static str, &mut String)) {
    let (inner, kind) = match key {
        "set" => ("values", "fields"),
        "score" => ("points", "scoring"),
        _ => return,
    };
    let Some(Value::Object(named)) = object.get_mut(inner) else { return };
    let renamed = std::mem::take(named).into_iter().map(|(mut name, value)| {
        look(kind, &mut name);
        (name, value)
    });
    *named = renamed.collect();
}
