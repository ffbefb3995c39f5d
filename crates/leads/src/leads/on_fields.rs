//! What the fields of a lead decide alone: its persona, and conditions that ask for nothing else.
//!
//! In: a lead, an event of its. Out: yes, no, or that more would have to be known. Never: scores, history, the time.

use std::collections::BTreeMap;

use super::made_up::eval::{Fields, holds};
use crate::ir::{Campaign, Expr, Lead, Name, Value};

/// Asks leads of a campaign.
pub struct OnFields<'c> {
    campaign: &'c Campaign,
    names: Vec<Name>,
}

impl<'c> OnFields<'c> {
    /// Begins.
    pub fn new(campaign: &'c Campaign) -> OnFields<'c> {
        OnFields { campaign, names: campaign.fields.keys().cloned().collect() }
    }

    /// The first persona that matches a lead, by its place among them.
    pub fn persona(&self, lead: &Lead) -> Option<usize> {
        let fields = Fields { names: &self.names, values: &lead.values, event: None };
        self.campaign.personas.iter().position(|persona| holds(&persona.matches.expr, &fields))
    }

    /// Whether a condition holds for a lead and, if it asks for one, an event.
    pub fn holds(&self, expr: &Expr, lead: &Lead, event: Option<&BTreeMap<Name, Value>>) -> bool {
        holds(expr, &Fields { names: &self.names, values: &lead.values, event })
    }
}

/// Whether fields of the lead and properties of an event are all that a condition asks for.
pub fn asks_fields_alone(expr: &Expr) -> bool {
    let mut alone = true;
    expr.visit(&mut |part| {
        alone &= match part {
            Expr::Const { .. }
            | Expr::Absent
            | Expr::Field { .. }
            | Expr::EventProperty { .. }
            | Expr::All { .. }
            | Expr::Any { .. }
            | Expr::Not { .. }
            | Expr::Compare { .. }
            | Expr::OneOf { .. }
            | Expr::Holds { .. }
            | Expr::IsAbsent { .. }
            | Expr::Arithmetic { .. }
            | Expr::TextTest { .. }
            | Expr::Filter { .. }
            | Expr::If { .. } => true,
            Expr::EntryProperty { .. }
            | Expr::Score { .. }
            | Expr::Grade { .. }
            | Expr::Stage
            | Expr::Persona
            | Expr::Now
            | Expr::Today
            | Expr::InSegment { .. }
            | Expr::InList { .. }
            | Expr::Subscribed { .. }
            | Expr::DaysSinceConsent { .. }
            | Expr::Count { .. }
            | Expr::DaysSince { .. }
            | Expr::DaysSinceDate { .. }
            | Expr::DaysUntil { .. }
            | Expr::Received { .. }
            | Expr::InJourney { .. }
            | Expr::Bought { .. }
            | Expr::Reachable { .. }
            | Expr::Reached { .. }
            | Expr::Finished { .. } => false,
        }
    });
    alone
}
