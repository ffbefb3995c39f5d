//! Leads made up from the personas, for a campaign without a leads file.
//!
//! In: a plan, a count and a seed. Out: leads whose persona, by the rule of the first match, comes out as often as its
//! share says. Never: state between leads; each is a pure function of the seed and its number.
//!
//! Shares: personas without one take equal parts of what the others leave. If all have one and less than 100 % is
//! given, the rest are leads of no persona; where no such lead exists, or where more than 100 % is given, the shares
//! are scaled to 100 %.
//!
//! A lead is drawn in two steps. [`solve`] walks the conditions (this persona's holds, those of earlier ones do not)
//! and narrows what each field may hold; [`domain`] draws the fields from what is left. The lead is then tested, since
//! some conditions cannot be solved that way, and drawn again if it is not what was wanted.

mod arrival;
pub(super) mod chance;
mod domain;
pub(super) mod eval;
mod hints;
mod solve;
#[cfg(test)]
mod tests;

use std::fmt;

pub(super) use arrival::{Newcomer, Newcomers};
use chance::Chance;
use domain::Style;
use eval::Fields;
use hints::Hints;

use crate::ir::{Field, Lead, Name, Persona, Refusal, RefusedRow, Row, Value};
use crate::plan::Plan;

/// How often a lead is drawn until it is of the wanted persona.
const DRAWS: u64 = 200;

/// Makes `count` leads up.
///
/// # Errors
/// If no lead of a persona that should have some can be found.
pub fn made_up(plan: &Plan, count: u64, seed: u64) -> Result<MadeUp, MakeUpError> {
    let mut made_up = MadeUp { count, ..MadeUp::without_leads(plan, seed) };
    let nobody = made_up.draw(&Who::numbered(0), None, &[]).is_some();
    made_up.ends = ends(&made_up.personas, nobody);
    for wanted in 0..made_up.personas.len() {
        if made_up.weight(wanted) > 0.0 && made_up.draw(&Who::numbered(0), Some(wanted), &[]).is_none() {
            return Err(MakeUpError { persona: made_up.personas[wanted].name.clone() });
        }
    }
    Ok(made_up)
}

/// Made-up leads, `lead-000001` first.
#[derive(Clone, Debug)]
pub struct MadeUp {
    names: Vec<Name>,
    fields: Vec<Field>,
    models: usize,
    personas: Vec<Persona>,
    hints: Hints,
    style: Style,
    /// For each persona, where its part of [0, 1) ends. Beyond the last are leads of no persona.
    ends: Vec<f64>,
    count: u64,
    next: u64,
    seed: u64,
}

/// Why leads cannot be made up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MakeUpError {
    /// The persona of which no lead was found: its condition contradicts itself, an earlier persona takes all its
    /// leads, or it asks for what chance does not hit.
    pub persona: Name,
}

impl fmt::Display for MakeUpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no lead of the persona `{}` can be made up: in {DRAWS} tries none matched it first", self.persona)
    }
}

impl std::error::Error for MakeUpError {}

/// Who is made up.
struct Who {
    /// By which all is drawn.
    index: u64,
    /// Tells it from others in the texts made up for it.
    number: u64,
    id: String,
}

impl Who {
    fn numbered(index: u64) -> Who {
        Who { index, number: index + 1, id: format!("lead-{:06}", index + 1) }
    }
}

impl MadeUp {
    fn without_leads(plan: &Plan, seed: u64) -> MadeUp {
        let campaign = &plan.campaign;
        MadeUp {
            names: campaign.fields.keys().cloned().collect(),
            fields: campaign.fields.values().cloned().collect(),
            models: campaign.scoring.len(),
            personas: campaign.personas.clone(),
            hints: Hints::of(campaign),
            style: Style::of(&campaign.settings),
            ends: Vec::new(),
            count: 0,
            next: 0,
            seed,
        }
    }

