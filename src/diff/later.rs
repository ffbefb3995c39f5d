//! What follows in other journeys: a step of one journey starts another one, or makes the event by which leads come into it or
//! for which they wait there. So whoever comes to that step otherwise, or at another time, comes into the other one otherwise.
//!
//! Only steps that both sides have and that are the same are looked at; of others it is told where they are (`who`). What
//! such steps write down (fields, points, lists) is told with who asks for it, and not followed into the conditions.
//!
//! What is sent, made, entered or left otherwise is told with who hears of it (`heard`), and not followed either.
//!
//! In: journeys on both sides. Out: what comes of it, by journey. Never: conditions.

use std::collections::{BTreeMap, BTreeSet};

use super::both::{Both, reachable, sends};
use super::causes::Askers;
use super::model::{Axis, Fact, JourneyChange, Person, Timing, Who};
use super::worlds::{Side, Worlds};
use super::{heard, timing, who};
use crate::ir::journey::{Action, Step};
use crate::ir::{Campaign, Journey, Name};

/// What comes of a change in another journey.
#[derive(Clone, Debug)]
pub(super) struct Following {
    /// The journey that it comes from.
    pub(super) from: Name,
    /// The event in between, if it is one.
    pub(super) event: Option<Name>,
    /// Who comes in, or goes on, and what shows it.
    pub(super) who: Option<(Who, Fact)>,
    /// When.
    pub(super) timing: Option<(Timing, Fact)>,
}

/// Leads that come otherwise to where something follows.
#[derive(Clone, Debug, Default, PartialEq)]
struct Moved {
    who: Who,
    leads: Vec<Person>,
    timing: Timing,
}

/// Something that is written down of leads who come to a step otherwise.
#[derive(Clone, Debug)]
pub(super) struct Written {
    /// The journey of the step.
    pub(super) journey: Name,
    /// The address of what is written.
    pub(super) address: String,
    /// Who comes to the step otherwise, in words.
    pub(super) by: String,
}

/// What follows from the journeys that are compiled otherwise: by the journey in which it does, and what is written down.
pub(super) fn following(
    worlds: &Worlds<'_>,
    found: &[JourneyChange],
    asked: &Askers<'_>,
) -> (BTreeMap<Name, Vec<Following>>, Vec<Written>) {
    let mut all: BTreeMap<Name, Vec<Following>> = BTreeMap::new();
    let mut written = edited(worlds, found, asked);
    let mut seen: BTreeSet<(Name, Name, Name)> = BTreeSet::new();
    let mut open: Vec<(Name, Option<Moved>)> = found.iter().map(|journey| (journey.journey.clone(), None)).collect();
    while let Some((name, arrived)) = open.pop() {
        let (Some(before), Some(after)) = (worlds.before.journeys.get(&name), worlds.after.journeys.get(&name)) else {
            continue;
        };
        let both = Both { name: &name, before, after, worlds };
        let writes = |step: &Step| {
            let mut written = writes(worlds.after, step);
            written.retain(|address| asked.any(address));
            written
        };
        let steps: Vec<(&Step, Vec<Receiver>)> = unchanged(&both).map(|step| (step, receivers(worlds, step))).collect();
        let itself = format!("journeys.{name}");
        if !asked.any(&itself) && steps.iter().all(|(step, into)| into.is_empty() && writes(step).is_empty()) {
            continue;
        }
        let (who, let_in) = who::goes(&both);
        let timing = timing::goes(&both, let_in);
        if arrived.is_some() || who.value != Who::Same || timing.value != Timing::Same {
            let by = format!("leads enter or leave `{name}` otherwise, or at other times");
            written.push(Written { journey: name.clone(), address: itself, by });
        }
        for (step, receivers) in steps {
            let moved = arrived.clone().unwrap_or_else(|| comes_to(&both, &who, &timing, step));
            if moved != Moved::default() {
                let by = match sends(step) {
                    Some(_) => moved.words(&format!("what `{name}` sends")),
                    None => moved.words(&format!("`{}` of `{name}`", step.id)),
                };
                let of = |address| Written { journey: name.clone(), address, by: by.clone() };
                written.extend(writes(step).into_iter().map(of));
            }
            for receiver in receivers {
                let into = &receiver.journey;
                let is_new = *into != name && moved != Moved::default();
                if is_new && seen.insert((name.clone(), step.id.clone(), into.clone())) {
                    all.entry(into.clone()).or_default().push(followed(&name, step, &receiver, &moved));
                    open.push((receiver.journey, Some(moved.clone())));
                }
            }
        }
    }
    (all, written)
}

