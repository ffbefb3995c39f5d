//! Requests for a confirmation: the journey that sends them, the persona's answer, and their end.

use super::super::agenda::{Class, Task};
use super::super::behavior::draw;
use super::super::chance;
use super::super::engine::{Engine, Resume};
use super::super::lead::Standing;
use super::super::queue::Pending;
use super::super::steps::End;
use super::super::trace::What;
use super::consent::By;

/// Tells the events of a confirmation apart.
const CONFIRMED: u64 = 1;
const EXPIRED: u64 = 2;

impl Engine<'_> {
    /// Asks for a confirmation, anew if the lead is being asked already.
    pub(super) fn request(&mut self, topic: usize) {
        self.count_topic(topic, |figures| figures.asked += 1);
        let Some(confirmation) = self.program.permission.confirmations[topic] else { return };
        self.await_answer(topic, self.now);
        if self.lead.replay.reliving {
            return;
        }
        let running = |slot: &&usize| self.lead.instances[**slot].journey == confirmation.flow;
        if let Some(slot) = self.lead.running.iter().find(running).copied() {
            self.end(slot, End::ExitWhen);
        }
        self.lead.queue.push(Pending::Start(confirmation.flow));
    }

    /// Waits for the answer to a request of that moment, and no longer than it may take.
    pub(super) fn await_answer(&mut self, topic: usize, asked: i64) {
        let Some(confirmation) = self.program.permission.confirmations[topic] else { return };
        let record = &mut self.lead.permission.records[topic];
        record.requests += 1;
        let task = Task::Lapse(topic as u32, record.requests);
        let at = asked.saturating_add(confirmation.within).max(self.now);
        self.lead.arm(at, Class::Timer, (0, 0), task);
    }

    /// Whether the answer to this request is waited for.
    pub(in super::super) fn is_asked(&self, topic: usize, request: u32) -> bool {
        self.lead.topics[topic] == Standing::Pending && self.lead.permission.records[topic].requests == request
    }

    /// The time for an answer is over.
    pub(in super::super) fn lapse(&mut self, topic: usize) {
        let record = &mut self.lead.permission.records[topic];
        (record.since, record.by) = (self.now, By::Lapse);
        self.count_topic(topic, |figures| figures.expired += 1);
        self.stand(topic, Standing::Out, "not confirmed in time");
        if !self.lead.replay.reliving {
            self.topic_happens(self.program.builtin.subscription_expired, topic, EXPIRED);
            self.cascade(None, Resume::Nothing);
        }
    }

    /// Draws what the lead does with a mail that asks for a confirmation. Who confirms opens it and clicks the link; nobody
    /// clicks it and does not confirm. `open` is the chance of any mail to be opened.
    pub(in super::super) fn answer_request(&mut self, mail: usize, persona: usize, open: f64) {
        let program = self.program;
        let persona = &program.personas[persona];
        let reading = &persona.reading[self.lead.mails[mail].channel];
        let confirm = persona.answers.confirm.unwrap_or(open);
        let drawn = self.draw(mail, draw::OPEN);
        if drawn >= open.max(confirm) {
            return self.note_unread(mail, "opened", open.max(confirm));
        }
        let delay = |engine: &Self, delay: crate::ir::Delay, what| chance::delay(delay, engine.draw(mail, what));
        let opened = self.now + delay(self, reading.open_delay, draw::OPEN_DELAY);
        self.lead.arm(opened, Class::Outside, (0, 0), Task::Open(mail as u32));
        if drawn >= confirm {
            return self.note_unread(mail, "confirmed", confirm);
        }
        let clicked = opened + delay(self, reading.click_delay, draw::CLICK_DELAY);
        self.lead.arm(clicked, Class::Outside, (0, 0), Task::Click(mail as u32));
        self.lead.arm(clicked, Class::Outside, (0, 0), Task::Confirm(mail as u32));
    }

    /// The link of a mail is followed, which confirms the subscription if it is not too late.
    pub(in super::super) fn follows_link(&mut self, mail: usize) {
        let Some(topic) = self.program.journeys[self.lead.mails[mail].journey].confirms else { return };
        if self.lead.topics[topic] != Standing::Pending {
            let name = &self.program.topics[topic].name;
            return self.note(What::NoEvent, None, |_| format!("the link to confirm `{name}` is no good any more"));
        }
        self.topic_happens(self.program.builtin.subscription_confirmed, topic, CONFIRMED);
    }
}
