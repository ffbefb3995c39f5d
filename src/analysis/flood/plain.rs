//! Bounds and nothing else: for whoever compares two campaigns, and wants to know neither remedies nor timelines.
//!
//! In: a campaign, and what is to be counted. Out: a bound for each. Never: what a frequency rule makes of the mails.

use super::questions::Questions;
use super::units::{Ground, MOST_STATES, Units};
use super::{Share, joint, shift_secs, window_secs};
use crate::analysis::conditions::Written;
use crate::ir::{Campaign, MailLimit};

/// The most mails that one lead can be asked to be sent, for each limit: at most so many, or any number; and how each
/// journey comes to its part.
pub fn bounds(campaign: &Campaign, limits: &[MailLimit]) -> Vec<(Option<u64>, Vec<Share>)> {
    if campaign.journeys.is_empty() {
        return limits.iter().map(|_| (Some(0), Vec::new())).collect();
    }
    let written = Written::of(campaign);
    let shift_secs = shift_secs(campaign, &written);
    let questions = Questions::of(campaign, &written);
    let ground = Ground { campaign, written: &written, questions: &questions, shift_secs };
    let limits: Vec<(&MailLimit, i64)> =
        limits.iter().map(|limit| (limit, window_secs(limit.per, shift_secs))).collect();
    let units = Units::of(ground, &limits, false, MOST_STATES);
    (0..limits.len())
        .map(|number| {
            let worst = joint::worst(&units, number, &|_| false);
            (worst.most, worst.shares)
        })
        .collect()
}
