//! Why something did not happen: the closed lists of reasons, each reason with its word.

/// An enum whose variants have words; the list of all of them, and the words, are made from the one list.
macro_rules! reasons {
    ($(#[doc = $about:literal])+ $name:ident { $($(#[doc = $doc:literal])+ $variant:ident = $word:literal,)+ }) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
        pub enum $name {
            $($(#[doc = $doc])+ #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &[$name] = &[$($name::$variant),+];

            /// Their words, in the same order.
            pub const WORDS: &[&str] = &[$($word),+];

            /// The word for it.
            pub fn word(self) -> &'static str {
                match self {
                    $($name::$variant => $word,)+
                }
            }
        }
    };
}

reasons! {
    /// Why a lead may not enter a journey.
    EntryRefusal {
        /// `where` or `when` does not hold, or the key is missing.
        NotMatching = "not-matching",
        /// The journey is over.
        Ended = "ended",
        /// An instance runs.
        AlreadyIn = "already-in",
        /// It was in before, and `again` is `never`.
        AgainNever = "again-never",
        /// It was in too short a time ago.
        AgainTooSoon = "again-too-soon",
    }
}

reasons! {
    /// Why a mail was not sent.
    Skip {
        /// The lead has no address.
        NoAddress = "no-address",
        /// Nothing is sent to the address any more.
        Suppressed = "suppressed",
        /// The lead is not subscribed, or complained.
        NoConsent = "no-consent",
        /// The lead showed no interest for too long.
        Sunset = "sunset",
        /// The lead wants nothing for a while.
        Paused = "paused",
        /// The lead got this mail before.
        Repeat = "repeat",
        /// A frequency rule is full.
        Capped = "capped",
        /// The lead wants fewer mails.
        OwnLimit = "own-limit",
        /// It was held too long.
        Expired = "expired",
        /// The instance ended while it was held.
        Exited = "exited",
        /// The sender's quota was used up.
        Quota = "quota",
    }
}
