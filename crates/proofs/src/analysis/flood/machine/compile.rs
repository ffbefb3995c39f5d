//! Makes a machine of some journeys.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::consent::Topics;
use super::draft::{Drafted, draft};
use super::follow::Follow;
use super::{Asks, Course, Group, Made, Outside, Rest, Score, Stages, State, Tally};
use crate::analysis::conditions::{Assignment, TermKind, Terms, Written};
use crate::analysis::flood::born::joins_at_birth;
use crate::analysis::flood::model::{Model, Pace};
use crate::analysis::flood::questions::Questions;
use crate::analysis::sent::Mail;
use crate::ir::{Again, Campaign};

/// Some journeys and one lead.
#[derive(Clone, Debug)]
pub(in crate::analysis::flood) struct Machine<'c> {
    /// What conditions ask about.
    pub(in crate::analysis::flood) terms: Arc<Terms>,
    /// Terms that some condition of the machine reads.
    pub(super) reads: BTreeSet<usize>,
    /// The fixed terms, decided.
    pub(super) fixed: Assignment,
    pub(super) courses: Vec<Course>,
    pub(super) groups: Vec<Group>,
    pub(super) scores: Vec<Score>,
    pub(super) tallies: Vec<Tally>,
    pub(super) stages: Option<Stages>,
    pub(super) topics: Topics,
    /// Terms that change and are followed.
    pub(super) followed: Vec<usize>,
    pub(super) contents: Vec<Content<'c>>,
    /// How many emails have a rest.
    pub(super) resting: usize,
    pub(super) events: Vec<&'c str>,
    /// By event, the followed terms that it may set.
    pub(super) sets: Vec<Vec<usize>>,
    pub(super) outside: Vec<Outside>,
    /// Of these, by number, the ones that may come between two events of a second.
    pub(super) between: Vec<usize>,
    pub(super) created: Option<usize>,
    pub(super) entered: Option<usize>,
    pub(super) ended: Option<usize>,
    pub(super) stage_changed: Option<usize>,
    /// Length of a measure in seconds.
    pub(super) measure_secs: i64,
    /// States before it is given up.
    pub(super) most_states: usize,
    /// Cascades, each answer to what is open for itself, before it is given up.
    pub(super) most_runs: usize,
}

/// Something that is sent.
#[derive(Clone, Debug)]
pub(in crate::analysis::flood) struct Content<'c> {
    pub(in crate::analysis::flood) mail: Mail<'c>,
    /// Place of its rest in the state, and how long it is.
    pub(super) rest: Option<(usize, Rest)>,
    /// The events that come of it, once it is sent and once it is delivered, where something hears them.
    pub(super) sent: Option<Made>,
    pub(super) delivered: Option<Made>,
    /// The topic that has to be agreed to, by its number among those that are followed.
    pub(super) topic: Option<usize>,
    /// Whether it may be left out, and that makes a difference to what comes later.
    pub(super) may_fail: bool,
}

impl<'c> Machine<'c> {
    /// Makes a machine, unless the journeys do something that it could not follow. If `is_lenient`, it follows holds as if
    /// there were none: what it finds is then no bound.
    pub(in crate::analysis::flood) fn of(
        campaign: &'c Campaign,
        questions: &Questions,
        written: &Written,
        models: &[&Model<'c>],
        windows: &[i64],
        is_lenient: bool,
    ) -> Option<Machine<'c>> {
        let measure_secs = measure(models, windows)?;
        let mut models = models.to_vec();
        models.sort_by_key(|model| model.standing());
        let terms = Arc::clone(&questions.terms);
        let Drafted { courses, segments, events, contents, resting, used } =
            draft(campaign, questions, &models, measure_secs, is_lenient)?;
        let reads = used.iter().flat_map(|asks| terms.read_by(&terms.formulas[*asks])).collect();
        let number = |name: &str| events.iter().position(|each| *each == name);
        let group = |when: Asks| Group { when, term: None, joins_at_birth: joins_at_birth(campaign, &terms, when) };
        let groups = segments.iter().map(|(_, when)| group(*when)).collect();
        let mut machine = Machine {
            reads,
            fixed: Assignment::default(),
            courses,
            groups,
            followed: Vec::new(),
            contents,
            resting,
            sets: Vec::new(),
            outside: Vec::new(),
            between: Vec::new(),
            created: number("lead_created"),
            entered: number("journey_entered"),
            ended: number("journey_ended"),
            stage_changed: number("stage_changed"),
            scores: Vec::new(),
            tallies: Vec::new(),
            stages: None,
            topics: Topics::default(),
            events,
            measure_secs,
            terms,
            most_states: 30_000,
            most_runs: 600_000,
        };
        Follow { campaign, questions, models: &models, segments: &segments, written }.fill(&mut machine)?;
        Some(machine)
    }

