//! Who stands where: leads inside journeys, as a platform writes them out.
//!
//! In: rows with the columns `lead`, `journey`, `step` and, if it is known, `since`, in any format of leads. Out: [`States`].
//! Never: whether there are such journeys and steps.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::cell::{millis, quoted};
use super::input::recognise;
use super::raw::RawRows;
use super::{Format, Incoming};

/// Rows that are left out and kept in full.
const KEPT: usize = 5;

/// A lead inside a journey.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct State {
    /// Its id.
    pub lead: String,
    /// The journey.
    pub journey: String,
    /// The step on which it stands.
    pub step: String,
    /// Since when, in seconds since 1970-01-01T00:00:00Z, if that is told.
    pub since_secs: Option<i64>,
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct States {
    /// All of them, in the order of the file.
    pub all: Vec<State>,
    /// Rows that are none.
    pub refused: u64,
    /// Line and reason of the first of them.
    pub reasons: Vec<(u64, String)>,
}

/// Reads who stands where. Instants without an offset are those of `zone`.
///
/// # Errors
/// In words, if the file cannot be read or lacks a column.
pub fn states(input: Incoming, format: Option<Format>, zone: &TimeZone) -> Result<States, String> {
    let words = |error: super::ReadError| error.to_string().replace("leads file", "file of states");
    let found = recognise(input, format, &Arc::default()).map_err(words)?;
    let mut rows = RawRows::open(found, None).map_err(words)?;
    let mut read = States::default();
    while let Some(row) = rows.next() {
        match taken(&rows.columns, row.cells, zone) {
            Ok(state) => read.all.push(state),
            Err(Fault::Missing(column)) if read.all.is_empty() => {
                return Err(format!("the file of states lacks the column `{column}`"));
            }
            Err(Fault::Missing(column)) => read.refuse(row.line, format!("it lacks `{column}`")),
            Err(Fault::Words(why)) => read.refuse(row.line, why),
        }
    }
    match rows.broken_off {
        Some(why) => Err(format!("the file of states cannot be read to its end: {why}")),
        None => Ok(read),
    }
}

impl States {
    fn refuse(&mut self, line: u64, why: String) {
        self.refused += 1;
        if self.reasons.len() < KEPT {
            self.reasons.push((line, why));
        }
    }
}

enum Fault {
    Missing(&'static str),
    Words(String),
}

fn taken(columns: &[String], cells: Result<Vec<super::raw::RawCell>, String>, zone: &TimeZone) -> Result<State, Fault> {
    let cells = cells.map_err(Fault::Words)?;
    let cell = |name: &str| {
        let at = columns.iter().position(|column| column == name)?;
        Some(cells.get(at).cloned().unwrap_or_default().into_text().trim().to_owned())
    };
    let needed = |name: &'static str| match cell(name) {
        None => Err(Fault::Missing(name)),
        Some(text) if text.is_empty() => Err(Fault::Words(format!("its `{name}` is empty"))),
        Some(text) => Ok(text),
    };
    let (lead, journey, step) = (needed("lead")?, needed("journey")?, needed("step")?);
    let since_secs = match cell("since").unwrap_or_default().as_str() {
        "" => None,
        text => {
            let millis = millis(text, zone);
            let words = || Fault::Words(format!("{} is no instant such as `2026-04-01T09:00:00+09:00`", quoted(text)));
            Some(millis.ok_or_else(words)?.div_euclid(1_000))
        }
    };
    Ok(State { lead, journey, step, since_secs })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &'static str) -> Result<States, String> {
        states(Incoming::of_read(text.as_bytes()), None, &TimeZone::UTC)
    }

    #[test]
    fn rows_say_who_stands_where() {
        let read = read(
            "lead,journey,step,since\na,trial,pause,1970-01-01T00:01:00Z\nb,trial,pause,\nc,,pause,\nd,trial,pause,soon\n",
        );
        let read = read.unwrap();
        let all: Vec<(&str, Option<i64>)> = read.all.iter().map(|one| (one.lead.as_str(), one.since_secs)).collect();
        assert_eq!(all, [("a", Some(60)), ("b", None)]);
        assert_eq!((read.refused, read.reasons[0].clone()), (2, (4, "its `journey` is empty".to_owned())));
    }

    #[test]
    fn a_column_that_is_missing_is_named() {
        assert_eq!(read("lead,step\na,b\n").unwrap_err(), "the file of states lacks the column `journey`");
    }
}
