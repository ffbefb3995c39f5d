//! Gates: frequency, quiet hours, holds, competition.

use tabiji::backend::sim::{Skip, What};
use tabiji::ir::journey::Moment;
use tabiji::ir::{Again, Counted, Window};

use crate::support::*;

const WEEK: Window = Window::RollingSecs(7 * DAY);

fn tokyo() -> Lab {
    Lab::new("Asia/Tokyo", "2026-04-01", 40).emails(&["a", "b", "c", "d"])
}

#[test]
fn mails_exactly_seven_days_apart_share_no_window() {
    let lab = tokyo().frequency(1, WEEK, true).all("j", steps(vec![send("a"), wait(7 * DAY), send("b")]));
    let watched = lab.watch();
    assert_eq!(watched.sent_at(), [at(0, "a"), at(7, "b")]);
    assert_eq!(watched.outcome.figures.emails.get("b").unwrap().held, 0);
    assert_eq!(watched.outcome.figures.mails.busiest_week.most, 1);
}

#[test]
fn a_mail_one_second_too_early_waits_one_second() {
    let lab = tokyo().frequency(1, WEEK, true).max_hold(7 * DAY);
    let watched = lab.all("j", steps(vec![send("a"), wait(7 * DAY - 1), send("b")])).watch();
    assert_eq!(watched.sent_at(), [at(0, "a"), at(7, "b")]);
    let figures = watched.outcome.figures.emails.get("b").unwrap();
    assert_eq!((figures.held, figures.held_secs), (1, 1));
}

#[test]
fn two_per_week_delays_the_third_to_day_seven() {
    let steps = || steps(vec![send("a"), wait(4 * DAY), send("b"), wait(2 * DAY), send("c")]);
    let delayed = tokyo().frequency(2, WEEK, true).all("j", steps()).watch();
    assert_eq!(delayed.sent_at(), [at(0, "a"), at(4, "b"), at(7, "c")]);
    let skipped = tokyo().frequency(2, WEEK, false).all("j", steps()).watch();
    assert_eq!(skipped.sent_at(), [at(0, "a"), at(4, "b")]);
    assert_eq!(skipped.outcome.figures.emails.get("c").unwrap().skipped[&Skip::Capped], 1);
    assert_eq!(skipped.outcome.figures.journeys.get("j").unwrap().completed, 1);
}

#[test]
fn the_first_full_rule_decides() {
    let steps = || steps(vec![send("a"), send("b")]);
    let skip_first = tokyo().frequency(1, Window::RollingSecs(DAY), false).frequency(1, WEEK, true).max_hold(30 * DAY);
    assert_eq!(skip_first.all("j", steps()).watch().sent_at(), [at(0, "a")]);
    let delay_first = tokyo().frequency(1, Window::RollingSecs(DAY), true).frequency(1, WEEK, false).max_hold(30 * DAY);
    let watched = delay_first.all("j", steps()).watch();
    // Held for a day, then the second rule is the first that is full.
    assert_eq!(watched.lines(What::Held).len(), 1);
    assert_eq!(watched.lines(What::Skipped)[0].0, "2026-04-02T00:00:00+09:00");
}

#[test]
fn rules_count_what_they_are_told_to() {
    let lab = tokyo().email("bill", "account", Again::Always).email("deal", "offers", Again::Always);
    let lab = lab.frequency_of(1, WEEK, false, Counted::Marketing);
    let watched = lab.all("j", steps(vec![send("bill"), send("a"), send("b"), send("bill")])).watch();
    assert_eq!(watched.sent_at(), [at(0, "bill"), at(0, "a"), at(0, "bill")]);
    let lab = tokyo().email("bill", "account", Again::Always).frequency_of(1, WEEK, false, Counted::All);
    let watched = lab.all("j", steps(vec![send("bill"), send("a"), send("bill")])).watch();
    assert_eq!(watched.sent_at(), [at(0, "bill")]);
    let lab = tokyo().email("bill", "account", Again::Always);
    let lab = lab.frequency_of(1, WEEK, false, Counted::Topic("news".into()));
    let watched = lab.all("j", steps(vec![send("a"), send("bill"), send("bill"), send("b")])).watch();
    assert_eq!(watched.sent_at(), [at(0, "a"), at(0, "bill"), at(0, "bill")]);
}

