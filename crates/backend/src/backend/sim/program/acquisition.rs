//! Sources, pages, forms and catalogs, compiled: what an event means to them.

use super::catalog::{self, Catalog};
use super::condition::Cond;
use super::names::Names;
use super::{Event, chance_key};
use crate::backend::sim::value::Sym;
use crate::ir::{Campaign, Cost, Page as SourcePage, Type};

/// All of them.
#[derive(Debug, Default)]
pub struct Acquisition {
    /// Sources, by name.
    pub sources: Vec<Source>,
    /// Pages, by name.
    pub pages: Vec<Page>,
    /// Forms, by name.
    pub forms: Vec<Form>,
    /// Catalogs, by name.
    pub catalogs: Vec<Catalog>,
    /// Of each event, what it means; empty if there is nothing that it could mean.
    pub meanings: Vec<Meaning>,
    /// Names of events that carry money.
    pub paid: Vec<String>,
    /// Field with the source of the first touch.
    pub first_touch: Option<usize>,
    /// Field with the source of the last touch.
    pub last_touch: Option<usize>,
}

/// A source.
#[derive(Debug)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// Its name.
    pub sym: Sym,
    /// What it costs.
    pub cost: Cost,
    /// An event that counts as a touch, and a condition on it.
    pub touched_by: Option<(usize, Option<Cond>)>,
}

/// A page.
#[derive(Debug)]
pub struct Page {
    /// Its name.
    pub name: String,
    /// Its name.
    pub sym: Sym,
    /// Its key of chance: who begins to fill the form in.
    pub starts: u64,
    /// Its variants.
    pub variants: Vec<Variant>,
}

/// A variant of a page.
#[derive(Debug)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// Its name; a page without variants has one without.
    pub sym: Option<Sym>,
    /// Its part of 100.
    pub weight: f64,
    /// Its key of chance.
    pub chance: u64,
    /// The form in it, and the chance that a visitor begins to fill it in.
    pub form: Option<(usize, f64)>,
}

/// A form.
#[derive(Debug)]
pub struct Form {
    /// Its name.
    pub name: String,
    /// Its name.
    pub sym: Sym,
    /// Its key of chance: who completes it.
    pub completes: u64,
    /// The chance to complete it.
    pub completion: f64,
    /// The event of a submission.
    pub submits: usize,
    /// Of each property of that event, what it holds.
    pub carries: Vec<Carried>,
    /// Topic of the box to tick, and the chance that it is ticked.
    pub consent: Option<(usize, f64)>,
    /// Its key of chance: who ticks the box.
    pub agrees: u64,
}

/// What a property of a submission holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    /// Nothing.
    Nothing,
    /// The name of the form.
    Form,
    /// What a field of the lead holds.
    Field(usize),
}

/// What an event means to sources, pages and forms.
#[derive(Debug, Default)]
pub struct Meaning {
    /// Whether it means anything at all.
    pub any: bool,
    /// Sources that it may be a touch of.
    pub touches: Vec<usize>,
    /// It may be a submission: the property that names the form.
    pub form_named_by: Option<usize>,
    /// The form that it submits if no property says which.
    pub form: Option<usize>,
    /// The catalog of which it is a purchase.
    pub purchase: Option<usize>,
    /// Its properties that hold money, and its number among the events that have such.
    pub money: Option<(Vec<usize>, usize)>,
}

/// Compiles sources, pages and forms.
pub fn compile(campaign: &Campaign, names: &mut Names<'_>) -> Acquisition {
    let forms = forms(campaign, names);
    let pages = pages(campaign, names);
    let sources = sources(campaign, names);
    let catalogs = catalog::compile(campaign, names);
    let mut out = Acquisition { sources, pages, forms, catalogs, ..Acquisition::default() };
    if out.is_unused() {
        return out;
    }
    if !out.sources.is_empty() {
        (out.first_touch, out.last_touch) = (names.field("source"), names.field("last_source"));
    }
    out.mean(campaign, names);
    out
}

impl Acquisition {
    /// Whether the campaign has none of them.
    pub fn is_unused(&self) -> bool {
        self.sources.is_empty() && self.pages.is_empty() && self.forms.is_empty() && self.catalogs.is_empty()
    }

