//! What is known of the local time at which an instance stands on a step, and how long the next moment is away at least.
//!
//! In: moments and lengths. Out: least separations in seconds. Never: a date; only what holds in every year.

use crate::ir::journey::{Moment, WorkingDay};

const MINUTE: i64 = 60;
pub(super) const DAY: i64 = 86_400;
pub(super) const WEEK: i64 = 7 * DAY;

/// What is known of the clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Clock {
    /// Nothing.
    #[default]
    Unknown,
    /// Seconds since local midnight.
    OfDay(i64),
    /// Seconds since Monday's local midnight.
    OfWeek(i64),
}

/// What is known of the time at a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Phase {
    /// The clock.
    pub(super) clock: Clock,
    /// The moment that came last, by its number, and the least time since then in seconds.
    pub(super) since: Option<(usize, i64)>,
}

impl Phase {
    /// So much later, exactly.
    pub(super) fn after(self, secs: i64) -> Phase {
        let clock = match self.clock {
            Clock::Unknown => Clock::Unknown,
            Clock::OfDay(at) => Clock::OfDay((at + secs).rem_euclid(DAY)),
            Clock::OfWeek(at) => Clock::OfWeek((at + secs).rem_euclid(WEEK)),
        };
        Phase { clock, since: self.later(secs) }
    }

    /// So much later or more.
    pub(super) fn at_least_after(self, secs: i64) -> Phase {
        Phase { clock: Clock::Unknown, since: self.later(secs) }
    }

    /// On a later day at the same time; at least so many days have passed.
    pub(super) fn days_after(self, days: i64) -> Phase {
        let clock = match self.clock {
            Clock::Unknown => Clock::Unknown,
            Clock::OfDay(at) | Clock::OfWeek(at) => Clock::OfDay(at.rem_euclid(DAY)),
        };
        Phase { clock, since: self.later(days * DAY) }
    }

    /// More than a month says nothing that more than a day would not, once every period is over.
    fn later(self, secs: i64) -> Option<(usize, i64)> {
        self.since.map(|(moment, since)| (moment, since.saturating_add(secs).min(32 * DAY)))
    }

    /// The ways in which a moment may come next: the least time until then, and what is known then. `strictly` if it
    /// cannot be this very instant.
    pub(super) fn until(self, number: usize, moment: &Moment, strictly: bool) -> Vec<(i64, Phase)> {
        let since = Some((number, 0));
        let ways: Vec<(i64, Clock)> = match moment {
            Moment::Daily { minute } => vec![self.next_of_day(*minute, strictly)],
            Moment::Weekly { weekdays, minute } => self.next_of_week(weekdays, *minute, strictly),
            Moment::Monthly { minute, .. } | Moment::Working { minute, .. } => {
                let (gap, clock) = self.next_of_day(*minute, false);
                vec![(gap, Clock::OfDay(of_day(clock)))]
            }
            Moment::Once { .. } => vec![(0, Clock::Unknown)],
        };
        let rest = self.rest_of_period(number, moment, strictly);
        ways.into_iter().map(|(gap, clock)| (gap.max(rest), Phase { clock, since })).collect()
    }

    /// The least time until a moment comes again that was the last to come.
    fn rest_of_period(self, number: usize, moment: &Moment, strictly: bool) -> i64 {
        match self.since {
            Some((last, since)) if last == number && (since > 0 || strictly) => {
                (period_secs(moment).unwrap_or(0) - since).max(0)
            }
            Some(_) | None => 0,
        }
    }

    fn next_of_day(self, minute: u16, strictly: bool) -> (i64, Clock) {
        let goal = i64::from(minute) * MINUTE;
        let gap = |at: i64| {
            let gap = (goal - at).rem_euclid(DAY);
            if gap == 0 && strictly { DAY } else { gap }
        };
        match self.clock {
            Clock::Unknown => (0, Clock::OfDay(goal)),
            Clock::OfDay(at) => (gap(at), Clock::OfDay(goal)),
            Clock::OfWeek(at) => {
                let gap = gap(at.rem_euclid(DAY));
                (gap, Clock::OfWeek((at + gap).rem_euclid(WEEK)))
            }
        }
    }

