//! Why a lead does not get into a journey that is asked about: the parts of its conditions that fail, with the lead's
//! values.

use super::engine::Engine;
use super::facts::value;
use super::lead::Happening;
use super::program::Part;
use super::trace::What;

impl Engine<'_> {
    /// What fails of the entry's conditions, if the journey is asked about.
    pub(super) fn unmet_entry(&self, journey: usize, event: Option<&Happening>) -> Option<String> {
        let asked = self.program.asked.as_ref().filter(|asked| asked.journey == journey)?;
        let failing = self.failing(&asked.entry, event);
        (!failing.is_empty()).then(|| failing.join("; "))
    }

    /// Says how the lead stands to the entry of the journey that is asked about, at the end of the run.
    pub(super) fn note_unmet(&mut self) {
        let Some(asked) = self.program.asked.as_ref().filter(|_| self.trace.is_some()) else { return };
        if self.lead.memories[asked.journey].entered > 0 {
            return;
        }
        for failing in self.failing(&asked.segment, None) {
            self.note(What::Unmet, Some(asked.journey), |_| failing);
        }
    }

    fn failing(&self, parts: &[Part], event: Option<&Happening>) -> Vec<String> {
        let ask = self.ask(event);
        let failing = parts.iter().filter(|part| !ask.holds(&part.cond));
        let words = failing.map(|part| {
            let values = part.operands.iter().map(|(text, code)| {
                let value = value(&ask.value(code), self.program);
                format!("{text} is {}", value.map_or("none".to_owned(), |value| value.to_string()))
            });
            let values: Vec<String> = values.collect();
            let values = if values.is_empty() { String::new() } else { format!(": {}", values.join(", ")) };
            format!("`{}` does not hold{values}", part.cond.text)
        });
        words.collect()
    }
}
