//! One journey's conditions as statements over one universe of leads.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::Writes;
use super::consent::is_left;
use crate::analysis::conditions::{Claim, Claims, Formula, Leads, Part, Term, TermKind, Terms, Universe, Written};
use crate::analysis::made::events_of_steps;
use crate::ir::expr::{Cmp, Expr};
use crate::ir::journey::{Action, EntryBy, Journey};
use crate::ir::rewrite::replaced;
use crate::ir::{Campaign, Condition, Name, Value};
use crate::text::Origin;

/// What becomes of some leads.
pub(super) type Known = RefCell<BTreeMap<Leads, Leads>>;

/// A journey, and what its conditions ask about.
pub(super) struct Model<'c> {
    pub journey: &'c Journey,
    pub universe: Universe,
    /// Every statement; the ranges below are numbers of these.
    pub claims: Vec<Claim>,
    /// Those who meet all statements of a range, found out when it is first asked.
    met: RefCell<BTreeMap<(usize, usize), Leads>>,
    /// What is left of some leads when time has passed, found out once: most steps are between waits, and waits come to the
    /// same.
    pub passed: Known,
    /// The same when steps of other journeys may have come in between.
    pub passed_beside_others: Known,
    /// What the entry asks of the event or the membership; not asked where a `start` step lets leads in.
    pub entry_by: Range<usize>,
    pub entry_when: Range<usize>,
    pub exit_when: Option<Range<usize>>,
    /// The goal, and whether it counts at any time.
    pub goal: Option<(Range<usize>, bool)>,
    /// By step and arm.
    pub arms: BTreeMap<(usize, usize), Range<usize>>,
    /// By step, what a `wait_for` asks of its event.
    pub filters: BTreeMap<usize, Range<usize>>,
    /// By step, when a `wait_for` does not wait.
    pub whens: BTreeMap<usize, Range<usize>>,
    /// By step, what holds behind it.
    pub sets: BTreeMap<usize, Range<usize>>,
    /// By step that sends marketing, that its topic allows it.
    pub consents: BTreeMap<usize, (&'c Name, Range<usize>)>,
    /// Whether a `start` step names the journey.
    pub is_started: bool,
    /// Whether a mail may be held.
    pub may_hold: bool,
    /// Number of the step by its id.
    pub numbers: BTreeMap<&'c str, usize>,
    /// By term.
    pub notes: Vec<Note>,
}

/// What is to be known of a term when it is carried.
#[derive(Clone, Copy, Debug)]
pub(super) struct Note {
    /// It stays as it is while an instance waits.
    pub stays: bool,
    /// Steps of other journeys may change it.
    pub by_others: bool,
    /// It never becomes less: what was reached, was reached.
    pub rises: bool,
    /// It may change, besides by the steps of this journey, in the second in which these change it, before `exit_when` is
    /// asked: another journey does, a move from where they put the lead, points or a segment that is found out anew.
    pub unsettled: bool,
    /// It is the stage, and a move may change it where something else lets it.
    pub moves: bool,
    /// It belongs to the event at hand.
    pub at_hand: bool,
    /// It looks at the past since the entry.
    pub since_entry: bool,
    /// Whether this journey runs.
    pub is_this: bool,
}

