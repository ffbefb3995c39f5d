//! How long it takes at least until what let a lead into a journey comes about anew.
//!
//! In: what a segment asks, or an event that a run makes by itself. Out: seconds between two of them. Never: the journey's
//! own `again`.

use std::collections::BTreeSet;

use crate::analysis::conditions::{Assignment, Part, TermKind, Terms};
use crate::ir::expr::{Cmp, Expr};
use crate::ir::journey::EntryBy;
use crate::ir::{Campaign, Name, Value};

use super::phase::DAY;

/// Words of conditions by which they ask what time it is.
const CLOCKS: [&str; 3] = ["now", "today", "days_"];

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
    // Where there never was one there are no days since then.
    let spans = terms.terms[*term].cells.iter().map(|cell| cell.span);
    let held = spans.enumerate().filter(|(cell, _)| may_hold(*cell)).map(|(_, span)| span);
    let Some(mut held) = held.collect::<Option<Vec<(f64, f64)>>>() else { return 0 };
    held.sort_by(|one, other| one.0.total_cmp(&other.0));
    let Some((least, _)) = held.first().copied() else { return 0 };
    // What is asked of each event must not change without one.
    let asks_of_events = |reads: &BTreeSet<Part>, filter: &Option<String>| {
        let is_of_event = |part: &Part| matches!(part, Part::Event(_) | Part::Clock);
        reads.iter().all(is_of_event)
            && filter.as_ref().is_none_or(|filter| !CLOCKS.iter().any(|word| filter.contains(word)))
    };
    let is_of = |count: &usize, event: &Name, only: &Option<String>| {
        let kind = &terms.terms[*count].kind;
        matches!(kind, TermKind::Count { event: of, filter, .. } if of == event && filter == only)
    };
    let asked = &terms.terms[*term];
    match &asked.kind {
        TermKind::Count { filter, .. } | TermKind::DaysSince { filter, .. }
            if !asks_of_events(&asked.reads, filter) =>
        {
            0
        }
        TermKind::Count { event, within_secs: Some(secs), since_entry: false, filter }
            if counts.iter().all(|count| is_of(count, event, filter)) && held.iter().all(|(_, most)| *most < 1.0) =>
        {
            *secs
        }
        TermKind::DaysSince { event, within_secs: None, since_entry: false, filter } => {
            // Without another event the days only become more, and do not come back to where they were.
            let is_one = held.windows(2).all(|pair| pair[1].0 <= pair[0].1 + 1.0);
            if counts.iter().all(|count| is_of(count, event, filter)) && is_one && least > 0.0 {
                least.min(1e6) as i64 * DAY
            } else {
                0
            }
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
