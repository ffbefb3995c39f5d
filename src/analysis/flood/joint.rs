//! The kind of lead for whom the most mails come together: branch and bound over the cells of fixed terms.
//!
//! In: [`Units`]. Out: the largest sum, and for whom. Never: time; each unit has the worst window of its own, since journeys
//! that have nothing in common can be shifted against each other at will.

use std::collections::{BTreeMap, BTreeSet};

use super::candidate::candidates;
use super::units::{Found, Unit, Units};
use super::{Candidate, Proof, Share};
use crate::analysis::conditions::Assignment;
use crate::ir::{Name, Value};

/// Rows looked at before what is left open has to do as a bound.
const BUDGET: usize = 16_000_000;
/// Stands for any number of mails.
const ANY: u64 = 1 << 40;
/// Journeys up to which a timeline is looked for although no rule is exceeded.
const FEW: usize = 40;

/// The worst there is.
pub(super) struct Worst {
    pub(super) most: Option<u64>,
    pub(super) proof: Proof,
    pub(super) shares: Vec<Share>,
    pub(super) lead: Vec<(String, Option<Value>)>,
    pub(super) candidates: Vec<Candidate>,
}

/// The largest sum for a limit, by its number.
pub(super) fn worst(units: &Units<'_>, limit: usize) -> Worst {
    let all = Search::of(units, &|found: &Found| found.most, limit).run();
    let bound = with_scarce(units, limit, all.bound);
    let rows: Vec<(&Unit, &Found)> = units
        .units
        .iter()
        .zip(&all.rows)
        .map(|(unit, outcome)| (unit, &unit.outcomes[*outcome].by_limit[limit]))
        .collect();
    let has_any = |found: &&Found| found.most != Some(0);
    let counted = || rows.iter().map(|(_, found)| *found).filter(has_any);
    let is_searched = all.is_closed && bound == all.bound && counted().all(|found| found.searched);
    let is_asked_for = bound > u64::from(units.limits[limit].0.at_most) || units.models.len() <= FEW;
    Worst {
        most: (bound < ANY).then_some(bound),
        proof: if is_searched { Proof::Searched } else { Proof::Added },
        shares: counted().flat_map(|found| found.shares.clone()).collect(),
        lead: lead(units, &rows, &all.assignment),
        candidates: if is_asked_for { candidates(units, limit, &rows, &all.assignment) } else { Vec::new() },
    }
}

/// The largest sum for a limit, by its number, and nothing else; `None` for any number.
pub(super) fn most(units: &Units<'_>, limit: usize) -> Option<u64> {
    let bound = with_scarce(units, limit, Search::of(units, &|found: &Found| found.most, limit).run().bound);
    (bound < ANY).then_some(bound)
}

/// The largest sum, or that of all other mails with those that come only so often, if it is less.
fn with_scarce(units: &Units<'_>, limit: usize, all: u64) -> u64 {
    match scarce(units, limit) {
        0 => all,
        scarce => all.min(Search::of(units, &|found: &Found| found.free, limit).run().bound.saturating_add(scarce)),
    }
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

/// What a cell means to all units: the unit, the rest of the row, how many.
type Says = Vec<(usize, usize, u64)>;

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
    units: &'a [Unit],
    /// By unit and outcome, how many.
    values: Vec<Vec<u64>>,
    /// Terms that make a difference, and their cells that do.
    open: Vec<(usize, Vec<usize>)>,
    /// By place in `open`, the units that read the term.
    readers: Vec<Vec<usize>>,
    /// By unit, its rows that make a difference.
    rows: Vec<Vec<Differing>>,
    assignment: Assignment,
    /// By unit, the most that is still possible, and the sum of all.
    now: Vec<u64>,
    total: u64,
    visited: usize,
    best: Option<(u64, Assignment)>,
    /// The most that may be where it was not looked.
    left: u64,
}

/// A row of a unit: the cells of open terms, and how many there are.
struct Differing {
    /// Term and cell.
    cells: Vec<(usize, usize)>,
    value: u64,
}

