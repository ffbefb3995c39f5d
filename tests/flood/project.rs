//! Small projects as data: what is drawn, made smaller, and written as YAML.

use std::fmt::Write as _;

/// A whole project. What it does not have is left out of its text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Project {
    /// Name and declaration, such as `{type: boolean}`.
    pub fields: Vec<(String, String)>,
    /// Name and declaration.
    pub events: Vec<(String, String)>,
    /// Name and condition.
    pub segments: Vec<(String, String)>,
    pub lists: Vec<String>,
    pub stages: Vec<String>,
    /// Moves, as they are written.
    pub moves: Vec<String>,
    /// Scoring rules, as they are written, and decay.
    pub scoring: Vec<String>,
    pub decay: Option<String>,
    /// Name and declaration.
    pub topics: Vec<(String, String)>,
    /// Further declarations that stand by themselves.
    pub calendar: bool,
    /// Time zone and first day, if they are not the usual ones.
    pub zone: Option<(String, String)>,
    pub emails: Vec<Email>,
    /// Name and declaration of messages of other channels.
    pub messages: Vec<(String, String)>,
    /// What they are per, and what counts.
    pub windows: Vec<(String, String)>,
    /// So many of them are limits, the others frequency rules.
    pub limits: usize,
    /// As it is written.
    pub quiet_hours: Option<String>,
    /// What those who unsubscribe leave, as it is written.
    pub unsubscribe: Option<String>,
    pub journeys: Vec<Journey>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Email {
    pub name: String,
    pub topic: String,
    pub repeat: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Journey {
    pub name: String,
    pub priority: i32,
    /// The keys of its entry but `when` and `again`, as they are written.
    pub entry: String,
    pub filter: Option<String>,
    pub when: Option<String>,
    pub again: Option<String>,
    pub ends: Option<String>,
    pub exit_when: Option<String>,
    pub goal: Option<String>,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub id: String,
    pub action: Action,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// An action without steps of its own, as it is written.
    Plain(String),
    /// An event that is waited for, as it is written, and the steps of its timeout.
    WaitFor(String, Option<Vec<Step>>),
    /// Arms by condition, and the rest.
    Branch(Vec<(String, Vec<Step>)>, Vec<Step>),
    /// Two arms of equal weight.
    Split(Vec<Step>, Vec<Step>),
}

impl Project {
    /// The project as the text of `tabiji.yaml`.
    pub fn yaml(&self) -> String {
        let (zone, start) = self.zone.as_ref().map_or(("UTC", "2026-04-01"), |(zone, start)| (zone, start));
        let mut out = format!("project: flood\ntimezone: {zone}\nsimulation: {{start: {start}, days: 30, seed: 1}}\n");
        self.people(&mut out);
        out.push_str(if self.calendar { "calendars:\n  office: {work: [mon, tue, wed, thu, fri]}\n" } else { "" });
        section(&mut out, "topics", self.topics.iter().map(|(name, topic)| format!("{name}: {topic}")));
        out.push_str("senders:\n  us: {from: {email: us@mail.example.com}}\n");
        section(&mut out, "emails", self.emails.iter().map(email));
        section(&mut out, "messages", self.messages.iter().map(|(name, message)| format!("{name}: {message}")));
        if !self.windows.is_empty() || self.quiet_hours.is_some() || self.unsubscribe.is_some() {
            out.push_str("policies:\n");
            let rule = |(per, counts): &(String, String)| {
                let counts = if counts == "all" { String::new() } else { format!(", counts: {counts}") };
                format!("    - {{at_most: 1, per: {per}{counts}}}\n")
            };
            let (limits, rules) = self.windows.split_at(self.limits.min(self.windows.len()));
            for (key, part) in [("limits", limits), ("frequency", rules)] {
                if !part.is_empty() {
                    let _ = writeln!(out, "  {key}:");
                    out.extend(part.iter().map(rule));
                }
            }
            out.extend(self.quiet_hours.iter().map(|hours| format!("  quiet_hours: {hours}\n")));
            out.extend(self.unsubscribe.iter().map(|leaves| format!("  unsubscribe: {leaves}\n")));
        }
        out.push_str("journeys:\n");
        self.journeys.iter().for_each(|journey| journey.write(&mut out));
        out
    }

    fn people(&self, out: &mut String) {
        section(out, "fields", self.fields.iter().map(|(name, field)| format!("{name}: {field}")));
        section(out, "events", self.events.iter().map(|(name, event)| format!("{name}: {event}")));
        section(out, "segments", self.segments.iter().map(|(name, when)| format!("{name}: {{when: '{when}'}}")));
        section(out, "lists", self.lists.iter().map(|name| format!("{name}: {{}}")));
        if !self.stages.is_empty() {
            let _ = writeln!(out, "lifecycle:\n  stages: [{}]", self.stages.join(", "));
            if !self.moves.is_empty() {
                out.push_str("  moves:\n");
                out.extend(self.moves.iter().map(|each| format!("    - {each}\n")));
            }
        }
        if !self.scoring.is_empty() {
            let decay = self.decay.as_ref().map_or(String::new(), |decay| format!(", decay: {decay}"));
            let _ = writeln!(out, "scoring:\n  points: {{range: [0, 4], rules: [{}]{decay}}}", self.scoring.join(", "));
        }
    }
}

/// A section with one line for each definition; nothing if there are none.
fn section(out: &mut String, name: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<String> = lines.map(|line| format!("  {line}\n")).collect();
    if !lines.is_empty() {
        let _ = writeln!(out, "{name}:\n{}", lines.concat().trim_end_matches('\n'));
    }
}

fn email(email: &Email) -> String {
    let repeat = email.repeat.as_ref().map_or(String::new(), |repeat| format!(", repeat: {repeat}"));
    let Email { name, topic, .. } = email;
    let body = if name.starts_with('c') { "\"{{ confirm_url }}\"" } else { "Hello." };
    format!("{name}: {{topic: {topic}, sender: us, subject: Hello, body: {{markdown: {body}}}{repeat}}}")
}

impl Journey {
    /// A journey that nobody enters.
    pub fn idle(name: &str) -> Journey {
        Journey {
            name: name.to_owned(),
            priority: 0,
            entry: "called: true".to_owned(),
            filter: None,
            when: None,
            again: None,
            ends: None,
            exit_when: None,
            goal: None,
            steps: Vec::new(),
        }
    }

    fn write(&self, out: &mut String) {
        let _ = writeln!(out, "  {}:", self.name);
        if self.priority != 0 {
            let _ = writeln!(out, "    priority: {}", self.priority);
        }
        let mut entry = self.entry.clone();
        let quoted = |key: &str, condition: &Option<String>| {
            condition.as_ref().map_or(String::new(), |condition| format!(", {key}: '{condition}'"))
        };
        entry.push_str(&quoted("where", &self.filter));
        entry.push_str(&quoted("when", &self.when));
        entry.push_str(&self.again.as_ref().map_or(String::new(), |again| format!(", again: {again}")));
        let _ = writeln!(out, "    entry: {{{entry}}}");
        if let Some(ends) = &self.ends {
            let _ = writeln!(out, "    ends: {ends}");
        }
        if let Some(when) = &self.exit_when {
            let _ = writeln!(out, "    exit_when: '{when}'");
        }
        if let Some(goal) = &self.goal {
            let _ = writeln!(out, "    goal: {goal}");
        }
        steps(out, "steps", &self.steps, 4);
    }
}

fn steps(out: &mut String, key: &str, of: &[Step], indent: usize) {
    let pad = " ".repeat(indent);
    if of.is_empty() {
        let _ = writeln!(out, "{pad}{key}: []");
        return;
    }
    let _ = writeln!(out, "{pad}{key}:");
    of.iter().for_each(|step| step.write(out, indent + 2));
}

impl Step {
    fn write(&self, out: &mut String, indent: usize) {
        let (pad, id) = (" ".repeat(indent), &self.id);
        let _ = match &self.action {
            Action::Plain(action) => writeln!(out, "{pad}- {{id: {id}, {action}}}"),
            Action::WaitFor(what, None) => writeln!(out, "{pad}- {{id: {id}, wait_for: {{{what}}}}}"),
            Action::WaitFor(what, Some(timeout)) => {
                let _ = writeln!(out, "{pad}- id: {id}\n{pad}  wait_for: {{{what}}}");
                steps(out, "timeout", timeout, indent + 2);
                Ok(())
            }
            Action::Branch(arms, rest) => {
                let _ = writeln!(out, "{pad}- id: {id}\n{pad}  branch:");
                for (condition, arm) in arms {
                    let _ = writeln!(out, "{pad}    - if: '{condition}'");
                    steps(out, "steps", arm, indent + 6);
                }
                steps(out, "else", rest, indent + 2);
                Ok(())
            }
            Action::Split(one, other) => {
                let _ = writeln!(out, "{pad}- id: {id}\n{pad}  split:");
                for (name, arm) in [("a", one), ("b", other)] {
                    let _ = writeln!(out, "{pad}    - name: {name}\n{pad}      weight: 50");
                    steps(out, "steps", arm, indent + 6);
                }
                Ok(())
            }
        };
    }
}
