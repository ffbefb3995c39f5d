//! Purchases by customer, day and amount, from a table of them or from a log of events.
//!
//! In: rows in any format of leads, and how their columns are called. Out: [`Transactions`]. Never: a campaign.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::cell::{days_since_epoch, millis, quoted};
use super::input::recognise;
use super::raw::{RawCell, RawRows};
use super::{Format, Incoming, ReadError};

/// Rows that are left out and kept in full.
const KEPT: usize = 5;

/// A purchase.
#[derive(Clone, Debug, PartialEq)]
pub struct Transaction {
    /// Whose it is.
    pub customer: String,
    /// Its day, in days since 1970-01-01: as it is written, whatever the time zone.
    pub day: i32,
    /// How much was spent, if that is told; not negative.
    pub amount: Option<f64>,
}

/// How columns are called, where they have not one of the usual names.
#[derive(Clone, Debug, Default)]
pub struct TransactionColumns {
    /// Who bought; `customer`, `customer_id`, `id` or `userId` unless said.
    pub customer: Option<String>,
    /// When; `date`, `at`, `timestamp` or `time` unless said.
    pub date: Option<String>,
    /// How much; `amount`, `total` or `value` unless said, in the row or in its `properties`. Need not be there.
    pub amount: Option<String>,
    /// Only rows with this in their column `event` are purchases.
    pub event: Option<String>,
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transactions {
    /// The purchases.
    pub all: Vec<Transaction>,
    /// Rows of other events.
    pub other_events: u64,
    /// Rows that are no purchase.
    pub refused: u64,
    /// Place and reason of the first of them.
    pub reasons: Vec<(u64, String)>,
}

/// Why there are no purchases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransactionError {
    /// The file cannot be read.
    Read(ReadError),
    /// It lacks a column: what it is, and the names that were looked for.
    Missing(&'static str, Vec<String>),
    /// It broke off.
    BrokenOff(String),
}

impl std::fmt::Display for TransactionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            TransactionError::Read(error) => {
                f.write_str(&error.to_string().replace("leads file", "file of transactions"))
            }
            TransactionError::Missing(what, names) => {
                let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
                write!(f, "the file of transactions lacks the column of {what}: {}", names.join(" or "))
            }
            TransactionError::BrokenOff(words) => {
                write!(f, "the file of transactions cannot be read to its end: {words}")
            }
        }
    }
}

impl std::error::Error for TransactionError {}

/// Reads purchases to the end.
///
/// # Errors
/// If the file cannot be read or lacks a column.
pub fn transactions(
    input: Incoming,
    format: Option<Format>,
    columns: &TransactionColumns,
) -> Result<Transactions, TransactionError> {
    let found = recognise(input, format, &Arc::default()).map_err(TransactionError::Read)?;
    let mut rows = RawRows::open(found, None).map_err(TransactionError::Read)?;
    let mut read = Transactions::default();
    while let Some(row) = rows.next() {
        let places = Places::of(&rows.columns, columns);
        let taken = taken(row.cells, &places, columns.event.as_deref());
        match taken {
            // JSON Lines have a column once a row has it.
            Err(Fault::Missing(what, names)) if read.all.is_empty() => {
                return Err(TransactionError::Missing(what, names));
            }
            Err(Fault::Missing(what, _)) => read.refuse(row.line, format!("it lacks {what}")),
            Err(Fault::Words(words)) => read.refuse(row.line, words),
            Ok(None) => read.other_events += 1,
            Ok(Some(one)) => read.all.push(one),
        }
    }
    match rows.broken_off {
        Some(words) => Err(TransactionError::BrokenOff(words)),
        None => Ok(read),
    }
}

impl Transactions {
    fn refuse(&mut self, line: u64, words: String) {
        self.refused += 1;
        if self.reasons.len() < KEPT {
            self.reasons.push((line, words));
        }
    }
}

