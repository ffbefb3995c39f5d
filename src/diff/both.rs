//! One journey on both sides, its steps paired by id.

use std::collections::BTreeSet;

use super::model::Fact;
use super::worlds::{Side, Worlds, truth};
use crate::ir::journey::{Action, Step, Target};
use crate::ir::{Campaign, Expr, Journey, Name};
use crate::plan::step_words;

/// Leads among whom conditions are compared.
#[derive(Clone)]
pub(super) struct Pool<'c> {
    /// What is known of them.
    pub(super) expr: Expr,
    /// The event that it asks.
    pub(super) event: Option<&'c Name>,
}

/// A journey before and after.
#[derive(Clone, Copy)]
pub(super) struct Both<'c> {
    pub(super) name: &'c Name,
    pub(super) before: &'c Journey,
    pub(super) after: &'c Journey,
    pub(super) worlds: &'c Worlds<'c>,
}

impl<'c> Both<'c> {
    /// Steps of both.
    pub(super) fn shared(&self) -> impl Iterator<Item = (&'c Step, &'c Step)> {
        self.before.steps.iter().filter_map(|step| Some((step, self.after.step(&step.id)?)))
    }

    /// Steps that are new.
    pub(super) fn added(&self) -> impl Iterator<Item = &'c Step> {
        self.after.steps.iter().filter(|step| self.before.step(&step.id).is_none())
    }

    /// Steps that are gone.
    pub(super) fn removed(&self) -> impl Iterator<Item = &'c Step> {
        self.before.steps.iter().filter(|step| self.after.step(&step.id).is_none())
    }

    /// Steps that write something down of a lead, and are new, gone, or do something else. What conditions make of it is told
    /// of journeys that ask for it.
    pub(super) fn written_down(&self) -> Vec<Fact> {
        let writes = |step: &&Step| {
            matches!(
                step.action,
                Action::Set { .. } | Action::Score { .. } | Action::Stage { .. } | Action::List { .. }
            )
        };
        let fact = |what: &str, step: &Step| Fact::at(&step.id, format!("{what}: {}", step_words(&step.action)));
        let new = self.added().filter(writes).map(|step| fact("new", step));
        let other = self.shared().filter(|(old, new)| old.action != new.action && (writes(old) || writes(new)));
        let other = other.map(|(old, new)| Both::done_otherwise(old, new));
        new.chain(self.removed().filter(writes).map(|step| fact("gone", step))).chain(other.flatten()).collect()
    }

    /// What a step does instead, in words.
    pub(super) fn done_otherwise(before: &Step, after: &Step) -> Option<Fact> {
        let (old, new) = (step_words(&before.action), step_words(&after.action));
        (old != new).then(|| Fact::at(&after.id, format!("{new}, before: {old}")))
    }

    /// The journey of a side.
    pub(super) fn journey(&self, side: Side) -> &'c Journey {
        match side {
            Side::Before => self.before,
            Side::After => self.after,
        }
    }

    /// The campaign of a side.
    pub(super) fn campaign(&self, side: Side) -> &'c Campaign {
        self.worlds.campaign(side)
    }

    /// Leads that can be in the journey, on either side: a condition, and the event at hand that it asks.
    pub(super) fn pool(&self) -> Pool<'c> {
        let of = |side| self.worlds.entry(side, self.journey(side));
        let (old, new) = (self.before.entry.by.event(), self.after.entry.by.event());
        let is_started = [Side::Before, Side::After].into_iter().any(|side| self.worlds.starts(side, self.name));
        // Of those who come in by two events, or by another journey, no one condition is known.
        match old == new && !is_started {
            true => Pool { expr: Expr::Any { of: vec![of(Side::Before), of(Side::After)] }, event: new },
            false => Pool { expr: truth(true), event: None },
        }
    }

    /// Where an edge leads, past steps that only this side has and steps that only lead on: what an inserted step does is
    /// said of that step, and not of all that led past it.
    pub(super) fn destination(&self, side: Side, target: &'c Target) -> Target {
        let (own, other) = match side {
            Side::Before => (self.before, self.after),
            Side::After => (self.after, self.before),
        };
        let (mut at, mut seen) = (target, BTreeSet::new());
        while let Some(id) = at {
            let Some(step) = own.step(id) else { break };
            let leads_on = matches!(step.action, Action::Goto) || other.step(id).is_none();
            if !leads_on || !seen.insert(id) {
                return Some(id.clone());
            }
            at = &step.next;
        }
        at.clone()
    }
}

/// What a step sends.
pub(super) fn sends(step: &Step) -> Option<&Name> {
    match &step.action {
        Action::Send { content, .. } => Some(content),
        _ => None,
    }
}

/// Ids of all steps that a lead can come to from some targets, these included.
pub(super) fn reachable<'j>(journey: &'j Journey, from: &[&'j Target]) -> BTreeSet<&'j str> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&str> = from.iter().filter_map(|target| target.as_deref()).collect();
    while let Some(id) = open.pop() {
        let Some(step) = journey.step(id) else { continue };
        if seen.insert(step.id.as_str()) {
            open.extend(step.edges().into_iter().filter_map(|target| target.as_deref()));
        }
    }
    seen
}
