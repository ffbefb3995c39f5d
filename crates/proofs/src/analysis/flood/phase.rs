//! What is known of the local time at which an instance stands on a step, and how long the next moment is away at least.
//!
//! In: moments and lengths. Out: least separations in seconds. Never: a date, but where a moment comes only once.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::ir::journey::{Moment, WorkingDay};

const MINUTE: i64 = 60;
pub(super) const DAY: i64 = 86_400;
/// By how much a clock is changed at most in one zone, in seconds.
pub(super) const CLOCK_CHANGE: i64 = 2 * 3600;
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

/// How a moment comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Beat {
    /// Every day at this minute.
    Daily { minute: u16 },
    /// On these weekdays at this minute; `some` if not on all of them.
    Weekly { weekdays: Vec<u8>, minute: u16, some: bool },
    /// On some days at this minute; the least time from one to the next is so long, in seconds by the local clock.
    Rare { minute: u16, period_secs: i64 },
    /// At one local time, in seconds since 1970-01-01; `None` if it is none.
    Once(Option<i64>),
}

impl Beat {
    /// How a moment comes. Days off may only take some away; `gap` is the least number of days between the first, or the
    /// last, working days of two months by a calendar, and `work` its weekdays.
    pub(super) fn of(moment: &Moment, work: &dyn Fn(&str) -> Vec<u8>, gap: &dyn Fn(&str, WorkingDay) -> i64) -> Beat {
        match moment {
            Moment::Daily { minute } => Beat::Daily { minute: *minute },
            Moment::Weekly { weekdays, minute } => {
                Beat::Weekly { weekdays: weekdays.clone(), minute: *minute, some: false }
            }
            Moment::Working { day: WorkingDay::Every, calendar, minute } => {
                Beat::Weekly { weekdays: work(calendar), minute: *minute, some: true }
            }
            Moment::Working { day, calendar, minute } => {
                Beat::Rare { minute: *minute, period_secs: gap(calendar, *day) * DAY }
            }
            Moment::Monthly { minute, .. } => Beat::Rare { minute: *minute, period_secs: 28 * DAY },
            Moment::Once { .. } => Beat::Once(once(moment)),
        }
    }

    /// The most time until such a moment, in seconds, where clocks are changed in one zone alone; `None` if nothing is known.
    pub(super) fn longest_secs(&self) -> Option<i64> {
        match self {
            Beat::Daily { .. } => Some(DAY + CLOCK_CHANGE),
            Beat::Weekly { some: false, .. } => Some(WEEK + CLOCK_CHANGE),
            Beat::Weekly { some: true, .. } | Beat::Rare { .. } | Beat::Once(_) => None,
        }
    }

    /// The least time from one such moment to the next, in seconds by the local clock; `None` if it comes only once.
    fn period_secs(&self) -> Option<i64> {
        match self {
            Beat::Daily { .. } => Some(DAY),
            Beat::Weekly { weekdays, .. } => {
                let mut days: Vec<i64> = weekdays.iter().map(|day| i64::from(*day)).collect();
                days.sort_unstable();
                let next = days.iter().cycle().skip(1);
                let gaps = days.iter().zip(next).map(|(day, next)| (next - day - 1).rem_euclid(7) + 1);
                gaps.min().map(|days| days * DAY)
            }
            Beat::Rare { period_secs, .. } => Some(*period_secs),
            Beat::Once(_) => None,
        }
    }
}

/// What is known of the time at a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Phase {
    /// The clock.
    pub(super) clock: Clock,
    /// The moment that came last, and of those before it the one that takes longest to come again.
    pub(super) since: [Option<Since>; 2],
}

