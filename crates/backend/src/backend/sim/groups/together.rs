//! Runs of several plans with the same leads and the same chance, side by side, so that they can be compared lead by
//! lead (common random numbers).
//!
//! In: plans, leads. Out: the outcome of each, and for each rate the sums of products that paired intervals need. Never:
//! more of the leads in memory than a batch, unless a sender's quota ties them together.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::{Section, walk};
use crate::backend::sim::engine::Engine;
use crate::backend::sim::outcome::{Figures, Outcome, Parameters};
use crate::backend::sim::program::Program;
use crate::backend::sim::quota::pools;
use crate::backend::sim::rows::Shape;
use crate::backend::sim::{BATCH, CHUNK, Located, Options, Parts, Run, SimError, frame, pool};
use crate::ir::Row;
use crate::plan::Plan;

/// What came of plans that were run together.
#[derive(Clone, Debug)]
pub struct Together {
    /// Of each plan, in the order in which they were given.
    pub outcomes: Vec<Outcome>,
    /// Of each plan but the first: what differs from the first.
    pub against: Vec<Against>,
}

/// A plan beside the first.
#[derive(Clone, Debug, Default)]
pub struct Against {
    /// Pairs of leads; of pools of leads if a sender's quota ties them together.
    pub units: u64,
    /// Rates of either, in the order of the figures.
    pub rates: Vec<Paired>,
    /// Leads whose mails differ; `None` if a sender's quota ties leads together.
    pub changed: Option<Changed>,
}

/// Sums over leads of the two counts of a rate in both runs: x and y of the first, x and y of the second.
#[derive(Clone, Debug, Default)]
pub struct Paired {
    /// What it is about, its name, and the rate's.
    pub of: Option<(Section, String, &'static str)>,
    /// Sums.
    pub sums: [i128; 4],
    /// Sums of products.
    pub products: [[i128; 4]; 4],
    /// Places of the counts in both runs.
    places: [Option<(usize, usize)>; 2],
}

/// Leads by what they were sent in the second run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Changed {
    /// More mails and messages.
    pub more: u64,
    /// Fewer.
    pub fewer: u64,
    /// As many, but others.
    pub other: u64,
    /// The very same numbers of each.
    pub same: u64,
}

/// Rows of leads, one after the other.
pub type Rows<'r> = &'r mut (dyn Iterator<Item = Row> + Send);

