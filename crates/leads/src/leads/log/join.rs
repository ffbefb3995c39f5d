//! Leads with what logs tell of them.
//!
//! In: what was read of logs, and the rows of a leads file. Out: the same rows with their timelines, then leads that
//! only the logs know. Never: a line of a log.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::customers::customers;
use super::identity::{Conflict, Node, Person};
use super::store::{Entry, Store};
use super::{Log, LogError};
use crate::ir::catalog::Customer;
use crate::ir::log::IdentityConflict;
use crate::ir::{Campaign, Lead, LineRefusal, LogSummary, Name, Row, Sendings, Type, Value};

/// Groups of leads thrown together that are kept.
const CONFLICTS_KEPT: usize = 100;

/// Why someone is no lead.
const NAMELESS: &str = "nothing tells who it is: no key is a field of leads";

/// Leads of such a group that are named.
const NAMED: usize = 10;

/// Leads with their timelines, one after the other. Timelines are made when they are asked for.
pub struct Replayed {
    /// What reading the logs gave.
    pub summary: LogSummary,
    /// What customers bought before the run, for each catalog that learns from it.
    pub customers: BTreeMap<Name, Vec<Customer>>,
    /// What they tell as sent in the time of the run.
    pub sendings: Sendings,
    store: Store,
    rows: std::vec::IntoIter<(Row, Option<Person>)>,
    /// Person and number of each event, in the order of persons and times.
    order: Vec<(Person, u32)>,
}

impl Replayed {
    pub(super) fn of(mut log: Log, campaign: &Campaign, rows: Vec<Row>) -> Result<Replayed, LogError> {
        let known: Vec<Vec<Node>> = rows.iter().map(|row| nodes_of(row, &log, campaign)).collect();
        let fields = log.keys.all.iter().filter(|key| key.is_field).count();
        let persons = log.identities.persons(&known, log.keys.user, fields);
        log.summary.keys = log.identities.len() as u64;
        let mut order: Vec<(Person, u32)> = Vec::with_capacity(log.store.entries.len());
        for (number, entry) in (0..).zip(&log.store.entries) {
            order.push((persons.of_set[entry.who as usize], number));
        }
        let entry = |number: u32| &log.store.entries[number as usize];
        order.sort_by_key(|(person, number)| (*person, entry(*number).at_ms, *number));
        let mut out: Vec<(Row, Option<Person>)> = (0..)
            .zip(rows)
            .map(|(number, row)| {
                let person = row.is_ok().then_some(Person::Known(number));
                (row, person)
            })
            .collect();
        let keys = keys_of_new(&log, &persons.of_set);
        let (made, refused) = new_leads(&log, campaign, &order, &out, &keys);
        let customers = customers(&log, campaign, &order, &out, &persons.of_set);
        log.summary.made = made.len() as u64;
        out.extend(made);
        let (conflicts, total) = conflicts(&log, &persons.conflicts, &out);
        (log.summary.conflicts, log.summary.conflicts_total) = (conflicts, total);
        leave_out(&mut log, &mut order, &refused)?;
        let leads: BTreeSet<Person> = order.iter().map(|(person, _)| *person).collect();
        (log.summary.events, log.summary.leads) = (order.len() as u64, leads.len() as u64);
        let sendings = sendings(&log, &order);
        Ok(Replayed { summary: log.summary, customers, sendings, store: log.store, rows: out.into_iter(), order })
    }
}

impl Iterator for Replayed {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let (row, person) = self.rows.next()?;
        let Some(person) = person else { return Some(row) };
        let events = events_of(&self.order, person);
        let timeline = events.iter().map(|(_, number)| self.store.outside(&self.store.entries[*number as usize]));
        let timeline = timeline.collect();
        Some(row.map(|lead| Lead { timeline: Some(timeline), ..lead }))
    }
}

/// What is told as sent since the run began.
fn sendings(log: &Log, order: &[(Person, u32)]) -> Sendings {
    let mut sendings = Sendings { last_secs: i64::MIN, ..Sendings::default() };
    for entry in order.iter().map(|(_, number)| &log.store.entries[*number as usize]) {
        let what = match log.store.event(entry).as_str() {
            "email_sent" | "email_delivered" => "email",
            "message_sent" | "message_delivered" => "message",
            _ => continue,
        };
        let at_secs = entry.at_ms.div_euclid(1000);
        if at_secs >= log.start_secs
            && let Some(Value::Text(name)) = log.store.values(entry).remove(what)
        {
            sendings.names.insert(name);
            sendings.last_secs = sendings.last_secs.max(at_secs);
        }
    }
    sendings
}

