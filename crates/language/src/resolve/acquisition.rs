//! Sources, pages and forms.

use std::collections::{BTreeMap, BTreeSet};

use super::data::assignable;
use super::names::quoted;
use super::typing::{AtHand, Place};
use super::{Resolver, spanned_value};
use crate::ast::acquisition::{self, Arrivals, BoxState, ConsentBox, Cost, CostPer, Form, Page, Source, Variant};
use crate::ast::data::{RefKind, TypeName};
use crate::ast::limits::Weekday;
use crate::ast::{Kind, Named, Text};
use crate::diag::{Code, Diagnostic};
use crate::ir::{self, Money, Name, Type};
use crate::syntax::Spanned;
use crate::text::Span;

/// Fields that nobody fills in: they come from elsewhere.
const NOT_ASKED: &[&str] = &["id", "created_at", "source", "last_source"];

/// The property that names the form where none is a `ref` of kind `forms`.
const FORM: &str = "form";

const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

impl Resolver<'_> {
    /// Resolves all of them; fields, events, personas and topics are known.
    pub(super) fn acquisition(&mut self) {
        for file in self.files {
            for named in &file.forms {
                self.form(named);
            }
            for named in &file.pages {
                self.page(named);
            }
            for named in &file.sources {
                self.source(named);
            }
        }
        self.forms_are_told_apart();
    }

    fn source(&mut self, named: &Named<Source>) {
        if !self.is_first(Kind::Source, &named.name) {
            return;
        }
        let def = &named.def;
        let utm = def.utm.clone().unwrap_or_default();
        let utm = [
            ("source", utm.source),
            ("medium", utm.medium),
            ("campaign", utm.campaign),
            ("content", utm.content),
            ("term", utm.term),
        ];
        let source = ir::Source {
            label: def.label.clone(),
            medium: medium(def.medium),
            utm: utm.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect(),
            cost: def.cost.map_or(ir::Cost::default(), |cost| self.source_cost(cost)),
            touched_by: def.touched_by.as_ref().and_then(|touched| self.touched_by(touched)),
            arrivals: def.arrivals.as_ref().map(|arrivals| self.arrivals(arrivals)),
            origin: named.name.span.into(),
        };
        self.out.sources.insert(named.name.value.clone(), source);
    }

    fn source_cost(&mut self, cost: Spanned<Cost>) -> ir::Cost {
        let mut out =
            ir::Cost { fixed: cost.fixed.map_or(Money::ZERO, |amount| Money::of(amount.value)), ..ir::Cost::default() };
        let missing = match (cost.per, cost.amount) {
            (Some(per), Some(amount)) => {
                match per.value {
                    CostPer::Click => out.per_click = Money::of(amount.value),
                    CostPer::Lead => out.per_lead = Money::of(amount.value),
                }
                return out;
            }
            (Some(per), None) => Some((per.span, "a cost `per` click or lead needs its `amount`")),
            (None, Some(amount)) => Some((amount.span, "the cost does not say what the `amount` is paid `per`")),
            (None, None) if cost.fixed.is_none() => Some((cost.span, "the cost has no amount")),
            (None, None) => None,
        };
        if let Some((span, message)) = missing {
            let help = "write `{per: click, amount: 180}`, `{per: lead, amount: 3000}` or `{fixed: 800000}`";
            self.sink.push(Diagnostic::new(Code::MissingKey, span, message).help(help));
        }
        out
    }

    fn touched_by(&mut self, touched: &acquisition::TouchedBy) -> Option<ir::TouchedBy> {
        let event = self.ask(Kind::Event, &touched.event);
        let at_hand = event.clone().map_or(AtHand::Unread, AtHand::Event);
        let filter = self.optional_condition(touched.filter.as_ref(), Place::Lead, &at_hand);
        Some(ir::TouchedBy { event: event?, filter })
    }

    fn arrivals(&mut self, def: &Arrivals) -> ir::Arrivals {
        if let (Some(from), Some(to)) = (def.from, def.to)
            && from.value.0 > to.value.0
        {
            let finding = Diagnostic::new(Code::InvalidTime, to.span, "the arrivals end before they begin");
            self.sink.push(finding.also(from.span, "they begin here"));
        }
        let day =
            |date: Option<Spanned<crate::ast::quantity::Date>>| spanned_value(&date).map(|date| date.0.to_string());
        ir::Arrivals {
            per_day: def.per_day,
            from: day(def.from),
            to: day(def.to),
            weekdays: WEEK.map(|weekday| def.weekdays.of(weekday)),
            page: def.page.as_ref().and_then(|page| self.ask(Kind::Page, page)),
            personas: self.arrival_personas(def),
        }
    }

    fn arrival_personas(&mut self, def: &Arrivals) -> BTreeMap<Name, f64> {
        let mut parts = BTreeMap::new();
        let Some(given) = &def.personas else { return parts };
        for (persona, percent) in &given.value {
            if let Some(persona) = self.ask(Kind::Persona, persona) {
                parts.insert(persona, percent.fraction);
            }
        }
        let total: f64 = given.value.iter().map(|(_, percent)| percent.fraction).sum();
        if (total - 1.0).abs() > 1e-9 {
            let message = format!("the parts of the personas add up to {}%, not to 100%", rounded(total * 100.0));
            self.sink.push(Diagnostic::new(Code::InvalidValue, given.span, message));
        }
        parts
    }

    fn page(&mut self, named: &Named<Page>) {
        if !self.is_first(Kind::Page, &named.name) {
            return;
        }
        let def = &named.def;
        let form = def.form.as_ref().and_then(|form| self.ask(Kind::Form, form));
        let variants = match &def.variants {
            None => {
                let form = self.begun(&named.name, def.form.as_ref(), form, def.starts);
                vec![ir::Variant { name: String::new(), weight: 100.0, form }]
            }
            Some(variants) => {
                self.variant_weights(variants);
                let each = variants.iter().map(|(name, variant)| self.variant(name, variant, def, form.as_ref()));
                let mut all: Vec<ir::Variant> = each.collect();
                // The order of keys means nothing, and so does not show in the plan.
                all.sort_by(|one, other| one.name.cmp(&other.name));
                all
            }
        };
        let has_form = variants.iter().any(|variant| variant.form.is_some());
        if let (Some(embed), false) = (def.embed, has_form) {
            let message = "`embed` goes with a `form`, which this page does not have";
            self.sink.push(Diagnostic::new(Code::UnknownKey, embed.span, message));
        }
        let embed = match spanned_value(&def.embed) {
            Some(acquisition::Embed::Iframe) => ir::Embed::Iframe,
            Some(acquisition::Embed::Script) => ir::Embed::Script,
            Some(acquisition::Embed::Inline) | None => ir::Embed::Inline,
        };
        let page = ir::Page {
            label: def.label.clone(),
            path: def.path.clone(),
            embed: has_form.then_some(embed),
            variants,
            origin: named.name.span.into(),
        };
        self.out.pages.insert(named.name.value.clone(), page);
    }

    fn variant(&mut self, name: &Text, def: &Variant, page: &Page, form: Option<&Name>) -> ir::Variant {
        let own = def.form.as_ref().and_then(|form| self.ask(Kind::Form, form));
        let written = def.form.as_ref().or(page.form.as_ref());
        let form = if def.form.is_some() { own } else { form.cloned() };
        let form = self.begun(name, written, form, def.starts.or(page.starts));
        ir::Variant { name: name.value.clone(), weight: def.weight.value, form }
    }

    /// A form with the part of the visitors that begin with it: neither goes without the other. Where one is wrong, which
    /// has been said, something stands in for it, so that the page still has a form.
    fn begun(
        &mut self,
        place: &Text,
        written: Option<&Text>,
        form: Option<Name>,
        starts: Option<Spanned<crate::ast::quantity::Percent>>,
    ) -> Option<(Name, f64)> {
        match (written, starts) {
            (Some(written), Some(starts)) => Some((form.unwrap_or_else(|| written.value.clone()), starts.fraction)),
            (Some(written), None) => {
                let message = format!("`{}` does not say how many visitors begin to fill the form in", place.value);
                let finding = Diagnostic::new(Code::MissingKey, written.span, message);
                self.sink.push(finding.help("write `starts: 12%` beside the form"));
                Some((form.unwrap_or_else(|| written.value.clone()), 1.0))
            }
            (None, Some(starts)) => {
                let message = format!("`{}` has no form that visitors could begin with", place.value);
                let finding = Diagnostic::new(Code::MissingKey, starts.span, message);
                self.sink.push(finding.help("name the form with `form:`, or leave `starts` out"));
                None
            }
            (None, None) => None,
        }
    }

    fn variant_weights(&mut self, variants: &Spanned<crate::syntax::Entries<Variant>>) {
        let total: f64 = variants.iter().map(|(_, variant)| variant.weight.value).sum();
        let Some((_, first)) = variants.iter().next() else {
            let message = "a page with `variants` has at least one";
            self.sink.push(Diagnostic::new(Code::SplitWeights, variants.span, message));
            return;
        };
        if (total - 100.0).abs() > 1e-6 {
            let message = format!("the weights of the variants add up to {total}, not to 100");
            let mut finding = Diagnostic::new(Code::SplitWeights, first.weight.span, message);
            for (at, (_, variant)) in variants.iter().enumerate() {
                let weight = variant.weight.value.to_string();
                finding = if at == 0 { finding.here(weight) } else { finding.also(variant.weight.span, weight) };
            }
            self.sink.push(finding);
        }
    }

    fn form(&mut self, named: &Named<Form>) {
        if !self.is_first(Kind::Form, &named.name) {
            return;
        }
        let def = &named.def;
        let fields = self.form_fields(def);
        let event = self.makeable(&def.submits);
        let names_itself = event.as_ref().and_then(|event| self.form_property(event));
        let mut carries = BTreeMap::new();
        if let Some(event) = &event {
            self.names_the_form(named, event, names_itself.as_ref());
            carries = self.carried(def, event, names_itself.as_ref(), &fields);
        }
        let form = ir::Form {
            label: def.label.clone(),
            fields,
            submits: event.unwrap_or_else(|| def.submits.value.clone()),
            names_itself,
            carries,
            consent: def.consent.as_ref().and_then(|consent| self.consent_box(consent)),
            completion: ir::Completion {
                base: def.completion.base,
                per_field: def.completion.per_field,
                per_optional: def.completion.per_optional,
            },
            completion_origin: def.completion.span.into(),
            origin: named.name.span.into(),
        };
        self.out.forms.insert(named.name.value.clone(), form);
    }

    fn form_fields(&mut self, def: &Form) -> Vec<ir::FormField> {
        let mut asked: BTreeMap<String, Span> = BTreeMap::new();
        let mut fields = Vec::new();
        for item in &def.fields.value {
            // The name stands at the beginning of a short item; of a long one the whole item is shown.
            let name = Text { value: item.field.clone(), span: item.span };
            if NOT_ASKED.contains(&name.as_str()) {
                let message = format!("a form cannot ask for `{}`: nobody fills it in", name.value);
                self.sink.push(Diagnostic::new(Code::NotAvailableHere, name.span, message));
                continue;
            }
            if let Some(first) = asked.get(&name.value) {
                let message = format!("the form asks for `{}` twice", name.value);
                self.sink.push(Diagnostic::new(Code::DuplicateName, name.span, message).also(*first, "the first"));
                continue;
            }
            asked.insert(name.value.clone(), name.span);
            if let Some(field) = self.ask(Kind::Field, &name) {
                fields.push(ir::FormField { field, required: item.required });
            }
        }
        fields
    }

    /// The property of an event that says which form was sent.
    fn form_property(&self, event: &str) -> Option<Name> {
        let written = self.files.iter().flat_map(|file| &file.events).find(|named| named.name.value == event)?;
        let is_ref = |field: &crate::ast::data::Field| {
            field.type_name.value == TypeName::Ref && spanned_value(&field.kind) == Some(RefKind::Forms)
        };
        let properties = &written.def.properties;
        let found = properties.iter().find(|(_, field)| is_ref(field));
        found.or_else(|| properties.iter().find(|(name, _)| name.value == FORM)).map(|(name, _)| name.value.clone())
    }

    /// The property takes the form's name.
    fn names_the_form(&mut self, named: &Named<Form>, event: &str, property: Option<&Name>) {
        let Some(name) = property else { return };
        let declared = self.names.events.get(event).and_then(|event| event.properties.get(name)).cloned();
        let Some(declared) = declared else { return };
        let fits = match &declared.ty {
            Type::Enum { values } => values.contains(&named.name.value),
            Type::Text { .. } => true,
            Type::Integer | Type::Number { .. } | Type::Boolean | Type::Date | Type::Datetime | Type::Set { .. } => {
                false
            }
        };
        if !fits {
            let message = format!("`{name}` of the event `{event}` is never {}", quoted(&named.name.value));
            let finding = Diagnostic::new(Code::UnknownEnumValue, named.def.submits.span, message);
            let finding = finding.also(declared.origin.0, format!("`{name}` is declared here"));
            self.sink.push(finding.help(format!("declare it as `{name}: {{type: ref, kind: forms}}`")));
        }
    }

    /// Properties of the event that carry what was filled in: those that are called like a field of the form.
    fn carried(
        &mut self,
        def: &Form,
        event: &str,
        names_itself: Option<&Name>,
        fields: &[ir::FormField],
    ) -> BTreeMap<Name, Name> {
        let mut carries = BTreeMap::new();
        let Some(declared) = self.names.events.get(event).cloned() else { return carries };
        for (name, property) in declared.properties.iter().filter(|(name, _)| Some(*name) != names_itself) {
            let asked = fields.iter().find(|field| field.field == *name);
            let field = self.names.fields.get(name).cloned();
            match (asked, field) {
                (Some(asked), Some(field)) if assignable(&property.ty, &field.ty) => {
                    if asked.required || property.optional {
                        carries.insert(name.clone(), name.clone());
                        continue;
                    }
                }
                (Some(_) | None, Some(_) | None) => {}
            }
            if !property.optional {
                let message = format!("the event `{event}` needs `{name}`, which the form does not ask for");
                let finding = Diagnostic::new(Code::MissingKey, def.submits.span, message);
                let finding = finding.also(property.origin.0, "required here");
                self.sink.push(finding.help("ask for a required field of that name and type, or make it optional"));
            }
        }
        carries
    }

    fn consent_box(&mut self, def: &ConsentBox) -> Option<ir::ConsentBox> {
        let topic = self.ask_marketing(&def.topic, "leave the box out")?;
        Some(ir::ConsentBox {
            topic,
            text: def.text.clone(),
            checked: spanned_value(&def.default) == Some(BoxState::Checked),
            agree: def.agree.map_or(1.0, |percent| percent.fraction),
            origin: def.default.map_or(def.topic.span, |default| default.span).into(),
        })
    }

    /// Two forms that make the same event say which of them it was.
    fn forms_are_told_apart(&mut self) {
        let mut seen: BTreeMap<Name, Name> = BTreeMap::new();
        let mut said: BTreeSet<Name> = BTreeSet::new();
        let forms: Vec<_> = self.files.iter().flat_map(|file| &file.forms).collect();
        for named in forms {
            let event = &named.def.submits.value;
            let Some(form) = self.out.forms.get(&named.name.value) else { continue };
            if form.names_itself.is_some() || !self.names.exists(Kind::Event, event) {
                continue;
            }
            let Some(first) = seen.insert(event.clone(), named.name.value.clone()) else { continue };
            if said.insert(event.clone()) {
                let message = format!("nothing in `{event}` tells this form from `{first}`");
                let finding = Diagnostic::new(Code::MissingKey, named.def.submits.span, message);
                self.sink.push(
                    finding.help(format!("give the event `{event}` a property `form: {{type: ref, kind: forms}}`")),
                );
            }
        }
    }
}

fn medium(medium: acquisition::Medium) -> ir::Medium {
    match medium {
        acquisition::Medium::Paid => ir::Medium::Paid,
        acquisition::Medium::Organic => ir::Medium::Organic,
        acquisition::Medium::Social => ir::Medium::Social,
        acquisition::Medium::Email => ir::Medium::Email,
        acquisition::Medium::Referral => ir::Medium::Referral,
        acquisition::Medium::Direct => ir::Medium::Direct,
        acquisition::Medium::Offline => ir::Medium::Offline,
        acquisition::Medium::Partner => ir::Medium::Partner,
    }
}

/// A percentage without the noise of binary fractions.
fn rounded(percent: f64) -> f64 {
    (percent * 1e6).round() / 1e6
}
