//! One row: each cell through the steps of its field, then held against what the field takes.
//!
//! In: cells as they stand. Out: cells in one way of writing with their values, and a note on everything that was done;
//! or why the row is refused. Never: other rows. Cleaning a clean row changes nothing.

use std::collections::{BTreeSet, HashMap};

use jiff::tz::TimeZone;

use super::super::cell::{self, quoted};
use super::super::columns::{Columns, Slot};
use super::super::raw::RawCell;
use super::report::{CleanRefusal, What};
use super::text::{self, fold};
use super::{company, country, date, email, number, phone};
use crate::ir::cleaning::{BadValue, Cleaning, FieldCleaning, Normalization};
use crate::ir::value::TextFormat;
use crate::ir::{Type, Value};

/// How often the steps of a field are taken at most. One step may leave work for an earlier one, but seldom does.
const ROUNDS: usize = 4;

/// Domains whose likely meaning is remembered.
const DOMAINS_KEPT: usize = 1 << 16;

/// A cell of a clean row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Cell {
    /// Its text.
    pub(super) text: String,
    /// Its value, where a field takes it.
    pub(super) value: Option<Value>,
    /// Whether the text is one that the settings give a meaning (`values`), or that no field takes.
    pub(super) verbatim: bool,
    /// What a JSON file held in a column that no field takes.
    pub(super) json: Option<serde_json::Value>,
}

/// Something that was done to a cell, or is to be said about it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Note {
    pub(super) slot: usize,
    pub(super) what: What,
    pub(super) rule: &'static str,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) message: String,
}

/// Why a row is refused, and the slot that is to blame.
pub(super) struct Fault {
    pub(super) reason: CleanRefusal,
    pub(super) slot: usize,
    pub(super) message: String,
}

/// Which column belongs to which slot.
pub(super) struct Layout {
    /// For each column, the slot that reads it; the first of several.
    pub(super) owner: Vec<Option<usize>>,
    /// For each slot, its column.
    pub(super) place: Vec<Option<usize>>,
}

impl Layout {
    pub(super) fn of(columns: &Columns, names: &[String]) -> Layout {
        let at: HashMap<&str, usize> = names.iter().enumerate().rev().map(|(at, name)| (name.as_str(), at)).collect();
        let place: Vec<Option<usize>> =
            columns.slots.iter().map(|slot| at.get(slot.column.as_str()).copied()).collect();
        let mut owner = vec![None; names.len()];
        for (slot, place) in place.iter().enumerate().rev() {
            if let Some(place) = place {
                owner[*place] = Some(slot);
            }
        }
        Layout { owner, place }
    }
}

/// Everything that rows are cleaned by.
pub(super) struct Cleaner {
    pub(super) columns: Columns,
    plans: Vec<Plan>,
    /// Slots in the order in which they are cleaned: what others need goes first.
    order: Vec<usize>,
    country: Option<usize>,
    home: Option<String>,
    correct_domains: bool,
    domains: HashMap<String, Option<String>>,
}

struct Plan {
    cleaning: FieldCleaning,
    /// Declared values and texts of the settings by what they fold to; `None` where two do to the same.
    choices: HashMap<String, Option<String>>,
}

/// What is known of a lead while its cells are cleaned.
struct Lead {
    zone: TimeZone,
    country: Option<String>,
}

impl Cleaner {
    pub(super) fn new(columns: Columns, cleaning: &Cleaning) -> Cleaner {
        let untouched =
            FieldCleaning { normalize: Vec::new(), bad: BadValue::Blank, merge: crate::ir::cleaning::Merge::Newest };
        let plan = |slot: &Slot| Plan {
            cleaning: cleaning.fields.get(&slot.name).unwrap_or(&untouched).clone(),
            choices: choices(slot),
        };
        let plans = columns.slots.iter().map(plan).collect();
        let is_country = |slot: &Slot| slot.accepts.ty == Type::Text { format: TextFormat::Country };
        let country = columns.slots.iter().position(is_country);
        let first: Vec<usize> = columns.timezone.into_iter().chain(country).collect();
        let rest = (0..columns.slots.len()).filter(|slot| !first.contains(slot));
        let order = first.iter().copied().chain(rest).collect();
        let (home, correct_domains) = (cleaning.country.clone(), cleaning.correct_domains);
        Cleaner { columns, plans, order, country, home, correct_domains, domains: HashMap::new() }
    }

