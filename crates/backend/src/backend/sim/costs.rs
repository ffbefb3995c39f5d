//! What a run costs: exact sums, each cost in the places where readers look for it.

use std::collections::BTreeMap;

use super::outcome::Named;
use super::program::Program;
use crate::ir::Money;

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
    pub journeys: Named<Money>,
}

/// Something that was paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Spent {
    /// How often.
    pub times: u64,
    /// How much.
    pub amount: Money,
}

impl Spent {
    pub(super) fn pay(&mut self, amount: Money) {
        self.times += 1;
        self.amount += amount;
    }

    fn add(&mut self, other: Spent) {
        self.times += other.times;
        self.amount += other.amount;
    }
}

impl CostFigures {
    /// Everything that was paid.
    pub fn total(&self) -> Money {
        let named = self.channels.iter().chain(self.integrations.iter()).map(|(_, spent)| spent.amount);
        named.chain(self.tasks.values().map(|spent| spent.amount)).sum()
    }

    pub(super) fn empty(program: &Program) -> CostFigures {
        CostFigures {
            channels: Named::of(program.channels.iter().map(|each| each.kind.word()), |_| Spent::default()),
            contents: Named::of(program.contents.iter().map(|each| each.name.as_str()), |_| Spent::default()),
            integrations: Named::of(program.systems.iter().map(|each| each.name.as_str()), |_| Spent::default()),
            tasks: BTreeMap::new(),
            journeys: Named::of(program.journeys.iter().map(|each| each.name.as_str()), |_| Money::ZERO),
        }
    }

    pub(super) fn add(&mut self, other: CostFigures) {
        self.channels.add(other.channels, |mine, theirs| mine.add(theirs));
        self.contents.add(other.contents, |mine, theirs| mine.add(theirs));
        self.integrations.add(other.integrations, |mine, theirs| mine.add(theirs));
        for (name, spent) in other.tasks {
            self.tasks.entry(name).or_default().add(spent);
        }
        self.journeys.add(other.journeys, |mine, theirs| *mine += theirs);
    }
}
