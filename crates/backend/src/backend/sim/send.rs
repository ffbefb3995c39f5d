//! Sending: gates, holds, and rounds of mails that compete for the same moment.

use std::cmp::Reverse;

use super::agenda::{Class, Task};
use super::chance;
use super::civil::DAY;
use super::engine::Engine;
use super::facts::{Fact, names};
use super::lead::{Data, EMAIL, Held, Mail, Waiting};
use super::measures::Marks;
use super::outcome::bump;
use super::program::{Content, Deps, Frequency};
use super::trace::What;
use crate::ir::print::{duration, window};
use crate::ir::{Again, Skip, Window};

/// What the gates say, with words for the timeline.
pub(super) enum Gate {
    /// All are open.
    Open,
    /// One is closed for good.
    Skip(Skip, Words),
    /// One is closed until then, or for ever.
    Hold(Option<i64>, Words),
}

/// Why a gate is closed. It is put into words only where somebody reads them.
#[derive(Clone, Copy)]
pub(super) enum Words {
    /// As it says.
    Plain(&'static str),
    /// The lead has no address of this channel.
    NoAddress(usize),
    /// The lead may not be mailed on this topic.
    Consent(usize),
    /// The content was sent before, at this moment.
    SentBefore(i64),
    /// This frequency rule is full.
    Rule(usize),
    /// The sender has sent all it may, so many a day or an hour.
    Quota { sender: usize, quota: u64, words: &'static str },
    /// No interest since then.
    NoInterest(i64),
    /// Marketing rests until then.
    Paused(i64),
    /// The lead's own limit, so many in a window.
    OwnLimit(u32, Window),
}

impl Words {
    fn text(&self, ask: &super::ask::Ask<'_>) -> String {
        match self {
            Words::Plain(text) => (*text).to_owned(),
            Words::NoAddress(channel) => {
                format!("the lead has no {}", ask.program.channels[*channel].kind.usual().address_words)
            }
            Words::Consent(topic) => ask.lacks_consent(*topic),
            Words::SentBefore(at) => format!("sent before, on {}", ask.lead.zone.show(*at)),
            Words::Rule(rule) => ask.program.policies.frequency[*rule].text.clone(),
            Words::Quota { sender, quota, words } => {
                format!("the quota of `{}`, {quota} {words}", ask.program.quotas.senders[*sender].name)
            }
            Words::NoInterest(since) => format!("no interest since {}", ask.lead.zone.show(*since)),
            Words::Paused(until) => format!("the lead wants nothing until {}", ask.lead.zone.show(*until)),
            Words::OwnLimit(most, per) => format!("the lead wants at most {most} per {}", window(*per)),
        }
    }
}

/// The marks that tell the events of one mail apart.
pub(super) mod mark {
    pub const SENT: u64 = 1;
    pub const DELIVERED: u64 = 2;
    pub const BOUNCED: u64 = 3;
    pub const OPENED: u64 = 4;
    pub const CLICKED: u64 = 5;
    pub const UNSUBSCRIBED: u64 = 6;
    pub const COMPLAINED: u64 = 7;
    pub const PREFERRED: u64 = 8;
}

impl Engine<'_> {
    /// A `send` step asks. `true` if the instance goes on: the mail is sent, or never will be.
    pub(super) fn ask_to_send(
        &mut self,
        slot: usize,
        (journey, step): (usize, usize),
        content: usize,
        max_hold: i64,
    ) -> bool {
        self.figures.content(content).requested += 1;
        self.lead.armed += 1;
        let held = Held {
            content,
            step,
            run: self.lead.runs[self.program.journeys[journey].base + step],
            asked: self.now,
            order: self.lead.armed,
            deadline: self.now + max_hold,
            due: self.now,
            expires: false,
            counted: false,
            queued: false,
        };
        if self.stands_behind(journey, &held) {
            self.note_step(What::Held, (journey, held.step), |ask| {
                format!("`{}` lets a mail of better standing go first", ask.program.contents[content].name)
            });
            self.hold(slot, held);
            return false;
        }
        self.try_mail(slot, held)
    }

    /// Whether a held mail that goes first is due at this very second.
    fn stands_behind(&self, journey: usize, held: &Held) -> bool {
        let own = self.standing(journey, held);
        self.due_mails()
            .any(|(slot, other)| !other.expires && self.standing(self.lead.instances[slot].journey, other) < own)
    }

    /// Who goes first: the higher priority, then who asked first.
    fn standing(&self, journey: usize, held: &Held) -> (Reverse<i32>, i64, u32) {
        (Reverse(self.program.journeys[journey].priority), held.asked, held.order)
    }

    fn due_mails(&self) -> impl Iterator<Item = (usize, &Held)> {
        self.lead.running.iter().filter_map(|slot| match &self.lead.instances[*slot].waiting {
            Waiting::Mail(held) if held.due <= self.now => Some((*slot, held)),
            Waiting::Mail(_) | Waiting::Nothing | Waiting::Time(_) | Waiting::Event(_) => None,
        })
    }

    /// All held mails that are due, the one of best standing first. Each passes the gates after the one before was sent.
    pub(super) fn round(&mut self) {
        while !self.stopped {
            let best =
                self.due_mails().min_by_key(|(slot, held)| self.standing(self.lead.instances[*slot].journey, held));
            let Some((slot, held)) = best.map(|(slot, held)| (slot, *held)) else { return };
            let instance = &mut self.lead.instances[slot];
            (instance.waiting, instance.timer) = (Waiting::Nothing, 0);
            let journey = instance.journey;
            if self.try_mail(slot, held) {
                self.walk(slot, self.program.journeys[journey].steps[held.step].next);
            }
        }
    }

    /// Asks the gates. `true` if the mail is sent, or never will be.
    fn try_mail(&mut self, slot: usize, mut held: Held) -> bool {
        let journey = self.lead.instances[slot].journey;
        if held.expires && self.now >= held.deadline {
            self.skip(journey, &held, Skip::Expired, &Words::Plain("it was held for as long as it may be"));
            return true;
        }
        let gate = match self.gates(&held) {
            Gate::Open => self.quota(&mut held),
            closed @ (Gate::Skip(..) | Gate::Hold(..)) => closed,
        };
        match gate {
            Gate::Open => {
                self.send(journey, &held);
                true
            }
            Gate::Skip(why, words) => {
                self.skip(journey, &held, why, &words);
                true
            }
            Gate::Hold(_, words) if held.deadline <= self.now => {
                self.skip(journey, &held, Skip::Expired, &words);
                true
            }
            Gate::Hold(until, words) => {
                let open = until.filter(|until| *until <= held.deadline);
                held.due = open.unwrap_or(held.deadline).max(self.now + 1);
                held.expires = open.is_none();
                if !held.counted {
                    held.counted = true;
                    self.figures.content(held.content).held += 1;
                }
                self.note_step(What::Held, (journey, held.step), |ask| hold_text(ask, &held, until, &words.text(ask)));
                self.fact(|program| {
                    let (journey, step) = names(program, (journey, held.step));
                    Fact::Held { journey, step, content: program.contents[held.content].name.clone() }
                });
                self.hold(slot, held);
                false
            }
        }
    }

    fn hold(&mut self, slot: usize, held: Held) {
        let place = self.program.place_of_timer(self.lead.instances[slot].journey, held.step);
        let timer = self.lead.arm(held.due, Class::Timer, place, Task::Mail(slot as u32));
        let instance = &mut self.lead.instances[slot];
        (instance.timer, instance.waiting) = (timer, Waiting::Mail(held));
    }

    /// All gates but that of the sender's quota, in order.
    fn gates(&self, held: &Held) -> Gate {
        let content = &self.program.contents[held.content];
        self.address(content.channel)
            .or_else(|| self.consent(content))
            .or_else(|| self.rests(content))
            .or_else(|| self.repeat(held.content, content))
            .or_else(|| self.quiet(content))
            .or_else(|| self.frequency(held.content))
            .or_else(|| self.own_limit(content))
            .unwrap_or(Gate::Open)
    }

    fn address(&self, number: usize) -> Option<Gate> {
        if !self.lead.has_address[number] {
            return Some(Gate::Skip(Skip::NoAddress, Words::NoAddress(number)));
        }
        self.lead.suppressed[number].then_some(Gate::Skip(Skip::Suppressed, Words::Plain("the address is suppressed")))
    }

    fn consent(&self, content: &Content) -> Option<Gate> {
        if self.ask(None).subscribed(content.topic) {
            return None;
        }
        Some(Gate::Skip(Skip::NoConsent, Words::Consent(content.topic)))
    }

    fn repeat(&self, number: usize, content: &Content) -> Option<Gate> {
        let last = || self.lead.mails.iter().rev().find(|mail| mail.content == number).map(|mail| mail.at);
        let (last, forbidden) = match content.repeat {
            Again::Always => return None,
            Again::Never => (last()?, true),
            Again::AfterSecs(secs) => {
                let last = last()?;
                (last, self.now < last + secs)
            }
        };
        forbidden.then_some(Gate::Skip(Skip::Repeat, Words::SentBefore(last)))
    }

    fn quiet(&self, content: &Content) -> Option<Gate> {
        let quiet = self.program.channels[content.channel].quiet.as_ref().filter(|_| content.marketing)?;
        let zone = if quiet.lead_time { &self.lead.zone } else { &self.program.project_zone };
        match quiet.opening(zone, self.now) {
            Some(opening) if opening == self.now => None,
            opening => Some(Gate::Hold(opening, Words::Plain("quiet hours"))),
        }
    }

    /// The first rule that is full decides.
    fn frequency(&self, content: usize) -> Option<Gate> {
        let rules = self.program.policies.frequency.iter().enumerate();
        for (number, rule) in rules.filter(|(_, rule)| rule.counts[content]) {
            // Most often nothing was sent for so long that no clock need be asked.
            let is_old = |mail: &Mail| self.now - mail.at > rule.longest;
            if rule.at_most > 0 && self.lead.mails.last().is_none_or(is_old) {
                continue;
            }
            let zone = if rule.lead_time { &self.lead.zone } else { &self.program.project_zone };
            let since = zone.window_start(rule.per, self.now);
            let full = self.counted(rule).take_while(|at| *at >= since).count() >= rule.at_most;
            if !full {
                continue;
            }
            let words = Words::Rule(number);
            if !rule.delay {
                return Some(Gate::Skip(Skip::Capped, words));
            }
            let free = match rule.per {
                _ if rule.at_most == 0 => None,
                // The window has room once the mail that is `at_most` back has left it.
                Window::RollingSecs(secs) => self.counted(rule).nth(rule.at_most - 1).map(|at| at + secs),
                Window::CalendarDay | Window::CalendarWeek | Window::CalendarMonth => {
                    zone.next_window(rule.per, self.now)
                }
                Window::Ever => None,
            };
            return Some(Gate::Hold(free, words));
        }
        None
    }

    /// When mails that a rule counts were sent, the latest first.
    fn counted<'b>(&'b self, rule: &'b Frequency) -> impl Iterator<Item = i64> + 'b {
        self.lead.mails.iter().rev().filter(|mail| rule.counts[mail.content]).map(|mail| mail.at)
    }

    fn send(&mut self, journey: usize, held: &Held) {
        let program = self.program;
        self.count_hold(held);
        self.spend(held.content);
        self.figures.content(held.content).sent += 1;
        self.figures.journeys.at(journey).steps.at(held.step).sent += 1;
        self.pay_content(journey, held.content);
        let channel = program.contents[held.content].channel;
        if channel == EMAIL {
            self.count_mail(journey);
        }
        let mail = Mail {
            at: self.now,
            content: held.content,
            channel,
            journey,
            step: held.step,
            run: held.run,
            occurrence: chance::join(held.run, 0),
            persona: self.lead.persona,
            at_best_time: false,
            marks: Marks::default(),
        };
        self.lead.mails.push(mail);
        self.lead.note_membership();
        self.lead.changed(Deps::MAILS);
        self.note_step(What::Sent, (journey, held.step), |_| match channel {
            EMAIL => format!("`{}`", program.contents[held.content].name),
            other => format!("`{}` by {}", program.contents[held.content].name, program.channels[other].kind.word()),
        });
        self.fact(|program| {
            let (journey, step) = names(program, (journey, held.step));
            Fact::Sent { journey, step, content: program.contents[held.content].name.clone() }
        });
        let number = self.lead.mails.len() - 1;
        self.mail_happens(number, program.channels[channel].moments.sent, mark::SENT, None);
        self.set_out(number);
    }

    fn count_mail(&mut self, journey: usize) {
        let day = usize::try_from((self.now - self.program.frame.start) / DAY).unwrap_or(0);
        let by_journey = self.figures.reach.sends_per_day.at(journey).get_mut(day);
        self.figures.sends_per_day.get_mut(day).into_iter().chain(by_journey).for_each(|count| *count += 1);
        match self.lead.persona {
            Some(persona) => self.figures.personas.at(persona).sent += 1,
            None => self.figures.no_persona.sent += 1,
        }
    }

    /// An event of a mail.
    #[inline]
    pub(super) fn mail_happens(&mut self, number: usize, event: usize, mark: u64, kind: Option<u32>) {
        if self.program.events[event].is_only_counted && self.trace.is_none() {
            self.count_event(event);
        } else {
            self.mail_is_noticed(number, event, mark, kind);
        }
    }

    fn mail_is_noticed(&mut self, number: usize, event: usize, mark: u64, kind: Option<u32>) {
        let mail = self.lead.mails[number];
        let step = self.program.journeys[mail.journey].steps[mail.step].chance;
        let data =
            Data::Mail { content: mail.content as u32, journey: mail.journey as u32, step: mail.step as u32, kind };
        self.happen_outside(event, data, chance::join(chance::join(step, mail.run), mark));
    }

    /// A mail is not sent.
    pub(super) fn skip(&mut self, journey: usize, held: &Held, why: Skip, words: &Words) {
        self.count_hold(held);
        self.leave_queue(held, why);
        bump(&mut self.figures.content(held.content).skipped, why);
        bump(&mut self.figures.journeys.at(journey).steps.at(held.step).skipped, why);
        if self.program.contents[held.content].channel == EMAIL {
            bump(&mut self.figures.mails.not_sent, why);
        }
        if let Words::Rule(rule) = words {
            *self.figures.capped.at(*rule) += 1;
        }
        self.note_step(What::Skipped, (journey, held.step), |ask| {
            let words = words.text(ask);
            format!("`{}`: {}, {words}", ask.program.contents[held.content].name, why.word())
        });
        self.fact(|program| {
            let (journey, step) = names(program, (journey, held.step));
            Fact::Skipped { journey, step, content: program.contents[held.content].name.clone(), reason: why }
        });
    }

    fn count_hold(&mut self, held: &Held) {
        self.figures.content(held.content).held_secs += u64::try_from(self.now - held.asked).unwrap_or(0);
    }
}

fn hold_text(ask: &super::ask::Ask<'_>, held: &Held, until: Option<i64>, words: &str) -> String {
    let name = &ask.program.contents[held.content].name;
    let due = ask.lead.zone.show(held.due);
    if !held.expires {
        return format!("`{name}` until {due}: {words}");
    }
    let most = duration(held.deadline - held.asked);
    match until {
        Some(until) => {
            let open = ask.lead.zone.show(until);
            format!("`{name}` until {due}, {most} after it was asked for, since {words} would open only at {open}")
        }
        None => format!("`{name}` until {due}, {most} after it was asked for, since {words} never opens"),
    }
}
