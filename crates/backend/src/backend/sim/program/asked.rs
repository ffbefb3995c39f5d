//! The entry of one journey taken apart, for the question why a lead did or did not enter: each part of its conditions,
//! and what the part looks at.

use super::{Code, Cond, Fault, Names};
use crate::ir::expr::Expr;
use crate::ir::journey::EntryBy;
use crate::ir::{Campaign, Condition, Name};

/// A journey that is asked about.
#[derive(Debug)]
pub struct Asked {
    /// Its number.
    pub journey: usize,
    /// Parts of the condition on the event, and of that on the lead.
    pub entry: Vec<Part>,
    /// Parts of what makes a member of the segment by which it is entered.
    pub segment: Vec<Part>,
}

/// A part of a condition, none of which can be left out.
#[derive(Debug)]
pub struct Part {
    /// The part.
    pub cond: Cond,
    /// What it looks at, as it is written.
    pub operands: Vec<(String, Code)>,
}

impl Asked {
    /// Takes the entry of a journey apart.
    ///
    /// # Errors
    /// If there is no such journey.
    pub fn compile(campaign: &Campaign, names: &mut Names<'_>, name: &str) -> Result<Asked, Fault> {
        let mut journeys = campaign.journeys_in_order().into_iter().enumerate();
        let found = journeys.find(|(_, (each, _))| each.as_str() == name);
        let Some((journey, (_, asked))) = found else { return Err(format!("there is no journey `{name}`")) };
        let (event, filter, segment) = match &asked.entry.by {
            EntryBy::Event { event, filter } => (Some(event), filter.as_ref(), None),
            EntryBy::Segment { segment, .. } | EntryBy::Schedule { segment, .. } => (None, None, Some(segment)),
            EntryBy::Called => (None, None, None),
        };
        let conditions: Vec<&Condition> = filter.into_iter().chain(&asked.entry.when).collect();
        let entry = conditions.into_iter().flat_map(|condition| parts(condition, event, names)).collect();
        let segment = segment.and_then(|segment| campaign.segments.get(segment));
        let segment = segment.map_or_else(Vec::new, |segment| parts(&segment.when, None, names));
        Ok(Asked { journey, entry, segment })
    }
}

fn parts(whole: &Condition, event: Option<&Name>, names: &mut Names<'_>) -> Vec<Part> {
    let part = |condition: Condition| {
        let mut looked_at = Vec::new();
        operands(&condition.expr, &mut looked_at);
        let operands =
            looked_at.into_iter().map(|operand| (operand.to_string(), names.value(operand, event))).collect();
        Part { cond: names.condition(&condition, event), operands }
    };
    whole.conjuncts().into_iter().map(part).collect()
}

/// What an expression looks at whose value is no plain yes or no.
fn operands<'e>(expr: &'e Expr, found: &mut Vec<&'e Expr>) {
    let is_looked_at = matches!(
        expr,
        Expr::Field { .. }
            | Expr::EventProperty { .. }
            | Expr::EntryProperty { .. }
            | Expr::Score { .. }
            | Expr::Grade { .. }
            | Expr::Stage
            | Expr::Persona
            | Expr::DaysSinceConsent { .. }
            | Expr::Received { .. }
            | Expr::Count { .. }
            | Expr::DaysSince { .. }
            | Expr::DaysSinceDate { .. }
            | Expr::DaysUntil { .. }
    );
    match is_looked_at {
        true if found.contains(&expr) => {}
        true => found.push(expr),
        false => expr.children().into_iter().for_each(|part| operands(part, found)),
    }
}
