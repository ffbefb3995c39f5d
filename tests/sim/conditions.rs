//! Conditions, asked of one lead.

use std::collections::BTreeSet;

use tabiji::backend::sim::What;
use tabiji::ir::expr::{Cmp, Expr, Filter, History, Sign, TextTest};
use tabiji::ir::journey::Action;
use tabiji::ir::{Again, Type, Value};

use crate::support::*;

fn lab() -> Lab {
    let set = Type::Set { values: ["ai".into(), "cloud".into(), "security".into()].into() };
    Lab::new("Asia/Tokyo", "2026-04-01", 30)
        .emails(&["a"])
        .event("visit", &["path"])
        .field("company", plain())
        .field("employees", Type::Integer)
        .field("budget", Type::Number { money: true })
        .field("interests", set)
        .field("renewal", Type::Date)
        .field("nothing", plain())
}

/// Whether a condition holds at noon of 3 April, after visits on the first two days and a mail on the first.
fn holds(expr: Expr) -> bool {
    let lab = lab()
        .drive(&[(0, "visit", &[("path", "/")]), (DAY, "visit", &[("path", "/pricing")])])
        .all("mails", steps(vec![send("a")]))
        .all("asks", steps(vec![wait(60 * HOUR), branch(cond("it", expr), "s3"), emit("visit")]));
    let lead = lab.lead_with(
        "lead",
        &[
            ("company", text("青空クラウド")),
            ("employees", Value::Int(120)),
            ("budget", Value::Number(99.5)),
            ("interests", Value::Set(BTreeSet::from(["ai".to_owned(), "cloud".to_owned()]))),
            // 10 days after 3 April.
            ("renewal", Value::Date(20_556)),
            ("created_at", Value::Datetime(0)),
        ],
    );
    let branch = lab.run_one(lead).lines(What::Branch);
    assert_eq!(branch[0].0, "2026-04-03T12:00:00+09:00");
    branch[0].1.ends_with("holds")
}

fn field(name: &str) -> Expr {
    Expr::Field { name: name.into() }
}

fn value(value: Value) -> Expr {
    Expr::Const { value }
}

fn boxed(expr: Expr) -> Box<Expr> {
    Box::new(expr)
}

fn is(left: Expr, cmp: Cmp, right: Expr) -> bool {
    holds(Expr::Compare { cmp, left: boxed(left), right: boxed(right) })
}

fn int(number: i64) -> Expr {
    value(Value::Int(number))
}

#[test]
fn comparisons() {
    assert!(is(field("employees"), Cmp::Ge, int(120)) && !is(field("employees"), Cmp::Gt, int(120)));
    assert!(is(field("employees"), Cmp::Lt, value(Value::Number(120.5))));
    assert!(is(field("budget"), Cmp::Le, int(100)) && is(field("budget"), Cmp::Ne, int(100)));
    assert!(is(field("company"), Cmp::Eq, value(text("青空クラウド"))));
    // Neither text is named in the plan.
    assert!(is(field("company"), Cmp::Eq, field("company")));
}

#[test]
fn what_is_absent_compares_with_nothing() {
    for cmp in [Cmp::Eq, Cmp::Ne, Cmp::Lt, Cmp::Ge] {
        assert!(!is(field("nothing"), cmp, value(text("x"))) && !is(field("nothing"), cmp, field("nothing")));
    }
    assert!(
        holds(Expr::IsAbsent { of: boxed(field("nothing")) }) && !holds(Expr::IsAbsent { of: boxed(field("company")) })
    );
    assert!(holds(Expr::Not { of: boxed(field("nothing")) }));
    let or_nobody =
        Expr::Filter { filter: Filter::Default, of: boxed(field("nothing")), argument: Some(boxed(value(text("x")))) };
    assert!(is(or_nobody, Cmp::Eq, value(text("x"))));
    let sum = Expr::Arithmetic { sign: Sign::Add, left: boxed(Expr::Absent), right: boxed(int(1)) };
    assert!(holds(Expr::IsAbsent { of: boxed(sum) }));
}

#[test]
fn sums_and_products() {
    let of = |sign, left, right| Expr::Arithmetic { sign, left: boxed(int(left)), right: boxed(int(right)) };
    assert!(is(of(Sign::Add, 2, 3), Cmp::Eq, int(5)) && is(of(Sign::Sub, 2, 3), Cmp::Eq, int(-1)));
    assert!(is(of(Sign::Mul, 2, 3), Cmp::Eq, int(6)) && is(of(Sign::Rem, 7, 3), Cmp::Eq, int(1)));
    assert!(is(of(Sign::Div, 7, 2), Cmp::Eq, value(Value::Number(3.5))));
    for nonsense in [of(Sign::Div, 1, 0), of(Sign::Rem, 1, 0)] {
        assert!(holds(Expr::IsAbsent { of: boxed(nonsense) }));
    }
    assert!(is(of(Sign::Add, i64::MAX, 1), Cmp::Gt, int(0)));
}

