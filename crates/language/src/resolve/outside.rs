//! Steps that reach other systems and people, and what comes of them.

use super::Resolver;
use super::typing::{AtHand, Place, Ty, Typer};
use crate::ast::channels::{self, AudienceStep, Method, Sync, Webhook};
use crate::ast::journey::Task;
use crate::ast::{Kind, Literal, Text, jinja};
use crate::diag::{Code, Diagnostic};
use crate::ir::expr::Expr;
use crate::ir::integration::{self, IntegrationKind};
use crate::ir::journey::Action;
use crate::ir::{self, Mapped, Mapping, Name, Value};
use crate::syntax::{Entries, Spanned};
use crate::text::ScalarMap;

/// Why no event is at hand.
fn lead_only() -> AtHand {
    AtHand::Nothing("the step is about the lead, whenever it is reached".to_owned())
}

impl Resolver<'_> {
    pub(super) fn task(&mut self, task: &Task) -> Action {
        let no_event = AtHand::Nothing("a task is about the lead".to_owned());
        self.template(&task.title, &no_event);
        Action::Task {
            to: task.to.value.clone(),
            title: task.title.value.clone(),
            within_secs: task.within.map(|within| within.secs),
            cost: self.cost(task.cost.as_ref()),
            outcomes: self.outcomes(&task.outcomes),
        }
    }

    pub(super) fn sync(&mut self, sync: &Sync) -> Action {
        let to = self.system(&sync.to, IntegrationKind::takes_records, "takes audiences and no records");
        Action::Sync { to, fields: self.mapping(&sync.fields), outcomes: self.outcomes(&sync.outcomes) }
    }

    pub(super) fn audience(&mut self, step: &Spanned<AudienceStep>) -> Action {
        let to = self.system(&step.to, IntegrationKind::takes_audiences, "takes no audiences");
        match self.one_of_two((&step.add, "add"), (&step.remove, "remove"), step.span) {
            Some((list, add)) => {
                let list = self.ask(Kind::List, list).unwrap_or_else(|| list.value.clone());
                Action::Audience { list, add, to }
            }
            None => Action::Goto,
        }
    }

    pub(super) fn webhook(&mut self, webhook: &Webhook) -> Action {
        let to = self.system(&webhook.to, IntegrationKind::takes_records, "takes audiences and no records");
        if let Some(url) = &webhook.url {
            self.web_address(url);
            self.template(url, &lead_only());
        }
        let own = webhook.url.as_ref().map(|url| url.value.clone());
        let system = self.out.integrations.get(&to);
        let url = own.or_else(|| system.and_then(|system| system.url.clone()));
        if let (None, Some(system)) = (&url, system) {
            let message = format!("neither this step nor the integration `{to}` says which address is called");
            let finding = Diagnostic::new(Code::MissingKey, webhook.to.span, message);
            self.sink.push(finding.also(system.origin.0, "has no `url`").help("give one of them a `url`"));
        }
        Action::Webhook {
            to,
            method: method(webhook.method),
            url: url.unwrap_or_default(),
            fields: self.mapping(&webhook.fields),
            outcomes: self.outcomes(&webhook.outcomes),
        }
    }

    /// A system by name, and a finding if it is not of the right kind.
    fn system(&mut self, name: &Text, fits: fn(IntegrationKind) -> bool, why_not: &str) -> Name {
        let Some(known) = self.ask(Kind::Integration, name) else { return name.value.clone() };
        if let Some(system) = self.out.integrations.get(&known)
            && !fits(system.kind)
        {
            let message = format!("`{known}` is of the kind `{}`, which {why_not}", system.kind.word());
            let finding = Diagnostic::new(Code::UnfitIntegration, name.span, message);
            let help = match system.kind.takes_audiences() {
                true => "tell it by an `audience` step",
                false => "audiences go to the kinds `ads`, `dmp` and `cdp`",
            };
            self.sink.push(finding.also(system.origin.0, "the integration").help(help));
        }
        known
    }

    /// Fields of another system, each with the expression or template that it gets.
    fn mapping(&mut self, fields: &Entries<Spanned<Literal>>) -> Mapping {
        let mut mapping = Mapping::new();
        for (name, literal) in fields {
            let constant = |value: Value| {
                let expr = Expr::Const { value };
                Some(Mapped::Value { text: expr.to_string(), expr })
            };
            let mapped = match &literal.value {
                Literal::Text(text) => self.mapped(&Text { value: text.clone(), span: literal.span }),
                Literal::Bool(value) => constant(Value::Bool(*value)),
                Literal::Int(value) => constant(Value::Int(*value)),
                Literal::Float(value) => constant(Value::Number(*value)),
                Literal::Null | Literal::List(_) => {
                    let message = format!("`{}` gets an expression, a template, a number or a truth value", name.value);
                    let finding = Diagnostic::new(Code::InvalidValue, literal.span, message);
                    self.sink.push(finding.help("write `company`, `\"{{ company }}様\"` or `\"'text'\"`"));
                    None
                }
            };
            mapping.extend(mapped.map(|mapped| (name.value.clone(), mapped)));
        }
        mapping
    }

    fn mapped(&mut self, text: &Text) -> Option<Mapped> {
        if text.contains("{{") || text.contains("{%") {
            self.template(text, &lead_only());
            return Some(Mapped::Template(text.value.clone()));
        }
        let map = ScalarMap::new(text.span, self.sources.slice(text.span), text);
        match jinja::expression(text) {
            Ok(raw) => {
                let mut typer = Typer::new(&mut self.names, self.sink, &map, Place::Lead, lead_only());
                let typed = typer.expr(&raw);
                if let Ty::List(_) = typed.ty {
                    let finding =
                        typer.fault(Code::TypeMismatch, &typed.at, "a field gets one value, and this is a list");
                    typer.sink.push(finding);
                }
                Some(Mapped::Value { text: typed.expr.to_string(), expr: typed.expr })
            }
            Err(fault) => {
                self.syntax_fault(text, &map, &fault);
                None
            }
        }
    }

    /// Outcomes, of which at most one happens.
    pub(super) fn outcomes(&mut self, outcomes: &[Spanned<channels::Outcome>]) -> Vec<ir::Outcome> {
        self.outcome_chances(outcomes);
        outcomes.iter().filter_map(|outcome| self.outcome(outcome)).collect()
    }

    fn outcome(&mut self, def: &channels::Outcome) -> Option<ir::Outcome> {
        let event = self.makeable(&def.event);
        // What comes of a step is drawn from the lead as it is then, wherever the step stands.
        let entry = self.names.entry.take();
        let when = self.optional_condition(def.when.as_ref(), Place::Lead, &lead_only());
        self.names.entry = entry;
        let delay = self.delay(Some(def.delay), ir::Delay::default());
        let event = event?;
        let with = self.properties(&event, &def.with, def.event.span);
        Some(ir::Outcome { event, with, chance: def.chance.fraction, delay, when })
    }

    fn outcome_chances(&mut self, outcomes: &[Spanned<channels::Outcome>]) {
        let total: f64 = outcomes.iter().map(|outcome| outcome.chance.fraction).sum();
        let Some((first, rest)) = outcomes.split_first().filter(|_| total > 1.0 + 1e-9) else { return };
        let percent = |outcome: &channels::Outcome| format!("{}%", round(outcome.chance.fraction * 100.0));
        let message = format!("the chances of these outcomes add up to {}%", round(total * 100.0));
        let finding = Diagnostic::new(Code::OutcomeChances, first.chance.span, message).here(percent(first));
        let finding = rest.iter().fold(finding, |finding, outcome| finding.also(outcome.chance.span, percent(outcome)));
        self.sink.push(finding.help("at most one of them happens, so together they are at most 100%"));
    }
}

/// To hundredths.
fn round(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

fn method(method: Method) -> integration::Method {
    match method {
        Method::Get => integration::Method::Get,
        Method::Post => integration::Method::Post,
        Method::Put => integration::Method::Put,
        Method::Patch => integration::Method::Patch,
        Method::Delete => integration::Method::Delete,
    }
}
