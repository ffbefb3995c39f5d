//! A journey by itself: the campaign without the others, for questions that are about one.
//!
//! In: a campaign and a journey of its. Out: a campaign. Never: a bound.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::conditions::every;
use crate::ir::expr::Expr;
use crate::ir::journey::{Action, EntryBy};
use crate::ir::{Campaign, Name};

/// The campaign with this journey only, the mails that it sends or that ask for a confirmation, the segments that something
/// asks for, and all that belongs to no journey. Steps that start others go on. `None` if there is no such journey.
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
    let emails = sent.iter().filter_map(|name| campaign.emails.get_key_value(name));
    let mut alone = Campaign {
        settings: campaign.settings.clone(),
        fields: campaign.fields.clone(),
        events: campaign.events.clone(),
        tracking: campaign.tracking.clone(),
        personas: campaign.personas.clone(),
        scoring: campaign.scoring.clone(),
        grading: campaign.grading.clone(),
        lifecycle: campaign.lifecycle.clone(),
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
    };
    let asked = segments_of(&alone, campaign);
    let segments = asked.iter().filter_map(|name| campaign.segments.get_key_value(name));
    alone.segments = segments.map(|(name, segment)| (name.clone(), segment.clone())).collect();
    alone.segment_order = campaign.segment_order.iter().filter(|name| asked.contains(*name)).cloned().collect();
    Some(alone)
}

/// The segments that a campaign without segments asks for, themselves or by others.
fn segments_of(alone: &Campaign, all: &Campaign) -> BTreeSet<Name> {
    let entered = alone.journeys.values().filter_map(|journey| match &journey.entry.by {
        EntryBy::Segment { segment, .. } | EntryBy::Schedule { segment, .. } => Some(segment.clone()),
        EntryBy::Event { .. } | EntryBy::Called => None,
    });
    let mut open: Vec<Name> = entered.collect();
    let asks = |expr: &Expr, open: &mut Vec<Name>| {
        expr.visit(&mut |part| {
            if let Expr::InSegment { segment } = part {
                open.push(segment.clone());
            }
        });
    };
    let posed = every(alone);
    let touches = alone.sources.values().flat_map(|source| &source.touched_by).filter_map(|by| by.filter.as_ref());
    let recorded = alone.tracking.iter().map(|tracking| &tracking.consent);
    let conditions = posed.iter().map(|posed| posed.condition).chain(touches).chain(recorded);
    conditions.for_each(|condition| asks(&condition.expr, &mut open));
    let mut asked = BTreeSet::new();
    while let Some(name) = open.pop() {
        if let Some(segment) = all.segments.get(&name).filter(|_| asked.insert(name.clone())) {
            asks(&segment.when.expr, &mut open);
        }
    }
    asked
}
