//! The plan compiled for speed: names are numbers, conditions are trees of numbers, and each event knows whom it
//! concerns.
//!
//! In: a plan and the frame of a run. Out: a [`Program`], which is only read from then on, by all threads. Never: the
//! state of a lead.

mod acquisition;
mod asked;
mod bounds;
mod builtin;
mod calendar;
mod catalog;
mod chain;
mod channel;
mod condition;
mod event;
mod experiment;
mod group;
mod journey;
mod kpi;
mod links;
mod mail;
mod names;
mod outside;
mod people;
mod permission;
mod quota;
mod signs;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

pub use acquisition::{Acquisition, Carried};
pub use asked::{Asked, Part};
use bounds::{bounded, bounded_again, bounded_window};
pub use builtin::Builtin;
pub use calendar::{Calendars, Time};
pub use chain::{Chain, Test};
pub use channel::{Channel, Moments};
pub use condition::{Code, Cond, Deps, Past, Retention, arithmetic};
pub use event::{Concerns, Effect, Event, Property};
pub use experiment::{Experiment, Trial};
pub use group::{List, Segment};
pub use journey::{Action, Arm, Change, DRAWS, Entry, Journey, Make, Step, reason};
pub use kpi::{Cell, Kind as KpiKind, Kpi, Kpis, MailFilter, Only, Paid};
pub use mail::{Content, Frequency, Gates, Limits, Topic};
use names::Names;
pub use outside::{Audience, Given, Outcome, System};
pub use people::{AfterTime, Cause, Does, Grading, Lifecycle, Model, Move, Persona};
pub use permission::{Permission, Sunset};
pub use quota::{Quotas, UNLIMITED, midnight};
pub use signs::Signs;

use super::chance;
use super::civil::{DAY, Moment, Zone};
use super::step_counts::number_ways;
use super::value::{Slot, Texts};
use crate::ir::{Campaign, Lead, Sendings};

/// The frame of a run, with nothing left open.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// First instant.
    pub start: i64,
    /// First instant after the run.
    pub end: i64,
    /// Seed of all chance.
    pub seed: u64,
}

impl Frame {
    /// How many days of 24 hours the run has.
    pub fn days(self) -> usize {
        usize::try_from((self.end - self.start) / DAY).unwrap_or(0)
    }
}

/// A compiled plan.
#[derive(Debug)]
pub struct Program {
    /// When, and with which seed.
    pub frame: Frame,
    /// Texts that the plan names.
    pub texts: Texts,
    /// Events, by name.
    pub events: Vec<Event>,
    /// Events that the engine makes.
    pub builtin: Builtin,
    /// Properties of events that the plan makes.
    pub payloads: Vec<Vec<Slot>>,
    /// Number of the field `email`, for the members of lists.
    pub email_field: Option<usize>,
    /// Number of the field `timezone`.
    pub timezone_field: Option<usize>,
    /// Number of the field `created_at`.
    pub created_field: Option<usize>,
    /// Names of fields.
    pub fields: Vec<String>,
    /// Personas; a lead's is the first that matches.
    pub personas: Vec<Persona>,
    /// What personas do besides.
    pub does: Vec<Does>,
    /// Scoring models, by name.
    pub models: Vec<Model>,
    /// Number of scoring rules that have a limit.
    pub limits: usize,
    /// Grading models, by name.
    pub gradings: Vec<Grading>,
    /// The lifecycle.
    pub lifecycle: Lifecycle,
    /// Segments, none before one that it asks for.
    pub segments: Vec<Segment>,
    /// Lists, by name.
    pub lists: Vec<List>,
    /// Topics, by name.
    pub topics: Vec<Topic>,
    /// Channels, by number.
    pub channels: Vec<Channel>,
    /// What can be sent: the emails, by name, then the messages, by name.
    pub contents: Vec<Content>,
    /// Number of emails among them.
    pub emails: usize,
    /// Limits for all that is sent.
    pub policies: Limits,
    /// Systems at the other end, by name.
    pub systems: Vec<System>,
    /// Lists as systems have them, in the order in which steps name them.
    pub audiences: Vec<Audience>,
    /// What may come of steps.
    pub outcomes: Vec<Outcome>,
    /// Of each field, the channels of whose address it is a part.
    pub addressed: Vec<Vec<usize>>,
    /// The channels that have addresses.
    pub addressable: Vec<usize>,
    /// What leads allow.
    pub permission: Permission,
    /// Journeys, in the order in which they are tried; last those that ask for confirmations.
    pub journeys: Vec<Journey>,
    /// Sources, pages and forms.
    pub acquisition: Acquisition,
    /// Experiments, by name.
    pub experiments: Vec<Experiment>,
    /// KPIs.
    pub kpis: Kpis,
    /// Who agreed to be tracked, if that matters.
    pub tracking: Option<Cond>,
    /// Events that need this consent.
    pub tracked: Vec<usize>,
    /// Number of steps of all journeys.
    pub steps: usize,
    /// Number of ways from all steps.
    pub ways: usize,
    /// What segments depend on.
    pub of_segments: Deps,
    /// What ways out of journeys depend on.
    pub of_exits: Deps,
    /// Whether moves ask for membership in segments.
    pub moves_ask_segments: bool,
    /// What the conditions depend on that every cascade asks.
    pub watched: Deps,
    /// Whether some step waits for a condition.
    pub awaits_conditions: bool,
    /// Whether the time from the entry to each step is taken.
    pub timed: bool,
    /// Whether timelines tell the past alone.
    pub past_only: bool,
    /// Splits whose arms a log can tell.
    pub signs: Vec<Signs>,
    /// What logs tell as sent.
    pub told_contents: BTreeSet<usize>,
    /// Last second of which they tell a sending.
    pub told_until: i64,
    /// The journey that is asked about, if one is.
    pub asked: Option<Asked>,
    /// Midnights of the project in the run, after its start.
    pub midnights: Vec<i64>,
    /// How many mails senders may send.
    pub quotas: Quotas,
    /// When leads are most likely to read whose persona does not say it.
    pub best_time: Option<Moment>,
    /// The project's time zone.
    pub project_zone: Arc<Zone>,
    zones: RwLock<HashMap<String, Option<Arc<Zone>>>>,
}

