//! How many mails one lead can get at worst, before and after: the proved bounds of the flood analysis, for one journey
//! and for all of them side by side, with the path that comes to it.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::both::{Both, reachable, sends};
use super::model::{Axis, Fact, Most, Volume, Who};
use super::worlds::{Side, Worlds};
use crate::analysis::flood::{self, Plain, Share};
use crate::ir::journey::{Action, EntryBy, Step};
use crate::ir::print::duration;
use crate::ir::{Again, Campaign, Channel, Counted, Event, Frequency, Journey, MailLimit, Name, Window};
use crate::text::Origin;

/// Days over which mails are counted: what a lead feels tomorrow, in a week, in a month.
const DAYS: [i64; 3] = [1, 7, 30];
/// Days that stand for a whole stay; only a way round is longer.
const STAY: i64 = 365;
const DAY: i64 = 86_400;

/// A frequency rule on both sides, with what all journeys together ask for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rule {
    /// What it counts.
    limit: MailLimit,
    /// How many it lets through; none if there is no such rule.
    before: Option<u32>,
    after: Option<u32>,
    /// How many all rules let through in its window, those of other windows counted; none for any number.
    through: (Option<u64>, Option<u64>),
    /// Whether what is too many waits.
    waits: (bool, bool),
    /// The most that is asked for; none for any number.
    asked: (Option<u64>, Option<u64>),
    /// Place among all rules, in the order in which they are looked at; none if there is no such rule.
    place: (Option<usize>, Option<usize>),
}

impl Rule {
    /// How many come through, before and after, by the rule itself or by another one; none for any number.
    fn lets_through(&self) -> (Option<u64>, Option<u64>) {
        let least = |own: Option<u32>, all: Option<u64>| own.map(u64::from).into_iter().chain(all).min();
        (least(self.before, self.through.0), least(self.after, self.through.1))
    }

    /// Whether it is never full, whatever is asked for.
    fn is_never_full(&self) -> bool {
        let is_enough = |rule: Option<u32>, asked: Option<u64>| {
            rule.is_none_or(|most| asked.is_some_and(|asked| asked <= u64::from(most)))
        };
        is_enough(self.before, self.asked.0) && is_enough(self.after, self.asked.1)
    }
}

/// The most mails of all journeys together, and what frequency rules make of them.
pub(super) fn together(worlds: &Worlds<'_>) -> (Vec<Most>, Vec<Rule>) {
    let mut rules = rules(worlds);
    let mut limits: Vec<MailLimit> = DAYS.iter().map(|days| within(*days)).collect();
    limits.extend(rules.iter().map(|rule| rule.limit.clone()));
    let [before, after] = flood::bounds_of_both(worlds.before, worlds.after, &limits);
    let most = limits.iter().zip(before.iter().zip(&after)).map(|(limit, (before, after))| Most {
        of: words(limit),
        before: before.0,
        after: after.0,
        path: Vec::new(),
    });
    let mut most: Vec<Most> = most.collect();
    let asked = most.split_off(DAYS.len());
    for (rule, asked) in rules.iter_mut().zip(asked) {
        rule.asked = (asked.before, asked.after);
    }
    (most, rules)
}

/// The frequency rules of either side: those that count the same are one.
fn rules(worlds: &Worlds<'_>) -> Vec<Rule> {
    let of = |campaign: &Campaign| -> Vec<Frequency> {
        let own = campaign.channels.values().flat_map(|settings| &settings.frequency);
        campaign.policies.frequency.iter().chain(own).cloned().collect()
    };
    let mut found: Vec<Rule> = Vec::new();
    for (side, frequency) in [(Side::Before, of(worlds.before)), (Side::After, of(worlds.after))] {
        for (number, rule) in frequency.into_iter().enumerate() {
            let limit = MailLimit { at_most: u32::MAX, ..MailLimit::from(&rule) };
            // Another clock is told with the times.
            let is_alike = |one: &MailLimit| MailLimit { lead_time: limit.lead_time, ..one.clone() } == limit;
            let is_free = |other: &Rule| side == Side::After && other.after.is_none();
            let place = |is_it: &dyn Fn(&MailLimit) -> bool| {
                found.iter().position(|other| is_free(other) && is_it(&other.limit))
            };
            let at = place(&|other| *other == limit).or_else(|| place(&is_alike));
            match at.and_then(|at| found.get_mut(at)) {
                Some(other) => {
                    (other.after, other.waits.1, other.place.1) = (Some(rule.at_most), rule.delay, Some(number));
                }
                None => {
                    let (before, after, place) = match side {
                        Side::Before => (Some(rule.at_most), None, (Some(number), None)),
                        Side::After => (None, Some(rule.at_most), (None, Some(number))),
                    };
                    let through =
                        [worlds.before, worlds.after].map(|campaign| flood::let_through(campaign, &limit)).into();
                    let waits = (rule.delay, rule.delay);
                    found.push(Rule { limit, before, after, through, waits, asked: (None, None), place });
                }
            }
        }
    }
    found
}

