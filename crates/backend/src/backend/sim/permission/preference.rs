//! Leaving, what leads choose instead of it, and the gates that keep to it.

use super::super::behavior::draw;
use super::super::chance;
use super::super::engine::Engine;
use super::super::lead::{Data, Happening};
use super::super::program::{Content, Property};
use super::super::send::{Gate, Words, mark};
use super::super::trace::What;
use super::super::value::{Slot, V};
use super::consent::By;
use super::sunset::Engagement;
use crate::ir::Skip;
use crate::ir::permission::Then;

/// What a lead chooses, in the order of [`crate::ir::builtin::CHOICES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// To subscribe.
    In,
    /// To leave.
    Out,
    /// To get nothing for a while.
    Pause,
    /// To get fewer.
    Fewer,
    /// To get what there is.
    Usual,
}

impl Choice {
    const ALL: [Choice; 5] = [Choice::In, Choice::Out, Choice::Pause, Choice::Fewer, Choice::Usual];
}

impl Engine<'_> {
    /// A mail made the lead go: it leaves the topic or everything, or chooses something else instead.
    pub(in super::super) fn goes(&mut self, mail: usize) {
        let program = self.program;
        let permission = &program.permission;
        let answers =
            self.lead.mails[mail].persona.map(|persona| program.personas[persona].answers).unwrap_or_default();
        let pause = if permission.preferences.pause.is_some() { answers.pause } else { 0.0 };
        let fewer = if permission.preferences.fewer.is_some() { answers.fewer } else { 0.0 };
        let drawn = if pause + fewer > 0.0 { self.draw(mail, draw::PREFERENCE) } else { 1.0 };
        if drawn < pause {
            return self.chooses(mail, Choice::Pause);
        }
        if drawn < pause + fewer {
            return self.chooses(mail, Choice::Fewer);
        }
        let Some(policy) = permission.unsubscribe else { return self.unsubscribed(mail) };
        let by_button = answers.one_click > 0.0 && self.draw(mail, draw::ONE_CLICK) < answers.one_click;
        let ends_all = if by_button { policy.one_click_ends_all } else { policy.link_ends_all };
        if ends_all {
            let content = self.lead.mails[mail].content;
            self.count_unsubscribed(mail);
            let identity = self.identity_of(mail, mark::UNSUBSCRIBED);
            self.happen(program.builtin.unsubscribed, Data::LeavesAll(content as u32), identity);
        } else {
            self.unsubscribed(mail);
        }
    }

    fn chooses(&mut self, mail: usize, choice: Choice) {
        let data = Data::Preference(self.lead.mails[mail].content as u32, choice as u8);
        let identity = self.identity_of(mail, mark::PREFERRED);
        self.happen(self.program.builtin.preferences_changed, data, identity);
    }

    fn identity_of(&self, mail: usize, mark: u64) -> u64 {
        let mail = &self.lead.mails[mail];
        let step = self.program.journeys[mail.journey].steps[mail.step].chance;
        chance::join(chance::join(step, mail.run), mark)
    }

    /// What a choice does, for one topic or for all.
    pub(super) fn prefer(&mut self, event: &Happening, topic: Option<usize>, all: bool) {
        let program = self.program;
        let chosen = self.text_property(event, &Property::Choice);
        let is = |sym: &u32| V::Sym(*sym).same(&chosen, &program.texts);
        let Some(number) = program.permission.choices.iter().position(is) else { return };
        let choice = Choice::ALL[number];
        let by = By::Event(event.event);
        let preferences = program.permission.preferences;
        match choice {
            Choice::In => return topic.into_iter().for_each(|topic| self.subscribe(topic, by, Slot::Absent)),
            Choice::Out => {
                self.lead.permission.left_all |= all;
                return self.topics(topic, all).for_each(|topic| self.unsubscribe(topic, by));
            }
            Choice::Pause if preferences.pause.is_none() => return,
            Choice::Fewer if preferences.fewer.is_none() => return,
            Choice::Pause | Choice::Fewer | Choice::Usual => {}
        }
        let until = self.now + preferences.pause.unwrap_or(0);
        for topic in self.topics(topic, all) {
            match choice {
                Choice::Pause => self.lead.permission.paused_until[topic] = until,
                Choice::Fewer => self.lead.permission.fewer[topic] = true,
                Choice::Usual => {
                    self.lead.permission.paused_until[topic] = i64::MIN;
                    self.lead.permission.fewer[topic] = false;
                }
                Choice::In | Choice::Out => {}
            }
        }
        if let Some(consent) = &mut self.figures.consent {
            match choice {
                Choice::Pause => consent.paused += 1,
                Choice::Fewer => consent.fewer += 1,
                Choice::Usual => consent.usual += 1,
                Choice::In | Choice::Out => {}
            }
        }
        self.note(What::Preference, None, |ask| {
            let about =
                topic.map_or("all marketing".to_owned(), |topic| format!("`{}`", ask.program.topics[topic].name));
            match choice {
                Choice::Pause => format!("{about} rests until {}", ask.lead.zone.show(until)),
                Choice::Fewer => format!("fewer mails about {about}"),
                Choice::Usual | Choice::In | Choice::Out => format!("{about} as usual"),
            }
        });
    }

    /// Whether the lead is asleep for good, or marketing rests.
    pub(in super::super) fn rests(&self, content: &Content) -> Option<Gate> {
        if !content.marketing {
            return None;
        }
        let (state, program) = (&self.lead.permission, self.program);
        let suppresses = || program.permission.sunset.as_ref().is_some_and(|sunset| sunset.then == Then::Suppress);
        if state.engagement == Engagement::Sunset && suppresses() {
            return Some(Gate::Skip(Skip::Sunset, Words::NoInterest(state.active_at)));
        }
        let until = state.paused_until[content.topic];
        (self.now < until).then_some(Gate::Skip(Skip::Paused, Words::Paused(until)))
    }

    /// Whether the lead wants fewer mails and has had what it wants.
    pub(in super::super) fn own_limit(&self, content: &Content) -> Option<Gate> {
        let fewer = &self.lead.permission.fewer;
        let limit = self.program.permission.preferences.fewer.filter(|_| content.marketing && fewer[content.topic])?;
        let since = self.lead.zone.window_start(limit.per, self.now);
        let counts = |content: usize| {
            let content = &self.program.contents[content];
            content.marketing && fewer[content.topic]
        };
        let sent = self.lead.mails.iter().rev().take_while(|mail| mail.at >= since);
        let full = sent.filter(|mail| counts(mail.content)).count() >= limit.count as usize;
        full.then_some(Gate::Skip(Skip::OwnLimit, Words::OwnLimit(limit.count, limit.per)))
    }
}
