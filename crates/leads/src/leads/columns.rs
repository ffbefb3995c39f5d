//! Which cell becomes which value of a lead.
//!
//! In: the campaign's fields and its mapping of columns and values; then cells by slot. Out: leads, or the reason why
//! not. Never: where the cells come from.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::tz::TimeZone;

use super::cell::{self, Accepts, quoted};
use super::seen::Seen;
use super::{MissingColumn, Warning};
use crate::ir::permission::{Given, Stand};
use crate::ir::{Campaign, Lead, Name, RUN_COLUMNS, Refusal, Topic, Type, Value};
use crate::text::nearest;

/// The mapping, and what has been seen of the file.
pub(super) struct Columns {
    /// Fields in the order of the campaign, then `stage`, then the scores, then two for each consent.
    pub(super) slots: Vec<Slot>,
    fields: usize,
    stage: Option<usize>,
    scores: usize,
    /// Of each topic, whether leads consent to it at all.
    consents: Vec<bool>,
    id: Option<usize>,
    /// Slot of the field `timezone`.
    pub(super) timezone: Option<usize>,
    /// Cell texts that mean there is no value.
    pub(super) absent: BTreeSet<String>,
    /// The project's time zone.
    pub(super) zone: TimeZone,
    zones: HashMap<String, TimeZone>,
    seen: Seen,
}

/// A value of a lead and the column it comes from.
pub(super) struct Slot {
    /// Name of the field, `stage`, `score.<model>`, `consent.<topic>` or `consent.<topic>.at`.
    pub(super) name: Name,
    /// The column, trimmed.
    pub(super) column: String,
    /// Whether the settings say which column it is.
    pub(super) mapped: bool,
    /// Whether every lead needs it.
    pub(super) required: bool,
    /// What its cells hold.
    pub(super) accepts: Accepts,
    /// Cell texts and the values they stand for.
    pub(super) values: BTreeMap<String, Option<Value>>,
}

/// What a file holds for a slot.
pub(super) enum Cell<'a> {
    /// Text.
    One(Cow<'a, str>),
    /// Several texts: an array of JSON.
    Many(Vec<String>),
}

/// Why cells make no lead.
pub(super) type Fault = (Refusal, String);

impl Columns {
    /// The mapping of a campaign.
    pub(super) fn new(campaign: &Campaign) -> Self {
        let mapping = &campaign.settings.leads;
        let slot = |name: Name, accepts: Accepts, optional: bool| {
            let mapped = mapping.columns.get(&name);
            let column = mapped.unwrap_or(&name).trim().to_owned();
            let values = mapping.values.get(&name).into_iter().flatten();
            let values = values.map(|(text, value)| (text.trim().to_owned(), value.clone())).collect();
            Slot { column, mapped: mapped.is_some(), required: !optional, accepts, values, name }
        };
        let mut slots: Vec<Slot> = Vec::new();
        for (name, field) in &campaign.fields {
            let accepts = Accepts { ty: field.ty.clone(), min: field.min, max: field.max };
            slots.push(slot(name.clone(), accepts, field.optional));
        }
        let at = |wanted: &str| campaign.fields.keys().position(|name| name == wanted);
        let stage = campaign.lifecycle.as_ref().map(|lifecycle| {
            let ty = Type::Enum { values: lifecycle.stages.clone().into() };
            slots.push(slot("stage".to_owned(), Accepts { ty, min: None, max: None }, true));
            slots.len() - 1
        });
        for (name, model) in &campaign.scoring {
            let (min, max) = (Some(f64::from(model.min)), Some(f64::from(model.max)));
            slots.push(slot(format!("score.{name}"), Accepts { ty: Type::Integer, min, max }, true));
        }
        for name in campaign.marketing_topics() {
            let stand = Type::Enum { values: Stand::WORDS.map(str::to_owned).into() };
            for (column, ty) in [(format!("consent.{name}"), stand), (format!("consent.{name}.at"), Type::Datetime)] {
                slots.push(slot(column, Accepts { ty, min: None, max: None }, true));
            }
        }
        Columns {
            slots,
            fields: campaign.fields.len(),
            stage,
            scores: campaign.scoring.len(),
            consents: campaign.topics.values().map(Topic::is_marketing).collect(),
            id: at("id"),
            timezone: at("timezone"),
            absent: mapping.absent.iter().map(|text| text.trim().to_owned()).collect(),
            zone: TimeZone::get(&campaign.settings.timezone).unwrap_or(TimeZone::UTC),
            zones: HashMap::new(),
            seen: Seen::new(),
        }
    }

