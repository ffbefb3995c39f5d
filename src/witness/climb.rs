//! Small changes to the best timeline so far, each kept unless it comes to fewer mails: where what journeys hear has to fall
//! together in time, in an order or with a consent that nobody who is merely eager comes to.
//!
//! In: a timeline and what came of it. Out: the best that a fixed number of changes lead to, the same each time. Never: a
//! bound.

use std::collections::BTreeSet;

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use super::eager::Search;
use super::hearing::{Brought, Saying};
use super::{DAY, Stage, Take, ready};
use crate::analysis::flood::{Candidate, Happens};
use crate::backend::sim::{Fact, Noted, Player};
use crate::ir::chance::{join, mix};
use crate::ir::journey::Action;
use crate::ir::{Again, Consent, Length, Name, Value};

/// Searches that begin with the same timeline, each with other changes.
const CHAINS: u64 = 4;
/// Changes that each tries.
const TRIES: usize = 400;
/// Facts that all its runs come to before no more are tried.
const MOST_FACTS: usize = 60_000;
/// Events of a timeline, at most.
const MOST_EVENTS: usize = 48;

/// What a timeline can be changed with.
struct Means {
    /// What can happen.
    sayings: Vec<Saying>,
    /// Times that may have to lie between two things, in seconds.
    lengths: Vec<i64>,
    /// Topics that leads agree to.
    topics: Vec<Name>,
    /// What may have happened before.
    past: Vec<Saying>,
}

/// The best of all chains; what was given, if none comes to more. `None` if the plan cannot be run.
pub(super) fn climbed(search: &Search<'_>, from: &Take) -> Option<Take> {
    let means = Means::of(search);
    let watch = ready(search.plan, from.stage.start_secs, from.stage.days)?;
    let chain =
        |seed: u64| Chain { search, means: &means, player: watch.player(), drawn: mix(seed) }.climbed(from.clone());
    let ends: Vec<Take> = (0..CHAINS).into_par_iter().map(chain).collect();
    ends.into_iter().reduce(Take::or_more)
}

impl Means {
    fn of(search: &Search<'_>) -> Means {
        let (campaign, hearing) = (&search.plan.campaign, &search.hearing);
        let heard = hearing.entries.iter().map(|entry| &entry.sayings);
        let heard = heard.chain(hearing.waits.iter().map(|wait| &wait.sayings)).chain(&hearing.others);
        let mut sayings: Vec<Saying> = Vec::new();
        for saying in heard.flatten() {
            if !sayings.contains(saying) {
                sayings.push(saying.clone());
            }
        }
        // Who has to agree before the first mail, or hears of who leaves.
        let asks = |name: &Name| campaign.topics.get(name).is_some_and(|topic| topic.consent != Consent::OptOut);
        let leaves = campaign.journeys.values().flat_map(|journey| &journey.steps);
        let leaves = leaves.into_iter().any(|step| matches!(step.action, Action::Topic { subscribe: false, .. }))
            || sayings.iter().any(|saying| ABOUT_CONSENT.contains(&saying.event.as_str()));
        let topics: Vec<Name> = campaign.marketing_topics().filter(|name| asks(name) || leaves).cloned().collect();
        for topic in &topics {
            for event in ABOUT_CONSENT {
                let with = [("topic".to_owned(), Value::Text(topic.clone()))].into();
                let saying = Saying { event: event.to_owned(), with };
                if !sayings.contains(&saying) {
                    sayings.push(saying);
                }
            }
        }
        // What is opened may have been sent before.
        let reacted = sayings.iter().filter_map(|saying| saying.reaction_to());
        let mut past: Vec<Saying> = reacted.map(|content| Saying::sent(campaign, content)).collect();
        past.extend(hearing.brought.past.iter().cloned());
        let window = search.window_secs();
        let mut lengths = BTreeSet::from([1, window, window - 1]);
        for journey in campaign.journeys.values() {
            lengths.extend(match journey.entry.again {
                Again::AfterSecs(secs) => Some(secs),
                Again::Never | Again::Always => None,
            });
            for step in &journey.steps {
                lengths.extend(match &step.action {
                    Action::Wait { length: Length::Secs(secs) }
                    | Action::WaitFor { within: Length::Secs(secs), .. } => Some(*secs),
                    _ => None,
                });
            }
        }
        Means { sayings, lengths: lengths.into_iter().collect(), topics, past }
    }
}

/// Events that say where a lead stands with a topic.
const ABOUT_CONSENT: [&str; 3] = ["subscribed", "subscription_confirmed", "unsubscribed"];

struct Chain<'a> {
    search: &'a Search<'a>,
    means: &'a Means,
    player: Player<'a>,
    /// What was drawn last.
    drawn: u64,
}

