//! Small campaigns for tests, made by hand, and a look at what became of them.

use std::collections::BTreeMap;

use tabiji::backend::sim::{Options, Outcome, SimError, TraceLine, What, run};
use tabiji::ir::expr::{Cmp, Expr, History};
use tabiji::ir::journey::{Action, Arm, Entry, EntryBy, Goal, Journey, Moment, SplitArm, Step};
use tabiji::ir::{
    Again, Behavior, Body, Campaign, Channel, Condition, Consent, Counted, Delay, Email, Event, Field, Frequency, Lead,
    Length, List, Persona, Policies, QuietHours, Row, Segment, Settings, Simulation, Topic, Type, Value, Window,
    builtin, value::TextFormat,
};
use tabiji::plan;
use tabiji::text::Origin;

pub const MINUTE: i64 = 60;
pub const HOUR: i64 = 3600;
pub const DAY: i64 = 86_400;

/// An event at so many seconds after the start, with its properties.
pub type Timed<'a> = (i64, &'a str, &'a [(&'a str, &'a str)]);

/// A campaign in the making.
#[derive(Clone)]
pub struct Lab(pub Campaign);

impl Lab {
    /// A project in a time zone, from a day on, for some days.
    pub fn new(timezone: &str, start: &str, days: u32) -> Lab {
        let simulation = Simulation {
            start: Some(start.to_owned()),
            days: Some(days),
            seed: Some(1),
            leads: None,
            by: vec![],
            events: Vec::new(),
        };
        let settings =
            Settings { project: "lab".to_owned(), timezone: timezone.to_owned(), simulation, ..Settings::default() };
        let mut campaign = Campaign { settings, fields: builtin::fields(), ..Campaign::default() };
        for (name, consent) in [
            ("news", Consent::OptOut),
            ("offers", Consent::OptIn),
            ("letter", Consent::DoubleOptIn),
            ("account", Consent::Transactional),
        ] {
            let topic = Topic {
                label: None,
                consent,
                granted: None,
                confirmation: None,
                wording: None,
                origin: Origin::default(),
            };
            campaign.topics.insert(name.to_owned(), topic);
        }
        campaign.events = builtin::events(None);
        Lab(campaign).segment("everyone", truth())
    }

    pub fn policies(mut self, change: impl FnOnce(&mut Policies)) -> Lab {
        change(&mut self.0.policies);
        self
    }

    pub fn frequency(self, at_most: u32, per: Window, delay: bool) -> Lab {
        self.frequency_of(at_most, per, delay, Counted::All)
    }

    pub fn frequency_of(self, at_most: u32, per: Window, delay: bool, counts: Counted) -> Lab {
        let channels = Channel::ALL.into_iter().filter(|channel| channel.usual().intrudes).collect();
        let rule = Frequency { at_most, per, delay, counts, channels, lead_time: true, origin: Origin::default() };
        self.policies(|policies| policies.frequency.push(rule))
    }

    pub fn quiet(self, from: u16, to: u16, weekdays: &[u8]) -> Lab {
        let hours = QuietHours {
            from_minute: from,
            to_minute: to,
            weekdays: weekdays.to_vec(),
            holidays: None,
            lead_time: true,
            origin: Origin::default(),
        };
        self.policies(|policies| policies.quiet_hours = Some(hours))
    }

    pub fn max_hold(self, secs: i64) -> Lab {
        self.policies(|policies| policies.max_hold_secs = secs)
    }

    pub fn field(mut self, name: &str, ty: Type) -> Lab {
        self.0.fields.insert(name.to_owned(), field(ty));
        self
    }

    pub fn event(mut self, name: &str, properties: &[&str]) -> Lab {
        let plain = || field(Type::Text { format: TextFormat::Plain });
        let properties = properties.iter().map(|property| ((*property).to_owned(), plain())).collect();
        let event = Event { properties, sets: BTreeMap::new(), label: None, builtin: false, origin: Origin::default() };
        self.0.events.insert(name.to_owned(), event);
        self
    }

    pub fn segment(mut self, name: &str, when: Condition) -> Lab {
        self.0.segments.insert(name.to_owned(), Segment { label: None, when, origin: Origin::default() });
        self
    }

    pub fn list(mut self, name: &str, ids: &[&str]) -> Lab {
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        self.0.lists.insert(name.to_owned(), List { label: None, ids, emails: vec![], origin: Origin::default() });
        self
    }

    pub fn emails(self, names: &[&str]) -> Lab {
        names.iter().fold(self, |lab, name| lab.email(name, "news", Again::Always))
    }

    pub fn email(mut self, name: &str, topic: &str, repeat: Again) -> Lab {
        let email = Email {
            label: None,
            topic: topic.to_owned(),
            sender: "us".to_owned(),
            subject: String::new(),
            preheader: None,
            body: Body::Html(String::new()),
            text: None,
            attachments: Vec::new(),
            repeat,
            open_factor: 1.0,
            click_factor: 1.0,
            origin: Origin::default(),
        };
        self.0.emails.insert(name.to_owned(), email);
        self
    }