impl Moved {
    /// Who comes to a place otherwise, or when.
    fn words(&self, to: &str) -> String {
        self.others(to).or_else(|| self.at(to)).unwrap_or_default()
    }

    /// Who comes to a place otherwise.
    fn others(&self, to: &str) -> Option<String> {
        match self.who {
            Who::Same => None,
            Who::Wider => Some(format!("more leads come to {to}")),
            Who::Narrower => Some(format!("fewer leads come to {to}")),
            Who::Different => Some(format!("others come to {to}")),
            Who::Unknown => Some(format!("it could not be decided whether others come to {to}")),
        }
    }

    /// When they come there.
    fn at(&self, to: &str) -> Option<String> {
        match self.timing {
            Timing::Same | Timing::Burst => None,
            Timing::Later => Some(format!("leads come later to {to}")),
            Timing::Earlier => Some(format!("leads come earlier to {to}")),
            Timing::Moved => Some(format!("leads come at other times to {to}")),
        }
    }
}

/// The addresses of what a step writes down of a lead, sends it, or makes happen.
pub(super) fn writes(campaign: &Campaign, step: &Step) -> Vec<String> {
    let mut found = match &step.action {
        Action::Set { values } => values.keys().map(|field| format!("fields.{field}")).collect(),
        Action::Score { points } => points.keys().map(|model| format!("scoring.{model}")).collect(),
        Action::Stage { .. } => vec!["lifecycle".to_owned()],
        Action::List { list, .. } | Action::Audience { list, .. } => vec![format!("lists.{list}")],
        Action::Topic { topic, .. } => vec![format!("topics.{topic}")],
        Action::Emit { event, .. } => vec![format!("events.{event}")],
        action => action.outcomes().iter().map(|outcome| format!("events.{}", outcome.event)).collect(),
    };
    found.extend(makes(campaign, step));
    found
}

/// The mail that a step sends, and the event that it makes by being one.
fn makes(campaign: &Campaign, step: &Step) -> Option<String> {
    let event = match &step.action {
        Action::Send { content, .. } => return Some(heard::mail(campaign, content)),
        Action::Task { .. } => "task_created",
        Action::Sync { .. } => "synced",
        Action::Webhook { .. } => "webhook_called",
        Action::Audience { add: true, .. } => "audience_added",
        Action::Audience { add: false, .. } => "audience_removed",
        Action::Topic { subscribe: true, .. } => "subscribed",
        Action::Topic { subscribe: false, .. } => "unsubscribed",
        _ => return None,
    };
    Some(format!("events.{event}"))
}

/// What follows from a journey of which it is not known whether it is reached otherwise: what its steps write down, send and
/// make, the journeys that they start, and who is in it.
pub(super) fn doings(campaign: &Campaign, name: &Name) -> (BTreeSet<String>, BTreeSet<Name>) {
    let steps = campaign.journeys.get(name).map_or(&[][..], |journey| &journey.steps);
    let mut addresses: BTreeSet<String> = steps.iter().flat_map(|step| writes(campaign, step)).collect();
    addresses.insert(format!("journeys.{name}"));
    let started = steps.iter().filter_map(|step| match &step.action {
        Action::Start { journey } => Some(journey.clone()),
        _ => None,
    });
    (addresses, started.collect())
}

/// What edits themselves make otherwise: other mails, other events of steps, other moves between stages. What conditions can
/// ask for is left out, since it is compared where they do.
fn edited(worlds: &Worlds<'_>, found: &[JourneyChange], asked: &Askers<'_>) -> Vec<Written> {
    let mut written: Vec<Written> = Vec::new();
    let mut say = |journey: &Name, address: String, by: String| {
        if asked.any(&address) {
            written.push(Written { journey: journey.clone(), address, by });
        }
    };
    if worlds.differing.stage {
        say(&Name::new(), heard::MOVES.to_owned(), "leads move between stages otherwise".to_owned());
    }
    for journey in found {
        let name = &journey.journey;
        let (before, after) = (worlds.before.journeys.get(name), worlds.after.journeys.get(name));
        if before.is_none() || after.is_none() {
            let (side, alone, word) = match (before, after) {
                (Some(before), _) => (Side::Before, before, "gone"),
                (None, Some(after)) => (Side::After, after, "new"),
                (None, None) => continue,
            };
            let other = worlds.campaign(if side == Side::Before { Side::After } else { Side::Before });
            let is_renamed = other.journeys.values().any(|other| other == alone);
            if !is_renamed {
                let campaign = worlds.campaign(side);
                let made = alone.steps.iter().filter_map(|step| makes(campaign, step));
                made.chain([format!("journeys.{name}")])
                    .for_each(|address| say(name, address, format!("`{name}` is {word}")));
            }
            continue;
        }
        let of = |side: Side| -> BTreeSet<(Name, String)> {
            let campaign = worlds.campaign(side);
            let steps = campaign.journeys.get(name).map_or(&[][..], |journey| &journey.steps);
            steps.iter().filter_map(|step| Some((step.id.clone(), makes(campaign, step)?))).collect()
        };
        let (old, new) = (of(Side::Before), of(Side::After));
        let does = |address: &str| if address.starts_with("events.") { "makes" } else { "sends" };
        for (step, address) in old.difference(&new) {
            say(name, address.clone(), format!("`{step}` of `{name}` no longer {} it", does(address)));
        }
        for (step, address) in new.difference(&old) {
            say(name, address.clone(), format!("`{step}` of `{name}` newly {} it", does(address)));
        }
        for step in journey.who.facts.iter().filter_map(|fact| fact.step.as_ref()) {
            let sent = after.and_then(|journey| journey.step(step)).filter(|step| sends(step).is_some());
            if let Some(address) = sent.and_then(|step| makes(worlds.after, step)) {
                say(name, address, format!("others may be sent it by `{step}` of `{name}`"));
            }
        }
    }
    written
}

