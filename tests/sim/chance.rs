//! Chance depends on nothing but its keys.

use tabiji::backend::sim::{Options, TraceLine};
use tabiji::ir::{Behavior, Cause, Delay, Does};
use tabiji::text::Origin;

use crate::support::*;

fn lab() -> Lab {
    let does = Does {
        event: "visit".into(),
        with: [].into(),
        cause: Cause::After { event: "email_opened".into(), filter: None, chance: 0.5, within_secs: DAY, delay: None },
        when: None,
        origin: Origin::default(),
    };
    let behavior = Behavior {
        open: 0.5,
        click: 0.5,
        soft_bounce: 0.1,
        hard_bounce: 0.01,
        open_delay: Delay::LogNormal { median_secs: 4 * HOUR, p90_secs: 30 * HOUR },
        click_delay: Delay::LogNormal { median_secs: 600, p90_secs: HOUR },
        does: vec![does],
        ..Behavior::default()
    };
    Lab::new("Asia/Tokyo", "2026-04-01", 30)
        .emails(&["a", "b", "c"])
        .event("visit", &[])
        // What a lead loses through one journey's mails, its address or a subscription, would be lost to the others too.
        .policies(|policies| (policies.soft_retries, policies.hard_suppress) = (2, false))
        .persona("p", truth(), behavior)
}

fn splits(name: &str, weights: [f64; 3], lab: Lab) -> Lab {
    let [one, two, three] = weights;
    let arms = split(&[("one", one, "s2"), ("two", two, "s3"), ("three", three, "s4")]);
    let mut steps = steps(vec![arms, send("a"), send("b"), send("c")]);
    steps[1].next = None;
    steps[2].next = None;
    lab.all(name, steps)
}

/// What happened to a lead in one journey.
fn lines(lab: &Lab, id: &str, journey: &str) -> Vec<TraceLine> {
    let about = |line: &TraceLine| {
        line.journey.as_deref() == Some(journey) || line.text.contains(&format!("journey=\"{journey}\""))
    };
    lab.run_one(lab.lead(id)).trace.into_iter().filter(about).collect()
}

#[test]
fn a_changed_journey_leaves_others_alone() {
    let one = splits("kept", [50.0, 30.0, 20.0], lab());
    let other = one.clone().all("added", steps(vec![send("c"), wait(DAY), send("a"), wait(DAY), send("b")]));
    let mut same = 0;
    for id in 0..60 {
        let id = id.to_string();
        let kept = (lines(&one, &id, "kept"), lines(&other, &id, "kept"));
        assert_eq!(kept.0, kept.1, "{id}");
        same += kept.0.len();
    }
    assert!(same > 300);
}

#[test]
fn a_changed_weight_moves_only_who_it_must() {
    let leads = |lab: &Lab| (0..2_000).map(|id| Ok(lab.lead(&id.to_string()))).collect();
    let arms = |weights| {
        let lab = splits("j", weights, lab());
        let figures = lab.run(leads(&lab), &Options::default()).unwrap().figures;
        let arms = &figures.journeys.get("j").unwrap().steps.get("s1").unwrap().arms;
        ["one", "two", "three"].map(|arm| *arms.get(arm).unwrap())
    };
    let (before, after) = (arms([50.0, 40.0, 10.0]), arms([50.0, 40.0, 0.0]));
    assert_eq!(after[2], 0);
    assert_eq!(before.iter().sum::<u64>(), after.iter().sum::<u64>());
    assert!(after[0] >= before[0] && after[1] >= before[1]);
    assert!((140..=260).contains(&before[2]), "{before:?}");
    let (a, b) = (splits("j", [50.0, 40.0, 10.0], lab()), splits("j", [50.0, 40.0, 0.0], lab()));
    for id in 0..40 {
        let arm = |lab: &Lab| lines(lab, &id.to_string(), "j")[1].text.clone();
        assert!(arm(&a) == arm(&b) || arm(&a).contains("`three`"), "{id}");
    }
}

#[test]
fn a_loop_takes_the_same_arm_again() {
    let mut steps = steps(vec![split(&[("one", 50.0, "s2"), ("two", 50.0, "s3")]), send("a"), send("b"), wait(DAY)]);
    steps[1].next = Some("s4".into());
    steps[3].next = Some("s1".into());
    let lab = lab().all("j", steps);
    for id in 0..20 {
        let lab = lab.run_one(lab.lead(&id.to_string()));
        let arms: std::collections::BTreeSet<String> =
            lab.lines(tabiji::backend::sim::What::Split).into_iter().map(|(_, text)| text).collect();
        assert_eq!(arms.len(), 1);
    }
}

#[test]
fn the_seed_changes_chance_and_nothing_else() {
    let lab = splits("j", [50.0, 30.0, 20.0], lab());
    let run = |seed| {
        let leads = (0..500).map(|id| Ok(lab.lead(&id.to_string()))).collect();
        lab.run(leads, &Options { seed: Some(seed), ..Options::default() }).unwrap()
    };
    assert_eq!(run(7), run(7));
    assert_ne!(run(7).figures.emails, run(8).figures.emails);
    assert_eq!(run(7).figures.leads, run(8).figures.leads);
}

#[test]
fn any_number_of_threads_and_any_order_of_leads_give_the_same() {
    let lab = splits("j", [50.0, 30.0, 20.0], lab());
    let run = |threads, reverse: bool| {
        let mut leads: Vec<_> = (0..6_000).map(|id| Ok(lab.lead(&id.to_string()))).collect();
        if reverse {
            leads.reverse();
        }
        let options = Options { threads: Some(threads), trace: Some("17".into()), ..Options::default() };
        serde_json::to_string(&lab.run(leads, &options).unwrap()).unwrap()
    };
    let one = run(1, false);
    assert_eq!(one, run(2, false));
    assert_eq!(one, run(4, false));
    assert_eq!(one, run(2, true));
}
