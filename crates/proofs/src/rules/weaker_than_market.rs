//! `weaker-than-market`: a topic takes everybody in where a market asks for an opt-in.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};
use crate::ir::Consent;

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let campaign = &context.resolution.campaign;
    let asks = |consent: Option<Consent>| matches!(consent, Some(Consent::OptIn | Consent::DoubleOptIn));
    let markets = campaign.policies.permission.markets.iter();
    // Of a market to which earlier ones leave nobody nothing comes.
    let shadowed = &context.facts.matching.shadowed_markets;
    let counts = |name: &String| !shadowed.iter().any(|(shadowed, _)| shadowed == name);
    let market = markets.into_iter().find(|market| asks(market.consent) && counts(&market.name));
    let Some(market) = market else { return };
    let weak = |topic: &crate::ir::Topic| topic.consent == Consent::OptOut && topic.granted.is_none();
    for (name, topic) in campaign.topics.iter().filter(|(_, topic)| weak(topic)) {
        let market_name = &market.name;
        let message =
            format!("the topic `{name}` takes everybody in, and in the market `{market_name}` leads have to opt in");
        let finding = Diagnostic::new(Code::WeakerThanMarket, topic.origin.0, message);
        let finding = finding.also(market.origin.0, format!("`{market_name}` asks for it"));
        sink.push(
            finding.help("there its mails go only to those who subscribe; say who agreed before with `granted:`"),
        );
    }
}
