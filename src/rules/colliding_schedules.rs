//! `colliding-schedules`: two journeys that take the same people at the same moment, and neither goes first.

use super::Context;
use crate::ast::Kind;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::Journey;
use crate::ir::journey::{EntryBy, Moment};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let journeys: Vec<_> = context.resolution.campaign.journeys_in_order();
    for (at, (second, late)) in journeys.iter().enumerate() {
        let Some(when) = schedule(late).filter(|_| !context.may_be_used(Kind::Journey, second)) else { continue };
        let collides = |early: &Journey| schedule(early) == Some(when) && early.priority == late.priority;
        let Some((first, early)) = journeys[..at].iter().find(|(_, early)| collides(early)) else { continue };
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
