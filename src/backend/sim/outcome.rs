//! What a run gives back: plain figures, whole numbers only. Rates are the reader's business.
//!
//! Figures of two parts of the leads add up to the figures of both, in any order; that is why a run gives the same
//! bytes on any number of threads.

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::acquisition::AcquisitionFigures;
use super::catalog::{self, CatalogFigures};
use super::civil::DAY;
use super::costs::CostFigures;
use super::facts::Noted;
use super::measures::{ExperimentFigures, KpiFigures, Tallies};
use super::permission::ConsentFigures;
use super::program::{Action, Content, Program};
use super::reach::ReachFigures;
use super::trace::TraceLine;
use crate::ir::{LogSummary, Refusal, RefusedRow};

/// Refused rows that are kept in full.
pub const REFUSED_ROWS_KEPT: usize = 1_000;

/// Ids of stopped leads that are kept.
const LIVELOCKS_KEPT: usize = 100;

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

/// Values by name, in the order of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Named<T>(pub Vec<(String, T)>);

impl<T> Named<T> {
    pub(super) fn of<'a>(names: impl Iterator<Item = &'a str>, empty: impl Fn(usize) -> T) -> Named<T> {
        Named(names.enumerate().map(|(number, name)| (name.to_owned(), empty(number))).collect())
    }

    /// Whether there are no names.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value with this name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.iter().find(|(each, _)| *each == name).map(|(_, value)| value)
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    pub(super) fn at(&mut self, number: usize) -> &mut T {
        &mut self.0[number].1
    }

    /// The value with this name, to be changed.
    pub(super) fn find(&mut self, name: &str) -> Option<&mut T> {
        self.0.iter_mut().find(|(each, _)| each == name).map(|(_, value)| value)
    }

    pub(super) fn add(&mut self, other: Named<T>, add: impl Fn(&mut T, T)) {
        for ((_, mine), (_, theirs)) in self.0.iter_mut().zip(other.0) {
            add(mine, theirs);
        }
    }
}

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
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
    /// By persona, in the order in which they are tried.
    pub personas: Named<PersonaFigures>,
    /// Leads without a persona.
    pub no_persona: PersonaFigures,
    /// By stage.
    pub stages: Named<StageFigures>,
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
    #[serde(skip_serializing_if = "no_senders")]
    pub senders: Named<SenderFigures>,
    /// What leads allow; `None` if the campaign says nothing about it beyond the consent of topics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<ConsentFigures>,
    /// Whom journeys reach, and which overlap.
    #[serde(skip)]
    pub reach: ReachFigures,
}

fn no_senders(senders: &Named<SenderFigures>) -> bool {
    senders.0.is_empty()
}

/// Rows and leads.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct LeadFigures {
    /// Rows read.
    pub read: u64,
    /// Leads that came by sources in the run.
    #[serde(skip_serializing_if = "is_nothing")]
    pub arrived: u64,
    /// Rows refused, by reason.
    pub refused: BTreeMap<Refusal, u64>,
    /// Leads that took part.
    pub simulated: u64,
    /// Leads created only after the run.
    pub not_created: u64,
    /// Leads stopped because they did not come to rest within one second.
    pub livelocked: u64,
    /// The first ids of those, in order.
    pub livelocked_ids: Vec<String>,
}

/// What the timelines of leads told; see [`Lead::timeline`](crate::ir::Lead::timeline).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct ReplayFigures {
    /// Leads that had a timeline.
    pub leads: u64,
    /// Events from before a lead came in.
    pub past: u64,
    /// Events that happened in the run as they were told.
    pub happened: u64,
    /// Events that the simulation makes by itself, such as `email_sent`: those of the timeline were left out.
    pub own: u64,
    /// Of those that happened: reactions to an email that the lead had not been sent.
    pub unmatched: u64,
}

impl ReplayFigures {
    /// Whether no lead had a timeline.
    pub fn is_unused(&self) -> bool {
        self.leads == 0
    }

    fn add(&mut self, other: ReplayFigures) {
        self.leads += other.leads;
        self.past += other.past;
        self.happened += other.happened;
        self.own += other.own;
        self.unmatched += other.unmatched;
    }
}

fn is_nothing(number: &u64) -> bool {
    *number == 0
}

/// What timelines told of something that was really sent. An opening or click counts once for each sending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct ToldFigures {
    /// Sent.
    pub sent: u64,
    /// Delivered.
    pub delivered: u64,
    /// Not delivered.
    pub bounced: u64,
    /// Opened.
    pub opened: u64,
    /// Clicked.
    pub clicked: u64,
}

