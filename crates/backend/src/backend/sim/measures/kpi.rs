//! KPIs: money is added up as it comes, everything else is counted when a lead's run is over.

use crate::backend::sim::engine::Engine;
use crate::backend::sim::lead::{Happening, Instance};
use crate::backend::sim::program::{Cell, Kpi, KpiKind, Only, Paid};
use crate::backend::sim::value::V;
use crate::ir::Money;
use crate::ir::kpi::Metric;

impl Engine<'_> {
    /// Adds up the money that an event carries.
    pub(in crate::backend::sim) fn add_amounts(&mut self, event: &Happening) {
        let program = self.program;
        for number in &program.events[event.event].amounts {
            let amount = &program.kpis.amounts[*number];
            let since = match amount.journey {
                None => Some(self.lead.born),
                Some(journey) => {
                    // The journey entered last has all of it; to ask for a confirmation is none.
                    let is_journey = |stay: &&Instance| program.journeys[stay.journey].confirms.is_none();
                    let last = self.lead.instances.iter().rev().find(is_journey);
                    last.filter(|last| last.journey == journey).map(|last| last.entered)
                }
            };
            let in_time = |since: i64| amount.within.is_none_or(|within| self.now - since <= within);
            if !since.is_some_and(in_time) || !self.holds(amount.filter.as_ref(), Some(event)) {
                continue;
            }
            let paid = match self.ask(Some(event)).property(event, amount.property) {
                V::Int(units) => Money { micros: units.saturating_mul(1_000_000) },
                V::Number(units) => Money::of(units),
                V::Absent | V::Bool(_) | V::Sym(_) | V::Text(_) | V::Date(_) | V::Time(_) | V::Set(_) => Money::ZERO,
            };
            self.lead.amounts[*number] += paid;
        }
    }

    /// Adds up what is paid for the lead.
    pub(in crate::backend::sim) fn add_cost(&mut self, journey: usize, paid: Paid, cost: Money) {
        for (number, sum) in self.program.kpis.costs.iter().enumerate() {
            if sum.holds(journey, paid) {
                self.lead.costs[number] += cost;
            }
        }
    }

    /// Counts the lead for every KPI, as it stands at the end.
    pub(in crate::backend::sim) fn count_kpis(&mut self) {
        let program = self.program;
        for (number, kpi) in program.kpis.kpis.iter().enumerate() {
            let (part, whole) = (self.holds(kpi.part.as_ref(), None), self.holds(kpi.whole.as_ref(), None));
            if let KpiKind::Value { matures: Some(time), .. } = kpi.kind
                && self.lead.born + time > program.frame.end
            {
                self.figures.kpis.at(number).too_recent += u64::from(whole);
                continue;
            }
            for (at, cell) in kpi.cells.iter().enumerate() {
                if let Some((x, y)) = self.pair(kpi, cell, part, whole) {
                    self.figures.kpis.at(number).cell(at).count(x, y, self.lead.arrived);
                }
            }
        }
    }

    /// What the lead counts for a part of a KPI; `None` if it takes no part.
    fn pair(&self, kpi: &Kpi, cell: &Cell, part: bool, whole: bool) -> Option<(i64, i64)> {
        let takes_part = || cell.only.iter().all(|only| self.is_one_of(*only));
        let amount = || cell.amount.map_or(0, |amount| self.lead.amounts[amount].micros);
        let cost = || cell.cost.map_or(0, |cost| self.lead.costs[cost].micros);
        match kpi.kind {
            KpiKind::Leads => takes_part().then(|| (i64::from(part), 1)),
            KpiKind::Share => takes_part().then(|| (i64::from(part && whole), i64::from(whole))),
            KpiKind::Mails(metric) => {
                let (of, base) = metric.parts();
                if metric == Metric::MailsPerLead && !takes_part() {
                    return None;
                }
                let (mut x, mut y) = (0, i64::from(base.is_none()));
                for mail in self.lead.mails_of(&cell.mails, self.program) {
                    x += i64::from(mail.marks.tell(of));
                    y += i64::from(base.is_some_and(|base| mail.marks.tell(base)));
                }
                Some((x, y))
            }
            KpiKind::Value { per: true, .. } => takes_part().then(|| if whole { (amount(), 1) } else { (0, 0) }),
            KpiKind::Value { per: false, .. } => takes_part().then(|| (amount(), 1)),
            KpiKind::Cost => takes_part().then(|| (cost(), i64::from(whole))),
            KpiKind::Return => takes_part().then(|| (amount(), cost())),
        }
    }

    fn is_one_of(&self, only: Only) -> bool {
        match only {
            Only::Persona(persona) => self.lead.persona == persona,
            Only::Segment(segment) => self.lead.members.has(segment),
            Only::Journey(journey) => self.lead.memories[journey].entered > 0,
        }
    }
}
