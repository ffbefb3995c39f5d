//! What happened to a lead before it reads a mail, and what templates ask of it.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::value::Kwargs;
use minijinja::{Error, ErrorKind};

use crate::ir::Name;
use crate::text::duration_secs;

const DAY: i64 = 86_400;

/// What happened to a lead so far. Nothing, to one that has just come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// Events with their instants, in seconds since 1970-01-01T00:00:00Z.
    pub events: Vec<(Name, i64)>,
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
    /// How often an event happened in the look-back.
    pub(super) fn count(&self, event: &str, named: &Kwargs, now: i64) -> Result<i64, Error> {
        within(&self.events, event, named, now)
    }

    /// Whether a mail or message was sent in the look-back.
    pub(super) fn received(&self, content: &str, named: &Kwargs, now: i64) -> Result<bool, Error> {
        Ok(within(&self.sent, content, named, now)? > 0)
    }

    /// Whole days of 24 hours since an event happened last.
    pub(super) fn days_since(&self, event: &str, now: i64) -> Option<i64> {
        let last = self.events.iter().filter(|(name, _)| name == event).map(|(_, at)| *at).max()?;
        Some((now - last).div_euclid(DAY))
    }
}

fn within(all: &[(Name, i64)], wanted: &str, named: &Kwargs, now: i64) -> Result<i64, Error> {
    if named.has("where") {
        // The condition is about the past event, and the engine has asked it of the one at hand.
        let detail = "`where` cannot be told outside of a run: let a segment ask it, and the template `in_segment`";
        return Err(Error::new(ErrorKind::InvalidOperation, detail));
    }
    let since = match named.get::<Option<String>>("within")? {
        // It has been checked when the campaign was.
        Some(text) => now - duration_secs(&text).unwrap_or(i64::MAX / 2),
        None => i64::MIN,
    };
    let found = all.iter().filter(|(name, at)| name == wanted && *at > since && *at <= now);
    Ok(i64::try_from(found.count()).unwrap_or(i64::MAX))
}
