//! Channels compiled: everything that differs between mail and a letter is data here.

use super::names::Names;
use super::{Builtin, Calendars, Fault, bounded};
use crate::backend::sim::civil::Quiet;
use crate::backend::sim::value::Sym;
use crate::ir::builtin::FAILURES;
use crate::ir::{self, Campaign, Delay, Fatigue};

/// A channel.
#[derive(Debug)]
pub struct Channel {
    /// Which.
    pub kind: ir::Channel,
    /// Its name.
    pub sym: Sym,
    /// Fields that together are the address; a lead that lacks one cannot be reached. `None` if nobody can be.
    pub address: Option<Vec<usize>>,
    /// When marketing waits.
    pub quiet: Option<Quiet>,
    /// What becomes of attempts to deliver that fail.
    pub failures: Failures,
    /// The events of what becomes of it.
    pub moments: Moments,
    /// How long it is under way; at once if `None`.
    pub delivery: Option<Delay>,
    /// The event at which it is shown; without one it is not waited for.
    pub visit: Option<usize>,
    /// How long it is waited for, in seconds.
    pub expires: i64,
}

/// What becomes of attempts to deliver that fail.
#[derive(Clone, Copy, Debug)]
pub struct Failures {
    /// Further attempts after one that failed for now.
    pub retries: u32,
    /// Seconds between attempts.
    pub every: i64,
    /// Undelivered ones in a row after which nothing more is sent to the address.
    pub suppress_after: Option<u32>,
    /// Whether a failure for good suppresses the address.
    pub suppress: bool,
    /// Words for the kinds of failures: for now, for good, never shown.
    pub kinds: [Sym; 3],
}

/// Numbers of the events of what is sent.
#[derive(Clone, Copy, Debug)]
pub struct Moments {
    /// It goes out.
    pub sent: usize,
    /// It arrives.
    pub delivered: usize,
    /// It is given up.
    pub failed: usize,
    /// It is opened.
    pub opened: usize,
    /// It is clicked.
    pub clicked: usize,
}

/// How a persona reads what comes by a channel. Chances are 0 to 1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reading {
    /// Of a delivered one to be opened.
    pub open: f64,
    /// Of an opened one to be clicked.
    pub click: f64,
    /// Of a delivered one to make them unsubscribe.
    pub unsubscribe: f64,
    /// Of a delivered one to be reported.
    pub complain: f64,
    /// Of an attempt to fail for now.
    pub fail: f64,
    /// Of an attempt to fail for good.
    pub fail_for_good: f64,
    /// From delivery to opening, unsubscribing or complaining.
    pub open_delay: Delay,
    /// From opening to the click.
    pub click_delay: Delay,
    /// What those of late take from the chance to open.
    pub open_fatigue: Option<Fatigue>,
    /// What those of late take from the chance to click.
    pub click_fatigue: Option<Fatigue>,
}

/// Compiles the channels, in the order of their numbers.
pub(super) fn channels(
    campaign: &Campaign,
    names: &mut Names<'_>,
    builtin: Builtin,
    calendars: &Calendars,
) -> Result<Vec<Channel>, Fault> {
    ir::Channel::ALL.into_iter().map(|kind| channel(campaign, names, builtin, calendars, kind)).collect()
}

fn channel(
    campaign: &Campaign,
    names: &mut Names<'_>,
    builtin: Builtin,
    calendars: &Calendars,
    kind: ir::Channel,
) -> Result<Channel, Fault> {
    let (usual, settings) = (kind.usual(), campaign.channels.get(&kind));
    let address = match settings {
        Some(settings) => settings.address.iter().map(|field| names.field(field)).collect(),
        None => usual.address.into_iter().map(|field| names.field(field)).collect(),
    };
    let own_quiet = settings.and_then(|settings| settings.quiet_hours.as_ref());
    let quiet = own_quiet.or(campaign.policies.quiet_hours.as_ref()).filter(|_| usual.intrudes);
    Ok(Channel {
        kind,
        sym: names.texts.intern(kind.word()),
        address,
        quiet: quiet.map(|hours| Quiet::of(hours, calendars)).transpose()?,
        failures: failures(campaign, names, kind),
        moments: moments(builtin, kind),
        delivery: settings.and_then(|settings| settings.delivery),
        visit: settings.and_then(|settings| names.event(settings.visit.as_ref()?)),
        expires: settings.map_or(0, |settings| bounded(settings.expires_secs)),
    })
}

/// Mail is tried again as the policy says; nothing else is.
fn failures(campaign: &Campaign, names: &mut Names<'_>, kind: ir::Channel) -> Failures {
    let policies = &campaign.policies;
    if kind == ir::Channel::Email {
        return Failures {
            retries: policies.soft_retries,
            every: bounded(policies.soft_every_secs).max(1),
            suppress_after: policies.soft_suppress_after,
            suppress: policies.hard_suppress,
            kinds: ["soft", "hard", "soft"].map(|kind| names.texts.intern(kind)),
        };
    }
    let kinds = FAILURES.map(|kind| names.texts.intern(kind));
    Failures { retries: 0, every: 1, suppress_after: None, suppress: true, kinds }
}

fn moments(builtin: Builtin, kind: ir::Channel) -> Moments {
    match kind {
        ir::Channel::Email => Moments {
            sent: builtin.email_sent,
            delivered: builtin.email_delivered,
            failed: builtin.email_bounced,
            opened: builtin.email_opened,
            clicked: builtin.email_clicked,
        },
        ir::Channel::Sms
        | ir::Channel::Line
        | ir::Channel::Push
        | ir::Channel::Web
        | ir::Channel::Post
        | ir::Channel::Call => Moments {
            sent: builtin.message_sent,
            delivered: builtin.message_delivered,
            failed: builtin.message_failed,
            opened: builtin.message_opened,
            clicked: builtin.message_clicked,
        },
    }
}

/// How a persona reads, by the numbers of channels.
pub(super) fn readings(behavior: &ir::Behavior) -> Vec<Reading> {
    let (open_fatigue, click_fatigue) = (behavior.open_fatigue, behavior.click_fatigue);
    let mail = Reading {
        open: behavior.open,
        click: behavior.click,
        unsubscribe: behavior.unsubscribe,
        complain: behavior.complain,
        fail: behavior.soft_bounce,
        fail_for_good: behavior.hard_bounce,
        open_delay: behavior.open_delay,
        click_delay: behavior.click_delay,
        open_fatigue,
        click_fatigue,
    };
    let message = |reading: &ir::Reading| Reading {
        open: reading.open,
        click: reading.click,
        unsubscribe: reading.unsubscribe,
        complain: reading.complain,
        fail: reading.fail,
        fail_for_good: reading.invalid,
        open_delay: reading.open_delay,
        click_delay: reading.click_delay,
        open_fatigue,
        click_fatigue,
    };
    let reading = |channel| match channel {
        ir::Channel::Email => mail,
        other => behavior.messages.get(&other).map(message).unwrap_or_default(),
    };
    ir::Channel::ALL.into_iter().map(reading).collect()
}
