//! `no-consent-here`: a marketing mail that is reached only by leads who may not get it.

use super::Context;
use super::reasons::{because, shown};
use crate::analysis::paths::Rest;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::journey::Action;

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (_, (facts, journey)) in context.reached() {
        for (number, topic, reason) in &facts.no_consent {
            let Some(step) = journey.steps.get(*number) else { continue };
            let Action::Send { content, .. } = &step.action else { continue };
            let why = because(reason, journey).map_or(String::new(), |why| format!(": {why}"));
            let message = format!(
                "nobody who comes to `{}` may be mailed on `{topic}`, so `{content}` goes to nobody{why}",
                step.id
            );
            let finding = Diagnostic::new(Code::NoConsentHere, step.origin.0, message).here("always skipped");
            sink.push(shown(finding, reason, journey).help("send it before, or only to those who are subscribed"));
        }
    }
    for (name, facts) in &context.facts.paths {
        let Some(journey) = context.resolution.campaign.journeys.get(name) else { continue };
        for (number, rest) in &facts.resting {
            let Some(step) = journey.steps.get(*number) else { continue };
            let Action::Send { content, .. } = &step.action else { continue };
            let (because, help) = match rest {
                Rest::Sunset => (
                    "the sun has just set on whoever comes here, and the policy keeps marketing back",
                    "send it to those who fall asleep: `sleeping` in the policy, and `event.to == \"sleeping\"` here",
                ),
                Rest::Pause => (
                    "whoever comes here has just chosen a pause of marketing",
                    "wait until the pause is over, or confirm the choice by a transactional mail",
                ),
            };
            let message = format!("`{content}` goes to nobody: {because}");
            let finding = Diagnostic::new(Code::NoConsentHere, step.origin.0, message).here("always skipped");
            sink.push(finding.also(journey.entry.origin.0, "lets them in").help(help));
        }
    }
}
