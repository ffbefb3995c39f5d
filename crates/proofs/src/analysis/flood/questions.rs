//! All conditions of the journeys, asked together, so that a kind of lead is the same thing to all of them.
//!
//! In: the campaign. Out: [`Questions`]. Never: what the answers lead to.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::conditions_of;
use super::kinds::Kinds;
use crate::analysis::conditions::{Asked, Assignment, Terms, Written};
use crate::ir::builtin::ABOUT_SUBSCRIPTIONS;
use crate::ir::expr::{Cmp, Expr};
use crate::ir::journey::Action;
use crate::ir::{Campaign, Condition, Journey, Name, Value};
use crate::text::Origin;

/// The conditions, and what they ask about.
pub(super) struct Questions {
    /// What they ask about.
    pub(super) terms: Arc<Terms>,
    /// The formula of each condition, by its place in memory and the event at hand.
    numbers: HashMap<(usize, Option<Name>), usize>,
    /// The formula that says of a term whether it is the value that something writes, by the event and canonical text.
    written: BTreeMap<(Option<Name>, String), usize>,
    /// Kinds of leads that were told apart, by the formulas that do it.
    kinds: Mutex<BTreeMap<Vec<usize>, Arc<Kinds>>>,
}

impl Questions {
    /// Asks everything that journeys and segments ask, and for each value that a step writes, or that a key can have,
    /// whether it is that value.
    pub(super) fn of(campaign: &Campaign, written: &Written) -> Questions {
        let made_up = writes(campaign);
        let mut asked: Vec<Asked<'_>> = Vec::new();
        let mut numbers = HashMap::new();
        let conditions = campaign.journeys.values().flat_map(conditions_of);
        let segments = campaign.segments.values().map(|segment| (&segment.when, None));
        let moves = campaign.lifecycle.iter().flat_map(|lifecycle| &lifecycle.moves).flat_map(|each| {
            let filter = each.filter.iter().map(|filter| (filter, each.event.as_ref()));
            each.when.iter().map(|when| (when, None)).chain(filter)
        });
        let rules = campaign.scoring.values().flat_map(|model| &model.rules);
        let rules = rules.flat_map(|rule| rule.filter.iter().map(|filter| (filter, Some(&rule.event))));
        for (condition, event) in conditions.chain(segments).chain(moves).chain(rules) {
            numbers.insert(key(condition, event), asked.len());
            asked.push(Asked { condition, event });
        }
        let mut by_text = BTreeMap::new();
        for (condition, event) in &made_up {
            by_text.insert((event.clone(), condition.text.clone()), asked.len());
            asked.push(Asked { condition, event: event.as_ref() });
        }
        let terms = Arc::new(Terms::with(campaign, written, &asked));
        Questions { terms, numbers, written: by_text, kinds: Mutex::default() }
    }

    /// The formulas of a journey's conditions, in their order.
    pub(super) fn of_journey(&self, journey: &Journey) -> Vec<Option<usize>> {
        conditions_of(journey).into_iter().map(|(condition, event)| self.number(condition, event)).collect()
    }

    /// Takes note that a journey was put in the place of one that asks the same in the same order, with these formulas.
    pub(super) fn put(&mut self, journey: &Journey, formulas: &[Option<usize>]) {
        for ((condition, event), formula) in conditions_of(journey).into_iter().zip(formulas) {
            self.numbers.extend(formula.map(|formula| (key(condition, event), formula)));
        }
    }

    /// The formula of a condition.
    pub(super) fn number(&self, condition: &Condition, event: Option<&Name>) -> Option<usize> {
        self.numbers.get(&key(condition, event)).copied()
    }

    /// The kinds of leads that some formulas tell apart; found out once, for all proofs that ask the same.
    pub(super) fn kinds(&self, formulas: &[usize]) -> Arc<Kinds> {
        let known = |kinds: MutexGuard<'_, BTreeMap<Vec<usize>, Arc<Kinds>>>| kinds.get(formulas).cloned();
        if let Some(kinds) = known(self.kinds.lock().unwrap_or_else(PoisonError::into_inner)) {
            return kinds;
        }
        let kinds = Arc::new(Kinds::of(&self.terms, formulas));
        let mut all = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(formulas.to_vec(), kinds.clone());
        kinds
    }

