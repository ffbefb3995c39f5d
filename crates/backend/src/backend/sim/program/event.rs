//! Events, and what is known of each before a run.
//!
//! Whom an event concerns is entered by `links`.

use super::{Names, Retention};

use crate::ir::Campaign;
use crate::ir::builtin::MADE_BY_RUNS;

/// Something that happens to a lead, and whom it concerns.
#[derive(Debug)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// What its properties are.
    pub properties: Vec<Property>,
    /// Fields it sets, each from a property.
    pub sets: Vec<(usize, usize)>,
    /// Scoring rules: model and rule.
    pub rules: Vec<(usize, usize)>,
    /// Scoring models for whose decay it counts as activity.
    pub decays: Vec<usize>,
    /// Journeys it lets leads into, in order.
    pub entries: Vec<usize>,
    /// Sums of money that it adds to.
    pub amounts: Vec<usize>,
    /// What is kept of it.
    pub retention: Retention,
    /// What it does to subscriptions.
    pub effect: Effect,
    /// Markets in which it implies consent.
    pub implies: Vec<usize>,
    /// Whether it shows interest.
    pub wakes: bool,
    /// Whether the campaign brings it about, so that a run makes its own and takes none from a timeline.
    pub is_own: bool,
    /// Whether it makes leads move between stages.
    pub moves: bool,
    /// Whether steps wait for it.
    pub awaited: bool,
    /// Whether personas do something after it.
    pub provokes: bool,
    /// Whether it is a visit that messages wait for.
    pub visit: bool,
    /// Its number among those that need consent to be recorded, if it does.
    pub tracked: Option<usize>,
    /// Whether it means something to pages and forms.
    pub has_meaning: bool,
    /// Which parts of a cascade can do something with it.
    pub concerns: Concerns,
    /// Whether anything can change with it.
    pub used: bool,
    /// Whether it is counted and nothing else: it changes nothing, means nothing to pages and forms, and needs no consent.
    pub is_only_counted: bool,
}

/// What a property of an event is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Property {
    /// The mail.
    Email,
    /// The message.
    Message,
    /// Its channel.
    Channel,
    /// The list that is an audience.
    Audience,
    /// Its topic.
    Topic,
    /// The journey.
    Journey,
    /// Its step.
    Step,
    /// Kind of a bounce.
    Kind,
    /// Stage before.
    From,
    /// Stage after, or whom a task is for.
    To,
    /// Why a journey ended.
    Reason,
    /// Where a lead subscribed.
    Place,
    /// What a lead chose.
    Choice,
    /// A page.
    Page,
    /// A variant of a page.
    Variant,
    /// A source.
    Source,
    /// A form.
    Form,
    /// One of the project's own.
    Own(String),
}

/// What an event does to subscriptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    None,
    /// Subscribes.
    Subscribe,
    /// Confirms.
    Confirm,
    /// Unsubscribes.
    Unsubscribe,
    /// Ends all marketing.
    Complain,
    /// Chooses what the lead gets.
    Prefer,
}

/// Parts of a cascade that an event can concern. A set of bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Concerns(u8);

impl Concerns {
    /// None.
    pub const NONE: Concerns = Concerns(0);
    /// It is recorded, carries money, or sets fields.
    pub const TAKEN: Concerns = Concerns(1);
    /// It changes what leads allow.
    pub const PERMITS: Concerns = Concerns(1 << 1);
    /// It gives points.
    pub const SCORES: Concerns = Concerns(1 << 2);
    /// Personas do something after it.
    pub const PROVOKES: Concerns = Concerns(1 << 3);
    /// Messages wait for it, a visit.
    pub const SHOWS: Concerns = Concerns(1 << 4);
    /// Steps wait for it.
    pub const AWAITED: Concerns = Concerns(1 << 5);
    /// It lets leads into journeys.
    pub const ENTERS: Concerns = Concerns(1 << 6);

