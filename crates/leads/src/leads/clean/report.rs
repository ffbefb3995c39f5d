//! What cleaning did: figures, examples, and one line for each change.
//!
//! Plain data. [`Entry`] goes to the change log as it happens; [`Cleaned`] is what is left of it at the end.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::ir::Name;
use crate::leads::Warning;

/// Examples of each kind of change that are kept.
const EXAMPLES: usize = 3;

/// Refused rows, and groups of merged ones, that are kept; the rest is counted, and all are in the change log.
pub const ROWS_KEPT: usize = 100;

/// What became of a row or a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// A cell has another way of writing now.
    Changed,
    /// A bad value was emptied.
    Blanked,
    /// A bad value stayed.
    Kept,
    /// A cell stayed, and another value was probably meant.
    Suggested,
    /// A cell stayed, and something about it is odd.
    Noted,
    /// A merged lead has a value that its first row had not.
    Merged,
    /// A row became part of another.
    Joined,
    /// A row is left out.
    Refused,
}

impl What {
    /// Its name in reports.
    pub fn word(self) -> &'static str {
        match self {
            What::Changed => "changed",
            What::Blanked => "blanked",
            What::Kept => "kept",
            What::Suggested => "suggested",
            What::Noted => "noted",
            What::Merged => "merged",
            What::Joined => "joined",
            What::Refused => "refused",
        }
    }
}

/// Why a row is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CleanRefusal {
    /// It cannot be taken apart into cells.
    Unreadable,
    /// A required value is missing.
    Missing,
    /// A value is bad, and its field does not let it be blanked or kept.
    BadValue,
}

impl CleanRefusal {
    /// Its name in reports.
    pub fn word(self) -> &'static str {
        match self {
            CleanRefusal::Unreadable => "unreadable",
            CleanRefusal::Missing => "missing",
            CleanRefusal::BadValue => "bad-value",
        }
    }
}

/// A line of the change log. What does not apply is empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// 1-based line in the file.
    pub line: u64,
    /// What happened.
    pub what: What,
    /// The field; for rows nothing.
    pub field: Name,
    /// The normalisation, what becomes of bad values, the merge rule, the key, or the reason of a refusal.
    pub rule: String,
    /// The value before; of a joined row its id.
    pub before: String,
    /// The value after; of a joined row the id of the lead it is part of now.
    pub after: String,
    /// Why, in a sentence.
    pub message: String,
}

/// How often something happened, and examples.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Cells.
    pub cells: u64,
    /// The first few that differ.
    pub examples: Vec<Example>,
}

/// A change to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Example {
    /// 1-based line in the file.
    pub line: u64,
    /// The value before.
    pub before: String,
    /// The value after.
    pub after: String,
    /// Why, where there is more to say.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
}

/// Rows that became one lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The id of the lead.
    pub id: String,
    /// Line of its first row, in whose place it stands.
    pub line: u64,
    /// The other rows.
    pub others: Vec<Other>,
}

/// A row that became part of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Other {
    /// 1-based line in the file.
    pub line: u64,
    /// The id it had.
    pub id: String,
    /// The key by which it was known.
    pub key: String,
}

/// A row that is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// 1-based line in the file.
    pub line: u64,
    /// Why.
    pub reason: CleanRefusal,
    /// The field that is to blame; of unreadable rows none.
    pub field: Name,
    /// Why, in a sentence.
    pub message: String,
}

/// What cleaning a file came to. `read` is `written`, `joined` and all `refused` together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cleaned {
    /// Rows of the file.
    pub read: u64,
    /// Leads that came out.
    pub written: u64,
    /// Rows that became part of another.
    pub joined: u64,
    /// Leads that were made of several rows.
    pub groups: u64,
    /// Rows that were joined, by the key that showed it.
    pub joined_by: BTreeMap<String, u64>,
    /// Rows left out, by reason.
    pub refused: BTreeMap<CleanRefusal, u64>,
    /// What happened to cells, by field and rule.
    pub cells: BTreeMap<(What, Name, String), Tally>,
    /// The first groups.
    pub first_groups: Vec<Group>,
    /// The first rows left out.
    pub first_refused: Vec<LeftOut>,
    /// What is odd about the columns.
    pub warnings: Vec<Warning>,
}

impl Cleaned {
    /// Counts a line of the change log.
    pub(super) fn count(&mut self, entry: &Entry) {
        match entry.what {
            What::Changed | What::Blanked | What::Kept | What::Suggested | What::Noted | What::Merged => {
                let key = (entry.what, entry.field.clone(), entry.rule.clone());
                let tally = self.cells.entry(key).or_default();
                tally.cells += 1;
                let known = |example: &Example| example.before == entry.before && example.after == entry.after;
                if tally.examples.len() < EXAMPLES && !tally.examples.iter().any(known) {
                    tally.examples.push(Example {
                        line: entry.line,
                        before: entry.before.clone(),
                        after: entry.after.clone(),
                        message: entry.message.clone(),
                    });
                }
            }
            What::Joined => {
                self.joined += 1;
                *self.joined_by.entry(entry.rule.clone()).or_default() += 1;
            }
            What::Refused => {}
        }
    }

    /// Rows that are left out, whatever the reason.
    pub fn refused_total(&self) -> u64 {
        self.refused.values().sum()
    }
}
