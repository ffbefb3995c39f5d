//! The plan compiled for speed: names are numbers, conditions are trees of numbers, and each event knows whom it
//! concerns.
//!
//! In: a plan and the frame of a run. Out: a [`Program`], which is only read from then on, by all threads. Never: the
//! state of a lead.

mod acquisition;
mod calendar;
mod catalog;
mod channel;
mod condition;
mod experiment;
mod journey;
mod kpi;
mod mail;
mod names;
mod outside;
mod people;
mod permission;
mod quota;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

pub use acquisition::{Acquisition, Carried};
pub use calendar::{Calendars, Time};
pub use channel::{Channel, Moments};
pub use condition::{Code, Cond, Deps, Past, Retention, arithmetic};
pub use experiment::{Experiment, Trial};
pub use journey::{Action, Change, Entry, Journey, Make, Step, reason};
pub use kpi::{Cell, Kind as KpiKind, Kpi, Kpis, MailFilter, Only, Paid};
pub use mail::{Content, Frequency, Limits, Topic};
use names::Names;
pub use outside::{Audience, Given, Outcome, System};
pub use people::{Cause, Does, Grading, Lifecycle, Model, Move, Persona};
pub use permission::{Permission, Sunset};
pub use quota::{Quotas, UNLIMITED, midnight};

use super::chance;
use super::civil::{DAY, Moment, Zone};
use super::value::{Slot, Texts};
use crate::ir::{Again, Campaign, Lead, Window};

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
    /// Whether some step waits for a condition.
    pub awaits_conditions: bool,
    /// Daily ticks; none if nothing depends on time.
    pub ticks: Vec<i64>,
    /// How many mails senders may send.
    pub quotas: Quotas,
    /// When leads are most likely to read whose persona does not say it.
    pub best_time: Option<Moment>,
    /// The project's time zone.
    pub project_zone: Arc<Zone>,
    zones: RwLock<HashMap<String, Option<Arc<Zone>>>>,
}

/// Something that happens to a lead, and whom it concerns.
#[derive(Debug)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// What its properties are.
    pub properties: Vec<Property>,
    /// Fields it sets, each from a property.
    pub sets: Vec<(usize, usize)>,
    /// Scoring rules: model and rule.
    pub rules: Vec<(usize, usize)>,
    /// Scoring models for whose decay it counts as activity.
    pub decays: Vec<usize>,
    /// Journeys it lets leads into, in order.
    pub entries: Vec<usize>,
    /// Sums of money that it adds to.
    pub amounts: Vec<usize>,
    /// What is kept of it.
    pub retention: Retention,
    /// What it does to subscriptions.
    pub effect: Effect,
    /// Markets in which it implies consent.
    pub implies: Vec<usize>,
    /// Whether it shows interest.
    pub wakes: bool,
    /// Whether it is a visit that messages wait for.
    pub visit: bool,
    /// Its number among those that need consent to be recorded, if it does.
    pub tracked: Option<usize>,
    /// Whether anything can change with it.
    pub used: bool,
}

/// What a property of an event is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Property {
    /// The mail.
    Email,
    /// The message.
    Message,
    /// Its channel.
    Channel,
    /// The list that is an audience.
    Audience,
    /// Its topic.
    Topic,
    /// The journey.
    Journey,
    /// Its step.
    Step,
    /// Kind of a bounce.
    Kind,
    /// Stage before.
    From,
    /// Stage after, or whom a task is for.
    To,
    /// Why a journey ended.
    Reason,
    /// Where a lead subscribed.
    Place,
    /// What a lead chose.
    Choice,
    /// A page.
    Page,
    /// A variant of a page.
    Variant,
    /// A source.
    Source,
    /// A form.
    Form,
    /// One of the project's own.
    Own(String),
}

/// What an event does to subscriptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    None,
    /// Subscribes.
    Subscribe,
    /// Confirms.
    Confirm,
    /// Unsubscribes.
    Unsubscribe,
    /// Ends all marketing.
    Complain,
    /// Chooses what the lead gets.
    Prefer,
}

