//! Channels: the ways in which leads are reached, and what is usual for each.
//!
//! A channel is a row of [`Channel::usual`], no path of its own: mails, messages of a phone and letters pass the same
//! gates and are read by the same rules.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Again, Delay, Frequency, Money, Name, Outcome, QuietHours};
use crate::text::Origin;

/// A way in which leads are reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Mail.
    Email,
    /// Short messages of mobile phones.
    Sms,
    /// LINE.
    Line,
    /// Notifications of an app.
    Push,
    /// What is shown at the next visit of the web site.
    Web,
    /// Letters.
    Post,
    /// Telephone calls.
    Call,
}

/// What is usual for a channel, unless the project says otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usual {
    /// The field that holds the address; `None` if an address is not needed.
    pub address: Option<&'static str>,
    /// What an address is, in words.
    pub address_words: &'static str,
    /// Whether quiet hours hold, and frequency rules count it unless they say which channels they count: it comes to
    /// people unasked, and at once.
    pub intrudes: bool,
    /// From sending to delivery; at once if `None`.
    pub delivery: Option<Delay>,
    /// From delivery to opening, unsubscribing or complaining.
    pub open_delay: Delay,
    /// From opening to the click.
    pub click_delay: Delay,
}

/// What the project says of a channel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChannelSettings {
    /// Fields that hold the address together; none if an address is not needed.
    pub address: Vec<Name>,
    /// Cost of each one sent, of `sms` of each segment.
    pub cost: Money,
    /// When marketing waits, instead of the policy's quiet hours.
    pub quiet_hours: Option<QuietHours>,
    /// How much of it a lead may get, besides the policy's rules.
    pub frequency: Vec<Frequency>,
    /// How long it is under way; `None` if it arrives at once.
    pub delivery: Option<Delay>,
    /// Of `web`: the visit at which it is shown.
    pub visit: Option<Name>,
    /// Of `web`: how long it waits for a visit, in seconds.
    pub expires_secs: i64,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// A message of another channel than mail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Message {
    /// Name for people.
    pub label: Option<String>,
    /// How it reaches the lead.
    pub channel: Channel,
    /// What it is about.
    pub topic: Name,
    /// Text template.
    pub body: String,
    /// Template of the web address that it leads to.
    pub link: Option<String>,
    /// Of `sms`: how many segments it has at most, as far as the template tells. 1 for other channels.
    pub segments: u32,
    /// When one lead may get it again.
    pub repeat: Again,
    /// Multiplies the chance to open.
    pub open_factor: f64,
    /// Multiplies the chance to click.
    pub click_factor: f64,
    /// What may come of it once it is opened: at most one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<Outcome>,
    /// Where it is declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// How a persona reads messages of a channel. Chances are 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reading {
    /// Of a delivered one to be opened; of a call to be answered.
    pub open: f64,
    /// Of an opened one to be clicked.
    pub click: f64,
    /// Of a delivered one to make them unsubscribe.
    pub unsubscribe: f64,
    /// Of a delivered one to be complained about.
    pub complain: f64,
    /// Not to arrive.
    pub fail: f64,
    /// Of the address to be none.
    pub invalid: f64,
    /// From delivery to opening, unsubscribing or complaining.
    pub open_delay: Delay,
    /// From opening to the click.
    pub click_delay: Delay,
}

/// How long a message of `web` waits for a visit unless the project says otherwise, in seconds.
pub const WEB_EXPIRES_SECS: i64 = 30 * 86_400;

impl Channel {
    /// All channels, in order.
    pub const ALL: [Channel; 7] =
        [Channel::Email, Channel::Sms, Channel::Line, Channel::Push, Channel::Web, Channel::Post, Channel::Call];

    /// Its place in [`Channel::ALL`].
    pub fn number(self) -> usize {
        self as usize
    }

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::Sms => "sms",
            Channel::Line => "line",
            Channel::Push => "push",
            Channel::Web => "web",
            Channel::Post => "post",
            Channel::Call => "call",
        }
    }

    /// What is usual for it.
    pub fn usual(self) -> Usual {
        const MINUTE: i64 = 60;
        const HOUR: i64 = 60 * MINUTE;
        const DAY: i64 = 24 * HOUR;
        let delay = |median_secs, p90_secs| Delay::LogNormal { median_secs, p90_secs };
        let (address, address_words, intrudes) = match self {
            Channel::Email => (Some("email"), "e-mail address", true),
            Channel::Sms | Channel::Call => (Some("phone"), "telephone number", true),
            Channel::Line => (Some("line_id"), "LINE account", true),
            Channel::Push => (Some("push_token"), "device with the app", true),
            Channel::Web => (None, "address", false),
            Channel::Post => (Some("postal_address"), "postal address", false),
        };
        let (delivery, open_delay, click_delay) = match self {
            Channel::Email => (None, delay(4 * HOUR, 30 * HOUR), delay(2 * MINUTE, HOUR)),
            Channel::Sms | Channel::Line | Channel::Push => {
                (None, delay(10 * MINUTE, 6 * HOUR), delay(MINUTE, 30 * MINUTE))
            }
            Channel::Web => (None, delay(5, MINUTE), delay(15, 2 * MINUTE)),
            Channel::Post => (Some(delay(2 * DAY, 4 * DAY)), delay(6 * HOUR, 3 * DAY), delay(DAY, 7 * DAY)),
            Channel::Call => (None, delay(10, 25), delay(3 * MINUTE, 10 * MINUTE)),
        };
        Usual { address, address_words, intrudes, delivery, open_delay, click_delay }
    }
}
