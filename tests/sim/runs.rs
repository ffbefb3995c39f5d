//! Runs: what they need, what they refuse, what their figures add up to.

use std::sync::atomic::{AtomicU64, Ordering};

use tabiji::backend::sim::{Options, REFUSED_ROWS_KEPT, SimError, What, run};
use tabiji::ir::{Refusal, RefusedRow, Row};
use tabiji::plan;

use crate::support::*;

fn lab() -> Lab {
    Lab::new("Asia/Tokyo", "2026-04-01", 30).emails(&["a", "b"]).all("j", steps(vec![send("a"), wait(DAY), send("b")]))
}

fn bad(line: u64) -> Row {
    Err(RefusedRow::new(line, Refusal::BadRow, format!("row {line}")))
}

#[test]
fn a_run_needs_a_start() {
    let mut lab = lab();
    lab.0.settings.simulation.start = None;
    let error = lab.run(vec![], &Options::default()).unwrap_err();
    assert_eq!(error, SimError::NoStart);
    assert!(error.to_string().contains("simulation.start"));
    let start = Some("2026-05-01".parse().unwrap());
    let outcome = lab.run(vec![], &Options { start, ..Options::default() }).unwrap();
    assert_eq!((outcome.run.start.as_str(), outcome.run.start_secs), ("2026-05-01", 1_777_561_200));
    lab.0.settings.simulation.start = Some("soon".into());
    assert_eq!(lab.run(vec![], &Options::default()).unwrap_err(), SimError::BadStart("soon".into()));
}

#[test]
fn a_run_needs_a_zone_and_a_length_that_exist() {
    let mut lab = lab();
    assert_eq!(lab.run(vec![], &Options { days: Some(0), ..Options::default() }).unwrap_err(), SimError::BadDays(0));
    let days = Some(u32::MAX);
    assert!(matches!(lab.run(vec![], &Options { days, ..Options::default() }), Err(SimError::BadDays(_))));
    lab.0.settings.timezone = "Asia/Edo".into();
    let error = lab.run(vec![], &Options::default()).unwrap_err();
    assert_eq!(error.to_string(), "the plan cannot be run: unknown project time zone `Asia/Edo`");
}

#[test]
fn refused_rows_are_counted_and_kept() {
    let lab = lab();
    let rows = || -> Vec<Row> {
        let mut rows: Vec<Row> = (0..1_500).map(bad).collect();
        rows.push(Ok(lab.lead("x")));
        rows.push(Ok(lab.lead_with("y", &[("timezone", text("Moon/Tranquility"))])));
        rows
    };
    let outcome = lab.run(rows(), &Options::default()).unwrap();
    let leads = &outcome.figures.leads;
    assert_eq!((leads.read, leads.simulated), (1_502, 1));
    assert_eq!((leads.refused[&Refusal::BadRow], leads.refused[&Refusal::UnknownTimezone]), (1_500, 1));
    assert_eq!(outcome.refused_rows.len(), REFUSED_ROWS_KEPT);
    assert_eq!(outcome.refused_rows[999].line, 999);
    let strict = lab.run(rows(), &Options { strict: true, ..Options::default() }).unwrap_err();
    assert!(matches!(strict, SimError::Refused(row) if row.line == 0));
}

#[test]
fn rows_are_read_as_they_are_needed() {
    let lab = lab();
    let plan = plan::build(&lab.0).unwrap();
    let (read, done) = (AtomicU64::new(0), AtomicU64::new(0));
    let mut rows = (0..20_000u64).map(|id| {
        // Never more than two batches ahead of what is done.
        assert!(read.fetch_add(1, Ordering::Relaxed) <= done.load(Ordering::Relaxed) + 2 * 8_192);
        Ok(lab.lead(&id.to_string()))
    });
    let progress = |rows| done.store(rows, Ordering::Relaxed);
    let outcome = run(&plan, &mut rows, &Options::default(), &progress).unwrap();
    assert_eq!((outcome.figures.leads.read, done.load(Ordering::Relaxed)), (20_000, 20_000));
    assert_eq!(outcome.figures.sends_per_day[..3], [20_000, 20_000, 0]);
}

#[test]
fn a_timeline_of_nobody_is_none() {
    let lab = lab();
    let outcome = lab.run(vec![Ok(lab.lead("x"))], &Options { trace: Some("y".into()), ..Options::default() }).unwrap();
    assert_eq!(outcome.trace, None);
}

