//! Purchases: what a lead bought, and what is recommended to it.

use std::collections::BTreeMap;

use super::engine::Engine;
use super::facts::Drawn;
use super::lead::Happening;
use super::outcome::Named;
use super::program::{Deps, Program};
use super::trace::What;
use super::value::{Slot, Sym};
use crate::ir::{Catalog, Money, catalog::recommended};

/// Figures of the items of catalogs that were bought, by number of the item.
pub type CatalogFigures = Named<BTreeMap<u32, ItemFigures>>;

/// Figures of an item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct ItemFigures {
    /// Purchases.
    pub purchases: u64,
    /// Of these, purchases of what was recommended.
    pub recommended: u64,
    /// Amounts of the purchases together.
    pub amount: Money,
}

/// Nothing bought yet.
pub fn empty(program: &Program) -> CatalogFigures {
    Named::of(program.acquisition.catalogs.iter().map(|catalog| catalog.name.as_str()), |_| BTreeMap::new())
}

/// Adds the figures of other leads.
pub fn add(mine: &mut CatalogFigures, theirs: CatalogFigures) {
    mine.add(theirs, |mine, theirs| {
        for (item, figures) in theirs {
            let sum = mine.entry(item).or_default();
            sum.purchases += figures.purchases;
            sum.recommended += figures.recommended;
            sum.amount += figures.amount;
        }
    });
}

impl Engine<'_> {
    /// What the lead at hand bought before the run.
    pub(super) fn take_orders(&mut self) {
        let program = self.program;
        for (number, catalog) in program.acquisition.catalogs.iter().enumerate() {
            let bought = &mut self.lead.bought[number];
            bought.clear();
            if catalog.orders.is_empty() {
                continue;
            }
            bought.extend(catalog.orders.get(&Catalog::customer(&self.lead.id)).into_iter().flatten());
            let email = program.email_field.and_then(|field| self.lead.fields[field].text(&program.texts));
            let email = email.map(Catalog::customer);
            bought.extend(email.and_then(|email| catalog.orders.get(&email)).into_iter().flatten());
        }
    }

    /// An event that may be a purchase: it is counted, and gets from the item what it does not tell itself. Where it asks for
    /// an item that is recommended, this one is drawn first; `None` if there is nothing to recommend.
    pub(super) fn purchased(&mut self, happening: Happening) -> Option<Happening> {
        let acquisition = &self.program.acquisition;
        let Some(number) = acquisition.meanings.get(happening.event).and_then(|meaning| meaning.purchase) else {
            return Some(happening);
        };
        let catalog = &acquisition.catalogs[number];
        let Some(purchase) = &catalog.purchase else { return Some(happening) };
        let named = |by_sym: &dyn Fn(Sym) -> Option<usize>| {
            self.named_at(happening.event, happening.data, purchase.item, by_sym)
        };
        let drawn = named(&|sym| (sym == purchase.recommended).then_some(0)).is_some();
        let item = if drawn {
            Some(self.draw_item(number, &happening)?)
        } else {
            named(&|sym| catalog.by_key.get(&sym).map(|item| *item as usize))
        };
        let Some(item) = item else { return Some(happening) };
        let happening = self.with_item(number, item, happening);
        let ask = self.ask(Some(&happening));
        let amounts = purchase.money.iter().filter_map(|property| ask.property(&happening, *property).number());
        let amount: Money = amounts.map(Money::of).sum();
        let figures = self.figures.catalogs.at(number).entry(item as u32).or_default();
        figures.purchases += 1;
        figures.recommended += u64::from(drawn);
        figures.amount += amount;
        Some(happening)
    }

    /// Draws one of the items that are recommended now, if there are any.
    fn draw_item(&mut self, number: usize, happening: &Happening) -> Option<usize> {
        let program = self.program;
        let catalog = &program.acquisition.catalogs[number];
        let items = recommended(&catalog.together, &catalog.bestsellers, &self.lead.bought[number], catalog.count);
        if items.len() > 1 {
            self.fact_drawn(|_| Drawn::Item { catalog: catalog.name.clone() });
        }
        let part = self.lead.chance.draw(catalog.chance, happening.identity);
        let item = items.get((part * items.len() as f64) as usize).map(|item| *item as usize);
        if item.is_none() {
            let name = &program.events[happening.event].name;
            self.note(What::NoEvent, None, |_| format!("no `{name}`: there is nothing left to recommend"));
        }
        item
    }

    /// A purchase that names the item, with what the item gives.
    fn with_item(&mut self, number: usize, item: usize, happening: Happening) -> Happening {
        let catalog = &self.program.acquisition.catalogs[number];
        let Some(purchase) = &catalog.purchase else { return happening };
        let ask = self.ask(Some(&happening));
        let properties = (0..self.program.events[happening.event].properties.len())
            .map(|property| ask.property(&happening, property).keep());
        let told: Box<[Slot]> = properties.collect();
        let mut whole = told.clone();
        whole[purchase.item] = Slot::Sym(catalog.items[item]);
        for (property, values) in &purchase.fills {
            if whole[*property] == Slot::Absent {
                whole[*property] = values[item].clone();
            }
        }
        if whole == told { happening } else { Happening { data: self.lead.make(whole), ..happening } }
    }

    /// The lead has an item from now on.
    pub(super) fn keep_item(&mut self, happening: &Happening) {
        let acquisition = &self.program.acquisition;
        let Some(number) = acquisition.meanings.get(happening.event).and_then(|meaning| meaning.purchase) else {
            return;
        };
        let catalog = &acquisition.catalogs[number];
        let Some(purchase) = &catalog.purchase else { return };
        let by_key = |sym| catalog.by_key.get(&sym).map(|item| *item as usize);
        if let Some(item) = self.named_at(happening.event, happening.data, purchase.item, by_key)
            && self.lead.bought[number].insert(item as u32)
        {
            self.lead.changed(Deps::EVENTS);
        }
    }
}
