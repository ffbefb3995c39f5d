//! Who confirms what.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::steps;
use crate::ir::journey::Action;
use crate::ir::{Campaign, Name, Value};

/// Topics to which something confirms subscriptions: a flow of their own, a step, or what a persona does.
pub(super) fn confirmable(campaign: &Campaign) -> BTreeSet<Name> {
    let own = campaign.topics.iter().filter(|(_, topic)| topic.confirmation.is_some()).map(|(name, _)| name.clone());
    let mut topics: BTreeSet<Name> = own.collect();
    let made = steps(campaign).filter_map(|action| match action {
        Action::Emit { event, with } => Some((event, with)),
        _ => None,
    });
    let does =
        campaign.personas.iter().flat_map(|persona| &persona.behavior.does).map(|does| (&does.event, &does.with));
    for (event, with) in made.chain(does) {
        if event == "subscription_confirmed" {
            topics.extend(confirmed_by(campaign, with));
        }
    }
    topics
}

/// The topic that a confirmation names; without one it is about all.
fn confirmed_by(campaign: &Campaign, with: &BTreeMap<Name, Value>) -> Vec<Name> {
    match with.get("topic") {
        Some(Value::Text(topic)) => vec![topic.clone()],
        Some(_) | None => campaign.topics.keys().cloned().collect(),
    }
}
