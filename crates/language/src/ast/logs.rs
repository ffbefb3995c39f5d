//! `logs` and `tracking`: how logs of events are read, and what of them may be used.

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::{Text, short_or_long};
use crate::syntax::{Entries, Spanned};

/// How logs of events made by others are read.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Logs {
    /// What tells that two records are about the same lead.
    #[schemars(example = serde_json::json!({"fields": ["id", "email"], "others": ["anonymousId"]}))]
    pub identity: Identity,
    /// Event by name in the log, where it is not the event's own. `page`, `screen` and `group` are the calls of that type.
    #[schemars(example = serde_json::json!({"Product Viewed": "page_viewed", "page": "page_viewed"}))]
    pub events: Entries<Spanned<LoggedEvent>>,
    /// Property by name in the log, for all events. A name with dots looks inside objects.
    #[schemars(example = serde_json::json!({"orderId": "order_id", "context.campaign.source": "utm_source"}))]
    pub properties: Entries<Text>,
    /// Field by name of the trait in the log, where it is not the field's own.
    #[schemars(example = serde_json::json!({"companyName": "company"}))]
    pub traits: Entries<Text>,
    /// Texts in the log by property, and the value that each stands for.
    #[schemars(example = serde_json::json!({"email": {"Spring offer 2026": "spring-offer"}}))]
    pub values: Entries<Entries<Text>>,
    /// Columns of a CSV log: `at`, `event`, `message_id` and keys of `identity`, where their names are others.
    #[schemars(example = serde_json::json!({"at": "日時", "event": "操作", "id": "会員番号"}))]
    pub columns: Entries<Text>,
    /// Names of events in the log that are left out on purpose.
    #[schemars(example = serde_json::json!(["Experiment Viewed"]))]
    pub ignore: Vec<Text>,
}

/// Keys of leads. Records that share a value of one are about the same lead.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Identity {
    /// Fields of leads, the strongest first; `id` and `email` unless said. The `id` is the log's `userId`.
    #[schemars(example = serde_json::json!(["id", "email", "phone"]))]
    pub fields: Option<Vec<Text>>,
    /// Keys of the log alone, which no field holds; `anonymousId` unless said.
    #[schemars(example = serde_json::json!(["anonymousId", "context.device.id"]))]
    pub others: Option<Vec<Text>>,
}

/// The event that a name of the log stands for.
#[derive(Clone, Debug)]
pub struct LoggedEvent {
    /// Its name.
    pub name: String,
    /// Its name with its place, in the long form.
    pub event: Option<Text>,
    /// Property by name in the log, for this event.
    pub properties: Entries<Text>,
}

/// The long form of [`LoggedEvent`].
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LoggedEventWith {
    /// The event.
    #[schemars(example = &"purchased")]
    event: Text,
    /// Property by name in the log, for this event.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"total": "amount"}))]
    properties: Entries<Text>,
}

short_or_long! {
    LoggedEvent = "string" | LoggedEventWith, "the name of an event, or `event: …` and `properties: …`";
    short: str = |name| Ok(LoggedEvent { name: name.to_owned(), event: None, properties: Entries::default() });
    long = |long| Ok(LoggedEvent { name: long.event.value.clone(), event: Some(long.event), properties: long.properties });
}

/// Whose behaviour may be recorded.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tracking {
    /// Condition over the lead: who agreed to be tracked.
    #[schemars(example = &"analytics_consent")]
    pub consent: Text,
    /// Events that need this consent. Without it they do not reach the campaign.
    #[schemars(example = serde_json::json!(["page_viewed", "email_opened"]))]
    pub events: Spanned<Vec<Text>>,
}

/// One file, or a list of files.
#[derive(Clone, Debug, Default)]
pub struct Files(pub Vec<String>);

impl<'de> Deserialize<'de> for Files {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;
        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Files;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a file, or a list of files")
            }

            fn visit_str<E>(self, path: &str) -> Result<Files, E> {
                Ok(Files(vec![path.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Files, A::Error> {
                let mut files = Vec::new();
                while let Some(file) = seq.next_element()? {
                    files.push(file);
                }
                Ok(Files(files))
            }
        }
        deserializer.deserialize_any(OneOrMany)
    }
}

impl JsonSchema for Files {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Files".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": ["string", "array"], "items": {"type": "string"},
            "patternErrorMessage": "a file, or a list of files",
        })
    }
}
