//! What a change does to people, as data. Sentences are part of it, so that every report says the same.

mod axes;
mod people;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use axes::{Content, Export, InFlight, Timing, Volume, Who};
pub use people::{Fate, Gets, Inside, Retimed, Simulated, Standing, Waits};

use crate::ir::{Name, Value};

/// Version of the report's format. It changes when a reader of the old one would misread the new one: since 2, `retimed`
/// holds lengths instead of seconds.
pub const FORMAT_VERSION: u32 = 2;

/// How far a change reaches, the least first. `Unknown` is what could not be decided: it counts as the worst.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Nothing is compiled otherwise.
    #[default]
    None,
    /// Something is, but nobody is reached otherwise, at another time, or more or less often.
    Safe,
    /// Mails come earlier or later, or all at once.
    Timing,
    /// Others are reached.
    Audience,
    /// More or fewer mails.
    Volume,
    /// Leads that are already inside leave, get something twice, or are stuck.
    InFlight,
    /// It could not be decided.
    Unknown,
}

impl Class {
    /// All classes, the least first.
    pub const ALL: [Class; 7] =
        [Class::None, Class::Safe, Class::Timing, Class::Audience, Class::Volume, Class::InFlight, Class::Unknown];

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Class::None => "none",
            Class::Safe => "safe",
            Class::Timing => "timing",
            Class::Audience => "audience",
            Class::Volume => "volume",
            Class::InFlight => "in-flight",
            Class::Unknown => "unknown",
        }
    }
}

/// What a change does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// [`FORMAT_VERSION`].
    pub format_version: u32,
    /// `ok`: both sides could be compared.
    pub status: String,
    /// The worst class of all journeys.
    pub class: Class,
    /// The worst class of those that nobody has accepted.
    pub open: Class,
    /// What is compared with.
    pub base: SideName,
    /// What is compared.
    pub head: SideName,
    /// The system by whose rules it is judged what becomes of leads inside.
    pub target: String,
    /// The most mails for one lead, all journeys together, by rule or window.
    pub together: Vec<Most>,
    /// Journeys on which the change has an effect, the worst first.
    pub journeys: Vec<JourneyChange>,
    /// What may follow later: steps write something down of leads who come to them otherwise, or send or make something
    /// otherwise, and others ask for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later: Vec<Later>,
    /// Who cannot be a lead any more: rows that fields refuse which they took before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Fact>,
    /// Definitions that are compiled otherwise, by address.
    pub parts: Vec<PartChange>,
    /// Renames that were recorded and followed, old address to new.
    pub followed: Vec<(String, String)>,
    /// Renames that are likely and not recorded: what was taken for removed and added.
    pub suggested: Vec<Suggestion>,
    /// The worst class that would be left if they were recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<Class>,
    /// What becomes of the people inside, if it was told who they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inside: Option<Inside>,
    /// What leads get on either side, if both were simulated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simulated: Option<Simulated>,
}

/// One side of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SideName {
    /// What the user calls it.
    pub name: String,
    /// Hash of its plan.
    pub hash: String,
    /// How many errors `check` finds in it, in words, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub faults: Option<String>,
}

/// Whether something was there before and is there now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It was and is there.
    Changed,
}

impl Status {
    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Status::Added => "added",
            Status::Removed => "removed",
            Status::Changed => "changed",
        }
    }
}

/// The effect on one journey.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct JourneyChange {
    /// Its name.
    pub journey: Name,
    /// Name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Its name before, if that was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<Name>,
    /// Whether it is new or gone.
    pub status: Status,
    /// The worst of its axes.
    pub class: Class,
    /// Who is reached.
    pub who: Axis<Who>,
    /// How many mails.
    pub volume: Axis<Volume>,
    /// The most mails for one lead by this journey alone.
    pub most: Vec<Most>,
    /// What becomes of leads inside.
    pub in_flight: Axis<InFlight>,
    /// What becomes of whoever stands on a step, where something does.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fates: BTreeMap<Name, InFlight>,
    /// Waits that take another time, by step.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub retimed: BTreeMap<Name, Retimed>,
    /// When mails come.
    pub timing: Axis<Timing>,
    /// What mails say.
    pub content: Axis<Content>,
    /// What other systems and people get.
    pub export: Axis<Export>,
    /// What else is compiled otherwise.
    pub other: Vec<Fact>,
    /// What was edited, and how that comes to have an effect here.
    pub causes: Vec<Cause>,
    /// Where the journey is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Location>,
    /// Whether somebody has accepted exactly this change, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<String>,
    /// Hash of this change: of the journey's meaning before and after, and of all that has an effect on it.
    pub hash: String,
}