    /// Cleans a row. Notes are added in the order of the slots.
    pub(super) fn row(
        &mut self,
        raw: Vec<RawCell>,
        layout: &Layout,
        notes: &mut Vec<Note>,
    ) -> Result<Vec<Cell>, Fault> {
        let mut raw = raw;
        raw.resize(layout.owner.len(), RawCell::Absent);
        let mut cells: Vec<Cell> = vec![Cell::default(); raw.len()];
        let mut lead = Lead { zone: self.columns.zone.clone(), country: None };
        for at in 0..self.order.len() {
            let slot = self.order[at];
            let Some(place) = layout.place[slot].filter(|place| layout.owner[*place] == Some(slot)) else {
                if layout.place[slot].is_none() {
                    self.missing(slot)?;
                }
                continue;
            };
            let cell = self.cell(slot, std::mem::take(&mut raw[place]), &lead, notes)?;
            if let Some(Value::Text(text)) = &cell.value {
                if self.columns.timezone == Some(slot) {
                    lead.zone = TimeZone::get(text).unwrap_or_else(|_| self.columns.zone.clone());
                } else if self.country == Some(slot) {
                    lead.country = Some(text.clone());
                }
            }
            if cell.value.is_none() && cell.text.trim().is_empty() {
                self.missing(slot)?;
            }
            cells[place] = cell;
        }
        for (place, raw) in raw.into_iter().enumerate().filter(|(place, _)| layout.owner[*place].is_none()) {
            let json = if let RawCell::Json(json) = &raw { Some(json.clone()) } else { None };
            cells[place] = Cell { text: raw.into_text(), value: None, verbatim: true, json };
        }
        notes.sort_by_key(|note| note.slot);
        Ok(cells)
    }

    fn missing(&self, slot: usize) -> Result<(), Fault> {
        let Slot { name, required, .. } = &self.columns.slots[slot];
        if !required || self.plans[slot].cleaning.bad == BadValue::Keep {
            return Ok(());
        }
        Err(Fault {
            reason: CleanRefusal::Missing,
            slot,
            message: format!("every lead needs `{name}`, and it is empty"),
        })
    }

    fn cell(&mut self, slot: usize, raw: RawCell, lead: &Lead, notes: &mut Vec<Note>) -> Result<Cell, Fault> {
        if matches!(self.columns.slots[slot].accepts.ty, Type::Set { .. }) {
            return self.set(slot, raw, notes);
        }
        let whole = raw.into_text();
        let first_note = notes.len();
        let mut now = whole.clone();
        for _ in 0..ROUNDS {
            let before = now.clone();
            for at in 0..self.plans[slot].cleaning.normalize.len() {
                if let Some(cell) = self.known(slot, &now, notes) {
                    return Ok(cell);
                }
                let step = self.plans[slot].cleaning.normalize[at];
                let next = self.step(step, slot, &now, lead).into_owned();
                if next != now {
                    notes.push(changed(slot, step.word(), &now, &next));
                    now = next;
                }
            }
            if now == before {
                break;
            }
        }
        if let Some(cell) = self.known(slot, &now, notes) {
            return Ok(cell);
        }
        if self.plans[slot].cleaning.normalize.contains(&Normalization::Email) {
            self.domain(slot, &mut now, notes);
        }
        match self.sound(slot, now.trim(), lead) {
            Ok(value) => Ok(Cell { text: now, value: Some(value), ..Cell::default() }),
            Err(expected) => {
                let said = notes.split_off(first_note);
                notes.extend(said.into_iter().filter(|note| note.what == What::Suggested));
                self.bad(slot, whole, &expected, notes)
            }
        }
    }

