//! What an event about subscriptions takes away: whoever hears it in its second may not be mailed. Nor does a market
//! imply the consent of those who have left.
//!
//! In: an event with its filter, and a topic. Out: whether the topic is certainly left. Never: what comes later.

use crate::ir::expr::{Cmp, Expr};
use crate::ir::journey::Action;
use crate::ir::permission::Then;
use crate::ir::{Campaign, Condition, Name, Value};

/// Whether nobody who has just had this event, and met its filter, may be mailed about a topic.
pub(super) fn is_left(campaign: &Campaign, event: &str, filter: Option<&Condition>, topic: &Name) -> bool {
    match event {
        // For good.
        "complained" => true,
        "unsubscribed" => is_about(campaign, filter, topic),
        // A market may imply the consent of who never confirmed.
        "subscription_expired" => {
            let implied = campaign.policies.permission.markets.iter().any(|market| market.implied.is_some());
            !implied && is_about(campaign, filter, topic)
        }
        "preferences_changed" => {
            let is_out = filter.is_some_and(|filter| asks(&filter.expr, "choice", "out"));
            is_out && is_about(campaign, filter, topic)
        }
        "engagement_changed" => {
            let then = campaign.policies.permission.sunset.as_ref().map(|sunset| sunset.then);
            let is_sunset = filter.is_some_and(|filter| asks(&filter.expr, "to", "sunset"));
            is_sunset && then == Some(Then::Unsubscribe) && !comes_back(campaign, topic)
        }
        _ => false,
    }
}

/// Whether an event that ends a subscription is about this topic, and no step begins it anew.
fn is_about(campaign: &Campaign, filter: Option<&Condition>, topic: &Name) -> bool {
    let is_only = campaign.marketing_topics().count() == 1;
    !comes_back(campaign, topic) && (is_only || filter.is_some_and(|filter| names(&filter.expr, topic)))
}

/// Whether a step subscribes leads to a topic, perhaps in the very second in which they leave it.
fn comes_back(campaign: &Campaign, topic: &Name) -> bool {
    let mut steps = campaign.journeys.values().flat_map(|journey| &journey.steps);
    steps.any(|step| matches!(&step.action, Action::Topic { topic: of, subscribe: true } if of == topic))
}

/// Whether a condition asks that an event names this topic, or none, which means all.
fn names(filter: &Expr, topic: &Name) -> bool {
    let is_absent = |part: &Expr| matches!(part, Expr::IsAbsent { of } if is_property(of, "topic"));
    let parts = if let Expr::All { of } = filter { of.as_slice() } else { std::slice::from_ref(filter) };
    asks(filter, "topic", topic) || parts.iter().any(is_absent)
}

/// Whether a condition on an event asks for this text as one of its properties.
pub(in crate::analysis) fn asks(filter: &Expr, property: &str, text: &str) -> bool {
    match filter {
        Expr::All { of } => of.iter().any(|part| asks(part, property, text)),
        Expr::Compare { cmp: Cmp::Eq, left, right } => [(left, right), (right, left)].into_iter().any(|(of, value)| {
            let is_text = matches!(&**value, Expr::Const { value: Value::Text(known) } if known == text);
            is_property(of, property) && is_text
        }),
        _ => false,
    }
}

fn is_property(of: &Expr, property: &str) -> bool {
    matches!(of, Expr::EventProperty { name } if name == property)
}
