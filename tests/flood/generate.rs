//! Random small projects, a class at a time: a class says what may stand in its projects, so that failures can be told
//! apart. The same class and number give the same project for ever.

use crate::project::{Action, Email, Journey, Project, Step};

/// What may stand in the projects of a class, besides sends, waits of days and entries by events.
#[derive(Clone, Copy, Debug, Default)]
pub struct Class {
    pub name: &'static str,
    /// Fields, segments, and conditions on them.
    pub fields: bool,
    /// `wait_for`, `split`, `goto`, `exit`, and `where` of entries.
    pub events: bool,
    /// Steps that change fields, stages, lists and scores; `exit_when` and `goal`.
    pub changes: bool,
    /// `emit`, `start`, and entries by `called` and by what journeys do.
    pub chains: bool,
    /// `repeat` of emails.
    pub repeat: bool,
    pub quiet: bool,
    /// Conditions about the past.
    pub history: bool,
    /// Openings and clicks.
    pub reactions: bool,
    /// Entries with a `key`.
    pub keys: bool,
    /// Schedules and moments.
    pub clock: bool,
    /// Waits of hours.
    pub hours: bool,
    /// Calendar windows.
    pub calendar: bool,
    /// Consent that is given and taken back, and confirmed.
    pub consent: bool,
    /// Two topics that leads agree to, with everything that changes it.
    pub topics: bool,
    /// Journeys that only others start, and all that one event makes in its second.
    pub called: bool,
    /// Journeys that do nothing, so that there are many.
    pub many: bool,
    /// Four journeys or five.
    pub crowd: bool,
    /// A limit beside frequency rules, which hold mails back.
    pub held: bool,
    /// Waits near dates of fields and of entry events.
    pub dates: bool,
    /// Waits for a condition.
    pub hopes: bool,
    /// Messages of another channel, and limits of one channel.
    pub messages: bool,
    /// Waits for what was sent or delivered, and conditions on what was received.
    pub gates: bool,
    /// Any of these together, other ones in each project.
    pub any: bool,
}

const NOTHING: Class = Class {
    name: "plain",
    fields: false,
    events: false,
    changes: false,
    chains: false,
    repeat: false,
    quiet: false,
    history: false,
    reactions: false,
    keys: false,
    clock: false,
    hours: false,
    calendar: false,
    consent: false,
    topics: false,
    called: false,
    many: false,
    crowd: false,
    held: false,
    dates: false,
    hopes: false,
    messages: false,
    gates: false,
    any: false,
};

/// From simple to rich.
pub const CLASSES: &[Class] = &[
    NOTHING,
    Class { name: "hours", hours: true, ..NOTHING },
    Class { name: "fields", fields: true, ..NOTHING },
    Class { name: "events", events: true, ..NOTHING },
    Class { name: "changes", fields: true, changes: true, ..NOTHING },
    Class { name: "chains", events: true, chains: true, ..NOTHING },
    Class { name: "repeat", repeat: true, events: true, ..NOTHING },
    Class { name: "rich", fields: true, events: true, changes: true, chains: true, repeat: true, ..NOTHING },
    Class { name: "quiet", fields: true, quiet: true, hours: true, ..NOTHING },
    Class { name: "history", events: true, history: true, ..NOTHING },
    Class { name: "reactions", events: true, reactions: true, ..NOTHING },
    Class { name: "keys", events: true, keys: true, ..NOTHING },
    Class { name: "clock", fields: true, clock: true, ..NOTHING },
    Class { name: "consent", fields: true, consent: true, ..NOTHING },
    Class { name: "topics", fields: true, events: true, consent: true, topics: true, ..NOTHING },
    Class { name: "called", fields: true, events: true, changes: true, chains: true, called: true, ..NOTHING },
    Class { name: "many", many: true, fields: true, events: true, changes: true, repeat: true, ..NOTHING },
    Class { name: "crowd", crowd: true, fields: true, events: true, repeat: true, ..NOTHING },
    Class { name: "held", held: true, fields: true, ..NOTHING },
    Class { name: "calendar", fields: true, calendar: true, ..NOTHING },
    Class { name: "visits", fields: true, events: true, clock: true, hours: true, ..NOTHING },
    Class { name: "months", fields: true, clock: true, calendar: true, ..NOTHING },
    Class { name: "dates", dates: true, fields: true, ..NOTHING },
    Class { name: "hopes", hopes: true, fields: true, events: true, changes: true, history: true, ..NOTHING },
    Class { name: "messages", messages: true, fields: true, repeat: true, ..NOTHING },
    Class { name: "gates", gates: true, fields: true, events: true, consent: true, repeat: true, ..NOTHING },
    Class { name: "waits", hopes: true, fields: true, events: true, changes: true, ..NOTHING },
    Class { name: "any", any: true, ..NOTHING },
];

