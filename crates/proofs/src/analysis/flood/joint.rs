//! The kind of lead for whom the most mails come together: branch and bound over the cells of fixed terms.
//!
//! In: [`Units`]. Out: the largest sum, and for whom. Never: time; each unit has the worst window of its own, since journeys
//! that have nothing in common can be shifted against each other at will.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::candidate::candidates;
use super::kinds::spread;
use super::ladder::{Column, Ladder, compare};
use super::seasons::seasons;
use super::units::{Found, Unit, Units};
use super::{Candidate, Proof, Share};
use crate::analysis::conditions::Assignment;
use crate::ir::{Name, Value};

/// Rows that are decided about before what is left open has to do as a bound.
const BUDGET: usize = 16_000_000;
/// Stands for any number of mails.
const ANY: u64 = 1 << 40;

/// The worst there is.
pub(super) struct Worst {
    pub(super) most: Option<u64>,
    pub(super) proof: Proof,
    pub(super) shares: Vec<Share>,
    pub(super) lead: Vec<(String, Option<Value>)>,
    pub(super) candidates: Vec<Candidate>,
}

/// The largest sum for a limit, by its number; with leads that may come to it, if `asks` for them by that sum.
pub(super) fn worst(units: &Units<'_>, limit: usize, asks: &dyn Fn(u64) -> bool) -> Worst {
    let Season { counts, all, bound } = worst_season(units, limit);
    let rows = units.units.iter().zip(&all.rows).zip(&counts).filter(|(_, counts)| **counts);
    let rows: Vec<(&Unit, &Found)> =
        rows.map(|((unit, outcome), _)| (unit.as_ref(), &unit.outcomes[*outcome].by_limit[limit])).collect();
    let has_any = |found: &&Found| found.most != Some(0);
    let counted = || rows.iter().map(|(_, found)| *found).filter(has_any);
    let is_searched = all.is_closed && bound == all.bound && counted().all(|found| found.searched);
    Worst {
        most: (bound < ANY).then_some(bound),
        proof: if is_searched { Proof::Searched } else { Proof::Added },
        shares: counted().flat_map(|found| found.shares.clone()).collect(),
        lead: lead(units, &rows, &all.assignment),
        candidates: if asks(bound) { candidates(units, limit, &rows, &all.assignment) } else { Vec::new() },
    }
}

/// The largest sum for a limit, by its number, and nothing else; `None` for any number.
pub(super) fn most(units: &Units<'_>, limit: usize) -> Option<u64> {
    let bound = worst_season(units, limit).bound;
    (bound < ANY).then_some(bound)
}

/// A time of the year, in which some units count, with the largest sum of theirs and the bound that comes of it.
struct Season {
    counts: Vec<bool>,
    all: Sum,
    bound: u64,
}

/// The season with the most.
fn worst_season(units: &Units<'_>, limit: usize) -> Season {
    let season = |counts: Vec<bool>| {
        let all = Search::of(units, &|found: &Found| found.most, &counts, limit).run();
        let bound = with_scarce(units, limit, &counts, &all);
        Season { counts, all, bound }
    };
    let mut seasons = seasons(units, limit).into_iter();
    // There is one at least.
    let first = season(seasons.next().unwrap_or_else(|| vec![true; units.units.len()]));
    seasons.map(season).fold(first, |worst, other| if other.bound > worst.bound { other } else { worst })
}

/// The largest sum, or that of all other mails with those that come only so often, if it is less.
fn with_scarce(units: &Units<'_>, limit: usize, counts: &[bool], all: &Sum) -> u64 {
    let scarce = scarce(units, limit);
    if scarce == 0 {
        return all.bound;
    }
    // The kind of lead with the most mails has so many others: if they do not make the sum less, no other kind's do.
    let free = |(unit, outcome): (&Arc<Unit>, &usize)| up_to_any(unit.outcomes[*outcome].by_limit[limit].free);
    let counted = units.units.iter().zip(&all.rows).zip(counts).filter(|(_, counts)| **counts);
    let others: u64 = counted.map(|(row, _)| free(row)).sum();
    if others.saturating_add(scarce) >= all.bound {
        return all.bound;
    }
    let others = Search::of(units, &|found: &Found| found.free, counts, limit).bound();
    all.bound.min(others.saturating_add(scarce))
}

fn up_to_any(most: Option<u64>) -> u64 {
    most.map_or(ANY, |most| most.min(ANY))
}

/// How many mails there can be of those that come only so often, each counted once for all journeys.
fn scarce(units: &Units<'_>, limit: usize) -> u64 {
    let (limit, window_secs) = &units.limits[limit];
    let added = units.units.iter().filter(|unit| unit.outcomes.iter().any(|outcome| !outcome.by_limit[0].searched));
    let mails = added.flat_map(|unit| &unit.models).flat_map(|model| &units.models[*model].steps);
    let mails = mails.filter_map(|step| step.mail).filter(|mail| mail.counts(limit));
    let most: BTreeMap<&Name, u64> = mails.filter_map(|mail| Some((mail.content, mail.most(*window_secs)?))).collect();
    most.values().sum()
}

