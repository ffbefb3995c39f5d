//! Consent, deliveries and reactions.

use tabiji::backend::sim::{Skip, What};
use tabiji::ir::journey::Action;
use tabiji::ir::{Again, Behavior, Cause, Channel, Delay, Does, Expr, Fatigue, Window};
use tabiji::text::Origin;

use crate::support::*;

fn lab() -> Lab {
    Lab::new("UTC", "2026-04-01", 60).emails(&["a", "b", "c"])
}

fn subscribe(topic: &str, subscribe: bool) -> Action {
    Action::Topic { topic: topic.into(), subscribe }
}

fn no_consent(watched: &Watched) -> u64 {
    watched.outcome.figures.mails.not_sent.get(&Skip::NoConsent).copied().unwrap_or(0)
}

#[test]
fn opt_in_needs_a_subscription() {
    let lab = lab().email("offer", "offers", Again::Always);
    let offer = || send("offer");
    let watched = lab
        .all("j", steps(vec![offer(), subscribe("offers", true), offer(), subscribe("offers", false), offer()]))
        .watch();
    assert_eq!((watched.sent().len(), no_consent(&watched)), (1, 2));
}

#[test]
fn double_opt_in_needs_a_confirmation() {
    let lab = lab().email("letter", "letter", Again::Always);
    let lab = lab.drive(&[
        (HOUR, "subscription_confirmed", &[("topic", "letter")]), // nothing to confirm yet
        (2 * HOUR, "subscribed", &[("topic", "letter")]),
        (4 * HOUR, "subscription_confirmed", &[("topic", "letter")]),
        (6 * HOUR, "unsubscribed", &[("topic", "letter")]),
        (8 * HOUR, "subscribed", &[("topic", "letter")]),
    ]);
    let mut asks = Vec::new();
    for _ in 0..10 {
        asks.extend([send("letter"), wait(HOUR)]);
    }
    let mut by = by_segment("everyone");
    by.again = Again::Always;
    let watched = lab.journey("j", by, steps(asks)).watch();
    // Confirmed at hour 4 before the mail of that hour, gone at hour 6 before that one.
    assert_eq!(watched.sent_at(), [(4 * HOUR, "letter".to_owned()), (5 * HOUR, "letter".to_owned())]);
    assert!(watched.lines(What::Skipped)[2].1.contains("not confirmed"));
}

#[test]
fn granted_says_who_agreed_before() {
    let mut lab = lab().field("agreed", plain()).email("letter", "letter", Again::Always);
    lab.0.topics.get_mut("letter").unwrap().granted = Some(field_is("agreed", "yes"));
    lab.0.topics.get_mut("news").unwrap().granted = Some(field_is("agreed", "yes"));
    let lab = lab.all("j", steps(vec![send("letter"), send("a")]));
    let sent = |agreed| lab.run_one(lab.lead_with("lead", &[("agreed", text(agreed))])).sent().len();
    assert_eq!((sent("yes"), sent("no")), (2, 0));
}

#[test]
fn a_complaint_ends_all_marketing() {
    let lab = lab().email("bill", "account", Again::Always);
    let behavior = Behavior { complain: 1.0, ..reader() };
    let asks = vec![send("a"), wait(DAY), subscribe("news", true), send("b"), send("bill")];
    let watched = lab.persona("p", truth(), behavior).all("j", steps(asks)).watch();
    assert_eq!(watched.sent_at(), [at(0, "a"), at(1, "bill")]);
    assert_eq!(no_consent(&watched), 1);
    assert_eq!(watched.outcome.figures.emails.get("a").unwrap().complained, 1);
    assert_eq!(*watched.outcome.figures.events.get("complained").unwrap(), 2);
}

#[test]
fn unsubscribing_leaves_the_topic_of_the_mail() {
    let lab = lab().email("offer", "offers", Again::Always).email("bill", "account", Again::Always);
    let behavior = Behavior { unsubscribe: 1.0, ..reader() };
    let asks = vec![subscribe("offers", true), send("bill"), send("a"), wait(DAY), send("b"), send("offer")];
    let watched = lab.persona("p", truth(), behavior).all("j", steps(asks)).watch();
    assert_eq!(watched.sent_at(), [at(0, "bill"), at(0, "a"), at(1, "offer")]);
    // Nobody unsubscribes from a transactional mail.
    assert_eq!(watched.outcome.figures.emails.get("bill").unwrap().unsubscribed, 0);
}

#[test]
fn hard_bounces_suppress_the_address() {
    let behavior = Behavior { hard_bounce: 1.0, ..reader() };
    let asks = || steps(vec![send("a"), send("b")]);
    let lab = lab().persona("p", truth(), behavior).all("j", asks());
    let watched = lab.watch();
    assert_eq!(watched.outcome.figures.emails.get("a").unwrap().hard_bounced, 1);
    assert_eq!(watched.outcome.figures.mails.not_sent[&Skip::Suppressed], 1);
    assert_eq!(watched.outcome.figures.mails.bounced, 1);
    let ignoring = lab.policies(|policies| policies.hard_suppress = false).watch();
    assert_eq!(ignoring.outcome.figures.emails.get("b").unwrap().hard_bounced, 1);
}

