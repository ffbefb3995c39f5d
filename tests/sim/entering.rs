//! Entering, re-entry, keys, waits for events, exits and goals.

use tabiji::backend::sim::{EntryRefusal, JourneyFigures, What};
use tabiji::ir::Again;
use tabiji::ir::journey::{Action, EntryBy};

use crate::support::*;

fn lab() -> Lab {
    Lab::new("UTC", "2026-04-01", 60).emails(&["a", "b"]).event("go", &["id"]).event("stop", &[])
}

fn journey(watched: &Watched) -> &JourneyFigures {
    watched.outcome.figures.journeys.get("j").unwrap()
}

#[test]
fn entry_filters_are_reasons() {
    let mut by = by_event("go", Again::Always);
    by.by = EntryBy::Event { event: "go".into(), filter: Some(event_is("id", "x")) };
    let watched = lab().drive(&[(0, "go", &[("id", "y")]), (5, "go", &[("id", "x")])]).journey("j", by, vec![]).watch();
    assert_eq!((journey(&watched).entered, journey(&watched).refused[&EntryRefusal::NotMatching]), (1, 1));
    let line = &watched.lines(What::Refused)[0].1;
    assert_eq!(line, "not-matching: `event.id == \"x\"` does not hold");
}

#[test]
fn again_after_a_time_counts_from_the_exit() {
    // In on day 0, out on day 1: not again before day 11.
    let go = |secs| (secs, "go", &[][..]);
    let timeline = [go(0), go(DAY - 1), go(DAY), go(11 * DAY - 1), go(11 * DAY)];
    let by = by_event("go", Again::AfterSecs(10 * DAY));
    let watched = lab().drive(&timeline).journey("j", by, steps(vec![wait(DAY)])).watch();
    let entered: Vec<String> = watched.lines(What::Entered).into_iter().map(|(at, _)| at).collect();
    assert_eq!(entered[1..], ["2026-04-01T00:00:00+00:00", "2026-04-12T00:00:00+00:00"]);
    let refused = &journey(&watched).refused;
    // On day 1 the driver, of higher priority, goes first: the instance still runs.
    assert_eq!(refused[&EntryRefusal::AlreadyIn], 2);
    assert_eq!(refused[&EntryRefusal::AgainTooSoon], 1);
    let never = lab().drive(&timeline).journey("j", by_event("go", Again::Never), steps(vec![wait(DAY)])).watch();
    assert_eq!(journey(&never).refused[&EntryRefusal::AgainNever], 2);
}

#[test]
fn nobody_enters_after_the_end() {
    let lab = lab().drive(&[(2 * DAY, "go", &[]), (2 * DAY + 1, "go", &[])]);
    let lab = lab.journey_with("j", by_event("go", Again::Always), vec![], |journey| {
        journey.ends = Some("2026-04-03T00:00:00".into());
    });
    let watched = lab.watch();
    assert_eq!((journey(&watched).entered, journey(&watched).refused[&EntryRefusal::Ended]), (1, 1));
}

#[test]
fn one_instance_for_each_key() {
    let mut by = by_event("go", Again::Never);
    by.key = Some("id".into());
    by.at_once = Some(2);
    let go = |secs, id: &'static [(&'static str, &'static str)]| (secs, "go", id);
    let (x, y, z) = (&[("id", "x")][..], &[("id", "y")][..], &[("id", "z")][..]);
    let timeline = [
        go(0, x),
        go(0, x), // x is running
        go(HOUR, y),
        go(2 * HOUR, z),   // two are running
        go(2 * HOUR, &[]), // no key
        go(2 * DAY, x),    // x was in before
        go(2 * DAY, z),
    ];
    let watched = lab().drive(&timeline).journey("j", by, steps(vec![wait(DAY)])).watch();
    let figures = journey(&watched);
    assert_eq!((figures.entered, figures.completed), (3, 3));
    assert_eq!(figures.refused[&EntryRefusal::AlreadyIn], 2);
    assert_eq!(figures.refused[&EntryRefusal::NotMatching], 1);
    assert_eq!(figures.refused[&EntryRefusal::AgainNever], 1);
    assert_eq!(figures.leads, 1);
}

#[test]
fn members_at_launch_enter_unless_told_otherwise() {
    let entered = |existing| {
        let by = entry(EntryBy::Segment { segment: "everyone".into(), existing });
        journey(&lab().journey("j", by, vec![]).watch()).entered
    };
    assert_eq!((entered(true), entered(false)), (1, 0));
}

