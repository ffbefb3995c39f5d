//! The smallest single edits that bring a limit to hold: each is made to a copy of the campaign, and the proof is made anew.
//!
//! In: the campaign and a limit that is exceeded. Out: [`Fix`]es, the smallest first. Never: one that was not proved.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::alone::alone;
use super::questions::Questions;
use super::units::{Ground, Units};
use super::{Bound, joint, shift_secs, window_secs};
use crate::analysis::conditions::Written;
use crate::analysis::reach::Reach;
use crate::ir::journey::Action;
use crate::ir::{Again, Campaign, Edit, Length, MailLimit, Name};

/// Proofs that are made for one limit.
const MOST_PROOFS: usize = 64;
/// Journeys that are looked at in all proofs for one limit: of a large project fewer edits are tried.
const MOST_JOURNEYS: usize = 1_000;
/// Proofs with which one edit can be found.
const FEWEST_PROOFS: usize = 8;
/// States of a search before an edit is given up.
const MOST_STATES: usize = 8_000;
/// Fixes that are told.
const MOST_TOLD: usize = 3;

/// An edit that brings a limit to hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fix {
    /// What is edited.
    pub edit: Edit,
    /// How many mails are the most then.
    pub proved: u64,
}

/// The smallest edits of each kind that bring the limit to hold, as far as the project is small enough to try them.
pub(super) fn fixes(campaign: &Campaign, bound: &Bound) -> Vec<Fix> {
    let mut shares: Vec<_> = bound.shares.iter().collect();
    shares.sort_by_key(|share| Reverse(share.most.unwrap_or(u64::MAX)));
    let names: Vec<&Name> = shares.iter().flat_map(|share| &share.journeys).collect();
    let proofs = MOST_PROOFS.min(MOST_JOURNEYS / campaign.journeys.len().max(1));
    if proofs < FEWEST_PROOFS {
        return Vec::new();
    }
    of_journeys(Trial::of(campaign.clone(), &bound.limit, proofs, MOST_STATES), &names)
}

/// The smallest edits of one journey by which it asks for no more than a rule lets through.
pub(super) fn of_journey(campaign: &Campaign, limit: &MailLimit, name: &Name) -> Vec<Fix> {
    let Some(campaign) = alone(campaign, name) else { return Vec::new() };
    // Whether a journey is over a rule is asked of it by itself as well, without a search of states.
    of_journeys(Trial::of(campaign, limit, MOST_PROOFS, 0), &[name])
}

fn of_journeys(mut trial: Trial<'_>, names: &[&Name]) -> Vec<Fix> {
    let mut found: Vec<(i64, Fix)> = Vec::new();
    for name in names {
        found.extend(trial.waits(name));
        found.extend(trial.again(name));
    }
    for (at, name) in names.iter().enumerate() {
        for other in names[..at].iter().chain(&names[at + 1..]) {
            found.extend(trial.outside(name, other));
            found.extend(trial.apart(name, other));
        }
    }
    // Where nothing waits that could wait longer.
    if found.is_empty() {
        names.iter().for_each(|name| found.extend(trial.pauses(name)));
    }
    found.sort_by_key(|(cost, _)| *cost);
    found.into_iter().map(|(_, fix)| fix).take(MOST_TOLD).collect()
}

struct Trial<'a> {
    /// A copy, in which edits are made and taken back.
    campaign: Campaign,
    written: Written,
    questions: Questions,
    limit: &'a MailLimit,
    /// States of a search before an edit is given up; with none, of a campaign with one journey.
    most_states: usize,
    /// How many may still be made.
    proofs: usize,
    /// The kind of lead that had too many mails last.
    worst: usize,
}

