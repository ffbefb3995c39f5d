//! What conditions ask about.

use std::collections::BTreeSet;

use super::cells::Cell;
use crate::ir::expr::TextTest;
use crate::ir::{Channel, Name};

/// Something that conditions ask about, and that is no constant.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Its canonical text; that of an event at hand, or of what is asked of one, names the event: `event.form of submitted`.
    pub text: String,
    /// What it is.
    pub kind: TermKind,
    /// How long it stays as it is.
    pub lasting: Lasting,
    /// What it depends on.
    pub reads: BTreeSet<Part>,
    /// Its values, those together that no condition tells apart. At least one.
    pub cells: Vec<Cell>,
}

impl Term {
    /// Whether it never changes for one lead.
    pub fn is_fixed(&self) -> bool {
        self.lasting == Lasting::Fixed
    }
}

/// What a term is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TermKind {
    /// A field; of a set, only whether it is there.
    Field(Name),
    /// Whether a field that is a set holds a value. Only asked where the set is there.
    Member(Name, String),
    /// A property of the event at hand.
    EventProperty {
        /// The event.
        event: Name,
        /// The property.
        property: Name,
    },
    /// A property of the event that let the lead into a journey. Two stays may have different values of it.
    EntryProperty {
        /// The event.
        event: Name,
        /// The property.
        property: Name,
    },
    /// A score.
    Score(Name),
    /// The stage.
    Stage,
    /// Membership in a segment, as of its last evaluation.
    InSegment(Name),
    /// Membership in a list.
    InList(Name),
    /// Whether mail on the topic is allowed.
    Subscribed(Name),
    /// Whether something may be sent to the address of the channel.
    Reachable(Channel),
    /// Whether the stage was reached, if the lead is not in it.
    Reached(Name),
    /// Whether an instance of the journey runs.
    InJourney(Name),
    /// Whether an instance of the journey has ended.
    Finished(Name),
    /// Whether an item was bought.
    Bought(Name, String),
    /// A number of past events.
    Count {
        /// The event.
        event: Name,
        /// Look-back in seconds; `None` for ever.
        within_secs: Option<i64>,
        /// Whether only what came after the entry into a journey counts. Two stays may have different values then.
        since_entry: bool,
        /// Canonical text of the condition on each.
        filter: Option<String>,
    },
    /// Days since the last such event. Only asked where there was one.
    DaysSince {
        /// The event.
        event: Name,
        /// Look-back in seconds; `None` for ever.
        within_secs: Option<i64>,
        /// Whether only what came after the entry into a journey counts. Two stays may have different values then.
        since_entry: bool,
        /// Canonical text of the condition on each.
        filter: Option<String>,
    },
    /// How often an email or message was sent.
    Received {
        /// The email or message.
        content: Name,
        /// Look-back in seconds; `None` for ever.
        within_secs: Option<i64>,
        /// As of `Count`.
        since_entry: bool,
    },
    /// Days since the agreement to a topic; absent if there is none.
    DaysSinceConsent(Name),
    /// Days from a date or instant to now.
    DaysSinceDate,
    /// Days from now to a date or instant, or to its next anniversary.
    DaysUntil,
    /// The instant.
    Now,
    /// The local date.
    Today,
    /// How two values stand to each other: less, equal, greater. Only asked where both are there.
    Order,
    /// A test on text that is not decided by the value's cell.
    TextTest {
        /// Canonical text of what is tested.
        of: String,
        /// Which test.
        test: TextTest,
        /// What it is tested for; `None` if that is no constant.
        with: Option<String>,
    },
    /// How many values a field that is a set holds. Only asked where the set is there.
    Length {
        /// The field.
        of: String,
        /// How many values it could hold.
        values: usize,
    },
    /// Arithmetic, a filter or the like, of whose value nothing is known but its type. Only asked where its parts are there.
    Opaque,
}

/// How long a term stays as it is. What depends on several things lasts as short as the least of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lasting {
    /// For ever: nothing writes it once the lead has come in.
    Fixed,
    /// Until an event, a step or a setting by hand changes it.
    Mutable,
    /// It may change by the passing of time alone.
    Passing,
    /// It belongs to the event at hand, or to one stay in a journey: another one has another value.
    Event,
}

impl TermKind {
    /// Whether it only comes about, or only becomes more, whatever the campaign is.
    pub fn rises(&self) -> bool {
        match self {
            TermKind::Reached(_) | TermKind::Finished(_) | TermKind::Bought(..) => true,
            TermKind::Count { within_secs, since_entry, filter, .. } => {
                within_secs.is_none() && !since_entry && filter.is_none()
            }
            TermKind::Received { within_secs, since_entry, .. } => within_secs.is_none() && !since_entry,
            TermKind::Field(_)
            | TermKind::Member(..)
            | TermKind::EventProperty { .. }
            | TermKind::EntryProperty { .. }
            | TermKind::Score(_)
            | TermKind::Stage
            | TermKind::InSegment(_)
            | TermKind::InList(_)
            | TermKind::Subscribed(_)
            | TermKind::Reachable(_)
            | TermKind::InJourney(_)
            | TermKind::DaysSince { .. }
            | TermKind::DaysSinceConsent(_)
            | TermKind::DaysSinceDate
            | TermKind::DaysUntil
            | TermKind::Now
            | TermKind::Today
            | TermKind::Order
            | TermKind::TextTest { .. }
            | TermKind::Length { .. }
            | TermKind::Opaque => false,
        }
    }
}

/// Something that a term depends on, and that changes as one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A field.
    Field(Name),
    /// A score.
    Score(Name),
    /// The stage, and which ones were reached.
    Stage,
    /// Membership in a segment.
    Segment(Name),
    /// Membership in a list.
    List(Name),
    /// What is allowed about a topic.
    Topic(Name),
    /// What is known of the address of this channel.
    Address(Channel),
    /// Past events of this name.
    Event(Name),
    /// Mails or messages of this name that were sent.
    Content(Name),
    /// Running and ended instances of a journey.
    Journey(Name),
    /// Things of this catalog that were bought.
    Catalog(Name),
    /// The passing of time.
    Clock,
    /// The event at hand, or the stay in a journey.
    AtHand,
}
