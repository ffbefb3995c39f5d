//! What a run gives back: plain figures, whole numbers only. Rates are the reader's business.
//!
//! Figures of two parts of the leads add up to the figures of both, in any order; that is why a run gives the same
//! bytes on any number of threads.

mod journeys;
mod leads;
mod mails;
mod named;
mod people;
mod senders;

use std::collections::BTreeMap;

pub use journeys::{JourneyFigures, LeftFigures, StepFigures};
pub use leads::{LeadFigures, ReplayFigures, ToldFigures, nothing_told};
pub use mails::{Busiest, ContactFigures, EmailFigures, MailFigures};
pub use named::Named;
pub(super) use named::{add_counts, bump, bump_word};
pub use people::{AudienceFigures, PersonaFigures, ScoreFigures, SegmentFigures, StageFigures};
pub use senders::{SenderDay, SenderFigures};

use super::acquisition::AcquisitionFigures;
use super::catalog::{self, CatalogFigures};
use super::costs::CostFigures;
use super::facts::Noted;
use super::groups::GroupSums;
use super::measures::{ExperimentFigures, KpiFigures, Tallies};
use super::permission::ConsentFigures;
use super::program::{Content, Program};
use super::reach::ReachFigures;
use super::trace::TraceLine;
use crate::ir::{LogSummary, RefusedRow};

/// Refused rows that are kept in full.
pub const REFUSED_ROWS_KEPT: usize = 1_000;

/// Everything a run gives back.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Outcome {
    /// With what it was run.
    pub run: Parameters,
    /// The figures.
    #[serde(flatten)]
    pub figures: Figures,
    /// The first refused rows, in the order of the file.
    pub refused_rows: Vec<RefusedRow>,
    /// The whole timeline of the lead that was asked for; `None` if none was, or no lead has that id.
    pub trace: Option<Vec<TraceLine>>,
    /// The same as data.
    #[serde(skip)]
    pub facts: Vec<Noted>,
    /// What reading logs of events gave, if leads were replayed from them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<LogSummary>,
}

/// With what a run was made.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Parameters {
    /// First day, `YYYY-MM-DD`.
    pub start: String,
    /// First instant, in seconds since 1970-01-01T00:00:00Z.
    pub start_secs: i64,
    /// Days of 24 hours.
    pub days: u32,
    /// Seed of all chance.
    pub seed: u64,
    /// Hash of the plan.
    pub plan: String,
}

/// The figures of a run.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Figures {
    /// Rows and leads.
    pub leads: LeadFigures,
    /// Timelines of leads.
    #[serde(skip_serializing_if = "ReplayFigures::is_unused")]
    pub replay: ReplayFigures,
    /// What the timelines told of the run's time, by what was sent.
    #[serde(skip_serializing_if = "nothing_told")]
    pub told: Named<ToldFigures>,
    /// Events of leads that did not agree to be tracked, by event. They did not reach the campaign.
    #[serde(skip_serializing_if = "Named::is_empty")]
    pub untracked: Named<u64>,
    /// By journey, in the order in which they are tried.
    pub journeys: Named<JourneyFigures>,
    /// By email.
    pub emails: Named<EmailFigures>,
    /// By message of another channel.
    pub messages: Named<EmailFigures>,
    /// What came by all channels together; empty where there is only mail.
    pub contacts: ContactFigures,
    /// What was paid.
    pub costs: CostFigures,
    /// By audience of a system, `system.list`.
    pub audiences: Named<AudienceFigures>,
    /// All mails together.
    pub mails: MailFigures,
    /// Mails not sent since a frequency rule was full, by rule.
    #[serde(skip)]
    pub capped: Named<u64>,
    /// By persona, in the order in which they are tried.
    pub personas: Named<PersonaFigures>,
    /// Leads without a persona.
    pub no_persona: PersonaFigures,
    /// By stage.
    pub stages: Named<StageFigures>,
    /// By how much the leads in each stage became more or fewer, for each day of 24 hours from the start.
    #[serde(skip)]
    pub stage_changes: Named<Vec<i64>>,
    /// Moves between stages: from, to, how many.
    pub moves: Named<Named<u64>>,
    /// By segment.
    pub segments: Named<SegmentFigures>,
    /// Scores at the end, by model.
    pub scores: Named<ScoreFigures>,
    /// Leads by grade at the end, by model; `none` for those below all bands.
    pub grades: Named<Named<u64>>,
    /// Tasks by whom they are for.
    pub tasks: BTreeMap<String, u64>,
    /// Experiments.
    pub experiments: Named<ExperimentFigures>,
    /// KPIs.
    pub kpis: Named<KpiFigures>,
    /// Mails by what they belong to.
    pub tallies: Tallies,
    /// Events by name.
    pub events: Named<u64>,
    /// Mails sent, by day of 24 hours from the start.
    pub sends_per_day: Vec<u64>,
    /// Of sources, pages and forms.
    pub acquisition: AcquisitionFigures,
    /// Of items of catalogs that were bought.
    pub catalogs: CatalogFigures,
    /// By sender, of those that have a quota.
    #[serde(skip_serializing_if = "Named::is_empty")]
    pub senders: Named<SenderFigures>,
    /// What leads allow; `None` if the campaign says nothing about it beyond the consent of topics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<ConsentFigures>,
    /// Whom journeys reach, and which overlap.
    #[serde(skip)]
    pub reach: ReachFigures,
    /// Sums of squares over groups of leads.
    #[serde(skip)]
    pub groups: GroupSums,
}

