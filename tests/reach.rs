//! Reachability by condition against the simulator: where the analysis says that nobody comes, nobody may come in any run.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

mod random;

use std::fmt::Write;

use random::Random;
use tabiji::analysis::reach::{Reach, reachable};
use tabiji::backend::sim::{Options, Outcome, run};
use tabiji::diag::Sink;
use tabiji::ir::{Campaign, Lead, Outside, Row, Value};
use tabiji::resolve::{self, Attachments};
use tabiji::text::SourceMap;
use tabiji::{ast, plan, schema, syntax};

const WORLD: &str = r#"
project: world
timezone: UTC
simulation: {start: 2026-04-01, days: 30, seed: 1}
fields:
  size: {type: integer, min: 1, max: 6}
  kind: {type: enum, values: [a, b, c]}
  flag: {type: boolean, optional: true}
  note: {type: enum, values: [x, y, z], optional: true}
events:
  ping: {properties: {kind: {type: enum, values: [a, b, c]}}, sets: {kind: kind}}
  pong: {}
personas:
  p1: {match: size >= 4}
  p2: {match: 'kind == "a"'}
scoring:
  heat: {default: true, range: [0, 30], rules: [{event: pong, points: 10}]}
lifecycle:
  stages: [new, mid, old]
  moves:
    - {from: new, to: mid, when: score >= 20}
    - {from: mid, to: old, after: 9 days}
lists: {l1: {}, l2: {}}
topics:
  news: {consent: opt_out}
senders:
  team: {from: {email: team@example.com}, address: Tokyo}
emails:
  mail: {topic: news, sender: team, subject: Mail, body: {markdown: "Hello {{ unsubscribe_url }}"}, repeat: always}
policies:
  quiet_hours: {from: "20:00", to: "08:00"}
segments:
  warm: {when: 'score >= 10 and size > 1'}
  small: {when: size <= 3}
  silent: {when: 'not did("pong")'}
  recent: {when: 'did("pong", within="3 days")'}
  open: {when: 'subscribed("news") and kind != "c"'}
  young: {when: 'stage == "new" and not in_segment("recent")'}
"#;

impl Random {
    fn condition(&mut self) -> String {
        const ATOMS: &[&str] = &[
            "size >= 3",
            "size < 5",
            "size == 2",
            "kind == \"a\"",
            "kind != \"b\"",
            "flag",
            "flag is none",
            "note == \"x\"",
            "note is none",
            "persona == \"p1\"",
            "persona is none",
            "score >= 10",
            "score < 20",
            "score == 0",
            "stage == \"new\"",
            "stage != \"old\"",
            "reached(\"mid\")",
            "in_list(\"l1\")",
            "in_list(\"l2\")",
            "in_segment(\"warm\")",
            "in_segment(\"small\")",
            "subscribed(\"news\")",
            "did(\"pong\")",
            "did(\"pong\", within=\"3 days\")",
            "count(\"pong\") >= 2",
            "received(\"mail\")",
            "in_journey(\"j1\")",
            "finished(\"j0\")",
            "days_since(\"pong\") > 2",
            "days_since(\"pong\") >= 1",
            "days_since(\"pong\", since=\"entry\") >= 1",
            "did(\"pong\", since=\"entry\")",
            "count(\"ping\", where=event.kind == kind) >= 1",
            "did(\"ping\", within=\"2 days\", where=event.kind == \"a\")",
            "days_since_consent(\"news\") >= 2",
            "received(\"mail\", within=\"2 days\")",
            "reachable(\"email\")",
            "reached(\"old\")",
            "in_segment(\"silent\")",
            "in_segment(\"recent\")",
            "in_segment(\"open\")",
            "in_segment(\"young\")",
        ];
        let atom = |random: &mut Random| {
            let atom = random.pick(ATOMS).to_owned();
            if random.below(4) == 0 { format!("not {atom}") } else { atom }
        };
        let first = atom(self);
        match self.below(3) {
            0 => format!("{first} and {}", atom(self)),
            1 if self.below(2) == 0 => format!("{first} or {}", atom(self)),
            _ => first,
        }
    }

