//! Conditions compiled: names are numbers, and each knows what it depends on.

use super::{Chain, Names, bounded};
use crate::backend::sim::value::{Slot, Sym, V};
use crate::ir::expr::{Cmp, Expr, Filter, History, Sign, TextTest};
use crate::ir::{Condition, Name};

/// What a condition's answer can change with. A set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deps(pub u16);

impl Deps {
    /// Nothing.
    pub const NONE: Deps = Deps(0);
    /// Fields of the lead, what is known of its addresses, and persona and grades, which are functions of them.
    pub const FIELDS: Deps = Deps(1);
    /// Scores.
    pub const SCORES: Deps = Deps(1 << 1);
    /// The stage.
    pub const STAGE: Deps = Deps(1 << 2);
    /// The passing of time.
    pub const TIME: Deps = Deps(1 << 3);
    /// Past events that are kept.
    pub const EVENTS: Deps = Deps(1 << 4);
    /// Mails sent.
    pub const MAILS: Deps = Deps(1 << 5);
    /// Lists.
    pub const LISTS: Deps = Deps(1 << 6);
    /// Subscriptions.
    pub const TOPICS: Deps = Deps(1 << 7);
    /// Running and ended instances.
    pub const JOURNEYS: Deps = Deps(1 << 8);
    /// Membership in segments.
    pub const SEGMENTS: Deps = Deps(1 << 9);
    /// Everything.
    pub const ALL: Deps = Deps((1 << 10) - 1);

    /// What is in one of the two.
    pub fn or(self, other: Deps) -> Deps {
        Deps(self.0 | other.0)
    }

    /// Whether the two have something in common.
    pub fn meets(self, other: Deps) -> bool {
        self.0 & other.0 != 0
    }
}

impl std::ops::BitOrAssign for Deps {
    fn bitor_assign(&mut self, other: Deps) {
        *self = self.or(other);
    }
}

/// A compiled condition.
#[derive(Debug)]
pub struct Cond {
    /// Its canonical text, for traces.
    pub text: String,
    /// Its tests.
    pub chain: Chain,
    /// What it depends on.
    pub deps: Deps,
}

/// A compiled expression. The same operations as [`Expr`], on numbers instead of names; in a [`Chain`] each is a test.
#[derive(Debug)]
pub enum Code {
    Const(Slot),
    Field(usize),
    Property(usize),
    /// A property of the event that let the lead into the journey.
    Entry(usize),
    Score(usize),
    Grade(usize),
    Stage,
    Persona,
    Now,
    Today,
    All(Box<[Code]>),
    Any(Box<[Code]>),
    Not(Box<Code>),
    Compare(Cmp, Box<(Code, Code)>),
    /// A score, or a field, against a whole number.
    ScoreIs(Cmp, usize, i64),
    FieldIs(Cmp, usize, i64),
    /// Whether a text is one of those that the plan names; with `false`, whether it is another one.
    Named(Box<Code>, Box<[Sym]>, bool),
    OneOf(Box<Code>, Box<[Slot]>),
    Holds(Box<(Code, Code)>),
    IsAbsent(Box<Code>),
    Arithmetic(Sign, Box<(Code, Code)>),
    TextTest(TextTest, Box<(Code, Code)>),
    Filter(Filter, Box<(Code, Code)>),
    If(Box<(Code, Code, Code)>),
    InSegment(usize),
    InList(usize),
    Subscribed(usize),
    /// Whether a subscription waits for its confirmation.
    Pending(usize),
    DaysSinceConsent(usize),
    Count(Box<Past>),
    DaysSince(Box<Past>),
    DaysSinceDate(Box<Code>),
    /// To a date; to the next of its anniversaries.
    DaysUntil(Box<Code>, bool),
    Received {
        content: usize,
        within: Option<i64>,
        since_entry: bool,
    },
    /// Whether something may be sent to the address of a channel.
    Reachable(usize),
    Reached(usize),
    InJourney(usize),
    Finished(usize),
    Bought {
        catalog: usize,
        item: u32,
    },
}

/// Past events that are asked for.
#[derive(Debug)]
pub struct Past {
    /// Where they are kept.
    pub shelf: usize,
    /// Look-back in seconds.
    pub within: Option<i64>,
    /// Whether only what came after the entry into the journey counts.
    pub since_entry: bool,
    /// Condition on each.
    pub filter: Option<Code>,
}

/// What conditions ask to be kept of one event: nothing, or a look-back, `i64::MAX` for ever.
pub type Retention = Option<i64>;

