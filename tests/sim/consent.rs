//! What leads allow: confirmations, the record, markets, leaving, preferences, sunset. Every moment is worked out by hand.

use tabiji::backend::sim::{Options, Skip, TopicFigures, What};
use tabiji::ir::journey::Action;
use tabiji::ir::permission::{
    Back, Confirmation, Given, Implied, Market, Preferences, Reminder, Stand, Sunset, Then, Unsubscribe,
};
use tabiji::ir::{
    Again, Answers, Behavior, Consent, Counted, Delay, Expr, Lead, Limit, Permission, Type, Value, Window, Wording,
};
use tabiji::text::Origin;

use crate::support::*;

/// A lab whose topic `letter` asks for a confirmation by the email `confirm`, within 7 days.
fn lab() -> Lab {
    let lab = Lab::new("UTC", "2026-04-01", 60)
        .emails(&["a"])
        .email("letter", "letter", Again::Always)
        .email("confirm", "account", Again::Always)
        .email("again", "account", Again::Always);
    asking(lab, None)
}

fn asking(mut lab: Lab, remind: Option<i64>) -> Lab {
    let remind = remind.map(|after_secs| Reminder { after_secs, email: "again".into(), origin: Origin::default() });
    let letter = lab.0.topics.get_mut("letter").unwrap();
    letter.confirmation =
        Some(Confirmation { email: "confirm".into(), within_secs: 7 * DAY, remind, origin: Origin::default() });
    letter.wording = Some(Wording::new("月1回のメールマガジンを受け取ります。"));
    lab
}

fn allow(mut lab: Lab, change: impl FnOnce(&mut Permission)) -> Lab {
    change(&mut lab.0.policies.permission);
    lab
}

/// Opens after an hour and clicks after 10 minutes more, if at all.
fn reader(open: f64, answers: Answers) -> Behavior {
    let exactly = |secs| Delay::LogNormal { median_secs: secs, p90_secs: secs };
    Behavior { open, open_delay: exactly(HOUR), click_delay: exactly(10 * MINUTE), answers, ..Behavior::default() }
}

fn confirms(chance: f64) -> Answers {
    Answers { confirm: Some(chance), ..Answers::default() }
}

fn daily(email: &str, days: usize) -> Vec<tabiji::ir::journey::Step> {
    let mut actions = Vec::new();
    for _ in 0..days {
        actions.extend([send(email), wait(DAY)]);
    }
    steps(actions)
}

fn letter(watched: &Watched) -> &TopicFigures {
    watched.outcome.figures.consent.as_ref().unwrap().topics.get("letter").unwrap()
}

fn skipped(watched: &Watched, why: Skip) -> u64 {
    watched.outcome.figures.mails.not_sent.get(&why).copied().unwrap_or(0)
}

/// Days, from the start, of the mails sent.
fn days(watched: &Watched) -> Vec<i64> {
    watched.sent_at().iter().map(|(at, _)| at / DAY).collect()
}

const SUBSCRIBED: &[(&str, &str)] = &[("topic", "letter"), ("place", "展示会")];

#[test]
fn who_subscribes_is_asked_and_confirms() {
    let lab = lab().persona("p", truth(), reader(0.0, confirms(1.0))).drive(&[(HOUR, "subscribed", SUBSCRIBED)]);
    let watched = lab.all("j", daily("letter", 3)).watch();
    // Asked at hour 1, opened at 2, clicked and confirmed at 2:10; the letter of day 0 came too early.
    assert_eq!(watched.sent_at(), [(HOUR, "confirm".to_owned()), at(1, "letter"), at(2, "letter")]);
    let topic: Vec<String> =
        watched.lines(What::Topic).into_iter().map(|(at, text)| at[11..16].to_owned() + &text).collect();
    assert_eq!(topic, ["01:00`letter`: to be confirmed", "02:10`letter`: confirmed"]);
    let figures = letter(&watched);
    assert_eq!((figures.asked, figures.confirmed, figures.expired, figures.agreed), (1, 1, 0, 1));
    assert_eq!(figures.basis.get("double_opt_in"), Some(&1));
    let version = Wording::new("月1回のメールマガジンを受け取ります。").version;
    assert_eq!(figures.texts.get(&version), Some(&1));
    let record = &watched.lines(What::Consent);
    let record = &record.iter().find(|(_, text)| text.starts_with("`letter`")).unwrap().1;
    let expected = format!(
        "`letter`: in since 2026-04-01T02:10:00+00:00, by the event `subscribed` at `展示会`, asked to confirm on \
         2026-04-01T01:00:00+00:00, text {version}"
    );
    assert_eq!(record, &expected);
    // The request is no journey that a campaign knows: nothing is counted or told of it.
    assert_eq!(watched.outcome.figures.journeys.0.len(), 2);
    assert_eq!(watched.outcome.figures.events.get("journey_entered"), Some(&2));
}