/// Numbers of the events that the engine makes. They are called like the events.
#[derive(Clone, Copy, Debug, Default)]
pub struct Builtin {
    pub lead_created: usize,
    pub email_sent: usize,
    pub email_delivered: usize,
    pub email_bounced: usize,
    pub email_opened: usize,
    pub email_clicked: usize,
    pub message_sent: usize,
    pub message_delivered: usize,
    pub message_failed: usize,
    pub message_opened: usize,
    pub message_clicked: usize,
    pub unsubscribed: usize,
    pub complained: usize,
    pub subscription_confirmed: usize,
    pub subscription_expired: usize,
    pub preferences_changed: usize,
    pub engagement_changed: usize,
    pub stage_changed: usize,
    pub task_created: usize,
    pub synced: usize,
    pub webhook_called: usize,
    pub audience_added: usize,
    pub audience_removed: usize,
    pub subscribed: usize,
    pub visited: usize,
    pub form_started: usize,
    pub journey_entered: usize,
    pub journey_ended: usize,
}

/// A dynamic group.
#[derive(Debug)]
pub struct Segment {
    /// Its name.
    pub name: String,
    /// Who belongs to it.
    pub when: Cond,
    /// Journeys that becoming a member lets leads into.
    pub entries: Vec<usize>,
}

/// A static group.
#[derive(Debug)]
pub struct List {
    /// Its name.
    pub name: String,
    ids: Vec<String>,
    emails: Vec<String>,
}

impl List {
    /// Whether a lead belongs to it at first.
    pub fn holds(&self, id: &str, email: Option<&str>) -> bool {
        let listed = |texts: &[String], text: &str| texts.binary_search_by(|each| each.as_str().cmp(text)).is_ok();
        listed(&self.ids, id)
            || email.is_some_and(|email| !self.emails.is_empty() && listed(&self.emails, &email.to_lowercase()))
    }
}

/// Why a plan cannot be compiled.
pub type Fault = String;

