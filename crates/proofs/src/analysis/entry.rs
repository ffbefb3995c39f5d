//! Who can enter what, what is sent, and who can be subscribed.

use std::collections::{BTreeMap, BTreeSet};

use super::JourneyFacts;
use crate::ir::journey::{Action, EntryBy};
use crate::ir::{Campaign, Consent, Name, Value};

/// Journeys that no lead can ever enter.
pub(super) fn unentered(campaign: &Campaign, facts: &BTreeMap<Name, JourneyFacts>) -> BTreeSet<Name> {
    let sent = sent(campaign);
    let mut entered: BTreeSet<Name> = BTreeSet::new();
    let mut open: Vec<&Name> = campaign
        .journeys
        .iter()
        .filter(|(_, journey)| lets_leads_in(campaign, &sent, &journey.entry.by))
        .map(|(name, _)| name)
        .collect();
    while let Some(name) = open.pop() {
        if entered.insert(name.clone()) {
            open.extend(started_by(campaign, facts, name));
        }
    }
    campaign.journeys.keys().filter(|name| !entered.contains(*name)).cloned().collect()
}

/// Whether leads come in without another journey's help.
fn lets_leads_in(campaign: &Campaign, sent: &BTreeSet<Name>, by: &EntryBy) -> bool {
    match by {
        EntryBy::Called => false,
        EntryBy::Segment { .. } | EntryBy::Schedule { .. } => true,
        EntryBy::Event { event, .. } => can_happen(campaign, sent, event),
    }
}

/// Whether an event can happen at all. Events of the project's own tracking plan come from outside.
pub(super) fn can_happen(campaign: &Campaign, sent: &BTreeSet<Name>, event: &str) -> bool {
    match event {
        "stage_changed" => campaign.lifecycle.is_some(),
        "email_sent" | "email_delivered" | "email_bounced" | "email_opened" | "email_clicked" => {
            sent.iter().any(|name| campaign.emails.contains_key(name))
        }
        "complained" => !sent.is_empty(),
        "message_sent" | "message_delivered" | "message_failed" | "message_opened" | "message_clicked" => {
            sent.iter().any(|name| campaign.messages.contains_key(name))
        }
        "subscription_expired" => campaign.topics.values().any(|topic| topic.confirmation.is_some()),
        "engagement_changed" => campaign.policies.permission.sunset.is_some(),
        "task_created" => steps(campaign).any(|action| matches!(action, Action::Task { .. })),
        "synced" => steps(campaign).any(|action| matches!(action, Action::Sync { .. })),
        "audience_added" => steps(campaign).any(|action| matches!(action, Action::Audience { add: true, .. })),
        "audience_removed" => steps(campaign).any(|action| matches!(action, Action::Audience { add: false, .. })),
        "webhook_called" => steps(campaign).any(|action| matches!(action, Action::Webhook { .. })),
        _ => true,
    }
}

/// Journeys that a reached step of `name` starts.
fn started_by<'c>(campaign: &'c Campaign, facts: &BTreeMap<Name, JourneyFacts>, name: &Name) -> Vec<&'c Name> {
    let Some(journey) = campaign.journeys.get(name) else { return Vec::new() };
    let reached = facts.get(name).map_or(&[][..], |facts| &facts.reached);
    journey
        .steps
        .iter()
        .zip(reached)
        .filter(|(_, reached)| **reached)
        .filter_map(|(step, _)| match &step.action {
            Action::Start { journey } => campaign.journeys.get_key_value(journey).map(|(name, _)| name),
            _ => None,
        })
        .collect()
}

/// Emails and messages that some step sends, and emails that ask for a confirmation.
pub(super) fn sent(campaign: &Campaign) -> BTreeSet<Name> {
    let content = |action: &Action| match action {
        Action::Send { content, .. } => Some(content.clone()),
        _ => None,
    };
    let asking = campaign.topics.values().filter_map(|topic| topic.confirmation.as_ref());
    let asking = asking.flat_map(|confirmation| confirmation.emails().map(|(email, _)| email.clone()));
    steps(campaign).filter_map(content).chain(asking).collect()
}

/// Topics that something subscribes leads to.
pub(super) fn subscribable(campaign: &Campaign) -> BTreeSet<Name> {
    let mut topics: BTreeSet<Name> = campaign
        .topics
        .iter()
        .filter(|(_, topic)| {
            topic.granted.is_some() || matches!(topic.consent, Consent::OptOut | Consent::Transactional)
        })
        .map(|(name, _)| name.clone())
        .collect();
    topics.extend(campaign.forms.values().filter_map(|form| form.consent.as_ref()).map(|asked| asked.topic.clone()));
    for action in steps(campaign) {
        match action {
            Action::Topic { topic, subscribe: true } => {
                topics.insert(topic.clone());
            }
            Action::Emit { event, with } => topics.extend(subscribed_by(event, with)),
            _ => {}
        }
    }
    let of_messages = campaign.messages.values().flat_map(|message| &message.outcomes);
    for outcome in steps(campaign).flat_map(Action::outcomes).chain(of_messages) {
        topics.extend(subscribed_by(&outcome.event, &outcome.with));
    }
    for does in campaign.personas.iter().flat_map(|persona| &persona.behavior.does) {
        topics.extend(subscribed_by(&does.event, &does.with));
    }
    topics
}

fn subscribed_by(event: &str, with: &BTreeMap<Name, Value>) -> Option<Name> {
    match (event, with.get("topic")) {
        ("subscribed", Some(Value::Text(topic))) => Some(topic.clone()),
        _ => None,
    }
}

pub(super) fn steps(campaign: &Campaign) -> impl Iterator<Item = &Action> {
    campaign.journeys.values().flat_map(|journey| &journey.steps).map(|step| &step.action)
}
