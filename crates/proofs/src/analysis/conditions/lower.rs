//! From expressions to formulas: what is asked of which term.
//!
//! An operand is a constant, absent, or a term, each in its own case: `a if t else b` and `a | default(b)` are the one or
//! the other, and so are the persona and the grade, which are functions of fields. So every comparison ends as a question
//! about one term, or about how two terms stand to each other.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::Formula;
use super::cells::{Domain, Unit};
use super::term::{Lasting, Part, TermKind};
use super::written::Written;
use crate::ir::expr::{Cmp, Expr, Filter, History, TextTest};
use crate::ir::operation::{arithmetic, compares, filtered, tests};
use crate::ir::value::TextFormat;
use crate::ir::{Campaign, Condition, Consent, Field, Name, Type, Value};

/// Segments that ask for each other in a chain, up to which they are followed.
const DEEPEST: usize = 24;

/// A domain with so few values that each is a case of its own.
const FEW: usize = 32;

/// Something asked of a term.
pub(super) type Ask = (usize, Pred);

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Pred {
    /// Whether it is absent.
    Absent,
    /// How it compares with a constant.
    Compare(Cmp, Value),
    /// Whether it is one of these.
    OneOf(Vec<Value>),
    /// Whether it is a text that some condition names, and passes a test.
    Text(TextTest, String),
    /// Whether it is a text that no condition names.
    Other,
}

/// A question in an order of all questions: equal for equal ones only.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key<'p>(pub &'p Pred);

impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let rank = |pred: &Pred| match pred {
            Pred::Absent => 0,
            Pred::Compare(..) => 1,
            Pred::OneOf(_) => 2,
            Pred::Text(..) => 3,
            Pred::Other => 4,
        };
        match (self.0, other.0) {
            (Pred::Compare(cmp, value), Pred::Compare(other, than)) => {
                (*cmp as u8).cmp(&(*other as u8)).then_with(|| compared(value, than))
            }
            (Pred::OneOf(values), Pred::OneOf(others)) => {
                let each = values.iter().zip(others).map(|(value, than)| compared(value, than));
                each.fold(Ordering::Equal, Ordering::then).then(values.len().cmp(&others.len()))
            }
            (Pred::Text(test, with), Pred::Text(other, than)) => {
                (*test as u8).cmp(&(*other as u8)).then_with(|| with.cmp(than))
            }
            (one, other) => rank(one).cmp(&rank(other)),
        }
    }
}

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Key<'_> {}

/// Values in an order of all values, numbers by their bits.
fn compared(one: &Value, other: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Bool(_) => 0,
        Value::Int(_) => 1,
        Value::Number(_) => 2,
        Value::Text(_) => 3,
        Value::Date(_) => 4,
        Value::Datetime(_) => 5,
        Value::Set(_) => 6,
    };
    match (one, other) {
        (Value::Bool(one), Value::Bool(other)) => one.cmp(other),
        (Value::Int(one), Value::Int(other)) | (Value::Datetime(one), Value::Datetime(other)) => one.cmp(other),
        (Value::Number(one), Value::Number(other)) => one.total_cmp(other),
        (Value::Text(one), Value::Text(other)) => one.cmp(other),
        (Value::Date(one), Value::Date(other)) => one.cmp(other),
        (Value::Set(one), Value::Set(other)) => one.cmp(other),
        (one, other) => rank(one).cmp(&rank(other)),
    }
}

/// A term whose cells are not cut yet.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub text: String,
    pub kind: TermKind,
    pub lasting: Lasting,
    pub reads: BTreeSet<Part>,
    pub domain: Domain,
}

/// All terms, and what the segments among them ask for.
#[derive(Debug, Default)]
pub(super) struct Drafts {
    pub all: Vec<Draft>,
    pub segments: BTreeMap<usize, Formula<Ask>>,
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq)]
enum Operand {
    Const(Value),
    Absent,
    Term(usize),
}

/// What an expression is, each with when it is that. Exactly one holds.
type Cases = Vec<(Formula<Ask>, Operand)>;

pub(super) struct Lowering<'c> {
    campaign: &'c Campaign,
    written: &'c Written,
    drafts: Drafts,
    numbers: BTreeMap<String, usize>,
    personas: Option<Cases>,
    grades: BTreeMap<Name, Cases>,
    /// Segments that have been looked at: inlined, or a term.
    segments: BTreeMap<Name, Formula<Ask>>,
    /// Segments that are being looked at.
    open_segments: BTreeSet<Name>,
    /// Whether the persona is being worked out, so that it is not known.
    in_persona: bool,
}

impl<'c> Lowering<'c> {
    pub(super) fn new(campaign: &'c Campaign, written: &'c Written) -> Self {
        Lowering {
            campaign,
            written,
            drafts: Drafts::default(),
            numbers: BTreeMap::new(),
            personas: None,
            grades: BTreeMap::new(),
            segments: BTreeMap::new(),
            open_segments: BTreeSet::new(),
            in_persona: false,
        }
    }

    pub(super) fn condition(&mut self, condition: &Condition, event: Option<&Name>) -> Formula<Ask> {
        self.truth(&condition.expr, event)
    }

    pub(super) fn finish(self) -> Drafts {
        self.drafts
    }

