//! What definitions hear of what journeys do: which mails were sent, who is in a journey, who moved between stages.
//!
//! In: a campaign. Out: by address of a definition, the addresses of mails, topics, journeys and events of whose happening it
//! hears. Never: whether that makes a difference.

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::builtin::EVENTS;
use crate::ir::expr::Cmp;
use crate::ir::journey::{Action, EntryBy};
use crate::ir::{Again, Campaign, Condition, Expr, Journey, Name, Topic, Value};

/// What each definition hears of, by address.
pub(super) type Heard = BTreeMap<String, BTreeSet<String>>;

/// The event that is made by every move between stages.
pub(super) const MOVES: &str = "events.stage_changed";

/// Finds out what is heard of.
pub(super) fn heard(campaign: &Campaign) -> Heard {
    let mut found = Heard::new();
    let mut note = |address: String, look: &dyn Fn(&mut Ears<'_>)| {
        let mut ears = Ears { campaign, heard: BTreeSet::new() };
        look(&mut ears);
        if !ears.heard.is_empty() {
            found.entry(address).or_default().append(&mut ears.heard);
        }
    };
    for (name, journey) in &campaign.journeys {
        note(format!("journeys.{name}"), &|ears| ears.journey(journey));
    }
    for (name, segment) in &campaign.segments {
        note(format!("segments.{name}"), &|ears| ears.condition(&segment.when));
    }
    for (name, model) in &campaign.scoring {
        note(format!("scoring.{name}"), &|ears| {
            model.rules.iter().for_each(|rule| ears.event(&rule.event, rule.filter.as_ref()));
        });
    }
    for (name, model) in &campaign.grading {
        note(format!("grading.{name}"), &|ears| model.rules.iter().for_each(|rule| ears.condition(&rule.when)));
    }
    note("personas".to_owned(), &|ears| {
        campaign.personas.iter().for_each(|persona| ears.condition(&persona.matches));
    });
    note("lifecycle".to_owned(), &|ears| {
        for one in campaign.lifecycle.iter().flat_map(|lifecycle| &lifecycle.moves) {
            one.event.iter().for_each(|event| ears.event(event, one.filter.as_ref()));
            one.when.iter().for_each(|when| ears.condition(when));
        }
    });
    note("events.engagement_changed".to_owned(), &|ears| {
        let interest = campaign.policies.permission.sunset.iter().flat_map(|sunset| &sunset.without);
        interest.for_each(|event| ears.event(event, None));
    });
    if campaign.lifecycle.is_some() {
        found.entry(MOVES.to_owned()).or_default().insert("lifecycle".to_owned());
    }
    found
}

/// The address of something that is sent.
pub(super) fn mail(campaign: &Campaign, content: &Name) -> String {
    let kind = if campaign.messages.contains_key(content) { "messages" } else { "emails" };
    format!("{kind}.{content}")
}

/// Whether a mail or a journey of an address is none of this campaign.
pub(super) fn is_gone(campaign: &Campaign, address: &str) -> bool {
    match address.split_once('.') {
        Some(("emails", name)) => !campaign.emails.contains_key(name),
        Some(("messages", name)) => !campaign.messages.contains_key(name),
        Some(("journeys", name)) => !campaign.journeys.contains_key(name),
        Some(_) | None => false,
    }
}

/// Listens for one definition.
struct Ears<'c> {
    campaign: &'c Campaign,
    heard: BTreeSet<String>,
}