#[test]
fn an_event_of_the_very_last_second_counts() {
    // The driver emits on day 2; the wait for it began at launch and lasts two days.
    let run = |within| {
        let mut steps = steps(vec![wait_for("go", within, Some("s3")), send("a"), send("b")]);
        steps[1].next = None;
        lab().drive(&[(2 * DAY, "go", &[])]).all("j", steps).watch().sent_at()
    };
    assert_eq!(run(2 * DAY), [at(2, "a")]);
    assert_eq!(run(2 * DAY - 1), [(2 * DAY - 1, "b".to_owned())]);
}

#[test]
fn an_event_from_a_later_timer_of_the_last_second_counts_too() {
    let mut waiting = steps(vec![wait_for("go", 2 * DAY, Some("s3")), send("a"), send("b")]);
    waiting[1].next = None;
    let lab = lab().all("a-waits", waiting).all("z-emits", steps(vec![wait(2 * DAY), emit("go")]));
    assert_eq!(lab.watch().sent_at(), [at(2, "a")]);
}

#[test]
fn only_events_after_the_step_was_reached_count() {
    let lab = lab().drive(&[(0, "go", &[]), (5, "go", &[])]);
    let watched =
        lab.journey("j", by_event("go", Again::Never), steps(vec![wait_for("go", DAY, None), send("a")])).watch();
    assert_eq!(watched.sent_at(), [(5, "a".to_owned())]);
}

#[test]
fn nobody_waits_for_what_holds_already() {
    let mut wait = wait_for("go", DAY, None);
    if let Action::WaitFor { when, .. } = &mut wait {
        *when = Some(did("stop", None));
    }
    let watched = lab().drive(&[(0, "stop", &[])]).all("j", steps(vec![tick(), wait, send("a")])).watch();
    assert_eq!(watched.sent_at(), [(60, "a".to_owned())]);
}

fn tick() -> Action {
    wait(60)
}

#[test]
fn exits_and_goals() {
    let with = |change: fn(&mut tabiji::ir::Journey)| {
        let lab = lab().drive(&[(2 * DAY, "stop", &[])]);
        lab.journey_with("j", by_segment("everyone"), steps(vec![wait(5 * DAY), exit("bored")]), change).watch()
    };
    let ends = |watched: &Watched| {
        let figures = journey(watched);
        (figures.exit_when, figures.goal, figures.exits["bored"])
    };
    assert_eq!(ends(&with(|journey| journey.exit_when = Some(did("stop", None)))), (1, 0, 0));
    assert_eq!(ends(&with(|journey| journey.goal = goal(did("stop", None), None))), (0, 1, 0));
    assert_eq!(ends(&with(|journey| journey.goal = goal(did("stop", None), Some(2 * DAY)))), (0, 1, 0));
    assert_eq!(ends(&with(|journey| journey.goal = goal(did("stop", None), Some(2 * DAY - 1)))), (0, 0, 1));
    // What holds on entry ends it at once.
    assert_eq!(ends(&with(|journey| journey.goal = goal(truth(), None))), (0, 1, 0));
    let both = with(|journey| {
        journey.exit_when = Some(truth());
        journey.goal = goal(truth(), None);
    });
    assert_eq!(ends(&both), (1, 0, 0));
    assert_eq!(journey(&both).entered, 1);
}

#[test]
fn who_leaves_is_counted_by_the_reason_that_held_first() {
    let reasons = |names: &[&str]| names.iter().map(|name| did(name, None).expr).collect::<Vec<_>>();
    let with = |of: Vec<tabiji::ir::Expr>| {
        let lab = lab().drive(&[(DAY, "stop", &[]), (2 * DAY, "go", &[])]);
        let watched = lab.journey_with("j", by_segment("everyone"), steps(vec![wait(5 * DAY)]), move |journey| {
            journey.exit_when = Some(cond("either", tabiji::ir::Expr::Any { of }));
        });
        let watched = watched.watch();
        let by = journey(&watched).exit_when_by.iter().map(|(_, number)| *number).collect::<Vec<_>>();
        // All left at the one step, which waits.
        let (_, waits) = journey(&watched).steps.iter().next().unwrap();
        assert_eq!((waits.left.exit_when, &waits.left.exit_when_by), (1, &journey(&watched).exit_when_by));
        (journey(&watched).exit_when, by, watched.lines(What::Ended)[0].1.clone())
    };
    assert_eq!(with(reasons(&["go", "stop"])), (1, vec![0, 1], "exit_when: `count(\"stop\") >= 1`".to_owned()));
    assert_eq!(with(reasons(&["stop", "go"])), (1, vec![1, 0], "exit_when: `count(\"stop\") >= 1`".to_owned()));
    // One reason alone needs no telling apart.
    assert_eq!(with(reasons(&["stop"])), (1, vec![], "exit_when: `either`".to_owned()));
}

