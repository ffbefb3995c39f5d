//! A lead as it comes into a run.

use super::{Name, Value};

/// A lead, before anything happens to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Lead {
    /// The value of the field `id`.
    pub id: String,
    /// Values by field, in the order of [`super::Campaign::fields`].
    pub values: Vec<Option<Value>>,
    /// Stage it is in, where the file says so.
    pub stage: Option<Name>,
    /// Scores it has, where the file says so, in the order of [`super::Campaign::scoring`].
    pub scores: Vec<Option<i32>>,
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
    /// 1-based line in the file.
    pub line: u64,
    /// Why.
    pub reason: Refusal,
    /// One sentence with the column and the text that was found.
    pub message: String,
}

/// What a row of a leads file gives.
pub type Row = Result<Lead, RefusedRow>;
