//! `market-without-confirmation`: a market asks for a double opt-in that nothing confirms.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::Consent;

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    let markets = &campaign.policies.permission.markets;
    let Some(market) = markets.iter().find(|market| market.consent == Some(Consent::DoubleOptIn)) else { return };
    for (name, topic) in &campaign.topics {
        // A topic that asks for it everywhere is a matter of `nobody-subscribes`.
        let asks_less = matches!(topic.consent, Consent::OptIn | Consent::OptOut);
        if !asks_less || context.facts.confirmable.contains(name) {
            continue;
        }
        let market_name = &market.name;
        let message = format!("in the market `{market_name}` nobody can confirm a subscription to the topic `{name}`");
        let finding = Diagnostic::new(Code::MarketWithoutConfirmation, topic.origin.0, message);
        let finding = finding.also(market.origin.0, format!("`{market_name}` asks for a double opt-in"));
        sink.push(finding.help("give the topic a `confirmation:`, with the mail that asks for it"));
    }
}
