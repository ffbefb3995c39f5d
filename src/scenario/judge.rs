//! What came about, held against what is expected.

use std::collections::BTreeSet;

use super::Ran;
use super::state;
use super::words::Clock;
use crate::backend::sim::{Fact, Noted};
use crate::ir::scenario::{Expect, Often, Subject, Test};

/// How the expectations of a test came out.
#[derive(Clone, Debug, Default)]
pub(super) struct Judged {
    /// Of each expectation.
    pub(super) results: Vec<Came>,
    /// Mails that nothing expects although it should, by the numbers of their facts.
    pub(super) unexpected: Vec<usize>,
    /// Reactions to mails that were not sent, by the numbers of their facts.
    pub(super) unmatched: Vec<usize>,
    /// What chance decided although nothing in a test may be drawn, each once, by the numbers of their facts.
    pub(super) drawn: Vec<usize>,
}

/// How one expectation came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// As expected: by this fact, if one is behind it.
    Met(Option<usize>),
    /// What lasts was as expected at this instant.
    Stood(i64),
    /// It did not come about in its time.
    Missing,
    /// It came about in its time, but as often as these facts say.
    Counted(Vec<usize>),
    /// What lasts stood like this.
    StoodAs(Option<String>),
}

impl Came {
    /// Whether it is as expected.
    pub(super) fn is_met(&self) -> bool {
        match self {
            Came::Met(_) | Came::Stood(_) => true,
            Came::Missing | Came::Counted(_) | Came::StoodAs(_) => false,
        }
    }
}

/// Holds a run against the expectations.
pub(super) fn judge(test: &Test, ran: &Ran, clock: &Clock) -> Judged {
    let mut judged = Judged { results: vec![Came::Missing; test.expect.len()], ..Judged::default() };
    for (number, expect) in test.expect.iter().enumerate() {
        if expect.what.lasts() {
            judged.results[number] = standing(expect, number, &ran.facts);
        } else if let Some(often) = expect.often {
            judged.results[number] = counted(expect, often, &ran.facts, clock);
        } else if !test.expect[..number].iter().any(|other| is_twin(other, expect)) {
            share_out(test, number, ran, &mut judged.results);
        }
    }
    let noted = || ran.facts.iter().enumerate();
    judged.unmatched =
        noted().filter(|(_, noted)| matches!(noted.fact, Fact::Unmatched { .. })).map(|(at, _)| at).collect();
    let mut seen = BTreeSet::new();
    judged.drawn = noted()
        .filter(|(_, noted)| matches!(&noted.fact, Fact::Drawn { what } if seen.insert(what)))
        .map(|(at, _)| at)
        .collect();
    if test.only {
        let sent = noted().filter(|(_, noted)| matches!(noted.fact, Fact::Sent { .. })).map(|(at, _)| at);
        judged.unexpected = sent.filter(|at| !is_expected(*at, test, ran, &judged.results)).collect();
    }
    judged
}

/// Whether two expectations say the same of something that happens, so that each needs its own.
fn is_twin(one: &Expect, other: &Expect) -> bool {
    one.often.is_none() && other.often.is_none() && one.what == other.what
}

/// Gives each of equal expectations an own occurrence, if that is possible for all: by augmenting paths (Kuhn, "The
/// Hungarian method for the assignment problem", 1955, for the case without costs).
fn share_out(test: &Test, first: usize, ran: &Ran, results: &mut [Came]) {
    let twins: Vec<usize> =
        (first..test.expect.len()).filter(|at| is_twin(&test.expect[first], &test.expect[*at])).collect();
    let choices: Vec<Vec<usize>> = twins.iter().map(|twin| occurrences(&test.expect[*twin], &ran.facts)).collect();
    let mut taken: Vec<(usize, usize)> = Vec::new();
    for twin in 0..twins.len() {
        take(twin, &choices, &mut taken, &mut Vec::new());
    }
    for (fact, twin) in taken {
        results[twins[twin]] = Came::Met(Some(fact));
    }
}

