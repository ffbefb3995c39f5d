//! Windows of the calendar: a newsletter of the 15th comes once a month, however many days lie between two of them.
//!
//! In: moments and windows. Out: how often a moment comes in such a window, and where the window ends. Never: mails that
//! come later than their moment; of these only the time between two is known.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::model::{Model, Pace};
use super::phase::{DAY, MONDAY, WEEK, once, seconds};
use crate::ir::journey::{Moment, WorkingDay};
use crate::ir::{Campaign, MailLimit, QuietHours, Window};

/// The most days of a month.
const MONTH_DAYS: u64 = 31;

/// Whether a window of the calendar goes by the clock by which schedules do, and that clock is never put to another zone.
pub(super) fn goes_by_schedules(campaign: &Campaign, limit: &MailLimit, shift_secs: i64) -> bool {
    let is_calendar = matches!(limit.per, Window::CalendarDay | Window::CalendarWeek | Window::CalendarMonth);
    is_calendar && shift_secs < DAY && (limit.lead_time || !campaign.settings.leads.columns.contains_key("timezone"))
}

/// Local end of the window of the calendar in which a local time lies, both in seconds since 1970-01-01; `None` for other
/// windows.
pub(super) fn end_of(per: Window, at: i64) -> Option<i64> {
    match per {
        Window::CalendarDay => Some((at.div_euclid(DAY) + 1) * DAY),
        Window::CalendarWeek => Some(MONDAY + ((at - MONDAY).div_euclid(WEEK) + 1) * WEEK),
        Window::CalendarMonth => {
            let date = TimeZone::UTC.to_datetime(Timestamp::from_second(at).ok()?).date();
            seconds(DateTime::from(date.first_of_month().checked_add(1.month()).ok()?))
        }
        Window::RollingSecs(_) | Window::Ever => None,
    }
}

/// How often a moment comes in a window of the calendar, at most; `None` for other windows.
pub(super) fn comes(campaign: &Campaign, moment: &Moment, per: Window) -> Option<u64> {
    let days = match per {
        Window::CalendarDay => 1,
        Window::CalendarWeek => 7,
        Window::CalendarMonth => MONTH_DAYS,
        Window::RollingSecs(_) | Window::Ever => return None,
    };
    Some(match moment {
        Moment::Daily { .. } => days,
        Moment::Weekly { weekdays, .. } => most_among(weekdays, days),
        Moment::Working { day: WorkingDay::Every, calendar, .. } => {
            campaign.calendars.get(calendar).map_or(days, |calendar| most_among(&calendar.work, days))
        }
        Moment::Working { day: WorkingDay::FirstOfMonth | WorkingDay::LastOfMonth, .. }
        | Moment::Monthly { .. }
        | Moment::Once { .. } => 1,
    })
}

/// How many of so many days in a row are such weekdays, at most.
fn most_among(weekdays: &[u8], days: u64) -> u64 {
    let among =
        |first: u64| (first..first + days).filter(|day| weekdays.iter().any(|of| u64::from(*of) == day % 7 + 1));
    (0..7).map(|first| among(first).count() as u64).max().unwrap_or(0)
}

impl Model<'_> {
    /// Of each step, whether what it sends goes out in the second in which the clock lets the lead in.
    pub(super) fn sends_at_the_moment(&self) -> Vec<bool> {
        let (mut at_once, mut later) = (vec![false; self.steps.len()], vec![false; self.steps.len()]);
        let Some((_, moment)) = self.begins else { return at_once };
        let mut open: Vec<(usize, bool)> = self.first.into_iter().map(|first| (first, true)).collect();
        while let Some((step, is_now)) = open.pop() {
            let seen = if is_now { &mut at_once } else { &mut later };
            if std::mem::replace(&mut seen[step], true) {
                continue;
            }
            for edge in &self.steps[step].edges {
                let stays = is_now
                    && match edge.pace {
                        Pace::Instant => true,
                        Pace::Held(Some(quiet)) => !may_be_quiet(quiet, moment),
                        Pace::Exactly(_)
                        | Pace::Anytime
                        | Pace::Until(..)
                        | Pace::WorkingDays(_)
                        | Pace::Held(None) => false,
                    };
                open.extend(edge.to.map(|to| (to, stays)));
            }
        }
        let goes_out = |step: usize| {
            let held = |pace: Pace<'_>| match pace {
                Pace::Held(quiet) => quiet.is_none_or(|quiet| may_be_quiet(quiet, moment)),
                _ => false,
            };
            at_once[step] && !later[step] && !self.steps[step].edges.iter().any(|edge| held(edge.pace))
        };
        (0..self.steps.len()).map(goes_out).collect()
    }
}

/// Whether quiet hours may hold back what is sent at a moment.
fn may_be_quiet(quiet: &QuietHours, moment: &Moment) -> bool {
    let minute = match moment {
        Moment::Daily { minute }
        | Moment::Weekly { minute, .. }
        | Moment::Monthly { minute, .. }
        | Moment::Working { minute, .. } => *minute,
        Moment::Once { .. } => match once(moment) {
            Some(at) => u16::try_from(at.rem_euclid(DAY) / 60).unwrap_or(0),
            None => return true,
        },
    };
    let is_within = if quiet.from_minute < quiet.to_minute {
        (quiet.from_minute..quiet.to_minute).contains(&minute)
    } else {
        minute >= quiet.from_minute || minute < quiet.to_minute
    };
    is_within || !quiet.lead_time || !quiet.weekdays.is_empty() || quiet.holidays.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekdays_come_as_often_as_they_can() {
        assert_eq!(most_among(&[2], 7), 1);
        assert_eq!(most_among(&[2], 31), 5);
        assert_eq!(most_among(&[2, 4], 31), 10);
        assert_eq!(most_among(&[1, 2, 3, 4, 5], 31), 23);
        assert_eq!(most_among(&[1, 2, 3, 4, 5, 6, 7], 31), 31);
    }

    #[test]
    fn windows_end_where_the_calendar_says() {
        // 2026-06-10 is a Wednesday.
        let at = |text: &str| seconds(text.parse().unwrap()).unwrap();
        let wednesday = at("2026-06-10T09:00:00");
        assert_eq!(end_of(Window::CalendarDay, wednesday), Some(at("2026-06-11T00:00:00")));
        assert_eq!(end_of(Window::CalendarWeek, wednesday), Some(at("2026-06-15T00:00:00")));
        assert_eq!(end_of(Window::CalendarMonth, wednesday), Some(at("2026-07-01T00:00:00")));
        assert_eq!(end_of(Window::RollingSecs(DAY), wednesday), None);
    }
}
