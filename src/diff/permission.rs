//! Policies by which single leads are sent nothing, or less: pauses, the setting sun, addresses that bounce.
//!
//! In: a journey on both sides. Out: who is mailed more or less, and when, in sentences. Never: consent, which is a condition
//! (`consent`).

use std::collections::BTreeSet;

use super::both::{Both, sends};
use super::model::{Fact, Newly, Person, Timing, Volume, Who};
use super::worlds::Side;
use crate::ir::permission::{Confirmation, Sunset, Then};
use crate::ir::print::{duration, window};
use crate::ir::{Campaign, Condition, Limit, Name, Policies, Topic, Value};

/// Who is mailed otherwise, with a lead for whom it makes a difference.
pub(super) fn who(both: &Both<'_>) -> Vec<(Who, Fact)> {
    let (before, after) = policies(both);
    let mut found = Vec::new();
    if sends_marketing(both) {
        found.extend(pause(before, after));
        found.extend(sunset(before, after));
        found.extend(interest_recorded(both));
    }
    if sends_mail(both) {
        found.extend(bounces(before, after));
    }
    found
}

/// A lead that is told by one thing.
fn lead(who: Who, what: &str, value: i64) -> Vec<Person> {
    person(who, what, Value::Int(value))
}

fn person(who: Who, what: &str, value: Value) -> Vec<Person> {
    let newly = if who == Who::Narrower { Newly::Out } else { Newly::In };
    vec![Person { newly, lead: vec![(what.to_owned(), Some(value))] }]
}

/// When mails come otherwise.
pub(super) fn timing(both: &Both<'_>) -> Vec<(Timing, String)> {
    let mut found = reminders(both);
    let (before, after) = policies(both);
    let retries = |policies: &Policies| (policies.soft_retries, policies.soft_every_secs);
    let (old, new) = (retries(before), retries(after));
    if old != new && sends_mail(both) {
        let words = |(times, secs): (u32, i64)| format!("{times} × every {}", duration(secs));
        let says = format!("a mail that bounces is tried again up to {}, before up to {}", words(new), words(old));
        found.push((Timing::Moved, says));
    }
    found
}

/// When those who have not confirmed are reminded.
fn reminders(both: &Both<'_>) -> Vec<(Timing, String)> {
    let mut found = Vec::new();
    for (topic, old, new) in confirmations(both) {
        let (Some(was), Some(is)) = (&old.remind, &new.remind) else { continue };
        let (old, new) = (was.after_secs, is.after_secs);
        if old != new {
            let value = if new > old { Timing::Later } else { Timing::Earlier };
            let words = (duration(new), duration(old));
            let says =
                format!("who has not confirmed `{topic}` is reminded after {}, before after {}", words.0, words.1);
            found.push((value, says));
        }
    }
    found
}

/// Topics of which something is sent and that ask for a confirmation on both sides.
fn confirmations<'c>(both: &Both<'c>) -> Vec<(&'c Name, &'c Confirmation, &'c Confirmation)> {
    let (before, after) = (both.campaign(Side::Before), both.campaign(Side::After));
    let topics: BTreeSet<&Name> = sent(both).filter_map(|content| after.topic_of(content)).collect();
    let asked = |name: &'c Name| {
        let of = |campaign: &'c Campaign| campaign.topics.get(name)?.confirmation.as_ref();
        Some((name, of(before)?, of(after)?))
    };
    topics.into_iter().filter_map(asked).collect()
}

/// How many mails come to leads that want fewer, or have still to confirm.
pub(super) fn volume(both: &Both<'_>) -> Vec<(Volume, String)> {
    let mut found: Vec<(Volume, String)> = fewer(both).into_iter().collect();
    for (topic, old, new) in confirmations(both) {
        match (&old.remind, &new.remind) {
            (None, Some(remind)) => {
                let says = format!("who has not confirmed `{topic}` is reminded, by `{}`", remind.email);
                found.push((Volume::Higher, says));
            }
            (Some(remind), None) => {
                let says = format!("who has not confirmed `{topic}` is reminded no longer, by `{}`", remind.email);
                found.push((Volume::Lower, says));
            }
            (None, None) | (Some(_), Some(_)) => {}
        }
    }
    found
}

fn fewer(both: &Both<'_>) -> Option<(Volume, String)> {
    let fewer = |policies: &Policies| policies.permission.preferences.and_then(|of| of.fewer);
    let (before, after) = policies(both);
    let (old, new) = (fewer(before), fewer(after));
    if old == new || !sends_marketing(both) {
        return None;
    }
    let words = |limit: Option<Limit>| {
        limit.map_or("as many as others".to_owned(), |limit| format!("{} per {}", limit.count, window(limit.per)))
    };
    let most = |limit: Option<Limit>| limit.map_or(u32::MAX, |limit| limit.count);
    let value = if most(new) < most(old) { Volume::Lower } else { Volume::Higher };
    Some((value, format!("leads that want fewer mails get {}, before {}", words(new), words(old))))
}

