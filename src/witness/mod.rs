//! Leads and timelines that may come to a bound on mails, run by the simulator: what is shown to people has happened there.
//!
//! In: the campaign and what the analyses found. Out: for each bound with a candidate, what [`Reached`] it. Never: a bound.

mod climb;
mod eager;
mod ease;
mod hearing;
mod report;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use rayon::prelude::{IntoParallelRefIterator, IntoParallelRefMutIterator, ParallelIterator};

pub use report::{explain, json, lines};

use crate::analysis::flood::{Bound, Candidate, Fate, Flood, HELD, Over, Reached, Rule, Sent, alone, counts};
use crate::backend::sim::{Fact, Noted, Options, Player, Watch};
use crate::ir::journey::Action;
use crate::ir::value::TextFormat;
use crate::ir::{Campaign, Field, Lead, Name, Outside, Settled, Type, Value, Window, first_instant};
use crate::plan::{self, Plan};

const DAY: i64 = 86_400;
/// The first day of a witness where the project does not say when it is simulated.
const USUAL_START: Date = jiff::civil::date(2026, 4, 1);
/// The `id` of the lead.
pub const LEAD: &str = "witness";

/// Runs every candidate.
pub fn replay(campaign: &Campaign, flood: &mut Flood) {
    if flood.bounds.iter().all(|bound| bound.candidates.is_empty() && bound.over.is_empty()) {
        return;
    }
    let (free, ruled) = rayon::join(|| unlimited(campaign), || to_run(campaign.clone()));
    flood.bounds.par_iter_mut().for_each(|bound| {
        let takes: Vec<Option<Take>> =
            bound.candidates.par_iter().map(|candidate| Take::of_candidate(&free, bound, candidate)).collect();
        let best = takes.into_iter().flatten().reduce(Take::or_more);
        let nearer = best.as_ref().and_then(|best| eager::nearer(&free, bound, best));
        bound.reached = nearer.or_else(|| best?.reached);
        if let (Rule::Frequency { .. }, Some(reached)) = (&bound.rule, &bound.reached) {
            bound.enforced = fates(&ruled, bound, &reached.lead, reached.run).unwrap_or_default();
            bound.eased = ease::eased(campaign, bound, reached);
        }
        let mut over = std::mem::take(&mut bound.over);
        over.par_iter_mut().for_each(|one| {
            if let Some(candidate) = &one.candidate {
                one.fates = by_itself(campaign, bound, one, candidate).unwrap_or_default();
            }
        });
        bound.over = over;
    });
}

/// What the rules make of the mails of one journey, if there is no other.
fn by_itself(campaign: &Campaign, bound: &Bound, over: &Over, candidate: &Candidate) -> Option<Vec<Fate>> {
    let campaign = alone(campaign, &over.journey)?;
    let stage = Stage::of(&campaign, bound, candidate);
    let lead = stage.lead(&campaign, candidate);
    fates(&to_run(campaign), bound, &lead, (stage.start_secs, stage.days))
}

/// What becomes of each mail that a lead's journeys ask for, by the rules of the plan.
fn fates(plan: &Plan, bound: &Bound, lead: &Lead, (start_secs, days): (i64, u32)) -> Option<Vec<Fate>> {
    let campaign = &plan.campaign;
    let content = |journey: &Name, step: &Name| match &campaign.journeys.get(journey)?.step(step)?.action {
        Action::Send { content, .. } if counts(campaign, content, &bound.limit) => Some(content.clone()),
        _ => None,
    };
    let mut asked: Vec<Fate> = Vec::new();
    for noted in run(plan, lead, start_secs, days)? {
        let (journey, step, end) = match &noted.fact {
            Fact::Reached { journey, step } => {
                if let Some(content) = content(journey, step) {
                    let (journey, step) = (journey.clone(), step.clone());
                    let asked_secs = noted.at_secs;
                    asked.push(Fate { asked_secs, journey, step, content, end: Err(HELD) });
                }
                continue;
            }
            Fact::Sent { journey, step, .. } => (journey, step, Ok(noted.at_secs)),
            Fact::Skipped { journey, step, reason, .. } => (journey, step, Err(reason.word())),
            _ => continue,
        };
        let is_it = |fate: &&mut Fate| (&fate.journey, &fate.step, fate.end) == (journey, step, Err(HELD));
        if let Some(fate) = asked.iter_mut().find(is_it) {
            fate.end = end;
        }
    }
    Some(asked)
}

/// The campaign as a plan in which no frequency rule holds a mail back.
fn unlimited(campaign: &Campaign) -> Plan {
    let mut campaign = campaign.clone();
    campaign.policies.frequency.clear();
    campaign.channels.values_mut().for_each(|settings| settings.frequency.clear());
    to_run(campaign)
}

/// A plan that is run here and never shown, so that nobody asks for its hashes.
fn to_run(campaign: Campaign) -> Plan {
    Plan { format_version: plan::FORMAT_VERSION, hash: String::new(), parts: BTreeMap::new(), campaign }
}

