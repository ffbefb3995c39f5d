//! The condition solver against brute force: the simulator is asked about every lead of a small world, by its own
//! evaluator, and the solver may not disagree.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

mod random;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

use random::Random;
use tabiji::analysis::conditions::{Asked, Term, TermKind, Terms, Universe};
use tabiji::backend::sim::{Options, run};
use tabiji::ir::{Campaign, Lead, Row, Value};
use tabiji::{pipeline, plan};

/// A world so small that all of it can be tried: every value of every field, score, stage and list.
const WORLD: &str = r#"
project: world
timezone: UTC
simulation: {start: 2026-04-01, days: 1, seed: 1}
fields:
  industry: {type: enum, values: [a, b, c], optional: true}
  size: {type: integer, min: 1, max: 4, optional: true}
  other: {type: integer, min: 2, max: 3}
  vip: {type: boolean}
  likes: {type: set, values: [x, y], optional: true}
  since: {type: date, optional: true}
personas:
  p1: {match: size >= 4}
  p2: {match: 'industry == "a" or vip'}
  p3: {match: other == 3}
scoring:
  heat: {default: true, range: [0, 2]}
grading:
  fit:
    default: true
    rules:
      - {when: size > 2, points: 2}
      - {when: 'industry in ["a", "b"]', points: 1}
      - {when: vip, points: -1}
    bands: {A: 2, B: 1}
lifecycle: {stages: [new, mid, old]}
lists: {}
"#;

impl Random {
    fn number(&mut self) -> String {
        const FLAT: &[&str] =
            &["size", "other", "score", "size | default(4)", "(size if vip else other)", "likes | length"];
        self.pick(FLAT).to_owned()
    }

    /// A question about one thing or two.
    fn atom(&mut self) -> String {
        let cmp = self.pick(&["==", "!=", "<", "<=", ">", ">="]);
        match self.below(15) {
            0 | 1 => format!("{} {cmp} {}", self.number(), self.below(6)),
            2 => format!("industry {} \"{}\"", self.pick(&["==", "!="]), self.pick(&["a", "b", "c"])),
            3 => format!("industry in [\"{}\", \"{}\"]", self.pick(&["a", "b"]), self.pick(&["b", "c"])),
            4 => "vip".to_owned(),
            5 => format!("\"{}\" {} likes", self.pick(&["x", "y"]), self.pick(&["in", "not in"])),
            6 => format!(
                "{} is {}",
                self.pick(&["size", "industry", "likes", "since", "persona", "grade"]),
                self.pick(&["none", "defined"])
            ),
            7 => format!("since {cmp} \"2026-01-0{}\"", 1 + self.below(2)),
            8 => format!("persona {} \"{}\"", self.pick(&["==", "!="]), self.pick(&["p1", "p2", "p3"])),
            9 => format!("grade {} \"{}\"", self.pick(&["==", "!="]), self.pick(&["A", "B"])),
            10 => format!("stage {} \"{}\"", self.pick(&["==", "!="]), self.pick(&["new", "mid", "old"])),
            11 => format!("score {cmp} {}", self.below(4)),
            12 => format!("reached(\"{}\")", self.pick(&["new", "mid", "old"])),
            13 => format!("size {cmp} other"),
            _ => format!("{} + 1 {cmp} {}", self.pick(&["size", "other"]), self.below(6)),
        }
    }

    fn condition(&mut self, depth: usize) -> String {
        if depth == 0 || self.below(5) == 0 {
            return self.atom();
        }
        match self.below(5) {
            0 => format!("not ({})", self.condition(depth - 1)),
            1 | 2 => format!("({}) and ({})", self.condition(depth - 1), self.condition(depth - 1)),
            _ => format!("({}) or ({})", self.condition(depth - 1), self.condition(depth - 1)),
        }
    }
}

fn compiled(yaml: &str) -> Campaign {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tabiji.yaml"), yaml).unwrap();
    let checked = pipeline::check(folder.path()).unwrap();
    let faults: Vec<&String> = checked.findings.iter().map(|finding| &finding.message).collect();
    checked.campaign.unwrap_or_else(|| unreachable!("{yaml}\n{faults:#?}"))
}