#[test]
fn calendar_windows_are_not_rolling_windows() {
    // Wednesday 2026-04-01; a on Sunday 5 April 12:00, b asked on Monday 6 April 00:00.
    let steps = || steps(vec![wait(4 * DAY + 12 * HOUR), send("a"), wait(12 * HOUR), send("b"), send("c")]);
    let week = tokyo().frequency(1, Window::CalendarWeek, true).max_hold(30 * DAY).all("j", steps()).watch();
    assert_eq!(
        week.sent(),
        [
            ("2026-04-05T12:00:00+09:00".into(), "a".into()),
            ("2026-04-06T00:00:00+09:00".into(), "b".into()),
            ("2026-04-13T00:00:00+09:00".into(), "c".into()),
        ]
    );
    let day = tokyo().frequency(1, Window::CalendarDay, true).all("j", steps()).watch();
    assert_eq!(day.sent()[2].0, "2026-04-07T00:00:00+09:00");
    let month = tokyo().frequency(1, Window::CalendarMonth, true).max_hold(40 * DAY).all("j", steps()).watch();
    assert_eq!(month.sent()[1].0, "2026-05-01T00:00:00+09:00");
    let rolling = tokyo().frequency(1, Window::RollingSecs(DAY), true).all("j", steps()).watch();
    assert_eq!(rolling.sent()[1].0, "2026-04-06T12:00:00+09:00");
    let ever = tokyo().frequency(1, Window::Ever, true).all("j", steps()).watch();
    assert_eq!(ever.sent().len(), 1);
    assert_eq!(ever.outcome.figures.mails.not_sent[&Skip::Expired], 2);
}

#[test]
fn calendar_windows_follow_the_lead_or_the_project() {
    // Midnight in Tokyo is 10:00 of the day before in Honolulu: 14 hours later it is midnight there.
    let lab = tokyo().frequency(1, Window::CalendarDay, true);
    let lead = lab.lead_with("lead", &[("timezone", text("Pacific/Honolulu"))]);
    let mut lab = lab.all("j", steps(vec![send("a"), send("b")]));
    assert_eq!(lab.run_one(lead.clone()).sent()[1].0, "2026-04-01T00:00:00-10:00");
    lab.0.policies.frequency[0].lead_time = false;
    assert_eq!(lab.run_one(lead).sent()[1].0, "2026-04-01T05:00:00-10:00");
}

#[test]
fn quiet_hours_hold_marketing_only() {
    let lab = tokyo().email("bill", "account", Again::Always).quiet(22 * 60, 6 * 60, &[]);
    // Midnight is quiet; at 12:00 nothing is.
    let watched = lab.all("j", steps(vec![send("bill"), send("a"), wait(6 * HOUR), send("b")])).watch();
    assert_eq!(
        watched.sent(),
        [
            ("2026-04-01T00:00:00+09:00".into(), "bill".into()),
            ("2026-04-01T06:00:00+09:00".into(), "a".into()),
            ("2026-04-01T12:00:00+09:00".into(), "b".into()),
        ]
    );
}

#[test]
fn quiet_hours_at_their_edges() {
    let sent = |secs: i64| {
        let lab = tokyo().quiet(22 * 60, 6 * 60, &[]).all("j", steps(vec![wait(secs), send("a")]));
        lab.watch().sent_at()[0].0
    };
    assert_eq!(sent(22 * HOUR - 1), 22 * HOUR - 1);
    assert_eq!(sent(22 * HOUR), 30 * HOUR);
    assert_eq!(sent(30 * HOUR - 1), 30 * HOUR);
    assert_eq!(sent(30 * HOUR), 30 * HOUR);
}

#[test]
fn only_weekdays_in_office_hours() {
    // Monday 18:00 and two days is Wednesday 18:00, which is after hours.
    let lab = tokyo().quiet(17 * 60, 9 * 60, &[6, 7]);
    let monday = until(Moment::Once { at: "2026-04-06T18:00:00".into() });
    let watched = lab.clone().all("j", steps(vec![monday, wait(2 * DAY), send("a")])).watch();
    assert_eq!(watched.sent(), [("2026-04-09T09:00:00+09:00".into(), "a".into())]);
    let friday = until(Moment::Once { at: "2026-04-10T17:00:00".into() });
    let watched = lab.all("j", steps(vec![friday, send("a")])).watch();
    assert_eq!(watched.sent(), [("2026-04-13T09:00:00+09:00".into(), "a".into())]);
}

#[test]
fn a_mail_may_be_held_for_exactly_as_long_as_it_may() {
    let steps = || steps(vec![send("a"), send("b"), wait(DAY), send("c")]);
    let lab = || tokyo().frequency(1, Window::RollingSecs(3 * DAY), true);
    let enough = lab().max_hold(3 * DAY).all("j", steps()).watch();
    assert_eq!(enough.sent_at()[..2], [at(0, "a"), at(3, "b")]);
    let short = lab().max_hold(3 * DAY - 1).all("j", steps()).watch();
    // Held until the last second, then skipped; the journey goes on from there.
    assert_eq!(short.sent_at(), [at(0, "a"), (4 * DAY - 1, "c".to_owned())]);
    assert_eq!(short.lines(What::Skipped)[0].0, "2026-04-03T23:59:59+09:00");
    let figures = short.outcome.figures.emails.get("b").unwrap();
    assert_eq!((figures.held, figures.held_secs), (1, (3 * DAY - 1) as u64));
    assert_eq!(figures.skipped[&Skip::Expired], 1);
}

