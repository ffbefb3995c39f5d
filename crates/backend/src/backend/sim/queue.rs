//! What is handled behind the event at hand, at the same second, in its order.
//!
//! Most events are such that nobody asks for: they only take their turn, and are kept as a number beside what they come
//! before.

use std::collections::VecDeque;

use super::lead::Happening;

/// What is to be handled at this second.
#[derive(Debug, Default)]
pub struct Queue {
    /// Each with the number of events right before it that nothing asks for.
    pending: VecDeque<(u32, Pending)>,
    /// Those behind all of it.
    unnoticed: u32,
}

/// What waits for its turn.
#[derive(Clone, Copy, Debug)]
pub enum Pending {
    /// An event.
    Happened(Happening),
    /// The lead was changed: by a step, or by becoming a member of something that moves ask for.
    Changed,
    /// A step starts a journey.
    Start(usize),
}

impl Queue {
    /// Puts something on.
    pub fn push(&mut self, pending: Pending) {
        self.pending.push_back((std::mem::take(&mut self.unnoticed), pending));
    }

    /// Puts on an event that nothing asks for: its cascade changes nothing unless something changed before its turn.
    pub fn push_unnoticed(&mut self) {
        self.unnoticed += 1;
    }

    /// How many events that nothing asks for come next, and what comes behind them; `None` if there is nothing.
    pub fn pop(&mut self) -> Option<(u32, Option<Pending>)> {
        match self.pending.pop_front() {
            Some((before, pending)) => Some((before, Some(pending))),
            None if self.unnoticed > 0 => Some((std::mem::take(&mut self.unnoticed), None)),
            None => None,
        }
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.pending.is_empty() && self.unnoticed == 0
    }

    /// Whether a step is still to start this journey.
    pub fn starts(&self, journey: usize) -> bool {
        self.pending.iter().any(|(_, pending)| matches!(pending, Pending::Start(other) if *other == journey))
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.pending.clear();
        self.unnoticed = 0;
    }
}
