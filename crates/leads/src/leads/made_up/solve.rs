//! Narrows what the fields of a lead may hold until conditions come out as wanted.
//!
//! In: expressions, and whether they are to hold. Out: a [`Wish`] for each field. Never: proof; what cannot be solved
//! here, such as two fields compared with each other, is left to chance and tested afterwards.
//!
//! Where there are alternatives (one part of an `or`; one part of an `and` that is not to hold) they are tried in an
//! order drawn by chance, and the first that fits what is wished so far is taken.
//!
//! Each function here knows the few forms of [`Expr`] that it can solve; any other form goes through `_` to chance,
//! which is right for forms to come as well.

use super::chance::Chance;
use super::domain::{Domain, Presence, Wish};
use super::eval::{Fields, eval};
use crate::ir::expr::{Cmp, Filter, Sign};
use crate::ir::{Expr, Field, Name, Value};

/// A lead in the making.
pub(super) struct Draft<'a> {
    names: &'a [Name],
    chance: &'a Chance,
    choices: u64,
    /// What each field may hold.
    pub(super) wishes: Vec<Wish>,
}

impl<'a> Draft<'a> {
    /// Everything that the fields allow.
    pub(super) fn new(names: &'a [Name], fields: &[Field], chance: &'a Chance) -> Self {
        Draft { names, chance, choices: 0, wishes: fields.iter().map(Wish::of).collect() }
    }

    /// Makes the expression come out as `truth`; `false` if that contradicts what is wished so far.
    pub(super) fn want(&mut self, expr: &Expr, truth: bool) -> bool {
        match expr {
            Expr::All { of } if truth => of.iter().all(|part| self.want(part, true)),
            Expr::Any { of } if !truth => of.iter().all(|part| self.want(part, false)),
            Expr::All { of } | Expr::Any { of } => self.want_some(of, truth),
            Expr::Not { of } => self.want(of, !truth),
            Expr::If { test, then, otherwise } => {
                let first = self.choose(2) == 0;
                let arm = |held: bool| if held { then } else { otherwise };
                let mut take = |held| self.attempt(|draft| draft.want(test, held) && draft.want(arm(held), truth));
                take(first) || take(!first)
            }
            _ => self.want_leaf(expr, truth),
        }
    }

    fn want_some(&mut self, parts: &[Expr], truth: bool) -> bool {
        let mut left: Vec<&Expr> = parts.iter().collect();
        while !left.is_empty() {
            let part = left.swap_remove(self.choose(left.len()));
            if self.attempt(|draft| draft.want(part, truth)) {
                return true;
            }
        }
        false
    }

    /// A condition without `and`, `or`, `not`.
    fn want_leaf(&mut self, expr: &Expr, truth: bool) -> bool {
        match self.fields_in(expr).as_slice() {
            [] => (eval(expr, &Fields { names: &[], values: &[], event: None }) == Some(Value::Bool(true))) == truth,
            [at] if self.wishes[*at].is_finite() => self.keep_values(*at, expr, truth),
            _ if truth => self.attempt(|draft| draft.hold(expr)),
            fields => {
                self.attempt(|draft| draft.fail(expr))
                    || fields.iter().any(|at| self.wishes[*at].require(Presence::Absent))
            }
        }
    }

    /// Tries every value of a field that has few.
    fn keep_values(&mut self, at: usize, expr: &Expr, truth: bool) -> bool {
        let name = &self.names[at..=at];
        let fits = |value: Option<Value>| {
            (eval(expr, &Fields { names: name, values: &[value], event: None }) == Some(Value::Bool(true))) == truth
        };
        let absent = fits(None);
        let wish = &mut self.wishes[at];
        if let Domain::Choice(values) = &mut wish.domain {
            values.retain(|value| fits(Some(value.clone())));
        }
        match (wish.is_possible(), absent) {
            (true, true) => true,
            (true, false) => wish.require(Presence::Present),
            (false, true) => wish.require(Presence::Absent),
            (false, false) => false,
        }
    }

    /// Makes a condition hold.
    fn hold(&mut self, expr: &Expr) -> bool {
        match expr {
            Expr::Compare { cmp, left, right } => match (constant(left), constant(right)) {
                (_, Some(value)) => self.bound(left, *cmp, &value),
                (Some(value), None) => self.bound(right, cmp.turned(), &value),
                (None, None) => true,
            },
            Expr::OneOf { of, values } => match self.field(of) {
                Some(at) => self.wishes[at].among(values),
                None => true,
            },
            Expr::Holds { set, value } => match (self.field(set), constant(value), self.field(value), constant(set)) {
                (Some(at), Some(Value::Text(value)), _, _) => self.wishes[at].include(&value, true),
                (_, _, Some(at), Some(Value::Set(set))) => {
                    self.wishes[at].among(&set.into_iter().map(Value::Text).collect::<Vec<_>>())
                }
                (_, _, _, _) => true,
            },
            Expr::TextTest { test, of, with } => match (self.field(of), constant(with)) {
                (Some(at), Some(Value::Text(with))) => self.wishes[at].text(*test, &with),
                (_, _) => true,
            },
            Expr::IsAbsent { of } => self.field(of).is_none_or(|at| self.wishes[at].require(Presence::Absent)),
            _ => true,
        }
    }

