//! Interest, and what becomes of those who show none.
//!
//! One timer waits for the next loss of interest. Interest moves only the instant it is counted from, so that an event
//! costs a store; the timer looks at that instant when it comes, and waits on if it was moved. Among others of its second it
//! has the place of one that was set at that instant.

use super::super::agenda::{Class, Task};
use super::super::chance;
use super::super::engine::{Engine, Resume};
use super::super::lead::Data;
use super::super::program::{Deps, Sunset};
use super::super::trace::What;
use super::consent::By;
use crate::ir::permission::Then;

/// How much interest a lead shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Engagement {
    /// It did something not long ago.
    #[default]
    Active,
    /// Nothing for a while.
    Sleeping,
    /// Nothing for too long.
    Sunset,
}

impl Engagement {
    /// The word for it.
    fn word(self) -> &'static str {
        crate::ir::builtin::ENGAGEMENT[self as usize]
    }

    /// What comes next without interest, and how long after the last.
    fn next(self, sunset: &Sunset) -> Option<(Engagement, i64)> {
        match (self, sunset.sleeping) {
            (Engagement::Active, Some(sleeping)) => Some((Engagement::Sleeping, sleeping)),
            (Engagement::Active, None) | (Engagement::Sleeping, _) => Some((Engagement::Sunset, sunset.after)),
            (Engagement::Sunset, _) => None,
        }
    }
}

impl Engine<'_> {
    /// How much interest the lead shows as it comes in. A past that was gone through knows it already.
    pub(in super::super) fn begin_engagement(&mut self) {
        let Some(sunset) = &self.program.permission.sunset else { return };
        if self.lead.replay.has_past() && !self.lead.replay.reliving {
            self.count_engagement_start();
            return;
        }
        let last = sunset.last.and_then(|field| self.moment_of(field)).unwrap_or(self.now);
        self.lead.permission.active_at = last.min(self.now);
        while let Some((next, after)) = self.lead.permission.engagement.next(sunset)
            && self.lead.permission.active_at.saturating_add(after) <= self.now
        {
            self.grow_cold(next);
        }
        self.set_loss();
        if !self.lead.replay.reliving {
            self.count_engagement_start();
        }
    }

    /// Sets the timer anew.
    fn set_loss(&mut self) {
        self.lead.permission.loss_set = self.lead.next_timer();
        self.wait_for_loss();
    }

    fn wait_for_loss(&mut self) {
        let Some(sunset) = &self.program.permission.sunset else { return };
        let Some((_, after)) = self.lead.permission.engagement.next(sunset) else { return };
        let (timer, at) = (self.lead.permission.loss_set, self.lead.permission.active_at.saturating_add(after));
        self.lead.permission.sunset_timer = timer;
        self.lead.arm_as(timer, at, Class::Timer, (0, 0), Task::Sunset);
    }

    /// Whether a timer is not the one to lose interest by: another one is set, or interest was shown since. In this case it
    /// waits on.
    pub(in super::super) fn waits_on(&mut self, timer: u32, at: i64) -> bool {
        let Some(sunset) = &self.program.permission.sunset else { return true };
        let state = &self.lead.permission;
        let Some((_, after)) = state.engagement.next(sunset).filter(|_| state.sunset_timer == timer) else {
            return true;
        };
        let is_early = timer != state.loss_set || at < state.active_at.saturating_add(after);
        if is_early {
            self.wait_for_loss();
        }
        is_early
    }

    /// The moment at which interest is lost by one more degree has come.
    pub(in super::super) fn lose_interest(&mut self) {
        let Some(sunset) = &self.program.permission.sunset else { return };
        let from = self.lead.permission.engagement;
        let Some((next, _)) = from.next(sunset) else { return };
        self.grow_cold(next);
        self.set_loss();
        if !self.lead.replay.reliving {
            self.engagement_happens(from, next);
            self.cascade(None, Resume::Nothing);
        }
    }

    /// Interest is lost by one more degree, with all that follows.
    fn grow_cold(&mut self, to: Engagement) {
        let Some(sunset) = &self.program.permission.sunset else { return };
        self.lead.permission.engagement = to;
        self.note(What::Engagement, None, |ask| {
            format!("{}, without interest since {}", to.word(), ask.lead.zone.show(ask.lead.permission.active_at))
        });
        if to != Engagement::Sunset {
            return;
        }
        if let Some(list) = sunset.list {
            self.lead.lists[list] = true;
            self.lead.changed(Deps::LISTS);
        }
        if sunset.then == Then::Unsubscribe {
            self.topics(None, true).for_each(|topic| self.unsubscribe(topic, By::Sunset));
        }
    }

    /// An event shows interest.
    pub(super) fn shows_interest(&mut self) {
        let Some(sunset) = &self.program.permission.sunset else { return };
        let from = self.lead.permission.engagement;
        if from == Engagement::Sunset && !sunset.wakes {
            return;
        }
        self.lead.permission.active_at = self.now;
        self.lead.permission.loss_set = self.lead.next_timer();
        if from == Engagement::Active {
            return;
        }
        self.lead.permission.engagement = Engagement::Active;
        self.note(What::Engagement, None, |_| format!("awake again, after {}", from.word()));
        if let Some(list) = sunset.list.filter(|_| from == Engagement::Sunset) {
            self.lead.lists[list] = false;
            self.lead.changed(Deps::LISTS);
        }
        self.wait_for_loss();
        if !self.lead.replay.reliving {
            self.engagement_happens(from, Engagement::Active);
        }
    }

    fn engagement_happens(&mut self, from: Engagement, to: Engagement) {
        self.count_engagement(from, to);
        self.lead.permission.engagement_changes += 1;
        let changes = u64::from(self.lead.permission.engagement_changes);
        let identity = chance::join(chance::key(&["engagement_changed"]), changes);
        self.happen(self.program.builtin.engagement_changed, Data::Engagement(from as u8, to as u8), identity);
    }
}