/// The events of a person.
fn events_of(order: &[(Person, u32)], person: Person) -> &[(Person, u32)] {
    let first = order.partition_point(|(other, _)| *other < person);
    let rest = &order[first..];
    &rest[..rest.partition_point(|(other, _)| *other == person)]
}

/// Values of a lead's keys that the logs have too.
fn nodes_of(row: &Row, log: &Log, campaign: &Campaign) -> Vec<Node> {
    let Ok(lead) = row else { return Vec::new() };
    let keys = log.keys.all.iter().enumerate().filter(|(_, key)| key.is_field);
    let node = |(number, key): (usize, &super::call::Key)| {
        let at = campaign.fields.keys().position(|field| *field == key.name)?;
        let text = key_text(lead.values.get(at)?.as_ref()?)?;
        log.identities.seen(number, &log.keys.normal(number, &text)?)
    };
    keys.filter_map(node).collect()
}

fn key_text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Int(number) => Some(number.to_string()),
        Value::Bool(_) | Value::Number(_) | Value::Date(_) | Value::Datetime(_) | Value::Set(_) => None,
    }
}

/// Values by the number of their key, by person.
type NewKeys<'l> = BTreeMap<Person, BTreeMap<usize, &'l str>>;

/// Leads that only the logs know, by id; and persons that cannot be leads, with the reason in words.
type Made = (Vec<(Row, Option<Person>)>, BTreeMap<Person, String>);

fn new_leads(
    log: &Log,
    campaign: &Campaign,
    order: &[(Person, u32)],
    known: &[(Row, Option<Person>)],
    keys: &NewKeys<'_>,
) -> Made {
    let taken: HashSet<&str> =
        known.iter().filter_map(|(row, _)| row.as_ref().ok()).map(|lead| lead.id.as_str()).collect();
    let (mut made, mut refused) = (BTreeMap::new(), BTreeMap::new());
    for group in order.chunk_by(|one, other| one.0 == other.0) {
        let person = group[0].0;
        if !matches!(person, Person::New(_)) {
            continue;
        }
        let entries: Vec<&Entry> = group.iter().map(|(_, number)| &log.store.entries[*number as usize]).collect();
        let none = BTreeMap::new();
        match new_lead(log, campaign, &entries, keys.get(&person).unwrap_or(&none)) {
            Ok(lead) if taken.contains(lead.id.as_str()) => {
                refused.insert(person, format!("a lead of the file has the id `{}` already", lead.id));
            }
            Ok(lead) => {
                made.insert(lead.id.clone(), (Ok(lead), Some(person)));
            }
            Err(why) => {
                refused.insert(person, why);
            }
        }
    }
    (made.into_values().collect(), refused)
}

/// A lead of what the logs tell: each field as it was when the lead came in, else as it was told first.
fn new_lead(log: &Log, campaign: &Campaign, entries: &[&Entry], keys: &BTreeMap<usize, &str>) -> Result<Lead, String> {
    let strongest = log.keys.all.iter().enumerate().filter(|(_, key)| key.is_field);
    let id = strongest.filter_map(|(number, _)| keys.get(&number)).next();
    let Some(id) = id.map(|id| (*id).to_owned()) else { return Err(NAMELESS.to_owned()) };
    let is_named = |entry: &&&Entry| {
        let mut keys = log.identities.keys(entry.who).iter();
        keys.any(|node| log.keys.all[log.identities.value(*node).0].is_field)
    };
    let named = entries.iter().find(is_named).or(entries.first()).map_or(0, |entry| entry.at_ms.div_euclid(1000));
    let mut told = told_fields(&log.store, campaign, entries, named.max(log.start_secs));
    told.insert("id".to_owned(), Value::Text(id.clone()));
    told.entry("created_at".to_owned()).or_insert(Value::Datetime(named));
    for (number, key) in log.keys.all.iter().enumerate().filter(|(_, key)| key.is_field) {
        if let (Some(text), Some(field)) = (keys.get(&number), campaign.fields.get(&key.name))
            && !told.contains_key(&key.name)
            && let Some(value) = key_value(text, &field.ty)
        {
            told.insert(key.name.clone(), value);
        }
    }
    let missing = campaign.fields.iter().filter(|(name, field)| !field.optional && !told.contains_key(*name));
    let missing: Vec<String> = missing.map(|(name, _)| format!("`{name}`")).collect();
    if !missing.is_empty() {
        return Err(format!("nothing tells {} of the lead `{id}`", missing.join(", ")));
    }
    let values = campaign.fields.keys().map(|name| told.remove(name)).collect();
    Ok(Lead { id, values, scores: vec![None; campaign.scoring.len()], ..Lead::default() })
}

