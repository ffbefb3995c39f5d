//! When mails come: the times along the edges of a journey, the moments of its entry, and what waits for opening hours.

use std::collections::{BTreeMap, BTreeSet};

use super::both::{Both, sends};
use super::model::{Axis, Fact, Retimed, Timing, Who};
use super::worlds::Side;
use crate::ir::journey::{Action, EntryBy, Journey, Moment, Step};
use crate::ir::{Campaign, Channel, Frequency, Length, Name, QuietHours, Window};
use crate::plan::step_words;

/// Finds out when mails come. `who` says who is let in.
pub(super) fn timing(both: &Both<'_>, who: Who) -> Axis<Timing> {
    let mut axis = goes(both, who);
    let mut say = |value: Timing, fact: Fact| {
        axis.value = axis.value.and(value);
        axis.facts.push(fact);
    };
    policies(both, &mut say);
    for (value, says) in super::permission::timing(both) {
        say(value, Fact::new(says));
    }
    axis
}

/// When leads come to the steps of a journey, by the journey itself.
pub(super) fn goes(both: &Both<'_>, who: Who) -> Axis<Timing> {
    let mut axis = Axis::<Timing>::default();
    let mut say = |value: Timing, fact: Fact| {
        axis.value = axis.value.and(value);
        axis.facts.push(fact);
    };
    entry(both, who, &mut say);
    for step in both.added().filter(|step| takes_time(&step.action)) {
        let says = format!("what follows comes later: {}", step_words(&step.action));
        say(Timing::Later, Fact::at(&step.id, says));
    }
    for step in both.removed().filter(|step| takes_time(&step.action)) {
        let says = format!("what follows comes earlier, without: {}", step_words(&step.action));
        say(Timing::Earlier, Fact::at(&step.id, says));
    }
    for (before, after) in both.shared() {
        if let Some((value, says)) = step(before, after) {
            say(value, Fact::at(&after.id, says));
        }
    }
    for (value, fact) in super::ways::timing(both) {
        say(value, fact);
    }
    axis
}

/// When a journey that is new takes its first leads in.
pub(super) fn of_new(journey: &Journey) -> Axis<Timing> {
    match &journey.entry.by {
        EntryBy::Segment { segment, existing: true } => Axis {
            value: Timing::Burst,
            facts: vec![Fact::new(format!("all members of `{segment}` enter at once when it is launched"))],
        },
        EntryBy::Schedule { segment, .. } => Axis {
            value: Timing::Burst,
            facts: vec![Fact::new(format!("all members of `{segment}` enter at the same time"))],
        },
        EntryBy::Segment { existing: false, .. } | EntryBy::Event { .. } | EntryBy::Called => Axis::default(),
    }
}

fn entry(both: &Both<'_>, who: Who, say: &mut impl FnMut(Timing, Fact)) {
    let (before, after) = (&both.before.entry.by, &both.after.entry.by);
    match (before, after) {
        (EntryBy::Schedule { moment: old, .. }, EntryBy::Schedule { moment: new, .. }) if old != new => {
            let words = |entry| crate::plan::entry_words(entry);
            let says = format!("leads enter by {}, before by {}", words(&both.after.entry), words(&both.before.entry));
            say(once(old, new), Fact::new(says));
        }
        (EntryBy::Segment { .. }, EntryBy::Segment { segment, .. }) if matches!(who, Who::Wider | Who::Different) => {
            let says = format!("whoever newly belongs to `{segment}` enters at once when the change takes effect");
            say(Timing::Burst, Fact::new(says));
        }
        (
            EntryBy::Event { .. } | EntryBy::Called | EntryBy::Schedule { .. },
            EntryBy::Segment { segment, existing: true },
        ) => {
            let says = format!("all members of `{segment}` enter at once when the change takes effect");
            say(Timing::Burst, Fact::new(says));
        }
        _ => {}
    }
    if let EntryBy::Event { event, filter } = after
        && event == super::who::ENGAGEMENT
        && let Some((_, value, fact)) = super::permission::engagement(both, filter.as_ref())
    {
        say(value, Fact { leads: Vec::new(), ..fact });
    }
    if both.before.priority != both.after.priority {
        let says = format!(
            "priority {} → {}: which of two mails goes first, and which waits",
            both.before.priority, both.after.priority
        );
        say(Timing::Moved, Fact::new(says));
    }
}

