//! Scores, decay, grades, the lifecycle, segments: what events do to a lead.

use tabiji::backend::sim::What;
use tabiji::ir::journey::{Action, EntryBy};
use tabiji::ir::{
    Again, Band, Decay, GradeRule, Grading, Lifecycle, Limit, Money, Move, ScoreRule, Scoring, Value, Window,
};
use tabiji::text::Origin;

use crate::support::*;

fn lab() -> Lab {
    Lab::new("Asia/Tokyo", "2026-04-01", 60).emails(&["a"]).event("visit", &[]).event("won", &[])
}

fn scoring(lab: Lab, rules: Vec<ScoreRule>, decay: Option<Decay>) -> Lab {
    let mut lab = lab;
    let model =
        Scoring { label: None, default: true, initial: 0, min: 0, max: 100, rules, decay, origin: Origin::default() };
    lab.0.scoring.insert("fit".into(), model);
    lab
}

fn visit(points: i32, at_most: Option<Limit>) -> ScoreRule {
    ScoreRule { event: "visit".into(), filter: None, points, at_most }
}

fn visits(times: &[i64]) -> Vec<Timed<'static>> {
    times.iter().map(|at| (*at, "visit", &[][..])).collect()
}

fn score(watched: &Watched) -> i64 {
    watched.outcome.figures.scores.get("fit").unwrap().sum
}

#[test]
fn points_stay_within_the_range() {
    let up = scoring(lab(), vec![visit(60, None)], None).drive(&visits(&[1, 2, 3])).watch();
    assert_eq!(score(&up), 100);
    let down = scoring(lab(), vec![visit(30, None), visit(-50, None)], None).drive(&visits(&[1, 2])).watch();
    // Clamped after each rule: 0 + 30 − 50 is 0, and again.
    assert_eq!(score(&down), 0);
    let lead = {
        let lab = scoring(lab(), vec![], None);
        let mut lead = lab.lead("lead");
        lead.scores[0] = Some(400);
        lab.run_one(lead)
    };
    assert_eq!(score(&lead), 100);
}

#[test]
fn limits_of_rules_are_windows() {
    let limited = |per, times: &[i64]| {
        let limit = Some(Limit { count: 1, per });
        score(&scoring(lab(), vec![visit(1, limit)], None).drive(&visits(times)).watch())
    };
    // The run starts at midnight in Tokyo.
    assert_eq!(limited(Window::CalendarDay, &[DAY - 1, DAY, 2 * DAY - 1]), 2);
    assert_eq!(limited(Window::RollingSecs(DAY), &[DAY - 1, DAY, 2 * DAY - 2, 2 * DAY - 1]), 2);
    // 1 April 2026 is a Wednesday: Sunday is day 4.
    assert_eq!(limited(Window::CalendarWeek, &[0, 5 * DAY - 1, 5 * DAY]), 2);
    assert_eq!(limited(Window::CalendarMonth, &[0, 30 * DAY - 1, 30 * DAY]), 2);
    assert_eq!(limited(Window::Ever, &[0, 40 * DAY]), 1);
}

#[test]
fn decay_takes_points_from_the_inactive() {
    let decay = Decay { points: -5, every_secs: 14 * DAY, without: vec!["visit".into()] };
    let lab = scoring(lab(), vec![visit(50, None)], Some(decay));
    let watched = lab.drive(&visits(&[10 * DAY])).watch();
    // Armed at the start for day 14, but the visit on day 10 moves it to 24; then 38 and 52.
    let decayed: Vec<i64> = watched
        .trace
        .iter()
        .filter(|line| line.what == What::Score && line.text.contains("inactive"))
        .map(|line| (line.at_secs - watched.outcome.run.start_secs) / DAY)
        .collect();
    assert_eq!(decayed, [24, 38, 52]);
    assert_eq!(score(&watched), 35);
}

fn lifecycle(mut lab: Lab, stages: &[&str], moves: Vec<Move>) -> Lab {
    let stages = stages.iter().map(|stage| (*stage).to_owned()).collect();
    lab.0.lifecycle = Some(Lifecycle { stages, moves, origin: Origin::default() });
    lab
}

fn go(from: &str, to: &str) -> Move {
    Move {
        from: from.into(),
        to: to.into(),
        when: None,
        event: None,
        filter: None,
        after_secs: None,
        reason: None,
        origin: Origin::default(),
    }
}

fn stages(watched: &Watched) -> Vec<String> {
    watched.lines(What::Stage).into_iter().map(|(at, text)| format!("{} {text}", &at[5..16])).collect()
}

