//! Fields and events that every campaign has.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::value::TextFormat;
use super::{Channel, Event, Field, Name, Type};
use crate::text::Origin;

/// The fields `id`, `email`, `created_at` and `timezone`.
pub fn fields() -> BTreeMap<Name, Field> {
    let text = |format| Type::Text { format };
    BTreeMap::from([
        ("id".to_owned(), field(text(TextFormat::Plain), false)),
        ("email".to_owned(), field(text(TextFormat::Email), true)),
        ("created_at".to_owned(), field(Type::Datetime, true)),
        ("timezone".to_owned(), field(text(TextFormat::Plain), true)),
    ])
}

/// The fields `source` and `last_source`, which leads have once there are sources: those of the first and of the last
/// touch.
pub fn source_fields(sources: &[Name]) -> BTreeMap<Name, Field> {
    let values: Arc<[Name]> = sources.into();
    let one = |name: &str| (name.to_owned(), field(Type::Enum { values: values.clone() }, true));
    BTreeMap::from([one("source"), one("last_source")])
}

/// Built-in events and the names of their properties; all are text.
///
/// `journey` and `step` say which step the mail came from; `kind` of a bounce is `soft` or `hard`; `place` is where a lead
/// subscribed, such as a form.
pub const EVENTS: &[(&str, &[&str])] = &[
    ("lead_created", &[]),
    ("email_sent", &["email", "topic", "journey", "step"]),
    ("email_delivered", &["email", "topic", "journey", "step"]),
    ("email_bounced", &["email", "topic", "journey", "step", "kind"]),
    ("email_opened", &["email", "topic", "journey", "step"]),
    ("email_clicked", &["email", "topic", "journey", "step"]),
    ("message_sent", &["message", "channel", "topic", "journey", "step"]),
    ("message_delivered", &["message", "channel", "topic", "journey", "step"]),
    ("message_failed", &["message", "channel", "topic", "journey", "step", "kind"]),
    ("message_opened", &["message", "channel", "topic", "journey", "step"]),
    ("message_clicked", &["message", "channel", "topic", "journey", "step"]),
    ("unsubscribed", &["topic", "email", "message"]),
    ("complained", &["email", "topic", "message"]),
    ("subscribed", &["topic", "place"]),
    ("subscription_confirmed", &["topic"]),
    ("subscription_expired", &["topic"]),
    ("preferences_changed", &["topic", "choice", "email", "message"]),
    ("engagement_changed", &["from", "to"]),
    ("visited", &["page", "variant", "source"]),
    ("form_started", &["form", "page"]),
    ("stage_changed", &["from", "to"]),
    ("task_created", &["to", "journey", "step"]),
    ("synced", &["to", "journey", "step"]),
    ("audience_added", &["audience", "to", "journey", "step"]),
    ("audience_removed", &["audience", "to", "journey", "step"]),
    ("webhook_called", &["to", "journey", "step"]),
    ("journey_entered", &["journey"]),
    ("journey_ended", &["journey", "reason"]),
];

/// What `choice` of `preferences_changed` can be: to subscribe, to leave, to get nothing for a while, to get fewer, and to
/// take the last two back.
pub const CHOICES: [&str; 5] = ["in", "out", "pause", "fewer", "usual"];

/// Events about the subscription to a topic, or without one to all of marketing: nobody subscribes to a transactional topic.
pub const ABOUT_SUBSCRIPTIONS: &[&str] =
    &["unsubscribed", "subscribed", "subscription_confirmed", "subscription_expired", "preferences_changed"];

/// How much interest leads show, from much to none.
pub const ENGAGEMENT: [&str; 3] = ["active", "sleeping", "sunset"];

/// Those of [`EVENTS`] that nothing but the engine makes: steps and personas may not.
pub const ENGINE_ONLY: &[&str] = &[
    "lead_created",
    "email_sent",
    "email_delivered",
    "email_bounced",
    "email_opened",
    "email_clicked",
    "message_sent",
    "message_delivered",
    "message_failed",
    "message_opened",
    "message_clicked",
    "complained",
    "subscription_expired",
    "engagement_changed",
    "stage_changed",
    "task_created",
    "synced",
    "audience_added",
    "audience_removed",
    "webhook_called",
    "journey_entered",
    "journey_ended",
];

