//! The simulator: runs a plan against leads.
//!
//! In: a plan, leads one after the other, a few options. Out: an [`Outcome`], plain figures. Never: files, the machine's
//! clock, a random number that is not a function of seed and lead, one lead's influence on another but by way of a
//! sender's quota.
//!
//! | file | what it does |
//! |---|---|
//! | `program` | compiles the plan once: names become numbers |
//! | `engine` | the run of one lead: its agenda, from its coming in to the end |
//! | `cascade` | what one event does, in eight phases |
//! | `steps` | entering, steps and leaving |
//! | `send` | gates, holds and rounds of competing mails |
//! | `quota`, `pool` | the gate of a sender's quota, and leads that take turns because they share one |
//! | `best_time` | when personas are most likely to read |
//! | `acquisition` | visits, forms begun and sent, touches of sources |
//! | `catalog` | purchases, and what is recommended |
//! | `behavior` | deliveries, reactions, what personas do |
//! | `permission` | what leads allow: consent, confirmation, preferences, sunset |
//! | `replay` | the same, as a timeline tells it instead of draws |
//! | `told`, `told_arms` | what a timeline tells of what was really sent, and of arms by it |
//! | `tracking` | which of a lead's behaviour may be recorded |
//! | `agenda`, `queue` | what is to come of a lead, by time, and what is handled at this second |
//! | `lead`, `members`, `ask`, `value` | the state of a lead, and answers to conditions about it |
//! | `civil`, `work_days`, `chance` | local time, days that are worked, and keyed draws |
//! | `groups` | sums of squares over groups of leads, for intervals |
//! | `reach` | whom journeys reach, and which overlap |
//! | `measures` | KPIs, and mails by what they belong to |
//! | `outside` | tasks, records, audiences, and what comes of them |
//! | `outcome`, `costs`, `trace`, `facts`, `rows` | figures, timelines, tables |
//! | `why` | what keeps a lead out of the journey that is asked about |
//!
//! Orders that the meaning of campaigns leaves open are settled here once:
//! the end of a `wait_for` comes after the other timers of its second, so that an event of that very second counts;
//! what a persona does after an event is decided once segments are evaluated; and the end of a wait is a cascade of its
//! own, so that conditions on time take a lead out before its next step.

mod acquisition;
mod agenda;
mod ask;
mod behavior;
mod best_time;
mod cascade;
mod catalog;
mod chance;
mod civil;
mod costs;
mod engine;
mod facts;
mod groups;
mod lead;
mod measures;
mod members;
mod outcome;
mod outside;
mod permission;
mod pool;
mod program;
mod queue;
mod quota;
mod reach;
mod replay;
mod rows;
mod send;
mod step_counts;
mod steps;
mod told;
mod told_arms;
mod trace;
mod tracking;
mod value;
mod why;
mod work_days;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

pub use acquisition::{AcquisitionFigures, AmountFigures, Credit, FormFigures, SourceFigures, VariantFigures};
pub use catalog::{CatalogFigures, ItemFigures};
pub use costs::{CostFigures, Spent};
pub use facts::{Drawn, Fact, Noted, Way};
pub use groups::{Against, Changed, GroupSums, Paired, Section, Spread, Together, spreads, together};
pub use measures::{ArmFigures, ExperimentFigures, KpiFigures, Pairs, Tallies, Tally};
pub use outcome::{
    AudienceFigures, Busiest, ContactFigures, EmailFigures, Figures, JourneyFigures, LeadFigures, LeftFigures,
    MailFigures, Named, Outcome, Parameters, PersonaFigures, REFUSED_ROWS_KEPT, ReplayFigures, ScoreFigures,
    SegmentFigures, SenderDay, SenderFigures, StageFigures, StepFigures, ToldFigures, nothing_told,
};
pub use permission::{ConsentFigures, EngagementFigures, MarketFigures, TopicFigures};
pub use reach::ReachFigures;
pub use rows::{Cells, LeadRows, RowKind, columns};
pub use trace::{TraceLine, What};

pub use crate::ir::{EntryRefusal, Skip};
use crate::ir::{Lead, Refusal, RefusedRow, Row, Sendings, Traffic};
use crate::plan::Plan;
use civil::{DAY, Zone, to_days};
use engine::Engine;
use groups::{Buckets, Meter};
use outcome::bump;
use program::{Frame, Program};
use quota::Book;
use rows::Shape;

