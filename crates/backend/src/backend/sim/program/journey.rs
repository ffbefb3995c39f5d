//! Journeys compiled: steps and targets are numbers.

use std::collections::BTreeMap;
use std::ops::Range;

use super::calendar::{Calendars, Time};
use super::condition::{Code, Cond};
use super::names::Names;
use super::outside::{Given, given};
use super::{Fault, bounded, bounded_again, chance_key};
use crate::backend::sim::civil::{Moment, Zone, civil_seconds};
use crate::backend::sim::value::{Slot, Sym};
use crate::ir::chance::Half;
use crate::ir::journey::{self, EntryBy};
use crate::ir::{Again, Campaign, Money, Name, Value};

/// A compiled journey.
#[derive(Debug)]
pub struct Journey {
    /// Its name.
    pub name: String,
    /// Its name.
    pub sym: Sym,
    /// Its key of chance.
    pub chance: u64,
    /// Higher goes first.
    pub priority: i32,
    /// What lets leads in.
    pub entry: Entry,
    /// Condition on the lead that enters.
    pub when: Option<Cond>,
    /// Whether they may enter again.
    pub again: Again,
    /// Property of the entry event of whose values each has its own instance.
    pub key: Option<usize>,
    /// Whether there are such instances.
    pub keyed: bool,
    /// How many may run at once.
    pub at_once: Option<usize>,
    /// Instant after which nobody enters.
    pub ends: Option<i64>,
    /// Takes a lead out.
    pub exit_when: Option<Cond>,
    /// What `exit_when` joins by `or`: reasons that are told apart. Empty if it joins nothing.
    pub exit_reasons: Vec<Cond>,
    /// What it is for, and how long after entry it counts.
    pub goal: Option<(Cond, Option<i64>)>,
    /// First step.
    pub first: Option<usize>,
    /// The steps.
    pub steps: Vec<Step>,
    /// Number of its first step among those of all journeys.
    pub base: usize,
    /// Reasons of its `exit` steps, by name.
    pub reasons: Vec<String>,
    /// The topic for which it asks for a confirmation; `None` for the journeys of the campaign.
    pub confirms: Option<usize>,
}

impl Journey {
    /// Conditions that steps wait for.
    pub fn awaited(&self) -> impl Iterator<Item = &Cond> {
        self.steps.iter().filter_map(|step| match &step.action {
            Action::WaitFor { event: None, when, .. } => when.as_ref(),
            _ => None,
        })
    }
}

/// What lets leads in. Each variant is the one of `EntryBy` with that name.
#[derive(Debug)]
pub enum Entry {
    Event { event: usize, filter: Option<Cond> },
    Segment { segment: usize, existing: bool },
    Schedule { segment: usize, moment: Moment },
    Called,
}

/// More than the number of any draw for something that is sent.
pub const DRAWS: usize = 21;

/// A compiled step.
#[derive(Debug)]
pub struct Step {
    /// Its id.
    pub name: String,
    /// Its id.
    pub sym: Sym,
    /// Its key of chance.
    pub chance: u64,
    /// The keys of what is drawn for what it sends, by the number of the draw.
    pub draws: [u64; DRAWS],
    /// What it does.
    pub action: Action,
    /// The place of its first way among the counts of ways of all steps.
    pub first_way: usize,
    /// Where it leads.
    pub next: Option<usize>,
}

/// What a step does. Each variant is the one of the plan's `Action` with that name; those that take no time and lead on
/// are put together.
#[derive(Debug)]
pub enum Action {
    Send { content: usize, max_hold: i64, outcomes: Range<usize> },
    Wait { time: Time },
    WaitUntil { moment: Moment, to_minute: Option<u16> },
    WaitUntilDate { of: Code, offset: i64, minute: Option<u16> },
    WaitBestTime,
    WaitFor { event: Option<usize>, filter: Option<Cond>, when: Option<Cond>, within: Time, timeout: Option<usize> },
    Branch { arms: Vec<(Cond, Option<usize>)> },
    Split { arms: Vec<Arm>, experiment: Option<usize> },
    Change(Change),
    Make(Make),
    Goto,
    Exit { reason: usize, sym: Sym },
}

