//! How an edit comes to have an effect on a journey: from the definition that changed, over those that ask for it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use super::parts::{Part, definition};
use super::worlds::Worlds;
use super::{asked_in, heard, references};
use crate::ir::journey::{Action, EntryBy};
use crate::ir::{Campaign, Journey, Name};

/// Who asks for what, in both campaigns.
pub(super) struct Uses {
    /// By address, the addresses that it asks for.
    uses: BTreeMap<String, BTreeSet<String>>,
    /// By address of a journey, what it depends on without naming it.
    unsaid: BTreeMap<String, BTreeSet<String>>,
    /// By address of a journey, what its steps write. How that is defined may matter to the journey; who else writes it does
    /// not.
    writes: BTreeMap<String, BTreeSet<String>>,
    /// By address, of what it hears that journeys do.
    hears: heard::Heard,
    changed: BTreeSet<String>,
    /// Journeys that others come into.
    entered: BTreeSet<Name>,
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
        worlds: &Worlds<'_>,
    ) -> Result<Uses, serde_json::Error> {
        let (differing, entered) = (&worlds.differing(), worlds.entered_otherwise());
        let mut found = Uses {
            uses: BTreeMap::new(),
            unsaid: BTreeMap::new(),
            writes: BTreeMap::new(),
            hears: heard::Heard::new(),
            changed: parts.iter().map(|part| part.address.clone()).collect(),
            entered: entered.clone(),
        };
        for campaign in [before, after] {
            let tree = serde_json::to_value(campaign)?;
            for (kind, definitions) in tree.as_object().into_iter().flatten() {
                match (definitions, kind.as_str()) {
                    (
                        Value::Object(named),
                        "fields" | "events" | "scoring" | "grading" | "segments" | "lists" | "topics" | "senders"
                        | "calendars" | "channels" | "emails" | "messages" | "integrations" | "journeys" | "forms"
                        | "catalogs" | "pages",
                    ) => {
                        for name in named.keys() {
                            found.note(campaign, &tree, &format!("{kind}.{name}"));
                        }
                    }
                    _ => found.note(campaign, &tree, kind),
                }
            }
            found.asked_for(campaign, differing);
        }
        // Who hears no more has been edited; but what is gone was heard.
        found.hears = heard::heard(after);
        for (address, mut heard) in heard::heard(before) {
            heard.retain(|address| heard::is_gone(after, address));
            if let Some(hears) = found.hears.get_mut(&address) {
                hears.append(&mut heard);
            }
        }
        for (field, _) in &worlds.taken {
            for name in after.journeys.keys() {
                found.unsaid.entry(format!("journeys.{name}")).or_default().insert(format!("fields.{field}"));
            }
        }
        found.written(before, after);
        Ok(found)
    }

    fn note(&mut self, campaign: &Campaign, tree: &Value, address: &str) {
        let Some(mut of) = definition(tree, address).cloned() else { return };
        if address == "personas" {
            // How personas behave is assumed, for simulations; who they are counts.
            of = of.as_array().into_iter().flatten().filter_map(|persona| persona.get("matches").cloned()).collect();
        }
        let own = address.strip_prefix("journeys.");
        let mut written = Value::Array(own.map_or_else(Vec::new, |_| take_writing(&mut of)));
        let entered = &self.entered;
        let address_of = |kind: &str, name: &str| match kind {
            "contents" if campaign.messages.contains_key(name) => Some(format!("messages.{name}")),
            "contents" => Some(format!("emails.{name}")),
            // Of another journey no more is asked than who is inside.
            "journeys" if own != Some(name) && !entered.contains(name) => None,
            _ if name.is_empty() => Some(kind.to_owned()),
            _ => Some(format!("{kind}.{name}")),
        };
        let uses = self.uses.entry(address.to_owned()).or_default();
        references::visit(&mut of, &mut |kind, name| uses.extend(address_of(kind, name)));
        if let Some(email) = address.strip_prefix("emails.").and_then(|name| campaign.emails.get(name)) {
            let changed = &self.changed;
            uses.extend(asked_in::of_email(campaign, email).into_iter().filter(|asked| changed.contains(asked)));
        }
        if let Some(journey) = own.and_then(|name| campaign.journeys.get(name)) {
            self.unsaid.entry(address.to_owned()).or_default().extend(unsaid(campaign, journey));
        }
        let writes = self.writes.entry(address.to_owned()).or_default();
        references::visit(&mut written, &mut |kind, name| {
            writes.extend(address_of(kind, name).filter(|_| kind != "journeys"));
        });
    }

    /// What steps of a journey write depends on the journey, if it writes otherwise than before.
    fn written(&mut self, before: &Campaign, after: &Campaign) {
        let (old, new) = (writing(before), writing(after));
        for key in old.keys().chain(new.keys()).filter(|key| old.get(*key) != new.get(*key)) {
            self.uses.entry(key.1.clone()).or_default().insert(format!("journeys.{}", key.0));
        }
    }

    /// What events and forms write depends on them, where it is written otherwise; consent depends on the policies.
    fn asked_for(&mut self, campaign: &Campaign, differing: &BTreeSet<String>) {
        if let Some(sunset) = &campaign.policies.permission.sunset {
            let shown = sunset.without.iter().map(|event| format!("events.{event}"));
            self.uses.entry("policies".to_owned()).or_default().extend(shown);
        }
        let mut depends = |address: String, on: String| {
            let is_form = address.starts_with("topics.") && on.starts_with("forms.");
            if differing.contains(&address) || is_form || on.starts_with("pages.") {
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
        for (name, page) in &campaign.pages {
            for form in page.variants.iter().filter_map(|variant| campaign.forms.get(&variant.form.as_ref()?.0)) {
                depends(format!("events.{}", form.submits), format!("pages.{name}"));
                let topic = form.consent.as_ref().map(|asked| format!("topics.{}", asked.topic));
                topic.into_iter().for_each(|topic| depends(topic, format!("pages.{name}")));
            }
        }
        let mapping = &campaign.settings.leads;
        for field in campaign.fields.keys() {
            let is_mapped = mapping.columns.contains_key(field) || mapping.values.contains_key(field);
            if is_mapped || !mapping.absent.is_empty() {
                depends(format!("fields.{field}"), "settings".to_owned());
            }
        }
        for event in campaign.tracking.iter().flat_map(|tracking| &tracking.events) {
            depends(format!("events.{event}"), "tracking".to_owned());
        }
        for topic in campaign.topics.keys() {
            depends(format!("topics.{topic}"), "policies".to_owned());
        }
    }

    /// The same the other way round.
    pub(super) fn askers(&self) -> Askers<'_> {
        let mut askers = Askers { users: BTreeMap::new(), hearers: BTreeMap::new() };
        // What mails say, and to whom they may be sent, is no way.
        for (user, used) in self.uses.iter().filter(|(user, _)| !is_told(user)) {
            used.iter().for_each(|used| askers.users.entry(used).or_default().push(user));
        }
        for (hearer, heard) in &self.hears {
            heard.iter().for_each(|heard| askers.hearers.entry(heard).or_default().push(hearer));
        }
        askers
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
            // Beyond another journey only that is followed by which others come into it.
            let other = address.strip_prefix("journeys.").filter(|_| address != start);
            if other.is_some_and(|other| !self.entered.contains(other)) {
                continue;
            }
            let used = [&self.uses, &self.unsaid].into_iter().filter_map(|uses| uses.get(address));
            for used in used.flatten().filter(|used| other.is_none() || !is_told(used)) {
                if !before.contains_key(used.as_str()) {
                    before.insert(used, Some(address));
                    open.push_back(used);
                }
            }
        }
        let written = self.writes.get(&start).into_iter().flatten();
        let written =
            written.filter(|address| self.changed.contains(*address) && !before.contains_key(address.as_str()));
        found.extend(written.map(|address| vec![address.clone(), start.clone()]));
        found
    }
}

