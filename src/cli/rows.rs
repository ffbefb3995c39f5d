//! `simulate --write`: rows of tables, written while the run goes on.

use std::path::{Path, PathBuf};

use super::Failure;
use super::output::Pending;
use crate::backend::sim::{LeadRows, RowKind, columns};
use crate::ir::Campaign;
use crate::leads::Sheet;

/// A table that is wanted, `KIND=PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    kind: RowKind,
    path: PathBuf,
}

impl Table {
    /// Where it goes.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads `KIND=PATH`.
    pub(super) fn parse(text: &str) -> Result<Table, String> {
        let (kind, path) = text.split_once('=').ok_or("write KIND=PATH, such as sends=sends.parquet")?;
        let kind = match kind {
            "sends" => RowKind::Sends,
            "events" => RowKind::Events,
            "leads" => RowKind::Leads,
            other => return Err(format!("`{other}` is none of sends, events, leads")),
        };
        match path {
            "" => Err("there is no path after `=`".to_owned()),
            path => Ok(Table { kind, path: path.into() }),
        }
    }
}

/// Tables that are being written.
pub(super) struct Tables {
    open: Vec<(RowKind, Sheet, Pending)>,
}

impl Tables {
    /// Begins all of them under temporary names.
    pub(super) fn open(wanted: &[Table], campaign: &Campaign) -> Result<Tables, Failure> {
        let mut open = Vec::new();
        for Table { kind, path } in wanted {
            let shown = path.display().to_string();
            let (pending, target) = Pending::target(path, "table")?;
            let columns = columns(*kind, campaign);
            let sheet = match kind {
                RowKind::Events => Sheet::open_log(target, columns),
                RowKind::Sends | RowKind::Leads => Sheet::open(target, columns),
            };
            let sheet = sheet.map_err(|words| Failure::usage(format!("cannot write `{shown}`: {words}")))?;
            open.push((*kind, sheet, pending));
        }
        Ok(Tables { open })
    }

    /// Which kinds of rows are wanted.
    pub(super) fn kinds(&self) -> Vec<RowKind> {
        self.open.iter().map(|(kind, ..)| *kind).collect()
    }

    /// Writes the rows of some leads. The error is in words.
    pub(super) fn take(&mut self, leads: &[LeadRows]) -> Result<(), String> {
        for (kind, sheet, pending) in &mut self.open {
            for row in leads.iter().filter_map(|lead| lead.rows.get(kind)).flatten() {
                sheet.row(row).map_err(|words| format!("cannot write `{}`: {words}", pending.shown()))?;
            }
        }
        Ok(())
    }

    /// Ends all of them, then gives them their names.
    pub(super) fn keep(self) -> Result<(), Failure> {
        let mut whole = Vec::new();
        for (_, sheet, pending) in self.open {
            let ended = sheet.finish();
            ended.map_err(|words| Failure::usage(format!("cannot write `{}`: {words}", pending.shown())))?;
            whole.push(pending);
        }
        whole.into_iter().try_for_each(Pending::keep)
    }
}
