//! What leads allow: consent and its record, confirmation, leaving and preferences, sunset.
//!
//! In: events about permission, the passing of time. Out: where a lead stands, and gates that ask it. Never: a mail of its own;
//! requests for a confirmation go out as the steps of a journey.
//!
//! | file | what it does |
//! |---|---|
//! | `consent` | where a lead stands with each topic, the record of it, and markets |
//! | `confirmation` | requests for a confirmation, their answers and their end |
//! | `preference` | leaving, and what leads choose instead |
//! | `sunset` | interest, and what becomes of those who show none |
//! | `figures` | what is counted of all that |

mod confirmation;
mod consent;
mod figures;
mod preference;
mod sunset;

pub use consent::{Basis, By, Record, needed};
pub use figures::{ConsentFigures, EngagementFigures, MarketFigures, TopicFigures};
pub use sunset::Engagement;

use super::program::Program;
use crate::ir::permission::Given;

/// What is remembered of a lead about permission.
#[derive(Debug, Default)]
pub struct State {
    /// Of each topic, how the lead came to stand where it stands.
    pub records: Vec<Record>,
    /// What the leads file says, by topic; empty if nothing.
    pub given: Vec<Option<Given>>,
    /// The market.
    pub market: Option<usize>,
    /// Of each market, when the event that implies consent happened last.
    pub implied: Vec<i64>,
    /// Whether the lead left all marketing, and did not come back.
    pub left_all: bool,
    /// Of each topic, until when marketing rests.
    pub paused_until: Vec<i64>,
    /// Of each topic, whether the lead wants fewer mails.
    pub fewer: Vec<bool>,
    /// How much interest the lead shows.
    pub engagement: Engagement,
    /// When it showed interest last.
    pub active_at: i64,
    /// The timer of the next loss of interest.
    pub sunset_timer: u32,
    /// The number that it has from the instant on from which interest is counted.
    pub loss_set: u32,
    /// How often its engagement changed.
    pub engagement_changes: u32,
}

impl State {
    /// Room for any lead of a program.
    pub fn new(program: &Program) -> State {
        let topics = program.topics.len();
        State {
            records: vec![Record::default(); topics],
            implied: vec![i64::MIN; program.permission.markets.len()],
            paused_until: vec![i64::MIN; topics],
            fewer: vec![false; topics],
            ..State::default()
        }
    }

    /// Forgets the lead before, keeping the memory.
    pub fn clear(&mut self) {
        self.records.fill(Record::default());
        self.given.clear();
        self.market = None;
        self.implied.fill(i64::MIN);
        self.left_all = false;
        self.paused_until.fill(i64::MIN);
        self.fewer.fill(false);
        self.engagement = Engagement::Active;
        (self.active_at, self.sunset_timer, self.loss_set, self.engagement_changes) = (0, 0, 0, 0);
    }
}