/// Runs plans against the same leads, for as many days from the same start; those of the first plan where the options
/// leave them open. The seed of a run is that of the first unless it has one of its own.
///
/// `leads` are those of the first plan for all, or one for each plan: then rows at the same place are the same people, as
/// each plan reads them.
///
/// # Errors
/// As a single run.
pub fn together(
    plans: &[(&Plan, Option<u64>)],
    leads: &mut [Rows<'_>],
    options: &Options,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Together, SimError> {
    let Some((first, _)) = plans.first() else { return Ok(Together { outcomes: Vec::new(), against: Vec::new() }) };
    let (shared, _) = frame(first, options)?;
    let start = first.campaign.settings.simulation.start.as_deref().and_then(|text| text.parse().ok());
    let same = Options {
        start: options.start.or(start),
        start_secs: Some(shared.start),
        days: u32::try_from((shared.end - shared.start) / 86_400).ok(),
        seed: Some(shared.seed),
        trace: None,
        ..options.clone()
    };
    let mut programs: Vec<(Program, Parameters)> = Vec::new();
    for (plan, seed) in plans {
        let own = Options { seed: seed.or(same.seed), ..same.clone() };
        let (frame, parameters) = frame(plan, &own)?;
        programs.push((Program::compile(&plan.campaign, frame).map_err(SimError::Plan)?, parameters));
    }
    let rows = Shape::new(&[], &first.campaign);
    let programs_only = programs.iter().map(|(program, _)| program);
    let runs: Vec<Run<'_>> =
        programs_only.map(|program| Run { program, options: &same, progress, rows: &rows }).collect();
    let side = Side { layouts: runs.iter().map(|run| layout(run.program)).collect(), runs };
    let all = match options.threads {
        None => side.all(leads)?,
        Some(threads) => {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.max(1)).build();
            pool.map_err(|error| SimError::Threads(error.to_string()))?.install(|| side.all(leads))?
        }
    };
    let (cell, parts) = all;
    let read = (0..programs.len()).filter_map(|number| parts.get(number).or(parts.first()));
    let outcomes =
        cell.figures.into_iter().zip(&programs).zip(read).map(|((figures, (program, parameters)), parts)| {
            let mut figures = figures;
            figures.leads.read = parts.0.leads.read;
            figures.leads.refused = parts.0.leads.refused.clone();
            figures.journeys.0.truncate(program.permission.flows);
            figures.leads.read -= figures.leads.arrived;
            same.traffic.iter().for_each(|traffic| figures.acquisition.pass(traffic));
            figures.acquisition.close(program);
            let (run, refused_rows) = (parameters.clone(), parts.1.clone());
            Outcome { run, figures, refused_rows, trace: None, facts: Vec::new(), log: None }
        });
    Ok(Together { outcomes: outcomes.collect(), against: cell.against })
}

/// Whose rate it is, and which.
type RateName = (Section, String, &'static str);

/// Where the counts of rates and of mails stand among all counts.
struct Layout {
    rates: Vec<(RateName, (usize, usize))>,
    /// What can be sent, by name.
    sent: BTreeMap<(Section, String), usize>,
}

fn layout(program: &Program) -> Layout {
    let figures = Figures::empty(program);
    let mut found = Layout { rates: Vec::new(), sent: BTreeMap::new() };
    let mut first = 0;
    walk(&figures, &mut |section, name, counts| {
        for &(rate, x, y) in section.rates() {
            found.rates.push(((section, name.to_owned(), rate), (first + x, first + y)));
        }
        if matches!(section, Section::Emails | Section::Messages) {
            found.sent.insert((section, name.to_owned()), first + 1);
        }
        first += counts.len();
    });
    found
}

/// The runs beside each other.
struct Side<'a> {
    runs: Vec<Run<'a>>,
    layouts: Vec<Layout>,
}

/// What some leads gave.
struct Cell {
    figures: Vec<Figures>,
    against: Vec<Against>,
}

impl Side<'_> {
    fn all(&self, leads: &mut [Rows<'_>]) -> Result<(Cell, Vec<Parts>), SimError> {
        let first = &self.runs[0];
        let mut parts: Vec<Parts> =
            self.runs.iter().take(leads.len()).map(|run| (Figures::empty(run.program), Vec::new(), None)).collect();
        let mut sum = self.empty();
        let tied = self.runs.iter().any(|run| !run.program.quotas.senders.is_empty());
        let mut waiting: Vec<Vec<Located>> = leads.iter().map(|_| Vec::new()).collect();
        loop {
            let mut columns = Vec::new();
            for ((run, rows), parts) in self.runs.iter().zip(leads.iter_mut()).zip(&mut parts) {
                columns.push(run.column(*rows, parts)?);
            }
            let units = columns.iter().map(Vec::len).max().unwrap_or(0);
            if units == 0 {
                break;
            }
            if tied {
                waiting.iter_mut().zip(columns).for_each(|(all, more)| all.extend(more.into_iter().flatten()));
                continue;
            }
            let cells = chunks(columns, units).into_par_iter().map(|leads| self.cell(&leads));
            sum = add(sum, cells.reduce(|| self.empty(), add));
            (first.progress)(parts.first().map_or(0, |parts| parts.0.leads.read));
        }
        if tied {
            let count = pools(waiting.iter().map(Vec::len).max().unwrap_or(0) as u64);
            let divided: Vec<Vec<Vec<Located>>> = waiting.into_iter().map(|all| pool::divided(all, count)).collect();
            let cells = (0..count).into_par_iter().map(|number| {
                let place = usize::try_from(number).unwrap_or(0);
                let leads: Vec<&[Located]> = divided.iter().map(|all| all[place].as_slice()).collect();
                self.pool(&leads, (number, count))
            });
            sum = add(sum, cells.reduce(|| self.empty(), add));
        }
        Ok((sum, parts))
    }

    /// Nothing counted yet.
    fn empty(&self) -> Cell {
        let tied = self.runs.iter().any(|run| !run.program.quotas.senders.is_empty());
        let against = self.layouts.iter().skip(1).map(|layout| Against {
            units: 0,
            rates: matched(&self.layouts[0], layout),
            changed: (!tied).then(Changed::default),
        });
        Cell { figures: self.runs.iter().map(|run| Figures::empty(run.program)).collect(), against: against.collect() }
    }

    /// What leads give one by one; `leads` are those of each plan, or of the first for all.
    fn cell(&self, leads: &[Vec<Option<Located>>]) -> Cell {
        let mut cell = self.empty();
        let mut counted = Vec::new();
        for (number, (run, figures)) in self.runs.iter().zip(&mut cell.figures).enumerate() {
            let own = leads.get(number).or(leads.first()).map_or(&[][..], Vec::as_slice);
            let (found, rows) = one_by_one(run, own);
            *figures = found;
            counted.push(rows);
        }
        self.compare(&mut cell, &counted);
        cell
    }

    /// What the leads of a pool give together, by its number and how many there are.
    fn pool(&self, leads: &[&[Located]], of: (u64, u64)) -> Cell {
        let mut cell = self.empty();
        let mut counted = Vec::new();
        for (number, (run, figures)) in self.runs.iter().zip(&mut cell.figures).enumerate() {
            let own = leads.get(number).or(leads.first()).copied().unwrap_or_default();
            *figures = together_in(run, own, of);
            counted.push(vec![flat(figures)]);
        }
        self.compare(&mut cell, &counted);
        cell
    }

    /// Holds the counts of the other runs against those of the first.
    fn compare(&self, cell: &mut Cell, counted: &[Vec<Vec<i64>>]) {
        let Some((base, others)) = counted.split_first() else { return };
        for ((rows, against), layout) in others.iter().zip(&mut cell.against).zip(self.layouts.iter().skip(1)) {
            for (mine, theirs) in base.iter().zip(rows) {
                against.count(mine, theirs);
                if let Some(changed) = &mut against.changed {
                    changed.count((&self.layouts[0], mine), (layout, theirs));
                }
            }
        }
    }
}

impl Run<'_> {
    /// The next leads of one plan, by place; none where a row is refused.
    fn column(&self, rows: Rows<'_>, parts: &mut Parts) -> Result<Vec<Option<Located>>, SimError> {
        let mut column = Vec::new();
        for row in rows.take(BATCH) {
            match self.located(row) {
                Ok(lead) => column.push(Some(lead)),
                Err(row) => {
                    self.refuse(vec![row], parts)?;
                    column.push(None);
                }
            }
        }
        parts.0.leads.read += column.len() as u64;
        Ok(column)
    }
}

