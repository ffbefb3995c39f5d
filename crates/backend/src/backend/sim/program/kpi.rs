//! KPIs compiled: which leads, mails and money each counts.

use super::condition::Cond;
use super::names::Names;
use super::{Persona, Segment, bounded};
use crate::backend::sim::value::Sym;
use crate::ir::kpi::{self, By, Cost, CostKind, Measure, Metric};
use crate::ir::{Campaign, Channel, Name};

/// What is counted for KPIs.
#[derive(Debug, Default)]
pub struct Kpis {
    /// By name.
    pub kpis: Vec<Kpi>,
    /// Money that is added up for each lead.
    pub amounts: Vec<Amount>,
    /// Costs that are added up for each lead.
    pub costs: Vec<CostSum>,
}

/// A KPI.
#[derive(Debug)]
pub struct Kpi {
    /// Its name.
    pub name: String,
    /// What is counted.
    pub kind: Kind,
    /// Leads that are counted.
    pub part: Option<Cond>,
    /// Leads of whom they are a part, or for each of whom it is.
    pub whole: Option<Cond>,
    /// The whole, and then the parts that are shown as well.
    pub cells: Vec<Cell>,
}

/// What a KPI counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Leads.
    Leads,
    /// Leads of others.
    Share,
    /// Mails.
    Mails(Metric),
    /// Money: in all, or for each lead of the whole. Leads that came in less than so many seconds before the end of the
    /// run are too recent.
    Value { per: bool, matures: Option<i64> },
    /// Costs: in all, or for each lead of the whole.
    Cost,
    /// Money and costs.
    Return,
}

/// A KPI of some leads.
#[derive(Debug)]
pub struct Cell {
    /// Whom or what it is about; empty for the whole.
    pub name: String,
    /// Leads that take part; everything applies.
    pub only: Vec<Only>,
    /// Mails that take part.
    pub mails: MailFilter,
    /// Number of its amount.
    pub amount: Option<usize>,
    /// Number of its cost.
    pub cost: Option<usize>,
}

/// Which leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Only {
    /// Those of a persona, or of none.
    Persona(Option<usize>),
    /// Members of a segment.
    Segment(usize),
    /// Those that entered a journey.
    Journey(usize),
}

/// Which mails; everything that is given applies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MailFilter {
    pub content: Option<usize>,
    pub journey: Option<usize>,
    pub topic: Option<usize>,
    pub channel: Option<usize>,
    pub persona: Option<Option<usize>>,
    pub segment: Option<usize>,
}

/// Money that is added up for each lead.
#[derive(Debug)]
pub struct Amount {
    /// The event.
    pub event: usize,
    /// Its property.
    pub property: usize,
    /// Condition on it.
    pub filter: Option<Cond>,
    /// How long after the lead came in, or entered the journey.
    pub within: Option<i64>,
    /// The journey that is credited with it.
    pub journey: Option<usize>,
}

/// Costs that are added up for each lead.
#[derive(Debug)]
pub struct CostSum {
    /// What for. What sources cost is no lead's.
    pub paid: Vec<Paid>,
    /// The journey that causes them.
    pub journey: Option<usize>,
}

/// What something is paid for: one of a kind, or in a sum with `None` all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paid {
    /// What is sent on a channel.
    Channel(Option<usize>),
    /// Records, audiences and calls of a system.
    System(Option<usize>),
    /// Tasks, by whom they are for.
    Task(Option<Sym>),
}

impl CostSum {
    /// Whether something that a journey pays for is part of it.
    pub fn holds(&self, journey: usize, paid: Paid) -> bool {
        let all = match paid {
            Paid::Channel(_) => Paid::Channel(None),
            Paid::System(_) => Paid::System(None),
            Paid::Task(_) => Paid::Task(None),
        };
        self.journey.is_none_or(|own| own == journey) && self.paid.iter().any(|own| *own == paid || *own == all)
    }
}

/// Compiles the KPIs.
pub fn compile(campaign: &Campaign, names: &mut Names<'_>, personas: &[Persona], segments: &[Segment]) -> Kpis {
    let mut kpis = Kpis::default();
    for (name, kpi) in &campaign.kpis {
        let cells = cells(kpi, campaign, personas, segments, names);
        let cells = cells.into_iter().map(|cell| with_sums(cell, &kpi.measure, &mut kpis, names)).collect();
        let (part, whole) = match &kpi.measure {
            Measure::Leads { which } => (which.when.as_ref(), None),
            Measure::Share { part, whole } => (Some(part), whole.when.as_ref()),
            Measure::Value { per, .. } | Measure::Cost { per, .. } => {
                (None, per.as_ref().and_then(|per| per.when.as_ref()))
            }
            Measure::Mails { .. } | Measure::Return { .. } => (None, None),
        };
        let (part, whole) = (names.optional(part, None), names.optional(whole, None));
        kpis.kpis.push(Kpi { name: name.clone(), kind: kind(&kpi.measure), part, whole, cells });
    }
    kpis
}

fn kind(measure: &Measure) -> Kind {
    match measure {
        Measure::Leads { .. } => Kind::Leads,
        Measure::Share { .. } => Kind::Share,
        Measure::Mails { metric, .. } => Kind::Mails(*metric),
        Measure::Value { value, per } => {
            let horizon = value.within_secs.filter(|_| per.is_some() && value.journey.is_none());
            Kind::Value { per: per.is_some(), matures: horizon.map(bounded) }
        }
        Measure::Cost { .. } => Kind::Cost,
        Measure::Return { .. } => Kind::Return,
    }
}