/// By address, who asks for it or hears of it.
pub(super) struct Askers<'u> {
    users: BTreeMap<&'u str, Vec<&'u str>>,
    hearers: BTreeMap<&'u str, Vec<&'u str>>,
}

impl Askers<'_> {
    /// The journeys that ask for something or hear of it, be it through segments, scores or moves between stages. Of a mail
    /// and of a journey only those count that hear of it: others send the one and start the other.
    pub(super) fn of(&self, address: &str) -> BTreeSet<Name> {
        let (mut open, mut seen) = (vec![address], BTreeSet::new());
        let mut found = BTreeSet::new();
        while let Some(at) = open.pop() {
            let is_done = ["emails.", "messages.", "journeys."].iter().any(|kind| at.starts_with(kind));
            let users = self.users.get(at).into_iter().flatten().filter(|_| !is_done);
            for user in users.chain(self.hearers.get(at).into_iter().flatten()) {
                if !seen.insert(*user) {
                    continue;
                }
                match user.strip_prefix("journeys.") {
                    Some(journey) => _ = found.insert(journey.to_owned()),
                    None => open.push(user),
                }
            }
        }
        found
    }

    /// Whether anybody does.
    pub(super) fn any(&self, address: &str) -> bool {
        self.users.contains_key(address) || self.hearers.contains_key(address)
    }
}

