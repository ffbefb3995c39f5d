//! Conditions laid out as chains of tests: each answer leads on to another test or to the end. What `and`, `or` and `not`
//! say is in where the answers lead, so that a run only asks tests, one after the other, and none that cannot matter.
//!
//! A test is small: what looks at one number or name of the lead is a number or a set of bits. All else is an expression
//! beside it.

use super::{Code, Names};
use crate::backend::sim::value::Sym;
use crate::ir::expr::Cmp;

/// Where answers lead that end the chain.
const HOLDS: u32 = u32::MAX;
const FAILS: u32 = u32::MAX - 1;

/// A condition as a chain of tests.
#[derive(Debug)]
pub struct Chain {
    links: Box<[Link]>,
    first: u32,
}

/// One test, and where its answers lead.
#[derive(Debug)]
pub struct Link {
    /// The test.
    pub test: Test,
    yes: u32,
    no: u32,
}

impl Link {
    /// Where an answer leads.
    #[inline]
    pub fn next(&self, answer: bool) -> u32 {
        if answer { self.yes } else { self.no }
    }
}

/// What a run asks about a lead at once.
#[derive(Debug)]
pub enum Test {
    /// Whether its stage is in a set, one bit each.
    Stage(u64),
    /// Whether its persona is in a set, one bit each.
    Persona(u64),
    /// Whether a score lies between two numbers, or is one of them.
    Score { model: u32, least: i32, most: i32 },
    /// Whether a field is this text of the plan.
    Field { field: u32, sym: Sym },
    /// Whether it may be mailed on a topic.
    Subscribed(u32),
    /// Whether something may be sent to the address of a channel.
    Reachable(u32),
    /// Whether it is a member of a segment.
    Member(u32),
    /// Anything else.
    Other(Box<Code>),
}

impl Chain {
    /// Lays a condition out.
    pub fn of(code: Code, names: &Names<'_>) -> Chain {
        let mut links = Vec::new();
        let first = lay(code, HOLDS, FAILS, names, &mut links);
        Chain { links: links.into(), first }
    }

    /// The place of the first test.
    #[inline]
    pub fn first(&self) -> u32 {
        self.first
    }

    /// The test at a place; `None` at the end of the chain.
    #[inline]
    pub fn link(&self, at: u32) -> Option<&Link> {
        self.links.get(at as usize)
    }

    /// Whether the condition holds, by the end to which its answers led.
    #[inline]
    pub fn says(end: u32) -> bool {
        end == HOLDS
    }
}

/// Puts the tests of a condition on, the last first, and gives the place of the first.
fn lay(code: Code, yes: u32, no: u32, names: &Names<'_>, links: &mut Vec<Link>) -> u32 {
    match code {
        Code::All(parts) => parts.into_iter().rev().fold(yes, |next, part| lay(part, next, no, names, links)),
        Code::Any(parts) => parts.into_iter().rev().fold(no, |next, part| lay(part, yes, next, names, links)),
        Code::Not(part) => lay(*part, no, yes, names, links),
        other => {
            links.push(Link { test: Test::of(other, names), yes, no });
            // No condition of a plan is as long as numbers go.
            u32::try_from(links.len() - 1).unwrap_or(FAILS)
        }
    }
}

impl Test {
    fn of(code: Code, names: &Names<'_>) -> Test {
        match code {
            Code::ScoreIs(cmp, model, number) => score(cmp, model, number),
            Code::Subscribed(topic) => Test::Subscribed(topic as u32),
            Code::Reachable(channel) => Test::Reachable(channel as u32),
            Code::InSegment(segment) => Test::Member(segment as u32),
            Code::Named(of, symbols, among) => match (*of, &symbols[..], among) {
                (Code::Stage, _, _) if let Some(set) = set(&names.stages, &symbols, among, names) => Test::Stage(set),
                (Code::Persona, _, _) if let Some(set) = set(&names.personas, &symbols, among, names) => {
                    Test::Persona(set)
                }
                (Code::Field(field), [sym], true) => Test::Field { field: field as u32, sym: *sym },
                (of, _, _) => Test::Other(Box::new(Code::Named(Box::new(of), symbols, among))),
            },
            other => Test::Other(Box::new(other)),
        }
    }
}

/// Which of some names are among some texts, or with `false` are not, one bit each; `None` if there are too many.
fn set(all: &[&str], symbols: &[Sym], among: bool, names: &Names<'_>) -> Option<u64> {
    let is_in = |name: &str| names.texts.find(name).is_some_and(|sym| symbols.contains(&sym)) == among;
    let bits = || all.iter().zip(0..).filter(|(name, _)| is_in(name)).fold(0, |set, (_, bit)| set | 1 << bit);
    (all.len() <= 64).then(bits)
}

/// A comparison of a score, which always lies in 32 bits, as the numbers between which it lies.
fn score(cmp: Cmp, model: usize, number: i64) -> Test {
    let (least, most) = match cmp {
        Cmp::Eq => (number, number),
        Cmp::Lt => (i64::MIN, number.saturating_sub(1)),
        Cmp::Le => (i64::MIN, number),
        Cmp::Gt => (number.saturating_add(1), i64::MAX),
        Cmp::Ge => (number, i64::MAX),
        Cmp::Ne => return Test::Other(Box::new(Code::ScoreIs(cmp, model, number))),
    };
    let (lowest, highest) = (i64::from(i32::MIN), i64::from(i32::MAX));
    let (least, most) = if least > highest || most < lowest { (1, 0) } else { (least.max(lowest), most.min(highest)) };
    Test::Score { model: model as u32, least: least as i32, most: most as i32 }
}
