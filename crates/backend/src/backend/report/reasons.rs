//! Why things did not happen, in words for people.

use crate::ir::{EntryRefusal, Skip};

/// Why a mail was not sent.
pub(super) fn skip_words(skip: Skip) -> &'static str {
    match skip {
        Skip::NoAddress => "the lead has no address",
        Skip::Suppressed => "the address takes no mail any more",
        Skip::NoConsent => "not subscribed to the topic",
        Skip::Sunset => "no interest for too long",
        Skip::Paused => "the lead wants nothing for a while",
        Skip::OwnLimit => "the lead wants fewer",
        Skip::Repeat => "the lead had this email before",
        Skip::Capped => "a frequency rule was full",
        Skip::Expired => "held for too long",
        Skip::Exited => "left the journey while it was held",
        Skip::Quota => "the sender's quota was used up",
    }
}

/// Why a lead was not let into a journey.
pub(super) fn refusal_words(refusal: EntryRefusal) -> &'static str {
    match refusal {
        EntryRefusal::NotMatching => "the entry's condition does not hold",
        EntryRefusal::Ended => "the journey is over",
        EntryRefusal::AlreadyIn => "the lead is in it",
        EntryRefusal::AgainNever => "the lead was in it, and nobody enters twice",
        EntryRefusal::AgainTooSoon => "the lead was in it too short a time ago",
    }
}
