//! Journeys as courses: steps and targets by number, conditions by the number of their formula.
//!
//! In: journeys. Out: courses whose steps change nothing yet. Never: what a lead is like.

use std::collections::BTreeSet;

use super::compile::Content;
use super::consent::Effect;
use super::follow::follows_score;
use super::{Asks, Course, Entry, Goal, Rest, Said, Step};
use crate::analysis::conditions::{TermKind, Terms};
use crate::analysis::flood::conditions_of;
use crate::analysis::flood::model::{Model, Pace};
use crate::analysis::flood::questions::Questions;
use crate::analysis::sent::Mail;
use crate::ir::expr::Expr;
use crate::ir::journey::{Action, EntryBy};
use crate::ir::{Again, Campaign, Condition, Length, Name, Value};

/// Values of a key for which a journey is followed, each for itself.
const MOST_KEYS: usize = 4;

/// What journeys come to.
pub(super) struct Drafted<'c> {
    pub(super) courses: Vec<Course>,
    /// Segments that let leads in or are asked about, with their conditions, in the order in which they are evaluated.
    pub(super) segments: Vec<(&'c Name, Asks)>,
    /// Events that something hears.
    pub(super) events: Vec<&'c str>,
    pub(super) contents: Vec<Content<'c>>,
    /// How many emails have a rest.
    pub(super) resting: usize,
    /// Formulas that are asked.
    pub(super) used: BTreeSet<Asks>,
}

/// Takes journeys for a machine, in the order in which they are tried; `None` if one does something that it could not follow.
pub(super) fn draft<'c>(
    campaign: &'c Campaign,
    questions: &Questions,
    models: &[&Model<'c>],
    measure_secs: i64,
    is_lenient: bool,
) -> Option<Drafted<'c>> {
    let (events, used, contents) = (heard(campaign, models), BTreeSet::new(), Vec::new());
    let mut draft = Draft { campaign, questions, models, events, measure_secs, is_lenient, used, contents, resting: 0 };
    let segments = draft.segments()?;
    let courses = copies(models)?.iter().map(|copy| draft.course(copy, &segments)).collect::<Option<Vec<_>>>()?;
    draft.follow_up(&questions.terms)?;
    draft.hear_more(&questions.terms);
    draft.follow_up(&questions.terms)?;
    let Draft { events, contents, resting, used, .. } = draft;
    Some(Drafted { courses, segments, events, contents, resting, used })
}

/// A journey, and the value of its key that it is for, if it has one.
#[derive(Clone, Copy)]
struct Copy<'m, 'c> {
    /// The journey, by its number.
    journey: usize,
    model: &'m Model<'c>,
    key: Option<&'m Value>,
}

/// Each journey once, or once for each value of its key; `None` if there is no end of those, or they are many.
fn copies<'m, 'c>(models: &'m [&'m Model<'c>]) -> Option<Vec<Copy<'m, 'c>>> {
    let mut copies = Vec::new();
    for (journey, model) in models.iter().enumerate() {
        let copy = |key| Copy { journey, model, key };
        match model.keys.len() {
            0 if model.journey.entry.key.is_none() => copies.push(copy(None)),
            1..=MOST_KEYS => copies.extend(model.keys.iter().map(|key| copy(Some(key)))),
            _ => return None,
        }
    }
    Some(copies)
}