    fn lead(&self, index: u64) -> Row {
        let part = Chance::new(self.seed, 0, 0).stratum("persona", index);
        let wanted = self.ends.iter().position(|end| part < *end);
        self.draw(&Who::numbered(index), wanted, &[]).ok_or_else(|| {
            let persona = wanted.map_or("none", |wanted| self.personas[wanted].name.as_str());
            let message = format!("no lead of the persona `{persona}` came out in {DRAWS} tries");
            RefusedRow::new(index + 1, Refusal::BadRow, message)
        })
    }

    /// A lead of the persona, with the fields numbered in `given` if the persona may have them.
    fn draw(&self, who: &Who, wanted: Option<usize>, given: &[usize]) -> Option<Lead> {
        (0..DRAWS).find_map(|attempt| self.attempt(who, attempt, wanted, given))
    }

    fn attempt(&self, who: &Who, attempt: u64, wanted: Option<usize>, given: &[usize]) -> Option<Lead> {
        let chance = Chance::new(self.seed, who.index, attempt);
        let mut draft = solve::Draft::new(&self.names, &self.fields, &chance);
        let sought = wanted.is_none_or(|wanted| draft.want(&self.personas[wanted].matches.expr, true));
        let earlier = &self.personas[..wanted.unwrap_or(self.personas.len())];
        if !sought || !earlier.iter().all(|persona| draft.want(&persona.matches.expr, false)) {
            return None;
        }
        arrival::require(&mut draft, given);
        let mut values: Vec<Option<Value>> = Vec::with_capacity(self.names.len());
        for ((name, field), wish) in self.names.iter().zip(&self.fields).zip(&draft.wishes) {
            values.push(match name.as_str() {
                "id" => Some(Value::Text(who.id.clone())),
                _ => domain::fill(
                    &domain::Task { name, field, wish, number: who.number, hints: self.hints.of_field(name) },
                    &self.style,
                    &chance,
                ),
            });
        }
        let fields = Fields { names: &self.names, values: &values, event: None };
        let persona = self.personas.iter().position(|persona| eval::holds(&persona.matches.expr, &fields));
        let scores = vec![None; self.models];
        (persona == wanted).then(|| Lead { id: who.id.clone(), values, scores, ..Lead::default() })
    }

    fn weight(&self, persona: usize) -> f64 {
        let before = persona.checked_sub(1).map_or(0.0, |before| self.ends[before]);
        self.ends[persona] - before
    }
}

impl Iterator for MadeUp {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        if self.next == self.count {
            return None;
        }
        self.next += 1;
        Some(self.lead(self.next - 1))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.count - self.next).ok();
        (left.unwrap_or(usize::MAX), left)
    }
}

/// Where each persona's part of [0, 1) ends. `nobody`: whether leads of no persona exist.
fn ends(personas: &[Persona], nobody: bool) -> Vec<f64> {
    let given: f64 = personas.iter().filter_map(|persona| persona.share).sum();
    let open = personas.iter().filter(|persona| persona.share.is_none()).count();
    let part = if open == 0 { 0.0 } else { (1.0 - given).max(0.0) / open as f64 };
    let shares: Vec<f64> = personas.iter().map(|persona| persona.share.unwrap_or(part)).collect();
    let total: f64 = shares.iter().sum();
    // Sums of percentages are off by rounding; that must not make leads of no persona.
    let whole = (total - 1.0).abs() < 1e-9;
    let scale = if total > 0.0 && (whole || total > 1.0 || !nobody) { total } else { 1.0 };
    let mut sum = 0.0;
    let mut ends: Vec<f64> = shares
        .iter()
        .map(|share| {
            sum += share;
            sum / scale
        })
        .collect();
    if scale == total || whole {
        // The last persona with leads has all up to the end.
        if let Some(last) = shares.iter().rposition(|share| *share > 0.0) {
            ends[last..].fill(1.0);
        }
    }
    ends
}