    /// A cell that needs no further steps: it is empty, or the settings say what it means.
    fn known(&self, slot: usize, now: &str, notes: &mut Vec<Note>) -> Option<Cell> {
        let text = now.trim();
        let alone = self.plans[slot].cleaning.normalize.is_empty();
        if text.is_empty() {
            if !now.is_empty() && !alone {
                notes.push(changed(slot, Normalization::Trim.word(), now, ""));
            }
            return Some(Cell { text: if alone { now.to_owned() } else { String::new() }, ..Cell::default() });
        }
        if let Some(value) = self.columns.slots[slot].values.get(text) {
            return Some(Cell { text: now.to_owned(), value: value.clone(), verbatim: true, json: None });
        }
        if !self.columns.absent.contains(text) {
            return None;
        }
        if alone {
            return Some(Cell { text: now.to_owned(), value: None, verbatim: true, json: None });
        }
        notes.push(changed(slot, "absent", now, ""));
        Some(Cell::default())
    }

    /// One step. What a step does not understand it leaves as it is.
    fn step<'a>(&self, step: Normalization, slot: usize, now: &'a str, lead: &Lead) -> std::borrow::Cow<'a, str> {
        let or_same = |result: Option<String>| match result {
            Some(result) => text::changed(now, result),
            None => now.into(),
        };
        match step {
            Normalization::Trim => text::trim(now),
            Normalization::Width => text::width(now),
            Normalization::Kana => text::kana(now),
            Normalization::Blanks => text::blanks(now),
            Normalization::Lower => text::lower(now),
            Normalization::Upper => text::upper(now),
            Normalization::Hiragana => text::hiragana(now),
            Normalization::Katakana => text::katakana(now),
            Normalization::Company => company::in_full(now),
            Normalization::Postal => or_same(postal(now)),
            Normalization::Email => email::address(now),
            Normalization::Phone => or_same(phone::e164(now, lead.country.as_deref().or(self.home.as_deref()))),
            Normalization::Url => email::url(now),
            Normalization::Country => or_same(country_code(now)),
            Normalization::Date => or_same(self.date(slot, now, lead)),
            Normalization::Number => or_same(self.unless_sound(slot, now, lead, number::number)),
            Normalization::Boolean => or_same(number::truth(now).map(str::to_owned)),
            Normalization::Choice => or_same(self.choice(slot, now)),
            Normalization::Timezone => or_same(zone_name(now)),
        }
    }

    fn unless_sound(&self, slot: usize, now: &str, lead: &Lead, step: fn(&str) -> Option<String>) -> Option<String> {
        if self.sound(slot, now.trim(), lead).is_ok() { None } else { step(now) }
    }

    /// A date as its field wants it. What ISO 8601 allows stays as it is, offsets too.
    fn date(&self, slot: usize, now: &str, lead: &Lead) -> Option<String> {
        let ty = &self.columns.slots[slot].accepts.ty;
        let is_text = matches!(ty, Type::Text { .. });
        if !is_text && !now.contains('/') && self.sound(slot, now.trim(), lead).is_ok() {
            return None;
        }
        let moment = date::read(now)?;
        let midnight = moment.time == Some(jiff::civil::Time::midnight());
        match ty {
            Type::Date if midnight => Some(date::Moment { time: None, ..moment }.text()),
            Type::Date if moment.time.is_some() => None,
            _ => Some(moment.text()),
        }
    }

    fn choice(&self, slot: usize, now: &str) -> Option<String> {
        if let Type::Enum { values } | Type::Set { values } = &self.columns.slots[slot].accepts.ty
            && values.iter().any(|value| value == now.trim())
        {
            return None;
        }
        self.plans[slot].choices.get(&fold(now)).cloned().flatten()
    }

    /// The value of a clean text, or what would have been right.
    fn sound(&self, slot: usize, text: &str, lead: &Lead) -> Result<Value, String> {
        let Lead { zone, country } = lead;
        let country = country.as_deref();
        if self.columns.timezone == Some(slot) && TimeZone::get(text).is_err() {
            return Err("an IANA time zone such as `Asia/Tokyo`".to_owned());
        }
        let value = cell::value(&self.columns.slots[slot].accepts, text, zone)?;
        if self.misses_digits(slot, text, country) {
            return Err("a telephone number with all its digits, such as `03-1234-5678`".to_owned());
        }
        Ok(value)
    }

    /// Whether a telephone number is none that can be called, as far as its country is known.
    fn misses_digits(&self, slot: usize, text: &str, country: Option<&str>) -> bool {
        let is_phone = self.columns.slots[slot].accepts.ty == Type::Text { format: TextFormat::Phone };
        let home = country.or(self.home.as_deref()).filter(|code| country::by_code(code).is_some());
        is_phone
            && self.plans[slot].cleaning.normalize.contains(&Normalization::Phone)
            && (home.is_some() || text.starts_with('+'))
            && phone::e164(text, home).is_none()
    }

    /// What is said about an address: a domain that looks misspelt, dots at odd places.
    fn domain(&mut self, slot: usize, now: &mut String, notes: &mut Vec<Note>) {
        let Some((local, domain)) = now.split_once('@') else { return };
        if self.domains.len() >= DOMAINS_KEPT {
            self.domains.clear();
        }
        let meant = match self.domains.get(domain) {
            Some(meant) => meant.clone(),
            None => {
                let meant = email::meant_domain(domain);
                self.domains.insert(domain.to_owned(), meant.clone());
                meant
            }
        };
        if let Some(meant) = meant {
            let corrected = format!("{local}@{meant}");
            if self.correct_domains {
                notes.push(changed(slot, "domain", now, &corrected));
                *now = corrected;
            } else {
                let message = format!("`{domain}` looks like a slip of `{meant}`");
                let (before, after) = (now.clone(), corrected);
                notes.push(Note { slot, what: What::Suggested, rule: "domain", before, after, message });
            }
        }
        if let Some(oddity) = email::oddity(now) {
            let (before, after) = (now.clone(), now.clone());
            notes.push(Note { slot, what: What::Noted, rule: "email", before, after, message: oddity.to_owned() });
        }
    }

    fn bad(&self, slot: usize, whole: String, expected: &str, notes: &mut Vec<Note>) -> Result<Cell, Fault> {
        let Slot { name, required, .. } = &self.columns.slots[slot];
        let bad = self.plans[slot].cleaning.bad;
        let message = format!("`{name}` is {}, which is not {expected}", quoted(&whole));
        let note = |what, after: &str| {
            let (before, message) = (whole.clone(), message.clone());
            Note { slot, what, rule: bad.word(), before, after: after.to_owned(), message }
        };
        match bad {
            BadValue::Blank if !required => {
                notes.push(note(What::Blanked, ""));
                Ok(Cell::default())
            }
            BadValue::Blank | BadValue::Refuse => Err(Fault { reason: CleanRefusal::BadValue, slot, message }),
            BadValue::Keep => {
                notes.push(note(What::Kept, &whole));
                Ok(Cell { text: whole, value: None, verbatim: true, json: None })
            }
        }
    }

    /// A set: its parts one by one. A bad part does not take the others with it.
    fn set(&mut self, slot: usize, raw: RawCell, notes: &mut Vec<Note>) -> Result<Cell, Fault> {
        let list = match &raw {
            RawCell::Json(serde_json::Value::Array(parts)) => {
                parts.iter().map(|part| part.as_str().map(str::to_owned)).collect::<Option<Vec<String>>>()
            }
            RawCell::Absent | RawCell::Text(_) | RawCell::Json(_) => None,
        };
        let given = list.is_some();
        let whole = list.as_ref().map_or_else(|| raw.into_text(), |parts| parts.join(";"));
        if !given && let Some(cell) = self.known(slot, &whole, notes) {
            return Ok(cell);
        }
        let parts = list.unwrap_or_else(|| whole.split([';', '|']).map(str::to_owned).collect());
        let (mut texts, mut set) = (Vec::new(), BTreeSet::new());
        let plan = &self.plans[slot].cleaning;
        let normalizes = |step| plan.normalize.contains(&step);
        let mut stays = true;
        for part in parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()) {
            let trimmed = if normalizes(Normalization::Trim) { text::trim(part) } else { part.into() };
            let meant = self.choice(slot, &trimmed).filter(|_| normalizes(Normalization::Choice));
            let text = meant.unwrap_or_else(|| trimmed.into_owned());
            match self.part(slot, &text) {
                Ok(values) => {
                    if text != part {
                        notes.push(changed(slot, Normalization::Choice.word(), part, &text));
                        stays = false;
                    }
                    if !values.is_subset(&set) || values.is_empty() {
                        set.extend(values);
                        texts.push(text);
                    }
                }
                Err(expected) => {
                    // Kept, the whole cell stays; otherwise only the bad part goes.
                    let kept = self.bad(slot, part.to_owned(), &expected, notes)?;
                    if plan.bad == BadValue::Keep {
                        return Ok(Cell { text: whole, ..kept });
                    }
                    stays = false;
                }
            }
        }
        let text = match stays {
            true if normalizes(Normalization::Trim) => text::trim(&whole).into_owned(),
            true => whole.clone(),
            false => texts.join(";"),
        };
        if stays && text != whole {
            notes.push(changed(slot, Normalization::Trim.word(), &whole, &text));
        }
        let value = (given || !set.is_empty()).then_some(Value::Set(set));
        Ok(Cell { text, value, verbatim: false, json: None })
    }

    /// The values that a part of a set stands for.
    fn part(&self, slot: usize, part: &str) -> Result<BTreeSet<String>, String> {
        let Slot { values, accepts, .. } = &self.columns.slots[slot];
        match values.get(part) {
            Some(Some(Value::Set(all))) => return Ok(all.clone()),
            Some(Some(Value::Text(one))) => return Ok(BTreeSet::from([one.clone()])),
            Some(_) => return Ok(BTreeSet::new()),
            None if self.columns.absent.contains(part) => return Ok(BTreeSet::new()),
            None => {}
        }
        match &accepts.ty {
            Type::Set { values } => cell::one_of(part, values).map(|one| BTreeSet::from([one])),
            _ => Err("a set".to_owned()),
        }
    }
}