/// One axis: where it stands, and what shows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Axis<V> {
    /// Where it stands.
    pub value: V,
    /// What shows it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
}

/// Something that is so.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fact {
    /// The step, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Name>,
    /// The email or message, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<Name>,
    /// The sentence.
    pub says: String,
    /// Leads for whom it makes a difference.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leads: Vec<Person>,
    /// Of leads inside: what becomes of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fate: Option<InFlight>,
    /// Of leads inside: what was edited where they stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit: Option<Edit>,
}

/// What was edited where leads stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Edit {
    /// The step is gone.
    Removed,
    /// It takes another time, or waits for something else.
    Retimed,
    /// Something else lies ahead.
    Rewired,
    /// Others leave by the journey's own rules.
    Exits,
    /// The journey is gone.
    Deleted,
}

impl Fact {
    /// About the journey.
    pub(super) fn new(says: impl Into<String>) -> Fact {
        Fact { says: says.into(), ..Fact::default() }
    }

    /// About a step.
    pub(super) fn at(step: &str, says: impl Into<String>) -> Fact {
        Fact { step: Some(step.to_owned()), says: says.into(), ..Fact::default() }
    }

    /// The same, about leads inside.
    pub(super) fn of(self, fate: InFlight, edit: Edit) -> Fact {
        Fact { fate: Some(fate), edit: Some(edit), ..self }
    }

    /// The same, with leads that show it.
    pub(super) fn with(self, leads: Vec<Person>) -> Fact {
        Fact { leads, ..self }
    }
}

/// A lead for whom something changes, as far as it matters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Person {
    /// What changes.
    pub newly: Newly,
    /// What the lead is like: what is asked about, and a value; none where it is absent.
    pub lead: Vec<(String, Option<Value>)>,
}

/// What a change does to a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Newly {
    /// It is let in, or goes this way, and was not before.
    In,
    /// It is no longer.
    Out,
}

/// The most mails for one lead, before and after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Most {
    /// What is counted, and over what: `mails per 7 days`.
    pub of: String,
    /// Before; none for any number.
    pub before: Option<u64>,
    /// After; none for any number.
    pub after: Option<u64>,
    /// The steps of the worst path after the change, each with the seconds since the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<(i64, Name)>,
}

/// What steps write down of leads who come to them otherwise, or at other times, what is sent or made otherwise, and the
/// journeys that ask for it or hear of it. What it does there is not decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Later {
    /// The address of what is written, sent or made, or of a journey that is entered or left otherwise; of several mails,
    /// separated by commas. Or a rule of `frequency` whose room is taken otherwise: `frequency at most 3 per 7 days`.
    pub writes: String,
    /// Who comes otherwise to which step, or what else was edited, in words.
    pub by: Vec<String>,
    /// The journeys that ask for it.
    pub journeys: Vec<Name>,
}

/// What was edited, and how it comes to matter: from the definition that changed to the journey.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Cause {
    /// Addresses, the changed definition first.
    pub chain: Vec<String>,
    /// Where it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Location>,
}

/// A place in a file of the project.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Location {
    /// The file, from the project's folder.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

/// A definition that is compiled otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PartChange {
    /// Its address.
    pub address: String,
    /// Whether it is new or gone.
    pub status: Status,
    /// What differs: a path inside the definition, the value before, the value after.
    pub differs: Vec<Differs>,
    /// Where it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Location>,
    /// Journeys on which it has an effect.
    pub journeys: Vec<Name>,
}

/// A value that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Differs {
    /// Where, inside the definition.
    pub path: String,
    /// Before; none if there was none.
    pub before: Option<String>,
    /// After; none if there is none.
    pub after: Option<String>,
}

/// A rename that is likely.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Suggestion {
    /// Address that is gone.
    pub from: String,
    /// Address that is new.
    pub to: String,
    /// The record, ready to be pasted.
    pub record: String,
}

impl Newly {
    /// The contrary.
    #[must_use]
    pub(super) fn other(self) -> Newly {
        match self {
            Newly::In => Newly::Out,
            Newly::Out => Newly::In,
        }
    }
}