impl<'a> Trial<'a> {
    fn of(campaign: Campaign, limit: &'a MailLimit, proofs: usize, most_states: usize) -> Trial<'a> {
        let written = Written::of(&campaign);
        let questions = Questions::of(&campaign, &written);
        Trial { campaign, written, questions, limit, most_states, proofs, worst: 0 }
    }

    /// Longer waits, and longer waits for something.
    fn waits(&mut self, name: &Name) -> Vec<(i64, Fix)> {
        let Some(journey) = self.campaign.journeys.get(name) else { return Vec::new() };
        let lengths = journey.steps.iter().filter_map(|step| match &step.action {
            Action::Wait { length: Length::Secs(secs) } => Some((step.id.clone(), *secs)),
            Action::WaitFor { within: Length::Secs(secs), .. } => Some((step.id.clone(), *secs)),
            _ => None,
        });
        let lengths: Vec<(Name, i64)> = lengths.collect();
        let found = lengths.into_iter().filter_map(|(step, before_secs)| {
            let journey = name.clone();
            self.least(before_secs, |secs| Edit::Wait {
                journey: journey.clone(),
                step: step.clone(),
                secs,
                before_secs,
            })
        });
        found.collect()
    }

    /// Waits where there is none.
    fn pauses(&mut self, name: &Name) -> Vec<(i64, Fix)> {
        let Some(journey) = self.campaign.journeys.get(name) else { return Vec::new() };
        let sends = journey.steps.iter().filter(|step| matches!(step.action, Action::Send { .. }));
        let sends: Vec<Name> = sends.map(|step| step.id.clone()).collect();
        let found = sends
            .into_iter()
            .filter_map(|step| self.least(0, |secs| Edit::Pause { journey: name.clone(), step: step.clone(), secs }));
        found.collect()
    }

    fn again(&mut self, name: &Name) -> Option<(i64, Fix)> {
        let before_secs = match self.campaign.journeys.get(name)?.entry.again {
            Again::Never => return None,
            Again::Always => 0,
            Again::AfterSecs(secs) => secs,
        };
        self.least(before_secs, |secs| Edit::Again { journey: name.clone(), secs, before_secs })
    }

    fn outside(&mut self, name: &Name, other: &Name) -> Option<(i64, Fix)> {
        self.whole(Edit::Outside { journey: name.clone(), other: other.clone() }, 0)
    }

    fn apart(&mut self, name: &Name, other: &Name) -> Option<(i64, Fix)> {
        self.whole(Edit::Apart { journey: name.clone(), other: other.clone() }, 1)
    }

    /// An edit without a measure; it counts as one by the whole window, and more by its rank among such.
    fn whole(&mut self, edit: Edit, rank: i64) -> Option<(i64, Fix)> {
        let proved = self.proved(&edit)?;
        Some((window_secs(self.limit.per, 0).saturating_add(rank), Fix { edit, proved }))
    }

    /// The edit with the least longer time, in whole units of the time until now, with which the limit holds.
    fn least(&mut self, before_secs: i64, edit: impl Fn(i64) -> Edit) -> Option<(i64, Fix)> {
        let window = window_secs(self.limit.per, 0);
        let unit = [86_400, 3_600, 60, 1].into_iter().find(|unit| before_secs % unit == 0 && window >= *unit)?;
        let (mut low, mut high) = (before_secs / unit, before_secs.saturating_add(window) / unit + 1);
        let mut proved = self.proved(&edit(high * unit))?;
        while high - low > 1 && self.proofs > 0 {
            let middle = low + (high - low) / 2;
            match self.proved(&edit(middle * unit)) {
                Some(most) => (high, proved) = (middle, most),
                None => low = middle,
            }
        }
        Some((high * unit - before_secs, Fix { edit: edit(high * unit), proved }))
    }

    /// The bound after an edit, if the limit holds then.
    fn proved(&mut self, edit: &Edit) -> Option<u64> {
        self.proofs = self.proofs.checked_sub(1)?;
        let name = match edit {
            // They change times, and nothing that is asked.
            Edit::Wait { journey, .. } | Edit::Again { journey, .. } | Edit::Pause { journey, .. } => journey,
            Edit::Apart { .. }
            | Edit::Outside { .. }
            | Edit::Cap { .. }
            | Edit::Hold { .. }
            | Edit::Priority { .. } => return self.proved_anew(edit),
        };
        let before = self.campaign.journeys.get(name)?.clone();
        let formulas = self.questions.of_journey(self.campaign.journeys.get(name)?);
        edit.make(&mut self.campaign);
        self.questions.put(self.campaign.journeys.get(name)?, &formulas);
        let ground = ground(&self.campaign, &self.written, &self.questions);
        let proved = most(ground, self.limit, self.most_states, &mut self.worst);
        let now = self.campaign.journeys.get_mut(name)?;
        *now = before;
        self.questions.put(now, &formulas);
        proved
    }

    /// The same for an edit that changes what is asked.
    fn proved_anew(&self, edit: &Edit) -> Option<u64> {
        let mut campaign = self.campaign.clone();
        edit.make(&mut campaign);
        let written = Written::of(&campaign);
        let questions = Questions::of(&campaign, &written);
        most(ground(&campaign, &written, &questions), self.limit, self.most_states, &mut 0)
    }
}

/// Of a campaign that is edited, it is not found out who can stand where: its bound is no lower than it may be.
static NOT_FOUND_OUT: Reach = Reach::new();

fn ground<'c>(campaign: &'c Campaign, written: &'c Written, questions: &'c Questions) -> Ground<'c> {
    Ground { campaign, written, questions, reach: &NOT_FOUND_OUT, shift_secs: shift_secs(campaign, written) }
}

/// The most mails, if they are no more than the limit allows.
fn most(ground: Ground<'_>, limit: &MailLimit, most_states: usize, worst: &mut usize) -> Option<u64> {
    let counted = (limit, window_secs(limit.per, ground.shift_secs));
    if most_states == 0 {
        return Units::within(ground, counted, worst);
    }
    let units = Units::of(ground, &[counted], false, most_states);
    joint::most(&units, 0).filter(|most| *most <= u64::from(limit.at_most))
}
