//! Tasks, records, audiences and webhooks: their events, what comes of them, and what they cost.

use std::collections::BTreeMap;

use tabiji::backend::sim::{Options, What};
use tabiji::ir::integration::{Integration, IntegrationKind, MemberCost, Method};
use tabiji::ir::journey::Action;
use tabiji::ir::{Delay, Mapped, Money, Outcome, Row};
use tabiji::text::Origin;

use crate::support::*;

fn lab() -> Lab {
    let events = ["won", "lost", "booked"];
    let lab = events.iter().fold(Lab::new("UTC", "2026-04-01", 60), |lab, event| lab.event(event, &["by"]));
    let lab = lab.list("cart", &[]).field("company", plain());
    lab.system("crm", IntegrationKind::Crm, Money::of(5.0), None)
        .system(
            "ads",
            IntegrationKind::Ads,
            Money::of(1.0),
            Some(MemberCost { amount: Money::of(12.0), per_secs: DAY }),
        )
        .system("dmp", IntegrationKind::Dmp, Money::ZERO, None)
}

impl Lab {
    fn system(mut self, name: &str, kind: IntegrationKind, cost: Money, member_cost: Option<MemberCost>) -> Lab {
        let system = Integration { label: None, kind, cost, member_cost, url: None, origin: Origin::default() };
        self.0.integrations.insert(name.to_owned(), system);
        self
    }
}

fn outcome(event: &str, chance: f64, after: i64) -> Outcome {
    let with = BTreeMap::from([("by".to_owned(), text("desk"))]);
    let delay = Delay::LogNormal { median_secs: after, p90_secs: after };
    Outcome { event: event.to_owned(), with, chance, delay, when: None }
}

fn task(cost: Money, outcomes: Vec<Outcome>) -> Action {
    Action::Task { to: "sales".into(), title: "call".into(), within_secs: None, cost, outcomes }
}

fn audience(add: bool, to: &str) -> Action {
    Action::Audience { list: "cart".into(), add, to: to.into() }
}

fn happened(watched: &Watched) -> Vec<(i64, String)> {
    let start = watched.outcome.run.start_secs;
    let lines = watched.trace.iter().filter(|line| line.what == What::Event && !line.text.contains("journey_"));
    lines.map(|line| (line.at_secs - start, line.text.clone())).collect()
}

#[test]
fn a_deal_comes_back_as_an_event_that_is_waited_for() {
    let steps =
        steps(vec![task(Money::ZERO, vec![outcome("won", 1.0, 3 * DAY)]), wait_for("won", 10 * DAY, None), wait(DAY)]);
    let watched = lab().all("j", steps).watch();
    let expected = [
        (0, "`task_created` journey=\"j\" step=\"s1\" to=\"sales\"".to_owned()),
        (3 * DAY, "`won` by=\"desk\"".to_owned()),
    ];
    assert_eq!(happened(&watched), expected);
    assert_eq!(watched.lines(What::WaitOver)[0].0, "2026-04-04T00:00:00+00:00");
    let journey = watched.outcome.figures.journeys.get("j").unwrap();
    assert_eq!(journey.steps.get("s1").unwrap().outcomes, [("won".to_owned(), 1)].into());
}

#[test]
fn records_and_webhooks_make_events_and_show_what_they_send() {
    let value = Mapped::Value { text: "company".into(), expr: tabiji::ir::Expr::Field { name: "company".into() } };
    let fields =
        BTreeMap::from([("Name".to_owned(), value), ("Title".to_owned(), Mapped::Template("{{ id }}様".into()))]);
    let sync = Action::Sync { to: "crm".into(), fields, outcomes: vec![outcome("booked", 1.0, HOUR)] };
    let hook = Action::Webhook {
        to: "crm".into(),
        method: Method::Put,
        url: "https://crm.example".into(),
        fields: BTreeMap::new(),
        outcomes: vec![],
    };
    let lab = lab().all("j", steps(vec![sync, hook]));
    let watched = lab.run_one(lab.lead_with("lead", &[("company", text("青空"))]));
    let events: Vec<String> = happened(&watched).into_iter().map(|(_, text)| text).collect();
    assert_eq!(events[0], "`synced` journey=\"j\" step=\"s1\" to=\"crm\"");
    assert_eq!(events[1], "`webhook_called` journey=\"j\" step=\"s2\" to=\"crm\"");
    assert_eq!(happened(&watched)[2], (HOUR, "`booked` by=\"desk\"".to_owned()));
    let told: Vec<String> = watched.lines(What::Step).into_iter().map(|(_, text)| text).collect();
    assert_eq!(told, ["to `crm`: Name=\"青空\" Title=\"{{ id }}様\"", "calls `crm`, PUT https://crm.example"]);
    let costs = &watched.outcome.figures.costs;
    assert_eq!((costs.integrations.get("crm").unwrap().times, costs.total()), (2, Money::of(10.0)));
}

