//! Quotas of senders as people read them, with the calendar of each warm-up.

use std::fmt::Write as _;

use super::Plan;
use crate::ir::quota::{Quota, Rates};

/// Days of a calendar on one line.
const DAYS_ON_A_LINE: usize = 4;

/// A part for each sender that has a quota.
pub(super) fn write(plan: &Plan, out: &mut String) {
    for (name, sender) in &plan.campaign.senders {
        if let Some(quota) = &sender.quota {
            // Writing to a string cannot fail, here and below.
            let _ = writeln!(out, "\nsender {name}{}", super::text::hash(plan, "senders", name));
            write_quota(quota, out);
        }
    }
}

fn write_quota(quota: &Quota, out: &mut String) {
    if !quota.always.is_open() {
        let _ = writeln!(out, "  quota     {}", rates(quota.always));
    }
    if let Some(warmup) = &quota.warmup {
        let from = warmup.schedule.as_ref().map_or(String::new(), |schedule| format!(", schedule {schedule}"));
        let _ = writeln!(out, "  warm-up   {} days{from}", warmup.days.len());
        for days in warmup.days.chunks(DAYS_ON_A_LINE) {
            let days: Vec<String> = days.iter().map(|day| format!("{} {}", day.date, rates(day.rates))).collect();
            let _ = writeln!(out, "            {}", days.join(", "));
        }
        let after = if warmup.after.is_open() { "no limit".to_owned() } else { rates(warmup.after) };
        let _ = writeln!(out, "            then {after}");
    }
    let _ = writeln!(out, "  too many  {}", if quota.skip { "left out" } else { "held to the next day" });
}

fn rates(rates: Rates) -> String {
    let parts = [(rates.per_day, "a day"), (rates.per_hour, "an hour")];
    let parts = parts.iter().filter_map(|(number, per)| number.map(|number| format!("{number} {per}")));
    let text = parts.collect::<Vec<_>>().join(" and ");
    if text.is_empty() { "no limit".to_owned() } else { text }
}
