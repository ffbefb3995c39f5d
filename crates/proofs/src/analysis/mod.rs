//! Facts about a campaign that need no leads, each with the places that show it.
//!
//! In: the campaign. Out: [`Facts`]. Never: words; whether a fact is a fault is for `rules` to say.

mod best_time;
mod calendar;
mod circles;
pub mod conditions;
mod consent;
mod entry;
mod experiment;
pub mod flood;
mod graph;
mod made;
pub mod mail;
pub mod matching;
pub mod moves;
pub mod paths;
mod permission;
pub mod reach;
mod sent;
pub mod warmup;

use std::collections::{BTreeMap, BTreeSet};

pub use entry::MADE_BY_JOURNEYS;
pub use experiment::ExperimentFacts;
pub use graph::JourneyFacts;
use matching::MatchFacts;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::ir::{Campaign, Journey, Name};

/// Ways between the steps of a journey up to which conditions are followed.
const MOST_WAYS: usize = 1_000;
/// Segments up to which conditions are followed: their comparison takes the square of it.
const MOST_SEGMENTS: usize = 5_000;

/// What is known of a campaign.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Of each journey's graph.
    pub journeys: BTreeMap<Name, JourneyFacts>,
    /// What conditions make impossible in each journey; empty while the meaning of the campaign is open.
    pub reach: reach::Reach,
    /// Whom conditions match; empty while the meaning of the campaign is open.
    pub matching: MatchFacts,
    /// What lies on the paths of each journey.
    pub paths: BTreeMap<Name, paths::PathFacts>,
    /// Journeys that let leads into each other without a pause, each circle by its journeys and their steps.
    pub start_circles: Vec<Vec<(Name, usize)>>,
    /// Journeys that no lead can ever enter, because only a `start` step lets leads in and none that can be reached
    /// names them, or because their event cannot happen, or because only such journeys make it.
    pub unentered: BTreeSet<Name>,
    /// Of each experiment.
    pub experiments: BTreeMap<Name, ExperimentFacts>,
    /// Emails that some step sends.
    pub sent: BTreeSet<Name>,
    /// Topics that something subscribes leads to, in the run or before it.
    pub subscribable: BTreeSet<Name>,
    /// Of the moves of the lifecycle.
    pub moves: moves::MoveFacts,
    /// Days on which a sender's warm-up falls or jumps.
    pub warmup_steps: Vec<(Name, warmup::Step)>,
    /// Calendars whose listed days end before the year in which the simulation ends: the last day listed, and that year.
    pub outdated_calendars: Vec<(Name, String, i16)>,
    /// Personas that have no best time, although a step waits for it or they say what it does to them.
    pub without_best_time: Vec<Name>,
    /// Steps that wait for a best time that nobody has: journey and step.
    pub best_time_of_nobody: Vec<(Name, Name)>,
    /// Mail for which a sender's warm-up leaves no room.
    pub warmup_misfits: Vec<warmup::Misfit>,
    /// Topics to which something confirms subscriptions.
    pub confirmable: BTreeSet<Name>,
    /// Events on which the consent for tracking depends, and that need this consent.
    pub unheard_consents: BTreeSet<Name>,
    /// Of the mails that one lead can get.
    pub flood: flood::Flood,
    /// Of the text of each mail.
    pub mails: BTreeMap<Name, mail::MailFacts>,
}

/// Finds out what is known of a campaign. While its meaning is open, conditions are not looked at: what could not be read
/// would seem never to hold. Of mails only what is wanted is found out.
pub fn analyse(campaign: &Campaign, is_open: bool, mails: Option<flood::Wanted>) -> Facts {
    let journeys: BTreeMap<Name, JourneyFacts> =
        campaign.journeys.par_iter().map(|(name, journey)| (name.clone(), graph::facts(journey))).collect();
    let written = conditions::Written::of(campaign);
    // Nothing is claimed of what is too large to be looked at in good time.
    let compares = !is_open && campaign.segments.len() <= MOST_SEGMENTS;
    let followed: Graphs<'_> =
        journeys.iter().filter(|(name, _)| !is_open && ways(&campaign.journeys[*name]) <= MOST_WAYS).collect();
    // Most of the time goes into the mails, so they are looked at beside all else.
    let mails = mails.filter(|_| !is_open);
    let writes = reach::Writes::of(campaign, &written);
    let matching = || if compares { matching::matching(campaign, &written, &writes) } else { MatchFacts::default() };
    let reach = || {
        let reach = reach::reach(campaign, &written, &writes, &followed);
        let flood = mails.map_or_else(Default::default, |wanted| flood::flood(campaign, &written, &reach, wanted));
        (reach, flood)
    };
    let sent = entry::sent(campaign);
    let others = || Facts {
        reach: reach::Reach::default(),
        matching: MatchFacts::default(),
        paths: paths::paths(campaign, &written, &followed, &sent),
        start_circles: circles::circles(campaign, (&written, &writes), &journeys),
        unentered: entry::unentered(campaign, &written, is_open, &|name, step| {
            journeys.get(name).is_some_and(|graph| graph.reached.get(step).copied().unwrap_or(false))
        }),
        experiments: experiment::experiments(campaign),
        sent: BTreeSet::new(),
        subscribable: entry::subscribable(campaign),
        moves: if is_open { Default::default() } else { moves::moves(campaign, &written) },
        warmup_steps: warmup::steps(campaign),
        outdated_calendars: calendar::outdated(campaign),
        without_best_time: best_time::personas(campaign),
        best_time_of_nobody: best_time::of_nobody(campaign),
        warmup_misfits: warmup::misfits(campaign),
        confirmable: permission::confirmable(campaign),
        unheard_consents: consent::unheard(campaign),
        flood: flood::Flood::default(),
        mails: BTreeMap::new(),
        journeys: BTreeMap::new(),
    };
    let ((reach, flood), (matching, others)) = rayon::join(reach, || rayon::join(matching, others));
    Facts { flood, reach, matching, journeys, sent, ..others }
}

/// The graphs of some journeys, by their names.
type Graphs<'c> = BTreeMap<&'c Name, &'c JourneyFacts>;

/// How many ways there are between the steps of a journey.
fn ways(journey: &Journey) -> usize {
    journey.steps.iter().map(|step| step.edges().len().max(1)).sum()
}
