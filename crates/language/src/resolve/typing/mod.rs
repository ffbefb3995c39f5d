//! Types of expressions: from what is written to what is meant, or a finding at the exact place.
//!
//! Conditions and templates share everything here; a template may ask for more filters and prints what it computes.

mod catalog;
mod compare;
mod functions;
mod lookup;
mod operators;
mod presence;
mod types;

use std::collections::BTreeSet;
use std::ops::Range;

pub(super) use presence::narrow;
pub(super) use types::{Ty, Typed, describe, text_type, type_words};

use super::names::Names;
use crate::ast::expression::{Args, Expr as Raw, ExprKind, Operator, Word};
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::expr::{Expr, Sign};
use crate::ir::{Name, Type, Value};
use crate::text::{ScalarMap, Span};
use operators::arithmetic;
use types::constant;

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

/// Types one expression, or one template.
pub(crate) struct Typer<'a> {
    pub names: &'a mut Names,
    pub sink: &'a mut Sink,
    pub map: &'a ScalarMap<'a>,
    pub place: Place,
    pub event: AtHand,
    /// Loop and `set` variables of a template.
    pub locals: Vec<(String, Typed)>,
    /// Names of such variables that something asked for.
    pub read_locals: BTreeSet<String>,
    /// Canonical texts of values that are there for certain at this point of a template.
    pub present: BTreeSet<String>,
    /// Whether anything was wrong.
    pub failed: bool,
}

impl<'a> Typer<'a> {
    pub fn new(names: &'a mut Names, sink: &'a mut Sink, map: &'a ScalarMap<'a>, place: Place, event: AtHand) -> Self {
        let (locals, read_locals, present) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        Typer { names, sink, map, place, event, locals, read_locals, present, failed: false }
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
