//! Conditions over fields only, as personas have them.
//!
//! In: an expression and the fields' values. Out: its value, `None` where it is absent. Never: time, scores, history;
//! what asks for those is absent here.

use std::cmp::Ordering;

use crate::ir::expr::{Cmp, Filter, Sign, TextTest};
use crate::ir::{Expr, Name, Value};

/// Values by field; names ascending.
#[derive(Clone, Copy)]
pub(in crate::leads) struct Fields<'a> {
    pub(in crate::leads) names: &'a [Name],
    pub(in crate::leads) values: &'a [Option<Value>],
}

impl Fields<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        let at = self.names.binary_search_by(|known| known.as_str().cmp(name)).ok()?;
        self.values.get(at)?.clone()
    }
}

/// Whether a condition holds; an absent one does not.
pub(in crate::leads) fn holds(expr: &Expr, fields: &Fields<'_>) -> bool {
    eval(expr, fields) == Some(Value::Bool(true))
}

/// The value of an expression.
pub(in crate::leads) fn eval(expr: &Expr, fields: &Fields<'_>) -> Option<Value> {
    let truth = |truth: bool| Some(Value::Bool(truth));
    match expr {
        Expr::Const { value } => Some(value.clone()),
        Expr::Field { name } => fields.get(name),
        Expr::All { of } => truth(of.iter().all(|part| holds(part, fields))),
        Expr::Any { of } => truth(of.iter().any(|part| holds(part, fields))),
        Expr::Not { of } => truth(!holds(of, fields)),
        Expr::Compare { cmp, left, right } => truth(match (eval(left, fields), eval(right, fields)) {
            (Some(left), Some(right)) => compares(*cmp, &left, &right),
            (_, _) => false,
        }),
        Expr::OneOf { of, values } => {
            truth(eval(of, fields).is_some_and(|value| values.iter().any(|one| compares(Cmp::Eq, &value, one))))
        }
        Expr::Holds { set, value } => truth(match (eval(set, fields), eval(value, fields)) {
            (Some(Value::Set(set)), Some(Value::Text(value))) => set.contains(&value),
            (_, _) => false,
        }),
        Expr::IsAbsent { of } => truth(eval(of, fields).is_none()),
        Expr::Arithmetic { sign, left, right } => arithmetic(*sign, &eval(left, fields)?, &eval(right, fields)?),
        Expr::TextTest { test, of, with } => truth(match (eval(of, fields), eval(with, fields)) {
            (Some(Value::Text(of)), Some(Value::Text(with))) => tests(*test, &of, &with),
            (_, _) => false,
        }),
        Expr::Filter { filter, of, argument } => {
            let of = eval(of, fields);
            match (filter, of, argument) {
                (Filter::Default, None, Some(argument)) => eval(argument, fields),
                (_, of, _) => filtered(*filter, of?),
            }
        }
        Expr::If { test, then, otherwise } => eval(if holds(test, fields) { then } else { otherwise }, fields),
        Expr::Absent
        | Expr::EventProperty { .. }
        | Expr::EntryProperty { .. }
        | Expr::Score { .. }
        | Expr::Grade { .. }
        | Expr::Stage
        | Expr::Persona
        | Expr::Now
        | Expr::Today
        | Expr::InSegment { .. }
        | Expr::InList { .. }
        | Expr::Subscribed { .. }
        | Expr::DaysSinceConsent { .. }
        | Expr::Count { .. }
        | Expr::DaysSince { .. }
        | Expr::DaysSinceDate { .. }
        | Expr::DaysUntil { .. }
        | Expr::Received { .. }
        | Expr::InJourney { .. }
        | Expr::Bought { .. }
        | Expr::Reached { .. }
        | Expr::Finished { .. } => None,
    }
}

fn compares(cmp: Cmp, left: &Value, right: &Value) -> bool {
    let Some(order) = order(left, right) else { return false };
    match cmp {
        Cmp::Eq => order == Ordering::Equal,
        Cmp::Ne => order != Ordering::Equal,
        Cmp::Lt => order == Ordering::Less,
        Cmp::Le => order != Ordering::Greater,
        Cmp::Gt => order == Ordering::Greater,
        Cmp::Ge => order != Ordering::Less,
    }
}

/// How two values of one kind stand to each other.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::Date(left), Value::Date(right)) => Some(left.cmp(right)),
        (Value::Datetime(left), Value::Datetime(right)) => Some(left.cmp(right)),
        (Value::Set(left), Value::Set(right)) => Some(left.cmp(right)),
        (left, right) => left.as_number()?.partial_cmp(&right.as_number()?),
    }
}

fn arithmetic(sign: Sign, left: &Value, right: &Value) -> Option<Value> {
    if let (Value::Int(left), Value::Int(right)) = (left, right) {
        let exact = match sign {
            Sign::Add => left.checked_add(*right),
            Sign::Sub => left.checked_sub(*right),
            Sign::Mul => left.checked_mul(*right),
            Sign::Rem => left.checked_rem_euclid(*right),
            Sign::Div => None,
        };
        if let Some(exact) = exact {
            return Some(Value::Int(exact));
        }
    }
    let (left, right) = (left.as_number()?, right.as_number()?);
    let result = match sign {
        Sign::Add => left + right,
        Sign::Sub => left - right,
        Sign::Mul => left * right,
        Sign::Div => left / right,
        Sign::Rem => left.rem_euclid(right),
    };
    result.is_finite().then_some(Value::Number(result))
}

fn tests(test: TextTest, of: &str, with: &str) -> bool {
    match test {
        TextTest::StartsWith => of.starts_with(with),
        TextTest::EndsWith => of.ends_with(with),
        TextTest::Contains => of.contains(with),
    }
}

fn filtered(filter: Filter, of: Value) -> Option<Value> {
    match (filter, of) {
        (Filter::Default, of) => Some(of),
        (Filter::Lower, Value::Text(text)) => Some(Value::Text(text.to_lowercase())),
        (Filter::Upper, Value::Text(text)) => Some(Value::Text(text.to_uppercase())),
        (Filter::Trim, Value::Text(text)) => Some(Value::Text(text.trim().to_owned())),
        (Filter::Length, Value::Text(text)) => i64::try_from(text.chars().count()).ok().map(Value::Int),
        (Filter::Length, Value::Set(set)) => i64::try_from(set.len()).ok().map(Value::Int),
        (Filter::Abs, Value::Int(number)) => Some(Value::Int(number.saturating_abs())),
        (Filter::Abs, Value::Number(number)) => Some(Value::Number(number.abs())),
        (Filter::Round, Value::Int(number)) => Some(Value::Int(number)),
        (Filter::Round, Value::Number(number)) => Some(Value::Number(number.round())),
        (Filter::Lower | Filter::Upper | Filter::Trim | Filter::Length | Filter::Abs | Filter::Round, _) => None,
    }
}
