//! Permission in topics and policies: confirmation, markets, leaving, preferences, sunset.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Text;
use super::limits::Consent;
use super::quantity::{Duration, Limit};
use crate::syntax::Spanned;

/// How a subscription is confirmed: the mail that asks for it, and how long the answer may take.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// The mail with the link to confirm; of a transactional topic.
    #[schemars(example = &"newsletter-confirm")]
    pub email: Text,
    /// How long the link is good for, counted from the subscription; 7 days unless said.
    #[schemars(example = &"7 days")]
    pub within: Option<Spanned<Duration>>,
    /// A second mail for those who have not confirmed.
    #[schemars(example = serde_json::json!({"after": "2 days", "email": "newsletter-confirm-again"}))]
    pub remind: Option<Reminder>,
}

/// A second mail for those who have not confirmed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reminder {
    /// How long after the first one.
    #[schemars(example = &"2 days")]
    pub after: Spanned<Duration>,
    /// The mail; the first one again unless said.
    #[schemars(example = &"newsletter-confirm-again")]
    pub email: Option<Text>,
}

/// A part of the leads with an own rule on consent; a lead belongs to the first one that matches.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Market {
    /// Its name, for reports.
    #[schemars(example = &"jp")]
    pub name: Text,
    /// Condition over the lead's fields.
    #[schemars(example = &"country == \"JP\"")]
    pub when: Text,
    /// The least that leads of this market have to do before marketing is sent to them. The stricter of this and the topic's holds.
    #[schemars(example = &"double_opt_in")]
    pub consent: Option<Consent>,
    /// Consent that follows from an event and ends by itself.
    #[schemars(example = serde_json::json!({"event": "purchased", "for": "730 days"}))]
    pub implied: Option<Implied>,
}

/// Consent that follows from an event and ends by itself.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Implied {
    /// The event.
    #[schemars(example = &"purchased")]
    pub event: Text,
    /// How long it counts as consent.
    #[serde(rename = "for")]
    #[schemars(example = &"730 days")]
    pub lasts: Spanned<Duration>,
    /// Field, a date or an instant, that says when it happened last before the run.
    #[schemars(example = &"last_purchase")]
    pub last: Option<Text>,
}

/// What those who unsubscribe leave, and how they come back.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Unsubscribe {
    /// What the link in a mail ends: the mail's `topic` (the default) or `all` marketing.
    #[schemars(example = &"topic")]
    pub link: Scope,
    /// What the button of the mail program ends (one-click, RFC 8058); as `link` unless said.
    #[schemars(example = &"all")]
    pub one_click: Option<Scope>,
    /// How those who left everything come back: by `subscribing` (the default), only by `confirming` it as well, or `never`.
    #[schemars(example = &"confirming")]
    pub back: Back,
}

/// What an unsubscription ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Scope {
    /// The topic of the mail.
    #[default]
    Topic,
    /// All marketing.
    All,
}

/// How those who left everything come back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Back {
    /// They subscribe.
    #[default]
    Subscribing,
    /// They subscribe and confirm it.
    Confirming,
    /// Not at all.
    Never,
}

/// What leads may choose instead of leaving.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Preferences {
    /// How long marketing rests for those who choose a pause.
    #[schemars(example = &"30 days")]
    pub pause: Option<Spanned<Duration>>,
    /// The most that those get who choose fewer mails.
    #[schemars(example = &"1 per 7 days")]
    pub fewer: Option<Spanned<Limit>>,
}

/// What becomes of leads that show no interest for long.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sunset {
    /// How long without any of the events.
    #[schemars(example = &"180 days")]
    pub after: Spanned<Duration>,
    /// Events that show interest.
    #[schemars(example = serde_json::json!(["email_clicked", "page_viewed", "purchased"]))]
    pub without: Vec<Text>,
    /// After this time they count as sleeping: nothing is taken from them yet, and `engagement_changed` tells journeys.
    #[schemars(example = &"90 days")]
    pub sleeping: Option<Spanned<Duration>>,
    /// Field, a date or an instant, that says when the lead showed interest last before the run.
    #[schemars(example = &"last_visit")]
    pub last: Option<Text>,
    /// `suppress` (the default): no marketing is sent. `unsubscribe`: they leave all topics. `keep`: nothing.
    #[serde(default)]
    #[schemars(example = &"suppress")]
    pub then: Then,
    /// List that holds them meanwhile.
    #[schemars(example = &"sleepers")]
    pub list: Option<Text>,
    /// Whether interest wakes them; `true` unless said.
    #[serde(default = "yes")]
    #[schemars(example = false)]
    pub wakes: bool,
}

/// What becomes of leads whose sun has set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Then {
    /// No marketing is sent to them.
    #[default]
    Suppress,
    /// They leave all topics.
    Unsubscribe,
    /// Nothing but that they are counted, and on the list.
    Keep,
}

fn yes() -> bool {
    true
}
