//! Who cannot be a lead any more, or can be one newly: rows that a field refuses on one side, in a file of leads or from a
//! form.
//!
//! In: the fields of both campaigns. Out: sentences with a lead for each, conditions. Never: what journeys do.

use super::model::{Fact, Newly, Person};
use crate::ir::expr::Cmp;
use crate::ir::{Campaign, Expr, Field, Name, Type, Value};

/// Values that a field takes and did not take before, each as a condition, with the field.
pub(super) fn taken(before: &Campaign, after: &Campaign) -> Vec<(Name, Expr)> {
    let mut found = Vec::new();
    for (name, new) in after.fields.iter().filter(|(_, field)| !field.builtin) {
        let field = || Expr::Field { name: name.clone() };
        let Some(old) = before.fields.get(name) else { continue };
        if new.optional && !old.optional {
            found.push((name.clone(), Expr::IsAbsent { of: Box::new(field()) }));
        }
        for value in gone(&new.ty, &old.ty) {
            let is = match new.ty {
                Type::Set { .. } => {
                    Expr::Holds { set: Box::new(field()), value: Box::new(Expr::Const { value: Value::Text(value) }) }
                }
                _ => Expr::compare(field(), Cmp::Eq, Value::Text(value)),
            };
            found.push((name.clone(), is));
        }
        let beyond = |cmp, end: f64| {
            let value = if new.ty == Type::Integer { Value::Int(end as i64) } else { Value::Number(end) };
            Expr::compare(field(), cmp, value)
        };
        let ends = [(Cmp::Lt, old.min, lower(new.min, old.min)), (Cmp::Gt, old.max, less(old.max, new.max))];
        let wider = ends.into_iter().filter(|(_, _, is_wider)| *is_wider);
        found.extend(wider.filter_map(|(cmp, end, _)| Some((name.clone(), beyond(cmp, end?)))));
    }
    found
}

/// What fields refuse that they took before.
pub(super) fn refused(before: &Campaign, after: &Campaign) -> Vec<Fact> {
    let mut found = Vec::new();
    for (name, new) in after.fields.iter().filter(|(_, field)| !field.builtin) {
        match before.fields.get(name) {
            Some(old) => of_both(name, old, new, &mut found),
            None if !new.optional => found.push(lacking(name, "a field that is new")),
            None => {}
        }
    }
    found
}

fn of_both(name: &Name, old: &Field, new: &Field, found: &mut Vec<Fact>) {
    if old.optional && !new.optional {
        found.push(lacking(name, "before it was optional"));
    }
    for value in gone(&old.ty, &new.ty) {
        let says = format!("rows of leads with `{name}` = {:?} are refused: it is no value any more", value);
        found.push(Fact::new(says).with(vec![lead(name, Some(Value::Text(value)))]));
    }
    let ends = [("less than", new.min, new.min > old.min), ("more than", new.max, less(new.max, old.max))];
    for (words, end, _) in ends.into_iter().filter(|(_, _, is_narrower)| *is_narrower) {
        if let Some(end) = end {
            found.push(Fact::new(format!("rows of leads with `{name}` {words} {end} are refused")));
        }
    }
}

/// Whether a largest value is smaller than before; none is no end.
fn less(new: Option<f64>, old: Option<f64>) -> bool {
    new.is_some_and(|new| old.is_none_or(|old| new < old))
}

/// Whether a least value is smaller than before; none is no end.
fn lower(new: Option<f64>, old: Option<f64>) -> bool {
    old.is_some_and(|old| new.is_none_or(|new| new < old))
}

fn lacking(name: &Name, why: &str) -> Fact {
    Fact::new(format!("rows of leads without `{name}` are refused: {why}")).with(vec![lead(name, None)])
}

fn lead(name: &Name, value: Option<Value>) -> Person {
    Person { newly: Newly::Out, lead: vec![(name.clone(), value)] }
}

/// Values that an enum or a set has no longer.
fn gone(old: &Type, new: &Type) -> Vec<String> {
    match (old, new) {
        (Type::Enum { values: old }, Type::Enum { values: new })
        | (Type::Set { values: old }, Type::Set { values: new }) => {
            old.iter().filter(|value| !new.contains(value)).cloned().collect()
        }
        _ => Vec::new(),
    }
}
