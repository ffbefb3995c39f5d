//! Questions about local time: what the clock shows, when a local moment comes, when quiet hours end, where a calendar
//! window begins.
//!
//! In: instants as seconds since 1970-01-01T00:00:00Z and the IANA rules as jiff holds them. Out: instants. Never: the
//! machine's clock or zone.
//!
//! A [`Zone`] holds the offsets of the years around a run in one table, so that the run asks no name and no rule again.
//! Local time is counted in *local seconds*: the seconds since 1970-01-01T00:00:00 that the local clock would count.
//! One rule answers all that is odd about clocks: a local time stands for **the first instant at which the clock shows
//! it or more**. So a time that does not exist is the first one after the gap, and one that happens twice is the first.

use std::sync::Arc;

use super::program::Calendars;
use super::work_days::WorkDays;
use crate::ir::journey::{Moment as PlanMoment, WorkingDay};
use crate::ir::{QuietHours, Window};

/// Seconds in a day.
pub const DAY: i64 = 86_400;

/// A time zone over the years around a run: stretches of one offset each.
#[derive(Clone, Debug)]
pub struct Zone {
    /// First instant of each stretch; the first stretch begins before all time.
    starts: Vec<i64>,
    /// Seconds east of Greenwich in that stretch.
    offsets: Vec<i64>,
}

impl Zone {
    /// The zone of an IANA name between two instants, with two years more at both ends; `None` if there is none.
    pub fn load(name: &str, from: i64, to: i64) -> Option<Zone> {
        let zone = jiff::tz::TimeZone::get(name).ok()?;
        let begin = jiff::Timestamp::from_second(from - 2 * 366 * DAY).ok()?;
        let mut loaded = Zone { starts: vec![i64::MIN], offsets: vec![i64::from(zone.to_offset(begin).seconds())] };
        for change in zone.following(begin) {
            let at = change.timestamp().as_second();
            if at > to + 2 * 366 * DAY {
                break;
            }
            let offset = i64::from(change.offset().seconds());
            if loaded.offsets.last() != Some(&offset) {
                loaded.starts.push(at);
                loaded.offsets.push(offset);
            }
        }
        Some(loaded)
    }

    /// Seconds east of Greenwich at an instant.
    #[inline]
    pub fn offset(&self, at: i64) -> i64 {
        match self.offsets.as_slice() {
            [only] => *only,
            offsets => offsets[self.starts.partition_point(|start| *start <= at) - 1],
        }
    }

    /// What the local clock shows at an instant, in local seconds.
    pub fn local(&self, at: i64) -> i64 {
        at.saturating_add(self.offset(at))
    }

    /// Local date at an instant, in days since 1970-01-01.
    pub fn date(&self, at: i64) -> i64 {
        self.local(at).div_euclid(DAY)
    }

    /// The first instant at which the local clock shows `local` or more.
    pub fn first(&self, local: i64) -> i64 {
        if let [only] = self.offsets.as_slice() {
            return local - only;
        }
        for (index, offset) in self.offsets.iter().enumerate() {
            let end = self.starts.get(index + 1).copied().unwrap_or(i64::MAX);
            if local.saturating_sub(*offset) < end {
                return self.starts[index].max(local - offset);
            }
        }
        // The last stretch has no end, so the loop has returned.
        local
    }

    /// An instant as local time with its offset, as RFC 3339 writes it.
    pub fn show(&self, at: i64) -> String {
        let (offset, local) = (self.offset(at), self.local(at));
        let (year, month, day) = from_days(local.div_euclid(DAY));
        let clock = local.rem_euclid(DAY);
        let (sign, east) = if offset < 0 { ('-', -offset) } else { ('+', offset) };
        format!(
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}{sign}{:02}:{:02}",
            clock / 3600,
            clock / 60 % 60,
            clock % 60,
            east / 3600,
            east / 60 % 60,
        )
    }

    /// The first instant that counts in the window that `at` lies in: everything from it to `at` is inside.
    pub fn window_start(&self, window: Window, at: i64) -> i64 {
        match window {
            Window::RollingSecs(secs) => at - secs + 1,
            Window::CalendarDay | Window::CalendarWeek | Window::CalendarMonth => {
                self.first(calendar_bounds(window, self.date(at)).0 * DAY)
            }
            Window::Ever => i64::MIN,
        }
    }

    /// Whether its clocks are never changed.
    pub fn is_steady(&self) -> bool {
        self.offsets.len() == 1
    }

    /// The first instant of the calendar window after the one that `at` lies in. Rolling windows have none.
    pub fn next_window(&self, window: Window, at: i64) -> Option<i64> {
        match window {
            Window::CalendarDay | Window::CalendarWeek | Window::CalendarMonth => {
                Some(self.first(calendar_bounds(window, self.date(at)).1 * DAY))
            }
            Window::RollingSecs(_) | Window::Ever => None,
        }
    }
}