    fn steps(&mut self, prefix: &str, depth: usize, indent: usize, out: &mut String) {
        let pad = " ".repeat(indent);
        let count = 1 + self.below(4);
        for number in 0..count {
            let id = format!("{prefix}-{number}");
            let line = match self.below(if depth == 0 { 13 } else { 16 }) {
                0 => format!("wait: {} days", 1 + self.below(5)),
                1 => "send: mail".to_owned(),
                2 => format!("score: {{heat: {}}}", [10, -10, 20][self.below(3)]),
                3 => format!("stage: {}", self.pick(&["new", "mid", "old"])),
                4 => format!("list: {{{}: {}}}", self.pick(&["add", "remove"]), self.pick(&["l1", "l2"])),
                5 => format!("topic: {{{}: news}}", self.pick(&["subscribe", "unsubscribe"])),
                6 => format!("set: {{note: {}}}", self.pick(&["x", "y", "z", "null"])),
                7 => format!("set: {{flag: {}}}", self.pick(&["true", "false", "null"])),
                8 => format!("wait_for: {{event: {}, within: 4 days}}", self.pick(&["ping", "pong"])),
                9 => format!("wait_for: {{event: ping, where: '{}', within: 4 days}}", {
                    let more = self.condition();
                    format!("event.kind == \"{}\" and ({more})", self.pick(&["a", "b"]))
                }),
                10 => format!("wait_for: {{event: pong, when: '{}', within: 3 days}}", self.condition()),
                11 | 12 => format!("wait_for: {{when: '{}', within: 3 days}}", self.condition()),
                _ => {
                    writeln!(out, "{pad}- id: {id}\n{pad}  branch:").unwrap();
                    for arm in 0..1 + self.below(2) {
                        writeln!(out, "{pad}    - if: '{}'\n{pad}      steps:", self.condition()).unwrap();
                        self.steps(&format!("{id}-{arm}"), depth - 1, indent + 8, out);
                    }
                    writeln!(out, "{pad}  else:").unwrap();
                    self.steps(&format!("{id}-e"), depth - 1, indent + 4, out);
                    continue;
                }
            };
            writeln!(out, "{pad}- id: {id}\n{pad}  {line}").unwrap();
            if line.starts_with("wait_for") && self.below(2) == 0 {
                writeln!(out, "{pad}  timeout: [{{id: {id}-late, exit: late}}]").unwrap();
            }
        }
    }

    fn journeys(&mut self) -> String {
        let mut out = "journeys:\n".to_owned();
        for journey in 0..3 {
            writeln!(out, "  j{journey}:\n    entry:").unwrap();
            match self.below(4) {
                0 => writeln!(out, "      event: ping\n      where: 'event.kind == \"{}\"'", self.pick(&["a", "b"]))
                    .unwrap(),
                1 => writeln!(out, "      event: pong").unwrap(),
                2 => {
                    let segment = self.pick(&["warm", "small", "silent", "recent", "open", "young"]);
                    writeln!(out, "      segment: {segment}").unwrap();
                }
                _ => writeln!(out, "      event: lead_created").unwrap(),
            }
            writeln!(out, "      again: {}", self.pick(&["always", "never"])).unwrap();
            if self.below(2) == 0 {
                // Before it has entered, nothing has happened since.
                let when = self.condition().replace(", since=\"entry\"", "");
                writeln!(out, "      when: '{when}'").unwrap();
            }
            if self.below(2) == 0 {
                writeln!(out, "    exit_when: '{}'", self.condition()).unwrap();
            }
            if self.below(3) == 0 {
                writeln!(out, "    goal: {{when: '{}'}}", self.condition()).unwrap();
            }
            writeln!(out, "    steps:").unwrap();
            self.steps(&format!("s{journey}"), 2, 6, &mut out);
        }
        out
    }

    /// Leads that do things at moments of their own, also at the same second.
    fn leads(&mut self, campaign: &Campaign) -> Vec<Lead> {
        let start = 1_775_001_600; // 2026-04-01T00:00:00Z
        let lead = |random: &mut Random, number: usize| {
            let value = |random: &mut Random, name: &str| match name {
                "id" => Some(Value::Text(format!("l{number}"))),
                "email" => Some(Value::Text(format!("l{number}@example.com"))),
                "size" => Some(Value::Int(1 + random.below(6) as i64)),
                "kind" => Some(Value::Text(random.pick(&["a", "b", "c"]).to_owned())),
                "flag" => [None, Some(Value::Bool(false)), Some(Value::Bool(true))][random.below(3)].clone(),
                "note" => [None, Some(Value::Text("x".to_owned())), Some(Value::Text("y".to_owned()))][random.below(3)]
                    .clone(),
                "created_at" => (random.below(2) == 0).then_some(Value::Datetime(start + 86_400)),
                _ => None,
            };
            let values = campaign.fields.keys().map(|name| value(random, name)).collect();
            let mut timeline: Vec<Outside> = (0..random.below(8))
                .map(|_| {
                    let event = random.pick(&["ping", "pong", "unsubscribed"]);
                    let kind = Value::Text(random.pick(&["a", "b", "c"]).to_owned());
                    let with = if event == "ping" { [("kind".to_owned(), kind)].into() } else { Default::default() };
                    let at_secs = start + 86_400 + random.below(20) as i64 * 43_200;
                    Outside { at_secs, event: event.to_owned(), with }
                })
                .collect();
            timeline.sort_by_key(|event| event.at_secs);
            let stage = [None, Some("mid".to_owned()), Some("old".to_owned())][random.below(3)].clone();
            let scores = vec![Some(random.below(4) as i32 * 10)];
            Lead { id: format!("l{number}"), values, stage, scores, timeline: Some(timeline), ..Lead::default() }
        };
        (0..60).map(|number| lead(self, number)).collect()
    }
}

