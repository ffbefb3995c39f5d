//! `thin-recommendations`: no two items of a catalog go together, so that only best sellers are recommended.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    for (name, catalog) in &context.resolution.campaign.catalogs {
        // What a run learns from its logs is not known here; it says the same of it.
        let is_open = catalog.recommend.from_events || !catalog.recommend.from_orders;
        if is_open || catalog.orders.is_empty() || catalog.together.iter().any(|others| !others.is_empty()) {
            continue;
        }
        let least = catalog.recommend.at_least;
        let message = format!("no two items of `{name}` were bought by {least} customers, so none goes with another");
        let finding = Diagnostic::new(Code::ThinRecommendations, catalog.origin.0, message);
        sink.push(finding.help("lower `at_least` of `recommend`, or give more `orders`"));
    }
}
