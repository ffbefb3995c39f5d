//! Fields and events that every campaign has.

use std::collections::BTreeMap;

use super::value::TextFormat;
use super::{Event, Field, Name, Type};
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

/// Built-in events and the names of their properties; all are text.
///
/// `journey` and `step` say which step the mail came from; `kind` of a bounce is `soft` or `hard`.
pub const EVENTS: &[(&str, &[&str])] = &[
    ("lead_created", &[]),
    ("email_sent", &["email", "topic", "journey", "step"]),
    ("email_delivered", &["email", "topic", "journey", "step"]),
    ("email_bounced", &["email", "topic", "journey", "step", "kind"]),
    ("email_opened", &["email", "topic", "journey", "step"]),
    ("email_clicked", &["email", "topic", "journey", "step"]),
    ("unsubscribed", &["topic", "email"]),
    ("complained", &["email", "topic"]),
    ("subscribed", &["topic"]),
    ("subscription_confirmed", &["topic"]),
    ("stage_changed", &["from", "to"]),
    ("task_created", &["to", "journey", "step"]),
    ("journey_entered", &["journey"]),
    ("journey_ended", &["journey", "reason"]),
];

/// Those of [`EVENTS`] that nothing but the engine makes: steps and personas may not.
pub const ENGINE_ONLY: &[&str] = &[
    "lead_created",
    "email_sent",
    "email_delivered",
    "email_bounced",
    "email_opened",
    "email_clicked",
    "complained",
    "stage_changed",
    "task_created",
    "journey_entered",
    "journey_ended",
];

/// The built-in events. `emails`, `topics`, `journeys` and `stages` are the names that their properties can hold.
pub fn events(emails: &[Name], topics: &[Name], journeys: &[Name], stages: &[Name]) -> BTreeMap<Name, Event> {
    let of = |event: &str, property: &str| -> Field {
        let values = match property {
            "email" => emails.to_vec(),
            "topic" => topics.to_vec(),
            "journey" => journeys.to_vec(),
            "from" | "to" if event == "stage_changed" => stages.to_vec(),
            "kind" => vec!["soft".to_owned(), "hard".to_owned()],
            _ => return field(Type::Text { format: TextFormat::Plain }, true),
        };
        field(Type::Enum { values }, true)
    };
    EVENTS
        .iter()
        .map(|(name, properties)| {
            let properties = properties.iter().map(|property| ((*property).to_owned(), of(name, property))).collect();
            let event =
                Event { properties, sets: BTreeMap::new(), label: None, builtin: true, origin: Origin::default() };
            ((*name).to_owned(), event)
        })
        .collect()
}

fn field(ty: Type, optional: bool) -> Field {
    Field { ty, min: None, max: None, optional, label: None, builtin: true, origin: Origin::default() }
}
