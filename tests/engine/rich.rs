//! Random projects with everything that a told timeline can bring about, richer than those of `tests/flood/generate.rs`.

use std::fmt::Write as _;

use crate::drawn;
use crate::generate::Chance;
use crate::shop;

/// The text of the project of this number: a line for each thing, so that lines can be left out.
pub fn project(number: u64) -> String {
    made(number, [false; 4])
}

/// One with markets, preferences, the sunset, experiments and KPIs besides.
pub fn whole(number: u64) -> String {
    made(number, [true, false, false, false])
}

/// One with catalogs, sources, all channels and what rarely happens, besides all of that.
pub fn shop(number: u64) -> String {
    made(number, [true, true, false, false])
}

/// The same with personas that do something, and forms.
pub fn drawn(number: u64) -> String {
    made(number, [true, true, true, false])
}

/// One with catalogs and all that, whose conditions all ask the same few things: they often exclude each other.
pub fn narrow(number: u64) -> String {
    made(number, [true, true, false, true])
}

fn made(number: u64, [whole, shop, drawn, narrow]: [bool; 4]) -> String {
    let chance = Chance(number.wrapping_mul(31) + 7);
    let mut maker = Maker { chance, whole, shop, drawn, asked: Vec::new(), start: "", steps: 0, out: String::new() };
    if narrow {
        maker.asked = (0..3).map(|_| maker.atom()).collect();
    }
    maker.frame();
    maker.people();
    maker.mails();
    maker.policies();
    let journeys = 2 + maker.chance.below(3);
    maker.out.push_str("journeys:\n");
    for at in 1..=journeys {
        maker.journey(at, journeys);
    }
    if drawn {
        let letters = drawn::letters(&mut maker.chance);
        maker.out.push_str(&letters);
    }
    if whole {
        maker.out.push_str(MEASURED);
    }
    if shop {
        maker.out.push_str(shop::KPIS);
    }
    maker.out
}

struct Maker {
    chance: Chance,
    /// Whether there is more than a told timeline of steps and mails shows.
    whole: bool,
    /// Whether there is what [`shop`] tells of.
    shop: bool,
    /// Whether there is what [`drawn`] tells of.
    drawn: bool,
    /// What most conditions ask; nothing if they ask anything.
    asked: Vec<String>,
    /// First day.
    start: &'static str,
    /// Steps of the journey at hand.
    steps: usize,
    out: String,
}

/// Zones and days shortly before their clocks are set.
const FRAMES: [(&str, &str); 6] = [
    ("UTC", "2026-04-01"),
    ("Europe/London", "2026-03-25"),
    ("America/New_York", "2026-10-26"),
    ("America/New_York", "2026-03-02"),
    ("Australia/Lord_Howe", "2026-03-30"),
    ("Asia/Tokyo", "2026-12-25"),
];

/// A journey that costs, and KPIs of every kind but for what sources cost.
const MEASURED: &str = "  hand:
    entry: {event: e4, again: after 1 day}
    steps:
      - {id: s1, task: {to: sales, title: Call, cost: 1500}}
      - {id: s2, audience: {add: vip, to: ads}}
      - {id: s3, sync: {to: crm, fields: {Size: size}}}
      - {id: s4, wait: 36h}
      - {id: s5, audience: {remove: vip, to: ads}}
      - {id: s6, webhook: {to: erp, fields: {Size: size}}}