fn changed(slot: usize, rule: &'static str, before: &str, after: &str) -> Note {
    let (before, after) = (before.to_owned(), after.to_owned());
    Note { slot, what: What::Changed, rule, before, after, message: String::new() }
}

fn choices(slot: &Slot) -> HashMap<String, Option<String>> {
    let declared: &[String] = match &slot.accepts.ty {
        Type::Enum { values } | Type::Set { values } => values,
        Type::Text { .. } | Type::Integer | Type::Number { .. } | Type::Boolean | Type::Date | Type::Datetime => {
            return HashMap::new();
        }
    };
    let mut choices: HashMap<String, Option<String>> = HashMap::new();
    for value in declared.iter().chain(slot.values.keys()) {
        let meant = choices.entry(fold(value)).or_insert_with(|| Some(value.clone()));
        if meant.as_ref().is_some_and(|meant| meant != value) {
            *meant = None;
        }
    }
    choices
}

/// `100-0001` out of seven digits with or without 〒 and dashes.
fn postal(now: &str) -> Option<String> {
    let plain = text::narrow(now);
    let rest = plain.trim().trim_start_matches(['〒', '〶']).trim_start();
    let digits: String = rest.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
    let sound = digits.len() == 7 && digits.bytes().all(|b| b.is_ascii_digit());
    sound.then(|| format!("{}-{}", &digits[..3], &digits[3..]))
}

fn country_code(now: &str) -> Option<String> {
    let plain = text::width(now);
    let letters = plain.trim();
    if letters.len() == 2 && letters.bytes().all(|b| b.is_ascii_alphabetic()) {
        // `UK` is not the code of the United Kingdom, but nobody else's either.
        let upper = letters.to_ascii_uppercase();
        return Some(country::code_of(letters).map_or(upper, str::to_owned));
    }
    country::code_of(letters).map(str::to_owned)
}

/// The zone as the database writes it; of other names only those that Japan uses.
fn zone_name(now: &str) -> Option<String> {
    let name = text::width(now);
    if let Ok(zone) = TimeZone::get(name.trim()) {
        return zone.iana_name().map(str::to_owned);
    }
    ["jst", "東京", "日本", "日本時間", "utc+9", "gmt+9", "+9", "+09:00"]
        .contains(&name.trim().to_lowercase().as_str())
        .then(|| "Asia/Tokyo".to_owned())
}