/// A lead that was run, and what came of it.
#[derive(Clone, Debug)]
struct Take {
    candidate: Candidate,
    stage: Stage,
    facts: Arc<Vec<Noted>>,
    /// Its fullest window; `None` if it got nothing that counts.
    reached: Option<Reached>,
}

impl Take {
    /// Runs a candidate on its stage. `None` if the plan cannot be run there.
    fn of(plan: &Plan, bound: &Bound, candidate: Candidate, stage: Stage, player: &mut Player<'_>) -> Option<Take> {
        let lead = stage.lead(&plan.campaign, &candidate);
        let facts = Arc::new(player.play(&lead).ok()?);
        let reached = played(plan, bound, &stage, lead, &facts);
        Some(Take { candidate, stage, facts, reached })
    }

    /// Runs a candidate where its window can begin.
    fn of_candidate(plan: &Plan, bound: &Bound, candidate: &Candidate) -> Option<Take> {
        let stage = Stage::of(&plan.campaign, bound, candidate);
        let watch = ready(plan, stage.start_secs, stage.days)?;
        Take::of(plan, bound, candidate.clone(), stage, &mut watch.player())
    }

    /// Mails in the fullest window.
    fn mails(&self) -> usize {
        self.reached.as_ref().map_or(0, |reached| reached.mails.len())
    }

    /// Whether nothing is done about a mail that was never sent.
    fn is_possible(&self) -> bool {
        !self.facts.iter().any(|noted| matches!(noted.fact, Fact::Unmatched { .. }))
    }

    /// Whether another one has as many mails, and is as possible.
    fn is_no_better(&self, other: &Take) -> bool {
        other.mails() >= self.mails() && (other.is_possible() || !self.is_possible())
    }

    /// The one with more mails, the first of equals.
    fn or_more(self, other: Take) -> Take {
        if other.mails() > self.mails() { other } else { self }
    }
}

/// The fullest window of what happened to a lead; `None` if it got nothing that counts.
fn played(plan: &Plan, bound: &Bound, stage: &Stage, lead: Lead, facts: &[Noted]) -> Option<Reached> {
    let campaign = &plan.campaign;
    let counted = facts.iter().filter_map(|noted| match &noted.fact {
        Fact::Sent { journey, step, content } => {
            let is_counted = counts(campaign, content, &bound.limit) && campaign.journeys.contains_key(journey);
            is_counted.then_some((noted.at_secs, [journey, step, content]))
        }
        _ => None,
    });
    let counted: Vec<(i64, [&Name; 3])> = counted.collect();
    let times: Vec<i64> = counted.iter().map(|(at, _)| *at).collect();
    let local = |at: i64| {
        stage.zone.to_datetime(Timestamp::from_second(at).unwrap_or_default()).strftime("%F %H:%M:%S").to_string()
    };
    let sent = |(at_secs, names): &(i64, [&Name; 3])| {
        let [journey, step, content] = names.map(Name::clone);
        Sent { at_secs: *at_secs, local: local(*at_secs), journey, step, content }
    };
    let mails: Vec<Sent> = counted[bound.limit.per.fullest(&times, &stage.zone)].iter().map(sent).collect();
    (!mails.is_empty()).then_some(Reached {
        mails,
        run: (stage.start_secs, stage.days),
        came_secs: stage.came_secs,
        lead,
    })
}

/// Runs the lead.
fn run(plan: &Plan, lead: &Lead, start_secs: i64, days: u32) -> Option<Vec<Noted>> {
    ready(plan, start_secs, days)?.player().play(lead).ok()
}

/// The plan made ready to be run from an instant on.
fn ready(plan: &Plan, start_secs: i64, days: u32) -> Option<Watch> {
    let options = Options {
        start_secs: Some(start_secs),
        start: Some(USUAL_START),
        days: Some(days),
        seed: Some(1),
        ..Options::default()
    };
    Watch::new(plan, &options).ok()
}

/// When it is played.
#[derive(Clone, Debug)]
struct Stage {
    zone: TimeZone,
    start_secs: i64,
    came_secs: i64,
    days: u32,
}

impl Stage {
    /// The run begins so many days after the project's does, and the lead is there; if it is `created`, it comes a day later.
    fn on_day(campaign: &Campaign, day: i64, created: bool, days: u32) -> Stage {
        let zone = TimeZone::get(&campaign.settings.timezone).unwrap_or(TimeZone::UTC);
        let first = first_day(campaign).saturating_add(Span::new().days(day));
        let start_secs = first_instant(first.to_datetime(Time::midnight()), &zone);
        Stage { zone, start_secs, came_secs: start_secs + if created { DAY } else { 0 }, days }
    }

