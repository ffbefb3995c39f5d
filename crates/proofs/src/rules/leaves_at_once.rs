//! `leaves-at-once`: the entry lets in those alone whom `exit_when` takes out.

use super::Context;
use super::reasons::shown;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (name, reason, journey) in context.reach(|facts| facts.leaves_at_once.as_ref()) {
        let Some(exit) = &journey.exit_when else { continue };
        let message = format!("everybody who enters `{name}` leaves at once: `{}` holds for them all", exit.said());
        let finding = Diagnostic::new(Code::LeavesAtOnce, exit.origin.0, message).here("takes everybody out on entry");
        let finding = match reason.parts.is_empty() {
            true => finding.also(journey.entry.origin.0, "the entry"),
            false => shown(finding, reason, journey),
        };
        sink.push(finding.help("let others in, or take leads out for another reason"));
    }
}
