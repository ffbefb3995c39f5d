//! Names of a plan and their numbers, while it is compiled.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::condition::{Code, Deps, Retention};
use super::outside::{Audience, Outcome};
use crate::backend::sim::value::{Slot, Texts};
use crate::ir::{Campaign, Catalog, Name, Value, builtin};

/// Numbers by name, one table for each kind.
type Table<'a> = HashMap<&'a str, usize>;

/// The tables, and what compiling collects on its way.
pub struct Names<'a> {
    /// Texts that the plan names.
    pub texts: Texts,
    /// Of each event, what conditions want to be kept of it.
    pub retention: Vec<Retention>,
    /// Properties of events that the plan makes, each in the order of the event's properties.
    pub payloads: Vec<Vec<Slot>>,
    /// What may come of steps.
    pub outcomes: Vec<Outcome>,
    /// Lists as systems have them.
    pub audiences: Vec<Audience>,
    /// Events in order, each with the names of its properties.
    pub events: Vec<(&'a str, Vec<&'a str>)>,
    /// Segments in an order in which none asks for a later one.
    pub segments: Vec<&'a str>,
    /// Stages, in order.
    pub stages: Vec<&'a str>,
    /// Personas, in the order in which they are tried.
    pub personas: Vec<&'a str>,
    /// What consent depends on.
    pub consent: Deps,
    catalogs: &'a BTreeMap<Name, Catalog>,
    by_event: Table<'a>,
    by_field: Table<'a>,
    by_score: Table<'a>,
    by_grade: Table<'a>,
    by_segment: Table<'a>,
    by_list: Table<'a>,
    by_topic: Table<'a>,
    by_content: Table<'a>,
    by_system: Table<'a>,
    by_journey: Table<'a>,
    by_stage: Table<'a>,
}

impl<'a> Names<'a> {
    /// The tables of a campaign.
    pub fn of(campaign: &'a Campaign) -> Names<'a> {
        let events = all_events(campaign);
        let journeys = campaign.journeys_in_order().into_iter().map(|(name, _)| name.as_str());
        let segments = ordered_segments(campaign);
        let stages = campaign.lifecycle.iter().flat_map(|lifecycle| &lifecycle.stages);
        let stages: Vec<&str> = stages.map(String::as_str).collect();
        Names {
            texts: Texts::default(),
            retention: vec![None; events.len()],
            payloads: Vec::new(),
            outcomes: Vec::new(),
            audiences: Vec::new(),
            catalogs: &campaign.catalogs,
            by_event: numbered(events.iter().map(|(name, _)| *name)),
            by_field: numbered(campaign.fields.keys().map(String::as_str)),
            by_score: numbered(campaign.scoring.keys().map(String::as_str)),
            by_grade: numbered(campaign.grading.keys().map(String::as_str)),
            by_segment: numbered(segments.iter().copied()),
            by_list: numbered(campaign.lists.keys().map(String::as_str)),
            by_topic: numbered(campaign.topics.keys().map(String::as_str)),
            by_content: numbered(campaign.emails.keys().chain(campaign.messages.keys()).map(String::as_str)),
            by_system: numbered(campaign.integrations.keys().map(String::as_str)),
            by_journey: numbered(journeys),
            by_stage: numbered(stages.iter().copied()),
            stages,
            personas: campaign.personas.iter().map(|persona| persona.name.as_str()).collect(),
            events,
            segments,
            consent: consent(campaign),
        }
    }

    /// Number of an event.
    pub fn event(&self, name: &str) -> Option<usize> {
        self.by_event.get(name).copied()
    }

    /// Number of a property of an event.
    pub fn property(&self, event: &str, name: &str) -> Option<usize> {
        self.events[self.event(event)?].1.iter().position(|property| *property == name)
    }

    /// Number of a field.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.by_field.get(name).copied()
    }

    /// Number of a scoring model.
    pub fn score(&self, name: &str) -> Option<usize> {
        self.by_score.get(name).copied()
    }

    /// Number of a grading model.
    pub fn grade(&self, name: &str) -> Option<usize> {
        self.by_grade.get(name).copied()
    }

    /// Number of a segment.
    pub fn segment(&self, name: &str) -> Option<usize> {
        self.by_segment.get(name).copied()
    }

    /// Number of a list.
    pub fn list(&self, name: &str) -> Option<usize> {
        self.by_list.get(name).copied()
    }

    /// Number of a topic.
    pub fn topic(&self, name: &str) -> Option<usize> {
        self.by_topic.get(name).copied()
    }

    /// Number of something that can be sent.
    pub fn content(&self, name: &str) -> Option<usize> {
        self.by_content.get(name).copied()
    }

    /// Number of a system.
    pub fn system(&self, name: &str) -> Option<usize> {
        self.by_system.get(name).copied()
    }

    /// Number of a journey.
    pub fn journey(&self, name: &str) -> Option<usize> {
        self.by_journey.get(name).copied()
    }

    /// Number of a stage.
    pub fn stage(&self, name: &str) -> Option<usize> {
        self.by_stage.get(name).copied()
    }

    /// Whether an item was bought.
    pub fn bought(&self, catalog: &str, item: &str) -> Code {
        let number = self.catalogs.keys().position(|each| each == catalog);
        let item = self.catalogs.get(catalog).and_then(|catalog| catalog.find(item));
        match number.zip(item) {
            Some((catalog, item)) => Code::Bought { catalog, item: item as u32 },
            None => Code::Const(Slot::Absent),
        }
    }

    /// Keeps the properties of an event that the plan makes, and gives their number.
    pub fn payload(&mut self, event: usize, with: &BTreeMap<Name, Value>) -> u32 {
        let properties = self.events[event].1.clone();
        let slots = properties
            .into_iter()
            .map(|property| with.get(property).map_or(Slot::Absent, |value| self.texts.intern_value(value)))
            .collect();
        self.payloads.push(slots);
        u32::try_from(self.payloads.len() - 1).unwrap_or(u32::MAX)
    }
}

/// What it depends on whether a lead may be mailed on a topic. Consent that an event implies ends with time.
fn consent(campaign: &Campaign) -> Deps {
    let markets = &campaign.policies.permission.markets;
    let mut deps = Deps::TOPICS;
    if !markets.is_empty() {
        deps |= Deps::FIELDS;
    }
    if markets.iter().any(|market| market.implied.is_some()) {
        deps |= Deps::TIME;
    }
    deps
}

fn numbered<'a>(names: impl Iterator<Item = &'a str>) -> Table<'a> {
    names.enumerate().map(|(number, name)| (name, number)).collect()
}

/// Events of the campaign and built-in ones, with their properties, both by name.
fn all_events(campaign: &Campaign) -> Vec<(&str, Vec<&str>)> {
    let builtin = builtin::EVENTS.iter().map(|(name, properties)| (*name, properties.to_vec()));
    let mut events: BTreeMap<&str, Vec<&str>> = builtin.collect();
    for (name, event) in &campaign.events {
        events.insert(name, event.properties.keys().map(String::as_str).collect());
    }
    events
        .into_iter()
        .map(|(name, mut properties)| {
            properties.sort_unstable();
            (name, properties)
        })
        .collect()
}

/// Segments in their order of evaluation; those the order forgets come last.
fn ordered_segments(campaign: &Campaign) -> Vec<&str> {
    let (mut segments, mut seen) = (Vec::new(), BTreeSet::new());
    let known = campaign.segment_order.iter().filter(|name| campaign.segments.contains_key(*name));
    for name in known.chain(campaign.segments.keys()) {
        if seen.insert(name.as_str()) {
            segments.push(name.as_str());
        }
    }
    segments
}