/// A moment that has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Since {
    /// Its number.
    moment: usize,
    /// The least time from it until it comes again, in seconds by the local clock.
    period_secs: i64,
    /// What the clock showed.
    clock: Clock,
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
        Phase { clock: Clock::Unknown, since: self.later(secs).map(|since| since.map(Since::or_longer)) }
    }

    /// What is known where it is not known what came before: how long it was.
    pub(super) fn afresh(self) -> Phase {
        Phase { since: self.since.map(|since| since.filter(|since| since.is_exact)), ..self }
    }

    /// On a later day at the same time; at least so many days have passed.
    pub(super) fn days_after(self, days: i64) -> Phase {
        let clock = match self.clock {
            Clock::Unknown => Clock::Unknown,
            Clock::OfDay(at) | Clock::OfWeek(at) | Clock::At(at) => Clock::OfDay(at.rem_euclid(DAY)),
        };
        Phase { clock, since: self.later(days * DAY).map(|since| since.map(Since::or_longer)) }
    }

    /// More than a month says nothing that more than a day would not, once every period is over.
    fn later(self, secs: i64) -> [Option<Since>; 2] {
        let later = |since: Since| Since { secs: since.secs.saturating_add(secs).min(32 * DAY), ..since };
        self.since.map(|since| since.map(later))
    }

    /// Whether a moment has just come, so that the clock shows what it is known to show. Otherwise it may have been set since
    /// it was told.
    pub(super) fn is_told(self) -> bool {
        self.since[0].is_some_and(|since| since.secs == 0 && since.is_exact)
    }

    /// The ways in which a moment may come next: the least time until then, and what is known then. `strictly` if it
    /// cannot be this very instant. Clocks may be set by so many seconds.
    pub(super) fn until(self, number: usize, beat: &Beat, strictly: bool, shift_secs: i64) -> Vec<(i64, Phase)> {
        if let Beat::Once(goal) = beat {
            return self.until_once(*goal, shift_secs);
        }
        let ways = self.next_by_any_clock(beat, strictly, shift_secs);
        let come = |(gap, clock): (i64, Clock)| {
            let rest = (self.rest_until(number, beat, clock, strictly) - shift_secs).max(0);
            let gap = gap.max(rest);
            let since = self.with(number, beat, clock, gap);
            let is_exact = shift_secs == 0 && self.tells(beat);
            (gap, Phase { clock, since: if is_exact { since } else { [since[0], since[1].map(Since::or_longer)] } })
        };
        ways.into_iter().map(come).collect()
    }

    /// Whether the clock tells how long it is until a moment, and not only how long at least.
    fn tells(self, beat: &Beat) -> bool {
        match (self.clock, beat) {
            (Clock::Unknown, _) | (_, Beat::Rare { .. } | Beat::Once(_) | Beat::Weekly { some: true, .. }) => false,
            (_, Beat::Daily { .. }) | (Clock::OfWeek(_) | Clock::At(_), Beat::Weekly { .. }) => true,
            (Clock::OfDay(_), Beat::Weekly { .. }) => false,
        }
    }

    /// The moments that have come when one comes so much later.
    fn with(self, number: usize, beat: &Beat, clock: Clock, secs: i64) -> [Option<Since>; 2] {
        let period_secs = beat.period_secs().unwrap_or(0);
        let before = self.later(secs).into_iter().flatten().filter(|since| since.moment != number);
        // Of two that take as long, the one that came last.
        let kept = before.rev().max_by_key(|since| since.period_secs);
        [Some(Since { moment: number, period_secs, clock, secs: 0, is_exact: true }), kept]
    }

    /// The least time until the clock shows this because a moment comes, counted with all the time since others came. The
    /// same moment takes its period, and between two others lies what the clock says.
    fn rest_until(self, number: usize, beat: &Beat, clock: Clock, strictly: bool) -> i64 {
        let rest = |since: Since| {
            let is_now = since.secs == 0 && !strictly;
            let (passed, period) = match (since.clock, clock) {
                (Clock::OfWeek(then), Clock::OfWeek(now)) => (now - then, WEEK),
                (Clock::Unknown, _) | (_, Clock::Unknown) => (0, 0),
                (then, now) => (of_day(now) - of_day(then), DAY),
            };
            // What it shows again it has not shown all the time.
            let of_clock = match passed.checked_rem_euclid(period) {
                Some(0) if !is_now => period,
                passed => passed.unwrap_or(0),
            };
            let of_period = if since.moment == number && !is_now { beat.period_secs().unwrap_or(0) } else { 0 };
            of_clock.max(of_period) - since.secs
        };
        self.since.into_iter().flatten().map(rest).max().unwrap_or(0)
    }

    /// The same by the clock alone, which may have been set, or be set in the meantime, by so many seconds.
    fn next_by_any_clock(self, beat: &Beat, strictly: bool, shift_secs: i64) -> Vec<(i64, Clock)> {
        let less = |ways: Vec<(i64, Clock)>, secs: i64| -> Vec<(i64, Clock)> {
            ways.into_iter().map(|(gap, clock)| ((gap - secs).max(0), clock)).collect()
        };
        if shift_secs == 0 || self.is_told() {
            return less(self.next(beat, strictly), shift_secs);
        }
        if shift_secs >= DAY {
            return Phase::default().next(beat, false);
        }
        // What it shows is between these two. A clock that was set back shows again what it has shown.
        let (slow, fast) = (self.after(-shift_secs), self.after(shift_secs));
        let mut ways = less(slow.next(beat, false), 2 * shift_secs);
        ways.extend(fast.next(beat, false));
        // Of each clock the least time.
        ways.sort_unstable_by_key(|(gap, clock)| (*clock, *gap));
        ways.dedup_by_key(|(_, clock)| *clock);
        ways
    }

    /// The same by the clock as it is known.
    fn next(self, beat: &Beat, strictly: bool) -> Vec<(i64, Clock)> {
        match beat {
            Beat::Daily { minute } => vec![self.next_of_day(*minute, strictly)],
            Beat::Weekly { weekdays, minute, .. } => self.next_of_week(weekdays, *minute, strictly),
            Beat::Rare { minute, .. } => {
                let (gap, clock) = self.next_of_day(*minute, false);
                vec![(gap, Clock::OfDay(of_day(clock)))]
            }
            Beat::Once(_) => Vec::new(),
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
    pub(super) fn at(number: usize, beat: &Beat) -> Vec<Phase> {
        match beat {
            Beat::Once(Some(at)) => vec![Phase { clock: Clock::At(*at), since: [None; 2] }],
            _ => Phase::default().until(number, beat, false, 0).into_iter().map(|(_, phase)| phase).collect(),
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
            Clock::At(at) => Phase { clock: of_week(at), since: [None; 2] }.next_of_day(minute, strictly),
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
            Clock::At(at) => Phase { clock: of_week(at), since: [None; 2] }.next_of_week(weekdays, minute, strictly),
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

#[cfg(test)]
mod tests {
    use super::*;

    const NO_DAY: Beat = Beat::Weekly { weekdays: Vec::new(), minute: 600, some: false };

    fn weekly(weekdays: &[u8]) -> Beat {
        Beat::Weekly { weekdays: weekdays.to_vec(), minute: 600, some: false }
    }

    fn date(at: &str) -> Beat {
        Beat::Once(once(&Moment::Once { at: at.to_owned() }))
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
        assert_eq!(at.after(DAY).at_least_after(0).until(1, &weekly(&[4]), false, 0)[0].0, DAY);
    }

    #[test]
    fn dates_are_as_far_apart_as_the_calendar_says() {
        let (spring, easter) = (date("2026-04-04T09:00:00"), date("2026-04-05T10:00:00"));
        let at = Phase::at(0, &spring)[0];
        assert_eq!(
            at.until(1, &easter, false, 0),
            [(25 * 3600, Phase { clock: Clock::At(1_775_383_200), since: [None; 2] })]
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
        for (gap, phase) in tuesday.after(DAY).until(1, &date("2026-04-05T10:00:00"), false, 0) {
            let since = phase.since[0].map(|since| (since.moment, since.secs));
            assert_eq!((gap, since), (0, Some((0, DAY))));
        }
    }

    #[test]
    fn periods_are_the_least_there_are() {
        let period = |beat: &Beat| beat.period_secs();
        assert_eq!(period(&weekly(&[1, 4])), Some(3 * DAY));
        assert_eq!(period(&weekly(&[1, 7])), Some(DAY));
        assert_eq!(period(&weekly(&[5])), Some(WEEK));
        assert_eq!(period(&Beat::Daily { minute: 0 }), Some(DAY));
        assert_eq!(period(&NO_DAY), None);
    }

    #[test]
    fn between_two_moments_lies_what_the_clock_says() {
        let (tuesday, thursday, noon) = (weekly(&[2]), weekly(&[4]), Beat::Daily { minute: 720 });
        let (_, at) = Phase::default().until(0, &tuesday, false, 0)[0];
        // However long it takes until leads wait for the other one.
        let (gap, later) = at.at_least_after(0).until(1, &thursday, false, 0)[0];
        assert_eq!(gap, 2 * DAY);
        assert_eq!(later.at_least_after(0).until(0, &tuesday, false, 0)[0].0, 5 * DAY);
        assert_eq!(at.at_least_after(1).until(1, &noon, false, 0)[0].0, 2 * 3600 - 1);
        // Clocks that are set may bring it nearer.
        assert_eq!(at.at_least_after(0).until(1, &noon, false, 3600)[0].0, 3600);
    }

    #[test]
    fn a_month_is_not_over_when_a_day_is() {
        let (month, noon) = (Beat::Rare { minute: 600, period_secs: 28 * DAY }, Beat::Daily { minute: 720 });
        let at = Phase::at(0, &month)[0];
        let (gap, then) = at.until(1, &noon, false, 0)[0];
        assert_eq!(gap, 2 * 3600);
        assert_eq!(then.at_least_after(0).until(0, &month, false, 0)[0].0, 28 * DAY - 2 * 3600);
    }
}
