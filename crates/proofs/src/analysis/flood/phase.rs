//! What is known of the local time at which an instance stands on a step, and how long the next moment is away at least.
//!
//! In: moments and lengths. Out: least separations in seconds. Never: a date, but where a moment comes only once.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::ir::journey::{Moment, WorkingDay};

const MINUTE: i64 = 60;
pub(super) const DAY: i64 = 86_400;
pub(super) const WEEK: i64 = 7 * DAY;
/// The Monday before 1970-01-01, which was a Thursday.
pub(super) const MONDAY: i64 = -3 * DAY;

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
    /// Local seconds since 1970-01-01, where a moment that comes only once has come.
    At(i64),
}

/// What is known of the time at a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Phase {
    /// The clock.
    pub(super) clock: Clock,
    /// The moment that came last.
    pub(super) since: Option<Since>,
}

/// A moment that has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Since {
    /// Its number.
    moment: usize,
    /// The least time since then in seconds.
    secs: i64,
    /// Whether it was no longer ago. If it may have been, it may come again any time now, and only both together take as
    /// long as its period.
    is_exact: bool,
}

impl Phase {
    /// So much later, exactly.
    pub(super) fn after(self, secs: i64) -> Phase {
        let clock = match self.clock {
            Clock::Unknown => Clock::Unknown,
            Clock::OfDay(at) => Clock::OfDay((at + secs).rem_euclid(DAY)),
            Clock::OfWeek(at) => Clock::OfWeek((at + secs).rem_euclid(WEEK)),
            Clock::At(at) => Clock::At(at.saturating_add(secs)),
        };
        Phase { clock, since: self.later(secs) }
    }

    /// So much later or more.
    pub(super) fn at_least_after(self, secs: i64) -> Phase {
        Phase { clock: Clock::Unknown, since: self.later(secs).map(Since::or_longer) }
    }

    /// What is known where it is not known what came before: how long it was.
    pub(super) fn afresh(self) -> Phase {
        Phase { since: self.since.filter(|since| since.is_exact), ..self }
    }

    /// On a later day at the same time; at least so many days have passed.
    pub(super) fn days_after(self, days: i64) -> Phase {
        let clock = match self.clock {
            Clock::Unknown => Clock::Unknown,
            Clock::OfDay(at) | Clock::OfWeek(at) | Clock::At(at) => Clock::OfDay(at.rem_euclid(DAY)),
        };
        Phase { clock, since: self.later(days * DAY).map(Since::or_longer) }
    }

    /// More than a month says nothing that more than a day would not, once every period is over.
    fn later(self, secs: i64) -> Option<Since> {
        self.since.map(|since| Since { secs: since.secs.saturating_add(secs).min(32 * DAY), ..since })
    }

    /// Whether a moment has just come, so that the clock shows what it is known to show. Otherwise it may have been set since
    /// it was told.
    pub(super) fn is_told(self) -> bool {
        self.since.is_some_and(|since| since.secs == 0 && since.is_exact)
    }

    /// The ways in which a moment may come next: the least time until then, and what is known then. `strictly` if it
    /// cannot be this very instant. Clocks may be set by so many seconds.
    pub(super) fn until(self, number: usize, moment: &Moment, strictly: bool, shift_secs: i64) -> Vec<(i64, Phase)> {
        if let Moment::Once { .. } = moment {
            return self.until_once(once(moment), shift_secs);
        }
        let since = Some(Since { moment: number, secs: 0, is_exact: true });
        let ways = self.next_by_any_clock(moment, strictly, shift_secs);
        let rest = (self.rest_of_period(number, moment, strictly) - shift_secs).max(0);
        ways.into_iter().map(|(gap, clock)| (gap.max(rest), Phase { clock, since })).collect()
    }

    /// The same by the clock alone, which may have been set, or be set in the meantime, by so many seconds.
    fn next_by_any_clock(self, moment: &Moment, strictly: bool, shift_secs: i64) -> Vec<(i64, Clock)> {
        let less = |ways: Vec<(i64, Clock)>, secs: i64| -> Vec<(i64, Clock)> {
            ways.into_iter().map(|(gap, clock)| ((gap - secs).max(0), clock)).collect()
        };
        if shift_secs == 0 || self.is_told() {
            return less(self.next(moment, strictly), shift_secs);
        }
        if shift_secs >= DAY {
            return Phase::default().next(moment, false);
        }
        // What it shows is between these two. A clock that was set back shows again what it has shown.
        let (slow, fast) = (self.after(-shift_secs), self.after(shift_secs));
        let mut ways = less(slow.next(moment, false), 2 * shift_secs);
        ways.extend(fast.next(moment, false));
        // Of each clock the least time.
        ways.sort_unstable_by_key(|(gap, clock)| (*clock, *gap));
        ways.dedup_by_key(|(_, clock)| *clock);
        ways
    }

    /// The same by the clock as it is known.
    fn next(self, moment: &Moment, strictly: bool) -> Vec<(i64, Clock)> {
        match moment {
            Moment::Daily { minute } => vec![self.next_of_day(*minute, strictly)],
            Moment::Weekly { weekdays, minute } => self.next_of_week(weekdays, *minute, strictly),
            Moment::Monthly { minute, .. } | Moment::Working { minute, .. } => {
                let (gap, clock) = self.next_of_day(*minute, false);
                vec![(gap, Clock::OfDay(of_day(clock)))]
            }
            Moment::Once { .. } => Vec::new(),
        }
    }

