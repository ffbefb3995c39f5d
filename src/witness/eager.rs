//! Leads that do what journeys hear as soon as it can be heard, in many ways, for bounds that no candidate comes to: where
//! journeys go by the clock or run once for each key, their states are not searched, and nothing else has a timeline for them.
//!
//! In: a bound and the lead that it is about. Out: the most that any of them gets, with a timeline of nothing but what it
//! takes. Never: a bound.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::climb::climbed;
use super::hearing::{Hearing, Saying};
use super::{DAY, Stage, Take, first_day, ready};
use crate::analysis::flood::{Bound, Candidate, Happens, Reached, Rule, window_secs};
use crate::backend::sim::{Fact, Noted, Player};
use crate::ir::{Again, Name, Skip, Value, Window};
use crate::plan::Plan;

/// Journeys of a project in which timelines are looked for.
const MOST_JOURNEYS: usize = 40;
/// The same where no more can come than is allowed, so that nothing but whether the bound is exact hangs on it.
const MOST_JOURNEYS_WITHIN: usize = 12;
/// Days on which they begin, where the day matters: a month, and the days behind it that a week takes.
const STARTS: i64 = 38;
/// Other days on which they begin, because something happens at a date, at most.
const MOST_DATED: usize = 12;
/// Times that one timeline is run, each time with what can be heard after the time before.
const ROUNDS: usize = 24;
/// Times after which a timeline is left as it is, if it came to no more mails in them.
const PATIENCE: usize = 5;
/// Times that what is best so far is changed in one thing.
const CHANGES: usize = 4;
/// Timelines that are tried in all.
const MOST_TRIED: usize = 160;
/// Facts that all their runs come to before no more are tried: of a few journeys as many as there may be, of dozens with long
/// windows some.
const MOST_FACTS: usize = 40_000;
/// Timelines that are run before that is looked at: as many on any number of threads.
const AT_ONCE: usize = 8;
/// How often an event is said that is only asked about: not at all, once, often enough for most scores.
const OFTEN: [usize; 3] = [0, 1, 20];
/// Units of moments that are easily read, the roundest first.
const ROUND: [i64; 3] = [DAY, 3_600, 60];
/// Windows of more days are looked at as if they had so many.
const LONGEST_DAYS: i64 = 62;

/// What comes nearer to the bound than what was reached, if anything is found. Nobody looks where a rule that is enforced has
/// no bound, nor in large projects where no more can come than is allowed.
pub(super) fn nearer(plan: &Plan, bound: &Bound, best: &Take) -> Option<Reached> {
    if bound.rule != Rule::Limit && bound.proved.is_none() {
        return None;
    }
    if !bound.exceeds() && plan.campaign.journeys.len() > MOST_JOURNEYS_WITHIN {
        return None;
    }
    // Of no bound it is enough to see that the rule is broken.
    let enough = bound.proved.unwrap_or(u64::from(bound.limit.at_most).saturating_add(1));
    let enough = usize::try_from(enough).unwrap_or(usize::MAX);
    let lead = bound.candidates.first()?;
    if best.mails() >= enough || plan.campaign.journeys.len() > MOST_JOURNEYS {
        return None;
    }
    let journeys: BTreeSet<&Name> = bound.shares.iter().flat_map(|share| &share.journeys).collect();
    let hearing = Hearing::of(&plan.campaign, &journeys);
    let search = Search { plan, bound, lead, hearing, enough };
    let eager = search.best().map(|tried| search.thinned(tried.take)).filter(Take::is_possible);
    let mut nearer = eager.into_iter().fold(best.clone(), Take::or_more);
    if nearer.mails() < enough && bound.exceeds() {
        let higher = climbed(&search, &nearer).filter(|higher| higher.mails() > nearer.mails());
        nearer = higher.map_or(nearer, |higher| search.thinned(higher));
    }
    if nearer.mails() > best.mails() { search.rounded(nearer).reached } else { None }
}

pub(super) struct Search<'a> {
    pub plan: &'a Plan,
    pub bound: &'a Bound,
    /// What the lead is like.
    lead: &'a Candidate,
    pub hearing: Hearing,
    /// Mails beyond which nobody looks.
    pub enough: usize,
}

