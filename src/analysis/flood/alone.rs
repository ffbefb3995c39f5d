//! A journey by itself: the campaign without the others, for questions that are about one.
//!
//! In: a campaign and a journey of its. Out: a campaign. Never: a bound.

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::journey::Action;
use crate::ir::{Campaign, Name};

/// The campaign with this journey only, the mails that it sends or that ask for a confirmation, and all that belongs to no
/// journey. Steps that start others go on. `None` if there is no such journey.
pub fn alone(campaign: &Campaign, name: &Name) -> Option<Campaign> {
    let mut journey = campaign.journeys.get(name)?.clone();
    let confirmations = campaign.topics.values().filter_map(|topic| topic.confirmation.as_ref());
    let mut sent: BTreeSet<Name> =
        confirmations.flat_map(|asked| asked.emails()).map(|(email, _)| email.clone()).collect();
    for step in &mut journey.steps {
        match &step.action {
            Action::Send { content, .. } => {
                sent.insert(content.clone());
            }
            Action::Start { journey } if journey != name => step.action = Action::Goto,
            _ => {}
        }
    }
    let emails = campaign.emails.iter().filter(|(name, _)| sent.contains(*name));
    Some(Campaign {
        settings: campaign.settings.clone(),
        fields: campaign.fields.clone(),
        events: campaign.events.clone(),
        tracking: campaign.tracking.clone(),
        personas: campaign.personas.clone(),
        scoring: campaign.scoring.clone(),
        grading: campaign.grading.clone(),
        lifecycle: campaign.lifecycle.clone(),
        segments: campaign.segments.clone(),
        segment_order: campaign.segment_order.clone(),
        lists: campaign.lists.clone(),
        topics: campaign.topics.clone(),
        senders: campaign.senders.clone(),
        calendars: campaign.calendars.clone(),
        policies: campaign.policies.clone(),
        channels: campaign.channels.clone(),
        emails: emails.map(|(name, email)| (name.clone(), email.clone())).collect(),
        messages: campaign.messages.clone(),
        integrations: campaign.integrations.clone(),
        journeys: BTreeMap::from([(name.clone(), journey)]),
        sources: campaign.sources.clone(),
        pages: campaign.pages.clone(),
        forms: campaign.forms.clone(),
        catalogs: campaign.catalogs.clone(),
        ..Campaign::default()
    })
}