    fn next_of_week(self, weekdays: &[u8], minute: u16, strictly: bool) -> Vec<(i64, Clock)> {
        let goal = |day: &u8| (i64::from(*day) - 1) * DAY + i64::from(minute) * MINUTE;
        let goals = weekdays.iter().map(goal);
        match self.clock {
            Clock::Unknown => goals.map(|goal| (0, Clock::OfWeek(goal))).collect(),
            Clock::OfDay(at) => goals.map(|goal| ((goal - at).rem_euclid(DAY), Clock::OfWeek(goal))).collect(),
            Clock::OfWeek(at) => {
                let gap = |goal: i64| {
                    let gap = (goal - at).rem_euclid(WEEK);
                    if gap == 0 && strictly { WEEK } else { gap }
                };
                goals.map(|goal| (gap(goal), Clock::OfWeek(goal))).min().into_iter().collect()
            }
        }
    }
}

fn of_day(clock: Clock) -> i64 {
    match clock {
        Clock::Unknown => 0,
        Clock::OfDay(at) | Clock::OfWeek(at) => at.rem_euclid(DAY),
    }
}

/// The least time from one such moment to the next, in seconds by the local clock; `None` if it comes only once.
pub(super) fn period_secs(moment: &Moment) -> Option<i64> {
    match moment {
        Moment::Daily { .. } | Moment::Working { day: WorkingDay::Every, .. } => Some(DAY),
        Moment::Weekly { weekdays, .. } => {
            let mut days: Vec<i64> = weekdays.iter().map(|day| i64::from(*day)).collect();
            days.sort_unstable();
            let next = days.iter().cycle().skip(1);
            let gaps = days.iter().zip(next).map(|(day, next)| (next - day - 1).rem_euclid(7) + 1);
            gaps.min().map(|days| days * DAY)
        }
        Moment::Monthly { .. } => Some(28 * DAY),
        // The first working day moves within its month, by as many days off as the month begins with.
        Moment::Working { day: WorkingDay::FirstOfMonth | WorkingDay::LastOfMonth, .. } => Some(DAY),
        Moment::Once { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TUESDAY: Moment = Moment::Weekly { weekdays: Vec::new(), minute: 600 };

    fn weekly(weekdays: &[u8]) -> Moment {
        Moment::Weekly { weekdays: weekdays.to_vec(), minute: 600 }
    }

    #[test]
    fn a_week_passes_from_tuesday_to_tuesday() {
        let tuesday = weekly(&[2]);
        let (gap, at) = Phase::default().until(0, &tuesday, false)[0];
        assert_eq!(gap, 0);
        assert_eq!(at.after(DAY).until(0, &tuesday, false)[0].0, 6 * DAY);
        assert_eq!(at.until(0, &tuesday, false)[0].0, 0);
        assert_eq!(at.until(0, &tuesday, true)[0].0, WEEK);
    }

    #[test]
    fn what_takes_an_unknown_time_still_fills_the_week() {
        let tuesday = weekly(&[2]);
        let (_, at) = Phase::default().until(0, &tuesday, false)[0];
        assert_eq!(at.after(DAY).at_least_after(0).until(0, &tuesday, false)[0].0, 6 * DAY);
        assert_eq!(at.at_least_after(0).until(0, &tuesday, false)[0].0, 0);
        assert_eq!(at.after(DAY).at_least_after(0).until(1, &weekly(&[4]), false)[0].0, 0);
    }

    #[test]
    fn periods_are_the_least_there_are() {
        assert_eq!(period_secs(&weekly(&[1, 4])), Some(3 * DAY));
        assert_eq!(period_secs(&weekly(&[1, 7])), Some(DAY));
        assert_eq!(period_secs(&weekly(&[5])), Some(WEEK));
        assert_eq!(period_secs(&Moment::Daily { minute: 0 }), Some(DAY));
        assert_eq!(period_secs(&TUESDAY), None);
    }
}
