//! Random campaigns: no rule is ever broken, and the figures add up.

use proptest::prelude::*;
use tabiji::backend::sim::{Fact, Outcome, What};
use tabiji::ir::expr::{Cmp, Expr};
use tabiji::ir::journey::{Action, Step};
use tabiji::ir::{
    Again, Behavior, Condition, Counted, Decay, Delay, Lead, Lifecycle, Move, Outside, ScoreRule, Scoring, Value,
    Window,
};
use tabiji::text::Origin;

use crate::support::*;

/// A frequency rule in few words: how many, days, whether rolling, whether it delays, whom it counts.
type Rule = (u32, i64, bool, bool, u8);

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    prop::collection::vec((1..4u32, 1..9i64, any::<bool>(), any::<bool>(), 0..3u8), 0..3)
}

fn action() -> impl Strategy<Value = Action> {
    let email = prop::sample::select(vec!["news-1", "news-2", "offer-1", "bill-1"]);
    prop_oneof![
        4 => email.prop_map(send),
        3 => (1..5 * DAY).prop_map(wait),
        1 => (1..5 * DAY).prop_map(|within| wait_for("email_opened", within, None)),
        1 => any::<bool>().prop_map(|subscribe| Action::Topic { topic: "offers".into(), subscribe }),
        1 => Just(emit("go")),
    ]
}

/// Steps in a row, which begin anew after a wait if they are told to.
fn walk() -> impl Strategy<Value = Vec<Step>> {
    (prop::collection::vec(action(), 1..7), any::<bool>()).prop_map(|(mut actions, round)| {
        actions.push(wait(DAY));
        let mut steps = steps(actions);
        if round && let Some(last) = steps.last_mut() {
            last.next = Some("s1".into());
        }
        steps
    })
}

fn window(days: i64, rolling: bool) -> Window {
    match (rolling, days) {
        (true, days) => Window::RollingSecs(days * DAY),
        (false, 0..3) => Window::CalendarDay,
        (false, 3..6) => Window::CalendarWeek,
        (false, _) => Window::CalendarMonth,
    }
}

fn behavior() -> Behavior {
    Behavior {
        open: 0.6,
        unsubscribe: 0.05,
        complain: 0.02,
        hard_bounce: 0.02,
        soft_bounce: 0.1,
        open_delay: Delay::LogNormal { median_secs: 4 * HOUR, p90_secs: DAY },
        click_delay: Delay::LogNormal { median_secs: 60, p90_secs: 600 },
        ..Behavior::default()
    }
}

fn lab(rules: &[Rule], quiet: (u16, u16), walks: Vec<(Vec<Step>, i32)>) -> Lab {
    let mut lab = Lab::new("Asia/Tokyo", "2026-03-01", 40)
        .email("news-1", "news", Again::Always)
        .email("news-2", "news", Again::AfterSecs(2 * DAY))
        .email("offer-1", "offers", Again::Always)
        .email("bill-1", "account", Again::Always)
        .event("go", &[])
        .persona("p", truth(), behavior())
        .quiet(quiet.0, quiet.1, &[7]);
    for (at_most, days, rolling, delay, counts) in rules {
        let counts = match counts {
            0 => Counted::All,
            1 => Counted::Marketing,
            _ => Counted::Topic("news".into()),
        };
        lab = lab.frequency_of(*at_most, window(*days, *rolling), *delay, counts);
    }
    for (number, (steps, priority)) in walks.into_iter().enumerate() {
        let by = if number == 2 { by_event("go", Again::Always) } else { by_segment("everyone") };
        lab = lab.journey_with(&format!("j{number}"), by, steps, |journey| {
            journey.priority = priority;
            if number == 1 {
                journey.goal = goal(stage_is("mql"), Some(20 * DAY));
            }
        });
    }
    grown(lab)
}

/// With scores, a lifecycle and journeys that follow from them.
fn grown(mut lab: Lab) -> Lab {
    let rule = ScoreRule { event: "email_opened".into(), filter: None, points: 2, at_most: None };
    let decay = Some(Decay { points: -1, every_secs: 5 * DAY, without: vec!["email_opened".into()] });
    let scoring = Scoring {
        label: None,
        default: true,
        initial: 0,
        min: 0,
        max: 9,
        rules: vec![rule],
        decay,
        origin: Origin::default(),
    };
    lab.0.scoring.insert("fit".into(), scoring);
    let step = |from: &str, to: &str, when: Option<Condition>, after_secs| Move {
        from: from.into(),
        to: to.into(),
        when,
        event: None,
        filter: None,
        after_secs,
        reason: None,
        origin: Origin::default(),
    };
    let moves =
        vec![step("lead", "mql", Some(score_at_least("fit", 4)), None), step("mql", "lead", None, Some(9 * DAY))];
    let stages = vec!["lead".to_owned(), "mql".to_owned()];
    lab.0.lifecycle = Some(Lifecycle { stages, moves, origin: Origin::default() });
    let again = |segment: &str| {
        let mut by = by_segment(segment);
        by.again = Again::Always;
        by
    };
    lab.segment("hot", score_at_least("fit", 3))
        .segment("inside", cond("in_journey(\"j1\")", Expr::InJourney { journey: "j1".into() }))
        .journey("when-hot", again("hot"), steps(vec![send("news-1"), wait(DAY), emit("go")]))
        .journey("when-inside", again("inside"), steps(vec![wait(HOUR), send("bill-1")]))
}

