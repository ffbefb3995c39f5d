//! The timeline of one lead: everything that did and did not happen, with its reason.

use std::fmt;

/// One line of a timeline.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct TraceLine {
    /// Instant, in seconds since 1970-01-01T00:00:00Z.
    pub at_secs: i64,
    /// The lead's local time with its offset, as RFC 3339 writes it.
    pub local: String,
    /// What kind of thing.
    pub what: What,
    /// The journey it belongs to, if it belongs to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journey: Option<String>,
    /// The id of the step that did it, or for which a mail was asked, if a step is behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// What, in words.
    pub text: String,
}

/// Kinds of things on a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words of `Display` say it")]
pub enum What {
    Launched,
    Created,
    Past,
    Persona,
    Event,
    NoEvent,
    Field,
    Score,
    NoScore,
    Grade,
    Stage,
    SegmentIn,
    SegmentOut,
    List,
    Topic,
    Consent,
    Market,
    Preference,
    Engagement,
    Entered,
    Refused,
    Unmet,
    Step,
    Wait,
    WaitOver,
    Timeout,
    Branch,
    Split,
    Task,
    Held,
    Sent,
    Skipped,
    Delivered,
    Retry,
    Bounced,
    Suppressed,
    Ended,
    Livelock,
    RunOver,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            What::Launched => "launched",
            What::Created => "created",
            What::Past => "past",
            What::Persona => "persona",
            What::Event => "event",
            What::NoEvent => "no-event",
            What::Field => "field",
            What::Score => "score",
            What::NoScore => "no-score",
            What::Grade => "grade",
            What::Stage => "stage",
            What::SegmentIn => "segment-in",
            What::SegmentOut => "segment-out",
            What::List => "list",
            What::Topic => "topic",
            What::Consent => "consent",
            What::Market => "market",
            What::Preference => "preference",
            What::Engagement => "engagement",
            What::Entered => "entered",
            What::Refused => "refused",
            What::Unmet => "unmet",
            What::Step => "step",
            What::Wait => "wait",
            What::WaitOver => "wait-over",
            What::Timeout => "timeout",
            What::Branch => "branch",
            What::Split => "split",
            What::Task => "task",
            What::Held => "held",
            What::Sent => "sent",
            What::Skipped => "skipped",
            What::Delivered => "delivered",
            What::Retry => "retry",
            What::Bounced => "bounced",
            What::Suppressed => "suppressed",
            What::Ended => "ended",
            What::Livelock => "livelock",
            What::RunOver => "run-over",
        })
    }
}

impl fmt::Display for TraceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  {:<11} ", self.local, self.what)?;
        match (&self.journey, &self.step) {
            (Some(journey), Some(step)) => write!(f, "{journey}.{step}: ")?,
            (Some(journey), None) => write!(f, "{journey}: ")?,
            (None, _) => {}
        }
        f.write_str(&self.text)
    }
}
