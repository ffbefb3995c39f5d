//! Which steps lead where: what a lead comes to from one place where leads are told apart to the next, so that steps which
//! only stand in another order are told from steps which others come to.
//!
//! In: a journey on both sides. Out: who goes otherwise, and what comes in another order. Never: conditions.

use std::collections::BTreeSet;

use super::both::Both;
use super::model::{Fact, Timing, Who};
use super::timing::takes_time;
use super::worlds::Side;
use crate::ir::journey::{Action, Step, Target};
use crate::ir::{Journey, Name};

/// What a lead comes to from an edge on.
#[derive(Debug, PartialEq, Eq)]
struct Way {
    /// Steps that both sides have, in their order.
    steps: Vec<Name>,
    /// Where leads are told apart next, or where the way ends.
    end: Target,
}

/// Whether leads go different ways from a step on.
pub(super) fn decides(step: &Step) -> bool {
    match &step.action {
        Action::Branch { .. } | Action::Split { .. } => true,
        Action::WaitFor { timeout, .. } => *timeout != step.next,
        _ => false,
    }
}

/// Edges from where leads are told apart, that lead to the same step on both sides: from the entry, and from steps that
/// decide on both.
fn edges<'c>(both: &Both<'c>) -> Vec<(Option<&'c Name>, &'c Target, &'c Target)> {
    let mut found = vec![(None, &both.before.first, &both.after.first)];
    for (before, after) in both.shared().filter(|(before, after)| decides(before) && decides(after)) {
        let mut seen = BTreeSet::new();
        for new in after.edges() {
            let to = both.destination(Side::After, new);
            let leads_there = |old: &&Target| both.destination(Side::Before, old) == to || is_one_way(both, old, new);
            let old = before.edges().into_iter().find(leads_there);
            if let Some(old) = old.filter(|_| seen.insert(to.clone())) {
                found.push((Some(&after.id), old, new));
            }
        }
    }
    found
}

/// Whether two edges lead to the same steps, be it in another order, and end alike.
pub(super) fn is_one_way(both: &Both<'_>, old: &Target, new: &Target) -> bool {
    let (was, is) = (way(both, Side::Before, old), way(both, Side::After, new));
    !is.steps.is_empty() && was.end == is.end && BTreeSet::from_iter(&was.steps) == BTreeSet::from_iter(&is.steps)
}

/// Who comes to other steps than before.
pub(super) fn who(both: &Both<'_>) -> Vec<(Who, Fact)> {
    let mut found: Vec<(Who, Fact)> = Vec::new();
    for (from, old, new) in edges(both) {
        let (was, is) = (way(both, Side::Before, old), way(both, Side::After, new));
        // What only one side tells apart is said of that step.
        let is_shared = |end: &Target| {
            end.as_ref().is_none_or(|id| both.before.step(id).is_some() && both.after.step(id).is_some())
        };
        let is_exit = |journey: &Journey, end: &Target| {
            end.as_ref().and_then(|id| journey.step(id)).is_some_and(|step| matches!(step.action, Action::Exit { .. }))
        };
        if !(is_shared(&was.end) || is_exit(both.before, &was.end))
            || !(is_shared(&is.end) || is_exit(both.after, &is.end))
        {
            continue;
        }
        let set = |way: &Way| -> BTreeSet<Name> { does(both, way).into_iter().collect() };
        let (old, new) = (set(&was), set(&is));
        let mut words = Vec::new();
        let gone: Vec<&Name> = old.difference(&new).collect();
        let more: Vec<&Name> = new.difference(&old).collect();
        if !more.is_empty() {
            words.push(format!("leads come to {} as well", listed(&more)));
        }
        if !gone.is_empty() {
            words.push(format!("leads no longer come to {}", listed(&gone)));
        }
        if was.end != is.end {
            words.push(format!("leads go on at {} instead of {}", named(&is.end), named(&was.end)));
        }
        if !words.is_empty() {
            let says = words.join("; ");
            found.push((Who::Different, from.map_or_else(|| Fact::new(says.clone()), |id| Fact::at(id, says.clone()))));
        }
    }
    found
}

/// What comes earlier or later because steps stand in another order.
pub(super) fn timing(both: &Both<'_>) -> Vec<(Timing, Fact)> {
    let mut found: Vec<(Timing, Fact)> = Vec::new();
    for (_, old, new) in edges(both) {
        let (was, is) = (way(both, Side::Before, old), way(both, Side::After, new));
        let (old, new) = (does(both, &was), does(both, &is));
        let is_same = |one: &[Name], other: &[Name]| BTreeSet::from_iter(one) == BTreeSet::from_iter(other);
        if was.steps == is.steps || !is_same(&was.steps, &is.steps) {
            continue;
        }
        let known = found.len();
        for step in old.iter().filter(|step| new.contains(step)) {
            found.extend(moved(both, step, &was, &is).map(|(value, says)| (value, Fact::at(step, says))));
        }
        if found.len() == known {
            let says = format!(
                "in another order: {}",
                is.steps.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
            );
            found.push((Timing::Moved, Fact::new(says)));
        }
    }
    found.dedup_by(|one, other| one.1 == other.1);
    found
}

/// Whether a step comes behind other waits than before.
fn moved(both: &Both<'_>, step: &Name, was: &Way, is: &Way) -> Option<(Timing, String)> {
    let waits = |way: &Way| -> BTreeSet<Name> {
        let before = way.steps.iter().take_while(|id| *id != step);
        before.filter(|id| both.after.step(id).is_some_and(|step| takes_time(&step.action))).cloned().collect()
    };
    let (old, new) = (waits(was), waits(is));
    let gone: Vec<&Name> = old.difference(&new).collect();
    let more: Vec<&Name> = new.difference(&old).collect();
    match (gone.is_empty(), more.is_empty()) {
        (true, true) => None,
        (false, true) => Some((Timing::Earlier, format!("comes earlier, no longer behind {}", listed(&gone)))),
        (true, false) => Some((Timing::Later, format!("comes later, behind {}", listed(&more)))),
        (false, false) => {
            Some((Timing::Moved, format!("comes behind {}, no longer behind {}", listed(&more), listed(&gone))))
        }
    }
}

/// The steps of a way that do more than to take time.
fn does(both: &Both<'_>, way: &Way) -> Vec<Name> {
    let is_more = |id: &&Name| both.after.step(id).is_some_and(|step| !takes_time(&step.action));
    way.steps.iter().filter(is_more).cloned().collect()
}

/// The way from an edge on: past steps that only one side has, up to a step that decides on either, or the end.
fn way(both: &Both<'_>, side: Side, target: &Target) -> Way {
    let (own, other) = match side {
        Side::Before => (both.before, both.after),
        Side::After => (both.after, both.before),
    };
    let mut found = Way { steps: Vec::new(), end: None };
    let (mut at, mut seen) = (target, BTreeSet::new());
    while let Some(step) = at.as_ref().and_then(|id| own.step(id)) {
        let twin = other.step(&step.id);
        let is_end = |step: &Step| decides(step) || matches!(step.action, Action::Exit { .. });
        let ends = is_end(step) || twin.is_some_and(is_end);
        if !seen.insert(&step.id) || ends {
            found.end = Some(step.id.clone());
            return found;
        }
        if twin.is_some() && !matches!(step.action, Action::Goto) {
            found.steps.push(step.id.clone());
        }
        at = &step.next;
    }
    found
}

fn listed(names: &[&Name]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn named(target: &Target) -> String {
    target.as_ref().map_or("the end".to_owned(), |id| format!("`{id}`"))
}