    /// The cell of a term that is followed.
    pub(super) fn cell_in(&self, state: &State, term: usize) -> Option<usize> {
        let slot = self.followed.iter().position(|each| *each == term)?;
        Some(state[self.cells_at() + slot] as usize)
    }

    /// Where the cells of followed terms begin in a state.
    pub(super) fn cells_at(&self) -> usize {
        3 * self.courses.len()
    }

    /// Where scores begin.
    pub(super) fn scores_at(&self) -> usize {
        self.cells_at() + self.followed.len()
    }

    /// Where topics begin.
    pub(super) fn topics_at(&self) -> usize {
        self.scores_at() + self.scores.len()
    }

    /// Where memberships begin.
    pub(super) fn groups_at(&self) -> usize {
        self.topics_at() + self.topics.all.len()
    }

    /// Where the rests of emails begin.
    pub(super) fn rests_at(&self) -> usize {
        self.groups_at() + self.groups.len()
    }

    /// Where tallies begin.
    pub(super) fn tallies_at(&self) -> usize {
        self.rests_at() + self.resting
    }

    /// Where what is still to be handled begins.
    pub(super) fn queue_at(&self) -> usize {
        self.tallies_at() + self.tallies.len()
    }

    /// The same machine that keeps nothing of the past; `None` if it does not anyway.
    pub(in crate::analysis::flood) fn without_past(&self) -> Option<Machine<'c>> {
        (!self.tallies.is_empty()).then(|| Machine { tallies: Vec::new(), ..self.clone() })
    }

    /// The fixed terms.
    pub(in crate::analysis::flood) fn fixed_terms(&self) -> Vec<usize> {
        self.reads.iter().copied().filter(|term| self.terms.terms[*term].is_fixed()).collect()
    }

    /// The same machine for a lead that is like this.
    pub(in crate::analysis::flood) fn settled(&self, fixed: Assignment) -> Machine<'c> {
        Machine { fixed, ..self.clone() }
    }

    /// The same machine, which gives up at so many states, or when it has tried twenty times as much.
    pub(in crate::analysis::flood) fn within(self, most_states: usize) -> Machine<'c> {
        Machine {
            most_states: most_states.min(self.most_states),
            most_runs: most_states.saturating_mul(20).min(self.most_runs),
            ..self
        }
    }

    /// Every state in which a lead may be before it comes in; `None` if they are too many.
    pub(super) fn beginnings(&self) -> Option<Vec<State>> {
        let cells = self.followed.iter().map(|term| {
            let term = &self.terms.terms[*term];
            match term.kind {
                // Nobody is in a journey before coming in; that one has ended may be told of the past.
                TermKind::InJourney(_) => 1,
                _ => term.cells.len(),
            }
        });
        let counts = cells.chain(self.scores.iter().map(|score| score.cells.len()));
        let counts = counts.chain(self.topics.all.iter().map(|_| 2));
        // What a lead did before it came in may be known.
        let tallies = self.tallies.iter().map(|tally| tally.most() as usize + 1);
        let mut states = vec![vec![0_u32; self.queue_at()]];
        for (at, count) in (self.cells_at()..).zip(counts).chain((self.tallies_at()..).zip(tallies)) {
            if states.len().saturating_mul(count) > self.most_states {
                return None;
            }
            let with = |state: &Vec<u32>, value: usize| {
                let mut state = state.clone();
                state[at] = value as u32;
                state
            };
            states = (0..count).flat_map(|value| states.iter().map(move |state| with(state, value))).collect();
        }
        Some(states.into_iter().map(Vec::into_boxed_slice).collect())
    }

    /// A window in measures.
    pub(super) fn window(&self, secs: i64) -> u32 {
        u32::try_from(secs / self.measure_secs).unwrap_or(u32::MAX)
    }
}

/// The greatest common measure of all lengths in seconds; `None` if something is no plain length.
fn measure(models: &[&Model<'_>], windows: &[i64]) -> Option<i64> {
    let mut lengths: Vec<i64> = windows.to_vec();
    for model in models {
        if let Again::AfterSecs(secs) = model.journey.entry.again {
            lengths.push(secs);
        }
        for node in &model.steps {
            if let Some(Again::AfterSecs(secs)) = node.mail.map(|mail| mail.repeat) {
                lengths.push(secs);
            }
            for edge in &node.edges {
                match edge.pace {
                    Pace::Exactly(secs) => lengths.push(secs),
                    Pace::Instant => {}
                    // Of how long a mail is held, as many measures are counted as may be begun.
                    Pace::Held(..) => {}
                    // An event, or an exit: the machine follows both. Waits for a moment of the clock it refuses itself.
                    Pace::Anytime => {}
                    Pace::Until(..) | Pace::WorkingDays(_) => return None,
                }
            }
        }
    }
    if lengths.iter().any(|length| *length <= 0) {
        return None;
    }
    lengths.into_iter().reduce(greatest_common_divisor)
}

fn greatest_common_divisor(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}