    /// The slot's place among the columns of a header, for each slot, and what is odd about the header.
    pub(super) fn places(&self, header: &[String]) -> Result<(Vec<Option<usize>>, Vec<Warning>), HeaderFault> {
        let mut first: HashMap<&str, usize> = HashMap::new();
        let mut twice: HashSet<&str> = HashSet::new();
        for (place, column) in header.iter().enumerate() {
            if *first.entry(column).or_insert(place) != place {
                twice.insert(column);
            }
        }
        let places: Vec<Option<usize>> =
            self.slots.iter().map(|slot| first.get(slot.column.as_str()).copied()).collect();
        if let Some(slot) = self.slots.iter().find(|slot| twice.contains(slot.column.as_str())) {
            return Err(HeaderFault::Twice(slot.column.clone()));
        }
        let near = |slot: &Slot| nearest(&slot.column, header.iter().map(String::as_str)).map(str::to_owned);
        let lacking = || self.slots.iter().zip(&places).filter(|(_, place)| place.is_none()).map(|(slot, _)| slot);
        let missing: Vec<MissingColumn> = lacking()
            .filter(|slot| slot.required)
            .map(|slot| MissingColumn { field: slot.name.clone(), column: slot.column.clone(), nearest: near(slot) })
            .collect();
        if !missing.is_empty() {
            return Err(HeaderFault::Missing(missing));
        }
        let mut warnings: Vec<Warning> = lacking()
            .filter(|slot| slot.mapped)
            .map(|slot| Warning::NoSuchColumn {
                field: slot.name.clone(),
                column: slot.column.clone(),
                nearest: near(slot),
            })
            .collect();
        let taken: HashSet<usize> = places.iter().flatten().copied().collect();
        let unknown =
            header.iter().enumerate().filter(|(place, column)| !taken.contains(place) && !is_of_a_run(column));
        warnings.extend(unknown.map(|(_, column)| self.unknown(column)));
        Ok((places, warnings))
    }

    /// The warning about a column that nothing takes.
    pub(super) fn unknown(&self, column: &str) -> Warning {
        let known = self.slots.iter().map(|slot| slot.column.as_str());
        Warning::UnknownColumn { column: column.to_owned(), nearest: nearest(column, known).map(str::to_owned) }
    }