impl<'c> Model<'c> {
    /// `None` if the conditions are too complicated.
    pub(super) fn new(
        campaign: &'c Campaign,
        written: &Written,
        writes: &Writes,
        name: &'c Name,
        journey: &'c Journey,
    ) -> Option<Self> {
        let mut claims = Claims::default();
        let event = journey.entry.by.event();
        let entry_by = match &journey.entry.by {
            EntryBy::Event { event, filter } => {
                let asked = optional(&mut claims, filter.as_ref(), Some(event));
                // What the event takes away is as good as asked for.
                let left = left_by(campaign, journey, event, filter.as_ref());
                let told = told_by(campaign, journey, event);
                asked.start..left.iter().chain(&told).fold(asked.end, |_, also| claims.add(also, None).end)
            }
            EntryBy::Segment { segment, .. } | EntryBy::Schedule { segment, .. } => {
                claims.add(&membership(campaign, segment, journey.entry.origin), None)
            }
            EntryBy::Called => 0..0,
        };
        let entry_when = optional(&mut claims, journey.entry.when.as_ref(), event);
        let exit_when = journey.exit_when.as_ref().map(|when| claims.add(when, None));
        let goal = journey.goal.as_ref().map(|goal| (claims.add(&goal.when, None), goal.within_secs.is_none()));
        let (mut arms, mut filters) = (BTreeMap::new(), BTreeMap::new());
        let (mut whens, mut sets) = (BTreeMap::new(), BTreeMap::new());
        let mut consents = BTreeMap::new();
        for (number, step) in journey.steps.iter().enumerate() {
            match &step.action {
                Action::Branch { arms: of, .. } => {
                    for (arm, of) in of.iter().enumerate() {
                        arms.insert((number, arm), claims.add(&of.when, None));
                    }
                }
                Action::WaitFor { event, filter, when, .. } => {
                    filters.insert(number, optional(&mut claims, filter.as_ref(), event.as_ref()));
                    whens.extend(when.as_ref().map(|when| (number, claims.add(when, None))));
                }
                action => {
                    sets.extend(settled(campaign, action, step.origin).map(|holds| (number, claims.add(&holds, None))));
                    if let Some(topic) = marketing(campaign, action) {
                        let expr = Expr::Subscribed { topic: topic.clone() };
                        let asked = Condition::new(expr, step.origin);
                        consents.insert(number, (topic, claims.add(&asked, None)));
                    }
                }
            }
        }
        let terms = Terms::with(campaign, written, &claims.asked());
        let several = journey.entry.key.is_some();
        let note = |term: &Term| Note {
            stays: writes.stays(term, name, several) || is_of_entry(term),
            by_others: writes.by_others(term, name, several),
            unsettled: writes.by_others(term, name, several) || is_unsettled(campaign, journey, term),
            moves: term.kind == TermKind::Stage
                && campaign.lifecycle.as_ref().is_some_and(|stages| !stages.moves.is_empty()),
            rises: term.kind.rises(),
            at_hand: term.reads.contains(&Part::AtHand) && !is_of_entry(term) && !is_since_entry(&term.kind),
            since_entry: is_since_entry(&term.kind),
            is_this: matches!(&term.kind, TermKind::InJourney(journey) if journey == name),
        };
        let notes = terms.terms.iter().map(note).collect();
        let claims = claims.finish(&terms);
        let universe = Universe::new(terms, |term| writes.by_steps(term))?;
        let numbers = journey.steps.iter().enumerate().rev().map(|(number, step)| (step.id.as_str(), number)).collect();
        let is_started = writes.starts(name);
        Some(Model {
            journey,
            universe,
            claims,
            met: RefCell::default(),
            passed: RefCell::default(),
            passed_beside_others: RefCell::default(),
            entry_by,
            entry_when,
            exit_when,
            goal,
            arms,
            filters,
            whens,
            sets,
            consents,
            is_started,
            may_hold: writes.may_hold,
            numbers,
            notes,
        })
    }

    /// Those who meet all statements of a range.
    pub(super) fn meeting(&self, claims: &Range<usize>) -> Option<Leads> {
        let key = (claims.start, claims.end);
        if let Some(known) = self.met.borrow().get(&key) {
            return Some(*known);
        }
        let all = Formula::all(self.claims[claims.clone()].iter().map(|claim| claim.formula.clone()));
        let found = self.universe.leads(&all)?;
        self.met.borrow_mut().insert(key, found);
        Some(found)
    }

    /// The number of the step that an edge leads to; `None` for the end.
    pub(super) fn number(&self, target: &Option<Name>) -> Option<usize> {
        target.as_ref().and_then(|id| self.numbers.get(id.as_str()).copied())
    }
}

/// That leads who have just had an event may not be mailed about topics that the journey writes about, where it is so.
fn left_by(campaign: &Campaign, journey: &Journey, event: &str, filter: Option<&Condition>) -> Vec<Condition> {
    let sent: BTreeSet<&Name> = journey.steps.iter().filter_map(|step| marketing(campaign, &step.action)).collect();
    let left = sent.into_iter().filter(|topic| is_left(campaign, event, filter, topic));
    let condition = |topic: &Name| {
        let expr = Expr::Not { of: Expr::Subscribed { topic: topic.clone() }.into() };
        Condition::new(expr, journey.entry.origin)
    };
    left.map(condition).collect()
}

