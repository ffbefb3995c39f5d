//! The real people inside: who they are, and what becomes of each.
//!
//! In: a [`Change`], and who stands where. Out: [`Inside`]. Never: how that was read.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::model::{Change, Fate, InFlight, Inside, Retimed, Standing, Status, Waits};
use crate::ir::{Calendar, Length, Name};

/// People that are named; all are counted.
const NAMED: usize = 200;

/// Somebody inside a journey.
#[derive(Clone, Copy, Debug)]
pub struct Stands<'a> {
    /// The lead.
    pub lead: &'a str,
    /// The journey, by its name before the change.
    pub journey: &'a str,
    /// The step on which it stands, by its id before the change.
    pub step: &'a str,
    /// Since when, in seconds since 1970-01-01T00:00:00Z.
    pub since_secs: Option<i64>,
}

/// By what days are counted on one side.
#[derive(Clone, Debug)]
pub struct Clock<'a> {
    /// Which days are worked.
    pub calendars: &'a BTreeMap<Name, Calendar>,
    /// The clock of leads, of whom no other is told.
    pub zone: TimeZone,
}

impl Change {
    /// Finds out what becomes of people who stand somewhere. `knows` says whether the base has such a step, `clocks` are those
    /// of the base and of what is compared.
    ///
    /// How long somebody has waited is reckoned at the latest instant of all: that is when the table was made.
    pub fn count<'a>(
        &mut self,
        people: impl Iterator<Item = Stands<'a>>,
        knows: &dyn Fn(&str, &str) -> bool,
        clocks: &[Clock<'_>; 2],
    ) {
        let moved: BTreeMap<&str, &str> = self.followed.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
        let mut counts: BTreeMap<(Name, Name, InFlight, Option<Waits>), u64> = BTreeMap::new();
        let people: Vec<Stands<'a>> = people.collect();
        let at_secs = people.iter().filter_map(|person| person.since_secs).max();
        let mut inside = Inside::default();
        for person in people {
            inside.read += 1;
            if !knows(person.journey, person.step) {
                inside.nowhere += 1;
                continue;
            }
            let address = format!("journeys.{}", person.journey);
            let journey = moved.get(address.as_str()).and_then(|to| to.strip_prefix("journeys."));
            let journey = journey.unwrap_or(person.journey);
            let address = format!("journeys.{}.steps.{}", person.journey, person.step);
            // Who stands on a step that is in another journey now is told of by the step it stood on.
            let home = format!("journeys.{journey}.steps.");
            let step = moved.get(address.as_str()).and_then(|to| to.strip_prefix(&home)).unwrap_or(person.step);
            let fate = fate(self, journey, step);
            let times = person.since_secs.zip(at_secs);
            let waits = times.and_then(|times| self.waits(journey, step, times, clocks));
            *counts.entry((journey.to_owned(), step.to_owned(), fate, waits)).or_default() += 1;
            let is_harmed = match fate {
                InFlight::None | InFlight::FollowsNew => false,
                InFlight::Leaves | InFlight::MayRepeat | InFlight::Stuck | InFlight::Unknown => true,
            };
            if is_harmed {
                inside.people.push(Standing {
                    lead: person.lead.to_owned(),
                    journey: journey.to_owned(),
                    step: step.to_owned(),
                    since: person
                        .since_secs
                        .and_then(|secs| jiff::Timestamp::from_second(secs).ok())
                        .map(|at| at.to_string()),
                    fate,
                });
            }
        }
        let fates = counts.into_iter();
        let fates = fates.map(|((journey, step, fate, waits), leads)| Fate { journey, step, fate, waits, leads });
        inside.fates = fates.collect();
        inside.fates.sort_by_key(|one| std::cmp::Reverse((one.fate, one.leads)));
        inside.people.sort_by(|one, two| two.fate.cmp(&one.fate).then_with(|| one.lead.cmp(&two.lead)));
        inside.unnamed = inside.people.len().saturating_sub(NAMED) as u64;
        inside.people.truncate(NAMED);
        self.inside = Some(inside);
    }

    /// What another time of the wait on a step is to somebody who has waited since some second, at another.
    fn waits(
        &self,
        journey: &str,
        step: &str,
        (since_secs, at_secs): (i64, i64),
        clocks: &[Clock<'_>; 2],
    ) -> Option<Waits> {
        let journey = self.journeys.iter().find(|one| one.journey == journey)?;
        let Retimed { before, after } = journey.retimed.get(step)?;
        let [old, new] = clocks;
        let ends = |length: &Length, clock: &Clock<'_>| length.ends(since_secs, clock.calendars, &clock.zone);
        let (was, is) = (ends(before, old)?, ends(after, new)?);
        match is.cmp(&was) {
            Ordering::Equal => None,
            _ if at_secs >= is => Some(Waits::AtOnce),
            Ordering::Less => Some(Waits::Shorter),
            Ordering::Greater => Some(Waits::Longer),
        }
    }
}

/// What becomes of whoever stands on a step, by the names after the change.
fn fate(change: &Change, journey: &str, step: &str) -> InFlight {
    let Some(found) = change.journeys.iter().find(|one| one.journey == journey) else { return InFlight::None };
    match found.status {
        Status::Removed => found.in_flight.value,
        Status::Added => InFlight::None,
        Status::Changed => found.fates.get(step).copied().unwrap_or_default(),
    }
}