/// Everything that is sent unasked, over so many days.
fn within(days: i64) -> MailLimit {
    MailLimit {
        at_most: u32::MAX,
        per: Window::RollingSecs(days * DAY),
        counts: Counted::All,
        channels: Channel::ALL.into_iter().filter(|channel| channel.usual().intrudes).collect(),
        lead_time: true,
        origin: Origin::default(),
    }
}

fn words(limit: &MailLimit) -> String {
    let counted = limit.counts.text();
    let window = crate::ir::print::window(limit.per);
    let window = if window == "1 day" { "day" } else { &window };
    format!("{} mails per {window}", counted.trim()).trim().to_owned()
}

/// How many mails a journey sends.
pub(super) fn volume(both: &Both<'_>, rules: &[Rule]) -> (Axis<Volume>, Vec<Most>) {
    let most = alone(both.worlds, both.name, Some(both.before), Some(both.after));
    let mut axis = Axis::<Volume>::default();
    let mut say = |value: Volume, fact: Fact| {
        axis.value = axis.value.max(value);
        axis.facts.push(fact);
    };
    if let Some((value, fact)) = at_worst(&most) {
        say(value, fact);
    }
    sends_otherwise(both, &mut say);
    rounds(both, &mut say);
    entries(both, &mut say);
    repeats(both, &mut say);
    policies(both, rules, &mut say);
    for (value, says) in super::permission::volume(both) {
        say(value, Fact::new(says));
    }
    (axis, most)
}

/// The bounds that are others, in one sentence.
fn at_worst(most: &[Most]) -> Option<(Volume, Fact)> {
    let changed: Vec<&Most> = most.iter().filter(|most| most.before != most.after).collect();
    let value = changed.iter().map(|most| compared(most.before, most.after)).max()?;
    let words = changed.iter().enumerate().map(|(at, most)| {
        // What is counted is said once.
        let of = if at == 0 { most.of.as_str() } else { most.of.trim_start_matches("mails ") };
        format!("{} → {} {of}", number(most.before), number(most.after))
    });
    Some((value, Fact::new(format!("at worst {}", words.collect::<Vec<_>>().join(", ")))))
}

/// Who goes round once more, where a branch leads back: the bounds may not count rounds.
fn rounds(both: &Both<'_>, say: &mut impl FnMut(Volume, Fact)) {
    let pool = both.pool();
    for (before, after) in both.shared() {
        let (Action::Branch { .. }, Action::Branch { .. }) = (&before.action, &after.action) else { continue };
        for (target, _, compared) in super::forks::arms_compared(both, &pool, before, after) {
            let ahead = reachable(both.after, &[&target]);
            let leads_back =
                |step: &&Step| *step == after || reachable(both.after, &step.edges()).contains(after.id.as_str());
            let round = both.after.steps.iter().filter(|step| ahead.contains(step.id.as_str())).filter(leads_back);
            let sent: BTreeSet<&Name> = round.filter_map(sends).collect();
            let (value, who) = match compared.who {
                Who::Same => continue,
                Who::Narrower => (Volume::Lower, "fewer leads go"),
                Who::Wider | Who::Different | Who::Unknown => (Volume::Higher, "more leads go"),
            };
            if !sent.is_empty() {
                let sent = sent.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                say(value, Fact::at(&after.id, format!("{who} round once more and get {sent} again")));
            }
        }
    }
}

/// What steps send more or less often: a mail that only stands in another step now is sent as often as before.
fn sends_otherwise(both: &Both<'_>, say: &mut impl FnMut(Volume, Fact)) {
    let differing = |journey: &'_ Journey, other: &'_ Journey| -> Vec<(Name, Name)> {
        let differs = |step: &&Step| other.step(&step.id).and_then(sends) != sends(step);
        let steps = journey.steps.iter().filter(differs);
        steps.filter_map(|step| Some((step.id.clone(), sends(step)?.clone()))).collect()
    };
    let (mut gone, mut new) = (differing(both.before, both.after), differing(both.after, both.before));
    new.retain(|(_, content)| match gone.iter().position(|(_, old)| old == content) {
        Some(at) => {
            gone.remove(at);
            false
        }
        None => true,
    });
    // One mail in the place of another is told by who gets it.
    let is_swapped =
        |id: &Name| both.before.step(id).and_then(sends).is_some() && both.after.step(id).and_then(sends).is_some();
    for (step, content) in new.iter().filter(|(id, _)| !is_swapped(id)) {
        say(Volume::Higher, Fact::at(step, format!("sends `{content}` in addition")));
    }
    for (step, content) in gone.iter().filter(|(id, _)| !is_swapped(id)) {
        say(Volume::Lower, Fact::at(step, format!("no longer sends `{content}`")));
    }
}

