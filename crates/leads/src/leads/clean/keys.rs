//! By what rows are known to be the same person.
//!
//! In: the clean cells of a row. Out: a 16-byte hash for each key whose fields are all there. Never: the cells
//! themselves; a million rows with two keys are held in some 60 MB.

use xxhash_rust::xxh3::xxh3_128;

use super::row::{Cell, Cleaner, Layout};
use super::text::fold;
use super::{company, text};
use crate::ir::cleaning::Cleaning;
use crate::ir::value::TextFormat;
use crate::ir::{Name, Type};

/// A key: what it is called, and the slots it is made of.
pub(super) struct Key {
    /// Its fields, as reports name it.
    pub(super) name: String,
    slots: Vec<usize>,
}

/// The keys of a campaign; the first is the `id`.
pub(super) fn keys(cleaning: &Cleaning, cleaner: &Cleaner) -> Vec<Key> {
    let id = vec!["id".to_owned()];
    let all = std::iter::once(&id).chain(&cleaning.keys);
    let at = |name: &Name| cleaner.columns.slots.iter().position(|slot| slot.name == *name);
    all.filter_map(|fields| {
        let slots: Option<Vec<usize>> = fields.iter().map(at).collect();
        Some(Key { name: fields.join(" + "), slots: slots? })
    })
    .collect()
}

impl Key {
    /// The hash of a row's key; `None` where a part of it is missing.
    pub(super) fn hash(&self, at: usize, cells: &[Cell], layout: &Layout, cleaner: &Cleaner) -> Option<[u8; 16]> {
        let mut whole = vec![u8::try_from(at).unwrap_or(u8::MAX)];
        for &slot in &self.slots {
            let form = form(
                cells.get(layout.place[slot]?)?,
                &cleaner.columns.slots[slot].accepts.ty,
                slot_is_id(cleaner, slot),
            );
            if form.is_empty() {
                return None;
            }
            // The length before the text: no two lists of parts have the same bytes.
            whole.extend_from_slice(&form.len().to_le_bytes());
            whole.extend_from_slice(form.as_bytes());
        }
        Some(xxh3_128(&whole).to_le_bytes())
    }
}

fn slot_is_id(cleaner: &Cleaner, slot: usize) -> bool {
    cleaner.columns.slots[slot].name == "id"
}

/// What is compared: of names what two ways of writing have in common, of addresses all in small letters. An `id` is
/// compared to the letter, as in a simulation.
fn form(cell: &Cell, ty: &Type, is_id: bool) -> String {
    let text = cell.text.trim();
    match ty {
        _ if is_id => text.to_owned(),
        // What is no address or number identifies nobody.
        Type::Text { format: TextFormat::Email | TextFormat::Phone } if cell.value.is_none() => String::new(),
        Type::Text { format: TextFormat::Email } => text.to_lowercase(),
        Type::Text { format: TextFormat::Phone } => text.chars().filter(|c| *c == '+' || c.is_ascii_digit()).collect(),
        Type::Text { format: TextFormat::Plain } => fold(&company::in_full(&text::width(text))),
        Type::Text { format: TextFormat::Url | TextFormat::Country }
        | Type::Integer
        | Type::Number { .. }
        | Type::Boolean
        | Type::Date
        | Type::Datetime
        | Type::Enum { .. }
        | Type::Set { .. } => text.to_owned(),
    }
}
