//! Every condition of a campaign that leads are held against, with where it stands.

use crate::ir::journey::{Action, EntryBy};
use crate::ir::{Campaign, Cause, Condition, Name};

/// A condition, the event at hand, and what it is for.
#[derive(Clone, Copy, Debug)]
pub struct Posed<'c> {
    /// The condition.
    pub condition: &'c Condition,
    /// The event whose properties it may ask for.
    pub event: Option<&'c Name>,
    /// Where it stands.
    pub place: Place<'c>,
}

/// What a condition is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'c> {
    /// Who belongs to a segment.
    Segment(&'c Name),
    /// Who a persona is.
    Persona(&'c Name),
    /// Of a journey, whose leads are known more closely: its entry, `exit_when`, goal and branches.
    Journey(&'c Name),
    /// Anything else: rules of scores and grades, moves, markets, what personas do, what comes of steps.
    Other,
}

/// All of them, in the order of the campaign.
pub fn every(campaign: &Campaign) -> Vec<Posed<'_>> {
    let mut all = All(Vec::new());
    people(campaign, &mut all);
    for (name, journey) in &campaign.journeys {
        let place = Place::Journey(name);
        let event = match &journey.entry.by {
            EntryBy::Event { event, filter } => {
                all.pose(filter.as_ref(), Some(event), place);
                Some(event)
            }
            EntryBy::Segment { .. } | EntryBy::Schedule { .. } | EntryBy::Called => None,
        };
        all.pose(journey.entry.when.as_ref(), event, place);
        all.pose(journey.exit_when.as_ref(), None, place);
        all.pose(journey.goal.as_ref().map(|goal| &goal.when), None, place);
        for step in &journey.steps {
            match &step.action {
                Action::Branch { arms, .. } => arms.iter().for_each(|arm| all.pose(Some(&arm.when), None, place)),
                Action::WaitFor { event, filter, when, .. } => {
                    all.pose(filter.as_ref(), event.as_ref(), place);
                    all.pose(when.as_ref(), None, place);
                }
                action => {
                    for outcome in action.outcomes() {
                        all.pose(outcome.when.as_ref(), None, Place::Other);
                    }
                }
            }
        }
    }
    for outcome in campaign.messages.values().flat_map(|message| &message.outcomes) {
        all.pose(outcome.when.as_ref(), None, Place::Other);
    }
    all.0
}

struct All<'c>(Vec<Posed<'c>>);

impl<'c> All<'c> {
    fn pose(&mut self, condition: Option<&'c Condition>, event: Option<&'c Name>, place: Place<'c>) {
        self.0.extend(condition.map(|condition| Posed { condition, event, place }));
    }
}

/// Conditions about who somebody is.
fn people<'c>(campaign: &'c Campaign, all: &mut All<'c>) {
    for persona in &campaign.personas {
        all.pose(Some(&persona.matches), None, Place::Persona(&persona.name));
        all.pose(persona.behavior.when.as_ref(), None, Place::Other);
        for does in &persona.behavior.does {
            all.pose(does.when.as_ref(), None, Place::Other);
            if let Cause::After { event, filter, .. } = &does.cause {
                all.pose(filter.as_ref(), Some(event), Place::Other);
            }
        }
    }
    for rule in campaign.scoring.values().flat_map(|scoring| &scoring.rules) {
        all.pose(rule.filter.as_ref(), Some(&rule.event), Place::Other);
    }
    for rule in campaign.grading.values().flat_map(|grading| &grading.rules) {
        all.pose(Some(&rule.when), None, Place::Other);
    }
    for step in campaign.lifecycle.iter().flat_map(|lifecycle| &lifecycle.moves) {
        all.pose(step.when.as_ref(), step.event.as_ref(), Place::Other);
        all.pose(step.filter.as_ref(), step.event.as_ref(), Place::Other);
    }
    for (name, segment) in &campaign.segments {
        all.pose(Some(&segment.when), None, Place::Segment(name));
    }
    for topic in campaign.topics.values() {
        all.pose(topic.granted.as_ref(), None, Place::Other);
    }
    for market in &campaign.policies.permission.markets {
        all.pose(Some(&market.when), None, Place::Other);
    }
}
