//! What happened to a lead before it reads a mail, and what templates ask of it.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::Error;
use minijinja::value::Kwargs;

use crate::ir::{Name, Value};
use crate::text::duration_secs;

const DAY: i64 = 86_400;

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// The event.
    pub event: Name,
    /// When, in seconds since 1970-01-01T00:00:00Z.
    pub at_secs: i64,
    /// Its properties.
    pub with: BTreeMap<Name, Value>,
}

/// What happened to a lead so far. Nothing, to one that has just come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// Events.
    pub events: Vec<Past>,
    /// Mails and messages that were sent, with their instants.
    pub sent: Vec<(Name, i64)>,
    /// Journeys it is in.
    pub running: BTreeSet<Name>,
    /// Journeys it has been through.
    pub finished: BTreeSet<Name>,
    /// Stages it has been in.
    pub reached: BTreeSet<Name>,
    /// Of each catalog, numbers of items that it bought.
    pub bought: BTreeMap<Name, BTreeSet<u32>>,
}

impl History {
    /// What happened of an event in the look-back.
    pub(super) fn events(
        &self,
        event: &str,
        named: &Kwargs,
        now: i64,
    ) -> Result<impl Iterator<Item = &Past> + use<'_>, Error> {
        let since = since(named, now)?;
        let event = event.to_owned();
        let fits = move |past: &&Past| past.event == event && past.at_secs > since && past.at_secs <= now;
        Ok(self.events.iter().filter(fits))
    }

    /// Whether a mail or message was sent in the look-back.
    pub(super) fn received(&self, content: &str, named: &Kwargs, now: i64) -> Result<bool, Error> {
        let since = since(named, now)?;
        Ok(self.sent.iter().any(|(name, at)| name == content && *at > since && *at <= now))
    }

    /// Whole days of 24 hours since an event happened last.
    pub(super) fn days_since(&self, event: &str, now: i64) -> Option<i64> {
        let last = self.events.iter().filter(|past| past.event == event).map(|past| past.at_secs).max()?;
        Some((now - last).div_euclid(DAY))
    }
}

/// The instant from which on a look-back counts, itself left out.
fn since(named: &Kwargs, now: i64) -> Result<i64, Error> {
    // It has been checked when the campaign was.
    let within = named.get::<Option<String>>("within")?;
    Ok(within.map_or(i64::MIN, |text| now - duration_secs(&text).unwrap_or(i64::MAX / 2)))
}