/// Leads in parts that one thread takes at a time, without places at which nobody is a lead.
fn chunks(columns: Vec<Vec<Option<Located>>>, units: usize) -> Vec<Vec<Vec<Option<Located>>>> {
    let plans = columns.len();
    let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
    let mut found: Vec<Vec<Vec<Option<Located>>>> = Vec::new();
    for _ in 0..units {
        let unit: Vec<Option<Located>> = columns.iter_mut().map(|column| column.next().flatten()).collect();
        if unit.iter().all(Option::is_none) {
            continue;
        }
        if found.last().and_then(|chunk| chunk.first()).is_none_or(|leads| leads.len() >= CHUNK) {
            found.push((0..plans).map(|_| Vec::with_capacity(CHUNK)).collect());
        }
        for (lead, leads) in unit.into_iter().zip(found.iter_mut().last().into_iter().flatten()) {
            leads.push(lead);
        }
    }
    found
}

/// The figures of the leads of a pool.
fn together_in(run: &Run<'_>, leads: &[Located], (number, count): (u64, u64)) -> Figures {
    if !run.program.quotas.senders.is_empty() {
        return run.pool(leads, number, count).0;
    }
    let mut engine = Engine::new(run.program);
    leads.iter().for_each(|(lead, zone)| engine.simulate(lead, Arc::clone(zone), false));
    engine.into_figures()
}

