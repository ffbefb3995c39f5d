//! Sets of leads, as decision diagrams over the cells of terms, and the questions that are asked about them.
//!
//! The cell of a term is a number in as few bits as are needed; numbers that no cell has mean the last one, so every
//! valuation is a lead. What terms have to do with each other is the *law*: a set of leads lies within it. Bryant,
//! "Graph-Based Algorithms for Boolean Function Manipulation" (1986), is the source of the method.

use std::cell::RefCell;
use std::collections::BTreeMap;

use biodivine_lib_bdd::{Bdd, BddNode, BddPointer, BddVariable, op_function};

use super::cells::CellSet;
use super::{Assignment, Formula, Terms, law};
use crate::ir::Value;

/// Nodes of a diagram beyond which nothing is said: conditions that people write stay far below.
const LARGEST: usize = 1 << 15;
/// Nodes of the diagrams of everybody and of nobody; somebody is in whatever has more.
const LEAST: usize = 2;

/// All leads that differ in what some conditions ask about.
#[derive(Debug)]
pub struct Universe {
    /// What they ask about.
    pub terms: Terms,
    /// The diagrams of what always and of what never holds. The library's own maker of them names every variable.
    always: Bdd,
    never: Bdd,
    variables: Vec<BddVariable>,
    /// By term, its first bit and the number of its bits.
    bits: Vec<(usize, usize)>,
    law: Bdd,
    atoms: RefCell<BTreeMap<(usize, CellSet), Bdd>>,
}

/// A set of leads of a universe.
#[derive(Clone, Debug, PartialEq)]
pub struct Leads(Bdd);

