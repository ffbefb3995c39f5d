//! Which definitions are compiled otherwise, and in what.
//!
//! In: two compiled campaigns in the same names. Out: for each definition that differs the values that do, by their path.
//! Never: what that does to anybody.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::model::{Differs, Status};
use super::words::cut;
use crate::ir::journey::Action;
use crate::plan::{Plan, step_words};

/// Columns for a value.
const COLUMNS: usize = 120;

/// What is said of a key in which nothing stands.
const THERE: &str = "there";

/// A definition that differs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    pub(super) address: String,
    pub(super) status: Status,
    pub(super) differs: Vec<Differs>,
}

/// Parts that say nothing by themselves: they follow from others, or list what is said already.
const DERIVED: &[&str] = &["segment_order", "moved", "migrate"];

/// The definitions that differ, by address.
pub(super) fn parts(before: &Plan, after: &Plan) -> Result<Vec<Part>, serde_json::Error> {
    let addresses: BTreeSet<&String> = before.parts.keys().chain(after.parts.keys()).collect();
    let differs = |address: &&String| before.parts.get(*address) != after.parts.get(*address);
    let (old, new) = (serde_json::to_value(&before.campaign)?, serde_json::to_value(&after.campaign)?);
    let mut found = Vec::new();
    for address in addresses.into_iter().filter(differs).filter(|address| !DERIVED.contains(&address.as_str())) {
        let (one, two) = (definition(&old, address), definition(&new, address));
        if is_built_in(one) || is_built_in(two) {
            continue;
        }
        let status = match (one, two) {
            (None, _) => Status::Added,
            (_, None) => Status::Removed,
            (Some(_), Some(_)) => Status::Changed,
        };
        let mut differs = Vec::new();
        if one.is_some() && two.is_some() {
            differences("", one, two, &mut differs);
        }
        found.push(Part { address: address.clone(), status, differs });
    }
    Ok(found)
}

/// What the language itself brings: its values follow from what a project defines.
fn is_built_in(definition: Option<&Value>) -> bool {
    definition.and_then(|of| of.get("builtin")).is_some_and(|builtin| *builtin == Value::Bool(true))
}

/// A definition by its address.
pub(super) fn definition<'v>(tree: &'v Value, address: &str) -> Option<&'v Value> {
    match address.split_once('.') {
        Some((kind, name)) => tree.get(kind)?.get(name),
        None => tree.get(address).filter(|value| !value.is_null()),
    }
}

/// What differs below a path; a key that stands alone, as the day of a calendar without a name, is there with nothing in it.
fn differences(path: &str, before: Option<&Value>, after: Option<&Value>, out: &mut Vec<Differs>) {
    if before == after {
        return;
    }
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match (before, after) {
        // Of a condition its text says everything.
        (Some(Value::Object(one)), Some(Value::Object(two))) if is_condition(one) && is_condition(two) => {
            out.push(Differs { path: path.to_owned(), before: short(&one["text"]), after: short(&two["text"]) });
        }
        (Some(Value::Object(one)), Some(Value::Object(two))) => {
            let keys: BTreeSet<&String> = one.keys().chain(two.keys()).collect();
            for key in keys {
                differences(&below(key), one.get(key), two.get(key), out);
            }
        }
        (Some(Value::Array(one)), Some(Value::Array(two))) => listed(path, one, two, out),
        (Some(Value::Null), None) | (None, Some(Value::Null)) => {
            let there = |value: Option<&Value>| value.map(|_| THERE.to_owned());
            out.push(Differs { path: path.to_owned(), before: there(before), after: there(after) });
        }
        (one, two) => {
            out.push(Differs { path: path.to_owned(), before: one.and_then(short), after: two.and_then(short) });
        }
    }
}

fn is_condition(object: &serde_json::Map<String, Value>) -> bool {
    object.len() == 2 && object.contains_key("text") && object.contains_key("expr")
}

/// Lists of things with an id or a name are compared by it; others by place.
fn listed(path: &str, before: &[Value], after: &[Value], out: &mut Vec<Differs>) {
    let id = |value: &Value| -> Option<String> {
        let id = value.get("id").or_else(|| value.get("name"))?;
        id.as_str().map(str::to_owned)
    };
    let by_id = |all: &[Value]| -> Option<BTreeMap<String, Value>> {
        let named: Option<BTreeMap<String, Value>> =
            all.iter().map(|value| Some((id(value)?, value.clone()))).collect();
        named.filter(|named| named.len() == all.len() && !all.is_empty())
    };
    match (by_id(before), by_id(after)) {
        (Some(one), Some(two)) => {
            let keys: BTreeSet<&String> = one.keys().chain(two.keys()).collect();
            for key in keys {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                differences(&path, one.get(key), two.get(key), out);
            }
            let order = |all: &[Value]| all.iter().filter_map(id).collect::<Vec<_>>();
            if one.keys().eq(two.keys()) && order(before) != order(after) {
                let words = |all: &[Value]| Some(cut(&order(all).join(", "), COLUMNS));
                out.push(Differs {
                    path: format!("{path} (order)").trim_start().to_owned(),
                    before: words(before),
                    after: words(after),
                });
            }
        }
        _ if before.iter().chain(after).all(|value| !value.is_object() && !value.is_array()) => {
            let lacks = |one: &[Value], other: &[Value]| -> Vec<String> {
                one.iter().filter(|value| !other.contains(value)).filter_map(short).collect()
            };
            let (gone, new) = (lacks(before, after), lacks(after, before));
            let words = |all: Vec<String>| (!all.is_empty()).then(|| cut(&all.join(", "), COLUMNS));
            out.push(Differs { path: path.to_owned(), before: words(gone), after: words(new) });
        }
        _ => {
            for at in 0..before.len().max(after.len()) {
                let path = if path.is_empty() { at.to_string() } else { format!("{path}.{at}") };
                differences(&path, before.get(at), after.get(at), out);
            }
        }
    }
}

/// A value in one line.
fn short(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Value::Object(object) if is_condition(object) => return short(&object["text"]),
        Value::Object(object) if object.contains_key("id") && object.contains_key("action") => {
            // Of a step what it does says more than its fields.
            let action = serde_json::from_value::<Action>(object["action"].clone());
            action.map_or_else(|_| value.to_string(), |action| step_words(&action))
        }
        Value::Array(_) | Value::Object(_) | Value::Bool(_) | Value::Number(_) => value.to_string(),
    };
    Some(cut(&text, COLUMNS))
}
