//! What journeys hear of a lead: the events that let it in, that it is waited for with, and that conditions ask about.
//!
//! In: the campaign and some of its journeys. Out: [`Hearing`]. Never: when anything happens.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::DAY;
use crate::analysis::conditions::{Asked, Assignment, Formula, Posed, Term, TermKind, Terms, every};
use crate::analysis::flood::Happens;
use crate::ir::expr::Expr;
use crate::ir::journey::{Action, EntryBy, Moment};
use crate::ir::{Again, Campaign, Condition, Journey, Length, Name, Type, Value, builtin};

/// Ways of saying an event that are told apart, at most.
const MOST_SAYINGS: usize = 8;
/// Ways of saying an event that is waited for, or asked about.
const FEW_SAYINGS: usize = 2;
/// Events that are only asked about, at most.
const MOST_OTHERS: usize = 8;
/// Values of a key that may have any.
const KEYS: [i64; 3] = [1, 2, 3];

/// What some journeys hear.
#[derive(Clone, Debug, Default)]
pub(super) struct Hearing {
    /// Journeys that events let leads in to.
    pub entries: Vec<Entry>,
    /// Steps that wait for an event.
    pub waits: Vec<Wait>,
    /// Events that are asked about, each in a few ways.
    pub others: Vec<Vec<Saying>>,
    /// Splits: journey, step, arms.
    pub splits: Vec<(Name, Name, Vec<Name>)>,
    /// Whether it matters on which day they begin.
    pub goes_by_the_clock: bool,
    /// Dates on which something happens once, or behind which nobody enters.
    pub dates: BTreeSet<Date>,
    /// Whether a lead that comes in lets itself in.
    pub by_birth: bool,
    /// What conditions ask about that a lead can bring along.
    pub brought: Brought,
}

/// What a lead can bring along, as far as conditions tell it apart.
#[derive(Clone, Debug, Default)]
pub(super) struct Brought {
    /// Values by field.
    pub values: Vec<(Name, Vec<Option<Value>>)>,
    /// Stages.
    pub stages: Vec<Name>,
    /// Scores by model.
    pub scores: Vec<(Name, Vec<i32>)>,
    /// Lists.
    pub lists: Vec<Name>,
    /// What may have happened before.
    pub past: Vec<Saying>,
}

/// An event with its properties.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Saying {
    pub event: Name,
    pub with: BTreeMap<Name, Value>,
}

impl Saying {
    /// An email or a message is sent.
    pub(super) fn sent(campaign: &Campaign, content: &Name) -> Saying {
        let is_mail = campaign.emails.contains_key(content);
        let (event, key) = if is_mail { ("email_sent", "email") } else { ("message_sent", "message") };
        Saying { event: event.to_owned(), with: [(key.to_owned(), Value::Text(content.clone()))].into() }
    }

    /// The same with each of these values of a property.
    fn with_each(&self, property: &Name, values: &[&Value]) -> Vec<Saying> {
        let with = |value: &&Value| {
            let mut saying = self.clone();
            saying.with.insert(property.clone(), (*value).clone());
            saying
        };
        values.iter().map(with).collect()
    }

    /// The email or message that something is done about.
    pub(super) fn reaction_to(&self) -> Option<&Name> {
        match self.with.get("email").or(self.with.get("message")) {
            Some(Value::Text(content)) => Some(content),
            _ => None,
        }
    }

    /// It happens so many seconds after the lead came in.
    pub(super) fn at(&self, at_secs: i64) -> Happens {
        Happens { at_secs, event: self.event.clone(), with: self.with.clone() }
    }
}

/// A journey that events let leads in to.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub journey: Name,
    pub again: Again,
    pub sayings: Vec<Saying>,
}

/// A step that waits for an event.
#[derive(Clone, Debug)]
pub(super) struct Wait {
    pub journey: Name,
    pub step: Name,
    pub sayings: Vec<Saying>,
}

impl Hearing {
    /// What journeys hear, and those that lead to them.
    pub(super) fn of(campaign: &Campaign, journeys: &BTreeSet<&Name>) -> Hearing {
        let posed = every(campaign);
        let asked: Vec<Asked<'_>> =
            posed.iter().map(|posed| Asked { condition: posed.condition, event: posed.event }).collect();
        let ears = Ears { campaign, posed, terms: Terms::of(campaign, &asked) };
        let mut hearing = Hearing { goes_by_the_clock: ears.ask_the_clock(), ..Hearing::default() };
        for name in leading_to(campaign, journeys) {
            let Some(journey) = campaign.journeys.get(name) else { continue };
            ears.entry(name, journey, &mut hearing);
            ears.steps(name, journey, &mut hearing);
        }
        hearing.others = ears.others();
        hearing.brought = ears.brought();
        hearing
    }
}