/// The bounds of a journey that only one side has.
pub(super) fn whole(worlds: &Worlds<'_>, side: Side, name: &Name, journey: &Journey) -> (Axis<Volume>, Vec<Most>) {
    let (before, after) = match side {
        Side::Before => (Some(journey), None),
        Side::After => (None, Some(journey)),
    };
    let most = alone(worlds, name, before, after);
    let (value, facts) = at_worst(&most).map_or_else(Default::default, |(value, fact)| (value, vec![fact]));
    (Axis { value, facts }, most)
}

/// The most mails of one journey by itself, over each stretch of days and over one stay.
fn alone(worlds: &Worlds<'_>, name: &Name, before: Option<&Journey>, after: Option<&Journey>) -> Vec<Most> {
    let limits: Vec<MailLimit> = DAYS.iter().map(|days| within(*days)).collect();
    let campaign = |side: Side, journey: Option<&Journey>| {
        let alone = journey.and_then(|_| flood::alone(worlds.campaign(side), name)).map(without_texts);
        if worlds.starts(side, name) { alone.map(|alone| called(alone, name)) } else { alone }
    };
    let (old, new) = (campaign(Side::Before, before), campaign(Side::After, after));
    let nothing = || (0..=limits.len()).map(|_| (Some(0), Vec::new())).collect();
    let found: [Vec<Plain>; 2] = match (&old, &new) {
        // What is the same has the same bounds; the search may be long.
        (Some(old), Some(new)) if old == new => {
            let bounds = of_one(new, &limits);
            [bounds.clone(), bounds]
        }
        (Some(old), Some(new)) => of_both(old, new, &limits),
        (old, new) => [old, new].map(|one| one.as_ref().map_or_else(nothing, |one| of_one(one, &limits))),
    };
    let steps = |shares: &[Share]| -> Vec<(i64, Name)> {
        let (Some(journey), Some(share)) = (after, shares.first()) else { return Vec::new() };
        let step = |(secs, step): &(i64, usize)| Some((*secs, journey.steps.get(*step)?.id.clone()));
        share.path.iter().filter_map(step).collect()
    };
    let of = limits.iter().map(words).chain(["mails per stay".to_owned()]);
    let pairs = found[0].iter().zip(&found[1]).zip(of);
    pairs.map(|((before, after), of)| Most { of, before: before.0, after: after.0, path: steps(&after.1) }).collect()
}

/// A journey by itself that others start: leads come in at any time, as by an event. When they do is told of all journeys
/// together.
fn called(mut campaign: Campaign, name: &Name) -> Campaign {
    const CALLED: &str = "called (made up)";
    if let Some(journey) = campaign.journeys.get_mut(name).filter(|journey| journey.entry.by == EntryBy::Called) {
        journey.entry.by = EntryBy::Event { event: CALLED.to_owned(), filter: None };
        let event = Event {
            properties: BTreeMap::new(),
            sets: BTreeMap::new(),
            label: None,
            builtin: false,
            origin: Origin::default(),
        };
        campaign.events.insert(CALLED.to_owned(), event);
    }
    campaign
}

/// The bounds of one side: of each window, and of one stay.
fn of_one(campaign: &Campaign, limits: &[MailLimit]) -> Vec<Plain> {
    let mut found = flood::bounds(campaign, limits);
    found.extend(flood::bounds(&one_stay(campaign), &[within(STAY)]));
    found
}

/// The same of both sides.
fn of_both(old: &Campaign, new: &Campaign, limits: &[MailLimit]) -> [Vec<Plain>; 2] {
    let [mut before, mut after] = flood::bounds_of_both(old, new, limits);
    let [old, new] = flood::bounds_of_both(&one_stay(old), &one_stay(new), &[within(STAY)]);
    before.extend(old);
    after.extend(new);
    [before, after]
}

