//! Whether a lead may be sent something on a topic, as a condition of the world: what it has agreed to, as strongly as its
//! market asks for it. So another rule on consent is held against the old one lead by lead, as any condition is.
//!
//! Three things are known of a lead and a topic: that it has left, agreed, or confirmed. They are made up as fields, one for
//! both campaigns where leads come to agree in the same ways, else one for each (see [`Ways`]).
//!
//! In: a campaign and a topic. Out: an expression. Never: who has in fact agreed.

use super::differing::Direction;
use super::worlds::{Side, all, truth};
use crate::ir::expr::{Cmp, History};
use crate::ir::permission::Implied;
use crate::ir::{Campaign, Consent, Expr, Name, Topic, Value};

/// Whether leads come to agree, and to leave, in the same ways on both sides (`None`); if not, whether more of them may be
/// sent something for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ways {
    pub(super) agreeing: Option<Direction>,
    pub(super) leaving: Option<Direction>,
}

impl Ways {
    /// What is known of one of the three things on both sides.
    fn of(self, what: &str) -> Option<Direction> {
        if what == LEFT { self.leaving } else { self.agreeing }
    }
}

const LEFT: &str = "left";
const AGREED: &str = "agreed to";
const CONFIRMED: &str = "confirmed";

/// What leads have to do, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    /// Not to have left.
    Staying,
    /// To agree.
    Agreeing,
    /// To confirm it.
    Confirming,
}

/// The rule on consent for one topic: by market, and for everybody else.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rule {
    /// By market: for whom, what is asked, and what stands for it.
    markets: Vec<(String, Expr, Asked, Option<Implied>)>,
    rest: Asked,
    /// Who has agreed before.
    granted: Option<(String, Expr)>,
}

impl Rule {
    /// The rule of a campaign; `None` for a topic that needs no consent.
    pub(super) fn of(campaign: &Campaign, topic: &Topic) -> Option<Rule> {
        let rest = asked(topic.consent)?;
        let markets = campaign.policies.permission.markets.iter().map(|market| {
            let stricter = market.consent.and_then(asked).map_or(rest, |own| own.max(rest));
            (market.when.text.clone(), market.when.expr.clone(), stricter, market.implied.clone())
        });
        let mut markets: Vec<_> = markets.collect();
        // A market behind which nothing is otherwise than for everybody else says nothing.
        while markets.last().is_some_and(|(_, _, asked, implied)| *asked == rest && implied.is_none()) {
            markets.pop();
        }
        let granted = topic.granted.as_ref().map(|granted| (granted.text.clone(), granted.expr.clone()));
        Some(Rule { markets, rest, granted })
    }

    /// The rule as a condition over what is made up for a side.
    pub(super) fn expr(&self, topic: &str, side: Side, ways: Ways) -> Expr {
        let field = |what: &str| field(topic, what, ways.of(what).map(|_| side));
        let strongly = |asked: Asked| match asked {
            Asked::Staying => truth(true),
            Asked::Agreeing => self.agreed(field(AGREED)),
            Asked::Confirming => self.agreed(field(CONFIRMED)),
        };
        let markets = self.markets.iter().rev().fold(strongly(self.rest), |otherwise, (_, when, asked, implied)| {
            let mut enough = vec![strongly(*asked)];
            enough.extend(implied.as_ref().map(stands_for_it));
            let then = if enough.len() == 1 { enough.remove(0) } else { Expr::Any { of: enough } };
            Expr::Any { of: vec![all(vec![when.clone(), then]), all(vec![not(when.clone()), otherwise])] }
        });
        all(vec![markets, not(field(LEFT))])
    }

    fn agreed(&self, field: Expr) -> Expr {
        match &self.granted {
            Some((_, granted)) => Expr::Any { of: vec![granted.clone(), field] },
            None => field,
        }
    }
}

fn asked(consent: Consent) -> Option<Asked> {
    match consent {
        Consent::Transactional => None,
        Consent::OptOut => Some(Asked::Staying),
        Consent::OptIn => Some(Asked::Agreeing),
        Consent::DoubleOptIn => Some(Asked::Confirming),
    }
}

/// An event that stands for an agreement.
fn stands_for_it(implied: &Implied) -> Expr {
    let of =
        History { event: implied.event.clone(), within_secs: Some(implied.for_secs), since_entry: false, filter: None };
    let seen = Expr::compare(Expr::Count { of }, Cmp::Ge, Value::Int(1));
    match &implied.last {
        Some(last) => {
            let lately =
                Expr::Field { name: format!("{last} within {}", crate::ir::print::duration(implied.for_secs)) };
            Expr::Any { of: vec![seen, lately] }
        }
        None => seen,
    }
}

/// The fields that are made up for a topic, by side where leads come to agree in other ways.
pub(super) fn made_up(rule: &Rule, topic: &str, ways: Ways) -> Vec<Name> {
    let mut found = Vec::new();
    for what in [LEFT, AGREED, CONFIRMED] {
        found.extend(sides(ways.of(what)).into_iter().map(|side| name(topic, what, side)));
    }
    let lasts = rule.markets.iter().filter_map(|(_, _, _, implied)| implied.as_ref());
    found.extend(lasts.filter_map(|implied| {
        let last = implied.last.as_ref()?;
        Some(format!("{last} within {}", crate::ir::print::duration(implied.for_secs)))
    }));
    found
}

/// What is known of how the made-up fields of a topic belong together.
pub(super) fn known(topic: &str, ways: Ways) -> Vec<Expr> {
    // Who has confirmed has agreed.
    let mut found: Vec<Expr> = sides(ways.agreeing)
        .into_iter()
        .map(|side| implies(field(topic, CONFIRMED, side), field(topic, AGREED, side)))
        .collect();
    let (before, after) = (Some(Side::Before), Some(Side::After));
    for what in [LEFT, AGREED, CONFIRMED] {
        let (old, new) = (field(topic, what, before), field(topic, what, after));
        found.extend(match (ways.of(what), what) {
            (Some(Direction::More), LEFT) | (Some(Direction::Fewer), AGREED | CONFIRMED) => Some(implies(new, old)),
            (Some(Direction::Fewer), LEFT) | (Some(Direction::More), AGREED | CONFIRMED) => Some(implies(old, new)),
            _ => None,
        });
    }
    found
}

/// One field for both sides, or one for each.
fn sides(ways: Option<Direction>) -> Vec<Option<Side>> {
    match ways {
        Some(_) => vec![Some(Side::Before), Some(Side::After)],
        None => vec![None],
    }
}

fn field(topic: &str, what: &str, side: Option<Side>) -> Expr {
    Expr::Field { name: name(topic, what, side) }
}

fn name(topic: &str, what: &str, side: Option<Side>) -> Name {
    match side {
        Some(Side::Before) => format!("{what} \"{topic}\" (before)"),
        Some(Side::After) | None => format!("{what} \"{topic}\""),
    }
}

fn not(of: Expr) -> Expr {
    Expr::Not { of: Box::new(of) }
}

fn implies(one: Expr, other: Expr) -> Expr {
    Expr::Any { of: vec![other, not(one)] }
}