/// First day of the calendar window that a day lies in, and of the next one.
fn calendar_bounds(window: Window, day: i64) -> (i64, i64) {
    match window {
        Window::CalendarWeek => {
            let monday = day - (weekday(day) - 1);
            (monday, monday + 7)
        }
        Window::CalendarMonth => {
            let (year, month, _) = from_days(day);
            let next = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
            (to_days(year, month, 1), to_days(next.0, next.1, 1))
        }
        Window::CalendarDay | Window::RollingSecs(_) | Window::Ever => (day, day + 1),
    }
}

/// A local moment, ready to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Every day at this second of the day.
    Daily(i64),
    /// On these weekdays, 1 Monday to 7 Sunday, at this second of the day.
    Weekly(Vec<u8>, i64),
    /// On this day of every month at this second of the day.
    Monthly(u8, i64),
    /// On working days at this second of the day.
    Working(WorkingDay, Arc<WorkDays>, i64),
    /// Once, in local seconds.
    Once(i64),
}

impl Moment {
    /// The moment of a plan.
    ///
    /// # Errors
    /// In words, if its text is no civil time, or its calendar is unknown.
    pub fn of(moment: &PlanMoment, calendars: &Calendars) -> Result<Moment, String> {
        Ok(match moment {
            PlanMoment::Daily { minute } => Moment::Daily(i64::from(*minute) * 60),
            PlanMoment::Weekly { weekdays, minute } => Moment::Weekly(weekdays.clone(), i64::from(*minute) * 60),
            PlanMoment::Monthly { day, minute } => Moment::Monthly(*day, i64::from(*minute) * 60),
            PlanMoment::Working { day, calendar, minute } => {
                Moment::Working(*day, calendars.get(calendar)?, i64::from(*minute) * 60)
            }
            PlanMoment::Once { at } => {
                Moment::Once(civil_seconds(at).ok_or_else(|| format!("`{at}` is no local time"))?)
            }
        })
    }

    /// The first instant at or after `at` at which the moment comes; `None` if it never does.
    pub fn at_or_after(&self, zone: &Zone, at: i64) -> Option<i64> {
        // A moment of yesterday may have been moved past midnight by a change of clocks.
        let yesterday = zone.date(at) - 1;
        let coming = |local: i64| Some(zone.first(local)).filter(|instant| *instant >= at);
        match self {
            Moment::Daily(second) => (yesterday..yesterday + 5).find_map(|day| coming(day * DAY + second)),
            Moment::Weekly(weekdays, second) => (yesterday..yesterday + 17)
                .filter(|day| weekdays.iter().any(|weekday| i64::from(*weekday) == self::weekday(*day)))
                .find_map(|day| coming(day * DAY + second)),
            Moment::Monthly(number, second) => {
                let (year, month, _) = from_days(yesterday);
                (0..4).find_map(|ahead| {
                    let months = year * 12 + month - 1 + ahead;
                    let day = to_days(months.div_euclid(12), months.rem_euclid(12) + 1, i64::from(*number));
                    coming(day * DAY + second)
                })
            }
            Moment::Working(WorkingDay::Every, days, second) => (yesterday..yesterday + 800)
                .filter(|day| days.is_worked(*day))
                .find_map(|day| coming(day * DAY + second)),
            Moment::Working(which @ (WorkingDay::FirstOfMonth | WorkingDay::LastOfMonth), days, second) => {
                let (year, month, _) = from_days(yesterday);
                (0..24).find_map(|ahead| {
                    let months = year * 12 + month - 1 + ahead;
                    let last = *which == WorkingDay::LastOfMonth;
                    let day = days.of_month(months.div_euclid(12), months.rem_euclid(12) + 1, last)?;
                    coming(day * DAY + second)
                })
            }
            Moment::Once(local) => coming(*local),
        }
    }
}

