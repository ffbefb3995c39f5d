//! Calendars compiled: the days of the years around the run.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::civil::{Zone, from_days};
use super::super::work_days::WorkDays;
use super::{Fault, Frame};
use crate::ir::{Campaign, Length, Name};

/// Calendars by name.
#[derive(Debug, Default)]
pub struct Calendars(BTreeMap<Name, Arc<WorkDays>>);

/// How long something takes.
#[derive(Clone, Debug)]
pub enum Time {
    /// So many seconds.
    Secs(i64),
    /// To the same local time on the how-manieth working day after.
    Working(u32, Arc<WorkDays>),
}

impl Calendars {
    /// Lays out the days of all calendars.
    ///
    /// # Errors
    /// In words, if the run lies in years whose holidays a calendar does not know.
    pub(super) fn compile(campaign: &Campaign, zone: &Zone, frame: Frame) -> Result<Calendars, Fault> {
        let (from, to) = (zone.date(frame.start), zone.date(frame.end));
        let mut calendars = BTreeMap::new();
        for (name, calendar) in &campaign.calendars {
            for year in [from_days(from).0, from_days(to - 1).0] {
                if !i16::try_from(year).is_ok_and(|year| calendar.covers(year)) {
                    return Err(format!("the calendar `{name}` does not know the holidays of {year}"));
                }
            }
            calendars.insert(name.clone(), Arc::new(WorkDays::of(calendar, from - 1, to)));
        }
        Ok(Calendars(calendars))
    }

    /// The days of a calendar.
    ///
    /// # Errors
    /// If the plan does not hold it.
    pub fn get(&self, name: &str) -> Result<Arc<WorkDays>, Fault> {
        let days = self.0.get(name).map(Arc::clone);
        days.ok_or_else(|| format!("the plan names the calendar `{name}`, which it does not hold"))
    }

    pub(super) fn time(&self, length: &Length) -> Result<Time, Fault> {
        Ok(match length {
            Length::Secs(secs) => Time::Secs(super::bounded(*secs)),
            Length::BusinessDays { days, calendar } => Time::Working((*days).min(1_000), self.get(calendar)?),
        })
    }
}

impl Time {
    /// When it is over, if it begins now.
    pub fn end(&self, zone: &Zone, now: i64) -> i64 {
        match self {
            Time::Secs(secs) => now + secs,
            Time::Working(count, days) => days.wait(zone, now, *count),
        }
    }
}
