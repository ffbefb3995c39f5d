//! `shadowed-market`: whoever lives in the market lives in one before it, and the first that matches counts.

use super::Context;
use crate::diag::{Code, Diagnostic, Sink};

pub(super) fn check(context: Context<'_>, sink: &mut Sink) {
    let markets = &context.resolution.campaign.policies.permission.markets;
    let find = |name: &str| markets.iter().find(|market| market.name == name);
    for (name, earlier) in &context.facts.matching.shadowed_markets {
        let Some(market) = find(name) else { continue };
        let names: Vec<String> = earlier.iter().map(|name| format!("`{name}`")).collect();
        let message = match names.as_slice() {
            [one] => format!("the law of the market `{name}` holds for nobody: whoever matches it is in {one} before"),
            all => {
                let all = all.join(", ");
                format!("the law of the market `{name}` holds for nobody: whoever matches it is in one of {all} before")
            }
        };
        let mut finding = Diagnostic::new(Code::ShadowedMarket, market.when.origin.0, message);
        for before in earlier.iter().filter_map(|name| find(name)) {
            finding = finding.also(before.when.origin.0, format!("`{}` comes first", before.name));
        }
        sink.push(finding.help(format!("write `{name}` before, or let the others match fewer")));
    }
}
