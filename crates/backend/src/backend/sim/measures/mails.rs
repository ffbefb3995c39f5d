//! What became of each mail, and to whom it was sent.

use super::figures::Tally;
use crate::backend::sim::engine::Engine;
use crate::backend::sim::lead::{LeadState, Mail};
use crate::backend::sim::members;
use crate::backend::sim::program::{MailFilter, Program};
use crate::ir::kpi::MailMoment;

/// What became of a mail so far. A set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks(u8);

impl Marks {
    pub const DELIVERED: Marks = Marks(1);
    pub const OPENED: Marks = Marks(1 << 1);
    pub const CLICKED: Marks = Marks(1 << 2);
    pub const SOFT_BOUNCED: Marks = Marks(1 << 3);
    pub const HARD_BOUNCED: Marks = Marks(1 << 4);
    pub const UNSUBSCRIBED: Marks = Marks(1 << 5);
    pub const COMPLAINED: Marks = Marks(1 << 6);

    /// Puts these in.
    pub(in crate::backend::sim) fn put(&mut self, marks: Marks) {
        self.0 |= marks.0;
    }

    /// Whether there is one of these.
    pub(in crate::backend::sim) fn has(self, marks: Marks) -> bool {
        self.0 & marks.0 != 0
    }

    /// Whether this became of the mail.
    pub(in crate::backend::sim) fn tell(self, moment: MailMoment) -> bool {
        match moment {
            MailMoment::Sent => true,
            MailMoment::Delivered => self.has(Marks::DELIVERED),
            MailMoment::Opened => self.has(Marks::OPENED),
            MailMoment::Clicked => self.has(Marks::CLICKED),
            MailMoment::Bounced => self.has(Marks(Marks::SOFT_BOUNCED.0 | Marks::HARD_BOUNCED.0)),
            MailMoment::Unsubscribed => self.has(Marks::UNSUBSCRIBED),
            MailMoment::Complained => self.has(Marks::COMPLAINED),
        }
    }

    /// The word for how it failed to arrive, if it did.
    pub(in crate::backend::sim) fn bounce(self) -> Option<&'static str> {
        let soft = || self.has(Marks::SOFT_BOUNCED).then_some("soft");
        self.has(Marks::HARD_BOUNCED).then_some("hard").or_else(soft)
    }

    fn tally(self) -> Tally {
        Tally {
            sent: 1,
            delivered: u64::from(self.has(Marks::DELIVERED)),
            opened: u64::from(self.has(Marks::OPENED)),
            clicked: u64::from(self.has(Marks::CLICKED)),
            soft_bounced: u64::from(self.has(Marks::SOFT_BOUNCED)),
            hard_bounced: u64::from(self.has(Marks::HARD_BOUNCED)),
            unsubscribed: u64::from(self.has(Marks::UNSUBSCRIBED)),
            complained: u64::from(self.has(Marks::COMPLAINED)),
        }
    }
}

impl Engine<'_> {
    /// Notes what became of a mail.
    pub(in crate::backend::sim) fn mark(&mut self, mail: usize, marks: Marks) {
        self.lead.mails[mail].marks.put(marks);
    }

    /// Counts the mails of the run by what they belong to.
    pub(in crate::backend::sim) fn tally_mails(&mut self) {
        let (program, lead, tallies) = (self.program, &self.lead, &mut self.figures.tallies);
        for number in lead.replay.past_mails..lead.mails.len() {
            let mail = &lead.mails[number];
            let day = program.day(mail.at);
            let tally = mail.marks.tally();
            tallies.count(tally, mail.journey, program.contents[mail.content].topic, day);
            members::each(lead.membership_at(number), |segment| tallies.count_segment(tally, segment));
        }
    }
}

impl LeadState {
    /// Notes the segments of the lead beside the mail that it was just sent.
    pub(in crate::backend::sim) fn note_membership(&mut self) {
        self.membership.extend(self.members.words().iter().copied());
    }

    /// The segments of the lead when a mail was sent.
    fn membership_at(&self, mail: usize) -> &[u64] {
        let words = self.members.words().len();
        self.membership.get(mail * words..(mail + 1) * words).unwrap_or_default()
    }

    /// Mails of the run that a filter lets through, by number.
    pub(super) fn mails_of<'a>(
        &'a self,
        filter: &'a MailFilter,
        program: &'a Program,
    ) -> impl Iterator<Item = &'a Mail> + 'a {
        let mails = self.mails.iter().enumerate().skip(self.replay.past_mails);
        let passes = move |(number, mail): &(usize, &Mail)| {
            filter.content.is_none_or(|content| mail.content == content)
                && filter.journey.is_none_or(|journey| mail.journey == journey)
                && filter.topic.is_none_or(|topic| program.contents[mail.content].topic == topic)
                && filter.channel.is_none_or(|channel| mail.channel == channel)
                && filter.persona.is_none_or(|persona| mail.persona == persona)
                && filter.segment.is_none_or(|segment| members::has(self.membership_at(*number), segment))
        };
        mails.filter(passes).map(|(_, mail)| mail)
    }
}
