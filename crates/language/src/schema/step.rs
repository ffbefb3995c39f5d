//! Steps of journeys: exactly one action each, and beside it only the keys that go with it.
//!
//! The schema could say so only by unions, whose violations tell nobody what is wrong.

use super::Found;
use crate::ast::journey::ACTIONS;
use crate::diag::{Code, Diagnostic};
use crate::syntax::{Entry, Node, Value};
use crate::text::nearest;

/// Keys that go with one action only, and that action.
const SIDE_KEYS: [(&str, &str); 4] =
    [("timeout", "wait_for"), ("else", "branch"), ("max_hold", "send"), ("experiment", "split")];
/// Keys of every step.
const COMMON_KEYS: [&str; 2] = ["id", "label"];

/// Looks at all steps of all journeys of a file.
pub(super) fn check(root: &Node, found: &mut Found) {
    for journey in root.get("journeys").map_or(&[][..], Node::entries) {
        steps(journey.value.get("steps"), found);
    }
}

fn steps(node: Option<&Node>, found: &mut Found) {
    let mut before: Option<&Node> = None;
    for step in items(node) {
        if let Some(before) = before
            && let Some(entry) = stray_key(step)
        {
            let message = format!("`{}` begins a step of its own here", entry.key);
            let help = "take its `- ` away, so that it is a key of the step above";
            found.push(Diagnostic::new(Code::UnknownKey, entry.key_span, message).help(help), before.span);
        } else {
            actions(step, found);
            side_keys(step, found);
        }
        before = Some(step);
        steps(step.get("timeout"), found);
        steps(step.get("else"), found);
        for arm in items(step.get("branch")).iter().chain(items(step.get("split"))) {
            steps(arm.get("steps"), found);
        }
    }
}

/// The only key of a step, if it is one that belongs beside an action.
pub(super) fn stray_key(step: &Node) -> Option<&Entry> {
    match step.entries() {
        [entry] if SIDE_KEYS.iter().any(|(key, _)| *key == entry.key) => Some(entry),
        _ => None,
    }
}

fn items(node: Option<&Node>) -> &[Node] {
    match node.map(|node| &node.value) {
        Some(Value::Seq(items)) => items,
        Some(Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) | Value::Map(_)) | None => {
            &[]
        }
    }
}

fn actions(step: &Node, found: &mut Found) {
    let mut actions = step.entries().iter().filter(|entry| ACTIONS.contains(&entry.key.as_str()));
    match (actions.next(), actions.next()) {
        (Some(_), None) => {}
        (Some(first), Some(second)) => {
            let message = format!("a step does one thing, and this one has both `{}` and `{}`", first.key, second.key);
            let diagnostic = Diagnostic::new(Code::OneAction, second.key_span, message);
            let help = "make it two steps, each with an `id` of its own";
            found.push(diagnostic.also(first.key_span, "the first action").help(help), second.key_span);
        }
        (None, _) => no_action(step, found),
    }
}

fn no_action(step: &Node, found: &mut Found) {
    let Some(first) = step.entries().first() else { return };
    if misspelt(step, |near| ACTIONS.contains(&near)) {
        return;
    }
    let message = match step.get("id").map(|id| &id.value) {
        Some(Value::Str(id)) => format!("the step `{id}` has no action"),
        _ => "this step has no action".to_owned(),
    };
    let known: Vec<String> = ACTIONS.iter().map(|action| format!("`{action}`")).collect();
    let diagnostic = Diagnostic::new(Code::OneAction, first.key_span, message);
    found.push(diagnostic.help(format!("give it one of {}", known.join(", "))), step.span);
}

fn side_keys(step: &Node, found: &mut Found) {
    for (key, action) in SIDE_KEYS {
        let Some(entry) = step.entry(key) else { continue };
        if step.get(action).is_some() || misspelt(step, |near| near == action) {
            continue;
        }
        let message = format!("`{key}` goes with `{action}`, which this step does not have");
        let mut diagnostic = Diagnostic::new(Code::UnknownKey, entry.key_span, message);
        if let Some(other) = step.entries().iter().find(|entry| ACTIONS.contains(&entry.key.as_str())) {
            diagnostic = diagnostic.also(other.key_span, "the action of this step");
        }
        found.push(diagnostic, entry.key_span);
    }
}

/// Whether an unknown key of the step is near to one that `meant` takes: that slip has been reported.
fn misspelt(step: &Node, meant: impl Fn(&str) -> bool) -> bool {
    let side = SIDE_KEYS.map(|(key, _)| key);
    let known = || ACTIONS.iter().copied().chain(side).chain(COMMON_KEYS);
    let is_unknown = |entry: &&Entry| !known().any(|key| key == entry.key);
    step.entries().iter().filter(is_unknown).any(|entry| {
        let word = entry.key.split('：').next().unwrap_or("");
        meant(word) || nearest(word, known()).is_some_and(&meant)
    })
}
