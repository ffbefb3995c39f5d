//! Items of catalogs that were bought, for people and for programs.

use std::collections::BTreeMap;

use serde::Serialize;

use super::figure::{count, money, percent};
use super::table::{Line, Table, list, push_line};
use crate::backend::sim::{CatalogFigures, ItemFigures, Named, Outcome};
use crate::ir::catalog::SCORE_ONE;
use crate::ir::print::goes_with;
use crate::ir::{Campaign, Catalog, Money, Together};

/// Items that are shown of each catalog; the rest is counted.
const SHOWN: usize = 10;

/// What was bought of each catalog, most first.
pub(super) fn products(figures: &CatalogFigures, campaign: &Campaign, width: usize) -> String {
    let mut sections = Vec::new();
    for (name, items) in figures.iter().filter(|(_, items)| !items.is_empty()) {
        let Some(catalog) = campaign.catalogs.get(name) else { continue };
        let mut items: Vec<(&u32, &ItemFigures)> = items.iter().collect();
        items.sort_by_key(|(item, figures)| (std::cmp::Reverse(figures.purchases), **item));
        let currency = campaign.settings.currency.as_deref();
        let title = format!("Products of {}", catalog.label.as_deref().unwrap_or(name));
        let mut table = Table::new(&title, &["bought", "as recommended", "amount"]);
        for (item, figures) in items.iter().take(SHOWN) {
            let key = catalog.items.get(**item as usize).map_or("", |item| item.key.as_str());
            table.push(Line::new(title_of(catalog, **item), key, numbers(figures, currency)));
        }
        let all = sum(items.iter().map(|(_, figures)| **figures));
        if items.len() > SHOWN {
            let rest = sum(items.iter().skip(SHOWN).map(|(_, figures)| **figures));
            table.push(Line::new(None, &format!("{} others", items.len() - SHOWN), numbers(&rest, currency)));
        }
        if items.len() > 1 {
            table.push(Line::new(None, "all", numbers(&all, currency)));
        }
        let mut text = table.print(width);
        push_line(&mut text, "  as recommended: of the bought");
        sections.push(text);
    }
    sections.join("\n")
}

/// What catalogs have learnt from the logs of this run; the rest stands in the plan.
pub(super) fn learnt(outcome: &Outcome, campaign: &Campaign, width: usize) -> String {
    let mut sections = Vec::new();
    for (name, catalog) in learning(outcome, campaign) {
        let title = format!("Recommendations of {}", catalog.label.as_deref().unwrap_or(name));
        let (customers, pairs) = (count(u64::from(catalog.customers)), count(catalog.pairs() as u64));
        let by = catalog.recommend.by.word();
        let mut text = String::new();
        let facts = format!("{title}  pairs that go together, by {by}: {pairs}; customers before the run: {customers}");
        push_line(&mut text, &facts);
        let mut best: Vec<u32> = catalog.bestsellers.clone();
        best.retain(|item| !goes_with(catalog, *item).is_empty());
        for item in best.iter().take(SHOWN) {
            let head = format!("  {} → ", catalog.key_of(*item));
            text.push_str(&list(&head, &goes_with(catalog, *item), width));
        }
        if best.len() > SHOWN {
            push_line(&mut text, &format!("  and {} others", best.len() - SHOWN));
        }
        sections.push(text);
    }
    sections.join("\n")
}

fn learning<'c>(outcome: &Outcome, campaign: &'c Campaign) -> impl Iterator<Item = (&'c String, &'c Catalog)> {
    let learns = outcome.log.is_some();
    campaign.catalogs.iter().filter(move |(_, catalog)| learns && catalog.recommend.from_events)
}

fn numbers(figures: &ItemFigures, currency: Option<&str>) -> Vec<String> {
    vec![
        count(figures.purchases),
        format!("{} {:>6}", count(figures.recommended), percent(figures.recommended, figures.purchases)),
        money(figures.amount, currency),
    ]
}

fn sum(figures: impl Iterator<Item = ItemFigures>) -> ItemFigures {
    figures.fold(ItemFigures::default(), |sum, each| ItemFigures {
        purchases: sum.purchases + each.purchases,
        recommended: sum.recommended + each.recommended,
        amount: sum.amount + each.amount,
    })
}

/// What people call an item: its field `name`, or `label`, or `title`.
fn title_of(catalog: &Catalog, item: u32) -> Option<&str> {
    let values = &catalog.items.get(item as usize)?.values;
    ["name", "label", "title"].into_iter().find_map(|field| match values.get(field)? {
        crate::ir::Value::Text(text) => Some(text.as_str()),
        _ => None,
    })
}

/// The same, for programs.
#[derive(Serialize)]
pub(super) struct Products {
    purchases: u64,
    recommended: u64,
    amount: Money,
    items: Named<ItemFigures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    learnt: Option<Learnt>,
}

/// What goes together by the logs of the run.
#[derive(Serialize)]
struct Learnt {
    customers: u32,
    together: Named<Vec<GoesWith>>,
}

/// An item that goes with another.
#[derive(Serialize)]
struct GoesWith {
    item: String,
    customers: u32,
    score: f64,
}

/// What was bought of each catalog, by key.
pub(super) fn products_json(outcome: &Outcome, campaign: &Campaign) -> Named<Products> {
    let mut learnt: BTreeMap<&str, Learnt> =
        learning(outcome, campaign).map(|(name, catalog)| (name.as_str(), learnt_json(catalog))).collect();
    let catalogs = outcome.figures.catalogs.iter().map(|(name, items)| {
        let key = |item: &u32| {
            let catalog = campaign.catalogs.get(name);
            catalog.and_then(|catalog| catalog.items.get(*item as usize)).map_or(String::new(), |item| item.key.clone())
        };
        let all = sum(items.values().copied());
        let items = Named(items.iter().map(|(item, figures)| (key(item), *figures)).collect());
        let (purchases, recommended, amount) = (all.purchases, all.recommended, all.amount);
        (name.to_owned(), Products { purchases, recommended, amount, items, learnt: learnt.remove(name) })
    });
    Named(catalogs.collect())
}

fn learnt_json(catalog: &Catalog) -> Learnt {
    let goes_with = |other: &Together| GoesWith {
        item: catalog.key_of(other.item).to_owned(),
        customers: other.customers,
        score: other.score as f64 / SCORE_ONE as f64,
    };
    let items = (0..).zip(&catalog.together).filter(|(_, others)| !others.is_empty());
    let together =
        items.map(|(item, others)| (catalog.key_of(item).to_owned(), others.iter().map(goes_with).collect()));
    Learnt { customers: catalog.customers, together: Named(together.collect()) }
}
