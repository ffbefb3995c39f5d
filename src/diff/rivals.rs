//! Whose mails go before those of a journey of another priority, where a rule leaves out what is too many: others get the
//! one instead of the other. And whose mails have more room or less in a rule, as others ask for more, fewer or other ones.
//!
//! In: journeys on both sides. Out: the rivals, by rule. Never: whether both ask in the same moment.

use std::cmp::Ordering;

use super::both::{Both, sends};
use super::model::{Fact, JourneyChange, Later, Timing, Volume, Who};
use super::worlds::{Side, Worlds};
use crate::analysis::flood;
use crate::ir::{Campaign, Frequency, Journey, MailLimit, Name};

/// Who gets which of two mails, by each rule that leaves mails out.
pub(super) fn who(both: &Both<'_>) -> Vec<(Who, Fact)> {
    if both.before.priority == both.after.priority {
        return Vec::new();
    }
    let (mut ahead, mut behind) = (Vec::new(), Vec::new());
    let after = both.campaign(Side::After);
    for (name, rival) in after.journeys.iter().filter(|(name, _)| *name != both.name) {
        let Some(old) = both.campaign(Side::Before).journeys.get(name) else { continue };
        let (was, is) = (both.before.priority.cmp(&old.priority), both.after.priority.cmp(&rival.priority));
        if was != is && skips(after).any(|rule| counts_both(after, &rule, both.after, rival)) {
            match was.cmp(&is) {
                Ordering::Less => ahead.push(name),
                Ordering::Equal | Ordering::Greater => behind.push(name),
            }
        }
    }
    let facts = [("before", ahead), ("behind", behind)].into_iter().filter(|(_, rivals)| !rivals.is_empty());
    facts.map(|(where_to, rivals)| (Who::Different, Fact::new(words(both, where_to, &rivals)))).collect()
}

/// By rule of `frequency`, the journeys whose mails may be held back or let through since others ask for more, fewer or other
/// mails that it counts, or at other times.
pub(super) fn displaced(worlds: &Worlds<'_>, found: &[JourneyChange]) -> Vec<Later> {
    let moved = |one: &&JourneyChange| {
        one.who.value != Who::Same || one.volume.value != Volume::Same || one.timing.value != Timing::Same
    };
    let after = worlds.after;
    let of_rule = |rule: &Frequency| {
        let limit = MailLimit::from(rule);
        let counted = |campaign: &Campaign, name: &Name| {
            let steps = campaign.journeys.get(name).map_or(&[][..], |journey| &journey.steps);
            steps.iter().filter_map(sends).any(|content| flood::counts(campaign, content, &limit))
        };
        let asks = |one: &&JourneyChange| counted(worlds.before, &one.journey) || counted(after, &one.journey);
        let by: Vec<&Name> = found.iter().filter(moved).filter(asks).map(|one| &one.journey).collect();
        let rivals = after.journeys.keys().filter(|name| counted(after, name));
        let journeys: Vec<Name> = rivals.filter(|name| !by.is_empty() && by != [*name]).cloned().collect();
        let by = by.into_iter().map(|name| format!("`{name}` asks for other mails, or at other times"));
        (!journeys.is_empty()).then(|| Later {
            writes: format!("frequency {}", limit.whole_text()),
            by: by.collect(),
            journeys,
        })
    };
    let own = after.channels.values().flat_map(|settings| &settings.frequency);
    after.policies.frequency.iter().chain(own).filter_map(of_rule).collect()
}

fn words(both: &Both<'_>, where_to: &str, rivals: &[&Name]) -> String {
    let rivals: Vec<String> = rivals.iter().map(|name| format!("`{name}`")).collect();
    format!(
        "priority {} → {}: goes {where_to} {}; where a rule has room for one mail alone, others get it, and the rest is left \
         out",
        both.before.priority,
        both.after.priority,
        rivals.join(", ")
    )
}

/// Rules that leave out what is too many.
fn skips(campaign: &Campaign) -> impl Iterator<Item = Frequency> {
    let own = campaign.channels.values().flat_map(|settings| &settings.frequency);
    campaign.policies.frequency.iter().chain(own).filter(|rule| !rule.delay).cloned()
}

/// Whether a rule counts a mail of each of two journeys.
fn counts_both(campaign: &Campaign, rule: &Frequency, one: &Journey, other: &Journey) -> bool {
    let limit = MailLimit::from(rule);
    let counts = |journey: &Journey| {
        journey.steps.iter().filter_map(sends).any(|content| flood::counts(campaign, content, &limit))
    };
    counts(one) && counts(other)
}
