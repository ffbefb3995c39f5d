//! The conditions of a journey that are asked while its mails are counted, and kinds of leads whose answers come to the same.
//!
//! In: conditions with their formulas, answers. Out: the answer to each, and which kinds need not be looked at. Never: what
//! the answers lead to.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::ir::Condition;

/// The conditions of a journey that are asked.
pub(super) struct Asks {
    /// Their formulas.
    pub(super) formulas: Vec<usize>,
    /// By their place in memory, ascending, their number among the formulas.
    numbers: Vec<(usize, usize)>,
}

/// The numbers of the conditions that were asked.
pub(super) type Asked = RefCell<BTreeSet<usize>>;

impl Asks {
    /// Of conditions by their place in memory, each with its formula.
    pub(super) fn of(asks: Vec<(usize, usize)>) -> Asks {
        let mut numbers: Vec<_> = asks.iter().enumerate().map(|(number, (place, _))| (*place, number)).collect();
        numbers.sort_unstable();
        Asks { formulas: asks.into_iter().map(|(_, formula)| formula).collect(), numbers }
    }

    /// What is known of a condition, by the answers to all of them; takes note that it was asked.
    pub(super) fn answer(&self, condition: &Condition, answers: &[Option<bool>], asked: &Asked) -> Option<bool> {
        let place = std::ptr::from_ref(condition) as usize;
        let at = self.numbers.binary_search_by_key(&place, |(place, _)| *place).ok()?;
        let number = self.numbers[at].1;
        asked.borrow_mut().insert(number);
        answers[number]
    }
}

/// Kinds of leads that were looked at: which answers were asked for, and what came of them. Whoever gives the same answers to
/// these comes to the same, whatever the answers to others are: what an arm asks makes no difference to those who took one
/// before it.
pub(super) struct Known<T>(Vec<(Vec<(usize, Option<bool>)>, T)>);

impl<T> Default for Known<T> {
    fn default() -> Self {
        Known(Vec::new())
    }
}

impl<T: Copy> Known<T> {
    /// What came of a kind that gives the same answers, as far as they were asked for.
    pub(super) fn like(&self, answers: &[Option<bool>]) -> Option<T> {
        let gives_them = |asked: &[(usize, Option<bool>)]| asked.iter().all(|(number, one)| answers[*number] == *one);
        self.0.iter().find(|(asked, _)| gives_them(asked)).map(|(_, came)| *came)
    }

    /// Looks at a kind with these answers, of which `came` is kept.
    pub(super) fn learn<R>(&mut self, came: T, answers: &[Option<bool>], look: &dyn Fn(&Asked) -> R) -> R {
        let asked = Asked::default();
        let found = look(&asked);
        let asked = asked.into_inner().into_iter().map(|number| (number, answers[number])).collect();
        self.0.push((asked, came));
        found
    }
}
