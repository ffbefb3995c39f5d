//! Systems at the other end, their audiences, and what comes of steps, compiled.

use std::collections::HashMap;
use std::ops::Range;

use super::condition::{Code, Cond};
use super::names::Names;
use super::{bounded, chance_key};
use crate::backend::sim::value::Sym;
use crate::ir::{self, Campaign, Delay, Mapped, Mapping, Money};

/// A system at the other end.
#[derive(Debug)]
pub struct System {
    /// Its name.
    pub name: String,
    /// Its name.
    pub sym: Sym,
    /// Cost of each record, audience change or call, in millionths.
    pub cost: Money,
    /// Cost of a member of an audience, in millionths, for so many seconds.
    pub member_cost: Option<(Money, i64)>,
}

/// A list, as a system has it.
#[derive(Debug)]
pub struct Audience {
    /// The list.
    pub list: usize,
    /// The list's name.
    pub sym: Sym,
    /// The system.
    pub system: usize,
    /// Both names, for reports.
    pub name: String,
}

/// Something that may come of a step.
#[derive(Debug)]
pub struct Outcome {
    /// The event.
    pub event: usize,
    /// Its properties.
    pub payload: u32,
    /// Chance.
    pub chance: f64,
    /// How long it takes.
    pub delay: Delay,
    /// Condition on the lead when it is drawn.
    pub when: Option<Cond>,
    /// Its key of chance.
    pub key: u64,
    /// Its key of chance for the time it takes.
    pub key_of_time: u64,
    /// Journey and step.
    pub place: (usize, usize),
}

/// What a field of another system gets, for timelines.
#[derive(Debug)]
pub enum Given {
    /// The value of an expression.
    Value(Code),
    /// The text of a template.
    Template(String),
}

/// Compiles the systems.
pub(super) fn systems(campaign: &Campaign, names: &mut Names<'_>) -> Vec<System> {
    let system = |(name, system): (&String, &ir::Integration)| System {
        name: name.clone(),
        sym: names.texts.intern(name),
        cost: system.cost,
        member_cost: system.member_cost.map(|cost| (cost.amount, bounded(cost.per_secs).max(1))),
    };
    campaign.integrations.iter().map(system).collect()
}

/// Compiles a mapping.
pub(super) fn given(mapping: &Mapping, names: &mut Names<'_>) -> Vec<(String, Given)> {
    let given = |(name, mapped): (&String, &Mapped)| {
        let given = match mapped {
            Mapped::Value { text: _, expr } => Given::Value(names.value(expr, None)),
            Mapped::Template(template) => Given::Template(template.clone()),
        };
        (name.clone(), given)
    };
    mapping.iter().map(given).collect()
}

impl Names<'_> {
    /// Keeps the outcomes of a step, given with its journey's name, and gives their numbers.
    pub fn outcomes(&mut self, outcomes: &[ir::Outcome], step: (&str, &str), place: (usize, usize)) -> Range<usize> {
        let first = self.outcomes.len();
        // Equal events of one step are told apart by their order among each other.
        let mut ordinals: HashMap<&str, u32> = HashMap::new();
        for outcome in outcomes {
            let ordinal = ordinals.entry(&outcome.event).or_default();
            let number = ordinal.to_string();
            *ordinal += 1;
            let Some(event) = self.event(&outcome.event) else { continue };
            let compiled = Outcome {
                event,
                payload: self.payload(event, &outcome.with),
                chance: outcome.chance,
                delay: outcome.delay,
                when: self.optional(outcome.when.as_ref(), None),
                key: chance_key(&["outcome", step.0, step.1, &outcome.event, &number]),
                key_of_time: chance_key(&["outcome-time", step.0, step.1, &outcome.event, &number]),
                place,
            };
            self.outcomes.push(compiled);
        }
        first..self.outcomes.len()
    }

    /// The number of a list as a system has it, which it gets now if it has none.
    pub fn audience(&mut self, list: usize, list_name: &str, system: usize, system_name: &str) -> usize {
        if let Some(known) = self.audiences.iter().position(|each| (each.list, each.system) == (list, system)) {
            return known;
        }
        let sym = self.texts.intern(list_name);
        let name = format!("{system_name}.{list_name}");
        self.audiences.push(Audience { list, sym, system, name });
        self.audiences.len() - 1
    }
}
