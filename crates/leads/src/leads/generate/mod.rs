//! Made-up leads as a file, clean or with the dirt of real ones.
//!
//! In: a plan, a count, a seed, and how much dirt. Out: rows to a writer. Never: dirt that cleaning by the same
//! campaign does not undo: every dirty cell is cleaned before it is written, and planted only if the clean value comes
//! back. What `tabiji leads clean` makes of a dirty file is therefore the file without dirt.

mod dirt;

use std::collections::VecDeque;

use super::clean::CellCheck;
use super::made_up::chance::Chance;
use super::write::{OutCell, Target, Writer, text_of};
use super::{MakeUpError, made_up};
use crate::ir::{Refusal, Value};
use crate::plan::Plan;

/// Rows that a second row of the same person may stand below the first, at most.
const APART: usize = 20;

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Generated {
    /// Leads made up.
    pub leads: u64,
    /// Rows written: the leads, and second rows of some.
    pub rows: u64,
    /// Cells with dirt.
    pub dirty_cells: u64,
    /// Second rows of a lead.
    pub duplicates: u64,
}

/// Why no file was made.
#[derive(Debug)]
pub enum GenerateError {
    /// No lead of a persona can be made up.
    MakeUp(MakeUpError),
    /// A lead could not be drawn; one sentence.
    NoLead(String),
    /// The file cannot be written; the system's words.
    Write(String),
}

impl std::fmt::Display for GenerateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            GenerateError::MakeUp(error) => error.fmt(f),
            GenerateError::NoLead(words) => f.write_str(words),
            GenerateError::Write(words) => write!(f, "the leads cannot be written: {words}"),
        }
    }
}

impl std::error::Error for GenerateError {}

/// Writes `count` leads down. `dirty` of them, 0 to 1, get dirt: other widths, kana, dates and marks, and every second of
/// these a further row of the same person.
///
/// # Errors
/// If no lead of a persona can be found, or the file cannot be written.
pub fn generate(plan: &Plan, count: u64, seed: u64, dirty: f64, target: Target) -> Result<Generated, GenerateError> {
    let mut check = CellCheck::new(&plan.campaign);
    let order = order(&check);
    let columns = order.iter().map(|slot| check.column(*slot)).collect();
    let mut out =
        Out { writer: Writer::open(target, columns).map_err(GenerateError::Write)?, order, done: Generated::default() };
    let mut waiting: VecDeque<(u64, Row)> = VecDeque::new();
    for (at, row) in (0u64..).zip(made_up(plan, count, seed).map_err(GenerateError::MakeUp)?) {
        let lead = row.map_err(|refused| {
            debug_assert_eq!(refused.reason, Refusal::BadRow);
            GenerateError::NoLead(refused.message)
        })?;
        let clean =
            Row { texts: lead.values.iter().map(|value| value.as_ref().map(text_of)).collect(), values: lead.values };
        // Draws of their own: dirt changes no lead.
        let chance = Chance::new(seed, at, u64::MAX);
        out.done.leads += 1;
        if chance.unit("dirty", 0) >= dirty {
            out.row(&clean)?;
        } else {
            let first = dirt::spoil(&clean, &mut check, &chance, 0);
            out.dirty(&clean, &first)?;
            if chance.unit("twice", 0) < 0.5 && check.is_known_by(&clean.texts) {
                let mut second = dirt::spoil(&clean, &mut check, &chance, 1);
                check.rename(&mut second.texts, &mut second.values, &lead.id);
                let due = at + 1 + chance.below("apart", 0, APART) as u64;
                let place = waiting.iter().position(|(other, _)| *other > due).unwrap_or(waiting.len());
                waiting.insert(place, (due, second));
            }
        }
        while let Some((_, row)) = waiting.pop_front_if(|(due, _)| *due <= at) {
            out.second(&row)?;
        }
    }
    for (_, row) in waiting {
        out.second(&row)?;
    }
    out.writer.finish().map_err(GenerateError::Write)?;
    Ok(out.done)
}

/// A lead by slot.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) texts: Vec<Option<String>>,
    pub(super) values: Vec<Option<Value>>,
}

struct Out {
    writer: Writer,
    order: Vec<usize>,
    done: Generated,
}

impl Out {
    fn row(&mut self, row: &Row) -> Result<(), GenerateError> {
        let cell = |slot: &usize| OutCell {
            text: row.texts[*slot].as_deref().unwrap_or_default(),
            value: row.values[*slot].as_ref(),
            ..OutCell::default()
        };
        let cells: Vec<OutCell<'_>> = self.order.iter().map(cell).collect();
        self.done.rows += 1;
        self.writer.row(&cells).map_err(GenerateError::Write)
    }

    fn dirty(&mut self, clean: &Row, dirty: &Row) -> Result<(), GenerateError> {
        let cells = clean.texts.iter().zip(&dirty.texts).filter(|(clean, dirty)| clean != dirty).count();
        self.done.dirty_cells += cells as u64;
        self.row(dirty)
    }

    fn second(&mut self, row: &Row) -> Result<(), GenerateError> {
        self.done.duplicates += 1;
        self.row(row)
    }
}

/// The fields as a person would have them: who it is, then what is known, then when and where.
fn order(check: &CellCheck) -> Vec<usize> {
    let rank = |slot: &usize| match check.name(*slot) {
        "id" => 0,
        "email" => 1,
        "created_at" => 3,
        "timezone" => 4,
        _ => 2,
    };
    let mut order: Vec<usize> = (0..check.fields()).collect();
    order.sort_by_key(rank);
    order
}