impl<'a> Search<'a> {
    fn of(units: &'a Units<'_>, value: &dyn Fn(&Found) -> Option<u64>, limit: usize) -> Search<'a> {
        let of_outcome = |found: &Found| value(found).map_or(ANY, |most| most.min(ANY));
        let values: Vec<Vec<u64>> = units
            .units
            .iter()
            .map(|unit| unit.outcomes.iter().map(|outcome| of_outcome(&outcome.by_limit[limit])).collect())
            .collect();
        let mut search = Search {
            units: &units.units,
            now: vec![0; values.len()],
            values,
            open: Vec::new(),
            readers: Vec::new(),
            rows: Vec::new(),
            assignment: Assignment::default(),
            total: 0,
            visited: 0,
            best: None,
            left: 0,
        };
        search.find_open();
        search.find_rows();
        for unit in 0..search.units.len() {
            search.now[unit] = search.most(unit);
            search.total += search.now[unit];
        }
        search
    }

    /// Finds the terms that make a difference, those that make the largest first.
    fn find_open(&mut self) {
        // By term and cell, what each unit has at most.
        let mut by_cell: BTreeMap<usize, BTreeMap<usize, Says>> = BTreeMap::new();
        for (number, unit) in self.units.iter().enumerate() {
            let values = &self.values[number];
            if values.iter().all(|value| *value == values[0]) {
                continue;
            }
            for (row, (cells, outcome)) in unit.table.iter().enumerate() {
                for (at, (term, cell)) in unit.reads.iter().zip(cells).enumerate() {
                    let rest: usize = row_without(unit, row, at);
                    let entry = by_cell.entry(*term).or_default().entry(*cell).or_default();
                    entry.push((number, rest, values[*outcome]));
                }
            }
        }
        let mut open: Vec<(u64, usize, Vec<usize>)> = Vec::new();
        for (term, cells) in by_cell {
            let mut kinds: BTreeMap<Says, usize> = BTreeMap::new();
            for (cell, mut says) in cells {
                says.sort_unstable();
                kinds.entry(says).or_insert(cell);
            }
            if kinds.len() > 1 {
                let total = |says: &Says| says.iter().map(|(_, _, value)| value).sum::<u64>();
                let most = kinds.keys().map(total).max().unwrap_or(0);
                let least = kinds.keys().map(total).min().unwrap_or(0);
                let mut cells: Vec<usize> = kinds.into_values().collect();
                cells.sort_unstable();
                open.push((most - least, term, cells));
            } else if let Some(cell) = kinds.into_values().next() {
                self.assignment.set(term, Some(cell));
            }
        }
        open.sort_by_key(|(spread, term, _)| (std::cmp::Reverse(*spread), *term));
        self.open = open.into_iter().map(|(_, term, cells)| (term, cells)).collect();
    }

    /// Keeps of each unit the rows that stand for all others.
    fn find_rows(&mut self) {
        let open: BTreeMap<usize, usize> = self.open.iter().enumerate().map(|(at, (term, _))| (*term, at)).collect();
        self.readers = vec![Vec::new(); self.open.len()];
        for (number, unit) in self.units.iter().enumerate() {
            let values = &self.values[number];
            let is_constant = values.iter().all(|value| *value == values[0]);
            let mut rows: Vec<Differing> = Vec::new();
            for (cells, outcome) in &unit.table {
                let mut differing = Vec::new();
                let stands = unit.reads.iter().zip(cells).all(|(term, cell)| match open.get(term) {
                    Some(at) => {
                        differing.push((*term, *cell));
                        self.open[*at].1.contains(cell)
                    }
                    None => self.assignment.get(*term).is_none_or(|known| known == *cell),
                });
                if stands {
                    rows.push(Differing { cells: differing, value: values[*outcome] });
                    if is_constant {
                        rows[0].cells.clear();
                        break;
                    }
                }
            }
            if !is_constant {
                unit.reads.iter().filter_map(|term| open.get(term)).for_each(|at| self.readers[*at].push(number));
            }
            self.rows.push(rows);
        }
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
        let before: Vec<u64> = readers.iter().map(|unit| self.now[*unit]).collect();
        let rest = self.total - before.iter().sum::<u64>();
        let mut tries: Vec<(u64, usize, Vec<u64>)> = Vec::new();
        for at in 0..self.open[depth].1.len() {
            let cell = self.open[depth].1[at];
            self.assignment.set(term, Some(cell));
            let after: Vec<u64> = readers.iter().map(|unit| self.most(*unit)).collect();
            tries.push((after.iter().sum(), cell, after));
        }
        tries.sort_by_key(|(sum, cell, _)| (std::cmp::Reverse(*sum), *cell));
        for (sum, cell, after) in tries {
            self.assignment.set(term, Some(cell));
            readers.iter().zip(&after).for_each(|(unit, most)| self.now[*unit] = *most);
            self.total = rest + sum;
            self.descend(depth + 1);
        }
        readers.iter().zip(&before).for_each(|(unit, most)| self.now[*unit] = *most);
        self.total = rest + before.iter().sum::<u64>();
        self.readers[depth] = readers;
        self.assignment.set(term, None);
    }

    /// The most that a unit may have, by what is decided.
    fn most(&mut self, number: usize) -> u64 {
        let rows = &self.rows[number];
        self.visited += rows.len();
        let fits = |row: &&Differing| {
            row.cells.iter().all(|(term, cell)| self.assignment.get(*term).is_none_or(|known| known == *cell))
        };
        rows.iter().filter(fits).map(|row| row.value).max().unwrap_or(0)
    }
}

/// A number for a row that does not know the cell at one place.
fn row_without(unit: &Unit, row: usize, at: usize) -> usize {
    // Rows are all combinations, the last term changing first.
    let sizes: Vec<usize> =
        (0..unit.reads.len()).map(|place| unit.table.last().map_or(1, |(cells, _)| cells[place] + 1)).collect();
    let after: usize = sizes[at + 1..].iter().product();
    let (high, low) = (row / (after * sizes[at]), row % after);
    high * after + low
}

fn worst_row(unit: &Unit, values: &[u64], assignment: &Assignment) -> usize {
    let worst = unit.rows_of(assignment).max_by_key(|(_, outcome)| (values[*outcome], std::cmp::Reverse(*outcome)));
    worst.map_or(0, |(_, outcome)| *outcome)
}
