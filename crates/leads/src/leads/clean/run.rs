//! The three readings of a file.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::sync::Arc;

use super::groups::Groups;
use super::keys::{self, Key};
use super::merge::{Age, Merged, Rule};
use super::report::{CleanRefusal, Cleaned, Entry, Group, LeftOut, Other, ROWS_KEPT, What};
use super::row::{Cell, Cleaner, Fault, Layout, Note};
use super::{CleanError, Input};
use crate::ir::cleaning::{BadValue, Cleaning};
use crate::ir::{Campaign, Value};
use crate::leads::columns::Columns;
use crate::leads::input::recognise;
use crate::leads::raw::{RawCell, RawRow, RawRows};
use crate::leads::write::{Column, OutCell, Target, Writer};

/// A run over a file.
pub(super) struct Run<'a> {
    input: &'a Input<'a>,
    cleaning: &'a Cleaning,
    cleaner: Cleaner,
    keys: Vec<Key>,
    /// Slot that says which row is newer.
    newest_by: Option<usize>,
    /// Columns of the file.
    names: Vec<String>,
    groups: Groups,
    seen: HashMap<[u8; 16], u32>,
    /// Rows that became part of an earlier one, and the key that showed it.
    joined: BTreeMap<u32, usize>,
}

/// A lead out of several rows.
pub(super) struct Lead {
    /// The cells of its first row.
    first: Vec<Cell>,
    cells: Vec<Cell>,
    /// What was done to it after the merging.
    notes: Vec<Note>,
}

/// Leads out of several rows, by the number of their first row.
pub(super) type Leads = BTreeMap<u32, Lead>;

