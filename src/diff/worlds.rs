//! Two campaigns in one world of conditions, so that a condition before can be held against one after, lead by lead.
//!
//! What both campaigns define alike is one thing. Of what they define otherwise there are two: the one after has its
//! name, the one before is called `NAME (before)`. Segments and personas are looked into, down to what is known of a lead,
//! so that for them no more than their conditions counts. Where more is known of how the two belong together (a list that
//! only grew holds everybody it held), that is part of the question.
//!
//! In: both campaigns, renames already followed. Out: answers with a lead for whom it makes a difference. Never: journeys'
//! steps, times.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use super::consent::{self, Rule};
use super::differing::{Differing, Direction};
use super::model::{Person, Who};
use crate::analysis::conditions::Written;
use crate::analysis::reach::Writes;
use crate::ir::expr::{Cmp, History};
use crate::ir::journey::{Action, EntryBy};
use crate::ir::rewrite::replaced;
use crate::ir::{Campaign, Condition, Expr, Field, Grading, Journey, Name, Topic, Type, Value};
use crate::text::Origin;

/// Which of the two campaigns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The one that is compared with.
    Before,
    /// The one that is compared.
    After,
}

/// How two conditions stand to each other.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Compared {
    /// Seen from the one before.
    pub(super) who: Who,
    /// Leads that one of them fits and the other does not.
    pub(super) leads: Vec<Person>,
}

/// Both campaigns.
pub(super) struct Worlds<'c> {
    pub(super) before: &'c Campaign,
    pub(super) after: &'c Campaign,
    pub(super) differing: Differing,
    pub(super) world: Campaign,
    pub(super) written: Written,
    pub(super) writes: Writes,
    /// Both campaigns for those who read mails, made when somebody does.
    shared: [OnceLock<Arc<Campaign>>; 2],
    /// What rows of leads may say after and were refused for before, by field.
    pub(super) taken: Vec<(Name, Expr)>,
    /// Steps that are in another journey now: journey and step before, journey and step after.
    pub(super) elsewhere: BTreeMap<(Name, Name), (Name, Name)>,
}

