//! Types of expressions: from what is written to what is meant, or a finding at the exact place.
//!
//! Conditions and templates share everything here; a template may ask for more filters and prints what it computes.

use std::collections::BTreeSet;
use std::ops::Range;

use super::functions;
use super::names::{Names, listed};
use crate::ast::Kind;
use crate::ast::expression::{Args, Expr as Raw, ExprKind, Operator, Word};
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::expr::{Cmp, Expr, Filter, Sign, TextTest};
use crate::ir::value::TextFormat;
use crate::ir::{Name, Type, Value};
use crate::text::{ScalarMap, Span, nearest};

/// Where an expression stands; decides what it may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Only the lead's fields are known.
    Fields,
    /// Everything about the lead.
    Lead,
    /// A template for a lead.
    Template,
}

/// Which event is at hand.
#[derive(Clone, Debug)]
pub(crate) enum AtHand {
    /// None, and why.
    Nothing(String),
    /// This one.
    Event(Name),
    /// One that could not be read; nothing is said about its properties.
    Unread,
}

/// The type of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ty {
    /// A value of a declared type.
    Of(Type),
    /// `none`.
    Absent,
    /// A list of expressions, in brackets.
    List(Vec<Typed>),
    /// Not known, since something is wrong with it that has been said.
    Unknown,
}

/// An expression with its type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Typed {
    pub expr: Expr,
    pub ty: Ty,
    /// Whether it may be absent.
    pub optional: bool,
    pub at: Range<usize>,
    /// Where the type comes from, for a second label.
    pub declared: Option<Span>,
}

impl Typed {
    pub fn of(expr: Expr, ty: Type, at: &Range<usize>) -> Typed {
        Typed { expr, ty: Ty::Of(ty), optional: false, at: at.clone(), declared: None }
    }

    pub fn unknown(at: &Range<usize>) -> Typed {
        Typed { expr: Expr::Absent, ty: Ty::Unknown, optional: false, at: at.clone(), declared: None }
    }

    fn maybe(mut self, optional: bool) -> Typed {
        self.optional = optional;
        self
    }

    fn is_unknown(&self) -> bool {
        self.ty == Ty::Unknown
    }
}

/// Types one expression, or one template.
pub(crate) struct Typer<'a> {
    pub names: &'a mut Names,
    pub sink: &'a mut Sink,
    pub map: &'a ScalarMap,
    pub place: Place,
    pub event: AtHand,
    /// Loop and `set` variables of a template.
    pub locals: Vec<(String, Typed)>,
    /// Canonical texts of values that are there for certain at this point of a template.
    pub present: BTreeSet<String>,
    /// Whether anything was wrong.
    pub failed: bool,
}

pub(crate) fn text_type() -> Type {
    Type::Text { format: TextFormat::Plain }
}

fn names_type(values: impl IntoIterator<Item = impl Into<String>>) -> Type {
    Type::Enum { values: values.into_iter().map(Into::into).collect() }
}

impl<'a> Typer<'a> {
    pub fn new(names: &'a mut Names, sink: &'a mut Sink, map: &'a ScalarMap, place: Place, event: AtHand) -> Self {
        Typer { names, sink, map, place, event, locals: Vec::new(), present: BTreeSet::new(), failed: false }
    }

    pub fn span(&self, at: &Range<usize>) -> Span {
        self.map.span(at.start, at.end)
    }

    pub fn fault(&mut self, code: Code, at: &Range<usize>, message: impl Into<String>) -> Diagnostic {
        self.failed = true;
        Diagnostic::new(code, self.span(at), message)
    }

    /// Reports and gives the type of nothing.
    pub fn give_up(&mut self, finding: Diagnostic, at: &Range<usize>) -> Typed {
        self.sink.push(finding);
        self.failed = true;
        Typed::unknown(at)
    }

    /// Types an expression that has to be true or false.
    pub fn condition(&mut self, raw: &Raw) -> Expr {
        let typed = self.expr(raw);
        self.truth(typed)
    }

