//! A made-up lead that comes by a source: of a persona of the source's choice, with what its form asked for.

use std::collections::BTreeSet;

use xxhash_rust::xxh3::xxh3_64;

use super::domain::Presence;
use super::{MadeUp, Who};
use crate::ir::chance::{GOLDEN, join, key, unit};
use crate::ir::{Arrival, Expr, Form, Lead, Name, Refusal, RefusedRow, Row, Source, Value};
use crate::plan::Plan;

use super::{MakeUpError, ends};

/// Makes leads up that come by sources.
#[derive(Clone, Debug)]
pub(in crate::leads) struct Newcomers {
    made_up: MadeUp,
    /// Of each source, where each persona's part of [0, 1) ends.
    ends: Vec<Vec<f64>>,
    /// Of each form, the fields that those who come by it lack, and those that they have for certain.
    forms: Vec<(Vec<usize>, Vec<usize>)>,
    created_at: Option<usize>,
    source: Option<usize>,
    last_source: Option<usize>,
}

/// A visitor who becomes a lead.
#[derive(Clone, Copy, Debug)]
pub(in crate::leads) struct Newcomer<'a> {
    pub(in crate::leads) id: &'a str,
    pub(in crate::leads) source: &'a str,
    pub(in crate::leads) arrival: Arrival,
    /// The day, as `20260401`.
    pub(in crate::leads) day: u64,
    /// Number among the visitors of that day by that source.
    pub(in crate::leads) number: u64,
    pub(in crate::leads) at_secs: i64,
}

impl Newcomers {
    /// Readies what all of them share.
    ///
    /// # Errors
    /// If no lead of a persona that comes by some source can be made up.
    pub(in crate::leads) fn new(plan: &Plan, seed: u64) -> Result<Newcomers, MakeUpError> {
        let campaign = &plan.campaign;
        let made_up = MadeUp::without_leads(plan, seed);
        let at = |wanted: &str| campaign.fields.iter().position(|(name, field)| name == wanted && field.builtin);
        let nobody = made_up.draw(&Who::numbered(0), None, &[]).is_some();
        let newcomers = Newcomers {
            ends: campaign.sources.values().map(|source| made_up.parts(source, nobody)).collect(),
            forms: campaign.forms.values().map(|form| made_up.known_by(form)).collect(),
            created_at: at("created_at"),
            source: at("source"),
            last_source: at("last_source"),
            made_up,
        };
        newcomers.possible(plan)?;
        Ok(newcomers)
    }

    /// Every persona that comes by a source has leads.
    fn possible(&self, plan: &Plan) -> Result<(), MakeUpError> {
        for (source, ends) in plan.campaign.sources.values().zip(&self.ends) {
            let mut before = 0.0;
            for (wanted, end) in ends.iter().enumerate() {
                let has_part = source.arrivals.is_some() && *end > before;
                if has_part && self.made_up.draw(&Who::numbered(0), Some(wanted), &[]).is_none() {
                    return Err(MakeUpError { persona: self.made_up.personas[wanted].name.clone() });
                }
                before = *end;
            }
        }
        Ok(())
    }

    /// The lead that a visitor becomes.
    pub(in crate::leads) fn lead(&self, newcomer: &Newcomer<'_>) -> Row {
        let Newcomer { id, source, arrival, day, number, at_secs } = *newcomer;
        let index = join(join(key(&["arrival", source]), day), number);
        // Personas of consecutive visitors lie evenly, as those of made-up leads do.
        let offset = join(join(self.made_up.seed, key(&["arrival-persona", source])), day);
        let part = unit(offset.wrapping_add(number.wrapping_mul(GOLDEN)));
        let wanted = self.ends[arrival.source].iter().position(|end| part < *end);
        let (lacking, given) = arrival.form.and_then(|form| self.forms.get(form)).cloned().unwrap_or_default();
        let who = Who { index, number: readable(source, day, number), id: id.to_owned() };
        let Some(mut lead) = self.made_up.draw(&who, wanted, &given) else {
            let message = format!("no lead could be made up for the visitor `{id}`");
            return Err(RefusedRow::new(0, Refusal::BadRow, message));
        };
        lacking.iter().for_each(|field| lead.values[*field] = None);
        self.set(&mut lead, self.created_at, Value::Datetime(at_secs));
        self.set(&mut lead, self.source, Value::Text(source.to_owned()));
        self.set(&mut lead, self.last_source, Value::Text(source.to_owned()));
        lead.arrival = Some(arrival);
        Ok(lead)
    }

    fn set(&self, lead: &mut Lead, field: Option<usize>, value: Value) {
        if let Some(slot) = field.and_then(|field| lead.values.get_mut(field)) {
            *slot = Some(value);
        }
    }
}

impl MadeUp {
    /// Where each persona's part ends among those who come by a source.
    fn parts(&self, source: &Source, nobody: bool) -> Vec<f64> {
        let given = source.arrivals.iter().map(|arrivals| &arrivals.personas).find(|parts| !parts.is_empty());
        let Some(given) = given else { return ends(&self.personas, nobody) };
        let mut sum = 0.0;
        let part = |persona: &crate::ir::Persona| {
            sum += given.get(&persona.name).copied().unwrap_or(0.0);
            sum
        };
        let mut ends: Vec<f64> = self.personas.iter().map(part).collect();
        // Sums of percentages are off by rounding.
        if let Some(last) = self.personas.iter().rposition(|persona| given.get(&persona.name).is_some_and(|p| *p > 0.0))
        {
            ends[last..].fill(1.0);
        }
        ends
    }

    /// What is known of those who come by a form: the optional fields they lack, since it does not ask for them and no
    /// persona is told by them; and the fields that it requires.
    fn known_by(&self, form: &Form) -> (Vec<usize>, Vec<usize>) {
        let told_by: BTreeSet<Name> =
            self.personas.iter().flat_map(|persona| fields_of(&persona.matches.expr)).collect();
        let asks = |name: &Name| form.fields.iter().find(|asked| asked.field == *name);
        let numbered = || self.names.iter().enumerate();
        let lacking = numbered().filter(|(at, name)| {
            let field = &self.fields[*at];
            let kept = field.builtin && name.as_str() != "email";
            field.optional && !kept && asks(name).is_none() && !told_by.contains(*name)
        });
        let required = numbered().filter(|(_, name)| asks(name).is_some_and(|asked| asked.required));
        (lacking.map(|(at, _)| at).collect(), required.map(|(at, _)| at).collect())
    }
}

/// The fields that a condition asks for.
fn fields_of(expr: &Expr) -> Vec<Name> {
    let mut fields = Vec::new();
    expr.visit(&mut |part| {
        if let Expr::Field { name } = part {
            fields.push(name.clone());
        }
    });
    fields
}

/// A number that tells a visitor from others, for texts that are made up: four digits for the source, the day, and the
/// number on that day.
fn readable(source: &str, day: u64, number: u64) -> u64 {
    let source = xxh3_64(source.as_bytes()) % 9_000 + 1_000;
    (source * 100_000_000 + day) * 1_000_000 + number
}

/// Wants fields to be there, unless the persona says otherwise.
pub(super) fn require(draft: &mut super::solve::Draft<'_>, given: &[usize]) {
    for field in given {
        draft.wishes[*field].require(Presence::Present);
    }
}
