//! Items of catalogs that were bought, for people and for programs.

use serde::Serialize;

use super::figure::{count, money, percent};
use super::table::{Line, Table, push_line};
use crate::backend::sim::{CatalogFigures, ItemFigures, Named};
use crate::ir::{Campaign, Catalog, Money};

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
}

/// What was bought of each catalog, by key.
pub(super) fn products_json(figures: &CatalogFigures, campaign: &Campaign) -> Named<Products> {
    let catalogs = figures.iter().map(|(name, items)| {
        let key = |item: &u32| {
            let catalog = campaign.catalogs.get(name);
            catalog.and_then(|catalog| catalog.items.get(*item as usize)).map_or(String::new(), |item| item.key.clone())
        };
        let all = sum(items.values().copied());
        let items = Named(items.iter().map(|(item, figures)| (key(item), *figures)).collect());
        let (purchases, recommended, amount) = (all.purchases, all.recommended, all.amount);
        (name.to_owned(), Products { purchases, recommended, amount, items })
    });
    Named(catalogs.collect())
}