/// Some journeys, and those that start them or make what they hear.
fn leading_to<'c>(campaign: &'c Campaign, journeys: &BTreeSet<&'c Name>) -> BTreeSet<&'c Name> {
    let mut all = journeys.clone();
    loop {
        let heard: BTreeSet<&Name> =
            all.iter().filter_map(|name| campaign.journeys.get(*name)?.entry.by.event()).collect();
        let leads = |action: &Action| match action {
            Action::Start { journey } => all.contains(journey),
            Action::Emit { event, .. } => heard.contains(event),
            _ => false,
        };
        let leading =
            campaign.journeys.iter().filter(|(_, journey)| journey.steps.iter().any(|step| leads(&step.action)));
        let more: Vec<&Name> = leading.map(|(name, _)| name).filter(|name| !all.contains(name)).collect();
        if more.is_empty() {
            return all;
        }
        all.extend(more);
    }
}

/// The date of what comes once.
fn date_of(moment: &Moment) -> Option<Date> {
    if let Moment::Once { at } = moment { date(at) } else { None }
}

/// The date of a local civil time.
fn date(at: &str) -> Option<Date> {
    at.get(..10)?.parse().ok()
}

/// Whether something of the kind can come from outside.
fn comes_from_outside(event: &Name) -> bool {
    !builtin::MADE_BY_RUNS.contains(&event.as_str())
}

struct Ears<'c> {
    campaign: &'c Campaign,
    posed: Vec<Posed<'c>>,
    terms: Terms,
}

