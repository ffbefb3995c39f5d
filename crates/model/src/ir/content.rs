//! What is sent by mail, about what, in whose name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Again, Condition, Confirmation, Name, Quota, Wording};
use crate::text::Origin;

/// What mails are about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Topic {
    /// Name for people.
    pub label: Option<String>,
    /// Whether it is marketing, and how leads agree to it.
    pub consent: Consent,
    /// Who agreed before the run. `None`: everybody with `OptOut`, nobody otherwise.
    pub granted: Option<Condition>,
    /// How subscriptions are confirmed. `None`: by journeys, or not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<Confirmation>,
    /// The text that leads agree to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wording: Option<Wording>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

impl Topic {
    /// Whether mails of the topic are marketing: they need consent and wait for quiet hours to end.
    pub fn is_marketing(&self) -> bool {
        self.consent != Consent::Transactional
    }
}

/// How leads agree to a topic, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// They need not: mails are part of a service.
    Transactional,
    /// They subscribe, then confirm.
    DoubleOptIn,
    /// They subscribe.
    OptIn,
    /// They are subscribed until they leave.
    OptOut,
}

/// In whose name mails go out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sender {
    /// Display name.
    pub name: Option<String>,
    /// Address.
    pub email: String,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// Postal address.
    pub address: Option<String>,
    /// Records of the sending domain.
    pub domain: Option<Domain>,
    /// Where the display name is written; the sender itself without one.
    #[serde(skip)]
    pub name_at: Origin,
    /// Where the address is written.
    #[serde(skip)]
    pub email_at: Origin,
    /// How many mails it sends; any number if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota: Option<Quota>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// Records of a sending domain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Domain {
    /// The domain.
    pub name: String,
    /// DKIM selector.
    pub dkim: Option<String>,
    /// DMARC policy: `none`, `quarantine` or `reject`.
    pub dmarc: Option<String>,
    /// Domain of tracked links.
    pub tracking: Option<String>,
    /// Mechanisms of the SPF record, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spf: Vec<String>,
    /// Public key of DKIM, Base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dkim_key: Option<String>,
    /// Name under which the mail service keeps the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dkim_target: Option<String>,
    /// Address for reports of DMARC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reports: Option<String>,
    /// What the domain of tracked links is another name for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking_target: Option<String>,
    /// Where the domain is written.
    #[serde(skip)]
    pub origin: Origin,
}

/// A mail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Email {
    /// Name for people.
    pub label: Option<String>,
    /// What it is about.
    pub topic: Name,
    /// In whose name.
    pub sender: Name,
    /// Subject template.
    pub subject: String,
    /// Preheader template.
    pub preheader: Option<String>,
    /// Body template.
    pub body: Body,
    /// Text template.
    pub text: Option<String>,
    /// Files that go with it, relative to the project.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<String>,
    /// When one lead may get it again.
    pub repeat: Again,
    /// Multiplies the chance to open.
    pub open_factor: f64,
    /// Multiplies the chance to click.
    pub click_factor: f64,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// The body template of a mail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// HTML.
    Html(String),
    /// Markdown.
    Markdown(String),
    /// MJML.
    Mjml(String),
}

impl Body {
    /// The template.
    pub fn template(&self) -> &str {
        match self {
            Body::Html(text) | Body::Markdown(text) | Body::Mjml(text) => text,
        }
    }
}