impl ToldFigures {
    /// Whether nothing was told.
    pub fn is_unused(&self) -> bool {
        *self == ToldFigures::default()
    }

    fn add(&mut self, other: ToldFigures) {
        self.sent += other.sent;
        self.delivered += other.delivered;
        self.bounced += other.bounced;
        self.opened += other.opened;
        self.clicked += other.clicked;
    }
}

/// Whether the timelines told of nothing that was sent.
pub fn nothing_told(told: &Named<ToldFigures>) -> bool {
    told.iter().all(|(_, figures)| figures.is_unused())
}

/// Why a lead may not enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryRefusal {
    /// `where` or `when` does not hold, or the key is missing.
    NotMatching,
    /// The journey is over.
    Ended,
    /// An instance runs.
    AlreadyIn,
    /// It was in before, and `again` is `never`.
    AgainNever,
    /// It was in too short a time ago.
    AgainTooSoon,
}

/// Why a mail was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Skip {
    /// The lead has no address.
    NoAddress,
    /// Nothing is sent to the address any more.
    Suppressed,
    /// The lead is not subscribed, or complained.
    NoConsent,
    /// The lead showed no interest for too long.
    Sunset,
    /// The lead wants nothing for a while.
    Paused,
    /// The lead got this mail before.
    Repeat,
    /// A frequency rule is full.
    Capped,
    /// The lead wants fewer mails.
    OwnLimit,
    /// It was held too long.
    Expired,
    /// The instance ended while it was held.
    Exited,
    /// The sender's quota was used up.
    Quota,
}

impl EntryRefusal {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            EntryRefusal::NotMatching => "not-matching",
            EntryRefusal::Ended => "ended",
            EntryRefusal::AlreadyIn => "already-in",
            EntryRefusal::AgainNever => "again-never",
            EntryRefusal::AgainTooSoon => "again-too-soon",
        }
    }
}

impl Skip {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Skip::NoAddress => "no-address",
            Skip::Suppressed => "suppressed",
            Skip::NoConsent => "no-consent",
            Skip::Sunset => "sunset",
            Skip::Paused => "paused",
            Skip::OwnLimit => "own-limit",
            Skip::Repeat => "repeat",
            Skip::Capped => "capped",
            Skip::Expired => "expired",
            Skip::Exited => "exited",
            Skip::Quota => "quota",
        }
    }
}

/// Figures of a journey. `entered` is the sum of all ends and `running`.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct JourneyFigures {
    /// Instances.
    pub entered: u64,
    /// Leads that entered at least once.
    pub leads: u64,
    /// Entries refused, by reason.
    pub refused: BTreeMap<EntryRefusal, u64>,
    /// Instances that came to the end of the steps.
    pub completed: u64,
    /// Instances ended by `exit_when`.
    pub exit_when: u64,
    /// Instances that reached the goal.
    pub goal: u64,
    /// Instances ended by an `exit` step, by its reason.
    pub exits: BTreeMap<String, u64>,
    /// Instances still running at the end.
    pub running: u64,
    /// By step, in the order they are written.
    pub steps: Named<StepFigures>,
}

/// Figures of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct StepFigures {
    /// How often it was reached.
    pub reached: u64,
    /// Of a split: how often each arm was taken.
    #[serde(skip_serializing_if = "no_arms")]
    pub arms: Named<u64>,
    /// How often something came of it, by event.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub outcomes: BTreeMap<String, u64>,
}

fn no_arms(arms: &Named<u64>) -> bool {
    arms.0.is_empty()
}

/// Figures of an email, or of a message, whose failures are soft if they say nothing of the next one. `requested` is the sum of `sent`, all `skipped` and `waiting`.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct EmailFigures {
    /// `send` steps reached.
    pub requested: u64,
    /// Mails sent.
    pub sent: u64,
    /// Mails not sent, by reason.
    pub skipped: BTreeMap<Skip, u64>,
    /// Mails still held at the end.
    pub waiting: u64,
    /// Mails that were held.
    pub held: u64,
    /// Seconds they were held, together.
    pub held_secs: u64,
    /// Mails delivered.
    pub delivered: u64,
    /// Mails that failed after all attempts.
    pub soft_bounced: u64,
    /// Mails that failed for good.
    pub hard_bounced: u64,
    /// Further attempts.
    pub retries: u64,
    /// Mails opened.
    pub opened: u64,
    /// Mails clicked.
    pub clicked: u64,
    /// Mails that made the lead unsubscribe.
    pub unsubscribed: u64,
    /// Mails reported as spam.
    pub complained: u64,
}

