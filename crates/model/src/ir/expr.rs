//! Conditions as typed trees.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Channel, Name, Value};
use crate::text::Origin;

/// A typed condition: an expression that is true or false.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Condition {
    /// Its canonical text: spacing, quotes and brackets of the source leave no trace.
    pub text: String,
    /// The tree.
    pub expr: Expr,
    /// Where it is written.
    #[serde(skip)]
    pub origin: Origin,
    /// How it is written.
    #[serde(skip)]
    pub words: Words,
}

impl Condition {
    /// A condition that nobody has written so.
    pub fn new(expr: Expr, origin: Origin) -> Condition {
        Condition { text: expr.to_string(), expr, origin, words: Words::default() }
    }

    /// What its author wrote, for people; the canonical text where nobody did.
    pub fn said(&self) -> &str {
        self.words.0.as_ref().map_or(&self.text, |written| &written.whole)
    }

    /// What it joins by `and` at the outermost; itself if it joins nothing.
    pub fn conjuncts(&self) -> Vec<Condition> {
        if let Expr::All { of } = &self.expr { self.parts(of) } else { vec![self.clone()] }
    }

    /// What it joins by `or` at the outermost; itself if it joins nothing.
    pub fn alternatives(&self) -> Vec<Condition> {
        if let Expr::Any { of } = &self.expr { self.parts(of) } else { vec![self.clone()] }
    }

    fn parts(&self, of: &[Expr]) -> Vec<Condition> {
        // What is joined in other ways than it is written has no words of its own.
        let written = self.words.0.as_ref().filter(|written| written.parts.len() == of.len());
        let part = |(at, expr): (usize, &Expr)| {
            let words = |written: &Written| Written { whole: written.parts[at].clone(), parts: Box::default() }.into();
            let words = Words(written.map(|written| words(written)));
            Condition { words, ..Condition::new(expr.clone(), self.origin) }
        };
        of.iter().enumerate().map(part).collect()
    }
}

/// The words in which a condition is written, where its canonical text has others. They are no part of its meaning: all
/// are equal, and none is written out.
#[derive(Clone, Debug, Default)]
pub struct Words(pub Option<Box<Written>>);

/// How a condition is written.
#[derive(Clone, Debug)]
pub struct Written {
    /// All of it.
    pub whole: String,
    /// Each part, where it joins several by `and` or by `or`.
    pub parts: Box<[String]>,
}

impl PartialEq for Words {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A typed expression. Types have been checked: a number is only compared with a number, and so on. Any operand may be
/// absent at run time; a comparison with an absent value is false, arithmetic with one is absent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Expr {
    /// A value.
    Const {
        /// The value.
        value: Value,
    },
    /// `none`.
    Absent,
    /// A field of the lead.
    Field {
        /// Its name.
        name: Name,
    },
    /// A property of the event at hand.
    EventProperty {
        /// Its name.
        name: Name,
    },
    /// A property of the event that let the lead into the journey whose condition this is.
    EntryProperty {
        /// The event.
        event: Name,
        /// Its property.
        name: Name,
    },
    /// The score of a model: a whole number.
    Score {
        /// The model.
        model: Name,
    },
    /// The grade of a model: text, absent below all bands.
    Grade {
        /// The model.
        model: Name,
    },
    /// The stage of the lifecycle: text.
    Stage,
    /// The persona: text, absent if none matches.
    Persona,
    /// `now`: the instant at which the condition is asked.
    Now,
    /// `today`: the local date of the lead at that instant.
    Today,
    /// `a and b and …`.
    All {
        /// The parts; an absent part counts as false.
        of: Vec<Expr>,
    },
    /// `a or b or …`.
    Any {
        /// The parts; an absent part counts as false.
        of: Vec<Expr>,
    },
    /// `not a`; true if the part is false or absent.
    Not {
        /// The part.
        of: Box<Expr>,
    },
    /// `a < b` and the like.
    Compare {
        /// Which.
        cmp: Cmp,
        /// Left side.
        left: Box<Expr>,
        /// Right side.
        right: Box<Expr>,
    },
    /// `a in [..]`: membership among values.
    OneOf {
        /// What is looked for.
        of: Box<Expr>,
        /// Where.
        values: Vec<Value>,
    },
    /// `"ai" in interests`: whether a set holds a value.
    Holds {
        /// The set.
        set: Box<Expr>,
        /// The value.
        value: Box<Expr>,
    },
    /// `a is none`.
    IsAbsent {
        /// What is tested.
        of: Box<Expr>,
    },
    /// `a + b` and the like, on numbers.
    Arithmetic {
        /// Which.
        sign: Sign,
        /// Left side.
        left: Box<Expr>,
        /// Right side.
        right: Box<Expr>,
    },
    /// A test on text: `a is startingwith "x"`, `"x" in a` and so on.
    TextTest {
        /// Which.
        test: TextTest,
        /// The text tested.
        of: Box<Expr>,
        /// What it is tested for.
        with: Box<Expr>,
    },
    /// A filter: `a | lower` and the like.
    Filter {
        /// Which.
        filter: Filter,
        /// What it is applied to.
        of: Box<Expr>,
        /// Its argument, for those that take one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        argument: Option<Box<Expr>>,
    },
    /// `a if test else b`.
    If {
        /// The test.
        test: Box<Expr>,
        /// Value if it holds.
        then: Box<Expr>,
        /// Value otherwise.
        otherwise: Box<Expr>,
    },
    /// `in_segment("x")`: as of the last evaluation of segments.
    InSegment {
        /// The segment.
        segment: Name,
    },
    /// `in_list("x")`.
    InList {
        /// The list.
        list: Name,
    },
    /// `subscribed("x")`: subscribed, and confirmed where the topic needs it.
    Subscribed {
        /// The topic.
        topic: Name,
    },
    /// `did(…)` is `count(…) >= 1`; the number of events in `(now − within, now]`.
    Count {
        /// The events.
        of: History,
    },
    /// `days_since("event")`: whole days since the last such event; absent if there was none.
    DaysSince {
        /// The events.
        of: History,
    },
    /// `days_since(date)`: whole days from a date or instant to now, negative before it.
    DaysSinceDate {
        /// The date or instant.
        of: Box<Expr>,
    },
    /// `days_until(date)`: whole days from now to a date or instant, negative behind it; with `every="year"` to the next
    /// anniversary, 0 on the day itself.
    DaysUntil {
        /// The date or instant.
        of: Box<Expr>,
        /// Whether the day comes every year.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        yearly: bool,
    },
    /// `received("x", within=…)`: how many times the email or message was sent to the lead.
    Received {
        /// The email or message.
        content: Name,
        /// Look-back in seconds; `None` for ever.
        within_secs: Option<i64>,
        /// Whether only what came after the entry into the journey counts.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        since_entry: bool,
    },
    /// `days_since_consent("x")`: whole days since the lead agreed to the topic; absent if it has not.
    DaysSinceConsent {
        /// The topic.
        topic: Name,
    },
    /// `reachable("email")`: whether the lead has an address of the channel to which something may be sent.
    Reachable {
        /// The channel.
        channel: Channel,
    },
    /// `reached("x")`: whether the lead is or ever was in the stage.
    Reached {
        /// The stage.
        stage: Name,
    },
    /// `in_journey("x")`: whether an instance runs.
    InJourney {
        /// The journey.
        journey: Name,
    },
    /// `bought("products", "sku-1")`: whether the lead bought the item, in the run or by an order before it.
    Bought {
        /// The catalog.
        catalog: Name,
        /// The key of the item.
        item: String,
    },
    /// `finished("x")`: whether an instance has ended, in whatever way.
    Finished {
        /// The journey.
        journey: Name,
    },
}