    /// Whether an expression is true; absent counts as false.
    fn truth(&mut self, expr: &Expr, event: Option<&Name>) -> Formula<Ask> {
        match expr {
            Expr::All { of } => Formula::all(self.truths(of, event)),
            Expr::Any { of } => Formula::any(self.truths(of, event)),
            Expr::Not { of } => self.truth(of, event).negated(),
            Expr::Compare { cmp, left, right } => {
                let (left, right) = (self.cases(left, event), self.cases(right, event));
                self.pairs(&left, &right, &|lowering, left, right| lowering.compared(*cmp, left, right))
            }
            Expr::OneOf { of, values } => {
                let of = self.cases(of, event);
                Formula::any(of.into_iter().map(|(guard, operand)| Formula::all([guard, one_of(&operand, values)])))
            }
            Expr::Holds { set, value } => {
                let (set, value) = (self.cases(set, event), self.cases(value, event));
                self.pairs(&set, &value, &|lowering, set, value| lowering.holds(set, value))
            }
            Expr::IsAbsent { of } => {
                let of = self.cases(of, event);
                Formula::any(of.into_iter().map(|(guard, operand)| Formula::all([guard, present(&operand).negated()])))
            }
            Expr::TextTest { test, of, with } => {
                let (of, with) = (self.cases(of, event), self.cases(with, event));
                self.pairs(&of, &with, &|lowering, of, with| lowering.tested(*test, of, with))
            }
            Expr::InSegment { segment } => self.in_segment(segment),
            Expr::InList { list } => {
                let fixed = !self.written.lists.contains(list);
                self.flag(expr, TermKind::InList(list.clone()), fixed, Part::List(list.clone()))
            }
            Expr::Subscribed { topic } => {
                if self.campaign.topics.get(topic).is_some_and(|topic| topic.consent == Consent::Transactional) {
                    return Formula::Const(true);
                }
                is_true(self.draft(Draft {
                    text: expr.to_string(),
                    kind: TermKind::Subscribed(topic.clone()),
                    lasting: Lasting::Mutable,
                    reads: self.consent(topic),
                    domain: Domain::Flag,
                }))
            }
            Expr::Reachable { channel } => {
                self.flag(expr, TermKind::Reachable(*channel), false, Part::Address(*channel))
            }
            Expr::Reached { stage } => {
                let before = self.flag(expr, TermKind::Reached(stage.clone()), false, Part::Stage);
                let value = Value::Text(stage.clone());
                let now = self.stage().map(|of| Formula::Atom((of, Pred::Compare(Cmp::Eq, value))));
                Formula::any(now.into_iter().chain([before]))
            }
            Expr::InJourney { journey } => {
                self.flag(expr, TermKind::InJourney(journey.clone()), false, Part::Journey(journey.clone()))
            }
            Expr::Finished { journey } => {
                self.flag(expr, TermKind::Finished(journey.clone()), false, Part::Journey(journey.clone()))
            }
            Expr::Bought { catalog, item } => {
                let kind = TermKind::Bought(catalog.clone(), item.clone());
                self.flag(expr, kind, false, Part::Catalog(catalog.clone()))
            }
            Expr::Const { .. }
            | Expr::Absent
            | Expr::Field { .. }
            | Expr::EventProperty { .. }
            | Expr::EntryProperty { .. }
            | Expr::Score { .. }
            | Expr::Grade { .. }
            | Expr::Stage
            | Expr::Persona
            | Expr::Now
            | Expr::Today
            | Expr::Arithmetic { .. }
            | Expr::Filter { .. }
            | Expr::If { .. }
            | Expr::Count { .. }
            | Expr::DaysSince { .. }
            | Expr::DaysSinceDate { .. }
            | Expr::DaysUntil { .. }
            | Expr::DaysSinceConsent { .. }
            | Expr::Received { .. } => {
                let cases = self.cases(expr, event);
                let is_true = |operand: &Operand| match operand {
                    Operand::Const(value) => Formula::Const(*value == Value::Bool(true)),
                    Operand::Absent => Formula::Const(false),
                    Operand::Term(term) => Formula::Atom((*term, Pred::Compare(Cmp::Eq, Value::Bool(true)))),
                };
                Formula::any(cases.into_iter().map(|(guard, operand)| Formula::all([guard, is_true(&operand)])))
            }
        }
    }

    fn truths(&mut self, parts: &[Expr], event: Option<&Name>) -> Vec<Formula<Ask>> {
        parts.iter().map(|part| self.truth(part, event)).collect()
    }

