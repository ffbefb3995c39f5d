//! What logs tell of the time before a run: what customers bought teaches what goes together, and is the lead's own.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::collections::BTreeSet;
use std::fs;
use std::io::Cursor;

use proptest::prelude::*;
use tabiji::backend::sim::{self, Options};
use tabiji::ir::Row;
use tabiji::leads::{self, Format, Log};
use tabiji::pipeline;
use tabiji::plan::{self, Plan};

const ITEMS: u32 = 5;

/// Who bought which item, how many seconds after the start of the run.
type Purchase = (u8, u32, i64);

/// Who ordered which item, and whether the order names the address.
type Order = (u8, u32, bool);

const PROJECT: &str = r#"
project: shop
simulation: {start: 2026-04-01, days: 3, seed: 1}
events:
  purchased: {properties: {sku: {type: text}}}
  came: {properties: {ad: {type: text}}}
sources:
  search: {medium: paid, touched_by: {event: came, where: "event.ad == 'search'"}}
catalogs:
  products:
    file: items.csv
    key: sku
    fields: {name: {type: text}}
    purchases: {event: purchased, item: sku}
    orders: orders.csv
    recommend: {at_least: AT_LEAST, from: FROM}
segments:
  owners: {when: "bought('products', 'i0')"}
  found: {when: "source == 'search'"}
journeys:
  owners: {entry: {segment: owners}, steps: [{id: call, task: {to: sales, title: Call}}]}
  found: {entry: {segment: found}, steps: [{id: call, task: {to: sales, title: Call}}]}
"#;

/// The plan of a shop with these orders.
fn shop(orders: &[Order], at_least: u32, from: &str) -> Plan {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| fs::write(folder.path().join(name), text).unwrap();
    write("tabiji.yaml", PROJECT.replace("AT_LEAST", &at_least.to_string()).replace("FROM", from));
    write("items.csv", (0..ITEMS).fold("sku,name\n".to_owned(), |text, item| text + &format!("i{item},Item {item}\n")));
    let order = |(who, item, by_email): &Order| match by_email {
        true => format!("U{who}@Example.com,i{item}\n"),
        false => format!("u{who},i{item}\n"),
    };
    write("orders.csv", "customer,item\n".to_owned() + &orders.iter().map(order).collect::<String>());
    plan::build(&pipeline::check(folder.path()).unwrap().campaign.unwrap()).unwrap()
}

/// Second of the start.
fn start(plan: &Plan) -> i64 {
    sim::period(plan, &Options::default()).unwrap().0
}

fn line(plan: &Plan, event: &str, (who, what, secs): &(u8, String, i64)) -> String {
    let at = start(plan) + secs;
    let at = jiff::Timestamp::from_second(at).unwrap();
    format!("{at},{event},u{who},u{who}@example.com,{what},{what}\n")
}

/// Leads of the file `u0` and `u1`, those that only the log knows, and what the catalog has learnt.
fn read(plan: &mut Plan, lines: &[String]) -> Vec<Row> {
    let file = Cursor::new(b"id,email\nu0,u0@example.com\nu1,u1@example.com\n".to_vec());
    let rows = leads::open(Format::Csv, file, &plan.campaign).unwrap().collect();
    let mut log = Log::new(&plan.campaign, start(plan), true);
    let text = "at,event,id,email,sku,ad\n".to_owned() + &lines.concat();
    log.read("shop.csv", Format::Csv, Cursor::new(text.into_bytes())).unwrap();
    let replayed = log.join(&plan.campaign, rows).unwrap();
    for (name, customers) in &replayed.customers {
        plan.campaign.catalogs.get_mut(name).unwrap().learn(customers);
    }
    replayed.collect()
}