/// Quiet hours, ready to be asked. A quiet span reaches from the first instant at which the clock shows its beginning
/// to the first at which it shows its end, that one not included.
#[derive(Clone, Debug)]
pub struct Quiet {
    /// Beginning, in seconds from the day's midnight.
    from: i64,
    /// End, in seconds from the same midnight; beyond a day where the span crosses midnight.
    to: i64,
    /// Whether the weekday (Monday first) is quiet all day.
    all_day: [bool; 7],
    /// The calendar whose days off are quiet all day.
    holidays: Option<Arc<WorkDays>>,
    /// Whether it is the lead's clock.
    pub lead_time: bool,
}

impl Quiet {
    /// Those of a plan.
    ///
    /// # Errors
    /// If the calendar of their holidays is unknown.
    pub fn of(hours: &QuietHours, calendars: &Calendars) -> Result<Quiet, String> {
        let (from, to) = (i64::from(hours.from_minute) * 60, i64::from(hours.to_minute) * 60);
        let to = if to < from { to + DAY } else { to };
        let all_day = std::array::from_fn(|index| hours.weekdays.iter().any(|day| usize::from(*day) == index + 1));
        let holidays = hours.holidays.as_ref().map(|calendar| calendars.get(calendar)).transpose()?;
        Ok(Quiet { from, to, all_day, holidays, lead_time: hours.lead_time })
    }

    /// `at` if it is not quiet then, else the first instant after it that is not; `None` if it is quiet for ever.
    pub fn opening(&self, zone: &Zone, at: i64) -> Option<i64> {
        let mut open = at;
        // Spans follow one another for a week and the longest row of days off at most, unless they never end.
        let most = if self.holidays.is_some() { 4_096 } else { 32 };
        for _ in 0..most {
            match self.end_of_span(zone, open) {
                Some(end) => open = end,
                None => return Some(open),
            }
        }
        None
    }

    /// The end of a quiet span that holds the instant.
    fn end_of_span(&self, zone: &Zone, at: i64) -> Option<i64> {
        let today = zone.date(at);
        let holds = |from: i64, to: i64| {
            let (from, to) = (zone.first(from), zone.first(to));
            (from <= at && at < to).then_some(to)
        };
        (today - 2..=today + 1).find_map(|day| {
            let midnight = day * DAY;
            let all_day = self.all_day[usize::try_from(weekday(day) - 1).unwrap_or(0)]
                || self.holidays.as_ref().is_some_and(|holidays| holidays.is_off(day));
            holds(midnight + self.from, midnight + self.to)
                .or_else(|| all_day.then(|| holds(midnight, midnight + DAY)).flatten())
        })
    }
}

/// Local seconds of a civil time written `YYYY-MM-DDTHH:MM:SS`.
pub fn civil_seconds(text: &str) -> Option<i64> {
    let civil: jiff::civil::DateTime = text.parse().ok()?;
    let days = to_days(i64::from(civil.year()), i64::from(civil.month()), i64::from(civil.day()));
    Some(days * DAY + i64::from(civil.hour()) * 3600 + i64::from(civil.minute()) * 60 + i64::from(civil.second()))
}

/// Weekday of a day: 1 Monday to 7 Sunday. 1970-01-01 was a Thursday.
pub fn weekday(day: i64) -> i64 {
    (day + 3).rem_euclid(7) + 1
}

/// Days since 1970-01-01 of a date. Howard Hinnant, "chrono-compatible low-level date algorithms", `days_from_civil`.
pub fn to_days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The anniversary of a day that comes next, `today` included. One of 29 February is on 28 February in other years.
pub fn anniversary(day: i64, today: i64) -> i64 {
    let (_, month, of_month) = from_days(day);
    let (this_year, _, _) = from_days(today);
    let of_year = |year: i64| {
        let day = to_days(year, month, of_month);
        if from_days(day).1 == month { day } else { day - 1 }
    };
    if of_year(this_year) >= today { of_year(this_year) } else { of_year(this_year + 1) }
}