    /// Insists on true or false. In a template any value will do: it is true if it is there and not empty.
    pub fn truth(&mut self, typed: Typed) -> Expr {
        match &typed.ty {
            Ty::Of(Type::Boolean) => typed.expr,
            Ty::Unknown => Expr::Absent,
            _ if self.place == Place::Template => {
                Expr::Not { of: Box::new(Expr::IsAbsent { of: Box::new(typed.expr) }) }
            }
            _ => {
                let described = describe(&typed);
                let finding = self.fault(
                    Code::TypeMismatch,
                    &typed.at,
                    format!("a condition is true or false, and this is {described}"),
                );
                let text = typed.expr.to_string();
                let help = match &typed.ty {
                    Ty::Of(_) if typed.optional => format!("to ask whether it is there, write `{text} is not none`"),
                    _ => format!("compare it with something, such as `{text} == …`"),
                };
                self.sink.push(finding.here(described).help(help));
                Expr::Absent
            }
        }
    }

    /// Types an expression.
    pub fn expr(&mut self, raw: &Raw) -> Typed {
        let at = &raw.at;
        match &raw.kind {
            ExprKind::None => Typed { ty: Ty::Absent, ..Typed::of(Expr::Absent, Type::Boolean, at) }.maybe(true),
            ExprKind::Bool(value) => constant(Value::Bool(*value), Type::Boolean, at),
            ExprKind::Int(value) => constant(Value::Int(*value), Type::Integer, at),
            ExprKind::Float(value) => constant(Value::Number(*value), Type::Number { money: false }, at),
            ExprKind::Text(value) => constant(Value::Text(value.clone()), text_type(), at),
            ExprKind::Name(name) => self.name(name, at),
            ExprKind::Attribute { of, name } => self.attribute(of, name, at),
            ExprKind::Item { of, .. } => {
                self.expr(of);
                self.unsupported("items by `[…]`", at)
            }
            ExprKind::List(items) => {
                let items = items.iter().map(|item| self.expr(item)).collect();
                Typed { ty: Ty::List(items), ..Typed::unknown(at) }
            }
            ExprKind::Not(of) => {
                let of = self.condition(of);
                Typed::of(Expr::Not { of: Box::new(of) }, Type::Boolean, at)
            }
            ExprKind::Negative(of) => {
                let of = self.number(of);
                let zero = Typed::of(Expr::Const { value: Value::Int(0) }, Type::Integer, at);
                arithmetic(Sign::Sub, zero, of, at)
            }
            ExprKind::Binary { op, left, right } => self.binary(*op, left, right, at),
            ExprKind::Chain { first, rest } => self.chain(first, rest, at),
            ExprKind::If { test, then, otherwise } => self.choice(test, then, otherwise.as_deref(), at),
            ExprKind::Filter { of: Some(of), name, args } => functions::filter(self, of, name, args, at),
            ExprKind::Filter { of: None, .. } => self.unsupported("filter blocks", at),
            ExprKind::Test { of, name, args } => self.test(of, name, args, at),
            ExprKind::Call { function, args } => functions::call(self, function, args, at),
            ExprKind::Unsupported(words) => self.unsupported(words, at),
        }
    }

    fn unsupported(&mut self, words: &str, at: &Range<usize>) -> Typed {
        let who = if self.place == Place::Template { "templates" } else { "conditions" };
        let finding = self.fault(Code::UnsupportedTemplate, at, format!("{who} do not have {words}"));
        self.give_up(finding, at)
    }

    fn name(&mut self, name: &str, at: &Range<usize>) -> Typed {
        if let Some((_, typed)) = self.locals.iter().rev().find(|(local, _)| local == name) {
            return Typed { at: at.clone(), ..typed.clone() };
        }
        match name {
            "event" => {
                let finding = self.fault(Code::TypeMismatch, at, "`event` is asked for by property");
                let finding = finding.help("write `event.` and the name of a property");
                return self.give_up(finding, at);
            }
            "score" | "grade" | "stage" | "persona" | "now" | "today" => return self.state(name, at),
            "unsubscribe_url" | "project" if self.place == Place::Template => {
                return Typed::of(Expr::Absent, Type::Text { format: TextFormat::Url }, at);
            }
            _ => {}
        }
        match self.names.fields.get(name).cloned() {
            Some(field) => {
                self.names.used.insert((Kind::Field, name.to_owned()));
                let expr = Expr::Field { name: name.to_owned() };
                let optional = field.optional && !self.present.contains(name);
                let declared = (!field.builtin).then_some(field.origin.0);
                Typed { declared, ..Typed::of(expr, field.ty, at).maybe(optional) }
            }
            None => self.unknown_name(name, at),
        }
    }

