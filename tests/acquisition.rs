//! Sources, pages and forms in a run: who comes, what they do at once, and who is credited with what came of it.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use tabiji::backend::sim::{self, Options, Outcome};
use tabiji::diag::Level;
use tabiji::ir::{Lead, Money, Row, Value};
use tabiji::leads::{self, Format, Period};
use tabiji::pipeline;
use tabiji::plan::{self, Plan};

const HEAD: &str = r#"
project: shop
timezone: Asia/Tokyo
simulation: {start: 2026-04-01, days: 28, seed: 1}
fields:
  company: {type: text}
  department: {type: enum, values: [IT, 総務], optional: true}
  city: {type: text, optional: true}
events:
  form_submitted: {properties: {form: {type: ref, kind: forms}, company: {type: text, optional: true}}}
  ordered: {properties: {amount: {type: money}}}
topics:
  news: {consent: opt_in}
personas:
  it: {match: department == "IT", share: 50%}
forms:
  guide:
    fields: [email, company]
    submits: form_submitted
    consent: {topic: news}
    completion: {base: 60%, per_field: -5%}
pages:
  lp: {form: guide, starts: 40%, variants: {a: {weight: 50}, b: {weight: 50, starts: 20%}}}
"#;

fn plan_of(text: &str) -> Plan {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tabiji.yaml"), text).unwrap();
    let checked = pipeline::check(folder.path()).unwrap();
    let errors: Vec<_> = checked.findings.iter().filter(|finding| finding.level == Level::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    plan::build(&checked.campaign.unwrap()).unwrap()
}

fn sources(arrivals: &str) -> Plan {
    plan_of(&format!(
        "{HEAD}sources:\n  ads: {{medium: paid, cost: {{per: click, amount: 180}}, arrivals: {arrivals}}}\n"
    ))
}

fn period(plan: &Plan, options: &Options) -> Period {
    let (start_secs, end_secs, seed) = sim::period(plan, options).unwrap();
    Period { start_secs, end_secs, seed }
}

fn come(plan: &Plan) -> Vec<Lead> {
    leads::arrivals(plan, period(plan, &Options::default())).unwrap().map(Result::unwrap).collect()
}

fn run(plan: &Plan, file: &str, options: &Options) -> Outcome {
    let arrivals = leads::arrivals(plan, period(plan, options)).unwrap();
    let options = Options { traffic: Some(arrivals.traffic().clone()), ..options.clone() };
    let read: Vec<Row> = if file.is_empty() {
        Vec::new()
    } else {
        let bytes = std::io::Cursor::new(file.as_bytes().to_vec());
        leads::open(Format::Csv, bytes, &plan.campaign).unwrap().collect()
    };
    sim::run(plan, &mut read.into_iter().chain(arrivals), &options, &|_| {}).unwrap()
}

fn value<'a>(plan: &Plan, lead: &'a Lead, field: &str) -> Option<&'a Value> {
    let at = plan.campaign.fields.keys().position(|name| name == field).unwrap();
    lead.values[at].as_ref()
}

#[test]
fn visitors_come_by_weekday_and_only_in_their_period() {
    let plan = sources("{per_day: 200, from: 2026-04-06, to: 2026-04-19, weekdays: {sat: x0.5, sun: x0}}");
    let mut days: BTreeMap<i64, u64> = BTreeMap::new();
    let midnight = 1_774_969_200; // 2026-04-01T00:00 in Tokyo
    for lead in come(&plan) {
        let Some(Value::Datetime(at)) = value(&plan, &lead, "created_at") else { panic!("{lead:?}") };
        *days.entry((at - midnight).div_euclid(86_400)).or_default() += 1;
    }
    // The 6th is a Monday. Sundays, the 12th and the 19th, bring nobody.
    let expected: BTreeSet<i64> = (5..18).filter(|day| *day != 11).collect();
    assert_eq!(days.keys().copied().collect::<BTreeSet<_>>(), expected);
    for (day, count) in days {
        let mean = if day == 10 || day == 17 { 100.0 } else { 200.0 };
        let deviation: f64 = (count as f64 - mean) / f64::sqrt(mean);
        assert!(deviation.abs() < 4.0, "day {day}: {count}");
    }
}

