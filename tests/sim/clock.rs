//! Local time: changes of clocks, weekdays, schedules.

use tabiji::backend::sim::What;
use tabiji::ir::journey::{EntryBy, Moment};
use tabiji::ir::{Again, Value, Window};

use crate::support::*;

/// The local time at which a wait that starts `secs` after midnight UTC of a day ends, for a lead in a zone.
fn waits(zone: &str, start: &str, secs: i64, moment: Moment) -> String {
    let lab = Lab::new("UTC", start, 20).emails(&["a"]);
    let lab = lab.all("j", steps(vec![wait(secs), until(moment), send("a")]));
    let lead = lab.lead_with("lead", &[("timezone", text(zone))]);
    lab.run_one(lead).sent()[0].0.clone()
}

#[test]
fn new_york_loses_an_hour() {
    let nine = Moment::Daily { minute: 540 };
    assert_eq!(waits("America/New_York", "2026-03-07", 18 * HOUR, nine), "2026-03-08T09:00:00-04:00");
    let gap = Moment::Daily { minute: 150 };
    assert_eq!(waits("America/New_York", "2026-03-08", 5 * HOUR, gap), "2026-03-08T03:00:00-04:00");
}

#[test]
fn new_york_wins_an_hour() {
    let half_past_one = || Moment::Daily { minute: 90 };
    assert_eq!(waits("America/New_York", "2026-11-01", 4 * HOUR, half_past_one()), "2026-11-01T01:30:00-04:00");
    // After the first 01:30 the second does not count.
    assert_eq!(
        waits("America/New_York", "2026-11-01", 5 * HOUR + 31 * MINUTE, half_past_one()),
        "2026-11-02T01:30:00-05:00"
    );
}

#[test]
fn friday_in_los_angeles() {
    let friday = Moment::Weekly { weekdays: vec![5], minute: 1200 };
    assert_eq!(waits("America/Los_Angeles", "2026-01-07", 12 * HOUR, friday), "2026-01-09T20:00:00-08:00");
}

#[test]
fn a_wait_of_a_day_is_24_hours() {
    let lab = Lab::new("America/New_York", "2026-03-07", 10).emails(&["a"]);
    let watched = lab.all("j", steps(vec![wait(12 * HOUR), wait(DAY), send("a")])).watch();
    assert_eq!(watched.sent()[0].0, "2026-03-08T13:00:00-04:00");
}

#[test]
fn a_moment_that_is_now_ends_the_wait_at_once() {
    assert_eq!(waits("UTC", "2026-04-01", 9 * HOUR, Moment::Daily { minute: 540 }), "2026-04-01T09:00:00+00:00");
    let past = Moment::Once { at: "2026-03-01T09:00:00".into() };
    assert_eq!(waits("UTC", "2026-04-01", HOUR, past), "2026-04-01T01:00:00+00:00");
}

#[test]
fn quiet_hours_over_a_change_of_clocks() {
    // 22:00 to 09:00 in New York: 2026-03-08 13:00 UTC, not 14:00.
    let lab = Lab::new("UTC", "2026-03-07", 5).emails(&["a"]).quiet(22 * 60, 9 * 60, &[]);
    let lab = lab.all("j", steps(vec![wait(DAY + 4 * HOUR), send("a")]));
    let lead = lab.lead_with("lead", &[("timezone", text("America/New_York"))]);
    assert_eq!(lab.run_one(lead).sent()[0].0, "2026-03-08T09:00:00-04:00");
}

#[test]
fn schedules_follow_the_lead() {
    let monday = Moment::Weekly { weekdays: vec![1], minute: 540 };
    let by = EntryBy::Schedule { segment: "everyone".into(), moment: monday };
    let mut by = entry(by);
    by.again = Again::Always;
    let lab = Lab::new("UTC", "2026-04-01", 14).emails(&["a"]).journey("j", by, steps(vec![send("a")]));
    let lead = lab.lead_with("lead", &[("timezone", text("Asia/Tokyo"))]);
    let sent: Vec<String> = lab.run_one(lead).sent().into_iter().map(|(at, _)| at).collect();
    assert_eq!(sent, ["2026-04-06T09:00:00+09:00", "2026-04-13T09:00:00+09:00"]);
}

