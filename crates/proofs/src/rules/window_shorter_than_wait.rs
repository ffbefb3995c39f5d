//! `window-shorter-than-wait`: a question about a mail that does not look back as far as the mail.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::print::{Duration, duration};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (name, facts) in &context.facts.paths {
        let Some(journey) = context.resolution.campaign.journeys.get(name) else { continue };
        for window in &facts.short_windows {
            let Some(sent) = journey.steps.get(window.sent_by) else { continue };
            let (within, since) = (Duration(window.within_secs), duration(window.since_secs));
            let message =
                format!("this looks back {within}, and `{}` was sent at least {since} before", window.content);
            let finding = Diagnostic::new(Code::WindowBeforeWait, window.origin.0, message);
            let finding = finding.here(format!("`{}` misses what came sooner", window.text));
            let finding = finding.also(sent.origin.0, format!("sends `{}`", window.content));
            sink.push(finding.help("look back further, or leave out `within`"));
        }
    }
}