fn policies<'c>(both: &Both<'c>) -> (&'c Policies, &'c Policies) {
    (&both.campaign(Side::Before).policies, &both.campaign(Side::After).policies)
}

fn sent<'c>(both: &Both<'c>) -> impl Iterator<Item = &'c Name> {
    both.after.steps.iter().filter_map(sends)
}

fn sends_mail(both: &Both<'_>) -> bool {
    sent(both).any(|content| both.campaign(Side::After).emails.contains_key(content))
}

fn sends_marketing(both: &Both<'_>) -> bool {
    let campaign = both.campaign(Side::After);
    let topics = sent(both).filter_map(|content| campaign.topics.get(campaign.topic_of(content)?));
    topics.into_iter().any(Topic::is_marketing)
}

fn pause(before: &Policies, after: &Policies) -> Option<(Who, Fact)> {
    let pause = |policies: &Policies| policies.permission.preferences.and_then(|of| of.pause_secs);
    let (old, new) = (pause(before), pause(after));
    let words = |secs: Option<i64>| secs.map_or("nothing of the kind".to_owned(), duration);
    let who = if new.unwrap_or(0) < old.unwrap_or(0) { Who::Wider } else { Who::Narrower };
    let says =
        || format!("leads that want a pause are sent no marketing for {}, before for {}", words(new), words(old));
    // Whose shorter pause is just over.
    let since = old.unwrap_or(0).min(new.unwrap_or(0));
    let value = Value::Text(if since == 0 { "just now".to_owned() } else { format!("{} ago", duration(since)) });
    (old != new).then(|| (who, Fact::new(says()).with(person(who, "asked for a pause", value))))
}

/// What counts as interest, in words.
fn interest(sunset: &Sunset) -> String {
    sunset.without.join(", ")
}

fn sunset(before: &Policies, after: &Policies) -> Option<(Who, Fact)> {
    let (old, new) = (before.permission.sunset.as_ref(), after.permission.sunset.as_ref());
    let ends = |sunset: Option<&Sunset>| sunset.filter(|of| of.then != Then::Keep).map_or(i64::MAX, |of| of.after_secs);
    let words = |sunset: Option<&Sunset>| match sunset {
        Some(of) if of.then != Then::Keep => format!("after {} without {}", duration(of.after_secs), interest(of)),
        Some(_) | None => "never".to_owned(),
    };
    let key = |sunset: Option<&Sunset>| {
        sunset.map(|of| (of.after_secs, of.without.clone(), of.then, of.wakes, of.last.clone()))
    };
    if key(old) == key(new) || ends(old) == i64::MAX && ends(new) == i64::MAX {
        return None;
    }
    let (was, is) = (showing(old), showing(new));
    let who = later(ends(old), ends(new)).and(match (is.is_superset(&was), was.is_superset(&is)) {
        (true, true) => Who::Same,
        (true, false) => Who::Wider,
        (false, true) => Who::Narrower,
        (false, false) => Who::Different,
    });
    let says = format!("leads without interest are sent no marketing {}, before {}", words(new), words(old));
    let who = if who == Who::Same { Who::Different } else { who };
    Some((who, Fact::new(says).with(silent(who, old, new, ends(old).min(ends(new))))))
}

/// What shows interest is recorded of others, where the sun sets by it.
fn interest_recorded(both: &Both<'_>) -> Option<(Who, Fact)> {
    let (before, after) = policies(both);
    let shown = |policies: &Policies| showing(policies.permission.sunset.as_ref().filter(|of| of.then != Then::Keep));
    let (old, new) = (shown(before), shown(after));
    let recorded =
        new.intersection(&old).filter_map(|event| Some(both.worlds.tracked_otherwise(event)?.recorded(event)));
    let (who, says): (Vec<Who>, Vec<String>) = recorded.unzip();
    let who = who.into_iter().fold(Who::Same, Who::and);
    (!says.is_empty()).then(|| (who, Fact::new(format!("{}, without which the sun of leads sets", says.join("; ")))))
}

/// Events that show interest; none without a rule.
fn showing(sunset: Option<&Sunset>) -> BTreeSet<Name> {
    sunset.map_or_else(BTreeSet::new, |of| of.without.iter().cloned().collect())
}

