//! Why something did not happen.

/// Why a lead may not enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryRefusal {
    /// `where` or `when` does not hold, or the key is missing.
    NotMatching,
    /// The journey is over.
    Ended,
    /// An instance runs.
    AlreadyIn,
    /// It was in before, and `again` is `never`.
    AgainNever,
    /// It was in too short a time ago.
    AgainTooSoon,
}

impl EntryRefusal {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            EntryRefusal::NotMatching => "not-matching",
            EntryRefusal::Ended => "ended",
            EntryRefusal::AlreadyIn => "already-in",
            EntryRefusal::AgainNever => "again-never",
            EntryRefusal::AgainTooSoon => "again-too-soon",
        }
    }
}

/// Why a mail was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Skip {
    /// The lead has no address.
    NoAddress,
    /// Nothing is sent to the address any more.
    Suppressed,
    /// The lead is not subscribed, or complained.
    NoConsent,
    /// The lead showed no interest for too long.
    Sunset,
    /// The lead wants nothing for a while.
    Paused,
    /// The lead got this mail before.
    Repeat,
    /// A frequency rule is full.
    Capped,
    /// The lead wants fewer mails.
    OwnLimit,
    /// It was held too long.
    Expired,
    /// The instance ended while it was held.
    Exited,
    /// The sender's quota was used up.
    Quota,
}

impl Skip {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Skip::NoAddress => "no-address",
            Skip::Suppressed => "suppressed",
            Skip::NoConsent => "no-consent",
            Skip::Sunset => "sunset",
            Skip::Paused => "paused",
            Skip::OwnLimit => "own-limit",
            Skip::Repeat => "repeat",
            Skip::Capped => "capped",
            Skip::Expired => "expired",
            Skip::Exited => "exited",
            Skip::Quota => "quota",
        }
    }
}
