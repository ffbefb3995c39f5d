//! Who can enter what, what is sent, and who can be subscribed.

use std::collections::{BTreeMap, BTreeSet};

use super::conditions::{Asked, Assignment, Cell, TermKind, Terms, Written};
use crate::ir::expr::{Cmp, Expr};
use crate::ir::journey::{Action, EntryBy};
use crate::ir::{Campaign, Condition, Consent, Journey, Name, Value};
use crate::text::Origin;

/// Events that nothing makes but journeys, and mails that topics send by themselves.
pub const MADE_BY_JOURNEYS: [&str; 4] = ["journey_entered", "journey_ended", "email_sent", "message_sent"];

/// Journeys that no lead can ever enter: what would let leads in cannot happen, or only such journeys do it. Of a journey
/// that is entered, the steps count that are `reached`. While the meaning of the campaign is open, no condition is looked at.
pub(super) fn unentered(
    campaign: &Campaign,
    written: &Written,
    is_open: bool,
    reached: &dyn Fn(&Name, usize) -> bool,
) -> BTreeSet<Name> {
    let sent = sent(campaign);
    let mut made = Made { is_open, ..Made::by_topics(campaign) };
    let mut left: Vec<(&Name, &Journey)> = campaign.journeys.iter().collect();
    loop {
        let lets_in = |(name, journey): &(&Name, &Journey)| {
            made.started.contains(*name) || lets_leads_in(campaign, written, &sent, &made, &journey.entry.by)
        };
        let (entered, others): (Vec<_>, Vec<_>) = left.into_iter().partition(lets_in);
        left = others;
        if entered.is_empty() {
            return left.into_iter().map(|(name, _)| name.clone()).collect();
        }
        for (name, journey) in entered {
            made.add(campaign, name, journey, reached);
        }
    }
}

/// What an event that a run makes says of itself: property and value.
type Said<'c> = Vec<(&'static str, &'c str)>;

/// What the journeys do that leads can enter, as far as it lets leads in to others.
#[derive(Default)]
pub(super) struct Made<'c> {
    started: BTreeSet<&'c Name>,
    /// Whether what conditions mean is open.
    is_open: bool,
    /// Of events that journeys make by being gone through.
    events: BTreeMap<&'static str, Vec<Said<'c>>>,
}

impl<'c> Made<'c> {
    /// What topics send by themselves.
    fn by_topics(campaign: &'c Campaign) -> Made<'c> {
        let mut made = Made::default();
        let confirmations = campaign.topics.values().filter_map(|topic| topic.confirmation.as_ref());
        for (email, _) in confirmations.flat_map(|confirmation| confirmation.emails()) {
            made.event("email_sent", vec![("email", email)]);
        }
        made
    }

    /// What journeys do if all of them are gone through, and topics beside them.
    pub(super) fn by_all(campaign: &'c Campaign) -> Made<'c> {
        let mut made = Made::by_topics(campaign);
        for (name, journey) in &campaign.journeys {
            made.add(campaign, name, journey, &|_, _| true);
        }
        made
    }

    fn event(&mut self, event: &'static str, said: Said<'c>) {
        self.events.entry(event).or_default().push(said);
    }

    fn add(
        &mut self,
        campaign: &'c Campaign,
        name: &'c Name,
        journey: &'c Journey,
        reached: &dyn Fn(&Name, usize) -> bool,
    ) {
        self.event("journey_entered", vec![("journey", name)]);
        let exits = journey.steps.iter().enumerate().filter_map(|(number, step)| match &step.action {
            Action::Exit { reason } if reached(name, number) => Some(reason.as_str()),
            _ => None,
        });
        let early = [("exit_when", journey.exit_when.is_some()), ("goal", journey.goal.is_some())];
        let early = early.into_iter().filter_map(|(reason, may_be)| may_be.then_some(reason));
        for reason in ["completed"].into_iter().chain(early).chain(exits) {
            self.event("journey_ended", vec![("journey", name), ("reason", reason)]);
        }
        for (number, step) in journey.steps.iter().enumerate() {
            match &step.action {
                Action::Start { journey } if reached(name, number) => {
                    self.started.insert(journey);
                }
                Action::Send { content, .. } => {
                    let (event, property) = match campaign.emails.contains_key(content) {
                        true => ("email_sent", "email"),
                        false => ("message_sent", "message"),
                    };
                    self.event(event, vec![(property, content), ("journey", name), ("step", &step.id)]);
                }
                _ => {}
            }
        }
    }

    /// Whether an event that a run makes itself may meet a condition on it; every other event may.
    pub(super) fn fits(
        &self,
        campaign: &Campaign,
        written: &Written,
        event: &Name,
        filter: Option<&Condition>,
    ) -> bool {
        let said: Vec<Said<'_>> = match event.as_str() {
            "stage_changed" => stage_changes(campaign).collect(),
            "engagement_changed" => engagement_changes(campaign).collect(),
            made if MADE_BY_JOURNEYS.contains(&made) => self.events.get(made).cloned().unwrap_or_default(),
            _ => return true,
        };
        let Some(filter) = filter.filter(|_| !self.is_open) else { return !said.is_empty() };
        // Each value that is said is told from all others.
        let values: BTreeSet<&(&str, &str)> = said.iter().flatten().collect();
        let told: Vec<Condition> = values.into_iter().map(|(property, value)| says(property, value)).collect();
        let asked = [filter].into_iter().chain(&told).map(|condition| Asked { condition, event: Some(event) });
        let terms = Terms::with(campaign, written, &asked.collect::<Vec<_>>());
        said.iter().any(|said| may_fit(&terms, said))
    }
}

/// That an event says this of itself.
fn says(property: &str, value: &str) -> Condition {
    let (of, value) = (Expr::EventProperty { name: property.to_owned() }, Value::Text(value.to_owned()));
    Condition::new(Expr::compare(of, Cmp::Eq, value), Origin::default())
}

/// Whether leads come in without a step that starts the journey.
fn lets_leads_in(campaign: &Campaign, written: &Written, sent: &BTreeSet<Name>, made: &Made<'_>, by: &EntryBy) -> bool {
    match by {
        EntryBy::Called => false,
        EntryBy::Segment { .. } | EntryBy::Schedule { .. } => true,
        EntryBy::Event { event, filter } => {
            let is_unfiltered = filter.is_none() && !MADE_BY_JOURNEYS.contains(&event.as_str());
            can_happen(campaign, sent, event) && (is_unfiltered || made.fits(campaign, written, event, filter.as_ref()))
        }
    }
}

/// What each way from a stage to another says of itself.
fn stage_changes(campaign: &Campaign) -> impl Iterator<Item = Said<'_>> {
    let moves = campaign.lifecycle.iter().flat_map(|lifecycle| &lifecycle.moves);
    let by_steps = steps(campaign).filter_map(|action| match action {
        Action::Stage { stage } => Some(vec![("to", stage.as_str())]),
        _ => None,
    });
    moves.map(|each| vec![("from", each.from.as_str()), ("to", each.to.as_str())]).chain(by_steps)
}

