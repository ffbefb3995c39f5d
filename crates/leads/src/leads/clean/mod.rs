//! Puts a leads file in order: one way of writing, no bad values, one lead for each person.
//!
//! In: a file that can be read several times, and the campaign with its `cleaning`. Out: leads to a writer, every
//! change to a log, and figures. Never: a row that vanishes (`read` is `written`, `joined` and `refused` together), or a
//! whole file in memory.
//!
//! The file is read three times. First every row is cleaned and its keys are looked up, so that it is known which rows
//! are one person: a 16-byte hash and a row number for each key of each row are held. Then the rows of each such person
//! are merged: these leads are held, and no others. A merged lead may agree with a further one in a key that none of
//! its rows had whole, so this is repeated until nobody is joined any more. Last everything is written, a merged lead in
//! the place of its first row.

mod check;
mod company;
mod country;
mod date;
mod email;
mod groups;
mod keys;
mod merge;
mod number;
mod phone;
mod report;
mod row;
mod run;
#[cfg(test)]
mod tests;
mod text;

use std::io;

pub(super) use check::CellCheck;
pub use report::{CleanRefusal, Cleaned, Entry, Example, Group, LeftOut, Other, ROWS_KEPT, Tally, What};

use super::write::Target;
use super::{Format, Incoming, ReadError};
use crate::ir::Campaign;
use crate::ir::cleaning::Cleaning;
use run::Run;

/// Why a file could not be cleaned.
#[derive(Debug)]
pub enum CleanError {
    /// It is no leads file.
    Read(ReadError),
    /// It cannot be read to its end; the system's words.
    BrokenOff(String),
    /// It was not the same when it was read again.
    Moved,
    /// It has more rows than can be numbered.
    TooMany,
    /// The result cannot be written; the system's words.
    Write(String),
}

impl std::fmt::Display for CleanError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CleanError::Read(error) => error.fmt(f),
            CleanError::BrokenOff(words) => write!(f, "the leads file cannot be read to its end: {words}"),
            CleanError::Moved => f.write_str("the leads file changed while it was read"),
            CleanError::TooMany => f.write_str("the leads file has more than four thousand million rows"),
            CleanError::Write(words) => write!(f, "the result cannot be written: {words}"),
        }
    }
}

impl std::error::Error for CleanError {}

impl From<ReadError> for CleanError {
    fn from(error: ReadError) -> CleanError {
        CleanError::Read(error)
    }
}

/// A leads file that can be opened again.
pub struct Input<'a> {
    /// The format that its name tells, if it does.
    pub format: Option<Format>,
    /// Opens it at its beginning.
    pub open: &'a dyn Fn() -> io::Result<Incoming>,
}

/// Cleans a file. Every change is told to `log` in the order of the lines.
///
/// # Errors
/// If the file is no leads file, cannot be read to its end or changes meanwhile, or the result cannot be written.
pub fn clean(
    input: &Input<'_>,
    campaign: &Campaign,
    target: Option<Target>,
    log: &mut dyn FnMut(&Entry) -> io::Result<()>,
) -> Result<Cleaned, CleanError> {
    let cleaning = campaign.cleaning.clone().unwrap_or_else(|| Cleaning::of(campaign));
    let mut run = Run::new(input, campaign, &cleaning);
    run.look_up()?;
    let leads = run.merge()?;
    run.write(&leads, target, log)
}
