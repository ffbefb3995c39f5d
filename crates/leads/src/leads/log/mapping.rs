//! Which name of the log is which event, and which of its values which property.
//!
//! In: the campaign and its mapping; then calls. Out: events of the campaign with typed properties. Never: where calls
//! come from, or whom they are about.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::call::Call;
use crate::ir::builtin::ABOUT_SUBSCRIPTIONS;
use crate::ir::log::IDENTIFIED;
use crate::ir::{Campaign, Event, Field, LogMapping, Name, Type, Value};
use crate::leads::cell::{self, Accepts, quoted};
use crate::leads::columns::Cell;
use crate::text::nearest;

/// Name of an `identify` call.
pub(super) const IDENTIFY: &str = "identify";

/// Events by their names in the log.
pub(super) struct Mapping {
    /// What each name of the log stands for.
    by_name: HashMap<String, Meant>,
    readers: Vec<EventReader>,
    /// Columns of CSV logs, where their names are others.
    pub(super) columns: BTreeMap<String, String>,
    /// Names of the campaign's events and those that are mapped to them, for suggestions.
    known: Vec<Name>,
    /// Topics to which leads subscribe.
    marketing: Arc<[Name]>,
    zone: TimeZone,
}

/// What a name of the log stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// An event: the number of its reader.
    Event(usize),
    /// Nothing, on purpose.
    Ignored,
}

/// How an event is read from calls of one name.
pub(super) struct EventReader {
    /// The event.
    pub(super) event: Name,
    properties: Vec<PropertyReader>,
    /// Names of the log that are read.
    sources: BTreeSet<String>,
}

struct PropertyReader {
    name: Name,
    accepts: Accepts,
    required: bool,
    /// Where it may stand; the first place with a value counts.
    sources: Vec<String>,
    values: BTreeMap<String, String>,
}

impl Mapping {
    /// The mapping of a campaign.
    pub(super) fn new(campaign: &Campaign, logs: &LogMapping) -> Mapping {
        let mut mapping = Mapping {
            by_name: HashMap::new(),
            readers: Vec::new(),
            columns: logs.columns.clone(),
            known: campaign.events.keys().chain(logs.events.keys()).cloned().collect(),
            marketing: campaign.marketing_topics().cloned().collect(),
            zone: TimeZone::get(&campaign.settings.timezone).unwrap_or(TimeZone::UTC),
        };
        let none = BTreeMap::new();
        for (name, event) in &campaign.events {
            mapping.enter(name, name, event, &none, logs);
        }
        if let Some(event) = campaign.events.get(IDENTIFIED) {
            mapping.enter(IDENTIFY, IDENTIFIED, event, &none, logs);
        }
        for name in &logs.ignore {
            mapping.by_name.insert(name.clone(), Meant::Ignored);
        }
        for (name, logged) in &logs.events {
            if let Some(event) = campaign.events.get(&logged.event) {
                mapping.enter(name, &logged.event, event, &logged.properties, logs);
            }
        }
        mapping
    }

    fn enter(&mut self, logged: &str, name: &str, event: &Event, own: &BTreeMap<String, Name>, logs: &LogMapping) {
        let global = if name == IDENTIFIED { &logs.traits } else { &logs.properties };
        let type_of = |property: &Name, field: &Field| {
            let is_subscription = property == "topic" && ABOUT_SUBSCRIPTIONS.contains(&name);
            if is_subscription { Type::Enum { values: self.marketing.clone() } } else { field.ty.clone() }
        };
        let reader = |(property, field): (&Name, &Field)| {
            let mapped = own.iter().chain(global).filter(|(_, to)| *to == property).map(|(from, _)| from.clone());
            // A name that is mapped to another property of this event is not this one.
            let taken = own.get(property).or(global.get(property)).is_some_and(|other| other != property);
            PropertyReader {
                name: property.clone(),
                accepts: Accepts { ty: type_of(property, field), min: field.min, max: field.max },
                required: !field.optional,
                sources: mapped.chain((!taken).then(|| property.clone())).collect(),
                values: logs.values.get(property).cloned().unwrap_or_default(),
            }
        };
        let properties: Vec<PropertyReader> = event.properties.iter().map(reader).collect();
        let sources = properties.iter().flat_map(|property| property.sources.clone()).collect();
        self.by_name.insert(logged.to_owned(), Meant::Event(self.readers.len()));
        self.readers.push(EventReader { event: name.to_owned(), properties, sources });
    }

    /// What a name of the log stands for.
    pub(super) fn meant(&self, name: &str) -> Option<Meant> {
        self.by_name.get(name).copied()
    }

    /// A reader of events by its number.
    pub(super) fn reader(&self, number: usize) -> &EventReader {
        &self.readers[number]
    }

    /// The known name most like one that stands for nothing.
    pub(super) fn nearest(&self, name: &str) -> Option<Name> {
        nearest(name, self.known.iter().map(String::as_str)).map(str::to_owned)
    }

    /// Whether some event reads a column.
    pub(super) fn reads(&self, column: &str) -> bool {
        self.readers.iter().any(|reader| reader.reads(column))
    }

    /// The properties of an event. The error is a sentence about what is wrong.
    pub(super) fn properties(&self, number: usize, call: &Call<'_>) -> Result<Vec<(&Name, Value)>, String> {
        let reader = &self.readers[number];
        let mut found = Vec::new();
        for property in &reader.properties {
            match property.read(call, &self.zone)? {
                Some(value) => found.push((&property.name, value)),
                None if property.required => {
                    let (event, name) = (&reader.event, &property.name);
                    return Err(format!("every event `{event}` needs `{name}`, and this one has none"));
                }
                None => {}
            }
        }
        Ok(found)
    }

    /// An instant in milliseconds since 1970-01-01T00:00:00Z. Times without an offset are the project's.
    pub(super) fn instant(&self, text: &str) -> Option<i64> {
        cell::millis(text, &self.zone)
    }
}

impl EventReader {
    /// Whether a name of the log is read, or part of one that is.
    pub(super) fn reads(&self, name: &str) -> bool {
        let inside = |source: &String| source.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        self.sources.contains(name) || self.sources.iter().any(inside)
    }
}

impl PropertyReader {
    fn read(&self, call: &Call<'_>, zone: &TimeZone) -> Result<Option<Value>, String> {
        for source in &self.sources {
            if let Some(cell) = call.value(source)? {
                return self.typed(source, cell, zone);
            }
        }
        Ok(None)
    }

    fn typed(&self, source: &str, cell: Cell<'_>, zone: &TimeZone) -> Result<Option<Value>, String> {
        let meant = |text: &str| self.values.get(text).map_or(text.to_owned(), String::clone);
        let bad = |text: &str, expected: String| {
            Err(format!("{} is {}, which is not {expected}", quoted(source), quoted(text)))
        };
        let one: Cow<'_, str> = match (cell, &self.accepts.ty) {
            (Cell::One(one), _) => one,
            (Cell::Many(many), Type::Set { values }) => {
                let mut set = BTreeSet::new();
                for part in many.iter().map(|part| part.trim()).filter(|part| !part.is_empty()) {
                    match cell::one_of(&meant(part), values) {
                        Ok(value) => set.extend([value]),
                        Err(expected) => return bad(part, expected),
                    }
                }
                return Ok(Some(Value::Set(set)));
            }
            (Cell::Many(_), _) => {
                return Err(format!("{} is a list, and `{}` a single value", quoted(source), self.name));
            }
        };
        match cell::value(&self.accepts, &meant(one.trim()), zone) {
            Ok(value) => Ok(Some(value)),
            Err(expected) => bad(one.trim(), expected),
        }
    }
}
