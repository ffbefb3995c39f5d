//! Conditions as trees over atoms.

use std::sync::Arc;

use super::cells::CellSet;

/// A Boolean function of atoms `A`: before cells are cut what is asked of a term, afterwards the cells that fit.
#[derive(Clone, Debug, PartialEq)]
pub enum Formula<A = (usize, CellSet)> {
    /// Always or never.
    Const(bool),
    /// Something asked of one term.
    Atom(A),
    /// The contrary.
    Not(Arc<Formula<A>>),
    /// All of them.
    All(Arc<[Formula<A>]>),
    /// One of them.
    Any(Arc<[Formula<A>]>),
    /// The points of those that hold add up to at least so many.
    AtLeast {
        /// Points, and when they are given.
        points: Arc<[(i64, Formula<A>)]>,
        /// The sum that is needed.
        least: i64,
    },
}

impl<A: Clone> Formula<A> {
    /// All of them, simplified.
    pub fn all(parts: impl IntoIterator<Item = Formula<A>>) -> Self {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Formula::Const(true) => {}
                Formula::Const(false) => return Formula::Const(false),
                Formula::All(inner) => kept.extend(inner.iter().cloned()),
                Formula::Atom(_) | Formula::Not(_) | Formula::Any(_) | Formula::AtLeast { .. } => kept.push(part),
            }
        }
        match kept.len() {
            0 => Formula::Const(true),
            1 => kept.swap_remove(0),
            _ => Formula::All(kept.into()),
        }
    }

    /// One of them, simplified.
    pub fn any(parts: impl IntoIterator<Item = Formula<A>>) -> Self {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Formula::Const(false) => {}
                Formula::Const(true) => return Formula::Const(true),
                Formula::Any(inner) => kept.extend(inner.iter().cloned()),
                Formula::Atom(_) | Formula::Not(_) | Formula::All(_) | Formula::AtLeast { .. } => kept.push(part),
            }
        }
        match kept.len() {
            0 => Formula::Const(false),
            1 => kept.swap_remove(0),
            _ => Formula::Any(kept.into()),
        }
    }

    /// The contrary.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Formula::Const(truth) => Formula::Const(!truth),
            Formula::Not(of) => Arc::unwrap_or_clone(of),
            Formula::Atom(_) | Formula::All(_) | Formula::Any(_) | Formula::AtLeast { .. } => {
                Formula::Not(Arc::new(self))
            }
        }
    }

    /// Shows `look` every atom.
    pub fn visit<'f>(&'f self, look: &mut impl FnMut(&'f A)) {
        match self {
            Formula::Const(_) => {}
            Formula::Atom(atom) => look(atom),
            Formula::Not(of) => of.visit(look),
            Formula::All(of) | Formula::Any(of) => of.iter().for_each(|part| part.visit(look)),
            Formula::AtLeast { points, .. } => points.iter().for_each(|(_, part)| part.visit(look)),
        }
    }

    /// The same function of other atoms.
    pub fn map<B: Clone>(&self, change: &mut impl FnMut(&A) -> Formula<B>) -> Formula<B> {
        match self {
            Formula::Const(truth) => Formula::Const(*truth),
            Formula::Atom(atom) => change(atom),
            Formula::Not(of) => of.map(change).negated(),
            Formula::All(of) => Formula::all(of.iter().map(|part| part.map(change)).collect::<Vec<_>>()),
            Formula::Any(of) => Formula::any(of.iter().map(|part| part.map(change)).collect::<Vec<_>>()),
            Formula::AtLeast { points, least } => Formula::AtLeast {
                points: points.iter().map(|(points, part)| (*points, part.map(change))).collect(),
                least: *least,
            },
        }
    }

    /// Whether it holds, as far as it is known of the atoms.
    pub fn eval(&self, known: &mut impl FnMut(&A) -> Option<bool>) -> Option<bool> {
        match self {
            Formula::Const(truth) => Some(*truth),
            Formula::Atom(atom) => known(atom),
            Formula::Not(of) => of.eval(known).map(|truth| !truth),
            Formula::All(of) => decided(of, false, known),
            Formula::Any(of) => decided(of, true, known),
            Formula::AtLeast { points, least } => {
                let (mut low, mut high) = (0_i64, 0_i64);
                for (points, part) in points.iter() {
                    match part.eval(known) {
                        Some(true) => (low, high) = (low + points, high + points),
                        Some(false) => {}
                        None => (low, high) = (low + points.min(&0), high + points.max(&0)),
                    }
                }
                if low >= *least { Some(true) } else { (high < *least).then_some(false) }
            }
        }
    }
}

/// `truth` if a part has it, its contrary if all parts have that.
fn decided<A: Clone>(parts: &[Formula<A>], truth: bool, known: &mut impl FnMut(&A) -> Option<bool>) -> Option<bool> {
    let mut is_open = false;
    for part in parts {
        match part.eval(known) {
            Some(found) if found == truth => return Some(truth),
            Some(_) => {}
            None => is_open = true,
        }
    }
    (!is_open).then_some(!truth)
}

/// A cell for each term, or not decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    /// By term, the number of the cell; terms past the end are not decided.
    pub cells: Vec<Option<usize>>,
}

impl Assignment {
    /// The cell of a term.
    pub fn get(&self, term: usize) -> Option<usize> {
        self.cells.get(term).copied().flatten()
    }

    /// Decides a term, or leaves it open.
    pub fn set(&mut self, term: usize, cell: Option<usize>) {
        if self.cells.len() <= term {
            self.cells.resize(term + 1, None);
        }
        self.cells[term] = cell;
    }
}