#[test]
fn an_exit_on_time_is_found_before_the_next_step() {
    // The look-back ends between two ticks, at 10:00 on the third; the wait ends an hour later.
    let lab = lab().drive(&[(10 * HOUR, "go", &[])]);
    let steps = steps(vec![wait(2 * DAY + HOUR), send("a")]);
    let lab = lab.journey_with("j", by_event("go", Again::Never), steps, |journey| {
        let active = did("go", Some(2 * DAY));
        let expr = tabiji::ir::Expr::Not { of: Box::new(active.expr) };
        journey.exit_when = Some(cond("not did(\"go\")", expr));
    });
    let watched = lab.watch();
    assert!(watched.sent().is_empty());
    assert_eq!(watched.lines(What::Ended)[1].0, "2026-04-03T11:00:00+00:00");
}

#[test]
fn started_journeys_are_entered_at_the_same_second() {
    let called = || entry(EntryBy::Called);
    let start = || Action::Start { journey: "j".into() };
    let lab = lab().journey("j", called(), steps(vec![send("b"), wait(DAY)]));
    let watched = lab.all("caller", steps(vec![start(), start(), send("a")])).watch();
    assert_eq!(watched.sent_at(), [at(0, "a"), at(0, "b")]);
    assert_eq!(journey(&watched).refused[&EntryRefusal::AlreadyIn], 1);
}

#[test]
fn journeys_go_by_priority_then_name() {
    let lab = lab().all("b", steps(vec![send("a")])).all("a", steps(vec![send("b")]));
    assert_eq!(lab.watch().sent_at(), [at(0, "b"), at(0, "a")]);
    let mut lab = lab;
    lab.0.journeys.get_mut("b").unwrap().priority = 1;
    assert_eq!(lab.watch().sent_at(), [at(0, "a"), at(0, "b")]);
}

#[test]
fn branches_take_the_first_arm_that_holds() {
    let mut steps = steps(vec![branch(did("go", None), "s3"), send("a"), send("b")]);
    steps[1].next = None;
    let with = lab().drive(&[(0, "go", &[])]).journey("j", by_event("go", Again::Never), steps.clone()).watch();
    assert_eq!(with.sent_at(), [at(0, "b")]);
    assert_eq!(lab().all("j", steps).watch().sent_at(), [at(0, "a")]);
}

#[test]
fn a_loop_without_time_is_stopped_and_reported() {
    let mut steps = steps(vec![Action::Goto, Action::Goto]);
    steps[1].next = Some("s1".into());
    let watched = lab().all("j", steps).watch();
    let leads = &watched.outcome.figures.leads;
    assert_eq!((leads.livelocked, leads.livelocked_ids.as_slice()), (1, &["lead".to_owned()][..]));
    assert_eq!(watched.lines(What::Livelock).len(), 1);
    assert_eq!(watched.outcome.figures.journeys.get("j").unwrap().running, 1);
}

#[test]
fn events_that_make_each_other_are_stopped() {
    let lab = lab().event("pong", &[]).drive(&[(DAY, "go", &[])]);
    let lab = lab.journey("ping", by_event("go", Again::Always), steps(vec![emit("pong")]));
    let lab = lab.journey("pong", by_event("pong", Again::Always), steps(vec![emit("go")]));
    let watched = lab.watch();
    assert_eq!(watched.outcome.figures.leads.livelocked, 1);
    let starts = Lab::new("UTC", "2026-04-01", 5);
    let mut by = entry(EntryBy::Called);
    by.again = Again::Always;
    let start = |journey: &str| steps(vec![Action::Start { journey: journey.into() }]);
    let watched = starts.all("in", start("j")).journey("j", by, start("j")).watch();
    // An instance that starts its own journey: the entry comes after it ended, again and again.
    assert_eq!(watched.outcome.figures.leads.livelocked, 1);
}