    /// What an expression can be.
    fn cases(&mut self, expr: &Expr, event: Option<&Name>) -> Cases {
        let term = match expr {
            Expr::Const { value } => return vec![(Formula::Const(true), Operand::Const(value.clone()))],
            Expr::Absent => return nothing(),
            Expr::Field { name } => self.field(name),
            Expr::EventProperty { name } => event.and_then(|event| self.event_property(event, name)),
            Expr::EntryProperty { event, name } => self.entry_property(event, name),
            Expr::Score { model } => self.score(model),
            Expr::Stage => self.stage(),
            Expr::Persona => return self.persona(),
            Expr::Grade { model } => return self.grade(model),
            Expr::Now => Some(self.clock(expr, TermKind::Now, Unit::Datetime)),
            Expr::Today => Some(self.clock(expr, TermKind::Today, Unit::Date)),
            Expr::Count { of } => Some(self.history(expr, of, false)),
            Expr::DaysSince { of } => Some(self.history(expr, of, true)),
            Expr::Received { content, within_secs, since_entry } => {
                Some(self.received(expr, content, *within_secs, *since_entry))
            }
            Expr::DaysSinceConsent { topic } => Some(self.draft(Draft {
                text: expr.to_string(),
                kind: TermKind::DaysSinceConsent(topic.clone()),
                lasting: Lasting::Passing,
                reads: self.consent(topic).into_iter().chain([Part::Clock]).collect(),
                domain: whole(None, None, true),
            })),
            Expr::DaysSinceDate { of } => {
                let name = |of: &str| format!("days_since({of})");
                return self.days_of_date(of, event, &name, &TermKind::DaysSinceDate, &whole(None, None, false));
            }
            Expr::DaysUntil { of, yearly } => {
                let name = |of: &str| format!("days_until({of}{})", if *yearly { ", every=\"year\"" } else { "" });
                let domain = if *yearly { whole(Some(0), Some(366), false) } else { whole(None, None, false) };
                return self.days_of_date(of, event, &name, &TermKind::DaysUntil, &domain);
            }
            Expr::Arithmetic { sign, left, right } => {
                let operands = [self.cases(left, event), self.cases(right, event)];
                let name = |parts: &[String]| format!("{} {} {}", parts[0], sign.text(), parts[1]);
                let domain = Domain::Real { low: None, high: None, optional: true };
                return self.applied(operands, &name, &|values| arithmetic(*sign, &values[0], &values[1]), &|_| {
                    domain.clone()
                });
            }
            Expr::Filter { filter, of, argument } => return self.filter(*filter, of, argument.as_deref(), event),
            Expr::If { test, then, otherwise } => {
                let test = self.truth(test, event);
                let (then, otherwise) = (self.cases(then, event), self.cases(otherwise, event));
                let then = guarded(&test, then);
                return then.into_iter().chain(guarded(&test.negated(), otherwise)).collect();
            }
            Expr::All { .. }
            | Expr::Any { .. }
            | Expr::Not { .. }
            | Expr::Compare { .. }
            | Expr::OneOf { .. }
            | Expr::Holds { .. }
            | Expr::IsAbsent { .. }
            | Expr::TextTest { .. }
            | Expr::InSegment { .. }
            | Expr::InList { .. }
            | Expr::Subscribed { .. }
            | Expr::Reachable { .. }
            | Expr::Reached { .. }
            | Expr::InJourney { .. }
            | Expr::Bought { .. }
            | Expr::Finished { .. } => {
                let truth = self.truth(expr, event);
                let of = |truth| Operand::Const(Value::Bool(truth));
                return vec![(truth.clone(), of(true)), (truth.negated(), of(false))];
            }
        };
        term.map_or_else(nothing, |term| vec![(Formula::Const(true), Operand::Term(term))])
    }

    // Comparisons.

    /// Some pair of cases holds and passes the test.
    fn pairs(
        &mut self,
        left: &Cases,
        right: &Cases,
        test: &dyn Fn(&mut Self, &Operand, &Operand) -> Formula<Ask>,
    ) -> Formula<Ask> {
        let mut found = Vec::new();
        for (left_guard, left) in left {
            for (right_guard, right) in right {
                let passes = test(self, left, right);
                found.push(Formula::all([left_guard.clone(), right_guard.clone(), passes]));
            }
        }
        Formula::any(found)
    }

    fn compared(&mut self, cmp: Cmp, left: &Operand, right: &Operand) -> Formula<Ask> {
        match (left, right) {
            (Operand::Absent, _) | (_, Operand::Absent) => Formula::Const(false),
            (Operand::Const(left), Operand::Const(right)) => Formula::Const(compares(cmp, left, right)),
            (Operand::Term(term), Operand::Const(value)) => Formula::Atom((*term, Pred::Compare(cmp, value.clone()))),
            (Operand::Const(value), Operand::Term(term)) => {
                Formula::Atom((*term, Pred::Compare(cmp.turned(), value.clone())))
            }
            (Operand::Term(left), Operand::Term(right)) if left == right => match cmp {
                Cmp::Eq | Cmp::Le | Cmp::Ge => present(&Operand::Term(*left)),
                Cmp::Ne | Cmp::Lt | Cmp::Gt => Formula::Const(false),
            },
            (Operand::Term(first), Operand::Term(second)) => {
                if let Some(cases) = self.few(*first) {
                    let right = vec![(Formula::Const(true), right.clone())];
                    return self.pairs(&cases, &right, &|lowering, left, right| lowering.compared(cmp, left, right));
                }
                if self.few(*second).is_some() {
                    return self.compared(cmp.turned(), right, left);
                }
                let in_order = self.drafts.all[*first].text <= self.drafts.all[*second].text;
                let (one, other, cmp) = if in_order { (*first, *second, cmp) } else { (*second, *first, cmp.turned()) };
                let text = format!("{} <=> {}", self.drafts.all[one].text, self.drafts.all[other].text);
                let values = [-1, 0, 1].map(Value::Int).into();
                let domain = Domain::Values { values, optional: false };
                let order = self.made_of(text, TermKind::Order, &[one, other], domain);
                let order = Formula::Atom((order, Pred::Compare(cmp, Value::Int(0))));
                Formula::all([present(left), present(right), order])
            }
        }
    }

