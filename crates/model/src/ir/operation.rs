//! What operators do with values: comparisons, arithmetic, filters, tests on text.
//!
//! In: values that are there. Out: the answer; `None` where the result is absent. Never: leads; where values come from.

use std::cmp::Ordering;

use super::Value;
use super::expr::{Cmp, Filter, Sign, TextTest};

/// How two values of one kind stand to each other; `None` if they are of different kinds.
pub fn order(left: &Value, right: &Value) -> Option<Ordering> {
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

/// Whether `left cmp right` holds; values of different kinds are in no relation.
pub fn compares(cmp: Cmp, left: &Value, right: &Value) -> bool {
    order(left, right).is_some_and(|order| cmp.fits(order))
}

impl Cmp {
    /// Whether the comparison holds for two values in this order.
    pub fn fits(self, order: Ordering) -> bool {
        match self {
            Cmp::Eq => order.is_eq(),
            Cmp::Ne => order.is_ne(),
            Cmp::Lt => order.is_lt(),
            Cmp::Le => order.is_le(),
            Cmp::Gt => order.is_gt(),
            Cmp::Ge => order.is_ge(),
        }
    }

    /// The comparison with its sides exchanged.
    pub fn turned(self) -> Cmp {
        match self {
            Cmp::Lt => Cmp::Gt,
            Cmp::Le => Cmp::Ge,
            Cmp::Gt => Cmp::Lt,
            Cmp::Ge => Cmp::Le,
            Cmp::Eq | Cmp::Ne => self,
        }
    }
}

/// The answer of arithmetic; `None` where it is no finite number, or not asked of numbers.
pub fn arithmetic(sign: Sign, left: &Value, right: &Value) -> Option<Value> {
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

/// Whether a text passes a test.
pub fn tests(test: TextTest, of: &str, with: &str) -> bool {
    match test {
        TextTest::StartsWith => of.starts_with(with),
        TextTest::EndsWith => of.ends_with(with),
        TextTest::Contains => of.contains(with),
    }
}

/// What a filter makes of a value; `None` for a value of a kind that it does not take.
pub fn filtered(filter: Filter, of: Value) -> Option<Value> {
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