/// What the lead is like, as far as it matters to those who send it something.
fn lead(units: &Units<'_>, rows: &[(&Unit, &Found)], assignment: &Assignment) -> Vec<(String, Option<Value>)> {
    let terms = &units.questions.terms.terms;
    let read: BTreeSet<usize> = rows
        .iter()
        .filter(|(unit, found)| found.most != Some(0) && unit.outcomes.len() > 1)
        .flat_map(|(unit, _)| unit.reads.iter().copied())
        .collect();
    read.into_iter()
        .filter_map(|term| {
            let cell = assignment.get(term)?;
            Some((terms[term].text.clone(), terms[term].cells[cell].value.clone()))
        })
        .collect()
}

/// What was found.
struct Sum {
    /// No kind of lead has more.
    bound: u64,
    /// Whether a kind of lead has so many by this sum.
    is_closed: bool,
    /// By unit, the outcome of the worst kind.
    rows: Vec<usize>,
    assignment: Assignment,
}

struct Search<'a> {
    units: &'a [Arc<Unit>],
    /// By unit and outcome, how many.
    values: Vec<Vec<u64>>,
    /// Terms that make a difference, and their cells that do.
    open: Vec<(usize, Vec<usize>)>,
    /// By place in `open`, the units that read the term, each with the number of its terms before this one.
    readers: Vec<Vec<(usize, usize)>>,
    /// By unit, what is possible by what is decided.
    ladders: Vec<Ladder>,
    /// By unit, where it stands on its ladder.
    stands: Vec<usize>,
    assignment: Assignment,
    /// By unit, the most that is still possible, and the sum of all.
    now: Vec<u64>,
    total: u64,
    visited: usize,
    best: Option<(u64, Assignment)>,
    /// The most that may be where it was not looked.
    left: u64,
}