enum Fault {
    Missing(&'static str, Vec<String>),
    Words(String),
}

/// Where something stands in a row.
enum At {
    /// In this column.
    Column(usize),
    /// Under this name in the object of this column, as logs of events have it.
    Inside(usize, String),
}

/// Where a row may have something, in the order in which it is looked for; and the names that were looked for.
struct Found {
    places: Vec<At>,
    names: Vec<String>,
}

struct Places {
    customer: Found,
    date: Found,
    amount: Found,
    event: Option<usize>,
    amount_is_named: bool,
}

impl Places {
    fn of(header: &[String], columns: &TransactionColumns) -> Places {
        let at = |name: &str| header.iter().position(|column| column == name);
        let find = |named: &Option<String>, usual: &[&str], inside: bool| {
            let names: Vec<String> = match named {
                Some(name) => vec![name.clone()],
                None => usual.iter().map(|name| (*name).to_owned()).collect(),
            };
            let mut places: Vec<At> = names.iter().filter_map(|name| at(name)).map(At::Column).collect();
            places.extend(names.iter().filter_map(|name| at(&format!("property.{name}"))).map(At::Column));
            // What an event is about has names of its own: its `id` is no customer's.
            if let Some(properties) = at("properties").filter(|_| inside || named.is_some()) {
                places.extend(names.iter().map(|name| At::Inside(properties, name.clone())));
            }
            Found { places, names }
        };
        Places {
            customer: find(&columns.customer, &["customer", "customer_id", "id", "userId"], false),
            date: find(&columns.date, &["date", "at", "timestamp", "time"], false),
            amount: find(&columns.amount, &["amount", "total", "value"], true),
            event: at("event"),
            amount_is_named: columns.amount.is_some(),
        }
    }
}

impl Found {
    /// What stands in the first place that has anything; empty if there are places, and none has. `None` if there is no
    /// place in this row.
    fn text(&self, cells: &[RawCell]) -> Option<String> {
        let mut found = None;
        for place in &self.places {
            let cell = match place {
                At::Column(at) => Some(cells.get(*at).cloned().unwrap_or_default()),
                At::Inside(at, name) => inside(cells.get(*at), name),
            };
            let Some(cell) = cell else { continue };
            let text = cell.into_text().trim().to_owned();
            if !text.is_empty() {
                return Some(text);
            }
            found = Some(text);
        }
        found
    }
}

/// What an object holds under a name.
fn inside(cell: Option<&RawCell>, name: &str) -> Option<RawCell> {
    let Some(RawCell::Json(serde_json::Value::Object(object))) = cell else { return None };
    Some(match object.get(name)? {
        serde_json::Value::Null => RawCell::Absent,
        serde_json::Value::String(text) => RawCell::Text(text.clone()),
        other => RawCell::Json(other.clone()),
    })
}

type RawCells = Result<Vec<RawCell>, String>;

/// The purchase of a row; `None` if it is another event.
fn taken(cells: RawCells, places: &Places, event: Option<&str>) -> Result<Option<Transaction>, Fault> {
    let cells = cells.map_err(Fault::Words)?;
    let text = |at: usize| cells.get(at).cloned().unwrap_or_default().into_text().trim().to_owned();
    if let Some(event) = event {
        let at = places.event.ok_or_else(|| Fault::Missing("the event", vec!["event".to_owned()]))?;
        if text(at) != event {
            return Ok(None);
        }
    }
    let told = |of: &Found, what: &'static str| of.text(&cells).ok_or_else(|| Fault::Missing(what, of.names.clone()));
    let customer = told(&places.customer, "the customer")?;
    let date = told(&places.date, "the date")?;
    let amount = match places.amount.text(&cells) {
        None if places.amount_is_named => return Err(Fault::Missing("the amount", places.amount.names.clone())),
        found => found.unwrap_or_default(),
    };
    if customer.is_empty() {
        return Err(Fault::Words("it names no customer".to_owned()));
    }
    let day = day(&date).ok_or_else(|| Fault::Words(format!("{} is no date such as `2026-04-01`", quoted(&date))))?;
    let amount = match amount.as_str() {
        "" => None,
        text => match text.parse::<f64>() {
            Ok(number) if number.is_finite() && number >= 0.0 => Some(number),
            Ok(number) if number < 0.0 => return Err(Fault::Words(format!("{number} is paid back, not spent"))),
            Ok(_) | Err(_) => return Err(Fault::Words(format!("{} is no amount such as `1200`", quoted(text)))),
        },
    };
    Ok(Some(Transaction { customer, day, amount }))
}

/// The day that a text begins with: `2026-04-01`, `20260401`, or Unix time.
fn day(text: &str) -> Option<i32> {
    let written = text.get(..10).unwrap_or(text);
    let date = match (written.parse::<Date>(), text.len()) {
        (Ok(date), _) => date,
        (Err(_), 8) => Date::strptime("%Y%m%d", text).ok()?,
        (Err(_), _) => {
            TimeZone::UTC.to_datetime(Timestamp::from_millisecond(millis(text, &TimeZone::UTC)?).ok()?).date()
        }
    };
    Some(days_since_epoch(date))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &'static str, columns: &TransactionColumns) -> Result<Transactions, TransactionError> {
        transactions(Incoming::of_read(text.as_bytes()), None, columns)
    }

