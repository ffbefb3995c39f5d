//! Which of a lead's behaviour may be recorded: some events need a consent, and without it they do not reach the campaign.
//!
//! In: an event from outside. Out: the event, or a count of it under `no-tracking-consent`. Never: events that the
//! campaign makes itself.

use super::engine::Engine;
use super::lead::{Data, Happening};
use super::outcome::Figures;
use super::trace::What;

impl Engine<'_> {
    /// Something happens that the campaign does not make itself.
    #[inline]
    pub(super) fn happen_outside(&mut self, event: usize, data: Data, identity: u64) {
        if self.may_record(event) {
            return self.happen(event, data, identity);
        }
        let unseen = Happening { event, data, identity };
        self.leave_untracked(&unseen);
        // What people do next does not depend on who looks on.
        self.provoke(&unseen);
    }

    /// Whether an event of this lead may be recorded now.
    pub(super) fn may_record(&self, event: usize) -> bool {
        self.program.events[event].tracked.is_none() || self.holds(self.program.tracking.as_ref(), None)
    }

    /// An event that is not recorded.
    pub(super) fn leave_untracked(&mut self, event: &Happening) {
        if let Some(number) = self.program.events[event.event].tracked {
            *self.figures.untracked.at(number) += 1;
        }
        if self.trace.is_some() {
            let text = self.event_text(event);
            self.note(What::NoEvent, None, |_| format!("{text}: no-tracking-consent"));
        }
    }

    /// Events of the past that were not recorded count, unlike all else of it.
    pub(super) fn take_untracked(&mut self, past: &mut Figures) {
        for number in 0..self.program.tracked.len() {
            *self.figures.untracked.at(number) += std::mem::take(past.untracked.at(number));
        }
    }
}
