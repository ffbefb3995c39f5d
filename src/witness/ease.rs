//! What would let more of a lead's mails through: single edits of the rules and of priorities, each run with the lead's own
//! timeline.
//!
//! In: the campaign, a frequency rule by which a lead loses mails, and that lead. Out: [`Eased`], the fewest losses first.
//! Never: a claim about other leads.

use std::collections::BTreeSet;

use super::{fates, to_run};
use crate::analysis::flood::{Bound, Eased, Fate, Reached, Rule};
use crate::ir::{Campaign, Edit, Name, Skip};

/// Journeys of a project in which edits are tried.
const MOST_JOURNEYS: usize = 100;
/// Times as long as until now that mails may be held.
const LONGEST: i64 = 16;

/// The edits after which the lead loses fewer mails.
pub(super) fn eased(campaign: &Campaign, bound: &Bound, reached: &Reached) -> Vec<Eased> {
    let before = lost(&bound.enforced).count();
    if before == 0 || campaign.journeys.len() > MOST_JOURNEYS {
        return Vec::new();
    }
    let trial = Trial { campaign, bound, reached };
    let mut found: Vec<Eased> = trial.cap().into_iter().chain(trial.hold()).chain(trial.priorities()).collect();
    found.sort_by_key(|eased| lost(&eased.fates).count());
    found
}

fn lost(fates: &[Fate]) -> impl Iterator<Item = &Fate> {
    fates.iter().filter(|fate| fate.end.is_err())
}

struct Trial<'a> {
    campaign: &'a Campaign,
    bound: &'a Bound,
    reached: &'a Reached,
}

impl Trial<'_> {
    /// The lowest number of the rule with which the fewest are lost.
    fn cap(&self) -> Option<Eased> {
        let rule = &self.bound.limit;
        let now = i64::from(rule.at_most);
        let asked = i64::try_from(self.bound.enforced.len()).unwrap_or(i64::MAX);
        self.least(now, now.max(asked), |at_most| Edit::Cap {
            rule: rule.clone(),
            at_most: u32::try_from(at_most).unwrap_or(u32::MAX),
        })
    }

    /// The shortest time to hold mails, in whole times of the one until now, with which the fewest are lost.
    fn hold(&self) -> Option<Eased> {
        let gave_up = |fate: &Fate| fate.end == Err(Skip::Expired.word());
        let delays = self.bound.rule == Rule::Frequency { delay: true };
        let before_secs = self.campaign.policies.max_hold_secs;
        if !delays || before_secs == 0 || !lost(&self.bound.enforced).any(gave_up) {
            return None;
        }
        self.least(1, LONGEST, |times| Edit::Hold { secs: before_secs.saturating_mul(times), before_secs })
    }

    /// For each journey that loses mails: its mails before all others.
    fn priorities(&self) -> Vec<Eased> {
        let asking: BTreeSet<&Name> = self.bound.enforced.iter().map(|fate| &fate.journey).collect();
        let losing: BTreeSet<&Name> = lost(&self.bound.enforced).map(|fate| &fate.journey).collect();
        if asking.len() < 2 {
            return Vec::new();
        }
        let highest = self.campaign.journeys.values().map(|journey| journey.priority).max().unwrap_or(0);
        let before = lost(&self.bound.enforced).count();
        let tried = losing.into_iter().filter_map(|name| {
            let now = self.campaign.journeys.get(name)?.priority;
            let edit = Edit::Priority { journey: name.clone(), priority: highest.checked_add(1)?, before: now };
            let fates = self.after(&edit)?;
            // What it does not lose, another journey may.
            (lost(&fates).count() < before).then_some(Eased { edit, fates })
        });
        tried.collect()
    }

    /// The edit with the least number above one and up to another that loses as few as with the highest, if that is fewer.
    fn least(&self, now: i64, most: i64, edit: impl Fn(i64) -> Edit) -> Option<Eased> {
        let (mut low, mut high) = (now, most);
        let mut best = self.after(&edit(high))?;
        let fewest = lost(&best).count();
        if fewest >= lost(&self.bound.enforced).count() {
            return None;
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            match self.after(&edit(middle)).filter(|fates| lost(fates).count() <= fewest) {
                Some(fates) => (high, best) = (middle, fates),
                None => low = middle,
            }
        }
        Some(Eased { edit: edit(high), fates: best })
    }

    /// What becomes of the lead's mails after an edit.
    fn after(&self, edit: &Edit) -> Option<Vec<Fate>> {
        let mut campaign = self.campaign.clone();
        edit.make(&mut campaign);
        // The rule of the bound itself may be the one that is edited; what it counts stays.
        fates(&to_run(campaign), self.bound, &self.reached.lead, self.reached.run)
    }
}
