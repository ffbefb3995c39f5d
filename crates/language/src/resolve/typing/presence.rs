//! What is there for certain, once a condition is known to hold or not.

use std::collections::BTreeSet;

use crate::ir::expr::Expr;

/// Adds to `present` what is there for certain once `expr` is known to be `holds`.
pub(in crate::resolve) fn narrow(expr: &Expr, holds: bool, present: &mut BTreeSet<String>) {
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
