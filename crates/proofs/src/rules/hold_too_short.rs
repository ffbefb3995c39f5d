//! `hold-too-short`: quiet hours can last longer than a mail is held.

use jiff::civil::Date;

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::print::duration;
use crate::ir::{Campaign, QuietHours};

const DAY: i64 = 86_400;

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    let of_channels = campaign.channels.values().filter_map(|settings| settings.quiet_hours.as_ref());
    for quiet in campaign.policies.quiet_hours.iter().chain(of_channels) {
        let held = campaign.policies.max_hold_secs;
        let Some((secs, begins)) = quiet.longest(&campaign.calendars, years(campaign, quiet)) else { continue };
        if secs <= held {
            continue;
        }
        let message = format!(
            "quiet hours can last {}, and a mail is held for at most {}: what is asked for when they begin is never sent",
            duration(secs),
            duration(held)
        );
        let finding = Diagnostic::new(Code::HoldTooShort, quiet.origin.0, message);
        let finding = finding.here(format!("such as from {} on", begins.strftime("%Y-%m-%d %H:%M")));
        let days = (secs + DAY - 1) / DAY;
        sink.push(finding.help(format!("hold mails longer, by `max_hold: {days} days`, or let fewer days be quiet")));
    }
}

/// The years of a simulation, with the one behind it; all that the calendar tells where nothing says when one begins.
fn years(campaign: &Campaign, quiet: &QuietHours) -> Vec<i16> {
    let start = campaign.settings.simulation.start.as_ref().and_then(|start| start.parse::<Date>().ok());
    let calendar = quiet.holidays.as_ref().and_then(|name| campaign.calendars.get(name));
    match (start, calendar) {
        (Some(start), _) => vec![start.year(), start.year() + 1],
        (None, Some(calendar)) => calendar.telling_years().into_iter().collect(),
        (None, None) => vec![2001],
    }
}