impl Ears<'_> {
    fn entry(&self, name: &Name, journey: &Journey, hearing: &mut Hearing) {
        hearing.dates.extend(journey.ends.as_deref().and_then(date));
        match &journey.entry.by {
            EntryBy::Event { event, .. } if event == "lead_created" => hearing.by_birth = true,
            EntryBy::Event { event, filter } if comes_from_outside(event) => {
                let asked = [filter.as_ref(), journey.entry.when.as_ref()];
                let sayings = self.sayings(event, journey.entry.key.as_ref(), &asked, MOST_SAYINGS);
                hearing.entries.push(Entry { journey: name.clone(), again: journey.entry.again, sayings });
            }
            EntryBy::Schedule { moment, .. } => {
                hearing.goes_by_the_clock = true;
                hearing.dates.extend(date_of(moment));
            }
            EntryBy::Event { .. } | EntryBy::Segment { .. } | EntryBy::Called => {}
        }
    }

    fn steps(&self, name: &Name, journey: &Journey, hearing: &mut Hearing) {
        for step in &journey.steps {
            match &step.action {
                Action::WaitFor { event: Some(event), filter, .. } if comes_from_outside(event) => {
                    let sayings = self.sayings(event, None, &[filter.as_ref()], FEW_SAYINGS);
                    hearing.waits.push(Wait { journey: name.clone(), step: step.id.clone(), sayings });
                }
                Action::Split { arms } => {
                    let arms = arms.iter().filter(|arm| arm.weight > 0.0).map(|arm| arm.name.clone()).collect();
                    hearing.splits.push((name.clone(), step.id.clone(), arms));
                }
                Action::WaitUntil { moment, .. } => {
                    hearing.goes_by_the_clock = true;
                    hearing.dates.extend(date_of(moment));
                }
                Action::Wait { length: Length::BusinessDays { .. } }
                | Action::WaitUntilDate { .. }
                | Action::WaitBestTime => hearing.goes_by_the_clock = true,
                _ => {}
            }
        }
    }

    fn ask_the_clock(&self) -> bool {
        let by_clock = |term: &Term| {
            matches!(term.kind, TermKind::Now | TermKind::Today | TermKind::DaysSinceDate | TermKind::DaysUntil)
        };
        self.terms.terms.iter().any(by_clock)
    }

    /// The ways of saying an event that are told apart and that none of the conditions excludes.
    fn sayings(&self, event: &Name, key: Option<&Name>, asked: &[Option<&Condition>], most: usize) -> Vec<Saying> {
        let mut ways: Vec<(Saying, Assignment)> =
            vec![(Saying { event: event.clone(), with: BTreeMap::new() }, Assignment::default())];
        let mut keyed = false;
        for (number, term) in self.terms.terms.iter().enumerate() {
            let TermKind::EventProperty { event: of, property } = &term.kind else { continue };
            if of != event {
                continue;
            }
            keyed |= Some(property) == key;
            let mut more = Vec::new();
            for (saying, assignment) in &ways {
                for (at, cell) in term.cells.iter().enumerate() {
                    let mut way = (saying.clone(), assignment.clone());
                    way.1.set(number, Some(at));
                    way.0.with.extend(cell.value.clone().map(|value| (property.clone(), value)));
                    more.push(way);
                }
            }
            more.retain(|(_, assignment)| self.may_hold(asked, event, assignment));
            more.truncate(most);
            ways = more;
        }
        let mut sayings: Vec<Saying> = ways.into_iter().map(|(saying, _)| saying).collect();
        for (field, property) in self.campaign.events.get(event).into_iter().flat_map(|event| &event.sets) {
            let is_it = |term: &&Term| matches!(&term.kind, TermKind::Field(name) if name == field);
            let cells = self.terms.terms.iter().find(is_it).map_or(&[][..], |term| &term.cells);
            let values: Vec<&Value> = cells.iter().filter_map(|cell| cell.value.as_ref()).collect();
            if !values.is_empty() && sayings.iter().all(|saying| !saying.with.contains_key(property)) {
                sayings = sayings.iter().flat_map(|saying| saying.with_each(property, &values)).take(most).collect();
            }
        }
        if let Some(key) = key.filter(|_| !keyed) {
            let values = self.values(event, key);
            let values: Vec<&Value> = values.iter().collect();
            sayings = sayings.iter().flat_map(|saying| saying.with_each(key, &values)).take(most).collect();
        }
        sayings
    }

    fn may_hold(&self, asked: &[Option<&Condition>], event: &Name, assignment: &Assignment) -> bool {
        let formula = |condition: &Condition| -> Option<&Formula> {
            let is_it = |posed: &Posed<'_>| std::ptr::eq(posed.condition, condition) && posed.event == Some(event);
            self.terms.formulas.get(self.posed.iter().position(is_it)?)
        };
        let formulas = asked.iter().flatten().filter_map(|condition| formula(condition));
        formulas.into_iter().all(|formula| self.terms.eval(formula, assignment) != Some(false))
    }

    /// Some values that a key may have.
    fn values(&self, event: &Name, key: &Name) -> Vec<Value> {
        let property = self.campaign.events.get(event).and_then(|event| event.properties.get(key));
        match property.map(|property| &property.ty) {
            Some(Type::Enum { values }) => values.iter().cloned().map(Value::Text).collect(),
            Some(Type::Boolean) => vec![Value::Bool(false), Value::Bool(true)],
            Some(Type::Integer) => KEYS.map(Value::Int).into(),
            Some(Type::Number { .. }) => KEYS.map(|key| Value::Number(key as f64)).into(),
            Some(Type::Text { .. }) => KEYS.map(|key| Value::Text(key.to_string())).into(),
            Some(Type::Date) => KEYS.map(|key| Value::Date(20_000 + key as i32)).into(),
            Some(Type::Datetime) => KEYS.map(|key| Value::Datetime((20_000 + key) * DAY)).into(),
            Some(Type::Set { .. }) | None => Vec::new(),
        }
    }

    /// Events that conditions, and rules of what they ask about, look at.
    fn others(&self) -> Vec<Vec<Saying>> {
        let mut events: BTreeSet<&Name> = BTreeSet::new();
        let (mut scores, mut stages) = (false, false);
        for posed in &self.posed {
            posed.condition.expr.visit(&mut |expr| match expr {
                Expr::Count { of } | Expr::DaysSince { of } => {
                    events.extend(self.campaign.events.get_key_value(&of.event).map(|(name, _)| name));
                }
                Expr::Score { .. } => scores = true,
                Expr::Stage | Expr::Reached { .. } => stages = true,
                _ => {}
            });
        }
        let rules = self.campaign.scoring.values().flat_map(|model| &model.rules).filter(|_| scores);
        events.extend(rules.map(|rule| &rule.event));
        let moves = self.campaign.lifecycle.iter().flat_map(|lifecycle| &lifecycle.moves).filter(|_| stages);
        events.extend(moves.filter_map(|each| each.event.as_ref()));
        events.extend(self.campaign.events.iter().filter(|(_, event)| !event.sets.is_empty()).map(|(name, _)| name));
        events.retain(|event| comes_from_outside(event));
        // What sets a field may set each of its values.
        let most = |event: &Name| {
            let sets = self.campaign.events.get(event).is_some_and(|event| !event.sets.is_empty());
            if sets { MOST_SAYINGS } else { FEW_SAYINGS }
        };
        let said = |event: &Name| self.sayings(event, None, &[], most(event));
        events.into_iter().take(MOST_OTHERS).map(said).collect()
    }

    /// What conditions ask about and a lead can bring along.
    fn brought(&self) -> Brought {
        let mut brought = Brought::default();
        for term in &self.terms.terms {
            match &term.kind {
                TermKind::Field(name) => {
                    let is_set = |value: &Value| matches!(value, Value::Set(_));
                    let values = term.cells.iter().filter(|cell| !cell.value.as_ref().is_some_and(is_set));
                    brought.values.push((name.clone(), values.map(|cell| cell.value.clone()).collect()));
                }
                TermKind::Score(model) => {
                    let spans = term.cells.iter().filter_map(|cell| cell.span);
                    let ends = spans.flat_map(|(low, high)| [low, high]).filter(|end| end.is_finite());
                    brought.scores.push((model.clone(), ends.map(|end| end as i32).collect()));
                }
                TermKind::Stage | TermKind::Reached(_) => {
                    brought.stages = self.campaign.lifecycle.as_ref().map_or_else(Vec::new, |all| all.stages.clone());
                }
                TermKind::InList(name) => brought.lists.push(name.clone()),
                TermKind::Count { event, .. } | TermKind::DaysSince { event, .. } if comes_from_outside(event) => {
                    brought.past.extend(self.sayings(event, None, &[], FEW_SAYINGS));
                }
                TermKind::Received { content, .. } => brought.past.push(Saying::sent(self.campaign, content)),
                _ => {}
            }
        }
        brought.values.retain(|(_, values)| !values.is_empty());
        brought.scores.retain(|(_, scores)| !scores.is_empty());
        brought
    }
}