#[test]
fn a_step_may_hold_longer_than_the_policy() {
    let own = |max_hold_secs| tabiji::ir::journey::Action::Send { content: "b".into(), max_hold_secs };
    let lab = || tokyo().frequency(1, WEEK, true).max_hold(DAY);
    let watched = lab().all("j", steps(vec![send("a"), own(Some(7 * DAY))])).watch();
    assert_eq!(watched.sent_at(), [at(0, "a"), at(7, "b")]);
    assert_eq!(lab().all("j", steps(vec![send("a"), own(None)])).watch().sent_at(), [at(0, "a")]);
}

#[test]
fn leaving_cancels_a_held_mail() {
    let mut lab = tokyo().event("stop", &[]).frequency(1, WEEK, true).max_hold(30 * DAY);
    lab = lab.drive(&[(3 * DAY, "stop", &[])]);
    let lab = lab.journey_with("j", by_segment("everyone"), steps(vec![send("a"), send("b"), send("c")]), |journey| {
        journey.exit_when = Some(did("stop", None));
    });
    let watched = lab.watch();
    assert_eq!(watched.sent_at(), [at(0, "a")]);
    let figures = &watched.outcome.figures;
    assert_eq!(figures.emails.get("b").unwrap().skipped[&Skip::Exited], 1);
    assert_eq!(figures.emails.get("b").unwrap().held_secs, 3 * DAY as u64);
    assert_eq!(figures.emails.get("c").unwrap().requested, 0);
    assert_eq!(figures.journeys.get("j").unwrap().exit_when, 1);
}

/// Two journeys that hold a mail for the same free slot, and a third mail that filled it.
fn competition(low: i32, high: i32) -> Vec<(i64, String)> {
    let lab = tokyo().frequency(1, Window::RollingSecs(2 * DAY), true).max_hold(30 * DAY);
    let lab =
        lab.journey_with("first", by_segment("everyone"), steps(vec![send("a")]), |journey| journey.priority = 99);
    let lab = lab.journey_with("early", by_segment("everyone"), steps(vec![wait(HOUR), send("b")]), |journey| {
        journey.priority = low;
    });
    let lab = lab.journey_with("also", by_segment("everyone"), steps(vec![wait(2 * HOUR), send("c")]), |journey| {
        journey.priority = high;
    });
    lab.watch().sent_at()
}

#[test]
fn the_higher_priority_has_the_free_slot() {
    assert_eq!(competition(1, 2), [at(0, "a"), at(2, "c"), at(4, "b")]);
    assert_eq!(competition(2, 1), [at(0, "a"), at(2, "b"), at(4, "c")]);
}

#[test]
fn among_equals_the_one_that_asked_first_has_it() {
    // `also` comes before `early` by name, but `early` asked first.
    assert_eq!(competition(1, 1), [at(0, "a"), at(2, "b"), at(4, "c")]);
}

#[test]
fn a_mail_that_asks_when_a_better_one_is_due_waits_its_turn() {
    // The held b is due on day 2; at that very second `also`, tried earlier by name, asks for c.
    let lab = tokyo().frequency(1, Window::RollingSecs(2 * DAY), true).max_hold(30 * DAY);
    let lab = lab.all("early", steps(vec![send("a"), send("b")]));
    let lab = lab.all("also", steps(vec![wait(2 * DAY), send("c")]));
    assert_eq!(lab.watch().sent_at(), [at(0, "a"), at(2, "b"), at(4, "c")]);
    let mut lab = lab;
    lab.0.journeys.get_mut("also").unwrap().priority = 1;
    assert_eq!(lab.watch().sent_at(), [at(0, "a"), at(2, "c"), at(4, "b")]);
}

#[test]
fn repeat_rules_of_the_mail_itself() {
    let asks = || steps(vec![send("x"), wait(3 * DAY - 1), send("x"), wait(1), send("x")]);
    let sent =
        |again| Lab::new("UTC", "2026-04-01", 40).email("x", "news", again).all("j", asks()).watch().sent_at().len();
    assert_eq!(sent(Again::Always), 3);
    assert_eq!(sent(Again::Never), 1);
    assert_eq!(sent(Again::AfterSecs(3 * DAY)), 2);
}

#[test]
fn leads_without_address() {
    let lab = tokyo().all("j", steps(vec![send("a")]));
    let mut lead = lab.lead("lead");
    let field = lab.0.fields.keys().position(|name| name == "email").unwrap();
    lead.values[field] = None;
    let watched = lab.run_one(lead);
    assert_eq!(watched.outcome.figures.mails.not_sent[&Skip::NoAddress], 1);
    assert!(watched.lines(What::Skipped)[0].1.contains("no-address"));
}

#[test]
fn mails_still_held_when_the_run_ends_are_counted() {
    let lab = tokyo().frequency(1, Window::RollingSecs(60 * DAY), true).max_hold(90 * DAY);
    let watched = lab.all("j", steps(vec![send("a"), send("b")])).watch();
    let figures = watched.outcome.figures.emails.get("b").unwrap();
    assert_eq!((figures.requested, figures.waiting, figures.sent), (1, 1, 0));
    assert_eq!(figures.held_secs, 40 * DAY as u64);
    assert_eq!(watched.outcome.figures.journeys.get("j").unwrap().running, 1);
}
