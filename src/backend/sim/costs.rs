//! What a run costs: exact sums in millionths of the currency's unit, each cost in the places where readers look for it.

use std::collections::BTreeMap;

use super::outcome::Named;
use super::program::Program;

/// Costs of a run. The total is that of channels, integrations and tasks; the others divide the same money otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct CostFigures {
    /// Of what was sent, by channel.
    pub channels: Named<Spent>,
    /// Of what was sent, by email and message.
    pub contents: Named<Spent>,
    /// Of records, audiences and calls, by integration.
    pub integrations: Named<Spent>,
    /// Of tasks, by whom they are for.
    pub tasks: BTreeMap<String, Spent>,
    /// Of all of these, by journey.
    pub journeys: Named<u64>,
}

/// Something that was paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Spent {
    /// How often.
    pub times: u64,
    /// How much, in millionths of the currency's unit.
    pub micros: u64,
}

impl Spent {
    pub(super) fn pay(&mut self, micros: u64) {
        self.times += 1;
        self.micros = self.micros.saturating_add(micros);
    }

    fn add(&mut self, other: Spent) {
        self.times += other.times;
        self.micros = self.micros.saturating_add(other.micros);
    }
}

impl CostFigures {
    /// Everything that was paid, in millionths of the currency's unit.
    pub fn total(&self) -> u64 {
        let named = self.channels.iter().chain(self.integrations.iter()).map(|(_, spent)| spent.micros);
        named.chain(self.tasks.values().map(|spent| spent.micros)).fold(0, u64::saturating_add)
    }

    pub(super) fn empty(program: &Program) -> CostFigures {
        CostFigures {
            channels: Named::of(program.channels.iter().map(|each| each.kind.word()), |_| Spent::default()),
            contents: Named::of(program.contents.iter().map(|each| each.name.as_str()), |_| Spent::default()),
            integrations: Named::of(program.systems.iter().map(|each| each.name.as_str()), |_| Spent::default()),
            tasks: BTreeMap::new(),
            journeys: Named::of(program.journeys.iter().map(|each| each.name.as_str()), |_| 0),
        }
    }

    pub(super) fn add(&mut self, other: CostFigures) {
        self.channels.add(other.channels, |mine, theirs| mine.add(theirs));
        self.contents.add(other.contents, |mine, theirs| mine.add(theirs));
        self.integrations.add(other.integrations, |mine, theirs| mine.add(theirs));
        for (name, spent) in other.tasks {
            self.tasks.entry(name).or_default().add(spent);
        }
        self.journeys.add(other.journeys, |mine, theirs| *mine = mine.saturating_add(theirs));
    }
}
