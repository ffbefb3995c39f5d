//! `enters-once`: a schedule that comes again, for leads that may enter once.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::journey::{EntryBy, Moment};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (name, journey) in &context.resolution.campaign.journeys {
        let EntryBy::Schedule { moment, .. } = &journey.entry.by else { continue };
        let is_written = context.resolution.again_written.contains(name);
        if is_written || matches!(moment, Moment::Once { .. }) {
            continue;
        }
        let message = format!("the schedule of `{name}` comes again and again, but each lead enters only once");
        let finding =
            Diagnostic::new(Code::EntersOnce, journey.entry.origin.0, message).here("says nothing of `again`");
        sink.push(finding.help("write `again: always`, or `again: never` if once is what you mean"));
    }
}
