//! Personas, scoring, grading and the lifecycle, compiled.

use std::collections::HashMap;

use super::channel::{Reading, readings};
use super::condition::Cond;
use super::names::Names;
use super::{Calendars, Fault, bounded, bounded_window, chance_key};
use crate::backend::sim::civil::Moment;
use crate::backend::sim::value::Sym;
use crate::ir::{self, Answers, Campaign, Limit};

/// A kind of person.
#[derive(Debug)]
pub struct Persona {
    /// Its name.
    pub name: String,
    /// Its name.
    pub sym: Sym,
    /// Who it is.
    pub matches: Cond,
    /// How it reads what comes, by the number of the channel.
    pub reading: Vec<Reading>,
    /// How it answers requests for consent, and leaves.
    pub answers: Answers,
    /// When it is most likely to read.
    pub best_time: Option<Moment>,
    /// What the chance to open is multiplied by then.
    pub in_best_time: f64,
    /// It does nothing where this does not hold.
    pub when: Option<Cond>,
    /// What it does by itself, numbers of [`Does`].
    pub rates: Vec<usize>,
    /// What it does after events: the event and the number of the [`Does`].
    pub afters: Vec<(usize, usize)>,
}

/// Something a persona does.
#[derive(Debug)]
pub struct Does {
    /// The event.
    pub event: usize,
    /// Its properties.
    pub payload: u32,
    /// How it comes about.
    pub cause: Cause,
    /// Condition on the lead.
    pub when: Option<Cond>,
    /// Its key of chance.
    pub chance: u64,
    /// Its key of chance for the time it takes.
    pub chance_of_time: u64,
}

/// How something a persona does comes about.
#[derive(Debug)]
pub enum Cause {
    /// By itself, so many times in a second on average.
    Rate(f64),
    /// After an event.
    After {
        /// The event.
        event: usize,
        /// Condition on it.
        filter: Option<Cond>,
        /// Chance that it follows.
        chance: f64,
        /// How long after.
        time: AfterTime,
    },
}

/// How long after an event something follows.
#[derive(Clone, Copy, Debug)]
pub enum AfterTime {
    /// At any of the next so many seconds alike, at least 1.
    Within(i64),
    /// After a delay.
    Delay(ir::Delay),
}

/// A scoring model.
#[derive(Debug)]
pub struct Model {
    /// Its name.
    pub name: String,
    /// Score of a new lead.
    pub initial: i32,
    /// Smallest score.
    pub min: i32,
    /// Largest score.
    pub max: i32,
    /// What gives points.
    pub rules: Vec<Rule>,
    /// What takes points from the inactive.
    pub decay: Option<Decay>,
}

impl Model {
    /// A score within the range.
    pub fn clamp(&self, score: i64) -> i32 {
        // The range lies within `i32`; one that is upside down, which no plan has, is taken as its smallest score.
        let score = score.min(i64::from(self.max)).max(i64::from(self.min));
        i32::try_from(score).unwrap_or(self.min)
    }
}

/// Points for an event.
#[derive(Debug)]
pub struct Rule {
    /// The event.
    pub event: usize,
    /// Condition on it.
    pub filter: Option<Cond>,
    /// Points.
    pub points: i32,
    /// How often, and the number of the limit.
    pub at_most: Option<(Limit, usize)>,
}

/// Points taken from the inactive.
#[derive(Debug)]
pub struct Decay {
    /// Points each time.
    pub points: i32,
    /// How long without activity.
    pub every: i64,
    /// What counts as activity.
    pub without: Vec<usize>,
}

/// A grading model.
#[derive(Debug)]
pub struct Grading {
    /// Its name.
    pub name: String,
    /// What gives points.
    pub rules: Vec<(Cond, i32)>,
    /// Bands, best first.
    pub bands: Vec<(Sym, i32)>,
}

/// The stages of leads. Without a lifecycle there are none.
#[derive(Debug, Default)]
pub struct Lifecycle {
    /// Names of stages.
    pub stages: Vec<Sym>,
    /// The moves, in order.
    pub moves: Vec<Move>,
    /// Of each stage, the moves that leave it, in order.
    pub leaving: Vec<Vec<usize>>,
    /// Whether some move is made without an event.
    pub by_condition: bool,
}

/// A move between stages.
#[derive(Debug)]
pub struct Move {
    /// Stage it goes to.
    pub to: usize,
    /// Condition on the lead.
    pub when: Option<Cond>,
    /// Event that makes it.
    pub event: Option<usize>,
    /// Condition on that event.
    pub filter: Option<Cond>,
    /// Seconds in the stage.
    pub after: Option<i64>,
    /// Why, for traces.
    pub reason: Option<String>,
}