/// What the entry asks of the event, as what a lead knows of it later: properties of the event that let it in, and fields
/// that the event has set from them. Only where the journey asks for these.
fn told_by(campaign: &Campaign, journey: &Journey, event: &Name) -> Vec<Condition> {
    let filter = if let EntryBy::Event { filter, .. } = &journey.entry.by { filter.as_ref() } else { None };
    let asked: Vec<Condition> = filter.into_iter().chain(&journey.entry.when).flat_map(Condition::conjuncts).collect();
    let Some(known) = campaign.events.get(event).filter(|_| !asked.is_empty()) else { return Vec::new() };
    let (mut asks_entry, mut fields) = (false, BTreeSet::new());
    for condition in later(journey) {
        condition.expr.visit(&mut |expr| match expr {
            Expr::EntryProperty { .. } => asks_entry = true,
            Expr::Field { name } => {
                fields.insert(name.clone());
            }
            _ => {}
        });
    }
    let as_entry = |name: &Name| asks_entry.then(|| Expr::EntryProperty { event: event.clone(), name: name.clone() });
    // An event without the property leaves the field as it is.
    let set = |name: &Name| {
        known.properties.get(name).filter(|property| !property.optional && !known.builtin)?;
        let set = known.sets.iter().find(|(field, from)| *from == name && fields.contains(*field));
        set.map(|(field, _)| Expr::Field { name: field.clone() })
    };
    let told = |condition: &Condition| {
        let told = [as_told(&condition.expr, &as_entry), as_told(&condition.expr, &set)];
        told.into_iter().flatten().map(|expr| Condition::new(expr, condition.origin)).collect::<Vec<_>>()
    };
    asked.iter().flat_map(told).collect()
}

/// An expression with all properties of the event at hand replaced; `None` if it has none, or one that cannot be.
fn as_told(expr: &Expr, with: &dyn Fn(&Name) -> Option<Expr>) -> Option<Expr> {
    let (mut any, mut all) = (false, true);
    let told = replaced(expr, &mut |part| match part {
        Expr::EventProperty { name } => {
            let told = with(name);
            (any, all) = (true, all && told.is_some());
            told
        }
        // What is asked of a past event is asked of that one.
        Expr::Count { .. } | Expr::DaysSince { .. } => Some(part.clone()),
        _ => None,
    });
    (any && all).then_some(told)
}

/// The conditions that are asked of a lead once it is in.
fn later(journey: &Journey) -> impl Iterator<Item = &Condition> {
    let of_steps = journey.steps.iter().flat_map(|step| match &step.action {
        Action::Branch { arms, .. } => arms.iter().map(|arm| &arm.when).collect::<Vec<_>>(),
        Action::WaitFor { filter, when, .. } => filter.iter().chain(when).collect(),
        _ => Vec::new(),
    });
    journey.exit_when.iter().chain(journey.goal.as_ref().map(|goal| &goal.when)).chain(of_steps)
}

fn optional<'c>(claims: &mut Claims<'c>, condition: Option<&Condition>, event: Option<&'c Name>) -> Range<usize> {
    condition.map_or(0..0, |condition| claims.add(condition, event))
}

/// Who is a member: what the segment asks for if it asks for fixed things, else the membership.
fn membership(campaign: &Campaign, segment: &Name, origin: Origin) -> Condition {
    let expr = Expr::InSegment { segment: segment.clone() };
    let is_plain = campaign.segments.contains_key(segment);
    Condition { text: expr.to_string(), ..Condition::new(if is_plain { expr } else { truth() }, origin) }
}

fn truth() -> Expr {
    Expr::Const { value: Value::Bool(true) }
}

/// The topic of what a step sends, if it is marketing.
pub(in crate::analysis) fn marketing<'c>(campaign: &'c Campaign, action: &Action) -> Option<&'c Name> {
    let Action::Send { content, .. } = action else { return None };
    let topic = campaign.topic_of(content)?;
    campaign.topics.get(topic).filter(|topic| topic.is_marketing())?;
    Some(topic)
}

