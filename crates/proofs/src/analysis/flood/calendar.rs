//! Windows of the calendar: a newsletter of the 15th comes once a month, however many days lie between two of them.
//!
//! In: moments and windows. Out: how often a moment comes in such a window, and where the window ends. Never: mails that
//! come later than their moment; of these only the time between two is known.

use std::cell::RefCell;
use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::model::{Model, Pace};
use super::phase::{Beat, CLOCK_CHANGE, DAY, MONDAY, WEEK, once, seconds};
use crate::ir::calendar::Calendar;
use crate::ir::journey::{Moment, WorkingDay};
use crate::ir::{Campaign, MailLimit, Name, QuietHours, Window};

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

/// What calendars say in all the years they know, each found out once.
#[derive(Default)]
pub(super) struct Almanac<'c> {
    /// The least numbers of days between two first, or two last, working days of months, by calendar.
    gaps: RefCell<BTreeMap<(Name, bool), i64>>,
    /// How long quiet hours last at most, in seconds.
    quiet: RefCell<Vec<(&'c QuietHours, i64)>>,
}

impl<'c> Almanac<'c> {
    /// How long quiet hours last at most, in seconds, whatever is done to a clock that is not put to another zone.
    pub(super) fn longest_quiet(&self, campaign: &Campaign, quiet: &'c QuietHours) -> i64 {
        let known = self.quiet.borrow().iter().find(|(of, _)| *of == quiet).map(|(_, secs)| *secs);
        known.unwrap_or_else(|| {
            let calendar = quiet.holidays.as_ref().and_then(|name| campaign.calendars.get(name));
            let years = calendar.map_or_else(|| [2001].into(), Calendar::telling_years);
            let found = quiet.longest(&campaign.calendars, years).map_or(0, |(secs, _)| secs + CLOCK_CHANGE);
            self.quiet.borrow_mut().push((quiet, found));
            found
        })
    }

    /// How a moment comes.
    pub(super) fn beat(&self, campaign: &Campaign, moment: &Moment) -> Beat {
        let calendar = |name: &str| campaign.calendars.get(name);
        let work = |name: &str| calendar(name).map_or((1..=7).collect(), |calendar| calendar.work.clone());
        let gap = |name: &str, day: WorkingDay| {
            let key = (name.to_owned(), day == WorkingDay::FirstOfMonth);
            let known = self.gaps.borrow().get(&key).copied();
            known.unwrap_or_else(|| {
                let found = calendar(name).map_or(1, |calendar| least_gap(calendar, key.1));
                self.gaps.borrow_mut().insert(key, found);
                found
            })
        };
        Beat::of(moment, &work, &gap)
    }
}

/// The least number of days between the first working days of two months, or the last ones.
fn least_gap(calendar: &Calendar, is_first: bool) -> i64 {
    let (mut least, mut before): (i64, Option<Date>) = (MONTH_DAYS as i64, None);
    for year in calendar.telling_years() {
        let off = calendar.days_off(year);
        let is_worked = |date: &Date| {
            let weekday = u8::try_from(date.weekday().to_monday_one_offset());
            weekday.is_ok_and(|day| calendar.work.contains(&day)) && !off.contains_key(date)
        };
        for month in 1..=12 {
            let Ok(first) = Date::new(year, month, 1) else { continue };
            let mut days = (0..i64::from(first.days_in_month())).filter_map(|day| first.checked_add(day.days()).ok());
            let found = if is_first { days.find(is_worked) } else { days.rfind(is_worked) };
            let gap = before.zip(found).map(|(before, found)| i64::from((found - before).get_days()));
            least = gap.map_or(least, |gap| least.min(gap.max(1)));
            before = found.or(before);
        }
    }
    least
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

impl<'c> Model<'c> {
    /// Of each step, whether what it sends goes out in the second in which the clock lets the lead in.
    pub(super) fn sends_at_the_moment(&self) -> Vec<bool> {
        self.begins.map_or_else(|| vec![false; self.steps.len()], |(number, moment)| self.sends_at(number, moment))
    }

    /// The moments that the journey waits for, the one of its entry among them, by their numbers.
    pub(super) fn moments(&self) -> BTreeMap<usize, &'c Moment> {
        let waited = self.steps.iter().flat_map(|step| &step.edges).filter_map(|edge| match edge.pace {
            Pace::Until(number, moment) => Some((number, moment)),
            _ => None,
        });
        waited.chain(self.begins).collect()
    }

    /// Of each step, whether what it sends goes out in a second in which this moment comes.
    pub(super) fn sends_at(&self, number: usize, moment: &Moment) -> Vec<bool> {
        let (mut at_once, mut later) = (vec![false; self.steps.len()], vec![false; self.steps.len()]);
        let begins = self.begins.is_some_and(|(first, _)| first == number);
        let mut open: Vec<(usize, bool)> = self.first.into_iter().map(|first| (first, begins)).collect();
        // Who comes in anew comes in as those before.
        while let Some((step, is_now)) = open.pop() {
            let seen = if is_now { &mut at_once } else { &mut later };
            if std::mem::replace(&mut seen[step], true) {
                continue;
            }
            for edge in &self.steps[step].edges {
                let is_now = match edge.pace {
                    Pace::Instant => is_now,
                    Pace::Held(Some(quiet), _) => is_now && !may_be_quiet(quiet, moment),
                    // Nobody waits for a date that is past.
                    Pace::Until(until, _) => until == number && !matches!(moment, Moment::Once { .. }),
                    Pace::Exactly(_) | Pace::Anytime | Pace::WorkingDays(_) | Pace::Held(None, _) => false,
                };
                open.extend(edge.to.map(|to| (to, is_now)));
            }
        }
        let goes_out = |step: usize| {
            let held = |pace: Pace<'_>| match pace {
                Pace::Held(quiet, _) => quiet.is_none_or(|quiet| may_be_quiet(quiet, moment)),
                _ => false,
            };
            at_once[step] && !later[step] && !self.steps[step].edges.iter().any(|edge| held(edge.pace))
        };
        (0..self.steps.len()).map(goes_out).collect()
    }
}

/// Whether a clock that is set back may show the time of a moment again: it is set at night.
pub(super) fn may_be_shown_again(moment: &Moment) -> bool {
    const NIGHT: (u16, u16) = (22 * 60, 4 * 60);
    minute_of(moment).is_none_or(|minute| minute >= NIGHT.0 || minute < NIGHT.1)
}

/// The minute of the day at which a moment comes.
fn minute_of(moment: &Moment) -> Option<u16> {
    match moment {
        Moment::Daily { minute }
        | Moment::Weekly { minute, .. }
        | Moment::Monthly { minute, .. }
        | Moment::Working { minute, .. } => Some(*minute),
        Moment::Once { .. } => once(moment).and_then(|at| u16::try_from(at.rem_euclid(DAY) / 60).ok()),
    }
}

/// Whether quiet hours may hold back what is sent at a moment.
fn may_be_quiet(quiet: &QuietHours, moment: &Moment) -> bool {
    let Some(minute) = minute_of(moment) else { return true };
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