impl Leads {
    /// Whether nobody is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_false()
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
        let number = u16::try_from(count).ok().filter(|count| *count < u16::MAX - 1)?;
        let always = Bdd::from_nodes(&[BddNode::mk_zero(number), BddNode::mk_one(number)]).ok()?;
        let never = Bdd::from_nodes(&[BddNode::mk_zero(number)]).ok()?;
        let (variables, law) = ((0..count).map(BddVariable::from_index).collect(), always.clone());
        let mut universe = Universe { terms, always, never, variables, bits, law, atoms: RefCell::default() };
        for relation in law::relations(&universe.terms) {
            let holds = universe.diagram(&relation)?;
            universe.law = bounded_and(&universe.law, &holds)?;
        }
        for (term, asks) in &universe.terms.segments {
            let asks = universe.diagram(asks)?;
            let may_change = |term: usize| changed_by_steps(&universe.terms.terms[term]);
            let (was, was_not) =
                (universe.without_terms(&asks, may_change), universe.without_terms(&asks.not(), may_change));
            let member = universe.atom(*term, &CellSet::new(2, |cell| cell == 1));
            let holds = bounded_and(&member.imp(&was), &member.or(&was_not))?;
            universe.law = bounded_and(&universe.law, &holds)?;
        }
        Some(universe)
    }

    /// Everybody.
    pub fn everybody(&self) -> Leads {
        Leads(self.law.clone())
    }

    /// Nobody.
    pub fn nobody(&self) -> Leads {
        Leads(self.never.clone())
    }

    /// Those for whom a formula holds; `None` if it is too complicated.
    pub fn leads(&self, formula: &Formula) -> Option<Leads> {
        bounded_and(&self.law, &self.diagram(formula)?).map(Leads)
    }

    /// Those in both.
    pub fn both(&self, one: &Leads, other: &Leads) -> Option<Leads> {
        if other.0 == self.law { Some(one.clone()) } else { bounded_and(&one.0, &other.0).map(Leads) }
    }

    /// Those in one of the two.
    pub fn either(&self, one: &Leads, other: &Leads) -> Option<Leads> {
        bounded_or(&one.0, &other.0).map(Leads)
    }

    /// Those in the first and not in the second.
    pub fn without(&self, one: &Leads, other: &Leads) -> Option<Leads> {
        if one.is_empty() || other.is_empty() {
            return Some(one.clone());
        }
        Bdd::binary_op_with_limit(LARGEST, &one.0, &other.0, op_function::and_not).map(Leads)
    }

    /// Whether all of the first are in the second.
    pub fn is_within(&self, one: &Leads, other: &Leads) -> bool {
        one == other || !other.is_empty() && is_nobody(one, other, op_function::and_not)
    }

    /// Whether nobody is in both.
    pub fn are_disjoint(&self, one: &Leads, other: &Leads) -> bool {
        is_nobody(one, other, op_function::and)
    }

    /// The set when nothing is known any more of some terms: everybody who is like one of them in all others.
    pub fn forget(&self, leads: &Leads, terms: impl Fn(usize) -> bool) -> Option<Leads> {
        if !(0..self.bits.len()).any(&terms) {
            return Some(leads.clone());
        }
        bounded_and(&self.without_terms(&leads.0, terms), &self.law).map(Leads)
    }

    /// Those of whom the term has one of the cells.
    pub fn having(&self, leads: &Leads, term: usize, cells: &CellSet) -> Option<Leads> {
        bounded_and(&leads.0, &self.atom(term, cells)).map(Leads)
    }

    /// The set of those that could be the same lead as one of these with one term moved to a cell.
    pub fn put(&self, leads: &Leads, term: usize, cells: &CellSet) -> Option<Leads> {
        let rest = self.without_terms(&leads.0, |other| other == term);
        bounded_and(&bounded_and(&rest, &self.atom(term, cells))?, &self.law).map(Leads)
    }

    /// One of them, as far as the terms are concerned that `of` names.
    pub fn witness(&self, leads: &Leads, of: impl Fn(usize) -> bool) -> Option<Witness> {
        let clause = leads.0.first_clause()?;
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
    pub fn contains(&self, leads: &Leads, assignment: &Assignment) -> bool {
        let mut fixed = Vec::new();
        for (number, (first, bits)) in self.bits.iter().enumerate() {
            let Some(cell) = assignment.get(number) else { continue };
            fixed.extend((0..*bits).map(|at| (self.variables[first + at], cell >> (bits - 1 - at) & 1 == 1)));
        }
        !leads.0.restrict(&fixed).is_false()
    }

    /// The diagram of a formula, the law left out.
    fn diagram(&self, formula: &Formula) -> Option<Bdd> {
        match formula {
            Formula::Const(true) => Some(self.always.clone()),
            Formula::Const(false) => Some(self.never.clone()),
            Formula::Atom((term, cells)) => Some(self.atom(*term, cells)),
            Formula::Not(of) => self.diagram(of).map(Bdd::into_not),
            Formula::All(of) => of.iter().try_fold(self.always.clone(), |all, part| {
                if all.is_false() { Some(all) } else { bounded_and(&all, &self.diagram(part)?) }
            }),
            Formula::Any(of) => of.iter().try_fold(self.never.clone(), |any, part| {
                if any.is_true() { Some(any) } else { bounded_or(&any, &self.diagram(part)?) }
            }),
            Formula::AtLeast { points, least } => {
                let parts: Option<Vec<(i64, Bdd)>> =
                    points.iter().map(|(points, part)| Some((*points, self.diagram(part)?))).collect();
                self.at_least(&parts?, *least, &mut BTreeMap::new())
            }
        }
    }

    /// Whether the points of those that hold add up to so many, by the parts that are left and what they have to give.
    fn at_least(&self, parts: &[(i64, Bdd)], least: i64, known: &mut BTreeMap<(usize, i64), Bdd>) -> Option<Bdd> {
        let low: i64 = parts.iter().map(|(points, _)| *points.min(&0)).sum();
        let high: i64 = parts.iter().map(|(points, _)| *points.max(&0)).sum();
        let Some(((points, part), rest)) = parts.split_first().filter(|_| low < least && least <= high) else {
            return Some(if least <= low { self.always.clone() } else { self.never.clone() });
        };
        if let Some(found) = known.get(&(parts.len(), least)) {
            return Some(found.clone());
        }
        let with = self.at_least(rest, least - points, known)?;
        let without = self.at_least(rest, least, known)?;
        let found = Bdd::if_then_else(part, &with, &without);
        if found.size() > LARGEST {
            return None;
        }
        known.insert((parts.len(), least), found.clone());
        Some(found)
    }

    /// The term has one of the cells.
    fn atom(&self, term: usize, cells: &CellSet) -> Bdd {
        let key = (term, cells.clone());
        if let Some(known) = self.atoms.borrow().get(&key) {
            return known.clone();
        }
        let (first, bits) = self.bits[term];
        let last = self.terms.terms[term].cells.len().saturating_sub(1);
        let atom = self.of_codes(&self.variables[first..first + bits], &|code| cells.contains(code.min(last)));
        self.atoms.borrow_mut().insert(key, atom.clone());
        atom
    }

    /// The numbers that fit, as diagram over their bits, the first of which counts most: made node by node, since the
    /// library would go over a clause for each number.
    fn of_codes(&self, bits: &[BddVariable], fits: &dyn Fn(usize) -> bool) -> Bdd {
        let count = self.always.num_vars();
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
            Some(true) => self.always.clone(),
            Some(false) => self.never.clone(),
            None => Bdd::from_nodes(&nodes).unwrap_or_else(|_| self.never.clone()),
        }
    }

    fn without_terms(&self, of: &Bdd, terms: impl Fn(usize) -> bool) -> Bdd {
        // Of a term that a set does not ask about, there is nothing to forget.
        let mut forgotten = vec![false; self.variables.len()];
        for (first, bits) in self.bits.iter().enumerate().filter(|(term, _)| terms(*term)).map(|(_, bits)| bits) {
            forgotten[*first..first + bits].fill(true);
        }
        let is_forgotten = |variable: BddVariable| forgotten.get(variable.to_index()).copied().unwrap_or(false);
        let asks = of.pointers().skip(2).any(|node| is_forgotten(of.var_of(node)));
        if asks { of.exists_trigger(is_forgotten) } else { of.clone() }
    }
}

/// Whether nobody is left of two sets. The first who is found will do.
fn is_nobody(one: &Leads, other: &Leads, left: fn(Option<bool>, Option<bool>) -> Option<bool>) -> bool {
    one.is_empty() || Bdd::binary_op_with_limit(LEAST, &one.0, &other.0, left).is_some_and(|left| left.is_false())
}

/// Many sets are all leads, or the same as another: they are not gone through.
fn bounded_and(one: &Bdd, other: &Bdd) -> Option<Bdd> {
    if one == other || other.is_true() || one.is_false() {
        return Some(one.clone());
    }
    if one.is_true() || other.is_false() {
        return Some(other.clone());
    }
    Bdd::binary_op_with_limit(LARGEST, one, other, op_function::and)
}

/// The same of those in one of the two.
fn bounded_or(one: &Bdd, other: &Bdd) -> Option<Bdd> {
    if one == other || other.is_false() || one.is_true() {
        return Some(one.clone());
    }
    if one.is_false() || other.is_true() {
        return Some(other.clone());
    }
    Bdd::binary_op_with_limit(LARGEST, one, other, op_function::or)
}