/// Compiles personas and what they do.
/// # Errors
/// In words, if a best time is no local time.
pub fn personas(
    campaign: &Campaign,
    names: &mut Names<'_>,
    calendars: &Calendars,
) -> Result<(Vec<Persona>, Vec<Does>), Fault> {
    let mut all_does = Vec::new();
    let mut compiled = Vec::new();
    for persona in &campaign.personas {
        let mut one = Persona {
            name: persona.name.clone(),
            sym: names.texts.intern(&persona.name),
            matches: names.condition(&persona.matches, None),
            reading: readings(&persona.behavior),
            answers: persona.behavior.answers,
            best_time: best_time(persona.behavior.best_time.as_ref(), campaign, calendars)?,
            in_best_time: persona.behavior.in_best_time.unwrap_or(1.0),
            when: names.optional(persona.behavior.when.as_ref(), None),
            rates: Vec::new(),
            afters: Vec::new(),
        };
        // Equal events of one persona are told apart by their order among each other.
        let mut ordinals: HashMap<&str, u32> = HashMap::new();
        for source in &persona.behavior.does {
            let ordinal = ordinals.entry(&source.event).or_default();
            let Some(does) = does(source, &persona.name, *ordinal, names) else { continue };
            *ordinal += 1;
            match &does.cause {
                Cause::Rate(_) => one.rates.push(all_does.len()),
                Cause::After { event, .. } => one.afters.push((*event, all_does.len())),
            }
            all_does.push(does);
        }
        compiled.push(one);
    }
    Ok((compiled, all_does))
}

/// A best time of somebody, else the project's.
pub(super) fn best_time(
    own: Option<&ir::journey::Moment>,
    campaign: &Campaign,
    calendars: &Calendars,
) -> Result<Option<Moment>, Fault> {
    own.or(campaign.settings.best_time.as_ref()).map(|best| Moment::of(best, calendars)).transpose()
}

fn does(source: &ir::Does, persona: &str, ordinal: u32, names: &mut Names<'_>) -> Option<Does> {
    let event = names.event(&source.event)?;
    let ordinal = ordinal.to_string();
    let (cause, trigger) = match &source.cause {
        ir::Cause::Rate { per_sec } => (Cause::Rate(*per_sec), None),
        ir::Cause::After { event, filter, chance, within_secs, delay } => {
            let filter = names.optional(filter.as_ref(), Some(event));
            let time = delay.map_or(AfterTime::Within(bounded(*within_secs).max(1)), AfterTime::Delay);
            let cause = Cause::After { event: names.event(event)?, filter, chance: *chance, time };
            (cause, Some(event))
        }
    };
    Some(Does {
        event,
        payload: names.payload(event, &source.with),
        cause,
        when: names.optional(source.when.as_ref(), trigger),
        chance: chance_key(&["does", persona, &source.event, &ordinal]),
        chance_of_time: chance_key(&["does-time", persona, &source.event, &ordinal]),
    })
}

/// Compiles the scoring models; the number says how many rules have a limit.
pub fn models(campaign: &Campaign, names: &mut Names<'_>) -> (Vec<Model>, usize) {
    let mut limits = 0;
    let mut compiled = Vec::new();
    for (name, scoring) in &campaign.scoring {
        let mut rules = Vec::new();
        for rule in &scoring.rules {
            let Some(event) = names.event(&rule.event) else { continue };
            let at_most = rule.at_most.map(|limit| {
                let limit = Limit { per: bounded_window(limit.per), ..limit };
                limits += 1;
                (limit, limits - 1)
            });
            let filter = names.optional(rule.filter.as_ref(), Some(&rule.event));
            rules.push(Rule { event, filter, points: rule.points, at_most });
        }
        let decay = scoring.decay.as_ref().map(|decay| Decay {
            points: decay.points,
            every: bounded(decay.every_secs).max(1),
            without: decay.without.iter().filter_map(|event| names.event(event)).collect(),
        });
        let (initial, min, max) = (scoring.initial, scoring.min, scoring.max);
        compiled.push(Model { name: name.clone(), initial, min, max, rules, decay });
    }
    (compiled, limits)
}

/// Compiles the grading models.
pub fn gradings(campaign: &Campaign, names: &mut Names<'_>) -> Vec<Grading> {
    let compiled = campaign.grading.iter().map(|(name, grading)| Grading {
        name: name.clone(),
        rules: grading.rules.iter().map(|rule| (names.condition(&rule.when, None), rule.points)).collect(),
        bands: grading.bands.iter().map(|band| (names.texts.intern(&band.name), band.points)).collect(),
    });
    compiled.collect()
}

/// Compiles the lifecycle.
pub fn lifecycle(campaign: &Campaign, names: &mut Names<'_>) -> Lifecycle {
    let Some(source) = &campaign.lifecycle else { return Lifecycle::default() };
    let mut leaving = vec![Vec::new(); source.stages.len()];
    let mut moves = Vec::new();
    for each in &source.moves {
        let (Some(from), Some(to)) = (names.stage(&each.from), names.stage(&each.to)) else { continue };
        leaving[from].push(moves.len());
        moves.push(Move {
            to,
            when: names.optional(each.when.as_ref(), each.event.as_ref()),
            event: each.event.as_ref().and_then(|event| names.event(event)),
            filter: names.optional(each.filter.as_ref(), each.event.as_ref()),
            after: each.after_secs.map(bounded),
            reason: each.reason.clone(),
        });
    }
    let stages = source.stages.iter().map(|stage| names.texts.intern(stage)).collect();
    let by_condition = moves.iter().any(|each: &Move| each.event.is_none());
    Lifecycle { stages, moves, leaving, by_condition }
}
