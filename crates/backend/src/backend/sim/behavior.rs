//! What becomes of mails that were sent, and what personas do.

use super::agenda::{Class, Task};
use super::ask::Ask;
use super::chance::{self, LeadKey};
use super::engine::Engine;
use super::lead::{Data, EMAIL, Happening};
use super::measures::Marks;
use super::program::{Action, AfterTime, Cause, DRAWS, Deps, Moments};
use super::send::mark;
use super::trace::What;
use crate::ir::Fatigue;

/// What is drawn for one mail.
pub(super) mod draw {
    pub const HARD: u64 = 1;
    pub const SOFT: u64 = 2;
    pub const OPEN: u64 = 3;
    pub const OPEN_DELAY: u64 = 4;
    pub const CLICK: u64 = 5;
    pub const CLICK_DELAY: u64 = 6;
    pub const UNSUBSCRIBE: u64 = 7;
    pub const UNSUBSCRIBE_DELAY: u64 = 8;
    pub const COMPLAIN: u64 = 9;
    pub const COMPLAIN_DELAY: u64 = 10;
    pub const PREFERENCE: u64 = 11;
    pub const ONE_CLICK: u64 = 12;
    pub const DELIVERY_DELAY: u64 = 20;
}

/// Why a mail is given up; the numbers are places in `Failures::kinds`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GivenUp {
    /// It could not be delivered, and is not tried again.
    ForNow,
    /// The address is none.
    ForGood,
    /// The lead did not come by in time.
    Unseen,
}

impl GivenUp {
    fn words(self) -> &'static str {
        match self {
            GivenUp::ForNow => "given up",
            GivenUp::ForGood => "for good",
            GivenUp::Unseen => "shown to nobody in time",
        }
    }
}

/// The draws for one mail: keyed by its step and how often the lead had reached that step.
#[derive(Clone, Copy)]
struct Draws<'p> {
    lead: LeadKey,
    names: &'p [u64; DRAWS],
    occurrence: u64,
}

impl Draws<'_> {
    #[inline]
    fn of(self, what: u64) -> f64 {
        self.lead.draw(self.names[what as usize], self.occurrence)
    }

    /// Whether something happens; a chance of nothing is not drawn.
    #[inline]
    fn happens(self, what: u64, chance: f64) -> bool {
        chance > 0.0 && self.of(what) < chance
    }
}

impl Ask<'_> {
    /// The name of what was sent.
    pub(super) fn content_name(&self, mail: usize) -> &str {
        &self.program.contents[self.lead.mails[mail].content].name
    }
}

impl<'a> Engine<'a> {
    /// Whether the persona does nothing now.
    pub(super) fn is_idle(&mut self) -> bool {
        let persona = self.lead.persona.map(|persona| &self.program.personas[persona]);
        let Some(when) = persona.and_then(|persona| persona.when.as_ref()) else { return false };
        let idle = !self.ask(None).holds(when);
        if idle {
            self.note(What::NoEvent, None, |_| format!("the persona does nothing: `{}` does not hold", when.text));
        }
        idle
    }