#[test]
fn an_audience_is_a_list_that_a_system_has() {
    let steps = steps(vec![
        audience(true, "ads"),
        audience(true, "ads"), // known there already
        audience(true, "dmp"),
        wait(36 * HOUR),
        audience(false, "ads"),
        wait(12 * HOUR),
        audience(false, "ads"), // not there any more
    ]);
    let watched = lab().all("j", steps).watch();
    let to = |what: &str, system: &str, step: &str| {
        format!("`{what}` audience=\"cart\" journey=\"j\" step=\"{step}\" to=\"{system}\"")
    };
    let expected = [
        (0, to("audience_added", "ads", "s1")),
        (0, to("audience_added", "dmp", "s3")),
        (36 * HOUR, to("audience_removed", "ads", "s5")),
    ];
    assert_eq!(happened(&watched), expected);
    // Two changes at 1 each, and a day and a half at 12 a day.
    let costs = &watched.outcome.figures.costs;
    assert_eq!(costs.integrations.get("ads").unwrap().amount.micros, 2_000_000 + 18_000_000);
    assert_eq!((costs.total(), *costs.journeys.get("j").unwrap()), (Money::of(20.0), Money::of(20.0)));
    let audiences = &watched.outcome.figures.audiences;
    let of = |name: &str| audiences.get(name).map(|each| (each.added, each.removed, each.members)).unwrap();
    assert_eq!((of("ads.cart"), of("dmp.cart")), ((1, 1, 0), (1, 0, 1)));
}

#[test]
fn who_stays_in_an_audience_costs_until_the_end() {
    let watched = lab().all("j", steps(vec![wait(DAY / 3), audience(true, "ads")])).watch();
    // 59 days and two thirds at 12 a day, and one change.
    let micros = watched.outcome.figures.costs.integrations.get("ads").unwrap().amount.micros;
    assert_eq!(micros, 1_000_000 + 12_000_000 * 179 / 3);
}

#[test]
fn a_list_step_leaves_the_systems_copy_alone() {
    let off = Action::List { list: "cart".into(), add: false };
    let watched = lab().all("j", steps(vec![audience(true, "dmp"), off, audience(true, "dmp")])).watch();
    assert_eq!(happened(&watched).len(), 1);
    assert_eq!(watched.lines(What::List).len(), 3);
}

/// What came of the task for each lead.
fn came(outcomes: Vec<Outcome>) -> Vec<String> {
    let lab = lab().all("j", steps(vec![task(Money::ZERO, outcomes)]));
    let event = |watched: Watched| happened(&watched).get(1).map_or(String::new(), |(_, text)| text.clone());
    (0..300).map(|number| event(lab.run_one(lab.lead(&format!("l{number}"))))).collect()
}

#[test]
fn of_several_outcomes_at_most_one_happens_by_its_chance() {
    let outcomes = vec![outcome("won", 0.3, HOUR), outcome("lost", 0.2, HOUR)];
    let lab = lab().all("j", steps(vec![task(Money::ZERO, outcomes)]));
    let leads: Vec<Row> = (0..20_000).map(|number| Ok(lab.lead(&format!("l{number}")))).collect();
    let events = lab.run(leads, &Options::default()).unwrap().figures.events;
    let [won, lost] = ["won", "lost"].map(|event| *events.get(event).unwrap());
    // Three standard deviations are 194 and 170.
    assert!((5_806..6_194).contains(&won) && (3_830..4_170).contains(&lost), "{won} {lost}");
    let sure = came(vec![outcome("won", 0.7, HOUR), outcome("lost", 0.3, HOUR)]);
    assert!(sure.iter().all(|event| !event.is_empty()));
}

