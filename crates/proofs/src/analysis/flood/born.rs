//! Segments that leads join as they come in, or never: what they ask for cannot come to be so later.
//!
//! In: a segment's formula. Out: whether nobody joins later. Never: who leaves.

use super::kinds::leads_of;
use crate::analysis::conditions::{Term, TermKind, Terms};
use crate::ir::journey::Action;
use crate::ir::{Campaign, Name};

/// Values of all terms together that are tried one by one.
const MOST_VALUES: usize = 4_096;

/// Whether nobody joins a segment once the lead is there: all it asks for is fixed, or only rises and is asked to be small.
pub(super) fn joins_at_birth(campaign: &Campaign, terms: &Terms, formula: usize) -> bool {
    let formula = &terms.formulas[formula];
    let read: Vec<usize> = terms.read_by(formula).into_iter().collect();
    let sizes: Vec<usize> = read.iter().map(|term| terms.terms[*term].cells.len()).collect();
    let rising = |term: &usize| !terms.terms[*term].is_fixed();
    if !read.iter().filter(|term| rising(term)).all(|term| rises(campaign, &terms.terms[*term])) {
        return false;
    }
    let count = sizes.iter().try_fold(1_usize, |all, size| all.checked_mul(*size).filter(|all| *all <= MOST_VALUES));
    let Some(count) = count else { return false };
    (0..count).all(|row| {
        let known = leads_of(&read, &sizes, row);
        if terms.eval(formula, &known) == Some(false) {
            return true;
        }
        // With the next smaller value of anything that rises it held as well.
        read.iter().filter(|term| rising(term)).all(|term| {
            let smaller = known.get(*term).and_then(|cell| smaller(&terms.terms[*term], cell));
            smaller.is_none_or(|smaller| {
                let mut before = known.clone();
                before.set(*term, Some(smaller));
                terms.eval(formula, &before) == Some(true)
            })
        })
    })
}

/// The cell of the next smaller numbers.
fn smaller(term: &Term, cell: usize) -> Option<usize> {
    let least = |cell: usize| term.cells[cell].span.map_or(f64::NEG_INFINITY, |(least, _)| least);
    let below = (0..term.cells.len()).filter(|other| least(*other) < least(cell));
    below.max_by(|one, other| least(*one).total_cmp(&least(*other)))
}

/// Whether it never becomes less.
fn rises(campaign: &Campaign, term: &Term) -> bool {
    let is_number = term.cells.iter().all(|cell| cell.span.is_some());
    let never_falls = || matches!(&term.kind, TermKind::Score(name) if never_falls(campaign, name));
    is_number && (term.kind.rises() || never_falls())
}

/// Whether nothing takes points from a score.
fn never_falls(campaign: &Campaign, name: &Name) -> bool {
    let Some(model) = campaign.scoring.get(name) else { return false };
    let mut steps = campaign.journeys.values().flat_map(|journey| &journey.steps);
    let takes = |action: &Action| matches!(action, Action::Score { points } if points.get(name).is_some_and(|points| *points < 0));
    model.decay.is_none() && model.rules.iter().all(|rule| rule.points >= 0) && !steps.any(|step| takes(&step.action))
}