#[test]
fn who_comes_depends_on_nobody_else() {
    let few = sources("{per_day: 20, page: lp}");
    let more = sources("{per_day: 26, page: lp}");
    let all: BTreeMap<String, Lead> = come(&more).into_iter().map(|lead| (lead.id.clone(), lead)).collect();
    let mut kept = 0;
    for lead in come(&few) {
        assert_eq!(all.get(&lead.id), Some(&lead));
        kept += 1;
    }
    assert!(kept > 50 && all.len() > kept, "{kept} of {}", all.len());
    let short = Options { days: Some(7), ..Options::default() };
    let arrivals = leads::arrivals(&few, period(&few, &short)).unwrap();
    let long: Vec<Lead> = come(&few);
    assert!(arrivals.map(Result::unwrap).all(|lead| long.contains(&lead)));
}

#[test]
fn a_run_is_the_same_on_any_number_of_threads_and_with_other_leads() {
    let plan = sources("{per_day: 30, page: lp}");
    let one = run(&plan, "", &Options { threads: Some(1), ..Options::default() });
    let four = run(&plan, "", &Options { threads: Some(4), ..Options::default() });
    assert_eq!(one, four);
    let with_file = run(&plan, "id,company\nL1,A\nL2,B\n", &Options::default());
    assert_eq!(with_file.figures.acquisition, one.figures.acquisition);
    assert_eq!(with_file.figures.leads.read, 2);
    assert_eq!(with_file.figures.leads.arrived, one.figures.leads.arrived);
}

#[test]
fn every_visitor_is_counted_and_paid_for() {
    let plan = sources("{per_day: 400, page: lp}");
    let figures = run(&plan, "", &Options::default()).figures;
    let source = figures.acquisition.sources.get("ads").unwrap();
    let page = figures.acquisition.pages.get("lp").unwrap();
    let form = figures.acquisition.forms.get("guide").unwrap();
    let (a, b) = (page.get("a").unwrap(), page.get("b").unwrap());
    assert_eq!(source.touches, a.visits + b.visits);
    assert_eq!(source.cost, Money::of(180.0).times(source.touches));
    assert_eq!(form.starts, a.starts + b.starts);
    assert_eq!(form.completions, a.completions + b.completions);
    assert_eq!(
        (source.new_leads, form.submissions, form.agreed),
        (form.completions, form.completions, form.completions)
    );
    assert_eq!(figures.leads.arrived, form.completions);
    // 28 days of 400; half of them see each variant; 40% and 20% begin; 60% − 2 × 5% complete.
    let near = |part: u64, whole: f64, chance: f64| {
        let deviation = (part as f64 - whole * chance) / f64::sqrt(whole * chance * (1.0 - chance));
        assert!(deviation.abs() < 4.0, "{part} of {whole}, not {chance}");
    };
    assert!((source.touches as f64 - 11_200.0).abs() < 4.0 * 105.9);
    near(a.visits, source.touches as f64, 0.5);
    near(a.starts, a.visits as f64, 0.4);
    near(b.starts, b.visits as f64, 0.2);
    near(form.completions, form.starts as f64, 0.5);
}

#[test]
fn a_new_lead_has_what_the_form_asked_for() {
    let plan = sources("{per_day: 60, page: lp, personas: {it: 100%}}");
    for lead in come(&plan) {
        assert!(value(&plan, &lead, "email").is_some() && value(&plan, &lead, "company").is_some());
        // The form does not ask for either; by the department the persona is told.
        assert_eq!(value(&plan, &lead, "city"), None);
        assert_eq!(value(&plan, &lead, "department"), Some(&Value::Text("IT".to_owned())));
        assert_eq!(value(&plan, &lead, "source"), Some(&Value::Text("ads".to_owned())));
    }
}