/// Rows that are read before they are run together.
const BATCH: usize = 8_192;

/// Leads that one thread takes at a time.
const CHUNK: usize = 256;

/// Longest run, in days: a hundred years.
const MOST_DAYS: u32 = 36_525;

/// Runs a plan against leads. The same plan, leads, start, days and seed give the same outcome, on any number of
/// threads. `progress` is told now and then how many rows are done.
///
/// # Errors
/// If there is no start, the run is too long, the plan cannot be run, or a row is refused although `strict` is set.
pub fn run(
    plan: &Plan,
    leads: &mut (dyn Iterator<Item = Row> + Send),
    options: &Options,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Outcome, SimError> {
    run_with_rows(plan, leads, options, progress, (&[], &mut |_| Ok(())))
}

/// Runs a plan against leads as [`run`] does, and hands on rows of these kinds while it goes on: lead by lead, in the order
/// in which leads come, on any number of threads. Where leads share a sender's quota, rows come at the end.
///
/// # Errors
/// As those of [`run`]; if rows are not taken, in the words of who does not take them.
pub fn run_with_rows(
    plan: &Plan,
    leads: &mut (dyn Iterator<Item = Row> + Send),
    options: &Options,
    progress: &(dyn Fn(u64) + Sync),
    (kinds, take): (&[RowKind], &mut TakeRows<'_>),
) -> Result<Outcome, SimError> {
    let (frame, parameters) = frame(plan, options)?;
    let compiled = Program::compile_asked(&plan.campaign, frame, options.asked.as_deref());
    let mut program = compiled.map_err(SimError::Plan)?;
    program.timed = options.timed;
    program.past_only = options.past_only;
    options.sendings.iter().for_each(|sendings| program.take_sendings(sendings));
    let rows = Shape::new(kinds, &plan.campaign);
    let run = Run { program: &program, options, progress, rows: &rows };
    let (mut figures, refused_rows, trace) = match options.threads {
        None => run.leads(leads, take)?,
        Some(threads) => {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.max(1)).build();
            pool.map_err(|error| SimError::Threads(error.to_string()))?.install(|| run.leads(leads, take))?
        }
    };
    let (trace, facts) = trace.map_or((None, Vec::new()), |(lines, facts)| (Some(lines), facts));
    // Requests for confirmations are no journeys of the campaign.
    figures.journeys.0.truncate(program.permission.flows);
    // Those who came by sources were read from nowhere.
    figures.leads.read -= figures.leads.arrived;
    options.traffic.iter().for_each(|traffic| figures.acquisition.pass(traffic));
    figures.acquisition.close(&program);
    Ok(Outcome { run: parameters, figures, refused_rows, trace, facts, log: None })
}

/// A plan made ready to be run by leads of many timelines, for searches: what comes of them is data, and there are no figures.
#[derive(Debug)]
pub struct Watch {
    program: Program,
}

impl Watch {
    /// Makes a plan ready.
    ///
    /// # Errors
    /// If there is no start, the run is too long, or the plan cannot be run.
    pub fn new(plan: &Plan, options: &Options) -> Result<Watch, SimError> {
        let (frame, _) = frame(plan, options)?;
        Ok(Watch { program: Program::compile(&plan.campaign, frame).map_err(SimError::Plan)? })
    }

    /// Somebody who plays one lead after the other.
    pub fn player(&self) -> Player<'_> {
        Player { engine: Engine { in_words: false, has_figures: false, ..Engine::new(&self.program) } }
    }

    /// Plays leads one after the other and shows what came of each.
    ///
    /// # Errors
    /// As [`Player::play`].
    pub fn run(&self, leads: &[Lead], seen: &mut dyn FnMut(usize, &[Noted])) -> Result<(), SimError> {
        let mut player = self.player();
        leads.iter().enumerate().try_for_each(|(number, lead)| {
            seen(number, &player.play(lead)?);
            Ok(())
        })
    }
}

/// Plays leads of a plan that is ready, and uses the same memory for each.
pub struct Player<'w> {
    engine: Engine<'w>,
}

