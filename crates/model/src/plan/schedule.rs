//! The schedule of a campaign: when schedules let members of segments in, day by day.

use std::fmt::Write as _;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::ir::journey::{EntryBy, Moment, WorkingDay};
use crate::ir::{Calendar, Campaign};

/// Lines that are shown; a daily schedule alone would fill pages.
const SHOWN: usize = 60;

/// A moment at which a schedule lets members in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scheduled<'a> {
    /// The day, in the local time of each lead.
    pub date: Date,
    /// Minute of that day.
    pub minute: u16,
    /// The journey.
    pub journey: &'a str,
    /// Whose members enter.
    pub segment: &'a str,
}

/// All such moments of the days from `first` on, in order.
pub fn schedule(campaign: &Campaign, first: Date, days: u32) -> Vec<Scheduled<'_>> {
    let mut found = Vec::new();
    for (name, journey) in &campaign.journeys {
        let EntryBy::Schedule { segment, moment } = &journey.entry.by else { continue };
        let ends: Option<jiff::civil::DateTime> = journey.ends.as_ref().and_then(|ends| ends.parse().ok());
        for date in (0..days).filter_map(|day| first.checked_add(i64::from(day).days()).ok()) {
            let Some(minute) = minute_on(moment, date, campaign) else { continue };
            let at = date.at((minute / 60) as i8, (minute % 60) as i8, 0, 0);
            if ends.is_none_or(|ends| at <= ends) {
                found.push(Scheduled { date, minute, journey: name, segment });
            }
        }
    }
    found.sort();
    found
}

/// The minute of the day at which a moment comes on a date, if it does.
fn minute_on(moment: &Moment, date: Date, campaign: &Campaign) -> Option<u16> {
    match moment {
        Moment::Daily { minute } => Some(*minute),
        Moment::Weekly { weekdays, minute } => {
            let weekday = date.weekday().to_monday_one_offset().unsigned_abs();
            weekdays.contains(&weekday).then_some(*minute)
        }
        Moment::Monthly { day, minute } => (date.day().unsigned_abs() == *day).then_some(*minute),
        Moment::Working { day, calendar, minute } => {
            let calendar = campaign.calendars.get(calendar)?;
            let days = || (1..=date.days_in_month()).filter_map(|day| Date::new(date.year(), date.month(), day).ok());
            let comes = match day {
                WorkingDay::Every => is_worked(calendar, date),
                WorkingDay::FirstOfMonth => days().find(|day| is_worked(calendar, *day)) == Some(date),
                WorkingDay::LastOfMonth => days().rev().find(|day| is_worked(calendar, *day)) == Some(date),
            };
            comes.then_some(*minute)
        }
        Moment::Once { at } => {
            let at: jiff::civil::DateTime = at.parse().ok()?;
            let minute = u16::from(at.hour().unsigned_abs()) * 60 + u16::from(at.minute().unsigned_abs());
            (at.date() == date).then_some(minute)
        }
    }
}

fn is_worked(calendar: &Calendar, date: Date) -> bool {
    let weekday = date.weekday().to_monday_one_offset().unsigned_abs();
    calendar.work.contains(&weekday) && !calendar.days_off(date.year()).contains_key(&date)
}

/// The schedule of the days that a simulation covers, for people. Nothing without schedules or without a first day.
pub(super) fn write_schedule(campaign: &Campaign, out: &mut String) {
    let simulation = &campaign.settings.simulation;
    let first: Option<Date> = simulation.start.as_ref().and_then(|start| start.parse().ok());
    let days = simulation.days.unwrap_or(90);
    let Some((first, last)) = first.and_then(|first| Some((first, first.checked_add(i64::from(days).days()).ok()?)))
    else {
        return;
    };
    let moments = schedule(campaign, first, days);
    let Ok(last) = last.yesterday() else { return };
    if moments.is_empty() {
        return;
    }
    // Writing to a string cannot fail.
    let _ = writeln!(out, "\nschedule, {first} to {last}, local time");
    for moment in moments.iter().take(SHOWN) {
        let Scheduled { date, minute, journey, segment } = moment;
        let clock = format!("{:02}:{:02}", minute / 60, minute % 60);
        let _ = writeln!(out, "  {date} {} {clock}  {journey}  segment {segment}", date.strftime("%a"));
    }
    if moments.len() > SHOWN {
        let _ = writeln!(out, "  and {} more", moments.len() - SHOWN);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_come_on_their_days() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        let campaign = Campaign::default();
        let tuesday = date("2026-04-07");
        let weekly = Moment::Weekly { weekdays: vec![2, 5], minute: 600 };
        assert_eq!(minute_on(&weekly, tuesday, &campaign), Some(600));
        assert_eq!(minute_on(&weekly, date("2026-04-08"), &campaign), None);
        assert_eq!(minute_on(&Moment::Daily { minute: 5 }, tuesday, &campaign), Some(5));
        assert_eq!(minute_on(&Moment::Monthly { day: 7, minute: 0 }, tuesday, &campaign), Some(0));
        assert_eq!(minute_on(&Moment::Monthly { day: 8, minute: 0 }, tuesday, &campaign), None);
        let once = Moment::Once { at: "2026-04-07T09:30:00".to_owned() };
        assert_eq!(minute_on(&once, tuesday, &campaign), Some(570));
        assert_eq!(minute_on(&once, date("2026-04-06"), &campaign), None);
    }
}