impl<'a> Run<'a> {
    pub(super) fn new(input: &'a Input<'a>, campaign: &Campaign, cleaning: &'a Cleaning) -> Run<'a> {
        let cleaner = Cleaner::new(Columns::new(campaign), cleaning);
        let keys = keys::keys(cleaning, &cleaner);
        let newest_by = cleaner.columns.slots.iter().position(|slot| slot.name == cleaning.newest_by);
        let (names, groups, seen, joined) = (Vec::new(), Groups::default(), HashMap::new(), BTreeMap::new());
        Run { input, cleaning, cleaner, keys, newest_by, names, groups, seen, joined }
    }

    /// First reading: which rows are one person.
    pub(super) fn look_up(&mut self) -> Result<(), CleanError> {
        let mut notes = Vec::new();
        let mut layout = Layout::of(&self.cleaner.columns, &[]);
        let mut rows = self.open()?;
        while let Some(raw) = rows.next() {
            if layout.owner.len() != rows.columns.len() {
                layout = Layout::of(&self.cleaner.columns, &rows.columns);
            }
            let row = self.groups.add().ok_or(CleanError::TooMany)?;
            notes.clear();
            if let Ok(raw) = raw.cells
                && let Ok(cells) = self.cleaner.row(raw, &layout, &mut notes)
            {
                self.join_by_keys(row, &cells, &layout);
            }
        }
        self.names = ended(rows)?;
        Ok(())
    }

    /// Joins a row with those that have a key of it; whether any were apart.
    fn join_by_keys(&mut self, row: u32, cells: &[Cell], layout: &Layout) -> bool {
        let mut any = false;
        for (at, key) in self.keys.iter().enumerate() {
            let Some(hash) = key.hash(at, cells, layout, &self.cleaner) else { continue };
            let known = *self.seen.entry(hash).or_insert(row);
            let (a, b) = (self.groups.find(known), self.groups.find(row));
            if self.groups.join(a, b) {
                self.joined.insert(a.max(b), at);
                any = true;
            }
        }
        any
    }

    /// Second reading: leads out of several rows. Repeated while a merged lead agrees with a further one.
    pub(super) fn merge(&mut self) -> Result<Leads, CleanError> {
        let layout = Layout::of(&self.cleaner.columns, &self.names);
        loop {
            let leads = self.merge_once(&layout)?;
            let mut more = false;
            for (row, lead) in &leads {
                more |= self.join_by_keys(*row, &lead.cells, &layout);
            }
            if !more {
                // What is left to do needs no keys.
                self.seen = HashMap::new();
                return Ok(leads);
            }
        }
    }

    fn merge_once(&mut self, layout: &Layout) -> Result<Leads, CleanError> {
        let later: Vec<u32> = self.joined.keys().copied().collect();
        let firsts: BTreeSet<u32> = later.into_iter().map(|row| self.groups.find(row)).collect();
        let rules = self.rules(layout);
        let mut merged: BTreeMap<u32, Merged> = BTreeMap::new();
        if !firsts.is_empty() {
            let mut notes = Vec::new();
            let mut rows = self.open()?;
            for (row, RawRow { line, cells }) in (0u32..).zip(rows.by_ref()) {
                let first = self.first_of(row)?;
                let Ok(raw) = cells else { continue };
                if !firsts.contains(&first) {
                    continue;
                }
                notes.clear();
                let Ok(cells) = self.cleaner.row(raw, layout, &mut notes) else { continue };
                let age = self.age(&cells, layout, line);
                match merged.get_mut(&first) {
                    Some(lead) => lead.add(&cells, age, &rules),
                    None => {
                        merged.insert(first, Merged::new(cells, age));
                    }
                }
            }
            ended(rows)?;
        }
        Ok(merged.into_iter().map(|(row, merged)| (row, self.lead(&merged, layout))).collect())
    }

    /// A merged lead is cleaned again: a telephone number may have got the country that it lacked.
    fn lead(&mut self, merged: &Merged, layout: &Layout) -> Lead {
        let cells = merged.cells();
        let mut notes = Vec::new();
        let again = self.cleaner.row(cells.iter().map(raw).collect(), layout, &mut notes);
        let (cells, notes) = match again {
            Ok(again) => (again, notes),
            Err(_) => (cells, Vec::new()),
        };
        Lead { first: merged.first.clone(), cells, notes }
    }

    fn rules(&self, layout: &Layout) -> Vec<Rule> {
        let rule = |owner: &Option<usize>| match owner.map(|slot| &self.cleaner.columns.slots[slot]) {
            Some(slot) => {
                let field = self.cleaning.fields.get(&slot.name);
                Rule::new(field.map_or(self.cleaning.merge, |field| field.merge), Some(&slot.accepts.ty))
            }
            None => Rule::new(self.cleaning.merge, None),
        };
        layout.owner.iter().map(rule).collect()
    }

    fn age(&self, cells: &[Cell], layout: &Layout, line: u64) -> Age {
        let cell = self.newest_by.and_then(|slot| layout.place[slot]).and_then(|place| cells.get(place));
        let when = match cell.and_then(|cell| cell.value.as_ref()) {
            Some(Value::Date(days)) => Some(i64::from(*days) * 86_400),
            Some(Value::Datetime(secs)) => Some(*secs),
            Some(Value::Int(number)) => Some(*number),
            Some(Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Set(_)) | None => None,
        };
        (when, line)
    }

    /// Third reading: everything is written and told.
    pub(super) fn write(
        &mut self,
        leads: &Leads,
        target: Option<Target>,
        log: &mut dyn FnMut(&Entry) -> io::Result<()>,
    ) -> Result<Cleaned, CleanError> {
        let layout = Layout::of(&self.cleaner.columns, &self.names);
        let columns = self.columns(&layout);
        let mut writer = target.map(|target| Writer::open(target, columns)).transpose().map_err(CleanError::Write)?;
        let mut told = Told { out: Cleaned { groups: leads.len() as u64, ..Cleaned::default() }, log };
        let mut groups: BTreeMap<u32, Group> = BTreeMap::new();
        let mut notes = Vec::new();
        let mut rows = self.open()?;
        for (row, RawRow { line, cells }) in (0u32..).zip(rows.by_ref()) {
            told.out.read += 1;
            let first = self.first_of(row)?;
            notes.clear();
            let cleaned = match cells {
                Ok(raw) => self.cleaner.row(raw, &layout, &mut notes),
                Err(message) => {
                    told.refused(line, CleanRefusal::Unreadable, "", message)?;
                    continue;
                }
            };
            let cells = match cleaned {
                Ok(cells) => cells,
                Err(Fault { reason, slot, message }) => {
                    let field = self.cleaner.columns.slots[slot].name.clone();
                    told.refused(line, reason, &field, message)?;
                    continue;
                }
            };
            for note in notes.drain(..) {
                told.note(line, note, &self.cleaner)?;
            }
            let lead = leads.get(&first);
            if let Some(lead) = lead.filter(|_| row != first) {
                let (id, of) = (self.id(&cells, &layout), self.id(&lead.cells, &layout));
                let key = self.joined.get(&row).map_or("", |key| self.keys[*key].name.as_str());
                if let Some(group) = groups.get_mut(&first) {
                    group.others.push(Other { line, id: id.clone(), key: key.to_owned() });
                }
                let message = "the same person as a row above".to_owned();
                told.entry(&entry(line, What::Joined, String::new(), key, (id, of), message))?;
                continue;
            }
            let cells = match lead {
                Some(lead) => {
                    self.tell_merged(line, lead, &layout, &mut told)?;
                    if groups.len() < ROWS_KEPT {
                        let id = self.id(&lead.cells, &layout);
                        groups.insert(row, Group { id, line, others: Vec::new() });
                    }
                    &lead.cells
                }
                None => &cells,
            };
            told.out.written += 1;
            if let Some(writer) = &mut writer {
                let cells: Vec<OutCell<'_>> = cells.iter().map(out).collect();
                writer.row(&cells).map_err(CleanError::Write)?;
            }
        }
        told.out.warnings.clone_from(&rows.warnings);
        ended(rows)?;
        writer.map(Writer::finish).transpose().map_err(CleanError::Write)?;
        let mut out = told.out;
        out.first_groups = groups.into_values().collect();
        Ok(out)
    }

    /// What a merged lead has that its first row had not.
    fn tell_merged(&self, line: u64, lead: &Lead, layout: &Layout, told: &mut Told<'_>) -> Result<(), CleanError> {
        let rules = self.rules(layout);
        let nothing = Cell::default();
        for (place, cell) in lead.cells.iter().enumerate() {
            let before = lead.first.get(place).unwrap_or(&nothing);
            if cell.text != before.text {
                let field = match layout.owner[place] {
                    Some(slot) => self.cleaner.columns.slots[slot].name.clone(),
                    None => self.names[place].clone(),
                };
                let (before, after) = (before.text.clone(), cell.text.clone());
                told.entry(&entry(
                    line,
                    What::Merged,
                    field,
                    rules[place].merge.word(),
                    (before, after),
                    String::new(),
                ))?;
            }
        }
        for note in &lead.notes {
            told.note(line, note.clone(), &self.cleaner)?;
        }
        Ok(())
    }

    fn id(&self, cells: &[Cell], layout: &Layout) -> String {
        let slot = self.cleaner.columns.slots.iter().position(|slot| slot.name == "id");
        let cell = slot.and_then(|slot| layout.place[slot]).and_then(|place| cells.get(place));
        cell.map(|cell| cell.text.trim().to_owned()).unwrap_or_default()
    }

    /// Columns of the result. Where bad values stay, a column can hold nothing but text.
    fn columns(&self, layout: &Layout) -> Vec<Column> {
        let ty = |owner: &Option<usize>| {
            let slot = owner.map(|slot| &self.cleaner.columns.slots[slot])?;
            let field = self.cleaning.fields.get(&slot.name)?;
            (field.bad != BadValue::Keep).then(|| slot.accepts.ty.clone())
        };
        let names = self.names.iter().zip(&layout.owner);
        names.map(|(name, owner)| Column { name: name.clone(), ty: ty(owner) }).collect()
    }

    fn open(&self) -> Result<RawRows, CleanError> {
        let unreadable = |error: io::Error| CleanError::Read(crate::leads::ReadError::Unreadable(error.to_string()));
        let found = recognise((self.input.open)().map_err(unreadable)?, self.input.format, &Arc::default())?;
        Ok(RawRows::open(found, Some(&self.cleaner.columns))?)
    }

    /// The first row of a row's person. A row that was not there at the first reading is none.
    fn first_of(&mut self, row: u32) -> Result<u32, CleanError> {
        if (row as usize) < self.groups.len() { Ok(self.groups.find(row)) } else { Err(CleanError::Moved) }
    }
}

/// Figures and the change log.
struct Told<'a> {
    out: Cleaned,
    log: &'a mut dyn FnMut(&Entry) -> io::Result<()>,
}

