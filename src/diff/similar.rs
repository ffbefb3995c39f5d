//! Renames that are likely: something is gone, and something like it is new. They are suggested, never followed.

use std::collections::BTreeSet;

use serde_json::Value;

use super::model::{Status, Suggestion};
use super::parts::{Part, definition};
use crate::ir::journey::{Action, Step};
use crate::ir::{Campaign, Journey};

/// The renames that are likely, by address.
pub(super) fn suggestions(
    before: &Campaign,
    after: &Campaign,
    parts: &[Part],
) -> Result<Vec<Suggestion>, serde_json::Error> {
    let mut found = definitions(before, after, parts)?;
    found.extend(swaps(before, after, parts)?);
    for (name, journey) in &after.journeys {
        let Some(old) = before.journeys.get(name) else { continue };
        let address = |step: &Step| format!("journeys.{name}.steps.{}", step.id);
        found.extend(steps(old, journey).into_iter().map(|(from, to)| suggestion(address(from), address(to))));
    }
    Ok(found)
}

fn suggestion(from: String, to: String) -> Suggestion {
    let record = format!("- {{from: {from}, to: {to}}}");
    Suggestion { from, to, record }
}

/// Definitions of one kind that are alike, each with the one that is most like it.
fn definitions(before: &Campaign, after: &Campaign, parts: &[Part]) -> Result<Vec<Suggestion>, serde_json::Error> {
    let (old, new) = (serde_json::to_value(before)?, serde_json::to_value(after)?);
    let of = |status: Status| parts.iter().filter(move |part| part.status == status);
    let mut taken = BTreeSet::new();
    let mut found = Vec::new();
    for gone in of(Status::Removed).filter(|part| can_move(part)) {
        let kind = gone.address.split_once('.').map(|(kind, _)| kind);
        let is_kind = |part: &&Part| kind.is_some() && part.address.split_once('.').map(|(kind, _)| kind) == kind;
        let Some(was) = definition(&old, &gone.address) else { continue };
        let alike = of(Status::Added).filter(is_kind).filter(|part| !taken.contains(&part.address));
        let alike = alike.filter_map(|part| Some((likeness(was, definition(&new, &part.address)?), part)));
        let best = alike.max_by(|one, two| one.0.cmp(&two.0).then(two.1.address.cmp(&one.1.address)));
        if let Some((share, part)) = best
            && share >= ALIKE
        {
            taken.insert(part.address.clone());
            found.push(suggestion(gone.address.clone(), part.address.clone()));
        }
    }
    Ok(found)
}

/// Whether the name of a definition is the project's own: channels have the names of the language.
fn can_move(part: &Part) -> bool {
    part.address.contains('.') && !part.address.starts_with("channels.") && !part.address.starts_with("experiments.")
}

/// Two definitions of which each is what the other one was.
fn swaps(before: &Campaign, after: &Campaign, parts: &[Part]) -> Result<Vec<Suggestion>, serde_json::Error> {
    let (old, new) = (serde_json::to_value(before)?, serde_json::to_value(after)?);
    let is_telling = |part: &&Part| part.status == Status::Changed && can_move(part);
    let changed: Vec<&Part> = parts.iter().filter(is_telling).collect();
    let kind = |part: &Part| part.address.split_once('.').map(|(kind, _)| kind.to_owned());
    let mut found = Vec::new();
    for (at, one) in changed.iter().enumerate() {
        let is_it = |other: &&&Part| {
            let was = |part: &Part| definition(&old, &part.address);
            let is = |part: &Part| definition(&new, &part.address);
            kind(one) == kind(other) && was(one) == is(other) && was(other) == is(one)
        };
        if let Some(other) = changed.iter().skip(at + 1).find(is_it) {
            found.push(suggestion(one.address.clone(), other.address.clone()));
            found.push(suggestion(other.address.clone(), one.address.clone()));
        }
    }
    Ok(found)
}

/// Percent of values from which on two definitions are alike.
const ALIKE: usize = 60;

/// How many percent of the values of both are the same, at the same path.
fn likeness(one: &Value, two: &Value) -> usize {
    let (one, two) = (leaves(one), leaves(two));
    if one.is_empty() && two.is_empty() {
        return 100;
    }
    let shared = one.intersection(&two).count();
    200 * shared / (one.len() + two.len()).max(1)
}

/// Every value with its path; what is in a list, without its place.
fn leaves(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect("", value, &mut found);
    found
}

fn collect(path: &str, value: &Value, out: &mut BTreeSet<String>) {
    match value {
        // Nothing is like nothing in many ways.
        Value::Null => {}
        Value::Object(object) => object.iter().for_each(|(key, value)| collect(&format!("{path}.{key}"), value, out)),
        Value::Array(all) => all.iter().for_each(|value| collect(path, value, out)),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            out.insert(format!("{path}={value}"));
        }
    }
}

/// Steps of one journey: those that do the same, or stand at the same place and are of the same kind.
fn steps<'c>(before: &'c Journey, after: &'c Journey) -> Vec<(&'c Step, &'c Step)> {
    let gone: Vec<&Step> = before.steps.iter().filter(|step| after.step(&step.id).is_none()).collect();
    let new: Vec<&Step> = after.steps.iter().filter(|step| before.step(&step.id).is_none()).collect();
    let mut found: Vec<(&Step, &Step)> = Vec::new();
    for same in [does_the_same as fn(&Journey, &Step, &Journey, &Step) -> bool, stands_there] {
        for old in &gone {
            let is_free = |step: &&&Step| !found.iter().any(|(one, two)| one.id == old.id || two.id == step.id);
            let fitting: Vec<&&Step> =
                new.iter().filter(is_free).filter(|step| same(before, old, after, step)).collect();
            // Of several that fit none is likelier.
            if let [only] = fitting.as_slice() {
                found.push((old, only));
            }
        }
    }
    found
}

fn does_the_same(_: &Journey, old: &Step, _: &Journey, new: &Step) -> bool {
    let bare = |step: &Step| {
        let mut step = step.clone();
        step.edges_mut().into_iter().for_each(|target| *target = None);
        step.action
    };
    !matches!(old.action, Action::Goto | Action::Exit { .. }) && bare(old) == bare(new)
}

fn stands_there(before: &Journey, old: &Step, after: &Journey, new: &Step) -> bool {
    let leads_to = |journey: &Journey, id: &str| -> BTreeSet<String> {
        let leads = |step: &&Step| step.edges().into_iter().any(|target| target.as_deref() == Some(id));
        journey.steps.iter().filter(leads).map(|step| step.id.clone()).collect()
    };
    let same_kind = std::mem::discriminant(&old.action) == std::mem::discriminant(&new.action);
    same_kind && (old.next == new.next && leads_to(before, &old.id) == leads_to(after, &new.id))
}
