//! How long it takes at least until what let a lead into a journey comes about anew.
//!
//! In: what a segment asks, or an event that a run makes by itself. Out: seconds between two of them. Never: the journey's
//! own `again`.

use crate::analysis::conditions::{Assignment, TermKind, Terms};
use crate::ir::expr::{Cmp, Expr};
use crate::ir::journey::EntryBy;
use crate::ir::{Campaign, Value};

use super::phase::DAY;

/// The least time between two joinings of a segment, in seconds; 0 if nothing is known.
///
/// Whoever is to have left an event alone for some time has to have it, and then to leave it alone for so long: where all
/// else that the segment asks is fixed, that lies between two joinings.
pub(super) fn of_segment(terms: &Terms, formula: usize) -> i64 {
    let formula = &terms.formulas[formula];
    let changing = terms.read_by(formula).into_iter().filter(|term| !terms.terms[*term].is_fixed());
    // Whether there ever was one comes with the days since then.
    let ever = |term: &usize| {
        let kind = &terms.terms[*term].kind;
        matches!(kind, TermKind::Count { within_secs: None, since_entry: false, .. })
    };
    let (counts, others): (Vec<usize>, Vec<usize>) = changing.partition(ever);
    let [term] = others.as_slice() else { return 0 };
    let may_hold = |cell: usize| {
        let mut known = Assignment::default();
        known.set(*term, Some(cell));
        terms.eval(formula, &known) != Some(false)
    };
    let spans: Option<Vec<(f64, f64)>> = terms.terms[*term].cells.iter().map(|cell| cell.span).collect();
    let Some(spans) = spans else { return 0 };
    let mut held: Vec<(f64, f64)> = (0..spans.len()).filter(|cell| may_hold(*cell)).map(|cell| spans[cell]).collect();
    held.sort_by(|one, other| one.0.total_cmp(&other.0));
    let Some((least, _)) = held.first().copied() else { return 0 };
    match &terms.terms[*term].kind {
        TermKind::Count { within_secs: Some(secs), since_entry: false, .. }
            if counts.is_empty() && held.iter().all(|(_, most)| *most < 1.0) =>
        {
            *secs
        }
        TermKind::DaysSince { event, within_secs: None, since_entry: false, filter } => {
            let is_same = |count: &usize| {
                let kind = &terms.terms[*count].kind;
                matches!(kind, TermKind::Count { event: of, filter: only, .. } if of == event && only == filter)
            };
            // Without another event the days only become more, and do not come back to where they were.
            let is_one = held.windows(2).all(|pair| pair[1].0 <= pair[0].1 + 1.0);
            if counts.iter().all(is_same) && is_one && least > 0.0 { least.min(1e6) as i64 * DAY } else { 0 }
        }
        _ => 0,
    }
}

/// The least time between two events by which leads enter, in seconds; 0 if nothing is known. Who falls asleep again has
/// woken in between, and slept in anew.
pub(super) fn of_event(campaign: &Campaign, by: &EntryBy) -> i64 {
    let EntryBy::Event { event, filter: Some(filter) } = by else { return 0 };
    let (Some(sunset), "engagement_changed") = (&campaign.policies.permission.sunset, event.as_str()) else { return 0 };
    let Expr::Compare { cmp: Cmp::Eq, left, right } = &filter.expr else { return 0 };
    match (&**left, &**right) {
        (Expr::EventProperty { name }, Expr::Const { value: Value::Text(to) }) if name == "to" => match to.as_str() {
            "sleeping" => sunset.sleeping_secs.unwrap_or(0),
            "sunset" => sunset.after_secs,
            _ => 0,
        },
        _ => 0,
    }
}
