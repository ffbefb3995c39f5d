//! A lead and a timeline that may come to the bound: the timelines of the units, laid so that their windows begin together.
//!
//! In: what each unit has for the worst kind of lead. Out: a [`Candidate`]. Never: a promise; the simulator says what comes
//! of it.

use std::collections::BTreeSet;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::machine::{Machine, Witness};
use super::units::{Found, Unit, Units};
use super::{Candidate, Happens};
use crate::analysis::conditions::{Assignment, TermKind};
use crate::ir::Value;
use crate::ir::journey::Action;

/// States of a journey by itself before its timeline is given up: in all for those that are laid together, and at most for
/// one.
const STATES: usize = 12_000;
const MOST_STATES: usize = 3_000;
/// Journeys whose timelines are looked for one by one.
const MOST_JOURNEYS: usize = 40;

/// The timelines of all units that have mails together, laid in one or two ways, and that of the unit with the most alone.
pub(super) fn candidates(
    units: &Units<'_>,
    limit: usize,
    rows: &[(&Unit, &Found)],
    assignment: &Assignment,
) -> Vec<Candidate> {
    let mut counted: Vec<&(&Unit, &Found)> = rows.iter().filter(|(_, found)| found.most != Some(0)).collect();
    counted.sort_by_key(|(_, found)| std::cmp::Reverse(found.most.unwrap_or(u64::MAX)));
    counted.truncate(MOST_JOURNEYS);
    let states = (STATES / counted.len().max(1)).min(MOST_STATES);
    let parts: Vec<Part<'_>> = counted
        .par_iter()
        .map(|(unit, found)| {
            let witness = found.witness.clone().or_else(|| alone(units, limit, unit, assignment, states));
            // Without a timeline of its own a journey comes at its own times, or not at all.
            Part { unit, most: found.most, witness: witness.unwrap_or_default() }
        })
        .collect();
    let is_born = |part: &&Part<'_>| part.unit.models.iter().any(|model| units.models[*model].begins_at_birth);
    let born = parts.iter().find(is_born).map(|part| part.witness.from_secs);
    let latest = parts.iter().map(|part| part.witness.from_secs).max();
    let ways: BTreeSet<i64> = born.into_iter().chain(latest).collect();
    let mut candidates: Vec<Candidate> =
        ways.into_iter().map(|from_secs| together(units, &parts, assignment, from_secs)).collect();
    if let (Some(most), 2..) = (parts.iter().max_by_key(|part| part.most.unwrap_or(u64::MAX)), parts.len()) {
        let from_secs = most.witness.from_secs;
        candidates.push(together(units, std::slice::from_ref(most), assignment, from_secs));
    }
    candidates
}

/// The timeline of one journey by itself, for the kind of lead for whom it has the most; it is one `of` so many that are
/// looked for.
pub(super) fn of_one(
    units: &Units<'_>,
    limit: usize,
    unit: &Unit,
    assignment: &Assignment,
    of: usize,
) -> Option<Candidate> {
    let states = (STATES / of.max(1)).min(MOST_STATES);
    let witness = alone(units, limit, unit, assignment, states)?;
    let from_secs = witness.from_secs;
    Some(together(units, &[Part { unit, most: None, witness }], assignment, from_secs))
}

/// A unit and its timeline.
struct Part<'u> {
    unit: &'u Unit,
    most: Option<u64>,
    witness: Witness,
}

/// Timelines laid so that each window begins so long after the lead has come in.
fn together(units: &Units<'_>, parts: &[Part<'_>], assignment: &Assignment, from_secs: i64) -> Candidate {
    let mut candidate = Candidate { from_secs, ..Candidate::default() };
    put(units, assignment, &mut candidate);
    for Part { unit, witness, .. } in parts {
        candidate.created |= witness.created;
        put(units, &witness.start, &mut candidate);
        candidate.out.extend(witness.out.iter().cloned());
        for (term, points) in &witness.scores {
            if let TermKind::Score(model) = &units.questions.terms.terms[*term].kind {
                candidate.scores.insert(model.clone(), i32::try_from(*points).unwrap_or(0));
            }
        }
        let shift = from_secs - witness.from_secs;
        for event in &witness.events {
            let with = event.with.iter().filter_map(|(term, cell)| {
                let term = &units.questions.terms.terms[*term];
                match &term.kind {
                    TermKind::EventProperty { property, .. } => {
                        Some((property.clone(), term.cells[*cell].value.clone()?))
                    }
                    _ => None,
                }
            });
            let sets = units.campaign.events.get(&event.event).map(|event| &event.sets);
            let set = event.set.iter().filter_map(|(term, cell)| {
                let term = &units.questions.terms.terms[*term];
                let TermKind::Field(field) = &term.kind else { return None };
                Some((sets?.get(field)?.clone(), term.cells[*cell].value.clone()?))
            });
            let topic = event.topic.iter().map(|topic| ("topic".to_owned(), Value::Text(topic.clone())));
            let (at_secs, with) = (event.at_secs + shift, set.chain(with).chain(topic).collect());
            candidate.timeline.push(Happens { at_secs, event: event.event.clone(), with });
        }
        candidate.arms.extend(arms(units, &unit.models, witness));
    }
    candidate.timeline.retain(|event| event.at_secs >= 0);
    candidate.timeline.sort_by_key(|event| event.at_secs);
    candidate
}

/// A timeline for one journey, as if there were no other.
fn alone(units: &Units<'_>, limit: usize, unit: &Unit, assignment: &Assignment, states: usize) -> Option<Witness> {
    let (limit, window_secs) = &units.limits[limit];
    let models: Vec<_> = unit.models.iter().map(|model| &units.models[*model]).collect();
    let machine = Machine::of(units.campaign, units.questions, units.written, &models, &[*window_secs], true)?;
    let mut fixed = assignment.clone();
    for term in machine.fixed_terms() {
        fixed.set(term, fixed.get(term).or(Some(0)));
    }
    machine.settled(fixed).within(states).most(&[(limit, *window_secs)])?.pop()?.witness
}

/// Makes the lead what the terms say.
fn put(units: &Units<'_>, assignment: &Assignment, candidate: &mut Candidate) {
    for (number, term) in units.questions.terms.terms.iter().enumerate() {
        let Some(cell) = assignment.get(number) else { continue };
        let value = term.cells[cell].value.clone();
        let is_so = value == Some(Value::Bool(true));
        match (&term.kind, value) {
            (TermKind::Field(name), value) => {
                candidate.fields.insert(name.clone(), value);
            }
            (TermKind::Member(name, value), _) if is_so => {
                candidate.members.entry(name.clone()).or_default().push(value.clone());
            }
            (TermKind::Stage, Some(Value::Text(stage))) => candidate.stage = Some(stage),
            (TermKind::InList(list), _) if is_so => candidate.lists.push(list.clone()),
            _ => {}
        }
    }
}

/// The arms that were taken, by name; of those that were taken differently, the first.
fn arms<'u>(
    units: &'u Units<'_>,
    models: &'u [usize],
    witness: &'u Witness,
) -> impl Iterator<Item = (String, String, String)> + 'u {
    let mut journeys: Vec<usize> = models.to_vec();
    journeys.sort_by_key(|model| units.models[*model].standing());
    witness.arms.iter().filter_map(move |(journey, step, arm)| {
        let model = &units.models[*journeys.get(*journey)?];
        let step = model.journey.steps.get(*step)?;
        match &step.action {
            Action::Split { arms } => Some((model.name.clone(), step.id.clone(), arms.get(*arm)?.name.clone())),
            _ => None,
        }
    })
}
