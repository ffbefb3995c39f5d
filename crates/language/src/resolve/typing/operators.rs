//! Operators: logic, arithmetic, chains and choices.

use std::ops::Range;

use super::compare::{both_numbers, both_texts};
use super::presence::narrow;
use super::types::{Ty, Typed, describe, text_type};
use super::{Place, Typer};
use crate::ast::expression::{Expr as Raw, Operator};
use crate::diag::Code;
use crate::ir::Type;
use crate::ir::expr::{Expr, Filter, Sign};

impl Typer<'_> {
    pub(super) fn binary(&mut self, op: Operator, left: &Raw, right: &Raw, at: &Range<usize>) -> Typed {
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
                // Where a part may be absent, that part is to blame.
                let absent = [&left, &right].into_iter().find(|side| side.optional);
                let (at, declared) = absent.map_or((at.clone(), None), |side| (side.at.clone(), side.declared));
                let optional = absent.is_some();
                // Both go in: what a lead wrote stays known as such.
                let (of, argument) = (Box::new(left.expr), Some(Box::new(right.expr)));
                let expr = Expr::Filter { filter: Filter::Default, of, argument };
                Typed { at, declared, ..Typed::of(expr, text_type(), &(0..0)).maybe(optional) }
            }
            Operator::Concat => self.unsupported("the operator `~`", at),
            Operator::FloorDiv => self.unsupported("the operator `//`", at),
            Operator::Pow => self.unsupported("the operator `**`", at),
        }
    }

    pub(super) fn logic(&mut self, op: Operator, left: &Raw, right: &Raw, at: &Range<usize>) -> Typed {
        let is_and = op == Operator::And;
        let before = self.present.clone();
        let left_typed = self.expr(left);
        if self.place == Place::Template && !is_and && left_typed.ty != Ty::Of(Type::Boolean) {
            super::functions::fallback_too_late(self, left, &left_typed);
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

    pub(super) fn first_present(&mut self, left: Typed, right: &Raw, at: &Range<usize>) -> Typed {
        let right = self.expr(right);
        let ty = if left.ty == right.ty { left.ty } else { Ty::Of(text_type()) };
        // Not just the left side: that it holds says nothing about the left side alone.
        let expr =
            Expr::Filter { filter: Filter::Default, of: Box::new(left.expr), argument: Some(Box::new(right.expr)) };
        Typed { expr, ty, optional: right.optional, at: at.clone(), declared: right.declared }
    }

    /// An operand that has to be a number.
    pub(super) fn number(&mut self, raw: &Raw) -> Typed {
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

    pub(super) fn chain(&mut self, first: &Raw, rest: &[(Operator, Raw)], at: &Range<usize>) -> Typed {
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

    pub(super) fn choice(&mut self, test: &Raw, then: &Raw, otherwise: Option<&Raw>, at: &Range<usize>) -> Typed {
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
}

pub(super) fn arithmetic(sign: Sign, left: Typed, right: Typed, at: &Range<usize>) -> Typed {
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
