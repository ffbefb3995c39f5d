//! Visits, forms and touches: what an event means to sources, pages and forms.
//!
//! What a visitor does at a page is decided at once: a visit is followed by the form begun, and that by its submission,
//! at the same second. Draws are keyed by the event that they follow from.

mod figures;

pub use figures::{AcquisitionFigures, AmountFigures, Credit, FormFigures, SourceFigures, VariantFigures};

use super::chance;
use super::engine::Engine;
use super::facts::Drawn;
use super::lead::{Data, Happening};
use super::program::{Carried, Property};
use super::trace::What;
use super::value::{Slot, Sym, V};
use crate::ir::{Arrival, Money};

/// A visit.
#[derive(Clone, Copy, Debug)]
pub struct Visit {
    /// The page and its variant.
    pub page: Option<(u32, u32)>,
    /// The source.
    pub source: Option<u32>,
}

impl Engine<'_> {
    /// A lead comes by a source. What it did at the page is known: it is a lead because of that.
    pub(super) fn arrive(&mut self, arrival: &Arrival) {
        let builtin = &self.program.builtin;
        let source = Some(arrival.source).filter(|source| *source < self.program.acquisition.sources.len());
        let page = arrival.page.map(|(page, variant)| (page as u32, variant as u32));
        let visit = Visit { page, source: source.map(|source| source as u32) };
        self.figures.leads.arrived += 1;
        self.count_visit(&visit);
        if page.is_none() {
            return; // nobody saw it at the web site
        }
        let identity = chance::key(&["arrival"]);
        self.enqueue(Happening { event: builtin.visited, data: Data::Visit(visit), identity });
        if let Some(form) = arrival.form {
            self.count_begun(form, page);
            let data = Data::FormStart(form as u32, page);
            self.enqueue(Happening { event: builtin.form_started, data, identity });
            self.complete(form, page, identity);
        }
    }

    /// Something happens that means something to sources, pages or forms.
    pub(super) fn happen_with_meaning(&mut self, event: usize, data: Data, identity: u64) {
        let data = if event == self.program.builtin.visited { Data::Visit(self.visit(event, data)) } else { data };
        let Some(happening) = self.purchased(Happening { event, data, identity }) else { return };
        self.submits(event, happening.data, identity);
        self.enqueue(happening);
        self.leads_on(&happening);
    }

    /// What a visit is about, the variant of the page included.
    fn visit(&mut self, event: usize, data: Data) -> Visit {
        let page = self.named(event, data, &Property::Page, self.page_by_sym());
        let source = self.named(event, data, &Property::Source, self.source_by_sym());
        let given = self.named(event, data, &Property::Variant, |sym| Some(sym as usize));
        let is_open = |page: &usize| given.is_none() && self.program.acquisition.pages[*page].variants.len() > 1;
        if let Some(page) = page.filter(is_open) {
            self.fact_drawn(|program| Drawn::Variant { page: program.acquisition.pages[page].name.clone() });
        }
        let page = page.and_then(|page| Some((page as u32, self.variant(page, given)? as u32)));
        Visit { page, source: source.map(|source| source as u32) }
    }

    fn page_by_sym(&self) -> impl Fn(Sym) -> Option<usize> {
        |sym| self.program.acquisition.pages.iter().position(|page| page.sym == sym)
    }

    fn source_by_sym(&self) -> impl Fn(Sym) -> Option<usize> {
        |sym| self.program.acquisition.sources.iter().position(|source| source.sym == sym)
    }

    fn form_by_sym(&self) -> impl Fn(Sym) -> Option<usize> {
        |sym| self.program.acquisition.forms.iter().position(|form| form.sym == sym)
    }

    /// What a property of an event names.
    fn named(
        &self,
        event: usize,
        data: Data,
        property: &Property,
        by_sym: impl Fn(Sym) -> Option<usize>,
    ) -> Option<usize> {
        let at = self.program.events[event].properties.iter().position(|each| each == property)?;
        self.named_at(event, data, at, by_sym)
    }

    pub(super) fn named_at(
        &self,
        event: usize,
        data: Data,
        property: usize,
        by_sym: impl Fn(Sym) -> Option<usize>,
    ) -> Option<usize> {
        let happening = Happening { event, data, identity: 0 };
        match self.ask(Some(&happening)).property(&happening, property) {
            V::Sym(sym) => by_sym(sym),
            V::Text(text) => self.program.texts.find(&text).and_then(by_sym),
            V::Absent | V::Bool(_) | V::Int(_) | V::Number(_) | V::Date(_) | V::Time(_) | V::Set(_) => None,
        }
    }

    /// The variant of a page that the lead sees: always the same, unless the event says which.
    fn variant(&self, page: usize, given: Option<usize>) -> Option<usize> {
        let variants = &self.program.acquisition.pages[page].variants;
        let said = given.and_then(|sym| variants.iter().position(|each| each.sym.is_some_and(|s| s as usize == sym)));
        said.or_else(|| {
            let drawn = variants.iter().map(|each| (each.weight, self.lead.chance.draw(each.chance, 0)));
            chance::rendezvous(drawn)
        })
    }

    /// Draws what the lead does at a page because of an event. What a timeline tells is only counted.
    fn leads_on(&mut self, happening: &Happening) {
        let Happening { event, data, identity } = *happening;
        if let Data::Visit(visit) = data {
            self.visited(&visit, identity);
        } else if event == self.program.builtin.form_started
            && let Some(form) = self.named(event, data, &Property::Form, self.form_by_sym())
        {
            self.started(form, None, identity);
        }
    }

    /// After a visit the page's form is begun, or not.
    fn visited(&mut self, visit: &Visit, identity: u64) {
        self.count_visit(visit);
        let Some((page, variant)) = visit.page.filter(|_| !self.lead.replay.told()) else { return };
        let page = &self.program.acquisition.pages[page as usize];
        let Some((form, starts)) = page.variants[variant as usize].form else { return };
        if self.lead.chance.draw(page.starts, identity) < starts {
            let identity = chance::join(page.starts, identity);
            let data = Data::FormStart(form as u32, visit.page);
            self.enqueue(Happening { event: self.program.builtin.form_started, data, identity });
            self.started(form, visit.page, identity);
        } else {
            let (form, percent) = (&self.program.acquisition.forms[form].name, starts * 100.0);
            self.note(What::NoEvent, None, |_| format!("`{form}` is not begun, by a chance of {percent:.1} %"));
        }
    }

    /// A form that was begun is completed, or not.
    fn started(&mut self, form: usize, page: Option<(u32, u32)>, identity: u64) {
        self.count_begun(form, page);
        if self.lead.replay.told() {
            return;
        }
        let of = &self.program.acquisition.forms[form];
        if self.lead.chance.draw(of.completes, identity) < of.completion {
            self.complete(form, page, chance::join(of.completes, identity));
        } else {
            let (form, percent) = (&of.name, of.completion * 100.0);
            self.note(What::NoEvent, None, |_| format!("`{form}` is left, by a chance of {percent:.1} %"));
        }
    }

    fn count_visit(&mut self, visit: &Visit) {
        let figures = &mut self.figures.acquisition;
        if let Some(source) = visit.source {
            figures.sources.at(source as usize).touches += 1;
        }
        if let Some((page, variant)) = visit.page {
            figures.pages.at(page as usize).at(variant as usize).visits += 1;
        }
    }

    fn count_begun(&mut self, form: usize, page: Option<(u32, u32)>) {
        let figures = &mut self.figures.acquisition;
        figures.forms.at(form).starts += 1;
        if let Some((page, variant)) = page {
            figures.pages.at(page as usize).at(variant as usize).starts += 1;
        }
    }

    /// A form that was begun is completed.
    fn complete(&mut self, form: usize, page: Option<(u32, u32)>, identity: u64) {
        let figures = &mut self.figures.acquisition;
        figures.forms.at(form).completions += 1;
        if let Some((page, variant)) = page {
            figures.pages.at(page as usize).at(variant as usize).completions += 1;
        }
        let of = &self.program.acquisition.forms[form];
        let value = |carried: &Carried| match carried {
            Carried::Nothing => Slot::Absent,
            Carried::Form => Slot::Sym(of.sym),
            Carried::Field(field) => self.lead.fields.get(*field).cloned().unwrap_or_default(),
        };
        let properties = of.carries.iter().map(value).collect();
        let data = self.lead.make(properties);
        self.happen(of.submits, data, identity);
    }

    /// A form is sent, whatever made its event: who ticks the box subscribes, right before.
    fn submits(&mut self, event: usize, data: Data, identity: u64) {
        let program = self.program;
        let meaning = &program.acquisition.meanings[event];
        let form = match meaning.form_named_by {
            Some(property) => self.named_at(event, data, property, self.form_by_sym()),
            None => meaning.form,
        };
        let Some(form) = form.filter(|form| program.acquisition.forms[*form].submits == event) else { return };
        self.figures.acquisition.forms.at(form).submissions += 1;
        let of = &program.acquisition.forms[form];
        let Some((topic, agree)) = of.consent.filter(|_| !self.lead.replay.told()) else { return };
        if self.lead.chance.draw(of.agrees, identity) < agree {
            self.figures.acquisition.forms.at(form).agreed += 1;
            let consent = Data::Consent(topic as u32, form as u32);
            self.happen(program.builtin.subscribed, consent, chance::join(of.agrees, identity));
        } else {
            let (form, percent) = (&of.name, agree * 100.0);
            self.note(What::NoEvent, None, |_| {
                format!("the box of `{form}` is not ticked, by a chance of {percent:.1} %")
            });
        }
    }

    /// The sources that an event touches.
    pub(super) fn touch(&mut self, happening: &Happening) {
        let program = self.program;
        if happening.event == program.builtin.visited {
            let source = self.named(happening.event, happening.data, &Property::Source, self.source_by_sym());
            source.into_iter().for_each(|source| self.touched(source));
        }
        for number in &program.acquisition.meanings[happening.event].touches {
            let filter = program.acquisition.sources[*number].touched_by.as_ref().and_then(|(_, cond)| cond.as_ref());
            if self.holds(filter, Some(happening)) {
                self.figures.acquisition.sources.at(*number).touches += 1;
                self.touched(*number);
            }
        }
    }

    /// The last touch is this source, and the first if there was none.
    fn touched(&mut self, source: usize) {
        let acquisition = &self.program.acquisition;
        let sym = Slot::Sym(acquisition.sources[source].sym);
        let mut changed = false;
        if let Some(field) = acquisition.first_touch.filter(|field| self.lead.fields[*field] == Slot::Absent) {
            changed |= self.set_field(field, sym.clone());
        }
        if let Some(field) = acquisition.last_touch {
            changed |= self.set_field(field, sym);
        }
        if changed {
            self.refresh_profile(false);
        }
    }

    /// Credits the sources of the first and the last touch.
    fn credit(&mut self, give: impl Fn(&mut Credit)) {
        let acquisition = &self.program.acquisition;
        if acquisition.sources.is_empty() {
            return;
        }
        for (field, first) in [(acquisition.first_touch, true), (acquisition.last_touch, false)] {
            let source = self.source_in(field);
            let figures = match source {
                Some(source) => self.figures.acquisition.sources.at(source),
                None => &mut self.figures.acquisition.no_source,
            };
            give(if first { &mut figures.first } else { &mut figures.last });
        }
    }

    fn source_in(&self, field: Option<usize>) -> Option<usize> {
        match self.lead.fields.get(field?)? {
            Slot::Sym(sym) => self.source_by_sym()(*sym),
            Slot::Absent
            | Slot::Bool(_)
            | Slot::Int(_)
            | Slot::Number(_)
            | Slot::Text(_)
            | Slot::Date(_)
            | Slot::Time(_)
            | Slot::Set(_) => None,
        }
    }

    /// A lead was created in the run.
    pub(super) fn credit_creation(&mut self) {
        if self.program.acquisition.sources.is_empty() {
            return;
        }
        match self.source_in(self.program.acquisition.first_touch) {
            Some(source) => self.figures.acquisition.sources.at(source).new_leads += 1,
            None => self.figures.acquisition.no_source.new_leads += 1,
        }
    }

    /// A stage was reached for the first time.
    pub(super) fn credit_stage(&mut self, stage: usize) {
        self.credit(|credit| *credit.stages.at(stage) += 1);
    }

    /// A goal was reached.
    pub(super) fn credit_goal(&mut self, journey: usize) {
        let with_goals = self.program.journeys.iter().take(journey).filter(|each| each.goal.is_some());
        let number = with_goals.count();
        self.credit(|credit| *credit.goals.at(number) += 1);
    }

    /// Money that an event carries.
    pub(super) fn credit_money(&mut self, happening: &Happening) {
        let meaning = self.program.acquisition.meanings.get(happening.event);
        let Some((properties, number)) = meaning.and_then(|meaning| meaning.money.as_ref()) else { return };
        let ask = self.ask(Some(happening));
        let amounts = || properties.iter().filter_map(|property| ask.property(happening, *property).number());
        if amounts().next().is_none() {
            return;
        }
        let sum: Money = amounts().map(Money::of).sum();
        self.credit(|credit| {
            let amount = credit.amounts.at(*number);
            amount.count += 1;
            amount.sum += sum;
        });
    }
}