/// The project of this number in a class.
pub fn project(class: &Class, number: u64) -> Project {
    let key = class.name.bytes().fold(number, |key, byte| key.wrapping_mul(131).wrapping_add(u64::from(byte)));
    let mut chance = Chance(key);
    let class = if class.any { any(&mut chance) } else { *class };
    let mut maker = Maker { class, chance, project: Project::default(), names: Vec::new(), steps: 0 };
    maker.make();
    maker.project
}

/// Each thing in one project of three.
fn any(chance: &mut Chance) -> Class {
    let mut has = || chance.once_in(3);
    Class {
        name: "any",
        fields: has(),
        events: has(),
        changes: has(),
        chains: has(),
        repeat: has(),
        quiet: has(),
        history: has(),
        reactions: has(),
        keys: has(),
        clock: has(),
        hours: has(),
        calendar: has(),
        consent: has(),
        topics: false,
        called: false,
        many: false,
        crowd: false,
        held: false,
        dates: has(),
        hopes: has(),
        messages: has(),
        gates: false,
        any: true,
    }
    .with_needs()
}

impl Class {
    /// Steps that change fields need fields, and those who ask for the kind of an event that it has one.
    fn with_needs(self) -> Class {
        let fields = self.fields || self.changes || self.hopes || self.consent || self.dates || self.messages;
        Class { fields, events: self.events || self.reactions || self.chains || self.hopes, ..self }
    }
}

/// SplitMix64.
pub struct Chance(pub u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    /// Once in `n` times.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }
}

struct Maker {
    class: Class,
    chance: Chance,
    project: Project,
    /// Journeys that will be there.
    names: Vec<String>,
    /// Steps of the journey at hand.
    steps: usize,
}

fn text(words: &str) -> String {
    words.to_owned()
}

impl Maker {
    fn make(&mut self) {
        self.things();
        self.emails();
        self.windows();
        let count = if self.class.crowd { 4 + self.chance.below(2) } else { 1 + self.chance.below(3) };
        self.names = (1..=count).map(|number| format!("j{number}")).collect();
        for number in 0..count {
            let journey = self.journey(number);
            self.project.journeys.push(journey);
        }
        for number in 0..if self.class.many { 12 } else { 0 } {
            self.project.journeys.push(Journey::idle(&format!("k{number}")));
        }
    }

