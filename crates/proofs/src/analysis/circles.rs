//! Journeys that let the same lead into each other within one second, again and again.
//!
//! In: the campaign. Out: circles, each by its journeys and the step by which each lets leads into the next. Never: a circle
//! that a condition may break: where entries exclude each other, or a step of the circle changes what they ask.

use std::collections::{BTreeMap, BTreeSet};

use super::JourneyFacts;
use super::conditions::{Asked, Leads, Part, Terms, Universe, Written};
use super::entry::assigned;
use super::reach::{Writes, changed};
use crate::ir::journey::{Action, EntryBy};
use crate::ir::{Again, Campaign, Condition, Journey, Name, Value};

/// What an event says: property and value.
type Said = Vec<(Name, Value)>;

/// Journeys that let leads into each other without a pause, each of which ends in the second in which it begins: the
/// journeys of each circle, with the step by which each lets them into the next.
pub(super) fn circles(
    campaign: &Campaign,
    (written, writes): (&Written, &Writes),
    graphs: &BTreeMap<Name, JourneyFacts>,
) -> Vec<Vec<(Name, usize)>> {
    let ground = Ground { campaign, written, writes };
    let again = campaign.journeys.iter().filter(|(_, journey)| journey.entry.again == Again::Always);
    let again: BTreeMap<&Name, &Journey> = again.filter(|(name, _)| graphs.contains_key(*name)).collect();
    let leads_to = again.iter().map(|(name, journey)| (*name, ground.lets_into(name, journey, &again)));
    let leads_to: BTreeMap<&Name, Vec<(usize, &Name)>> = leads_to.collect();
    let mut found: Vec<Vec<(Name, usize)>> = Vec::new();
    for first in leads_to.keys() {
        let mut path = Vec::new();
        if circle(first, first, &leads_to, &mut path, &mut BTreeSet::new()) {
            let lowest = path.iter().map(|(name, _): &(Name, usize)| name).min();
            if lowest == Some(first) && ground.may_go_on(&path) {
                found.push(path);
            }
        }
    }
    found
}

/// Whether a way leads from one journey to another.
fn circle<'c>(
    at: &'c Name,
    to: &Name,
    leads_to: &BTreeMap<&'c Name, Vec<(usize, &'c Name)>>,
    path: &mut Vec<(Name, usize)>,
    seen: &mut BTreeSet<&'c Name>,
) -> bool {
    for (step, next) in leads_to.get(at).into_iter().flatten() {
        path.push((at.clone(), *step));
        if *next == to || seen.insert(next) && circle(next, to, leads_to, path, seen) {
            return true;
        }
        path.pop();
    }
    false
}

struct Ground<'c> {
    campaign: &'c Campaign,
    written: &'c Written,
    writes: &'c Writes,
}

