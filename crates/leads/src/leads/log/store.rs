//! Events in little memory: texts once, properties as numbers.
//!
//! In: events with typed properties. Out: the same, one at a time. Never: whom they are about.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use xxhash_rust::xxh3::xxh3_128;

use super::identity::Who;
use crate::ir::{Name, Outside, Value};

/// An event of a log. 32 bytes, and 24 for each property.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub(super) at_ms: i64,
    /// The keys that it stands with.
    pub(super) who: Who,
    /// Its line.
    pub(super) line: u32,
    first: u32,
    event: u16,
    count: u16,
    /// Its file.
    pub(super) file: u16,
}

/// A value without what it points to.
#[derive(Clone, Copy, Debug)]
enum Atom {
    Bool(bool),
    Int(i64),
    Number(f64),
    Text(u32),
    Date(i32),
    Datetime(i64),
    Set(u32),
}

/// Events and what they hold.
#[derive(Default)]
pub(super) struct Store {
    /// The events, in the order in which they were read.
    pub(super) entries: Vec<Entry>,
    atoms: Vec<(u16, Atom)>,
    names: Vec<Name>,
    numbers: HashMap<Name, u16>,
    texts: Vec<Box<str>>,
    by_text: HashMap<u128, u32>,
    sets: Vec<BTreeSet<String>>,
}

/// Where an event was read.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// Its file, by number.
    pub(super) file: u16,
    /// 1-based line.
    pub(super) line: u64,
}

impl Store {
    /// Keeps an event.
    pub(super) fn push(&mut self, at_ms: i64, who: Who, place: Place, event: &Name, values: Vec<(&Name, Value)>) {
        let (first, count) = (self.atoms.len() as u32, values.len() as u16);
        for (name, value) in values {
            let atom = match value {
                Value::Bool(truth) => Atom::Bool(truth),
                Value::Int(number) => Atom::Int(number),
                Value::Number(number) => Atom::Number(number),
                Value::Text(text) => Atom::Text(self.text(&text)),
                Value::Date(days) => Atom::Date(days),
                Value::Datetime(secs) => Atom::Datetime(secs),
                Value::Set(set) => {
                    self.sets.push(set);
                    Atom::Set(self.sets.len() as u32 - 1)
                }
            };
            let name = self.name(name);
            self.atoms.push((name, atom));
        }
        let (event, line) = (self.name(event), u32::try_from(place.line).unwrap_or(u32::MAX));
        self.entries.push(Entry { at_ms, who, line, first, event, count, file: place.file });
    }

    /// Name of an event.
    pub(super) fn event(&self, entry: &Entry) -> &Name {
        &self.names[usize::from(entry.event)]
    }

    /// The event as it happens to its lead.
    pub(super) fn outside(&self, entry: &Entry) -> Outside {
        Outside { at_secs: entry.at_ms.div_euclid(1000), event: self.event(entry).clone(), with: self.values(entry) }
    }

    /// The properties of an event.
    pub(super) fn values(&self, entry: &Entry) -> BTreeMap<Name, Value> {
        let atoms = self.atoms.iter().skip(entry.first as usize).take(usize::from(entry.count));
        atoms.map(|(name, atom)| (self.names[usize::from(*name)].clone(), self.value(*atom))).collect()
    }

    fn value(&self, atom: Atom) -> Value {
        match atom {
            Atom::Bool(truth) => Value::Bool(truth),
            Atom::Int(number) => Value::Int(number),
            Atom::Number(number) => Value::Number(number),
            Atom::Text(text) => Value::Text(self.texts[text as usize].to_string()),
            Atom::Date(days) => Value::Date(days),
            Atom::Datetime(secs) => Value::Datetime(secs),
            Atom::Set(set) => Value::Set(self.sets[set as usize].clone()),
        }
    }

    fn text(&mut self, text: &str) -> u32 {
        let next = self.texts.len() as u32;
        let number = *self.by_text.entry(xxh3_128(text.as_bytes())).or_insert(next);
        if number == next {
            self.texts.push(text.into());
        }
        number
    }

    /// Number of a name. Events and properties have at most a few thousand names.
    fn name(&mut self, name: &Name) -> u16 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.names.len() as u16;
        self.names.push(name.clone());
        self.numbers.insert(name.clone(), number);
        number
    }
}