/// What each customer bought before the run, worked out one by one.
fn baskets(purchases: &[Purchase], orders: &[Order], from: &str) -> Vec<BTreeSet<u32>> {
    let (from_orders, from_events) = (from.contains("orders"), from.contains("events"));
    let mut baskets = Vec::new();
    for who in 0..6 {
        let before = purchases.iter().filter(|(buyer, _, secs)| *buyer == who && *secs < 0);
        let logged: BTreeSet<u32> = before.map(|(_, item, _)| *item).filter(|_| from_events).collect();
        let ordered = |by_email: bool| -> BTreeSet<u32> {
            let own = orders.iter().filter(|(buyer, _, by)| (*buyer, *by) == (who, by_email));
            own.map(|(_, item, _)| *item).filter(|_| from_orders).collect()
        };
        if logged.is_empty() {
            // Nothing joins an id and an address.
            baskets.extend([ordered(false), ordered(true)]);
        } else {
            baskets.push(&(&logged | &ordered(false)) | &ordered(true));
        }
    }
    baskets.retain(|basket| !basket.is_empty());
    baskets
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

    /// The table that is learnt is what asking every customer about every pair gives. What is bought from the first
    /// second of the run on has no influence.
    #[test]
    fn what_goes_together_is_counted_as_by_hand(
        purchases in prop::collection::vec((0..6_u8, 0..ITEMS, prop_oneof![-90_000..90_000_i64, Just(-1), Just(0)]), 0..30),
        orders in prop::collection::vec((0..6_u8, 0..ITEMS, any::<bool>()), 0..8),
        at_least in 1..3_u32,
        from in prop_oneof![Just("[orders]"), Just("[events]"), Just("[orders, events]")],
    ) {
        let mut plan = shop(&orders, at_least, from);
        let told = purchases.iter().map(|(who, item, secs)| (*who, format!("i{item}"), *secs));
        let lines: Vec<String> = told.map(|each| line(&plan, "purchased", &each)).collect();
        read(&mut plan, &lines);
        let baskets = baskets(&purchases, &orders, from);
        let with = |items: &[u32]| baskets.iter().filter(|basket| items.iter().all(|item| basket.contains(item))).count();
        let catalog = &plan.campaign.catalogs["products"];
        prop_assert_eq!(catalog.customers as usize, baskets.len());
        for one in 0..ITEMS {
            let mut expected = Vec::new();
            for other in (0..ITEMS).filter(|other| *other != one) {
                let both = with(&[one, other]);
                if both >= at_least as usize {
                    let cosine = both as f64 / ((with(&[one]) * with(&[other])) as f64).sqrt();
                    expected.push((std::cmp::Reverse((cosine * 1e6).round() as u64), other, both as u32));
                }
            }
            expected.sort();
            let found = catalog.together.get(one as usize).into_iter().flatten();
            let found: Vec<_> = found.map(|with| (std::cmp::Reverse(with.score), with.item, with.customers)).collect();
            prop_assert_eq!(found, expected);
        }
    }
}

/// Two leads bought the item before the run, and a third came by an advertisement: they are members at launch.
#[test]
fn purchases_and_touches_of_the_past_are_the_leads() {
    let mut plan = shop(&[(1, 0, false)], 1, "[events]");
    let told = [("purchased", (0, "i0".to_owned(), -500)), ("came", (2, "search".to_owned(), -100))];
    let lines: Vec<String> = told.iter().map(|(event, each)| line(&plan, event, each)).collect();
    let rows = read(&mut plan, &lines);
    assert_eq!(rows.len(), 3);
    let outcome = sim::run(&plan, &mut rows.into_iter(), &Options::default(), &|_| {}).unwrap();
    let segment = |name: &str| outcome.figures.segments.get(name).unwrap().start;
    assert_eq!((segment("owners"), segment("found")), (2, 1));
    let entered = |name: &str| outcome.figures.journeys.get(name).unwrap().entered;
    assert_eq!((entered("owners"), entered("found")), (2, 1));
    // A touch of the past is none of the run.
    assert_eq!(outcome.figures.acquisition.sources.get("search").unwrap().touches, 0);
}

/// Orders are a customer's by every address that the log knows of it: of a lead of the file, and of one that the log
/// alone knows.
#[test]
fn orders_by_any_address_of_a_customer_are_its_own() {
    for who in [0, 5] {
        let mut plan = shop(&[(3, 1, true), (4, 2, true)], 1, "[orders, events]");
        let line = |number: u8, secs: i64| {
            let bought = line(&plan, "purchased", &(who, "i0".to_owned(), secs));
            bought.replace(&format!("u{who}@"), &format!("u{number}@"))
        };
        let lines = [line(3, -300), line(4, -200)];
        read(&mut plan, &lines);
        let catalog = &plan.campaign.catalogs["products"];
        assert_eq!((catalog.customers, catalog.pairs()), (1, 3), "u{who}");
    }
}