    /// Scores, grade, stage, persona and the clock.
    fn state(&mut self, name: &str, at: &Range<usize>) -> Typed {
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
                    self.names.used.insert((Kind::Persona, persona));
                }
                Typed::of(Expr::Persona, ty, at).maybe(!self.present.contains("persona"))
            }
            "now" => Typed::of(Expr::Now, Type::Datetime, at),
            _ => Typed::of(Expr::Today, Type::Date, at),
        }
    }

    fn no_model(&mut self, word: &str, kind: Kind, at: &Range<usize>) -> Typed {
        let models: Vec<String> = self.names.all(kind).into_iter().map(str::to_owned).collect();
        if self.names.unread_kinds.contains(&kind) || self.names.unread_words.contains(kind.key()) {
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

    fn score(&mut self, model: Name, at: &Range<usize>) -> Typed {
        self.names.used.insert((Kind::Scoring, model.clone()));
        Typed::of(Expr::Score { model }, Type::Integer, at)
    }

    fn grade(&mut self, model: Name, at: &Range<usize>) -> Typed {
        self.names.used.insert((Kind::Grading, model.clone()));
        let declared = self.names.defined.get(&(Kind::Grading, model.clone())).copied();
        let values = self.names.bands.get(&model).cloned().unwrap_or_default();
        let optional = !self.present.contains(&format!("grade.{model}"));
        Typed { declared, ..Typed::of(Expr::Grade { model }, names_type(values), at).maybe(optional) }
    }

    fn unknown_name(&mut self, name: &str, at: &Range<usize>) -> Typed {
        self.names.used.insert((Kind::Field, name.to_owned()));
        self.failed = true;
        if self.names.may_exist(name) {
            return Typed::unknown(at);
        }
        let mut others = vec!["score", "grade", "stage", "persona", "now", "today"];
        if self.place == Place::Template {
            others.extend(["unsubscribe_url", "project"]);
        }
        others.extend(self.locals.iter().map(|(local, _)| local.as_str()));
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
            let declared = self.names.defined.get(&(Kind::Field, near.clone())).copied();
            let finding = finding.help(format!("did you mean `{near}`?"));
            declared.map_or(finding.clone(), |span| finding.also(span, format!("`{near}` is defined here")))
        } else {
            finding.help("define it under `fields:`; text stands in quotes")
        };
        self.give_up(finding, at)
    }

    fn attribute(&mut self, of: &Raw, name: &Word, at: &Range<usize>) -> Typed {
        match &of.kind {
            ExprKind::Name(word) if word == "event" => self.event_property(name, at),
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
                if self.expr(of).is_unknown() {
                    return Typed::unknown(at);
                }
                let finding =
                    self.fault(Code::UnknownName, &name.at, format!("a value has no property `{}`", name.text));
                self.give_up(finding.here("not a property"), at)
            }
        }
    }

    fn loop_property(&mut self, name: &Word, at: &Range<usize>) -> Typed {
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

    fn model(&mut self, kind: Kind, name: &Word, at: &Range<usize>) -> Typed {
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

    fn event_property(&mut self, name: &Word, at: &Range<usize>) -> Typed {
        let event = match &self.event {
            AtHand::Event(event) => event.clone(),
            AtHand::Unread => {
                self.failed = true;
                return Typed::unknown(at);
            }
            AtHand::Nothing(why) => {
                let message = format!("no event is at hand here: {why}");
                let finding = self.fault(Code::NotAvailableHere, at, message);
                return self.give_up(finding, at);
            }
        };
        let Some(declared) = self.names.events.get(&event) else {
            self.failed = true;
            return Typed::unknown(at);
        };
        if let Some(property) = declared.properties.get(&name.text) {
            let origin = (!property.builtin).then_some(property.origin.0);
            let optional = property.optional && !self.present.contains(&format!("event.{}", name.text));
            let expr = Expr::EventProperty { name: name.text.clone() };
            return Typed { declared: origin, ..Typed::of(expr, property.ty.clone(), at).maybe(optional) };
        }
        let known: Vec<String> = declared.properties.keys().cloned().collect();
        let message = format!("the event `{event}` has no property `{}`", name.text);
        let finding = self.fault(Code::UnknownName, &name.at, message).here("not a property of the event");
        let finding = match nearest(&name.text, known.iter().map(String::as_str)) {
            Some(near) => finding.help(format!("did you mean `event.{near}`?")),
            None if known.is_empty() => finding.help(format!("`{event}` has no properties")),
            None if known.len() == 1 => finding.help(format!("its only property is {}", listed(&known))),
            None => finding.help(format!("its properties are {}", listed(&known))),
        };
        self.give_up(finding, at)
    }

    fn binary(&mut self, op: Operator, left: &Raw, right: &Raw, at: &Range<usize>) -> Typed {
        match op {
            Operator::And | Operator::Or => self.logic(op, left, right, at),
            Operator::Eq | Operator::Ne | Operator::Lt | Operator::Le | Operator::Gt | Operator::Ge => {
                let (left, right) = (self.expr(left), self.expr(right));
                self.compare(op, &left, &right, at)
            }
            Operator::In => self.contained(left, right, at),
            Operator::NotIn => {
                let inside = self.contained(left, right, at);
                Typed { expr: Expr::Not { of: Box::new(inside.expr) }, ..inside }
            }
            Operator::Add | Operator::Sub | Operator::Mul | Operator::Div | Operator::Rem => {
                let (left, right) = (self.number(left), self.number(right));
                arithmetic(sign(op), left, right, at)
            }
            Operator::Concat if self.place == Place::Template => {
                let (left, right) = (self.expr(left), self.expr(right));
                Typed::of(Expr::Absent, text_type(), at).maybe(left.optional || right.optional)
            }
            Operator::Concat => self.unsupported("the operator `~`", at),
            Operator::FloorDiv => self.unsupported("the operator `//`", at),
            Operator::Pow => self.unsupported("the operator `**`", at),
        }
    }

    fn logic(&mut self, op: Operator, left: &Raw, right: &Raw, at: &Range<usize>) -> Typed {
        let is_and = op == Operator::And;
        let before = self.present.clone();
        let left_typed = self.expr(left);
        if self.place == Place::Template && !is_and && left_typed.ty != Ty::Of(Type::Boolean) {
            return self.first_present(left_typed, right, at); // `company or "御社"`
        }
        let left_expr = self.truth(left_typed);
        // What the left side has settled holds while the right side is looked at.
        narrow(&left_expr, is_and, &mut self.present);
        let right = self.condition(right);
        self.present = before;
        let mut parts = Vec::new();
        for part in [left_expr, right] {
            match part {
                Expr::All { of } if is_and => parts.extend(of),
                Expr::Any { of } if !is_and => parts.extend(of),
                part => parts.push(part),
            }
        }
        let expr = if is_and { Expr::All { of: parts } } else { Expr::Any { of: parts } };
        Typed::of(expr, Type::Boolean, at)
    }

    fn first_present(&mut self, left: Typed, right: &Raw, at: &Range<usize>) -> Typed {
        let right = self.expr(right);
        let ty = if left.ty == right.ty { left.ty } else { Ty::Of(text_type()) };
        // Not just the left side: that it holds says nothing about the left side alone.
        let expr =
            Expr::Filter { filter: Filter::Default, of: Box::new(left.expr), argument: Some(Box::new(right.expr)) };
        Typed { expr, ty, optional: right.optional, at: at.clone(), declared: right.declared }
    }

    /// An operand that has to be a number.
    fn number(&mut self, raw: &Raw) -> Typed {
        let typed = self.expr(raw);
        match &typed.ty {
            Ty::Of(Type::Integer | Type::Number { .. }) | Ty::Unknown => typed,
            _ => {
                let described = describe(&typed);
                let finding =
                    self.fault(Code::TypeMismatch, &typed.at, format!("expected a number, found {described}"));
                self.give_up(finding.here(described), &typed.at)
            }
        }
    }

    fn chain(&mut self, first: &Raw, rest: &[(Operator, Raw)], at: &Range<usize>) -> Typed {
        let mut left = self.expr(first);
        let mut parts = Vec::new();
        for (op, right) in rest {
            let right = self.expr(right);
            let pair = left.at.start..right.at.end;
            let compared = self.compare(*op, &left, &right, &pair);
            left = if compared.is_unknown() { Typed::unknown(&right.at) } else { right };
            parts.push(compared.expr);
        }
        Typed::of(Expr::All { of: parts }, Type::Boolean, at)
    }

    fn choice(&mut self, test: &Raw, then: &Raw, otherwise: Option<&Raw>, at: &Range<usize>) -> Typed {
        let test = self.condition(test);
        let before = self.present.clone();
        narrow(&test, true, &mut self.present);
        let then = self.expr(then);
        self.present = before.clone();
        narrow(&test, false, &mut self.present);
        let otherwise = match otherwise {
            Some(raw) => self.expr(raw),
            None => Typed { ty: Ty::Absent, ..Typed::unknown(at) }.maybe(true),
        };
        self.present = before;
        let ty = match (&then.ty, &otherwise.ty) {
            (Ty::Unknown, _) | (_, Ty::Unknown) => return Typed::unknown(at),
            (ty, Ty::Absent) | (Ty::Absent, ty) => ty.clone(),
            (left, right) if left == right => left.clone(),
            (Ty::Of(left), Ty::Of(right)) => match both_numbers(left, right).or_else(|| both_texts(left, right)) {
                Some(ty) => Ty::Of(ty),
                None => return self.mismatch("the two values of a choice", &then, &otherwise, at),
            },
            _ => return self.mismatch("the two values of a choice", &then, &otherwise, at),
        };
        let expr = Expr::If { test: Box::new(test), then: Box::new(then.expr), otherwise: Box::new(otherwise.expr) };
        Typed { expr, ty, optional: then.optional || otherwise.optional, at: at.clone(), declared: None }
    }

    fn mismatch(&mut self, what: &str, left: &Typed, right: &Typed, at: &Range<usize>) -> Typed {
        let message = format!("{what} do not fit together: {} is not {}", sides(left), describe(right));
        let right_span = self.span(&right.at);
        let finding = self.fault(Code::TypeMismatch, &left.at, message).here(describe(left));
        let finding = finding.also(right_span, describe(right));
        let finding = match fitting(left, right).or_else(|| fitting(right, left)) {
            Some(help) => finding.help(help),
            None => finding,
        };
        self.give_up(finding, at)
    }

    /// Types a comparison, carrying constants over to the type of the other side.
    pub fn compare(&mut self, op: Operator, left: &Typed, right: &Typed, at: &Range<usize>) -> Typed {
        if left.is_unknown() || right.is_unknown() {
            return Typed { ty: Ty::Of(Type::Boolean), ..Typed::unknown(at) };
        }
        let cmp = comparison(op);
        if left.ty == Ty::Absent || right.ty == Ty::Absent {
            return self.compared_with_none(cmp, left, right, at);
        }
        let (left, right) = (self.adapt(left.clone(), right), self.adapt(right.clone(), left));
        if left.is_unknown() || right.is_unknown() {
            return Typed { ty: Ty::Of(Type::Boolean), ..Typed::unknown(at) };
        }
        let ordered = !matches!(cmp, Cmp::Eq | Cmp::Ne);
        match (&left.ty, &right.ty) {
            (Ty::Of(l), Ty::Of(r)) if both_numbers(l, r).is_some() => {}
            (Ty::Of(Type::Date), Ty::Of(Type::Date)) | (Ty::Of(Type::Datetime), Ty::Of(Type::Datetime)) => {}
            (Ty::Of(l), Ty::Of(r)) if !ordered && (both_texts(l, r).is_some() || l == r && !is_set(l)) => {}
            (Ty::Of(l), Ty::Of(r)) if ordered && (both_texts(l, r).is_some() || l == r) => {
                let message = format!("{} has no order, so `{}` says nothing", sides(&left), cmp.text());
                let finding = self.fault(Code::TypeMismatch, &left.at, message);
                return self.give_up(finding.help("compare with `==`, `!=` or `in`"), at);
            }
            _ => return self.mismatch("the two sides of a comparison", &left, &right, at),
        }
        let expr = Expr::Compare { cmp, left: Box::new(left.expr), right: Box::new(right.expr) };
        Typed::of(expr, Type::Boolean, at)
    }

    fn compared_with_none(&mut self, cmp: Cmp, left: &Typed, right: &Typed, at: &Range<usize>) -> Typed {
        let other = if left.ty == Ty::Absent { right } else { left };
        let help = match cmp {
            Cmp::Ne => format!("write `{} is not none`", other.expr),
            Cmp::Eq | Cmp::Lt | Cmp::Le | Cmp::Gt | Cmp::Ge => format!("write `{} is none`", other.expr),
        };
        let finding = self.fault(Code::TypeMismatch, at, "a comparison with `none` is never true");
        self.give_up(finding.help(help), at)
    }

    /// Carries a constant over to the type it is compared with: text to a date, or to a value of an enum.
    pub fn adapt(&mut self, typed: Typed, other: &Typed) -> Typed {
        let Expr::Const { value: Value::Text(text) } = &typed.expr else { return typed };
        let Ty::Of(wanted) = &other.ty else { return typed };
        match wanted {
            Type::Enum { values } | Type::Set { values } => {
                let (values, text) = (values.clone(), text.clone());
                self.known_value(&text, &values, &typed.at, other);
                let ty = Ty::Of(Type::Enum { values });
                Typed { ty, ..typed }
            }
            Type::Date => self.adapted(typed.clone(), Type::Date, super::value::date(text), "`2026-04-01`"),
            Type::Datetime => {
                self.adapted(typed.clone(), Type::Datetime, super::value::datetime(text), "`2026-04-01T09:00:00+09:00`")
            }
            Type::Text { .. } | Type::Integer | Type::Number { .. } | Type::Boolean => typed,
        }
    }

    fn adapted(&mut self, typed: Typed, ty: Type, value: Option<Value>, example: &str) -> Typed {
        match value {
            Some(value) => Typed { expr: Expr::Const { value }, ty: Ty::Of(ty), ..typed },
            None => {
                let Expr::Const { value: Value::Text(text) } = &typed.expr else { return Typed::unknown(&typed.at) };
                let message = format!("expected {}, and {text:?} is none", type_words(&ty));
                let finding = self.fault(Code::InvalidTime, &typed.at, message).help(format!("write it as {example}"));
                self.give_up(finding, &typed.at)
            }
        }
    }

    fn known_value(&mut self, text: &str, values: &[String], at: &Range<usize>, other: &Typed) {
        for kind in [Kind::Email, Kind::Topic, Kind::Journey] {
            // Values of `event.email` and the like are uses of what they name.
            if self.names.defined.contains_key(&(kind, text.to_owned())) && is_event_property(&other.expr) {
                self.names.used.insert((kind, text.to_owned()));
            }
        }
        if values.iter().any(|value| value == text) {
            return;
        }
        self.failed = true;
        if self.names.may_exist(text) {
            return;
        }
        let of = other.expr.to_string();
        let message = format!("`{of}` is never {text:?}");
        let finding = Diagnostic::new(Code::UnknownEnumValue, self.span(at), message).here("not one of its values");
        let finding = match other.declared {
            Some(span) => finding.also(span, format!("the values of `{of}` come from here")),
            None => finding,
        };
        let finding = match nearest(text, values.iter().map(String::as_str)) {
            Some(near) => finding.help(format!("did you mean {near:?}?")),
            None if values.is_empty() => finding.help("the project defines no value that it could have"),
            None if values.len() <= 12 => finding.help(format!("it can be {}", listed(values))),
            None => finding,
        };
        self.sink.push(finding);
    }

    fn contained(&mut self, left: &Raw, right: &Raw, at: &Range<usize>) -> Typed {
        let (left, right) = (self.expr(left), self.expr(right));
        if left.is_unknown() || right.is_unknown() {
            return Typed { ty: Ty::Of(Type::Boolean), ..Typed::unknown(at) };
        }
        match right.ty.clone() {
            Ty::List(items) => self.one_of(left, items, at),
            Ty::Of(Type::Set { .. }) => {
                let value = self.adapt(left, &right);
                let expr = Expr::Holds { set: Box::new(right.expr), value: Box::new(value.expr) };
                Typed::of(expr, Type::Boolean, at)
            }
            Ty::Of(Type::Text { .. }) if matches!(left.ty, Ty::Of(Type::Text { .. })) => {
                let expr =
                    Expr::TextTest { test: TextTest::Contains, of: Box::new(right.expr), with: Box::new(left.expr) };
                Typed::of(expr, Type::Boolean, at)
            }
            Ty::Of(_) | Ty::Absent | Ty::Unknown => {
                let message = format!("`in` looks into a list, a set or text, not into {}", describe(&right));
                let finding = self.fault(Code::TypeMismatch, &right.at, message).here(describe(&right));
                self.give_up(finding, at)
            }
        }
    }

    fn one_of(&mut self, left: Typed, items: Vec<Typed>, at: &Range<usize>) -> Typed {
        let mut values = Vec::new();
        for item in items {
            let pair = item.at.clone();
            let compared = self.compare(Operator::Eq, &left, &item, &pair);
            match compared.expr {
                Expr::Compare { right, .. } => match *right {
                    Expr::Const { value } => {
                        if !values.contains(&value) {
                            values.push(value);
                        }
                    }
                    _ => {
                        let finding =
                            self.fault(Code::TypeMismatch, &pair, "a list to look into holds plain values only");
                        self.sink.push(finding);
                    }
                },
                _ => self.failed = true,
            }
        }
        Typed::of(Expr::OneOf { of: Box::new(left.expr), values }, Type::Boolean, at)
    }

    fn test(&mut self, of: &Raw, name: &Word, args: &Args, at: &Range<usize>) -> Typed {
        match name.text.as_str() {
            "none" | "undefined" | "defined" => {
                let typed = self.expr(of);
                let absent = Expr::IsAbsent { of: Box::new(typed.expr) };
                let expr = if name.text == "defined" { Expr::Not { of: Box::new(absent) } } else { absent };
                Typed::of(expr, Type::Boolean, at)
            }
            "startingwith" | "endingwith" => functions::text_test(self, of, name, args, at),
            "eq" | "equalto" | "ne" | "lt" | "lessthan" | "le" | "gt" | "greaterthan" | "ge" | "in" => {
                let [value] = args.positional.as_slice() else {
                    return functions::wrong_arguments(self, name, "one value", at);
                };
                let op = match name.text.as_str() {
                    "eq" | "equalto" => Operator::Eq,
                    "ne" => Operator::Ne,
                    "lt" | "lessthan" => Operator::Lt,
                    "le" => Operator::Le,
                    "gt" | "greaterthan" => Operator::Gt,
                    "ge" => Operator::Ge,
                    _ => Operator::In,
                };
                self.binary(op, of, value, at)
            }
            _ => {
                self.expr(of);
                const KNOWN: &[&str] =
                    &["none", "defined", "startingwith", "endingwith", "eq", "ne", "lt", "le", "gt", "ge", "in"];
                functions::unknown(self, "test", name, KNOWN, at)
            }
        }
    }
}

fn is_event_property(expr: &Expr) -> bool {
    matches!(expr, Expr::EventProperty { .. })
}

fn constant(value: Value, ty: Type, at: &Range<usize>) -> Typed {
    Typed::of(Expr::Const { value }, ty, at)
}

fn arithmetic(sign: Sign, left: Typed, right: Typed, at: &Range<usize>) -> Typed {
    if left.is_unknown() || right.is_unknown() {
        return Typed::unknown(at);
    }
    let whole = left.ty == Ty::Of(Type::Integer) && right.ty == Ty::Of(Type::Integer) && sign != Sign::Div;
    let ty = if whole { Type::Integer } else { Type::Number { money: false } };
    // Dividing by zero gives nothing.
    let optional = left.optional || right.optional || matches!(sign, Sign::Div | Sign::Rem);
    let expr = Expr::Arithmetic { sign, left: Box::new(left.expr), right: Box::new(right.expr) };
    Typed::of(expr, ty, at).maybe(optional)
}

fn sign(op: Operator) -> Sign {
    match op {
        Operator::Sub => Sign::Sub,
        Operator::Mul => Sign::Mul,
        Operator::Div => Sign::Div,
        Operator::Rem => Sign::Rem,
        Operator::Add
        | Operator::Eq
        | Operator::Ne
        | Operator::Lt
        | Operator::Le
        | Operator::Gt
        | Operator::Ge
        | Operator::And
        | Operator::Or
        | Operator::FloorDiv
        | Operator::Pow
        | Operator::Concat
        | Operator::In
        | Operator::NotIn => Sign::Add,
    }
}

fn comparison(op: Operator) -> Cmp {
    match op {
        Operator::Ne => Cmp::Ne,
        Operator::Lt => Cmp::Lt,
        Operator::Le => Cmp::Le,
        Operator::Gt => Cmp::Gt,
        Operator::Ge => Cmp::Ge,
        Operator::Eq
        | Operator::And
        | Operator::Or
        | Operator::Add
        | Operator::Sub
        | Operator::Mul
        | Operator::Div
        | Operator::FloorDiv
        | Operator::Rem
        | Operator::Pow
        | Operator::Concat
        | Operator::In
        | Operator::NotIn => Cmp::Eq,
    }
}

fn both_numbers(left: &Type, right: &Type) -> Option<Type> {
    match (left, right) {
        (Type::Integer, Type::Integer) => Some(Type::Integer),
        (Type::Integer | Type::Number { .. }, Type::Integer | Type::Number { .. }) => {
            Some(Type::Number { money: false })
        }
        _ => None,
    }
}

fn both_texts(left: &Type, right: &Type) -> Option<Type> {
    let textual = |ty: &Type| matches!(ty, Type::Text { .. } | Type::Enum { .. });
    (textual(left) && textual(right)).then(text_type)
}

fn is_set(ty: &Type) -> bool {
    matches!(ty, Type::Set { .. })
}

/// Adds to `present` what is there for certain once `expr` is known to be `holds`.
pub(crate) fn narrow(expr: &Expr, holds: bool, present: &mut BTreeSet<String>) {
    match expr {
        Expr::All { of } if holds => of.iter().for_each(|part| narrow(part, true, present)),
        Expr::Any { of } if !holds => of.iter().for_each(|part| narrow(part, false, present)),
        Expr::Not { of } => narrow(of, !holds, present),
        Expr::IsAbsent { of } if !holds => {
            present.insert(of.to_string());
        }
        // A comparison with an absent value is false.
        Expr::Compare { left, right, .. } if holds => present.extend([left.to_string(), right.to_string()]),
        Expr::OneOf { of, .. } | Expr::TextTest { of, .. } if holds => {
            present.insert(of.to_string());
        }
        Expr::Holds { set, .. } if holds => {
            present.insert(set.to_string());
        }
        _ => {}
    }
}

/// How to write what was probably meant by a value beside a constant text.
fn fitting(value: &Typed, constant: &Typed) -> Option<String> {
    let (Ty::Of(ty), Expr::Const { value: Value::Text(text) }) = (&value.ty, &constant.expr) else { return None };
    let expr = &value.expr;
    match ty {
        Type::Integer | Type::Number { .. } if text.trim().parse::<f64>().is_ok() => {
            Some(format!("a number stands without quotes: `{}`", text.trim()))
        }
        Type::Boolean => Some(format!("write `{expr}` or `not {expr}`")),
        Type::Set { .. } => Some(format!("write `{text:?} in {expr}`")),
        Type::Integer | Type::Number { .. } | Type::Text { .. } | Type::Date | Type::Datetime | Type::Enum { .. } => {
            None
        }
    }
}

/// A type in words, with its article.
pub(crate) fn type_words(ty: &Type) -> &'static str {
    match ty {
        Type::Text { format: TextFormat::Plain } => "text",
        Type::Text { format: TextFormat::Email } => "an e-mail address",
        Type::Text { format: TextFormat::Url } => "a web address",
        Type::Text { format: TextFormat::Phone } => "a telephone number",
        Type::Text { format: TextFormat::Country } => "a country code",
        Type::Integer => "a whole number",
        Type::Number { money: false } => "a number",
        Type::Number { money: true } => "an amount of money",
        Type::Boolean => "true or false",
        Type::Date => "a date",
        Type::Datetime => "a date and time",
        Type::Enum { .. } => "one of a list of values",
        Type::Set { .. } => "a set of values",
    }
}

/// A side of a comparison as the subject of a sentence.
fn sides(typed: &Typed) -> String {
    match (&typed.ty, &typed.expr) {
        (Ty::Of(ty), Expr::Const { .. }) => format!("a constant, {},", type_words(ty)),
        (Ty::Of(ty), expr) => format!("`{expr}`, {},", type_words(ty)),
        (Ty::Absent | Ty::List(_) | Ty::Unknown, _) => describe(typed),
    }
}

pub(crate) fn describe(typed: &Typed) -> String {
    match &typed.ty {
        Ty::Of(ty) => match &typed.expr {
            Expr::Const { .. } => type_words(ty).to_owned(),
            expr => format!("`{expr}`, {}", type_words(ty)),
        },
        Ty::Absent => "`none`".to_owned(),
        Ty::List(_) => "a list".to_owned(),
        Ty::Unknown => "something unknown".to_owned(),
    }
}
