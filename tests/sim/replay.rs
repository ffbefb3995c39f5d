//! Leads whose timeline is told. Every moment is computed by hand; the runs begin on 2026-04-01, in UTC.

use std::collections::BTreeMap;

use tabiji::backend::sim::{Options, Skip, What};
use tabiji::ir::expr::{Cmp, Expr};
use tabiji::ir::{
    Again, Behavior, Cause, Decay, Does, Event, Lead, Limit, Outside, ScoreRule, Scoring, Settled, Value, Window,
};
use tabiji::text::Origin;

use crate::support::*;

/// 2026-04-01T00:00:00Z.
const START: i64 = 1_775_001_600;

/// Somebody who would read everything, click everything and visit all the time, if it were drawn.
fn eager() -> Behavior {
    let visits = Does {
        event: "visit".into(),
        with: [].into(),
        cause: Cause::Rate { per_sec: 1.0 / HOUR as f64 },
        when: None,
        origin: Origin::default(),
    };
    Behavior { click: 1.0, unsubscribe: 1.0, complain: 1.0, hard_bounce: 1.0, does: vec![visits], ..reader() }
}

fn lab() -> Lab {
    Lab::new("UTC", "2026-04-01", 30).emails(&["a", "b", "c"]).event("visit", &["path"]).persona("p", truth(), eager())
}

/// A model that gives 2 points for each mail opened, at most once a day, and 5 for a look at the prices; and takes 1 every
/// 5 days without either.
fn scored(mut lab: Lab) -> Lab {
    let rule = |event: &str, points| ScoreRule { event: event.into(), filter: None, points, at_most: None };
    let opened =
        ScoreRule { at_most: Some(Limit { count: 1, per: Window::RollingSecs(DAY) }), ..rule("email_opened", 2) };
    let priced = ScoreRule { filter: Some(event_is("path", "/pricing")), ..rule("visit", 5) };
    let decay = Decay { points: -1, every_secs: 5 * DAY, without: vec!["email_opened".into(), "visit".into()] };
    let model = Scoring {
        label: None,
        default: true,
        initial: 0,
        min: 0,
        max: 100,
        rules: vec![opened, priced],
        decay: Some(decay),
        origin: Origin::default(),
    };
    lab.0.scoring.insert("s".into(), model);
    lab
}

/// A lead whose timeline is told: seconds from the start, event, properties.
fn told(lab: &Lab, timeline: &[Timed<'_>]) -> Lead {
    let outside = |(at, event, with): &Timed<'_>| Outside {
        at_secs: START + at,
        event: (*event).to_owned(),
        with: with.iter().map(|(name, value)| ((*name).to_owned(), text(value))).collect(),
    };
    Lead { timeline: Some(timeline.iter().map(outside).collect()), ..lab.lead("lead") }
}

