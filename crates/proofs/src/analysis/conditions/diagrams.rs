//! Decision diagrams by number: each is kept once, and what comes of two of them is found out once.
//!
//! The steps of a journey mostly have the same leads, and ask them the same: a set is a number, and most answers are there
//! already. Bryant, "Graph-Based Algorithms for Boolean Function Manipulation" (1986), is the source of the method.

use std::cell::{Ref, RefCell};

use biodivine_lib_bdd::{Bdd, BddNode, BddVariable, op_function};
use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashMap};

/// Nodes of a diagram beyond which nothing is said: conditions that people write stay far below.
const LARGEST: usize = 1 << 15;
/// Nodes of the diagrams of what never and of what always holds. What has more holds somewhere.
const LEAST: usize = 2;

/// The number of a diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Diagram(u32);

impl Diagram {
    /// What never holds.
    pub const NEVER: Diagram = Diagram(0);
    /// What always holds.
    pub const ALWAYS: Diagram = Diagram(1);
}

/// What is done with two diagrams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Op {
    And,
    Or,
    AndNot,
}

/// Diagrams over the same variables.
#[derive(Debug)]
pub struct Diagrams {
    kept: RefCell<IndexSet<Bdd, FxBuildHasher>>,
    /// `None` where the outcome is too large.
    done: RefCell<FxHashMap<(Op, Diagram, Diagram), Option<Diagram>>>,
    /// Whether nothing comes of them.
    nowhere: RefCell<FxHashMap<(Op, Diagram, Diagram), bool>>,
    /// By the diagram and what is forgotten.
    forgotten: RefCell<FxHashMap<(Diagram, Vec<bool>), Diagram>>,
}

impl Diagrams {
    /// None yet, over so many variables; `None` if there are too many.
    pub fn over(variables: usize) -> Option<Diagrams> {
        let count = u16::try_from(variables).ok().filter(|count| *count < u16::MAX - 1)?;
        // The library's own makers of them name every variable.
        let never = Bdd::from_nodes(&[BddNode::mk_zero(count)]).ok()?;
        let always = Bdd::from_nodes(&[BddNode::mk_zero(count), BddNode::mk_one(count)]).ok()?;
        let kept = RefCell::new([never, always].into_iter().collect());
        Some(Diagrams { kept, done: RefCell::default(), nowhere: RefCell::default(), forgotten: RefCell::default() })
    }

    /// The diagram itself.
    pub fn get(&self, of: Diagram) -> Ref<'_, Bdd> {
        Ref::map(self.kept.borrow(), |kept| &kept[of.0 as usize])
    }

    /// The number of a diagram.
    pub fn keep(&self, diagram: Bdd) -> Diagram {
        let at = self.kept.borrow_mut().insert_full(diagram).0;
        Diagram(u32::try_from(at).unwrap_or(u32::MAX))
    }

    /// Where both hold; `None` if that is too complicated.
    pub fn and(&self, one: Diagram, other: Diagram) -> Option<Diagram> {
        self.either_way(Op::And, (Diagram::NEVER, Diagram::ALWAYS), one, other)
    }

    /// Where one of the two holds.
    pub fn or(&self, one: Diagram, other: Diagram) -> Option<Diagram> {
        self.either_way(Op::Or, (Diagram::ALWAYS, Diagram::NEVER), one, other)
    }

    /// What comes of two whose order makes no difference, by what swallows any other and what leaves it as it is.
    fn either_way(
        &self,
        op: Op,
        (swallows, leaves): (Diagram, Diagram),
        one: Diagram,
        other: Diagram,
    ) -> Option<Diagram> {
        if one == swallows || other == swallows {
            Some(swallows)
        } else if one == leaves || one == other {
            Some(other)
        } else if other == leaves {
            Some(one)
        } else {
            self.apply(op, one.min(other), one.max(other))
        }
    }

    /// Where the first holds and the second does not.
    pub fn and_not(&self, one: Diagram, other: Diagram) -> Option<Diagram> {
        match (one, other) {
            (Diagram::NEVER, _) | (_, Diagram::ALWAYS) => Some(Diagram::NEVER),
            (rest, Diagram::NEVER) => Some(rest),
            _ if one == other => Some(Diagram::NEVER),
            _ => self.apply(Op::AndNot, one, other),
        }
    }

    /// Whether the second holds wherever the first does.
    pub fn implies(&self, one: Diagram, other: Diagram) -> bool {
        one == other || one == Diagram::NEVER || self.is_nowhere(Op::AndNot, one, other)
    }

    /// Whether nowhere both hold.
    pub fn exclude(&self, one: Diagram, other: Diagram) -> bool {
        one == Diagram::NEVER || other == Diagram::NEVER || self.is_nowhere(Op::And, one, other)
    }

    /// Where it does not hold.
    pub fn not(&self, of: Diagram) -> Diagram {
        let not = self.get(of).not();
        self.keep(not)
    }

    /// The second where the first holds, the third elsewhere.
    pub fn choose(&self, of: Diagram, then: Diagram, otherwise: Diagram) -> Option<Diagram> {
        let found = Bdd::if_then_else(&self.get(of), &self.get(then), &self.get(otherwise));
        (found.size() <= LARGEST).then(|| self.keep(found))
    }

    /// Where it holds for some value of the variables that are forgotten.
    pub fn without(&self, of: Diagram, forgotten: Vec<bool>) -> Diagram {
        let is_in = |forgotten: &[bool], variable: BddVariable| forgotten.get(variable.to_index()) == Some(&true);
        // Of what a diagram does not ask about, there is nothing to forget.
        let asks = |diagram: &Bdd| diagram.pointers().skip(2).any(|node| is_in(&forgotten, diagram.var_of(node)));
        if !asks(&self.get(of)) {
            return of;
        }
        let key = (of, forgotten);
        if let Some(found) = self.forgotten.borrow().get(&key) {
            return *found;
        }
        let found = self.get(of).exists_trigger(|variable| is_in(&key.1, variable));
        let found = self.keep(found);
        self.forgotten.borrow_mut().insert(key, found);
        found
    }

    fn apply(&self, op: Op, one: Diagram, other: Diagram) -> Option<Diagram> {
        if let Some(known) = self.done.borrow().get(&(op, one, other)) {
            return *known;
        }
        let found = self.joined(LARGEST, op, one, other).map(|found| self.keep(found));
        self.done.borrow_mut().insert((op, one, other), found);
        found
    }

    /// The first place that is found will do, so that next to nothing is made.
    fn is_nowhere(&self, op: Op, one: Diagram, other: Diagram) -> bool {
        if let Some(known) = self.nowhere.borrow().get(&(op, one, other)) {
            return *known;
        }
        let found = self.joined(LEAST, op, one, other).is_some_and(|found| found.is_false());
        self.nowhere.borrow_mut().insert((op, one, other), found);
        found
    }

    /// What comes of two, if that is no larger than it may be.
    fn joined(&self, most: usize, op: Op, one: Diagram, other: Diagram) -> Option<Bdd> {
        let function = match op {
            Op::And => op_function::and,
            Op::Or => op_function::or,
            Op::AndNot => op_function::and_not,
        };
        Bdd::binary_op_with_limit(most, &self.get(one), &self.get(other), function)
    }
}