    /// The formula that says whether something is a value that something writes, or a value of a key.
    pub(super) fn says(&self, event: Option<&Name>, of: Expr, value: Option<&Value>) -> Option<usize> {
        self.written.get(&(event.cloned(), is(of, value).to_string())).copied()
    }

    /// The cell of a term in which a value lies that something writes.
    pub(super) fn cell(&self, term: usize, event: Option<&Name>, of: Expr, value: Option<&Value>) -> Option<usize> {
        let formula = &self.terms.formulas[self.says(event, of, value)?];
        (0..self.terms.terms[term].cells.len()).find(|cell| {
            let mut known = Assignment::default();
            known.set(term, Some(*cell));
            self.terms.eval(formula, &known) == Some(true)
        })
    }
}

fn key(condition: &Condition, event: Option<&Name>) -> (usize, Option<Name>) {
    (std::ptr::from_ref(condition) as usize, event.cloned())
}

/// A condition for each value that a step writes, or that a key can have.
fn writes(campaign: &Campaign) -> Vec<(Condition, Option<Name>)> {
    let mut made_up: BTreeMap<(Option<&Name>, String), Expr> = BTreeMap::new();
    let mut note = |event, expr: Expr| {
        made_up.insert((event, expr.to_string()), expr);
    };
    for stage in campaign.lifecycle.iter().flat_map(|lifecycle| &lifecycle.stages) {
        note(None, is(Expr::Stage, Some(&Value::Text(stage.clone()))));
    }
    for (event, property, name) in made_by_journeys(campaign) {
        let of = Expr::EventProperty { name: property.to_owned() };
        note(Some(event), is(of, Some(&Value::Text(name.clone()))));
    }
    for event in ABOUT_SUBSCRIPTIONS.iter().filter_map(|event| heard(campaign, event)) {
        let topics = campaign.marketing_topics().map(|topic| Some(Value::Text(topic.clone())));
        for topic in topics.chain([None]) {
            note(Some(event), is(Expr::EventProperty { name: "topic".to_owned() }, topic.as_ref()));
        }
    }
    for journey in campaign.journeys.values() {
        if let (Some(event), Some(key)) = (journey.entry.by.event(), &journey.entry.key) {
            for value in super::model::keys(campaign, journey) {
                note(Some(event), is(Expr::EventProperty { name: key.clone() }, Some(&value)));
            }
        }
    }
    for step in campaign.journeys.values().flat_map(|journey| &journey.steps) {
        match &step.action {
            Action::Set { values } => {
                for (name, value) in values {
                    note(None, is(Expr::Field { name: name.clone() }, value.as_ref()));
                }
            }
            Action::Emit { event, with } => {
                for name in campaign.events.get(event).iter().flat_map(|defined| defined.properties.keys()) {
                    note(Some(event), is(Expr::EventProperty { name: name.clone() }, with.get(name)));
                }
            }
            _ => {}
        }
    }
    let condition = |(text, expr)| Condition { text, ..Condition::new(expr, Origin::default()) };
    made_up.into_iter().map(|((event, text), expr)| (condition((text, expr)), event.cloned())).collect()
}

/// What the events that journeys make themselves say of their maker, where a journey hears them: event, property, value.
fn made_by_journeys(campaign: &Campaign) -> Vec<(&Name, &'static str, &Name)> {
    let heard = |name: &str| heard(campaign, name);
    let mails = ["email_sent", "email_delivered"].into_iter().filter_map(heard);
    let mails = mails.flat_map(|event| campaign.emails.keys().map(move |email| (event, "email", email)));
    let stays = ["journey_entered", "journey_ended"].into_iter().filter_map(heard);
    mails.chain(stays.flat_map(|event| campaign.journeys.keys().map(move |name| (event, "journey", name)))).collect()
}

/// The name of an event, if a journey hears it.
fn heard<'c>(campaign: &'c Campaign, name: &str) -> Option<&'c Name> {
    let (event, _) = campaign.events.get_key_value(name)?;
    campaign.journeys.values().any(|journey| super::hears(journey, name)).then_some(event)
}

/// Whether something is this value.
fn is(of: Expr, value: Option<&Value>) -> Expr {
    match value {
        None => Expr::IsAbsent { of: Box::new(of) },
        Some(value) => Expr::compare(of, Cmp::Eq, value.clone()),
    }
}
