//! Working days around a run, ready to be asked.
//!
//! In: a calendar of the plan. Out: whether a day is worked, and which the next ones are. Never: a rule of holidays in
//! the run itself: all days are laid out in one table before.

use super::civil::{DAY, Zone, from_days, to_days, weekday};
use crate::ir::calendar::Calendar;

/// Which days are worked. Beyond the table the weekday alone decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkDays {
    /// First day of the table, in days since 1970-01-01.
    first: i64,
    /// Of each day, whether it is a day off whatever its weekday.
    off: Vec<bool>,
    /// Whether the weekday is worked, Monday first.
    week: [bool; 7],
}

impl WorkDays {
    /// The days of a calendar from the year of one day to the year of another.
    pub fn of(calendar: &Calendar, from: i64, to: i64) -> WorkDays {
        let (from, to) = (from_days(from).0, from_days(to).0);
        let first = to_days(from, 1, 1);
        let length = usize::try_from(to_days(to + 1, 1, 1) - first).unwrap_or(0);
        let mut off = vec![false; length];
        for year in from..=to {
            for date in calendar.days_off(i16::try_from(year).unwrap_or(0)).keys() {
                let day = to_days(i64::from(date.year()), i64::from(date.month()), i64::from(date.day()));
                if let Some(off) = usize::try_from(day - first).ok().and_then(|at| off.get_mut(at)) {
                    *off = true;
                }
            }
        }
        let week = std::array::from_fn(|index| calendar.work.iter().any(|day| usize::from(*day) == index + 1));
        WorkDays { first, off, week }
    }

    /// Whether a day is a holiday, or off for another reason than its weekday.
    pub fn is_off(&self, day: i64) -> bool {
        usize::try_from(day - self.first).ok().and_then(|at| self.off.get(at)).copied().unwrap_or(false)
    }

    /// Whether a day is worked.
    pub fn is_worked(&self, day: i64) -> bool {
        self.week[usize::try_from(weekday(day) - 1).unwrap_or(0)] && !self.is_off(day)
    }

    /// The how-manieth working day after a day.
    pub fn after(&self, day: i64, count: u32) -> i64 {
        let mut day = day;
        for _ in 0..count {
            day += 1;
            while !self.is_worked(day) {
                day += 1;
            }
        }
        day
    }

    /// The first or the last working day of a month; `None` if no day of it is worked.
    pub fn of_month(&self, year: i64, month: i64, last: bool) -> Option<i64> {
        let next = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        let mut days = to_days(year, month, 1)..to_days(next.0, next.1, 1);
        if last { days.rev().find(|day| self.is_worked(*day)) } else { days.find(|day| self.is_worked(*day)) }
    }

    /// The same local time on the how-manieth working day after the one of an instant.
    pub fn wait(&self, zone: &Zone, now: i64, count: u32) -> i64 {
        let local = zone.local(now);
        let day = self.after(local.div_euclid(DAY), count);
        zone.first(day * DAY + local.rem_euclid(DAY))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::ir::calendar::Holidays;
    use crate::text::Origin;

    fn day(text: &str) -> i64 {
        let date: jiff::civil::Date = text.parse().unwrap();
        to_days(i64::from(date.year()), i64::from(date.month()), i64::from(date.day()))
    }

    fn japan() -> WorkDays {
        let days = ["2026-12-29", "2026-12-30", "2026-12-31", "2027-01-02", "2027-01-03"];
        let calendar = Calendar {
            label: None,
            holidays: Some(Holidays::Japan),
            days: days.iter().map(|day| ((*day).to_owned(), None)).collect::<BTreeMap<_, _>>(),
            work: vec![1, 2, 3, 4, 5],
            origin: Origin::default(),
        };
        WorkDays::of(&calendar, day("2026-04-01"), day("2027-03-01"))
    }

    #[test]
    fn working_days_leave_out_weekends_holidays_and_own_days() {
        let japan = japan();
        // Golden Week 2026: Sunday 3 May to Wednesday 6 May are holidays.
        assert_eq!(japan.after(day("2026-05-01"), 1), day("2026-05-07"));
        assert_eq!(japan.after(day("2026-05-01"), 3), day("2026-05-11"));
        assert_eq!(japan.after(day("2026-05-02"), 1), day("2026-05-07"));
        // New Year: Tuesday 29 December to Sunday 3 January are off.
        assert_eq!(japan.after(day("2026-12-28"), 1), day("2027-01-04"));
        assert!(japan.is_off(day("2026-09-22")) && !japan.is_worked(day("2026-09-22")));
        assert!(!japan.is_off(day("2026-04-04")) && !japan.is_worked(day("2026-04-04")));
    }

    #[test]
    fn months_begin_and_end_on_working_days() {
        let japan = japan();
        assert_eq!(japan.of_month(2026, 12, true), Some(day("2026-12-28")));
        assert_eq!(japan.of_month(2027, 1, false), Some(day("2027-01-04")));
        assert_eq!(japan.of_month(2026, 5, true), Some(day("2026-05-29")));
        assert_eq!(japan.of_month(2026, 8, false), Some(day("2026-08-03")));
    }

    #[test]
    fn a_wait_keeps_the_time_of_the_day() {
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_second();
        let tokyo = Zone::load("Asia/Tokyo", at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")).unwrap();
        // Friday 1 May, 15:30 in Tokyo.
        assert_eq!(japan().wait(&tokyo, at("2026-05-01T06:30:00Z"), 3), at("2026-05-11T06:30:00Z"));
        let new_york = Zone::load("America/New_York", at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")).unwrap();
        // Friday 6 March, 02:30; clocks go forward on the Sunday between.
        assert_eq!(japan().wait(&new_york, at("2026-03-06T07:30:00Z"), 1), at("2026-03-09T06:30:00Z"));
    }
}
