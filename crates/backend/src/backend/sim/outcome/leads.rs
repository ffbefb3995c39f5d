//! Figures of rows, of leads, and of the timelines they came with.

use std::collections::BTreeMap;

use super::named::{Named, add_counts};
use crate::ir::Refusal;

/// Ids of stopped leads that are kept.
const LIVELOCKS_KEPT: usize = 100;

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

impl LeadFigures {
    /// Counts a stopped lead.
    pub(crate) fn count_livelock(&mut self, id: &str) {
        self.livelocked += 1;
        self.livelocked_ids.push(id.to_owned());
        self.keep_first();
    }

    pub(super) fn add(&mut self, other: LeadFigures) {
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

    pub(super) fn add(&mut self, other: ReplayFigures) {
        self.leads += other.leads;
        self.past += other.past;
        self.happened += other.happened;
        self.own += other.own;
        self.unmatched += other.unmatched;
    }
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

    pub(in crate::backend) fn add(&mut self, other: ToldFigures) {
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

fn is_nothing(number: &u64) -> bool {
    *number == 0
}
