//! What is to come of one lead, by time.
//!
//! In: things with their moments. Out: the earliest. A lead has few things before it, and most of what is put on its
//! agenda is soon taken off again: so the next ones stand in order, where the earliest is at hand, and only what is
//! beyond them is kept in a heap.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// How many things stand in order at most.
const NEAR: usize = 48;

/// What is to come.
#[derive(Debug, Default)]
pub struct Agenda {
    /// The next ones, the earliest last.
    near: Vec<Due>,
    /// What comes after all of those.
    far: BinaryHeap<Due>,
}

/// Something that is to come.
#[derive(Clone, Copy, Debug)]
pub struct Due {
    /// When.
    pub at: i64,
    /// Journey and step, counted from 1; 0 for timers without.
    pub place: (u32, u32),
    /// Order of arming.
    pub timer: u32,
    /// Its place within the second.
    pub class: Class,
    /// What.
    pub task: Task,
}

/// Places within a second. The lead's creation is no part of the agenda: it comes before all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Something happens outside.
    Outside,
    /// A timer.
    Timer,
    /// The end of a wait for an event: an event at that very second still counts.
    Timeout,
    /// The daily tick.
    Tick,
}

/// What is to come. Instances, journeys, mails and the like by their numbers.
#[derive(Clone, Copy, Debug)]
pub enum Task {
    /// A wait for time ends.
    Wake(u32),
    /// A wait for an event ends.
    Timeout(u32),
    /// A held mail's gates are asked again.
    Mail(u32),
    /// Members of a segment enter a journey.
    Schedule(u32),
    /// Points are taken.
    Decay(u32),
    /// The lead has been in its stage for some time.
    Stay(u32),
    /// The daily tick, by number.
    Tick(u32),
    /// A mail is tried again: which, and how many attempts failed.
    Attempt(u32, u32),
    /// A mail is opened.
    Open(u32),
    /// A mail is clicked.
    Click(u32),
    /// A mail makes the lead unsubscribe.
    Unsubscribe(u32),
    /// A mail is reported.
    Complain(u32),
    /// The link of a mail that asks for a confirmation is followed.
    Confirm(u32),
    /// The time to confirm a subscription to a topic is over, by the number of the request.
    Lapse(u32, u32),
    /// Interest may be lost.
    Sunset,
    /// A persona does something by itself: what, and the count of personas so far.
    Rate(u32, u32),
    /// A persona does something after an event: what, and its identity.
    After(u32, u64),
    /// The timeline tells an event, by its number.
    Told(u32),
    /// A mail that waits for a visit is given up.
    Unseen(u32),
    /// Something comes of a step: what, and how often the lead had reached the step.
    Outcome(u32, u64),
}

impl Agenda {
    /// Forgets all.
    pub fn clear(&mut self) {
        self.near.clear();
        self.far.clear();
    }

    /// The earliest.
    pub fn peek(&self) -> Option<&Due> {
        self.near.last()
    }

    /// Takes the earliest off.
    #[inline(always)]
    pub fn pop(&mut self) -> Option<Due> {
        let due = self.near.pop();
        if self.near.is_empty() && !self.far.is_empty() {
            self.come_near();
        }
        due
    }

    /// Takes the earliest off, if it comes before this moment.
    #[inline(always)]
    pub fn pop_before(&mut self, end: i64) -> Option<Due> {
        if self.peek()?.at < end { self.pop() } else { None }
    }

    /// Puts something on.
    #[inline]
    pub fn push(&mut self, due: Due) {
        if !self.far.is_empty() && self.near.first().is_none_or(|last| last.is_before(&due)) {
            self.far.push(due);
            return;
        }
        // Most things come late, so that the search from there is short; what is earlier moves up.
        let later = self.near.iter().take_while(|other| due.is_before(other)).count();
        self.near.insert(later, due);
        if self.near.len() > NEAR {
            self.far.push(self.near.remove(0));
        }
    }

    /// The next ones come out of the heap.
    #[cold]
    fn come_near(&mut self) {
        let next = std::iter::from_fn(|| self.far.pop()).take(NEAR / 2);
        self.near.extend(next);
        self.near.reverse();
    }
}

impl Due {
    #[inline]
    fn key(&self) -> (i64, Class, (u32, u32), u32) {
        (self.at, self.class, self.place, self.timer)
    }

    #[inline]
    fn is_before(&self, other: &Due) -> bool {
        if self.at == other.at { self.key() < other.key() } else { self.at < other.at }
    }
}

impl PartialEq for Due {
    fn eq(&self, other: &Due) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Due) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    /// The earliest is the greatest, since the heap gives the greatest first.
    fn cmp(&self, other: &Due) -> Ordering {
        other.key().cmp(&self.key())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

        /// Whatever is put on and taken off in between, the earliest comes first.
        #[test]
        fn the_earliest_comes_first(steps in prop::collection::vec((0..3_u8, 0..500_i64), 0..400)) {
            let (mut agenda, mut plain) = (Agenda::default(), Vec::new());
            for (timer, (what, at)) in (0..).zip(steps) {
                if what > 0 {
                    let due = Due { at, place: (0, 0), timer, class: Class::Timer, task: Task::Sunset };
                    agenda.push(due);
                    plain.push(due.key());
                } else {
                    plain.sort_unstable_by(|left, right| right.cmp(left));
                    prop_assert_eq!(agenda.peek().map(Due::key), plain.last().copied());
                    prop_assert_eq!(agenda.pop().map(|due| due.key()), plain.pop());
                }
            }
            plain.sort_unstable();
            let rest: Vec<_> = std::iter::from_fn(|| agenda.pop()).map(|due| due.key()).collect();
            prop_assert_eq!(rest, plain);
        }
    }
}