impl Names<'_> {
    /// Compiles a condition; `event` is the one whose properties it may ask for.
    pub fn condition(&mut self, condition: &Condition, event: Option<&Name>) -> Cond {
        let mut deps = Deps::NONE;
        let code = self.code(&condition.expr, event, &mut deps).quick();
        let chain = Chain::of(code, self);
        Cond { text: condition.said().to_owned(), chain, deps }
    }

    /// Compiles a condition that may be missing.
    pub fn optional(&mut self, condition: Option<&Condition>, event: Option<&Name>) -> Option<Cond> {
        condition.map(|condition| self.condition(condition, event))
    }

    /// Compiles each part of a condition of the lead that is joined by `or`; nothing if it joins none.
    pub fn alternatives(&mut self, whole: &Condition) -> Vec<Cond> {
        let parts = whole.alternatives();
        if parts.len() < 2 { Vec::new() } else { parts.iter().map(|each| self.condition(each, None)).collect() }
    }

    /// Compiles the value of an expression; `event` is the one whose properties it may ask for.
    pub fn value(&mut self, expr: &Expr, event: Option<&Name>) -> Code {
        self.code(expr, event, &mut Deps::default()).quick()
    }

    fn code(&mut self, expr: &Expr, event: Option<&Name>, deps: &mut Deps) -> Code {
        let (code, own) = match expr {
            Expr::Const { value } => (Code::Const(self.texts.intern_value(value)), Deps::NONE),
            Expr::Absent => (Code::Const(Slot::Absent), Deps::NONE),
            Expr::Field { name } => (self.field(name).map_or(NOTHING, Code::Field), Deps::FIELDS),
            Expr::EventProperty { name } => {
                (event.and_then(|event| self.property(event, name)).map_or(NOTHING, Code::Property), Deps::NONE)
            }
            Expr::EntryProperty { event, name } => {
                (self.property(event, name).map_or(NOTHING, Code::Entry), Deps::NONE)
            }
            Expr::Score { model } => (self.score(model).map_or(NOTHING, Code::Score), Deps::SCORES),
            Expr::Grade { model } => (self.grade(model).map_or(NOTHING, Code::Grade), Deps::FIELDS),
            Expr::Stage => (Code::Stage, Deps::STAGE),
            Expr::Persona => (Code::Persona, Deps::FIELDS),
            Expr::Now => (Code::Now, Deps::TIME),
            Expr::Today => (Code::Today, Deps::TIME),
            Expr::InSegment { segment } => (self.segment(segment).map_or(NOTHING, Code::InSegment), Deps::SEGMENTS),
            Expr::InList { list } => (self.list(list).map_or(NOTHING, Code::InList), Deps::LISTS),
            Expr::Subscribed { topic } => (self.topic(topic).map_or(NOTHING, Code::Subscribed), self.consent),
            Expr::DaysSinceConsent { topic } => {
                *deps |= Deps::TIME;
                (self.topic(topic).map_or(NOTHING, Code::DaysSinceConsent), self.consent)
            }
            Expr::Reachable { channel } => (Code::Reachable(channel.number()), Deps::FIELDS),
            Expr::Reached { stage } => (self.stage(stage).map_or(NOTHING, Code::Reached), Deps::STAGE),
            Expr::InJourney { journey } => (self.journey(journey).map_or(NOTHING, Code::InJourney), Deps::JOURNEYS),
            Expr::Bought { catalog, item } => (self.bought(catalog, item), Deps::EVENTS),
            Expr::Finished { journey } => (self.journey(journey).map_or(NOTHING, Code::Finished), Deps::JOURNEYS),
            Expr::Received { content, within_secs, since_entry } => {
                if within_secs.is_some() {
                    *deps |= Deps::TIME;
                }
                let (within, since_entry) = (within_secs.map(bounded), *since_entry);
                let code = |content| Code::Received { content, within, since_entry };
                (self.content(content).map_or(NOTHING, code), Deps::MAILS)
            }
            Expr::Count { of } => {
                if of.within_secs.is_some() {
                    *deps |= Deps::TIME;
                }
                (self.past(of, deps).map_or(NOTHING, |past| Code::Count(Box::new(past))), Deps::EVENTS)
            }
            Expr::DaysSince { of } => {
                *deps |= Deps::TIME;
                (self.past(of, deps).map_or(NOTHING, |past| Code::DaysSince(Box::new(past))), Deps::EVENTS)
            }
            Expr::DaysSinceDate { of } => (Code::DaysSinceDate(Box::new(self.code(of, event, deps))), Deps::TIME),
            Expr::DaysUntil { of, yearly } => {
                (Code::DaysUntil(Box::new(self.code(of, event, deps)), *yearly), Deps::TIME)
            }
            Expr::All { of } => (Code::All(self.codes(of, event, deps)), Deps::NONE),
            Expr::Any { of } => (Code::Any(self.codes(of, event, deps)), Deps::NONE),
            Expr::Not { of } => (Code::Not(Box::new(self.code(of, event, deps))), Deps::NONE),
            Expr::IsAbsent { of } => (Code::IsAbsent(Box::new(self.code(of, event, deps))), Deps::NONE),
            Expr::Compare { cmp, left, right } => {
                (Code::Compare(*cmp, self.pair(left, right, event, deps)), Deps::NONE)
            }
            Expr::OneOf { of, values } => {
                let values = values.iter().map(|value| self.texts.intern_value(value)).collect();
                (Code::OneOf(Box::new(self.code(of, event, deps)), values), Deps::NONE)
            }
            Expr::Holds { set, value } => (Code::Holds(self.pair(set, value, event, deps)), Deps::NONE),
            Expr::Arithmetic { sign, left, right } => {
                (Code::Arithmetic(*sign, self.pair(left, right, event, deps)), Deps::NONE)
            }
            Expr::TextTest { test, of, with } => (Code::TextTest(*test, self.pair(of, with, event, deps)), Deps::NONE),
            Expr::Filter { filter, of, argument } => {
                let argument = argument.as_deref().unwrap_or(&Expr::Absent);
                (Code::Filter(*filter, self.pair(of, argument, event, deps)), Deps::NONE)
            }
            Expr::If { test, then, otherwise } => {
                let parts =
                    (self.code(test, event, deps), self.code(then, event, deps), self.code(otherwise, event, deps));
                (Code::If(Box::new(parts)), Deps::NONE)
            }
        };
        *deps |= own;
        code
    }

    fn codes(&mut self, exprs: &[Expr], event: Option<&Name>, deps: &mut Deps) -> Box<[Code]> {
        exprs.iter().map(|expr| self.code(expr, event, deps)).collect()
    }

    fn pair(&mut self, left: &Expr, right: &Expr, event: Option<&Name>, deps: &mut Deps) -> Box<(Code, Code)> {
        Box::new((self.code(left, event, deps), self.code(right, event, deps)))
    }

    fn past(&mut self, history: &History, deps: &mut Deps) -> Option<Past> {
        let shelf = self.event(&history.event)?;
        let kept = history.within_secs.map_or(i64::MAX, bounded);
        self.retention[shelf] = Some(self.retention[shelf].map_or(kept, |longest| longest.max(kept)));
        let filter = history.filter.as_deref().map(|filter| self.code(filter, Some(&history.event), deps).quick());
        let within = history.within_secs.map(bounded);
        Some(Past { shelf, within, since_entry: history.since_entry, filter })
    }
}