impl Player<'_> {
    /// What comes of a lead. It has the senders' quotas to itself.
    ///
    /// # Errors
    /// If its time zone does not exist.
    pub fn play(&mut self, lead: &Lead) -> Result<Vec<Noted>, SimError> {
        let program = self.engine.program;
        let zone = program.zone_of(lead).ok_or_else(|| SimError::Refused(unknown_zone(lead)))?;
        self.engine.book = Book::new(program, 0, 1);
        self.engine.simulate(lead, zone, true);
        Ok(std::mem::take(&mut self.engine.facts))
    }
}

/// Makes a plan ready, and runs leads.
///
/// # Errors
/// As [`Watch`].
pub fn watch(
    plan: &Plan,
    leads: &[Lead],
    options: &Options,
    seen: &mut dyn FnMut(usize, &[Noted]),
) -> Result<(), SimError> {
    Watch::new(plan, options)?.run(leads, seen)
}

/// Who takes rows of leads. The error is in words.
pub type TakeRows<'a> = dyn FnMut(Vec<LeadRows>) -> Result<(), String> + Send + 'a;

/// How to run. What is not given comes from the plan's settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// First day; the run begins at its midnight in the project's time zone.
    pub start: Option<jiff::civil::Date>,
    /// First instant, in seconds since 1970-01-01T00:00:00Z, if it is not that midnight.
    pub start_secs: Option<i64>,
    /// Length in days of 24 hours; 90 if it is given nowhere.
    pub days: Option<u32>,
    /// Seed of all chance; 1 if it is given nowhere.
    pub seed: Option<u64>,
    /// Number of threads; as many as the machine has processors if not given.
    pub threads: Option<usize>,
    /// Id of a lead whose whole timeline is wanted.
    pub trace: Option<String>,
    /// Visitors who did not become leads, where visitors come by the plan's sources.
    pub traffic: Option<Traffic>,
    /// What logs tell of sendings, where leads have timelines: arms of splits are told by it.
    pub sendings: Option<Sendings>,
    /// A journey of which the timeline says in detail why the lead does not enter.
    pub asked: Option<String>,
    /// Whether the time from the entry to each step is taken.
    pub timed: bool,
    /// Whether timelines tell the past of leads alone, and what they do in the run is drawn: for a forecast to be held
    /// against what really happened.
    pub past_only: bool,
    /// Whether a refused row stops the run.
    pub strict: bool,
}

/// Why there is no outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SimError {
    /// Neither options nor settings say when to start.
    NoStart,
    /// The settings' start is no date.
    BadStart(String),
    /// The number of days is out of range.
    BadDays(u32),
    /// The plan cannot be run; in words.
    Plan(String),
    /// With `strict`: the first refused row.
    Refused(RefusedRow),
    /// The system gives no threads; its words.
    Threads(String),
    /// Rows are not taken; in words.
    Rows(String),
}

impl fmt::Display for SimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SimError::NoStart => f.write_str(
                "the simulation has no first day; set `simulation.start` in `tabiji.yaml`, or give one on the command line",
            ),
            SimError::BadStart(text) => write!(f, "the simulation's first day `{text}` is no date such as `2026-04-01`"),
            SimError::BadDays(days) => write!(f, "a simulation runs from 1 to {MOST_DAYS} days, not {days}"),
            SimError::Plan(words) => write!(f, "the plan cannot be run: {words}"),
            SimError::Refused(row) if row.line == 0 => write!(f, "a lead was refused: {}", row.message),
            SimError::Refused(row) => {
                let of = if row.file.is_some() { "" } else { " of the leads" };
                write!(f, "{}{of} was refused: {}", row.place(), row.message)
            },
            SimError::Rows(words) => f.write_str(words),
            SimError::Threads(words) => write!(f, "no threads to run on: {words}"),
        }
    }
}

impl std::error::Error for SimError {}

/// First instant of a run, first instant after it, and the seed of all its chance.
///
/// # Errors
/// If there is no start, or the run is too long.
pub fn period(plan: &Plan, options: &Options) -> Result<(i64, i64, u64), SimError> {
    frame(plan, options).map(|(frame, _)| (frame.start, frame.end, frame.seed))
}