fn topic(email: &str) -> &str {
    email.split('-').next().unwrap()
}

fn counts(rule: &Rule, email: &str) -> bool {
    match rule.4 {
        0 => true,
        1 => topic(email) != "bill",
        _ => topic(email) == "news",
    }
}

/// The window that ends with a mail, by the civil calendar: whether another one lies in it.
fn shares_window(rule: &Rule, zone: &jiff::tz::TimeZone, earlier: i64, later: i64) -> bool {
    let date = |at: i64| zone.to_datetime(jiff::Timestamp::from_second(at).unwrap()).date();
    let (a, b) = (date(earlier), date(later));
    match window(rule.1, rule.2) {
        Window::RollingSecs(secs) => later - earlier < secs,
        Window::CalendarDay => a == b,
        Window::CalendarWeek => a.iso_week_date().week() == b.iso_week_date().week(),
        Window::CalendarMonth => a.month() == b.month(),
        Window::Ever => true,
    }
}

fn is_quiet(quiet: (u16, u16), zone: &jiff::tz::TimeZone, at: i64) -> bool {
    let local = zone.to_datetime(jiff::Timestamp::from_second(at).unwrap());
    let minute = local.hour() as u16 * 60 + local.minute() as u16;
    let (from, to) = quiet;
    let in_span = if from <= to { (from..to).contains(&minute) } else { minute >= from || minute < to };
    in_span || local.weekday() == jiff::civil::Weekday::Sunday
}

/// Follows the timeline's changes of subscriptions and holds every mail against them.
fn check_consent(watched: &Watched) {
    let (mut news, mut offers, mut complained) = (true, false, false);
    for line in &watched.trace {
        match line.what {
            What::Topic if line.text.starts_with("`news`") => news = !line.text.contains("unsubscribed"),
            What::Topic if line.text.starts_with("`offers`") => offers = !line.text.contains("unsubscribed"),
            What::Event if line.text.starts_with("`complained`") => complained = true,
            What::Sent => match topic(line.text.trim_matches('`')) {
                "news" => assert!(news && !complained, "{}", watched.text()),
                "offer" => assert!(offers && !complained, "{}", watched.text()),
                _ => {}
            },
            _ => {}
        }
    }
}

fn check_sums(outcome: &Outcome) {
    let figures = &outcome.figures;
    let mut sent = 0;
    for (name, email) in figures.emails.iter() {
        let skipped: u64 = email.skipped.values().sum();
        assert_eq!(email.requested, email.sent + skipped + email.waiting, "{name}");
        assert!(email.delivered + email.hard_bounced + email.soft_bounced <= email.sent);
        assert!(email.clicked <= email.opened && email.opened <= email.delivered);
        sent += email.sent;
    }
    assert_eq!(figures.sends_per_day.iter().sum::<u64>(), sent);
    assert_eq!(figures.mails.leads_by_mails.iter().map(|(mails, leads)| mails * leads).sum::<u64>(), sent);
    for (name, journey) in figures.journeys.iter() {
        let ended = journey.completed + journey.exit_when + journey.goal + journey.exits.values().sum::<u64>();
        assert_eq!(journey.entered, ended + journey.running, "{name}");
    }
}

/// A segment that time alone can change: with it every event is handled, and every midnight.
fn watching_the_clock(lab: &Lab) -> Lab {
    let today = Expr::Compare {
        cmp: Cmp::Ge,
        left: Box::new(Expr::Today),
        right: Box::new(Expr::Const { value: Value::Date(0) }),
    };
    lab.clone().segment("clock", cond("today >= 1970-01-01", today))
}