#[test]
fn a_saved_plan_gives_the_same() {
    let lab = lab();
    let plan = plan::build(&lab.0).unwrap();
    let again = plan::Plan::from_json(&plan.to_json().unwrap()).unwrap();
    let figures = |plan| run(plan, &mut [Ok(lab.lead("x"))].into_iter(), &Options::default(), &|_| {}).unwrap();
    assert_eq!(figures(&plan), figures(&again));
}

#[test]
fn the_figures_are_plain_data() {
    let lab = lab();
    let outcome = lab.run(vec![Ok(lab.lead("x")), bad(3)], &Options::default()).unwrap();
    let json = serde_json::to_value(&outcome).unwrap();
    let at = |pointer: &str| json.pointer(pointer).unwrap().clone();
    assert_eq!(at("/run/days"), 30);
    assert_eq!(at("/run/plan"), plan::build(&lab.0).unwrap().hash);
    assert_eq!(at("/leads/refused/bad-row"), 1);
    assert_eq!(at("/refused_rows/0/line"), 3);
    assert_eq!(at("/journeys/j/steps/s3/reached"), 1);
    assert_eq!(at("/emails/b/delivered"), 1);
    assert_eq!(at("/mails/leads_by_mails/2"), 1);
    assert_eq!(at("/mails/busiest_week/lead"), "x");
    assert_eq!(at("/segments/everyone/start"), 1);
    assert_eq!(at("/events/email_sent"), 2);
    assert_eq!(at("/trace"), serde_json::Value::Null);
}

#[test]
fn a_lead_created_after_the_run_says_so() {
    let lab = lab();
    let created = tabiji::ir::Value::Datetime(1_800_000_000);
    let watched = lab.run_one(lab.lead_with("late", &[("created_at", created)]));
    assert_eq!(watched.trace.len(), 1);
    assert!(watched.text().contains("created only on 2027-01-15T17:00:00+09:00"));
    assert_eq!(watched.outcome.figures.leads.simulated, 0);
}

#[test]
fn a_timeline_reads_well() {
    let watched = lab().frequency(1, tabiji::ir::Window::RollingSecs(2 * DAY), true).watch();
    read_aloud(&watched.text());
}

#[test]
fn lines_of_steps_name_the_step() {
    let watched = lab().frequency(1, tabiji::ir::Window::RollingSecs(2 * DAY), true).watch();
    let steps: Vec<_> = watched.trace.iter().filter_map(|line| Some((line.what, line.step.as_deref()?))).collect();
    let expected = [
        (What::Sent, "s1"),
        (What::Delivered, "s1"),
        (What::Wait, "s2"),
        (What::WaitOver, "s2"),
        (What::Held, "s3"),
        (What::Sent, "s3"),
        (What::Delivered, "s3"),
    ];
    assert_eq!(steps, expected);
}

/// The whole text, so that a person reads it.
fn read_aloud(text: &str) {
    let expected = "\
2026-04-01T00:00:00+09:00  launched    lead `lead`
2026-04-01T00:00:00+09:00  persona     none matches
2026-04-01T00:00:00+09:00  segment-in  `everyone`: true
2026-04-01T00:00:00+09:00  entered     j: for the 1st time
2026-04-01T00:00:00+09:00  event       `journey_entered` journey=\"j\"
2026-04-01T00:00:00+09:00  sent        j.s1: `a`
2026-04-01T00:00:00+09:00  event       `email_sent` email=\"a\" journey=\"j\" step=\"s1\" topic=\"news\"
2026-04-01T00:00:00+09:00  delivered   j.s1: `a`
2026-04-01T00:00:00+09:00  event       `email_delivered` email=\"a\" journey=\"j\" step=\"s1\" topic=\"news\"
2026-04-01T00:00:00+09:00  wait        j.s2: until 2026-04-02T00:00:00+09:00
2026-04-02T00:00:00+09:00  wait-over   j.s2: the time has come
2026-04-02T00:00:00+09:00  held        j.s3: `b` until 2026-04-03T00:00:00+09:00: frequency rule 1, at most 1 per 2 days
2026-04-03T00:00:00+09:00  sent        j.s3: `b`
2026-04-03T00:00:00+09:00  event       `email_sent` email=\"b\" journey=\"j\" step=\"s3\" topic=\"news\"
2026-04-03T00:00:00+09:00  delivered   j.s3: `b`
2026-04-03T00:00:00+09:00  event       `email_delivered` email=\"b\" journey=\"j\" step=\"s3\" topic=\"news\"
2026-04-03T00:00:00+09:00  ended       j: completed
2026-04-03T00:00:00+09:00  event       `journey_ended` journey=\"j\" reason=\"completed\"
";
    assert_eq!(text, expected);
}