/// Of each lead that only the logs know, the smallest value of each key.
fn keys_of_new<'l>(log: &'l Log, of_set: &[Person]) -> NewKeys<'l> {
    let mut all: NewKeys<'_> = BTreeMap::new();
    for (who, person) in (0..).zip(of_set).filter(|(_, person)| matches!(person, Person::New(_))) {
        let keys = all.entry(*person).or_default();
        for node in log.identities.keys(who) {
            let (key, text) = log.identities.value(*node);
            let smallest = keys.entry(key).or_insert(text);
            *smallest = text.min(*smallest);
        }
    }
    all
}

fn key_value(text: &str, ty: &Type) -> Option<Value> {
    match ty {
        Type::Text { .. } => Some(Value::Text(text.to_owned())),
        Type::Integer => text.parse().ok().map(Value::Int),
        Type::Number { .. } | Type::Boolean | Type::Date | Type::Datetime | Type::Enum { .. } | Type::Set { .. } => {
            None
        }
    }
}

/// What events set until the moment, and what they first set later.
fn told_fields(store: &Store, campaign: &Campaign, entries: &[&Entry], until: i64) -> BTreeMap<Name, Value> {
    let mut told: BTreeMap<Name, Value> = BTreeMap::new();
    for entry in entries {
        let Some(event) = campaign.events.get(store.event(entry)).filter(|event| !event.sets.is_empty()) else {
            continue;
        };
        let mut values = store.values(entry);
        for (field, property) in &event.sets {
            let Some(value) = values.remove(property) else { continue };
            if entry.at_ms.div_euclid(1000) <= until {
                told.insert(field.clone(), value);
            } else if campaign.fields.get(field).is_some_and(|field| !field.optional) {
                // A lead has what is required from the beginning.
                told.entry(field.clone()).or_insert(value);
            }
        }
    }
    told
}

/// Takes out the events of nobody.
fn leave_out(
    log: &mut Log,
    order: &mut Vec<(Person, u32)>,
    refused: &BTreeMap<Person, String>,
) -> Result<(), LogError> {
    let mut left: Vec<(u32, LineRefusal, String)> = Vec::new();
    order.retain(|(person, number)| {
        let why = match person {
            Person::Known(_) => None,
            Person::New(_) => refused.get(person).map(|why| (LineRefusal::NoLead, why.clone())),
            Person::Ambiguous => {
                Some((LineRefusal::AmbiguousIdentity, "its keys lead to several leads, and none names one".to_owned()))
            }
            Person::Nobody => Some((LineRefusal::NoLead, NAMELESS.to_owned())),
        };
        let stays = why.is_none();
        left.extend(why.map(|(reason, words)| (*number, reason, words)));
        stays
    });
    // In the order of the lines, so that those shown are the first.
    left.sort_unstable_by_key(|(number, _, _)| *number);
    for (number, reason, message) in left {
        let entry = log.store.entries[number as usize];
        log.refuse(entry.file, u64::from(entry.line), reason, message)?;
    }
    Ok(())
}

fn conflicts(
    log: &Log,
    found: &[(Conflict, Vec<Node>)],
    rows: &[(Row, Option<Person>)],
) -> (Vec<IdentityConflict>, u64) {
    let id_of =
        |lead: &u32| rows.get(*lead as usize).and_then(|(row, _)| row.as_ref().ok()).map(|lead| lead.id.clone());
    let show = |node: &Node| {
        let (key, text) = log.identities.value(*node);
        format!("{} {text}", log.keys.all[key].name)
    };
    let told = |(conflict, members): &(Conflict, Vec<Node>)| {
        let mut leads: Vec<String> = match conflict {
            Conflict::Known(leads) => leads.iter().filter_map(id_of).collect(),
            Conflict::New(ids) => ids.iter().map(|node| log.identities.value(*node).1.to_owned()).collect(),
        };
        leads.sort_unstable();
        leads.truncate(NAMED);
        // What joins them is mostly the weakest key.
        IdentityConflict { key: members.last().map(show).unwrap_or_default(), leads }
    };
    let mut all: Vec<IdentityConflict> = found.iter().map(told).collect();
    all.sort_unstable();
    let total = all.len() as u64;
    all.truncate(CONFLICTS_KEPT);
    (all, total)
}