    #[test]
    fn rows_are_purchases_of_a_day() {
        let table = "customer,date,amount\n c1 ,1970-01-02,12.5\nc1,19700103,\nc2,1970-01-02T23:59:59+09:00,0\n\
                     ,1970-01-02,1\nc3,soon,1\nc3,1970-01-02,-4\n";
        let read = read(table, &TransactionColumns::default()).unwrap();
        let all: Vec<(&str, i32, Option<f64>)> =
            read.all.iter().map(|one| (one.customer.as_str(), one.day, one.amount)).collect();
        assert_eq!(all, [("c1", 1, Some(12.5)), ("c1", 2, None), ("c2", 1, Some(0.0))]);
        assert_eq!((read.refused, read.reasons[2].clone()), (3, (7, "-4 is paid back, not spent".to_owned())));
    }

    #[test]
    fn a_log_of_events_has_purchases_among_others() {
        let log = "{\"id\": \"c1\", \"at\": \"1970-01-02T00:00:00Z\", \"event\": \"purchased\", \"price\": 3}\n\
                   {\"id\": \"c1\", \"at\": \"1970-01-02T00:00:00Z\", \"event\": \"email_sent\"}\n";
        let columns = TransactionColumns {
            event: Some("purchased".to_owned()),
            amount: Some("price".to_owned()),
            ..TransactionColumns::default()
        };
        let read = read(log, &columns).unwrap();
        assert_eq!((read.all.len(), read.all[0].amount, read.other_events), (1, Some(3.0), 1));
    }

    /// The calls of the Segment spec: who bought is `userId`, and what was paid is a property.
    #[test]
    fn a_log_of_calls_is_read_as_it_is_written() {
        let log = "{\"event\": \"email_sent\", \"userId\": \"c1\", \"timestamp\": \"1970-01-02T00:00:00Z\", \"properties\": {\"id\": \"m\"}}\n\
                   {\"event\": \"bought\", \"userId\": \"c1\", \"timestamp\": \"1970-01-02T00:00:00Z\", \"properties\": {\"id\": \"o\", \"amount\": 3.5}}\n\
                   {\"event\": \"bought\", \"userId\": \"c2\", \"timestamp\": \"1970-01-03T00:00:00Z\", \"properties\": {\"amount\": \"4\"}}\n\
                   {\"event\": \"bought\", \"userId\": \"c2\", \"timestamp\": \"1970-01-03T00:00:00Z\"}\n";
        for amount in [None, Some("amount".to_owned())] {
            let named = amount.is_some();
            let columns =
                TransactionColumns { event: Some("bought".to_owned()), amount, ..TransactionColumns::default() };
            let read = read(log, &columns).unwrap();
            let all: Vec<_> = read.all.iter().map(|one| (one.customer.as_str(), one.day, one.amount)).collect();
            assert_eq!(all[..2], [("c1", 1, Some(3.5)), ("c2", 2, Some(4.0))]);
            // Without the amount that was asked for it is no purchase; else one of an unknown amount.
            assert_eq!((all.len(), read.refused, read.other_events), if named { (2, 1, 1) } else { (3, 0, 1) });
        }
        let table = "userId,event,timestamp,property.amount\nc1,bought,1970-01-02T00:00:00Z,7\n";
        let read = read(table, &TransactionColumns::default()).unwrap();
        assert_eq!((read.all[0].customer.as_str(), read.all[0].amount), ("c1", Some(7.0)));
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = read("customer,when\nc1,1970-01-02\n", &TransactionColumns::default()).unwrap_err();
        assert!(error.to_string().contains("`date`"), "{error}");
    }
}
