//! A few journeys and one lead as a machine with finitely many states, so that the worst case can be searched whole.
//!
//! Time goes in ticks. The greatest common measure of all lengths is a *measure*; of each measure the first few seconds are
//! ticks, as many as there are things that keep their own time, and one more. Whatever happens at other seconds could as
//! well happen at these: it is only asked in which order things come, and whether they are a length apart (the argument of
//! regions, R. Alur and D. Dill, "A Theory of Timed Automata", 1994, section 4). So a tick is also a real second, and what
//! the machine finds can be replayed.
//!
//! What the machine does not follow (scores, past events, consent) may be anything each time it is asked: then it finds
//! no less than what can happen.
//!
//! In: journeys and what the lead is like for ever. Out: the most mails in a window, with the way there. Never: a machine
//! for what it could not follow soundly; it says so instead.

mod best;
mod compile;
mod explore;
mod run;

pub(super) use best::Witness;
pub(super) use compile::Machine;

/// A formula, by its number in [`crate::analysis::conditions::Terms::formulas`].
type Asks = usize;

/// A journey.
#[derive(Clone, Debug)]
struct Course {
    /// Its number in the order in which entries are tried.
    entry: Entry,
    when: Option<Asks>,
    exit_when: Option<Asks>,
    goal: Option<Goal>,
    again: Rest,
    first: Option<usize>,
    steps: Vec<Step>,
    /// The terms that say whether an instance runs, and whether one has ended.
    running: Option<usize>,
    finished: Option<usize>,
}

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
    Send {
        content: usize,
        next: Option<usize>,
    },
    Wait {
        ticks: u32,
        next: Option<usize>,
    },
    WaitFor {
        event: usize,
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
        next: Option<usize>,
    },
    /// An event that something hears, with what is known of its properties.
    Emit {
        event: usize,
        with: Vec<(usize, usize)>,
        next: Option<usize>,
    },
    Start {
        course: usize,
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
}

/// Something that may happen at any time.
#[derive(Clone, Debug)]
enum Outside {
    /// An event, with its properties as far as they are asked for.
    Event { event: usize, with: Vec<(usize, usize)> },
    /// Something that is not followed changes a term.
    Change { term: usize, from: Option<usize>, to: usize },
    /// Something that is not followed has changed: conditions are asked anew.
    Nothing,
}

/// Everything that changes about a lead: for each course three numbers (step + 1, ticks left, rest), then the cells of
/// terms that are followed, then memberships, then the rests of emails.
type State = Box<[u32]>;

/// A rest that never ends.
const FOR_EVER: u32 = u32::MAX;
