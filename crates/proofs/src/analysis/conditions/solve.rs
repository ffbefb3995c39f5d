//! Sets of leads, as decision diagrams over the cells of terms, and the questions that are asked about them.
//!
//! The cell of a term is a number in as few bits as are needed; numbers that no cell has mean the last one, so every
//! valuation is a lead. What terms have to do with each other is the *law*: a set of leads lies within it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use biodivine_lib_bdd::{Bdd, BddNode, BddPointer, BddVariable};

use super::cells::CellSet;
use super::diagrams::{Diagram, Diagrams};
use super::{Assignment, Formula, Terms, law};
use crate::ir::Value;

/// All leads that differ in what some conditions ask about.
#[derive(Debug)]
pub struct Universe {
    /// What they ask about.
    pub terms: Terms,
    diagrams: Diagrams,
    variables: Vec<BddVariable>,
    /// By term, its first bit and the number of its bits.
    bits: Vec<(usize, usize)>,
    law: Diagram,
    atoms: RefCell<BTreeMap<(usize, CellSet), Diagram>>,
}

/// A set of leads of a universe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leads(Diagram);

impl Leads {
    /// Nobody.
    pub const NOBODY: Leads = Leads(Diagram::NEVER);

    /// Whether nobody is in it.
    pub fn is_empty(self) -> bool {
        self == Leads::NOBODY
    }
}

/// A lead, as far as it matters: terms by their text, each with a value it may have.
#[derive(Clone, Debug, PartialEq)]
pub struct Witness {
    /// Number of the term and of its cell.
    pub cells: Vec<(usize, usize)>,
    /// Canonical text of the term, and a value; `None` where it is absent.
    pub values: Vec<(String, Option<Value>)>,
}

impl Universe {
    /// All leads; `None` if the terms are too many, or their relations too complicated.
    ///
    /// `changed_by_steps` says of which terms a step may change the value within a cascade, after segments were evaluated.
    pub fn new(terms: Terms, changed_by_steps: impl Fn(&super::Term) -> bool) -> Option<Universe> {
        let mut count = 0;
        let mut bits = Vec::new();
        for term in &terms.terms {
            let needed = (usize::BITS - term.cells.len().saturating_sub(1).leading_zeros()) as usize;
            bits.push((count, needed));
            count += needed;
        }
        let diagrams = Diagrams::over(count)?;
        let variables = (0..count).map(BddVariable::from_index).collect();
        let mut universe =
            Universe { terms, diagrams, variables, bits, law: Diagram::ALWAYS, atoms: RefCell::default() };
        for relation in law::relations(&universe.terms) {
            let holds = universe.diagram(&relation)?;
            universe.law = universe.diagrams.and(universe.law, holds)?;
        }
        for (term, asks) in &universe.terms.segments {
            let asks = universe.diagram(asks)?;
            let may_change = |term: usize| changed_by_steps(&universe.terms.terms[term]);
            let diagrams = &universe.diagrams;
            let was = universe.without_terms(asks, may_change);
            let was_not = universe.without_terms(diagrams.not(asks), may_change);
            let member = universe.atom(*term, &CellSet::new(2, |cell| cell == 1));
            let holds = diagrams.and(diagrams.or(diagrams.not(member), was)?, diagrams.or(member, was_not)?)?;
            universe.law = diagrams.and(universe.law, holds)?;
        }
        Some(universe)
    }

    /// Everybody.
    pub fn everybody(&self) -> Leads {
        Leads(self.law)
    }

    /// Those for whom a formula holds; `None` if it is too complicated.
    pub fn leads(&self, formula: &Formula) -> Option<Leads> {
        self.diagrams.and(self.law, self.diagram(formula)?).map(Leads)
    }

    /// Those in both.
    pub fn both(&self, one: Leads, other: Leads) -> Option<Leads> {
        // All of them lie within the law.
        if other.0 == self.law { Some(one) } else { self.diagrams.and(one.0, other.0).map(Leads) }
    }

    /// Those in one of the two.
    pub fn either(&self, one: Leads, other: Leads) -> Option<Leads> {
        self.diagrams.or(one.0, other.0).map(Leads)
    }

    /// Those in the first and not in the second.
    pub fn without(&self, one: Leads, other: Leads) -> Option<Leads> {
        self.diagrams.and_not(one.0, other.0).map(Leads)
    }