/// Moments that come once are earlier or later; of others it cannot be said.
fn once(before: &Moment, after: &Moment) -> Timing {
    match (before, after) {
        (Moment::Once { at: old }, Moment::Once { at: new }) if new < old => Timing::Earlier,
        (Moment::Once { .. }, Moment::Once { .. }) => Timing::Later,
        _ => Timing::Moved,
    }
}

/// Whether leads may stand on the step for a while, mails that are held left out.
pub(super) fn takes_time(action: &Action) -> bool {
    matches!(
        action,
        Action::Wait { .. }
            | Action::WaitUntil { .. }
            | Action::WaitUntilDate { .. }
            | Action::WaitBestTime
            | Action::WaitFor { .. }
    )
}

/// Waits that take another time: of another length, or of days that are counted by another calendar.
pub(super) fn retimed(both: &Both<'_>) -> BTreeMap<Name, Retimed> {
    let length = |step: &Step| match &step.action {
        Action::Wait { length } | Action::WaitFor { within: length, .. } => Some(length.clone()),
        _ => None,
    };
    let counted = |side: Side, length: &Length| match length {
        Length::Secs(_) => None,
        Length::BusinessDays { calendar, .. } => both.campaign(side).calendars.get(calendar).cloned(),
    };
    let pairs = both.shared().filter_map(|(old, new)| {
        let (before, after) = (length(old)?, length(new)?);
        let differs = before != after || counted(Side::Before, &before) != counted(Side::After, &after);
        differs.then(|| (new.id.clone(), Retimed { before, after }))
    });
    pairs.collect()
}

/// What differs in the time that a step takes.
fn step(before: &Step, after: &Step) -> Option<(Timing, String)> {
    if before.action == after.action || !(takes_time(&before.action) || takes_time(&after.action)) {
        return None;
    }
    let says = || format!("{}, before: {}", step_words(&after.action), step_words(&before.action));
    let value = match (&before.action, &after.action) {
        (Action::Wait { length: old }, Action::Wait { length: new }) => longer(old, new)?,
        (Action::WaitFor { within: old, .. }, Action::WaitFor { within: new, .. }) => {
            let value = longer(old, new)?;
            let words = |length| crate::ir::print::length(length);
            return Some((value, format!("waits for at most {}, before {}", words(new), words(old))));
        }
        (Action::WaitUntil { moment: old, to_minute: one }, Action::WaitUntil { moment: new, to_minute: two }) => {
            if one == two { once(old, new) } else { Timing::Moved }
        }
        (
            Action::WaitUntilDate { of: one, offset_secs: old, minute: at },
            Action::WaitUntilDate { of: two, offset_secs: new, minute: to },
        ) if one == two && at == to => {
            if new < old {
                Timing::Earlier
            } else {
                Timing::Later
            }
        }
        (old, new) if takes_time(old) && !takes_time(new) => Timing::Earlier,
        (old, new) if !takes_time(old) && takes_time(new) => Timing::Later,
        _ => Timing::Moved,
    };
    Some((value, says()))
}

/// `None` for the same length.
fn longer(before: &Length, after: &Length) -> Option<Timing> {
    let of = |more: bool| Some(if more { Timing::Later } else { Timing::Earlier });
    match (before, after) {
        (one, two) if one == two => None,
        (Length::Secs(old), Length::Secs(new)) => of(new > old),
        (Length::BusinessDays { days: old, calendar: one }, Length::BusinessDays { days: new, calendar: two }) => {
            if one == two { of(new > old) } else { Some(Timing::Moved) }
        }
        _ => Some(Timing::Moved),
    }
}