#[test]
fn soft_bounces_are_tried_again_and_then_suppress() {
    let behavior = Behavior { soft_bounce: 1.0, ..reader() };
    let lab = lab().persona("p", truth(), behavior).policies(|policies| {
        policies.soft_retries = 3;
        policies.soft_every_secs = 6 * HOUR;
        policies.soft_suppress_after = Some(2);
    });
    let watched = lab.all("j", steps(vec![send("a"), send("b"), wait(18 * HOUR), send("c")])).watch();
    let figures = watched.outcome.figures.emails.get("a").unwrap();
    assert_eq!((figures.sent, figures.retries, figures.soft_bounced, figures.delivered), (1, 3, 1, 0));
    let retries: Vec<String> = watched.lines(What::Retry).into_iter().map(|(at, _)| at).collect();
    assert_eq!(retries[0], "2026-04-01T06:00:00+00:00");
    assert_eq!(retries[5], "2026-04-01T18:00:00+00:00");
    // Both were given up at 18:00, before the timer of that second.
    assert_eq!(watched.outcome.figures.mails.not_sent[&Skip::Suppressed], 1);
    assert_eq!(*watched.outcome.figures.events.get("email_bounced").unwrap(), 2);
}

#[test]
fn a_delivered_mail_begins_the_count_of_bounces_anew() {
    let state = |state: &str| Action::Set { values: [("state".to_owned(), Some(text(state)))].into() };
    let lab = lab()
        .field("state", plain())
        .persona("away", field_is("state", "away"), Behavior { soft_bounce: 1.0, ..reader() })
        .persona("back", field_is("state", "back"), reader())
        .policies(|policies| policies.soft_suppress_after = Some(2));
    let away_back_away = vec![state("away"), send("a"), state("back"), send("a"), state("away"), send("b"), send("c")];
    let watched = lab.clone().all("j", steps(away_back_away)).watch();
    assert_eq!(watched.sent().len(), 4);
    let away_away = vec![state("away"), send("a"), send("b"), state("back"), send("c")];
    let watched = lab.all("j", steps(away_away)).watch();
    assert_eq!(watched.outcome.figures.mails.not_sent[&Skip::Suppressed], 1);
    assert_eq!(watched.outcome.figures.personas.get("away").unwrap().sent, 2);
}

#[test]
fn opens_and_clicks_come_when_they_must() {
    let behavior = Behavior { click: 1.0, ..reader() };
    let watched = lab().persona("p", truth(), behavior).all("j", steps(vec![send("a")])).watch();
    let events = watched.lines(What::Event);
    let at = |name: &str| events.iter().find(|(_, text)| text.starts_with(name)).unwrap().0.clone();
    assert_eq!(at("`email_delivered`"), "2026-04-01T00:00:00+00:00");
    assert_eq!(at("`email_opened`"), "2026-04-01T01:00:00+00:00");
    assert_eq!(at("`email_clicked`"), "2026-04-01T01:10:00+00:00");
    assert!(
        events
            .iter()
            .any(|(_, text)| { text == "`email_clicked` email=\"a\" journey=\"j\" step=\"s1\" topic=\"news\"" })
    );
    let persona = watched.outcome.figures.personas.get("p").unwrap();
    assert_eq!((persona.leads, persona.sent, persona.opened, persona.clicked), (1, 1, 1, 1));
}

#[test]
fn without_a_persona_mails_are_delivered_and_not_read() {
    let watched = lab().all("j", steps(vec![send("a")])).watch();
    let figures = watched.outcome.figures.emails.get("a").unwrap();
    assert_eq!((figures.delivered, figures.opened), (1, 0));
    assert_eq!(watched.outcome.figures.no_persona.sent, 1);
}

#[test]
fn fatigue_counts_the_mails_of_late() {
    // Each mail of the last day takes everything: only the first, and the one a day later, are opened.
    let fatigue = Some(Fatigue { loss: 1.0, window_secs: DAY });
    let behavior = Behavior { open_fatigue: fatigue, ..reader() };
    let asks = vec![send("a"), wait(HOUR), send("b"), wait(DAY), send("c")];
    let watched = lab().persona("p", truth(), behavior).all("j", steps(asks)).watch();
    let opened = |name: &str| watched.outcome.figures.emails.get(name).unwrap().opened;
    assert_eq!((opened("a"), opened("b"), opened("c")), (1, 0, 1));
}

#[test]
fn shares_are_what_they_should_be() {
    let open_delay = Delay::LogNormal { median_secs: 4 * HOUR, p90_secs: 30 * HOUR };
    let behavior = Behavior { open: 0.4, click: 0.25, open_delay, soft_bounce: 0.1, ..reader() };
    let lab = lab().persona("p", truth(), behavior).all("j", steps(vec![send("a")]));
    let leads = (0..4_000).map(|id| Ok(lab.lead(&id.to_string()))).collect();
    let figures = lab.run(leads, &Default::default()).unwrap().figures;
    let mail = figures.emails.get("a").unwrap();
    // Within four standard deviations.
    assert!((3_524..=3_676).contains(&mail.delivered), "{mail:?}");
    assert!((1_310..=1_570).contains(&mail.opened), "{mail:?}");
    assert!((295..=430).contains(&mail.clicked), "{mail:?}");
}

