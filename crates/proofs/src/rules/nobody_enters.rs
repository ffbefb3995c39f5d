//! `nobody-enters`: a journey without a way in.

use super::Context;
use super::reasons::{excluding, shown};
use crate::analysis::MADE_BY_JOURNEYS;
use crate::ast::Kind;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::journey::EntryBy;

/// The keys without which a built-in event cannot happen.
fn declared_by(event: &str) -> &'static [&'static str] {
    match event {
        "engagement_changed" => &["sunset", "sleeping"],
        "subscription_expired" => &["confirmation"],
        "stage_changed" => &["stages", "moves"],
        _ => &[],
    }
}

fn is_unread(context: Context<'_>, word: &str) -> bool {
    context.resolution.unread_words.contains(word)
}

/// Events that steps make by being reached.
const MADE_BY_STEPS: [&str; 5] = ["task_created", "synced", "webhook_called", "audience_added", "audience_removed"];

/// The segment whose members enter.
fn lets_in(by: &EntryBy) -> Option<&str> {
    match by {
        EntryBy::Segment { segment, .. } | EntryBy::Schedule { segment, .. } => Some(segment),
        EntryBy::Event { .. } | EntryBy::Called => None,
    }
}

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (name, reason, journey) in context.reach(|facts| facts.nobody.as_ref()) {
        if lets_in(&journey.entry.by).is_some_and(|name| context.facts.matching.empty_segments.contains_key(name)) {
            continue; // nobody is in the segment, which has been said
        }
        let when = journey.entry.when.as_ref().map(|when| when.origin);
        let place = when.or(reason.parts.first().map(|part| part.origin)).unwrap_or(journey.entry.origin);
        // Two halves of one entry: neither is more to blame than the other.
        let parts: Vec<String> = reason.parts.iter().map(|part| part.text.clone()).collect();
        let why = if parts.is_empty() { String::new() } else { format!(": {}", excluding(&parts)) };
        let finding = Diagnostic::new(Code::NobodyEnters, place.0, format!("nobody can enter `{name}`{why}"));
        let finding = shown(finding.here("lets nobody in"), reason, journey);
        sink.push(finding.help("ask less of those who enter"));
    }
    let resolution = context.resolution;
    let steps_unread = !resolution.unread_words.is_empty() || !resolution.unsure_kinds.is_empty();
    let has_sunset = context.resolution.campaign.policies.permission.sunset.is_some();
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
            EntryBy::Event { event, .. } if declared_by(event).iter().any(|word| is_unread(context, word)) => continue,
            EntryBy::Event { event, .. }
                if steps_unread
                    && (MADE_BY_STEPS.contains(&event.as_str()) || MADE_BY_JOURNEYS.contains(&event.as_str())) =>
            {
                continue;
            }
            EntryBy::Event { event, .. } if MADE_BY_JOURNEYS.contains(&event.as_str()) => (
                format!("no journey that anybody enters makes such an event `{event}`"),
                "let leads in by another event, or by a segment",
            ),
            EntryBy::Event { event, filter: Some(_) } if event == "stage_changed" => (
                "no move and no step makes such a `stage_changed`".to_owned(),
                "add the move, or let leads in by another one",
            ),
            EntryBy::Event { event, filter: Some(_) } if event == "engagement_changed" && has_sunset => (
                "the `sunset` of the policies makes no such `engagement_changed`".to_owned(),
                "say in the policy how long leads count as `sleeping`, or let them in by another change",
            ),
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
