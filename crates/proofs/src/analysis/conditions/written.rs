//! What may change for a lead once it has come in.

use std::collections::BTreeSet;

use crate::ir::journey::Action;
use crate::ir::{Campaign, Name};

/// What steps, events, touches and policies write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Fields that something sets.
    pub fields: BTreeSet<Name>,
    /// Of these, the ones that an event or a touch sets: they may change whenever time passes.
    pub by_events: BTreeSet<Name>,
    /// Lists that something changes.
    pub lists: BTreeSet<Name>,
    /// Of these, the ones that are filled and emptied by a policy: they may change whenever time passes.
    pub lists_by_policy: BTreeSet<Name>,
    /// Events that let leads into a journey which a step starts as well, without the event.
    pub started_instead: BTreeSet<Name>,
}

impl Written {
    /// Finds out what a campaign writes.
    pub fn of(campaign: &Campaign) -> Written {
        let set = campaign.events.values().flat_map(|event| event.sets.keys()).cloned();
        let touched = ["source", "last_source"].map(str::to_owned).into_iter();
        let touched = touched.filter(|name| !campaign.sources.is_empty() && campaign.fields.contains_key(name));
        let by_events: BTreeSet<Name> = set.chain(touched).collect();
        let sunset = campaign.policies.permission.sunset.iter();
        let lists_by_policy: BTreeSet<Name> = sunset.filter_map(|sunset| sunset.list.clone()).collect();
        let mut written = Written {
            fields: by_events.clone(),
            by_events,
            lists: lists_by_policy.clone(),
            lists_by_policy,
            started_instead: BTreeSet::new(),
        };
        for step in campaign.journeys.values().flat_map(|journey| &journey.steps) {
            match &step.action {
                Action::Set { values } => written.fields.extend(values.keys().cloned()),
                Action::List { list, .. } | Action::Audience { list, .. } => {
                    written.lists.insert(list.clone());
                }
                Action::Start { journey } => {
                    let started = campaign.journeys.get(journey);
                    written.started_instead.extend(started.and_then(|started| started.entry.by.event()).cloned());
                }
                Action::Send { .. }
                | Action::Wait { .. }
                | Action::WaitUntil { .. }
                | Action::WaitUntilDate { .. }
                | Action::WaitBestTime
                | Action::WaitFor { .. }
                | Action::Branch { .. }
                | Action::Split { .. }
                | Action::Score { .. }
                | Action::Stage { .. }
                | Action::Topic { .. }
                | Action::Task { .. }
                | Action::Sync { .. }
                | Action::Webhook { .. }
                | Action::Emit { .. }
                | Action::Goto
                | Action::Exit { .. } => {}
            }
        }
        written
    }
}
