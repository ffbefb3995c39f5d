//! Where definitions are written.

use super::model::Location;
use crate::ir::Campaign;
use crate::text::{Origin, SourceMap};

/// The place of a definition; `None` where it has none, as in a saved plan.
pub(super) fn place(campaign: &Campaign, sources: Option<&SourceMap>, address: &str) -> Option<Location> {
    let sources = sources?;
    let Some(Origin(span)) = origin(campaign, address) else {
        return written(sources, address).filter(|_| HAVE_NO_ORIGIN.iter().any(|kind| address.starts_with(kind)));
    };
    if span.end == 0 || span.file.0 as usize >= sources.files().count() {
        return None;
    }
    let at = sources.position(span.file, span.start);
    Some(Location { file: sources.file(span.file).path.clone(), line: at.line, column: at.column })
}

/// Kinds of which the campaign does not know where they are written.
const HAVE_NO_ORIGIN: &[&str] = &["settings", "policies", "calendars.", "channels.", "catalogs."];

/// The place of what has no origin of its own: its kind at the beginning of a line, and its name below.
fn written(sources: &SourceMap, address: &str) -> Option<Location> {
    let (kind, name) = address.split_once('.').unwrap_or((address, ""));
    if kind == "settings" {
        let (_, file) = sources.files().find(|(_, file)| file.path.rsplit('/').next() == Some("tabiji.yaml"))?;
        return Some(Location { file: file.path.clone(), line: 1, column: 1 });
    }
    let begins = |line: &str, key: &str| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':'));
    sources.files().find_map(|(_, file)| {
        let mut lines = file.text.lines().enumerate();
        let (at, _) = lines.find(|(_, line)| begins(line, kind))?;
        let below = lines.take_while(|(_, line)| line.starts_with([' ', '#']) || line.is_empty());
        let mut own = below.filter(|(_, line)| begins(line.trim_start(), name));
        let (line, column) = match name.is_empty() {
            true => (at, 0),
            false => own.next().map(|(own, line)| (own, line.len() - line.trim_start().len()))?,
        };
        Some(Location { file: file.path.clone(), line: line + 1, column: column + 1 })
    })
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
        "tracking" => campaign.tracking.as_ref().map(|of| of.origin),
        "pages" => campaign.pages.get(name).map(|of| of.origin),
        "forms" => campaign.forms.get(name).map(|of| of.origin),
        "kpis" => campaign.kpis.get(name).map(|of| of.origin),
        "sources" => campaign.sources.get(name).map(|of| of.origin),
        "experiments" => campaign.experiments.get(name).map(|of| of.origin),
        _ => None,
    }
}