impl<'c> Worlds<'c> {
    /// Puts both into one world.
    pub(super) fn of(
        before: &'c Campaign,
        after: &'c Campaign,
        elsewhere: BTreeMap<(Name, Name), (Name, Name)>,
    ) -> Worlds<'c> {
        let differing = Differing::of(before, after);
        let mut worlds = Worlds {
            before,
            after,
            differing,
            world: after.clone(),
            written: Written::default(),
            writes: Writes::default(),
            shared: [OnceLock::new(), OnceLock::new()],
            taken: super::rows::taken(before, after),
            elsewhere,
        };
        worlds.look_deeper();
        worlds.differing.journeys = worlds.journeys_entered_otherwise();
        worlds.world = worlds.joined();
        worlds.written = Written::of(&worlds.world);
        // What is made up may change as what it stands for does.
        let of_before = worlds.world.fields.keys().filter(|name| name.ends_with(BEFORE)).cloned();
        worlds.written.fields.extend(of_before.chain(worlds.made_up()));
        worlds.written.lists.extend(worlds.world.lists.keys().filter(|name| name.ends_with(BEFORE)).cloned());
        worlds.writes = Writes::of(&worlds.world, &worlds.written);
        worlds.differing.moved = worlds.stages_moved();
        worlds
    }

    /// Whether steps make an event otherwise, and in which way.
    pub(super) fn made_otherwise(&self, event: &Name) -> Option<Direction> {
        self.differing.events.get(event).copied()
    }

    /// Whether an event is known of others.
    fn happens_otherwise(&self, event: &Name) -> bool {
        self.differing.events.contains_key(event) || self.differing.tracked.contains_key(event)
    }

    /// Whether an event is recorded of others, and in which way.
    pub(super) fn tracked_otherwise(&self, event: &Name) -> Option<Direction> {
        self.differing.tracked.get(event).copied()
    }

    /// Of whom an event is recorded on a side.
    fn recorded(&self, side: Side, event: &Name) -> Expr {
        let tracking = self.campaign(side).tracking.as_ref().filter(|tracking| tracking.events.contains(event));
        tracking.map_or_else(|| truth(true), |tracking| self.expr(side, &tracking.consent.expr))
    }

    /// What is written alike and asks for something that is not: grades, personas, moves between stages, consent. Each may be
    /// asked for by another one.
    fn look_deeper(&mut self) {
        loop {
            let known = self.differing.addresses().len() + usize::from(self.differing.personas);
            let grading: Vec<Name> = self.differing_by(|campaign| {
                let rules = |(name, model): (&Name, &Grading)| {
                    (name.clone(), model.rules.iter().map(|rule| rule.when.clone()).collect())
                };
                campaign.grading.iter().map(rules).collect()
            });
            self.differing.grading.extend(grading);
            let personas = self.differing_by(|campaign| {
                let all = campaign.personas.iter().map(|persona| persona.matches.clone()).collect();
                BTreeMap::from([("personas".to_owned(), all)])
            });
            self.differing.personas |= !personas.is_empty();
            let stage = self.differing_by(|campaign| {
                let moves = campaign.lifecycle.iter().flat_map(|lifecycle| &lifecycle.moves);
                let all = moves.flat_map(|one| one.when.iter().chain(&one.filter)).cloned().collect();
                BTreeMap::from([("lifecycle".to_owned(), all)])
            });
            self.differing.stage |= !stage.is_empty();
            let tracking = self.differing_by(|campaign| {
                let all = campaign.tracking.iter().map(|tracking| tracking.consent.clone()).collect();
                BTreeMap::from([("tracking".to_owned(), all)])
            });
            if !tracking.is_empty() {
                let events = |campaign: &Campaign| campaign.tracking.as_ref().map(|tracking| tracking.events.clone());
                for event in events(self.before).into_iter().chain(events(self.after)).flatten() {
                    self.differing.tracked.entry(event).or_insert(Direction::Either);
                }
            }
            let topics = self.differing_by(|campaign| {
                let markets = &campaign.policies.permission.markets;
                let asks = |(name, topic): (&Name, &Topic)| {
                    let all = topic.granted.iter().chain(markets.iter().map(|market| &market.when));
                    (name.clone(), all.cloned().collect())
                };
                campaign.topics.iter().map(asks).collect()
            });
            for topic in topics {
                self.differing.topics.entry(topic).or_default();
            }
            if self.differing.addresses().len() + usize::from(self.differing.personas) == known {
                return;
            }
        }
    }

    /// Names under which both campaigns have conditions that are not the same in this world.
    fn differing_by(&self, conditions: impl Fn(&Campaign) -> BTreeMap<Name, Vec<Condition>>) -> Vec<Name> {
        let of = |side: Side| -> BTreeMap<Name, Vec<Expr>> {
            let all = conditions(self.campaign(side)).into_iter();
            all.map(|(name, of)| (name, of.iter().map(|one| self.expr(side, &one.expr)).collect())).collect()
        };
        let after = of(Side::After);
        let differs = |(name, before): &(Name, Vec<Expr>)| after.get(name).is_some_and(|after| after != before);
        of(Side::Before).into_iter().filter(differs).map(|(name, _)| name).collect()
    }

    /// Addresses of what the two know of a lead in different ways.
    pub(super) fn differing(&self) -> BTreeSet<String> {
        self.differing.addresses()
    }

    /// Journeys that others come into, as far as a condition can ask for them.
    pub(super) fn entered_otherwise(&self) -> &BTreeSet<Name> {
        &self.differing.journeys
    }

    /// The campaign of a side.
    pub(super) fn campaign(&self, side: Side) -> &'c Campaign {
        match side {
            Side::Before => self.before,
            Side::After => self.after,
        }
    }

    /// The campaign of a side, to be read by whoever reads its mails.
    pub(super) fn shared(&self, side: Side) -> Arc<Campaign> {
        let at = match side {
            Side::Before => 0,
            Side::After => 1,
        };
        self.shared[at].get_or_init(|| Arc::new(self.campaign(side).clone())).clone()
    }

    /// Everything that is asked of a lead before it comes into a journey, `exit_when` left out.
    pub(super) fn entry(&self, side: Side, journey: &Journey) -> Expr {
        let mut asked = Vec::new();
        match &journey.entry.by {
            EntryBy::Event { event, filter } => {
                asked.extend(self.tracked_otherwise(event).map(|_| self.recorded(side, event)));
                asked.extend(filter.iter().map(|filter| self.expr(side, &filter.expr)));
            }
            EntryBy::Segment { segment, .. } | EntryBy::Schedule { segment, .. } => {
                asked.push(self.expr(side, &Expr::InSegment { segment: segment.clone() }));
            }
            EntryBy::Called => {}
        }
        asked.extend(journey.entry.when.iter().map(|when| self.expr(side, &when.expr)));
        all(asked)
    }

    /// Whether something may be sent on a topic to a lead.
    pub(super) fn may_get(&self, side: Side, topic: &Name) -> Expr {
        match self.campaign(side).topics.get(topic) {
            Some(defined) if defined.is_marketing() => self.expr(side, &Expr::Subscribed { topic: topic.clone() }),
            Some(_) | None => truth(true),
        }
    }

    /// Whether a step starts a journey.
    pub(super) fn starts(&self, side: Side, name: &Name) -> bool {
        let steps = self.campaign(side).journeys.values().flat_map(|journey| &journey.steps);
        let mut actions = steps.map(|step| &step.action);
        actions.any(|action| matches!(action, Action::Start { journey } if journey == name))
    }

    /// An expression of one side as one of the world.
    pub(super) fn expr(&self, side: Side, expr: &Expr) -> Expr {
        let campaign = self.campaign(side);
        replaced(expr, &mut |part| match part {
            Expr::InSegment { segment } => {
                campaign.segments.get(segment).map(|segment| self.expr(side, &segment.when.expr))
            }
            Expr::Subscribed { topic } if self.differing.topics.contains_key(topic) => {
                Some(self.may_be_sent(side, topic))
            }
            Expr::Persona if self.differing.personas && side == Side::Before => Some(self.persona_before()),
            Expr::Compare { cmp: Cmp::Eq, left, right } if self.differing.personas => match (&**left, &**right) {
                (Expr::Persona, Expr::Const { value: Value::Text(name) })
                | (Expr::Const { value: Value::Text(name) }, Expr::Persona) => Some(self.is_persona(side, name)),
                _ => None,
            },
            other => match side {
                Side::Before => self.renamed(other),
                Side::After => None,
            },
        })
    }

    /// An expression of one side as one of the world, as if leads were scored, listed and moved alike on both: only what
    /// conditions, segments and personas say counts.
    pub(super) fn ruled(&self, side: Side, expr: &Expr) -> Expr {
        let campaign = self.campaign(side);
        replaced(expr, &mut |part| match part {
            Expr::InSegment { segment } => {
                campaign.segments.get(segment).map(|segment| self.ruled(side, &segment.when.expr))
            }
            _ => None,
        })
    }

    /// What is defined otherwise, by its name of before.
    fn renamed(&self, expr: &Expr) -> Option<Expr> {
        let Differing { fields, scoring, grading, lists, topics, journeys, stage, .. } = &self.differing;
        match expr {
            Expr::Field { name } if fields.contains(name) => Some(Expr::Field { name: past(name) }),
            Expr::Score { model } if scoring.contains_key(model) => Some(Expr::Score { model: past(model) }),
            Expr::Grade { model } if grading.contains(model) => Some(Expr::Grade { model: past(model) }),
            Expr::Stage if *stage => Some(Expr::Field { name: past("stage") }),
            Expr::Reached { stage: reached } if *stage => {
                Some(Expr::Field { name: past(&format!("reached({reached:?})")) })
            }
            Expr::InList { list } if lists.contains_key(list) => Some(Expr::InList { list: past(list) }),
            Expr::DaysSinceConsent { topic } if topics.contains_key(topic) => {
                Some(Expr::DaysSinceConsent { topic: past(topic) })
            }
            Expr::InJourney { journey } if journeys.contains(journey) => {
                Some(Expr::InJourney { journey: past(journey) })
            }
            Expr::Finished { journey } if journeys.contains(journey) => Some(Expr::Finished { journey: past(journey) }),
            Expr::Count { of } if self.happens_otherwise(&of.event) => {
                Some(Expr::Count { of: History { event: past(&of.event), ..of.clone() } })
            }
            Expr::DaysSince { of } if self.happens_otherwise(&of.event) => {
                Some(Expr::DaysSince { of: History { event: past(&of.event), ..of.clone() } })
            }
            _ => None,
        }
    }

    /// Whether a lead may be sent something on a topic of which the two decide otherwise.
    fn may_be_sent(&self, side: Side, topic: &Name) -> Expr {
        let campaign = self.campaign(side);
        let Some(rule) = campaign.topics.get(topic).and_then(|of| Rule::of(campaign, of)) else { return truth(true) };
        let ways = self.differing.topics.get(topic).copied().unwrap_or_default();
        self.expr(side, &rule.expr(topic, side, ways))
    }

    /// The fields that are made up: what is known of a lead on one side only.
    fn made_up(&self) -> BTreeSet<Name> {
        let mut found = BTreeSet::new();
        for (topic, ways) in &self.differing.topics {
            for campaign in [self.before, self.after] {
                let rule = campaign.topics.get(topic).and_then(|of| Rule::of(campaign, of));
                found.extend(rule.into_iter().flat_map(|rule| consent::made_up(&rule, topic, *ways)));
            }
        }
        found
    }

    /// Whether a lead has a persona: it fits, and none of the earlier ones does.
    fn is_persona(&self, side: Side, name: &Name) -> Expr {
        let mut asked = Vec::new();
        for persona in &self.campaign(side).personas {
            let fits = self.expr(side, &persona.matches.expr);
            if persona.name == *name {
                asked.push(fits);
                return all(asked);
            }
            asked.push(Expr::Not { of: Box::new(fits) });
        }
        truth(false)
    }

    /// The persona of before: the name of the first that fits.
    fn persona_before(&self) -> Expr {
        self.before.personas.iter().rev().fold(Expr::Absent, |otherwise, persona| Expr::If {
            test: Box::new(self.expr(Side::Before, &persona.matches.expr)),
            then: Box::new(Expr::Const { value: Value::Text(persona.name.clone()) }),
            otherwise: Box::new(otherwise),
        })
    }

    /// Journeys of which a condition asks whether leads are inside, and that others come into.
    fn journeys_entered_otherwise(&self) -> BTreeSet<Name> {
        let enters = |side: Side, journey: &Journey| {
            let exit = journey.exit_when.as_ref().map(|exit| self.expr(side, &exit.expr));
            (self.entry(side, journey), exit, journey.entry.by.clone(), journey.ends.clone())
        };
        let names = self.before.journeys.keys().chain(self.after.journeys.keys());
        let differs = |name: &&Name| match (self.before.journeys.get(*name), self.after.journeys.get(*name)) {
            (Some(before), Some(after)) => enters(Side::Before, before) != enters(Side::After, after),
            (Some(_), None) | (None, Some(_)) => true,
            (None, None) => false,
        };
        names.filter(differs).cloned().collect()
    }

    /// The campaign after, with everything of before that is defined otherwise.
    fn joined(&self) -> Campaign {
        let mut world = self.after.clone();
        let Differing { fields, scoring, grading, lists, topics, stage, .. } = &self.differing;
        for (name, field) in &self.before.fields {
            match world.fields.get_mut(name) {
                Some(after) if !fields.contains(name) => widen(after, field),
                Some(_) | None => {
                    world.fields.insert(past(name), field.clone());
                }
            }
        }
        world.scoring.extend(of_before(&self.before.scoring, |name| scoring.contains_key(name)));
        world.lists.extend(of_before(&self.before.lists, |name| lists.contains_key(name)));
        world.topics.extend(of_before(&self.before.topics, |name| topics.contains_key(name)));
        world.events.extend(of_before(&self.before.events, |name| self.happens_otherwise(name)));
        for (name, mut model) in of_before(&self.before.grading, |name| grading.contains(name)) {
            for rule in &mut model.rules {
                rule.when = condition(self.expr(Side::Before, &rule.when.expr));
            }
            world.grading.insert(name, model);
        }
        for persona in &mut world.personas {
            persona.matches = condition(self.expr(Side::After, &persona.matches.expr));
        }
        world.fields.extend(self.made_up().into_iter().map(|name| (name, made_up(Type::Boolean))));
        if *stage {
            let stages = self.before.lifecycle.as_ref().map_or(&[][..], |lifecycle| &lifecycle.stages);
            world.fields.insert(past("stage"), made_up(Type::Enum { values: stages.to_vec().into() }));
            for stage in stages {
                world.fields.insert(past(&format!("reached({stage:?})")), made_up(Type::Boolean));
            }
        }
        world
    }
}