/// Figures of all channels together.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct ContactFigures {
    /// Leads by the number of mails and messages they were sent in the whole run.
    pub leads_by_contacts: BTreeMap<u64, u64>,
    /// Their busiest 7 days.
    pub busiest_week: Busiest,
}

/// Figures of an audience.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct AudienceFigures {
    /// How often a lead joined.
    pub added: u64,
    /// How often one left.
    pub removed: u64,
    /// Members at the end.
    pub members: u64,
}

/// Figures of a sender that has a quota.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct SenderFigures {
    /// By day of the project's time zone, from the first of the run on.
    pub days: Vec<SenderDay>,
}

/// What came to the gate of a sender's quota on one day. What was asked for up to a day, less all else up to it, waits
/// for the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct SenderDay {
    /// Mails that came to it for the first time.
    pub asked: u64,
    /// Mails that were sent.
    pub sent: u64,
    /// Of those, transactional mails for which the quota had no room any more.
    pub beyond: u64,
    /// Mails that had come to it and were held for too long.
    pub expired: u64,
    /// Mails left out because the quota was used up.
    pub skipped: u64,
    /// Mails that had come to it and were not sent for another reason.
    pub dropped: u64,
}

impl SenderDay {
    fn add(&mut self, other: SenderDay) {
        self.asked += other.asked;
        self.sent += other.sent;
        self.beyond += other.beyond;
        self.expired += other.expired;
        self.skipped += other.skipped;
        self.dropped += other.dropped;
    }
}

/// Figures of all mails.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct MailFigures {
    /// Mails not sent, by reason.
    pub not_sent: BTreeMap<Skip, u64>,
    /// Mails sent that were not delivered.
    pub bounced: u64,
    /// Leads by the number of mails they were sent in the whole run.
    pub leads_by_mails: BTreeMap<u64, u64>,
    /// Their busiest 7 days, all mails.
    pub busiest_week: Busiest,
    /// Their busiest 7 days, marketing only.
    pub busiest_week_marketing: Busiest,
}

/// Most mails that leads were sent in any 7 days.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Busiest {
    /// Leads by the most mails they were sent in any 7 days.
    pub leads_by_mails: BTreeMap<u64, u64>,
    /// The most.
    pub most: u64,
    /// The lead with the most; the first id if there are several.
    pub lead: Option<String>,
}

/// Figures of a persona.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct PersonaFigures {
    /// Leads, as they came in.
    pub leads: u64,
    /// Mails sent to them.
    pub sent: u64,
    /// Mails they opened.
    pub opened: u64,
    /// Mails they clicked.
    pub clicked: u64,
    /// Mails delivered at their best time.
    #[serde(skip_serializing_if = "is_zero")]
    pub delivered_in_best_time: u64,
    /// Of those, mails they opened.
    #[serde(skip_serializing_if = "is_zero")]
    pub opened_in_best_time: u64,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Figures of a stage.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct StageFigures {
    /// Leads in it as they came in.
    pub start: u64,
    /// Leads in it at the end.
    pub end: u64,
    /// Leads that were ever in it.
    pub reached: u64,
}

/// Figures of a segment.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct SegmentFigures {
    /// Members right after leads came in.
    pub start: u64,
    /// Members at the end.
    pub end: u64,
    /// How often a lead became a member.
    pub joined: u64,
    /// How often a lead ceased to be one.
    pub left: u64,
}

/// Scores at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct ScoreFigures {
    /// Smallest.
    pub min: Option<i64>,
    /// Largest.
    pub max: Option<i64>,
    /// Sum.
    pub sum: i64,
    /// How many leads.
    pub count: u64,
}

impl ScoreFigures {
    pub(super) fn count(&mut self, score: i64) {
        self.min = Some(self.min.map_or(score, |min| min.min(score)));
        self.max = Some(self.max.map_or(score, |max| max.max(score)));
        self.sum += score;
        self.count += 1;
    }

    fn add(&mut self, other: &ScoreFigures) {
        self.min = self.min.into_iter().chain(other.min).min();
        self.max = self.max.into_iter().chain(other.max).max();
        self.sum += other.sum;
        self.count += other.count;
    }
}

impl Busiest {
    pub(super) fn count(&mut self, mails: u64, id: &str) {
        bump(&mut self.leads_by_mails, mails);
        self.challenge(mails, Some(id));
    }