/// Whether something is said to leads, or decides whether it may be.
fn is_told(address: &str) -> bool {
    ["emails.", "messages.", "channels.", "integrations.", "policies", "topics."]
        .iter()
        .any(|kind| address.starts_with(kind))
}

/// Steps by which a journey writes, by the name of the action.
const WRITING: &[&str] = &["set", "score", "stage", "list", "topic", "start", "emit", "audience"];

/// Takes the steps out of a compiled journey that write; what an event carries is read, and stays.
fn take_writing(journey: &mut Value) -> Vec<Value> {
    let mut taken = Vec::new();
    for step in journey.get_mut("steps").and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(Value::Object(action)) = step.get_mut("action") else { continue };
        for name in WRITING {
            let Some(written) = action.remove(*name) else { continue };
            if let Some(with) = written.get("with") {
                action.insert("with".to_owned(), with.clone());
            }
            taken.push(Value::Object([((*name).to_owned(), written)].into_iter().collect()));
        }
    }
    taken
}

/// By journey and address, how its steps write it.
fn writing(campaign: &Campaign) -> BTreeMap<(Name, String), Vec<String>> {
    let mut found: BTreeMap<(Name, String), Vec<String>> = BTreeMap::new();
    for (name, journey) in &campaign.journeys {
        for step in &journey.steps {
            let mut note = |address: String, how: String| {
                found.entry((name.clone(), address)).or_default().push(format!("{} {how}", step.id));
            };
            match &step.action {
                Action::Set { values } => {
                    values.iter().for_each(|(field, value)| note(format!("fields.{field}"), format!("{value:?}")));
                }
                Action::Score { points } => {
                    points.iter().for_each(|(model, points)| note(format!("scoring.{model}"), points.to_string()));
                }
                Action::Stage { stage } => note("lifecycle".to_owned(), stage.clone()),
                Action::List { list, add } | Action::Audience { list, add, .. } => {
                    note(format!("lists.{list}"), add.to_string());
                }
                Action::Topic { topic, subscribe } => note(format!("topics.{topic}"), subscribe.to_string()),
                Action::Start { journey } => note(format!("journeys.{journey}"), String::new()),
                Action::Emit { event, with } => note(format!("events.{event}"), format!("{with:?}")),
                action => {
                    for outcome in action.outcomes() {
                        note(format!("events.{}", outcome.event), format!("{outcome:?}"));
                    }
                }
            }
        }
    }
    found
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