    /// The same where the moment comes at one local time alone. If that is past it is not waited for; where it is not known
    /// whether it is, both may be so. What came before still counts for what comes again.
    fn until_once(self, goal: Option<i64>, shift_secs: i64) -> Vec<(i64, Phase)> {
        let some_time = |goal: i64| (0, Phase { clock: Clock::At(goal), ..self.at_least_after(0) });
        match (self.clock, goal) {
            (Clock::At(now), Some(goal)) if now <= goal => {
                vec![((goal - now - shift_secs).max(0), self.after(goal - now))]
            }
            (Clock::At(now), Some(goal)) if now - goal > shift_secs => vec![(0, self)],
            (_, Some(goal)) => vec![some_time(goal), (0, self)],
            (_, None) => vec![(0, self.at_least_after(0))],
        }
    }

    /// What is known when such a moment has just come.
    pub(super) fn at(number: usize, moment: &Moment) -> Vec<Phase> {
        let come = Phase::default().until(number, moment, false, 0).into_iter().map(|(_, phase)| phase);
        match once(moment) {
            Some(at) => vec![Phase { clock: Clock::At(at), since: None }],
            None => come.collect(),
        }
    }

    /// The least time until a moment comes again that was the last to come, counted with all the time since then.
    fn rest_of_period(self, number: usize, moment: &Moment, strictly: bool) -> i64 {
        match self.since {
            Some(since) if since.moment == number && (since.secs > 0 || strictly) => {
                (period_secs(moment).unwrap_or(0) - since.secs).max(0)
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
            Clock::At(at) => Phase { clock: of_week(at), since: None }.next_of_day(minute, strictly),
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
            Clock::At(at) => Phase { clock: of_week(at), since: None }.next_of_week(weekdays, minute, strictly),
        }
    }
}

impl Since {
    /// It may have been longer ago.
    fn or_longer(self) -> Since {
        Since { is_exact: false, ..self }
    }
}

fn of_day(clock: Clock) -> i64 {
    match clock {
        Clock::Unknown => 0,
        Clock::OfDay(at) | Clock::OfWeek(at) | Clock::At(at) => at.rem_euclid(DAY),
    }
}

/// What of a local time comes again each week: dates that follow each other without end are not told apart.
pub(super) fn of_week(at: i64) -> Clock {
    Clock::OfWeek((at - MONDAY).rem_euclid(WEEK))
}

/// The local time of a moment that comes only once, in seconds since 1970-01-01.
pub(super) fn once(moment: &Moment) -> Option<i64> {
    let Moment::Once { at } = moment else { return None };
    seconds(at.parse().ok()?)
}

/// A local time in seconds since 1970-01-01.
pub(super) fn seconds(at: DateTime) -> Option<i64> {
    Some(TimeZone::UTC.to_timestamp(at).ok()?.as_second())
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
        let (gap, at) = Phase::default().until(0, &tuesday, false, 0)[0];
        assert_eq!(gap, 0);
        assert_eq!(at.after(DAY).until(0, &tuesday, false, 0)[0].0, 6 * DAY);
        assert_eq!(at.until(0, &tuesday, false, 0)[0].0, 0);
        assert_eq!(at.until(0, &tuesday, true, 0)[0].0, WEEK);
    }

    #[test]
    fn what_takes_an_unknown_time_still_fills_the_week() {
        let tuesday = weekly(&[2]);
        let (_, at) = Phase::default().until(0, &tuesday, false, 0)[0];
        assert_eq!(at.after(DAY).at_least_after(0).until(0, &tuesday, false, 0)[0].0, 6 * DAY);
        assert_eq!(at.at_least_after(0).until(0, &tuesday, false, 0)[0].0, 0);
        assert_eq!(at.after(DAY).at_least_after(0).until(1, &weekly(&[4]), false, 0)[0].0, 0);
    }

    #[test]
    fn dates_are_as_far_apart_as_the_calendar_says() {
        let once = |at: &str| Moment::Once { at: at.to_owned() };
        let (spring, easter) = (once("2026-04-04T09:00:00"), once("2026-04-05T10:00:00"));
        let at = Phase::at(0, &spring)[0];
        assert_eq!(
            at.until(1, &easter, false, 0),
            [(25 * 3600, Phase { clock: Clock::At(1_775_383_200), since: None })]
        );
        // What is past is not waited for.
        assert_eq!(at.after(2 * DAY).until(1, &easter, false, 0), [(0, at.after(2 * DAY))]);
        assert_eq!(Phase::default().until(1, &easter, false, 0).len(), 2);
        // 2026-04-05 is a Sunday.
        assert_eq!(at.until(1, &easter, false, 0)[0].1.until(2, &weekly(&[2]), false, 0)[0].0, 2 * DAY);
    }

    #[test]
    fn a_date_in_between_does_not_end_the_week() {
        let (_, tuesday) = Phase::default().until(0, &weekly(&[2]), false, 0)[0];
        let date = Moment::Once { at: "2026-04-05T10:00:00".to_owned() };
        for (gap, phase) in tuesday.after(DAY).until(1, &date, false, 0) {
            let since = phase.since.map(|since| (since.moment, since.secs));
            assert_eq!((gap, since), (0, Some((0, DAY))));
        }
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