    fn add(&mut self, other: Busiest) {
        self.challenge(other.most, other.lead.as_deref());
        add_counts(&mut self.leads_by_mails, other.leads_by_mails);
    }

    fn challenge(&mut self, mails: u64, id: Option<&str>) {
        let first = || id.is_some_and(|id| self.lead.as_deref().is_none_or(|lead| id < lead));
        if mails > self.most || (mails == self.most && mails > 0 && first()) {
            self.most = mails;
            self.lead = id.map(str::to_owned);
        }
    }
}

/// Counts one more.
pub(super) fn bump<K: Ord>(counts: &mut BTreeMap<K, u64>, key: K) {
    *counts.entry(key).or_default() += 1;
}

impl Figures {
    /// Nothing counted yet.
    pub(super) fn empty(program: &Program) -> Figures {
        let stages = || program.lifecycle.stages.iter().map(|sym| program.texts.get(*sym));
        let secs = program.frame.end - program.frame.start;
        Figures {
            leads: LeadFigures::default(),
            replay: ReplayFigures::default(),
            told: Named::of(program.contents.iter().map(|each| each.name.as_str()), |_| ToldFigures::default()),
            untracked: Named::of(program.tracked.iter().map(|event| program.events[*event].name.as_str()), |_| 0),
            journeys: Named::of(program.journeys.iter().map(|each| each.name.as_str()), |number| JourneyFigures {
                steps: steps(program, number),
                exits: exits(program, number),
                ..Default::default()
            }),
            emails: Named::of(contents(&program.contents[..program.emails]), |_| EmailFigures::default()),
            messages: Named::of(contents(&program.contents[program.emails..]), |_| EmailFigures::default()),
            contacts: ContactFigures::default(),
            costs: CostFigures::empty(program),
            audiences: Named::of(program.audiences.iter().map(|each| each.name.as_str()), |_| {
                AudienceFigures::default()
            }),
            mails: MailFigures::default(),
            personas: Named::of(program.personas.iter().map(|each| each.name.as_str()), |_| PersonaFigures::default()),
            no_persona: PersonaFigures::default(),
            stages: Named::of(stages(), |_| StageFigures::default()),
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
            sends_per_day: vec![0; usize::try_from(secs / DAY).unwrap_or(0)],
            senders: Named::of(program.quotas.senders.iter().map(|each| each.name.as_str()), |number| {
                let days = program.quotas.senders[number].days.len();
                SenderFigures { days: vec![SenderDay::default(); days] }
            }),
            consent: ConsentFigures::empty(program),
            reach: ReachFigures::empty(program, usize::try_from(secs / DAY).unwrap_or(0)),
        }
    }

    /// The figures of something that can be sent.
    pub(super) fn content(&mut self, number: usize) -> &mut EmailFigures {
        match number.checked_sub(self.emails.0.len()) {
            Some(message) => self.messages.at(message),
            None => self.emails.at(number),
        }
    }

    /// Counts a stopped lead.
    pub(super) fn livelocked(&mut self, id: &str) {
        self.leads.livelocked += 1;
        self.leads.livelocked_ids.push(id.to_owned());
        self.leads.keep_first();
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
        add_counts(&mut self.contacts.leads_by_contacts, other.contacts.leads_by_contacts);
        self.contacts.busiest_week.add(other.contacts.busiest_week);
        self.costs.add(other.costs);
        self.audiences.add(other.audiences, |mine, theirs| {
            mine.added += theirs.added;
            mine.removed += theirs.removed;
            mine.members += theirs.members;
        });
        self.mails.add(other.mails);
        self.personas.add(other.personas, PersonaFigures::add);
        self.no_persona.add(other.no_persona);
        self.stages.add(other.stages, |mine, theirs| {
            mine.start += theirs.start;
            mine.end += theirs.end;
            mine.reached += theirs.reached;
        });
        self.moves.add(other.moves, Named::add_counts);
        self.segments.add(other.segments, |mine, theirs| {
            mine.start += theirs.start;
            mine.end += theirs.end;
            mine.joined += theirs.joined;
            mine.left += theirs.left;
        });
        self.scores.add(other.scores, |mine, theirs| mine.add(&theirs));
        self.grades.add(other.grades, Named::add_counts);
        add_counts(&mut self.tasks, other.tasks);
        self.experiments.add(other.experiments, ExperimentFigures::add);
        self.kpis.add(other.kpis, KpiFigures::add);
        self.tallies.add(other.tallies);
        self.events.add_counts(other.events);
        self.reach.add(other.reach);
        self.acquisition.add(other.acquisition);
        catalog::add(&mut self.catalogs, other.catalogs);
        for (mine, theirs) in self.sends_per_day.iter_mut().zip(other.sends_per_day) {
            *mine += theirs;
        }
        self.senders.add(other.senders, |mine, theirs| {
            mine.days.iter_mut().zip(theirs.days).for_each(|(mine, theirs)| mine.add(theirs));
        });
    }
}