kpis:
  k1: {of: stage == \"won\"}
  k2: {part: 'did(\"e1\")', of: flag, by: persona}
  k3: {metric: open_rate, email: n1, by: segment}
  k4: {metric: mails_per_lead, by: journey}
  k5: {metric: unsubscribed, topic: news}
  k6: {value: e1.paid, within: 5 days, by: journey}
  k7: {value: e1.paid, per: size >= 2, where: event.kind == \"x\", by: persona}
  k8: {metric: bounce_rate, channel: email, persona: early}
  k9: {value: e1.paid, per: leads, within: 6 days}
  k10: {metric: click_to_open, journey: j1, by: persona}
  k11: {value: e1.paid, journey: j2, within: 36h}
  k12: {metric: delivery_rate, by: journey}
  k13: {metric: complaint_rate, by: segment}
  k14: {part: in_segment(\"s1\"), by: segment}
  k15: {metric: sent, message: m1}
  c1: {cost: all, per: flag, by: journey}
  c2: {cost: channels.sms}
  c3: {return: e1.paid, cost: all}
  c4: {cost: tasks, journey: j1}
  c5: {value: e1.paid, cost: integrations, by: journey}
  c6: {cost: integrations, by: persona}
  c7: {cost: [channels.email, tasks.sales], per: leads, by: segment}
";

impl Maker {
    fn frame(&mut self) {
        let (zone, start) = self.chance.pick(&FRAMES);
        self.start = start;
        let best = if self.chance.once_in(2) { "best_time: weekday 12:15\n" } else { "" };
        let _ = write!(
            self.out,
            "project: rich\ntimezone: {zone}\ncurrency: JPY\nsimulation: {{start: {start}, days: 14, seed: 1}}\n{best}"
        );
        self.out.push_str(
            "fields:\n  plan: {type: enum, values: [free, pro]}\n  flag: {type: boolean}\n  size: {type: integer, min: 0, max: 5}\n  \
             worth: {type: number, optional: true}\n  due: {type: date, optional: true}\n  seen: {type: datetime, optional: true}\n  \
             word: {type: text, optional: true}\n  likes: {type: set, values: [ai, cloud]}\n  phone: {type: phone, optional: true}\n\
             events:\n  e1: {properties: {kind: {type: enum, values: [x, y]}, n: {type: integer, min: 0, max: 5, optional: true}, paid: {type: money, optional: true}}}\n  \
             e2: {}\n  e3: {properties: {size: {type: integer, min: 0, max: 5}, due: {type: date, optional: true}}, sets: {size: size, due: due}}\n  \
             e4: {properties: {at: {type: datetime}, order: {type: enum, values: [o1, o2, o3]}}}\n\
             calendars:\n  office: {days: [{date: 2026-04-03}, {date: 2026-12-29, to: 2027-01-03}, {date: 2026-03-09}, {date: 2026-10-28}]}\n\
             lists:\n  vip: {}\n",
        );
        if self.whole {
            self.out.push_str(
                "integrations:\n  crm: {kind: crm, cost: 5}\n  ads: {kind: ads, cost: 2, member_cost: {amount: 12.5, per: 1 day}}\n  \
                 erp: {kind: erp, url: \"https://erp.example/hook\", cost: 0.3}\n",
            );
        }
        if self.shop {
            self.out = shop::frame(&self.out, &mut self.chance);
        }
        if self.drawn {
            self.out = drawn::frame(&self.out, &mut self.chance);
        }
    }

    fn people(&mut self) {
        let where_ =
            self.chance.pick(&["", ", where: event.kind == \"x\"", ", where: event.n >= 2", ", where: score < 4"]);
        let limit = self.chance.pick(&[
            "",
            ", at_most: 1 per day",
            ", at_most: 2 per calendar week",
            ", at_most: 1 per calendar day",
            ", at_most: 2 per lead",
        ]);
        let decay = self.chance.pick(&[
            "",
            "    decay: {points: -1, every: 2 days, without: [e2]}\n",
            "    decay: {points: -2, every: 36h, without: [e1, email_opened]}\n",
        ]);
        let _ = write!(
            self.out,
            "scoring:\n  fit:\n    range: [-2, 12]\n    default: true\n    rules:\n      - {{event: e1, points: 2{limit}{}}}\n      - {{event: e2, points: 3}}\n      \
             - {{event: email_opened, points: 1}}\n      - {{event: stage_changed, points: -2}}\n{decay}  reach:\n    initial: 3\n    rules:\n      - {{event: journey_entered, points: 1}}\n      - {{event: e4, points: -4, where: score.fit > 2}}\n",
            quoted(where_),
        );
        if self.shop {
            self.out.push_str(shop::SCORING);
        }
        self.out.push_str("grading:\n  g: {rules: [{when: size >= 2, points: 10}, {when: flag, points: 5}], bands: {A: 15, B: 10, C: 5}}\n");
        self.out.push_str("personas:\n");
        for (name, best) in [("early", "tue 07:30"), ("late", "\"21:15\"")] {
            let match_ = self.chance.pick(&["size >= 3", "flag", "plan == \"pro\"", "worth > 2"]);
            if self.drawn {
                let match_ = self.chance.pick(&["size >= 2", "flag", "size != 4", "plan == \"pro\"", "worth is none"]);
                let when = match self.chance.below(4) {
                    0 => Some(self.condition(true)),
                    1 => Some(self.chance.pick(&drawn::WHENS).to_owned()),
                    _ => None,
                };
                let behavior = drawn::behavior(when, &mut self.chance);
                let _ = write!(self.out, "  {name}:\n    match: '{match_}'\n{behavior}");
                continue;
            }
            let best =
                if self.chance.once_in(2) { format!(", behavior: {{best_time: {best}}}") } else { String::new() };
            let _ = writeln!(self.out, "  {name}: {{match: '{match_}'{best}}}");
        }
        self.out.push_str("lifecycle:\n  stages: [new, warm, hot, won, lost]\n  moves:\n");
        let moves = [
            "{from: new, to: hot, when: in_segment(\"s1\")}",
            "{from: warm, to: won, when: in_segment(\"s2\")}",
            "{from: hot, to: new, when: 'not in_segment(\"s3\")'}",
            "{from: new, to: warm, when: score >= 3}",
            "{from: new, to: warm, event: e2}",
            "{from: warm, to: hot, event: e1, where: event.kind == \"x\"}",
            "{from: warm, to: new, after: 3 days}",
            "{from: hot, to: won, when: in_list(\"vip\")}",
            "{from: hot, to: lost, after: 2 days, when: score < 5}",
            "{from: warm, to: hot, when: score.reach >= 5}",
            "{from: hot, to: warm, when: score < 4}",
            "{from: won, to: lost, event: unsubscribed}",
            "{from: lost, to: new, after: 1 day}",
            "{from: hot, to: won, event: e4, after: 1 day}",
            "{from: warm, to: lost, when: 'not did(\"e1\", within=\"4 days\")'}",
        ];
        let more: &[&str] = if self.shop { &shop::MOVES } else { &[] };
        let moves = [&moves, more].concat();
        let first = self.chance.below(moves.len());
        for at in 0..2 + self.chance.below(5) {
            let _ = writeln!(self.out, "    - {}", moves[(first + 5 * at) % moves.len()]);
        }
        self.out.push_str("segments:\n");
        if self.drawn {
            self.out.push_str("  all: {when: 'id != \"\"'}\n");
        }
        for (name, known) in [("s1", 0), ("s2", 1), ("s3", 2)] {
            let when = match known > 0 && self.chance.once_in(4) {
                true => format!("in_segment(\"s{known}\") and {}", self.condition(false)),
                false => self.condition(false),
            };
            let _ = writeln!(self.out, "  {name}: {{when: '{when}'}}");
        }
    }

    fn mails(&mut self) {
        self.out.push_str("topics:\n  account: {kind: transactional}\n");
        let news = self.chance.pick(&[
            "{consent: opt_out}", "{consent: opt_in, granted: flag}", "{consent: double_opt_in}",
            "{consent: double_opt_in, confirmation: {email: c1, within: 3 days}}",
            "{consent: double_opt_in, granted: size > 1, confirmation: {email: c1, within: 2 days, remind: {after: 1 day, email: c2}}}",
        ]);
        let tips = self.chance.pick(&["{consent: opt_out}", "{consent: opt_in}", "{consent: opt_out, granted: flag}"]);
        let quota = self.quota();
        let _ = write!(
            self.out,
            "  news: {news}\n  tips: {tips}\nsenders:\n  us: {{from: {{email: us@mail.example.com}}{quota}}}\nemails:\n"
        );
        for (name, topic) in [("n1", "news"), ("n2", "news"), ("p1", "tips"), ("t1", "account")] {
            let repeat =
                self.chance.pick(&["", "", ", repeat: never", ", repeat: after 1 day", ", repeat: after 3 days"]);
            let appeal = if self.drawn { self.chance.pick(&drawn::APPEAL) } else { "" };
            let _ = writeln!(
                self.out,
                "  {name}: {{topic: {topic}, sender: us, subject: Hello, body: {{markdown: Hello.}}{repeat}{appeal}}}"
            );
        }
        for name in ["c1", "c2"] {
            if news.contains(name) {
                let _ = writeln!(
                    self.out,
                    "  {name}: {{topic: account, sender: us, subject: Hello, body: {{markdown: \"{{{{ confirm_url }}}}\"}}}}"
                );
            }
        }
        self.out.push_str("messages:\n  m1: {channel: sms, topic: news, body: Hello.}\n  w1: {channel: web, topic: tips, body: Hello.}\n");
        if self.shop {
            let messages = shop::MESSAGES.to_owned();
            let messages = if self.drawn { drawn::messages(&messages, &mut self.chance) } else { messages };
            self.out.push_str(&messages);
        }
        self.out.push_str("channels:\n");
        if self.shop {
            self.out.push_str(shop::CHANNELS);
        }
        let sms = self.chance.pick(&[
            "{address: phone}",
            "{address: phone, quiet_hours: {from: \"18:00\", to: \"12:00\"}}",
            "{address: phone, frequency: [{at_most: 1, per: 2 days}]}",
        ]);
        let web = self.chance.pick(&["{visit: e2, expires: 2 days}", "{visit: e1}"]);
        let email = if self.whole { "  email: {cost: 0.2}\n" } else { "" };
        let sms = if self.whole { sms.replace("address: phone", "address: phone, cost: 9") } else { sms.to_owned() };
        let _ = write!(self.out, "{email}  sms: {sms}\n  web: {web}\n");
    }

    fn quota(&mut self) -> String {
        if !self.whole {
            return String::new();
        }
        let first: jiff::civil::Date = self.start.parse().unwrap();
        let day = |days: i64| first.saturating_add(jiff::Span::new().days(days));
        let warmup = |days, more| format!(", warmup: {{start: {}, {more}}}", day(days));
        match self.chance.below(9) {
            0 => ", quota: {per_day: 1}".to_owned(),
            1 => ", quota: {per_day: 2, per_hour: 1}".to_owned(),
            2 => ", quota: {per_hour: 1, on_excess: skip}".to_owned(),
            3 => warmup(3, "per_day: [1, 1, 2], then: x2 until 4"),
            4 => warmup(0, "per_hour: [1, 2]") + ", quota: {per_day: 2}",
            5 => warmup(1, "per_day: [1, 2], on_excess: skip"),
            _ => String::new(),
        }
    }

    fn policies(&mut self) {
        self.out.push_str("policies:\n");
        if self.chance.once_in(2) {
            self.out.push_str("  quiet_hours: ");
            let hours = [
                "{from: \"21:00\", to: \"08:00\"}",
                "{from: \"21:00\", to: \"08:00\", also: [sat, sun]}",
                "{from: \"01:30\", to: \"02:15\"}",
                "{from: \"22:00\", to: \"09:00\", timezone: project, also: [holidays]}",
                "{from: \"00:00\", to: \"12:00\", also: [sun]}",
                "{from: \"12:00\", to: \"24:00\"}",
            ];
            let hours = self.chance.pick(&hours);
            let _ = writeln!(self.out, "{hours}");
        }
        let rules = self.chance.below(4);
        if rules > 0 {
            self.out.push_str("  frequency:\n");
        }
        for _ in 0..rules {
            let per = self.chance.pick(&[
                "1 day",
                "12 hours",
                "2 days",
                "7 days",
                "calendar day",
                "calendar week",
                "calendar month",
            ]);
            let more = self.chance.pick(&[
                "",
                ", counts: marketing",
                ", counts: account",
                ", counts: news",
                ", timezone: project",
                ", channels: [sms]",
            ]);
            let more = if self.shop && self.chance.once_in(3) { self.chance.pick(&shop::COUNTED) } else { more };
            let more = if more.contains("zone") && !per.contains("calendar") { "" } else { more };
            let excess = self.chance.pick(&["", ", on_excess: skip", ", on_excess: delay"]);
            let most = 1 + self.chance.below(3);
            let _ = writeln!(self.out, "    - {{at_most: {most}, per: {per}{more}{excess}}}");
        }
        if self.whole {
            self.permission();
        }
        let hold = self.chance.pick(&["1 day", "6 hours", "3 days"]);
        let after = self.chance.pick(&["", "  bounces: {soft: {suppress_after: 2}}\n", "  bounces: {hard: ignore}\n"]);
        let after = if self.drawn { self.chance.pick(&drawn::BOUNCES) } else { after };
        let _ = write!(self.out, "  max_hold: {hold}\n{after}");
    }

    fn permission(&mut self) {
        let implied = self.chance.pick(&[
            "",
            ", implied: {event: e2, for: 2 days}",
            ", implied: {event: e2, for: 3 days, last: seen}",
            ", implied: {event: email_clicked, for: 36h, last: due}",
        ]);
        let consents = ["opt_in", "double_opt_in", "opt_out"];
        let first = self.chance.below(3);
        let _ = writeln!(
            self.out,
            "  markets:\n    - {{name: big, when: size >= 3, consent: {}{implied}}}\n    - {{name: flagged, when: flag, consent: {}, implied: {{event: e1, for: 1 day}}}}",
            consents[first],
            consents[(first + 1) % 3]
        );
        if self.chance.once_in(2) {
            let policy = self.chance.pick(&[
                "{link: all}",
                "{link: topic, one_click: all, back: confirming}",
                "{link: all, back: never}",
                "{link: all, back: confirming}",
            ]);
            let _ = writeln!(self.out, "  unsubscribe: {policy}");
        }
        let preferences = self.chance.pick(&[
            "",
            "{pause: 2 days}",
            "{pause: 36h, fewer: 1 per 3 days}",
            "{fewer: 1 per calendar week}",
            "{pause: 1 day, fewer: 2 per 2 days}",
        ]);
        if !preferences.is_empty() {
            let _ = writeln!(self.out, "  preferences: {preferences}");
        }
        let asleep = self.chance.pick(&["", "sleeping: 1 day, ", "sleeping: 36h, "]);
        let after = self.chance.pick(&["2 days", "4 days", "6 days"]);
        let without = self.chance.pick(&["[e1]", "[e2, email_clicked]", "[email_opened]", "[e1, subscribed]"]);
        let more = self.chance.pick(&[
            "",
            ", then: suppress, list: vip",
            ", then: unsubscribe",
            ", then: keep, list: vip",
            ", last: seen",
            ", last: due, wakes: false",
            ", then: unsubscribe, list: vip, wakes: false, last: seen",
        ]);
        let _ = writeln!(self.out, "  sunset: {{{asleep}after: {after}, without: {without}{more}}}");
    }

    fn journey(&mut self, number: usize, journeys: usize) {
        self.steps = 0;
        let _ = writeln!(self.out, "  j{number}:");
        if self.chance.once_in(2) {
            let priority = self.chance.pick(&["1", "2", "-1"]);
            let _ = writeln!(self.out, "    priority: {priority}");
        }
        let again = self.chance.pick(&[
            "",
            ", again: always",
            ", again: always",
            ", again: after 1 day",
            ", again: after 3 days",
        ]);
        let existing = self.chance.pick(&["", ", existing: false"]);
        let segment = self.chance.pick(&["s1", "s2", "s3"]);
        let every = self.chance.pick(&[
            "every: \"09:00\"",
            "every: tue 09:00",
            "at: 2026-04-04 09:00",
            "every: business day 01:30",
            "every: first business day 10:00",
        ]);
        let other = 1 + self.chance.below(journeys);
        let mut by_event = true;
        let mut knows = "";
        let entry = match self.chance.below(14) {
            _ if self.shop && self.chance.once_in(3) => self.chance.pick(&shop::ENTRIES).to_owned(),
            0 | 1 => format!("segment: {segment}{existing}"),
            2 => format!("schedule: {{segment: {segment}, {every}}}"),
            3 if number > 1 => "called: true".to_owned(),
            4 => format!("event: journey_ended, where: 'event.journey == \"j{other}\"'"),
            5 if self.whole => (*self.chance.pick(&[
                "event: engagement_changed",
                "event: engagement_changed, where: event.to == \"sunset\"",
                "event: preferences_changed",
            ]))
            .to_owned(),
            5 => "event: stage_changed, where: event.to == \"warm\"".to_owned(),
            6 => "event: email_sent, where: event.email == \"n1\"".to_owned(),
            7 => (*self.chance.pick(&[
                "event: subscribed",
                "event: email_opened",
                "event: email_clicked",
                "event: lead_created",
            ]))
            .to_owned(),
            8 | 9 => {
                knows = "e4";
                let key = self.chance.pick(&[
                    "",
                    ", key: event.order",
                    ", key: event.order, at_once: 2",
                    ", key: event.order, at_once: 1",
                ]);
                format!("event: e4{key}")
            }
            10 => "event: e2".to_owned(),
            11 => {
                knows = "e1";
                let key = self.chance.pick(&["", ", key: event.kind", ", key: event.n"]);
                format!("event: e1{key}")
            }
            _ => {
                knows = "e1";
                format!(
                    "event: e1, where: {}",
                    quoted_value(self.chance.pick(&["event.kind == \"x\"", "event.n > 1", "event.n != 3 or flag"]))
                )
            }
        };
        by_event &= entry.starts_with("event");
        let when = if self.chance.once_in(3) { format!(", when: '{}'", self.condition(false)) } else { String::new() };
        let _ = writeln!(self.out, "    entry: {{{entry}{when}{again}}}");
        if self.chance.once_in(8) {
            let _ = writeln!(self.out, "    ends: 2026-04-05 09:00");
        }
        if self.chance.once_in(3) {
            let exit_when = self.asked(knows, by_event);
            let _ = writeln!(self.out, "    exit_when: '{exit_when}'");
        }
        if self.chance.once_in(3) {
            let within = self.chance.pick(&["", ", within: 2 days", ", within: 12 hours"]);
            let goal = self.asked(knows, by_event);
            let _ = writeln!(self.out, "    goal: {{when: '{goal}'{within}}}");
        }
        self.out.push_str("    steps:\n");
        let room = 2 + self.chance.below(7);
        let mut before = Vec::new();
        self.steps(room, 0, 6, knows, journeys, &mut before);
    }

    /// A condition of a journey: of what it was entered by, too.
    fn asked(&mut self, knows: &str, by_event: bool) -> String {
        let entry = match knows {
            "e1" => "entry.kind == \"x\"",
            "e4" => "entry.order != \"o2\"",
            _ => "",
        };
        match self.chance.below(4) {
            0 if !entry.is_empty() => format!("{entry} and {}", self.condition(true)),
            1 if knows == "e1" => "did(\"e1\", since=\"entry\", where=event.kind == entry.kind)".to_owned(),
            1 if by_event => "count(\"e1\", since=\"entry\") >= 2".to_owned(),
            2 => (*self.chance.pick(&[
                "did(\"e2\", since=\"entry\")",
                "received(\"n1\", since=\"entry\")",
                "days_since(\"e1\", since=\"entry\") >= 1",
                "did(\"email_opened\", since=\"entry\", where=event.email == \"n1\")",
            ]))
            .to_owned(),
            _ => self.condition(true),
        }
    }

    /// `deep`: in a journey, where all is known.
    fn condition(&mut self, deep: bool) -> String {
        let one = match deep && self.chance.once_in(8) {
            true => format!("in_segment(\"{}\")", self.chance.pick(&["s1", "s2", "s3"])),
            false => self.atom(),
        };
        let most = if self.asked.is_empty() { 7 } else { 4 };
        match self.chance.below(most) {
            0 => format!("{one} and {}", self.atom()),
            1 => format!("({one} or {})", self.atom()),
            2 => format!("not ({one})"),
            3 if deep => format!("(size > 1 if {one} else {})", self.atom()),
            _ => one,
        }
    }

    fn atom(&mut self) -> String {
        if !self.asked.is_empty() && !self.chance.once_in(8) {
            return self.chance.pick(&self.asked);
        }
        if self.shop && self.chance.once_in(3) {
            return self.chance.pick(&shop::ATOMS).to_owned();
        }
        let words = [
            "plan == \"free\"",
            "plan != \"pro\"",
            "flag",
            "size >= 2",
            "1 < size <= 3",
            "size % 2 == 0",
            "worth * 2 >= size + 1",
            "worth is none",
            "worth | default(1) < 3",
            "worth | round >= 2",
            "word | lower == \"yak\"",
            "word | trim | length <= 4",
            "word is startingwith(\"x\")",
            "\"y\" in word",
            "word not in [\"x\", \"Yak\"]",
            "\"ai\" in likes",
            "likes | length == 1",
            "due is none",
            "due <= today",
            "days_until(due) <= 2",
            "days_since(due) >= 1",
            "days_until(due, every=\"year\") < 4",
            "seen > now",
            "days_since(seen) >= 1",
            "days_until(seen) <= 2",
            "score >= 3",
            "score.reach < 5",
            "grade == \"A\"",
            "grade is none",
            "grade != \"B\"",
            "stage == \"warm\"",
            "stage in [\"hot\", \"won\"]",
            "reached(\"warm\")",
            "persona == \"early\"",
            "persona is none",
            "did(\"e1\")",
            "did(\"e1\", within=\"2 days\")",
            "did(\"e1\", within=\"1 day\", where=event.kind == \"x\")",
            "count(\"e2\") >= 2",
            "count(\"e1\", where=event.n >= size) == 1",
            "days_since(\"e2\") >= 2",
            "received(\"n1\")",
            "received(\"t1\", within=\"2 days\")",
            "in_list(\"vip\")",
            "not in_list(\"vip\")",
            "subscribed(\"news\")",
            "not subscribed(\"tips\")",
            "days_since_consent(\"news\") >= 1",
            "reachable(\"email\")",
            "reachable(\"sms\")",
            "in_journey(\"j1\")",
            "finished(\"j1\")",
            "not finished(\"j2\")",
            "did(\"stage_changed\", within=\"1 day\")",
            "did(\"email_opened\")",
            "count(\"journey_entered\") >= 2",
            "did(\"lead_created\")",
            "days_since(\"e1\") is none",
            "size / 2 < 1.5",
            "(size if flag else 4) > 2",
            "event_free",
        ];
        let one = self.chance.pick(&words);
        (if one == "event_free" { "id != \"\"" } else { one }).to_owned()
    }

    fn steps(
        &mut self,
        room: usize,
        depth: usize,
        indent: usize,
        knows: &str,
        journeys: usize,
        before: &mut Vec<String>,
    ) {
        let pad = " ".repeat(indent);
        let mut left = room;
        let mut some = false;
        while left > 0 {
            self.steps += 1;
            let id = format!("s{}", self.steps);
            left -= 1;
            some = true;
            let mut ends = false;
            match self.chance.below(if depth < 2 && left > 0 { 16 } else { 12 }) {
                0..3 => {
                    let hold = self.chance.pick(&["", "", ", max_hold: 5 hours", ", max_hold: 2 days"]);
                    let content = self.chance.pick(&["n1", "n1", "n2", "p1", "t1", "t1", "m1", "w1"]);
                    let content =
                        if self.shop && self.chance.once_in(3) { self.chance.pick(&shop::CONTENTS) } else { content };
                    let _ = writeln!(self.out, "{pad}- {{id: {id}, send: {content}{hold}}}");
                }
                3..6 => {
                    let wait = self.wait(knows);
                    let _ = writeln!(self.out, "{pad}- {{id: {id}, wait: {wait}}}");
                }
                6 | 7 => {
                    let what = self.wait_for(knows);
                    let timeout = depth < 2 && left > 0 && self.chance.once_in(2);
                    let _ = writeln!(self.out, "{pad}- id: {id}\n{pad}  wait_for: {{{what}}}");
                    if timeout {
                        let inside = 1 + self.chance.below(left);
                        let _ = writeln!(self.out, "{pad}  timeout:");
                        left -= inside;
                        self.steps(inside, depth + 1, indent + 4, knows, journeys, &mut before.clone());
                    }
                }
                8 | 9 => {
                    let change = self.change();
                    let _ = writeln!(self.out, "{pad}- {{id: {id}, {change}}}");
                }
                10 => {
                    let other = 1 + self.chance.below(journeys);
                    let chain = match self.chance.below(if self.whole { 10 } else { 5 }) {
                        _ if self.shop && self.chance.once_in(2) => self.chance.pick(&shop::STEPS).to_owned(),
                        5 => "sync: {to: crm, fields: {Size: size}}".to_owned(),
                        6 => "webhook: {to: erp, fields: {Size: size}}".to_owned(),
                        7 => "audience: {add: vip, to: ads}".to_owned(),
                        8 => "audience: {remove: vip, to: ads}".to_owned(),
                        9 => "task: {to: sales, title: Call, cost: 1500}".to_owned(),
                        0 => "emit: e2".to_owned(),
                        1 => "emit: {event: e1, with: {kind: x, n: 3}}".to_owned(),
                        2 => "task: {to: sales, title: Call}".to_owned(),
                        3 => "emit: {event: e3, with: {size: 4}}".to_owned(),
                        _ => format!("start: j{other}"),
                    };
                    let chain = if self.drawn { drawn::step(&chain, &mut self.chance) } else { chain };
                    let _ = writeln!(self.out, "{pad}- {{id: {id}, {chain}}}");
                }
                11 => {
                    let back =
                        (!before.is_empty() && (depth > 0 || self.chance.once_in(6))).then(|| self.chance.pick(before));
                    let way = back.map_or("exit: enough".to_owned(), |id| format!("goto: {id}"));
                    let _ = writeln!(self.out, "{pad}- {{id: {id}, {way}}}");
                    ends = true;
                }
                12 | 13 => {
                    let arms = 1 + self.chance.below(2);
                    let _ = writeln!(self.out, "{pad}- id: {id}\n{pad}  branch:");
                    for _ in 0..arms {
                        let when = self.asked(knows, false);
                        let inside = self.chance.below(left + 1);
                        left -= inside;
                        let _ = writeln!(
                            self.out,
                            "{pad}    - if: '{when}'\n{pad}      steps:{}",
                            if inside == 0 { " []" } else { "" }
                        );
                        self.steps(inside, depth + 1, indent + 8, knows, journeys, &mut before.clone());
                    }
                    let inside = self.chance.below(left + 1);
                    left -= inside;
                    let _ = writeln!(self.out, "{pad}  else:{}", if inside == 0 { " []" } else { "" });
                    self.steps(inside, depth + 1, indent + 4, knows, journeys, &mut before.clone());
                }
                _ => {
                    let _ = writeln!(self.out, "{pad}- id: {id}\n{pad}  split:");
                    for (name, weight) in [("a", 30), ("b", 70)] {
                        let inside = self.chance.below(left + 1);
                        left -= inside;
                        let _ = writeln!(
                            self.out,
                            "{pad}    - name: {name}\n{pad}      weight: {weight}\n{pad}      steps:{}",
                            if inside == 0 { " []" } else { "" }
                        );
                        self.steps(inside, depth + 1, indent + 8, knows, journeys, &mut before.clone());
                    }
                    if self.whole && !self.chance.once_in(4) {
                        let goal = self.chance.pick(&[
                            "event: e1, where: event.kind == \"x\", within: 3 days",
                            "event: email_clicked, within: 5 days",
                            "event: e2, within: 1 day",
                            "when: score >= 3, within: 2 days",
                            "when: stage == \"hot\", within: 12 hours",
                            "when: 'did(\"e2\", within=\"1 day\")', within: 4 days",
                        ]);
                        let _ = writeln!(self.out, "{pad}  experiment: {{goal: {{{goal}}}, control: b}}");
                    }
                }
            }
            before.push(id);
            if ends {
                break;
            }
        }
        debug_assert!(some || room == 0);
    }

    fn wait(&mut self, knows: &str) -> String {
        let near = match knows {
            "e4" => "{until: 1 hour before entry.at}",
            _ => "{until: 1 day before due 09:00}",
        };
        let waits = [
            "1 day",
            "12 hours",
            "2 days",
            "90 minutes",
            "1 business day",
            "2 business days",
            "{until: \"10:00\"}",
            "{until: \"02:30\"}",
            "{until: mon 01:30}",
            "{until: weekday 09:00-18:00}",
            "{until: business day 09:00-17:30}",
            "{until: 2026-04-05 10:00}",
            "{until: on due}",
            "{until: 2 days after due}",
            "{until: 1 day before seen}",
            "{until: best time}",
            "{until: last business day 10:00}",
            "{until: \"01:00-01:45\"}",
            "{until: month 1 10:00}",
            near,
        ];
        (*self.chance.pick(&waits)).to_owned()
    }

    fn wait_for(&mut self, knows: &str) -> String {
        let within = self.chance.pick(&["1 day", "2 days", "3 days", "12 hours", "2 business days"]);
        let when =
            if self.chance.once_in(4) { format!(", when: '{}'", self.asked(knows, false)) } else { String::new() };
        let what = match self.chance.below(7) {
            _ if self.shop && self.chance.once_in(3) => self.chance.pick(&shop::AWAITED),
            0 => return format!("when: '{}', within: {within}", self.asked(knows, false)),
            1 => "event: email_opened, where: 'event.email == \"n1\"'",
            2 if knows == "e1" => "event: e1, where: event.kind == entry.kind",
            3 => "event: e1, where: event.n > size",
            4 => "event: e1",
            5 => "event: email_clicked",
            _ => "event: e2",
        };
        format!("{what}{when}, within: {within}")
    }

    fn change(&mut self) -> String {
        let changes = [
            "stage: warm",
            "stage: hot",
            "stage: new",
            "list: {add: vip}",
            "list: {remove: vip}",
            "score: 2",
            "score: {reach: -2}",
            "set: {plan: pro}",
            "set: {size: 1, flag: true}",
            "set: {worth: null}",
            "set: {worth: 2.5}",
            "set: {due: 2026-04-06}",
            "set: {timezone: America/New_York}",
            "set: {timezone: null}",
            "set: {email: other@mail.example.com}",
            "set: {email: null}",
            "set: {word: null, size: 5}",
            "topic: {subscribe: news}",
            "topic: {unsubscribe: news}",
            "topic: {subscribe: tips}",
            "topic: {unsubscribe: tips}",
            "set: {phone: \"+81312345678\"}",
        ];
        (*self.chance.pick(&changes)).to_owned()
    }
}

/// A further key of a flow mapping, its value in quotes.
fn quoted(more: &str) -> String {
    match more.split_once(": ") {
        Some((key, value)) => format!("{key}: {}", quoted_value(value)),
        None => String::new(),
    }
}

fn quoted_value(value: &str) -> String {
    format!("'{value}'")
}
