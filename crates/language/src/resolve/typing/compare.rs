//! Comparisons and membership: constants are carried over to the type of the other side.

use std::ops::Range;

use jiff::tz::TimeZone;

use super::super::names::{listed, quoted};
use super::super::value::{self, wrong_format};
use super::Typer;
use super::types::{Ty, Typed, describe, sides, text_type, type_words};
use crate::ast::Kind;
use crate::ast::expression::{Expr as Raw, Operator};
use crate::diag::{Code, Diagnostic};
use crate::ir::expr::{Cmp, Expr, TextTest};
use crate::ir::value::TextFormat;
use crate::ir::{Type, Value};
use crate::text::nearest;

impl Typer<'_> {
    /// Types a comparison, carrying constants over to the type of the other side.
    pub(in crate::resolve) fn compare(
        &mut self,
        op: Operator,
        left: &Typed,
        right: &Typed,
        at: &Range<usize>,
    ) -> Typed {
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
            (Ty::Of(set), _) if is_set(set) && is_text(&right) => return self.set_and_value(&left, &right, at),
            (_, Ty::Of(set)) if is_set(set) && is_text(&left) => return self.set_and_value(&right, &left, at),
            _ => return self.mismatch("the two sides of a comparison", &left, &right, at),
        }
        let expr = Expr::Compare { cmp, left: Box::new(left.expr), right: Box::new(right.expr) };
        Typed::of(expr, Type::Boolean, at)
    }

    pub(super) fn compared_with_none(&mut self, cmp: Cmp, left: &Typed, right: &Typed, at: &Range<usize>) -> Typed {
        let other = if left.ty == Ty::Absent { right } else { left };
        let help = match cmp {
            Cmp::Ne => format!("write `{} is not none`", other.expr),
            Cmp::Eq | Cmp::Lt | Cmp::Le | Cmp::Gt | Cmp::Ge => format!("write `{} is none`", other.expr),
        };
        let finding = self.fault(Code::TypeMismatch, at, "a comparison with `none` is never true");
        self.give_up(finding.help(help), at)
    }

    fn set_and_value(&mut self, set: &Typed, value: &Typed, at: &Range<usize>) -> Typed {
        let message = format!("`{}` is a set of values, and `{}` is one value", set.expr, value.expr);
        let value_span = self.span(&value.at);
        let finding = self.fault(Code::TypeMismatch, &set.at, message).here("a set of values");
        let finding = finding.also(value_span, "one value");
        self.give_up(finding.help(format!("write `{} in {}`", value.expr, set.expr)), at)
    }

    pub(super) fn mismatch(&mut self, what: &str, left: &Typed, right: &Typed, at: &Range<usize>) -> Typed {
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

    /// Carries a constant over to the type it is compared with: text to a date, or to a value of an enum.
    pub(in crate::resolve) fn adapt(&mut self, typed: Typed, other: &Typed) -> Typed {
        let Expr::Const { value: Value::Text(text) } = &typed.expr else { return typed };
        let Ty::Of(wanted) = &other.ty else { return typed };
        match wanted {
            Type::Enum { values } | Type::Set { values } => {
                let (values, text) = (values.clone(), text.clone());
                self.known_value(&text, &values, &typed.at, other);
                let ty = Ty::Of(Type::Enum { values });
                Typed { ty, ..typed }
            }
            Type::Date => self.adapted(typed.clone(), Type::Date, value::date(text), "`2026-04-01`"),
            Type::Datetime => {
                let instant = value::datetime(text, &self.names.zone.0);
                self.adapted(
                    typed.clone(),
                    Type::Datetime,
                    instant,
                    "`2026-04-01T09:00:00+09:00`, or `2026-04-01 09:00`",
                )
            }
            Type::Text { format } => {
                let is_zone = matches!(&other.expr, Expr::Field { name } if name == "timezone");
                let wrong = match wrong_format(*format, text).filter(|_| !text.is_empty()) {
                    None if is_zone && TimeZone::get(text).is_err() => {
                        Some("it is an IANA time zone, such as Asia/Tokyo")
                    }
                    wrong => wrong,
                };
                match wrong {
                    Some(wrong) => self.never_written(typed, other, wrong),
                    None => typed,
                }
            }
            Type::Integer | Type::Number { .. } | Type::Boolean => typed,
        }
    }

    /// A constant that a text of this format never is.
    fn never_written(&mut self, typed: Typed, other: &Typed, wrong: &str) -> Typed {
        let Expr::Const { value: Value::Text(text) } = &typed.expr else { return typed };
        let of = other.expr.to_string();
        let message = format!("`{of}` is never {}: {wrong}", quoted(text));
        let finding = self.fault(Code::UnknownEnumValue, &typed.at, message).here("not such a text");
        let capitals = text.to_uppercase();
        let finding = if wrong_format(TextFormat::Country, &capitals).is_none() && wrong.contains("capital") {
            finding.help(format!("write `{}`", quoted(&capitals)))
        } else {
            finding
        };
        self.give_up(finding, &typed.at)
    }

    pub(super) fn adapted(&mut self, typed: Typed, ty: Type, value: Option<Value>, example: &str) -> Typed {
        match value {
            Some(value) => Typed { expr: Expr::Const { value }, ty: Ty::Of(ty), ..typed },
            None => {
                let Expr::Const { value: Value::Text(text) } = &typed.expr else { return Typed::unknown(&typed.at) };
                let message = format!("expected {}, and {} is none", type_words(&ty), quoted(text));
                let finding = self.fault(Code::InvalidTime, &typed.at, message).help(format!("write it as {example}"));
                self.give_up(finding, &typed.at)
            }
        }
    }

    pub(super) fn known_value(&mut self, text: &str, values: &[String], at: &Range<usize>, other: &Typed) {
        for kind in [Kind::Email, Kind::Topic, Kind::Journey, Kind::Source, Kind::Page, Kind::Form] {
            // Values of `event.email` and the like are uses of what they name.
            if self.names.defined.contains(kind, text) && is_event_property(&other.expr) {
                self.names.used.insert(kind, text, ());
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
        let message = format!("`{of}` is never {}", quoted(text));
        let finding = Diagnostic::new(Code::UnknownEnumValue, self.span(at), message).here("not one of its values");
        let finding = match other.declared {
            Some(span) => finding.also(span, format!("the values of `{of}` come from here")),
            None => finding,
        };
        let finding = match nearest(text, values.iter().map(String::as_str)) {
            Some(near) => finding.help(format!("did you mean {}?", quoted(near))),
            None if values.is_empty() => finding.help("the project defines no value that it could have"),
            None if values.len() <= 12 => finding.help(format!("it can be {}", listed(values))),
            None if other.declared.is_some() => finding,
            None => finding.help("define it, or write the name of one that is defined"),
        };
        self.sink.push(finding);
    }

    pub(super) fn contained(&mut self, left: &Raw, right: &Raw, at: &Range<usize>) -> Typed {
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
            Ty::Of(_) | Ty::Absent | Ty::Item(_) | Ty::Items(_) | Ty::Unknown => {
                let message = match &right.expr {
                    Expr::Const { value: Value::Text(_) } => "`in` looks into a list, and this is one value".to_owned(),
                    _ => format!("`in` looks into a list, a set or text, not into {}", describe(&right)),
                };
                let mut finding = self.fault(Code::TypeMismatch, &right.at, message).here(describe(&right));
                if let Expr::Const { value: Value::Text(text) } = &right.expr {
                    finding = finding.help(format!("write `== {0}`, or a list `in [{0}, …]`", quoted(text)));
                }
                self.give_up(finding, at)
            }
        }
    }

    pub(super) fn one_of(&mut self, left: Typed, items: Vec<Typed>, at: &Range<usize>) -> Typed {
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

pub(super) fn both_numbers(left: &Type, right: &Type) -> Option<Type> {
    match (left, right) {
        (Type::Integer, Type::Integer) => Some(Type::Integer),
        (Type::Integer | Type::Number { .. }, Type::Integer | Type::Number { .. }) => {
            Some(Type::Number { money: false })
        }
        _ => None,
    }
}

pub(super) fn both_texts(left: &Type, right: &Type) -> Option<Type> {
    let textual = |ty: &Type| matches!(ty, Type::Text { .. } | Type::Enum { .. });
    (textual(left) && textual(right)).then(text_type)
}

fn is_set(ty: &Type) -> bool {
    matches!(ty, Type::Set { .. })
}

fn is_text(of: &Typed) -> bool {
    matches!(of.expr, Expr::Const { value: Value::Text(_) })
}

fn is_event_property(expr: &Expr) -> bool {
    matches!(expr, Expr::EventProperty { .. } | Expr::EntryProperty { .. })
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
        Type::Integer
        | Type::Number { .. }
        | Type::Text { .. }
        | Type::Date
        | Type::Datetime
        | Type::Enum { .. }
        | Type::Set { .. } => None,
    }
}