#[test]
fn a_schedule_in_the_past_never_comes() {
    let by = |at: &str| EntryBy::Schedule { segment: "everyone".into(), moment: Moment::Once { at: at.into() } };
    let entered = |at: &str| {
        let lab = Lab::new("UTC", "2026-04-01", 14).journey("j", entry(by(at)), vec![]);
        lab.watch().outcome.figures.journeys.get("j").unwrap().entered
    };
    assert_eq!(entered("2026-03-31T23:59:59"), 0);
    assert_eq!(entered("2026-04-01T00:00:00"), 1);
    assert_eq!(entered("2026-04-10T09:00:00"), 1);
    assert_eq!(entered("2026-04-15T00:00:00"), 0);
}

#[test]
fn schedules_take_members_only() {
    let by = EntryBy::Schedule { segment: "red".into(), moment: Moment::Daily { minute: 540 } };
    let lab = Lab::new("UTC", "2026-04-01", 3).field("color", plain()).segment("red", field_is("color", "red"));
    let lab = lab.journey("j", entry(by), vec![]);
    let blue = lab.run_one(lab.lead_with("lead", &[("color", text("blue"))]));
    assert_eq!(blue.outcome.figures.journeys.get("j").unwrap().entered, 0);
    let red = lab.run_one(lab.lead_with("lead", &[("color", text("red"))])).outcome.figures;
    let journey = red.journeys.get("j").unwrap();
    assert_eq!((journey.entered, journey.refused.values().sum::<u64>()), (1, 2));
}

#[test]
fn leads_created_in_the_run_come_in_then() {
    let at = |text: &str| Value::Datetime(text.parse::<jiff::Timestamp>().unwrap().as_second());
    let lab = Lab::new("UTC", "2026-04-01", 10).emails(&["a"]).journey(
        "welcome",
        by_event("lead_created", Again::Never),
        steps(vec![send("a")]),
    );
    let run = |created: &str| lab.run_one(lab.lead_with("lead", &[("created_at", at(created))]));
    assert_eq!(run("2026-04-03T10:00:00Z").sent()[0].0, "2026-04-03T10:00:00+00:00");
    // One that was there before is not created again.
    assert!(run("2026-04-01T00:00:00Z").sent().is_empty());
    let options = tabiji::backend::sim::Options::default();
    let late =
        lab.run(vec![Ok(lab.lead_with("lead", &[("created_at", at("2026-04-11T00:00:00Z"))]))], &options).unwrap();
    assert_eq!((late.figures.leads.not_created, late.figures.leads.simulated), (1, 0));
}

#[test]
fn look_backs_expire_with_the_daily_tick() {
    let lab = Lab::new("UTC", "2026-04-01", 10).event("visit", &[]).segment("active", did("visit", Some(2 * DAY)));
    let watched = lab.drive(&[(10 * HOUR, "visit", &[])]).watch();
    assert_eq!(
        watched.lines(What::SegmentIn)[1],
        ("2026-04-01T10:00:00+00:00".into(), "`active`: did(\"visit\")".into())
    );
    // The window ends on 3 April at 10:00; the next tick finds out.
    assert_eq!(watched.lines(What::SegmentOut), [("2026-04-04T00:00:00+00:00".to_owned(), "`active`".to_owned())]);
}

#[test]
fn calendar_days_have_23_or_25_hours_when_clocks_change() {
    let second = |day: &str| {
        let lab = Lab::new("America/New_York", day, 4).frequency(1, Window::CalendarDay, true).emails(&["a", "b"]);
        lab.all("j", steps(vec![send("a"), send("b")])).watch().sent_at()
    };
    assert_eq!(second("2026-03-08"), [(0, "a".to_owned()), (23 * HOUR, "b".to_owned())]);
    assert_eq!(second("2026-11-01"), [(0, "a".to_owned()), (25 * HOUR, "b".to_owned())]);
}

#[test]
fn quiet_hours_that_end_in_an_hour_that_comes_twice_end_the_first_time() {
    // 01:30 comes twice in New York: quiet from 21:00 to the first, 90 minutes after midnight, and open from then on.
    let asks = |secs: i64| {
        let lab = Lab::new("America/New_York", "2026-11-01", 3).quiet(1260, 90, &[]).emails(&["a"]);
        lab.all("j", steps(vec![wait(secs), send("a")])).watch().sent_at()
    };
    assert_eq!(asks(HOUR), [(90 * MINUTE, "a".to_owned())]);
    assert_eq!(asks(2 * HOUR + 10 * MINUTE), [(2 * HOUR + 10 * MINUTE, "a".to_owned())]);
}
