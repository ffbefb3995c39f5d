//! Figures of what is sent: by mail and message, and by lead.

use std::collections::BTreeMap;

use super::named::{add_counts, bump};
use crate::ir::Skip;

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

impl EmailFigures {
    pub(in crate::backend) fn add(&mut self, other: EmailFigures) {
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

impl MailFigures {
    pub(super) fn add(&mut self, other: MailFigures) {
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

/// Figures of all channels together.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct ContactFigures {
    /// Leads by the number of mails and messages they were sent in the whole run.
    pub leads_by_contacts: BTreeMap<u64, u64>,
    /// Their busiest 7 days.
    pub busiest_week: Busiest,
}

impl ContactFigures {
    pub(super) fn add(&mut self, other: ContactFigures) {
        add_counts(&mut self.leads_by_contacts, other.leads_by_contacts);
        self.busiest_week.add(other.busiest_week);
    }
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

impl Busiest {
    pub(crate) fn count(&mut self, mails: u64, id: &str) {
        bump(&mut self.leads_by_mails, mails);
        self.challenge(mails, Some(id));
    }

    pub(super) fn add(&mut self, other: Busiest) {
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