#[test]
fn a_submission_comes_right_behind_the_creation() {
    let plan = plan_of(&format!(
        "{HEAD}sources:\n  ads: {{medium: paid, arrivals: {{per_day: 20, page: lp}}}}\n{}",
        "journeys:\n  thanks:\n    entry: {event: form_submitted, where: event.form == \"guide\" and event.company is not none}\n    steps:\n      - id: agreed\n        branch:\n          - if: subscribed(\"news\")\n            steps: [{id: yes, exit: agreed}]\n        else: []\n"
    ));
    let first = come(&plan).swap_remove(0);
    let outcome = run(&plan, "", &Options { trace: Some(first.id), ..Options::default() });
    let trace = outcome.trace.unwrap();
    let said: Vec<String> = trace.iter().map(|line| format!("{:?} {}", line.what, line.text)).collect();
    let at = |words: &str| {
        said.iter().position(|line| line.starts_with(words)).unwrap_or_else(|| panic!("no `{words}` in {said:#?}"))
    };
    let order = [
        at("Event `lead_created`"),
        at("Event `visited` page=\"lp\" source=\"ads\""),
        at("Event `form_started` form=\"guide\" page=\"lp\""),
        at("Event `subscribed` place=\"guide\" topic=\"news\""),
        at("Event `form_submitted` company="),
        at("Entered"),
    ];
    assert!(order.is_sorted(), "{said:#?}");
    let moments: BTreeSet<i64> =
        trace.iter().filter(|line| !line.text.contains("run ended")).map(|line| line.at_secs).collect();
    assert_eq!(moments.len(), 1, "{said:#?}");
    let journey = outcome.figures.journeys.get("thanks").unwrap();
    assert_eq!(journey.entered, outcome.figures.leads.arrived);
    assert_eq!(journey.exits.get("agreed"), Some(&journey.entered));
}

/// One lead without a source, one that came by the fair. Both are driven through visits and orders by a journey, so every
/// figure can be told by hand.
#[test]
fn outcomes_are_credited_to_the_first_and_the_last_touch() {
    let plan = plan_of(
        r#"
project: credit
timezone: Asia/Tokyo
simulation: {start: 2026-04-01, days: 10, seed: 1}
events:
  ordered: {properties: {amount: {type: money}}}
  scanned: {}
sources:
  ads: {medium: paid, cost: {per: click, amount: 0.1}}
  fair: {medium: offline, cost: {fixed: 1000}, touched_by: {event: scanned}}
lifecycle:
  stages: [lead, customer, fan]
  moves:
    - {from: lead, to: customer, event: ordered}
    - {from: customer, to: fan, event: ordered, where: event.amount > 150}
segments:
  all: {when: id != ""}
journeys:
  drive:
    entry: {segment: all}
    goal: {when: stage == "fan"}
    steps:
      - {id: visit, emit: {event: visited, with: {source: ads}}}
      - {id: day, wait: 1 day}
      - {id: order, emit: {event: ordered, with: {amount: 100.1}}}
      - {id: next, wait: 1 day}
      - {id: scan, emit: scanned}
      - {id: later, wait: 1 day}
      - {id: again, emit: {event: ordered, with: {amount: 200.2}}}
      - {id: end, wait: 1 day}
"#,
    );
    let bytes = std::io::Cursor::new(b"id,source\nL1,\nL2,fair\n".to_vec());
    let mut rows = leads::open(Format::Csv, bytes, &plan.campaign).unwrap();
    let figures = sim::run(&plan, &mut rows, &Options::default(), &|_| {}).unwrap().figures.acquisition;
    let (ads, fair) = (figures.sources.get("ads").unwrap(), figures.sources.get("fair").unwrap());
    assert_eq!((ads.touches, fair.touches, ads.new_leads, fair.new_leads), (2, 2, 0, 0));
    assert_eq!((ads.cost, fair.cost), (Money::of(0.2), Money::of(1000.0)));
    // L1 came by the ads, L2 by the fair; before the first order both had the ads last, before the second the fair.
    let told = |credit: &sim::Credit| {
        let stage = |name: &str| *credit.stages.get(name).unwrap();
        (stage("customer"), stage("fan"), *credit.goals.get("drive").unwrap(), credit.revenue())
    };
    assert_eq!(told(&ads.first), (1, 1, 1, Money::of(300.3)));
    assert_eq!(told(&fair.first), (1, 1, 1, Money::of(300.3)));
    assert_eq!(told(&ads.last), (2, 0, 0, Money::of(200.2)));
    assert_eq!(told(&fair.last), (0, 2, 2, Money::of(400.4)));
}