/// The campaign in which nobody enters twice.
fn one_stay(campaign: &Campaign) -> Campaign {
    let mut campaign = campaign.clone();
    for journey in campaign.journeys.values_mut() {
        let entry = &mut journey.entry;
        (entry.again, entry.key, entry.at_once) = (Again::Never, None, None);
    }
    campaign
}

/// Without what mails say and what rules count, which have nothing to do with how many are asked for.
fn without_texts(mut campaign: Campaign) -> Campaign {
    (campaign.policies.frequency, campaign.policies.limits) = (Vec::new(), Vec::new());
    for email in campaign.emails.values_mut() {
        (email.subject, email.preheader, email.text) = (String::new(), None, None);
        email.body = crate::ir::Body::Markdown(String::new());
    }
    for message in campaign.messages.values_mut() {
        (message.body, message.link) = (String::new(), None);
    }
    campaign
}

fn compared(before: Option<u64>, after: Option<u64>) -> Volume {
    match (before, after) {
        (Some(_), None) => Volume::Unbounded,
        (None, Some(_)) => Volume::Lower,
        (None, None) => Volume::Same,
        (Some(before), Some(after)) if after > before => Volume::Higher,
        (Some(before), Some(after)) if after < before => Volume::Lower,
        (Some(_), Some(_)) => Volume::Same,
    }
}

/// A bound in words.
pub(super) fn number(most: Option<u64>) -> String {
    most.map_or("any number of".to_owned(), |most| most.to_string())
}

/// How often a lead can enter.
fn entries(both: &Both<'_>, say: &mut impl FnMut(Volume, Fact)) {
    let (before, after) = (&both.before.entry, &both.after.entry);
    if before.again != after.again {
        let says = format!("leads enter again {}, before {}", again(after.again), again(before.again));
        say(oftener(before.again, after.again), Fact::new(says));
    }
    if before.key != after.key || before.at_once != after.at_once {
        let copies = |entry: &crate::ir::journey::Entry| match (&entry.key, entry.at_once) {
            (None, _) => (1, "one at a time".to_owned()),
            (Some(key), None) => (u64::MAX, format!("any number at once, one for each `event.{key}`")),
            (Some(key), Some(most)) => (most.into(), format!("{most} at once, one for each `event.{key}`")),
        };
        let ((old, was), (new, is)) = (copies(before), copies(after));
        let value = if new < old { Volume::Lower } else { Volume::Higher };
        say(value, Fact::new(format!("stays of one lead: {is}, before {was}")));
    }
}

fn again(again: Again) -> String {
    match again {
        Again::Never => "never".to_owned(),
        Again::Always => "always".to_owned(),
        Again::AfterSecs(secs) => format!("after {}", duration(secs)),
    }
}

fn oftener(before: Again, after: Again) -> Volume {
    let pause = |again: Again| match again {
        Again::Never => i64::MAX,
        Again::Always => 0,
        Again::AfterSecs(secs) => secs,
    };
    if pause(after) < pause(before) { Volume::Higher } else { Volume::Lower }
}

/// How often a lead may get the same mail.
fn repeats(both: &Both<'_>, say: &mut impl FnMut(Volume, Fact)) {
    let repeat = |side: Side, content: &Name| {
        let campaign = both.campaign(side);
        let email = campaign.emails.get(content).map(|email| email.repeat);
        email.or_else(|| campaign.messages.get(content).map(|message| message.repeat))
    };
    for (content, step) in sent(both) {
        let (Some(old), Some(new)) = (repeat(Side::Before, content), repeat(Side::After, content)) else { continue };
        if old != new {
            let says = format!("`{content}` is sent again to the same lead {}, before {}", again(new), again(old));
            say(oftener(old, new), Fact::at(&step.id, says));
        }
    }
}

/// What both sides send, with the step.
pub(super) fn sent<'c>(both: &Both<'c>) -> Vec<(&'c Name, &'c Step)> {
    let of_before: Vec<&Name> = both.before.steps.iter().filter_map(sends).collect();
    let mut found: Vec<(&Name, &Step)> = Vec::new();
    for step in &both.after.steps {
        if let Some(content) = sends(step).filter(|content| of_before.contains(content))
            && !found.iter().any(|(known, _)| *known == content)
        {
            found.push((content, step));
        }
    }
    found
}

