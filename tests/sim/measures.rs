//! KPIs and experiments, on timelines worked out by hand.

use std::collections::BTreeMap;

use tabiji::backend::sim::{ArmFigures, KpiFigures};
use tabiji::ir::Again;
use tabiji::ir::experiment::{Experiment, Goal};
use tabiji::ir::integration::{Integration, IntegrationKind};
use tabiji::ir::journey::{Action, SplitArm, Step};
use tabiji::ir::kpi::{Amount, By, Cost, CostKind, Kpi, Leads, Measure};
use tabiji::ir::{Money, Type, Value};
use tabiji::text::Origin;

use crate::support::*;

fn kpi(measure: Measure, by: Option<By>) -> Kpi {
    Kpi { label: None, kgi: false, measure, by, target: None, drives: None, origin: Origin::default() }
}

fn amount(within_secs: Option<i64>, journey: Option<&str>) -> Amount {
    let journey = journey.map(str::to_owned);
    Amount { event: "bought".into(), property: "amount".into(), filter: None, within_secs, journey }
}

/// The lead buys for 100 a day after the start, for 20.5 on the fifth day, for 3 on the ninth.
fn buyer() -> Lab {
    let mut lab = Lab::new("UTC", "2026-04-01", 10).event("bought", &["amount"]).event("go", &[]);
    if let Some(event) = lab.0.events.get_mut("bought") {
        event.properties.values_mut().for_each(|amount| amount.ty = Type::Number { money: true });
    }
    let buy = |units: f64| Action::Emit {
        event: "bought".into(),
        with: [("amount".to_owned(), Value::Number(units))].into(),
    };
    let actions = vec![wait(DAY), buy(100.0), wait(4 * DAY), buy(20.5), wait(4 * DAY), buy(3.0)];
    lab.all("buys", steps(actions))
}

fn counted(lab: Lab, name: &str, measure: Measure, by: Option<By>) -> KpiFigures {
    let mut lab = lab;
    lab.0.kpis.insert(name.to_owned(), kpi(measure, by));
    lab.watch().outcome.figures.kpis.get(name).unwrap().clone()
}

#[test]
fn amounts_are_added_up_exactly() {
    let all = counted(buyer(), "k", Measure::Value { value: amount(None, None), per: None }, None);
    assert_eq!((all.whole.leads, all.whole.x, all.whole.xx), (1, 123_500_000, 123_500_000 * 123_500_000));
    // The fifth day is within five days, to the second; the ninth is not.
    let early = counted(buyer(), "k", Measure::Value { value: amount(Some(5 * DAY), None), per: None }, None);
    assert_eq!(early.whole.x, 120_500_000);
    let short = counted(buyer(), "k", Measure::Value { value: amount(Some(5 * DAY - 1), None), per: None }, None);
    assert_eq!(short.whole.x, 100_000_000);
}

#[test]
fn leads_seen_too_short_are_left_out_of_averages() {
    let per = |within| Measure::Value { value: amount(Some(within), None), per: Some(Leads::default()) };
    let seen = counted(buyer(), "k", per(10 * DAY), None);
    assert_eq!((seen.whole.leads, seen.whole.y, seen.too_recent), (1, 1, 0));
    let unseen = counted(buyer(), "k", per(10 * DAY + 1), None);
    assert_eq!((unseen.whole.leads, unseen.whole.y, unseen.too_recent), (0, 0, 1));
}

#[test]
fn the_journey_entered_last_is_credited() {
    // `late` is entered on day 3, after the first purchase: it has the two others, or within two days one of them.
    let lab = || {
        let go = [(3 * DAY, "go", &[][..])];
        buyer().drive(&go).journey("late", by_event("go", Again::Never), vec![])
    };
    let by = counted(lab(), "k", Measure::Value { value: amount(None, None), per: None }, Some(By::Journey));
    let part = |name: &str| by.parts.get(name).unwrap().x;
    assert_eq!((part("late"), by.whole.x), (23_500_000, 123_500_000));
    assert_eq!(part("buys") + part("zz-driver"), 100_000_000);
    let value = amount(Some(2 * DAY), Some("late"));
    let soon = counted(lab(), "k", Measure::Value { value, per: None }, None);
    assert_eq!(soon.whole.x, 20_500_000);
}

/// Everybody is drawn to `a` at once, and `go` happens at these times.
fn trial(within_secs: i64, goal: Goal, times: &[i64]) -> ArmFigures {
    let timeline: Vec<Timed<'_>> = times.iter().map(|at| (*at, "go", &[][..])).collect();
    let arms = ["a", "b"].map(|name| SplitArm {
        name: name.to_owned(),
        weight: if name == "a" { 100.0 } else { 0.0 },
        to: None,
    });
    let split = Step {
        id: "split".into(),
        label: None,
        action: Action::Split { arms: arms.into() },
        next: None,
        origin: Origin::default(),
    };
    let mut lab = Lab::new("UTC", "2026-04-01", 10).event("go", &[]).drive(&timeline).all("j", vec![split]);
    let experiment = Experiment {
        journey: "j".into(),
        step: "split".into(),
        goal,
        within_secs,
        control: "b".into(),
        expected: None,
        power: 0.8,
        significance: 0.05,
        origin: Origin::default(),
    };
    lab.0.experiments.insert("j.split".into(), experiment);
    *lab.watch().outcome.figures.experiments.get("j.split").unwrap().arms.get("a").unwrap()
}