    fn things(&mut self) {
        let kind = "{properties: {kind: {type: enum, values: [x, y]}}}";
        self.project.events.push((text("e1"), text(if self.class.events || self.class.keys { kind } else { "{}" })));
        self.project.events.push((text("e2"), text("{}")));
        self.project.topics.push((text("account"), text("{kind: transactional}")));
        let news = if self.class.consent {
            self.chance.pick(&[
                "{consent: opt_out}",
                "{consent: opt_in}",
                "{consent: double_opt_in}",
                "{consent: double_opt_in, confirmation: {email: c1, within: 3 days}}",
                "{consent: double_opt_in, confirmation: {email: c1, remind: {after: 1 day, email: c2}}}",
            ])
        } else {
            "{consent: opt_out}"
        };
        self.project.topics.push((text("news"), text(news)));
        if self.class.topics {
            let tips = self.chance.pick(&["{consent: opt_out}", "{consent: opt_in}", "{consent: double_opt_in}"]);
            self.project.topics.push((text("tips"), text(tips)));
            let leaves = ["{link: all}", "{link: topic, back: confirming}", "{link: all, back: never}"];
            self.project.unsubscribe = self.chance.once_in(2).then(|| text(self.chance.pick(&leaves)));
        }
        if self.class.clock && self.chance.once_in(2) {
            let zones = [
                ("UTC", "2026-03-06"),
                ("Europe/London", "2026-03-27"),
                ("America/New_York", "2026-10-30"),
                ("Asia/Tokyo", "2026-04-01"),
            ];
            let (zone, start) = self.chance.pick(&zones);
            self.project.zone = Some((text(zone), text(start)));
        }
        self.project.calendar = self.class.clock;
        if self.class.dates {
            self.project.fields.push((text("due"), text("{type: date, optional: true}")));
            self.project.events.push((text("e4"), text("{properties: {at: {type: datetime}}}")));
        }
        if self.class.fields {
            let all = [
                ("plan", "{type: enum, values: [free, pro, max]}"),
                ("flag", "{type: boolean}"),
                ("size", "{type: integer, min: 0, max: 4}"),
                ("tier", "{type: enum, values: [a, b], optional: true}"),
            ];
            let first = self.chance.below(all.len());
            for at in 0..1 + self.chance.below(2) {
                let (name, field) = all[(first + at) % all.len()];
                self.project.fields.push((text(name), text(field)));
            }
        }
        if self.class.changes {
            self.project.lists.push(text("vip"));
            self.project.stages = vec![text("new"), text("warm"), text("won")];
            let moves = ["{from: new, to: warm, event: e2}", "{from: warm, to: won, when: in_list(\"vip\")}"];
            if self.chance.once_in(3) {
                self.project.moves.push(text(self.chance.pick(&moves)));
            }
            self.project.scoring.push(text("{event: e2, points: 1}"));
            if self.chance.once_in(4) {
                self.project.decay = Some(text("{points: -1, every: 2 days, without: [e2]}"));
            }
            let sets = self.project.fields.iter().map(|(name, field)| {
                (
                    text("e3"),
                    format!("{{properties: {{to: {}}}, sets: {{{name}: to}}}}", field.replace(", optional: true", "")),
                )
            });
            let first = sets.into_iter().next();
            self.project.events.extend(first.filter(|_| self.class.called || self.chance.once_in(3)));
            if self.class.called {
                let events = ["email_sent", "journey_entered", "stage_changed", "journey_ended", "e3", "e1"];
                for _ in 0..self.chance.below(3) {
                    self.project.scoring.push(format!("{{event: {}, points: 1}}", self.chance.pick(&events)));
                }
            }
        }
        if self.class.fields || self.class.clock {
            for name in ["s1", "s2"] {
                let when = if self.chance.once_in(4) { text("id != \"\"") } else { self.condition(self.class.changes) };
                self.project.segments.push((text(name), when));
            }
        }
    }

    fn emails(&mut self) {
        let repeats = ["never", "after 1 day", "after 2 days", "after 4 days", "always"];
        for (name, topic) in [("n1", "news"), ("n2", "news"), ("t1", "account")] {
            let repeat = (self.class.repeat && !self.chance.once_in(3)).then(|| text(self.chance.pick(&repeats)));
            self.project.emails.push(Email { name: text(name), topic: text(topic), repeat });
        }
        if self.class.topics {
            self.project.emails.push(Email { name: text("p1"), topic: text("tips"), repeat: None });
        }
        if self.class.messages {
            self.project.fields.extend(["phone", "postal_address"].map(|name| (text(name), text("{type: text}"))));
            for (name, channel) in [("m1", "sms"), ("m2", "post")] {
                let repeat = self.chance.pick(&["", ", repeat: after 2 days", ", repeat: never"]);
                let topic = self.chance.pick(&["news", "account"]);
                let message = format!("{{channel: {channel}, topic: {topic}, body: Hello.{repeat}}}");
                self.project.messages.push((text(name), message));
            }
        }
        for name in ["c1", "c2"] {
            if self.project.topics.iter().any(|(_, topic)| topic.contains(name)) {
                self.project.emails.push(Email { name: text(name), topic: text("account"), repeat: None });
            }
        }
    }

