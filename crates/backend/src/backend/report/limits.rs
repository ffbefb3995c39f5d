//! What frequency rules did, by mail and by journey.

use super::figure::count;
use crate::backend::sim::{EmailFigures, Figures, Skip};
use crate::ir::Campaign;

/// A mail that was held, or left out by a rule.
pub(super) struct Bitten<'a> {
    pub(super) name: &'a str,
    pub(super) asked: u64,
    pub(super) held: u64,
    pub(super) held_secs: u64,
    pub(super) left_out: LeftOut,
}

/// Mails that were left out, by why.
#[derive(Clone, Copy)]
pub(super) struct LeftOut {
    /// Since a rule of the campaign was full.
    pub(super) capped: u64,
    /// Since the lead wants fewer.
    pub(super) own: u64,
    /// Since they were held too long.
    pub(super) expired: u64,
}

impl LeftOut {
    fn of(skipped: impl Fn(Skip) -> u64) -> LeftOut {
        LeftOut { capped: skipped(Skip::Capped), own: skipped(Skip::OwnLimit), expired: skipped(Skip::Expired) }
    }

    fn all(self) -> u64 {
        self.capped + self.own + self.expired
    }

    /// The numbers in the order of `LEFT_OUT`.
    pub(super) fn numbers(self) -> [u64; 3] {
        [self.capped, self.own, self.expired]
    }
}

/// What the columns of those left out are called.
pub(super) const LEFT_OUT: [&str; 3] = ["Left out: rule full", "Left out: lead's own limit", "Left out: held too long"];

/// A journey, and what was left out of it.
pub(super) type BittenJourney<'a> = (&'a str, LeftOut);

/// Mails and journeys at which rules did something, most left out first.
pub(super) fn bitten(figures: &Figures) -> (Vec<Bitten<'_>>, Vec<BittenJourney<'_>>) {
    let mut mails: Vec<Bitten<'_>> = (figures.emails.iter().chain(figures.messages.iter()))
        .map(|(name, email)| mail(name, email))
        .filter(|each| each.held + each.left_out.all() > 0)
        .collect();
    mails.sort_by_key(|each| std::cmp::Reverse((each.left_out.all(), each.held)));
    let journeys = figures.journeys.iter().map(|(name, journey)| {
        let of = |skip: Skip| {
            journey.steps.iter().map(|(_, step)| step.skipped.get(&skip).copied().unwrap_or(0)).sum::<u64>()
        };
        (name, LeftOut::of(of))
    });
    let mut journeys: Vec<BittenJourney<'_>> = journeys.filter(|(_, left_out)| left_out.all() > 0).collect();
    journeys.sort_by_key(|(_, left_out)| std::cmp::Reverse(left_out.all()));
    (mails, journeys)
}

fn mail<'a>(name: &'a str, email: &EmailFigures) -> Bitten<'a> {
    let of = |skip: Skip| email.skipped.get(&skip).copied().unwrap_or(0);
    Bitten { name, asked: email.requested, held: email.held, held_secs: email.held_secs, left_out: LeftOut::of(of) }
}

/// The frequency rules in words, each with how many mails it left out.
pub(super) fn rules(figures: &Figures, campaign: &Campaign) -> Vec<String> {
    let counted = figures.capped.iter().map(|(_, mails)| *mails).chain(std::iter::repeat(0));
    let rules = campaign.policies.frequency.iter().zip(counted);
    let words = rules.map(|(rule, left_out)| {
        let channels: Vec<&str> = rule.channels.iter().map(|channel| channel.word()).collect();
        let full = if rule.delay { "the next one waits" } else { "the next one is left out" };
        let left_out = if left_out == 0 { String::new() } else { format!(": {} left out", count(left_out)) };
        format!("{} ({}); {full}{left_out}", rule.limit_text(), channels.join(", "))
    });
    words.collect()
}
