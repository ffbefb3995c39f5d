//! Journeys that ask for more mails than a frequency rule allows, all by themselves: whatever else there is, some of their
//! mails come late or never.
//!
//! In: each journey by itself. Out: those that are over the rule. Never: what becomes of their mails; that is for the
//! simulator to say.

use super::Over;
use super::candidate::of_one;
use super::units::{Units, assignment};

/// Journeys that one rule is told of.
const MOST: usize = 50;

/// The journeys that are over a rule, by the rule's number. Those without a bound are not told of: no rule lets them through.
pub(super) fn over(units: &Units<'_>, limit: usize) -> Vec<Over> {
    let at_most = u64::from(units.limits[limit].0.at_most);
    let mut found = Vec::new();
    for unit in &units.singles {
        let worst = unit.table.iter().max_by_key(|(_, outcome)| unit.outcomes[*outcome].by_limit[limit].most);
        let Some((cells, outcome)) = worst else { continue };
        let demand = &unit.outcomes[*outcome].by_limit[limit];
        let Some(most) = demand.most.filter(|most| *most > at_most) else { continue };
        found.push(Over {
            journey: units.models[unit.models[0]].name.clone(),
            most,
            path: demand.shares.first().map(|share| share.path.clone()).unwrap_or_default(),
            candidate: of_one(units, limit, unit, &assignment(&unit.reads, cells)),
            fates: Vec::new(),
        });
        if found.len() == MOST {
            break;
        }
    }
    found
}