/// A step that changes the lead.
#[derive(Debug)]
pub enum Change {
    Set { values: Vec<(usize, Slot)> },
    Score { points: Vec<(usize, i32)> },
    Stage { stage: usize },
    List { list: usize, add: bool },
    Topic { topic: usize, subscribe: bool },
}

/// A step that makes something happen behind it. `Call` is a record or a webhook.
#[derive(Debug)]
pub enum Make {
    Task { to: Sym, title: String, cost: Money, outcomes: Range<usize> },
    Call { system: usize, event: usize, words: String, fields: Vec<(String, Given)>, outcomes: Range<usize> },
    Audience { audience: usize, add: bool },
    Emit { event: usize, payload: u32 },
    Start { journey: usize },
}

/// An arm of a split.
#[derive(Debug)]
pub struct Arm {
    /// Its name.
    pub name: String,
    /// Its weight.
    pub weight: f64,
    /// Its key of chance.
    pub chance: u64,
    /// Where it leads.
    pub to: Option<usize>,
}

/// Names of the ends that no `exit` step gives.
pub mod reason {
    /// The steps came to their end.
    pub const COMPLETED: &str = "completed";
    /// The journey's `exit_when` held.
    pub const EXIT_WHEN: &str = "exit_when";
    /// The goal was reached.
    pub const GOAL: &str = "goal";
}

/// Compiles the journeys, in the order in which they are tried.
pub fn compile(
    campaign: &Campaign,
    names: &mut Names<'_>,
    zone: &Zone,
    calendars: &Calendars,
) -> Result<Vec<Journey>, Fault> {
    let mut compiled = Vec::new();
    let mut base = 0;
    for reason in [reason::COMPLETED, reason::EXIT_WHEN, reason::GOAL] {
        names.texts.intern(reason);
    }
    for (name, journey) in campaign.journeys_in_order() {
        let one = Compiler { name, number: compiled.len(), source: journey, campaign, calendars }
            .journey(names, zone, base)?;
        base += one.steps.len();
        compiled.push(one);
    }
    Ok(compiled)
}

struct Compiler<'a> {
    name: &'a str,
    number: usize,
    source: &'a journey::Journey,
    campaign: &'a Campaign,
    calendars: &'a Calendars,
}