    pub fn persona(mut self, name: &str, matches: Condition, behavior: Behavior) -> Lab {
        let persona = Persona {
            name: name.to_owned(),
            label: None,
            matches,
            share: None,
            behavior,
            narrative: BTreeMap::new(),
            origin: Origin::default(),
        };
        self.0.personas.push(persona);
        self
    }

    /// A journey that everybody enters at launch.
    pub fn all(self, name: &str, steps: Vec<Step>) -> Lab {
        self.journey(name, by_segment("everyone"), steps)
    }

    pub fn journey(self, name: &str, entry: Entry, steps: Vec<Step>) -> Lab {
        self.journey_with(name, entry, steps, |_| {})
    }

    pub fn journey_with(
        mut self,
        name: &str,
        entry: Entry,
        steps: Vec<Step>,
        change: impl FnOnce(&mut Journey),
    ) -> Lab {
        let first = steps.first().map(|step| step.id.clone());
        let mut journey = Journey {
            label: None,
            phase: None,
            priority: 0,
            entry,
            ends: None,
            exit_when: None,
            goal: None,
            first,
            steps,
            origin: Origin::default(),
        };
        change(&mut journey);
        self.0.journeys.insert(name.to_owned(), journey);
        self
    }

    /// Makes events happen at seconds after the start, in order, by a journey that goes before all others.
    pub fn drive(self, timeline: &[Timed<'_>]) -> Lab {
        let mut actions = Vec::new();
        let mut now = 0;
        for (at, event, with) in timeline {
            if *at > now {
                actions.push(wait(at - now));
                now = *at;
            }
            let with = with.iter().map(|(name, text)| ((*name).to_owned(), Value::Text((*text).to_owned()))).collect();
            actions.push(Action::Emit { event: (*event).to_owned(), with });
        }
        self.journey_with("zz-driver", by_segment("everyone"), steps(actions), |journey| journey.priority = 1000)
    }

    pub fn lead(&self, id: &str) -> Lead {
        self.lead_with(id, &[])
    }

    pub fn lead_with(&self, id: &str, given: &[(&str, Value)]) -> Lead {
        let value = |name: &String| match (name.as_str(), given.iter().find(|(each, _)| each == name)) {
            (_, Some((_, value))) => Some(value.clone()),
            ("id", None) => Some(text(id)),
            ("email", None) => Some(text(&format!("{id}@example.com"))),
            (_, None) => None,
        };
        let values = self.0.fields.keys().map(value).collect();
        let scores = vec![None; self.0.scoring.len()];
        Lead { id: id.to_owned(), values, scores, ..Lead::default() }
    }

    pub fn run(&self, leads: Vec<Row>, options: &Options) -> Result<Outcome, SimError> {
        let plan = plan::build(&self.0).unwrap();
        run(&plan, &mut leads.into_iter(), options, &|_| {})
    }

    /// Runs one lead and gives its timeline as well.
    pub fn run_one(&self, lead: Lead) -> Watched {
        let options = Options { trace: Some(lead.id.clone()), ..Options::default() };
        let outcome = self.run(vec![Ok(lead)], &options).unwrap();
        let trace = outcome.trace.clone().unwrap();
        Watched { outcome, trace }
    }

    pub fn watch(&self) -> Watched {
        self.run_one(self.lead("lead"))
    }
}

/// An outcome with the timeline of its only lead.
pub struct Watched {
    pub outcome: Outcome,
    pub trace: Vec<TraceLine>,
}

impl Watched {
    /// Lines of one kind: local time and text.
    pub fn lines(&self, what: What) -> Vec<(String, String)> {
        let lines = self.trace.iter().filter(|line| line.what == what);
        lines.map(|line| (line.local.clone(), line.text.clone())).collect()
    }

    /// Mails sent: local time and name.
    pub fn sent(&self) -> Vec<(String, String)> {
        let lines = self.lines(What::Sent).into_iter();
        lines.map(|(at, name)| (at, name.trim_matches('`').to_owned())).collect()
    }

    /// Mails sent: seconds from the start and name.
    pub fn sent_at(&self) -> Vec<(i64, String)> {
        let start = self.outcome.run.start_secs;
        let lines = self.trace.iter().filter(|line| line.what == What::Sent);
        lines.map(|line| (line.at_secs - start, line.text.trim_matches('`').to_owned())).collect()
    }