fn go() -> Goal {
    Goal::Event { event: "go".into(), filter: None }
}

#[test]
fn goals_count_up_to_the_last_second() {
    let of = |within, times: &[i64]| {
        let arm = trial(within, go(), times);
        (arm.draws, arm.successes, arm.unfinished)
    };
    assert_eq!(of(5 * DAY, &[5 * DAY]), (1, 1, 0));
    assert_eq!(of(5 * DAY, &[5 * DAY + 1]), (1, 0, 0));
    assert_eq!(of(5 * DAY, &[DAY, 2 * DAY]), (1, 1, 0));
    assert_eq!(of(5 * DAY, &[]), (1, 0, 0));
}

#[test]
fn draws_not_seen_for_the_whole_time_are_unfinished() {
    // The run lasts ten days, its last instant is no part of it.
    let of = |within| {
        let arm = trial(within, go(), &[DAY]);
        (arm.draws, arm.successes, arm.unfinished)
    };
    assert_eq!(of(10 * DAY - 1), (1, 1, 0));
    assert_eq!(of(10 * DAY), (0, 0, 1));
}

#[test]
fn goals_reached_before_the_draw_are_left_out() {
    let arm = trial(DAY, Goal::When(truth()), &[]);
    assert_eq!((arm.draws, arm.successes, arm.left_out), (0, 0, 1));
}

/// Costs and money of one lead. It enters `j` at once: sales has a task for 250.5, support one for a millionth. Two days
/// later `late` syncs it twice to a system that takes 5 for each record, and support has a task for 40. It buys for 123.5
/// in all.
fn payer() -> Lab {
    let task = |to: &str, cost| Action::Task {
        to: to.into(),
        title: "call".into(),
        within_secs: None,
        cost,
        outcomes: vec![],
    };
    let sync = || Action::Sync { to: "crm".into(), fields: BTreeMap::new(), outcomes: vec![] };
    let mut lab = buyer();
    let crm = Integration {
        label: None,
        kind: IntegrationKind::Crm,
        cost: Money::of(5.0),
        member_cost: None,
        url: None,
        origin: Origin::default(),
    };
    lab.0.integrations.insert("crm".to_owned(), crm);
    let early = steps(vec![task("sales", Money::of(250.5)), task("support", Money { micros: 1 })]);
    let late = steps(vec![sync(), sync(), task("support", Money::of(40.0))]);
    lab.drive(&[(2 * DAY, "go", &[][..])]).all("j", early).journey("late", by_event("go", Again::Never), late)
}

fn cost(kind: CostKind, name: Option<&str>) -> Cost {
    Cost { kind, name: name.map(str::to_owned) }
}

#[test]
fn costs_are_added_up_exactly() {
    let of = |costs: &[Cost], journey: Option<&str>| {
        let measure = Measure::Cost { cost: costs.to_vec(), journey: journey.map(str::to_owned), per: None };
        counted(payer(), "k", measure, None).whole.x
    };
    let all = CostKind::ALL.map(|kind| cost(kind, None));
    assert_eq!(of(&all, None), 250_500_001 + 10_000_000 + 40_000_000);
    assert_eq!(of(&all, Some("j")), 250_500_001);
    assert_eq!(of(&all, Some("late")), 50_000_000);
    assert_eq!(of(&[cost(CostKind::Tasks, None)], None), 290_500_001);
    assert_eq!(of(&[cost(CostKind::Tasks, Some("support"))], None), 40_000_001);
    assert_eq!(of(&[cost(CostKind::Tasks, Some("support"))], Some("late")), 40_000_000);
    assert_eq!(of(&[cost(CostKind::Integrations, Some("crm"))], None), 10_000_000);
    assert_eq!(of(&[cost(CostKind::Channels, None)], None), 0);
    // Two names of one kind are added, and what sources cost is no lead's.
    let both = [cost(CostKind::Tasks, Some("sales")), cost(CostKind::Tasks, Some("support"))];
    assert_eq!((of(&both, None), of(&[cost(CostKind::Sources, None)], None)), (290_500_001, 0));
}

#[test]
fn journeys_share_all_costs_among_them() {
    let all = CostKind::ALL.map(|kind| cost(kind, None)).to_vec();
    let of_all = Measure::Cost { cost: all.clone(), journey: None, per: Some(Leads::default()) };
    let by = counted(payer(), "k", of_all, Some(By::Journey));
    let part = |name: &str| by.parts.get(name).map(|part| (part.x, part.y)).unwrap();
    assert_eq!((by.whole.x, by.whole.y), (300_500_001, 1));
    assert_eq!([part("j"), part("late"), part("buys")], [(250_500_001, 1), (50_000_000, 1), (0, 1)]);
    // x is what came in, y what went out.
    let value = amount(None, None);
    let back = counted(payer(), "k", Measure::Return { value, cost: all, profit: true }, Some(By::Journey));
    let part = |name: &str| back.parts.get(name).map(|part| (part.x, part.y)).unwrap();
    assert_eq!((back.whole.x, back.whole.y, back.whole.xy), (123_500_000, 300_500_001, 123_500_000 * 300_500_001));
    assert_eq!(part("late"), (23_500_000, 50_000_000));
}