#[test]
fn a_likelier_outcome_takes_from_those_of_whom_nothing_came() {
    let before = came(vec![outcome("won", 0.3, HOUR), outcome("lost", 0.2, HOUR)]);
    let after = came(vec![outcome("won", 0.3, HOUR), outcome("lost", 0.4, HOUR), outcome("booked", 0.1, HOUR)]);
    let changed: Vec<(&String, &String)> = before.iter().zip(&after).filter(|(old, new)| old != new).collect();
    assert!(changed.iter().all(|(old, new)| old.is_empty() && !new.contains("won")), "{changed:?}");
    assert!((60..120).contains(&changed.len()), "{}", changed.len());
}

#[test]
fn an_outcome_whose_condition_does_not_hold_leaves_the_others_alone() {
    let only = |name: &str| Some(field_is("company", name));
    let won = Outcome { when: only("青空"), ..outcome("won", 0.5, HOUR) };
    let lab = lab().all("j", steps(vec![task(Money::ZERO, vec![won, outcome("lost", 0.5, HOUR)])]));
    let leads = |company: &str| -> Vec<Row> {
        (0..400).map(|number| Ok(lab.lead_with(&format!("l{number}"), &[("company", text(company))]))).collect()
    };
    let events = |company: &str| {
        let figures = lab.run(leads(company), &Options::default()).unwrap().figures.events;
        ["won", "lost"].map(|event| *figures.get(event).unwrap())
    };
    let ([won, lost], [none, as_before]) = (events("青空"), events("北斗"));
    assert_eq!((won + lost, none, as_before), (400, 0, lost));
}

#[test]
fn an_answered_call_may_bring_something_and_a_told_lead_draws_nothing() {
    use tabiji::ir::{Again, Behavior, Channel, Message, Reading};
    let delay = |secs| Delay::LogNormal { median_secs: secs, p90_secs: secs };
    let answers = |open| Reading {
        open,
        click: 0.0,
        unsubscribe: 0.0,
        complain: 0.0,
        fail: 0.0,
        invalid: 0.0,
        open_delay: delay(20),
        click_delay: delay(MINUTE),
    };
    let call = Message {
        label: None,
        channel: Channel::Call,
        topic: "news".into(),
        body: String::new(),
        link: None,
        segments: 1,
        repeat: Again::Always,
        open_factor: 1.0,
        click_factor: 1.0,
        outcomes: vec![outcome("booked", 1.0, HOUR)],
        origin: Origin::default(),
    };
    let lab = |open| {
        let mut lab = lab().field("phone", plain());
        lab.0.messages.insert("hello".to_owned(), call.clone());
        let behavior = Behavior { messages: [(Channel::Call, answers(open))].into(), ..Behavior::default() };
        lab.persona("p", truth(), behavior)
            .all("j", steps(vec![send("hello"), task(Money::ZERO, vec![outcome("won", 1.0, HOUR)])]))
    };
    let lead = |lab: &Lab| lab.lead_with("lead", &[("phone", text("090"))]);
    let booked = |watched: &Watched| {
        let events = happened(watched).into_iter();
        events.filter(|(_, text)| text.contains("booked")).map(|(at, _)| at).collect::<Vec<_>>()
    };
    assert_eq!(booked(&lab(1.0).run_one(lead(&lab(1.0)))), [HOUR + 20]);
    assert!(booked(&lab(0.0).run_one(lead(&lab(0.0)))).is_empty());
    let told = tabiji::ir::Lead { timeline: Some(vec![]), ..lead(&lab(1.0)) };
    let watched = lab(1.0).run_one(told);
    assert!(!watched.text().contains("booked") && !watched.text().contains("`won`"));
}
