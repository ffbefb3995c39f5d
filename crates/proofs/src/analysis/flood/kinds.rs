//! Kinds of leads: what some conditions tell apart, by the fixed terms that they ask about.
//!
//! In: terms, and formulas over them. Out: [`Kinds`], each with the answers of its leads. Never: what the answers lead to.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::conditions::{Assignment, CellSet, Terms};

/// Kinds of leads that one unit tells apart; with more it counts as if it could tell none.
pub(super) const MOST_KINDS: usize = 2_048;

/// Kinds of leads that some conditions do not tell apart.
#[derive(Debug)]
pub(super) struct Kinds {
    /// The fixed terms that matter.
    pub(super) reads: Vec<usize>,
    /// By term and cell, the number of the cells that all conditions answer alike, numbered as they come.
    pub(super) alike: Vec<Vec<usize>>,
    /// By cells of these terms, all combinations with the last term changing first, its kind; kinds are numbered as they
    /// come.
    pub(super) rows: Vec<usize>,
    /// By kind, what is known of each condition.
    pub(super) answers: Vec<Vec<Option<bool>>>,
}

impl Kinds {
    /// Splits all rows by one condition after the other. Each is asked once for all cells of the terms that it reads, and of
    /// those that are alike only for the first: there are few of them in a journey, even of a term that others compare with
    /// hundreds of numbers.
    pub(super) fn of(terms: &Terms, formulas: &[usize]) -> Kinds {
        let (reads, _) = told_apart(terms, fixed_terms(terms, formulas));
        let alike = alike(terms, formulas, &reads);
        let firsts: Vec<Vec<usize>> = alike.iter().map(|alike| firsts(alike)).collect();
        let rows = vec![0; firsts.iter().map(Vec::len).product()];
        let mut kinds = Kinds { reads, alike, rows, answers: vec![Vec::new()] };
        for formula in formulas {
            let own = fixed_terms(terms, &[*formula]);
            let of: Vec<usize> = (0..kinds.reads.len()).filter(|at| own.contains(&kinds.reads[*at])).collect();
            let mut width = 1;
            let mut places: Vec<Vec<Option<usize>>> = firsts.iter().map(|firsts| vec![Some(0); firsts.len()]).collect();
            for at in of.iter().rev() {
                places[*at] = (0..firsts[*at].len()).map(|class| Some(class * width)).collect();
                width *= firsts[*at].len();
            }
            let mut known = Assignment::default();
            let answer = |mut row: usize| {
                for at in of.iter().rev() {
                    known.set(kinds.reads[*at], Some(firsts[*at][row % firsts[*at].len()]));
                    row /= firsts[*at].len();
                }
                terms.eval(&terms.formulas[*formula], &known)
            };
            let table: Vec<Option<bool>> = (0..width).map(answer).collect();
            kinds.split(&table, &places);
        }
        kinds.lay_out(&firsts);
        kinds
    }

    /// From a row for each combination of cells that are not alike to one for each combination of cells.
    fn lay_out(&mut self, firsts: &[Vec<usize>]) {
        let mut factor = 1;
        let mut places: Vec<Vec<Option<usize>>> = Vec::new();
        for (alike, firsts) in self.alike.iter().zip(firsts).rev() {
            places.push(alike.iter().map(|class| Some(class * factor)).collect());
            factor *= firsts.len();
        }
        places.reverse();
        self.rows = spread(&places).into_iter().map(|row| self.rows[row.unwrap_or(0)]).collect();
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

/// By term and cell, the number of the cells that are in the same sets of all formulas, numbered as they come.
fn alike(terms: &Terms, formulas: &[usize], reads: &[usize]) -> Vec<Vec<usize>> {
    let mut asked: BTreeMap<usize, Vec<&CellSet>> = reads.iter().map(|term| (*term, Vec::new())).collect();
    for formula in formulas.iter().map(|formula| &terms.formulas[*formula]) {
        let memberships = terms.read_by(formula).into_iter().filter_map(|term| terms.segments.get(&term));
        for part in memberships.chain([formula]) {
            part.visit(&mut |(term, cells)| {
                if let Some(sets) = asked.get_mut(term).filter(|sets| !sets.contains(&cells)) {
                    sets.push(cells);
                }
            });
        }
    }
    let of_term = |(term, sets): (usize, Vec<&CellSet>)| {
        let mut known: BTreeMap<Vec<bool>, usize> = BTreeMap::new();
        let class = |cell: usize| {
            let count = known.len();
            *known.entry(sets.iter().map(|set| set.contains(cell)).collect()).or_insert(count)
        };
        (0..terms.terms[term].cells.len()).map(class).collect()
    };
    reads.iter().map(|term| of_term((*term, asked.remove(term).unwrap_or_default()))).collect()
}

/// The first cell of those that are alike.
fn firsts(alike: &[usize]) -> Vec<usize> {
    let mut firsts = Vec::new();
    for (cell, class) in alike.iter().enumerate() {
        if *class == firsts.len() {
            firsts.push(cell);
        }
    }
    firsts
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
pub(super) fn leads_of(terms: &[usize], sizes: &[usize], mut row: usize) -> Assignment {
    let mut leads = Assignment::default();
    for (term, size) in terms.iter().zip(sizes).rev() {
        leads.set(*term, Some(row % size));
        row /= size;
    }
    leads
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