/// Why a plan cannot be compiled.
pub type Fault = String;

impl Program {
    /// Compiles a campaign.
    ///
    /// # Errors
    /// In words, if the project's time zone is unknown or a local time of the plan is none.
    pub fn compile(campaign: &Campaign, frame: Frame) -> Result<Program, Fault> {
        Program::compile_asked(campaign, frame, None)
    }

    /// Compiles a campaign of which a journey is asked about.
    ///
    /// # Errors
    /// As [`Program::compile`], and if there is no such journey.
    pub fn compile_asked(campaign: &Campaign, frame: Frame, asked: Option<&str>) -> Result<Program, Fault> {
        let zone = &campaign.settings.timezone;
        let project_zone = Zone::load(zone, frame.start, frame.end);
        let project_zone = Arc::new(project_zone.ok_or_else(|| format!("unknown project time zone `{zone}`"))?);
        let mut names = Names::of(campaign);
        let calendars = Calendars::compile(campaign, &project_zone, frame)?;
        let mut journeys = journey::compile(campaign, &mut names, &project_zone, &calendars)?;
        let (personas, does) = people::personas(campaign, &mut names, &calendars)?;
        let (models, limits) = people::models(campaign, &mut names);
        let gradings = people::gradings(campaign, &mut names);
        let lifecycle = people::lifecycle(campaign, &mut names);
        let segments = group::segments(campaign, &mut names, &journeys);
        let topics = mail::topics(campaign, &mut names);
        let contents = mail::contents(campaign, &mut names)?;
        let kpis = kpi::compile(campaign, &mut names, &personas, &segments);
        let tracking = campaign.tracking.as_ref().map(|tracking| names.condition(&tracking.consent, None));
        let tracked = campaign.tracking.iter().flat_map(|tracking| &tracking.events);
        let tracked: Vec<usize> = tracked.filter_map(|event| names.event(event)).collect();
        let builtin = builtin::builtin(&names);
        let channels = channel::channels(campaign, &mut names, builtin, &calendars)?;
        let acquisition = acquisition::compile(campaign, &mut names);
        let experiments = experiment::compile(campaign, &mut names)?;
        let mut watched = links::watched(&journeys, &lifecycle, &segments);
        watched |= experiment::watched(&experiments);
        let of_moves = links::of_moves(&lifecycle);
        watched |= if lifecycle.by_condition { of_moves.or(Deps::STAGE) } else { Deps::NONE };
        let permission = permission::permission(campaign, &mut names, journeys.len())?;
        let asked = asked.map(|asked| Asked::compile(campaign, &mut names, asked)).transpose()?;
        let steps = journeys.iter().map(|journey| journey.steps.len()).sum();
        journeys.extend(permission::flows(campaign, &mut names, steps)?);
        let midnights = midnights(&project_zone, frame);
        let mut program = Program {
            frame,
            best_time: people::best_time(None, campaign, &calendars)?,
            quotas: quota::quotas(campaign, &contents, &project_zone, frame),
            builtin,
            email_field: names.field("email"),
            timezone_field: names.field("timezone"),
            created_field: names.field("created_at"),
            fields: campaign.fields.keys().cloned().collect(),
            permission,
            emails: campaign.emails.len(),
            addressed: addressed(campaign.fields.len(), &channels),
            addressable: (0..channels.len()).filter(|number| channels[*number].address.is_some()).collect(),
            channels,
            systems: outside::systems(campaign, &mut names),
            audiences: names.audiences.drain(..).collect(),
            outcomes: names.outcomes.drain(..).collect(),
            policies: mail::limits_of(campaign, &project_zone, &topics, &contents),
            lists: group::lists(campaign),
            events: event::events(campaign, &names),
            payloads: names.payloads,
            texts: names.texts,
            tracking,
            tracked,
            steps: journeys.iter().map(|journey| journey.steps.len()).sum(),
            ways: number_ways(&mut journeys),
            timed: false,
            past_only: false,
            signs: Vec::new(),
            told_contents: BTreeSet::new(),
            told_until: i64::MIN,
            of_segments: links::of_segments(&segments),
            of_exits: links::of_exits(&journeys),
            moves_ask_segments: of_moves.meets(Deps::SEGMENTS),
            watched,
            asked,
            awaits_conditions: journeys.iter().any(|journey| journey.awaited().next().is_some()),
            midnights,
            zones: RwLock::new(HashMap::from([(zone.clone(), Some(Arc::clone(&project_zone)))])),
            project_zone,
            acquisition,
            personas,
            does,
            models,
            limits,
            gradings,
            lifecycle,
            segments,
            topics,
            contents,
            journeys,
            experiments,
            kpis,
        };
        program.connect(watched);
        program.place_gates();
        Ok(program)
    }

