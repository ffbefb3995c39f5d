//! The project's own tests, resolved. They are no part of a campaign's meaning, and of no plan.

use std::collections::{BTreeMap, BTreeSet};

use super::{Condition, Lead, Name, Value, Window};
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
    /// Whether rules of `frequency` are at work.
    pub frequency: bool,
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
    pub often: Option<Often>,
    /// Of what lasts: whether it has to be so at the last instant, and not at any one.
    pub at_last: bool,
    /// Where it stands.
    pub origin: Origin,
}

/// How often something is to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Often {
    /// So many times.
    Exactly(u32),
    /// So many times or fewer, in any window of this kind; `None` for all of the time.
    AtMost(u32, Option<Window>),
}

impl Often {
    /// Whether it may happen at all.
    pub fn allows_any(&self) -> bool {
        match self {
            Often::Exactly(count) | Often::AtMost(count, _) => *count > 0,
        }
    }
}

/// What is expected. The first ones happen, the others last.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the fields are named like what they are in the campaign")]
pub enum Subject {
    /// An email or message is sent.
    Sent { content: Name },
    /// One of these is sent by a journey; `said` names them as in "a mail of `news`".
    Mails { contents: BTreeSet<Name>, said: String },
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
            | Subject::Mails { .. }
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
            Subject::Mails { said, .. } => write!(f, "send {}", said.replace('`', "")),
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