    fn holds(&mut self, set: &Operand, value: &Operand) -> Formula<Ask> {
        match (set, value) {
            (Operand::Const(Value::Set(set)), value) => {
                let values: Vec<Value> = set.iter().cloned().map(Value::Text).collect();
                one_of(value, &values)
            }
            (Operand::Term(term), Operand::Const(Value::Text(value))) => match self.member(*term, value) {
                Some(member) => Formula::all([present(set), is_true(member)]),
                None => Formula::Const(false),
            },
            (Operand::Term(term), Operand::Term(_)) => {
                let declared = self.set_values(*term);
                Formula::any(declared.into_iter().map(|each| {
                    let each = Operand::Const(Value::Text(each));
                    Formula::all([self.compared(Cmp::Eq, value, &each), self.holds(set, &each)])
                }))
            }
            (Operand::Absent | Operand::Const(_) | Operand::Term(_), _) => Formula::Const(false),
        }
    }

    fn tested(&mut self, test: TextTest, of: &Operand, with: &Operand) -> Formula<Ask> {
        match (of, with) {
            (Operand::Absent, _) | (_, Operand::Absent) => Formula::Const(false),
            (Operand::Const(Value::Text(of)), Operand::Const(Value::Text(with))) => {
                Formula::Const(tests(test, of, with))
            }
            (Operand::Const(_), Operand::Const(_)) => Formula::Const(false),
            (Operand::Term(_), Operand::Const(Value::Text(with))) if with.is_empty() => present(of),
            (Operand::Term(term), Operand::Const(Value::Text(with))) => {
                let named = Formula::Atom((*term, Pred::Text(test, with.clone())));
                if !matches!(self.drafts.all[*term].domain, Domain::Text { .. }) {
                    return named;
                }
                let text = test_text(test, &self.drafts.all[*term].text, &format!("{with:?}"));
                let of = self.drafts.all[*term].text.clone();
                let kind = TermKind::TextTest { of, test, with: Some(with.clone()) };
                let opaque = self.made_of(text, kind, &[*term], Domain::Flag);
                Formula::any([named, Formula::all([Formula::Atom((*term, Pred::Other)), is_true(opaque)])])
            }
            (of, with) => {
                for (at, operand) in [of, with].into_iter().enumerate() {
                    if let Operand::Term(term) = operand
                        && let Some(cases) = self.few(*term)
                    {
                        let other = vec![(Formula::Const(true), if at == 0 { with } else { of }.clone())];
                        return self.pairs(&cases, &other, &|lowering, case, other| {
                            let (of, with) = if at == 0 { (case, other) } else { (other, case) };
                            lowering.tested(test, of, with)
                        });
                    }
                }
                let parts: Vec<usize> = [of, with].into_iter().filter_map(Operand::term).collect();
                let text = test_text(test, &self.shown(of), &self.shown(with));
                let kind = TermKind::TextTest { of: self.shown(of), test, with: None };
                let opaque = self.made_of(text, kind, &parts, Domain::Flag);
                Formula::all([present(of), present(with), is_true(opaque)])
            }
        }
    }

    // Terms.

    fn draft(&mut self, draft: Draft) -> usize {
        if let Some(number) = self.numbers.get(&draft.text) {
            return *number;
        }
        let number = self.drafts.all.len();
        self.numbers.insert(draft.text.clone(), number);
        self.drafts.all.push(draft);
        number
    }

    /// A term that is a function of others, which are there.
    fn made_of(&mut self, text: String, kind: TermKind, parts: &[usize], domain: Domain) -> usize {
        let parts = parts.iter().map(|part| &self.drafts.all[*part]);
        let lasting = parts.clone().map(|part| part.lasting).max().unwrap_or(Lasting::Fixed);
        let reads = parts.flat_map(|part| part.reads.iter().cloned()).collect();
        self.draft(Draft { text, kind, lasting, reads, domain })
    }

    fn flag(&mut self, expr: &Expr, kind: TermKind, fixed: bool, part: Part) -> Formula<Ask> {
        let lasting = if fixed { Lasting::Fixed } else { Lasting::Mutable };
        let draft = Draft { text: expr.to_string(), kind, lasting, reads: [part].into(), domain: Domain::Flag };
        is_true(self.draft(draft))
    }

    /// What it depends on whether mail on a topic is allowed: where there are markets, on the fields that say which.
    fn consent(&self, topic: &Name) -> BTreeSet<Part> {
        let has_markets = !self.campaign.policies.permission.markets.is_empty();
        let fields = self.written.fields.iter().filter(|_| has_markets).cloned().map(Part::Field);
        fields.chain([Part::Topic(topic.clone())]).collect()
    }

    fn field(&mut self, name: &Name) -> Option<usize> {
        if let Some(known) = self.numbers.get(name) {
            return Some(*known);
        }
        let field = self.campaign.fields.get(name)?;
        let lasting = if self.written.fields.contains(name) { Lasting::Mutable } else { Lasting::Fixed };
        let mut domain = domain(field);
        if self.written.by_events.contains(name) {
            self.widen(name, &mut domain);
        }
        // A lead without an id is refused.
        if let ("id", Domain::Text { may_be_empty, .. }) = (name.as_str(), &mut domain) {
            *may_be_empty = false;
        }
        let reads = [Part::Field(name.clone())].into();
        Some(self.draft(Draft { text: name.clone(), kind: TermKind::Field(name.clone()), lasting, reads, domain }))
    }

