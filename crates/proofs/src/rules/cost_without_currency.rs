//! `cost-without-currency`: amounts of nobody knows what.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let resolution = context.resolution;
    let is_unread = resolution.unread_words.contains("currency");
    let (Some(first), None, false) = (resolution.costs.first(), &resolution.campaign.settings.currency, is_unread)
    else {
        return;
    };
    let message = "costs are given, and the project names no currency";
    let finding = Diagnostic::new(Code::CostWithoutCurrency, *first, message).here("the first of them");
    sink.push(finding.help("write `currency: JPY` in `tabiji.yaml`"));
}