/// That whoever was is, or the other way round.
pub(super) fn implied(direction: Direction, before: Expr, after: Expr) -> Option<Expr> {
    let (one, other) = match direction {
        Direction::More => (before, after),
        Direction::Fewer => (after, before),
        Direction::Either => return None,
    };
    Some(Expr::Any { of: vec![other, Expr::Not { of: Box::new(one) }] })
}

/// The end of the name of what was.
const BEFORE: &str = " (before)";

/// The name of what was.
pub(super) fn past(name: &str) -> Name {
    format!("{name}{BEFORE}")
}

fn of_before<V: Clone>(all: &BTreeMap<Name, V>, differs: impl Fn(&Name) -> bool) -> Vec<(Name, V)> {
    all.iter().filter(|(name, _)| differs(name)).map(|(name, value)| (past(name), value.clone())).collect()
}

/// A field that can have every value that either can have.
fn widen(field: &mut Field, other: &Field) {
    match (&mut field.ty, &other.ty) {
        (Type::Enum { values }, Type::Enum { values: more }) | (Type::Set { values }, Type::Set { values: more }) => {
            let added = more.iter().filter(|value| !values.contains(value)).cloned();
            *values = values.iter().cloned().chain(added).collect();
        }
        _ => {}
    }
    let wider = |one: Option<f64>, two: Option<f64>, pick: fn(f64, f64) -> f64| Some(pick(one?, two?));
    field.min = wider(field.min, other.min, f64::min);
    field.max = wider(field.max, other.max, f64::max);
    field.optional |= other.optional;
}

fn made_up(ty: Type) -> Field {
    Field { ty, min: None, max: None, optional: false, label: None, builtin: false, origin: Origin::default() }
}

/// All of them.
pub(super) fn all(mut parts: Vec<Expr>) -> Expr {
    match parts.len() {
        0 => truth(true),
        1 => parts.swap_remove(0),
        _ => Expr::All { of: parts },
    }
}

/// Always, or never.
pub(super) fn truth(holds: bool) -> Expr {
    Expr::Const { value: Value::Bool(holds) }
}

pub(super) fn condition(expr: Expr) -> Condition {
    Condition::new(expr, Origin::default())
}
