//! What a persona does besides reading: by itself at a rate, or after an event.

use std::collections::{BTreeMap, VecDeque};

use super::Watched;
use super::figure::{Figure, LEAST_EVENTS};
use super::following::{CAUSES, Followed, following};
use super::reaction::{Trial, chance_within};
use crate::ir::persona::{Cause, Does};
use crate::ir::{Behavior, Condition, Outside, Value};
use crate::leads::{OnFields, asks_fields_alone};

/// Fits the items of `does` whose events the log can tell apart.
pub(super) fn fit(
    behavior: &mut Behavior,
    group: &[&Watched<'_>],
    on_fields: &OnFields<'_>,
    end: i64,
    figures: &mut BTreeMap<String, Figure>,
) {
    let all = behavior.does.clone();
    for (number, does) in behavior.does.iter_mut().enumerate() {
        let path = |key: &str| format!("does.{number}.{key}");
        let seen = Seen { does: &all[number], fixed: fixed(&all, number), group, on_fields, end };
        let why = untold(&all, number);
        match &mut does.cause {
            Cause::Rate { per_sec } => {
                let figure = why.map_or_else(|| seen.rate(*per_sec), |why| Figure::kept(*per_sec, 0.0, 0.0, why));
                *per_sec = figure.value;
                figures.insert(path("rate"), figure);
            }
            Cause::After { chance, .. } if why.is_some() => {
                figures.insert(path("chance"), Figure::kept(*chance, 0.0, 0.0, why.unwrap_or_default()));
            }
            Cause::After { chance, delay: Some(delay), .. } => {
                let found = following(&seen.followed(), *chance, *delay);
                (*chance, *delay) = (found.rate.value, found.delay);
                figures.insert(path("chance"), found.rate);
                figures.extend(found.delays.into_iter().map(|(name, figure)| (path(&format!("delay.{name}")), figure)));
            }
            Cause::After { chance, within_secs, delay: None, .. } => {
                let figure = chance_within(&seen.trials(*within_secs), *chance, *within_secs);
                *chance = figure.value;
                figures.insert(path("chance"), figure);
            }
        }
    }
}

/// Why an item cannot be told from the log, if so.
fn untold(all: &[Does], number: usize) -> Option<String> {
    let does = &all[number];
    let alike = |other: &Does| {
        let differs = other.with.iter().any(|(name, value)| does.with.get(name).is_some_and(|own| own != value));
        other.event == does.event && !differs
    };
    if all.iter().enumerate().any(|(at, other)| at != number && alike(other)) {
        return Some("another item makes the same event".to_owned());
    }
    let filter = match &does.cause {
        Cause::Rate { .. } => None,
        Cause::After { filter, .. } => filter.as_ref(),
    };
    let mut asked = does.when.iter().chain(filter);
    asked.any(|cond| !asks_fields_alone(&cond.expr)).then(|| "its condition asks for more than fields".to_owned())
}

/// The properties of an item that an event of the log has to have with the same value.
///
/// How much somebody pays is another amount each time, and that of the item an example. So numbers, times and dates need
/// not be the same, except where nothing else tells the item from another one of the same event.
fn fixed(all: &[Does], number: usize) -> BTreeMap<&str, &Value> {
    let does = &all[number];
    let differs =
        |other: &Does, name: &str| other.with.get(name).is_some_and(|value| does.with.get(name) != Some(value));
    let is_amount =
        |value: &Value| matches!(value, Value::Int(_) | Value::Number(_) | Value::Date(_) | Value::Datetime(_));
    let named = || does.with.iter().filter(|(_, value)| !is_amount(value));
    let others = all.iter().enumerate().filter(|(at, other)| *at != number && other.event == does.event);
    let as_amounts: Vec<&Does> =
        others.map(|(_, other)| other).filter(|other| !named().any(|(name, _)| differs(other, name))).collect();
    let is_fixed = |name: &str, value: &Value| !is_amount(value) || as_amounts.iter().any(|other| differs(other, name));
    does.with.iter().filter(|(name, value)| is_fixed(name, value)).map(|(name, value)| (name.as_str(), value)).collect()
}

struct Seen<'a> {
    does: &'a Does,
    /// What an event of the log has to have to be of this item.
    fixed: BTreeMap<&'a str, &'a Value>,
    group: &'a [&'a Watched<'a>],
    on_fields: &'a OnFields<'a>,
    end: i64,
}