    /// An event may set a field to what the field's own limits do not allow, if its property has others.
    fn widen(&self, name: &Name, domain: &mut Domain) {
        let Some(field) = self.campaign.fields.get(name) else { return };
        let properties = || {
            let events = self.campaign.events.values();
            events.filter_map(|event| event.properties.get(event.sets.get(name)?))
        };
        let keeps_low = properties().all(|property| property.min >= field.min);
        let keeps_high =
            properties().all(|property| field.max.is_none() || property.max.is_some() && property.max <= field.max);
        match domain {
            Domain::Whole { low, high, .. } => {
                *low = low.filter(|_| keeps_low);
                *high = high.filter(|_| keeps_high);
            }
            Domain::Real { low, high, .. } => {
                *low = low.filter(|_| keeps_low);
                *high = high.filter(|_| keeps_high);
            }
            Domain::Flag | Domain::Values { .. } | Domain::Presence { .. } | Domain::Text { .. } => {}
        }
    }

    /// What an event carries is of its type and within its range. It may be missing as well if it is optional, if the event
    /// is one of ours, or if a `start` step lets leads in without the event.
    fn carried(&self, event: &Name, name: &Name) -> Option<Domain> {
        let known = self.campaign.events.get(event)?;
        let property = known.properties.get(name)?;
        let optional = property.optional || known.builtin || self.written.started_instead.contains(event);
        Some(domain(&Field { optional, ..property.clone() }))
    }

    fn event_property(&mut self, event: &Name, name: &Name) -> Option<usize> {
        let domain = self.carried(event, name)?;
        Some(self.draft(Draft {
            text: format!("event.{name} of {event}"),
            kind: TermKind::EventProperty { event: event.clone(), property: name.clone() },
            lasting: Lasting::Event,
            reads: [Part::AtHand].into(),
            domain,
        }))
    }

    fn entry_property(&mut self, event: &Name, name: &Name) -> Option<usize> {
        let domain = self.carried(event, name)?;
        Some(self.draft(Draft {
            text: format!("entry.{name} of {event}"),
            kind: TermKind::EntryProperty { event: event.clone(), property: name.clone() },
            lasting: Lasting::Event,
            reads: [Part::AtHand].into(),
            domain,
        }))
    }

    fn member(&mut self, set: usize, value: &str) -> Option<usize> {
        if !self.set_values(set).iter().any(|known| known == value) {
            return None;
        }
        let text = format!("{value:?} in {}", self.drafts.all[set].text);
        let kind = TermKind::Member(self.set_name(set), value.to_owned());
        Some(self.made_of(text, kind, &[set], Domain::Flag))
    }

    fn set_name(&self, set: usize) -> Name {
        self.drafts.all[set].text.clone()
    }

    fn set_values(&self, set: usize) -> Vec<String> {
        let ty = match &self.drafts.all[set].kind {
            TermKind::Field(name) => self.campaign.fields.get(name).map(|field| &field.ty),
            TermKind::EventProperty { event, property } => {
                let event = self.campaign.events.get(event);
                event.and_then(|event| event.properties.get(property)).map(|property| &property.ty)
            }
            _ => None,
        };
        match ty {
            Some(Type::Set { values }) => values.to_vec(),
            Some(_) | None => Vec::new(),
        }
    }

    fn score(&mut self, model: &Name) -> Option<usize> {
        let text = Expr::Score { model: model.clone() }.to_string();
        if let Some(known) = self.numbers.get(&text) {
            return Some(*known);
        }
        let scoring = self.campaign.scoring.get(model)?;
        Some(self.draft(Draft {
            text,
            kind: TermKind::Score(model.clone()),
            lasting: Lasting::Mutable,
            reads: [Part::Score(model.clone())].into(),
            domain: whole(Some(scoring.min.into()), Some(scoring.max.into()), false),
        }))
    }

    fn stage(&mut self) -> Option<usize> {
        let text = Expr::Stage.to_string();
        if let Some(known) = self.numbers.get(&text) {
            return Some(*known);
        }
        let stages = &self.campaign.lifecycle.as_ref()?.stages;
        let values = stages.iter().cloned().map(Value::Text).collect();
        Some(self.draft(Draft {
            text,
            kind: TermKind::Stage,
            lasting: Lasting::Mutable,
            reads: [Part::Stage].into(),
            domain: Domain::Values { values, optional: false },
        }))
    }

    fn clock(&mut self, expr: &Expr, kind: TermKind, unit: Unit) -> usize {
        let domain = Domain::Whole { low: None, high: None, unit, optional: false };
        let reads = if kind == TermKind::Today { local_clock().into() } else { [Part::Clock].into() };
        self.draft(Draft { text: expr.to_string(), kind, lasting: Lasting::Passing, reads, domain })
    }

    /// The number of past events, or the days since the last one. A filter may ask about the lead of today as well.
    fn history(&mut self, expr: &Expr, of: &History, days: bool) -> usize {
        let (event, within_secs, since_entry) = (of.event.clone(), of.within_secs, of.since_entry);
        let filter = of.filter.as_ref().map(|filter| filter.to_string());
        let inner: Vec<usize> = of.filter.as_ref().map_or_else(Vec::new, |filter| {
            let mut read = BTreeSet::new();
            self.truth(filter, Some(&of.event)).visit(&mut |(term, _)| {
                read.insert(*term);
            });
            read.into_iter().collect()
        });
        let mut reads: BTreeSet<Part> = [Part::Event(event.clone())].into();
        reads.extend(inner.iter().flat_map(|term| self.drafts.all[*term].reads.iter().cloned()));
        let of_stay = expr.asks_of_a_stay();
        if of_stay {
            reads.insert(Part::AtHand);
        } else {
            reads.remove(&Part::AtHand);
        }
        let passes = days || within_secs.is_some() || reads.contains(&Part::Clock);
        if passes {
            reads.insert(Part::Clock);
        }
        // An event lies less than the look-back before now.
        let oldest = within_secs.map(|secs| (secs - 1).div_euclid(86_400)).filter(|_| days);
        self.draft(Draft {
            text: expr.to_string(),
            kind: if days {
                TermKind::DaysSince { event, within_secs, since_entry, filter }
            } else {
                TermKind::Count { event, within_secs, since_entry, filter }
            },
            lasting: match (of_stay, passes) {
                (true, _) => Lasting::Event,
                (false, true) => Lasting::Passing,
                (false, false) => Lasting::Mutable,
            },
            reads,
            domain: whole(Some(0), oldest, days),
        })
    }

