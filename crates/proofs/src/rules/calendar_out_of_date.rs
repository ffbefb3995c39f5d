//! `calendar-out-of-date`: days off are listed up to a year before that of the simulation.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (name, last, year) in &context.facts.outdated_calendars {
        let Some(calendar) = context.resolution.campaign.calendars.get(name) else { continue };
        let message = format!("the days off of `{name}` are listed up to {last}, and the simulation runs into {year}");
        let finding = Diagnostic::new(Code::CalendarOutOfDate, calendar.origin.0, message);
        sink.push(finding.help(format!("list the days off of {year} too")));
    }
}