fn replay(lab: &Lab, timeline: &[Timed<'_>]) -> Watched {
    lab.run_one(told(lab, timeline))
}

fn score(watched: &Watched) -> i64 {
    watched.outcome.figures.scores.get("s").unwrap().sum
}

#[test]
fn nothing_is_drawn() {
    let lab = lab().all("j", steps(vec![send("a"), wait(DAY), send("b")]));
    let watched = replay(&lab, &[]);
    assert_eq!(watched.sent_at(), [at(0, "a"), at(1, "b")]);
    let email = watched.outcome.figures.emails.get("a").unwrap();
    assert_eq!((email.sent, email.delivered, email.opened, email.clicked), (1, 1, 0, 0));
    assert_eq!((email.unsubscribed, email.complained, email.hard_bounced), (0, 0, 0));
    assert_eq!(*watched.outcome.figures.events.get("visit").unwrap(), 0);
    assert_eq!(watched.outcome.figures.replay.leads, 1);
}

#[test]
fn reactions_have_all_their_effects() {
    let asks = vec![send("a"), wait_for("email_clicked", 2 * DAY, Some("s4")), send("b"), send("c")];
    let lab = scored(lab()).all("j", steps(asks));
    let a: &[(&str, &str)] = &[("email", "a")];
    let watched = replay(&lab, &[(HOUR, "email_opened", a), (DAY, "email_clicked", a)]);
    assert_eq!(watched.sent_at(), [at(0, "a"), at(1, "b"), at(1, "c")]);
    let figures = &watched.outcome.figures;
    let (email, persona) = (figures.emails.get("a").unwrap(), figures.personas.get("p").unwrap());
    assert_eq!((email.opened, email.clicked, persona.opened, persona.clicked), (1, 1, 1, 1));
    assert_eq!((figures.replay.happened, figures.replay.unmatched), (2, 0));
    // 2 points at hour 1, and 1 lost every 5 days from then on: none are left.
    assert_eq!(score(&watched), 0);
    let scores = watched.lines(What::Score);
    assert_eq!(scores[1], ("2026-04-06T01:00:00+00:00".into(), "s 2 → 1 (-1, inactive)".into()));
    // The event names journey and step of the mail, as one that is drawn would.
    let opened = watched.lines(What::Event).into_iter().find(|(_, text)| text.starts_with("`email_opened`")).unwrap();
    assert_eq!(opened.1, "`email_opened` email=\"a\" journey=\"j\" step=\"s1\" topic=\"news\"");
    // A click that comes too late finds the way of the timeout taken.
    let late = replay(&lab, &[(2 * DAY + 1, "email_clicked", a)]);
    assert_eq!(late.sent_at(), [at(0, "a"), at(2, "c")]);
    // At the very second of the timeout it still counts.
    let just = replay(&lab, &[(2 * DAY, "email_clicked", a)]);
    assert_eq!(just.sent_at(), [at(0, "a"), at(2, "b"), at(2, "c")]);
}

#[test]
fn what_is_done_again_with_a_mail_counts_once() {
    let mut lab = scored(lab()).all("j", steps(vec![send("a"), wait(20 * DAY), send("a")]));
    lab.0.scoring.get_mut("s").unwrap().decay = None;
    let a: &[(&str, &str)] = &[("email", "a")];
    let again = ["email_opened", "email_clicked", "complained", "unsubscribed"];
    let timeline: Vec<Timed<'_>> =
        (1..=3).flat_map(|day| again[..2].iter().map(move |event| (day * DAY, *event, a))).collect();
    let watched = replay(&lab, &timeline);
    let figures = &watched.outcome.figures;
    let (email, persona) = (figures.emails.get("a").unwrap(), figures.personas.get("p").unwrap());
    assert_eq!((email.opened, email.clicked, persona.opened, persona.clicked), (1, 1, 1, 1));
    // Points are for each time, at most once a day.
    assert_eq!((score(&watched), figures.replay.happened), (6, 6));
    let left: Vec<Timed<'_>> =
        (1..=3).flat_map(|day| again[2..].iter().map(move |event| (day * DAY, *event, a))).collect();
    let watched = replay(&lab, &left);
    let email = watched.outcome.figures.emails.get("a").unwrap();
    assert_eq!((email.complained, email.unsubscribed), (1, 1));
}

#[test]
fn own_properties_are_asked_for_now_and_later() {
    let looked = Expr::Count {
        of: tabiji::ir::expr::History {
            event: "visit".into(),
            within_secs: None,
            since_entry: false,
            filter: Some(Box::new(event_is("path", "/pricing").expr)),
        },
    };
    let twice = cond("twice", compare(looked, Cmp::Ge, Value::Int(2)));
    let lab = scored(lab()).segment("keen", twice).journey("j", by_segment("keen"), steps(vec![send("a")]));
    let path = |path: &'static str| -> &'static [(&'static str, &'static str)] {
        if path == "/" { &[("path", "/")] } else { &[("path", "/pricing")] }
    };
    let visits = [(0, "visit", path("/pricing")), (DAY, "visit", path("/")), (2 * DAY, "visit", path("/pricing"))];
    let watched = replay(&lab, &visits);
    assert_eq!(watched.sent_at(), [at(2, "a")]);
    let scores: Vec<String> = watched.lines(What::Score).into_iter().take(2).map(|(_, text)| text).collect();
    assert_eq!(scores, ["s 0 → 5 (+5, visit)", "s 5 → 10 (+5, visit)"]);
}

#[test]
fn told_events_come_in_their_order_and_before_timers() {
    // Both visits come at the second in which the wait ends, and so before the mail; the second is the last.
    let mut lab = lab();
    let event = Event {
        properties: lab.0.events["visit"].properties.clone(),
        sets: BTreeMap::from([("state".to_owned(), "path".to_owned())]),
        label: None,
        builtin: false,
        origin: Origin::default(),
    };
    lab.0.events.insert("visit".into(), event);
    let asks = steps(vec![wait(DAY), branch(field_is("state", "y"), "s4"), exit("other"), send("a")]);
    let lab = lab.field("state", plain()).all("j", asks);
    let watched = replay(&lab, &[(DAY, "visit", &[("path", "x")]), (DAY, "visit", &[("path", "y")])]);
    assert_eq!(watched.sent_at(), [at(1, "a")]);
    let other = replay(&lab, &[(DAY, "visit", &[("path", "y")]), (DAY, "visit", &[("path", "x")])]);
    assert_eq!(other.sent_at(), []);
}

#[test]
fn a_hard_bounce_ends_a_delivery_in_its_second() {
    let lab = lab().all("j", steps(vec![send("a"), wait(HOUR), send("b"), wait(HOUR), send("c")]));
    let bounce: &[(&str, &str)] = &[("email", "a"), ("kind", "hard")];
    let watched = replay(&lab, &[(90 * MINUTE, "email_bounced", bounce)]);
    let figures = &watched.outcome.figures;
    let email = figures.emails.get("a").unwrap();
    assert_eq!((email.sent, email.delivered, email.hard_bounced), (1, 0, 1));
    // The second mail goes out before anybody knows, the third does not.
    assert_eq!(watched.sent_at(), [(0, "a".into()), (HOUR, "b".into())]);
    assert_eq!(figures.mails.not_sent[&Skip::Suppressed], 1);
    assert_eq!((figures.mails.bounced, figures.replay.happened, figures.replay.unmatched), (1, 1, 0));
}

#[test]
fn a_bounce_may_come_in_the_second_of_a_mail_that_a_timer_sends() {
    let lab = lab().all("j", steps(vec![wait(DAY), send("a"), send("b")]));
    let watched = replay(&lab, &[(DAY, "email_bounced", &[("email", "a")])]);
    // It is known before the next mail is asked for.
    assert_eq!(watched.sent_at(), [at(1, "a")]);
    assert_eq!(watched.outcome.figures.emails.get("a").unwrap().hard_bounced, 1);
    assert_eq!(watched.outcome.figures.mails.not_sent[&Skip::Suppressed], 1);
    assert_eq!(*watched.outcome.figures.events.get("email_bounced").unwrap(), 1);
}

#[test]
fn soft_bounces_are_counted_in_a_row() {
    let lab = lab().policies(|policies| policies.soft_suppress_after = Some(2));
    let asks = || vec![send("a"), wait(DAY), send("b"), wait(DAY), send("c")];
    let lab = lab.all("j", steps(asks()));
    let soft = |email: &'static str| -> &'static [(&'static str, &'static str)] {
        if email == "a" { &[("email", "a"), ("kind", "soft")] } else { &[("email", "b"), ("kind", "soft")] }
    };
    let both = replay(&lab, &[(0, "email_bounced", soft("a")), (DAY, "email_bounced", soft("b"))]);
    assert_eq!(both.sent_at(), [at(0, "a"), at(1, "b")]);
    let figures = &both.outcome.figures;
    assert_eq!((figures.emails.get("a").unwrap().soft_bounced, figures.emails.get("a").unwrap().retries), (1, 0));
    let one = replay(&lab, &[(DAY, "email_bounced", soft("b"))]);
    assert_eq!(one.sent_at(), [at(0, "a"), at(1, "b"), at(2, "c")]);
}

#[test]
fn a_bounce_belongs_to_the_sending_that_nothing_else_is_told_of() {
    let lab = lab().all("j", steps(vec![send("a"), wait(3 * DAY), send("a")]));
    let a: &[(&str, &str)] = &[("email", "a")];
    let watched = replay(&lab, &[(DAY, "email_opened", a), (4 * DAY, "email_bounced", a)]);
    let bounced: Vec<_> = watched.lines(What::Bounced);
    assert_eq!(bounced[0].0, "2026-04-04T00:00:00+00:00");
    assert_eq!(watched.outcome.figures.emails.get("a").unwrap().delivered, 1);
    // Without the opening it is the first that bounces, and the second is no more sent after it.
    let watched = replay(&lab, &[(2 * DAY, "email_bounced", a)]);
    assert_eq!(watched.sent_at(), [at(0, "a")]);
}

#[test]
fn what_the_run_makes_itself_is_left_out() {
    let lab = lab().event("go", &[]).journey("j", by_event("email_sent", Again::Always), steps(vec![send("b")]));
    let watched = replay(
        &lab,
        &[(HOUR, "email_sent", &[("email", "a")]), (HOUR, "journey_entered", &[("journey", "j")]), (HOUR, "go", &[])],
    );
    assert_eq!(watched.sent_at(), []);
    let replayed = watched.outcome.figures.replay;
    assert_eq!((replayed.own, replayed.happened), (2, 1));
    assert_eq!(*watched.outcome.figures.events.get("email_sent").unwrap(), 0);
    assert_eq!(watched.lines(What::NoEvent)[0].1, "`email_sent` is told, but the run makes its own");
}

#[test]
fn reactions_to_what_was_not_sent_happen_and_are_counted() {
    let lab = scored(lab());
    let watched = replay(&lab, &[(HOUR, "email_opened", &[("email", "a")]), (DAY, "email_bounced", &[("email", "b")])]);
    let figures = &watched.outcome.figures;
    assert_eq!((figures.replay.happened, figures.replay.unmatched), (2, 2));
    assert_eq!((figures.emails.get("a").unwrap().opened, figures.mails.bounced), (0, 0));
    assert_eq!(watched.lines(What::Score)[0].1, "s 0 → 2 (+2, email_opened)");
    assert_eq!(watched.lines(What::Suppressed).len(), 1);
}

#[test]
fn consent_follows_the_timeline() {
    let lab = lab().email("offer", "offers", Again::Always);
    let asks = vec![send("offer"), wait(DAY), send("offer"), wait(DAY), send("offer"), wait(DAY), send("a")];
    let lab = lab.all("j", steps(asks));
    let watched = replay(
        &lab,
        &[
            (HOUR, "subscribed", &[("topic", "offers")]),
            // Without a topic it is the email's that is left.
            (DAY + HOUR, "unsubscribed", &[("email", "offer")]),
        ],
    );
    assert_eq!(watched.sent_at(), [at(1, "offer"), at(3, "a")]);
    assert_eq!(watched.outcome.figures.emails.get("offer").unwrap().unsubscribed, 1);
    let complaint = replay(&lab, &[(2 * DAY, "complained", &[])]);
    assert_eq!(complaint.sent_at(), []);
}

#[test]
fn the_past_gives_points_and_moves_nobody_into_a_journey() {
    let lab = scored(lab()).journey("visits", by_event("visit", Again::Always), steps(vec![send("a")])).journey(
        "keen",
        by_segment("keen"),
        steps(vec![send("b")]),
    );
    let lab = lab.segment("keen", score_at_least("s", 8));
    let price: &[(&str, &str)] = &[("path", "/pricing")];
    // 5 points on day −20, and 4 of them lost by day 0 (days −15, −10, −5, 0 is the fourth: it belongs to the run).
    let one = replay(&lab, &[(-20 * DAY, "visit", price)]);
    assert_eq!(one.sent_at(), []);
    assert_eq!(one.lines(What::Score)[0].1, "s 2 → 1 (-1, inactive)");
    assert_eq!(one.lines(What::Score)[0].0, "2026-04-01T00:00:00+00:00");
    assert_eq!((one.outcome.figures.replay.past, one.outcome.figures.replay.happened), (1, 0));
    assert_eq!(*one.outcome.figures.events.get("visit").unwrap(), 0);
    // 10 points are enough to be a member at launch.
    let two = replay(&lab, &[(-2 * DAY, "visit", price), (-DAY, "visit", price)]);
    assert_eq!(two.sent_at(), [at(0, "b")]);
    assert_eq!(two.lines(What::Past).len(), 2);
    // What the leads file says holds after it.
    let given = Lead { scores: vec![Some(3)], ..told(&lab, &[(-2 * DAY, "visit", price), (-DAY, "visit", price)]) };
    let given = lab.run_one(given);
    assert_eq!(given.sent_at(), []);
    assert_eq!(given.lines(What::Score)[0], ("2026-04-05T00:00:00+00:00".into(), "s 3 → 2 (-1, inactive)".into()));
}

#[test]
fn mails_of_the_past_are_known_and_not_counted() {
    let received = cond("received", Expr::Received { content: "a".into(), within_secs: None, since_entry: false });
    let received = cond("received", compare(received.expr, Cmp::Ge, Value::Int(1)));
    let lab = lab().email("once", "news", Again::Never).frequency(1, Window::RollingSecs(2 * DAY), true);
    let asks = vec![branch(received, "s3"), exit("unknown"), send("once"), send("b")];
    let lab = lab.all("j", steps(asks));
    let watched =
        replay(&lab, &[(-DAY, "email_sent", &[("email", "a")]), (-3 * DAY, "email_sent", &[("email", "once")])]);
    // One mail in two days: there is room for `b` on day 1.
    assert_eq!(watched.sent_at(), [at(1, "b")]);
    let figures = &watched.outcome.figures;
    assert_eq!(figures.mails.not_sent[&Skip::Repeat], 1);
    assert_eq!(figures.mails.leads_by_mails, BTreeMap::from([(1, 1)]));
    assert_eq!(figures.mails.busiest_week.most, 1);
    assert_eq!(figures.emails.get("a").unwrap().sent, 0);
    // Reactions to a mail of the past are none to a mail that was not sent.
    let watched = replay(&lab, &[(-DAY, "email_sent", &[("email", "a")]), (HOUR, "email_opened", &[("email", "a")])]);
    assert_eq!(
        (watched.outcome.figures.replay.unmatched, watched.outcome.figures.emails.get("a").unwrap().opened),
        (0, 0)
    );
}

#[test]
fn stays_of_the_past_are_remembered() {
    let entry = by_event("visit", Again::AfterSecs(10 * DAY));
    let lab = lab().journey("j", entry, steps(vec![send("a")]));
    let past = (-2 * DAY, "journey_ended", &[("journey", "j"), ("reason", "completed")] as &[_]);
    let early = replay(&lab, &[past, (7 * DAY, "visit", &[])]);
    assert_eq!(early.sent_at(), []);
    assert!(early.lines(What::Refused)[0].1.starts_with("again-too-soon"));
    let later = replay(&lab, &[past, (8 * DAY, "visit", &[])]);
    assert_eq!(later.sent_at(), [at(8, "a")]);
}

#[test]
fn consent_and_bounces_of_the_past_hold() {
    let lab = lab().email("offer", "offers", Again::Always).all("j", steps(vec![send("offer"), send("a")]));
    let subscribed = replay(&lab, &[(-DAY, "subscribed", &[("topic", "offers")])]);
    assert_eq!(subscribed.sent_at(), [at(0, "offer"), at(0, "a")]);
    let left =
        replay(&lab, &[(-2 * DAY, "subscribed", &[("topic", "offers")]), (-DAY, "unsubscribed", &[("topic", "news")])]);
    assert_eq!(left.sent_at(), [at(0, "offer")]);
    let bounced = replay(&lab, &[(-DAY, "email_bounced", &[("email", "a"), ("kind", "hard")])]);
    assert_eq!(bounced.outcome.figures.mails.not_sent[&Skip::Suppressed], 2);
}

#[test]
fn fields_of_the_past_are_those_the_file_leaves_open() {
    let mut lab = lab();
    lab = lab.field("state", plain()).field("city", plain());
    lab.0.events.get_mut("visit").unwrap().sets =
        BTreeMap::from([("state".to_owned(), "path".to_owned()), ("city".to_owned(), "path".to_owned())]);
    let lab = lab.all(
        "j",
        steps(vec![
            branch(field_is("state", "x"), "s3"),
            exit("no"),
            branch(field_is("city", "kyoto"), "s5"),
            exit("no"),
            send("a"),
        ]),
    );
    let timeline = told(&lab, &[(-DAY, "visit", &[("path", "x")])]).timeline;
    let lead = Lead { timeline, ..lab.lead_with("lead", &[("city", text("kyoto"))]) };
    assert_eq!(lab.run_one(lead).sent_at(), [at(0, "a")]);
}

#[test]
fn a_lead_created_later_has_its_past_until_then() {
    let lab = scored(lab()).journey("j", by_event("visit", Again::Always), steps(vec![send("a")]));
    let price: &[(&str, &str)] = &[("path", "/pricing")];
    let timeline = told(&lab, &[(DAY, "visit", price), (2 * DAY, "visit", price)]).timeline;
    let lead = Lead { timeline, ..lab.lead_with("lead", &[("created_at", Value::Datetime(START + 2 * DAY))]) };
    let watched = lab.run_one(lead);
    assert_eq!(watched.sent_at(), [at(2, "a")]);
    assert_eq!(watched.lines(What::Score)[0].1, "s 5 → 10 (+5, visit)");
    assert_eq!(*watched.outcome.figures.events.get("lead_created").unwrap(), 1);
}

#[test]
fn arms_topics_and_lists_can_be_settled() {
    let lab = lab().email("offer", "offers", Again::Always).list("vip", &["nobody"]);
    let in_list = cond("in_list", Expr::InList { list: "vip".into() });
    let asks = vec![
        split(&[("left", 1.0, "s2"), ("right", 99.0, "s3")]),
        send("a"),
        send("offer"),
        branch(in_list, "s6"),
        exit("plain"),
        send("b"),
    ];
    let lab = lab.all("j", steps(asks));
    let settled = Settled {
        arms: BTreeMap::from([(("j".to_owned(), "s1".to_owned()), "left".to_owned())]),
        subscribed: Some(["offers".to_owned()].into()),
        lists: ["vip".to_owned()].into(),
    };
    let watched = lab.run_one(Lead { settled, ..told(&lab, &[]) });
    // `news` is opt-out, but to be subscribed to `offers` alone was settled.
    assert_eq!(watched.sent_at(), [at(0, "offer")]);
    assert_eq!(watched.outcome.figures.mails.not_sent[&Skip::NoConsent], 2);
    let arms = &watched.outcome.figures.journeys.get("j").unwrap().steps.get("s1").unwrap().arms;
    assert_eq!((arms.get("left"), arms.get("right")), (Some(&1), Some(&0)));
    assert_eq!(watched.lines(What::Ended).len(), 1);
}

#[test]
fn leads_without_a_timeline_are_not_touched() {
    let lab = scored(lab()).all("j", steps(vec![send("a"), wait(DAY), send("b")]));
    let drawn = |id: &str| Ok(lab.lead(id));
    let alone = lab.run(vec![drawn("x"), drawn("y")], &Options::default()).unwrap();
    let lead = told(&lab, &[(-DAY, "visit", &[("path", "/pricing")]), (DAY, "email_opened", &[("email", "a")])]);
    let mixed = lab.run(vec![drawn("x"), Ok(lead.clone()), drawn("y")], &Options::default()).unwrap();
    let own = lab.run(vec![Ok(lead)], &Options::default()).unwrap();
    let sum =
        |of: fn(&tabiji::backend::sim::Figures) -> u64| of(&alone.figures) + of(&own.figures) == of(&mixed.figures);
    assert!(sum(|figures| figures.emails.iter().map(|(_, email)| email.sent + 7 * email.opened).sum()));
    assert!(sum(|figures| figures.events.iter().map(|(_, count)| count).sum()));
    assert!(sum(|figures| figures.scores.get("s").unwrap().sum as u64));
}

/// What a log tells of a mail that is sent twice counts for the sending whose step it names.
#[test]
fn what_is_told_counts_once_for_each_sending() {
    let lab = lab().all("j", steps(vec![send("a"), wait(DAY), send("a")]));
    let of = |step| [("email", "a"), ("journey", "j"), ("step", step)];
    let (first, second) = (of("s1"), of("s3"));
    let log: &[Timed<'_>] = &[
        (0, "email_sent", &first),
        (DAY, "email_sent", &second),
        (DAY + HOUR, "email_opened", &first),
        (DAY + 2 * HOUR, "email_opened", &second),
        (DAY + 3 * HOUR, "email_opened", &first),
        (DAY + 4 * HOUR, "email_clicked", &[("email", "a")]),
    ];
    let watched = replay(&lab, log);
    let told = watched.outcome.figures.told.get("a").unwrap();
    assert_eq!((told.sent, told.opened, told.clicked), (2, 2, 1));
}
