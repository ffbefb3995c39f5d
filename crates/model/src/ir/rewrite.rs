//! Expressions in which some parts are replaced by others.

use super::Expr;
use super::expr::History;

/// The expression with parts replaced: `with` is asked for each, from the outside in; what it gives is not looked into.
pub fn replaced(expr: &Expr, with: &mut dyn FnMut(&Expr) -> Option<Expr>) -> Expr {
    if let Some(other) = with(expr) {
        return other;
    }
    let mut boxed = |part: &Expr| Box::new(replaced(part, with));
    match expr {
        Expr::All { of } => Expr::All { of: of.iter().map(|part| replaced(part, with)).collect() },
        Expr::Any { of } => Expr::Any { of: of.iter().map(|part| replaced(part, with)).collect() },
        Expr::Not { of } => Expr::Not { of: boxed(of) },
        Expr::Compare { cmp, left, right } => Expr::Compare { cmp: *cmp, left: boxed(left), right: boxed(right) },
        Expr::OneOf { of, values } => Expr::OneOf { of: boxed(of), values: values.clone() },
        Expr::Holds { set, value } => Expr::Holds { set: boxed(set), value: boxed(value) },
        Expr::IsAbsent { of } => Expr::IsAbsent { of: boxed(of) },
        Expr::Arithmetic { sign, left, right } => {
            Expr::Arithmetic { sign: *sign, left: boxed(left), right: boxed(right) }
        }
        Expr::TextTest { test, of, with: tested } => Expr::TextTest { test: *test, of: boxed(of), with: boxed(tested) },
        Expr::Filter { filter, of, argument } => {
            Expr::Filter { filter: *filter, of: boxed(of), argument: argument.as_deref().map(boxed) }
        }
        Expr::If { test, then, otherwise } => {
            Expr::If { test: boxed(test), then: boxed(then), otherwise: boxed(otherwise) }
        }
        Expr::Count { of } => Expr::Count { of: history(of, with) },
        Expr::DaysSince { of } => Expr::DaysSince { of: history(of, with) },
        Expr::DaysSinceDate { of } => Expr::DaysSinceDate { of: boxed(of) },
        Expr::DaysUntil { of, yearly } => Expr::DaysUntil { of: boxed(of), yearly: *yearly },
        Expr::Const { .. }
        | Expr::Absent
        | Expr::Field { .. }
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
        | Expr::Received { .. }
        | Expr::Reachable { .. }
        | Expr::Reached { .. }
        | Expr::InJourney { .. }
        | Expr::Bought { .. }
        | Expr::Finished { .. } => expr.clone(),
    }
}

fn history(of: &History, with: &mut dyn FnMut(&Expr) -> Option<Expr>) -> History {
    let filter = of.filter.as_ref().map(|filter| Box::new(replaced(filter, with)));
    History { filter, ..of.clone() }
}
