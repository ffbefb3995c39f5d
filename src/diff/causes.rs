//! How an edit comes to have an effect on a journey: from the definition that changed, over those that ask for it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use super::parts::{Part, definition};
use super::references;
use crate::ir::journey::{Action, EntryBy};
use crate::ir::{Campaign, Journey, Name};

/// Who asks for what, in both campaigns.
pub(super) struct Uses {
    /// By address, the addresses that it asks for.
    uses: BTreeMap<String, BTreeSet<String>>,
    changed: BTreeSet<String>,
}

impl Uses {
    /// Finds out who asks for what.
    ///
    /// # Errors
    /// If a campaign cannot be written as JSON.
    pub(super) fn of(
        before: &Campaign,
        after: &Campaign,
        parts: &[Part],
        differing: &BTreeSet<String>,
    ) -> Result<Uses, serde_json::Error> {
        let mut found =
            Uses { uses: BTreeMap::new(), changed: parts.iter().map(|part| part.address.clone()).collect() };
        for campaign in [before, after] {
            let tree = serde_json::to_value(campaign)?;
            for (kind, definitions) in tree.as_object().into_iter().flatten() {
                match (definitions, kind.as_str()) {
                    (
                        Value::Object(named),
                        "fields" | "events" | "scoring" | "grading" | "segments" | "lists" | "topics" | "senders"
                        | "calendars" | "channels" | "emails" | "messages" | "integrations" | "journeys" | "forms"
                        | "catalogs",
                    ) => {
                        for name in named.keys() {
                            found.note(campaign, &tree, &format!("{kind}.{name}"));
                        }
                    }
                    _ => found.note(campaign, &tree, kind),
                }
            }
            found.written(campaign, differing);
            found.asked_for(campaign, differing);
        }
        Ok(found)
    }

    fn note(&mut self, campaign: &Campaign, tree: &Value, address: &str) {
        let Some(mut of) = definition(tree, address).cloned() else { return };
        if address == "personas" {
            // How personas behave is assumed, for simulations; who they are counts.
            of = of.as_array().into_iter().flatten().filter_map(|persona| persona.get("matches").cloned()).collect();
        }
        let uses = self.uses.entry(address.to_owned()).or_default();
        references::visit(&mut of, &mut |kind, name| {
            match kind {
                "contents" if campaign.messages.contains_key(name) => uses.insert(format!("messages.{name}")),
                "contents" => uses.insert(format!("emails.{name}")),
                _ if name.is_empty() => uses.insert(kind.to_owned()),
                _ => uses.insert(format!("{kind}.{name}")),
            };
        });
        if let Some(journey) = address.strip_prefix("journeys.").and_then(|name| campaign.journeys.get(name)) {
            uses.extend(unsaid(campaign, journey));
        }
    }

    /// What steps of a journey write depends on the journey, where it is written otherwise.
    fn written(&mut self, campaign: &Campaign, differing: &BTreeSet<String>) {
        for (name, journey) in &campaign.journeys {
            for step in &journey.steps {
                let written: Vec<String> = match &step.action {
                    Action::Set { values } => values.keys().map(|field| format!("fields.{field}")).collect(),
                    Action::Score { points } => points.keys().map(|model| format!("scoring.{model}")).collect(),
                    Action::Stage { .. } => vec!["lifecycle".to_owned()],
                    Action::List { list, .. } | Action::Audience { list, .. } => vec![format!("lists.{list}")],
                    Action::Topic { topic, .. } => vec![format!("topics.{topic}")],
                    Action::Start { journey } => vec![format!("journeys.{journey}")],
                    Action::Emit { event, .. } => vec![format!("events.{event}")],
                    _ => Vec::new(),
                };
                let differs = |address: &String| address.starts_with("journeys.") || differing.contains(address);
                for address in written.into_iter().filter(differs) {
                    self.uses.entry(address).or_default().insert(format!("journeys.{name}"));
                }
            }
        }
    }

    /// What events and forms write depends on them, where it is written otherwise; consent depends on the policies.
    fn asked_for(&mut self, campaign: &Campaign, differing: &BTreeSet<String>) {
        let mut depends = |address: String, on: String| {
            if differing.contains(&address) || address.starts_with("topics.") && on.starts_with("forms.") {
                self.uses.entry(address).or_default().insert(on);
            }
        };
        for (name, event) in &campaign.events {
            event.sets.keys().for_each(|field| depends(format!("fields.{field}"), format!("events.{name}")));
        }
        for (name, form) in &campaign.forms {
            form.fields.iter().for_each(|asked| depends(format!("fields.{}", asked.field), format!("forms.{name}")));
            form.consent.iter().for_each(|asked| depends(format!("topics.{}", asked.topic), format!("forms.{name}")));
        }
        for topic in campaign.topics.keys() {
            depends(format!("topics.{topic}"), "policies".to_owned());
        }
    }

    /// The chains from what changed to a journey, the changed definition first; each definition once, by the shortest way.
    pub(super) fn chains(&self, journey: &Name) -> Vec<Vec<String>> {
        let start = format!("journeys.{journey}");
        let mut before: BTreeMap<&str, Option<&str>> = BTreeMap::from([(start.as_str(), None)]);
        let mut open = VecDeque::from([start.as_str()]);
        let mut found = Vec::new();
        while let Some(address) = open.pop_front() {
            if self.changed.contains(address) {
                let mut chain = vec![address.to_owned()];
                let mut at = address;
                while let Some(Some(user)) = before.get(at) {
                    chain.push((*user).to_owned());
                    at = user;
                }
                found.push(chain);
            }
            // Beyond another journey nothing is followed but the journey itself: who is inside it, what it writes.
            if address != start && address.starts_with("journeys.") {
                continue;
            }
            for used in self.uses.get(address).into_iter().flatten() {
                if !before.contains_key(used.as_str()) {
                    before.insert(used, Some(address));
                    open.push_back(used);
                }
            }
        }
        found
    }
}

/// What a journey depends on without naming it.
fn unsaid(campaign: &Campaign, journey: &Journey) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let sends = journey.steps.iter().any(|step| matches!(step.action, Action::Send { .. }));
    if sends {
        found.extend(["policies", "settings", "personas"].map(str::to_owned));
        found.extend(campaign.channels.keys().map(|channel| format!("channels.{}", channel.word())));
    }
    let by_clock = |action: &Action| {
        matches!(action, Action::WaitUntil { .. } | Action::WaitUntilDate { .. } | Action::WaitBestTime)
    };
    if journey.steps.iter().any(|step| by_clock(&step.action)) || matches!(journey.entry.by, EntryBy::Schedule { .. }) {
        found.insert("settings".to_owned());
    }
    if journey.steps.iter().any(|step| step.action == Action::WaitBestTime) {
        found.insert("personas".to_owned());
    }
    found
}
