//! `warmup-steps`: a warm-up of the project's own that falls, or grows faster than any published one.

use super::Context;
use crate::analysis::warmup::Step;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (name, step) in &context.facts.warmup_steps {
        let Some(sender) = context.resolution.campaign.senders.get(name) else { continue };
        let (message, help) = match step {
            Step::Falls { date, from, to } => (
                format!("the warm-up of `{name}` falls from {from} to {to} mails on {date}"),
                "let the numbers rise: receivers learn to expect a volume",
            ),
            Step::Jumps { date, from, to } => (
                format!("the warm-up of `{name}` jumps from {from} to {to} mails on {date}, more than five times"),
                "put days between; providers advise to double or treble, and no published schedule grows faster",
            ),
        };
        sink.push(Diagnostic::new(Code::WarmupSteps, sender.origin.0, message).help(help));
    }
}
