//! The smallest single edits that bring a limit to hold: each is made to a copy of the campaign, and the proof is made anew.
//!
//! In: the campaign and a limit that is exceeded. Out: [`Fix`]es, the smallest first. Never: one that was not proved.

use serde::{Deserialize, Serialize};

use super::questions::Questions;
use super::units::{Ground, SMALL, Units};
use super::{Bound, joint, shift_secs, window_secs};
use crate::analysis::conditions::Written;
use crate::ir::expr::Expr;
use crate::ir::journey::Action;
use crate::ir::{Again, Campaign, Condition, Length, Name};
use crate::text::Origin;

/// Proofs that are made for one limit.
const MOST_PROOFS: u32 = 48;
/// States of a search before an edit is given up.
const MOST_STATES: usize = 8_000;
/// Fixes that are told.
const MOST_TOLD: usize = 3;

/// An edit that brings a limit to hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// What is edited.
    pub edit: Edit,
    /// How many mails are the most then.
    pub proved: u64,
}

/// A single edit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Edit {
    /// A step waits so many seconds, instead of so many.
    Wait {
        /// The journey.
        journey: Name,
        /// The step.
        step: Name,
        /// New length in seconds.
        secs: i64,
        /// Length until now in seconds.
        before_secs: i64,
    },
    /// Leads enter again only after so many seconds.
    Again {
        /// The journey.
        journey: Name,
        /// The time in seconds.
        secs: i64,
        /// The time until now in seconds.
        before_secs: i64,
    },
    /// Leads leave a journey while they are in the other one.
    Apart {
        /// The journey they leave.
        journey: Name,
        /// The one that goes on.
        other: Name,
    },
}

/// The smallest edits of each kind that bring the limit to hold, in a project that is small enough to try them.
pub(super) fn fixes(campaign: &Campaign, bound: &Bound) -> Vec<Fix> {
    let names: Vec<&Name> = bound.shares.iter().flat_map(|share| &share.journeys).collect();
    if campaign.journeys.len() > SMALL {
        return Vec::new();
    }
    let mut trial = Trial { campaign, bound, proofs: 0 };
    let mut found: Vec<(i64, Fix)> = Vec::new();
    for name in &names {
        found.extend(trial.waits(name));
        found.extend(trial.again(name));
    }
    for (at, name) in names.iter().enumerate() {
        for other in names[..at].iter().chain(&names[at + 1..]) {
            found.extend(trial.apart(name, other));
        }
    }
    found.sort_by_key(|(cost, _)| *cost);
    found.into_iter().map(|(_, fix)| fix).take(MOST_TOLD).collect()
}

struct Trial<'a> {
    campaign: &'a Campaign,
    bound: &'a Bound,
    proofs: u32,
}

impl Trial<'_> {
    fn waits(&mut self, name: &Name) -> Vec<(i64, Fix)> {
        let Some(journey) = self.campaign.journeys.get(name) else { return Vec::new() };
        let lengths = journey.steps.iter().enumerate().filter_map(|(number, step)| match &step.action {
            Action::Wait { length: Length::Secs(secs) } => Some((number, step.id.clone(), *secs)),
            _ => None,
        });
        let lengths: Vec<_> = lengths.collect();
        let found = lengths.into_iter().filter_map(|(number, step, before_secs)| {
            let (secs, proved) = self.least(before_secs, |campaign, secs| {
                let step = campaign.journeys.get_mut(name).and_then(|journey| journey.steps.get_mut(number));
                step.into_iter().for_each(|step| step.action = Action::Wait { length: Length::Secs(secs) });
            })?;
            let edit = Edit::Wait { journey: name.clone(), step, secs, before_secs };
            Some((secs - before_secs, Fix { edit, proved }))
        });
        found.collect()
    }

    fn again(&mut self, name: &Name) -> Option<(i64, Fix)> {
        let before_secs = match self.campaign.journeys.get(name)?.entry.again {
            Again::Never => return None,
            Again::Always => 0,
            Again::AfterSecs(secs) => secs,
        };
        let (secs, proved) = self.least(before_secs, |campaign, secs| {
            let journey = campaign.journeys.get_mut(name);
            journey.into_iter().for_each(|journey| journey.entry.again = Again::AfterSecs(secs));
        })?;
        let edit = Edit::Again { journey: name.clone(), secs, before_secs };
        Some((secs - before_secs, Fix { edit, proved }))
    }

    fn apart(&mut self, name: &Name, other: &Name) -> Option<(i64, Fix)> {
        let proved = self.proved(|campaign| {
            let inside = Expr::InJourney { journey: other.clone() };
            let Some(journey) = campaign.journeys.get_mut(name) else { return };
            let expr = match &journey.exit_when {
                Some(before) => Expr::Any { of: vec![before.expr.clone(), inside] },
                None => inside,
            };
            journey.exit_when = Some(Condition { text: expr.to_string(), expr, origin: Origin::default() });
        })?;
        let cost = window_secs(self.bound.limit.per, 0);
        Some((cost, Fix { edit: Edit::Apart { journey: name.clone(), other: other.clone() }, proved }))
    }

    /// The least longer time, in whole units of the time until now, with which the limit holds.
    fn least(&mut self, before_secs: i64, edit: impl Fn(&mut Campaign, i64)) -> Option<(i64, u64)> {
        let window = window_secs(self.bound.limit.per, 0);
        let unit = [86_400, 3_600, 60, 1].into_iter().find(|unit| before_secs % unit == 0 && window >= *unit)?;
        let (mut low, mut high) = (before_secs / unit, (before_secs + window) / unit + 1);
        let mut best = (high, self.proved(|campaign| edit(campaign, high * unit))?);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            match self.proved(|campaign| edit(campaign, middle * unit)) {
                Some(proved) => (high, best) = (middle, (middle, proved)),
                None => low = middle,
            }
        }
        Some((best.0 * unit, best.1))
    }

    /// The bound after an edit, if the limit holds then.
    fn proved(&mut self, edit: impl FnOnce(&mut Campaign)) -> Option<u64> {
        self.proofs += 1;
        if self.proofs > MOST_PROOFS {
            return None;
        }
        let mut campaign = self.campaign.clone();
        edit(&mut campaign);
        let written = Written::of(&campaign);
        let shift_secs = shift_secs(&campaign, &written);
        let limit = (&self.bound.limit, window_secs(self.bound.limit.per, shift_secs));
        let questions = Questions::of(&campaign, &written);
        let ground = Ground { campaign: &campaign, written: &written, questions: &questions, shift_secs };
        let units = Units::of(ground, &[limit], false, MOST_STATES);
        joint::most(&units, 0).filter(|most| *most <= u64::from(self.bound.limit.at_most))
    }
}
