//! Who can stand where in a journey: reachability by graph and by condition.
//!
//! In: the campaign. Out: for each journey what nobody can do, each with the statements that exclude it. Never: words,
//! single leads.
//!
//! The set of leads that can stand on a step is carried along the edges. What is fixed stays true of them. What may change
//! is forgotten where it may: while an instance waits, and when another journey's steps may come in between. Whoever goes on
//! after a wait has just been asked about `exit_when` and the goal, and stayed.

mod carry;
mod consent;
mod model;
mod why;
mod writes;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

pub(super) use consent::asks;
pub(super) use model::marketing;
pub use writes::Writes;
pub(super) use writes::changed;

use super::conditions::Written;
use super::{Graphs, JourneyFacts, graph};
use crate::ir::{Campaign, Name};
use crate::text::Origin;

/// What conditions make impossible in a journey. Steps are numbered as in [`crate::ir::Journey::steps`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReachFacts {
    /// Nobody can enter.
    pub nobody: Option<Reason>,
    /// Everybody who enters leaves at once, by `exit_when`.
    pub leaves_at_once: Option<Reason>,
    /// Everybody who enters has reached the goal.
    pub goal_on_entry: Option<Reason>,
    /// Nobody who can be in the journey can reach its goal.
    pub impossible_goal: Option<Reason>,
    /// Arms of branches that nobody takes: step, number of the arm.
    pub arms: Vec<(usize, usize, Reason)>,
    /// Steps behind an `else` that nobody takes: the branch and the first of them.
    pub otherwise: Vec<(usize, usize, Reason)>,
    /// Waits for an event that can never fit: the step.
    pub waits: Vec<(usize, Reason)>,
    /// Waits that nobody waits at, since what they wait for holds already of everybody who comes: the step.
    pub already: Vec<(usize, Reason)>,
    /// Steps that send the same: whoever got it by the first never comes to the second.
    pub never_both: BTreeSet<(usize, usize)>,
    /// Other steps that nobody reaches, the first of each stretch only, with the step before it.
    pub steps: Vec<(usize, usize, Reason)>,
    /// Steps that send marketing to leads none of whom may get it: the step and the topic.
    pub no_consent: Vec<(usize, Name, Reason)>,
    /// Whether anybody can stand on each step.
    pub reached: Vec<bool>,
}

impl ReachFacts {
    /// Whether a step that sends is never reached by anybody who may get what it sends.
    pub fn mails_nobody(&self, step: usize) -> bool {
        !self.reached.get(step).copied().unwrap_or(true) || self.no_consent.iter().any(|(number, ..)| *number == step)
    }
}

/// Statements that exclude each other, and no fewer of them do. Empty if it is not the same on all paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reason {
    /// The statements.
    pub parts: Vec<Statement>,
}

/// Something that holds of everybody at some place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Canonical text of the condition.
    pub text: String,
    /// Where it is written.
    pub origin: Origin,
    /// Why it holds, or does not hold.
    pub source: Source,
}

/// Why a statement holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Who enters meets it.
    Entry,
    /// Who meets it leaves by `exit_when`.
    ExitWhen,
    /// Who meets it has reached the goal.
    Goal,
    /// Who is here took this arm: step and arm.
    Arm(usize, usize),
    /// Who meets it has taken this arm: step and arm.
    EarlierArm(usize, usize),
    /// A step has set it.
    Step(usize),
    /// It is what is asked for.
    Asked,
}

/// What conditions make impossible, by journey. A journey whose conditions are too complicated is not in it.
pub type Reach = BTreeMap<Name, ReachFacts>;

/// Finds out who can stand where in a sound campaign, for whoever wants to know nothing else.
pub fn reachable(campaign: &Campaign) -> Reach {
    let graphs: BTreeMap<&Name, JourneyFacts> =
        campaign.journeys.iter().map(|(name, journey)| (name, graph::facts(journey))).collect();
    let written = Written::of(campaign);
    let writes = Writes::of(campaign, &written);
    reach(campaign, &written, &writes, &graphs.iter().map(|(name, graph)| (*name, graph)).collect())
}

/// Finds out who can stand where, for each journey.
pub(super) fn reach(campaign: &Campaign, written: &Written, writes: &Writes, graphs: &Graphs<'_>) -> Reach {
    let graphs: Vec<(&Name, &JourneyFacts)> = graphs.iter().map(|(name, graph)| (*name, *graph)).collect();
    let of = |(name, graph): &(&Name, &JourneyFacts)| {
        let model = model::Model::new(campaign, written, writes, name, campaign.journeys.get(*name)?)?;
        Some(((*name).clone(), why::facts(&model, graph)?))
    };
    let found: Vec<Option<(Name, ReachFacts)>> = graphs.par_iter().map(of).collect();
    found.into_iter().flatten().collect()
}