/// What holds once a step is done, as far as it is a statement.
fn settled(campaign: &Campaign, action: &Action, origin: Origin) -> Option<Condition> {
    let maybe = |holds: bool, expr: Expr| if holds { expr } else { Expr::Not { of: expr.into() } };
    let expr = match action {
        Action::Set { values } => {
            let parts = values.iter().filter_map(|(name, value)| {
                let field = Expr::Field { name: name.clone() };
                match value {
                    None => Some(Expr::IsAbsent { of: field.into() }),
                    Some(Value::Set(_)) => None,
                    Some(value) => Some(Expr::compare(field, Cmp::Eq, value.clone())),
                }
            });
            Expr::All { of: parts.collect() }
        }
        // Who has got points has at least so many, and who has lost some has lost them from the most there is.
        Action::Score { points } => Expr::All {
            of: points
                .iter()
                .filter_map(|(name, points)| {
                    let model = campaign.scoring.get(name)?;
                    let (cmp, end) = if *points > 0 { (Cmp::Ge, model.min) } else { (Cmp::Le, model.max) };
                    let value =
                        Value::Int((i64::from(end) + i64::from(*points)).clamp(model.min.into(), model.max.into()));
                    Some(Expr::compare(Expr::Score { model: name.clone() }, cmp, value))
                })
                .collect(),
        },
        Action::Stage { stage } => Expr::compare(Expr::Stage, Cmp::Eq, Value::Text(stage.clone())),
        Action::List { list, add } | Action::Audience { list, add, .. } => {
            maybe(*add, Expr::InList { list: list.clone() })
        }
        Action::Topic { topic, subscribe: false } => maybe(false, Expr::Subscribed { topic: topic.clone() }),
        Action::Topic { subscribe: true, .. }
        | Action::Send { .. }
        | Action::Wait { .. }
        | Action::WaitUntil { .. }
        | Action::WaitUntilDate { .. }
        | Action::WaitBestTime
        | Action::WaitFor { .. }
        | Action::Branch { .. }
        | Action::Split { .. }
        | Action::Task { .. }
        | Action::Sync { .. }
        | Action::Webhook { .. }
        | Action::Emit { .. }
        | Action::Start { .. }
        | Action::Goto
        | Action::Exit { .. } => return None,
    };
    Some(Condition::new(expr, origin))
}

/// Whether a cascade may change a term before it asks who leaves: by moves, by points for what steps make, by segments.
fn is_unsettled(campaign: &Campaign, journey: &Journey, term: &Term) -> bool {
    let is_put = |stage: &Name| {
        let puts = |action: &Action| matches!(action, Action::Stage { stage: to } if to == stage);
        journey.steps.iter().any(|step| puts(&step.action))
    };
    let from_outside = |event: &Name| {
        let is_own = campaign.events.get(event).is_some_and(|known| !known.builtin);
        is_own && events_of_steps(campaign).all(|made| made != event)
    };
    let changes = |part: &Part| match part {
        Part::Stage => {
            term.kind != TermKind::Stage
                || campaign.lifecycle.iter().flat_map(|lifecycle| &lifecycle.moves).any(|each| is_put(&each.from))
        }
        Part::Score(model) => {
            let rules = campaign.scoring.get(model).map_or(&[][..], |model| &model.rules);
            rules.iter().any(|rule| !from_outside(&rule.event))
        }
        Part::Segment(_) | Part::Event(_) | Part::Content(_) | Part::Journey(_) | Part::AtHand => true,
        Part::Field(_) | Part::List(_) | Part::Topic(_) | Part::Address(_) | Part::Catalog(_) | Part::Clock => false,
    };
    !term.is_fixed() && term.reads.iter().any(changes)
}

/// The event that let the lead in does not change while it is in.
fn is_of_entry(term: &Term) -> bool {
    matches!(term.kind, TermKind::EntryProperty { .. })
}

/// What happened since the entry is asked of one stay, and goes on through it.
fn is_since_entry(kind: &TermKind) -> bool {
    match kind {
        TermKind::Count { since_entry, .. }
        | TermKind::DaysSince { since_entry, .. }
        | TermKind::Received { since_entry, .. } => *since_entry,
        _ => false,
    }
}
