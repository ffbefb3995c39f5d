//! Figures that the summary and the JSON both work out from those of a run.

use super::figure::NONE;
use crate::backend::sim::{EmailFigures, Figures, JourneyFigures, Named, SegmentFigures};

/// The last day of a run of 24-hour days, as a date.
pub(super) fn last_day(start: &str, days: u32) -> String {
    let back = jiff::Span::new().try_days(i64::from(days) - 1);
    let last = start.parse::<jiff::civil::Date>().and_then(|start| start.checked_add(back?));
    last.map_or_else(|_| NONE.to_owned(), |last| last.to_string())
}

/// Instances ended by `exit_when` or an `exit` step.
pub(super) fn exited(journey: &JourneyFigures) -> u64 {
    journey.exit_when + journey.exits.values().sum::<u64>()
}

/// Instances ended by `exit_when`, by the part of the condition where it joins several by `or`; parts by which nobody left
/// are left out.
pub(super) fn by_condition(all: u64, by: &Named<u64>) -> Vec<(String, u64)> {
    let parts = by.iter().map(|(part, number)| (format!("exit_when `{part}`"), *number));
    let whole = by.is_empty().then(|| ("exit_when".to_owned(), all));
    whole.into_iter().chain(parts).filter(|(_, number)| *number > 0).collect()
}

/// How often a lead became a member of a segment after it came in.
pub(super) fn joined_later(segment: &SegmentFigures) -> u64 {
    segment.joined.saturating_sub(segment.start)
}

/// Mails that were asked for and not sent, those that still wait left out.
pub(super) fn skipped(email: &EmailFigures) -> u64 {
    email.skipped.values().sum()
}

/// The sum of all emails.
pub(super) fn all_emails(figures: &Figures) -> EmailFigures {
    sum(&figures.emails)
}

/// The sum of all messages of other channels.
pub(super) fn all_messages(figures: &Figures) -> EmailFigures {
    sum(&figures.messages)
}

/// Whether mails tell nothing of the run: it asked for none, and other channels have messages.
pub(super) fn has_messages_alone(figures: &Figures) -> bool {
    !figures.messages.is_empty() && all_emails(figures).requested == 0
}

fn sum(emails: &Named<EmailFigures>) -> EmailFigures {
    let mut all = EmailFigures::default();
    for (_, email) in emails.iter() {
        all.requested += email.requested;
        all.sent += email.sent;
        for (reason, mails) in &email.skipped {
            *all.skipped.entry(*reason).or_default() += mails;
        }
        all.waiting += email.waiting;
        all.held += email.held;
        all.held_secs += email.held_secs;
        all.delivered += email.delivered;
        all.soft_bounced += email.soft_bounced;
        all.hard_bounced += email.hard_bounced;
        all.retries += email.retries;
        all.opened += email.opened;
        all.clicked += email.clicked;
        all.unsubscribed += email.unsubscribed;
        all.complained += email.complained;
    }
    all
}

/// The day with the most mails, by number, and how many; the first of several, `None` if there was no mail.
pub(super) fn busiest_day(sends_per_day: &[u64]) -> Option<(usize, u64)> {
    let days = sends_per_day.iter().copied().enumerate();
    days.rev().max_by_key(|(_, mails)| *mails).filter(|(_, mails)| *mails > 0)
}
