//! The file of one journey: the journey, its segments, its mails.

use super::draws::Draws;
use super::words::sentence;

/// The text of the file of the journey `name`, of so many steps if it is given.
pub(super) fn file(name: &str, steps: Option<usize>, draws: &mut Draws) -> String {
    let segments = (0..draws.between(2, 4)).map(|number| format!("{name}-segment-{number}")).collect();
    let mails = (0..draws.between(3, 8)).map(|number| format!("{name}-mail-{number}")).collect();
    let drawn = draws.between(10, 30);
    let left = steps.unwrap_or(drawn);
    let mut file = File { name, draws, out: String::new(), segments, mails, left, steps: 0, sent: 0, asked: 0 };
    file.journey();
    file.segments();
    file.mails();
    file.out
}

struct File<'a> {
    name: &'a str,
    draws: &'a mut Draws,
    out: String,
    segments: Vec<String>,
    mails: Vec<String>,
    /// Steps that are still to be written.
    left: usize,
    /// Steps so far, for their ids.
    steps: usize,
    /// Mails that were sent so far: every one is sent before one is sent again.
    sent: usize,
    /// Segments that were asked for so far.
    asked: usize,
}

/// Adds a line behind so many blanks.
macro_rules! put {
    ($file:expr, $indent:expr, $($text:tt)*) => {{
        let text = format!($($text)*);
        let blanks = if text.is_empty() { 0 } else { $indent };
        $file.out.extend(std::iter::repeat_n(' ', blanks));
        $file.out.push_str(&text);
        $file.out.push('\n');
    }};
}