#[test]
fn who_opens_confirms_unless_it_is_said() {
    let confirmed = |behavior| {
        let lab = lab().persona("p", truth(), behavior).drive(&[(HOUR, "subscribed", SUBSCRIBED)]);
        let figures = lab.watch().outcome.figures;
        let mail = figures.emails.get("confirm").unwrap().clone();
        (mail.opened, mail.clicked, figures.consent.unwrap().topics.get("letter").unwrap().confirmed)
    };
    assert_eq!(confirmed(reader(1.0, Answers::default())), (1, 1, 1));
    assert_eq!(confirmed(reader(1.0, confirms(0.0))), (1, 0, 0));
    assert_eq!(confirmed(reader(0.0, Answers::default())), (0, 0, 0));
}

#[test]
fn a_subscription_that_nobody_confirms_lapses() {
    let lab = asking(lab(), Some(2 * DAY)).drive(&[(HOUR, "subscribed", SUBSCRIBED)]);
    let watched = lab.all("j", daily("letter", 10)).watch();
    assert_eq!(watched.sent_at(), [(HOUR, "confirm".to_owned()), (HOUR + 2 * DAY, "again".to_owned())]);
    let lapsed = watched.lines(What::Topic).pop().unwrap();
    assert_eq!(lapsed, ("2026-04-08T01:00:00+00:00".to_owned(), "`letter`: not confirmed in time".to_owned()));
    let figures = letter(&watched);
    assert_eq!((figures.asked, figures.confirmed, figures.expired, figures.out), (1, 0, 1, 1));
    assert_eq!(watched.outcome.figures.events.get("subscription_expired"), Some(&1));
    // A confirmation comes in time in the second before the end, and a second later it does not.
    let confirmed = |at| {
        let lab =
            self::lab().drive(&[(0, "subscribed", SUBSCRIBED), (at, "subscription_confirmed", &[("topic", "letter")])]);
        letter(&lab.watch()).agreed
    };
    assert_eq!((confirmed(7 * DAY - 1), confirmed(7 * DAY + 1)), (1, 0));
}

#[test]
fn to_subscribe_again_begins_anew() {
    let lab = asking(lab(), Some(2 * DAY)).drive(&[(0, "subscribed", SUBSCRIBED), (DAY, "subscribed", SUBSCRIBED)]);
    let watched = lab.watch();
    // The reminder of the first request would come on day 2; that of the second comes on day 3.
    assert_eq!(watched.sent_at(), [at(0, "confirm"), at(1, "confirm"), at(3, "again")]);
    let lapsed = watched.lines(What::Topic).pop().unwrap();
    assert_eq!(lapsed.0, "2026-04-09T00:00:00+00:00");
    assert_eq!((letter(&watched).asked, letter(&watched).expired), (2, 1));
}

#[test]
fn a_request_passes_the_gates_and_ends_with_the_state() {
    // One mail in three days: the request is held behind the mail of day 0, and given up as the lead leaves.
    let lab = lab().frequency_of(1, Window::RollingSecs(3 * DAY), true, Counted::All);
    let lab = lab
        .all("j", steps(vec![send("a")]))
        .drive(&[(HOUR, "subscribed", SUBSCRIBED), (DAY, "unsubscribed", &[("topic", "letter")])]);
    let watched = lab.watch();
    assert_eq!(watched.sent_at(), [at(0, "a")]);
    assert_eq!(skipped(&watched, Skip::Exited), 1);
    assert_eq!((letter(&watched).left, letter(&watched).expired), (1, 0));
}

