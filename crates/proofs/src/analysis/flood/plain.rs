//! Bounds and nothing else: for whoever compares two campaigns, and wants to know neither remedies nor timelines.
//!
//! In: campaigns, and what is to be counted. Out: a bound for each. Never: what a frequency rule makes of the mails.

use super::questions::Questions;
use super::units::{Ground, Units};
use super::{Proof, Share, joint, shift_secs, window_secs};
use crate::analysis::conditions::Written;
use crate::analysis::reach::reachable;
use crate::ir::{Campaign, MailLimit};

/// States before a search is given up: fewer than for a finding, as a comparison asks for several bounds of each journey.
const MOST_STATES: usize = 6_000;

/// At most so many mails, or any number of them, and how each journey comes to its part.
pub type Plain = (Option<u64>, Vec<Share>);

/// The most mails that one lead can be asked to be sent, for each limit.
pub fn bounds(campaign: &Campaign, limits: &[MailLimit]) -> Vec<Plain> {
    searched(campaign, limits, MOST_STATES).into_iter().map(|(plain, _)| plain).collect()
}

/// The same for two campaigns by the same argument, so that what differs is theirs: a search that only one of the two
/// brings to an end would be a difference of the proofs.
pub fn bounds_of_both(before: &Campaign, after: &Campaign, limits: &[MailLimit]) -> [Vec<Plain>; 2] {
    let both = |states| rayon::join(|| searched(before, limits, states), || searched(after, limits, states));
    let (mut old, mut new) = both(MOST_STATES);
    if old.iter().zip(&new).any(|((_, one), (_, two))| one != two) {
        (old, new) = both(0);
    }
    [old, new].map(|side| side.into_iter().map(|(plain, _)| plain).collect())
}

fn searched(campaign: &Campaign, limits: &[MailLimit], most_states: usize) -> Vec<(Plain, Proof)> {
    if campaign.journeys.is_empty() {
        return limits.iter().map(|_| ((Some(0), Vec::new()), Proof::Searched)).collect();
    }
    let written = Written::of(campaign);
    let shift_secs = shift_secs(campaign, &written);
    let questions = Questions::of(campaign, &written);
    let reach = reachable(campaign);
    let ground = Ground { campaign, written: &written, questions: &questions, reach: &reach, shift_secs };
    let limits: Vec<(&MailLimit, i64)> =
        limits.iter().map(|limit| (limit, window_secs(limit.per, shift_secs))).collect();
    let units = Units::of(ground, &limits, false, most_states);
    (0..limits.len())
        .map(|number| {
            let worst = joint::worst(&units, number, &|_| false);
            ((worst.most, worst.shares), worst.proof)
        })
        .collect()
}