impl Compiler<'_> {
    fn journey(&self, names: &mut Names<'_>, zone: &Zone, base: usize) -> Result<Journey, Fault> {
        let source = self.source;
        let event = source.entry.by.event();
        let key = source.entry.key.as_ref();
        let ends = source.ends.as_deref().map(|text| self.civil(text)).transpose()?;
        let reasons = self.reasons();
        let steps: Result<Vec<Step>, Fault> =
            source.steps.iter().enumerate().map(|(at, step)| self.step(at, step, names, &reasons)).collect();
        Ok(Journey {
            name: self.name.to_owned(),
            sym: names.texts.intern(self.name),
            chance: chance_key(&["journey", self.name]),
            priority: source.priority,
            when: names.optional(source.entry.when.as_ref(), event),
            again: bounded_again(source.entry.again),
            key: key.zip(event).and_then(|(key, event)| names.property(event, key)),
            keyed: key.is_some(),
            at_once: source.entry.at_once.map(|most| usize::try_from(most).unwrap_or(usize::MAX)),
            ends: ends.map(|local| zone.first(local)),
            exit_when: names.optional(source.exit_when.as_ref(), None),
            exit_reasons: source.exit_when.as_ref().map_or_else(Vec::new, |whole| names.alternatives(whole)),
            goal: source.goal.as_ref().map(|goal| (names.condition(&goal.when, None), goal.within_secs)),
            first: self.target(&source.first),
            steps: steps?,
            entry: self.entry(names)?,
            base,
            reasons,
            confirms: None,
        })
    }

    fn entry(&self, names: &mut Names<'_>) -> Result<Entry, Fault> {
        Ok(match &self.source.entry.by {
            EntryBy::Event { event, filter } => Entry::Event {
                event: known(names.event(event), "event", event)?,
                filter: names.optional(filter.as_ref(), Some(event)),
            },
            EntryBy::Segment { segment, existing } => {
                Entry::Segment { segment: known(names.segment(segment), "segment", segment)?, existing: *existing }
            }
            EntryBy::Schedule { segment, moment } => Entry::Schedule {
                segment: known(names.segment(segment), "segment", segment)?,
                moment: self.moment(moment)?,
            },
            EntryBy::Called => Entry::Called,
        })
    }

    fn reasons(&self) -> Vec<String> {
        let mut reasons: Vec<String> = Vec::new();
        for step in &self.source.steps {
            if let journey::Action::Exit { reason } = &step.action {
                reasons.push(reason.clone());
            }
        }
        reasons.sort_unstable();
        reasons.dedup();
        reasons
    }

    fn step(&self, at: usize, step: &journey::Step, names: &mut Names<'_>, reasons: &[String]) -> Result<Step, Fault> {
        let chance = chance_key(&["step", self.name, &step.id]);
        Ok(Step {
            name: step.id.clone(),
            sym: names.texts.intern(&step.id),
            chance,
            draws: draws(chance),
            first_way: 0,
            next: self.target(&step.next),
            action: self.action(at, step, names, reasons)?,
        })
    }

    fn action(
        &self,
        at: usize,
        step: &journey::Step,
        names: &mut Names<'_>,
        reasons: &[String],
    ) -> Result<Action, Fault> {
        use journey::Action as Source;
        let place = (self.number, at);
        let ids = (self.name, step.id.as_str());
        Ok(match &step.action {
            Source::Send { content, max_hold_secs } => Action::Send {
                content: known(names.content(content), "email or message", content)?,
                max_hold: bounded(max_hold_secs.unwrap_or(self.campaign.policies.max_hold_secs)),
                outcomes: match self.campaign.messages.get(content) {
                    Some(message) => names.outcomes(&message.outcomes, ids, place),
                    None => 0..0,
                },
            },
            Source::Wait { length } => Action::Wait { time: self.calendars.time(length)? },
            Source::WaitUntil { moment, to_minute } => {
                Action::WaitUntil { moment: self.moment(moment)?, to_minute: *to_minute }
            }
            Source::WaitUntilDate { of, offset_secs, minute } => Action::WaitUntilDate {
                of: names.value(of, None),
                offset: bounded(offset_secs.abs()) * offset_secs.signum(),
                minute: *minute,
            },
            Source::WaitBestTime => Action::WaitBestTime,
            Source::WaitFor { event, filter, when, within, timeout } => Action::WaitFor {
                event: event.as_ref().map(|event| known(names.event(event), "event", event)).transpose()?,
                filter: names.optional(filter.as_ref(), event.as_ref()),
                when: names.optional(when.as_ref(), None),
                within: self.calendars.time(within)?,
                timeout: self.target(timeout),
            },
            Source::Branch { arms, has_else: _ } => Action::Branch {
                arms: arms.iter().map(|arm| (names.condition(&arm.when, None), self.target(&arm.to))).collect(),
            },
            Source::Split { arms } => Action::Split {
                arms: arms.iter().map(|arm| self.arm(&step.id, arm)).collect(),
                experiment: self.experiment(&step.id),
            },
            Source::Set { values } => Action::Change(Change::Set { values: set_values(values, names) }),
            Source::Score { points } => {
                let points = points.iter().filter_map(|(model, points)| Some((names.score(model)?, *points)));
                Action::Change(Change::Score { points: points.collect() })
            }
            Source::Stage { stage } => {
                Action::Change(Change::Stage { stage: known(names.stage(stage), "stage", stage)? })
            }
            Source::List { list, add } => {
                Action::Change(Change::List { list: known(names.list(list), "list", list)?, add: *add })
            }
            Source::Topic { topic, subscribe } => {
                let topic = known(names.topic(topic), "topic", topic)?;
                Action::Change(Change::Topic { topic, subscribe: *subscribe })
            }
            Source::Task { to, title, within_secs: _, cost, outcomes } => Action::Make(Make::Task {
                to: names.texts.intern(to),
                title: title.clone(),
                cost: *cost,
                outcomes: names.outcomes(outcomes, ids, place),
            }),
            Source::Sync { to, fields, outcomes } => Action::Make(Make::Call {
                system: known(names.system(to), "integration", to)?,
                event: known(names.event("synced"), "event", "synced")?,
                words: format!("to `{to}`"),
                fields: given(fields, names),
                outcomes: names.outcomes(outcomes, ids, place),
            }),
            Source::Webhook { to, method, url, fields, outcomes } => Action::Make(Make::Call {
                system: known(names.system(to), "integration", to)?,
                event: known(names.event("webhook_called"), "event", "webhook_called")?,
                words: format!("calls `{to}`, {} {url}", method.word()),
                fields: given(fields, names),
                outcomes: names.outcomes(outcomes, ids, place),
            }),
            Source::Audience { list, add, to } => {
                let number = known(names.list(list), "list", list)?;
                let system = known(names.system(to), "integration", to)?;
                Action::Make(Make::Audience { audience: names.audience(number, list, system, to), add: *add })
            }
            Source::Emit { event, with } => {
                let event = known(names.event(event), "event", event)?;
                Action::Make(Make::Emit { event, payload: names.payload(event, with) })
            }
            Source::Start { journey } => {
                Action::Make(Make::Start { journey: known(names.journey(journey), "journey", journey)? })
            }
            Source::Goto => Action::Goto,
            Source::Exit { reason } => Action::Exit {
                reason: reasons.iter().position(|each| each == reason).unwrap_or(0),
                sym: names.texts.intern(reason),
            },
        })
    }

    /// Number of the experiment that a split is.
    fn experiment(&self, step: &str) -> Option<usize> {
        let name = crate::ir::experiment::name(self.name, step);
        self.campaign.experiments.keys().position(|each| *each == name)
    }

    fn arm(&self, step: &str, arm: &journey::SplitArm) -> Arm {
        Arm {
            name: arm.name.clone(),
            weight: arm.weight,
            chance: chance_key(&["arm", self.name, step, &arm.name]),
            to: self.target(&arm.to),
        }
    }

    fn target(&self, target: &journey::Target) -> Option<usize> {
        let id = target.as_ref()?;
        self.source.steps.iter().position(|step| step.id == *id)
    }

    fn moment(&self, moment: &journey::Moment) -> Result<Moment, Fault> {
        Moment::of(moment, self.calendars).map_err(|fault| format!("journey `{}`: {fault}", self.name))
    }

    fn civil(&self, text: &str) -> Result<i64, Fault> {
        civil_seconds(text).ok_or_else(|| format!("journey `{}` ends at `{text}`, which is no local time", self.name))
    }
}

fn set_values(values: &BTreeMap<Name, Option<Value>>, names: &mut Names<'_>) -> Vec<(usize, Slot)> {
    let slot = |(field, value): (&Name, &Option<Value>)| {
        let value = value.as_ref().map_or(Slot::Absent, |value| names.texts.intern_value(value));
        Some((names.field(field)?, value))
    };
    values.iter().filter_map(slot).collect()
}

/// The keys of what is drawn for what a step sends.
pub(super) fn draws(chance: u64) -> [u64; DRAWS] {
    let half = Half::of(chance);
    std::array::from_fn(|number| half.join(number as u64))
}

/// A plan only names what it holds; one that was put together by hand may not.
pub(super) fn known(number: Option<usize>, kind: &str, name: &str) -> Result<usize, Fault> {
    number.ok_or_else(|| format!("the plan names the {kind} `{name}`, which it does not hold"))
}