    /// Whether one of these is among them.
    #[inline]
    pub fn has(self, parts: Concerns) -> bool {
        self.0 & parts.0 != 0
    }

    /// Of an event that is connected with whom it concerns.
    pub(super) fn of(event: &Event, acquires: bool) -> Concerns {
        let is_taken = event.retention.is_some() || !event.amounts.is_empty() || !event.sets.is_empty() || acquires;
        let parts = [
            (Concerns::TAKEN, is_taken),
            (Concerns::PERMITS, event.permits()),
            (Concerns::SCORES, event.scores()),
            (Concerns::PROVOKES, event.provokes),
            (Concerns::SHOWS, event.visit),
            (Concerns::AWAITED, event.awaited),
            (Concerns::ENTERS, !event.entries.is_empty()),
        ];
        parts.iter().filter(|(_, is)| *is).fold(Concerns::NONE, |all, (part, _)| Concerns(all.0 | part.0))
    }
}

impl Event {
    /// Whether it does something to scores.
    pub fn scores(&self) -> bool {
        !self.rules.is_empty() || !self.decays.is_empty()
    }

    /// Whether it does something to what leads allow, or shows interest.
    pub fn permits(&self) -> bool {
        self.effect != Effect::None || self.wakes || !self.implies.is_empty()
    }
}

pub(super) fn events(campaign: &Campaign, names: &Names<'_>) -> Vec<Event> {
    let event = |(number, (name, properties)): (usize, &(&str, Vec<&str>))| {
        let sets = campaign.events.get(*name).map(|event| &event.sets);
        let sets = sets.into_iter().flatten().filter_map(|(field, from)| {
            Some((names.field(field)?, properties.iter().position(|property| property == from)?))
        });
        Event {
            name: (*name).to_owned(),
            properties: properties.iter().map(|property| property_of(property)).collect(),
            sets: sets.collect(),
            rules: Vec::new(),
            decays: Vec::new(),
            entries: Vec::new(),
            amounts: Vec::new(),
            retention: names.retention[number],
            effect: match *name {
                "subscribed" => Effect::Subscribe,
                "subscription_confirmed" => Effect::Confirm,
                "unsubscribed" => Effect::Unsubscribe,
                "complained" => Effect::Complain,
                "preferences_changed" => Effect::Prefer,
                _ => Effect::None,
            },
            implies: Vec::new(),
            wakes: false,
            is_own: MADE_BY_RUNS.contains(name),
            moves: false,
            awaited: false,
            provokes: false,
            visit: false,
            tracked: None,
            has_meaning: false,
            concerns: Concerns::NONE,
            used: false,
            is_only_counted: false,
        }
    };
    names.events.iter().enumerate().map(event).collect()
}

fn property_of(name: &str) -> Property {
    match name {
        "email" => Property::Email,
        "message" => Property::Message,
        "channel" => Property::Channel,
        "audience" => Property::Audience,
        "topic" => Property::Topic,
        "journey" => Property::Journey,
        "step" => Property::Step,
        "kind" => Property::Kind,
        "from" => Property::From,
        "to" => Property::To,
        "reason" => Property::Reason,
        "place" => Property::Place,
        "choice" => Property::Choice,
        "page" => Property::Page,
        "variant" => Property::Variant,
        "source" => Property::Source,
        "form" => Property::Form,
        own => Property::Own(own.to_owned()),
    }
}

impl Property {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Property::Email => "email",
            Property::Message => "message",
            Property::Channel => "channel",
            Property::Audience => "audience",
            Property::Topic => "topic",
            Property::Journey => "journey",
            Property::Step => "step",
            Property::Kind => "kind",
            Property::From => "from",
            Property::To => "to",
            Property::Reason => "reason",
            Property::Place => "place",
            Property::Choice => "choice",
            Property::Page => "page",
            Property::Variant => "variant",
            Property::Source => "source",
            Property::Form => "form",
            Property::Own(name) => name,
        }
    }
}