fn does(event: &str, cause: Cause) -> Does {
    Does { event: event.into(), with: [].into(), cause, when: None, origin: Origin::default() }
}

#[test]
fn personas_do_things_by_themselves() {
    let lab = lab().event("visit", &[]);
    let rate = Cause::Rate { per_sec: 2.0 / (7 * DAY) as f64 };
    let behavior = Behavior { does: vec![does("visit", rate)], ..reader() };
    let lab = lab.persona("p", truth(), behavior);
    let leads = (0..1_000).map(|id| Ok(lab.lead(&id.to_string()))).collect();
    let visits = *lab.run(leads, &Default::default()).unwrap().figures.events.get("visit").unwrap();
    // 60 days at 2 per week: 17.14 for each lead, standard deviation 131 for all.
    assert!((16_620..=17_670).contains(&visits), "{visits}");
}

#[test]
fn personas_do_things_after_events() {
    let after = Cause::After {
        event: "email_opened".into(),
        filter: Some(event_is("email", "a")),
        chance: 1.0,
        within_secs: 60,
        delay: None,
    };
    let behavior = Behavior { does: vec![does("visit", after)], ..reader() };
    let lab = lab().event("visit", &[]).persona("p", truth(), behavior);
    let watched = lab.all("j", steps(vec![send("a"), send("b")])).watch();
    let visits: Vec<_> = watched.trace.iter().filter(|line| line.text == "`visit`").collect();
    assert_eq!(visits.len(), 1);
    let after = visits[0].at_secs - watched.outcome.run.start_secs - HOUR;
    assert!((1..=60).contains(&after), "{after}");
}

#[test]
fn a_persona_that_is_idle_leaves_out_what_it_would_do() {
    let after = |delay| Cause::After {
        event: "email_opened".into(),
        filter: None,
        chance: 1.0,
        within_secs: 0,
        delay: Some(delay),
    };
    let exactly = |secs| Delay::LogNormal { median_secs: secs, p90_secs: secs };
    let behavior = Behavior {
        click: 1.0,
        when: Some(cond("not did(\"visit\")", Expr::Not { of: Box::new(did("visit", None).expr) })),
        // An hour after the mail it is opened, 10 minutes later clicked, another 5 minutes later the first visit comes.
        does: vec![does("visit", after(exactly(15 * MINUTE))), does("visit", after(exactly(HOUR)))],
        ..reader()
    };
    let lab = lab().event("visit", &[]).persona("p", truth(), behavior);
    let watched = lab.all("j", steps(vec![send("a"), wait(DAY), send("b")])).watch();
    let events = |name: &str| *watched.outcome.figures.events.get(name).unwrap();
    // From the visit on nothing comes any more: neither the second visit nor an opening of the second mail.
    assert_eq!((events("email_opened"), events("email_clicked"), events("visit")), (1, 1, 1));
    assert_eq!(watched.sent().len(), 2);
    assert!(watched.text().contains("the persona does nothing"));
}

#[test]
fn whoever_turns_out_to_be_out_of_reach_is_known_at_the_next_step() {
    let reachable = Expr::Reachable { channel: Channel::Email };
    let lost = || cond("not reachable(\"email\")", Expr::Not { of: Box::new(reachable.clone()) });
    let behavior = Behavior { hard_bounce: 1.0, ..reader() };
    let actions = vec![send("a"), branch(lost(), "s4"), send("b"), exit("lost")];
    let watched = lab().persona("p", truth(), behavior).all("j", steps(actions)).watch();
    let journey = watched.outcome.figures.journeys.get("j").unwrap();
    assert_eq!(watched.sent_at(), [at(0, "a")]);
    assert_eq!(journey.exits.get("lost"), Some(&1));
    // Without an address nobody is reached either.
    let lab =
        lab().persona("p", truth(), reader()).all("j", steps(vec![branch(lost(), "s3"), send("a"), exit("lost")]));
    let nobody = lab.run_one(lab.lead_with("lead", &[("email", text(" "))]));
    assert_eq!(nobody.outcome.figures.journeys.get("j").unwrap().exits.get("lost"), Some(&1));
}

#[test]
fn rules_of_frequency_say_how_many_mails_they_took() {
    let lab = lab().frequency(1, Window::CalendarDay, false).frequency(2, Window::CalendarWeek, false);
    // 1 April 2026 is a Wednesday: both mails of the first day, then one a day of three days.
    let asks = vec![send("a"), send("b"), wait(DAY), send("a"), wait(DAY), send("b"), wait(DAY), send("c")];
    let watched = lab.persona("p", truth(), Behavior::default()).all("j", steps(asks)).watch();
    let capped: Vec<u64> = watched.outcome.figures.capped.iter().map(|(_, mails)| *mails).collect();
    assert_eq!((watched.sent().len(), capped), (2, vec![1, 2]));
}
