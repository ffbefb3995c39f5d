//! Members of a static list, from CSV.

use std::collections::BTreeSet;
use std::io::Cursor;

use super::bytes;
use super::cell::quoted;
use super::csv::{header, words};
use super::record::{Record, Records};
use crate::ir::value::is_email;

/// Who is on a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members {
    /// Ids, sorted.
    pub ids: Vec<String>,
    /// E-mail addresses, lower case, sorted.
    pub emails: Vec<String>,
}

/// Reads the members of a list: CSV whose header has `id`, `email` or both. Other columns are not read.
///
/// # Errors
/// One sentence with the line of the fault.
pub fn members(input: &str) -> Result<Members, String> {
    let input = Box::new(Cursor::new(input.as_bytes().to_vec()));
    let of_list = |words: String| words.replace("leads file", "list");
    let input = bytes::start(input).map_err(|error| of_list(error.to_string()))?;
    let (mut records, mut record) = (Records::new(input), Record::default());
    let header = header(&mut records, &mut record).map_err(|error| of_list(error.to_string()))?;
    let place = |wanted: &str| header.iter().position(|column| column == wanted);
    let (id, email) = (place("id"), place("email"));
    if id.is_none() && email.is_none() {
        return Err(format!("line {}: the header has neither `id` nor `email`", record.line));
    }
    let (mut ids, mut emails) = (BTreeSet::new(), BTreeSet::new());
    while records.read(&mut record)? {
        let line = record.line;
        if let Some(fault) = record.fault {
            return Err(format!("line {line}: {}", words(fault)));
        }
        if record.len() != header.len() {
            return Err(format!(
                "line {line}: the row has {} cells, and the header has {}",
                record.len(),
                header.len()
            ));
        }
        let cells: Vec<&str> = record.cells().map(|bytes| std::str::from_utf8(bytes).unwrap_or("").trim()).collect();
        let cell = |place: Option<usize>| place.map(|place| cells[place]).filter(|cell| !cell.is_empty());
        if let Some(wrong) = cell(email).filter(|address| !is_email(address)) {
            return Err(format!("line {line}: {} is not an e-mail address", quoted(wrong)));
        }
        if cell(id).is_none() && cell(email).is_none() {
            return Err(format!("line {line}: the row names no member"));
        }
        ids.extend(cell(id).map(str::to_owned));
        emails.extend(cell(email).map(str::to_lowercase));
    }
    Ok(Members { ids: ids.into_iter().collect(), emails: emails.into_iter().collect() })
}