impl Ears<'_> {
    fn journey(&mut self, journey: &Journey) {
        if let EntryBy::Event { event, filter } = &journey.entry.by {
            self.event(event, filter.as_ref());
        }
        let goal = journey.goal.as_ref().map(|goal| &goal.when);
        let own = [journey.entry.when.as_ref(), journey.exit_when.as_ref(), goal];
        own.into_iter().flatten().for_each(|condition| self.condition(condition));
        for step in &journey.steps {
            match &step.action {
                Action::Branch { arms, .. } => arms.iter().for_each(|arm| self.condition(&arm.when)),
                Action::WaitFor { event, filter, when, .. } => {
                    event.iter().for_each(|event| self.event(event, filter.as_ref()));
                    when.iter().for_each(|when| self.condition(when));
                }
                Action::Send { content, .. } => self.send(content),
                _ => {}
            }
        }
    }

    /// A mail that comes only so often hears of itself, and any of marketing hears who is subscribed.
    fn send(&mut self, content: &Name) {
        let email = self.campaign.emails.get(content).map(|email| (email.repeat, &email.topic));
        let message = || self.campaign.messages.get(content).map(|message| (message.repeat, &message.topic));
        let Some((repeat, topic)) = email.or_else(message) else { return };
        if repeat != Again::Always {
            self.heard.insert(mail(self.campaign, content));
        }
        if self.campaign.topics.get(topic).is_some_and(Topic::is_marketing) {
            self.heard.insert(format!("topics.{topic}"));
        }
    }

    fn condition(&mut self, condition: &Condition) {
        self.expr(&condition.expr);
    }

    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Received { content, .. } => _ = self.heard.insert(mail(self.campaign, content)),
            Expr::InJourney { journey } | Expr::Finished { journey } => {
                self.heard.insert(format!("journeys.{journey}"));
            }
            Expr::Count { of } | Expr::DaysSince { of } => self.event_where(&of.event, of.filter.as_deref()),
            _ => {}
        }
        expr.children().into_iter().for_each(|part| self.expr(part));
    }

    fn event(&mut self, event: &Name, filter: Option<&Condition>) {
        self.event_where(event, filter.map(|filter| &filter.expr));
        filter.into_iter().for_each(|filter| self.condition(filter));
    }

    fn event_where(&mut self, event: &Name, filter: Option<&Expr>) {
        if event == "engagement_changed" {
            self.heard.insert("events.engagement_changed".to_owned());
        }
        if matches!(event.as_str(), "journey_entered" | "journey_ended") {
            let meant = self.campaign.journeys.keys().filter(|name| may_be(filter, &[("journey", name)]));
            self.heard.extend(meant.map(|name| format!("journeys.{name}")));
        }
        let Some((_, properties)) = EVENTS.iter().find(|(name, _)| name == event) else { return };
        if properties.contains(&"email") {
            let emails = self.campaign.emails.iter();
            let meant = emails.filter(|(name, of)| may_be(filter, &[("email", name), ("topic", &of.topic)]));
            self.heard.extend(meant.map(|(name, _)| format!("emails.{name}")));
        }
        if properties.contains(&"message") {
            let messages = self.campaign.messages.iter();
            let meant = messages.filter(|(name, of)| may_be(filter, &[("message", name), ("topic", &of.topic)]));
            self.heard.extend(meant.map(|(name, _)| format!("messages.{name}")));
        }
    }
}

/// Whether a filter may fit an event of which some properties are known.
fn may_be(filter: Option<&Expr>, known: &[(&str, &Name)]) -> bool {
    let value_of = |of: &Expr| match of {
        Expr::EventProperty { name } => known.iter().find(|(property, _)| property == name).map(|(_, value)| *value),
        _ => None,
    };
    let Some(filter) = filter else { return true };
    match filter {
        Expr::All { of } => of.iter().all(|part| may_be(Some(part), known)),
        Expr::Any { of } => of.iter().any(|part| may_be(Some(part), known)),
        Expr::Compare { cmp: Cmp::Eq, left, right } => {
            [(left, right), (right, left)].into_iter().all(|(of, with)| match (value_of(of), &**with) {
                (Some(value), Expr::Const { value: Value::Text(text) }) => value == text,
                _ => true,
            })
        }
        Expr::OneOf { of, values } => match value_of(of) {
            Some(value) => values.iter().any(|one| matches!(one, Value::Text(text) if text == value)),
            None => true,
        },
        _ => true,
    }
}