/// What holds mails back, and by which clock.
fn policies(both: &Both<'_>, say: &mut impl FnMut(Timing, Fact)) {
    let (before, after) = (both.campaign(Side::Before), both.campaign(Side::After));
    let sent: Vec<&Name> = both.after.steps.iter().filter_map(sends).collect();
    let waits_until = |journey: &Journey| {
        let waits = |step: &Step| matches!(step.action, Action::WaitUntil { .. } | Action::WaitUntilDate { .. });
        journey.steps.iter().any(waits) || matches!(journey.entry.by, EntryBy::Schedule { .. })
    };
    let (old, new) = (&before.settings, &after.settings);
    if old.timezone != new.timezone && (waits_until(both.after) || !sent.is_empty()) {
        let says = format!("the project's clock: `{}`, before `{}`", new.timezone, old.timezone);
        say(Timing::Moved, Fact::new(says));
    }
    let channels: Vec<Channel> = sent.iter().filter_map(|content| channel(after, content)).collect();
    let quiet = |campaign: &Campaign, channel: &Channel| {
        let own = campaign.channels.get(channel).and_then(|settings| settings.quiet_hours.clone());
        own.or_else(|| campaign.policies.quiet_hours.clone())
    };
    let mut told = BTreeSet::new();
    for channel in channels.iter().filter(|_| is_marketing(after, &sent)) {
        let (old, new) = (quiet(before, channel), quiet(after, channel));
        let words = |hours: &Option<QuietHours>| hours.as_ref().map_or("none".to_owned(), crate::plan::quiet_hours);
        if old != new && told.insert((words(&old), words(&new))) {
            let says = format!("quiet hours, in which marketing waits: {}, before {}", words(&new), words(&old));
            say(Timing::Moved, Fact::new(says));
        }
    }
    let rules = |campaign: &Campaign| -> Vec<Frequency> {
        let own = campaign.channels.values().flat_map(|settings| &settings.frequency);
        campaign.policies.frequency.iter().chain(own).cloned().collect()
    };
    for (old, new) in rules(before).iter().zip(&rules(after)).filter(|_| !sent.is_empty()) {
        let is_by_clock = !matches!(new.per, Window::RollingSecs(_) | Window::Ever);
        let moved = Frequency { lead_time: new.lead_time, ..old.clone() };
        if is_by_clock && old != new && moved == *new {
            let clock = |lead: bool| if lead { "the lead's clock" } else { "the project's clock" };
            let (is, was) = (clock(new.lead_time), clock(old.lead_time));
            let window = crate::ir::print::window(new.per);
            let says = format!("at most {} per {window}: counted by {is}, before by {was}", new.at_most);
            say(Timing::Moved, Fact::new(says));
        }
    }
    let sender = |campaign: &Campaign, content: &Name| {
        let email = campaign.emails.get(content)?;
        campaign.senders.get(&email.sender)?.quota.clone()
    };
    // Of a mail that is new nothing can be said.
    let of_both = sent.iter().filter(|content| before.emails.contains_key(**content));
    if of_both.clone().any(|content| sender(before, content) != sender(after, content)) {
        say(Timing::Moved, Fact::new("the sender's quota: mails wait for other days"));
    }
    let best = |campaign: &Campaign| {
        let of_personas: Vec<_> = campaign.personas.iter().map(|one| one.behavior.best_time.clone()).collect();
        (campaign.settings.best_time.clone(), of_personas)
    };
    let waits_for_best = |journey: &Journey| journey.steps.iter().any(|step| step.action == Action::WaitBestTime);
    if waits_for_best(both.after) && best(before) != best(after) {
        say(Timing::Moved, Fact::new("the best time, for which leads wait, is another"));
    }
    for (name, calendar) in &after.calendars {
        let differs = before.calendars.get(name).is_some_and(|old| old != calendar);
        if differs && (asks_calendar(both.after, name) || is_marketing(after, &sent) && quiet_by(after, name)) {
            say(Timing::Moved, Fact::new(format!("calendar `{name}`: other days are worked")));
        }
    }
}

fn channel(campaign: &Campaign, content: &Name) -> Option<Channel> {
    match campaign.messages.get(content) {
        Some(message) => Some(message.channel),
        None => campaign.emails.get(content).map(|_| Channel::Email),
    }
}

fn is_marketing(campaign: &Campaign, sent: &[&Name]) -> bool {
    let topics = sent.iter().filter_map(|content| campaign.topic_of(content));
    topics.filter_map(|topic| campaign.topics.get(topic)).any(crate::ir::Topic::is_marketing)
}

/// Whether a journey's times follow a calendar.
fn asks_calendar(journey: &Journey, name: &Name) -> bool {
    let of_moment = |moment: &Moment| matches!(moment, Moment::Working { calendar, .. } if calendar == name);
    let of_length = |length: &Length| matches!(length, Length::BusinessDays { calendar, .. } if calendar == name);
    let by_entry = matches!(&journey.entry.by, EntryBy::Schedule { moment, .. } if of_moment(moment));
    let by_step = |step: &Step| match &step.action {
        Action::Wait { length } | Action::WaitFor { within: length, .. } => of_length(length),
        Action::WaitUntil { moment, .. } => of_moment(moment),
        _ => false,
    };
    by_entry || journey.steps.iter().any(by_step)
}

fn quiet_by(campaign: &Campaign, name: &Name) -> bool {
    let own = campaign.channels.values().filter_map(|settings| settings.quiet_hours.as_ref());
    let mut all = campaign.policies.quiet_hours.iter().chain(own);
    all.any(|quiet| quiet.holidays.as_ref() == Some(name))
}