    fn received(&mut self, expr: &Expr, content: &Name, within_secs: Option<i64>, since_entry: bool) -> usize {
        let mut reads: BTreeSet<Part> = [Part::Content(content.clone())].into();
        reads.extend(within_secs.map(|_| Part::Clock));
        reads.extend(since_entry.then_some(Part::AtHand));
        self.draft(Draft {
            text: expr.to_string(),
            kind: TermKind::Received { content: content.clone(), within_secs, since_entry },
            lasting: match (since_entry, within_secs) {
                (true, _) => Lasting::Event,
                (false, Some(_)) => Lasting::Passing,
                (false, None) => Lasting::Mutable,
            },
            reads,
            domain: whole(Some(0), None, false),
        })
    }

    /// Days between a date and now, where there is a date.
    fn days_of_date(
        &mut self,
        of: &Expr,
        event: Option<&Name>,
        name: &dyn Fn(&str) -> String,
        kind: &TermKind,
        domain: &Domain,
    ) -> Cases {
        let mut found = Vec::new();
        for (guard, operand) in self.cases(of, event) {
            if operand == Operand::Absent {
                found.push((guard, operand));
                continue;
            }
            let text = name(&self.shown(&operand));
            let part = operand.term().map(|term| &self.drafts.all[term]);
            let mut reads = part.map(|part| part.reads.clone()).unwrap_or_default();
            reads.extend(local_clock());
            let lasting = part.map_or(Lasting::Passing, |part| part.lasting.max(Lasting::Passing));
            let days = self.draft(Draft { text, kind: kind.clone(), lasting, reads, domain: domain.clone() });
            let is_there = present(&operand);
            found.push((Formula::all([guard.clone(), is_there.clone()]), Operand::Term(days)));
            found.push((Formula::all([guard, is_there.negated()]), Operand::Absent));
        }
        possible(found)
    }

    // Functions of fields.

    /// The first persona that matches.
    fn persona(&mut self) -> Cases {
        if self.in_persona {
            // Of the persona before: anything.
            let values = self.campaign.personas.iter().map(|persona| Value::Text(persona.name.clone())).collect();
            let term = self.draft(Draft {
                text: "persona before".to_owned(),
                kind: TermKind::Opaque,
                lasting: Lasting::Mutable,
                reads: self.written.fields.iter().cloned().map(Part::Field).collect(),
                domain: Domain::Values { values, optional: true },
            });
            return vec![(Formula::Const(true), Operand::Term(term))];
        }
        if let Some(known) = &self.personas {
            return known.clone();
        }
        self.in_persona = true;
        let campaign = self.campaign;
        let (mut cases, mut earlier) = (Vec::new(), Vec::new());
        for persona in &campaign.personas {
            let matches = self.truth(&persona.matches.expr, None);
            let first = Formula::all(earlier.iter().cloned().chain([matches.clone()]).collect::<Vec<_>>());
            cases.push((first, Operand::Const(Value::Text(persona.name.clone()))));
            earlier.push(matches.negated());
        }
        cases.push((Formula::all(earlier), Operand::Absent));
        self.in_persona = false;
        let cases = possible(cases);
        self.personas = Some(cases.clone());
        cases
    }

    /// The best band whose points the rules that hold reach.
    fn grade(&mut self, model: &Name) -> Cases {
        if let Some(known) = self.grades.get(model) {
            return known.clone();
        }
        let campaign = self.campaign;
        let Some(grading) = campaign.grading.get(model) else { return nothing() };
        let points: std::sync::Arc<[(i64, Formula<Ask>)]> =
            grading.rules.iter().map(|rule| (rule.points.into(), self.truth(&rule.when.expr, None))).collect();
        let (mut cases, mut better) = (Vec::new(), Vec::new());
        for band in &grading.bands {
            let reached = Formula::AtLeast { points: points.clone(), least: band.points.into() };
            let best = Formula::all(better.iter().cloned().chain([reached.clone()]).collect::<Vec<_>>());
            cases.push((best, Operand::Const(Value::Text(band.name.clone()))));
            better.push(reached.negated());
        }
        cases.push((Formula::all(better), Operand::Absent));
        self.grades.insert(model.clone(), cases.clone());
        cases
    }