/// Year, month and day of the days since 1970-01-01. The same source, `civil_from_days`.
pub fn from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + days.div_euclid(146_097) * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anniversaries_come_every_year() {
        let next = |day: (i64, i64, i64), today: (i64, i64, i64)| {
            let days = |(year, month, day)| to_days(year, month, day);
            from_days(anniversary(days(day), days(today)))
        };
        assert_eq!(next((1990, 6, 15), (2026, 4, 1)), (2026, 6, 15));
        assert_eq!(next((1990, 6, 15), (2026, 6, 15)), (2026, 6, 15));
        assert_eq!(next((1990, 6, 15), (2026, 6, 16)), (2027, 6, 15));
        assert_eq!(next((1992, 2, 29), (2026, 2, 1)), (2026, 2, 28));
        assert_eq!(next((1992, 2, 29), (2027, 3, 1)), (2028, 2, 29));
    }

    fn quiet_of(hours: &QuietHours) -> Quiet {
        Quiet::of(hours, &Calendars::default()).unwrap()
    }

    fn instant(text: &str) -> i64 {
        text.parse::<jiff::Timestamp>().unwrap().as_second()
    }

    fn zone(name: &str) -> Zone {
        Zone::load(name, instant("2026-01-01T00:00:00Z"), instant("2026-12-31T00:00:00Z")).unwrap()
    }

    fn once(zone: &Zone, local: &str) -> i64 {
        zone.first(civil_seconds(local).unwrap())
    }

    #[test]
    fn days_and_dates_agree_with_jiff() {
        for days in (-800_000..800_000).step_by(61) {
            let (year, month, day) = from_days(days);
            assert_eq!(to_days(year, month, day), days);
            let date = jiff::civil::date(1970, 1, 1) + jiff::Span::new().days(days);
            assert_eq!((i64::from(date.year()), i64::from(date.month()), i64::from(date.day())), (year, month, day));
            assert_eq!(i64::from(date.weekday().to_monday_one_offset()), weekday(days));
        }
    }

    #[test]
    fn a_missing_local_time_is_the_first_after_the_gap() {
        let new_york = zone("America/New_York");
        assert_eq!(once(&new_york, "2026-03-08T02:30:00"), instant("2026-03-08T07:00:00Z"));
        assert_eq!(new_york.show(instant("2026-03-08T07:00:00Z")), "2026-03-08T03:00:00-04:00");
        assert_eq!(once(&new_york, "2026-03-08T03:30:00"), instant("2026-03-08T07:30:00Z"));
    }

    #[test]
    fn a_local_time_that_happens_twice_is_the_first() {
        let new_york = zone("America/New_York");
        assert_eq!(once(&new_york, "2026-11-01T01:30:00"), instant("2026-11-01T05:30:00Z"));
        let half_past_one = Moment::Daily(5400);
        // Between the two, the next one is tomorrow's.
        assert_eq!(
            half_past_one.at_or_after(&new_york, instant("2026-11-01T05:30:01Z")),
            Some(instant("2026-11-02T06:30:00Z"))
        );
    }

    #[test]
    fn moments_come_at_or_after() {
        let new_york = zone("America/New_York");
        let nine = Moment::Daily(9 * 3600);
        assert_eq!(nine.at_or_after(&new_york, instant("2026-03-07T18:00:00Z")), Some(instant("2026-03-08T13:00:00Z")));
        assert_eq!(nine.at_or_after(&new_york, instant("2026-03-08T13:00:00Z")), Some(instant("2026-03-08T13:00:00Z")));
        let friday = Moment::Weekly(vec![5], 20 * 3600);
        let los_angeles = zone("America/Los_Angeles");
        assert_eq!(
            friday.at_or_after(&los_angeles, instant("2026-01-07T12:00:00Z")),
            Some(instant("2026-01-10T04:00:00Z"))
        );
        let first = Moment::Monthly(1, 9 * 3600);
        let tokyo = zone("Asia/Tokyo");
        assert_eq!(first.at_or_after(&tokyo, instant("2026-12-01T00:00:01Z")), Some(instant("2027-01-01T00:00:00Z")));
        assert_eq!(Moment::Once(0).at_or_after(&tokyo, 0), None);
    }

    #[test]
    fn quiet_hours_over_midnight_open_exactly_at_the_end() {
        let tokyo = zone("Asia/Tokyo");
        let hours = QuietHours {
            from_minute: 1320,
            to_minute: 360,
            weekdays: vec![],
            holidays: None,
            lead_time: true,
            origin: Default::default(),
        };
        let quiet = quiet_of(&hours);
        let at = |local: &str| once(&tokyo, local);
        let opening = |local: &str| quiet.opening(&tokyo, at(local)).unwrap();
        assert_eq!(opening("2026-04-01T12:00:00"), at("2026-04-01T12:00:00"));
        assert_eq!(opening("2026-04-01T21:59:59"), at("2026-04-01T21:59:59"));
        assert_eq!(opening("2026-04-01T22:00:00"), at("2026-04-02T06:00:00"));
        assert_eq!(opening("2026-04-02T05:59:59"), at("2026-04-02T06:00:00"));
        assert_eq!(opening("2026-04-02T06:00:00"), at("2026-04-02T06:00:00"));
    }

    #[test]
    fn quiet_days_join_quiet_nights() {
        let tokyo = zone("Asia/Tokyo");
        let at = |local: &str| once(&tokyo, local);
        let office = quiet_of(&QuietHours {
            from_minute: 1020,
            to_minute: 540,
            weekdays: vec![6, 7],
            holidays: None,
            lead_time: true,
            origin: Default::default(),
        });
        // Friday evening to Monday morning.
        assert_eq!(office.opening(&tokyo, at("2026-04-03T17:00:00")), Some(at("2026-04-06T09:00:00")));
        let weekend = quiet_of(&QuietHours {
            from_minute: 0,
            to_minute: 0,
            weekdays: vec![6, 7],
            holidays: None,
            lead_time: true,
            origin: Default::default(),
        });
        assert_eq!(weekend.opening(&tokyo, at("2026-04-03T23:59:59")), Some(at("2026-04-03T23:59:59")));
        assert_eq!(weekend.opening(&tokyo, at("2026-04-04T00:00:00")), Some(at("2026-04-06T00:00:00")));
        let days = (1..=7).collect();
        let never = quiet_of(&QuietHours {
            from_minute: 0,
            to_minute: 0,
            weekdays: days,
            holidays: None,
            lead_time: true,
            origin: Default::default(),
        });
        assert_eq!(never.opening(&tokyo, at("2026-04-04T00:00:00")), None);
    }

    #[test]
    fn quiet_until_a_missing_time_opens_after_the_gap() {
        let new_york = zone("America/New_York");
        let quiet = quiet_of(&QuietHours {
            from_minute: 1320,
            to_minute: 150,
            weekdays: vec![],
            holidays: None,
            lead_time: true,
            origin: Default::default(),
        });
        assert_eq!(quiet.opening(&new_york, instant("2026-03-08T06:00:00Z")), Some(instant("2026-03-08T07:00:00Z")));
    }

    #[test]
    fn calendar_windows_follow_the_local_date() {
        let tokyo = zone("Asia/Tokyo");
        let at = instant("2026-03-31T16:00:00Z"); // Wednesday 2026-04-01 01:00 in Tokyo
        assert_eq!(tokyo.window_start(Window::CalendarDay, at), instant("2026-03-31T15:00:00Z"));
        assert_eq!(tokyo.window_start(Window::CalendarWeek, at), instant("2026-03-29T15:00:00Z"));
        assert_eq!(tokyo.window_start(Window::CalendarMonth, at), instant("2026-03-31T15:00:00Z"));
        assert_eq!(tokyo.next_window(Window::CalendarWeek, at), Some(instant("2026-04-05T15:00:00Z")));
        assert_eq!(tokyo.next_window(Window::CalendarMonth, at), Some(instant("2026-04-30T15:00:00Z")));
        assert_eq!(tokyo.window_start(Window::RollingSecs(10), 100), 91);
    }
}
