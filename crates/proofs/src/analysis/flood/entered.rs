//! A campaign without what journeys do that nobody can enter.
//!
//! In: a campaign. Out: the same, with no steps in those journeys; none if there is no such journey. Never: what the others
//! do.

use crate::analysis::conditions::Written;
use crate::analysis::entry::unentered;
use crate::ir::Campaign;

/// The campaign as far as leads can be in it, if that is less than all of it.
pub(super) fn entered(campaign: &Campaign, written: &Written) -> Option<Campaign> {
    let unentered = unentered(campaign, written, false, &|_, _| true);
    if unentered.is_empty() {
        return None;
    }
    let mut entered = campaign.clone();
    for (_, journey) in entered.journeys.iter_mut().filter(|(name, _)| unentered.contains(*name)) {
        (journey.steps, journey.first) = (Vec::new(), None);
    }
    Some(entered)
}