/// Why a message did not arrive: not this time; never; it was shown to nobody in time.
pub const FAILURES: [&str; 3] = ["failed", "invalid", "expired"];

/// Those of [`ENGINE_ONLY`] that the campaign brings about, and not the lead or the post: a run makes its own.
pub const MADE_BY_RUNS: &[&str] = &[
    "lead_created",
    "email_sent",
    "subscription_expired",
    "engagement_changed",
    "stage_changed",
    "task_created",
    "message_sent",
    "synced",
    "webhook_called",
    "audience_added",
    "audience_removed",
    "journey_entered",
    "journey_ended",
];

/// Names that properties of built-in events can hold.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    /// Names of emails.
    pub emails: Arc<[Name]>,
    /// Names of messages.
    pub messages: Arc<[Name]>,
    /// Names of lists.
    pub lists: Arc<[Name]>,
    /// Names of systems.
    pub integrations: Arc<[Name]>,
    /// Names of topics.
    pub topics: Arc<[Name]>,
    /// Names of topics to which leads subscribe.
    pub marketing: Arc<[Name]>,
    /// Names of journeys.
    pub journeys: Arc<[Name]>,
    /// Names of sources.
    pub sources: Arc<[Name]>,
    /// Names of pages.
    pub pages: Arc<[Name]>,
    /// Names of forms.
    pub forms: Arc<[Name]>,
    /// The stages.
    pub stages: Arc<[Name]>,
}

/// The built-in events. With a vocabulary, properties that name something can hold nothing else; without one they are
/// text, so that a campaign's events do not change with each new email.
pub fn events(vocabulary: Option<&Vocabulary>) -> BTreeMap<Name, Event> {
    EVENTS
        .iter()
        .map(|(name, properties)| {
            let property = |property: &&str| ((*property).to_owned(), property_of(name, property, vocabulary));
            let event = Event {
                properties: properties.iter().map(property).collect(),
                sets: BTreeMap::new(),
                label: None,
                builtin: true,
                origin: Origin::default(),
            };
            ((*name).to_owned(), event)
        })
        .collect()
}

fn property_of(event: &str, property: &str, vocabulary: Option<&Vocabulary>) -> Field {
    let values = match (property, vocabulary) {
        ("kind", _) if event == "message_failed" => Some(FAILURES.map(str::to_owned).into()),
        ("kind", _) => Some(["soft".to_owned(), "hard".to_owned()].into()),
        ("choice", _) => Some(CHOICES.map(str::to_owned).into()),
        ("from" | "to", _) if event == "engagement_changed" => Some(ENGAGEMENT.map(str::to_owned).into()),
        ("channel", _) => Some(Channel::ALL.into_iter().map(|channel| channel.word().to_owned()).collect()),
        ("message", Some(known)) => Some(known.messages.clone()),
        ("audience", Some(known)) => Some(known.lists.clone()),
        ("email", Some(known)) => Some(known.emails.clone()),
        ("topic", Some(known)) if ABOUT_SUBSCRIPTIONS.contains(&event) => Some(known.marketing.clone()),
        ("topic", Some(known)) => Some(known.topics.clone()),
        ("journey", Some(known)) => Some(known.journeys.clone()),
        ("source", Some(known)) => Some(known.sources.clone()),
        ("page", Some(known)) => Some(known.pages.clone()),
        ("form", Some(known)) => Some(known.forms.clone()),
        ("from" | "to", Some(known)) if event == "stage_changed" => Some(known.stages.clone()),
        ("to", Some(known)) if event != "task_created" => Some(known.integrations.clone()),
        (_, Some(_) | None) => None,
    };
    let text = Type::Text { format: TextFormat::Plain };
    field(values.map_or(text, |values| Type::Enum { values }), true)
}

fn field(ty: Type, optional: bool) -> Field {
    Field { ty, min: None, max: None, optional, label: None, builtin: true, origin: Origin::default() }
}