#[test]
fn moves_chain_in_one_cascade() {
    let lab = scoring(lab(), vec![visit(60, None)], None);
    let lab = lifecycle(
        lab,
        &["lead", "mql", "sql"],
        vec![
            Move { when: Some(score_at_least("fit", 10)), ..go("lead", "mql") },
            Move { when: Some(score_at_least("fit", 60)), ..go("mql", "sql") },
        ],
    );
    let watched = lab.drive(&visits(&[HOUR])).watch();
    assert_eq!(
        stages(&watched),
        ["04-01T01:00 lead → mql (score.fit >= 10)", "04-01T01:00 mql → sql (score.fit >= 60)",]
    );
    let figures = &watched.outcome.figures;
    assert_eq!(figures.stages.get("lead").unwrap().start, 1);
    assert_eq!(figures.stages.get("mql").unwrap().reached, 1);
    assert_eq!(figures.stages.get("sql").unwrap().end, 1);
    assert_eq!(*figures.moves.get("lead").unwrap().get("mql").unwrap(), 1);
}

#[test]
fn each_stage_is_entered_at_most_once_in_a_cascade() {
    // The event takes the lead round: b, c, and back to a, from where b would be entered again.
    let by_event = |from: &str, to: &str| Move { event: Some("visit".into()), ..go(from, to) };
    let moves = vec![by_event("a", "b"), by_event("b", "c"), by_event("c", "a")];
    let watched = lifecycle(lab(), &["a", "b", "c"], moves).drive(&visits(&[HOUR])).watch();
    assert_eq!(watched.lines(What::Stage).len(), 3);
    assert_eq!(watched.outcome.figures.stages.get("a").unwrap().end, 1);
    assert_eq!(watched.outcome.figures.leads.livelocked, 0);
}

#[test]
fn a_lifecycle_that_never_rests_is_stopped() {
    let always = |from: &str, to: &str| Move { when: Some(truth()), ..go(from, to) };
    let moves = vec![always("a", "b"), always("b", "a")];
    let watched = lifecycle(lab(), &["a", "b"], moves).watch();
    assert_eq!(watched.outcome.figures.leads.livelocked, 1);
}

#[test]
fn moves_after_a_time_in_the_stage() {
    let moves = vec![
        Move { event: Some("won".into()), ..go("lead", "customer") },
        Move { after_secs: Some(10 * DAY), ..go("customer", "lead") },
        Move { after_secs: Some(20 * DAY), when: Some(did("won", None)), ..go("lead", "lost") },
    ];
    let lab = lifecycle(lab(), &["lead", "customer", "lost"], moves);
    let watched = lab.drive(&[(5 * DAY, "won", &[])]).watch();
    assert_eq!(
        stages(&watched),
        [
            "04-06T00:00 lead → customer (won)",
            "04-16T00:00 customer → lead (after its time in the stage)",
            "05-06T00:00 lead → lost (did(\"won\"))",
        ]
    );
}

#[test]
fn one_event_goes_all_the_way_in_one_cascade() {
    // Visit → score → stage → segment → segment of it → entry, all at one second and before the next event.
    let lab = scoring(lab(), vec![visit(20, None)], None);
    let lab =
        lifecycle(lab, &["lead", "mql"], vec![Move { when: Some(score_at_least("fit", 20)), ..go("lead", "mql") }]);
    let mut lab = lab
        .segment("a-hot", stage_is("mql"))
        .segment("b-hotter", cond("in_segment(\"a-hot\")", tabiji::ir::Expr::InSegment { segment: "a-hot".into() }));
    // Written in an order in which the name order would be wrong.
    lab = lab.segment(
        "0-hottest",
        cond("in_segment(\"b-hotter\")", tabiji::ir::Expr::InSegment { segment: "b-hotter".into() }),
    );
    lab.0.segment_order = ["everyone", "a-hot", "b-hotter", "0-hottest"].map(str::to_owned).to_vec();
    let by = entry(EntryBy::Segment { segment: "0-hottest".into(), existing: true });
    let watched = lab.drive(&visits(&[HOUR])).journey("j", by, steps(vec![send("a")])).watch();
    assert_eq!(watched.sent_at(), [(HOUR, "a".to_owned())]);
    let order: Vec<What> =
        watched.trace.iter().filter(|line| line.local.contains("T01:00")).map(|line| line.what).collect();
    let place = |what| order.iter().position(|each| *each == what).unwrap();
    assert!(place(What::Score) < place(What::Stage) && place(What::Stage) < place(What::SegmentIn));
    assert!(place(What::SegmentIn) < place(What::Entered) && place(What::Entered) < place(What::Sent));
    let segments = &watched.outcome.figures.segments;
    assert_eq!((segments.get("a-hot").unwrap().start, segments.get("a-hot").unwrap().end), (0, 1));
}