/// The figures of leads, and the counts of each; nothing of who is no lead.
fn one_by_one(run: &Run<'_>, leads: &[Option<Located>]) -> (Figures, Vec<Vec<i64>>) {
    let mut engine = Engine::new(run.program);
    let (mut rows, mut before) = (Vec::new(), Vec::new());
    for lead in leads {
        if let Some((lead, zone)) = lead {
            engine.simulate(lead, Arc::clone(zone), false);
        }
        let now = flat(&engine.figures);
        let since = |(at, count): (usize, &i64)| count - before.get(at).copied().unwrap_or(0);
        rows.push(now.iter().enumerate().map(since).collect());
        before = now;
    }
    (engine.into_figures(), rows)
}

fn flat(figures: &Figures) -> Vec<i64> {
    let mut counts = Vec::new();
    walk(figures, &mut |_, _, block| counts.extend_from_slice(block));
    counts
}

/// The rates of both, those of the first in its order, then what only the other has.
fn matched(first: &Layout, other: &Layout) -> Vec<Paired> {
    let theirs: BTreeMap<_, _> = other.rates.iter().map(|(of, places)| (of, *places)).collect();
    let mine: BTreeMap<_, _> = first.rates.iter().map(|(of, places)| (of, *places)).collect();
    let only = other.rates.iter().filter(|(of, _)| !mine.contains_key(of));
    let all = first.rates.iter().chain(only).map(|(of, _)| of);
    all.map(|of| Paired {
        of: Some(of.clone()),
        places: [mine.get(of).copied(), theirs.get(of).copied()],
        ..Paired::default()
    })
    .collect()
}

fn add(mut mine: Cell, theirs: Cell) -> Cell {
    mine.figures.iter_mut().zip(theirs.figures).for_each(|(mine, theirs)| mine.add(theirs));
    mine.against.iter_mut().zip(theirs.against).for_each(|(mine, theirs)| mine.add(theirs));
    mine
}

impl Against {
    fn count(&mut self, mine: &[i64], theirs: &[i64]) {
        self.units += 1;
        for rate in &mut self.rates {
            let of = |counts: &[i64], places: Option<(usize, usize)>| {
                places.map_or((0, 0), |(x, y)| (i128::from(counts[x]), i128::from(counts[y])))
            };
            let ((x, y), (x2, y2)) = (of(mine, rate.places[0]), of(theirs, rate.places[1]));
            let unit = [x, y, x2, y2];
            if unit == [0; 4] {
                continue;
            }
            for (row, value) in unit.iter().enumerate() {
                rate.sums[row] += value;
                rate.products[row].iter_mut().zip(unit).for_each(|(sum, other)| *sum += value * other);
            }
        }
    }

    fn add(&mut self, other: Against) {
        self.units += other.units;
        for (mine, theirs) in self.rates.iter_mut().zip(other.rates) {
            mine.sums.iter_mut().zip(theirs.sums).for_each(|(sum, more)| *sum += more);
            for (mine, theirs) in mine.products.iter_mut().zip(theirs.products) {
                mine.iter_mut().zip(theirs).for_each(|(sum, more)| *sum += more);
            }
        }
        if let (Some(mine), Some(theirs)) = (&mut self.changed, other.changed) {
            mine.more += theirs.more;
            mine.fewer += theirs.fewer;
            mine.other += theirs.other;
            mine.same += theirs.same;
        }
    }
}

impl Changed {
    fn count(&mut self, first: (&Layout, &[i64]), second: (&Layout, &[i64])) {
        let total = |(layout, counts): (&Layout, &[i64])| layout.sent.values().map(|at| counts[*at]).sum::<i64>();
        let of = |(layout, counts): (&Layout, &[i64]), name| layout.sent.get(name).map_or(0, |at| counts[*at]);
        let mut names = first.0.sent.keys().chain(second.0.sent.keys());
        match total(second).cmp(&total(first)) {
            std::cmp::Ordering::Greater => self.more += 1,
            std::cmp::Ordering::Less => self.fewer += 1,
            std::cmp::Ordering::Equal if names.any(|name| of(first, name) != of(second, name)) => self.other += 1,
            std::cmp::Ordering::Equal => self.same += 1,
        }
    }
}
