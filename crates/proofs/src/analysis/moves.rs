//! Moves of the lifecycle that undo each other, and moves that nobody makes.
//!
//! In: the campaign. Out: [`MoveFacts`]. Never: words; moves after a time, which are made some time later.

use std::collections::BTreeSet;
use std::ops::Range;

use super::conditions::{Asked, Leads, Part, TermKind, Terms, Universe, Written};
use crate::ir::expr::{Cmp, Expr};
use crate::ir::{Campaign, Condition, Lifecycle, Move, Name, Value};
use crate::text::Origin;

/// Paths that are followed in search of circles, at most.
const MOST_PATHS: usize = 10_000;

/// What is known of the moves of a lifecycle. Moves are numbered as they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MoveFacts {
    /// Moves to which earlier ones from the same stage leave nobody, with these.
    pub shadowed: Vec<(usize, Vec<usize>)>,
    /// Moves that lead one behind the other to the stage from which the first starts, and that one lead makes in one cascade.
    pub circles: Vec<Vec<usize>>,
}

/// Finds out how the moves stand to each other.
pub(super) fn moves(campaign: &Campaign, written: &Written) -> MoveFacts {
    let Some(lifecycle) = &campaign.lifecycle else { return MoveFacts::default() };
    let stands: Vec<Condition> = lifecycle.moves.iter().map(|each| stands_in(&each.from)).collect();
    let (mut asked, mut parts) = (Vec::new(), Vec::new());
    for (each, stands) in lifecycle.moves.iter().zip(&stands) {
        let first = asked.len();
        asked.push(Asked { condition: stands, event: None });
        asked.extend(each.when.iter().map(|condition| Asked { condition, event: None }));
        asked.extend(each.filter.iter().map(|condition| Asked { condition, event: each.event.as_ref() }));
        parts.push(first..asked.len());
    }
    let terms = Terms::with(campaign, written, &asked);
    // Moves are made before segments are found out anew: what may change at all may have changed since.
    let Some(universe) = Universe::new(terms, |term| !term.is_fixed()) else { return MoveFacts::default() };
    let is_stage = |term: usize| universe.terms.terms[term].kind == TermKind::Stage;
    let meets = |part: &Range<usize>| {
        let mut formulas = universe.terms.formulas[part.clone()].iter();
        let those = formulas.try_fold(universe.everybody(), |those, asks| universe.both(those, universe.leads(asks)?));
        universe.forget(those?, is_stage)
    };
    let Some(met) = parts.iter().map(meets).collect::<Option<Vec<_>>>() else { return MoveFacts::default() };
    let judge = Judge { lifecycle, universe: &universe, parts, met };
    MoveFacts { shadowed: judge.shadowed(), circles: judge.circles() }
}

/// That a lead is in a stage.
fn stands_in(stage: &Name) -> Condition {
    Condition::new(Expr::compare(Expr::Stage, Cmp::Eq, Value::Text(stage.clone())), Origin::default())
}

struct Judge<'c> {
    lifecycle: &'c Lifecycle,
    universe: &'c Universe,
    /// The formulas of each move.
    parts: Vec<Range<usize>>,
    /// Those who make each move where none is before it: in its stage they meet what it asks. The stage is forgotten.
    met: Vec<Leads>,
}