impl Code {
    /// The same question, put so that it is answered soonest: tests of one score, number or name need no value made.
    fn quick(self) -> Code {
        let all = |parts: Box<[Code]>| parts.into_iter().map(Code::quick).collect();
        match self {
            Code::All(parts) => Code::All(all(parts)),
            Code::Any(parts) => Code::Any(all(parts)),
            Code::Not(part) => Code::Not(Box::new(part.quick())),
            Code::Compare(cmp, sides) => compared(cmp, *sides),
            Code::OneOf(of, values) => match symbols(&values) {
                Some(symbols) if of.is_named() => Code::Named(of, symbols, true),
                _ => Code::OneOf(of, values),
            },
            other => other,
        }
    }

    /// Whether its value is at hand, and can be a text that the plan names.
    fn is_named(&self) -> bool {
        matches!(
            self,
            Code::Field(_) | Code::Property(_) | Code::Entry(_) | Code::Grade(_) | Code::Stage | Code::Persona
        )
    }
}

fn compared(cmp: Cmp, (left, right): (Code, Code)) -> Code {
    let (cmp, left, right) = match left {
        Code::Const(_) => (cmp.turned(), right, left),
        _ => (cmp, left, right),
    };
    match (&left, &right, cmp) {
        (Code::Score(model), Code::Const(Slot::Int(number)), _) => Code::ScoreIs(cmp, *model, *number),
        (Code::Field(field), Code::Const(Slot::Int(number)), _) => Code::FieldIs(cmp, *field, *number),
        (of, Code::Const(Slot::Sym(sym)), Cmp::Eq | Cmp::Ne) if of.is_named() => {
            let sym = [*sym].into();
            Code::Named(Box::new(left), sym, cmp == Cmp::Eq)
        }
        _ => Code::Compare(cmp, Box::new((left, right))),
    }
}

/// The numbers of texts, if all of them are texts that the plan names.
fn symbols(values: &[Slot]) -> Option<Box<[Sym]>> {
    let symbol = |slot: &Slot| if let Slot::Sym(sym) = slot { Some(*sym) } else { None };
    values.iter().map(symbol).collect()
}

/// A name that does not exist, which a plan does not hold, is an absent value.
const NOTHING: Code = Code::Const(Slot::Absent);

/// The answer of arithmetic; absent where it is no finite number.
pub fn arithmetic<'a>(sign: Sign, left: &V<'_>, right: &V<'_>) -> V<'a> {
    if let (V::Int(left), V::Int(right)) = (left, right) {
        let whole = match sign {
            Sign::Add => left.checked_add(*right),
            Sign::Sub => left.checked_sub(*right),
            Sign::Mul => left.checked_mul(*right),
            Sign::Rem => left.checked_rem_euclid(*right),
            Sign::Div => None,
        };
        if let Some(whole) = whole {
            return V::Int(whole);
        }
    }
    let (Some(left), Some(right)) = (left.number(), right.number()) else { return V::Absent };
    let result = match sign {
        Sign::Add => left + right,
        Sign::Sub => left - right,
        Sign::Mul => left * right,
        Sign::Div => left / right,
        Sign::Rem => left.rem_euclid(right),
    };
    if result.is_finite() { V::Number(result) } else { V::Absent }
}
