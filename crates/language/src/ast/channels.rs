//! `channels`, `messages`, `integrations`: ways to reach leads besides mail, and the systems at the other end.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::limits::{Appeal, Frequency, QuietHours};
use super::people::Delay;
use super::quantity::{Again, Duration, Money, Percent};
use super::{Literal, Text};
use crate::syntax::{Entries, Spanned};

/// Settings of the channels. What is not given is as usual for the channel.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Channels {
    /// Mail: what each costs, and its own limits.
    #[schemars(example = serde_json::json!({"cost": 0.2}))]
    pub email: Option<Spanned<ChannelSettings>>,
    /// Short messages of mobile phones. The cost is for each segment.
    #[schemars(example = serde_json::json!({"address": "phone", "cost": 9, "quiet_hours": {"from": "20:00", "to": "09:00"}}))]
    pub sms: Option<Spanned<ChannelSettings>>,
    /// LINE.
    #[schemars(example = serde_json::json!({"address": "line_id", "cost": 3}))]
    pub line: Option<Spanned<ChannelSettings>>,
    /// Notifications of an app.
    #[schemars(example = serde_json::json!({"address": "push_token"}))]
    pub push: Option<Spanned<ChannelSettings>>,
    /// What is shown at the next visit of the web site.
    #[schemars(example = serde_json::json!({"visit": "page_viewed", "expires": "14 days"}))]
    pub web: Option<Spanned<ChannelSettings>>,
    /// Letters and postcards.
    #[schemars(example = serde_json::json!({"address": ["postal_code", "street"], "cost": 110, "delivery": {"median": "2 days", "p90": "4 days"}}))]
    pub post: Option<Spanned<ChannelSettings>>,
    /// Telephone calls.
    #[schemars(example = serde_json::json!({"address": "phone", "cost": 250}))]
    pub call: Option<Spanned<ChannelSettings>>,
}

/// Settings of a channel.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ChannelSettings {
    /// The field that holds the address, or several that make it up together; a lead that lacks one is not reached.
    #[schemars(example = &"phone", example = serde_json::json!(["postal_code", "street"]))]
    pub address: Option<Spanned<FieldNames>>,
    /// What each one sent costs, in the project's currency; of `sms` each segment. Nothing unless said.
    #[schemars(example = 9)]
    pub cost: Option<Spanned<Money>>,
    /// When marketing by this channel waits, instead of the policy's quiet hours.
    #[schemars(example = serde_json::json!({"from": "20:00", "to": "09:00"}))]
    pub quiet_hours: Option<Spanned<QuietHours>>,
    /// How much of this channel a lead may get, besides the policy's rules.
    #[schemars(example = serde_json::json!([{"at_most": 1, "per": "3 days"}]))]
    pub frequency: Option<Vec<Spanned<Frequency>>>,
    /// How long it is under way.
    #[schemars(example = serde_json::json!({"median": "2 days", "p90": "4 days"}))]
    pub delivery: Option<Spanned<Delay>>,
    /// Of `web`: the event that is a visit.
    #[schemars(example = &"page_viewed")]
    pub visit: Option<Text>,
    /// Of `web`: how long a message waits for a visit; 30 days unless said.
    pub expires: Option<Spanned<Duration>>,
}

/// The name of a field, or a list of names.
#[derive(Clone, Debug, Default)]
pub struct FieldNames {
    /// Several names; empty in the short form, where the text is the only one.
    pub list: Vec<Text>,
    /// The only name, in the short form.
    pub one: Option<String>,
}

impl<'de> Deserialize<'de> for FieldNames {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;
        impl<'de> Visitor<'de> for OneOrMany {
            type Value = FieldNames;

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("the name of a field, or a list of names")
            }

            fn visit_str<E>(self, name: &str) -> Result<FieldNames, E> {
                Ok(FieldNames { list: Vec::new(), one: Some(name.to_owned()) })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<FieldNames, A::Error> {
                let mut list = Vec::new();
                while let Some(name) = seq.next_element()? {
                    list.push(name);
                }
                Ok(FieldNames { list, one: None })
            }
        }
        deserializer.deserialize_any(OneOrMany)
    }
}

impl JsonSchema for FieldNames {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "FieldNames".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({"type": ["string", "array"], "items": {"type": "string"}})
    }
}

/// A message of another channel than mail.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Name for people.
    #[schemars(example = &"セミナー前日のお知らせ")]
    pub label: Option<String>,
    /// What it is, for people.
    #[schemars(example = &"Reminds those who have not opened the mail")]
    pub description: Option<String>,
    /// How it reaches the lead.
    #[schemars(example = &"line")]
    pub channel: Spanned<MessageChannel>,
    /// What it is about; decides on consent.
    #[schemars(example = &"newsletter")]
    pub topic: Text,
    /// The text, or what is said in a call; a template.
    #[schemars(example = &"{{ company }}様 明日のセミナーのご案内です")]
    pub body: Text,
    /// Web address that it leads to; a template. In `sms` it stands on a line of its own behind the text.
    #[schemars(example = &"https://aozora.example/seminar")]
    pub link: Option<Text>,
    /// Whether one lead may get it again: `always` (the default), `never` or `after 30 days`.
    pub repeat: Option<Spanned<Again>>,
    /// How it differs in appeal from other messages of its channel, in simulation.
    #[schemars(example = serde_json::json!({"open": "x1.2"}))]
    pub appeal: Option<Appeal>,
    /// What may come of it once it is opened, or the call answered: at most one of these.
    #[serde(default)]
    #[schemars(example = serde_json::json!([{"event": "appointment_made", "chance": "20%", "delay": {"median": "1 hour", "p90": "1 day"}}]))]
    pub outcomes: Vec<Spanned<Outcome>>,
}