    /// Membership: what the segment asks for if that never changes, else a term that knows what was true when it was last
    /// found out.
    fn in_segment(&mut self, name: &Name) -> Formula<Ask> {
        if let Some(known) = self.segments.get(name) {
            return known.clone();
        }
        let campaign = self.campaign;
        let Some(segment) = campaign.segments.get(name) else { return Formula::Const(false) };
        // Of segments that ask for each other in a circle, which is a fault of its own, nothing is known.
        let draft = Draft {
            text: Expr::InSegment { segment: name.clone() }.to_string(),
            kind: TermKind::InSegment(name.clone()),
            lasting: Lasting::Passing,
            reads: [Part::Segment(name.clone()), Part::Clock].into(),
            domain: Domain::Flag,
        };
        // Nor of what lies very deep in a chain of segments.
        if self.open_segments.len() >= DEEPEST || !self.open_segments.insert(name.clone()) {
            return is_true(self.draft(draft));
        }
        let asks = self.truth(&segment.when.expr, None);
        self.open_segments.remove(name);
        let (mut is_fixed, mut reads) = (true, BTreeSet::from([Part::Segment(name.clone())]));
        asks.visit(&mut |(term, _)| {
            is_fixed &= self.drafts.all[*term].lasting == Lasting::Fixed;
            reads.extend(self.drafts.all[*term].reads.iter().cloned());
        });
        let member = if is_fixed {
            asks
        } else {
            let lasting = if reads.contains(&Part::Clock) { Lasting::Passing } else { Lasting::Mutable };
            let term = self.draft(Draft { lasting, reads, ..draft });
            self.drafts.segments.insert(term, asks);
            is_true(term)
        };
        self.segments.insert(name.clone(), member.clone());
        member
    }

    // Functions of values.

    fn filter(&mut self, filter: Filter, of: &Expr, argument: Option<&Expr>, event: Option<&Name>) -> Cases {
        let of = self.cases(of, event);
        if filter == Filter::Default {
            let fallback = argument.map_or_else(nothing, |argument| self.cases(argument, event));
            let mut found = Vec::new();
            for (guard, operand) in of {
                let is_there = present(&operand);
                found.push((Formula::all([guard.clone(), is_there.clone()]), operand));
                found.extend(guarded(&Formula::all([guard, is_there.negated()]), fallback.clone()));
            }
            return possible(found);
        }
        if filter == Filter::Length && of.iter().any(|(_, operand)| self.is_set(operand)) {
            return self.length(of);
        }
        let name = |parts: &[String]| format!("{} | {}", parts[0], filter.text());
        let apply = |values: &[Value]| filtered(filter, values[0].clone());
        self.applied([of], &name, &apply, &|domain| result(filter, domain))
    }

    fn is_set(&self, operand: &Operand) -> bool {
        operand.term().is_some_and(|term| matches!(self.drafts.all[term].domain, Domain::Presence { .. }))
    }

    /// The number of values of a set.
    fn length(&mut self, of: Cases) -> Cases {
        let mut found = Vec::new();
        for (guard, operand) in of {
            match &operand {
                Operand::Const(value) => {
                    let length = filtered(Filter::Length, value.clone());
                    found.push((guard, length.map_or(Operand::Absent, Operand::Const)));
                }
                Operand::Absent => found.push((guard, Operand::Absent)),
                Operand::Term(set) => {
                    let values = self.set_values(*set).len();
                    let text = format!("({}) | length", self.drafts.all[*set].text);
                    let kind = TermKind::Length { of: self.set_name(*set), values };
                    let domain = whole(Some(0), i64::try_from(values).ok(), false);
                    let length = self.made_of(text, kind, &[*set], domain);
                    let is_there = present(&operand);
                    found.push((Formula::all([guard.clone(), is_there.clone()]), Operand::Term(length)));
                    found.push((Formula::all([guard, is_there.negated()]), Operand::Absent));
                }
            }
        }
        possible(found)
    }

    /// A function of operands that are there: computed where they are constants or have few values, else a term.
    fn applied<const N: usize>(
        &mut self,
        operands: [Cases; N],
        name: &dyn Fn(&[String]) -> String,
        apply: &dyn Fn(&[Value]) -> Option<Value>,
        domain: &dyn Fn(Option<&Domain>) -> Domain,
    ) -> Cases {
        let mut combined: Vec<(Formula<Ask>, Vec<Operand>)> = vec![(Formula::Const(true), Vec::new())];
        for cases in operands {
            let cases = self.spread(cases);
            let mut next = Vec::new();
            for (guard, operands) in &combined {
                for (also, operand) in &cases {
                    let operands = operands.iter().cloned().chain([operand.clone()]).collect();
                    next.push((Formula::all([guard.clone(), also.clone()]), operands));
                }
            }
            combined = next;
        }
        let mut found = Vec::new();
        for (guard, operands) in combined {
            let constants: Option<Vec<Value>> = operands.iter().map(Operand::constant).collect();
            if let Some(values) = constants {
                found.push((guard, apply(&values).map_or(Operand::Absent, Operand::Const)));
            } else if operands.contains(&Operand::Absent) {
                found.push((guard, Operand::Absent));
            } else {
                let texts: Vec<String> = operands.iter().map(|operand| self.shown(operand)).collect();
                let parts: Vec<usize> = operands.iter().filter_map(Operand::term).collect();
                let domain = domain(parts.first().map(|part| &self.drafts.all[*part].domain));
                let term = self.made_of(name(&texts), TermKind::Opaque, &parts, domain);
                let are_there = Formula::all(operands.iter().map(present).collect::<Vec<_>>());
                found.push((Formula::all([guard.clone(), are_there.clone()]), Operand::Term(term)));
                found.push((Formula::all([guard, are_there.negated()]), Operand::Absent));
            }
        }
        possible(found)
    }

