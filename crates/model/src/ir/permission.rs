//! What leads allow, beyond the consent of a topic: confirmation, markets, leaving, preferences, sunset.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Condition, Consent, Limit, Name, chance};
use crate::text::Origin;

/// The part of the policies that is about permission.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Permission {
    /// Markets; a lead's is the first that matches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub markets: Vec<Market>,
    /// What those who unsubscribe leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsubscribe: Option<Unsubscribe>,
    /// What leads may choose instead of leaving.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferences: Option<Preferences>,
    /// What becomes of the inactive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sunset: Option<Sunset>,
}

impl Permission {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Permission::default()
    }
}

/// How a subscription to a topic is confirmed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Confirmation {
    /// The mail that asks for it.
    pub email: Name,
    /// How long the answer may take, in seconds.
    pub within_secs: i64,
    /// A second mail for those who have not answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind: Option<Reminder>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

impl Confirmation {
    /// The mails of the flow, each with the place where it is named.
    pub fn emails(&self) -> impl Iterator<Item = (&Name, Origin)> {
        let remind = self.remind.iter().map(|remind| (&remind.email, remind.origin));
        std::iter::once((&self.email, self.origin)).chain(remind)
    }
}

/// A second mail for those who have not confirmed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reminder {
    /// How long after the first, in seconds.
    pub after_secs: i64,
    /// The mail.
    pub email: Name,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// A part of the leads with an own rule on consent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Market {
    /// Its name.
    pub name: Name,
    /// Condition over the lead's fields.
    pub when: Condition,
    /// The least that leads have to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// Consent that follows from an event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub implied: Option<Implied>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// Consent that follows from an event and ends by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Implied {
    /// The event.
    pub event: Name,
    /// How long it counts, in seconds.
    pub for_secs: i64,
    /// Field that says when it happened last before the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Name>,
}

/// What those who unsubscribe leave, and how they come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unsubscribe {
    /// Whether the link in a mail ends all marketing (otherwise the mail's topic).
    pub link_ends_all: bool,
    /// Whether the button of the mail program ends all marketing.
    pub one_click_ends_all: bool,
    /// How those who left everything come back.
    pub back: Back,
}

/// How those who left everything come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Back {
    /// They subscribe.
    Subscribing,
    /// They subscribe and confirm it.
    Confirming,
    /// Not at all.
    Never,
}

/// What leads may choose instead of leaving.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Preferences {
    /// How long marketing rests after the choice of a pause, in seconds; `None` if a pause is not offered.
    pub pause_secs: Option<i64>,
    /// The most after the choice of fewer mails; `None` if that is not offered.
    pub fewer: Option<Limit>,
}

/// What becomes of leads that show no interest for long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sunset {
    /// How long without interest, in seconds.
    pub after_secs: i64,
    /// Events that show interest.
    pub without: Vec<Name>,
    /// How long until they count as sleeping, in seconds.
    pub sleeping_secs: Option<i64>,
    /// Field that says when the lead showed interest last before the run.
    pub last: Option<Name>,
    /// What becomes of them.
    pub then: Then,
    /// List that holds them.
    pub list: Option<Name>,
    /// Whether interest wakes them.
    pub wakes: bool,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// What becomes of leads whose sun has set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// No marketing is sent to them.
    Suppress,
    /// They leave all topics.
    Unsubscribe,
    /// Nothing.
    Keep,
}

/// The text that leads agree to, and the short name of its wording: another wording, another version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Wording {
    /// The text.
    pub text: String,
    /// Eight hexadecimal digits of its hash.
    pub version: String,
}

impl Wording {
    /// A text and its version. Blanks at the ends and line ends do not count.
    pub fn new(text: &str) -> Wording {
        let text = text.trim().replace("\r\n", "\n");
        let version = format!("{:08x}", chance::key(&["wording", &text]) >> 32);
        Wording { text, version }
    }
}

/// Where a lead stands with a topic, as a leads file tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stand {
    /// Subscribed.
    In,
    /// Subscribed, not yet confirmed.
    Pending,
    /// Not subscribed.
    Out,
}

impl Stand {
    /// The words of leads files.
    pub const WORDS: [&str; 3] = ["in", "pending", "out"];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Stand::In => "in",
            Stand::Pending => "pending",
            Stand::Out => "out",
        }
    }

    /// What a word means.
    pub fn of_word(word: &str) -> Option<Stand> {
        match word {
            "in" => Some(Stand::In),
            "pending" => Some(Stand::Pending),
            "out" => Some(Stand::Out),
            _ => None,
        }
    }
}

/// What a leads file says about a lead and a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// Where it stands.
    pub stand: Stand,
    /// Since when, in seconds since 1970-01-01T00:00:00Z, if that is known.
    pub since_secs: Option<i64>,
}

/// How a persona answers requests for consent and leaves. Chances are 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Answers {
    /// Of a delivered mail that asks for a confirmation to be confirmed; `None`: as likely as to be opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm: Option<f64>,
    /// Of one who would unsubscribe to choose a pause.
    #[serde(default)]
    pub pause: f64,
    /// Of one who would unsubscribe to choose fewer mails.
    #[serde(default)]
    pub fewer: f64,
    /// Of one who unsubscribes to do it by the button of the mail program.
    #[serde(default)]
    pub one_click: f64,
}

impl Answers {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Answers::default()
    }
}