impl Judge<'_> {
    fn shadowed(&self) -> Vec<(usize, Vec<usize>)> {
        let moves = &self.lifecycle.moves;
        let mut found = Vec::new();
        for (number, each) in moves.iter().enumerate() {
            // A stage to which a cascade has led before is not entered again: who comes back finds the next move.
            let before = (0..number).filter(|earlier| {
                let earlier = &moves[*earlier];
                earlier.from == each.from
                    && earlier.after_secs.is_none()
                    && (earlier.event.is_none() || earlier.event == each.event)
                    && !self.leads_back(&earlier.to, &each.from)
            });
            let mut needed: Vec<usize> = before.collect();
            let own = self.met[number];
            let without = |those: &[usize]| {
                those.iter().try_fold(own, |left, earlier| self.universe.without(left, self.met[*earlier]))
            };
            if own.is_empty() || needed.is_empty() || !without(&needed).is_some_and(Leads::is_empty) {
                continue;
            }
            for at in (0..needed.len()).rev() {
                let fewer: Vec<usize> = [&needed[..at], &needed[at + 1..]].concat();
                if without(&fewer).is_some_and(Leads::is_empty) {
                    needed = fewer;
                }
            }
            found.push((number, needed));
        }
        found
    }

    /// Whether moves lead from one stage to another.
    fn leads_back(&self, from: &Name, to: &Name) -> bool {
        let (mut seen, mut open) = (BTreeSet::from([from]), vec![from]);
        while let Some(stage) = open.pop() {
            let on = self.lifecycle.moves.iter().filter(|each| each.from == *stage).map(|each| &each.to);
            open.extend(on.filter(|to| seen.insert(*to)));
        }
        seen.contains(to)
    }

    fn circles(&self) -> Vec<Vec<usize>> {
        let moves = &self.lifecycle.moves;
        let events: BTreeSet<Option<&Name>> = moves.iter().map(|each| each.event.as_ref()).chain([None]).collect();
        let mut found: Vec<Vec<usize>> = Vec::new();
        // Circles without an event come first, and are not found again with one.
        for event in events {
            let mut search = Search { judge: self, event, paths: 0, found: &mut found };
            for (first, stage) in self.lifecycle.stages.iter().enumerate() {
                search.from(first, stage, &mut Vec::new(), self.universe.everybody());
            }
        }
        found
    }

    /// Those who make a move in a cascade of an event: they meet what it asks, and of no move before it from that stage.
    fn makes(&self, number: usize, event: Option<&Name>) -> Option<Leads> {
        let moves = &self.lifecycle.moves;
        let rivals = |earlier: &usize| moves[*earlier].from == moves[number].from && is_made(&moves[*earlier], event);
        let mut before = (0..number).filter(rivals);
        before.try_fold(self.met[number], |left, earlier| self.universe.without(left, self.met[earlier]))
    }

    /// Whether what a move asks, besides the stage, stays as it is while moves are made, and is not what the event has just
    /// decided.
    fn stays(&self, number: usize, event: Option<&Name>) -> bool {
        let changes = |part: &Part| match part {
            Part::Stage => true,
            Part::Event(name) => name == "stage_changed" || Some(name) == event,
            _ => false,
        };
        let terms = &self.universe.terms;
        let mut read = terms.formulas[self.parts[number].clone()].iter().flat_map(|formula| terms.read_by(formula));
        read.all(|term| {
            let term = &terms.terms[term];
            term.kind == TermKind::Stage || !term.reads.iter().any(changes)
        })
    }
}

/// Whether a move can be made in a cascade of this event, or of none, as soon as a lead is in its stage.
fn is_made(each: &Move, event: Option<&Name>) -> bool {
    each.after_secs.is_none() && (each.event.is_none() || each.event.as_ref() == event)
}

/// A search for circles that are closed in cascades of one event.
struct Search<'j, 'c> {
    judge: &'j Judge<'c>,
    event: Option<&'j Name>,
    paths: usize,
    found: &'j mut Vec<Vec<usize>>,
}

impl Search<'_, '_> {
    /// Follows moves from a stage on; of the stages only those behind the first are passed, so that a circle is found once.
    fn from(&mut self, first: usize, stage: &Name, path: &mut Vec<usize>, those: Leads) {
        let lifecycle = self.judge.lifecycle;
        for (number, each) in lifecycle.moves.iter().enumerate() {
            if each.from != *stage || !is_made(each, self.event) || !self.judge.stays(number, self.event) {
                continue;
            }
            let place = lifecycle.stages.iter().position(|known| *known == each.to);
            let is_passed = path.iter().any(|passed| lifecycle.moves[*passed].from == each.to);
            let closes = place == Some(first);
            self.paths += 1;
            if self.paths > MOST_PATHS || !closes && (is_passed || place.is_none_or(|place| place < first)) {
                continue;
            }
            let makes = self.judge.makes(number, self.event);
            let Some(left) = makes.and_then(|makes| self.judge.universe.both(those, makes)) else { continue };
            if left.is_empty() {
                continue;
            }
            path.push(number);
            if !closes {
                self.from(first, &each.to, path, left);
            } else if !self.found.contains(path) {
                self.found.push(path.clone());
            }
            path.pop();
        }
    }
}