impl Figures {
    /// Nothing counted yet.
    pub(super) fn empty(program: &Program) -> Figures {
        let stages = || program.lifecycle.stages.iter().map(|sym| program.texts.get(*sym));
        let days = program.frame.days();
        Figures {
            leads: LeadFigures::default(),
            replay: ReplayFigures::default(),
            told: Named::of(program.contents.iter().map(|each| each.name.as_str()), |_| ToldFigures::default()),
            untracked: Named::of(program.tracked.iter().map(|event| program.events[*event].name.as_str()), |_| 0),
            journeys: Named::of(program.journeys.iter().map(|each| each.name.as_str()), |number| {
                JourneyFigures::empty(program, number)
            }),
            emails: Named::of(contents(&program.contents[..program.emails]), |_| EmailFigures::default()),
            messages: Named::of(contents(&program.contents[program.emails..]), |_| EmailFigures::default()),
            contacts: ContactFigures::default(),
            costs: CostFigures::empty(program),
            audiences: Named::of(program.audiences.iter().map(|each| each.name.as_str()), |_| {
                AudienceFigures::default()
            }),
            mails: MailFigures::default(),
            capped: Named::of(program.policies.frequency.iter().map(|rule| rule.text.as_str()), |_| 0),
            personas: Named::of(program.personas.iter().map(|each| each.name.as_str()), |_| PersonaFigures::default()),
            no_persona: PersonaFigures::default(),
            stages: Named::of(stages(), |_| StageFigures::default()),
            stage_changes: Named::of(stages(), |_| vec![0; days]),
            moves: Named::of(stages(), |_| Named::of(stages(), |_| 0)),
            segments: Named::of(program.segments.iter().map(|each| each.name.as_str()), |_| SegmentFigures::default()),
            scores: Named::of(program.models.iter().map(|each| each.name.as_str()), |_| ScoreFigures::default()),
            grades: Named::of(program.gradings.iter().map(|each| each.name.as_str()), |number| {
                let bands = program.gradings[number].bands.iter().map(|(sym, _)| program.texts.get(*sym));
                Named::of(bands.chain(["none"]), |_| 0)
            }),
            tasks: BTreeMap::new(),
            experiments: ExperimentFigures::empty(program),
            kpis: KpiFigures::empty(program),
            tallies: Tallies::empty(program),
            events: Named::of(program.events.iter().map(|each| each.name.as_str()), |_| 0),
            acquisition: AcquisitionFigures::empty(program),
            catalogs: catalog::empty(program),
            sends_per_day: vec![0; days],
            senders: Named::of(program.quotas.senders.iter().map(|each| each.name.as_str()), |number| {
                let days = program.quotas.senders[number].days.len();
                SenderFigures { days: vec![SenderDay::default(); days] }
            }),
            consent: ConsentFigures::empty(program),
            reach: ReachFigures::empty(program, days),
            groups: GroupSums::default(),
        }
    }

    /// The figures of something that can be sent.
    pub(super) fn content(&mut self, number: usize) -> &mut EmailFigures {
        match number.checked_sub(self.emails.0.len()) {
            Some(message) => self.messages.at(message),
            None => self.emails.at(number),
        }
    }

    /// Adds the figures of other leads.
    pub(super) fn add(&mut self, other: Figures) {
        self.leads.add(other.leads);
        self.replay.add(other.replay);
        if let (Some(mine), Some(theirs)) = (&mut self.consent, other.consent) {
            mine.add(theirs);
        }
        self.told.add(other.told, ToldFigures::add);
        self.untracked.add_counts(other.untracked);
        self.journeys.add(other.journeys, JourneyFigures::add);
        self.emails.add(other.emails, EmailFigures::add);
        self.messages.add(other.messages, EmailFigures::add);
        self.contacts.add(other.contacts);
        self.costs.add(other.costs);
        self.audiences.add(other.audiences, AudienceFigures::add);
        self.mails.add(other.mails);
        self.capped.add_counts(other.capped);
        self.personas.add(other.personas, PersonaFigures::add);
        self.no_persona.add(other.no_persona);
        self.stages.add(other.stages, StageFigures::add);
        self.stage_changes.add(other.stage_changes, |mine, theirs| {
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
        });
        self.moves.add(other.moves, Named::add_counts);
        self.segments.add(other.segments, SegmentFigures::add);
        self.scores.add(other.scores, ScoreFigures::add);
        self.grades.add(other.grades, Named::add_counts);
        add_counts(&mut self.tasks, other.tasks);
        self.experiments.add(other.experiments, ExperimentFigures::add);
        self.kpis.add(other.kpis, KpiFigures::add);
        self.tallies.add(other.tallies);
        self.events.add_counts(other.events);
        self.reach.add(other.reach);
        self.groups.add(other.groups);
        self.acquisition.add(other.acquisition);
        catalog::add(&mut self.catalogs, other.catalogs);
        for (mine, theirs) in self.sends_per_day.iter_mut().zip(other.sends_per_day) {
            *mine += theirs;
        }
        self.senders.add(other.senders, SenderFigures::add);
    }
}

fn contents(contents: &[Content]) -> impl Iterator<Item = &str> {
    contents.iter().map(|each| each.name.as_str())
}
