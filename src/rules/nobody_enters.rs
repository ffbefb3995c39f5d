//! `nobody-enters`: a journey without a way in.

use super::Context;
use crate::ast::Kind;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::journey::EntryBy;

/// The key without which a built-in event cannot happen.
fn declared_by(event: &str) -> Option<&'static str> {
    match event {
        "engagement_changed" => Some("sunset"),
        "subscription_expired" => Some("confirmation"),
        "stage_changed" => Some("stages"),
        _ => None,
    }
}

fn is_unread(context: Context<'_>, word: &str) -> bool {
    context.resolution.unread_words.contains(word)
}

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for name in &context.facts.unentered {
        let Some(journey) = context.resolution.campaign.journeys.get(name) else { continue };
        if context.may_be_used(Kind::Journey, name) {
            continue;
        }
        let (why, help) = match &journey.entry.by {
            EntryBy::Called => (
                "only a `start` step lets leads in, and none that is reached names it".to_owned(),
                "start it from another journey, or let leads in by an event or a segment",
            ),
            EntryBy::Event { event, .. } if declared_by(event).is_some_and(|word| is_unread(context, word)) => continue,
            EntryBy::Event { event, .. } => {
                (format!("the event `{event}` cannot happen"), "let leads in by another event, or by a segment")
            }
            EntryBy::Segment { .. } | EntryBy::Schedule { .. } => continue,
        };
        let finding =
            Diagnostic::new(Code::NobodyEnters, journey.origin.0, format!("nobody can enter `{name}`: {why}"));
        sink.push(finding.also(journey.entry.origin.0, "the entry").help(help));
    }
}
