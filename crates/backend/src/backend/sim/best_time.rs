//! When personas are most likely to read.

use super::engine::Engine;

/// A best time is the hour that begins with its moment.
const HOUR: i64 = 3_600;

impl Engine<'_> {
    /// When the best time of the lead's persona comes next, or that of the project if the lead has none.
    pub(super) fn next_best_time(&self) -> Option<i64> {
        let own = self.lead.persona.and_then(|persona| self.program.personas[persona].best_time.as_ref());
        own.or(self.program.best_time.as_ref())?.at_or_after(&self.lead.zone, self.now)
    }

    /// Whether it is the best time of a persona.
    pub(super) fn is_best_time(&self, persona: usize) -> bool {
        let best = self.program.personas[persona].best_time.as_ref();
        let last = best.and_then(|best| best.at_or_after(&self.lead.zone, self.now - HOUR + 1));
        last.is_some_and(|last| last <= self.now)
    }
}
