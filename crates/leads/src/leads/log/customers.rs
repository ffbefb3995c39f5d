//! What customers bought before a run, as its logs tell it: from it recommendations are learnt.
//!
//! In: the events, each with the person it is about. Out: for each catalog that learns from events, its customers. Never:
//! a purchase of the run itself: what another lead buys meanwhile must not change what a lead is recommended.

use std::collections::{BTreeMap, BTreeSet};

use super::Log;
use super::identity::Person;
use crate::ir::catalog::Customer;
use crate::ir::{Campaign, Catalog, Lead, Name, Purchases, Row, Value};

/// The customers of each catalog that learns from events, in the order of persons. Each is a lead, or someone whom
/// the log knows by a key of leads.
pub(super) fn customers(
    log: &Log,
    campaign: &Campaign,
    order: &[(Person, u32)],
    rows: &[(Row, Option<Person>)],
    of_set: &[Person],
) -> BTreeMap<Name, Vec<Customer>> {
    let learning = || campaign.catalogs.iter().filter(|(_, catalog)| catalog.recommend.from_events);
    let in_log = if learning().next().is_some() { names_in(log, of_set) } else { BTreeMap::new() };
    let found = learning().filter_map(|(name, catalog)| {
        let purchases = catalog.purchases.as_ref()?;
        let mut customers = Vec::new();
        for group in order.chunk_by(|one, other| one.0 == other.0) {
            let (person, items) = (group[0].0, bought(log, catalog, purchases, group));
            if items.is_empty() || matches!(person, Person::Ambiguous | Person::Nobody) {
                continue;
            }
            let mut names = in_log.get(&person).cloned().unwrap_or_default();
            if let Person::Known(number) = person
                && let Some((Ok(lead), _)) = rows.get(number as usize)
            {
                names.extend(names_of(lead, campaign));
            }
            customers.push(Customer { names, items });
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

/// Ids and addresses by which the log knows each person, as orders name customers.
fn names_in(log: &Log, of_set: &[Person]) -> BTreeMap<Person, BTreeSet<String>> {
    let is_name = |key: usize| matches!(log.keys.all[key].name.as_str(), "id" | "email");
    let mut all: BTreeMap<Person, BTreeSet<String>> = BTreeMap::new();
    for (who, person) in (0..).zip(of_set) {
        let values = log.identities.keys(who).iter().map(|node| log.identities.value(*node));
        let names = values.filter(|(key, _)| is_name(*key)).map(|(_, text)| Catalog::customer(text));
        all.entry(*person).or_default().extend(names);
    }
    all
}

/// Id and address of a lead of the file.
fn names_of(lead: &Lead, campaign: &Campaign) -> impl Iterator<Item = String> {
    std::iter::once(lead.id.as_str()).chain(campaign.email_of(lead)).map(Catalog::customer)
}