    /// Marks events whose cascade may find something new.
    pub fn mark_used(&self, events: &mut [Event], visited: usize) {
        if !self.sources.is_empty() {
            events[visited].used = true;
        }
        for (event, meaning) in events.iter_mut().zip(&self.meanings) {
            event.used |= meaning.money.is_some();
        }
        for purchase in self.catalogs.iter().filter_map(|catalog| catalog.purchase.as_ref()) {
            events[purchase.event].used = true;
        }
        for (event, _) in self.sources.iter().filter_map(|source| source.touched_by.as_ref()) {
            events[*event].used = true;
        }
    }

    fn mean(&mut self, campaign: &Campaign, names: &Names<'_>) {
        self.meanings.resize_with(names.events.len(), Meaning::default);
        for name in ["visited", "form_started"] {
            names.event(name).into_iter().for_each(|event| self.meanings[event].any = true);
        }
        for (number, source) in self.sources.iter().enumerate() {
            if let Some((event, _)) = source.touched_by {
                self.meanings[event].touches.push(number);
            }
        }
        for (number, (form, source)) in self.forms.iter().zip(campaign.forms.values()).enumerate() {
            let meaning = &mut self.meanings[form.submits];
            meaning.any = true;
            let property = source.names_itself.as_ref();
            meaning.form_named_by = property.and_then(|property| names.property(&source.submits, property));
            meaning.form = meaning.form.or(Some(number));
        }
        for (number, catalog) in self.catalogs.iter().enumerate() {
            if let Some(purchase) = &catalog.purchase {
                let meaning = &mut self.meanings[purchase.event];
                (meaning.any, meaning.purchase) = (true, Some(number));
            }
        }
        if !self.sources.is_empty() {
            self.money(campaign, names);
        }
    }

    fn money(&mut self, campaign: &Campaign, names: &Names<'_>) {
        for (number, (name, properties)) in names.events.iter().enumerate() {
            let Some(event) = campaign.events.get(*name) else { continue };
            let is_money = |property: &&str| {
                event.properties.get(*property).is_some_and(|field| field.ty == Type::Number { money: true })
            };
            let money: Vec<usize> =
                properties.iter().enumerate().filter(|(_, name)| is_money(name)).map(|(at, _)| at).collect();
            if !money.is_empty() {
                self.meanings[number].any = true;
                self.meanings[number].money = Some((money, self.paid.len()));
                self.paid.push((*name).to_owned());
            }
        }
    }
}

fn sources(campaign: &Campaign, names: &mut Names<'_>) -> Vec<Source> {
    let mut out = Vec::new();
    for (name, source) in &campaign.sources {
        let touched_by = source.touched_by.as_ref().and_then(|touched| {
            Some((names.event(&touched.event)?, names.optional(touched.filter.as_ref(), Some(&touched.event))))
        });
        out.push(Source { name: name.clone(), sym: names.texts.intern(name), cost: source.cost, touched_by });
    }
    out
}

fn pages(campaign: &Campaign, names: &mut Names<'_>) -> Vec<Page> {
    let form_at = |name: &str| campaign.forms.keys().position(|each| each == name);
    let mut out = Vec::new();
    for (name, page) in &campaign.pages {
        let variants = page.variants.iter().map(|variant| Variant {
            name: variant.name.clone(),
            sym: (!variant.name.is_empty()).then(|| names.texts.intern(&variant.name)),
            weight: variant.weight,
            chance: SourcePage::variant_key(name, &variant.name),
            form: variant.form.as_ref().and_then(|(form, starts)| Some((form_at(form)?, *starts))),
        });
        let variants = variants.collect();
        let starts = chance_key(&["starts", name]);
        out.push(Page { name: name.clone(), sym: names.texts.intern(name), starts, variants });
    }
    out
}

fn forms(campaign: &Campaign, names: &mut Names<'_>) -> Vec<Form> {
    let mut out = Vec::new();
    for (name, form) in &campaign.forms {
        let submits = names.event(&form.submits).unwrap_or(0);
        let carried = |property: &&str| match form.carries.get(*property) {
            Some(field) => names.field(field).map_or(Carried::Nothing, Carried::Field),
            None if form.names_itself.as_deref() == Some(*property) => Carried::Form,
            None => Carried::Nothing,
        };
        let carries = names.events.get(submits).map_or(Vec::new(), |(_, all)| all.iter().map(carried).collect());
        let consent = form.consent.as_ref().and_then(|asked| Some((names.topic(&asked.topic)?, asked.agree)));
        out.push(Form {
            name: name.clone(),
            sym: names.texts.intern(name),
            completes: chance_key(&["completes", name]),
            completion: form.completes(),
            submits,
            carries,
            consent,
            agrees: chance_key(&["agrees", name]),
        });
    }
    out
}