    /// The window begins where windows of its kind do, and where quiet hours hold nothing back.
    fn of(campaign: &Campaign, bound: &Bound, candidate: &Candidate) -> Stage {
        let zone = TimeZone::get(&campaign.settings.timezone).unwrap_or(TimeZone::UTC);
        let start = first_day(campaign);
        let instant = |day: Date, time: Time| first_instant(day.to_datetime(time), &zone);
        let later = start.saturating_add(Span::new().days(candidate.from_secs / DAY + 7));
        let begins =
            match bound.limit.per {
                Window::CalendarDay => Some(instant(later, Time::midnight())),
                Window::CalendarWeek => {
                    Some(instant(next(later, |day| day.weekday() == Weekday::Monday), Time::midnight()))
                }
                Window::CalendarMonth => Some(instant(next(later, |day| day.day() == 1), Time::midnight())),
                Window::RollingSecs(_) | Window::Ever => campaign.policies.quiet_hours.is_some().then(|| {
                    instant(next(later, |day| day.weekday() == Weekday::Tuesday), Time::constant(10, 0, 0, 0))
                }),
            };
        let came_secs = begins.map_or_else(|| instant(start, Time::midnight()), |begins| begins - candidate.from_secs);
        let start_secs = came_secs - if candidate.created { DAY } else { 0 };
        let last = candidate.timeline.last().map_or(0, |event| event.at_secs).max(candidate.from_secs);
        let days = (last + crate::analysis::flood::window_secs(bound.limit.per, 3600).min(400 * DAY)) / DAY + 40;
        Stage { zone, start_secs, came_secs, days: u32::try_from(days).unwrap_or(400) }
    }

    fn lead(&self, campaign: &Campaign, candidate: &Candidate) -> Lead {
        let addresses: BTreeSet<&Name> = campaign.channels.values().flat_map(|settings| &settings.address).collect();
        let value = |(name, field): (&Name, &Field)| match name.as_str() {
            "id" => Some(Value::Text(LEAD.to_owned())),
            "created_at" => candidate.created.then_some(Value::Datetime(self.came_secs)),
            _ => match (candidate.fields.get(name), candidate.members.get(name)) {
                (_, Some(members)) => Some(Value::Set(members.iter().cloned().collect())),
                (Some(value), None) => value.clone(),
                (None, None) => {
                    let is_needed = !field.optional || addresses.contains(name) || name == "email";
                    is_needed.then(|| some_value(field))
                }
            },
        };
        let outside = |event: &crate::analysis::flood::Happens| Outside {
            at_secs: self.came_secs + event.at_secs,
            event: event.event.clone(),
            with: whole(campaign, event),
        };
        let arms: BTreeMap<(Name, Name), Name> = candidate
            .arms
            .iter()
            .rev()
            .map(|(journey, step, arm)| ((journey.clone(), step.clone()), arm.clone()))
            .collect();
        Lead {
            id: LEAD.to_owned(),
            values: campaign.fields.iter().map(value).collect(),
            stage: candidate.stage.clone(),
            scores: campaign.scoring.keys().map(|model| candidate.scores.get(model).copied()).collect(),
            consents: Vec::new(),
            timeline: Some(candidate.timeline.iter().map(outside).collect()),
            settled: Settled {
                arms,
                subscribed: Some(
                    campaign.marketing_topics().filter(|topic| !candidate.out.contains(*topic)).cloned().collect(),
                ),
                lists: candidate.lists.iter().cloned().collect(),
            },
            arrival: None,
        }
    }
}

/// What an event carries, with what it has to have.
fn whole(campaign: &Campaign, event: &crate::analysis::flood::Happens) -> BTreeMap<Name, Value> {
    let known = campaign.events.get(&event.event).filter(|known| !known.builtin);
    let needed = known.into_iter().flat_map(|known| &known.properties).filter(|(_, property)| !property.optional);
    let mut with: BTreeMap<Name, Value> = needed.map(|(name, property)| (name.clone(), some_value(property))).collect();
    with.extend(event.with.clone());
    with
}

/// The first day of the project's simulation.
fn first_day(campaign: &Campaign) -> Date {
    campaign.settings.simulation.start.as_ref().and_then(|day| day.parse().ok()).unwrap_or(USUAL_START)
}

/// The first such day from a day on.
fn next(from: Date, fits: impl Fn(Date) -> bool) -> Date {
    (0..40).map(|days| from.saturating_add(Span::new().days(days))).find(|day| fits(*day)).unwrap_or(from)
}

/// A value that a field may have.
fn some_value(field: &Field) -> Value {
    let number = field.min.or(field.max.map(|max| max.min(0.0))).unwrap_or(0.0);
    match &field.ty {
        Type::Text { format } => Value::Text(
            match format {
                TextFormat::Plain => "witness",
                TextFormat::Email => "witness@example.com",
                TextFormat::Url => "https://example.com/",
                TextFormat::Phone => "+81312345678",
                TextFormat::Country => "JP",
            }
            .to_owned(),
        ),
        Type::Integer => Value::Int(number.ceil() as i64),
        Type::Number { .. } => Value::Number(number),
        Type::Boolean => Value::Bool(false),
        Type::Date => Value::Date(20_000),
        Type::Datetime => Value::Datetime(20_000 * DAY),
        Type::Enum { values } => Value::Text(values.first().cloned().unwrap_or_default()),
        Type::Set { .. } => Value::Set(BTreeSet::new()),
    }
}
