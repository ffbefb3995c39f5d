//! Whether leads can agree to be tracked by what is recorded.

use std::collections::BTreeSet;

use crate::ir::{Campaign, Expr, Name};

/// Events that need the consent for tracking, and on which it depends: they set a field that it asks for, or it asks
/// whether they happened.
pub(super) fn unheard(campaign: &Campaign) -> BTreeSet<Name> {
    let Some(tracking) = &campaign.tracking else { return BTreeSet::new() };
    let (mut fields, mut events) = (BTreeSet::new(), BTreeSet::new());
    tracking.consent.expr.visit(&mut |expr| match expr {
        Expr::Field { name } => {
            fields.insert(name.clone());
        }
        Expr::Count { of } | Expr::DaysSince { of } => {
            events.insert(of.event.clone());
        }
        _ => {}
    });
    let sets =
        |name: &Name| campaign.events.get(name).is_some_and(|event| event.sets.keys().any(|of| fields.contains(of)));
    tracking.events.iter().filter(|name| events.contains(*name) || sets(name)).cloned().collect()
}