/// Every lead there can be.
fn everybody(campaign: &Campaign) -> Vec<Lead> {
    let with_none = |values: Vec<Value>| -> Vec<Option<Value>> { values.into_iter().map(Some).chain([None]).collect() };
    let texts = |texts: &[&str]| texts.iter().map(|text| Value::Text((*text).to_owned())).collect::<Vec<_>>();
    let sets = [vec![], vec!["x"], vec!["y"], vec!["x", "y"]];
    let set = |of: &Vec<&str>| Value::Set(of.iter().map(|text| (*text).to_owned()).collect::<BTreeSet<_>>());
    let first = 20_454; // 2026-01-01
    let values = |name: &str| match name {
        "id" => vec![None],
        "industry" => with_none(texts(&["a", "b", "c"])),
        "size" => with_none((1..=4).map(Value::Int).collect()),
        "other" => (2..=3).map(|number| Some(Value::Int(number))).collect(),
        "vip" => vec![Some(Value::Bool(false)), Some(Value::Bool(true))],
        "likes" => with_none(sets.iter().map(set).collect()),
        "since" => with_none((first - 1..first + 3).map(Value::Date).collect()),
        _ => vec![None],
    };
    let mut leads = vec![Lead::default()];
    for name in campaign.fields.keys() {
        let each = |lead: &Lead| {
            let lead = lead.clone();
            values(name).into_iter().map(move |value| {
                let mut lead = lead.clone();
                lead.values.push(value);
                lead
            })
        };
        leads = leads.iter().flat_map(each).collect();
    }
    // A score and a stage for each: all pairs come with every value of every field, if not with every lead.
    let stages = ["new", "mid", "old"];
    let all = leads.into_iter().flat_map(|lead| {
        (0..9).map(move |pair| {
            let stage = Some(stages[pair as usize % 3].to_owned());
            Lead { scores: vec![Some(pair / 3)], stage, ..lead.clone() }
        })
    });
    let at = campaign.fields.keys().position(|name| name == "id").unwrap();
    let named = |(number, mut lead): (usize, Lead)| {
        lead.id = format!("l{number}");
        lead.values[at] = Some(Value::Text(lead.id.clone()));
        lead
    };
    all.enumerate().map(named).collect()
}

/// How many leads the simulator finds to be members, by segment.
fn members(campaign: &Campaign) -> Vec<(String, u64)> {
    let leads = everybody(campaign);
    let plan = plan::build(campaign).unwrap();
    let mut rows = leads.into_iter().map(|lead| -> Row { Ok(lead) });
    let outcome = run(&plan, &mut rows, &Options::default(), &|_| ()).unwrap();
    outcome.figures.segments.iter().map(|(name, figures)| (name.to_owned(), figures.start)).collect()
}

/// One batch: so many conditions, and for neighbours what both, the one without the other and so on are.
fn disagreements(seed: u64, count: usize) -> (usize, Vec<String>) {
    let mut random = Random(seed);
    let conditions: Vec<String> = (0..count).map(|_| random.condition(3)).collect();
    let mut yaml = format!("{WORLD}segments:\n");
    for (number, condition) in conditions.iter().enumerate() {
        let next = &conditions[(number + 1) % count];
        writeln!(yaml, "  a{number:04}: {{when: '{condition}'}}").unwrap();
        writeln!(yaml, "  b{number:04}: {{when: '({condition}) and ({next})'}}").unwrap();
        writeln!(yaml, "  c{number:04}: {{when: '({condition}) and not ({next})'}}").unwrap();
        writeln!(yaml, "  d{number:04}: {{when: 'not ({condition})'}}").unwrap();
    }
    let campaign = compiled(&yaml);
    let asked: Vec<Asked<'_>> =
        campaign.segments.values().map(|segment| Asked { condition: &segment.when, event: None }).collect();
    let mut wrong = Vec::new();
    let found = members(&campaign);
    for (number, ((name, count), segment)) in found.iter().zip(campaign.segments.values()).enumerate() {
        // Each in a universe of its own, as it would be asked.
        let terms = Terms::of(&campaign, &asked[number..=number]);
        let universe = Universe::new(terms, |_| false).unwrap();
        let set = universe.leads(&universe.terms.formulas[0]).unwrap();
        // Sums, the order of two fields and earlier stages are terms of which nothing more is known: the solver may think
        // of too many leads, never of too few.
        let opaque = |term: &Term| matches!(term.kind, TermKind::Opaque | TermKind::Order | TermKind::Reached(_));
        let is_exact = !universe.terms.terms.iter().any(opaque);
        let is_wrong = if is_exact { set.is_empty() != (*count == 0) } else { set.is_empty() && *count > 0 };
        if is_wrong {
            wrong.push(format!("{name}: {count} leads are in `{}`", segment.when.text));
        }
    }
    (found.len(), wrong)
}

#[test]
fn the_solver_and_the_simulator_agree() {
    let mut asked = 0;
    for seed in 0..5 {
        let (count, wrong) = disagreements(seed, 100);
        assert!(wrong.is_empty(), "seed {seed}: {wrong:#?}");
        asked += count;
    }
    assert!(asked >= 2000);
}
