//! `warmup-cannot-fit`: mail that a sender cannot send in time, whoever the leads are. What depends on how many there
//! are is for a simulation to say.

use super::Context;
use crate::analysis::warmup::Misfit;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::print::duration;

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    for misfit in &context.facts.warmup_misfits {
        let finding = match misfit {
            Misfit::AfterTheRun { sender, first, end } => {
                let Some(origin) = campaign.senders.get(sender).map(|sender| sender.origin.0) else { continue };
                let message = format!("`{sender}` sends nothing before {first}, and the simulation ends on {end}");
                Diagnostic::new(Code::WarmupCannotFit, origin, message)
                    .help("let the warm-up begin earlier, or simulate more `days`")
            }
            Misfit::BeforeTheFirstDay { sender, journey, at, first, max_hold_secs } => {
                let Some(origin) = campaign.journeys.get(journey).map(|journey| journey.entry.origin.0) else {
                    continue;
                };
                let hold = duration(*max_hold_secs);
                let message = format!(
                    "the mails of `{journey}` on {at} expire after {hold}, before `{sender}` begins to send on {first}"
                );
                let finding = Diagnostic::new(Code::WarmupCannotFit, origin, message);
                let finding = match campaign.senders.get(sender) {
                    Some(sender) => finding.also(sender.origin.0, "its warm-up begins later"),
                    None => finding,
                };
                finding.help("move one of the dates, or hold the mails longer with `max_hold`")
            }
        };
        sink.push(finding);
    }
}
