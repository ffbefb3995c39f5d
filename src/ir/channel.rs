//! Channels: the ways in which leads are reached, and what is usual for each.
//!
//! A channel is a row of [`Channel::usual`], no path of its own: mails, messages of a phone and letters pass the same
//! gates and are read by the same rules.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Delay;

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
        let delay = |median_secs, p90_secs| Delay { median_secs, p90_secs };
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