/// A longer time reaches more.
fn later(old: i64, new: i64) -> Who {
    match new.cmp(&old) {
        std::cmp::Ordering::Greater => Who::Wider,
        std::cmp::Ordering::Less => Who::Narrower,
        std::cmp::Ordering::Equal => Who::Same,
    }
}

/// A lead that has been silent for the shorter time, or shows what only one side takes for interest.
fn silent(who: Who, old: Option<&Sunset>, new: Option<&Sunset>, secs: i64) -> Vec<Person> {
    let (was, is) = (showing(old), showing(new));
    let mut found = Vec::new();
    let silence =
        |of: &BTreeSet<Name>| format!("{} without {}", duration(secs), Vec::from_iter(of.iter().cloned()).join(", "));
    let both: BTreeSet<Name> = was.union(&is).cloned().collect();
    let alone = |one: &BTreeSet<Name>, other: &BTreeSet<Name>| one.difference(other).next().cloned();
    if old.is_none() || new.is_none() || was == is {
        return person(who, &silence(&both), Value::Bool(true));
    }
    for (event, newly) in [(alone(&is, &was), Newly::In), (alone(&was, &is), Newly::Out)] {
        let Some(event) = event else { continue };
        let rest: BTreeSet<Name> = both.iter().filter(|other| **other != event).cloned().collect();
        let did = (format!("{event} yesterday"), Some(Value::Bool(true)));
        found.push(Person { newly, lead: vec![(silence(&rest), Some(Value::Bool(true))), did] });
    }
    found
}

/// Leads come to be sleeping, or their sun sets, at other times: who enters by that, or waits for it.
pub(super) fn engagement(both: &Both<'_>, filter: Option<&Condition>) -> Option<(Who, Timing, Fact)> {
    let (before, after) = policies(both);
    let (old, new) = (before.permission.sunset.as_ref(), after.permission.sunset.as_ref());
    let asks_for = |state: &str| filter.is_none_or(|filter| filter.text.contains(&format!("\"{state}\"")));
    let mut words = Vec::new();
    let mut who = Who::Same;
    let sleeping = |of: Option<&Sunset>| of.and_then(|of| of.sleeping_secs).unwrap_or(i64::MAX);
    let set = |of: Option<&Sunset>| of.map_or(i64::MAX, |of| of.after_secs);
    for (state, says, was, is) in [
        ("sleeping", "leads count as sleeping", sleeping(old), sleeping(new)),
        ("sunset", "the sun of leads sets", set(old), set(new)),
    ] {
        if was != is && asks_for(state) {
            let time =
                |secs: i64| if secs == i64::MAX { "never".to_owned() } else { format!("after {}", duration(secs)) };
            words.push(format!("{says} {}, before {}", time(is), time(was)));
            // Sooner is more of them.
            who = who.and(later(is, was));
        }
    }
    let (was, is) = (showing(old), showing(new));
    if was != is {
        let listed = |of: &BTreeSet<Name>| Vec::from_iter(of.iter().cloned()).join(", ");
        words.push(format!("what shows interest: {}, before {}", listed(&is), listed(&was)));
        who = who.and(Who::Different);
    }
    let timing = match who {
        Who::Same => return None,
        Who::Wider => Timing::Earlier,
        Who::Narrower => Timing::Later,
        Who::Different | Who::Unknown => Timing::Moved,
    };
    let shortest = [sleeping(old), sleeping(new), set(old), set(new)].into_iter().filter(|secs| *secs < i64::MAX).min();
    let leads = silent(who, old, new, shortest.unwrap_or(0));
    Some((who, timing, Fact::new(words.join("; ")).with(leads)))
}

fn bounces(before: &Policies, after: &Policies) -> Vec<(Who, Fact)> {
    let mut found = Vec::new();
    let (old, new) = (before.soft_suppress_after, after.soft_suppress_after);
    if old != new {
        let words =
            |after: Option<u32>| after.map_or("never".to_owned(), |times| format!("after {times} soft bounces"));
        let most = |of: Option<u32>| of.unwrap_or(u32::MAX);
        let who = if most(new) > most(old) { Who::Wider } else { Who::Narrower };
        let fact = Fact::new(format!("addresses are given up {}, before {}", words(new), words(old)));
        found.push((who, fact.with(lead(who, "soft bounces in a row", most(old).min(most(new)).into()))));
    }
    if before.hard_suppress != after.hard_suppress {
        let (who, says) = match after.hard_suppress {
            true => (Who::Narrower, "addresses that do not exist are given up"),
            false => (Who::Wider, "addresses that do not exist are mailed again"),
        };
        found.push((who, Fact::new(says).with(lead(who, "hard bounces", 1))));
    }
    found
}