/// Decides when the run begins and ends.
fn frame(plan: &Plan, options: &Options) -> Result<(Frame, Parameters), SimError> {
    let settings = &plan.campaign.settings;
    let given = settings.simulation.start.as_deref();
    let start = match (options.start, given) {
        (Some(start), _) => start,
        (None, Some(text)) => text.parse().map_err(|_| SimError::BadStart(text.to_owned()))?,
        (None, None) => return Err(SimError::NoStart),
    };
    let days = options.days.or(settings.simulation.days).unwrap_or(90);
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(SimError::BadDays(days));
    }
    let midnight = to_days(i64::from(start.year()), i64::from(start.month()), i64::from(start.day())) * DAY;
    let zone = Zone::load(&settings.timezone, midnight - 2 * DAY, midnight + 2 * DAY)
        .ok_or_else(|| SimError::Plan(format!("unknown project time zone `{}`", settings.timezone)))?;
    let first = options.start_secs.unwrap_or_else(|| zone.first(midnight));
    let seed = options.seed.or(settings.simulation.seed).unwrap_or(1);
    let frame = Frame { start: first, end: first + i64::from(days) * DAY, seed };
    let parameters = Parameters { start: start.to_string(), start_secs: first, days, seed, plan: plan.hash.clone() };
    Ok((frame, parameters))
}

/// What one run has at hand.
struct Run<'a> {
    program: &'a Program,
    options: &'a Options,
    progress: &'a (dyn Fn(u64) + Sync),
    /// Which rows are wanted.
    rows: &'a Shape,
}

/// The figures, the first refused rows and the timeline.
type Parts = (Figures, Vec<RefusedRow>, Option<Traced>);

/// What came of some leads besides figures: the timeline that was asked for, rows.
type Ran = (Option<Traced>, Vec<LeadRows>);

/// The timeline of the lead that was asked for, in words and as data.
type Traced = (Vec<TraceLine>, Vec<Noted>);

impl Run<'_> {
    /// Runs the leads one by one, or together if a sender's quota is between them.
    fn leads(&self, leads: &mut (dyn Iterator<Item = Row> + Send), take: &mut TakeRows<'_>) -> Result<Parts, SimError> {
        if self.program.quotas.senders.is_empty() { self.all(leads, take) } else { self.pooled(leads, take) }
    }

    /// Runs all leads, batch by batch: while one is run, the next is read, and the rows of the one before are written.
    fn all(&self, leads: &mut (dyn Iterator<Item = Row> + Send), take: &mut TakeRows<'_>) -> Result<Parts, SimError> {
        let mut parts: Parts = (Figures::empty(self.program), Vec::new(), None);
        let workers: Vec<Mutex<Worker<'_>>> =
            (0..rayon::current_num_threads()).map(|_| Mutex::new(Worker::new(self.program))).collect();
        let mut batch = self.read(leads);
        // Of few leads, each is a group.
        let buckets = (batch.read == BATCH as u64).then(Buckets::empty);
        let mut rows = Vec::new();
        while batch.read > 0 {
            parts.0.leads.read += batch.read;
            self.refuse(batch.refused, &mut parts)?;
            let done = std::mem::take(&mut rows);
            let rest = || (self.read(leads), hand_on(done, take));
            let ((trace, more), (next, taken)) =
                rayon::join(|| self.batch(&workers, &batch.leads, buckets.as_ref()), rest);
            taken?;
            rows = more;
            parts.2 = parts.2.or(trace);
            (self.progress)(parts.0.leads.read);
            batch = next;
        }
        hand_on(rows, take)?;
        for worker in workers {
            parts.0.add(worker.into_inner().unwrap_or_else(PoisonError::into_inner).engine.into_figures());
        }
        if let Some(buckets) = buckets {
            parts.0.groups = buckets.sums(&parts.0);
        }
        Ok(parts)
    }

    /// Reads the rows of a batch, and sorts out those that are refused.
    fn read(&self, leads: &mut (dyn Iterator<Item = Row> + Send)) -> Batch {
        let mut batch = Batch::default();
        for row in leads.take(BATCH) {
            batch.read += 1;
            match self.located(row) {
                Ok(lead) => batch.leads.push(lead),
                Err(row) => batch.refused.push(row),
            }
        }
        batch
    }

    /// A lead with its time zone.
    fn located(&self, row: Row) -> Result<Located, RefusedRow> {
        let lead = row?;
        match self.program.zone_of(&lead) {
            Some(zone) => Ok((lead, zone)),
            None => Err(unknown_zone(&lead)),
        }
    }

    /// Counts refused rows.
    fn refuse(&self, refused: Vec<RefusedRow>, parts: &mut Parts) -> Result<(), SimError> {
        for row in refused {
            if self.options.strict {
                return Err(SimError::Refused(row));
            }
            bump(&mut parts.0.leads.refused, row.reason);
            if parts.1.len() < REFUSED_ROWS_KEPT {
                parts.1.push(row);
            }
        }
        Ok(())
    }

    /// Runs the leads of a batch; by the groups that they are in, if there are any.
    fn batch(&self, workers: &[Mutex<Worker<'_>>], leads: &[Located], buckets: Option<&Buckets>) -> Ran {
        // Each thread has its own, and takes up no other part while it runs one.
        let worker = || {
            let number = rayon::current_thread_index().unwrap_or(0);
            workers[number].lock().unwrap_or_else(PoisonError::into_inner)
        };
        let Some(buckets) = buckets else {
            let run = |chunk: &[Located]| {
                let (mut ran, Worker { engine, meter }) = (Ran::default(), &mut *worker());
                for lead in chunk {
                    self.one(engine, lead, &mut ran);
                    meter.end_group(&mut engine.figures);
                }
                ran
            };
            return leads.par_chunks(CHUNK).map(run).reduce(Ran::default, joined);
        };
        let (order, parts) = Buckets::order(leads.iter().map(|(lead, _)| lead.id.as_str()));
        let run = |part: std::ops::Range<usize>| {
            let (mut ran, Worker { engine, meter }) = (Ran::default(), &mut *worker());
            for group in order[part].chunk_by(|one, other| one.0 == other.0) {
                group.iter().for_each(|(_, place)| self.one(engine, &leads[*place], &mut ran));
                buckets.change(group[0].0, |counts| meter.end_part(&engine.figures, counts));
            }
            ran
        };
        let (trace, rows) = parts.into_par_iter().map(run).reduce(Ran::default, joined);
        let rows = if rows.is_empty() { rows } else { in_order(rows, leads.iter().map(|(lead, _)| lead.id.as_str())) };
        (trace, rows)
    }

    /// Runs a lead.
    fn one(&self, engine: &mut Engine<'_>, (lead, zone): &Located, (trace, rows): &mut Ran) {
        let traced = self.options.trace.as_ref() == Some(&lead.id);
        engine.in_words = traced;
        engine.simulate(lead, Arc::clone(zone), traced || self.rows.facts());
        rows.extend(self.rows.rows(engine));
        if traced {
            let facts = std::mem::take(&mut engine.facts);
            *trace = engine.trace.take().map(|lines| (lines, facts));
        }
    }
}