impl Program {
    /// Compiles a campaign.
    ///
    /// # Errors
    /// In words, if the project's time zone is unknown or a local time of the plan is none.
    pub fn compile(campaign: &Campaign, frame: Frame) -> Result<Program, Fault> {
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
        let segments = segments(campaign, &mut names, &journeys);
        let topics = mail::topics(campaign, &mut names);
        let contents = mail::contents(campaign, &mut names)?;
        let kpis = kpi::compile(campaign, &mut names, &personas, &segments);
        let tracking = campaign.tracking.as_ref().map(|tracking| names.condition(&tracking.consent, None));
        let tracked = campaign.tracking.iter().flat_map(|tracking| &tracking.events);
        let tracked: Vec<usize> = tracked.filter_map(|event| names.event(event)).collect();
        let builtin = builtin(&names);
        let channels = channel::channels(campaign, &mut names, builtin, &calendars)?;
        let acquisition = acquisition::compile(campaign, &mut names);
        let experiments = experiment::compile(campaign, &mut names)?;
        let mut watched = watched(&journeys, &lifecycle, &segments);
        watched |= experiment::watched(&experiments);
        let permission = permission::permission(campaign, &mut names, journeys.len())?;
        let steps = journeys.iter().map(|journey| journey.steps.len()).sum();
        journeys.extend(permission::flows(campaign, &mut names, steps)?);
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
            channels,
            systems: outside::systems(campaign, &mut names),
            audiences: names.audiences.drain(..).collect(),
            outcomes: names.outcomes.drain(..).collect(),
            policies: mail::limits_of(campaign, &topics, &contents),
            lists: lists(campaign),
            events: events(campaign, &names),
            payloads: names.payloads,
            texts: names.texts,
            tracking,
            tracked,
            steps: journeys.iter().map(|journey| journey.steps.len()).sum(),
            awaits_conditions: journeys.iter().any(|journey| journey.awaited().next().is_some()),
            ticks: if watched.meets(Deps::TIME) { ticks(&project_zone, frame) } else { Vec::new() },
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
        Ok(program)
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

    /// Tells each event whom it concerns.
    fn connect(&mut self, watched: Deps) {
        for (number, model) in self.models.iter().enumerate() {
            for (rule, at) in model.rules.iter().zip(0..) {
                self.events[rule.event].rules.push((number, at));
            }
            for event in model.decay.iter().flat_map(|decay| &decay.without) {
                self.events[*event].decays.push(number);
            }
        }
        for (number, journey) in self.journeys.iter().enumerate() {
            if let Entry::Event { event, .. } = &journey.entry {
                self.events[*event].entries.push(number);
            }
            for step in &journey.steps {
                if let Action::WaitFor { event: Some(event), .. } = &step.action {
                    self.events[*event].used = true;
                }
            }
        }
        for (number, market) in self.permission.markets.iter().enumerate() {
            if let Some((event, ..)) = market.implied {
                self.events[event].implies.push(number);
            }
        }
        for event in self.permission.sunset.iter().flat_map(|sunset| &sunset.without) {
            self.events[*event].wakes = true;
        }
        for visit in self.channels.iter().filter_map(|channel| channel.visit) {
            self.events[visit].visit = true;
        }
        for event in self.lifecycle.moves.iter().filter_map(|each| each.event) {
            self.events[event].used = true;
        }
        for does in &self.does {
            if let Cause::After { event, .. } = &does.cause {
                self.events[*event].used = true;
            }
        }
        self.acquisition.mark_used(&mut self.events, self.builtin.visited);
        for (number, amount) in self.kpis.amounts.iter().enumerate() {
            self.events[amount.event].amounts.push(number);
        }
        for experiment in &self.experiments {
            if let Trial::Event { event, .. } = experiment.goal {
                self.events[event].used = true;
            }
        }
        for (number, event) in self.tracked.iter().enumerate() {
            self.events[*event].tracked = Some(number);
        }
        self.mark_used(watched);
    }

    /// Finds out which events can change anything. An event that nobody asks for is only counted: its cascade would
    /// find everything as it was. A condition on time may find something new at any event, so then all are used.
    fn mark_used(&mut self, watched: Deps) {
        let builtin = self.builtin;
        let by_condition = self.lifecycle.moves.iter().any(|each| each.event.is_none());
        for (number, event) in self.events.iter_mut().enumerate() {
            let journeys = number == builtin.journey_entered || number == builtin.journey_ended;
            event.used |= !event.sets.is_empty()
                || !event.rules.is_empty()
                || !event.decays.is_empty()
                || !event.entries.is_empty()
                || !event.amounts.is_empty()
                || event.retention.is_some()
                || event.effect != Effect::None
                || event.wakes
                || !event.implies.is_empty()
                || watched.meets(Deps::TIME)
                || (journeys && watched.meets(Deps::JOURNEYS))
                || event.visit
                || (matches!(number, n if n == builtin.email_sent || n == builtin.message_sent)
                    && watched.meets(Deps::MAILS))
                || (number == builtin.stage_changed && by_condition);
        }
    }
}

/// What the conditions depend on that every cascade asks: segments, moves, exits and goals.
fn watched(journeys: &[Journey], lifecycle: &Lifecycle, segments: &[Segment]) -> Deps {
    let mut watched = Deps::NONE;
    for journey in journeys {
        journey.exit_when.iter().for_each(|cond| watched |= cond.deps);
        journey.goal.iter().for_each(|(cond, _)| watched |= cond.deps);
        journey.awaited().for_each(|cond| watched |= cond.deps);
    }
    lifecycle.moves.iter().filter_map(|each| each.when.as_ref()).for_each(|cond| watched |= cond.deps);
    segments.iter().for_each(|segment| watched |= segment.when.deps);
    watched
}

/// Midnights of the project after the start.
fn ticks(zone: &Zone, frame: Frame) -> Vec<i64> {
    (zone.date(frame.start)..=zone.date(frame.end))
        .map(|day| zone.first(day * DAY))
        .filter(|at| frame.start < *at && *at < frame.end)
        .collect()
}

fn builtin(names: &Names<'_>) -> Builtin {
    // The built-in events are always in the table.
    let of = |name: &str| names.event(name).unwrap_or(0);
    Builtin {
        lead_created: of("lead_created"),
        email_sent: of("email_sent"),
        email_delivered: of("email_delivered"),
        email_bounced: of("email_bounced"),
        email_opened: of("email_opened"),
        email_clicked: of("email_clicked"),
        message_sent: of("message_sent"),
        message_delivered: of("message_delivered"),
        message_failed: of("message_failed"),
        message_opened: of("message_opened"),
        message_clicked: of("message_clicked"),
        unsubscribed: of("unsubscribed"),
        complained: of("complained"),
        subscription_confirmed: of("subscription_confirmed"),
        subscription_expired: of("subscription_expired"),
        preferences_changed: of("preferences_changed"),
        engagement_changed: of("engagement_changed"),
        stage_changed: of("stage_changed"),
        task_created: of("task_created"),
        synced: of("synced"),
        webhook_called: of("webhook_called"),
        audience_added: of("audience_added"),
        audience_removed: of("audience_removed"),
        subscribed: of("subscribed"),
        visited: of("visited"),
        form_started: of("form_started"),
        journey_entered: of("journey_entered"),
        journey_ended: of("journey_ended"),
    }
}

fn events(campaign: &Campaign, names: &Names<'_>) -> Vec<Event> {
    let event = |(number, (name, properties)): (usize, &(&str, Vec<&str>))| {
        let sets = campaign.events.get(*name).map(|event| &event.sets);
        let sets = sets.into_iter().flatten().filter_map(|(field, from)| {
            Some((names.field(field)?, properties.iter().position(|property| property == from)?))
        });
        Event {
            name: (*name).to_owned(),
            properties: properties.iter().map(|property| property_of(property)).collect(),
            sets: sets.collect(),
            rules: Vec::new(),
            decays: Vec::new(),
            entries: Vec::new(),
            amounts: Vec::new(),
            retention: names.retention[number],
            effect: match *name {
                "subscribed" => Effect::Subscribe,
                "subscription_confirmed" => Effect::Confirm,
                "unsubscribed" => Effect::Unsubscribe,
                "complained" => Effect::Complain,
                "preferences_changed" => Effect::Prefer,
                _ => Effect::None,
            },
            implies: Vec::new(),
            wakes: false,
            visit: false,
            tracked: None,
            used: false,
        }
    };
    names.events.iter().enumerate().map(event).collect()
}

fn property_of(name: &str) -> Property {
    match name {
        "email" => Property::Email,
        "message" => Property::Message,
        "channel" => Property::Channel,
        "audience" => Property::Audience,
        "topic" => Property::Topic,
        "journey" => Property::Journey,
        "step" => Property::Step,
        "kind" => Property::Kind,
        "from" => Property::From,
        "to" => Property::To,
        "reason" => Property::Reason,
        "place" => Property::Place,
        "choice" => Property::Choice,
        "page" => Property::Page,
        "variant" => Property::Variant,
        "source" => Property::Source,
        "form" => Property::Form,
        own => Property::Own(own.to_owned()),
    }
}

impl Property {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Property::Email => "email",
            Property::Message => "message",
            Property::Channel => "channel",
            Property::Audience => "audience",
            Property::Topic => "topic",
            Property::Journey => "journey",
            Property::Step => "step",
            Property::Kind => "kind",
            Property::From => "from",
            Property::To => "to",
            Property::Reason => "reason",
            Property::Place => "place",
            Property::Choice => "choice",
            Property::Page => "page",
            Property::Variant => "variant",
            Property::Source => "source",
            Property::Form => "form",
            Property::Own(name) => name,
        }
    }
}

