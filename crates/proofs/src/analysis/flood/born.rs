//! Segments that leads join as they come in, or never: what they ask for cannot come to be so later.
//!
//! In: a segment's formula. Out: whether nobody joins later. Never: who leaves.

use crate::analysis::conditions::{Assignment, Term, TermKind, Terms};
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
    let holds = |cells: &[usize]| {
        let mut known = Assignment::default();
        read.iter().zip(cells).for_each(|(term, cell)| known.set(*term, Some(*cell)));
        terms.eval(formula, &known)
    };
    (0..count).all(|number| {
        let mut rest = number;
        let cells: Vec<usize> = sizes
            .iter()
            .map(|size| {
                let cell = rest % size;
                rest /= size;
                cell
            })
            .collect();
        if holds(&cells) == Some(false) {
            return true;
        }
        // With the next smaller value of anything that rises it held as well.
        read.iter().enumerate().filter(|(_, term)| rising(term)).all(|(at, term)| {
            let smaller = smaller(&terms.terms[*term], cells[at]);
            smaller.is_none_or(|smaller| {
                let mut before = cells.clone();
                before[at] = smaller;
                holds(&before) == Some(true)
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
    is_number
        && match &term.kind {
            TermKind::Score(name) => never_falls(campaign, name),
            TermKind::Count { within_secs: None, since_entry: false, filter: None, .. }
            | TermKind::Received { within_secs: None, since_entry: false, .. } => true,
            _ => false,
        }
}

/// Whether nothing takes points from a score.
fn never_falls(campaign: &Campaign, name: &Name) -> bool {
    let Some(model) = campaign.scoring.get(name) else { return false };
    let mut steps = campaign.journeys.values().flat_map(|journey| &journey.steps);
    let takes = |action: &Action| matches!(action, Action::Score { points } if points.get(name).is_some_and(|points| *points < 0));
    model.decay.is_none() && model.rules.iter().all(|rule| rule.points >= 0) && !steps.any(|step| takes(&step.action))
}