    /// Text of the whole timeline.
    pub fn text(&self) -> String {
        self.trace.iter().map(|line| format!("{line}\n")).collect()
    }
}

pub fn at(days: i64, name: &str) -> (i64, String) {
    (days * DAY, name.to_owned())
}

fn field(ty: Type) -> Field {
    Field { ty, min: None, max: None, optional: true, label: None, builtin: false, origin: Origin::default() }
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub fn cond(text: &str, expr: Expr) -> Condition {
    Condition { text: text.to_owned(), ..Condition::new(expr, Origin::default()) }
}

pub fn truth() -> Condition {
    cond("true", Expr::Const { value: Value::Bool(true) })
}

pub fn compare(left: Expr, cmp: Cmp, right: Value) -> Expr {
    Expr::Compare { cmp, left: Box::new(left), right: Box::new(Expr::Const { value: right }) }
}

pub fn field_is(name: &str, value: &str) -> Condition {
    let of = Expr::Field { name: name.to_owned() };
    cond(&format!("{name} == \"{value}\""), compare(of, Cmp::Eq, text(value)))
}

pub fn event_is(name: &str, value: &str) -> Condition {
    let of = Expr::EventProperty { name: name.to_owned() };
    cond(&format!("event.{name} == \"{value}\""), compare(of, Cmp::Eq, text(value)))
}

pub fn stage_is(stage: &str) -> Condition {
    cond(&format!("stage == \"{stage}\""), compare(Expr::Stage, Cmp::Eq, text(stage)))
}

pub fn score_at_least(model: &str, points: i64) -> Condition {
    let of = Expr::Score { model: model.to_owned() };
    cond(&format!("score.{model} >= {points}"), compare(of, Cmp::Ge, Value::Int(points)))
}

/// `did("event", within=…)`.
pub fn did(event: &str, within_secs: Option<i64>) -> Condition {
    let of = Expr::Count { of: History { event: event.to_owned(), within_secs, since_entry: false, filter: None } };
    cond(&format!("did(\"{event}\")"), compare(of, Cmp::Ge, Value::Int(1)))
}

pub fn entry(by: EntryBy) -> Entry {
    Entry { by, when: None, again: Again::Never, key: None, at_once: None, origin: Origin::default() }
}

pub fn by_segment(segment: &str) -> Entry {
    entry(EntryBy::Segment { segment: segment.to_owned(), existing: true })
}

pub fn by_event(event: &str, again: Again) -> Entry {
    Entry { again, ..entry(EntryBy::Event { event: event.to_owned(), filter: None }) }
}

/// Steps in a row, called `s1`, `s2` and so on.
pub fn steps(actions: Vec<Action>) -> Vec<Step> {
    let count = actions.len();
    let name = |number: usize| format!("s{number}");
    let step = |(at, action): (usize, Action)| {
        let next = (at + 1 < count && !matches!(action, Action::Exit { .. })).then(|| name(at + 2));
        Step { id: name(at + 1), label: None, action, next, origin: Origin::default() }
    };
    actions.into_iter().enumerate().map(step).collect()
}

pub fn send(email: &str) -> Action {
    Action::Send { content: email.to_owned(), max_hold_secs: None }
}

pub fn wait(secs: i64) -> Action {
    Action::Wait { length: Length::Secs(secs) }
}

pub fn until(moment: Moment) -> Action {
    Action::WaitUntil { moment, to_minute: None }
}

pub fn exit(reason: &str) -> Action {
    Action::Exit { reason: reason.to_owned() }
}

pub fn emit(event: &str) -> Action {
    Action::Emit { event: event.to_owned(), with: BTreeMap::new() }
}

pub fn wait_for(event: &str, within_secs: i64, timeout: Option<&str>) -> Action {
    Action::WaitFor {
        event: Some(event.to_owned()),
        filter: None,
        when: None,
        within: Length::Secs(within_secs),
        timeout: timeout.map(str::to_owned),
    }
}

pub fn split(arms: &[(&str, f64, &str)]) -> Action {
    let arm = |(name, weight, to): &(&str, f64, &str)| SplitArm {
        name: (*name).to_owned(),
        weight: *weight,
        to: Some((*to).to_owned()),
    };
    Action::Split { arms: arms.iter().map(arm).collect() }
}

pub fn branch(when: Condition, to: &str) -> Action {
    Action::Branch { arms: vec![Arm { when, to: Some(to.to_owned()) }], has_else: true }
}

pub fn goal(when: Condition, within_secs: Option<i64>) -> Option<Goal> {
    Some(Goal { when, within_secs })
}

/// A reader who always opens after exactly an hour, and does nothing else.
pub fn reader() -> Behavior {
    Behavior {
        open: 1.0,
        open_delay: Delay::LogNormal { median_secs: HOUR, p90_secs: HOUR },
        click_delay: Delay::LogNormal { median_secs: 10 * MINUTE, p90_secs: 10 * MINUTE },
        ..Behavior::default()
    }
}

/// Text of any kind.
pub fn plain() -> Type {
    Type::Text { format: TextFormat::Plain }
}