    fn windows(&mut self) {
        let lengths = match (self.class.calendar, self.class.hours) {
            (true, _) => ["calendar day", "calendar week", "calendar month", "1 day"],
            (false, true) => ["1 day", "12 hours", "2 days", "3 days"],
            (false, false) => ["1 day", "2 days", "3 days", "7 days"],
        };
        for _ in 0..1 + self.chance.below(3) {
            let window =
                (text(self.chance.pick(&lengths)), text(self.chance.pick(&["all", "all", "marketing", "account"])));
            let window = match self.class.messages {
                true => (
                    window.0,
                    format!(
                        "{}{}",
                        window.1,
                        self.chance.pick(&["", ", channels: [sms]", ", channels: [email, post]"])
                    ),
                ),
                false => window,
            };
            if !self.project.windows.contains(&window) {
                self.project.windows.push(window);
            }
        }
        self.project.limits = match self.class.held {
            true => 1,
            false => self.chance.pick(&[0, self.project.windows.len()]),
        };
        if self.class.quiet {
            let hours = [
                "{from: \"21:00\", to: \"09:00\"}",
                "{from: \"12:00\", to: \"14:00\"}",
                "{from: \"00:00\", to: \"06:00\", also: [sat]}",
            ];
            self.project.quiet_hours = Some(text(self.chance.pick(&hours)));
        }
    }

    fn journey(&mut self, number: usize) -> Journey {
        self.steps = 0;
        let name = self.names[number].clone();
        let (entry, filter) = self.entry(number);
        let again = ["never", "always", "after 1 day", "after 2 days", "after 3 days", "after 5 days"];
        let mut journey = Journey {
            name,
            priority: if self.chance.once_in(4) { 1 } else { 0 },
            entry,
            filter,
            when: None,
            ends: (self.class.clock && self.chance.once_in(5)).then(|| text("2026-04-05 00:00")),
            again: (!self.chance.once_in(3)).then(|| text(self.chance.pick(&again))),
            exit_when: None,
            goal: None,
            steps: Vec::new(),
        };
        if self.knows() && self.chance.once_in(3) {
            journey.when = Some(self.condition(true));
        }
        if (self.class.changes || self.class.history) && self.chance.once_in(4) {
            journey.exit_when = Some(self.condition(true));
        }
        if (self.class.changes || self.class.history) && self.chance.once_in(4) {
            let within = if self.chance.once_in(2) { text(", within: 2 days") } else { String::new() };
            journey.goal = Some(format!("{{when: '{}'{within}}}", self.condition(true)));
        }
        let room = 1 + self.chance.below(6);
        journey.steps = self.steps(room, 0);
        journey
    }

    /// Whether there is anything to ask.
    fn knows(&self) -> bool {
        self.class.fields || self.class.history
    }

    /// The entry, and the `where` of it.
    fn entry(&mut self, number: usize) -> (String, Option<String>) {
        if self.class.chains && number > 0 {
            let before = self.names[self.chance.below(number)].clone();
            match self.chance.below(5) {
                0 => return (text("called: true"), None),
                3 => return (text("event: journey_entered"), Some(format!("event.journey == \"{before}\""))),
                1 => return (text("event: journey_ended"), Some(format!("event.journey == \"{before}\""))),
                2 => return (text("event: email_sent"), Some(format!("event.email == \"{}\"", self.email()))),
                _ => {}
            }
        }
        if self.class.reactions && self.chance.once_in(3) {
            let event = self.chance.pick(&["email_opened", "email_clicked"]);
            return (format!("event: {event}"), Some(format!("event.email == \"{}\"", self.email())));
        }
        if self.class.changes && self.chance.once_in(6) {
            let has_third = self.project.events.iter().any(|(name, _)| name == "e3") && self.chance.once_in(2);
            return (text(if has_third { "event: e3" } else { "event: stage_changed" }), None);
        }
        if self.class.called && number > 0 && self.chance.once_in(2) {
            return (text("called: true"), None);
        }
        if self.class.topics && self.chance.once_in(2) {
            return self.about_topics();
        }
        if self.class.consent && self.chance.once_in(4) {
            return (text(self.chance.pick(&["event: subscribed", "event: unsubscribed"])), None);
        }
        if self.class.clock && self.chance.once_in(2) {
            let segment = self.chance.pick(&["s1", "s2"]);
            let every = self.chance.pick(&["every: \"09:00\"", "every: tue 09:00", "at: 2026-04-04 09:00"]);
            return (format!("schedule: {{segment: {segment}, {every}}}"), None);
        }
        if self.class.fields && self.chance.once_in(2) {
            let segment = self.chance.pick(&["s1", "s2"]);
            let existing = if self.chance.once_in(3) { ", existing: false" } else { "" };
            return (format!("segment: {segment}{existing}"), None);
        }
        if self.class.dates && self.chance.once_in(2) {
            return (text(self.chance.pick(&["event: e4, key: event.at", "event: e4"])), None);
        }
        if self.class.keys && !self.chance.once_in(3) {
            let at_once = if self.chance.once_in(2) { ", at_once: 1" } else { "" };
            return (format!("event: e1, key: event.kind{at_once}"), None);
        }
        let event = self.chance.pick(&["e1", "e2"]);
        let filter = (self.class.events && event == "e1" && self.chance.once_in(3)).then(|| self.kind());
        (format!("event: {event}"), filter)
    }

