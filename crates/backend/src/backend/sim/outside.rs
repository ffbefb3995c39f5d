//! What reaches beyond the campaign: tasks of people, records and audiences of other systems, what comes of them, and
//! what it costs.

use std::ops::Range;

use super::agenda::{Class, Task};
use super::ask::Ask;
use super::chance;
use super::engine::Engine;
use super::facts::{Fact, names};
use super::lead::Data;
use super::outcome::bump_word;
use super::program::{Deps, Given, Make, Paid, Step};
use super::queue::Pending;
use super::trace::What;
use crate::ir::Money;

impl Engine<'_> {
    /// Steps that make something happen behind them.
    pub(super) fn make(&mut self, slot: usize, place: (usize, usize), step: &Step, make: &Make) {
        let program = self.program;
        let run = self.lead.runs[program.journeys[place.0].base + place.1];
        let identity = chance::join(step.chance, run);
        let reached = |to, audience| Data::Reached { to, audience, journey: place.0 as u32, step: place.1 as u32 };
        match make {
            Make::Task { to, title, cost, outcomes } => {
                let name = program.texts.get(*to);
                bump_word(&mut self.figures.tasks, name);
                if !cost.is_nothing() {
                    self.figures.costs.tasks.entry(name.to_owned()).or_default().pay(*cost);
                    self.charge(place.0, Paid::Task(Some(*to)), *cost);
                }
                self.note_step(What::Task, place, |_| format!("for {name}: {title}"));
                self.fact(|program| {
                    let (journey, step) = names(program, place);
                    Fact::Task { journey, step, to: name.to_owned() }
                });
                self.happen(program.builtin.task_created, reached(*to, None), identity);
                self.draw_outcome(outcomes, run);
            }
            Make::Call { system, event, words, fields, outcomes } => {
                self.pay_system(place.0, *system);
                if self.trace.is_some() {
                    let fields = fields_text(&self.ask_in(slot, None), fields);
                    self.note_step(What::Step, place, |_| format!("{words}{fields}"));
                }
                self.happen(*event, reached(program.systems[*system].sym, None), identity);
                self.draw_outcome(outcomes, run);
            }
            Make::Audience { audience, add } => self.change_audience(place, *audience, *add, identity),
            Make::Emit { event, payload } => {
                let name = &program.events[*event].name;
                self.note_step(What::Step, place, |_| format!("makes `{name}`"));
                self.happen(*event, Data::Payload(*payload), identity);
            }
            Make::Start { journey } => {
                let name = &program.journeys[*journey].name;
                self.note_step(What::Step, place, |_| format!("starts `{name}`"));
                self.lead.queue.push(Pending::Start(*journey));
            }
        }
    }

    /// Puts the lead on a list and into a system's audience, or takes it out of both. A system that knows already is
    /// not told, and costs nothing.
    fn change_audience(&mut self, place: (usize, usize), number: usize, add: bool, identity: u64) {
        let program = self.program;
        let audience = &program.audiences[number];
        let words = |done: &str| format!("{done} the audience `{}`", audience.name);
        if self.lead.lists[audience.list] != add {
            self.lead.lists[audience.list] = add;
            self.lead.changed(Deps::LISTS);
            let on = if add { "on" } else { "off" };
            self.note(What::List, None, |ask| format!("{on} `{}`", ask.program.lists[audience.list].name));
            self.lead.queue.push(Pending::Changed);
        }
        if self.lead.audiences[number].is_some() == add {
            self.note_step(What::Step, place, |_| words(if add { "is already in" } else { "is not in" }));
            return;
        }
        self.note_step(What::Step, place, |_| words(if add { "joins" } else { "leaves" }));
        self.pay_system(place.0, audience.system);
        let figures = self.figures.audiences.at(number);
        let event = if add {
            figures.added += 1;
            self.lead.audiences[number] = Some((self.now, place.0));
            program.builtin.audience_added
        } else {
            figures.removed += 1;
            self.leave_audience(number);
            program.builtin.audience_removed
        };
        let (to, audience) = (program.systems[audience.system].sym, Some(audience.sym));
        let data = Data::Reached { to, audience, journey: place.0 as u32, step: place.1 as u32 };
        self.happen(event, data, identity);
    }

    /// Ends a membership; what it cost is for the journey that began it.
    pub(super) fn leave_audience(&mut self, number: usize) {
        let Some((since, journey)) = self.lead.audiences[number].take() else { return };
        let system = self.program.audiences[number].system;
        let Some((amount, per)) = self.program.systems[system].member_cost else { return };
        let cost = amount.pro_rata(self.now - since, per);
        self.figures.costs.integrations.at(system).amount += cost;
        self.charge(journey, Paid::System(Some(system)), cost);
    }

    fn pay_system(&mut self, journey: usize, system: usize) {
        let cost = self.program.systems[system].cost;
        self.figures.costs.integrations.at(system).pay(cost);
        self.charge(journey, Paid::System(Some(system)), cost);
    }

    /// Something is sent that costs something.
    pub(super) fn pay_content(&mut self, journey: usize, content: usize) {
        let program = self.program;
        let (cost, channel) = (program.contents[content].cost, program.contents[content].channel);
        self.figures.costs.channels.at(channel).pay(cost);
        self.figures.costs.contents.at(content).pay(cost);
        self.charge(journey, Paid::Channel(Some(channel)), cost);
    }

    /// A cost is its journey's and its lead's.
    fn charge(&mut self, journey: usize, paid: Paid, cost: Money) {
        *self.figures.costs.journeys.at(journey) += cost;
        self.add_cost(journey, paid, cost);
    }

    /// Draws which of some outcomes comes of a step, if one does, and when.
    pub(super) fn draw_outcome(&mut self, outcomes: &Range<usize>, run: u64) {
        // Where a timeline is told, it tells what comes of things.
        if outcomes.is_empty() || self.lead.replay.told() {
            return;
        }
        let program = self.program;
        let (all, lead) = (&program.outcomes[outcomes.clone()], self.lead.chance);
        let place = all[0].place;
        // One after the other, each by its part of what those before it have left. So one that is put behind the others,
        // or made more likely there, takes from those of whom nothing comes, and from nobody else.
        let mut left = 1.0;
        let taken = all.iter().position(|outcome| {
            let is_rest = left - outcome.chance < 1e-12;
            let part = if is_rest { 1.0 } else { outcome.chance / left };
            left -= outcome.chance;
            outcome.chance > 0.0 && lead.draw(outcome.key, run) < part
        });
        let Some(taken) = taken else {
            self.note_step(What::NoEvent, place, |_| "nothing comes of it, by chance".to_owned());
            return;
        };
        let outcome = &all[taken];
        let name = &program.events[outcome.event].name;
        if let Some(when) = outcome.when.as_ref().filter(|when| !self.holds(Some(when), None)) {
            self.note_step(What::NoEvent, place, |_| format!("no `{name}`: `{}` does not hold", when.text));
            return;
        }
        let delay = outcome.delay;
        let draw = lead.draw(outcome.key_of_time, run);
        let at = self.now + chance::delay(delay, draw);
        self.lead.arm(at, Class::Outside, (0, 0), Task::Outcome((outcomes.start + taken) as u32, run));
    }

    /// Something comes of a step.
    pub(super) fn outcome(&mut self, number: usize, run: u64) {
        let outcome = &self.program.outcomes[number];
        let (journey, step) = outcome.place;
        let name = &self.program.events[outcome.event].name;
        bump_word(&mut self.figures.journeys.at(journey).steps.at(step).outcomes, name);
        self.happen(outcome.event, Data::Payload(outcome.payload), chance::join(outcome.key, run));
    }
}

/// The values that another system gets.
fn fields_text(ask: &Ask<'_>, fields: &[(String, Given)]) -> String {
    let field = |(name, given): &(String, Given)| match given {
        Given::Value(code) => format!(" {name}={}", ask.show(&ask.value(code))),
        Given::Template(template) => format!(" {name}={template:?}"),
    };
    let fields: String = fields.iter().map(field).collect();
    if fields.is_empty() { fields } else { format!(":{fields}") }
}