#[test]
fn days_since_a_consent_begin_with_the_confirmation() {
    let old = compare_days(3);
    let lab = lab()
        .segment("old", old)
        .drive(&[(0, "subscribed", SUBSCRIBED), (DAY, "subscription_confirmed", &[("topic", "letter")])]);
    let joined = lab.watch().lines(What::SegmentIn);
    let at: Vec<&str> = joined.iter().filter(|(_, text)| text.starts_with("`old`")).map(|(at, _)| &at[..10]).collect();
    assert_eq!(at, ["2026-04-05"]);
}

fn compare_days(days: i64) -> tabiji::ir::Condition {
    let of = Expr::DaysSinceConsent { topic: "letter".into() };
    cond("days_since_consent(\"letter\") >= 3", compare(of, tabiji::ir::expr::Cmp::Ge, Value::Int(days)))
}

#[test]
fn a_leads_file_tells_consents() {
    let lab = lab().all("j", daily("letter", 10));
    let given = |stand, since: Option<i64>| {
        let start = 1_775_001_600; // 2026-04-01T00:00:00Z
        let mut lead = lab.lead("lead");
        lead.consents = vec![None; lab.0.topics.len()];
        let place = lab.0.topics.keys().position(|name| name == "letter").unwrap();
        lead.consents[place] = Some(Given { stand, since_secs: since.map(|days| start + days * DAY) });
        let watched = lab.run_one(lead);
        (watched.sent_at().len(), letter(&watched).clone())
    };
    let (sent, figures) = given(Stand::In, Some(-100));
    assert_eq!((sent, figures.start, figures.basis.get("before")), (10, 1, Some(&1)));
    assert_eq!(given(Stand::Out, None).0, 0);
    // Asked for five days before the run, so that two are left; nothing is sent for it any more.
    let (sent, figures) = given(Stand::Pending, Some(-5));
    assert_eq!((sent, figures.asked, figures.expired), (0, 0, 1));
}

fn market(name: &str, consent: Option<Consent>, implied: Option<Implied>) -> Market {
    Market { name: name.into(), when: field_is("country", name), consent, implied, origin: Origin::default() }
}

fn in_country(lab: &Lab, country: &str) -> Watched {
    lab.run_one(lab.lead_with("lead", &[("country", text(country))]))
}

#[test]
fn the_stricter_of_topic_and_market_holds() {
    let lab = allow(lab().field("country", plain()), |permission| {
        permission.markets = vec![
            market("JP", Some(Consent::OptIn), None),
            market("DE", Some(Consent::DoubleOptIn), None),
            market("US", Some(Consent::OptOut), None),
        ];
    });
    // `news` takes everybody in; `a` is its mail. On day 2 the lead subscribes, on day 4 it confirms.
    let lab = lab.all("j", daily("a", 6)).drive(&[
        (2 * DAY, "subscribed", &[("topic", "news")]),
        (4 * DAY, "subscription_confirmed", &[("topic", "news")]),
    ]);
    assert_eq!(days(&in_country(&lab, "US")), [0, 1, 2, 3, 4, 5]);
    assert_eq!(days(&in_country(&lab, "BR")), [0, 1, 2, 3, 4, 5]);
    assert_eq!(days(&in_country(&lab, "JP")), [2, 3, 4, 5]);
    assert_eq!(days(&in_country(&lab, "DE")), [4, 5]);
    let germany = in_country(&lab, "DE");
    let news = germany.outcome.figures.consent.as_ref().unwrap().topics.get("news").unwrap();
    assert_eq!(news.markets.get("DE").unwrap().agreed, 1);
    assert!(germany.lines(What::Skipped)[0].1.contains("in the market `DE`, `news` asks for double_opt_in"));
}

#[test]
fn the_market_changes_with_the_fields() {
    let lab = allow(lab().field("country", plain()), |permission| {
        permission.markets = vec![market("JP", Some(Consent::OptIn), None)];
    });
    let moves = Action::Set { values: [("country".to_owned(), Some(text("JP")))].into() };
    let lab = lab.all("j", steps(vec![send("a"), wait(DAY), moves, send("a")]));
    assert_eq!(days(&in_country(&lab, "US")), [0]);
}