impl File<'_> {
    fn journey(&mut self) {
        let (about, says) = (sentence(self.draws, 6), sentence(self.draws, 12));
        put!(self, 0, "# {about}");
        put!(self, 0, "");
        put!(self, 0, "journeys:");
        put!(self, 2, "{}:", self.name);
        put!(self, 4, "label: {}", sentence(self.draws, 4));
        put!(self, 4, "description: >-");
        put!(self, 6, "{says}");
        put!(self, 4, "priority: {}", self.draws.between(1, 20));
        self.entry();
        put!(self, 4, "exit_when: stage in [\"customer\", \"lost\"]");
        if self.draws.happens(60) {
            let within = self.draws.between(14, 60);
            put!(self, 4, "goal: {{when: stage == \"sql\", within: {within} days}}");
        }
        put!(self, 4, "steps:");
        while self.left > self.mails.len().saturating_sub(self.sent) + 2 {
            self.step(6, 0);
        }
        while self.sent < self.mails.len() {
            self.send(6);
            self.pause(6);
        }
        while self.asked < self.segments.len() {
            self.branch(6, 2);
        }
        if self.draws.happens(20) {
            self.follow_up();
        } else {
            let id = self.id("done");
            put!(self, 6, "- {{id: {id}, exit: finished}}");
        }
    }

    /// A short journey that the other one starts.
    fn follow_up(&mut self) {
        let (id, mail, name) = (self.id("next"), &self.mails[0], self.name);
        put!(self, 6, "- {{id: {id}, start: {name}-again}}");
        put!(self, 2, "{name}-again:");
        put!(self, 4, "entry: {{called: true, again: after {} days}}", self.draws.between(30, 90));
        put!(self, 4, "steps:");
        put!(self, 6, "- {{id: rest, wait: {} days}}", self.draws.between(5, 20));
        put!(self, 6, "- {{id: once-more, send: {mail}}}");
    }

    fn entry(&mut self) {
        put!(self, 4, "entry:");
        match self.draws.below(5) {
            0 => {
                let form = self.draws.one_of(&["whitepaper", "demo", "contact", "checklist"]);
                put!(self, 6, "event: form_submitted");
                put!(self, 6, "where: event.form == \"{form}\"");
                put!(self, 6, "when: {}", self.fields());
            }
            1 => {
                let event = self.draws.one_of(&["trial_started", "webinar_attended", "feature_used", "page_viewed"]);
                put!(self, 6, "event: {event}");
                put!(self, 6, "when: stage == \"lead\" and not in_list(\"partners\")");
            }
            2 => {
                let mail = &self.mails[self.mails.len() - 1];
                put!(self, 6, "event: email_clicked");
                put!(self, 6, "where: event.email == \"{mail}\"");
            }
            3 => {
                let (segment, day) = (self.segment(), self.draws.between(1, 28));
                put!(self, 6, "schedule: {{segment: {segment}, every: \"month {day} 10:00\"}}");
            }
            _ => {
                let segment = self.segment();
                put!(self, 6, "segment: {segment}");
                put!(self, 6, "existing: false");
            }
        }
        put!(self, 6, "again: after {} days", self.draws.between(30, 180));
    }

    fn id(&mut self, what: &str) -> String {
        self.steps += 1;
        self.left = self.left.saturating_sub(1);
        format!("{what}-{}", self.steps)
    }

    fn segment(&mut self) -> String {
        let segment = self.segments[self.asked % self.segments.len()].clone();
        self.asked += 1;
        segment
    }

    fn step(&mut self, indent: usize, depth: usize) {
        match self.draws.below(100) {
            0..30 => self.send(indent),
            30..50 => self.pause(indent),
            50..64 if depth < 2 => self.wait_for(indent, depth),
            64..80 if depth < 2 => self.branch(indent, depth),
            80..88 if depth < 2 => self.split(indent, depth),
            _ => self.small(indent),
        }
    }

    /// A few steps inside another one.
    fn steps(&mut self, indent: usize, depth: usize) {
        for _ in 0..self.draws.between(1, 2) {
            self.step(indent, depth);
        }
    }

    fn send(&mut self, indent: usize) {
        let mail = self.mails[self.sent % self.mails.len()].clone();
        self.sent += 1;
        let id = self.id("mail");
        if self.draws.happens(30) {
            put!(self, indent, "- id: {id}");
            put!(self, indent, "  label: {}  # {}", sentence(self.draws, 4), sentence(self.draws, 3));
            put!(self, indent, "  send: {mail}");
        } else {
            put!(self, indent, "- {{id: {id}, send: {mail}}}");
        }
    }

    fn pause(&mut self, indent: usize) {
        let id = self.id("pause");
        match self.draws.below(3) {
            0 => put!(self, indent, "- {{id: {id}, wait: {} hours}}", self.draws.between(2, 72)),
            1 => put!(self, indent, "- {{id: {id}, wait: {} days}}", self.draws.between(2, 10)),
            _ => {
                let day = self.draws.one_of(&["mon", "tue", "wed", "thu", "fri", "weekday"]);
                put!(self, indent, "- {{id: {id}, wait: {{until: \"{day} 10:00\"}}}}");
            }
        }
    }

    fn wait_for(&mut self, indent: usize, depth: usize) {
        let id = self.id("reaction");
        put!(self, indent, "- id: {id}");
        put!(self, indent, "  wait_for:");
        match self.draws.below(3) {
            0 => {
                let mail = &self.mails[self.sent.saturating_sub(1) % self.mails.len()];
                put!(self, indent, "    event: email_clicked");
                put!(self, indent, "    where: event.email == \"{mail}\"");
            }
            1 => {
                let page = self.draws.one_of(&["pricing", "cases", "docs"]);
                put!(self, indent, "    event: page_viewed");
                put!(self, indent, "    where: event.path == \"/{page}\"");
            }
            _ => {
                put!(self, indent, "    event: {}", self.draws.one_of(&["meeting_booked", "feature_used", "purchased"]))
            }
        }
        put!(self, indent, "    within: {} days", self.draws.between(2, 9));
        put!(self, indent, "  timeout:");
        self.steps(indent + 4, depth + 1);
    }

    fn branch(&mut self, indent: usize, depth: usize) {
        let id = self.id("which");
        put!(self, indent, "- id: {id}");
        put!(self, indent, "  branch:");
        for _ in 0..self.draws.between(1, 2) {
            let condition = self.condition();
            put!(self, indent, "    - if: {condition}");
            put!(self, indent, "      steps:");
            self.steps(indent + 8, depth + 1);
        }
        if self.draws.happens(50) {
            put!(self, indent, "  else: []");
        } else {
            put!(self, indent, "  else:");
            self.steps(indent + 4, depth + 1);
        }
    }

    fn split(&mut self, indent: usize, depth: usize) {
        let id = self.id("test");
        let share = self.draws.between(10, 90);
        put!(self, indent, "- id: {id}");
        put!(self, indent, "  split:");
        put!(self, indent, "    - name: variant");
        put!(self, indent, "      weight: {share}");
        put!(self, indent, "      steps:");
        self.steps(indent + 8, depth + 1);
        put!(self, indent, "    - {{name: holdout, weight: {}, steps: []}}", 100 - share);
    }

    /// A step that neither waits nor sends.
    fn small(&mut self, indent: usize) {
        let id = self.id("note");
        match self.draws.below(5) {
            0 => put!(self, indent, "- {{id: {id}, score: {}}}", self.draws.between(1, 15)),
            1 => put!(self, indent, "- {{id: {id}, set: {{owner: インサイドセールス}}}}"),
            2 => put!(self, indent, "- {{id: {id}, list: {{add: in-sales}}}}"),
            3 => put!(self, indent, "- {{id: {id}, topic: {{subscribe: tips}}}}"),
            _ => {
                put!(self, indent, "- id: {id}");
                put!(self, indent, "  task:");
                put!(self, indent, "    to: inside-sales");
                put!(self, indent, "    title: \"{{{{ company }}}}へ架電 関心度{{{{ score }}}}\"");
                put!(self, indent, "    within: {} days", self.draws.between(1, 5));
            }
        }
    }

    /// What an arm asks.
    fn condition(&mut self) -> String {
        match self.draws.below(5) {
            _ if self.asked < self.segments.len() => format!("in_segment(\"{}\")", self.segment()),
            0 => format!("score >= {}", self.draws.between(10, 120)),
            1 => format!("did(\"email_clicked\", within=\"{} days\")", self.draws.between(3, 30)),
            2 => {
                let page = self.draws.one_of(&["pricing", "cases"]);
                let (times, days) = (self.draws.between(2, 5), self.draws.between(7, 30));
                format!("count(\"page_viewed\", within=\"{days} days\", where=event.path == \"/{page}\") >= {times}")
            }
            3 => format!("persona == \"{}\"", self.draws.one_of(&["it-manager", "engineer", "business"])),
            _ => self.fields(),
        }
    }

    /// A condition on what is known of a lead, as a YAML scalar.
    fn fields(&mut self) -> String {
        let words = ["製造業", "小売業", "医療", "建設業", "情報通信", "金融"];
        let (from, employees) = (self.draws.below(5), self.draws.between(1, 40) * 25);
        match self.draws.below(4) {
            0 => format!("industry == \"{}\" and employees >= {employees}", words[from]),
            1 => format!("'industry in [\"{}\", \"{}\"] or employees < {employees}'", words[from], words[from + 1]),
            2 => format!("country != \"JP\" and not in_list(\"partners\") and annual_budget >= {employees}0000"),
            _ => format!("department == \"開発\" or (plan is none and employees >= {employees})"),
        }
    }

    fn segments(&mut self) {
        put!(self, 0, "");
        put!(self, 0, "segments:");
        for segment in self.segments.clone() {
            put!(self, 2, "{segment}:");
            put!(self, 4, "label: {}", sentence(self.draws, 3));
            put!(self, 4, "description: {}", sentence(self.draws, 8));
            let fields = self.fields();
            put!(self, 4, "when: {fields}");
        }
    }

    fn mails(&mut self) {
        put!(self, 0, "");
        put!(self, 0, "emails:");
        for mail in self.mails.clone() {
            let topic = self.draws.one_of(&["tips", "news", "account"]);
            put!(self, 2, "{mail}:");
            put!(self, 4, "label: {}", sentence(self.draws, 3));
            put!(self, 4, "topic: {topic}");
            put!(self, 4, "sender: {}", if topic == "account" { "support" } else { "marketing" });
            put!(self, 4, "subject: \"{{{{ company }}}}様 {}\"", sentence(self.draws, 6));
            put!(self, 4, "preheader: '{}'", sentence(self.draws, 9));
            match self.draws.below(3) {
                0 => put!(self, 4, "repeat: after {} days", self.draws.between(7, 90)),
                1 => put!(self, 4, "appeal: {{open: x1.{}, click: x0.9}}", self.draws.below(10)),
                _ => {}
            }
            self.body();
        }
    }

    fn body(&mut self) {
        put!(self, 4, "body:");
        put!(self, 6, "markdown: |");
        put!(self, 8, "{{{{ company }}}} {{{{ first_name | default(\"ご担当者\") }}}}様");
        put!(self, 8, "");
        for _ in 0..self.draws.between(3, 8) {
            put!(self, 8, "{}.", sentence(self.draws, 12));
            if self.draws.happens(30) {
                put!(self, 8, "");
            }
        }
        let link = self.draws.one_of(&["guide", "demo", "pricing", "cases"]);
        put!(self, 8, "{{% if employees is not none and employees >= 300 %}}{}{{% endif %}}", sentence(self.draws, 5));
        put!(self, 8, "[詳しくはこちら](https://aozora.example/{link})");
        put!(self, 8, "配信停止は {{{{ unsubscribe_url }}}} から");
    }
}
