//! Figures of senders that have a quota.

/// Figures of a sender that has a quota.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct SenderFigures {
    /// By day of the project's time zone, from the first of the run on.
    pub days: Vec<SenderDay>,
}

impl SenderFigures {
    pub(super) fn add(&mut self, other: SenderFigures) {
        self.days.iter_mut().zip(other.days).for_each(|(mine, theirs)| mine.add(theirs));
    }
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
