//! Leads made up from personas.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::ir::expr::{Cmp, Filter, Sign, TextTest};
use crate::ir::value::TextFormat;
use crate::ir::{Behavior, Campaign, Condition, Expr, Type, builtin};
use crate::text::Origin;

fn field(name: &str) -> Expr {
    Expr::Field { name: name.to_owned() }
}

fn of(value: Value) -> Expr {
    Expr::Const { value }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn compare(name: &str, cmp: Cmp, value: Value) -> Expr {
    Expr::Compare { cmp, left: Box::new(field(name)), right: Box::new(of(value)) }
}

fn all(of: &[Expr]) -> Expr {
    Expr::All { of: of.to_vec() }
}

fn any(of: &[Expr]) -> Expr {
    Expr::Any { of: of.to_vec() }
}

fn not(of: Expr) -> Expr {
    Expr::Not { of: Box::new(of) }
}

fn filtered(filter: Filter, name: &str) -> Expr {
    Expr::Filter { filter, of: Box::new(field(name)), argument: None }
}

fn declared(ty: Type, optional: bool) -> Field {
    Field { ty, min: None, max: None, optional, label: None, builtin: false, origin: Origin::default() }
}

fn persona(name: &str, share: Option<f64>, expr: Expr) -> Persona {
    Persona {
        name: name.to_owned(),
        label: None,
        matches: Condition::new(expr, Origin::default()),
        share,
        behavior: Behavior::default(),
        narrative: BTreeMap::new(),
        origin: Origin::default(),
    }
}

fn plan(personas: Vec<Persona>) -> Plan {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let mut employees = declared(Type::Integer, false);
    (employees.min, employees.max) = (Some(1.0), Some(100_000.0));
    let fields = [
        ("industry", declared(Type::Enum { values: names(&["製造業", "小売業", "医療"]).into() }, false)),
        ("employees", employees),
        ("department", declared(Type::Text { format: TextFormat::Plain }, true)),
        ("company", declared(Type::Text { format: TextFormat::Plain }, false)),
        ("interests", declared(Type::Set { values: names(&["ai", "cloud", "security"]).into() }, false)),
        ("budget", declared(Type::Number { money: true }, true)),
        ("newsletter", declared(Type::Boolean, true)),
        ("since", declared(Type::Date, true)),
    ];
    let mut campaign = Campaign { fields: builtin::fields(), personas, ..Campaign::default() };
    campaign.fields.extend(fields.map(|(name, field)| (name.to_owned(), field)));
    campaign.settings.timezone = "Asia/Tokyo".to_owned();
    campaign.settings.locale = Some("ja-JP".to_owned());
    campaign.settings.simulation.start = Some("2026-04-01".to_owned());
    crate::plan::build(&campaign).unwrap()
}

fn leads(plan: &Plan, count: u64) -> Vec<Lead> {
    made_up(plan, count, 1).unwrap().map(Result::unwrap).collect()
}

fn persona_of(plan: &Plan, lead: &Lead) -> Option<String> {
    let names: Vec<Name> = plan.campaign.fields.keys().cloned().collect();
    let fields = Fields { names: &names, values: &lead.values, event: None };
    plan.campaign.personas.iter().find(|persona| eval::holds(&persona.matches.expr, &fields)).map(|p| p.name.clone())
}

/// How many leads of each persona there are; `-` is none.
fn counts(plan: &Plan, count: u64) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for lead in leads(plan, count) {
        *counts.entry(persona_of(plan, &lead).unwrap_or("-".to_owned())).or_default() += 1;
    }
    counts
}

fn shares(personas: Vec<Persona>) -> Vec<(String, usize)> {
    counts(&plan(personas), 1000).into_iter().collect()
}

/// That leads of a lone persona with this condition are found, by solving: never more than a few tries each.
fn solved(expr: &Expr) {
    let plan = plan(vec![persona("p", Some(1.0), expr.clone())]);
    let made = made_up(&plan, 50, 3).unwrap_or_else(|error| panic!("{error}: {expr:?}"));
    let found = (0..50)
        .filter(|index| (0..4).any(|attempt| made.attempt(&Who::numbered(*index), attempt, Some(0), &[]).is_some()))
        .count();
    assert_eq!(found, 50, "{expr:?}");
    assert!(made.map(Result::unwrap).all(|lead| persona_of(&plan, &lead).is_some()));
}