/// Rules that stand in another order: of two that are full the first decides whether a mail waits.
fn order(both: &Both<'_>, rules: &[Rule], say: &mut impl FnMut(Volume, Fact)) {
    let counts = |content: &Name, rule: &Rule| flood::counts(both.campaign(Side::After), content, &rule.limit);
    let sent: BTreeSet<&Name> = both.after.steps.iter().filter_map(sends).collect();
    for (at, one) in rules.iter().enumerate() {
        for two in rules.iter().skip(at + 1) {
            let ((Some(was), Some(is)), (Some(other), Some(now))) = (one.place, two.place) else { continue };
            let is_told = one.waits.0 == one.waits.1 && two.waits.0 == two.waits.1 && one.waits.0 != two.waits.0;
            let is_turned = (was < other) != (is < now);
            if !is_told || !is_turned || one.is_never_full() || two.is_never_full() {
                continue;
            }
            if !sent.iter().any(|content| counts(content, one) && counts(content, two)) {
                continue;
            }
            let most = |rule: &Rule| format!("{} {}", rule.after.unwrap_or(0), words(&rule.limit));
            let (first, second) = if is < now { (one, two) } else { (two, one) };
            let (value, what) = match first.waits.1 {
                true => (Volume::Higher, "waits instead of being left out"),
                false => (Volume::Lower, "is left out instead of waiting"),
            };
            let says = format!(
                "what is more than {} and more than {} {what}: the first rule decides",
                most(first),
                most(second)
            );
            say(value, Fact::new(says));
        }
    }
}

/// What frequency rules and the longest hold let through.
fn policies(both: &Both<'_>, rules: &[Rule], say: &mut impl FnMut(Volume, Fact)) {
    let counted = |limit: &MailLimit| {
        let is = |(side, journey): (Side, &Journey)| {
            journey.steps.iter().filter_map(sends).any(|content| flood::counts(both.campaign(side), content, limit))
        };
        [(Side::Before, both.before), (Side::After, both.after)].into_iter().any(is)
    };
    for rule in rules.iter().filter(|rule| (rule.before, rule.waits.0) != (rule.after, rule.waits.1)) {
        if !counted(&rule.limit) {
            continue;
        }
        let of = words(&rule.limit);
        let (mut value, mut says) = match (rule.before, rule.after) {
            (Some(old), Some(new)) if old == new => match rule.waits.1 {
                true => (Volume::Higher, format!("what is more than {new} {of} waits instead of being left out")),
                false => (Volume::Lower, format!("what is more than {new} {of} is left out instead of waiting")),
            },
            // A rule of another window, or of more mails, lets through as few.
            (Some(_), None) | (None, Some(_)) if rule.lets_through().0 == rule.lets_through().1 => continue,
            _ => {
                let (old, new) = rule.lets_through();
                let pass = |most: Option<u64>| most.unwrap_or(u64::MAX);
                let value = match pass(new).cmp(&pass(old)) {
                    Ordering::Greater => Volume::Higher,
                    Ordering::Less => Volume::Lower,
                    Ordering::Equal => Volume::Same,
                };
                (value, format!("let through: {} → {} {of}", number(old), number(new)))
            }
        };
        let (old, new) = rule.lets_through();
        let least = old.into_iter().chain(new).min().unwrap_or(0);
        let most = |asked: Option<u64>| asked.map_or("any number".to_owned(), |most| format!("at most {most}"));
        if [rule.asked.0, rule.asked.1].into_iter().all(|asked| asked.is_some_and(|asked| asked <= least)) {
            value = Volume::Same;
            says.push_str(&format!("; no lead is asked to get more than {}", rule.asked.1.unwrap_or(0)));
        } else {
            says.push_str(&format!("; all journeys together ask for {}", most(rule.asked.1)));
        }
        say(value, Fact::new(says));
    }
    order(both, rules, say);
    let hold = |side: Side| both.campaign(side).policies.max_hold_secs;
    let (old, new) = (hold(Side::Before), hold(Side::After));
    let is_held = both.after.steps.iter().any(|step| matches!(&step.action, Action::Send { max_hold_secs: None, .. }));
    if old != new && is_held {
        let value = if new > old { Volume::Higher } else { Volume::Lower };
        let says =
            format!("mails are held for up to {} before they are given up, before {}", duration(new), duration(old));
        say(value, Fact::new(says));
    }
    for (before, after) in both.shared() {
        if let (Action::Send { max_hold_secs: old, .. }, Action::Send { max_hold_secs: new, .. }) =
            (&before.action, &after.action)
            && old != new
        {
            let secs = |side: Side, own: &Option<i64>| own.unwrap_or(hold(side));
            let (old, new) = (secs(Side::Before, old), secs(Side::After, new));
            let value = if new > old { Volume::Higher } else { Volume::Lower };
            say(value, Fact::at(&after.id, format!("is held for up to {}, before {}", duration(new), duration(old))));
        }
    }
}
