//! Journeys that ask for more mails than a frequency rule allows, all by themselves: whatever else there is, some of their
//! mails come late or never.
//!
//! In: each journey by itself. Out: those that are over the rule. Never: what becomes of their mails; that is for the
//! simulator to say.

use super::Over;
use super::candidate::of_one;
use super::units::{Found, Unit, Units};

/// Journeys of which a timeline is looked for.
const MOST: usize = 20;

/// The journeys that are over a rule, by the rule's number. Those without a bound are not told of: no rule lets them through.
pub(super) fn over(units: &Units<'_>, limit: usize) -> Vec<Over> {
    let at_most = u64::from(units.limits[limit].0.at_most);
    let mut found = Vec::new();
    for unit in &units.singles {
        let worst =
            unit.rows.iter().enumerate().max_by_key(|(_, outcome)| unit.outcomes[**outcome].by_limit[limit].most);
        let Some((row, outcome)) = worst else { continue };
        let demand = &unit.outcomes[*outcome].by_limit[limit];
        if let Some(most) = demand.most.filter(|most| *most > at_most) {
            found.push((unit.as_ref(), row, demand, most));
        }
    }
    let of = found.len().min(MOST);
    let over = |(number, (unit, row, demand, most)): (usize, (&Unit, usize, &Found, u64))| Over {
        journey: units.models[unit.models[0]].name.clone(),
        most,
        path: demand.shares.first().map(|share| share.path.clone()).unwrap_or_default(),
        candidate: (number < MOST).then(|| of_one(units, limit, unit, &unit.leads(row), of)).flatten(),
        fates: Vec::new(),
        fixes: Vec::new(),
    };
    found.into_iter().enumerate().map(over).collect()
}
