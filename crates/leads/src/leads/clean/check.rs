//! Whether cleaning brings a value back: for those who plant dirt.

use super::keys::{Key, keys};
use super::row::{Cell, Cleaner, Layout};
use crate::ir::cleaning::Cleaning;
use crate::ir::{Campaign, Type, Value};
use crate::leads::columns::Columns;
use crate::leads::raw::RawCell;
use crate::leads::write::Column;

/// The cleaning of a campaign, for rows that have a cell for each field.
pub(in crate::leads) struct CellCheck {
    cleaner: Cleaner,
    layout: Layout,
    keys: Vec<Key>,
    fields: usize,
}

impl CellCheck {
    pub(in crate::leads) fn new(campaign: &Campaign) -> CellCheck {
        let cleaning = campaign.cleaning.clone().unwrap_or_else(|| Cleaning::of(campaign));
        let cleaner = Cleaner::new(Columns::new(campaign), &cleaning);
        let fields = campaign.fields.len();
        let names: Vec<String> = cleaner.columns.slots[..fields].iter().map(|slot| slot.column.clone()).collect();
        let layout = Layout::of(&cleaner.columns, &names);
        let keys = keys(&cleaning, &cleaner);
        CellCheck { cleaner, layout, keys, fields }
    }

    /// How many fields there are; slots beyond are none.
    pub(in crate::leads) fn fields(&self) -> usize {
        self.fields
    }

    pub(in crate::leads) fn name(&self, slot: usize) -> &str {
        &self.cleaner.columns.slots[slot].name
    }

    pub(in crate::leads) fn ty(&self, slot: usize) -> &Type {
        &self.cleaner.columns.slots[slot].accepts.ty
    }

    /// The column of a slot in a file.
    pub(in crate::leads) fn column(&self, slot: usize) -> Column {
        Column { name: self.cleaner.columns.slots[slot].column.clone(), ty: Some(self.ty(slot).clone()) }
    }

    /// The slots of a dirty row that do not come out as those of the clean one; all of them if the row is refused.
    pub(in crate::leads) fn spoiled(&mut self, clean: &[Option<String>], dirty: &[Option<String>]) -> Vec<usize> {
        let came = self.clean(dirty);
        let dirty = (0..self.fields).filter(|slot| clean[*slot] != dirty[*slot]);
        let comes = |slot: &usize| {
            let cell = came.as_ref().and_then(|cells| cells.get(self.layout.place[*slot]?));
            cell.is_some_and(|cell| Some(cell.text.as_str()) == clean[*slot].as_deref())
        };
        dirty.filter(|slot| !comes(slot)).collect()
    }

    /// Whether a second row of the lead is known to be the same person, without its id.
    pub(in crate::leads) fn is_known_by(&mut self, texts: &[Option<String>]) -> bool {
        let Some(cells) = self.clean(texts) else { return false };
        let mut others = self.keys.iter().enumerate().filter(|(_, key)| key.name != "id");
        others.any(|(at, key)| key.hash(at, &cells, &self.layout, &self.cleaner).is_some())
    }

    /// Gives a second row an id of its own.
    pub(in crate::leads) fn rename(&self, texts: &mut [Option<String>], values: &mut [Option<Value>], id: &str) {
        if let Some(slot) = self.cleaner.columns.slots.iter().position(|slot| slot.name == "id") {
            let id = format!("{id}-2");
            texts[slot] = Some(id.clone());
            values[slot] = Some(Value::Text(id));
        }
    }

    fn clean(&mut self, texts: &[Option<String>]) -> Option<Vec<Cell>> {
        let mut raw = vec![RawCell::Absent; self.layout.owner.len()];
        for (slot, text) in texts.iter().enumerate() {
            if let (Some(place), Some(text)) = (self.layout.place[slot], text) {
                raw[place] = RawCell::Text(text.clone());
            }
        }
        self.cleaner.row(raw, &self.layout, &mut Vec::new()).ok()
    }
}
