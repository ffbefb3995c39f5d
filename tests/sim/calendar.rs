//! Working days, by the Japanese holidays of Golden Week 2026: Wednesday 29 April, Sunday 3 May to Wednesday 6 May.

use std::collections::BTreeMap;

use tabiji::ir::calendar::{Calendar, Holidays, Length};
use tabiji::ir::journey::{Action, Moment, WorkingDay};
use tabiji::ir::{Again, QuietHours};
use tabiji::text::Origin;

use crate::support::*;

fn lab(start: &str, days: u32) -> Lab {
    let mut lab = Lab::new("Asia/Tokyo", start, days).emails(&["a", "b"]);
    let calendar = Calendar {
        label: None,
        holidays: Some(Holidays::Japan),
        days: BTreeMap::from([("2026-05-01".to_owned(), Some("創立記念日".to_owned()))]),
        work: vec![1, 2, 3, 4, 5],
        origin: Origin::default(),
    };
    lab.0.calendars.insert("company".to_owned(), calendar);
    lab
}

fn business_days(days: u32) -> Length {
    Length::BusinessDays { days, calendar: "company".to_owned() }
}

fn sent(lab: &Lab) -> Vec<String> {
    lab.watch().sent().into_iter().map(|(at, _)| at).collect()
}

#[test]
fn waits_count_working_days_and_keep_the_time() {
    let wait_for = |days| Action::Wait { length: business_days(days) };
    // Monday 27 April, 15:30. Tuesday and Thursday are worked, then Thursday the week after.
    let lab = lab("2026-04-27", 21)
        .all("j", steps(vec![wait(15 * HOUR + HOUR / 2), wait_for(1), send("a"), wait_for(2), send("b")]));
    assert_eq!(sent(&lab), ["2026-04-28T15:30:00+09:00", "2026-05-07T15:30:00+09:00"]);
}

#[test]
fn a_wait_for_an_event_may_count_working_days() {
    let within = Action::WaitFor {
        event: Some("email_opened".to_owned()),
        filter: None,
        when: None,
        within: business_days(2),
        timeout: Some("s3".to_owned()),
    };
    let lab = lab("2026-04-30", 21).all("j", steps(vec![send("a"), within, send("b")]));
    // From Thursday on: Thursday 7 May, Friday 8 May.
    assert_eq!(sent(&lab), ["2026-04-30T00:00:00+09:00", "2026-05-08T00:00:00+09:00"]);
}

#[test]
fn moments_fall_on_working_days() {
    let at = |day, minute| until(Moment::Working { day, calendar: "company".to_owned(), minute });
    let ways = vec![
        at(WorkingDay::Every, 600),
        send("a"),
        at(WorkingDay::LastOfMonth, 540),
        send("b"),
        at(WorkingDay::FirstOfMonth, 0),
        send("a"),
    ];
    let lab = lab("2026-04-29", 70).all("j", steps(ways));
    // The last working day of April begins at nine, before the mail at ten; so it is that of May, a Friday.
    assert_eq!(sent(&lab), ["2026-04-30T10:00:00+09:00", "2026-05-29T09:00:00+09:00", "2026-06-01T00:00:00+09:00"]);
}

#[test]
fn holidays_can_be_quiet() {
    let hours = QuietHours {
        from_minute: 1260,
        to_minute: 480,
        weekdays: vec![6, 7],
        holidays: Some("company".to_owned()),
        lead_time: true,
        origin: Origin::default(),
    };
    let lab = lab("2026-05-01", 14).policies(|policies| {
        policies.quiet_hours = Some(hours);
        policies.max_hold_secs = 10 * DAY;
    });
    let lab = lab.email("receipt", "account", Again::Always).all("j", steps(vec![send("receipt"), send("a")]));
    // The company's own day off, a weekend and three holidays, then the night.
    assert_eq!(sent(&lab), ["2026-05-01T00:00:00+09:00", "2026-05-07T08:00:00+09:00"]);
}

#[test]
fn years_without_known_holidays_are_refused() {
    let error = lab("2100-01-04", 5).run(vec![], &tabiji::backend::sim::Options::default()).unwrap_err();
    assert_eq!(error.to_string(), "the plan cannot be run: the calendar `company` does not know the holidays of 2100");
    let next_year = lab("2099-12-31", 1).run(vec![], &tabiji::backend::sim::Options::default());
    assert!(next_year.is_ok());
}
