//! Quotas of senders compiled: numbers by day of the run.

use super::super::civil::{DAY, Zone, from_days};
use super::Frame;
use super::mail::Content;
use crate::ir::{Campaign, Channel};

/// Any number of mails.
pub const UNLIMITED: u64 = u64::MAX;

/// All quotas; empty if no sender has one.
#[derive(Debug, Default)]
pub struct Quotas {
    /// Those senders that have a quota, by name.
    pub senders: Vec<SenderQuota>,
    /// Of each content, the one that holds for it.
    pub of_content: Vec<Option<usize>>,
    /// The first day of the run in the project's time zone, in days since 1970-01-01.
    pub first_day: i64,
}

/// The quota of a sender.
#[derive(Debug)]
pub struct SenderQuota {
    /// Its name.
    pub name: String,
    /// Whether a mail that is too many is left out.
    pub skip: bool,
    /// By day of the run: mails per day and per hour.
    pub days: Vec<[u64; 2]>,
}

/// Compiles the quotas.
pub(super) fn quotas(campaign: &Campaign, contents: &[Content], zone: &Zone, frame: Frame) -> Quotas {
    let days = zone.date(frame.start)..=zone.date(frame.end);
    let first_day = *days.start();
    let limited = campaign.senders.iter().filter_map(|(name, sender)| Some((name, sender.quota.as_ref()?)));
    let senders: Vec<SenderQuota> = limited
        .map(|(name, quota)| SenderQuota {
            name: name.clone(),
            skip: quota.skip,
            days: days.clone().map(|day| numbers(quota, day)).collect(),
        })
        .collect();
    let of_content = contents.iter().map(|content| {
        let email = campaign.emails.get(&content.name).filter(|_| content.channel == Channel::Email.number())?;
        senders.iter().position(|sender| sender.name == email.sender)
    });
    let of_content = if senders.is_empty() { Vec::new() } else { of_content.collect() };
    Quotas { senders, of_content, first_day }
}

fn numbers(quota: &crate::ir::Quota, day: i64) -> [u64; 2] {
    let (year, month, day) = from_days(day);
    let short = |number: i64| i8::try_from(number).unwrap_or(1);
    let date = i16::try_from(year).ok().and_then(|year| jiff::civil::Date::new(year, short(month), short(day)).ok());
    let rates = date.map(|date| quota.on(date)).unwrap_or_default();
    [rates.per_day.unwrap_or(UNLIMITED), rates.per_hour.unwrap_or(UNLIMITED)]
}

impl Quotas {
    /// The numbers of a sender on a day: per day and per hour.
    pub fn on(&self, sender: usize, day: i64) -> [u64; 2] {
        let at = usize::try_from(day - self.first_day).ok();
        at.and_then(|at| self.senders[sender].days.get(at)).copied().unwrap_or([UNLIMITED; 2])
    }

    /// The first day after `day` on which the sender sends anything by `share`, or the day after the run.
    pub fn next_day(&self, sender: usize, day: i64, share: impl Fn(u64, i64) -> u64) -> i64 {
        let after = self.first_day + i64::try_from(self.senders[sender].days.len()).unwrap_or(0);
        (day + 1..after).find(|day| share(self.on(sender, *day)[0], *day) > 0).unwrap_or(after.max(day + 1))
    }
}

/// First instant of a day of the project.
pub fn midnight(zone: &Zone, day: i64) -> i64 {
    zone.first(day * DAY)
}