    /// Makes a condition fail although its fields are there.
    fn fail(&mut self, expr: &Expr) -> bool {
        match expr {
            Expr::Compare { cmp, left, right } => {
                self.hold(&Expr::Compare { cmp: negated(*cmp), left: left.clone(), right: right.clone() })
            }
            Expr::OneOf { of, values } => match self.field(of) {
                Some(at) => values.iter().all(|value| self.wishes[at].compare(Cmp::Ne, value)),
                None => true,
            },
            Expr::Holds { set, value } => match (self.field(set), constant(value)) {
                (Some(at), Some(Value::Text(value))) => self.wishes[at].include(&value, false),
                (_, _) => true,
            },
            Expr::IsAbsent { of } => self.field(of).is_none_or(|at| self.wishes[at].require(Presence::Present)),
            _ => true,
        }
    }

    /// Makes `expr cmp value` hold.
    fn bound(&mut self, expr: &Expr, cmp: Cmp, value: &Value) -> bool {
        match expr {
            Expr::Field { .. } => self.field(expr).is_none_or(|at| self.wishes[at].compare(cmp, value)),
            Expr::Filter { filter: Filter::Length, of, .. } => match (self.field(of), value.as_number()) {
                (Some(at), Some(length)) => self.wishes[at].length(cmp, length),
                (_, _) => true,
            },
            Expr::Filter { filter: Filter::Abs, of, .. } => {
                let below = matches!(cmp, Cmp::Lt | Cmp::Le);
                let mirrored = value.as_number().map(|number| Value::Number(-number));
                let floor = mirrored.filter(|_| below).is_none_or(|least| self.bound(of, cmp.turned(), &least));
                floor && self.bound(of, cmp, value)
            }
            Expr::Filter { of, .. } => self.bound(of, cmp, value),
            Expr::Arithmetic { sign, left, right } => match (constant(left), constant(right), value.as_number()) {
                (None, Some(operand), Some(value)) => self.undo(*sign, left, &operand, cmp, value),
                // Sums and products are the same the other way round.
                (Some(operand), None, Some(value)) if matches!(sign, Sign::Add | Sign::Mul) => {
                    self.undo(*sign, right, &operand, cmp, value)
                }
                (_, _, _) => true,
            },
            _ => true,
        }
    }

    /// Makes `(expr sign operand) cmp value` hold, by what that means for `expr`.
    fn undo(&mut self, sign: Sign, expr: &Expr, operand: &Value, cmp: Cmp, value: f64) -> bool {
        let Some(operand) = operand.as_number() else { return true };
        let cmp = if operand < 0.0 && matches!(sign, Sign::Mul | Sign::Div) { cmp.turned() } else { cmp };
        let bound = match sign {
            Sign::Add => value - operand,
            Sign::Sub => value + operand,
            Sign::Mul => value / operand,
            Sign::Div => value * operand,
            Sign::Rem => return true,
        };
        !bound.is_finite() || self.bound(expr, cmp, &Value::Number(bound))
    }

    /// Runs a change and takes it back if it fails.
    fn attempt(&mut self, change: impl FnOnce(&mut Self) -> bool) -> bool {
        let before = self.wishes.clone();
        let done = change(self);
        if !done {
            self.wishes = before;
        }
        done
    }

    fn choose(&mut self, n: usize) -> usize {
        self.choices += 1;
        self.chance.below("choice", self.choices, n)
    }

    fn field(&self, expr: &Expr) -> Option<usize> {
        match expr {
            Expr::Field { name } => self.names.binary_search(name).ok(),
            _ => None,
        }
    }

    /// The fields that an expression mentions, each once.
    fn fields_in(&self, expr: &Expr) -> Vec<usize> {
        let mut fields: Vec<usize> = self.field(expr).into_iter().collect();
        for child in expr.children() {
            fields.extend(self.fields_in(child));
        }
        fields.sort_unstable();
        fields.dedup();
        fields
    }
}

fn constant(expr: &Expr) -> Option<Value> {
    let fixed = |expr: &Expr| !matches!(expr, Expr::Field { .. });
    let all_fixed = fixed(expr) && expr.children().iter().all(|child| constant(child).is_some());
    all_fixed.then(|| eval(expr, &Fields { names: &[], values: &[], event: None })).flatten()
}

fn negated(cmp: Cmp) -> Cmp {
    match cmp {
        Cmp::Lt => Cmp::Ge,
        Cmp::Le => Cmp::Gt,
        Cmp::Gt => Cmp::Le,
        Cmp::Ge => Cmp::Lt,
        Cmp::Eq => Cmp::Ne,
        Cmp::Ne => Cmp::Eq,
    }
}