#[test]
fn implied_consent_ends_by_itself() {
    let implied = Implied { event: "bought".into(), for_secs: 10 * DAY, last: Some("last".into()) };
    let lab = lab().field("country", plain()).field("last", Type::Date).event("bought", &[]);
    let lab = allow(lab, |permission| permission.markets = vec![market("CA", None, Some(implied))]);
    let bought = lab.clone().all("j", daily("letter", 14)).drive(&[(DAY, "bought", &[])]);
    // From day 1 on, and not on day 11 any more.
    assert_eq!(days(&in_country(&bought, "CA")), (1..11).collect::<Vec<i64>>());
    assert_eq!(days(&in_country(&bought, "US")), Vec::<i64>::new());
    let left = lab.clone().all("j", daily("letter", 14)).drive(&[
        (DAY, "bought", &[]),
        (3 * DAY, "unsubscribed", &[("topic", "letter")]),
        (5 * DAY, "bought", &[]),
    ]);
    assert_eq!(days(&in_country(&left, "CA")), [1, 2]);
    // 2026-03-28, four days before the start.
    let known = lab.all("j", daily("letter", 14));
    let lead = known.lead_with("lead", &[("country", text("CA")), ("last", Value::Date(20_540))]);
    assert_eq!(days(&known.run_one(lead)), (0..6).collect::<Vec<i64>>());
}

fn leaving(back: Back) -> Unsubscribe {
    Unsubscribe { link_ends_all: false, one_click_ends_all: true, back }
}

#[test]
fn to_leave_everything_lasts() {
    let mails = |back, by_step: bool| {
        let lab = allow(lab(), |permission| permission.unsubscribe = Some(leaving(back)));
        let mut actions = vec![send("a"), wait(2 * DAY)];
        if by_step {
            actions.push(Action::Topic { topic: "news".into(), subscribe: true });
        } else {
            let with = [("topic".to_owned(), text("news"))].into();
            actions.push(Action::Emit { event: "subscribed".into(), with });
        }
        actions.extend([wait(DAY), send("a")]);
        let lab = lab.all("j", steps(actions)).drive(&[(DAY, "unsubscribed", &[])]);
        days(&lab.watch())
    };
    assert_eq!(mails(Back::Subscribing, false), [0, 3]);
    assert_eq!(mails(Back::Subscribing, true), [0]);
    assert_eq!(mails(Back::Confirming, false), [0]);
    assert_eq!(mails(Back::Never, false), [0]);
}

#[test]
fn the_button_ends_what_the_policy_says() {
    let left = |one_click| {
        let lab = allow(lab(), |permission| permission.unsubscribe = Some(leaving(Back::Subscribing)));
        let answers = Answers { one_click, ..Answers::default() };
        let lab = lab.persona("p", truth(), Behavior { unsubscribe: 1.0, ..reader(0.0, answers) });
        let figures = lab.all("j", steps(vec![send("a")])).watch().outcome.figures;
        assert_eq!(figures.emails.get("a").unwrap().unsubscribed, 1);
        figures.consent.unwrap().left_all
    };
    assert_eq!((left(0.0), left(1.0)), (0, 1));
}

fn offering(lab: Lab) -> Lab {
    let fewer = Some(Limit { count: 1, per: Window::RollingSecs(7 * DAY) });
    allow(lab, |permission| permission.preferences = Some(Preferences { pause_secs: Some(5 * DAY), fewer }))
}

#[test]
fn a_pause_ends_to_the_second() {
    let lab = offering(lab()).drive(&[(2 * DAY, "preferences_changed", &[("choice", "pause")])]);
    let watched = lab.all("j", daily("a", 10)).watch();
    assert_eq!(days(&watched), [0, 1, 7, 8, 9]);
    assert_eq!(skipped(&watched, Skip::Paused), 5);
    let other = offering(self::lab()).drive(&[(0, "preferences_changed", &[("choice", "pause"), ("topic", "letter")])]);
    assert_eq!(other.all("j", daily("a", 3)).watch().sent().len(), 3);
}

#[test]
fn who_wants_fewer_gets_fewer_until_it_takes_that_back() {
    let lab = offering(lab()).drive(&[
        (2 * DAY, "preferences_changed", &[("choice", "fewer")]),
        (12 * DAY, "preferences_changed", &[("choice", "usual")]),
    ]);
    let watched = lab.all("j", daily("a", 14)).watch();
    // The mails of days 0 and 1 count; the window of that of day 1 ends on day 8.
    assert_eq!(days(&watched), [0, 1, 8, 12, 13]);
    assert_eq!(skipped(&watched, Skip::OwnLimit), 9);
}

