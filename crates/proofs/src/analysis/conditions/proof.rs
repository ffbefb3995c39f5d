//! Statements about leads, and why no lead can meet all of them.

use super::solve::{Leads, Universe, Witness};
use super::{Formula, Terms};
use crate::ir::{Condition, Name};
use crate::text::Origin;

/// A statement about a lead, with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Its text.
    pub text: String,
    /// Where the condition is written of which it is a part.
    pub origin: Origin,
    /// The statement.
    pub formula: Formula,
}

/// Whether statements can hold for one lead.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// They can: for this one.
    Possible(Witness),
    /// They cannot: these exclude each other, and no fewer of them do.
    Impossible(Vec<usize>),
    /// They are too complicated.
    Unknown,
}

impl Universe {
    /// Whether some lead meets all claims. A lead that does is described by what the claims ask about.
    pub fn verdict(&self, claims: &[&Claim]) -> Verdict {
        let sets: Option<Vec<Leads>> = claims.iter().map(|claim| self.leads(&claim.formula)).collect();
        let Some(sets) = sets else { return Verdict::Unknown };
        let meets = |kept: &[usize]| {
            kept.iter().try_fold(self.everybody(), |all, claim| {
                if all.is_empty() { Some(all) } else { self.both(all, sets[*claim]) }
            })
        };
        let mut kept: Vec<usize> = (0..claims.len()).collect();
        let Some(all) = meets(&kept) else { return Verdict::Unknown };
        if !all.is_empty() {
            let asked: Vec<usize> = claims.iter().flat_map(|claim| self.terms.read_by(&claim.formula)).collect();
            return self.witness(all, |term| asked.contains(&term)).map_or(Verdict::Unknown, Verdict::Possible);
        }
        // Leave out one after the other: what is left is needed.
        let mut at = 0;
        while at < kept.len() {
            let fewer: Vec<usize> =
                kept.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, of)| *of).collect();
            if meets(&fewer).is_some_and(|left| left.is_empty()) { kept = fewer } else { at += 1 }
        }
        Verdict::Impossible(kept)
    }
}

/// Claims in the making: conditions part by part, whose cells are cut together.
#[derive(Debug, Default)]
pub struct Claims<'c> {
    parts: Vec<(Condition, Option<&'c Name>)>,
}

impl<'c> Claims<'c> {
    /// Takes a condition in. Gives the numbers of its parts.
    pub fn add(&mut self, condition: &Condition, event: Option<&'c Name>) -> std::ops::Range<usize> {
        let first = self.parts.len();
        self.parts.extend(condition.conjuncts().into_iter().map(|part| (part, event)));
        first..self.parts.len()
    }

    /// What to ask the terms about.
    pub fn asked(&self) -> Vec<super::Asked<'_>> {
        self.parts.iter().map(|(condition, event)| super::Asked { condition, event: *event }).collect()
    }

    /// The claims, by number.
    pub fn finish(&self, terms: &Terms) -> Vec<Claim> {
        let claim = |((condition, _), formula): (&(Condition, _), &Formula)| Claim {
            text: condition.said().to_owned(),
            origin: condition.origin,
            formula: formula.clone(),
        };
        self.parts.iter().zip(&terms.formulas).map(claim).collect()
    }
}
