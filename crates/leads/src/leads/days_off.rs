//! Days off of a calendar, from CSV.

use std::collections::BTreeMap;
use std::io::Cursor;

use jiff::ToSpan;
use jiff::civil::Date;

use super::bytes;
use super::cell::quoted;
use super::csv::{header, words};
use super::record::{Record, Records};

/// Most days in a row that one line may take off.
const MOST_DAYS: i32 = 366;

/// Reads days off, by date `YYYY-MM-DD`, with their names: CSV whose header has `date`, and perhaps `to` and `name`.
/// Other columns are not read.
///
/// # Errors
/// One sentence with the line of the fault.
pub fn days_off(input: &str) -> Result<BTreeMap<String, Option<String>>, String> {
    let input = Box::new(Cursor::new(input.as_bytes().to_vec()));
    let of_calendar = |words: String| words.replace("leads file", "calendar");
    let input = bytes::start(input).map_err(|error| of_calendar(error.to_string()))?;
    let (mut records, mut record) = (Records::new(input), Record::default());
    let header = header(&mut records, &mut record).map_err(|error| of_calendar(error.to_string()))?;
    let place = |wanted: &str| header.iter().position(|column| column == wanted);
    let date = place("date").ok_or_else(|| format!("line {}: the header has no `date`", record.line))?;
    let (to, name) = (place("to"), place("name"));
    let mut days = BTreeMap::new();
    while records.read(&mut record)? {
        let line = record.line;
        if let Some(fault) = record.fault {
            return Err(format!("line {line}: {}", words(fault)));
        }
        let cells: Vec<&str> = record.cells().map(|bytes| std::str::from_utf8(bytes).unwrap_or("").trim()).collect();
        let cell = |place: usize| cells.get(place).copied().filter(|cell| !cell.is_empty());
        let day = |text: &str| {
            let date = text.parse::<Date>();
            date.map_err(|_| format!("line {line}: {} is not a date such as `2026-12-29`", quoted(text)))
        };
        let first = day(cell(date).unwrap_or(""))?;
        let last = to.and_then(cell).map(day).transpose()?.unwrap_or(first);
        if last < first || (last - first).get_days() >= MOST_DAYS {
            return Err(format!("line {line}: the days do not end within a year after they begin"));
        }
        let name = name.and_then(cell).map(str::to_owned);
        days.extend(
            first.series(1.day()).take_while(|date| *date <= last).map(|date| (date.to_string(), name.clone())),
        );
    }
    Ok(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read() {
        let days = days_off("date,to,name\n2026-12-30,2027-01-02,年末年始\n2026-10-03,,\n").unwrap();
        let dates: Vec<&str> = days.keys().map(String::as_str).collect();
        assert_eq!(dates, ["2026-10-03", "2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02"]);
        assert_eq!((days["2026-10-03"].as_deref(), days["2027-01-01"].as_deref()), (None, Some("年末年始")));
    }

    #[test]
    fn faults_have_their_line() {
        assert_eq!(days_off("day\n2026-01-01\n").unwrap_err(), "line 1: the header has no `date`");
        assert!(days_off("date\n2026-02-30\n").unwrap_err().starts_with("line 2: "));
        assert!(days_off("date,to\n2026-02-03,2026-02-01\n").unwrap_err().contains("within a year"));
    }
}