#[test]
fn steps_change_the_lead_for_everybody() {
    let lab = lab().field("color", plain()).list("vip", &["other"]).segment("red", field_is("color", "red"));
    let vip = cond("in_list(\"vip\")", tabiji::ir::Expr::InList { list: "vip".into() });
    let lab = lab.segment("vips", vip);
    let set = Action::Set { values: [("color".to_owned(), Some(text("red")))].into() };
    let clear = Action::Set { values: [("color".to_owned(), None)].into() };
    let list = |add| Action::List { list: "vip".into(), add };
    let watched =
        lab.all("j", steps(vec![wait(DAY), set, list(true), wait(DAY), clear, wait(DAY), list(false)])).watch();
    let lines =
        |what| watched.lines(what).into_iter().map(|(at, text)| format!("{} {text}", &at[8..10])).collect::<Vec<_>>();
    assert_eq!(lines(What::SegmentIn)[1..], ["02 `red`: color == \"red\"", "02 `vips`: in_list(\"vip\")"]);
    assert_eq!(lines(What::SegmentOut), ["03 `red`", "04 `vips`"]);
}

#[test]
fn events_set_fields_and_fields_make_grades_and_personas() {
    let mut lab = lab().field("color", plain()).event("dyed", &["to"]);
    lab.0.events.get_mut("dyed").unwrap().sets = [("color".to_owned(), "to".to_owned())].into();
    let rule = |color: &str, points| GradeRule { when: field_is("color", color), points };
    let band = |name: &str, points| Band { name: name.into(), points };
    let grading = Grading {
        label: None,
        default: true,
        rules: vec![rule("red", 80), rule("blue", 50)],
        bands: vec![band("A", 80), band("B", 40)],
        origin: Origin::default(),
    };
    lab.0.grading.insert("look".into(), grading);
    let lab = lab.persona("reds", field_is("color", "red"), reader());
    let watched = lab.drive(&[(DAY, "dyed", &[("to", "blue")]), (2 * DAY, "dyed", &[("to", "red")])]).watch();
    let words = |what| watched.lines(what).into_iter().map(|(_, text)| text).collect::<Vec<_>>();
    assert_eq!(
        words(What::Grade),
        ["look is none with 0 points", "look is B with 50 points", "look is A with 80 points",]
    );
    assert_eq!(words(What::Persona), ["none matches", "`reds`"]);
    assert_eq!(*watched.outcome.figures.grades.get("look").unwrap().get("A").unwrap(), 1);
}

#[test]
fn tasks_are_counted_by_whom_they_are_for() {
    let task = |to: &str| Action::Task {
        to: to.into(),
        title: "call".into(),
        within_secs: None,
        cost: Money::ZERO,
        outcomes: vec![],
    };
    let watched = lab().all("j", steps(vec![task("sales"), task("sales"), task("support")])).watch();
    let tasks: Vec<_> = watched.outcome.figures.tasks.iter().map(|(to, count)| (to.as_str(), *count)).collect();
    assert_eq!(tasks, [("sales", 2), ("support", 1)]);
}

#[test]
fn a_stage_given_by_the_file_is_kept() {
    let lab = lifecycle(lab(), &["lead", "customer"], vec![]);
    let lab = lab.journey("j", by_event("stage_changed", Again::Never), vec![]);
    let mut lead = lab.lead_with("lead", &[("created_at", Value::Datetime(0))]);
    lead.stage = Some("customer".into());
    let watched = lab.run_one(lead);
    assert_eq!(watched.outcome.figures.stages.get("customer").unwrap().start, 1);
    assert_eq!(watched.outcome.figures.journeys.get("j").unwrap().entered, 0);
}

#[test]
fn the_event_that_makes_a_member_lets_the_member_in() {
    // The stage changes before segments, and segments before entries: the very event of the change is enough.
    let lab = lifecycle(lab(), &["lead", "mql"], vec![Move { event: Some("visit".into()), ..go("lead", "mql") }]);
    let mut by = by_event("visit", Again::Never);
    by.when = Some(cond("in_segment(\"mqls\")", tabiji::ir::Expr::InSegment { segment: "mqls".into() }));
    let lab = lab.segment("mqls", stage_is("mql")).journey("j", by, vec![]);
    let watched = lab.drive(&visits(&[HOUR])).watch();
    let journey = watched.outcome.figures.journeys.get("j").unwrap();
    assert_eq!((journey.entered, journey.refused.len()), (1, 0));
}