#[test]
fn texts_and_sets() {
    let test =
        |test, with: &str| holds(Expr::TextTest { test, of: boxed(field("company")), with: boxed(value(text(with))) });
    assert!(test(TextTest::StartsWith, "青空") && test(TextTest::EndsWith, "ド") && test(TextTest::Contains, "空ク"));
    assert!(!test(TextTest::StartsWith, "クラウド"));
    let filter = |filter, of| Expr::Filter { filter, of: boxed(of), argument: None };
    assert!(is(filter(Filter::Length, field("company")), Cmp::Eq, int(6)));
    assert!(is(filter(Filter::Length, field("interests")), Cmp::Eq, int(2)));
    assert!(is(filter(Filter::Upper, value(text("ab"))), Cmp::Eq, value(text("AB"))));
    assert!(is(filter(Filter::Trim, value(text(" ab "))), Cmp::Eq, value(text("ab"))));
    assert!(is(filter(Filter::Round, field("budget")), Cmp::Eq, int(100)));
    assert!(is(filter(Filter::Abs, int(-3)), Cmp::Eq, int(3)));
    let has = |name: &str| holds(Expr::Holds { set: boxed(field("interests")), value: boxed(value(text(name))) });
    assert!(has("ai") && !has("security"));
    let one_of = |values: &[&str]| {
        holds(Expr::OneOf { of: boxed(field("company")), values: values.iter().map(|value| text(value)).collect() })
    };
    assert!(one_of(&["x", "青空クラウド"]) && !one_of(&["x"]));
}

#[test]
fn either_and_both_and_if() {
    let (yes, no) = (|| value(Value::Bool(true)), || value(Value::Bool(false)));
    assert!(holds(Expr::All { of: vec![yes(), yes()] }) && !holds(Expr::All { of: vec![yes(), field("nothing")] }));
    assert!(holds(Expr::Any { of: vec![no(), yes()] }) && !holds(Expr::Any { of: vec![no(), field("nothing")] }));
    let choice = |test| Expr::If { test: boxed(test), then: boxed(int(1)), otherwise: boxed(int(2)) };
    assert!(is(choice(yes()), Cmp::Eq, int(1)) && is(choice(no()), Cmp::Eq, int(2)));
}

#[test]
fn dates() {
    assert!(is(Expr::Today, Cmp::Eq, value(Value::Date(20_546))));
    assert!(is(Expr::Now, Cmp::Gt, field("created_at")));
    let days = |of| Expr::DaysSinceDate { of: boxed(of) };
    assert!(is(days(field("renewal")), Cmp::Eq, int(-10)));
    // 3 April noon in Tokyo is 03:00 UTC.
    assert!(is(days(field("created_at")), Cmp::Eq, int(20_546)));
    let ahead = value(Value::Datetime(20_546 * DAY + 3 * HOUR + 1));
    assert!(is(days(ahead), Cmp::Eq, int(-1)));
}

#[test]
fn the_past() {
    let visits = |within_secs, path: Option<&str>| {
        let filter = path.map(|path| boxed(event_is("path", path).expr));
        History { event: "visit".into(), within_secs, since_entry: false, filter }
    };
    let count = |within_secs, path| Expr::Count { of: visits(within_secs, path) };
    assert!(is(count(None, None), Cmp::Eq, int(2)) && is(count(None, Some("/pricing")), Cmp::Eq, int(1)));
    // The second visit is 36 hours old: it lies in a window that is one second longer, and not in one of 36 hours.
    assert!(is(count(Some(36 * HOUR + 1), None), Cmp::Eq, int(1)) && is(count(Some(36 * HOUR), None), Cmp::Eq, int(0)));
    let since = |path| Expr::DaysSince { of: visits(None, path) };
    assert!(is(since(None), Cmp::Eq, int(1)) && is(since(Some("/")), Cmp::Eq, int(2)));
    assert!(holds(Expr::IsAbsent { of: boxed(since(Some("/other"))) }));
    let received = |within_secs| Expr::Received { content: "a".into(), within_secs, since_entry: false };
    assert!(is(received(None), Cmp::Eq, int(1)) && is(received(Some(60 * HOUR)), Cmp::Eq, int(0)));
    assert!(is(received(Some(60 * HOUR + 1)), Cmp::Eq, int(1)));
}

#[test]
fn journeys_and_subscriptions() {
    let journey = |name: &str| name.to_owned();
    assert!(
        holds(Expr::Finished { journey: journey("mails") }) && !holds(Expr::InJourney { journey: journey("mails") })
    );
    assert!(holds(Expr::InJourney { journey: journey("asks") }) && !holds(Expr::Finished { journey: journey("asks") }));
    let subscribed = |topic: &str| holds(Expr::Subscribed { topic: topic.into() });
    assert!(subscribed("news") && subscribed("account") && !subscribed("offers") && !subscribed("letter"));
}

#[test]
fn segments_of_running_journeys_and_received_mails() {
    // Nobody asks for the events themselves: the segments follow nevertheless.
    let received = Expr::Received { content: "a".into(), within_secs: None, since_entry: false };
    let received = cond("received(\"a\")", Expr::Compare { cmp: Cmp::Ge, left: boxed(received), right: boxed(int(1)) });
    let lab = lab()
        .segment("inside", cond("in_journey(\"j\")", Expr::InJourney { journey: "j".into() }))
        .segment("mailed", received)
        .journey("j", by_event("visit", Again::Never), steps(vec![wait(DAY), send("a"), wait(DAY), Action::Goto]));
    let watched = lab.drive(&[(HOUR, "visit", &[])]).watch();
    let lines =
        |what| watched.lines(what).into_iter().map(|(at, text)| format!("{} {text}", &at[8..13])).collect::<Vec<_>>();
    assert_eq!(lines(What::SegmentIn)[1..], ["01T01 `inside`: in_journey(\"j\")", "02T01 `mailed`: received(\"a\")"]);
    assert_eq!(lines(What::SegmentOut), ["03T01 `inside`"]);
}