/// The whole, and one cell for each of what the KPI is shown by. Sums of money are still to come.
fn cells(
    kpi: &kpi::Kpi,
    campaign: &Campaign,
    personas: &[Persona],
    segments: &[Segment],
    names: &Names<'_>,
) -> Vec<Cell> {
    let persona = |name: &Name| personas.iter().position(|persona| persona.name == *name);
    let mut mails = MailFilter::default();
    let mut journey = None;
    match &kpi.measure {
        Measure::Mails { scope, .. } => {
            mails = MailFilter {
                content: scope.email.as_ref().or(scope.message.as_ref()).and_then(|name| names.content(name)),
                journey: scope.journey.as_ref().and_then(|name| names.journey(name)),
                topic: scope.topic.as_ref().and_then(|name| names.topic(name)),
                channel: scope.channel.map(Channel::number),
                persona: scope.persona.as_ref().map(persona),
                segment: scope.segment.as_ref().and_then(|name| names.segment(name)),
            };
        }
        Measure::Value { value, .. } | Measure::Return { value, .. } => {
            journey = value.journey.as_ref().and_then(|name| names.journey(name));
        }
        Measure::Cost { journey: of, .. } => journey = of.as_ref().and_then(|name| names.journey(name)),
        Measure::Leads { .. } | Measure::Share { .. } => {}
    }
    let mut only: Vec<Only> = journey.or(mails.journey).map(Only::Journey).into_iter().collect();
    only.extend(mails.persona.map(Only::Persona));
    only.extend(mails.segment.map(Only::Segment));
    let part = |name: &str, part: Only| {
        let mut cell = Cell { name: name.to_owned(), only: only.clone(), mails, amount: None, cost: None };
        cell.only.push(part);
        match part {
            Only::Persona(persona) => cell.mails.persona = cell.mails.persona.or(Some(persona)),
            Only::Segment(segment) => cell.mails.segment = cell.mails.segment.or(Some(segment)),
            Only::Journey(journey) => cell.mails.journey = cell.mails.journey.or(Some(journey)),
        }
        cell
    };
    let mut cells = vec![Cell { name: String::new(), only: only.clone(), mails, amount: None, cost: None }];
    match kpi.by {
        None => {}
        Some(By::Persona) => {
            cells.extend(personas.iter().enumerate().map(|(at, each)| part(&each.name, Only::Persona(Some(at)))));
            cells.push(part("no persona", Only::Persona(None)));
        }
        Some(By::Segment) => {
            cells.extend(segments.iter().enumerate().map(|(at, each)| part(&each.name, Only::Segment(at))));
        }
        Some(By::Journey) => {
            let order = campaign.journeys_in_order().into_iter().enumerate();
            cells.extend(order.map(|(at, (name, _))| part(name, Only::Journey(at))));
        }
    }
    cells
}

/// What a lead pays of a cost; `None` if no lead does.
fn paid(cost: &Cost, names: &mut Names<'_>) -> Option<Paid> {
    let Some(name) = &cost.name else {
        return match cost.kind {
            CostKind::Sources => None,
            CostKind::Channels => Some(Paid::Channel(None)),
            CostKind::Integrations => Some(Paid::System(None)),
            CostKind::Tasks => Some(Paid::Task(None)),
        };
    };
    match cost.kind {
        CostKind::Sources => None,
        CostKind::Channels => {
            let channel = Channel::ALL.into_iter().find(|channel| channel.word() == name)?;
            Some(Paid::Channel(Some(channel.number())))
        }
        CostKind::Integrations => names.system(name).map(|system| Paid::System(Some(system))),
        CostKind::Tasks => Some(Paid::Task(Some(names.texts.intern(name)))),
    }
}

/// Gives a cell its sums of money.
fn with_sums(mut cell: Cell, measure: &Measure, kpis: &mut Kpis, names: &mut Names<'_>) -> Cell {
    let journey = cell.only.iter().find_map(|only| match only {
        Only::Journey(journey) => Some(*journey),
        Only::Persona(_) | Only::Segment(_) => None,
    });
    let (value, cost) = match measure {
        Measure::Value { value, .. } => (Some(value), None),
        Measure::Cost { cost, .. } => (None, Some(cost)),
        Measure::Return { value, cost, .. } => (Some(value), Some(cost)),
        Measure::Leads { .. } | Measure::Share { .. } | Measure::Mails { .. } => (None, None),
    };
    if let Some(value) = value
        && let Some(event) = names.event(&value.event)
        && let Some(property) = names.property(&value.event, &value.property)
    {
        let filter = names.optional(value.filter.as_ref(), Some(&value.event));
        let within = value.within_secs.map(bounded);
        kpis.amounts.push(Amount { event, property, filter, within, journey });
        cell.amount = Some(kpis.amounts.len() - 1);
    }
    if let Some(costs) = cost {
        let paid = costs.iter().filter_map(|cost| paid(cost, names)).collect();
        kpis.costs.push(CostSum { paid, journey });
        cell.cost = Some(kpis.costs.len() - 1);
    }
    cell
}