/// One way to be eager.
#[derive(Clone, Debug, PartialEq)]
struct Way {
    /// The day on which the run begins, counted from the first that it may.
    start_day: i64,
    /// Whether the lead comes in later than the run begins.
    created: bool,
    /// By entry, how long the lead does nothing that lets it in, in seconds since it came in.
    holds: Vec<i64>,
    /// By wait, whether the lead does what is waited for.
    answers: Vec<bool>,
    /// By other event, how often the lead does it at the beginning.
    often: Vec<usize>,
    /// By split, the number of the arm.
    arms: Vec<usize>,
}

/// What came of a way.
struct Tried {
    way: Way,
    take: Take,
}

/// What may still be tried.
struct Budget {
    ways: usize,
    facts: usize,
}

impl Search<'_> {
    /// The best of all ways that are tried: begun on each day, then changed in one thing after the other.
    fn best(&self) -> Option<Tried> {
        let Hearing { entries, waits, others, splits, .. } = &self.hearing;
        let is_rolling = matches!(self.bound.limit.per, Window::RollingSecs(_) | Window::Ever);
        let by_day = self.hearing.goes_by_the_clock || !is_rolling;
        let begun = |start_day| Way {
            start_day,
            created: self.hearing.by_birth || self.lead.created,
            holds: vec![1; entries.len()],
            answers: vec![true; waits.len()],
            often: vec![0; others.len()],
            arms: vec![0; splits.len()],
        };
        let days = 0..if by_day { STARTS } else { 1 };
        let near_dates = self.near_dates().filter(|day| !days.contains(day)).take(MOST_DATED);
        let starts: Vec<Way> = days.clone().chain(near_dates).map(begun).collect();
        let mut left = Budget { ways: MOST_TRIED, facts: MOST_FACTS };
        let mut best = self.best_of(&starts, &mut left);
        for _ in 0..CHANGES {
            let changed = match &best {
                Some(best) if best.take.mails() >= self.enough => break,
                Some(best) => self.changed(best),
                // Nothing was sent at all: perhaps something has to happen first.
                None => self.begun_otherwise(&starts[0]),
            };
            let before = best.as_ref().map_or(0, |best| best.take.mails());
            match self.best_of(&changed, &mut left).filter(|tried| tried.take.mails() > before) {
                Some(better) => best = Some(better),
                None => break,
            }
        }
        best
    }

    /// Days shortly before dates on which something happens, and a window before them, counted from the first day.
    fn near_dates(&self) -> impl Iterator<Item = i64> {
        let first = first_day(&self.plan.campaign);
        let window = self.window_secs() / DAY + 1;
        self.hearing.dates.iter().flat_map(move |date| {
            let day = date.duration_since(first).as_hours() / 24;
            [day - window, day - 1]
        })
    }

    /// The first of those with the most mails, as far as there is something left to try them with.
    fn best_of(&self, ways: &[Way], left: &mut Budget) -> Option<Tried> {
        let more = |best: Tried, other: Tried| {
            if other.take.mails() > best.take.mails() { other } else { best }
        };
        let mut best: Option<Tried> = None;
        for some in ways[..ways.len().min(left.ways)].chunks(AT_ONCE) {
            if left.facts == 0 {
                break;
            }
            let tried: Vec<(Option<Tried>, usize)> = some.par_iter().map(|way| self.tried(way)).collect();
            left.ways -= some.len();
            left.facts = left.facts.saturating_sub(tried.iter().map(|(_, facts)| facts).sum());
            best = best.into_iter().chain(tried.into_iter().filter_map(|(tried, _)| tried)).reduce(more);
        }
        best
    }

    /// The way with one thing done differently.
    fn changed(&self, best: &Tried) -> Vec<Way> {
        let way = &best.way;
        let mut found = self.begun_otherwise(way);
        for at in 0..way.answers.len() {
            let mut other = way.clone();
            other.answers[at] = !other.answers[at];
            found.push(other);
        }
        for (at, (_, _, arms)) in self.hearing.splits.iter().enumerate() {
            found.extend((0..arms.len()).filter(|arm| *arm != way.arms[at]).map(|arm| {
                let mut other = way.clone();
                other.arms[at] = arm;
                other
            }));
        }
        // So that the first mail of a journey comes with a mail that is there.
        for (at, entry) in self.hearing.entries.iter().enumerate() {
            let lead_time = best.lead_time(&entry.journey, way.holds[at]);
            let came_secs = best.take.stage.came_secs;
            let mails = best.take.reached.iter().flat_map(|reached| &reached.mails);
            let beside = mails.map(|mail| (mail.at_secs - came_secs - lead_time).max(1));
            found.extend(beside.collect::<BTreeSet<i64>>().into_iter().filter(|hold| *hold != way.holds[at]).map(
                |hold| {
                    let mut other = way.clone();
                    other.holds[at] = hold;
                    other
                },
            ));
        }
        found
    }

    /// The way with another beginning: the lead comes in at another time, or one of the events that are only asked about
    /// happens another number of times.
    fn begun_otherwise(&self, way: &Way) -> Vec<Way> {
        let mut found = vec![Way { created: !way.created, ..way.clone() }];
        for at in 0..way.often.len() {
            found.extend(OFTEN.into_iter().filter(|times| *times != way.often[at]).map(|times| {
                let mut other = way.clone();
                other.often[at] = times;
                other
            }));
        }
        found
    }

    /// Runs a way until nothing more can be heard; `None` if nothing was sent. With how many facts the runs came to.
    fn tried(&self, way: &Way) -> (Option<Tried>, usize) {
        let days = u32::try_from((self.horizon_secs() + self.window_secs()) / DAY + 8).unwrap_or(400);
        let stage = Stage::on_day(&self.plan.campaign, way.start_day, way.created, days);
        let splits = self.hearing.splits.iter().zip(&way.arms);
        let arms = splits
            .filter_map(|((journey, step, arms), arm)| Some((journey.clone(), step.clone(), arms.get(*arm)?.clone())));
        let mut candidate =
            Candidate { created: way.created, timeline: Vec::new(), arms: arms.collect(), ..self.lead.clone() };
        let Some(watch) = ready(self.plan, stage.start_secs, stage.days) else { return (None, 0) };
        let mut best: Option<Tried> = None;
        let mut player = watch.player();
        let mut facts: Arc<Vec<Noted>> = Arc::default();
        let (mut agreed, mut in_vain, mut count) = (Vec::new(), 0, 0);
        for _ in 0..ROUNDS {
            agreed.extend(facts.iter().filter_map(|noted| self.agreed(noted, stage.came_secs)));
            let timeline = self.timeline(way, &facts, &agreed, stage.came_secs);
            if in_vain == PATIENCE || (best.is_some() && timeline == candidate.timeline) {
                break;
            }
            candidate.timeline = timeline;
            let Some(take) = self.take(candidate.clone(), &stage, &mut player) else { break };
            facts = Arc::clone(&take.facts);
            (in_vain, count) = (in_vain + 1, count + facts.len());
            if take.mails() > best.as_ref().map_or(0, |best| best.take.mails()) {
                in_vain = 0;
                best = Some(Tried { way: way.clone(), take });
            }
        }
        (best, count)
    }

    /// How long the lead goes on doing things, in seconds since it came in.
    fn horizon_secs(&self) -> i64 {
        2 * self.window_secs() + 9 * DAY
    }

    /// The length of the window, as far as it is looked at.
    pub(super) fn window_secs(&self) -> i64 {
        window_secs(self.bound.limit.per, 3600).min(LONGEST_DAYS * DAY)
    }

    /// What the lead does where this came of what it did before, and what it agreed to.
    fn timeline(&self, way: &Way, facts: &[Noted], agreed: &[(i64, Saying)], came_secs: i64) -> Vec<Happens> {
        let mut said: Vec<(i64, &Saying)> = Vec::new();
        for (sayings, times) in self.hearing.others.iter().zip(&way.often) {
            said.extend((0..*times).flat_map(|_| sayings.iter().map(|saying| (1, saying))));
        }
        for (entry, hold) in self.hearing.entries.iter().zip(&way.holds) {
            let mut times = BTreeSet::from([*hold]);
            let entered =
                facts.iter().any(|noted| matches!(&noted.fact, Fact::Entered { journey } if *journey == entry.journey));
            for Noted { at_secs, fact } in facts {
                let at = at_secs - came_secs;
                times.extend(match (fact, entry.again) {
                    (Fact::Exited { journey, .. }, Again::Always) if *journey == entry.journey => Some(at + 1),
                    (Fact::Exited { journey, .. }, Again::AfterSecs(secs)) if *journey == entry.journey => {
                        Some(at + secs)
                    }
                    (Fact::Refused { journey, .. }, again) if *journey == entry.journey => {
                        (again != Again::Never || !entered).then_some(at + DAY)
                    }
                    _ => None,
                });
            }
            let times = times.into_iter().filter(|at| at >= hold);
            said.extend(times.flat_map(|at| entry.sayings.iter().map(move |saying| (at, saying))));
        }
        for (wait, _) in self.hearing.waits.iter().zip(&way.answers).filter(|(_, answers)| **answers) {
            let waits = |noted: &&Noted| matches!(&noted.fact, Fact::Reached { journey, step } if *journey == wait.journey && *step == wait.step);
            let times = facts.iter().filter(waits).map(|noted| noted.at_secs - came_secs + 1);
            said.extend(times.flat_map(|at| wait.sayings.iter().map(move |saying| (at, saying))));
        }
        said.extend(agreed.iter().map(|(at, saying)| (*at, saying)));
        said.retain(|(at, _)| *at <= self.horizon_secs());
        said.sort_by_key(|(at, _)| *at);
        said.into_iter().map(|(at_secs, saying)| saying.at(at_secs)).collect()
    }

    /// The consent without which a mail was not sent, a second before it.
    fn agreed(&self, noted: &Noted, came_secs: i64) -> Option<(i64, Saying)> {
        let Fact::Skipped { content, reason: Skip::NoConsent, .. } = &noted.fact else { return None };
        let topic = self.plan.campaign.topic_of(content)?;
        let with = [("topic".to_owned(), Value::Text(topic.clone()))].into();
        let at = noted.at_secs - came_secs - 1;
        (at > 0).then(|| (at, Saying { event: "subscribed".to_owned(), with }))
    }

    /// Runs a candidate; `None` if the plan cannot be run.
    pub(super) fn take(&self, candidate: Candidate, stage: &Stage, player: &mut Player<'_>) -> Option<Take> {
        Take::of(self.plan, self.bound, candidate, stage.clone(), player)
    }

    /// The same without events that are of no use.
    fn thinned(&self, mut best: Take) -> Take {
        let last = best.reached.iter().flat_map(|reached| reached.mails.last()).map(|mail| mail.at_secs).max();
        let last = last.map_or(0, |last| last - best.stage.came_secs);
        let Some(watch) = ready(self.plan, best.stage.start_secs, best.stage.days) else { return best };
        let mut player = watch.player();
        let mut candidate = best.candidate.clone();
        candidate.timeline.retain(|event| event.at_secs <= last);
        // Large parts first, then smaller ones, down to single events.
        let mut part = candidate.timeline.len().next_power_of_two();
        while part > 0 {
            let mut at = 0;
            while at < candidate.timeline.len() {
                let mut fewer = candidate.clone();
                fewer.timeline.drain(at..(at + part).min(candidate.timeline.len()));
                match self.take(fewer, &best.stage, &mut player).filter(|take| best.is_no_better(take)) {
                    Some(take) => {
                        candidate = take.candidate.clone();
                        best = take;
                    }
                    None => at += part,
                }
            }
            part /= 2;
        }
        best
    }

    /// The same with moments that are easily read, as far as that costs no mail.
    fn rounded(&self, mut best: Take) -> Take {
        let Some(watch) = ready(self.plan, best.stage.start_secs, best.stage.days) else { return best };
        let mut player = watch.player();
        for number in 0..best.candidate.timeline.len() {
            let at = best.candidate.timeline[number].at_secs;
            let round = |unit: i64| [at.div_euclid(unit) * unit, (at.div_euclid(unit) + 1) * unit];
            let moved = ROUND.into_iter().take_while(|unit| at % unit != 0).flat_map(round).find_map(|at_secs| {
                let mut candidate = best.candidate.clone();
                candidate.timeline[number].at_secs = at_secs;
                // In the same order.
                let is_sorted = candidate.timeline.is_sorted_by_key(|happens| happens.at_secs);
                let take = is_sorted.then(|| self.take(candidate, &best.stage, &mut player)).flatten();
                take.filter(|take| best.is_no_better(take))
            });
            best = moved.unwrap_or(best);
        }
        best
    }
}

impl Tried {
    /// How long after what may let it in the lead has the first mail of a journey.
    fn lead_time(&self, name: &Name, hold: i64) -> i64 {
        let first = self.take.facts.iter().find_map(|noted| match &noted.fact {
            Fact::Sent { journey, .. } if journey == name => Some(noted.at_secs - self.take.stage.came_secs),
            _ => None,
        });
        first.map_or(0, |first| (first - hold).max(0))
    }
}