/// Where something follows from a step.
struct Receiver {
    journey: Name,
    /// The event in between.
    event: Option<Name>,
    /// The step that waits for it; none for the entry.
    at: Option<Name>,
}

/// Steps of both sides that do the same.
fn unchanged<'c>(both: &Both<'c>) -> impl Iterator<Item = &'c Step> {
    both.shared().filter(|(before, after)| before.action == after.action).map(|(_, after)| after)
}

/// The journeys that a step starts, or that begin or go on by what it makes.
fn receivers(worlds: &Worlds<'_>, step: &Step) -> Vec<Receiver> {
    let of_both = worlds.after.journeys.iter().filter(|(name, _)| worlds.before.journeys.contains_key(*name));
    let receiver = |(name, journey): (&Name, &Journey)| match &step.action {
        Action::Start { journey: started } => {
            (name == started).then(|| Receiver { journey: name.clone(), event: None, at: None })
        }
        Action::Emit { event, .. } => {
            let at = if journey.entry.by.event() == Some(event) { None } else { Some(waits_for(journey, event)?) };
            Some(Receiver { journey: name.clone(), event: Some(event.clone()), at })
        }
        _ => None,
    };
    of_both.filter_map(receiver).collect()
}

fn waits_for(journey: &Journey, event: &Name) -> Option<Name> {
    let waits = |step: &&Step| matches!(&step.action, Action::WaitFor { event: Some(of), .. } if of == event);
    journey.steps.iter().find(waits).map(|step| step.id.clone())
}

/// Who comes to a step otherwise by what differs in its own journey, and when.
fn comes_to(both: &Both<'_>, goes: &Axis<Who>, times: &Axis<Timing>, step: &Step) -> Moved {
    let leads_there = |fact: &&Fact| {
        fact.step.as_ref().is_none_or(|at| {
            let of = |journey: &Journey| {
                journey.step(at).is_some_and(|from| reachable(journey, &from.edges()).contains(step.id.as_str()))
            };
            of(both.before) || of(both.after)
        })
    };
    let telling: Vec<&Fact> = goes.facts.iter().filter(leads_there).collect();
    let who = match telling.len() {
        0 => Who::Same,
        count if count == goes.facts.len() => goes.value,
        _ => Who::Different,
    };
    let timing = match times.facts.iter().filter(leads_there).count() {
        0 => Timing::Same,
        // That many come in at once is told where they do.
        _ if times.value == Timing::Burst => Timing::Same,
        count if count == times.facts.len() => times.value,
        _ => Timing::Moved,
    };
    let leads = telling.iter().find(|fact| !fact.leads.is_empty()).map_or_else(Vec::new, |fact| fact.leads.clone());
    Moved { who, leads, timing }
}

fn followed(from: &Name, step: &Step, receiver: &Receiver, moved: &Moved) -> Following {
    let Receiver { event, at, .. } = receiver;
    let by = match event {
        Some(event) => format!("`{}` of `{from}`, which makes `{event}`", step.id),
        None => format!("`{}` of `{from}`, which starts this", step.id),
    };
    let fact = |says: String| Fact { step: at.clone(), ..Fact::new(says) };
    Following {
        from: from.clone(),
        event: event.clone(),
        who: moved.others(&by).map(|says| (moved.who, fact(says).with(moved.leads.clone()))),
        timing: moved.at(&by).map(|says| (moved.timing, fact(says))),
    }
}
