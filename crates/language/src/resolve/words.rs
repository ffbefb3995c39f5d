//! The words of conditions, as their authors wrote them: for what people read.

use crate::ast::expression::{Expr, ExprKind, Operator};

/// The text of what a condition joins by `and`, or by `or`; nothing if it joins nothing.
pub(super) fn of_parts(text: &str, whole: &Expr) -> Box<[String]> {
    let ExprKind::Binary { op: op @ (Operator::And | Operator::Or), .. } = whole.kind else { return Box::default() };
    let mut parts = Vec::new();
    split(whole, op, &mut parts);
    parts.into_iter().map(|part| in_one_line(text.get(part.at.clone()).unwrap_or_default())).collect()
}

fn split<'e>(expr: &'e Expr, by: Operator, parts: &mut Vec<&'e Expr>) {
    match &expr.kind {
        ExprKind::Binary { op, left, right } if *op == by => {
            split(left, by, parts);
            split(right, by, parts);
        }
        _ => parts.push(expr),
    }
}

/// Without line breaks.
pub(super) fn in_one_line(text: &str) -> String {
    let text = text.trim();
    if text.contains('\n') { text.split_whitespace().collect::<Vec<_>>().join(" ") } else { text.to_owned() }
}