    /// An event that changes what the lead allows.
    fn about_topics(&mut self) -> (String, Option<String>) {
        let events = [
            "subscribed",
            "unsubscribed",
            "unsubscribed",
            "subscription_confirmed",
            "complained",
            "preferences_changed",
        ];
        let event = self.chance.pick(&events);
        let filter = match self.chance.below(4) {
            0 => Some(format!("event.topic == \"{}\"", self.topic())),
            1 => Some(text("event.topic is none")),
            2 if event == "preferences_changed" => Some(text("event.choice == \"out\"")),
            _ => None,
        };
        (format!("event: {event}"), filter)
    }

    fn topic(&mut self) -> &'static str {
        self.chance.pick(if self.class.topics { &["news", "tips"] } else { &["news"] })
    }

    fn kind(&mut self) -> String {
        format!("event.kind == \"{}\"", self.chance.pick(&["x", "y"]))
    }

    /// What a step sends.
    fn content(&mut self) -> String {
        match self.class.messages && self.chance.once_in(2) {
            true => text(self.chance.pick(&["m1", "m1", "m2"])),
            false => self.email(),
        }
    }

    fn email(&mut self) -> String {
        text(self.chance.pick(if self.class.topics { &["n1", "n2", "p1", "t1"] } else { &["n1", "n1", "n2", "t1"] }))
    }

    fn id(&mut self) -> String {
        self.steps += 1;
        format!("s{}", self.steps)
    }

    /// So many steps at most, those inside others included.
    fn steps(&mut self, room: usize, depth: usize) -> Vec<Step> {
        let mut out = Vec::new();
        let mut left = room;
        while left > 0 {
            let (id, before) = (self.id(), self.steps);
            let action = self.action(left - 1, depth, &out);
            left -= (1 + self.steps - before).min(left);
            let ends =
                matches!(&action, Action::Plain(action) if action.starts_with("exit") || action.starts_with("goto"));
            out.push(Step { id, action });
            if ends {
                break;
            }
        }
        out
    }

    fn action(&mut self, room: usize, depth: usize, before: &[Step]) -> Action {
        let deep = depth < 2 && room > 0;
        loop {
            let drawn = match self.chance.below(20) {
                0..7 => Some(Action::Plain(format!("send: {}", self.content()))),
                7..11 => Some(Action::Plain(self.wait())),
                11 | 12 if self.class.events || self.class.reactions => Some(self.wait_for(room, depth)),
                13 if deep && self.class.events => {
                    let one = self.chance.below(room + 1);
                    Some(Action::Split(self.steps(one, depth + 1), self.steps(room - one, depth + 1)))
                }
                14 | 15 if deep && self.knows() => {
                    let one = self.chance.below(room + 1);
                    let condition = self.condition(true);
                    Some(Action::Branch(
                        vec![(condition, self.steps(one, depth + 1))],
                        self.steps(room - one, depth + 1),
                    ))
                }
                16 if self.class.events => self.turn(room, depth, before),
                17 | 18 if self.class.changes => Some(Action::Plain(self.change())),
                19 if self.class.chains => Some(Action::Plain(self.chain())),
                17 | 19 if self.class.topics => Some(Action::Plain(self.consent())),
                18 if self.class.consent => {
                    Some(Action::Plain(format!("topic: {{{}: news}}", self.chance.pick(&["subscribe", "unsubscribe"]))))
                }
                11..20 => None,
                _ => None,
            };
            if let Some(action) = drawn {
                return action;
            }
        }
    }

    fn wait(&mut self) -> String {
        if self.class.clock && self.chance.once_in(2) {
            return format!("wait: {{until: {}}}", self.chance.pick(&["\"10:00\"", "mon 10:00", "2026-04-05 10:00"]));
        }
        if self.class.clock && self.chance.once_in(4) {
            return text("wait: 1 business day");
        }
        if self.class.dates && self.chance.once_in(2) {
            return format!(
                "wait: {{until: {}}}",
                self.chance.pick(&["on due", "1 day before due 09:00", "2 days after due"])
            );
        }
        let hours = ["6 hours", "12 hours", "1 day", "18 hours"];
        let days = ["1 day", "1 day", "2 days", "3 days"];
        format!("wait: {}", if self.class.hours { self.chance.pick(&hours) } else { self.chance.pick(&days) })
    }

    fn wait_for(&mut self, room: usize, depth: usize) -> Action {
        let days = self.chance.pick(&["1 day", "2 days", "3 days"]);
        let what = if self.class.gates && self.chance.once_in(2) {
            let event = self.chance.pick(&["email_sent", "email_delivered"]);
            format!("event: {event}, where: 'event.email == \"{}\"', within: {days}", self.email())
        } else if self.class.hopes && self.chance.once_in(2) {
            format!("when: '{}', within: {days}", self.condition(true))
        } else if self.class.reactions && self.chance.once_in(2) {
            let event = self.chance.pick(&["email_opened", "email_clicked"]);
            format!("event: {event}, where: 'event.email == \"{}\"', within: {days}", self.email())
        } else if self.chance.once_in(3) {
            format!("event: e1, where: '{}', within: {days}", self.kind())
        } else {
            format!("event: {}, within: {days}", self.chance.pick(&["e1", "e2"]))
        };
        let what = match self.knows() && !what.starts_with("when") && self.chance.once_in(4) {
            true => format!("{what}, when: '{}'", self.condition(true)),
            false => what,
        };
        let timeout = (depth < 2 && room > 0 && self.chance.once_in(2)).then(|| {
            let inside = 1 + self.chance.below(room);
            self.steps(inside, depth + 1)
        });
        Action::WaitFor(what, timeout)
    }

    /// A loop or an exit; loops without a wait are left to chance.
    fn turn(&mut self, room: usize, depth: usize, before: &[Step]) -> Option<Action> {
        if self.chance.once_in(3) {
            return Some(Action::Plain(text("exit: enough")));
        }
        let waits = |step: &Step| match &step.action {
            Action::Plain(action) => action.starts_with("wait"),
            Action::WaitFor(..) => true,
            Action::Branch(..) | Action::Split(..) => false,
        };
        let target = &before.get(self.chance.below(before.len().max(1)))?.id.clone();
        let from = before.iter().position(|step| step.id == *target)?;
        let takes_time = before[from..].iter().any(waits) || self.chance.once_in(8);
        (room == 0 || depth > 0 || takes_time).then_some(())?;
        takes_time.then(|| Action::Plain(format!("goto: {target}")))
    }

    fn change(&mut self) -> String {
        match self.chance.below(6) {
            0 => format!("stage: {}", self.chance.pick(&["new", "warm", "won"])),
            1 => text("list: {add: vip}"),
            2 => text("list: {remove: vip}"),
            3 => format!("score: {}", self.chance.pick(&["1", "2", "-1"])),
            _ => {
                let (name, field) = self.chance.pick(&self.project.fields.clone());
                format!("set: {{{name}: {}}}", self.value(&field))
            }
        }
    }

    /// A value of a field that is declared like this.
    fn value(&mut self, field: &str) -> String {
        match field {
            enums if enums.contains("pro") => text(self.chance.pick(&["free", "pro", "max"])),
            enums if enums.contains("enum") => text(self.chance.pick(&["a", "b", "null"])),
            flag if flag.contains("boolean") => text(self.chance.pick(&["true", "false"])),
            words if words.contains("text") => text("somewhere"),
            date if date.contains("date") => text(self.chance.pick(&["2026-04-03", "2026-04-06", "null"])),
            _ => self.chance.below(5).to_string(),
        }
    }

    /// A step that changes what the lead allows, itself or by an event.
    fn consent(&mut self) -> String {
        let (topic, way) = (self.topic(), self.chance.pick(&["subscribe", "unsubscribe"]));
        match self.chance.below(5) {
            0 => text("emit: unsubscribed"),
            1 => format!("emit: {{event: {way}d, with: {{topic: {topic}}}}}"),
            2 => format!("emit: {{event: subscription_confirmed, with: {{topic: {topic}}}}}"),
            _ => format!("topic: {{{way}: {topic}}}"),
        }
    }

    fn chain(&mut self) -> String {
        if self.class.called && self.chance.once_in(3) {
            let (_, field) = self.project.fields[0].clone();
            let value = self.value(&field);
            // The property is needed.
            return match value.as_str() {
                "null" => text("emit: e2"),
                _ => format!("emit: {{event: e3, with: {{to: {value}}}}}"),
            };
        }
        match self.chance.below(3) {
            0 => text("emit: e2"),
            1 => format!("emit: {{event: e1, with: {{kind: {}}}}}", self.chance.pick(&["x", "y"])),
            // A journey with a key has no value for it where it is started.
            _ if self.class.keys || self.class.dates => text("emit: e2"),
            _ => {
                let names = self.names.clone();
                format!("start: {}", self.chance.pick(&names))
            }
        }
    }

    /// A condition on the lead, on what never changes if it must.
    fn condition(&mut self, any: bool) -> String {
        if self.class.gates && any && self.chance.once_in(3) {
            return format!("received(\"{}\")", self.email());
        }
        if self.class.history && (!self.class.fields || self.chance.once_in(2)) {
            let one = self.names.first().cloned().unwrap_or_else(|| text("j1"));
            return match self.chance.below(7) {
                0 => text("did(\"e1\")"),
                1 => text("not did(\"e2\")"),
                2 => text("count(\"e2\") >= 2"),
                3 => format!("finished(\"{one}\")"),
                4 => format!("not in_journey(\"{one}\")"),
                5 => format!("received(\"{}\")", self.email()),
                _ => text("did(\"e2\", within=\"2 days\")"),
            };
        }
        if self.class.consent && any && self.chance.once_in(2) {
            return format!("subscribed(\"{}\")", if self.class.topics { self.topic() } else { "news" });
        }
        let one = self.atom(any);
        match self.chance.below(6) {
            0 => format!("{one} and {}", self.atom(any)),
            1 => format!("{one} or {}", self.atom(any)),
            2 => format!("not ({one})"),
            _ => one,
        }
    }

    fn atom(&mut self, any: bool) -> String {
        if any && self.class.dates && self.chance.once_in(3) {
            return text(self.chance.pick(&["days_until(due) <= 2", "due is none", "days_since(due) >= 1"]));
        }
        if any && self.class.changes && self.chance.once_in(2) {
            return text(self.chance.pick(&[
                "stage == \"warm\"",
                "stage != \"new\"",
                "in_list(\"vip\")",
                "score >= 1",
                "score >= 2",
                "score < 2",
            ]));
        }
        let fields = self.project.fields.clone();
        if fields.is_empty() {
            return text("id != \"\"");
        }
        let (name, field) = self.chance.pick(&fields);
        match field.as_str() {
            enums if enums.contains("pro") => text(self.chance.pick(&[
                "plan == \"free\"",
                "plan == \"pro\"",
                "plan != \"max\"",
                "plan in [\"pro\", \"max\"]",
            ])),
            enums if enums.contains("enum") => {
                text(self.chance.pick(&["tier == \"a\"", "tier != \"a\"", "tier is none", "not (tier == \"b\")"]))
            }
            flag if flag.contains("boolean") => text(self.chance.pick(&["flag", "not flag"])),
            words if words.contains("text") => text("id != \"\""),
            date if date.contains("date") => {
                text(self.chance.pick(&["due is none", "due >= \"2026-04-03\"", "due < \"2026-04-05\""]))
            }
            _ => {
                let bound = self.chance.below(5);
                format!("{name} {} {bound}", self.chance.pick(&[">=", "<", "==", "!="]))
            }
        }
    }
}
