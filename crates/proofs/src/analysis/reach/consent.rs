//! What an event about subscriptions takes away: whoever hears it in its second may not be mailed. Nor does a market
//! imply the consent of those who have left.
//!
//! In: an event with its filter, and a topic. Out: whether the topic is certainly left. Never: what comes later.

use crate::ir::expr::{Cmp, Expr};
use crate::ir::journey::Action;
use crate::ir::{Campaign, Condition, Name, Value};

/// Whether nobody who has just had this event, and met its filter, may be mailed about a topic.
pub(super) fn is_left(campaign: &Campaign, event: &str, filter: Option<&Condition>, topic: &Name) -> bool {
    match event {
        // For good.
        "complained" => true,
        "unsubscribed" => {
            let mut steps = campaign.journeys.values().flat_map(|journey| &journey.steps);
            let comes_back =
                steps.any(|step| matches!(&step.action, Action::Topic { topic: of, subscribe: true } if of == topic));
            let is_only = campaign.marketing_topics().count() == 1;
            !comes_back && (is_only || filter.is_some_and(|filter| names(&filter.expr, topic)))
        }
        _ => false,
    }
}

/// Whether a condition asks that an event names this topic, or none, which means all.
fn names(filter: &Expr, topic: &Name) -> bool {
    let is_topic = |of: &Expr| matches!(of, Expr::EventProperty { name } if name == "topic");
    match filter {
        Expr::All { of } => of.iter().any(|part| names(part, topic)),
        Expr::IsAbsent { of } => is_topic(of),
        Expr::Compare { cmp: Cmp::Eq, left, right } => [(left, right), (right, left)].into_iter().any(|(of, value)| {
            is_topic(of) && matches!(&**value, Expr::Const { value: Value::Text(text) } if text == topic)
        }),
        _ => false,
    }
}