impl Seen<'_> {
    fn is_it(&self, event: &Outside) -> bool {
        event.event == self.does.event && self.fixed.iter().all(|(name, value)| event.with.get(*name) == Some(*value))
    }

    fn holds(&self, cond: Option<&Condition>, each: &Watched<'_>, event: Option<&Outside>) -> bool {
        cond.is_none_or(|cond| self.on_fields.holds(&cond.expr, each.lead, event.map(|event| &event.with)))
    }

    fn rate(&self, campaign: f64) -> Figure {
        let (mut events, mut exposure) = (0.0, 0.0);
        for each in self.group.iter().filter(|each| self.holds(self.does.when.as_ref(), each, None)) {
            let timeline = each.lead.timeline.iter().flatten();
            events += timeline.filter(|event| event.at_secs >= each.from && self.is_it(event)).count() as f64;
            exposure += (self.end - each.from).max(0) as f64;
        }
        if events < LEAST_EVENTS || exposure <= 0.0 {
            return Figure::kept(campaign, events, exposure, format!("fewer than {LEAST_EVENTS} events"));
        }
        Figure::rate(events, exposure)
    }

    /// Whether it may follow an event.
    fn may_follow(&self, each: &Watched<'_>, event: &Outside) -> bool {
        let Cause::After { event: cause, filter, .. } = &self.does.cause else { return false };
        event.event == *cause
            && self.holds(filter.as_ref(), each, Some(event))
            && self.holds(self.does.when.as_ref(), each, Some(event))
    }

    /// The events that it may follow, and each time that it came with those that it can have followed.
    fn followed(&self) -> Followed {
        let mut found = Followed::default();
        for each in self.group {
            let mut causes: Vec<i64> = Vec::new();
            for event in each.lead.timeline.iter().flatten() {
                let at = event.at_secs;
                if self.is_it(event) {
                    // What an event causes comes later than the event.
                    let earlier = causes.iter().rev().map(|since| at - since).filter(|secs| *secs > 0);
                    let since: Vec<i64> = earlier.take(CAUSES).collect();
                    if !since.is_empty() {
                        found.since_secs.push(since);
                    }
                }
                if self.may_follow(each, event) {
                    causes.push(at);
                    found.watched_secs.push(self.end - at);
                }
            }
        }
        found
    }

    /// The events that it may follow, each with the first that can have followed it within a time and followed no other.
    fn trials(&self, within_secs: i64) -> Vec<Trial> {
        let mut trials = Vec::new();
        for each in self.group {
            let mut waiting: VecDeque<(i64, usize)> = VecDeque::new();
            for event in each.lead.timeline.iter().flatten() {
                let at = event.at_secs;
                while waiting.front().is_some_and(|(since, _)| at - since > within_secs) {
                    waiting.pop_front();
                }
                // What an event causes comes later than the event.
                if self.is_it(event)
                    && waiting.front().is_some_and(|(since, _)| at > *since)
                    && let Some((since, trial)) = waiting.pop_front()
                {
                    let trial: &mut Trial = &mut trials[trial];
                    trial.after_secs = Some(at - since);
                }
                if self.may_follow(each, event) {
                    waiting.push_back((at, trials.len()));
                    trials.push(Trial { factor: 1.0, before: 0, watched_secs: self.end - at, after_secs: None });
                }
            }
        }
        trials
    }
}