impl Told<'_> {
    fn entry(&mut self, entry: &Entry) -> Result<(), CleanError> {
        self.out.count(entry);
        (self.log)(entry).map_err(|error| CleanError::Write(error.to_string()))
    }

    fn note(&mut self, line: u64, note: Note, cleaner: &Cleaner) -> Result<(), CleanError> {
        let field = cleaner.columns.slots[note.slot].name.clone();
        self.entry(&entry(line, note.what, field, note.rule, (note.before, note.after), note.message))
    }

    fn refused(&mut self, line: u64, reason: CleanRefusal, field: &str, message: String) -> Result<(), CleanError> {
        *self.out.refused.entry(reason).or_default() += 1;
        if self.out.first_refused.len() < ROWS_KEPT {
            let (field, message) = (field.to_owned(), message.clone());
            self.out.first_refused.push(LeftOut { line, reason, field, message });
        }
        let values = (String::new(), String::new());
        self.entry(&entry(line, What::Refused, field.to_owned(), reason.word(), values, message))
    }
}

fn entry(line: u64, what: What, field: String, rule: &str, values: (String, String), message: String) -> Entry {
    Entry { line, what, field, rule: rule.to_owned(), before: values.0, after: values.1, message }
}

/// A clean cell as it would be read again.
fn raw(cell: &Cell) -> RawCell {
    match (&cell.json, &cell.value) {
        (Some(json), _) => RawCell::Json(json.clone()),
        (None, Some(Value::Set(set))) if !cell.verbatim => {
            RawCell::Json(set.iter().cloned().map(serde_json::Value::String).collect())
        }
        (None, _) => RawCell::Text(cell.text.clone()),
    }
}

fn out(cell: &Cell) -> OutCell<'_> {
    OutCell { text: &cell.text, value: cell.value.as_ref(), verbatim: cell.verbatim, json: cell.json.as_ref() }
}

/// The columns of a file that was read to its end.
fn ended(rows: RawRows) -> Result<Vec<String>, CleanError> {
    match rows.broken_off {
        Some(words) => Err(CleanError::BrokenOff(words)),
        None => Ok(rows.columns),
    }
}