/// How the interest of leads changes: they fall asleep, their sun sets, they wake.
fn engagement_changes(campaign: &Campaign) -> impl Iterator<Item = Said<'static>> {
    let sunset = campaign.policies.permission.sunset.as_ref();
    let (sleeps, wakes) = sunset.map_or((false, false), |sunset| (sunset.sleeping_secs.is_some(), sunset.wakes));
    let ways = [
        ("active", "sunset", true),
        ("active", "sleeping", sleeps),
        ("sleeping", "sunset", sleeps),
        ("sleeping", "active", sleeps),
        ("sunset", "active", wakes),
    ];
    ways.into_iter().filter(|(.., is)| *is).map(|(from, to, _)| vec![("from", from), ("to", to)])
}

/// What is known of an event that says these values of its properties; nothing of those it says nothing of.
pub(super) fn assigned(terms: &Terms, value: &dyn Fn(&str) -> Option<Value>) -> Assignment {
    let mut assignment = Assignment::default();
    for (number, term) in terms.terms.iter().enumerate() {
        let TermKind::EventProperty { property, .. } = &term.kind else { continue };
        let Some(value) = value(property) else { continue };
        let is_it = |cell: &Cell| cell.value.as_ref() == Some(&value);
        let cells = || term.cells.iter();
        assignment.set(number, cells().position(is_it).or_else(|| cells().position(|cell| cell.is_other)));
    }
    assignment
}

/// Whether the first condition of these terms may hold for an event that says this of itself.
fn may_fit(terms: &Terms, said: &[(&str, &str)]) -> bool {
    let value = |property: &str| {
        let said = said.iter().find(|(known, _)| *known == property);
        said.map(|(_, name)| Value::Text((*name).to_owned()))
    };
    let assignment = assigned(terms, &value);
    terms.formulas.first().is_none_or(|formula| terms.eval(formula, &assignment) != Some(false))
}

/// Whether an event can happen at all. Events of the project's own tracking plan come from outside.
pub(super) fn can_happen(campaign: &Campaign, sent: &BTreeSet<Name>, event: &str) -> bool {
    match event {
        "stage_changed" => {
            campaign.lifecycle.as_ref().is_some_and(|lifecycle| !lifecycle.moves.is_empty())
                || steps(campaign).any(|action| matches!(action, Action::Stage { .. }))
        }
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
    // Consent that a market takes from an event counts for all topics, and who hears of subscriptions expects them to be
    // made outside, of whichever topic.
    let implied = campaign.policies.permission.markets.iter().any(|market| market.implied.is_some());
    let is_about_consent = |event: &Name| matches!(event.as_str(), "subscribed" | "preferences_changed");
    let heard = campaign.journeys.values().any(|journey| {
        let waited = journey.steps.iter().filter_map(|step| match &step.action {
            Action::WaitFor { event, .. } => event.as_ref(),
            _ => None,
        });
        waited.chain(journey.entry.by.event()).any(is_about_consent)
    });
    if implied || heard {
        return campaign.topics.keys().cloned().collect();
    }
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
    let is_in = matches!(with.get("choice"), Some(Value::Text(choice)) if choice == "in");
    match (event, with.get("topic")) {
        ("subscribed", Some(Value::Text(topic))) => Some(topic.clone()),
        ("preferences_changed", Some(Value::Text(topic))) if is_in => Some(topic.clone()),
        _ => None,
    }
}

pub(super) fn steps(campaign: &Campaign) -> impl Iterator<Item = &Action> {
    campaign.journeys.values().flat_map(|journey| &journey.steps).map(|step| &step.action)
}