impl Chain<'_> {
    fn climbed(&mut self, from: Take) -> Take {
        let (mut best, mut left) = (from, MOST_FACTS);
        for _ in 0..TRIES {
            if best.mails() >= self.search.enough || left == 0 {
                break;
            }
            let mut candidate = best.candidate.clone();
            for _ in 0..=self.below(3) {
                // Where there is nothing of the kind, nothing is changed.
                let _ = self.change(&mut candidate, &best);
            }
            candidate.timeline.sort_by_key(|happens| happens.at_secs);
            if candidate == best.candidate || candidate.timeline.len() > MOST_EVENTS {
                continue;
            }
            let came_secs = best.stage.start_secs + if candidate.created { DAY } else { 0 };
            let stage = Stage { came_secs, ..best.stage.clone() };
            let Some(next) = self.search.take(candidate, &stage, &mut self.player) else { continue };
            left = left.saturating_sub(next.facts.len().max(1));
            if best.is_no_better(&next) {
                best = next;
            }
        }
        best
    }

    /// Changes one thing. `None` if there is no such thing.
    fn change(&mut self, candidate: &mut Candidate, best: &Take) -> Option<()> {
        let at = self.below(candidate.timeline.len());
        match self.below(14) {
            0 | 1 => {
                candidate.timeline.get(at)?;
                candidate.timeline.remove(at);
            }
            2 | 3 => candidate.timeline.get_mut(at)?.at_secs = self.moment(best),
            4 => {
                // All that comes later does so by as much.
                let by = self.length();
                let later = candidate.timeline.iter_mut().skip(at);
                later.for_each(|happens| happens.at_secs = (happens.at_secs + by).max(0));
            }
            5 => {
                let happens = candidate.timeline.get(at)?.clone();
                candidate.timeline.push(Happens { at_secs: self.moment(best), ..happens });
            }
            6 => {
                let topic = self.pick(&self.means.topics)?;
                if !candidate.out.remove(topic) {
                    candidate.out.insert(topic.clone());
                }
            }
            7 => {
                let (journey, step, arms) = self.pick(&self.search.hearing.splits)?;
                let arm = self.pick(arms)?.clone();
                candidate.arms.retain(|(of, at, _)| (of, at) != (journey, step));
                candidate.arms.push((journey.clone(), step.clone(), arm));
            }
            8 | 9 => self.bring(candidate)?,
            _ => {
                let saying = self.pick(&self.means.sayings)?;
                let at_secs = self.moment_for(saying, candidate, best)?;
                candidate.timeline.push(saying.at(at_secs));
            }
        }
        Some(())
    }

    /// The lead brings something else along.
    fn bring(&mut self, candidate: &mut Candidate) -> Option<()> {
        let Brought { values, stages, scores, lists, past: _ } = &self.search.hearing.brought;
        match self.below(6) {
            0 => {
                let (field, values) = self.pick(values)?;
                candidate.fields.insert(field.clone(), self.pick(values)?.clone());
            }
            1 => candidate.stage = Some(self.pick(stages)?.clone()),
            2 => {
                let (model, scores) = self.pick(scores)?;
                candidate.scores.insert(model.clone(), *self.pick(scores)?);
            }
            3 => {
                let list = self.pick(lists)?;
                let before = candidate.lists.len();
                candidate.lists.retain(|each| each != list);
                if candidate.lists.len() == before {
                    candidate.lists.push(list.clone());
                }
            }
            4 => {
                let ago = if self.below(2) == 0 { DAY } else { self.length().abs() };
                candidate.timeline.push(self.pick(&self.means.past)?.at(-ago));
            }
            _ => candidate.created = !candidate.created,
        }
        Some(())
    }

    /// A moment at which something can happen: what is done about a mail comes behind it.
    fn moment_for(&mut self, saying: &Saying, candidate: &Candidate, best: &Take) -> Option<i64> {
        let Some(of) = saying.reaction_to() else { return Some(self.moment(best)) };
        let is_sent = |noted: &&Noted| matches!(&noted.fact, Fact::Sent { content, .. } if content == of);
        let names = |value: &Value| matches!(value, Value::Text(text) if text == of);
        let is_past = |happens: &&Happens| happens.at_secs < 0 && happens.with.values().any(names);
        let sent = best.facts.iter().filter(is_sent).map(|noted| noted.at_secs - best.stage.came_secs);
        let sent: Vec<i64> = sent.chain(candidate.timeline.iter().filter(is_past).map(|_| 0)).collect();
        let sent = sent.get(self.below(sent.len()))?;
        Some(sent + if self.below(2) == 0 { 1 } else { self.length().abs() })
    }

    /// A moment at which something happened, or about as long before or behind as something takes.
    fn moment(&mut self, best: &Take) -> i64 {
        let at = best.facts.get(self.below(best.facts.len())).map_or(0, |noted| noted.at_secs - best.stage.came_secs);
        let by = match self.below(6) {
            0 | 1 => 0,
            2 => 1,
            3 => -1,
            4 => self.length(),
            _ => self.length() + self.length(),
        };
        (at + by).max(0)
    }

    /// A length, forwards or backwards.
    fn length(&mut self) -> i64 {
        let length = self.pick(&self.means.lengths).copied().unwrap_or(DAY);
        if self.below(2) == 0 { length } else { -length }
    }

    /// One of these.
    fn pick<'p, T>(&mut self, of: &'p [T]) -> Option<&'p T> {
        of.get(self.below(of.len()))
    }

    /// A number below `n`; 0 if there is none.
    fn below(&mut self, n: usize) -> usize {
        self.drawn = join(self.drawn, 1);
        (self.drawn % n.max(1) as u64) as usize
    }
}
