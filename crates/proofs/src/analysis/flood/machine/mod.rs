//! A few journeys and one lead as a machine with finitely many states, so that the worst case can be searched whole.
//!
//! Time goes in measures, the greatest common divisor of all lengths. What happens within one measure after what is a
//! matter of seconds, and in the machine of order alone: timers that are due and events from outside come in any order, and
//! the measure is over when no timer is due. So the seconds by which things come later than a whole measure are never added
//! up: two mails share a window if fewer measures lie between them than the window has (the argument of regions, R. Alur
//! and D. Dill, "A Theory of Timed Automata", 1994, section 4, with all orders of the fractions allowed).
//!
//! What the machine does not follow (scores of many values, most of what is asked about the past) may be anything each time
//! it is asked: then it finds no less than what can happen.
//!
//! In: journeys and what the lead is like for ever. Out: the most mails in a window, with the way there. Never: a machine
//! for what it could not follow soundly; it says so instead.

mod best;
mod between;
mod compile;
mod consent;
mod draft;
mod explore;
mod follow;
mod outside;
mod run;

use consent::About;

pub(super) use best::Witness;
pub(super) use compile::Machine;
pub(super) use follow::follows_score;

/// A formula, by its number in [`crate::analysis::conditions::Terms::formulas`].
type Asks = usize;

/// A journey; with a key, the stays of one value of it.
#[derive(Clone, Debug)]
struct Course {
    /// The journey, by its number.
    journey: usize,
    entry: Entry,
    /// Says of the event whether it is of this course's value of the key.
    key: Option<Asks>,
    /// How many courses of the journey may run at once.
    at_once: usize,
    when: Option<Asks>,
    exit_when: Option<Asks>,
    goal: Option<Goal>,
    again: Rest,
    first: Option<usize>,
    steps: Vec<Step>,
    /// The terms that say whether an instance of the journey runs, and whether one has ended.
    running: Option<usize>,
    finished: Option<usize>,
    /// What `journey_entered` and `journey_ended` say of it.
    said: Said,
}

/// What is known of the properties of events that a journey makes: of the one, and of the other.
type Said = [Vec<(usize, usize)>; 2];

/// An event that comes of something, by its number, and what is known of its properties.
type Made = (usize, Vec<(usize, usize)>);

#[derive(Clone, Copy, Debug)]
struct Goal {
    when: Asks,
    /// Whether it counts for some time only.
    for_a_time: bool,
}

#[derive(Clone, Debug)]
enum Entry {
    /// By an event, by its number.
    Event { event: usize, filter: Option<Asks> },
    /// By becoming a member, by the number of the segment.
    Segment { segment: usize, existing: bool },
    /// By other journeys alone.
    Called,
}

/// When something may happen once more, in ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    Always,
    Never,
    Ticks(u32),
}

#[derive(Clone, Debug)]
enum Step {
    /// Sends, or holds the mail for so long at most.
    Send {
        content: usize,
        hold: Option<u32>,
        next: Option<usize>,
    },
    Wait {
        ticks: u32,
        next: Option<usize>,
    },
    /// Waits for an event, or without one for a condition to hold.
    WaitFor {
        event: Option<usize>,
        filter: Option<Asks>,
        when: Option<Asks>,
        ticks: u32,
        next: Option<usize>,
        timeout: Option<usize>,
    },
    Branch {
        arms: Vec<(Asks, Option<usize>)>,
        otherwise: Option<usize>,
    },
    /// Arms, by their number in the campaign.
    Split {
        arms: Vec<(usize, Option<usize>)>,
    },
    /// Decides terms, and is seen by segments and exits.
    Change {
        cells: Vec<(usize, usize)>,
        /// Points: place of the score among those that are followed, and how many.
        points: Vec<(usize, i64)>,
        /// A topic, by its number among those that are followed, and whether the lead subscribes to it.
        topic: Option<(usize, bool)>,
        next: Option<usize>,
    },
    /// An event that something hears, with what is known of its properties.
    Emit {
        event: usize,
        with: Vec<(usize, usize)>,
        next: Option<usize>,
    },
    Start {
        journey: usize,
        next: Option<usize>,
    },
    Goto {
        next: Option<usize>,
    },
    Exit,
}

/// A group whose membership matters.
#[derive(Clone, Debug)]
struct Group {
    when: Asks,
    /// The term that asks for membership.
    term: Option<usize>,
    /// Whether nobody joins once the lead is there.
    joins_at_birth: bool,
}

/// Something that may happen at any time.
#[derive(Clone, Debug)]
enum Outside {
    /// An event, with its properties as far as they are asked for, and what it is about, if it is about subscriptions.
    Event { event: usize, with: Vec<(usize, usize)>, about: Option<About> },
    /// Something that is not followed changes a term.
    Change { term: usize, to: usize },
    /// Something that is not followed gives points.
    Points { score: usize, points: i64 },
    /// By something that is not heard the lead stands so with the topics that are followed, one or several of them at once.
    Consent { is_in: Vec<bool> },
    /// Another journey starts one.
    Start { journey: usize },
    /// Something that is not followed has changed: conditions are asked anew.
    Nothing,
}

/// A score that is followed, point by point.
#[derive(Clone, Debug)]
struct Score {
    term: usize,
    min: i64,
    max: i64,
    /// By value from the least on, the cell.
    cells: Vec<usize>,
    /// Events that give points: event, condition on it, points, and whether only so often.
    rules: Vec<(usize, Option<Asks>, i64, bool)>,
}

/// How often something happened, where that is followed.
#[derive(Clone, Debug)]
struct Tally {
    term: usize,
    of: Counted,
    /// How far it looks back, in measures; `None` for ever. With it only whether there was one at all is followed.
    within: Option<u32>,
    /// By count, the cell; the last is that of all greater ones.
    cells: Vec<usize>,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counted {
    /// An event.
    Event(usize),
    /// Something that is sent.
    Content(usize),
}

impl Tally {
    /// The most that a state says of it: a count, or the measures until it is over and one more, in which it may be over.
    fn most(&self) -> u32 {
        self.within.map_or(self.cells.len() as u32 - 1, |measures| measures + 1)
    }

    /// The cell; `None` while it is not known which.
    fn cell(&self, state: u32) -> Option<usize> {
        let count = match (self.within, state) {
            (None, count) => count,
            (Some(_), 0) => 0,
            // Somewhere in this measure the last one is too long ago.
            (Some(_), 1) => return None,
            (Some(_), _) => 1,
        };
        self.cells.get(count as usize).copied()
    }
}

/// The lifecycle, if the stage is followed.
#[derive(Clone, Debug)]
struct Stages {
    term: usize,
    moves: Vec<Move>,
}

#[derive(Clone, Copy, Debug)]
struct Move {
    from: usize,
    to: usize,
    when: Option<Asks>,
    event: Option<usize>,
    filter: Option<Asks>,
    /// Whether it is made only some time after the stage was reached.
    waits: bool,
}

/// Everything that changes about a lead: for each course three numbers (step + 1, measures left, rest), then the cells of
/// terms that are followed, then scores, then whether topics may be written about, then memberships, then the rests of emails,
/// then tallies; times in measures. Where something may come between, what stands in the queue comes last.
type State = Box<[u32]>;

/// A rest that never ends.
const FOR_EVER: u32 = u32::MAX;
