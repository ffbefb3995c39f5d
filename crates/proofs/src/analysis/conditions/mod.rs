//! Conditions as statements about cells: for each thing that they ask about, the values that none of them can tell apart.
//!
//! In: the campaign, and the conditions that are to be looked at together. Out: [`Terms`], plain data: the terms, their
//! cells, and each condition as a [`Formula`] over them. Never: leads, time, words.
//!
//! What a lead is like at a moment is an assignment of one cell to each term. A condition is a function of that
//! assignment, exactly: for enums, numbers, dates, truth values, sets, absence, persona, stage, grade and scores. What is
//! not known more closely (a text that ends with another, a sum of two fields, the number of past events) is a term of its
//! own that may be anything its type allows. So if no assignment makes a condition true, no lead does.

mod cells;
mod diagrams;
mod every;
mod formula;
mod law;
mod lower;
mod proof;
mod solve;
mod term;
mod written;

use std::collections::{BTreeMap, BTreeSet};

pub use cells::{Cell, CellSet};
pub use every::{Place, Posed, every};
pub use formula::{Assignment, Formula};
pub use proof::{Claim, Claims, Verdict};
pub use solve::{Leads, Universe, Witness};
pub use term::{Lasting, Part, Term, TermKind};
pub use written::Written;

use crate::ir::{Campaign, Condition, Name};

/// A condition, and the event whose properties it may ask for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'c> {
    /// The condition.
    pub condition: &'c Condition,
    /// The event at hand.
    pub event: Option<&'c Name>,
}

/// Some conditions, and what they ask about.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// What is asked about.
    pub terms: Vec<Term>,
    /// The conditions, in the order in which they were given.
    pub formulas: Vec<Formula>,
    /// Of terms that are a membership in a segment that may change: what the segment asks for.
    pub segments: BTreeMap<usize, Formula>,
}

impl Terms {
    /// Finds out what the conditions ask about, and which values none of them tells apart.
    pub fn of(campaign: &Campaign, asked: &[Asked<'_>]) -> Terms {
        Terms::with(campaign, &Written::of(campaign), asked)
    }

    /// The same, for whoever asks more than once: what the campaign writes is found out once.
    pub fn with(campaign: &Campaign, written: &Written, asked: &[Asked<'_>]) -> Terms {
        let mut lowering = lower::Lowering::new(campaign, written);
        let lowered: Vec<_> = asked.iter().map(|asked| lowering.condition(asked.condition, asked.event)).collect();
        cells::cut(lowering.finish(), &lowered)
    }

    /// The terms that a formula reads, ascending.
    pub fn read_by(&self, formula: &Formula) -> Vec<usize> {
        let mut found = BTreeSet::new();
        formula.visit(&mut |(term, _)| {
            found.insert(*term);
        });
        found.into_iter().collect()
    }

    /// Whether a formula holds, as far as the assignment decides it; exact if all its terms are assigned.
    ///
    /// A membership that is not assigned is decided where what its segment asks of fixed things decides it.
    pub fn eval(&self, formula: &Formula, assignment: &Assignment) -> Option<bool> {
        formula.eval(&mut |(term, cells)| match assignment.get(*term) {
            Some(cell) => Some(cells.contains(cell)),
            None => self.membership(*term, assignment).map(|member| cells.contains(usize::from(member))),
        })
    }

    /// What fixed terms alone say about a membership.
    fn membership(&self, term: usize, assignment: &Assignment) -> Option<bool> {
        self.segments.get(&term)?.eval(&mut |(term, cells)| {
            let cell = assignment.get(*term).filter(|_| self.terms[*term].lasting == Lasting::Fixed);
            cell.map(|cell| cells.contains(cell))
        })
    }
}
