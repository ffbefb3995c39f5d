//! Sending: gates, holds, and rounds of mails that compete for the same moment.

use std::cmp::Reverse;

use super::agenda::{Class, Task};
use super::chance;
use super::civil::Zone;
use super::engine::Engine;
use super::facts::{Fact, names};
use super::lead::{Data, EMAIL, Held, Mail, Waiting};
use super::measures::Marks;
use super::outcome::{EmailFigures, bump};
use super::program::{Content, Deps, Frequency, Gates};
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
        if self.lead.holding == 0 {
            return false;
        }
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
            self.lead.holding -= 1;
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
        match self.gates(&mut held) {
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
        self.lead.holding += 1;
    }

    /// All gates that can be closed for what is sent, in order; that of the sender's quota comes last.
    fn gates(&mut self, held: &mut Held) -> Gate {
        match self.closed(held.content) {
            Some(closed) => closed,
            None if self.program.contents[held.content].gates.has(Gates::QUOTA) => self.quota(held),
            None => Gate::Open,
        }
    }

    /// The first gate that is closed, but for that of the sender's quota.
    #[inline]
    pub(super) fn closed(&self, number: usize) -> Option<Gate> {
        let content = &self.program.contents[number];
        if let Some(closed) = self.address(content.channel) {
            return Some(closed);
        }
        if content.gates.has(Gates::CONSENT) && !self.ask(None).subscribed(content.topic) {
            return Some(Gate::Skip(Skip::NoConsent, Words::Consent(content.topic)));
        }
        if content.gates.has(Gates::BEFORE_FREQUENCY)
            && let Some(closed) = self.closed_before(number, content)
        {
            return Some(closed);
        }
        // The first rule that is full decides.
        if let Some(full) = content.rules.iter().copied().find(|rule| self.is_full(*rule)) {
            return Some(self.capped(full));
        }
        if content.gates.has(Gates::OWN_LIMIT) { self.own_limit(content) } else { None }
    }

    /// The gates between consent and frequency.
    #[inline(never)]
    fn closed_before(&self, number: usize, content: &Content) -> Option<Gate> {
        self.rests(content).or_else(|| self.repeat(number, content)).or_else(|| self.quiet(content))
    }

    fn address(&self, number: usize) -> Option<Gate> {
        if !self.lead.has_address[number] {
            return Some(Gate::Skip(Skip::NoAddress, Words::NoAddress(number)));
        }
        self.lead.suppressed[number].then_some(Gate::Skip(Skip::Suppressed, Words::Plain("the address is suppressed")))
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

    /// Whether a frequency rule has no room now: the mail that is `at_most` back was sent in the window.
    #[inline]
    fn is_full(&self, number: usize) -> bool {
        let rule = &self.program.policies.frequency[number];
        let Some(back) = rule.at_most.checked_sub(1) else { return true };
        let mails = &self.lead.mails;
        let at = if rule.counts_all {
            mails.len().checked_sub(rule.at_most).map(|place| mails[place].at)
        } else {
            self.counted(rule).nth(back)
        };
        let Some(at) = at else { return false };
        // Most often it was sent so long ago that no clock need be asked.
        self.now - at <= rule.longest && self.clock_of(rule).window_start(rule.per, self.now) <= at
    }

    fn clock_of(&self, rule: &Frequency) -> &Zone {
        if rule.lead_time { &self.lead.zone } else { &self.program.project_zone }
    }

    /// What a full rule does.
    #[cold]
    fn capped(&self, number: usize) -> Gate {
        let rule = &self.program.policies.frequency[number];
        let words = Words::Rule(number);
        if !rule.delay {
            return Gate::Skip(Skip::Capped, words);
        }
        let free = match rule.per {
            _ if rule.at_most == 0 => None,
            // The window has room once the mail that is `at_most` back has left it.
            Window::RollingSecs(secs) => self.counted(rule).nth(rule.at_most - 1).map(|at| at + secs),
            Window::CalendarDay | Window::CalendarWeek | Window::CalendarMonth => {
                self.clock_of(rule).next_window(rule.per, self.now)
            }
            Window::Ever => None,
        };
        Gate::Hold(free, words)
    }

    /// When mails that a rule counts were sent, the latest first.
    fn counted<'b>(&'b self, rule: &'b Frequency) -> impl Iterator<Item = i64> + 'b {
        self.lead.mails.iter().rev().filter(|mail| rule.counts[mail.content]).map(|mail| mail.at)
    }

    fn send(&mut self, journey: usize, held: &Held) {
        let program = self.program;
        let content = &program.contents[held.content];
        if content.gates.has(Gates::QUOTA) {
            self.spend(held.content);
        }
        self.count_hold(held).sent += 1;
        self.steps.sent[program.journeys[journey].base + held.step] += 1;
        if !content.cost.is_nothing() {
            self.pay_content(journey, held.content);
        }
        let channel = content.channel;
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
        let day = self.program.day(self.now);
        let by_journey = self.figures.reach.sends_per_day.at(journey).get_mut(day);
        self.figures.sends_per_day.get_mut(day).into_iter().chain(by_journey).for_each(|count| *count += 1);
        match self.lead.persona {
            Some(persona) => self.figures.personas.at(persona).sent += 1,
            None => self.figures.no_persona.sent += 1,
        }
    }

    /// An event of a mail.
    #[inline(always)]
    pub(super) fn mail_happens(&mut self, number: usize, event: usize, mark: u64, kind: Option<u32>) {
        if self.program.events[event].is_only_counted && self.trace.is_none() {
            self.count_event(event);
        } else {
            self.mail_is_noticed(number, event, mark, kind);
        }
    }

    #[inline(never)]
    fn mail_is_noticed(&mut self, number: usize, event: usize, mark: u64, kind: Option<u32>) {
        let mail = &self.lead.mails[number];
        let step = self.program.journeys[mail.journey].steps[mail.step].chance;
        let data =
            Data::Mail { content: mail.content as u32, journey: mail.journey as u32, step: mail.step as u32, kind };
        let identity = chance::join(chance::join(step, mail.run), mark);
        self.happen_outside(event, data, identity);
    }

    /// A mail is not sent.
    pub(super) fn skip(&mut self, journey: usize, held: &Held, why: Skip, words: &Words) {
        bump(&mut self.count_hold(held).skipped, why);
        if held.queued {
            self.leave_queue(held, why);
        }
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

    /// Counts how long something was held, and gives the figures of its content.
    #[inline]
    fn count_hold(&mut self, held: &Held) -> &mut EmailFigures {
        let figures = self.figures.content(held.content);
        figures.held_secs += u64::try_from(self.now - held.asked).unwrap_or(0);
        figures
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