    /// Whether all of the first are in the second.
    pub fn is_within(&self, one: Leads, other: Leads) -> bool {
        self.diagrams.implies(one.0, other.0)
    }

    /// Whether nobody is in both.
    pub fn are_disjoint(&self, one: Leads, other: Leads) -> bool {
        self.diagrams.exclude(one.0, other.0)
    }

    /// The set when nothing is known any more of some terms: everybody who is like one of them in all others.
    pub fn forget(&self, leads: Leads, terms: impl Fn(usize) -> bool) -> Option<Leads> {
        self.change(leads, terms, |_| false)
    }

    /// The set when nothing is known any more of some terms, and others may have become more. All of this at once: what
    /// happens changes several terms, and none of them alone may be able to change within the law.
    pub fn change(
        &self,
        leads: Leads,
        forgotten: impl Fn(usize) -> bool,
        rises: impl Fn(usize) -> bool,
    ) -> Option<Leads> {
        let mut left = self.without_terms(leads.0, forgotten);
        for term in (0..self.bits.len()).filter(|term| rises(*term)) {
            left = self.risen(left, term)?;
        }
        if left == leads.0 { Some(leads) } else { self.diagrams.and(left, self.law).map(Leads) }
    }

    /// The same where one term has the same cell or a later one, the law left out.
    fn risen(&self, of: Diagram, term: usize) -> Option<Diagram> {
        let cells = self.terms.terms[term].cells.len();
        (0..cells).try_fold(of, |sum, least| {
            let those = self.diagrams.and(of, self.atom(term, &CellSet::new(cells, |cell| cell == least)))?;
            let rest = self.without_terms(those, |other| other == term);
            let more = self.diagrams.and(rest, self.atom(term, &CellSet::new(cells, |cell| cell >= least)))?;
            self.diagrams.or(sum, more)
        })
    }

    /// Those of whom the term has one of the cells.
    pub fn having(&self, leads: Leads, term: usize, cells: &CellSet) -> Option<Leads> {
        self.diagrams.and(leads.0, self.atom(term, cells)).map(Leads)
    }

    /// The set of those that could be the same lead as one of these with one term moved to a cell.
    pub fn put(&self, leads: Leads, term: usize, cells: &CellSet) -> Option<Leads> {
        let rest = self.without_terms(leads.0, |other| other == term);
        let moved = self.diagrams.and(rest, self.atom(term, cells))?;
        self.diagrams.and(moved, self.law).map(Leads)
    }

    /// One of them, as far as the terms are concerned that `of` names.
    pub fn witness(&self, leads: Leads, of: impl Fn(usize) -> bool) -> Option<Witness> {
        let clause = self.diagrams.get(leads.0).first_clause()?;
        let mut found = Witness { cells: Vec::new(), values: Vec::new() };
        for (number, term) in self.terms.terms.iter().enumerate().filter(|(number, _)| of(*number)) {
            let (first, bits) = self.bits[number];
            let bit = |bit: usize| clause.get_value(self.variables[first + bit]);
            if bits == 0 || (0..bits).all(|at| bit(at).is_none()) {
                continue;
            }
            let code = (0..bits).fold(0, |code, at| code << 1 | usize::from(bit(at) == Some(true)));
            let cell = code.min(term.cells.len() - 1);
            found.cells.push((number, cell));
            found.values.push((term.text.clone(), term.cells[cell].value.clone()));
        }
        Some(found)
    }

    /// Whether a set holds whoever has the assignment's cells, whatever the rest.
    pub fn contains(&self, leads: Leads, assignment: &Assignment) -> bool {
        let mut fixed = Vec::new();
        for (number, (first, bits)) in self.bits.iter().enumerate() {
            let Some(cell) = assignment.get(number) else { continue };
            fixed.extend((0..*bits).map(|at| (self.variables[first + at], cell >> (bits - 1 - at) & 1 == 1)));
        }
        !self.diagrams.get(leads.0).restrict(&fixed).is_false()
    }

