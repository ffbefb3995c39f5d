//! Renames that are recorded: the campaign before, told in the names of the one after.
//!
//! A record counts if its old name was there before and the record was not: what was recorded then has been followed. Of a
//! chain of records the last name is taken, unless a name on the way was itself in use before, as when two swap names.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::references;
use crate::ir::{Campaign, Expr, Name};

/// What has moved: old address to new.
pub(super) type Moves = BTreeMap<String, String>;

/// The renames that lead from one campaign to the other.
pub(super) fn moves(before: &Campaign, after: &Campaign, addresses: &BTreeSet<String>) -> Moves {
    let is_new = |from: &String, to: &String| before.moved.get(from) != Some(to);
    let records: BTreeMap<&String, &String> = after.moved.iter().filter(|(from, to)| is_new(from, to)).collect();
    let mut found = Moves::new();
    for (from, first) in &records {
        if !addresses.contains(*from) {
            continue;
        }
        let mut to = *first;
        // No chain is longer than there are records.
        for _ in 0..records.len() {
            match records.get(to) {
                Some(next) if !addresses.contains(to) => to = next,
                Some(_) | None => break,
            }
        }
        found.insert((*from).clone(), to.clone());
    }
    found
}

/// Steps that have moved to another journey: where they were, in the journey's name of today, and where they are.
pub(super) fn elsewhere(moves: &Moves) -> BTreeMap<(Name, Name), (Name, Name)> {
    let step = |address: &str| {
        let (journey, step) = address.strip_prefix("journeys.")?.split_once(".steps.")?;
        Some((journey.to_owned(), step.to_owned()))
    };
    let moved = |(from, to): (&String, &String)| {
        let ((was_in, was), (is_in, is)) = (step(from)?, step(to)?);
        let home = moved(moves, "journeys", &was_in).map_or(was_in.clone(), str::to_owned);
        (home != is_in).then_some(((home, was), (is_in, is)))
    };
    moves.iter().filter_map(moved).collect()
}

/// The addresses of a campaign that can move: definitions, and steps of journeys.
pub(super) fn addresses(campaign: &Campaign, parts: &BTreeMap<String, String>) -> BTreeSet<String> {
    let steps = campaign
        .journeys
        .iter()
        .flat_map(|(name, journey)| journey.steps.iter().map(move |step| format!("journeys.{name}.steps.{}", step.id)));
    let personas = campaign.personas.iter().map(|persona| format!("personas.{}", persona.name));
    parts.keys().cloned().chain(steps).chain(personas).collect()
}

/// The campaign in its new names.
///
/// # Errors
/// If the campaign cannot be written as JSON.
pub(super) fn renamed(campaign: &Campaign, moves: &Moves) -> Result<Campaign, serde_json::Error> {
    if moves.is_empty() {
        return Ok(campaign.clone());
    }
    let mut tree = serde_json::to_value(campaign)?;
    steps(&mut tree, moves);
    references::visit(&mut tree, &mut |kind, name| {
        let kinds: &[&str] = if kind == "contents" { &["emails", "messages"] } else { &[kind] };
        if let Some(new) = kinds.iter().find_map(|kind| moved(moves, kind, name)) {
            *name = new.to_owned();
        }
    });
    for (kind, definitions) in tree.as_object_mut().into_iter().flatten() {
        if let Value::Object(named) = definitions {
            let renamed = std::mem::take(named).into_iter();
            *named = renamed
                .map(|(name, value)| (moved(moves, kind, &name).map_or(name.clone(), str::to_owned), value))
                .collect();
        }
    }
    names(&mut tree, moves);
    texts(&mut tree)?;
    serde_json::from_value(tree)
}

/// The new name of a definition.
fn moved<'m>(moves: &'m Moves, kind: &str, name: &str) -> Option<&'m str> {
    moves.get(&format!("{kind}.{name}"))?.rsplit_once('.').map(|(_, new)| new)
}

/// Names that stand in lists: personas, and the order of segments.
fn names(tree: &mut Value, moves: &Moves) {
    for persona in tree.pointer_mut("/personas").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(Value::String(name)) = persona.get_mut("name")
            && let Some(new) = moved(moves, "personas", name)
        {
            *name = new.to_owned();
        }
    }
    for name in tree.pointer_mut("/segment_order").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Value::String(name) = name
            && let Some(new) = moved(moves, "segments", name)
        {
            *name = new.to_owned();
        }
    }
}

/// Ids of steps, and the edges to them.
fn steps(tree: &mut Value, moves: &Moves) {
    let Some(Value::Object(journeys)) = tree.get_mut("journeys") else { return };
    for (journey, definition) in journeys.iter_mut() {
        // A step that is said to be in another journey now has left this one.
        let home = moved(moves, "journeys", journey).unwrap_or(journey).to_owned();
        let new = |id: &str| -> Option<String> {
            let to = moves.get(&format!("journeys.{journey}.steps.{id}"))?;
            to.strip_prefix(&format!("journeys.{home}.steps.")).map(str::to_owned)
        };
        edges(definition, &new);
    }
    let Some(Value::Object(experiments)) = tree.get_mut("experiments") else { return };
    let renamed = std::mem::take(experiments).into_iter().map(|(name, mut of)| {
        let parts = name.split_once('.').map(|(journey, step)| (journey.to_owned(), step.to_owned()));
        let Some((journey, step)) = parts else { return (name, of) };
        let home = moved(moves, "journeys", &journey).unwrap_or(&journey).to_owned();
        let to = moves.get(&format!("journeys.{journey}.steps.{step}"));
        let step = to.and_then(|to| to.rsplit_once('.')).map_or(step, |(_, new)| new.to_owned());
        of["step"] = step.clone().into();
        (format!("{home}.{step}"), of)
    });
    *experiments = renamed.collect();
}

fn edges(value: &mut Value, new: &dyn Fn(&str) -> Option<String>) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(|value| edges(value, new)),
        Value::Object(object) => {
            let is_arm = object.contains_key("when") || object.contains_key("weight");
            for (key, value) in object.iter_mut() {
                let leads_on = matches!(key.as_str(), "id" | "first" | "next" | "timeout") || is_arm && key == "to";
                match value {
                    Value::String(id) if leads_on => {
                        if let Some(new) = new(id) {
                            *id = new;
                        }
                    }
                    value => edges(value, new),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Canonical texts of conditions, in which the old names still stand.
fn texts(value: &mut Value) -> Result<(), serde_json::Error> {
    match value {
        Value::Array(all) => all.iter_mut().try_for_each(texts),
        Value::Object(object) => {
            if object.len() == 2
                && let (Some(expr), true) = (object.get("expr"), object.contains_key("text"))
            {
                let text = serde_json::from_value::<Expr>(expr.clone())?.to_string();
                object.insert("text".to_owned(), text.into());
                return Ok(());
            }
            object.values_mut().try_for_each(texts)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}
