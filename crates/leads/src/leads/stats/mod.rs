//! What is in a leads file: how full each field is, what it holds, who the leads are.
//!
//! In: rows and the campaign. Out: [`Stats`], plain figures. Never: more than [`DISTINCT`] values of a field; of a field
//! that has more, text is only counted, and numbers keep as many places as fit, so that quantiles are near instead of
//! exact. Neither depends on the order of the rows.

mod numbers;

use std::collections::BTreeMap;

use super::Warning;
use super::made_up::eval::{Fields, holds};
use crate::ir::{Campaign, Grading, Name, Refusal, RefusedRow, Row, Type, Value};
use numbers::Numbers;

/// Different values of a field that are told apart.
pub const DISTINCT: usize = 1 << 16;

/// Refused rows that are kept; the rest is counted.
const ROWS_KEPT: usize = 100;

/// What is in a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stats {
    /// Rows read.
    pub read: u64,
    /// Rows that are leads.
    pub leads: u64,
    /// Rows that are none, by reason.
    pub refused: BTreeMap<Refusal, u64>,
    /// The first rows that are none.
    pub refused_rows: Vec<RefusedRow>,
    /// Each field, in the order of the campaign; then `stage` and scores that the file gives.
    pub fields: Vec<FieldStats>,
    /// Leads by persona, in the order in which they are tried; the last is nobody's.
    pub personas: Vec<PersonaStats>,
    /// By grading model, leads by grade, best first; the last has none.
    pub grades: BTreeMap<Name, Vec<(Option<String>, u64)>>,
    /// What is odd about the columns.
    pub warnings: Vec<Warning>,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldStats {
    /// Its name.
    pub name: Name,
    /// Name for people.
    pub label: Option<String>,
    /// Leads that have it.
    pub present: u64,
    /// Leads that lack it.
    pub absent: u64,
    /// How many different values there are; `None` for more than [`DISTINCT`].
    pub distinct: Option<u64>,
    /// Its values.
    pub values: Values,
}

/// The values of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Leads by value, in order of value; sets count for each of theirs. Empty where there are too many.
    Counted(BTreeMap<String, u64>),
    /// Numbers, dates or instants.
    Measured(Option<Measures>),
}

/// Numbers in short. Dates are days and instants seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measures {
    /// What they are.
    pub unit: Unit,
    /// The smallest.
    pub min: f64,
    /// A quarter is at most this (nearest rank, here and below).
    pub p25: f64,
    /// Half is at most this.
    pub median: f64,
    /// Three quarters are at most this.
    pub p75: f64,
    /// Nineteen in twenty are at most this.
    pub p95: f64,
    /// The largest.
    pub max: f64,
    /// The mean.
    pub mean: f64,
    /// Whether quantiles are exact.
    pub exact: bool,
}

/// What numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Whole numbers.
    Integer,
    /// Any numbers.
    Number,
    /// Days since 1970-01-01.
    Date,
    /// Seconds since 1970-01-01T00:00:00Z.
    Datetime,
}

/// Leads of a persona.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonaStats {
    /// Its name; `None` for leads that no persona matches.
    pub name: Option<Name>,
    /// Name for people.
    pub label: Option<String>,
    /// How many there are.
    pub leads: u64,
    /// The share that the campaign declares, 0 to 1.
    pub declared: Option<f64>,
}

/// Looks at all rows.
pub fn stats(rows: impl Iterator<Item = Row>, campaign: &Campaign) -> Stats {
    let mut tally = Tally::new(campaign);
    rows.for_each(|row| tally.row(row));
    tally.done()
}

struct Tally<'a> {
    campaign: &'a Campaign,
    names: Vec<Name>,
    stats: Stats,
    columns: Vec<Column>,
    personas: Vec<u64>,
    grades: BTreeMap<Name, Vec<u64>>,
}

/// What has been seen of a field.
struct Column {
    name: Name,
    label: Option<String>,
    present: u64,
    seen: Seen,
}

enum Seen {
    Counted { values: BTreeMap<String, u64>, full: bool },
    Measured(Numbers),
}

impl Column {
    fn new(name: &str, label: Option<String>, ty: &Type) -> Column {
        let seen = match ty {
            Type::Integer => Seen::Measured(Numbers::new(Unit::Integer)),
            Type::Number { .. } => Seen::Measured(Numbers::new(Unit::Number)),
            Type::Date => Seen::Measured(Numbers::new(Unit::Date)),
            Type::Datetime => Seen::Measured(Numbers::new(Unit::Datetime)),
            Type::Text { .. } | Type::Boolean | Type::Enum { .. } | Type::Set { .. } => {
                Seen::Counted { values: BTreeMap::new(), full: false }
            }
        };
        Column { name: name.to_owned(), label, present: 0, seen }
    }

    fn add(&mut self, value: Option<&Value>) {
        let Some(value) = value else { return };
        self.present += 1;
        match (&mut self.seen, value) {
            (Seen::Measured(numbers), value) => numbers.add(value),
            (Seen::Counted { values, full }, Value::Set(set)) => {
                set.iter().for_each(|part| count(values, full, part));
            }
            (Seen::Counted { values, full }, Value::Text(text)) => count(values, full, text),
            (Seen::Counted { values, full }, Value::Bool(truth)) => {
                count(values, full, if *truth { "true" } else { "false" });
            }
            (Seen::Counted { .. }, Value::Int(_) | Value::Number(_) | Value::Date(_) | Value::Datetime(_)) => {}
        }
    }