/// The events that something hears, and those of the journeys themselves that do something to the lead.
fn heard<'c>(campaign: &'c Campaign, models: &[&Model<'c>]) -> Vec<&'c str> {
    let mut heard: BTreeSet<&'c str> = BTreeSet::new();
    for model in models {
        if let EntryBy::Event { event, .. } = &model.journey.entry.by {
            heard.insert(event);
        }
        for step in &model.journey.steps {
            match &step.action {
                Action::WaitFor { event: Some(event), .. } => drop(heard.insert(event)),
                Action::Emit { event, .. } if does_something(campaign, event) => drop(heard.insert(event)),
                _ => {}
            }
        }
    }
    heard.into_iter().collect()
}

/// Whether an event changes a lead: a field, a score, its stage, or what it allows.
fn does_something(campaign: &Campaign, event: &Name) -> bool {
    let sets = campaign.events.get(event).is_some_and(|event| !event.sets.is_empty());
    let mut rules = campaign.scoring.values().flat_map(|model| &model.rules);
    let mut moves = campaign.lifecycle.iter().flat_map(|lifecycle| &lifecycle.moves);
    sets || rules.any(|rule| rule.event == *event)
        || moves.any(|each| each.event.as_ref() == Some(event))
        || Effect::of(event).is_some()
}

/// Courses with conditions by number; what steps write is filled in afterwards.
struct Draft<'m, 'c> {
    campaign: &'c Campaign,
    questions: &'m Questions,
    models: &'m [&'m Model<'c>],
    events: Vec<&'c str>,
    measure_secs: i64,
    is_lenient: bool,
    used: BTreeSet<Asks>,
    contents: Vec<Content<'c>>,
    resting: usize,
}

impl<'m, 'c> Draft<'m, 'c> {
    fn ask(&mut self, condition: &Condition, event: Option<&Name>) -> Option<Asks> {
        let number = self.questions.number(condition, event)?;
        self.used.insert(number);
        Some(number)
    }

    /// The formula of a condition that may be missing; `None` if it is not known.
    #[expect(clippy::option_option, reason = "whether there is one, and whether it is known")]
    fn ask_if(&mut self, condition: Option<&Condition>, event: Option<&Name>) -> Option<Option<Asks>> {
        match condition {
            Some(condition) => self.ask(condition, event).map(Some),
            None => Some(None),
        }
    }

    fn event(&self, name: &str) -> Option<usize> {
        self.events.iter().position(|each| *each == name)
    }

    /// Segments that let leads in, with their conditions, in the order in which they are evaluated.
    fn segments(&mut self) -> Option<Vec<(&'c Name, Asks)>> {
        let campaign = self.campaign;
        let mut used: BTreeSet<&Name> = BTreeSet::new();
        for model in self.models {
            if let EntryBy::Segment { segment, .. } = &model.journey.entry.by {
                used.insert(segment);
            }
            let conditions = conditions_of(model.journey);
            conditions.iter().for_each(|(condition, _)| note_segments(campaign, &condition.expr, &mut used));
        }
        let mut all = used.clone();
        for name in &used {
            if let Some(segment) = campaign.segments.get(*name) {
                note_segments(campaign, &segment.when.expr, &mut all);
            }
        }
        let order = campaign.segment_order.iter().filter(|name| all.contains(name));
        order
            .filter_map(|name| campaign.segments.get_key_value(name))
            .map(|(name, segment)| Some((name, self.ask(&segment.when, None)?)))
            .collect()
    }

    /// Asks what lifecycle and scoring ask, if the stage or a score matters.
    fn follow_up(&mut self, terms: &Terms) -> Option<()> {
        let reads = |used: &BTreeSet<Asks>, kind: &TermKind| {
            let mut read = used.iter().flat_map(|asks| terms.read_by(&terms.formulas[*asks]));
            read.any(|term| terms.terms[term].kind == *kind)
        };
        let campaign = self.campaign;
        if self.event("stage_changed").is_some() || reads(&self.used, &TermKind::Stage) {
            for each in campaign.lifecycle.iter().flat_map(|lifecycle| &lifecycle.moves) {
                self.ask_if(each.when.as_ref(), None)?;
                self.ask_if(each.filter.as_ref(), each.event.as_ref())?;
            }
        }
        for (name, model) in &campaign.scoring {
            if reads(&self.used, &TermKind::Score(name.clone())) {
                for rule in &model.rules {
                    if self.event(&rule.event).is_none() {
                        continue;
                    }
                    self.ask_if(rule.filter.as_ref(), Some(&rule.event))?;
                }
            }
        }
        Some(())
    }

    /// Events that do several things at once that are followed, which are no changes that may come one by one; and events
    /// that are counted.
    fn hear_more(&mut self, terms: &Terms) {
        let reads: BTreeSet<usize> = self.used.iter().flat_map(|asks| terms.read_by(&terms.formulas[*asks])).collect();
        let is_read = |kind: TermKind| reads.iter().any(|term| terms.terms[*term].kind == kind);
        let campaign = self.campaign;
        let is_told = self.event("stage_changed").is_some() || is_read(TermKind::Stage);
        let told: Vec<&'c str> = campaign
            .events
            .iter()
            .filter(|(name, event)| {
                let fields = event.sets.keys().filter(|field| is_read(TermKind::Field((*field).clone()))).count();
                let gives = |model: &&Name| campaign.scoring[*model].rules.iter().any(|rule| rule.event == **name);
                let followed =
                    |model: &&Name| follows_score(campaign, model) && is_read(TermKind::Score((*model).clone()));
                let scores = campaign.scoring.keys().filter(followed).filter(gives).count();
                let mut moves = campaign.lifecycle.iter().flat_map(|lifecycle| &lifecycle.moves);
                let moves = is_told && moves.any(|each| each.event.as_ref() == Some(*name));
                let is_counted = |term: &usize| {
                    matches!(&terms.terms[*term].kind, TermKind::Count { event, since_entry: false, filter: None, .. } if event == *name)
                };
                let agrees = usize::from(Effect::of(name).is_some());
                fields + scores + usize::from(moves) + agrees > 1 || reads.iter().any(is_counted)
            })
            .map(|(name, _)| name.as_str())
            .collect();
        self.events.extend(told.into_iter().filter(|name| self.event(name).is_none()).collect::<Vec<_>>());
    }

    fn course(&mut self, copy: &Copy<'m, 'c>, segments: &[(&'c Name, Asks)]) -> Option<Course> {
        let model = copy.model;
        let journey = model.journey;
        let key = match (copy.key, &journey.entry.key) {
            (Some(value), Some(property)) => Some(self.key(journey.entry.by.event()?, property, value)?),
            (_, _) => None,
        };
        let (entry, at_hand) = match &journey.entry.by {
            EntryBy::Event { event, filter } => {
                let filter = self.ask_if(filter.as_ref(), Some(event))?;
                (Entry::Event { event: self.event(event)?, filter }, Some(event))
            }
            EntryBy::Segment { segment, existing } => {
                let segment = segments.iter().position(|(name, _)| *name == segment)?;
                (Entry::Segment { segment, existing: *existing }, None)
            }
            EntryBy::Schedule { .. } => return None,
            EntryBy::Called => (Entry::Called, None),
        };
        let when = self.ask_if(journey.entry.when.as_ref(), at_hand)?;
        let exit_when = self.ask_if(journey.exit_when.as_ref(), None)?;
        let goal = match &journey.goal {
            Some(goal) => Some(Goal { when: self.ask(&goal.when, None)?, for_a_time: goal.within_secs.is_some() }),
            None => None,
        };
        let steps = (0..journey.steps.len()).map(|step| self.step(model, step)).collect::<Option<Vec<_>>>()?;
        let again = self.rest(journey.entry.again);
        Some(Course {
            journey: copy.journey,
            entry,
            key,
            at_once: journey.entry.at_once.map_or(usize::MAX, |most| most as usize),
            when,
            exit_when,
            goal,
            again,
            first: model.first,
            steps,
            running: None,
            finished: None,
            said: Said::default(),
        })
    }

    /// The formula of an event with this value of a key.
    fn key(&mut self, event: &Name, property: &Name, value: &Value) -> Option<Asks> {
        let number = self.questions.says(Some(event), Expr::EventProperty { name: property.clone() }, Some(value))?;
        self.used.insert(number);
        Some(number)
    }

    fn rest(&self, again: Again) -> Rest {
        match again {
            Again::Always => Rest::Always,
            Again::Never => Rest::Never,
            Again::AfterSecs(secs) => Rest::Ticks(self.length(secs)),
        }
    }

    fn length(&self, secs: i64) -> u32 {
        u32::try_from(secs / self.measure_secs).unwrap_or(u32::MAX)
    }

    fn step(&mut self, model: &'m Model<'c>, number: usize) -> Option<Step> {
        let edges = &model.steps[number].edges;
        let to = |edge: usize| edges.get(edge).and_then(|edge| edge.to);
        let next = to(0);
        Some(match &model.journey.steps[number].action {
            Action::Send { .. } => match model.steps[number].mail {
                Some(mail) => {
                    let held = edges.first().and_then(|edge| match edge.pace {
                        Pace::Held(_, most) if !self.is_lenient => Some(most),
                        _ => None,
                    });
                    let hold = held.map(|most| self.length(most + self.measure_secs - 1));
                    Step::Send { content: self.content(mail), hold, next }
                }
                None => Step::Goto { next },
            },
            Action::Wait { length: Length::Secs(secs) } => Step::Wait { ticks: self.length(*secs), next },
            Action::WaitFor { event, filter, when, within: Length::Secs(secs), .. } => Step::WaitFor {
                event: match event {
                    Some(event) => Some(self.event(event)?),
                    None => None,
                },
                filter: self.ask_if(filter.as_ref(), event.as_ref())?,
                when: self.ask_if(when.as_ref(), None)?,
                ticks: self.length(*secs),
                next,
                timeout: to(1),
            },
            Action::Wait { .. }
            | Action::WaitFor { .. }
            | Action::WaitUntil { .. }
            | Action::WaitUntilDate { .. }
            | Action::WaitBestTime => return None,
            Action::Branch { arms, .. } => Step::Branch {
                arms: arms
                    .iter()
                    .enumerate()
                    .map(|(at, arm)| Some((self.ask(&arm.when, None)?, to(at))))
                    .collect::<Option<Vec<_>>>()?,
                otherwise: to(arms.len()),
            },
            Action::Split { arms } => {
                let drawn = arms.iter().enumerate().filter(|(_, arm)| arm.weight > 0.0);
                Step::Split { arms: drawn.enumerate().map(|(at, (arm, _))| (arm, to(at))).collect() }
            }
            Action::Emit { event, .. } => match self.event(event) {
                Some(event) => Step::Emit { event, with: Vec::new(), next },
                None => Step::Goto { next },
            },
            // What is started brings no event, and so no value of a key.
            Action::Start { journey } => match self.models.iter().position(|model| model.name == journey) {
                Some(journey) if self.models[journey].keys.is_empty() => Step::Start { journey, next },
                Some(_) | None => Step::Goto { next },
            },
            Action::Set { .. }
            | Action::Score { .. }
            | Action::Stage { .. }
            | Action::List { .. }
            | Action::Topic { .. } => Step::Change { cells: Vec::new(), points: Vec::new(), topic: None, next },
            Action::Task { .. } | Action::Sync { .. } | Action::Webhook { .. } | Action::Goto => Step::Goto { next },
            Action::Audience { .. } => Step::Change { cells: Vec::new(), points: Vec::new(), topic: None, next },
            Action::Exit { .. } => Step::Exit,
        })
    }

    fn content(&mut self, mail: Mail<'c>) -> usize {
        if let Some(known) = self.contents.iter().position(|each| each.mail.content == mail.content) {
            return known;
        }
        let rest = match self.rest(mail.repeat) {
            Rest::Always => None,
            rest @ (Rest::Never | Rest::Ticks(_)) => {
                self.resting += 1;
                Some((self.resting - 1, rest))
            }
        };
        self.contents.push(Content { mail, rest, sent: None, delivered: None, topic: None, may_fail: false });
        self.contents.len() - 1
    }
}

fn note_segments<'c>(campaign: &'c Campaign, expr: &Expr, used: &mut BTreeSet<&'c Name>) {
    expr.visit(&mut |part| {
        if let Expr::InSegment { segment } = part
            && let Some((name, _)) = campaign.segments.get_key_value(segment)
        {
            used.insert(name);
        }
    });
}