impl Expr {
    /// Something compared with a value.
    pub fn compare(of: Expr, cmp: Cmp, with: Value) -> Expr {
        Expr::Compare { cmp, left: Box::new(of), right: Box::new(Expr::Const { value: with }) }
    }

    /// The parts of this expression.
    pub fn children(&self) -> Vec<&Expr> {
        match self {
            Expr::All { of } | Expr::Any { of } => of.iter().collect(),
            Expr::Not { of } | Expr::OneOf { of, .. } | Expr::IsAbsent { of } => vec![of],
            Expr::DaysSinceDate { of } | Expr::DaysUntil { of, .. } => vec![of],
            Expr::Compare { left, right, .. } | Expr::Arithmetic { left, right, .. } => vec![left, right],
            Expr::Holds { set, value } => vec![set, value],
            Expr::TextTest { of, with, .. } => vec![of, with],
            Expr::Filter { of, argument, .. } => std::iter::once(of).chain(argument).map(|part| &**part).collect(),
            Expr::If { test, then, otherwise } => vec![test, then, otherwise],
            Expr::Count { of } | Expr::DaysSince { of } => of.filter.iter().map(|filter| &**filter).collect(),
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
            | Expr::InSegment { .. }
            | Expr::InList { .. }
            | Expr::Subscribed { .. }
            | Expr::DaysSinceConsent { .. }
            | Expr::Received { .. }
            | Expr::Reachable { .. }
            | Expr::Reached { .. }
            | Expr::InJourney { .. }
            | Expr::Bought { .. }
            | Expr::Finished { .. } => Vec::new(),
        }
    }

    /// Whether the answer depends on a stay in a journey: on the event that began it, or on when it began.
    pub fn asks_of_a_stay(&self) -> bool {
        let mut found = false;
        self.visit(&mut |part| {
            found |= match part {
                Expr::EntryProperty { .. } => true,
                Expr::Count { of } | Expr::DaysSince { of } => of.since_entry,
                Expr::Received { since_entry, .. } => *since_entry,
                _ => false,
            }
        });
        found
    }

    /// Shows `look` this expression and every part of it, from the outside in.
    pub fn visit(&self, look: &mut impl FnMut(&Expr)) {
        look(self);
        self.children().into_iter().for_each(|part| part.visit(look));
    }
}

/// Past events of the lead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct History {
    /// Which event.
    pub event: Name,
    /// Look-back in seconds; `None` for ever.
    pub within_secs: Option<i64>,
    /// Whether only what came after the entry into the journey counts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub since_entry: bool,
    /// Condition on the event; its `event.…` is the past event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Box<Expr>>,
}

/// Comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the usual six")]
pub enum Cmp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

/// Arithmetic on numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the usual five")]
pub enum Sign {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
}

/// Tests on text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TextTest {
    /// `is startingwith`.
    StartsWith,
    /// `is endingwith`.
    EndsWith,
    /// `"x" in text`.
    Contains,
}

/// Filters that conditions know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// Lower case.
    Lower,
    /// Upper case.
    Upper,
    /// Without blanks at the ends.
    Trim,
    /// Number of characters, or of values in a set.
    Length,
    /// Without the sign.
    Abs,
    /// The nearest whole number, halves away from zero.
    Round,
    /// The argument where the value is absent.
    Default,
}
