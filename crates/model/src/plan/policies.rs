//! Limits for all that is sent, as people read them in a plan.

use std::fmt::Write as _;

use super::Plan;
use super::text::weekdays;
use crate::ir::print::{clock, duration};
use crate::ir::{MailLimit, Policies, QuietHours, Window};

/// A part for the rules that the project gives. Nothing if it gives none.
pub(super) fn write(plan: &Plan, out: &mut String) {
    let lines = lines(&plan.campaign.policies);
    if !lines.is_empty() {
        // Writing to a string cannot fail, here and below.
        let hash = plan.parts.get("policies").map_or(String::new(), |hash| format!("  {}", super::text::short(hash)));
        let _ = writeln!(out, "\npolicies{hash}");
    }
    for (key, line) in lines {
        let _ = writeln!(out, "  {key:9} {line}");
    }
}

/// Whether there is such a part.
pub(super) fn is_written(policies: &Policies) -> bool {
    !lines(policies).is_empty()
}

fn lines(policies: &Policies) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    for rule in &policies.frequency {
        let excess = if rule.delay { "delay" } else { "skip" };
        lines.push(("frequency", format!("{}, else {excess}", limit(&MailLimit::from(rule)))));
    }
    lines.extend(policies.limits.iter().map(|each| ("limit", format!("{}, proved", limit(each)))));
    lines.extend(policies.quiet_hours.as_ref().map(|hours| ("quiet", quiet(hours))));
    if !policies.frequency.is_empty() || policies.quiet_hours.is_some() {
        lines.push(("held", format!("for at most {}", duration(policies.max_hold_secs))));
    }
    lines
}

/// What is counted in which window, by which channels if not by all that intrude, and by whose clock.
fn limit(limit: &MailLimit) -> String {
    let follows_clock = match limit.per {
        Window::CalendarDay | Window::CalendarWeek | Window::CalendarMonth => true,
        Window::RollingSecs(_) | Window::Ever => false,
    };
    let whose = if follows_clock && !limit.lead_time { " by the project's clock" } else { "" };
    format!("{}{whose}", limit.whole_text())
}

/// Quiet hours in a line.
pub fn quiet(hours: &QuietHours) -> String {
    let mut times = Vec::new();
    if hours.from_minute != hours.to_minute {
        times.push(format!("{} to {}", clock(hours.from_minute), clock(hours.to_minute)));
    }
    if !hours.weekdays.is_empty() {
        times.push(weekdays(&hours.weekdays));
    }
    times.extend(hours.holidays.as_ref().map(|calendar| format!("days off of {calendar}")));
    let whose = if hours.lead_time { "" } else { " by the project's clock" };
    format!("{}{whose}", times.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{Channel, Counted, Frequency};
    use crate::text::Origin;

    #[test]
    fn rules_are_told_in_the_order_of_the_file() {
        let channels: Vec<Channel> = Channel::ALL.into_iter().filter(|channel| channel.usual().intrudes).collect();
        let per = Window::RollingSecs(7 * 86_400);
        let rule = Frequency {
            at_most: 3,
            per,
            delay: true,
            counts: Counted::Marketing,
            channels,
            lead_time: true,
            origin: Origin::default(),
        };
        let limit = MailLimit {
            at_most: 5,
            per: Window::CalendarDay,
            counts: Counted::All,
            channels: vec![Channel::Email],
            lead_time: false,
            origin: Origin::default(),
        };
        let quiet = QuietHours {
            from_minute: 1260,
            to_minute: 480,
            weekdays: vec![7],
            holidays: None,
            lead_time: true,
            origin: Origin::default(),
        };
        let policies =
            Policies { frequency: vec![rule], limits: vec![limit], quiet_hours: Some(quiet), ..Policies::default() };
        let text: Vec<String> = lines(&policies).into_iter().map(|(key, line)| format!("{key} {line}")).collect();
        assert_eq!(
            text,
            [
                "frequency at most 3 marketing per 7 days, else delay",
                "limit at most 5 per calendar day by email by the project's clock, proved",
                "quiet 21:00 to 08:00, sun",
                "held for at most 3 days",
            ]
        );
        assert!(lines(&Policies::default()).is_empty());
    }
}
