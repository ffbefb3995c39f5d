//! A journey without its faulty steps, so that one slip in a step does not hide what is wrong elsewhere.

use std::borrow::Cow;

use crate::syntax::{Entry, Node, Value};
use crate::text::Span;

/// Keys whose value is a list of steps.
const STEP_LISTS: &[&str] = &["steps", "else", "timeout"];

/// A copy of a journey in which each step that holds a fault of its own is a mere wait with the same id, and the places
/// of these steps. A faulty step without an id is left out. Faults outside of steps stay.
pub(super) fn without_faulty_steps<'n>(journey: &'n Node, faults: &[Span]) -> (Cow<'n, Node>, Vec<Span>) {
    let mut cut = Vec::new();
    if faults.is_empty() {
        return (Cow::Borrowed(journey), cut);
    }
    let pruned = prune(journey, faults, &mut cut);
    (Cow::Owned(pruned), cut)
}

fn prune(node: &Node, faults: &[Span], cut: &mut Vec<Span>) -> Node {
    if !faults.iter().any(|fault| node.span.contains(fault)) {
        return node.clone();
    }
    let value = match &node.value {
        Value::Map(entries) => Value::Map(entries.iter().map(|entry| prune_entry(entry, faults, cut)).collect()),
        Value::Seq(items) => Value::Seq(items.iter().map(|item| prune(item, faults, cut)).collect()),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => node.value.clone(),
    };
    Node { span: node.span, value }
}

fn prune_entry(entry: &Entry, faults: &[Span], cut: &mut Vec<Span>) -> Entry {
    let value = match &entry.value.value {
        Value::Seq(items) if STEP_LISTS.contains(&entry.key.as_str()) => {
            let steps = items.iter().filter_map(|item| prune_step(item, faults, cut)).collect();
            Node { span: entry.value.span, value: Value::Seq(steps) }
        }
        _ => prune(&entry.value, faults, cut),
    };
    Entry { key: entry.key.clone(), key_span: entry.key_span, value }
}

fn prune_step(step: &Node, faults: &[Span], cut: &mut Vec<Span>) -> Option<Node> {
    let before = cut.len();
    let pruned = prune(step, faults, cut);
    let inner = &cut[before..];
    let is_own = |fault: &&Span| step.span.contains(fault) && !inner.iter().any(|place| place.contains(fault));
    if !faults.iter().any(|fault| is_own(&fault)) {
        return Some(pruned);
    }
    cut.truncate(before);
    cut.push(step.span);
    let id = step.entry("id").filter(|id| matches!(id.value.value, Value::Str(_)))?;
    let second = Node { span: step.span, value: Value::Str("1 second".to_owned()) };
    let wait = Entry { key: "wait".to_owned(), key_span: step.span, value: second };
    Some(Node { span: step.span, value: Value::Map(vec![id.clone(), wait]) })
}

/// A copy without the entries and items that a fault is about: the innermost that hold it.
pub(super) fn without_faulty_entries(node: &Node, faults: &[Span]) -> Node {
    let keeps = |whole: Span, value: &Node| {
        let inside = |fault: &Span| value.span.contains(fault) && *fault != value.span;
        let is_collection = matches!(value.value, Value::Map(_) | Value::Seq(_));
        faults.iter().filter(|fault| whole.contains(fault)).all(|fault| is_collection && inside(fault))
    };
    let value = match &node.value {
        Value::Map(entries) => Value::Map(
            entries
                .iter()
                .filter(|entry| keeps(super::lower::whole(entry), &entry.value))
                .map(|entry| Entry { value: without_faulty_entries(&entry.value, faults), ..entry.clone() })
                .collect(),
        ),
        Value::Seq(items) => Value::Seq(
            items
                .iter()
                .filter(|item| keeps(item.span, item))
                .map(|item| without_faulty_entries(item, faults))
                .collect(),
        ),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => node.value.clone(),
    };
    Node { span: node.span, value }
}