/// A lead with its time zone.
type Located = (Lead, Arc<Zone>);

/// Rows that were read together.
#[derive(Default)]
struct Batch {
    /// How many.
    read: u64,
    /// The leads.
    leads: Vec<Located>,
    /// Rows that are no leads, or leads of no time zone.
    refused: Vec<RefusedRow>,
}

/// What one thread runs leads with: its figures are added up at the end.
struct Worker<'a> {
    engine: Engine<'a>,
    meter: Meter,
}

impl<'a> Worker<'a> {
    fn new(program: &'a Program) -> Worker<'a> {
        Worker { engine: Engine::new(program), meter: Meter::default() }
    }
}

/// What came of two parts of the leads, the earlier one first.
fn joined((trace, mut rows): Ran, other: Ran) -> Ran {
    rows.extend(other.1);
    (trace.or(other.0), rows)
}

/// Rows in the order in which leads came.
fn in_order<'l>(mut rows: Vec<LeadRows>, order: impl Iterator<Item = &'l str>) -> Vec<LeadRows> {
    let places: HashMap<&str, usize> = order.enumerate().map(|(place, id)| (id, place)).collect();
    rows.sort_by_key(|row| places.get(row.id.as_str()).copied());
    rows
}

/// Hands rows on, if there are any.
fn hand_on(rows: Vec<LeadRows>, take: &mut TakeRows<'_>) -> Result<(), SimError> {
    if rows.is_empty() { Ok(()) } else { take(rows).map_err(SimError::Rows) }
}

/// A lead whose time zone does not exist. Readers refuse such rows with their line; leads that were made up have none.
fn unknown_zone(lead: &Lead) -> RefusedRow {
    let message = format!("the time zone of the lead `{}` does not exist", lead.id);
    RefusedRow::new(0, Refusal::UnknownTimezone, message)
}
