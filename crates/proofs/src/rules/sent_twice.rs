//! `sent-twice`: two steps of one path send the same mail, and nothing says that this is meant.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::Again;

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    for (name, facts) in &context.facts.paths {
        let Some(journey) = campaign.journeys.get(name) else { continue };
        let reach = context.facts.reach.get(name);
        // A step on which nobody can stand, or nobody who may be mailed, is told of elsewhere.
        let is_passed = |step: usize| reach.is_none_or(|facts| !facts.mails_nobody(step));
        for (later, earlier, content) in &facts.sent_twice {
            let never_both = reach.is_some_and(|facts| facts.never_both.contains(&(*earlier, *later)));
            if never_both || !is_passed(*later) || !is_passed(*earlier) {
                continue;
            }
            let (Some(later), Some(earlier)) = (journey.steps.get(*later), journey.steps.get(*earlier)) else {
                continue;
            };
            let email = campaign.emails.get(content).map(|email| (email.repeat, email.origin));
            let message = campaign.messages.get(content).map(|message| (message.repeat, message.origin));
            let Some((repeat, origin)) = email.or(message) else { continue };
            let is_written = context.resolution.repeat_written.contains(content);
            let (message, help) = match repeat {
                Again::Never => (
                    format!("`{}` never sends `{content}` to those who got it by `{}`", later.id, earlier.id),
                    "send another mail, or let it be sent again: `repeat: always`",
                ),
                Again::Always if !is_written => (
                    format!("`{}` sends `{content}` once more to those who got it by `{}`", later.id, earlier.id),
                    "send another mail, or say that it is meant: `repeat: always`",
                ),
                Again::Always | Again::AfterSecs(_) => continue,
            };
            let finding = Diagnostic::new(Code::SentTwice, later.origin.0, message).here("the second time");
            let finding = finding.also(earlier.origin.0, "the first time");
            sink.push(finding.also(origin.0, format!("`{content}` is defined here")).help(help));
        }
    }
}