fn compiled(yaml: &str) -> Campaign {
    let mut sources = SourceMap::default();
    let mut sink = Sink::default();
    let file = sources.add("tabiji.yaml", yaml);
    let document = syntax::parse(file, yaml, &mut sink).unwrap();
    let root = document.root.unwrap();
    let faulty = schema::validate(&root, &mut sink);
    let declarations = [ast::lower(&root, &faulty, &mut sink)];
    let resolution = resolve::resolve(&declarations, &[], &Attachments::default(), &sources, &mut sink);
    assert!(!sink.has_errors(), "{yaml}\n{:#?}", sink.found);
    resolution.campaign
}

/// What happened although the analysis says that it cannot.
fn contradictions(campaign: &Campaign, facts: &Reach, outcome: &Outcome) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, journey) in &campaign.journeys {
        let (Some(facts), Some(figures)) = (facts.get(name), outcome.figures.journeys.get(name)) else {
            continue;
        };
        if facts.nobody.is_some() && figures.entered > 0 {
            wrong.push(format!("{} entered `{name}`", figures.entered));
        }
        let at_once = figures.entered.saturating_sub(figures.exit_when);
        if facts.leaves_at_once.is_some() && at_once > 0 {
            wrong.push(format!("{at_once} stayed in `{name}`"));
        }
        if facts.goal_on_entry.is_some() && figures.entered != figures.goal + figures.exit_when {
            wrong.push(format!("`{name}` had leads without the goal"));
        }
        if facts.impossible_goal.is_some() && figures.goal > 0 {
            wrong.push(format!("{} reached the goal of `{name}`", figures.goal));
        }
        for (number, step) in journey.steps.iter().enumerate() {
            let Some(of) = figures.steps.get(&step.id) else { continue };
            if of.reached > 0 && !facts.reached[number] {
                wrong.push(format!("{} reached `{}`", of.reached, step.id));
            }
        }
    }
    wrong
}

#[test]
fn nobody_comes_where_nobody_can() {
    let number = |name: &str, usual: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (first, count) = (number("REACH_FIRST", 0), number("REACH_PROJECTS", 200));
    let (mut dead, mut alive) = (0, 0);
    for seed in first..first + count {
        let mut random = Random(seed * 7919 + 1);
        let yaml = format!("{WORLD}{}", random.journeys());
        let campaign = compiled(&yaml);
        let facts = reachable(&campaign);
        let plan = plan::build(&campaign).unwrap();
        let mut rows = random.leads(&campaign).into_iter().map(|lead| -> Row { Ok(lead) });
        let outcome = run(&plan, &mut rows, &Options::default(), &|_| ()).unwrap();
        let wrong = contradictions(&campaign, &facts, &outcome);
        assert!(wrong.is_empty(), "seed {seed}: {wrong:#?}\n{yaml}\n{:#?}", facts);
        let reached = facts.values().flat_map(|facts| &facts.reached);
        dead += reached.clone().filter(|reached| !**reached).count();
        alive += reached.filter(|reached| **reached).count();
    }
    // The analysis has something to say, and does not say it of everything.
    assert!(dead > 50 && alive > 500, "{dead} steps that nobody reaches, {alive} that somebody may");
}

#[test]
fn who_comes_to_another_market_may_have_no_consent_there() {
    let yaml = r#"
project: markets
timezone: UTC
simulation: {start: 2026-04-01, days: 30, seed: 1}
fields: {country: {type: enum, values: [jp, de]}}
events: {moved: {}}
topics: {news: {consent: opt_out}}
policies: {markets: [{name: germany, when: country == "de", consent: opt_in}]}
journeys:
  j:
    entry: {event: moved, when: 'country == "jp" and subscribed("news")'}
    steps:
      - {id: moves, set: {country: de}}
      - id: still
        branch: [{if: 'subscribed("news")', steps: [{id: here, exit: here}]}]
        else: [{id: gone, exit: gone}]
"#;
    let campaign = compiled(yaml);
    assert_eq!(reachable(&campaign)["j"].reached, [true; 4]);
}
