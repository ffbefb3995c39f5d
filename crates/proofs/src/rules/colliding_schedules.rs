//! `colliding-schedules`: two journeys that take the same people at the same moment, and neither goes first.

use std::collections::HashMap;

use super::Context;
use crate::ast::Kind;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::journey::{EntryBy, Moment};
use crate::ir::{Journey, Name};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let mut known: HashMap<(&str, &Moment, i32), (&Name, &Journey)> = HashMap::new();
    for (second, late) in context.resolution.campaign.journeys_in_order() {
        let Some((segment, moment)) = schedule(late) else { continue };
        let (first, early) = *known.entry((segment, moment, late.priority)).or_insert((second, late));
        let pair = |one: &Name, other: &Name| context.facts.matching.apart.contains(&(one.clone(), other.clone()));
        if first == second || pair(first, second) || pair(second, first) || context.may_be_used(Kind::Journey, second) {
            continue;
        }
        let message = format!("`{second}` and `{first}` take the same segment at the same moment");
        let finding = Diagnostic::new(Code::CollidingSchedules, late.entry.origin.0, message);
        let finding = finding.also(early.entry.origin.0, format!("the schedule of `{first}`"));
        sink.push(
            finding.help("set one of them apart in time, or give one a higher `priority`: its mail goes first then"),
        );
    }
}

/// Whose members enter, and when.
fn schedule(journey: &Journey) -> Option<(&str, &Moment)> {
    match &journey.entry.by {
        EntryBy::Schedule { segment, moment } => Some((segment, moment)),
        EntryBy::Event { .. } | EntryBy::Segment { .. } | EntryBy::Called => None,
    }
}