fn three() -> Vec<Persona> {
    let it =
        all(&[compare("department", Cmp::Eq, text("情報システム")), compare("employees", Cmp::Ge, Value::Int(100))]);
    let engineer = any(&[compare("department", Cmp::Eq, text("開発")), compare("employees", Cmp::Ge, Value::Int(100))]);
    vec![
        persona("it-manager", Some(0.3), it),
        persona("engineer", Some(0.5), engineer),
        persona("small", Some(0.1), compare("employees", Cmp::Lt, Value::Int(20))),
    ]
}

fn pairs(pairs: &[(&str, usize)]) -> Vec<(String, usize)> {
    pairs.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

#[test]
fn shares_come_out_to_the_lead() {
    let found = shares(three());
    let expected = pairs(&[("-", 100), ("engineer", 500), ("it-manager", 300), ("small", 100)]);
    for ((name, found), (_, expected)) in found.iter().zip(&expected) {
        assert!(found.abs_diff(*expected) <= 2, "{name}: {found}");
    }
    assert_eq!(found.len(), 4);
}

#[test]
fn personas_without_share_take_what_is_left() {
    let is = |value: &str| compare("industry", Cmp::Eq, text(value));
    let found = shares(vec![
        persona("a", Some(0.5), is("製造業")),
        persona("b", None, is("小売業")),
        persona("c", None, is("医療")),
    ]);
    for ((_, found), expected) in found.iter().zip([500_usize, 250, 250]) {
        assert!(found.abs_diff(expected) <= 2, "{found}");
    }
}

#[test]
fn shares_are_scaled_where_everybody_has_a_persona() {
    let small = compare("employees", Cmp::Lt, Value::Int(20));
    let personas = |a, b| vec![persona("a", Some(a), small.clone()), persona("b", Some(b), of(Value::Bool(true)))];
    for (a, b) in [(0.2, 0.2), (1.0, 1.0)] {
        let found = shares(personas(a, b));
        assert!(found.len() == 2 && found.iter().all(|(_, found)| found.abs_diff(500) <= 2), "{found:?}");
    }
    assert_eq!(shares(personas(0.0, 1.0)), pairs(&[("b", 1000)]));
    assert_eq!(shares(Vec::new()), pairs(&[("-", 1000)]));
}

#[test]
fn a_lead_depends_on_seed_and_number_alone() {
    let plan = plan(three());
    let few = leads(&plan, 10);
    assert_eq!(few, leads(&plan, 100)[..10]);
    assert_ne!(few, made_up(&plan, 10, 2).unwrap().map(Result::unwrap).collect::<Vec<_>>());
    let ids: Vec<&str> = few.iter().map(|lead| lead.id.as_str()).collect();
    assert_eq!((ids[0], ids[9]), ("lead-000001", "lead-000010"));
}

#[test]
fn made_up_leads_look_like_leads() {
    let plan = plan(three());
    let leads = leads(&plan, 500);
    let at = |name: &str| plan.campaign.fields.keys().position(|known| known == name).unwrap();
    let lead = &leads[11];
    assert_eq!(lead.values[at("id")], Some(text("lead-000012")));
    assert_eq!(lead.values[at("email")], Some(text("lead12@example.com")));
    assert_eq!(lead.values[at("company")], Some(text("株式会社サンプル12")));
    assert_eq!((&lead.values[at("created_at")], &lead.values[at("timezone")]), (&None, &None));
    let absent = leads.iter().filter(|lead| lead.values[at("since")].is_none()).count();
    assert!((25..75).contains(&absent), "one in ten, not {absent} of 500");
    let sizes: Vec<f64> = leads.iter().filter_map(|lead| lead.values[at("employees")].as_ref()?.as_number()).collect();
    assert!(sizes.iter().all(|size| (1.0..=100_000.0).contains(size) && size.fract() == 0.0));
    let industries: BTreeSet<String> = leads.iter().map(|lead| format!("{:?}", lead.values[at("industry")])).collect();
    assert_eq!(industries.len(), 3);
    assert!(leads.iter().all(|lead| lead.stage.is_none() && lead.scores.is_empty()));
}

#[test]
fn solves_conditions() {
    let boxed = |expr: &Expr| Box::new(expr.clone());
    let (size, hundred) = (field("employees"), of(Value::Int(100)));
    let double = Expr::Arithmetic { sign: Sign::Mul, left: boxed(&size), right: Box::new(of(Value::Int(-2))) };
    let test = |test, name, part| Expr::TextTest { test, of: Box::new(field(name)), with: Box::new(of(text(part))) };
    let interested = |name: &str| Expr::Holds { set: Box::new(field("interests")), value: Box::new(of(text(name))) };
    let absent = |name| Expr::IsAbsent { of: Box::new(field(name)) };
    solved(&compare("employees", Cmp::Eq, Value::Int(4711)));
    solved(&Expr::Compare { cmp: Cmp::Gt, left: boxed(&hundred), right: boxed(&size) });
    solved(&Expr::Compare { cmp: Cmp::Eq, left: Box::new(double), right: Box::new(of(Value::Int(-8642))) });
    solved(&Expr::OneOf { of: boxed(&size), values: vec![Value::Int(7), Value::Int(12)] });
    solved(&all(&[compare("employees", Cmp::Gt, Value::Int(50)), compare("employees", Cmp::Lt, Value::Int(52))]));
    solved(&all(&[interested("ai"), interested("cloud"), not(interested("security"))]));
    solved(&Expr::Compare {
        cmp: Cmp::Eq,
        left: Box::new(filtered(Filter::Length, "interests")),
        right: Box::new(of(Value::Int(2))),
    });
    solved(&Expr::Compare {
        cmp: Cmp::Ge,
        left: Box::new(filtered(Filter::Length, "department")),
        right: Box::new(of(Value::Int(40))),
    });
    solved(&not(any(&[absent("budget"), absent("department"), compare("newsletter", Cmp::Eq, Value::Bool(true))])));
    solved(&all(&[absent("budget"), field("newsletter"), compare("since", Cmp::Lt, Value::Date(100))]));
    solved(&all(&[test(TextTest::EndsWith, "email", "@acme.example"), test(TextTest::StartsWith, "email", "ceo")]));
    solved(&test(TextTest::Contains, "email", "@acme.example"));
    solved(&test(TextTest::EndsWith, "email", ".ac.jp"));
    solved(&not(test(TextTest::Contains, "email", "@acme.example")));
    solved(&compare("timezone", Cmp::Eq, text("America/New_York")));
    solved(&compare("department", Cmp::Ne, text("営業")));
    solved(&compare("budget", Cmp::Gt, Value::Number(0.5)));
    let lower = Expr::Compare {
        cmp: Cmp::Eq,
        left: Box::new(filtered(Filter::Lower, "department")),
        right: Box::new(of(text("it"))),
    };
    solved(&lower);
    solved(&Expr::If {
        test: Box::new(field("newsletter")),
        then: Box::new(compare("employees", Cmp::Gt, Value::Int(90_000))),
        otherwise: Box::new(compare("employees", Cmp::Lt, Value::Int(3))),
    });
}

#[test]
fn finds_leads_behind_many_earlier_personas() {
    let of_department = |nth: usize, least: i64| {
        let department = compare("department", Cmp::Eq, text(&format!("部{nth}")));
        all(&[department, compare("employees", Cmp::Ge, Value::Int(least)), compare("industry", Cmp::Eq, text("医療"))])
    };
    let personas = (0..30).map(|nth| persona(&format!("p{nth:02}"), None, of_department(nth, 90_000))).collect();
    let counts = counts(&plan(personas), 300);
    assert_eq!(counts.len(), 30);
    assert!(counts.values().all(|count| (8..=12).contains(count)), "{counts:?}");
}

#[test]
fn a_persona_that_nobody_can_be_is_named() {
    let large = |least| compare("employees", Cmp::Ge, Value::Int(least));
    let hidden = vec![persona("any", Some(0.5), large(10)), persona("large", Some(0.5), large(1000))];
    let error = made_up(&plan(hidden), 10, 1).unwrap_err();
    assert_eq!(error.to_string(), "no lead of the persona `large` can be made up: in 200 tries none matched it first");
    let without_leads = vec![persona("any", Some(1.0), large(10)), persona("large", Some(0.0), large(1000))];
    assert_eq!(leads(&plan(without_leads), 10).len(), 10);
}
