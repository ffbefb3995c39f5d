//! The project's own tests, resolved. They are no part of a campaign's meaning, and of no plan.

use std::collections::BTreeMap;

use super::{Condition, Lead, Name, Value};
use crate::text::Origin;

/// A test.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// Its name.
    pub name: Name,
    /// Its name for people.
    pub label: Option<String>,
    /// The lead, with its timeline and what is settled about it.
    pub lead: Lead,
    /// Where each event of the timeline stands.
    pub told: Vec<Origin>,
    /// First instant, in seconds since 1970-01-01T00:00:00Z.
    pub start_secs: i64,
    /// Length in days of 24 hours.
    pub days: u32,
    /// Whether nothing may be sent but what is expected.
    pub only: bool,
    /// What is expected.
    pub expect: Vec<Expect>,
    /// Where its name stands.
    pub origin: Origin,
}

/// Something that is expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Expect {
    /// What.
    pub what: Subject,
    /// From which instant on.
    pub from_secs: i64,
    /// The last instant.
    pub to_secs: i64,
    /// Of what happens: how often in that time; `None` for at least once. Of what lasts it says nothing.
    pub exactly: Option<u32>,
    /// Of what lasts: whether it has to be so at the last instant, and not at any one.
    pub at_last: bool,
    /// Where it stands.
    pub origin: Origin,
}

/// What is expected. The first ones happen, the others last.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the fields are named like what they are in the campaign")]
pub enum Subject {
    /// An email or message is sent.
    Sent { content: Name },
    /// It is not sent although a step asks for it.
    Skipped { content: Name, reason: Option<Name> },
    /// The lead enters a journey.
    Entered { journey: Name },
    /// It is not let in.
    Refused { journey: Name, reason: Option<Name> },
    /// It leaves.
    Exited { journey: Name, reason: Option<Name> },
    /// It reaches a step.
    Reached { journey: Name, step: Name },
    /// Somebody gets a task.
    Task { to: Name },
    /// An event with these properties, and perhaps others.
    Happened { event: Name, with: BTreeMap<Name, Value> },
    /// It is in a stage, or not.
    Stage { stage: Name, is: bool },
    /// Its score by a model is this one, or not.
    Score { model: Name, score: i32, is: bool },
    /// Its grade by a model is this one, or not.
    Grade { model: Name, grade: Name, is: bool },
    /// It is a member of a segment, or not.
    Member { segment: Name, is: bool },
    /// A condition holds, or not.
    Holds { condition: Condition, is: bool },
}

impl Subject {
    /// Whether it lasts.
    pub fn lasts(&self) -> bool {
        match self {
            Subject::Sent { .. }
            | Subject::Skipped { .. }
            | Subject::Entered { .. }
            | Subject::Refused { .. }
            | Subject::Exited { .. }
            | Subject::Reached { .. }
            | Subject::Task { .. }
            | Subject::Happened { .. } => false,
            Subject::Stage { .. }
            | Subject::Score { .. }
            | Subject::Grade { .. }
            | Subject::Member { .. }
            | Subject::Holds { .. } => true,
        }
    }
}

impl std::fmt::Display for Subject {
    /// In a few words, as a test would say it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let reason = |reason: &Option<Name>| reason.as_ref().map(|word| format!(" ({word})")).unwrap_or_default();
        let not = |is: &bool| if *is { "" } else { "not " };
        match self {
            Subject::Sent { content } => write!(f, "send {content}"),
            Subject::Skipped { content, reason: why } => write!(f, "skip {content}{}", reason(why)),
            Subject::Entered { journey } => write!(f, "enter {journey}"),
            Subject::Refused { journey, reason: why } => write!(f, "refuse {journey}{}", reason(why)),
            Subject::Exited { journey, reason: why } => write!(f, "exit {journey}{}", reason(why)),
            Subject::Reached { journey, step } => write!(f, "step {journey}.{step}"),
            Subject::Task { to } => write!(f, "task for {to}"),
            Subject::Happened { event, .. } => write!(f, "event {event}"),
            Subject::Stage { stage, is } => write!(f, "{}stage {stage}", not(is)),
            Subject::Score { model, score, is } => write!(f, "{}score {model} {score}", not(is)),
            Subject::Grade { model, grade, is } => write!(f, "{}grade {model} {grade}", not(is)),
            Subject::Member { segment, is } => write!(f, "{}in segment {segment}", not(is)),
            Subject::Holds { condition, is } => write!(f, "{}{}", not(is), condition.said()),
        }
    }
}
