//! What is handled behind the event at hand, at the same second, in its order.
//!
//! Most events are such that nobody asks for: they only take their turn, and are kept as a number beside what they come
//! before.

use super::lead::Happening;

/// What is to be handled at this second.
#[derive(Debug, Default)]
pub struct Queue {
    /// Each with the number of events right before it that nothing asks for. Those that were handled stay until all are.
    pending: Vec<(u32, Pending)>,
    /// How many of them were handled.
    handled: usize,
    /// Events behind all of it that nothing asks for.
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
    #[inline]
    pub fn push(&mut self, pending: Pending) {
        self.pending.push((std::mem::take(&mut self.unnoticed), pending));
    }

    /// Puts on an event that nothing asks for: its cascade changes nothing unless something changed before its turn.
    #[inline]
    pub fn push_unnoticed(&mut self) {
        self.unnoticed += 1;
    }

    /// How many events that nothing asks for come next, and what comes behind them; `None` if there is nothing.
    #[inline]
    pub fn pop(&mut self) -> Option<(u32, Option<Pending>)> {
        if let Some((before, pending)) = self.pending.get(self.handled) {
            self.handled += 1;
            return Some((*before, Some(*pending)));
        }
        self.pending.clear();
        self.handled = 0;
        (self.unnoticed > 0).then(|| (std::mem::take(&mut self.unnoticed), None))
    }

    /// Whether there is nothing.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.pending.len() == self.handled && self.unnoticed == 0
    }

    /// Whether a step is still to start this journey.
    pub fn starts(&self, journey: usize) -> bool {
        let waiting = &self.pending[self.handled..];
        waiting.iter().any(|(_, pending)| matches!(pending, Pending::Start(other) if *other == journey))
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.pending.clear();
        (self.handled, self.unnoticed) = (0, 0);
    }
}
