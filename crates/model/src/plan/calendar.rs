//! Calendars as people read them.

use std::fmt::Write as _;

use super::Plan;
use crate::ir::calendar::{Calendar, Holidays};

/// Days off on one line.
const DAYS_ON_A_LINE: usize = 4;

/// A part for each calendar.
pub(super) fn write(plan: &Plan, out: &mut String) {
    for (name, calendar) in &plan.campaign.calendars {
        // Writing to a string cannot fail, here and below.
        let title = super::text::titled(name, calendar.label.as_deref());
        let _ = writeln!(out, "\ncalendar {title}{}", super::text::hash(plan, "calendars", name));
        write_days(calendar, out);
    }
}

fn write_days(calendar: &Calendar, out: &mut String) {
    let _ = writeln!(out, "  worked    {}", super::text::weekdays(&calendar.work));
    if let Some(Holidays::Japan) = calendar.holidays {
        let _ = writeln!(out, "  holidays  Japan, by the Act on National Holidays, 2007 to 2099");
    }
    let days: Vec<String> = calendar.days.iter().map(|(date, name)| named(date, name.as_deref())).collect();
    for (at, days) in days.chunks(DAYS_ON_A_LINE).enumerate() {
        let head = if at == 0 { "days off" } else { "" };
        let _ = writeln!(out, "  {head:9} {}", days.join(", "));
    }
}

fn named(date: &str, name: Option<&str>) -> String {
    name.map_or_else(|| date.to_owned(), |name| format!("{date} {name}"))
}