fn segments(campaign: &Campaign, names: &mut Names<'_>, journeys: &[Journey]) -> Vec<Segment> {
    let order = names.segments.clone();
    let compiled = order.into_iter().enumerate().filter_map(|(number, name)| {
        let when = names.condition(&campaign.segments.get(name)?.when, None);
        let lets_in = |journey: &Journey| matches!(journey.entry, Entry::Segment { segment, .. } if segment == number);
        let entries = journeys.iter().enumerate().filter(|(_, journey)| lets_in(journey)).map(|(at, _)| at).collect();
        Some(Segment { name: name.to_owned(), when, entries })
    });
    compiled.collect()
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

fn lists(campaign: &Campaign) -> Vec<List> {
    let sorted = |texts: &[String]| {
        let mut texts = texts.to_vec();
        texts.sort_unstable();
        texts
    };
    let list = |(name, list): (&String, &crate::ir::List)| List {
        name: name.clone(),
        ids: sorted(&list.ids),
        emails: sorted(&list.emails),
    };
    campaign.lists.iter().map(list).collect()
}

/// A length of time that sums of instants can bear. The language has none longer than a hundred years.
fn bounded(secs: i64) -> i64 {
    secs.clamp(0, 1 << 40)
}

/// The same, of a rule about a second time.
fn bounded_again(again: Again) -> Again {
    match again {
        Again::AfterSecs(secs) => Again::AfterSecs(bounded(secs)),
        Again::Never | Again::Always => again,
    }
}

/// The same, of a window.
fn bounded_window(window: Window) -> Window {
    match window {
        Window::RollingSecs(secs) => Window::RollingSecs(bounded(secs)),
        Window::CalendarDay | Window::CalendarWeek | Window::CalendarMonth | Window::Ever => window,
    }
}

/// The key of chance of a name.
fn chance_key(parts: &[&str]) -> u64 {
    chance::key(parts)
}