impl<'c> Ground<'c> {
    /// The journeys into which a journey lets leads in the second of their entry, and from which step on; only where it ends
    /// in the same second.
    fn lets_into(
        &self,
        name: &Name,
        journey: &Journey,
        all: &BTreeMap<&'c Name, &'c Journey>,
    ) -> Vec<(usize, &'c Name)> {
        let Some(first) = number(journey, journey.first.as_ref()) else { return Vec::new() };
        let own = ("journey".to_owned(), Value::Text(name.clone()));
        let mut found: Vec<(usize, &'c Name)> = Vec::new();
        for step in at_once(journey, first) {
            let mut events: Vec<(&str, Said)> = Vec::new();
            match &journey.steps[step].action {
                Action::Start { journey } => found.extend(all.get_key_value(journey).map(|(next, _)| (step, *next))),
                Action::Emit { event, with } => events.push((event, with.clone().into_iter().collect())),
                _ => {}
            }
            if step == first {
                events.push(("journey_entered", vec![own.clone()]));
            }
            if is_last(journey, step) {
                let reason = match &journey.steps[step].action {
                    Action::Exit { reason } => Some(("reason".to_owned(), Value::Text(reason.clone()))),
                    _ => None,
                };
                events.push(("journey_ended", [own.clone()].into_iter().chain(reason).collect()));
            }
            for (event, said) in events {
                let lets_in = |journey: &Journey| match &journey.entry.by {
                    EntryBy::Event { event: of, filter } => of == event && self.fits(filter.as_ref(), event, &said),
                    EntryBy::Segment { .. } | EntryBy::Schedule { .. } | EntryBy::Called => false,
                };
                found.extend(all.iter().filter(|(_, journey)| lets_in(journey)).map(|(next, _)| (step, *next)));
            }
        }
        found.retain(|(step, _)| at_once(journey, *step).iter().any(|last| is_last(journey, *last)));
        found
    }

    /// Whether a condition on an event that says this is sure to hold.
    fn fits(&self, filter: Option<&Condition>, event: &str, said: &Said) -> bool {
        let Some(condition) = filter else { return true };
        let event = event.to_owned();
        let terms = Terms::with(self.campaign, self.written, &[Asked { condition, event: Some(&event) }]);
        let value = |property: &str| said.iter().find(|(known, _)| known == property).map(|(_, value)| value.clone());
        let assignment = assigned(&terms, &value);
        terms.formulas.iter().all(|formula| terms.eval(formula, &assignment) == Some(true))
    }

    /// Whether a lead may meet the entries of all journeys of a circle, and goes on to meet them.
    fn may_go_on(&self, circle: &[(Name, usize)]) -> bool {
        let journeys = || circle.iter().filter_map(|(name, step)| Some((self.campaign.journeys.get(name)?, *step)));
        let arms: Vec<(&Condition, bool)> =
            journeys().flat_map(|(journey, step)| arms_before(journey, step)).map(|when| (when, true)).collect();
        let journeys: Vec<&Journey> = journeys().map(|(journey, _)| journey).collect();
        let entries = journeys.iter().filter_map(|journey| journey.entry.when.as_ref().map(|when| (when, true)));
        let ends = journeys.iter().flat_map(|journey| {
            let goal = journey.goal.as_ref().filter(|goal| goal.within_secs.is_none()).map(|goal| &goal.when);
            journey.exit_when.iter().chain(goal).map(|when| (when, false))
        });
        let asked: Vec<(&Condition, bool)> = entries.chain(ends).chain(arms).collect();
        if asked.is_empty() {
            return true;
        }
        let conditions: Vec<Asked<'_>> = asked.iter().map(|(condition, _)| Asked { condition, event: None }).collect();
        let terms = Terms::with(self.campaign, self.written, &conditions);
        let steps = journeys.iter().flat_map(|journey| {
            let first = number(journey, journey.first.as_ref());
            first.into_iter().flat_map(|first| at_once(journey, first)).map(|step| &journey.steps[step].action)
        });
        let changed: BTreeSet<Part> = steps.flat_map(changed).collect();
        let is_open = |part: &Part| match part {
            Part::Segment(_) | Part::Event(_) | Part::Content(_) | Part::Journey(_) | Part::AtHand => true,
            part => changed.contains(part),
        };
        if terms.terms.iter().flat_map(|term| &term.reads).any(is_open) {
            return false;
        }
        let Some(universe) = Universe::new(terms, |term| self.writes.by_steps(term)) else { return false };
        let mut left: Option<Leads> = Some(universe.everybody());
        for ((_, is_entry), formula) in asked.iter().zip(&universe.terms.formulas) {
            left = left.zip(universe.leads(formula)).and_then(|(left, those)| {
                if *is_entry { universe.both(left, those) } else { universe.without(left, those) }
            });
        }
        left.is_some_and(|left| !left.is_empty())
    }
}

fn number(journey: &Journey, id: Option<&Name>) -> Option<usize> {
    id.and_then(|id| journey.steps.iter().position(|step| step.id == *id))
}

fn is_last(journey: &Journey, step: usize) -> bool {
    let step = &journey.steps[step];
    matches!(step.action, Action::Exit { .. }) || step.edges().iter().any(|target| target.is_none())
}

/// The conditions of arms without which nobody comes from the first step to another at once.
fn arms_before(journey: &Journey, step: usize) -> Vec<&Condition> {
    let Some(first) = number(journey, journey.first.as_ref()) else { return Vec::new() };
    let mut found = Vec::new();
    for branch in at_once(journey, first) {
        let Action::Branch { arms, .. } = &journey.steps[branch].action else { continue };
        for (arm, of) in arms.iter().enumerate() {
            if !at_once_without(journey, first, Some((branch, arm))).contains(&step) {
                found.push(&of.when);
            }
        }
    }
    found
}

/// Steps that are passed from one on without anything that may take time.
fn at_once(journey: &Journey, from: usize) -> Vec<usize> {
    at_once_without(journey, from, None)
}

/// The same where nobody takes an arm of a branch, by its step and number.
fn at_once_without(journey: &Journey, from: usize, shut: Option<(usize, usize)>) -> Vec<usize> {
    let is_wait = |step: usize| {
        matches!(
            journey.steps[step].action,
            Action::Wait { .. }
                | Action::WaitUntil { .. }
                | Action::WaitUntilDate { .. }
                | Action::WaitBestTime
                | Action::WaitFor { .. }
        )
    };
    let (mut seen, mut open) = (BTreeSet::from([from]), vec![from]);
    while let Some(step) = open.pop() {
        if !is_wait(step) {
            // The arms of a branch are its first edges.
            let edges = journey.steps[step].edges().into_iter().enumerate();
            let edges = edges.filter(|(edge, _)| shut != Some((step, *edge)));
            let next = edges.filter_map(|(_, to)| number(journey, to.as_ref()));
            open.extend(next.filter(|to| seen.insert(*to)));
        }
    }
    // A step that waits is reached and not passed.
    seen.into_iter().filter(|step| !is_wait(*step)).collect()
}