    /// The diagram of a formula, the law left out.
    fn diagram(&self, formula: &Formula) -> Option<Diagram> {
        match formula {
            Formula::Const(true) => Some(Diagram::ALWAYS),
            Formula::Const(false) => Some(Diagram::NEVER),
            Formula::Atom((term, cells)) => Some(self.atom(*term, cells)),
            Formula::Not(of) => self.diagram(of).map(|of| self.diagrams.not(of)),
            Formula::All(of) => of.iter().try_fold(Diagram::ALWAYS, |all, part| {
                if all == Diagram::NEVER { Some(all) } else { self.diagrams.and(all, self.diagram(part)?) }
            }),
            Formula::Any(of) => {
                of.iter().try_fold(Diagram::NEVER, |any, part| self.diagrams.or(any, self.diagram(part)?))
            }
            Formula::AtLeast { points, least } => {
                let parts: Option<Vec<(i64, Diagram)>> =
                    points.iter().map(|(points, part)| Some((*points, self.diagram(part)?))).collect();
                self.at_least(&parts?, *least, &mut BTreeMap::new())
            }
        }
    }

    /// Whether the points of those that hold add up to so many, by the parts that are left and what they have to give.
    fn at_least(
        &self,
        parts: &[(i64, Diagram)],
        least: i64,
        known: &mut BTreeMap<(usize, i64), Diagram>,
    ) -> Option<Diagram> {
        let low: i64 = parts.iter().map(|(points, _)| *points.min(&0)).sum();
        let high: i64 = parts.iter().map(|(points, _)| *points.max(&0)).sum();
        let Some(((points, part), rest)) = parts.split_first().filter(|_| low < least && least <= high) else {
            return Some(if least <= low { Diagram::ALWAYS } else { Diagram::NEVER });
        };
        if let Some(found) = known.get(&(parts.len(), least)) {
            return Some(*found);
        }
        let with = self.at_least(rest, least - points, known)?;
        let without = self.at_least(rest, least, known)?;
        let found = self.diagrams.choose(*part, with, without)?;
        known.insert((parts.len(), least), found);
        Some(found)
    }

    /// The term has one of the cells.
    fn atom(&self, term: usize, cells: &CellSet) -> Diagram {
        let key = (term, cells.clone());
        if let Some(known) = self.atoms.borrow().get(&key) {
            return *known;
        }
        let (first, bits) = self.bits[term];
        let last = self.terms.terms[term].cells.len().saturating_sub(1);
        let atom = self.of_codes(&self.variables[first..first + bits], &|code| cells.contains(code.min(last)));
        self.atoms.borrow_mut().insert(key, atom);
        atom
    }

    /// The numbers that fit, as diagram over their bits, the first of which counts most: made node by node, since the
    /// library would go over a clause for each number.
    fn of_codes(&self, bits: &[BddVariable], fits: &dyn Fn(usize) -> bool) -> Diagram {
        let count = self.diagrams.get(Diagram::ALWAYS).num_vars();
        // By number, from the last bit to the first, where the node stands for all numbers that begin so.
        let mut nodes = vec![BddNode::mk_zero(count), BddNode::mk_one(count)];
        let mut below: Vec<BddPointer> = (0..1 << bits.len()).map(|code| BddPointer::from_bool(fits(code))).collect();
        for bit in bits.iter().rev() {
            let mut known: BTreeMap<(BddPointer, BddPointer), BddPointer> = BTreeMap::new();
            let node = |pair: &[BddPointer]| match pair {
                [low, high] if low != high => *known.entry((*low, *high)).or_insert_with(|| {
                    nodes.push(BddNode::mk_node(*bit, *low, *high));
                    BddPointer::from_index(nodes.len() - 1)
                }),
                _ => pair[0],
            };
            below = below.chunks(2).map(node).collect();
        }
        match below[0].as_bool() {
            Some(true) => Diagram::ALWAYS,
            Some(false) => Diagram::NEVER,
            None => Bdd::from_nodes(&nodes).map_or(Diagram::NEVER, |atom| self.diagrams.keep(atom)),
        }
    }

    fn without_terms(&self, of: Diagram, terms: impl Fn(usize) -> bool) -> Diagram {
        let mut forgotten = vec![false; self.variables.len()];
        for (first, bits) in self.bits.iter().enumerate().filter(|(term, _)| terms(*term)).map(|(_, bits)| bits) {
            forgotten[*first..first + bits].fill(true);
        }
        self.diagrams.without(of, forgotten)
    }
}