    fn done(self, leads: u64) -> FieldStats {
        let (distinct, values) = match self.seen {
            Seen::Counted { values, full } => ((!full).then_some(values.len() as u64), Values::Counted(values)),
            Seen::Measured(numbers) => (numbers.distinct(), Values::Measured(numbers.measures())),
        };
        let Column { name, label, present, .. } = self;
        FieldStats { name, label, present, absent: leads - present, distinct, values }
    }
}

fn count(values: &mut BTreeMap<String, u64>, full: &mut bool, text: &str) {
    if *full {
        return;
    }
    if let Some(count) = values.get_mut(text) {
        *count += 1;
    } else if values.len() < DISTINCT {
        values.insert(text.to_owned(), 1);
    } else {
        *full = true;
        values.clear();
    }
}

impl<'a> Tally<'a> {
    fn new(campaign: &'a Campaign) -> Tally<'a> {
        let fields = campaign.fields.iter();
        let mut columns: Vec<Column> =
            fields.map(|(name, field)| Column::new(name, field.label.clone(), &field.ty)).collect();
        let stages =
            campaign.lifecycle.as_ref().map(|lifecycle| Type::Enum { values: lifecycle.stages.clone().into() });
        columns.push(Column::new("stage", None, &stages.unwrap_or(Type::Boolean)));
        let models = campaign.scoring.iter();
        columns.extend(
            models.map(|(name, model)| Column::new(&format!("score.{name}"), model.label.clone(), &Type::Integer)),
        );
        let grades = campaign.grading.iter().map(|(name, model)| (name.clone(), vec![0; model.bands.len() + 1]));
        Tally {
            campaign,
            names: campaign.fields.keys().cloned().collect(),
            stats: Stats::default(),
            columns,
            personas: vec![0; campaign.personas.len() + 1],
            grades: grades.collect(),
        }
    }

    fn row(&mut self, row: Row) {
        self.stats.read += 1;
        let lead = match row {
            Ok(lead) => lead,
            Err(refused) => {
                *self.stats.refused.entry(refused.reason).or_default() += 1;
                if self.stats.refused_rows.len() < ROWS_KEPT {
                    self.stats.refused_rows.push(refused);
                }
                return;
            }
        };
        self.stats.leads += 1;
        let stage = lead.stage.as_ref().map(|stage| Value::Text(stage.clone()));
        let scores = lead.scores.iter().map(|score| score.map(|score| Value::Int(score.into())));
        let extra: Vec<Option<Value>> = std::iter::once(stage).chain(scores).collect();
        for (column, value) in self.columns.iter_mut().zip(lead.values.iter().chain(&extra)) {
            column.add(value.as_ref());
        }
        let fields = Fields { names: &self.names, values: &lead.values, event: None };
        let personas = &self.campaign.personas;
        let persona = personas.iter().position(|persona| holds(&persona.matches.expr, &fields));
        self.personas[persona.unwrap_or(personas.len())] += 1;
        for (name, model) in &self.campaign.grading {
            if let Some(counts) = self.grades.get_mut(name) {
                counts[band(model, &fields)] += 1;
            }
        }
    }

    fn done(self) -> Stats {
        let Tally { campaign, mut stats, columns, personas, grades, .. } = self;
        let fields = campaign.fields.len();
        let leads = stats.leads;
        let kept = columns.into_iter().enumerate().filter(|(at, column)| *at < fields || column.present > 0);
        stats.fields = kept.map(|(_, column)| column.done(leads)).collect();
        let declared = campaign.personas.iter().map(Some).chain([None]);
        stats.personas = declared
            .zip(personas)
            .map(|(persona, leads)| PersonaStats {
                name: persona.map(|persona| persona.name.clone()),
                label: persona.and_then(|persona| persona.label.clone()),
                leads,
                declared: persona.and_then(|persona| persona.share),
            })
            .collect();
        let named = |(name, counts): (Name, Vec<u64>)| {
            let bands = campaign.grading.get(&name).map(|model| model.bands.as_slice()).unwrap_or_default();
            let names = bands.iter().map(|band| Some(band.name.clone())).chain([None]);
            (name, names.zip(counts).collect())
        };
        stats.grades = grades.into_iter().map(named).collect();
        stats
    }
}

/// The place of a lead's grade among the bands, best first; behind the last for none.
fn band(model: &Grading, fields: &Fields<'_>) -> usize {
    let points: i64 =
        model.rules.iter().filter(|rule| holds(&rule.when.expr, fields)).map(|rule| i64::from(rule.points)).sum();
    let reached = model.bands.iter().position(|band| points >= i64::from(band.points));
    reached.unwrap_or(model.bands.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_too_many_values_is_only_counted() {
        let mut column = Column::new("id", None, &Type::Text { format: crate::ir::value::TextFormat::Plain });
        for at in 0..=DISTINCT {
            column.add(Some(&Value::Text(at.to_string())));
        }
        column.add(None);
        let stats = column.done(DISTINCT as u64 + 2);
        assert_eq!((stats.present, stats.absent, stats.distinct), (DISTINCT as u64 + 1, 1, None));
        assert_eq!(stats.values, Values::Counted(BTreeMap::new()));
    }
}