    /// The draws for a mail, on an attempt to deliver it after some that failed.
    #[inline]
    fn draws(&self, mail: usize, failed: u32) -> Draws<'a> {
        let mail = &self.lead.mails[mail];
        let names = &self.program.journeys[mail.journey].steps[mail.step].draws;
        let occurrence = if failed == 0 { mail.occurrence } else { chance::join(mail.run, u64::from(failed)) };
        Draws { lead: self.lead.chance, names, occurrence }
    }

    /// A draw for a mail that does not depend on how often it was tried.
    pub(super) fn draw(&self, mail: usize, what: u64) -> f64 {
        self.draws(mail, 0).of(what)
    }

    /// The events of what becomes of a mail.
    pub(super) fn moments(&self, mail: usize) -> &'a Moments {
        &self.program.channels[self.lead.mails[mail].channel].moments
    }

    /// The journey and the step that asked for a mail.
    fn asked_by(&self, mail: usize) -> (usize, usize) {
        let mail = &self.lead.mails[mail];
        (mail.journey, mail.step)
    }

    /// A mail is on its way: it arrives at once, after some time, or when the lead comes by.
    pub(super) fn set_out(&mut self, mail: usize) {
        let channel = &self.program.channels[self.lead.mails[mail].channel];
        let number = mail as u32;
        if channel.visit.is_some() {
            self.lead.unseen.push(number);
            self.lead.arm(self.now + channel.expires, Class::Outside, (0, 0), Task::Unseen(number));
        } else if let Some(delay) = channel.delivery.filter(|_| !self.lead.replay.told()) {
            let delay = chance::delay(delay, self.draw(mail, draw::DELIVERY_DELAY));
            self.lead.arm(self.now + delay, Class::Outside, (0, 0), Task::Attempt(number, 0));
        } else {
            self.attempt(mail, 0);
        }
    }

    /// The lead comes by: what waits for it is shown.
    pub(super) fn show_unseen(&mut self) {
        for mail in std::mem::take(&mut self.lead.unseen) {
            self.attempt(mail as usize, 0);
        }
    }

    /// Nobody came by in time.
    pub(super) fn give_up_unseen(&mut self, mail: u32) {
        self.lead.unseen.retain(|each| *each != mail);
        self.bounced(mail as usize, GivenUp::Unseen);
    }

    /// An attempt to deliver a mail, after some that failed.
    pub(super) fn attempt(&mut self, mail: usize, failed: u32) {
        if failed > 0 {
            self.figures.content(self.lead.mails[mail].content).retries += 1;
            self.note_step(What::Retry, self.asked_by(mail), |ask| {
                format!("`{}`, attempt {}", ask.content_name(mail), failed + 1)
            });
        }
        if self.lead.replay.told() {
            return self.told_delivery(mail);
        }
        let Some(persona) = self.lead.persona else { return self.delivered(mail) };
        let channel = self.lead.mails[mail].channel;
        let reading = &self.program.personas[persona].reading[channel];
        let draws = self.draws(mail, failed);
        if draws.happens(draw::HARD, reading.fail_for_good) {
            self.bounced(mail, GivenUp::ForGood);
        } else if !draws.happens(draw::SOFT, reading.fail) {
            self.delivered(mail);
        } else {
            self.failed_for_now(mail, failed);
        }
    }

    /// An attempt failed: there is another one later, or none.
    fn failed_for_now(&mut self, mail: usize, failed: u32) {
        let failures = &self.program.channels[self.lead.mails[mail].channel].failures;
        if failed < failures.retries {
            let at = self.now + failures.every;
            self.note_step(What::Bounced, self.asked_by(mail), |ask| {
                format!("`{}`, for now; next attempt on {}", ask.content_name(mail), ask.lead.zone.show(at))
            });
            self.lead.arm(at, Class::Outside, (0, 0), Task::Attempt(mail as u32, failed + 1));
        } else {
            self.bounced(mail, GivenUp::ForNow);
        }
    }

    pub(super) fn bounced(&mut self, mail: usize, why: GivenUp) {
        let hard = why == GivenUp::ForGood;
        let program = self.program;
        let place = self.asked_by(mail);
        let figures = self.figures.content(self.lead.mails[mail].content);
        if hard {
            figures.hard_bounced += 1
        } else {
            figures.soft_bounced += 1
        }
        self.mark(mail, if hard { Marks::HARD_BOUNCED } else { Marks::SOFT_BOUNCED });
        let channel = self.lead.mails[mail].channel;
        if channel == EMAIL {
            self.figures.mails.bounced += 1;
        }
        self.note_step(What::Bounced, place, |ask| format!("`{}`, {}", ask.content_name(mail), why.words()));
        self.failed(channel, hard);
        let kind = program.channels[channel].failures.kinds[why as usize];
        self.mail_happens(mail, self.moments(mail).failed, mark::BOUNCED, Some(kind));
    }

    /// What did not arrive says something about the address.
    pub(super) fn failed(&mut self, channel: usize, hard: bool) {
        let failures = &self.program.channels[channel].failures;
        self.lead.undelivered[channel] += 1;
        let too_many = failures.suppress_after.is_some_and(|most| self.lead.undelivered[channel] >= most);
        if ((hard && failures.suppress) || too_many) && !self.lead.suppressed[channel] {
            self.lead.suppressed[channel] = true;
            self.lead.changed(Deps::FIELDS);
            self.note(What::Suppressed, None, |_| "nothing is sent to the address any more".to_owned());
        }
    }

    pub(super) fn delivered(&mut self, mail: usize) {
        let persona = self.lead.persona;
        let sent = &mut self.lead.mails[mail];
        sent.persona = persona;
        sent.marks.put(Marks::DELIVERED);
        let (content, channel, place) = (sent.content, sent.channel, (sent.journey, sent.step));
        self.lead.undelivered[channel] = 0;
        self.figures.content(content).delivered += 1;
        self.note_step(What::Delivered, place, |ask| format!("`{}`", ask.content_name(mail)));
        self.mail_happens(mail, self.program.channels[channel].moments.delivered, mark::DELIVERED, None);
        if let Some(persona) = persona.filter(|_| !self.lead.replay.told()) {
            self.react(mail, persona);
        }
    }

    /// Draws what the lead will do with a mail, and when.
    fn react(&mut self, mail: usize, persona: usize) {
        let (program, sent) = (self.program, &self.lead.mails[mail]);
        let content = &program.contents[sent.content];
        let reading = &program.personas[persona].reading[content.channel];
        let journey = &program.journeys[sent.journey];
        let draws =
            Draws { lead: self.lead.chance, names: &journey.steps[sent.step].draws, occurrence: sent.occurrence };
        let number = mail as u32;
        let open_delay = |what| chance::delay(reading.open_delay, draws.of(what));
        let lift = self.lift(mail, persona);
        let open = reading.open * content.open_factor * self.freshness(reading.open_fatigue, mail) * lift;
        let click = reading.click * content.click_factor * self.freshness(reading.click_fatigue, mail);
        if journey.confirms.is_some() {
            self.answer_request(mail, persona, open);
        } else if draws.of(draw::OPEN) >= open {
            self.note_unread(mail, "opened", open);
        } else {
            let opened = self.now + open_delay(draw::OPEN_DELAY);
            self.lead.arm(opened, Class::Outside, (0, 0), Task::Open(number));
            if draws.of(draw::CLICK) >= click {
                self.note_unread(mail, "clicked", click);
            } else {
                let delay = chance::delay(reading.click_delay, draws.of(draw::CLICK_DELAY));
                self.lead.arm(opened + delay, Class::Outside, (0, 0), Task::Click(number));
            }
        }
        if content.marketing && draws.happens(draw::UNSUBSCRIBE, reading.unsubscribe) {
            let at = self.now + open_delay(draw::UNSUBSCRIBE_DELAY);
            self.lead.arm(at, Class::Outside, (0, 0), Task::Unsubscribe(number));
        }
        if draws.happens(draw::COMPLAIN, reading.complain) {
            let at = self.now + open_delay(draw::COMPLAIN_DELAY);
            self.lead.arm(at, Class::Outside, (0, 0), Task::Complain(number));
        }
    }

    /// What the time of delivery does to the chance to open.
    #[inline]
    fn lift(&mut self, mail: usize, persona: usize) -> f64 {
        if self.program.personas[persona].best_time.is_none() || !self.is_best_time(persona) {
            return 1.0;
        }
        self.lead.mails[mail].at_best_time = true;
        self.figures.personas.at(persona).delivered_in_best_time += 1;
        self.program.personas[persona].in_best_time
    }

    pub(super) fn note_unread(&mut self, mail: usize, what: &str, chance: f64) {
        self.note_step(What::NoEvent, self.asked_by(mail), |ask| {
            let (name, percent) = (ask.content_name(mail), chance.clamp(0.0, 1.0) * 100.0);
            format!("`{name}` will not be {what}, by a chance of {percent:.1} %")
        });
    }

    /// What the mails of late leave of the interest in this one.
    #[inline]
    fn freshness(&self, fatigue: Option<Fatigue>, mail: usize) -> f64 {
        fatigue.map_or(1.0, |fatigue| self.wear(fatigue, mail))
    }

    #[inline(never)]
    fn wear(&self, fatigue: Fatigue, mail: usize) -> f64 {
        let since = self.now.saturating_sub(fatigue.window_secs);
        let channel = self.lead.mails[mail].channel;
        let before = self.lead.mails[..mail].iter().rev().take_while(|each| each.at > since);
        let before = before.filter(|each| each.channel == channel).count();
        libm::pow(1.0 - fatigue.loss, before as f64)
    }

    /// Marks a mail. Gives whether it was not marked before: whoever opens a mail again is told of in a log, and counted
    /// once.
    fn first(&mut self, mail: usize, marks: Marks) -> bool {
        let is_first = !self.lead.mails[mail].marks.has(marks);
        self.mark(mail, marks);
        is_first
    }

    /// A mail is opened.
    pub(super) fn opened(&mut self, mail: usize) {
        let is_first = self.first(mail, Marks::OPENED);
        if is_first {
            self.count_opened(mail);
        }
        self.mail_happens(mail, self.moments(mail).opened, mark::OPENED, None);
        if !is_first {
            return;
        }
        let (program, sent) = (self.program, &self.lead.mails[mail]);
        if let Action::Send { outcomes, .. } = &program.journeys[sent.journey].steps[sent.step].action
            && !outcomes.is_empty()
        {
            self.draw_outcome(outcomes, sent.run);
        }
    }

    fn count_opened(&mut self, mail: usize) {
        self.figures.content(self.lead.mails[mail].content).opened += 1;
        if self.lead.mails[mail].channel == EMAIL {
            self.persona_of(mail).opened += 1;
            if self.lead.mails[mail].at_best_time {
                self.persona_of(mail).opened_in_best_time += 1;
            }
        }
    }

    /// A mail is clicked.
    pub(super) fn clicked(&mut self, mail: usize) {
        if self.first(mail, Marks::CLICKED) {
            self.figures.content(self.lead.mails[mail].content).clicked += 1;
            if self.lead.mails[mail].channel == EMAIL {
                self.persona_of(mail).clicked += 1;
            }
        }
        self.mail_happens(mail, self.moments(mail).clicked, mark::CLICKED, None);
    }

    /// A mail makes the lead unsubscribe.
    pub(super) fn unsubscribed(&mut self, mail: usize) {
        self.count_unsubscribed(mail);
        self.mail_happens(mail, self.program.builtin.unsubscribed, mark::UNSUBSCRIBED, None);
    }

    /// Counts a mail that made the lead leave its topic, or everything.
    pub(super) fn count_unsubscribed(&mut self, mail: usize) {
        if self.first(mail, Marks::UNSUBSCRIBED) {
            self.figures.content(self.lead.mails[mail].content).unsubscribed += 1;
        }
    }

    /// A mail is reported.
    pub(super) fn complained(&mut self, mail: usize) {
        if self.first(mail, Marks::COMPLAINED) {
            self.figures.content(self.lead.mails[mail].content).complained += 1;
        }
        self.mail_happens(mail, self.program.builtin.complained, mark::COMPLAINED, None);
    }

    fn persona_of(&mut self, mail: usize) -> &mut super::outcome::PersonaFigures {
        match self.lead.mails[mail].persona {
            Some(persona) => self.figures.personas.at(persona),
            None => &mut self.figures.no_persona,
        }
    }

    /// A persona begins what it does by itself; what an earlier one did ends.
    pub(super) fn take_up_habits(&mut self) {
        self.lead.persona_changes += 1;
        let Some(persona) = self.lead.persona.filter(|_| !self.lead.replay.told()) else { return };
        let program = self.program;
        for does in &program.personas[persona].rates {
            self.lead.rates[*does].1 = self.now as f64;
            self.arm_rate(*does);
        }
    }

    /// The next time of a Poisson process: its gaps are drawn one by one.
    fn arm_rate(&mut self, number: usize) {
        let does = &self.program.does[number];
        let Cause::Rate(per_sec) = does.cause else { return };
        let (count, last) = self.lead.rates[number];
        let next = last + chance::gap(per_sec, self.lead.chance.draw(does.chance, count));
        self.lead.rates[number] = (count + 1, next);
        if next < self.program.frame.end as f64 {
            let task = Task::Rate(number as u32, self.lead.persona_changes);
            self.lead.arm(next.ceil() as i64, Class::Outside, (0, 0), task);
        }
    }

    /// A persona does something by itself.
    pub(super) fn does_by_itself(&mut self, number: usize) {
        let does = &self.program.does[number];
        let identity = chance::join(does.chance, self.lead.rates[number].0);
        self.arm_rate(number);
        let name = &self.program.events[does.event].name;
        let idle = self.lead.persona.and_then(|persona| self.program.personas[persona].when.as_ref());
        match idle.into_iter().chain(&does.when).find(|cond| !self.ask(None).holds(cond)) {
            Some(cond) => {
                self.note(What::NoEvent, None, |_| format!("no `{name}`: `{}` does not hold", cond.text));
            }
            None => self.happen_outside(does.event, Data::Payload(does.payload), identity),
        }
    }

    /// What a persona does after an event is drawn. The draw belongs to the event, so that other events leave it alone.
    pub(super) fn provoke(&mut self, event: &Happening) {
        let program = self.program;
        let Some(persona) = self.lead.persona.filter(|_| !self.lead.replay.told()) else { return };
        for (_, number) in program.personas[persona].afters.iter().filter(|(kind, _)| *kind == event.event) {
            let does = &program.does[*number];
            let Cause::After { filter, chance: likely, time, .. } = &does.cause else { continue };
            if !self.holds(filter.as_ref(), Some(event)) {
                continue;
            }
            let name = &program.events[does.event].name;
            if let Some(cond) = does.when.as_ref().filter(|cond| !self.holds(Some(cond), Some(event))) {
                self.note(What::NoEvent, None, |_| format!("no `{name}`: `{}` does not hold", cond.text));
                continue;
            }
            if self.lead.chance.draw(does.chance, event.identity) < *likely {
                let part = self.lead.chance.draw(does.chance_of_time, event.identity);
                let after = match *time {
                    AfterTime::Within(secs) => (1 + (part * secs as f64) as i64).min(secs),
                    AfterTime::Delay(delay) => chance::delay(delay, part),
                };
                let task = Task::After(*number as u32, chance::join(does.chance, event.identity));
                self.lead.arm(self.now + after, Class::Outside, (0, 0), task);
            } else {
                let percent = likely * 100.0;
                self.note(What::NoEvent, None, |_| format!("no `{name}`, by a chance of {percent:.1} %"));
            }
        }
    }

    /// A persona does something after an event.
    pub(super) fn does_after(&mut self, number: usize, identity: u64) {
        let does = &self.program.does[number];
        self.happen_outside(does.event, Data::Payload(does.payload), identity);
    }
}