    /// Makes a lead of the cells, one for each slot.
    pub(super) fn lead(&mut self, cells: &[Option<Cell<'_>>]) -> Result<Lead, Fault> {
        let zone = match self.timezone {
            Some(at) => self.zone_of(at, cells.get(at).and_then(Option::as_ref))?,
            None => self.zone.clone(),
        };
        let mut values = Vec::with_capacity(self.slots.len());
        for (slot, cell) in self.slots.iter().zip(cells) {
            let value = self.value(slot, cell.as_ref(), &zone)?;
            if value.is_none() && slot.required {
                let (name, column) = (&slot.name, quoted(&slot.column));
                return Err((Refusal::BadRow, format!("every lead needs `{name}`, and its column {column} is empty")));
            }
            values.push(value);
        }
        let mut rest = values.drain(self.fields.min(values.len())..);
        let stage = self.stage.and_then(|_| rest.next().flatten()).and_then(text_of);
        let scores = rest.by_ref().take(self.scores);
        let scores = scores.map(|score| score.and_then(|score| i32::try_from(int_of(&score)?).ok())).collect();
        let consents = self.consents_of(rest);
        let id = self.id.and_then(|at| values.get(at).cloned().flatten()).and_then(text_of).unwrap_or_default();
        if let Some(value) = self.timezone.and_then(|at| values.get_mut(at)).filter(|value| value.is_some()) {
            *value = zone.iana_name().map(|name| Value::Text(name.to_owned()));
        }
        if !self.seen.insert(&id) {
            return Err((Refusal::Duplicate, format!("an earlier row has the id {} too", quoted(&id))));
        }
        Ok(Lead { id, values, stage, scores, consents, ..Lead::default() })
    }

    /// Consents by topic, of two cells for each topic that asks for it; empty if no cell says anything.
    fn consents_of(&self, mut cells: impl Iterator<Item = Option<Value>>) -> Vec<Option<Given>> {
        let mut consents = Vec::new();
        for (number, _) in self.consents.iter().enumerate().filter(|(_, marketing)| **marketing) {
            let stand = cells.next().flatten().and_then(text_of).and_then(|word| Stand::of_word(&word));
            let since_secs = cells.next().flatten().and_then(|since| instant_of(&since));
            // A date alone is the date of a consent.
            let stand = stand.or(since_secs.map(|_| Stand::In));
            if let Some(stand) = stand {
                consents.resize(self.consents.len(), None);
                consents[number] = Some(Given { stand, since_secs });
            }
        }
        consents
    }

    /// The time zone of a lead: that of its cell, else the project's.
    fn zone_of(&mut self, at: usize, cell: Option<&Cell<'_>>) -> Result<TimeZone, Fault> {
        let slot = &self.slots[at];
        let Some(name) = self.value(slot, cell, &self.zone)?.and_then(text_of) else { return Ok(self.zone.clone()) };
        if let Some(zone) = self.zones.get(&name) {
            return Ok(zone.clone());
        }
        let known = TimeZone::get(&name).ok().filter(|zone| !zone.is_unknown());
        let Some(zone) = known else {
            let message =
                format!("column {} holds {}, which is no IANA time zone", quoted(&slot.column), quoted(&name));
            return Err((Refusal::UnknownTimezone, message));
        };
        // Names differ in case only, but there are many ways to write each: keep no more than there are zones.
        if self.zones.len() < 1024 {
            self.zones.insert(name, zone.clone());
        }
        Ok(zone)
    }

    fn value(&self, slot: &Slot, cell: Option<&Cell<'_>>, zone: &TimeZone) -> Result<Option<Value>, Fault> {
        let (text, many);
        let parts: &[String] = match cell {
            None => return Ok(None),
            Some(Cell::One(one)) => {
                text = trimmed(one);
                if let Some(known) = self.known(slot, text) {
                    return Ok(known);
                }
                if !matches!(slot.accepts.ty, Type::Set { .. }) {
                    return cell::value(&slot.accepts, text, zone)
                        .map(Some)
                        .map_err(|expected| bad(slot, text, &expected));
                }
                many = text.split([';', '|']).map(str::to_owned).collect::<Vec<_>>();
                &many
            }
            Some(Cell::Many(many)) => many,
        };
        let Type::Set { values } = &slot.accepts.ty else {
            return Err((
                Refusal::BadRow,
                format!("column {} holds a list, and `{}` is a single value", quoted(&slot.column), slot.name),
            ));
        };
        let mut set = BTreeSet::new();
        for part in parts.iter().map(|part| part.trim()) {
            match self.known(slot, part) {
                Some(Some(Value::Set(all))) => set.extend(all),
                Some(Some(Value::Text(one))) => set.extend([one]),
                Some(_) => {}
                None => set.extend([cell::one_of(part, values).map_err(|expected| bad(slot, part, &expected))?]),
            }
        }
        Ok(Some(Value::Set(set)))
    }

    /// What a text means whatever the type: nothing, or what the settings say.
    #[inline]
    fn known(&self, slot: &Slot, text: &str) -> Option<Option<Value>> {
        if text.is_empty() {
            return Some(None);
        }
        slot.values.get(text).cloned().or_else(|| self.absent.contains(text).then_some(None))
    }
}

/// Whether a column says what came of a lead in a run that wrote the file.
pub(super) fn is_of_a_run(column: &str) -> bool {
    column.starts_with(RUN_COLUMNS)
}

/// What is wrong with a header.
pub(super) enum HeaderFault {
    /// A column that a field takes is there twice.
    Twice(String),
    /// Columns of required fields are not there.
    Missing(Vec<MissingColumn>),
}

/// The text without the blanks around it. Most texts have none, which their first and last byte tell.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => text.trim(),
    }
}

fn bad(slot: &Slot, text: &str, expected: &str) -> Fault {
    (Refusal::BadRow, format!("column {} holds {}, which is not {expected}", quoted(&slot.column), quoted(text)))
}

fn text_of(value: Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text),
        Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Date(_) | Value::Datetime(_) | Value::Set(_) => None,
    }
}

fn instant_of(value: &Value) -> Option<i64> {
    match value {
        Value::Datetime(at) => Some(*at),
        Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Date(_) | Value::Text(_) | Value::Set(_) => None,
    }
}

fn int_of(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Date(_) | Value::Datetime(_) | Value::Set(_) => {
            None
        }
    }
}
