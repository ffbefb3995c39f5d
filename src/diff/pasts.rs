//! Of what happened to a lead, what one condition looks at and another one looks at as well: whoever opened `/pricing` opened
//! one of `/pricing` and `/demo`.
//!
//! In: the histories that two conditions ask for. Out: what is known of how their numbers belong together. Never: histories
//! with the same filter, of which the condition solver itself knows as much.

use std::collections::BTreeSet;

use super::differing::Direction;
use super::model::Who;
use super::worlds::{Worlds, implied, truth};
use crate::ir::expr::{Cmp, History};
use crate::ir::{Expr, Value};

/// What is known of the histories in some expressions.
pub(super) fn known(worlds: &Worlds<'_>, asked: &[&Expr]) -> Vec<Expr> {
    let (pasts, levels) = counted(asked);
    let mut found = Vec::new();
    for one in &pasts {
        for other in pasts.iter().filter(|other| one.filter != other.filter && is_within(worlds, one, other)) {
            for level in &levels {
                found.extend(implied(Direction::More, at_least(one, *level), at_least(other, *level)));
            }
        }
    }
    found
}

/// The histories of which numbers are asked, and the numbers.
fn counted(asked: &[&Expr]) -> (Vec<History>, BTreeSet<i64>) {
    let mut pasts: Vec<History> = Vec::new();
    let mut levels = BTreeSet::from([1]);
    for expr in asked {
        expr.visit(&mut |part| {
            let Expr::Compare { left, right, .. } = part else { return };
            for (of, with) in [(left, right), (right, left)] {
                if let (Expr::Count { of }, Expr::Const { value: Value::Int(level) }) = (&**of, &**with) {
                    levels.extend([*level, *level + 1]);
                    if !pasts.contains(of) {
                        pasts.push(of.clone());
                    }
                }
            }
        });
    }
    (pasts, levels)
}

/// Whether whatever one history counts the other one counts as well.
fn is_within(worlds: &Worlds<'_>, one: &History, other: &History) -> bool {
    let is_same = one.event == other.event && (one.since_entry || !other.since_entry);
    let window = other.within_secs.is_none_or(|wide| one.within_secs.is_some_and(|narrow| narrow <= wide));
    if !is_same || !window {
        return false;
    }
    let filter = |of: &History| of.filter.as_deref().cloned().unwrap_or_else(|| truth(true));
    let compared = worlds.compare(None, &filter(one), &filter(other), Some(&one.event));
    matches!(compared.who, Who::Same | Who::Wider)
}

fn at_least(of: &History, level: i64) -> Expr {
    Expr::compare(Expr::Count { of: of.clone() }, Cmp::Ge, Value::Int(level))
}
