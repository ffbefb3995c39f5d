//! Catalogs, compiled.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::chance_key;
use super::names::Names;
use crate::backend::sim::value::{Slot, Sym};
use crate::ir::{Campaign, Together, Type};

/// A catalog.
#[derive(Debug)]
pub struct Catalog {
    /// Its name.
    pub name: String,
    /// Keys of its items.
    pub items: Vec<Sym>,
    /// Items by key.
    pub by_key: HashMap<Sym, u32>,
    /// The event that is a purchase.
    pub purchase: Option<Purchase>,
    /// What customers bought before, by id or address.
    pub orders: BTreeMap<String, BTreeSet<u32>>,
    /// Of each item, others that go with it.
    pub together: Vec<Vec<Together>>,
    /// Items by customers, most first.
    pub bestsellers: Vec<u32>,
    /// How many are recommended.
    pub count: usize,
    /// Its key of chance: which of those recommended is bought.
    pub chance: u64,
}

/// The event that is a purchase of an item.
#[derive(Debug)]
pub struct Purchase {
    /// The event.
    pub event: usize,
    /// The property with the item's key.
    pub item: usize,
    /// The word that asks for an item that is recommended.
    pub recommended: Sym,
    /// Properties that the item gives, with the values of all items.
    pub fills: Vec<(usize, Vec<Slot>)>,
    /// Properties that hold money.
    pub money: Vec<usize>,
}

/// The word by which an event asks for an item that is recommended.
const RECOMMENDED: &str = "recommended";

/// Compiles the catalogs.
pub fn compile(campaign: &Campaign, names: &mut Names<'_>) -> Vec<Catalog> {
    let mut out = Vec::new();
    for (name, catalog) in &campaign.catalogs {
        let items: Vec<Sym> = catalog.items.iter().map(|item| names.texts.intern(&item.key)).collect();
        out.push(Catalog {
            name: name.clone(),
            by_key: items.iter().copied().zip(0..).collect(),
            items,
            purchase: purchase(campaign, catalog, names),
            orders: catalog.orders.clone(),
            together: catalog.together.clone(),
            bestsellers: catalog.bestsellers.clone(),
            count: catalog.recommend.count as usize,
            chance: chance_key(&["recommended", name]),
        });
    }
    out
}

fn purchase(campaign: &Campaign, catalog: &crate::ir::Catalog, names: &mut Names<'_>) -> Option<Purchase> {
    let source = catalog.purchases.as_ref()?;
    let (event, item) = (names.event(&source.event)?, names.property(&source.event, &source.item)?);
    let mut fills = Vec::new();
    for (property, field) in &source.fills {
        let Some(property) = names.property(&source.event, property) else { continue };
        let value = |item: &crate::ir::Item| {
            item.values.get(field).map_or(Slot::Absent, |value| names.texts.intern_value(value))
        };
        fills.push((property, catalog.items.iter().map(value).collect()));
    }
    let declared = campaign.events.get(&source.event);
    let is_money = |property: &&str| {
        let field = declared.and_then(|event| event.properties.get(*property));
        field.is_some_and(|field| field.ty == Type::Number { money: true })
    };
    let properties = names.events[event].1.iter().enumerate();
    let money = properties.filter(|(_, name)| is_money(name)).map(|(at, _)| at).collect();
    Some(Purchase { event, item, recommended: names.texts.intern(RECOMMENDED), fills, money })
}