/// What happened to a lead from outside, as a timeline that can be told.
fn outside(watched: &Watched) -> Vec<Outside> {
    const TOLD: [&str; 6] =
        ["email_delivered", "email_bounced", "email_opened", "email_clicked", "unsubscribed", "complained"];
    let facts = watched.outcome.facts.iter();
    let told = facts.filter_map(|noted| match &noted.fact {
        Fact::Happened { event, with, .. } if TOLD.contains(&event.as_str()) => {
            Some(Outside { at_secs: noted.at_secs, event: event.clone(), with: with.clone() })
        }
        _ => None,
    });
    told.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_rule_is_ever_broken(
        rules in rules(),
        quiet in (0..1440u16, 0..1440u16),
        walks in prop::collection::vec((walk(), 0..3i32), 1..4),
        zone in prop::sample::select(vec!["Asia/Tokyo", "America/New_York", "Europe/London", "Asia/Kathmandu"]),
        id in "[a-z]{1,6}",
    ) {
        let lab = lab(&rules, quiet, walks);
        let watched = lab.run_one(lab.lead_with(&id, &[("timezone", Value::Text(zone.into()))]));
        let zone = jiff::tz::TimeZone::get(zone).unwrap();
        let start = watched.outcome.run.start_secs;
        let sent: Vec<(i64, String)> = watched.sent_at().into_iter().map(|(at, name)| (at + start, name)).collect();
        for (last, (at, email)) in sent.iter().enumerate() {
            if topic(email) != "bill" {
                prop_assert!(!is_quiet(quiet, &zone, *at), "{} {}", email, watched.text());
            }
            for rule in rules.iter().filter(|rule| counts(rule, email)) {
                let mails = sent[..=last].iter().filter(|(earlier, other)| {
                    counts(rule, other) && shares_window(rule, &zone, *earlier, *at)
                });
                prop_assert!(mails.count() <= rule.0 as usize, "{:?} {} {}", rule, email, watched.text());
            }
            if email == "news-2" {
                let again = sent[..last].iter().any(|(earlier, other)| other == email && at - earlier < 2 * DAY);
                prop_assert!(!again, "{}", watched.text());
            }
        }
        check_consent(&watched);
        check_sums(&watched.outcome);
    }
    /// Events that nobody asks for are left out of the run. Handling them all the same changes nothing.
    #[test]
    fn what_is_left_out_changes_nothing(
        rules in rules(),
        walks in prop::collection::vec((walk(), 0..3i32), 1..4),
        id in "[a-z]{1,6}",
    ) {
        let lean = lab(&rules, (1320, 360), walks);
        let full = watching_the_clock(&lean);
        let (one, other) = (lean.run_one(lean.lead(&id)), full.run_one(full.lead(&id)));
        let without_clock = |watched: &Watched| {
            let lines = watched.trace.iter().filter(|line| !line.text.contains("`clock`"));
            lines.map(|line| format!("{line}")).collect::<Vec<_>>()
        };
        prop_assert_eq!(without_clock(&one), without_clock(&other));
        prop_assert_eq!(one.outcome.figures.journeys, other.outcome.figures.journeys);
        prop_assert_eq!(one.outcome.figures.emails, other.outcome.figures.emails);
    }
    /// A lead that is told what was drawn for it comes to the same.
    #[test]
    fn a_told_timeline_comes_to_what_was_drawn(
        rules in rules(),
        walks in prop::collection::vec((walk(), 0..3i32), 1..4),
        id in "[a-z]{1,6}",
    ) {
        // Further attempts are not told: a told mail that fails for now has failed.
        let lab = lab(&rules, (1320, 360), walks).policies(|policies| policies.soft_retries = 0);
        let drawn = lab.run_one(lab.lead(&id));
        let told = lab.run_one(Lead { timeline: Some(outside(&drawn)), ..lab.lead(&id) });
        prop_assert_eq!(drawn.sent_at(), told.sent_at(), "{}{}", drawn.text(), told.text());
        let (mut one, mut other) = (drawn.outcome.figures, told.outcome.figures);
        prop_assert_eq!(other.replay.unmatched, 0);
        (one.replay, other.replay) = Default::default();
        // What timelines tell is counted beside what the run makes of it.
        prop_assert!(one.told.iter().all(|(_, told)| told.is_unused()));
        other.told = one.told.clone();
        // Tallies count mails that were opened, and which of two mails with one name a told event is about is open.
        (one.tallies, other.tallies) = Default::default();
        // So two reactions to two mails with one name may be told of one, and count once.
        for ((_, drawn), (_, told)) in one.emails.0.iter().zip(&mut other.emails.0) {
            let of = |of: &tabiji::backend::sim::EmailFigures| [of.opened, of.clicked, of.unsubscribed, of.complained];
            let is_alike = of(drawn) == of(told)
                || drawn.sent > 1 && of(drawn).into_iter().zip(of(told)).all(|(drawn, told)| told <= drawn);
            prop_assert!(is_alike, "{:?} {:?}", drawn, told);
            [told.opened, told.clicked, told.unsubscribed, told.complained] = of(drawn);
        }
        for ((_, drawn), (_, told)) in one.personas.0.iter().zip(&mut other.personas.0) {
            prop_assert!(told.opened <= drawn.opened && told.clicked <= drawn.clicked);
            (told.opened, told.clicked) = (drawn.opened, drawn.clicked);
        }
        // And so do the sums over groups of leads that intervals are made of.
        (one.groups, other.groups) = Default::default();
        prop_assert_eq!(one, other);
    }
}