    /// Terms of few values, value by value.
    fn spread(&self, cases: Cases) -> Cases {
        let mut found = Vec::new();
        for (guard, operand) in cases {
            match operand.term().and_then(|term| self.few(term)) {
                Some(each) => found.extend(guarded(&guard, each)),
                None => found.push((guard, operand)),
            }
        }
        found
    }

    /// The values of a term one by one, if they are few.
    fn few(&self, term: usize) -> Option<Cases> {
        let Domain::Values { values, optional } = &self.drafts.all[term].domain else { return None };
        if values.len() > FEW {
            return None;
        }
        let value = |value: &Value| {
            (Formula::Atom((term, Pred::Compare(Cmp::Eq, value.clone()))), Operand::Const(value.clone()))
        };
        let absent = optional.then_some((Formula::Atom((term, Pred::Absent)), Operand::Absent));
        Some(values.iter().map(value).chain(absent).collect())
    }

    /// An operand as a part of a text: in brackets where it is more than a name or a call.
    fn shown(&self, operand: &Operand) -> String {
        match operand {
            Operand::Const(value) => value.to_string(),
            Operand::Absent => "none".to_owned(),
            Operand::Term(term) => {
                let text = &self.drafts.all[*term].text;
                if text.contains(' ') { format!("({text})") } else { text.clone() }
            }
        }
    }
}

impl Operand {
    fn term(&self) -> Option<usize> {
        match self {
            Operand::Term(term) => Some(*term),
            Operand::Const(_) | Operand::Absent => None,
        }
    }

    fn constant(&self) -> Option<Value> {
        match self {
            Operand::Const(value) => Some(value.clone()),
            Operand::Absent | Operand::Term(_) => None,
        }
    }
}

fn nothing() -> Cases {
    vec![(Formula::Const(true), Operand::Absent)]
}

fn guarded(guard: &Formula<Ask>, cases: Cases) -> Cases {
    cases.into_iter().map(|(own, operand)| (Formula::all([guard.clone(), own]), operand)).collect()
}

/// Leaves out cases that are never so.
fn possible(mut cases: Cases) -> Cases {
    cases.retain(|(guard, _)| *guard != Formula::Const(false));
    cases
}

/// What a local date depends on: the time, and the lead's zone.
fn local_clock() -> [Part; 2] {
    [Part::Clock, Part::Field("timezone".to_owned())]
}

/// Whether an operand is there.
fn present(operand: &Operand) -> Formula<Ask> {
    match operand {
        Operand::Const(_) => Formula::Const(true),
        Operand::Absent => Formula::Const(false),
        Operand::Term(term) => Formula::Atom((*term, Pred::Absent)).negated(),
    }
}

fn is_true(flag: usize) -> Formula<Ask> {
    Formula::Atom((flag, Pred::Compare(Cmp::Eq, Value::Bool(true))))
}

fn one_of(operand: &Operand, values: &[Value]) -> Formula<Ask> {
    match operand {
        Operand::Const(value) => Formula::Const(values.iter().any(|one| compares(Cmp::Eq, value, one))),
        Operand::Absent => Formula::Const(false),
        Operand::Term(term) => Formula::Atom((*term, Pred::OneOf(values.to_vec()))),
    }
}

fn test_text(test: TextTest, of: &str, with: &str) -> String {
    match test {
        TextTest::StartsWith => format!("{of} is startingwith({with})"),
        TextTest::EndsWith => format!("{of} is endingwith({with})"),
        TextTest::Contains => format!("{with} in {of}"),
    }
}

fn whole(low: Option<i64>, high: Option<i64>, optional: bool) -> Domain {
    Domain::Whole { low, high, unit: Unit::Number, optional }
}

/// What a field or property can hold.
fn domain(field: &Field) -> Domain {
    let optional = field.optional;
    match &field.ty {
        Type::Text { format } => Domain::Text { format: *format, optional, may_be_empty: true },
        Type::Integer => {
            let (low, high) = (field.min.map(|min| min.ceil() as i64), field.max.map(|max| max.floor() as i64));
            whole(low, high, optional)
        }
        Type::Number { .. } => Domain::Real { low: field.min, high: field.max, optional },
        Type::Boolean => Domain::Values { values: vec![Value::Bool(true), Value::Bool(false)], optional },
        Type::Date => Domain::Whole { low: None, high: None, unit: Unit::Date, optional },
        Type::Datetime => Domain::Whole { low: None, high: None, unit: Unit::Datetime, optional },
        Type::Enum { values } => Domain::Values { values: values.iter().cloned().map(Value::Text).collect(), optional },
        Type::Set { .. } => Domain::Presence { optional },
    }
}

/// What a filter can make of a domain of which it is not computed value by value.
fn result(filter: Filter, of: Option<&Domain>) -> Domain {
    match filter {
        Filter::Lower | Filter::Upper | Filter::Trim | Filter::Default => {
            Domain::Text { format: TextFormat::Plain, optional: false, may_be_empty: true }
        }
        Filter::Length => whole(Some(0), None, false),
        Filter::Abs | Filter::Round => match of {
            Some(Domain::Whole { .. }) => whole(Some(0).filter(|_| filter == Filter::Abs), None, false),
            Some(_) | None => {
                Domain::Real { low: Some(0.0).filter(|_| filter == Filter::Abs), high: None, optional: false }
            }
        },
    }
}
