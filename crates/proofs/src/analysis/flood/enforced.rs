//! What a limit has to expect while frequency rules are at work: mails that wait come later than they were asked for, but never
//! more of them in a window than the rules let through.
//!
//! In: the worst without rules, and the worst if any mail may be held. Out: the worse of what is possible. Never: which mails
//! wait.

use super::joint::Worst;
use super::{Proof, window_secs};
use crate::analysis::sent::enforced;
use crate::ir::{Campaign, Channel, Counted, Frequency, MailLimit, Topic, Window};

/// The worse of a run without frequency rules and of one with them.
pub(super) fn worse(campaign: &Campaign, limit: &MailLimit, free: Worst, held: Worst) -> Worst {
    let most = match (held.most, let_through(campaign, limit)) {
        (Some(held), Some(rules)) => Some(held.min(rules)),
        (one, other) => one.or(other),
    };
    let is_worse = free.most.is_some_and(|free| most.is_none_or(|most| most > free));
    if is_worse { Worst { most, proof: Proof::Added, candidates: free.candidates, ..held } } else { free }
}

/// How many mails that a limit counts the rules let through in its window, if one of them counts all of these.
pub fn let_through(campaign: &Campaign, limit: &MailLimit) -> Option<u64> {
    let rules = enforced(campaign).filter(|rule| counts_all(campaign, rule, limit));
    rules.map(|rule| u64::from(rule.at_most).saturating_mul(windows(rule.per, limit.per))).min()
}

fn counts_all(campaign: &Campaign, rule: &Frequency, limit: &MailLimit) -> bool {
    let marketing = |topic: &String| campaign.topics.get(topic).is_some_and(Topic::is_marketing);
    let counts = match (&rule.counts, &limit.counts) {
        (Counted::All, _) | (Counted::Marketing, Counted::Marketing) => true,
        (Counted::Marketing, Counted::Topic(topic)) => marketing(topic),
        (Counted::Topic(one), Counted::Topic(other)) => one == other,
        (Counted::Marketing | Counted::Topic(_), Counted::All) | (Counted::Topic(_), Counted::Marketing) => false,
    };
    let has = |channel: &Channel| rule.channels.contains(channel);
    counts && limit.channels.iter().all(has)
}

/// How many windows of a rule a window of a limit can have a part in.
fn windows(rule: Window, limit: Window) -> u64 {
    // Days are at least 22 hours long where clocks are set by two, weeks and months accordingly.
    const HOUR: i64 = 3600;
    let (length, more) = match rule {
        Window::RollingSecs(secs) => (secs, 0),
        Window::CalendarDay => (22 * HOUR, 1),
        Window::CalendarWeek => (166 * HOUR, 1),
        Window::CalendarMonth => (670 * HOUR, 1),
        Window::Ever => return 1,
    };
    let whole = (window_secs(limit, 2 * HOUR) + length - 1) / length.max(1);
    u64::try_from(whole).unwrap_or(u64::MAX).saturating_add(more)
}
