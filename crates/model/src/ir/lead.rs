//! A lead as it comes into a run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::permission::Given;
use super::{Name, Value};

/// What the columns begin with that say what came of a lead, in files of leads that a run wrote: a further run that begins
/// with them needs none of it.
pub const RUN_COLUMNS: &str = "run.";

/// A lead, before anything happens to it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lead {
    /// The value of the field `id`.
    pub id: String,
    /// Values by field, in the order of [`super::Campaign::fields`].
    pub values: Vec<Option<Value>>,
    /// Stage it is in, where the file says so.
    pub stage: Option<Name>,
    /// Scores it has, where the file says so, in the order of [`super::Campaign::scoring`].
    pub scores: Vec<Option<i32>>,
    /// Consents that the file gives, in the order of [`super::Campaign::topics`]; empty if it gives none.
    pub consents: Vec<Option<Given>>,
    /// What happens to it from outside, if that is known; then nothing it does is drawn. `None`: its behaviour is drawn.
    pub timeline: Option<Vec<Outside>>,
    /// What is settled about it beforehand.
    pub settled: Settled,
    /// How it came, if it comes by one of the sources in the run.
    pub arrival: Option<Arrival>,
}

/// What is settled about a lead by hand, where a draw or a rule of the campaign would decide. What is not named is left
/// to them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// The arm that it takes, by journey and step of a split. An arm that does not exist is left to the draw.
    #[serde(with = "arms")]
    pub arms: BTreeMap<(Name, Name), Name>,
    /// The topics to which it is subscribed when it comes in, and to no others; confirmed where that is needed.
    pub subscribed: Option<BTreeSet<Name>>,
    /// Lists that it is on, besides those that name it.
    pub lists: BTreeSet<Name>,
}

/// How a lead comes by a source: numbers in the order of the campaign's maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// The source.
    pub source: usize,
    /// The page and its variant.
    pub page: Option<(usize, usize)>,
    /// The form that it completed.
    pub form: Option<usize>,
}

/// Something that happened to a lead, as a log of events or a test tells it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outside {
    /// When, in seconds since 1970-01-01T00:00:00Z.
    pub at_secs: i64,
    /// The event.
    pub event: Name,
    /// Its properties; those that are absent are left out.
    pub with: BTreeMap<Name, Value>,
}

/// Why a row of a leads file is no lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// A value is missing or cannot be read.
    BadRow,
    /// An earlier row has the same id.
    Duplicate,
    /// The time zone does not exist.
    UnknownTimezone,
}

/// A row that is no lead.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct RefusedRow {
    /// The file, where leads come from more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Arc<str>>,
    /// 1-based line in the file, or row where files have no lines. 0 if it comes from no file.
    pub line: u64,
    /// Whether `line` counts rows.
    #[serde(skip)]
    pub is_row: bool,
    /// Why.
    pub reason: Refusal,
    /// One sentence with the column and the text that was found.
    pub message: String,
}

impl RefusedRow {
    /// A row of the only file, counted in lines.
    pub fn new(line: u64, reason: Refusal, message: String) -> RefusedRow {
        RefusedRow { file: None, line, is_row: false, reason, message }
    }

    /// Where it stands, such as ``line 3 of `may.csv` ``.
    pub fn place(&self) -> String {
        let unit = if self.is_row { "row" } else { "line" };
        let file = self.file.as_ref().map_or(String::new(), |file| format!(" of `{file}`"));
        format!("{unit} {}{file}", self.line)
    }
}

/// What a row of a leads file gives.
pub type Row = Result<Lead, RefusedRow>;

/// Arms as a list: JSON has no keys of two names.
mod arms {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::ir::Name;

    type Arms = BTreeMap<(Name, Name), Name>;

    pub(super) fn serialize<S: Serializer>(arms: &Arms, to: S) -> Result<S::Ok, S::Error> {
        arms.iter().collect::<Vec<_>>().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arms, D::Error> {
        Ok(Vec::deserialize(from)?.into_iter().collect())
    }
}
