//! Conditions over fields only, as personas have them.
//!
//! In: an expression and the fields' values. Out: its value, `None` where it is absent. Never: time, scores, history;
//! what asks for those is absent here.

use std::collections::BTreeMap;

use crate::ir::expr::{Cmp, Filter};
use crate::ir::operation::{arithmetic, compares, filtered, tests};
use crate::ir::{Expr, Name, Value};

/// Values by field; names ascending.
#[derive(Clone, Copy)]
pub(in crate::leads) struct Fields<'a> {
    pub(in crate::leads) names: &'a [Name],
    pub(in crate::leads) values: &'a [Option<Value>],
    /// Properties of the event that a condition may ask for.
    pub(in crate::leads) event: Option<&'a BTreeMap<Name, Value>>,
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
        Expr::EventProperty { name } => fields.event?.get(name).cloned(),
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
        | Expr::Reachable { .. }
        | Expr::Reached { .. }
        | Expr::Finished { .. } => None,
    }
}