    /// The number of the project's local day at an instant of the run, from 0; too large before its start. What comes in the
    /// last hour of a run in which clocks are set forward counts for its last day.
    pub fn day(&self, at: i64) -> usize {
        let Ok(about) = usize::try_from((at - self.frame.start).div_euclid(DAY)) else { return usize::MAX };
        // Clocks are set by less than a day.
        let has_begun = |day: usize| {
            let midnight = day.checked_sub(1).and_then(|before| self.midnights.get(before));
            midnight.is_some_and(|midnight| *midnight <= at)
        };
        let day = match () {
            () if has_begun(about + 1) => about + 1,
            () if about > 0 && !has_begun(about) => about - 1,
            () => about,
        };
        day.min(self.frame.days().saturating_sub(1))
    }

    /// Daily ticks; none if nothing depends on time.
    pub fn ticks(&self) -> &[i64] {
        if self.watched.meets(Deps::TIME) { &self.midnights } else { &[] }
    }

    /// Learns what logs tell of sendings, where leads have timelines.
    pub fn take_sendings(&mut self, sendings: &Sendings) {
        self.signs = signs::signs(&self.journeys[..self.permission.flows]);
        let named = sendings.names.iter();
        self.told_contents =
            named.filter_map(|name| self.contents.iter().position(|content| content.name == *name)).collect();
        self.told_until = sendings.last_secs;
    }

    /// The place of a step's timers within a second: requests for confirmations belong to no journey.
    pub fn place_of_timer(&self, journey: usize, step: usize) -> (usize, usize) {
        let rank = if journey >= self.permission.flows { 0 } else { journey + 1 };
        (rank, step + 1)
    }

    /// The zone of an IANA name; each name is looked up once.
    pub fn zone(&self, name: &str) -> Option<Arc<Zone>> {
        if let Some(zone) = self.zones.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return zone.clone();
        }
        let zone = Zone::load(name, self.frame.start, self.frame.end).map(Arc::new);
        self.zones.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), zone.clone());
        zone
    }

    /// The zone of a lead: its own, else the project's. `None` if its own does not exist.
    pub fn zone_of(&self, lead: &Lead) -> Option<Arc<Zone>> {
        let value = self.timezone_field.and_then(|field| lead.values.get(field)).and_then(Option::as_ref);
        match value.map(|value| self.texts.slot(value)) {
            Some(slot) => slot.text(&self.texts).and_then(|name| self.zone(name)),
            None => Some(Arc::clone(&self.project_zone)),
        }
    }
}

/// Midnights of the project after the start.
fn midnights(zone: &Zone, frame: Frame) -> Vec<i64> {
    (zone.date(frame.start)..=zone.date(frame.end))
        .map(|day| zone.first(day * DAY))
        .filter(|at| frame.start < *at && *at < frame.end)
        .collect()
}

/// Of each field, the channels of whose address it is a part.
fn addressed(fields: usize, channels: &[Channel]) -> Vec<Vec<usize>> {
    let mut addressed = vec![Vec::new(); fields];
    for channel in channels {
        for field in channel.address.iter().flatten() {
            addressed[*field].push(channel.kind.number());
        }
    }
    addressed
}

/// The key of chance of a name.
fn chance_key(parts: &[&str]) -> u64 {
    chance::key(parts)
}
