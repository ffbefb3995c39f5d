//! Where each axis of a change can stand.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// The same leads.
    #[default]
    Same,
    /// Some no longer.
    Narrower,
    /// Some in addition.
    Wider,
    /// Some no longer, others in addition.
    Different,
    /// It could not be decided.
    Unknown,
}

impl Who {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Who) -> Who {
        match (self, other) {
            (Who::Same, any) | (any, Who::Same) => any,
            (Who::Unknown, _) | (_, Who::Unknown) => Who::Unknown,
            (one, two) if one == two => one,
            _ => Who::Different,
        }
    }

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Who::Same => "same",
            Who::Narrower => "narrower",
            Who::Wider => "wider",
            Who::Different => "different",
            Who::Unknown => "unknown",
        }
    }
}

/// How many mails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Volume {
    /// As many.
    #[default]
    Same,
    /// Fewer.
    Lower,
    /// More.
    Higher,
    /// No longer bounded.
    Unbounded,
    /// It could not be decided.
    Unknown,
}

impl Volume {
    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Volume::Same => "same",
            Volume::Lower => "lower",
            Volume::Higher => "higher",
            Volume::Unbounded => "unbounded",
            Volume::Unknown => "unknown",
        }
    }
}

/// What becomes of leads inside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InFlight {
    /// Nothing.
    #[default]
    None,
    /// They go on by the new rules.
    FollowsNew,
    /// Some leave.
    Leaves,
    /// Some may get a mail for the second time.
    MayRepeat,
    /// Some stand where there is no way on.
    Stuck,
    /// It could not be decided.
    Unknown,
}

impl InFlight {
    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            InFlight::None => "none",
            InFlight::FollowsNew => "follows new",
            InFlight::Leaves => "leaves",
            InFlight::MayRepeat => "may repeat",
            InFlight::Stuck => "stuck",
            InFlight::Unknown => "unknown",
        }
    }
}

/// When mails come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Timing {
    /// As before.
    #[default]
    Same,
    /// Later.
    Later,
    /// Earlier.
    Earlier,
    /// At other times, some earlier and some later.
    Moved,
    /// Many at once, when the change takes effect.
    Burst,
}

impl Timing {
    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Timing::Same => "same",
            Timing::Later => "later",
            Timing::Earlier => "earlier",
            Timing::Moved => "moved",
            Timing::Burst => "burst",
        }
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Timing) -> Timing {
        match (self, other) {
            (Timing::Later, Timing::Earlier) | (Timing::Earlier, Timing::Later) => Timing::Moved,
            (one, two) => one.max(two),
        }
    }
}

/// What mails say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// The same.
    #[default]
    Same,
    /// Other words.
    Copy,
    /// Other links or merge fields.
    Links,
    /// Another sender, or other parts that the law asks for.
    Sender,
}

impl Content {
    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Content::Same => "same",
            Content::Copy => "copy",
            Content::Links => "links or merge fields",
            Content::Sender => "sender or legal",
        }
    }
}

/// What other systems and people get.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Export {
    /// The same.
    #[default]
    Same,
    /// Other words or values.
    Changed,
    /// Others get it, or it is new, or no longer.
    Elsewhere,
}

impl Export {
    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Export::Same => "same",
            Export::Changed => "changed",
            Export::Elsewhere => "elsewhere",
        }
    }
}
