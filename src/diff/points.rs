//! A lead whose score is another one after the change, as it comes about: by so many events of one rule.
//!
//! In: a scoring model on both sides. Out: scores that a lead can have on both at once. Never: conditions.

use std::collections::BTreeSet;

use super::worlds::Worlds;
use crate::ir::journey::Action;
use crate::ir::{Campaign, Name, ScoreRule, Scoring};

/// Events of one rule that are tried.
const EVENTS: i32 = 40;
/// Scores that are tried for one step.
const SCORES: usize = 200;

/// What a lead has done, and its score before and after.
pub(super) struct Example {
    pub(super) did: String,
    pub(super) before: i32,
    pub(super) after: i32,
}

/// Leads whose scores differ, those who did least first, by each rule that differs.
pub(super) fn examples(worlds: &Worlds<'_>, model: &Name) -> Vec<Example> {
    let (Some(old), Some(new)) = (worlds.before.scoring.get(model), worlds.after.scoring.get(model)) else {
        return Vec::new();
    };
    let score = |of: &Scoring, rule: Option<&ScoreRule>, times: i32| {
        let often = rule.and_then(|rule| rule.at_most.as_ref()).map_or(times, |limit| times.min(limit.count as i32));
        let points = rule.map_or(0, |rule| rule.points.saturating_mul(often));
        of.initial.saturating_add(points).clamp(of.min, of.max)
    };
    let key = |rule: &ScoreRule| (rule.event.clone(), rule.filter.as_ref().map(|filter| filter.text.clone()));
    let twin = |all: &'_ [ScoreRule], rule: &ScoreRule| all.iter().position(|other| key(other) == key(rule));
    // A rule of one event that others count as well is no example by itself.
    let alone = |rule: &&ScoreRule| {
        let feeds = |of: &Scoring| of.rules.iter().filter(|other| other.event == rule.event).count() <= 1;
        feeds(old) && feeds(new)
    };
    let gone = old.rules.iter().filter(|rule| twin(&new.rules, rule).is_none());
    let mut found = Vec::new();
    for rule in new.rules.iter().chain(gone).filter(alone) {
        let of = |all: &'_ [ScoreRule]| twin(all, rule).map(|at| all[at].clone());
        let (was, is) = (of(&old.rules), of(&new.rules));
        let did = rule
            .filter
            .as_ref()
            .map_or_else(|| rule.event.clone(), |filter| format!("{} where {}", rule.event, filter.text));
        for times in 0..=EVENTS {
            let (before, after) = (score(old, was.as_ref(), times), score(new, is.as_ref(), times));
            if before != after {
                found.push((times, Example { did: format!("{times} × {did}"), before, after }));
            }
        }
    }
    found.sort_by_key(|(times, _)| *times);
    found.into_iter().map(|(_, example)| example).chain(by_steps(worlds, model, new)).collect()
}

/// Leads who come to a step that gives other points: of each score that they may have had, one crosses each threshold.
fn by_steps(worlds: &Worlds<'_>, model: &Name, of: &Scoring) -> Vec<Example> {
    let points =
        |campaign: &Campaign, journey: &Name, step: &Name| match &campaign.journeys.get(journey)?.step(step)?.action {
            Action::Score { points } => points.get(model).copied(),
            _ => None,
        };
    let ids: BTreeSet<(&Name, &Name)> = [worlds.before, worlds.after]
        .into_iter()
        .flat_map(|campaign| &campaign.journeys)
        .flat_map(|(name, journey)| journey.steps.iter().map(move |step| (name, &step.id)))
        .collect();
    let mut found = Vec::new();
    for (journey, step) in ids {
        let [was, is] = [worlds.before, worlds.after].map(|side| points(side, journey, step).unwrap_or(0));
        let stride = usize::try_from(is.saturating_sub(was).unsigned_abs()).unwrap_or(usize::MAX);
        if stride == 0 {
            continue;
        }
        for had in (of.min..=of.max).step_by(stride).take(SCORES) {
            let score = |points: i32| had.saturating_add(points).clamp(of.min, of.max);
            let did = format!("came to `{step}` of `{journey}`");
            found.push(Example { did, before: score(was), after: score(is) });
        }
    }
    found.retain(|example| example.before != example.after);
    found
}
