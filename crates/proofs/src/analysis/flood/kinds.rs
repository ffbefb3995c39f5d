//! Kinds of leads: what some conditions tell apart, by the fixed terms that they ask about.
//!
//! In: terms, and formulas over them. Out: [`Kinds`], each with the answers of its leads. Never: what the answers lead to.

use std::collections::BTreeSet;

use crate::analysis::conditions::{Assignment, Terms};

/// Kinds of leads that one unit tells apart; with more it counts as if it could tell none.
pub(super) const MOST_KINDS: usize = 2_048;

/// Kinds of leads that some conditions do not tell apart.
#[derive(Debug)]
pub(super) struct Kinds {
    /// The fixed terms that matter, and how many cells each of them has.
    pub(super) reads: Vec<usize>,
    pub(super) sizes: Vec<usize>,
    /// By cells of these terms, all combinations with the last term changing first, its kind; kinds are numbered as they
    /// come.
    pub(super) rows: Vec<usize>,
    /// By kind, what is known of each condition.
    pub(super) answers: Vec<Vec<Option<bool>>>,
}

impl Kinds {
    /// Splits all rows by one condition after the other. Each is asked once for all cells of the terms that it reads.
    pub(super) fn of(terms: &Terms, formulas: &[usize]) -> Kinds {
        let (reads, sizes) = told_apart(terms, fixed_terms(terms, formulas));
        let rows = vec![0; sizes.iter().product()];
        let mut kinds = Kinds { reads, sizes, rows, answers: vec![Vec::new()] };
        for formula in formulas {
            let own = fixed_terms(terms, &[*formula]);
            let mut width = 1;
            let (mut of, mut widths) = (Vec::new(), Vec::new());
            let mut places: Vec<Vec<Option<usize>>> = Vec::new();
            for (term, size) in kinds.reads.iter().zip(&kinds.sizes).rev() {
                let is_own = own.contains(term);
                places.push((0..*size).map(|cell| Some(if is_own { cell * width } else { 0 })).collect());
                if is_own {
                    (of, widths) = ([vec![*term], of].concat(), [vec![*size], widths].concat());
                    width *= size;
                }
            }
            places.reverse();
            let mut known = Assignment::default();
            let answer = |row: usize| {
                put_row(&mut known, &of, &widths, row);
                terms.eval(&terms.formulas[*formula], &known)
            };
            let table: Vec<Option<bool>> = (0..width).map(answer).collect();
            kinds.split(&table, &places);
        }
        kinds
    }

    fn split(&mut self, table: &[Option<bool>], places: &[Vec<Option<usize>>]) {
        if table.iter().all(|answer| *answer == table[0]) {
            self.answers.iter_mut().for_each(|answers| answers.push(table[0]));
            return;
        }
        let mut answers: Vec<Vec<Option<bool>>> = Vec::new();
        let mut parts: Vec<[Option<usize>; 3]> = vec![[None; 3]; self.answers.len()];
        for (kind, at) in self.rows.iter_mut().zip(spread(places)) {
            let answer = table[at.unwrap_or(0)];
            let part = &mut parts[*kind][answer.map_or(2, usize::from)];
            *kind = *part.get_or_insert_with(|| {
                answers.push(self.answers[*kind].iter().copied().chain([answer]).collect());
                answers.len() - 1
            });
        }
        self.answers = answers;
    }
}

/// By row, the sum of what the cells of its terms give; `None` where a cell gives nothing.
pub(super) fn spread(places: &[Vec<Option<usize>>]) -> Vec<Option<usize>> {
    let mut sums = vec![Some(0)];
    for gives in places {
        let mut longer = Vec::with_capacity(sums.len() * gives.len());
        for sum in sums {
            longer.extend(gives.iter().map(|more| Some(sum? + (*more)?)));
        }
        sums = longer;
    }
    sums
}

/// The leads of a row by its number, of all combinations of cells with the last term changing first.
pub(super) fn leads_of(terms: &[usize], sizes: &[usize], row: usize) -> Assignment {
    let mut leads = Assignment::default();
    put_row(&mut leads, terms, sizes, row);
    leads
}

fn put_row(leads: &mut Assignment, terms: &[usize], sizes: &[usize], mut row: usize) {
    for (term, size) in terms.iter().zip(sizes).rev() {
        leads.set(*term, Some(row % size));
        row /= size;
    }
}

/// The fixed terms that formulas read.
fn fixed_terms(terms: &Terms, formulas: &[usize]) -> BTreeSet<usize> {
    let read = formulas.iter().flat_map(|asks| terms.read_by(&terms.formulas[*asks]));
    let memberships = |term: usize| terms.segments.get(&term).map(|formula| terms.read_by(formula)).unwrap_or_default();
    let all: BTreeSet<usize> = read.flat_map(|term| memberships(term).into_iter().chain([term])).collect();
    all.into_iter().filter(|term| terms.terms[*term].is_fixed()).collect()
}

/// The terms whose cells are told apart, and how many cells each has: as many terms as there may be kinds of leads.
pub(super) fn told_apart(terms: &Terms, reads: BTreeSet<usize>) -> (Vec<usize>, Vec<usize>) {
    let mut reads: Vec<usize> = reads.into_iter().collect();
    let size = |term: &usize| terms.terms[*term].cells.len();
    reads.sort_by_key(size);
    let mut count = 1;
    reads.retain(|term| {
        let more = count * size(term);
        let fits = more <= MOST_KINDS;
        count = if fits { more } else { count };
        fits
    });
    let sizes = reads.iter().map(size).collect();
    (reads, sizes)
}