impl<'a> Search<'a> {
    fn of(units: &'a Units<'_>, value: &dyn Fn(&Found) -> Option<u64>, counts: &[bool], limit: usize) -> Search<'a> {
        let of_outcome = |found: &Found, counts: bool| if counts { up_to_any(value(found)) } else { 0 };
        let of_unit = |(unit, counts): (&Arc<Unit>, &bool)| {
            unit.outcomes.iter().map(|outcome| of_outcome(&outcome.by_limit[limit], *counts)).collect()
        };
        let values: Vec<Vec<u64>> = units.units.iter().zip(counts).map(of_unit).collect();
        let mut search = Search {
            units: &units.units,
            now: Vec::new(),
            stands: vec![0; values.len()],
            values,
            open: Vec::new(),
            readers: Vec::new(),
            ladders: Vec::new(),
            assignment: Assignment::default(),
            total: 0,
            visited: 0,
            best: None,
            left: 0,
        };
        search.find_open();
        search.find_ladders();
        search.visited = search.ladders.iter().map(Ladder::rows).sum();
        search.now = search.ladders.iter().map(|ladder| ladder.most(0, 0)).collect();
        search.total = search.now.iter().sum();
        search
    }

    /// Finds the terms that make a difference, those that make the largest first.
    fn find_open(&mut self) {
        // By term and cell, what the units have there.
        let mut by_cell: BTreeMap<usize, Vec<Column>> = BTreeMap::new();
        for (unit, values) in self.units.iter().zip(&self.values) {
            if is_constant(values) {
                continue;
            }
            let rows: Vec<u64> = unit.rows.iter().map(|outcome| values[*outcome]).collect();
            for (at, term) in unit.reads.iter().enumerate() {
                compare(&rows, &unit.alike, at, by_cell.entry(*term).or_default());
            }
        }
        let mut open: Vec<(u64, usize, Vec<usize>)> = Vec::new();
        for (term, columns) in by_cell {
            let mut kinds: BTreeMap<&[usize], usize> = BTreeMap::new();
            for (cell, column) in columns.iter().enumerate() {
                kinds.entry(&column.like).or_insert(cell);
            }
            let mut cells: Vec<usize> = kinds.into_values().collect();
            cells.sort_unstable();
            if let [cell] = cells.as_slice() {
                self.assignment.set(term, Some(*cell));
                continue;
            }
            let totals = || columns.iter().map(|column| column.total);
            let spread = totals().max().unwrap_or(0) - totals().min().unwrap_or(0);
            open.push((spread, term, cells));
        }
        open.sort_by_key(|(spread, term, _)| (std::cmp::Reverse(*spread), *term));
        self.open = open.into_iter().map(|(_, term, cells)| (term, cells)).collect();
    }

    /// Lays the rows of each unit that stand for all others in the order in which terms are decided.
    fn find_ladders(&mut self) {
        let open: BTreeMap<usize, usize> = self.open.iter().enumerate().map(|(at, (term, _))| (*term, at)).collect();
        self.readers = vec![Vec::new(); self.open.len()];
        for (number, unit) in self.units.iter().enumerate() {
            let values = &self.values[number];
            if is_constant(values) {
                self.ladders.push(Ladder::of(&[], vec![values.first().copied().unwrap_or(0)]));
                continue;
            }
            let mut decided: Vec<(usize, usize)> = Vec::new();
            for (place, term) in unit.reads.iter().enumerate() {
                decided.extend(open.get(term).map(|at| (*at, place)));
            }
            decided.sort_unstable();
            let widths: Vec<usize> = decided.iter().map(|(at, _)| self.open[*at].1.len()).collect();
            // What each cell adds to the number of a row of the ladder, unless another cell stands for it.
            let mut factors = vec![None; unit.reads.len()];
            let mut factor = 1;
            for ((_, place), width) in decided.iter().zip(&widths).rev() {
                factors[*place] = Some(factor);
                factor *= width;
            }
            let adds = |(place, term): (usize, &usize)| {
                let add = |cell: usize| match (factors[place], open.get(term)) {
                    (Some(factor), Some(at)) => Some(self.open[*at].1.binary_search(&cell).ok()? * factor),
                    _ => self.assignment.get(*term).is_none_or(|known| known == cell).then_some(0),
                };
                (0..unit.sizes[place]).map(add).collect()
            };
            let places: Vec<_> = unit.reads.iter().enumerate().map(adds).collect();
            let mut rows = vec![0; factor];
            for (row, outcome) in spread(&places).into_iter().zip(&unit.rows) {
                if let Some(row) = row {
                    rows[row] = values[*outcome];
                }
            }
            self.ladders.push(Ladder::of(&widths, rows));
            for (level, (at, _)) in decided.into_iter().enumerate() {
                self.readers[at].push((number, level));
            }
        }
    }

    /// No kind of lead has more.
    fn bound(mut self) -> u64 {
        self.descend(0);
        self.best.map_or(0, |(best, _)| best).max(self.left)
    }

    fn run(mut self) -> Sum {
        let start = self.assignment.clone();
        self.descend(0);
        let (best, assignment) = self.best.take().unwrap_or((0, start));
        let rows = self.units.iter().zip(&self.values).map(|(unit, values)| worst_row(unit, values, &assignment));
        let rows: Vec<usize> = rows.collect();
        Sum { bound: best.max(self.left), is_closed: best >= self.left, rows, assignment }
    }

    fn descend(&mut self, depth: usize) {
        let bound = self.total.min(ANY);
        if self.best.as_ref().is_some_and(|(best, _)| *best >= bound) {
            return;
        }
        if depth == self.open.len() {
            self.best = Some((bound, self.assignment.clone()));
            return;
        }
        if self.visited > BUDGET && self.best.is_some() {
            self.left = self.left.max(bound);
            return;
        }
        let term = self.open[depth].0;
        let readers = std::mem::take(&mut self.readers[depth]);
        let before: Vec<u64> = readers.iter().map(|(unit, _)| self.now[*unit]).collect();
        let rest = self.total - before.iter().sum::<u64>();
        let width = self.open[depth].1.len();
        let most = |search: &Search<'_>, (unit, level): (usize, usize), at: usize| {
            search.ladders[unit].most(level + 1, search.stands[unit] * width + at)
        };
        let mut tries: Vec<(u64, usize)> =
            (0..width).map(|at| (readers.iter().map(|reader| most(self, *reader, at)).sum(), at)).collect();
        self.visited += width * readers.iter().map(|(unit, _)| self.ladders[*unit].rows()).sum::<usize>();
        tries.sort_by_key(|(sum, at)| (std::cmp::Reverse(*sum), *at));
        for (sum, at) in tries {
            self.assignment.set(term, Some(self.open[depth].1[at]));
            for (unit, level) in &readers {
                self.now[*unit] = most(self, (*unit, *level), at);
                self.stands[*unit] = self.stands[*unit] * width + at;
            }
            self.total = rest + sum;
            self.descend(depth + 1);
            readers.iter().for_each(|(unit, _)| self.stands[*unit] /= width);
        }
        readers.iter().zip(&before).for_each(|((unit, _), most)| self.now[*unit] = *most);
        self.total = rest + before.iter().sum::<u64>();
        self.readers[depth] = readers;
        self.assignment.set(term, None);
    }
}

fn is_constant(values: &[u64]) -> bool {
    values.iter().all(|value| *value == values[0])
}

fn worst_row(unit: &Unit, values: &[u64], assignment: &Assignment) -> usize {
    let worst = unit.rows_of(assignment).max_by_key(|outcome| (values[*outcome], std::cmp::Reverse(*outcome)));
    worst.unwrap_or(0)
}
