//! Where definitions are written.

use super::model::Location;
use crate::ir::Campaign;
use crate::text::{Origin, SourceMap};

/// The place of a definition; `None` where it has none, as in a saved plan.
pub(super) fn place(campaign: &Campaign, sources: Option<&SourceMap>, address: &str) -> Option<Location> {
    let span = origin(campaign, address)?.0;
    let sources = sources?;
    if span.end == 0 || span.file.0 as usize >= sources.files().count() {
        return None;
    }
    let at = sources.position(span.file, span.start);
    Some(Location { file: sources.file(span.file).path.clone(), line: at.line, column: at.column })
}

fn origin(campaign: &Campaign, address: &str) -> Option<Origin> {
    let (kind, name) = address.split_once('.').unwrap_or((address, ""));
    match kind {
        "fields" => campaign.fields.get(name).map(|of| of.origin),
        "events" => campaign.events.get(name).map(|of| of.origin),
        "personas" => campaign.personas.first().map(|of| of.origin),
        "scoring" => campaign.scoring.get(name).map(|of| of.origin),
        "grading" => campaign.grading.get(name).map(|of| of.origin),
        "lifecycle" => campaign.lifecycle.as_ref().map(|of| of.origin),
        "segments" => campaign.segments.get(name).map(|of| of.origin),
        "lists" => campaign.lists.get(name).map(|of| of.origin),
        "topics" => campaign.topics.get(name).map(|of| of.origin),
        "senders" => campaign.senders.get(name).map(|of| of.origin),
        "policies" => campaign.policies.frequency.first().map(|of| of.origin),
        "emails" => campaign.emails.get(name).map(|of| of.origin),
        "messages" => campaign.messages.get(name).map(|of| of.origin),
        "integrations" => campaign.integrations.get(name).map(|of| of.origin),
        "journeys" => match name.split_once(".steps.") {
            Some((journey, step)) => campaign.journeys.get(journey)?.step(step).map(|of| of.origin),
            None => campaign.journeys.get(name).map(|of| of.origin),
        },
        "forms" => campaign.forms.get(name).map(|of| of.origin),
        "experiments" => campaign.experiments.get(name).map(|of| of.origin),
        _ => None,
    }
}