impl Named<u64> {
    pub(super) fn add_counts(&mut self, other: Named<u64>) {
        self.add(other, |mine, theirs| *mine += theirs);
    }
}

impl LeadFigures {
    fn add(&mut self, other: LeadFigures) {
        self.read += other.read;
        self.arrived += other.arrived;
        add_counts(&mut self.refused, other.refused);
        self.simulated += other.simulated;
        self.not_created += other.not_created;
        self.livelocked += other.livelocked;
        self.livelocked_ids.extend(other.livelocked_ids);
        self.keep_first();
    }

    fn keep_first(&mut self) {
        self.livelocked_ids.sort_unstable();
        self.livelocked_ids.truncate(LIVELOCKS_KEPT);
    }
}

impl JourneyFigures {
    fn add(&mut self, other: JourneyFigures) {
        self.entered += other.entered;
        self.leads += other.leads;
        add_counts(&mut self.refused, other.refused);
        self.completed += other.completed;
        self.exit_when += other.exit_when;
        self.goal += other.goal;
        add_counts(&mut self.exits, other.exits);
        self.running += other.running;
        self.steps.add(other.steps, |mine, theirs| {
            mine.reached += theirs.reached;
            mine.arms.add_counts(theirs.arms);
            add_counts(&mut mine.outcomes, theirs.outcomes);
        });
    }
}

impl EmailFigures {
    fn add(&mut self, other: EmailFigures) {
        self.requested += other.requested;
        self.sent += other.sent;
        add_counts(&mut self.skipped, other.skipped);
        self.waiting += other.waiting;
        self.held += other.held;
        self.held_secs += other.held_secs;
        self.delivered += other.delivered;
        self.soft_bounced += other.soft_bounced;
        self.hard_bounced += other.hard_bounced;
        self.retries += other.retries;
        self.opened += other.opened;
        self.clicked += other.clicked;
        self.unsubscribed += other.unsubscribed;
        self.complained += other.complained;
    }
}

impl MailFigures {
    fn add(&mut self, other: MailFigures) {
        add_counts(&mut self.not_sent, other.not_sent);
        self.bounced += other.bounced;
        add_counts(&mut self.leads_by_mails, other.leads_by_mails);
        for (mine, theirs) in [
            (&mut self.busiest_week, other.busiest_week),
            (&mut self.busiest_week_marketing, other.busiest_week_marketing),
        ] {
            mine.add(theirs);
        }
    }
}

impl PersonaFigures {
    fn add(&mut self, other: PersonaFigures) {
        self.leads += other.leads;
        self.sent += other.sent;
        self.opened += other.opened;
        self.clicked += other.clicked;
        self.delivered_in_best_time += other.delivered_in_best_time;
        self.opened_in_best_time += other.opened_in_best_time;
    }
}

pub(super) fn add_counts<K: Ord>(mine: &mut BTreeMap<K, u64>, theirs: BTreeMap<K, u64>) {
    for (key, count) in theirs {
        *mine.entry(key).or_default() += count;
    }
}

fn steps(program: &Program, journey: usize) -> Named<StepFigures> {
    let steps = &program.journeys[journey].steps;
    Named::of(steps.iter().map(|step| step.name.as_str()), |number| {
        let mut figures = StepFigures { outcomes: outcomes(program, (journey, number)), ..StepFigures::default() };
        if let Action::Split { arms, .. } = &steps[number].action {
            figures.arms = Named::of(arms.iter().map(|arm| arm.name.as_str()), |_| 0);
        }
        figures
    })
}

fn outcomes(program: &Program, place: (usize, usize)) -> BTreeMap<String, u64> {
    let own = program.outcomes.iter().filter(|outcome| outcome.place == place);
    own.map(|outcome| (program.events[outcome.event].name.clone(), 0)).collect()
}

fn contents(contents: &[Content]) -> impl Iterator<Item = &str> {
    contents.iter().map(|each| each.name.as_str())
}

fn exits(program: &Program, journey: usize) -> BTreeMap<String, u64> {
    program.journeys[journey].reasons.iter().map(|reason| (reason.clone(), 0)).collect()
}
