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
    /// Left out since a rule of the campaign, or of the lead, was full.
    pub(super) capped: u64,
    /// Left out since it was held too long.
    pub(super) expired: u64,
}

/// A journey, what rules left out of it, and what was held too long.
pub(super) type BittenJourney<'a> = (&'a str, u64, u64);

/// Mails and journeys at which rules did something, most left out first.
pub(super) fn bitten(figures: &Figures) -> (Vec<Bitten<'_>>, Vec<BittenJourney<'_>>) {
    let mut mails: Vec<Bitten<'_>> = (figures.emails.iter().chain(figures.messages.iter()))
        .map(|(name, email)| mail(name, email))
        .filter(|each| each.held + each.capped + each.expired > 0)
        .collect();
    mails.sort_by_key(|each| std::cmp::Reverse((each.capped + each.expired, each.held)));
    let journeys = figures.journeys.iter().map(|(name, journey)| {
        let of = |skip: Skip| {
            journey.steps.iter().map(|(_, step)| step.skipped.get(&skip).copied().unwrap_or(0)).sum::<u64>()
        };
        (name, of(Skip::Capped) + of(Skip::OwnLimit), of(Skip::Expired))
    });
    let mut journeys: Vec<BittenJourney<'_>> = journeys.filter(|(_, capped, expired)| capped + expired > 0).collect();
    journeys.sort_by_key(|(_, capped, expired)| std::cmp::Reverse(capped + expired));
    (mails, journeys)
}

fn mail<'a>(name: &'a str, email: &EmailFigures) -> Bitten<'a> {
    let of = |skip: Skip| email.skipped.get(&skip).copied().unwrap_or(0);
    Bitten {
        name,
        asked: email.requested,
        held: email.held,
        held_secs: email.held_secs,
        capped: of(Skip::Capped) + of(Skip::OwnLimit),
        expired: of(Skip::Expired),
    }
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
