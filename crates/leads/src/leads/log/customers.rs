//! What customers bought before a run, as its logs tell it: from it recommendations are learnt.
//!
//! In: the events, each with the person it is about. Out: for each catalog that learns from events, its customers. Never:
//! a purchase of the run itself: what another lead buys meanwhile must not change what a lead is recommended.

use std::collections::{BTreeMap, BTreeSet};

use super::Log;
use super::identity::Person;
use super::join::NewKeys;
use crate::ir::catalog::Customer;
use crate::ir::{Campaign, Catalog, Name, Purchases, Row, Value};

/// The customers of each catalog that learns from events, in the order of persons. Each is a lead, or someone whom
/// the log knows by a key of leads.
pub(super) fn customers(
    log: &Log,
    campaign: &Campaign,
    order: &[(Person, u32)],
    rows: &[(Row, Option<Person>)],
    keys: &NewKeys<'_>,
) -> BTreeMap<Name, Vec<Customer>> {
    let learning = campaign.catalogs.iter().filter(|(_, catalog)| catalog.recommend.from_events);
    let found = learning.filter_map(|(name, catalog)| {
        let purchases = catalog.purchases.as_ref()?;
        let mut customers = Vec::new();
        for group in order.chunk_by(|one, other| one.0 == other.0) {
            let items = bought(log, catalog, purchases, group);
            if let (Some(names), false) = (names(group[0].0, log, campaign, rows, keys), items.is_empty()) {
                customers.push(Customer { names, items });
            }
        }
        Some((name.clone(), customers))
    });
    found.collect()
}

/// Items that events of a person, from before the run, are purchases of.
fn bought(log: &Log, catalog: &Catalog, purchases: &Purchases, events: &[(Person, u32)]) -> BTreeSet<u32> {
    let entries = events.iter().map(|(_, number)| &log.store.entries[*number as usize]);
    let before = entries.take_while(|entry| entry.at_ms.div_euclid(1000) < log.start_secs);
    let item = |entry| match log.store.values(entry).remove(&purchases.item) {
        Some(Value::Text(key)) => catalog.find(&key).map(|item| item as u32),
        Some(_) | None => None,
    };
    before.filter(|entry| *log.store.event(entry) == purchases.event).filter_map(item).collect()
}

/// Id and address of a person, as orders name customers; `None` if it is not one person.
fn names(
    person: Person,
    log: &Log,
    campaign: &Campaign,
    rows: &[(Row, Option<Person>)],
    keys: &NewKeys<'_>,
) -> Option<BTreeSet<String>> {
    match person {
        Person::Ambiguous | Person::Nobody => None,
        Person::Known(number) => {
            let lead = rows.get(number as usize)?.0.as_ref().ok()?;
            let email = campaign.fields.keys().position(|field| field == "email");
            let email = email.and_then(|at| lead.values.get(at)?.as_ref());
            let email = email.and_then(|value| match value {
                Value::Text(email) => Some(email.as_str()),
                _ => None,
            });
            Some(std::iter::once(lead.id.as_str()).chain(email).map(Catalog::customer).collect())
        }
        Person::New(_) => {
            let is_name = |key: usize| matches!(log.keys.all[key].name.as_str(), "id" | "email");
            let own = keys.get(&person).into_iter().flatten();
            Some(own.filter(|(key, _)| is_name(**key)).map(|(_, text)| Catalog::customer(text)).collect())
        }
    }
}