/// Channels of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum MessageChannel {
    /// Short message of a mobile phone.
    Sms,
    /// LINE.
    Line,
    /// Notification of an app.
    Push,
    /// Shown at the next visit of the web site.
    Web,
    /// Letter or postcard.
    Post,
    /// Telephone call.
    Call,
}

/// A system at the other end: a CRM, an advertising platform, anything that is called.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Integration {
    /// What it is. Audiences go to `ads`, `dmp` and `cdp`; records go to anything but `ads`.
    #[schemars(example = &"crm")]
    pub kind: Spanned<IntegrationKind>,
    /// Name for people.
    #[schemars(example = &"Salesforce")]
    pub label: Option<String>,
    /// What it is, for people.
    #[schemars(example = &"The sales department's own")]
    pub description: Option<String>,
    /// What each record, audience change or call costs, in the project's currency. Nothing unless said.
    #[schemars(example = 5)]
    pub cost: Option<Spanned<Money>>,
    /// Of `ads`, `dmp` and `cdp`: what a lead in an audience costs, for as long as it is there.
    #[schemars(example = serde_json::json!({"amount": 12, "per": "1 day"}))]
    pub member_cost: Option<Spanned<MemberCost>>,
    /// Address of `webhook` steps that give none.
    #[schemars(example = &"https://erp.example/hooks/leads")]
    pub url: Option<Text>,
}

/// What a lead in an audience costs.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberCost {
    /// How much.
    #[schemars(example = 12)]
    pub amount: Money,
    /// For how long; parts of it cost a part.
    pub per: Duration,
}

/// What a system is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum IntegrationKind {
    /// Customer relations.
    Crm,
    /// Sales.
    Sfa,
    /// Advertising platform.
    Ads,
    /// Data management platform.
    Dmp,
    /// Customer data platform.
    Cdp,
    /// Data warehouse.
    Dwh,
    /// Resource planning.
    Erp,
    /// Chat of a team.
    Chat,
    /// Anything else.
    Other,
}

/// Sends the lead's record to a system.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sync {
    /// Which system.
    #[schemars(example = &"salesforce")]
    pub to: Text,
    /// Fields of the other system, and what they get: an expression, a template, a number or a truth value.
    #[schemars(example = serde_json::json!({"Company": "company", "Score__c": "score", "Title": "{{ department }}ご担当"}))]
    pub fields: Entries<Spanned<Literal>>,
    /// What may come back: at most one of these.
    #[serde(default)]
    #[schemars(example = serde_json::json!([{"event": "deal_won", "chance": "8%", "delay": {"median": "30 days", "p90": "90 days"}}]))]
    pub outcomes: Vec<Spanned<Outcome>>,
}

/// Adds the lead to a list and to the same audience of a system, or removes it: one of `add` and `remove`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AudienceStep {
    /// List to add the lead to.
    #[schemars(example = &"cart-abandoners")]
    pub add: Option<Text>,
    /// List to remove the lead from.
    #[schemars(example = &"cart-abandoners")]
    pub remove: Option<Text>,
    /// Which system has the audience.
    #[schemars(example = &"google-ads")]
    pub to: Text,
}

/// Calls a system.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// Which system.
    #[schemars(example = &"erp")]
    pub to: Text,
    /// How; `POST` unless said.
    #[serde(default)]
    #[schemars(example = &"PUT")]
    pub method: Method,
    /// Where, instead of the system's own address; a template.
    #[schemars(example = &"https://erp.example/leads/{{ id }}")]
    pub url: Option<Text>,
    /// What is sent, and where it comes from.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"lead": "id", "grade": "grade"}))]
    pub fields: Entries<Spanned<Literal>>,
    /// What may come back: at most one of these.
    #[serde(default)]
    #[schemars(example = serde_json::json!([{"event": "credit_approved", "chance": "70%", "delay": {"median": "1 hour", "p90": "1 day"}}]))]
    pub outcomes: Vec<Spanned<Outcome>>,
}

/// How a web address is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schemars(inline)]
pub enum Method {
    /// Asks.
    Get,
    /// Sends something new.
    #[default]
    Post,
    /// Puts something in place.
    Put,
    /// Changes something.
    Patch,
    /// Takes something away.
    Delete,
}

/// Something that may come of a task, a record, a call. Of several, at most one happens.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The event that happens.
    #[schemars(example = &"deal_won")]
    pub event: Text,
    /// Properties of the event.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"amount": 480_000}))]
    pub with: Entries<Spanned<Literal>>,
    /// Chance that it happens. The chances of all outcomes together are at most 100%.
    pub chance: Spanned<Percent>,
    /// How long it takes.
    #[schemars(example = serde_json::json!({"median": "2 days", "p90": "9 days"}))]
    pub delay: Spanned<Delay>,
    /// Condition on the lead when it is drawn; where it does not hold, nothing happens instead.
    #[schemars(example = &"grade == \"A\"")]
    pub when: Option<Text>,
}
