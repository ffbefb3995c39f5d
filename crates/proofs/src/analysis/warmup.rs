//! What can be known of warm-ups without leads: numbers that fall or jump, and mail that comes before its sender sends.

use jiff::civil::Date;

use crate::ir::journey::{Action, EntryBy, Journey, Moment};
use crate::ir::{Campaign, Name};

/// By more than this no published schedule grows in a day.
const STEEPEST: u64 = 5;

/// A day of a warm-up on which the numbers do not rise as they should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Fewer mails than the day before.
    Falls {
        /// The day.
        date: String,
        /// Mails the day before.
        from: u64,
        /// Mails on it.
        to: u64,
    },
    /// Far more mails than the day before.
    Jumps {
        /// The day.
        date: String,
        /// Mails the day before.
        from: u64,
        /// Mails on it.
        to: u64,
    },
}

/// Mail for which there is no room, whoever the leads are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// The sender begins only after the simulation.
    AfterTheRun {
        /// The sender.
        sender: Name,
        /// Its first day.
        first: Date,
        /// Last day of the simulation.
        end: Date,
    },
    /// A journey on a date sends its first mail so early that it expires before the sender begins.
    BeforeTheFirstDay {
        /// The sender.
        sender: Name,
        /// The journey.
        journey: Name,
        /// The day on which its members enter.
        at: Date,
        /// First day of the sender.
        first: Date,
        /// How long the mail is held at most.
        max_hold_secs: i64,
    },
}

/// The first odd day of each kind of each warm-up that follows no published schedule.
pub(super) fn steps(campaign: &Campaign) -> Vec<(Name, Step)> {
    let mut found = Vec::new();
    for (name, sender) in &campaign.senders {
        let warmup = sender.quota.as_ref().and_then(|quota| quota.warmup.as_ref());
        let Some(warmup) = warmup.filter(|warmup| warmup.schedule.is_none()) else { continue };
        let pairs = || {
            warmup.days.iter().zip(warmup.days.iter().skip(1)).filter_map(|(before, day)| {
                let number = |day: &crate::ir::quota::WarmupDay| day.rates.per_day.or(day.rates.per_hour);
                Some((day.date.clone(), number(before)?, number(day)?))
            })
        };
        if let Some((date, from, to)) = pairs().find(|(_, from, to)| to < from) {
            found.push((name.clone(), Step::Falls { date, from, to }));
        }
        if let Some((date, from, to)) = pairs().find(|(_, from, to)| *to > from.saturating_mul(STEEPEST)) {
            found.push((name.clone(), Step::Jumps { date, from, to }));
        }
    }
    found
}

/// Mail that cannot be sent in time.
pub(super) fn misfits(campaign: &Campaign) -> Vec<Misfit> {
    let mut found = Vec::new();
    for (name, sender) in &campaign.senders {
        let warmup = sender.quota.as_ref().and_then(|quota| quota.warmup.as_ref());
        let Some(first) = warmup.and_then(|warmup| warmup.first()) else { continue };
        if let Some(end) = last_day(campaign).filter(|end| *end < first) {
            found.push(Misfit::AfterTheRun { sender: name.clone(), first, end });
            continue;
        }
        for (journey_name, journey) in &campaign.journeys {
            if let Some((at, max_hold_secs)) = too_early(campaign, name, journey, first) {
                let (sender, journey) = (name.clone(), journey_name.clone());
                found.push(Misfit::BeforeTheFirstDay { sender, journey, at, first, max_hold_secs });
            }
        }
    }
    found
}

/// Last day of the simulation.
pub(super) fn last_day(campaign: &Campaign) -> Option<Date> {
    let simulation = &campaign.settings.simulation;
    let start: Date = simulation.start.as_deref()?.parse().ok()?;
    let days = i64::from(simulation.days.unwrap_or(90)) - 1;
    start.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// When a journey whose members enter once begins with a mail of the sender that expires before the sender's first
/// day: the day, and how long the mail is held.
fn too_early(campaign: &Campaign, sender: &Name, journey: &Journey, first: Date) -> Option<(Date, i64)> {
    let EntryBy::Schedule { moment: Moment::Once { at }, .. } = &journey.entry.by else { return None };
    let at: jiff::civil::DateTime = at.parse().ok()?;
    let step = journey.step(journey.first.as_deref()?)?;
    let Action::Send { content, max_hold_secs } = &step.action else { return None };
    let email = campaign.emails.get(content).filter(|email| email.sender == *sender)?;
    let is_marketing = campaign.topics.get(&email.topic).is_none_or(crate::ir::Topic::is_marketing);
    let hold = max_hold_secs.unwrap_or(campaign.policies.max_hold_secs);
    let given_up = at.checked_add(jiff::Span::new().try_seconds(hold).ok()?).ok()?;
    (is_marketing && given_up < first.at(0, 0, 0, 0)).then_some((at.date(), hold))
}