/// Finds an occurrence for a twin; the one that has it may take another.
fn take(twin: usize, choices: &[Vec<usize>], taken: &mut Vec<(usize, usize)>, tried: &mut Vec<usize>) -> bool {
    for fact in &choices[twin] {
        if tried.contains(fact) {
            continue;
        }
        tried.push(*fact);
        let owner = taken.iter().position(|(of, _)| of == fact);
        match owner {
            None => {
                taken.push((*fact, twin));
                return true;
            }
            Some(place) => {
                if take(taken[place].1, choices, taken, tried) {
                    taken[place].1 = twin;
                    return true;
                }
            }
        }
    }
    false
}

fn counted(expect: &Expect, often: Often, facts: &[Noted], clock: &Clock) -> Came {
    let mut found = occurrences(expect, facts);
    if let Often::AtMost(_, Some(per)) = often {
        let times: Vec<i64> = found.iter().map(|at| facts[*at].at_secs).collect();
        found = found[per.fullest(&times, &clock.zone)].to_vec();
    }
    let fits = match often {
        Often::Exactly(count) => found.len() == count as usize,
        Often::AtMost(most, _) => found.len() <= most as usize,
    };
    if fits { Came::Met(found.first().copied()) } else { Came::Counted(found) }
}

fn standing(expect: &Expect, number: usize, facts: &[Noted]) -> Came {
    let Some((word, is)) = state::wanted(&expect.what) else { return Came::Missing };
    let history = state::history(&expect.what, number, facts);
    let fits = |standing: &Option<String>| (standing.as_ref() == Some(&word)) == is;
    let last = state::at(&history, expect.to_secs);
    if expect.at_last {
        return if fits(&last) { Came::Stood(expect.to_secs) } else { Came::StoodAs(last) };
    }
    state::first(&history, expect.from_secs, expect.to_secs, fits).map_or(Came::StoodAs(last), Came::Stood)
}

/// The facts, in their time, that are what is expected.
pub(super) fn occurrences(expect: &Expect, facts: &[Noted]) -> Vec<usize> {
    let window = expect.from_secs..=expect.to_secs;
    let found = facts.iter().enumerate().filter(|(_, noted)| window.contains(&noted.at_secs));
    found.filter(|(_, noted)| is(&expect.what, &noted.fact)).map(|(at, _)| at).collect()
}

/// Whether a fact is what is expected.
pub(super) fn is(what: &Subject, fact: &Fact) -> bool {
    let reason = |wanted: &Option<String>, had: &str| wanted.as_ref().is_none_or(|wanted| wanted == had);
    match (what, fact) {
        (Subject::Sent { content }, Fact::Sent { content: sent, .. }) => content == sent,
        // The name of what asks for a confirmation has a colon, and that of a journey has none.
        (Subject::Mails { contents, .. }, Fact::Sent { content, journey, .. }) => {
            contents.contains(content) && !journey.contains(':')
        }
        (Subject::Skipped { content, reason: wanted }, Fact::Skipped { content: of, reason: had, .. }) => {
            content == of && reason(wanted, had.word())
        }
        (Subject::Entered { journey }, Fact::Entered { journey: of }) => journey == of,
        (Subject::Refused { journey, reason: wanted }, Fact::Refused { journey: of, reason: had }) => {
            journey == of && reason(wanted, had.word())
        }
        (Subject::Exited { journey, reason: wanted }, Fact::Exited { journey: of, reason: had }) => {
            journey == of && reason(wanted, had)
        }
        (Subject::Reached { journey, step }, Fact::Reached { journey: of, step: at }) => journey == of && step == at,
        (Subject::Task { to }, Fact::Task { to: of, .. }) => to == of,
        (Subject::Happened { event, with }, Fact::Happened { event: of, with: had, .. }) => {
            event == of && with.iter().all(|(name, value)| had.get(name) == Some(value))
        }
        _ => false,
    }
}

fn is_expected(fact: usize, test: &Test, ran: &Ran, results: &[Came]) -> bool {
    let noted = &ran.facts[fact];
    test.expect.iter().zip(results).any(|(expect, came)| {
        let counted = expect.often.is_some_and(|often| often.allows_any())
            && (expect.from_secs..=expect.to_secs).contains(&noted.at_secs);
        *came == Came::Met(Some(fact)) || (counted && is(&expect.what, &noted.fact))
    })
}
