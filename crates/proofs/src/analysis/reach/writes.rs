//! What the steps of journeys change at once.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::conditions::{Lasting, Part, Term, TermKind, Written};
use crate::analysis::sent::may_hold;
use crate::ir::journey::Action;
use crate::ir::{Campaign, Channel, Name};

/// What the steps of a campaign change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Writes {
    /// By what is changed, the journeys whose steps change it, in their order.
    by_part: BTreeMap<Part, Vec<Name>>,
    /// Fields that events set, lists that a policy fills, and the stage if there are moves: these change without any step.
    outside: BTreeSet<Part>,
    /// Journeys that a `start` step names.
    started: BTreeSet<Name>,
    /// Whether a mail may be held, so that others come in between a send and what follows.
    pub(super) may_hold: bool,
}

impl Writes {
    /// Finds out what the steps of a campaign change.
    pub fn of(campaign: &Campaign, written: &Written) -> Writes {
        let mut writes = Writes { may_hold: may_hold(campaign), ..Writes::default() };
        for (name, journey) in &campaign.journeys {
            let mut parts: Vec<Part> = Vec::new();
            for step in &journey.steps {
                if let Action::Start { journey } = &step.action {
                    writes.started.insert(journey.clone());
                }
                parts.extend(changed_itself(&step.action));
            }
            if journey.steps.iter().any(|step| changes_addresses(&step.action)) {
                parts.extend(addresses());
            }
            for part in parts {
                let journeys = writes.by_part.entry(part).or_default();
                // Journeys come one after the other.
                if journeys.last() != Some(name) {
                    journeys.push(name.clone());
                }
            }
        }
        writes.outside.extend(written.by_events.iter().cloned().map(Part::Field));
        writes.outside.extend(written.lists_by_policy.iter().cloned().map(Part::List));
        if campaign.lifecycle.as_ref().is_some_and(|lifecycle| !lifecycle.moves.is_empty()) {
            writes.outside.insert(Part::Stage);
        }
        writes
    }

    /// Whether a `start` step names the journey.
    pub(super) fn starts(&self, journey: &Name) -> bool {
        self.started.contains(journey)
    }

    /// Whether some step may change the term between two steps of one cascade. Instances come and go as well.
    pub fn by_steps(&self, term: &Term) -> bool {
        term.reads.iter().any(|part| matches!(part, Part::Journey(_)) || self.by_part.contains_key(part))
    }

    /// Whether a step of another journey may change the term, or of another instance of this one if it has several.
    pub(super) fn by_others(&self, term: &Term, journey: &Name, several: bool) -> bool {
        let others = |part: &Part| {
            self.by_part.get(part).is_some_and(|names| several || names.iter().any(|name| name != journey))
        };
        term.reads.iter().any(|part| matches!(part, Part::Journey(_)) || others(part))
    }

    /// Whether nothing but the steps of this journey changes the term, so that it stays as it is while an instance waits.
    pub(super) fn stays(&self, term: &Term, journey: &Name, several: bool) -> bool {
        if term.lasting == Lasting::Fixed {
            return true;
        }
        let can_stay = |part: &Part| match part {
            Part::Field(_) | Part::List(_) | Part::Stage => !self.outside.contains(part),
            Part::Score(_)
            | Part::Segment(_)
            | Part::Topic(_)
            | Part::Address(_)
            | Part::Event(_)
            | Part::Content(_)
            | Part::Journey(_)
            | Part::Catalog(_)
            | Part::Clock
            | Part::AtHand => false,
        };
        !matches!(term.kind, TermKind::InSegment(_) | TermKind::Reached(_))
            && term.reads.iter().all(can_stay)
            && !self.by_others(term, journey, several)
    }
}

/// What a step changes at once.
pub(in crate::analysis) fn changed(action: &Action) -> Vec<Part> {
    let mut parts = changed_itself(action);
    parts.extend(addresses().filter(|_| changes_addresses(action)));
    parts
}

/// Whether a step changes what is known of addresses: what cannot be delivered says something about one, and a field may be
/// part of one.
fn changes_addresses(action: &Action) -> bool {
    matches!(action, Action::Send { .. } | Action::Set { .. })
}

/// What a step changes at once besides addresses.
fn changed_itself(action: &Action) -> Vec<Part> {
    match action {
        Action::Send { content, .. } => vec![Part::Content(content.clone())],
        Action::Set { values } => values.keys().cloned().map(Part::Field).collect(),
        Action::Score { points } => points.keys().cloned().map(Part::Score).collect(),
        Action::Stage { .. } => vec![Part::Stage],
        Action::List { list, .. } | Action::Audience { list, .. } => vec![Part::List(list.clone())],
        Action::Topic { topic, .. } => vec![Part::Topic(topic.clone())],
        Action::Wait { .. }
        | Action::WaitUntil { .. }
        | Action::WaitUntilDate { .. }
        | Action::WaitBestTime
        | Action::WaitFor { .. }
        | Action::Branch { .. }
        | Action::Split { .. }
        | Action::Task { .. }
        | Action::Sync { .. }
        | Action::Webhook { .. }
        | Action::Emit { .. }
        | Action::Start { .. }
        | Action::Goto
        | Action::Exit { .. } => Vec::new(),
    }
}

/// What is known of addresses, by channel.
fn addresses() -> impl Iterator<Item = Part> {
    Channel::ALL.into_iter().map(Part::Address)
}