#[test]
fn some_choose_a_pause_instead_of_leaving() {
    let lab = offering(lab());
    let answers = Answers { pause: 0.5, fewer: 0.3, ..Answers::default() };
    let lab = lab.persona("p", truth(), Behavior { unsubscribe: 1.0, ..reader(0.0, answers) });
    let lab = lab.all("j", steps(vec![send("a")]));
    let leads = || (0..2_000).map(|number| Ok(lab.lead(&format!("l{number}")))).collect();
    let figures = lab.run(leads(), &Options::default()).unwrap().figures;
    let (left, consent) = (figures.emails.get("a").unwrap().unsubscribed, figures.consent.clone().unwrap());
    assert_eq!(left + consent.paused + consent.fewer, 2_000);
    assert!((940..1_060).contains(&consent.paused) && (540..660).contains(&consent.fewer), "{consent:?}");
    let alone = lab.run(leads(), &Options { threads: Some(1), ..Options::default() }).unwrap().figures;
    assert_eq!(alone, figures);
}

fn sunset(then: Then, wakes: bool) -> Sunset {
    Sunset {
        after_secs: 10 * DAY,
        without: vec!["visit".into()],
        sleeping_secs: Some(5 * DAY),
        last: Some("last".into()),
        then,
        list: Some("sleepers".into()),
        wakes,
        origin: Origin::default(),
    }
}

fn sleepy(then: Then, wakes: bool) -> Lab {
    let lab = lab().event("visit", &[]).field("last", Type::Date).list("sleepers", &[]);
    allow(lab, |permission| permission.sunset = Some(sunset(then, wakes))).all("j", daily("a", 20))
}

#[test]
fn the_sun_sets_on_the_inactive_and_rises_again() {
    let lab = sleepy(Then::Suppress, true);
    let watched = lab.drive(&[(3 * DAY, "visit", &[]), (15 * DAY, "visit", &[])]).watch();
    let levels: Vec<String> = watched
        .lines(What::Engagement)
        .into_iter()
        .map(|(at, text)| format!("{} {}", &at[8..10], &text[..5]))
        .collect();
    // Asleep on the 9th (day 8), set on the 14th, awake on the 16th; then once more from there.
    assert_eq!(levels, ["09 sleep", "14 sunse", "16 awake", "21 sleep", "26 sunse"]);
    // No mails from day 13 to day 14; on day 15 the visit comes before.
    assert_eq!(days(&watched), (0..13).chain(15..20).collect::<Vec<i64>>());
    assert_eq!(skipped(&watched, Skip::Sunset), 2);
    let engagement = watched.outcome.figures.consent.unwrap().engagement.unwrap();
    assert_eq!((engagement.fell_asleep, engagement.set, engagement.woke), (2, 2, 1));
    assert_eq!((engagement.start.active, engagement.end.sunset), (1, 1));
    assert_eq!(watched.outcome.figures.events.get("engagement_changed"), Some(&5));
}

#[test]
fn a_sunset_can_be_for_good_or_only_counted() {
    let sent = |then, wakes| {
        let lab = sleepy(then, wakes).drive(&[(15 * DAY, "visit", &[])]);
        days(&lab.watch()).len()
    };
    // Set on day 10; awake on day 15, or never.
    assert_eq!((sent(Then::Suppress, true), sent(Then::Suppress, false)), (15, 10));
    assert_eq!((sent(Then::Unsubscribe, true), sent(Then::Keep, true)), (10, 20));
}

#[test]
fn the_last_interest_can_be_known() {
    let lab = sleepy(Then::Suppress, true);
    let asleep = |days: i32| {
        // 2026-04-01 is day 20544 since 1970.
        let lead: Lead = lab.lead_with("lead", &[("last", Value::Date(20_544 - days))]);
        let watched = lab.run_one(lead);
        let start = watched.outcome.figures.consent.as_ref().unwrap().engagement.unwrap().start;
        (start.active, start.sleeping, start.sunset, watched.sent().len())
    };
    assert_eq!(asleep(1), (1, 0, 0, 9));
    assert_eq!(asleep(7), (0, 1, 0, 3));
    assert_eq!(asleep(10), (0, 0, 1, 0));
}

#[test]
fn what_is_not_declared_costs_no_figures() {
    let lab = Lab::new("UTC", "2026-04-01", 10).emails(&["a"]).all("j", daily("a", 3));
    assert_eq!(lab.watch().outcome.figures.consent, None);
}
