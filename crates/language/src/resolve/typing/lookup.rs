//! What names stand for: fields, states of the lead, properties of the event at hand.

use std::ops::Range;

use super::super::names::listed;
use super::types::{Typed, names_type};
use super::{AtHand, Place, Typer};
use crate::ast::Kind;
use crate::ast::expression::{Expr as Raw, ExprKind, Word};
use crate::diag::{Code, Diagnostic};
use crate::ir::expr::Expr;
use crate::ir::value::TextFormat;
use crate::ir::{Name, Type};
use crate::text::nearest;

/// Addresses that a template can print: to unsubscribe, to confirm a subscription, to choose what one gets.
const LINKS: [&str; 3] = ["unsubscribe_url", "confirm_url", "preferences_url"];

impl Typer<'_> {
    pub(super) fn name(&mut self, name: &str, at: &Range<usize>) -> Typed {
        if let Some((_, typed)) = self.locals.iter().rev().find(|(local, _)| local == name) {
            self.read_locals.insert(name.to_owned());
            return Typed { at: at.clone(), ..typed.clone() };
        }
        match name {
            "event" | "entry" => {
                let finding = self.fault(Code::TypeMismatch, at, format!("`{name}` is asked for by property"));
                let finding = finding.help(format!("write `{name}.` and the name of a property"));
                return self.give_up(finding, at);
            }
            "score" | "grade" | "stage" | "persona" | "now" | "today" => return self.state(name, at),
            "project" if self.place == Place::Template => {
                return Typed::of(Expr::Absent, Type::Text { format: TextFormat::Url }, at);
            }
            _ => {}
        }
        if let Some(link) = LINKS.iter().find(|link| **link == name && self.place == Place::Template) {
            self.names.links.insert(link);
            return Typed::of(Expr::Absent, Type::Text { format: TextFormat::Url }, at);
        }
        match self.names.fields.get(name).cloned() {
            Some(field) => {
                self.names.used.insert(Kind::Field, name, ());
                let expr = Expr::Field { name: name.to_owned() };
                let optional = field.optional && !self.present.contains(name);
                let declared = (!field.builtin).then_some(field.origin.0);
                Typed { declared, ..Typed::of(expr, field.ty, at).maybe(optional) }
            }
            None => self.unknown_name(name, at),
        }
    }

    /// Scores, grade, stage, persona and the clock.
    pub(super) fn state(&mut self, name: &str, at: &Range<usize>) -> Typed {
        let only_fields = self.place == Place::Fields && !matches!(name, "persona");
        if only_fields {
            let finding = self.fault(
                Code::NotAvailableHere,
                at,
                format!("`{name}` is not known here; only the lead's fields are"),
            );
            return self.give_up(finding, at);
        }
        match name {
            "score" => match self.names.default_score.clone() {
                Some(model) => self.score(model, at),
                None => self.no_model("score", Kind::Scoring, at),
            },
            "grade" => match self.names.default_grade.clone() {
                Some(model) => self.grade(model, at),
                None => self.no_model("grade", Kind::Grading, at),
            },
            "stage" if self.names.stages.is_empty() => {
                if self.names.lifecycle_unread {
                    self.failed = true;
                    return Typed::unknown(at);
                }
                let finding = self.fault(Code::UnknownName, at, "the project has no lifecycle, so leads have no stage");
                self.give_up(finding.help("define `lifecycle:` with its `stages`"), at)
            }
            "stage" => {
                let declared = self.names.stages.first().map(|(_, span)| *span);
                let ty = names_type(self.names.stages.iter().map(|(stage, _)| stage.clone()));
                Typed { declared, ..Typed::of(Expr::Stage, ty, at) }
            }
            "persona" => {
                let ty = names_type(self.names.personas.clone());
                for persona in self.names.personas.clone() {
                    self.names.used.insert(Kind::Persona, &persona, ());
                }
                Typed::of(Expr::Persona, ty, at).maybe(!self.present.contains("persona"))
            }
            "now" => Typed::of(Expr::Now, Type::Datetime, at),
            _ => Typed::of(Expr::Today, Type::Date, at),
        }
    }

    pub(super) fn no_model(&mut self, word: &str, kind: Kind, at: &Range<usize>) -> Typed {
        let models: Vec<String> = self.names.all(kind).into_iter().map(str::to_owned).collect();
        if self.names.is_unread(kind) {
            self.failed = true;
            return Typed::unknown(at);
        }
        let (message, help) = if models.is_empty() {
            (format!("the project has no {}", kind.noun()), format!("define one under `{}:`", kind.key()))
        } else {
            (
                format!("no {} is the default, so `{word}` could be any of {}", kind.noun(), models.len()),
                format!("write `{word}.{}`, or mark one model `default: true`", models[0]),
            )
        };
        let finding = self.fault(Code::UnknownName, at, message).help(help);
        self.give_up(finding, at)
    }

    pub(super) fn score(&mut self, model: Name, at: &Range<usize>) -> Typed {
        self.names.used.insert(Kind::Scoring, &model, ());
        Typed::of(Expr::Score { model }, Type::Integer, at)
    }

    pub(super) fn grade(&mut self, model: Name, at: &Range<usize>) -> Typed {
        self.names.used.insert(Kind::Grading, &model, ());
        let declared = self.names.defined.get(Kind::Grading, &model).copied();
        let values = self.names.bands.get(&model).cloned().unwrap_or_default();
        let optional = !self.present.contains(&format!("grade.{model}"));
        Typed { declared, ..Typed::of(Expr::Grade { model }, names_type(values), at).maybe(optional) }
    }

    pub(super) fn unknown_name(&mut self, name: &str, at: &Range<usize>) -> Typed {
        self.names.used.insert(Kind::Field, name, ());
        self.failed = true;
        if self.names.may_exist(name) {
            return Typed::unknown(at);
        }
        let mut others = vec!["score", "grade", "stage", "persona", "now", "today"];
        if self.place == Place::Template {
            others.extend(LINKS.iter().copied().chain(["project"]));
        }
        let locals = self.locals.iter().map(|(local, _)| local.as_str());
        // Those in between are the arguments of macros, under names of our own.
        others.extend(locals.filter(|local| !local.starts_with("__")));
        let near = self.names.nearest(name, Kind::Field, &others);
        let finding = Diagnostic::new(Code::UnknownName, self.span(at), format!("there is no field named `{name}`"))
            .here("not a field");
        let event_property = match &self.event {
            AtHand::Event(event) => {
                self.names.events.get(event).is_some_and(|event| event.properties.contains_key(name))
            }
            AtHand::Nothing(_) | AtHand::Unread => false,
        };
        let finding = if event_property {
            finding.help(format!("it is a property of the event: write `event.{name}`"))
        } else if let Some(near) = near {
            let declared = self.names.defined.get(Kind::Field, &near).copied();
            let finding = finding.help(format!("did you mean `{near}`?"));
            declared.map_or(finding.clone(), |span| finding.also(span, format!("`{near}` is defined here")))
        } else if matches!(name.to_lowercase().as_str(), "null" | "nil" | "undefined") {
            finding.help("write `is none` to ask whether a value is absent")
        } else if self.is_value(name) {
            finding.help(format!("text stands in quotes: write `\"{name}\"`"))
        } else if self.place == Place::Template {
            finding.help("define it under `fields:`")
        } else {
            finding.help("define it under `fields:`, or put it in quotes if it is text")
        };
        self.give_up(finding, at)
    }

    /// Whether some field, or the stage or persona, can have this value.
    fn is_value(&self, name: &str) -> bool {
        let of_field = |ty: &Type| match ty {
            Type::Enum { values } | Type::Set { values } => values.iter().any(|value| value == name),
            Type::Text { .. } | Type::Integer | Type::Number { .. } | Type::Boolean | Type::Date | Type::Datetime => {
                false
            }
        };
        self.names.fields.values().any(|field| of_field(&field.ty))
            || self.names.stages.iter().any(|(stage, _)| stage == name)
            || self.names.personas.iter().any(|persona| persona == name)
    }

    pub(super) fn attribute(&mut self, of: &Raw, name: &Word, at: &Range<usize>) -> Typed {
        match &of.kind {
            ExprKind::Name(word) if word == "event" => self.event_property(name, at),
            ExprKind::Name(word) if word == "entry" => self.entry_property(name, at),
            ExprKind::Name(word) if word == "score" => self.model(Kind::Scoring, name, at),
            ExprKind::Name(word) if word == "grade" => self.model(Kind::Grading, name, at),
            ExprKind::Name(word) if word == "loop" && self.locals.iter().any(|(local, _)| local == word) => {
                self.loop_property(name, at)
            }
            ExprKind::Name(word) if word == "lead" => {
                self.names.meant.insert(name.text.clone());
                let finding = self.fault(Code::UnknownName, &of.at, "fields are named without `lead.`");
                self.give_up(finding.help(format!("write `{}`", name.text)), at)
            }
            _ => {
                let typed = self.expr(of);
                if let super::Ty::Item(catalog) = &typed.ty {
                    return self.item_property(&catalog.clone(), of, name, at);
                }
                if typed.is_unknown() {
                    return Typed::unknown(at);
                }
                let finding =
                    self.fault(Code::UnknownName, &name.at, format!("a value has no property `{}`", name.text));
                self.give_up(finding.here("not a property"), at)
            }
        }
    }

    pub(super) fn loop_property(&mut self, name: &Word, at: &Range<usize>) -> Typed {
        const KNOWN: [&str; 7] = ["index", "index0", "revindex", "revindex0", "length", "first", "last"];
        match name.text.as_str() {
            "index" | "index0" | "revindex" | "revindex0" | "length" => Typed::of(Expr::Absent, Type::Integer, at),
            "first" | "last" => Typed::of(Expr::Absent, Type::Boolean, at),
            other => {
                let finding = self.fault(Code::UnknownName, &name.at, format!("a loop has no property `{other}`"));
                let near = nearest(other, KNOWN).map(|near| format!("loop.{near}"));
                self.give_up(finding.here("not a property").suggest(near.as_deref()), at)
            }
        }
    }

    pub(super) fn model(&mut self, kind: Kind, name: &Word, at: &Range<usize>) -> Typed {
        if self.place == Place::Fields {
            let message = format!("a {} is not known here; only the lead's fields are", kind.noun());
            let finding = self.fault(Code::NotAvailableHere, at, message);
            return self.give_up(finding, at);
        }
        let span = self.span(&name.at);
        match self.names.ask(kind, &name.text, span, self.sink) {
            Some(model) if kind == Kind::Scoring => self.score(model, at),
            Some(model) => self.grade(model, at),
            None => {
                self.failed = true;
                Typed::unknown(at)
            }
        }
    }

    pub(super) fn event_property(&mut self, name: &Word, at: &Range<usize>) -> Typed {
        let event = match &self.event {
            AtHand::Event(event) => event.clone(),
            AtHand::Unread => {
                self.failed = true;
                return Typed::unknown(at);
            }
            AtHand::Nothing(why) => {
                let message = format!("no event is at hand here: {why}");
                let of_entry = matches!(&self.names.entry, Some(AtHand::Event(entry))
                    if self.names.events.get(entry).is_some_and(|event| event.properties.contains_key(&name.text)));
                let finding = self.fault(Code::NotAvailableHere, at, message);
                let help = format!("of the event that let the lead in, write `entry.{}`", name.text);
                return self.give_up(if of_entry { finding.help(help) } else { finding }, at);
            }
        };
        self.property_of("event", &event, name, at)
    }

    /// A property of the event that let the lead into the journey.
    fn entry_property(&mut self, name: &Word, at: &Range<usize>) -> Typed {
        let why = match &self.names.entry {
            Some(AtHand::Event(event)) => return self.property_of("entry", &event.clone(), name, at),
            Some(AtHand::Unread) => {
                self.failed = true;
                return Typed::unknown(at);
            }
            Some(AtHand::Nothing(why)) => format!("no event let the lead in: {why}"),
            None => "there is no entry here: only conditions of journeys and their steps know one".to_owned(),
        };
        let finding = self.fault(Code::NotAvailableHere, at, why);
        let help = format!("of the event at hand, write `event.{}`", name.text);
        let at_hand = self.names.entry.is_none() && matches!(self.event, AtHand::Event(_));
        self.give_up(if at_hand { finding.help(help) } else { finding }, at)
    }

    fn property_of(&mut self, word: &str, event: &Name, name: &Word, at: &Range<usize>) -> Typed {
        let Some(declared) = self.names.events.get(event) else {
            self.failed = true;
            return Typed::unknown(at);
        };
        if let Some(property) = declared.properties.get(&name.text) {
            let origin = (!property.builtin).then_some(property.origin.0);
            let optional = property.optional && !self.present.contains(&format!("{word}.{}", name.text));
            let name = name.text.clone();
            let expr = if word == "entry" {
                Expr::EntryProperty { event: event.clone(), name }
            } else {
                Expr::EventProperty { name }
            };
            return Typed { declared: origin, ..Typed::of(expr, property.ty.clone(), at).maybe(optional) };
        }
        let known: Vec<String> = declared.properties.keys().cloned().collect();
        let message = format!("the event `{event}` has no property `{}`", name.text);
        let finding = self.fault(Code::UnknownName, &name.at, message).here("not a property of the event");
        let finding = match nearest(&name.text, known.iter().map(String::as_str)) {
            Some(near) => finding.help(format!("did you mean `{word}.{near}`?")),
            None if known.is_empty() => finding.help(format!("`{event}` has no properties")),
            None if known.len() == 1 => finding.help(format!("its only property is {}", listed(&known))),
            None => finding.help(format!("its properties are {}", listed(&known))),
        };
        self.give_up(finding, at)
    }
}
