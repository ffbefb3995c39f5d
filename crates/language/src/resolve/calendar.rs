//! Calendars, and what counts in working days.

use std::collections::BTreeMap;

use jiff::ToSpan;

use super::Resolver;
use super::content::weekday_number;
use crate::ast::calendar::{Calendar, DayOff, Holidays, Length};
use crate::ast::quantity::{self, Moment};
use crate::ast::{Kind, Named, Text};
use crate::diag::{Code, Diagnostic};
use crate::ir::calendar::{self, Length as Resolved};
use crate::ir::journey::{Moment as LocalMoment, WorkingDay};
use crate::syntax::Spanned;
use crate::text::Span;

/// Most days in a row that one entry may take off.
const MOST_DAYS: i32 = 366;

impl Resolver<'_> {
    /// Reads the calendars, and which of them is the project's.
    pub(super) fn calendars(&mut self) {
        for file in self.files {
            for named in &file.calendars {
                if self.is_first(Kind::Calendar, &named.name) {
                    let calendar = self.calendar(named);
                    self.out.calendars.insert(named.name.value.clone(), calendar);
                }
            }
        }
        let named = self.files.iter().find_map(|file| file.settings.calendar.as_ref());
        self.out.settings.calendar = match named {
            // An unknown one has been reported; nothing shall follow from it.
            Some(name) => Some(self.ask(Kind::Calendar, name).unwrap_or_else(|| name.value.clone())),
            None if self.out.calendars.len() == 1 => self.out.calendars.keys().next().cloned(),
            None => None,
        };
        self.run_is_covered();
        let best = self.files.iter().find_map(|file| file.settings.best_time.as_ref());
        self.out.settings.best_time = self.best_time(best);
    }

    fn calendar(&mut self, named: &Named<Calendar>) -> calendar::Calendar {
        let def = &named.def;
        let mut work: Vec<u8> = match &def.work {
            Some(days) => days.iter().map(|day| weekday_number(*day)).collect(),
            None => (1..=5).collect(),
        };
        work.sort_unstable();
        work.dedup();
        if let Some(days) = def.work.as_ref().filter(|days| days.is_empty()) {
            let finding = Diagnostic::new(Code::InvalidValue, days.span, "a calendar on which no day is ever worked");
            self.sink.push(finding.help("write the weekdays that are worked: `[mon, tue, wed, thu, fri]`"));
            work = (1..=5).collect();
        }
        let mut days = def.file.as_ref().map(|path| self.days_of_file(path)).unwrap_or_default();
        for day in &def.days {
            self.day_off(day, &mut days);
        }
        let holidays = def.holidays.map(|holidays| match holidays {
            Holidays::Japan => calendar::Holidays::Japan,
        });
        calendar::Calendar { label: def.label.clone(), holidays, days, work, origin: named.name.span.into() }
    }

    fn day_off(&mut self, day: &DayOff, days: &mut BTreeMap<String, Option<String>>) {
        let first = day.date.value.0;
        let last = day.to.as_ref().map_or(first, |to| to.value.0);
        let to_at = day.to.as_ref().map_or(day.date.span, |to| to.span);
        if last < first {
            let message = format!("these days off end on {last}, before they begin on {first}");
            self.sink.push(Diagnostic::new(Code::InvalidTime, to_at, message).also(day.date.span, "they begin here"));
        } else if (last - first).get_days() >= MOST_DAYS {
            let message = format!("these days off last for more than {MOST_DAYS} days");
            self.sink.push(Diagnostic::new(Code::InvalidTime, to_at, message).also(day.date.span, "they begin here"));
        } else {
            let dates = first.series(1.day()).take_while(|date| *date <= last);
            days.extend(dates.map(|date| (date.to_string(), day.name.clone())));
        }
    }

    fn days_of_file(&mut self, path: &Text) -> BTreeMap<String, Option<String>> {
        match self.attachments.days.get(&path.value) {
            Some(Ok(days)) => days.clone(),
            Some(Err(why)) => {
                let message = format!("the calendar's file `{}` cannot be read: {why}", path.value);
                self.sink.push(Diagnostic::new(Code::UnreadableFile, path.span, message));
                BTreeMap::new()
            }
            None => BTreeMap::new(),
        }
    }

    /// Whether the holidays of the run's years are known.
    fn run_is_covered(&mut self) {
        let Some(calendar) = self.out.settings.calendar.as_ref().and_then(|name| self.out.calendars.get(name)) else {
            return;
        };
        let simulation = self.files.iter().find_map(|file| file.settings.simulation.as_ref());
        let Some((simulation, start)) = simulation.and_then(|each| Some((each, each.start.as_ref()?))) else { return };
        let days = i64::from(simulation.days.unwrap_or(90)) - 1;
        let last = start.value.0.saturating_add(days.days());
        let unknown = [start.value.0, last].into_iter().find(|date| !calendar.covers(date.year()));
        if let Some(date) = unknown {
            let message = format!("the holidays of {} are not known, and the simulation needs them", date.year());
            let finding = Diagnostic::new(Code::HolidaysUnknown, start.span, message);
            let finding = finding.also(calendar.origin.0, "this calendar has them from 2007 to 2099");
            self.sink.push(finding.help("simulate other days, or list the days off under `days` without `holidays`"));
        }
    }

    /// The project's calendar, for something that counts working days.
    pub(super) fn working_days(&mut self, at: Span, what: &str) -> Option<String> {
        let Some(name) = self.out.settings.calendar.clone() else {
            if !self.names.unread_kinds.contains(&Kind::Calendar) {
                let message =
                    format!("{what} depends on which days are worked, and the project has no calendar for it");
                let finding = Diagnostic::new(Code::NoCalendar, at, message);
                self.sink.push(match self.out.calendars.is_empty() {
                    true if self.out.settings.timezone == "Asia/Tokyo" => {
                        finding.help("define one: `calendars: {company: {holidays: japan}}`")
                    }
                    true => finding.help(
                        "define one with its days off: `calendars: {company: {days: [{date: 2026-12-25, name: Christmas}]}}`",
                    ),
                    false => finding.help("say which one it is in `tabiji.yaml`: `calendar: NAME`"),
                });
            }
            return None;
        };
        self.names.used.insert(Kind::Calendar, &name, ());
        Some(name)
    }

    /// A length of time.
    pub(super) fn length(&mut self, length: Length, at: Span) -> Resolved {
        match length {
            Length::Exact(duration) => Resolved::Secs(duration.secs),
            Length::BusinessDays(days) => match self.working_days(at, "a number of business days") {
                Some(calendar) => Resolved::BusinessDays { days, calendar },
                None => Resolved::Secs(i64::from(days) * quantity::DAY),
            },
        }
    }

    /// When people are most likely to read: a moment that comes again.
    pub(super) fn best_time(&mut self, best: Option<&Spanned<Moment>>) -> Option<LocalMoment> {
        let best = best?;
        if let Moment::Once(_) = best.value {
            let finding = Diagnostic::new(Code::InvalidValue, best.span, "a best time is a moment that comes again");
            self.sink.push(finding.help("write `best_time: tue 10:00`, or `best_time: \"20:00\"` for every day"));
        }
        Some(self.local_moment(best))
    }

    /// A local moment.
    pub(super) fn local_moment(&mut self, moment: &Spanned<Moment>) -> LocalMoment {
        match moment.value {
            Moment::Daily(time) => LocalMoment::Daily { minute: time.minutes },
            Moment::Weekly(day, time) => LocalMoment::Weekly { weekdays: vec![day], minute: time.minutes },
            Moment::Weekdays(time) => LocalMoment::Weekly { weekdays: (1..=5).collect(), minute: time.minutes },
            Moment::Monthly(day, time) => LocalMoment::Monthly { day, minute: time.minutes },
            Moment::Business(day, time) => {
                let day = match day {
                    quantity::BusinessDay::Every => WorkingDay::Every,
                    quantity::BusinessDay::First => WorkingDay::FirstOfMonth,
                    quantity::BusinessDay::Last => WorkingDay::LastOfMonth,
                };
                match self.working_days(moment.span, "a business day") {
                    Some(calendar) => LocalMoment::Working { day, calendar, minute: time.minutes },
                    None => LocalMoment::Daily { minute: time.minutes },
                }
            }
            Moment::Once(at) => LocalMoment::Once { at: at.to_string() },
        }
    }
}
