//! `tabiji diff`: what was changed in the compiled campaign, without effects.

use serde::Serialize;

use super::args::{DiffArgs, Format};
use super::output::{Results, deliver};
use super::terminal::{Terminal, WIDTH};
use super::{Exit, Failure, against, base};
use crate::diff::{self, Change, SideName};

/// What differs, as JSON.
#[derive(Serialize)]
struct Report<'a> {
    format_version: u32,
    status: &'static str,
    base: &'a SideName,
    head: &'a SideName,
    parts: Vec<Part<'a>>,
    followed: &'a [(String, String)],
}

/// A definition without the journeys on which it has an effect.
#[derive(Serialize)]
struct Part<'a> {
    address: &'a str,
    status: diff::Status,
    differs: &'a [diff::Differs],
    place: &'a Option<diff::Location>,
}

/// Says what differs.
pub(super) fn diff(args: &DiffArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let results = Results { version: diff::FORMAT_VERSION, ..Results::of(args.format, &args.output) };
    results.run(|| run(args, terminal))
}

fn run(args: &DiffArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let before = base::base(Some(&args.before), &args.project, terminal)?;
    let after = match &args.after {
        Some(after) => base::base(Some(after), &args.project, terminal)?,
        None => base::at_path(&args.project, terminal)?,
    };
    let change = against::compared(&before, &after)?;
    deliver(args.format, &args.output, |format, printed| match format {
        Format::Text => Ok(diff::definitions(&change, if printed { terminal.width() } else { WIDTH })),
        Format::Json => json(&change),
    })?;
    Ok(Exit::Fine)
}

fn json(change: &Change) -> Result<String, Failure> {
    let parts = change.parts.iter().map(|part| Part {
        address: &part.address,
        status: part.status,
        differs: &part.differs,
        place: &part.place,
    });
    let report = Report {
        format_version: change.format_version,
        status: "ok",
        base: &change.base,
        head: &change.head,
        parts: parts.collect(),
        followed: &change.followed,
    };
    let text = serde_json::to_string_pretty(&report);
    text.map(|text| text + "\n").map_err(|error| Failure::usage(error.to_string()))
}
