//! One lead out of several rows, field by field.
//!
//! In: clean rows in the order of the file, and how their fields are merged. Out: the cells of the lead. Never: an empty
//! cell where one row has something.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::row::Cell;
use crate::ir::cleaning::Merge;
use crate::ir::{Type, Value};

/// How a column is merged.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) merge: Merge,
    /// Values in the order in which the largest comes last, for fields with declared values.
    pub(super) declared: Option<std::sync::Arc<[String]>>,
}

impl Rule {
    pub(super) fn new(merge: Merge, ty: Option<&Type>) -> Rule {
        let declared = match ty {
            Some(Type::Enum { values } | Type::Set { values }) => Some(values.clone()),
            Some(_) | None => None,
        };
        Rule { merge, declared }
    }
}

/// A lead that rows are merged into.
#[derive(Clone, Debug)]
pub(super) struct Merged {
    /// Rows so far.
    pub(super) rows: u64,
    /// The cells of the first row.
    pub(super) first: Vec<Cell>,
    best: Vec<Option<(Age, Cell)>>,
}

/// How old a row is, older first: by its date, rows without one before all others, then by its place in the file.
pub(super) type Age = (Option<i64>, u64);

impl Merged {
    /// A lead of one row.
    pub(super) fn new(cells: Vec<Cell>, age: Age) -> Merged {
        let best = cells.iter().map(|cell| (!is_empty(cell)).then(|| (age, cell.clone()))).collect();
        Merged { rows: 1, first: cells, best }
    }

    /// Takes a further row in. A row may have more columns than those before.
    pub(super) fn add(&mut self, cells: &[Cell], age: Age, rules: &[Rule]) {
        self.rows += 1;
        self.best.resize(self.best.len().max(cells.len()), None);
        for ((best, cell), rule) in self.best.iter_mut().zip(cells).zip(rules) {
            if is_empty(cell) {
                continue;
            }
            match best {
                None => *best = Some((age, cell.clone())),
                Some((_, old)) if rule.merge == Merge::Union => unite(old, cell),
                Some((old_age, old)) => {
                    if replaces(rule, (*old_age, old), (age, cell)) {
                        *best = Some((age, cell.clone()));
                    }
                }
            }
        }
    }

    /// The cells of the lead.
    pub(super) fn cells(&self) -> Vec<Cell> {
        self.best.iter().map(|best| best.as_ref().map(|(_, cell)| cell.clone()).unwrap_or_default()).collect()
    }
}

fn is_empty(cell: &Cell) -> bool {
    cell.text.trim().is_empty() && cell.json.is_none() && cell.value.is_none()
}

/// Whether the new cell is the better one. The old one stands further up in the file.
fn replaces(rule: &Rule, (old_age, old): (Age, &Cell), (age, new): (Age, &Cell)) -> bool {
    match rule.merge {
        Merge::Newest => age > old_age,
        Merge::Oldest => age < old_age,
        Merge::First | Merge::Union => false,
        Merge::Last => true,
        Merge::Longest => new.text.chars().count() > old.text.chars().count(),
        Merge::Max => order(rule, new, old) == Ordering::Greater,
        Merge::Min => order(rule, new, old) == Ordering::Less,
    }
}

/// How values stand to each other; one that its field does not take is smaller and larger than none.
fn order(rule: &Rule, new: &Cell, old: &Cell) -> Ordering {
    let (Some(new), Some(old)) = (&new.value, &old.value) else { return Ordering::Equal };
    if let (Some(declared), Value::Text(new), Value::Text(old)) = (&rule.declared, new, old) {
        let place = |text: &String| declared.iter().position(|value| value == text);
        return place(new).cmp(&place(old));
    }
    match (new, old) {
        (Value::Int(new), Value::Int(old)) => new.cmp(old),
        (Value::Date(new), Value::Date(old)) => new.cmp(old),
        (Value::Datetime(new), Value::Datetime(old)) => new.cmp(old),
        (Value::Bool(new), Value::Bool(old)) => new.cmp(old),
        (new, old) => match (new.as_number(), old.as_number()) {
            (Some(new), Some(old)) => new.total_cmp(&old),
            (_, _) => Ordering::Equal,
        },
    }
}

/// The set of both. A cell that says the same already keeps its text.
fn unite(old: &mut Cell, new: &Cell) {
    let (Some(Value::Set(have)), Some(Value::Set(more))) = (&old.value, &new.value) else { return };
    if more.is_subset(have) {
        return;
    }
    let all: BTreeSet<String> = have.union(more).cloned().collect();
    let text = all.iter().map(String::as_str).collect::<Vec<_>>().join(";");
    *old = Cell { text, value: Some(Value::Set(all)), verbatim: false, json: None };
}
