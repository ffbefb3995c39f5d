//! Small campaigns whose fullest windows were worked out by hand: what the search has to find, and why.

use crate::campaign::{Ground, spans};
use crate::corpus::check;
use crate::judge::{proved, shown};
use crate::search::{Budget, Found, search};

const BUDGET: Budget = Budget { runs: 6_000, bursts: 6, width: 300, beyond: 0 };

/// A campaign with these limits (days of the windows) and these parts.
fn campaign(days: &[u32], parts: &str) -> String {
    let limits: String = days.iter().map(|days| format!("    - {{at_most: 1, per: {days} d}}\n")).collect();
    let emails: String = ["n1", "n2", "n3"]
        .map(|name| format!("  {name}: {{topic: news, sender: us, subject: Hello, body: {{markdown: Hello.}}}}\n"))
        .concat();
    format!(
        "project: flood\ntimezone: UTC\nsimulation: {{start: 2026-04-01, days: 30, seed: 1}}\n\
         topics:\n  news: {{consent: opt_out}}\n\
         senders:\n  us: {{from: {{email: us@mail.example.com}}}}\n\
         events: {{e1: {{}}, e2: {{}}}}\n\
         emails:\n{emails}\
         policies:\n  limits:\n{limits}{parts}"
    )
}

/// What is proved of a campaign, by window.
fn bounds(yaml: &str) -> Vec<Option<u64>> {
    let checked = check(yaml);
    let campaign = checked.campaign.as_ref();
    proved(&checked, &spans(campaign.unwrap_or_else(|| panic!("{yaml}\n{:?}", checked.findings))))
}

fn found(yaml: &str) -> Found {
    let checked = check(yaml);
    let campaign = checked.campaign.as_ref();
    let campaign = campaign.unwrap_or_else(|| panic!("{yaml}\n{:?}", checked.findings));
    let spans = spans(campaign);
    let found = search(&Ground::new(campaign, spans.clone()), BUDGET, None);
    for (bound, most) in proved(&checked, &spans).into_iter().zip(&found.most) {
        let is_sound = bound.is_none_or(|bound| !most.grows && bound >= most.mails);
        assert!(is_sound, "{bound:?} is proved, {} were reached\n{yaml}", most.mails);
    }
    found
}

/// The most mails by window; none for no end of them.
fn most(days: &[u32], parts: &str) -> Vec<Option<u64>> {
    let found = found(&campaign(days, parts));
    found.most.iter().map(|most| (!most.grows).then_some(most.mails)).collect()
}

fn some(counts: &[u64]) -> Vec<Option<u64>> {
    counts.iter().map(|count| Some(*count)).collect()
}

#[test]
fn mails_a_day_apart_share_no_day() {
    let parts = "journeys:\n  j:\n    entry: {event: e1}\n    steps:\n      - {id: a, send: n1}\n      - {id: b, wait: 1 day}\n      - {id: c, send: n2}\n      - {id: d, send: n3}\n";
    assert_eq!(most(&[1, 2], parts), some(&[2, 3]));
}

#[test]
fn five_journeys_of_one_event_are_seen_together() {
    // Each is entered once, by the same event, and sends on a day of its own.
    let journey = |number| {
        format!("  j{number}: {{entry: {{event: e1}}, steps: [{{id: a, wait: {number} days}}, {{id: b, send: n1}}]}}\n")
    };
    let yaml = campaign(&[1, 2], &format!("journeys:\n{}", (1..=5).map(journey).collect::<String>()));
    assert_eq!(bounds(&yaml), some(&[1, 2]), "{yaml}");
}

/// Journeys of one mail each: what a step before it sets keeps the second one away.
fn with_flags(count: usize, event: impl Fn(usize) -> usize) -> String {
    let numbers = || 0..count;
    let fields: String = numbers().map(|number| format!("  f{number}: {{type: boolean}}\n")).collect();
    let events: String = numbers().map(|number| format!("  x{number}: {{}}\n")).collect();
    let journey = |number| {
        format!(
            "  j{number}:\n    entry: {{event: x{}, again: never}}\n    steps:\n      - {{id: a, set: {{f{number}: true}}}}\n      - {{id: b, send: n1}}\n      - {{id: c, branch: [{{if: not f{number}, steps: [{{id: d, send: n2}}]}}], else: []}}\n",
            event(number)
        )
    };
    let journeys: String = numbers().map(journey).collect();
    let yaml = campaign(&[1], &format!("fields:\n{fields}journeys:\n{journeys}"));
    yaml.replace("events: {e1: {}, e2: {}}\n", &format!("events:\n{events}"))
}

#[test]
fn journeys_that_share_nothing_are_searched_however_many_there_are() {
    let yaml = with_flags(30, |number| number);
    assert_eq!(bounds(&yaml), some(&[30]), "{yaml}");
}

#[test]
fn of_journeys_too_many_to_be_searched_together_each_is_searched_for_itself() {
    let yaml = with_flags(8, |_| 0);
    assert_eq!(bounds(&yaml), some(&[8]), "{yaml}");
}

#[test]
fn a_mail_that_comes_once_is_one_mail_of_many_journeys() {
    let journey = |number| format!("  j{number}: {{entry: {{event: e1}}, steps: [{{id: a, send: n1}}]}}\n");
    let yaml = campaign(&[1], &format!("journeys:\n{}", (0..8).map(journey).collect::<String>()));
    let yaml = yaml.replace("n1: {topic: news,", "n1: {topic: news, repeat: never,");
    assert_eq!(bounds(&yaml), some(&[1]), "{yaml}");
}

#[test]
fn points_of_another_journey_are_heard_before_they_take_anyone_out() {
    // What waits for a score goes on in the second in which it comes to be, and whoever has it leaves behind that.
    let parts = "scoring: {points: {range: [0, 4]}}\njourneys:\n  j1:\n    entry: {event: e1}\n    steps: [{id: a, wait: 1 day}, {id: b, score: 2}]\n  j2:\n    entry: {event: e2}\n    exit_when: score >= 2\n    steps:\n      - {id: a, wait_for: {when: score >= 2, within: 3 days}, timeout: [{id: t, exit: late}]}\n      - {id: b, send: n1}\n";
    assert_eq!(most(&[1], parts), some(&[1]));
}

#[test]
fn who_may_enter_always_gets_no_end_of_mails() {
    let parts = "journeys:\n  j:\n    entry: {event: e1, again: always}\n    steps: [{id: a, send: n1}]\n";
    assert_eq!(most(&[1, 7], parts), [None, None]);
}

#[test]
fn a_pause_between_stays_is_kept_to_the_second() {
    // 0, 1, 2, … days: the ends of a window of whole days never share it.
    let parts = "journeys:\n  j:\n    entry: {event: e1, again: after 1 day}\n    steps: [{id: a, send: n1}]\n";
    assert_eq!(most(&[1, 2, 5], parts), some(&[1, 2, 5]));
    // An event of the second of the exit comes before the exit, so each stay begins a second later: 0, 1 day and 1 s, …
    let parts = "journeys:\n  j:\n    entry: {event: e1, again: always}\n    steps: [{id: a, send: n1}, {id: b, wait: 1 day}]\n";
    assert_eq!(most(&[1, 2, 4], parts), some(&[1, 2, 4]));
    // A mail at each end of the stay: 0 and 1 day, 1 day and 1 s, …
    let parts = "journeys:\n  j:\n    entry: {event: e1, again: always}\n    steps: [{id: a, send: n1}, {id: b, wait: 1 day}, {id: c, send: n2}]\n";
    assert_eq!(most(&[1, 2, 3], parts), some(&[2, 4, 6]));
}

#[test]
fn seconds_lost_behind_timers_do_not_add_up_to_days() {
    // The mails come 3 days and some seconds apart, so a week has three.
    let parts = "journeys:\n  j:\n    entry: {event: e2, again: after 2 days}\n    steps: [{id: a, wait: 1 day}, {id: b, send: n1}, {id: c, wait_for: {event: e1, within: 3 days}}]\n";
    assert_eq!(most(&[7], parts), some(&[3]));
}

#[test]
fn a_lead_that_moves_has_two_mornings_a_day() {
    // 09:00 in UTC, and four hours later 09:00 in New York; from then on once a day.
    let parts = "segments: {all: {when: id != \"\"}}\njourneys:\n  j:\n    entry: {schedule: {segment: all, every: \"09:00\"}, again: always}\n    steps: [{id: a, send: n1}, {id: b, set: {timezone: America/New_York}}]\n";
    assert_eq!(most(&[1, 2], parts), some(&[2, 3]));
}

#[test]
fn what_one_lead_cannot_be_is_not_added() {
    let parts = "fields:\n  plan: {type: enum, values: [free, pro]}\njourneys:\n  a:\n    entry: {event: e1, when: 'plan == \"free\"'}\n    steps: [{id: a, send: n1}, {id: b, send: n2}]\n  b:\n    entry: {event: e1, when: 'plan != \"free\"'}\n    steps: [{id: a, send: n1}]\n  c:\n    entry: {event: e2}\n    steps: [{id: a, send: n3}]\n";
    assert_eq!(most(&[1], parts), some(&[3]));
    // Where a step changes the field between, both happen.
    let parts = "fields:\n  plan: {type: enum, values: [free, pro]}\njourneys:\n  a:\n    entry: {event: e1, when: 'plan == \"free\"'}\n    steps: [{id: a, send: n1}, {id: b, set: {plan: pro}}]\n  b:\n    entry: {event: e2, when: 'plan == \"pro\"'}\n    steps: [{id: a, send: n1}, {id: b, send: n2}]\n";
    assert_eq!(most(&[1], parts), some(&[3]));
}

#[test]
fn waiting_for_an_event_takes_as_long_as_the_lead_likes() {
    // The event comes in the second of the first mail; or the time runs out, with two mails at once.
    let parts = "journeys:\n  j:\n    entry: {event: e1}\n    steps:\n      - {id: a, send: n1}\n      - id: b\n        wait_for: {event: e2, within: 2 days}\n        timeout: [{id: c, send: n2}]\n      - {id: d, send: n3}\n";
    assert_eq!(most(&[1, 2, 3], parts), some(&[2, 2, 3]));
    let parts = "journeys:\n  j:\n    entry: {event: e1}\n    steps:\n      - id: a\n        wait_for: {event: e1, within: 2 days}\n      - {id: b, send: n1}\n      - {id: c, goto: a}\n";
    assert_eq!(most(&[1], parts), [None]);
}

#[test]
fn members_at_launch_and_those_who_come_later() {
    let segment = "segments: {all: {when: id != \"\"}}\n";
    let parts = format!(
        "{segment}journeys:\n  j:\n    entry: {{segment: all, existing: false}}\n    steps: [{{id: a, send: n1}}]\n"
    );
    assert_eq!(most(&[1], &parts), some(&[1]));
    // Launch and event can fall together: the mails of the day after launch, and those of an event of that day.
    let parts = format!(
        "{segment}journeys:\n  j:\n    entry: {{segment: all}}\n    steps: [{{id: a, send: n1}}, {{id: b, wait: 3 days}}, {{id: c, send: n2}}]\n  k:\n    entry: {{event: e1}}\n    steps: [{{id: a, send: n1}}, {{id: b, wait: 2 days}}, {{id: c, send: n2}}]\n"
    );
    assert_eq!(most(&[1, 3, 4], &parts), some(&[2, 3, 4]));
}

#[test]
fn the_fullest_arm_of_a_split() {
    let parts = "journeys:\n  j:\n    entry: {event: e1}\n    steps:\n      - id: a\n        split:\n          - {name: one, weight: 50, steps: [{id: b, send: n1}]}\n          - {name: two, weight: 50, steps: [{id: c, send: n1}, {id: d, send: n2}]}\n      - {id: e, send: n3}\n";
    assert_eq!(most(&[1], parts), some(&[3]));
}

#[test]
fn a_mail_that_is_not_repeated() {
    let parts = "journeys:\n  j:\n    entry: {event: e1}\n    steps: [{id: a, send: n4}, {id: b, wait: 1 day}, {id: c, goto: a}]\n";
    let with = |repeat: &str| {
        let parts = parts.replace("journeys:", "moved: []\njourneys:");
        let email = format!(
            "emails:\n  n4: {{topic: news, sender: us, subject: Hello, body: {{markdown: Hello.}}, repeat: {repeat}}}\n"
        );
        let yaml = campaign(&[7], &parts).replace("emails:\n", &email);
        found(&yaml).most[0].mails
    };
    assert_eq!((with("always"), with("after 3 days"), with("never")), (7, 3, 1));
}

#[test]
fn journeys_that_start_each_other() {
    let parts = "journeys:\n  a:\n    entry: {event: e1}\n    steps: [{id: a, start: b}, {id: b, send: n1}, {id: c, wait: 2 days}, {id: d, emit: e2}]\n  b:\n    entry: {called: true}\n    steps: [{id: a, send: n2}]\n  c:\n    entry: {event: e2}\n    steps: [{id: a, send: n3}]\n";
    // The lead can make `e2` by itself in the second of the others.
    assert_eq!(most(&[1, 3], parts), some(&[3, 3]));
}

#[test]
fn a_way_out_ends_the_mails() {
    let parts = "fields:\n  plan: {type: enum, values: [free, pro]}\njourneys:\n  j:\n    entry: {event: e1}\n    exit_when: 'plan == \"pro\"'\n    steps: [{id: a, send: n1}, {id: b, set: {plan: pro}}, {id: c, wait: 1 day}, {id: d, send: n2}]\n";
    assert_eq!(most(&[2], parts), some(&[1]));
}

#[test]
fn quiet_hours_push_mails_together() {
    // Asked for between 21:00 and 03:00, and six hours later: both go out at 08:00, if the first could not before.
    let parts = "  quiet_hours: {from: \"21:00\", to: \"08:00\"}\njourneys:\n  j:\n    entry: {event: e1}\n    steps: [{id: a, send: n1}]\n  k:\n    entry: {event: e1}\n    steps: [{id: a, wait: 6 hours}, {id: b, send: n2}]\n";
    let within_an_hour = |parts: &str| found(&campaign(&[1], parts).replace("1 d}", "1 h}")).most[0].mails;
    assert_eq!(within_an_hour(parts), 2);
    assert_eq!(within_an_hour(&parts.replace("08:00", "02:00")), 1);
}

#[test]
fn a_search_that_is_cut_short_says_so() {
    let parts = "journeys:\n  j:\n    entry: {event: e1}\n    steps: [{id: a, send: n1}, {id: b, wait: 1 day}, {id: c, send: n2}]\n  k:\n    entry: {event: e2}\n    steps: [{id: a, send: n1}, {id: b, wait: 2 days}, {id: c, send: n2}]\n";
    let checked = check(&campaign(&[3], parts));
    let campaign = checked.campaign.as_ref().unwrap();
    let ground = Ground::new(campaign, spans(campaign));
    assert!(search(&ground, BUDGET, None).exhaustive);
    assert!(!search(&ground, Budget { bursts: 1, ..BUDGET }, None).exhaustive);
    assert!(!search(&ground, Budget { runs: 20, ..BUDGET }, None).exhaustive);
    // It also ends where the bound is reached.
    let short = search(&ground, BUDGET, Some(&[Some(2)]));
    assert!(short.most[0].mails >= 2 && short.runs < 400, "{}", short.runs);
}

#[test]
fn what_one_event_does_at_once_is_seen_at_once() {
    // The event sets a flag and gives points. One of the two without the other would take the lead out.
    let parts = "fields: {flag: {type: boolean}}\nscoring: {points: {range: [0, 4], rules: [{event: e3, points: 4}]}}\njourneys:\n  j:\n    entry: {event: e1}\n    exit_when: (flag and score < 4) or (not flag and score >= 4)\n    steps:\n      - id: a\n        branch: [{if: flag, steps: [{id: b, exit: early}]}]\n        else: []\n      - {id: c, wait: 1 day}\n      - {id: d, branch: [{if: flag, steps: [{id: e, send: n1}]}], else: []}\n";
    let yaml = campaign(&[1], parts).replace(
        "events: {e1: {}, e2: {}}",
        "events: {e1: {}, e3: {properties: {to: {type: boolean}}, sets: {flag: to}}}",
    );
    let found = found(&yaml);
    assert_eq!(found.most[0].mails, 1, "{yaml}");
}

#[test]
fn who_leaves_everything_leaves_all_topics_at_once() {
    // Whoever is in one topic and not in the other is taken out; so is who has less than all points and is in none.
    let parts = |exit: &str, more: &str| {
        format!(
            "{more}journeys:\n  j:\n    entry: {{event: e1}}\n    exit_when: {exit}\n    steps:\n      - id: a\n        branch: [{{if: not subscribed(\"news\"), steps: [{{id: b, exit: early}}]}}]\n        else: []\n      - {{id: c, wait: 1 day}}\n      - {{id: d, branch: [{{if: not subscribed(\"news\"), steps: [{{id: e, send: n1}}]}}], else: []}}\n"
        )
    };
    let topics =
        "(subscribed(\"news\") and not subscribed(\"tips\")) or (subscribed(\"tips\") and not subscribed(\"news\"))";
    let points = "(subscribed(\"news\") and score >= 4) or (not subscribed(\"news\") and score < 4)";
    let scoring = "scoring: {points: {range: [0, 4], rules: [{event: unsubscribed, points: 4}]}}\n";
    for parts in [parts(topics, ""), parts(points, scoring)] {
        let yaml = campaign(&[1], &parts)
            .replace(
                "  news: {consent: opt_out}\n",
                "  account: {kind: transactional}\n  news: {consent: opt_out}\n  tips: {consent: opt_out}\n",
            )
            .replace("n1: {topic: news,", "n1: {topic: account,");
        assert_eq!(found(&yaml).most[0].mails, 1, "{yaml}");
    }
}

#[test]
fn a_mail_that_was_left_out_can_come_later() {
    let topics = "topics:\n  account: {kind: transactional}\n  news: {consent: opt_in}\n";
    let with = |parts: &str| {
        let yaml = campaign(&[1], parts).replace("topics:\n  news: {consent: opt_out}\n", topics);
        yaml.replace("n3: {topic: news,", "n3: {topic: account,")
            .replace("n1: {topic: news,", "n1: {topic: news, repeat: never,")
    };
    // Who agrees in between gets all three of the second day; what is not sent makes no event, and is not received.
    let later = "journeys:\n  j:\n    entry: {event: e1}\n    steps:\n      - {id: a, send: n1}\n      - {id: b, wait: 1 day}\n      - {id: c, send: n1}\n      - {id: d, send: n3}\n      - {id: e, send: n3}\n";
    let unheard = "journeys:\n  j1: {entry: {event: e1}, steps: [{id: a, send: n2}]}\n  j2:\n    entry: {event: e1}\n    steps:\n      - {id: a, wait_for: {event: email_sent, within: 1 day}, timeout: [{id: b, send: n3}, {id: c, send: n3}]}\n";
    let unreceived = "journeys:\n  j:\n    entry: {event: e1}\n    steps:\n      - {id: a, send: n2}\n      - id: b\n        branch: [{if: received(\"n2\"), steps: [{id: x, exit: got}]}]\n        else: [{id: c, send: n3}, {id: d, send: n3}]\n";
    for (parts, most) in [(later, 3), (unheard, 2), (unreceived, 2)] {
        assert_eq!(found(&with(parts)).most[0].mails, most, "{parts}");
    }
}

#[test]
fn what_comes_between_two_events_of_one_second_is_seen() {
    // The second journey is started in the second in which the first one sends, if something happens in between.
    let journeys = |unless: &str, between: &str, when: &str, more: &str| {
        format!(
            "journeys:\n  j:\n    entry: {{event: e1, again: never}}\n    steps:\n      - {{id: a, branch: [{{if: {unless}, steps: [{{id: b, send: n1}}]}}], else: []}}\n{between}      - {{id: d, start: k}}\n  k: {{entry: {{called: true, {when}again: never}}, steps: [{{id: a, send: n2}}]}}\n{more}"
        )
    };
    let score =
        |event: &str| format!("scoring: {{points: {{range: [0, 4], rules: [{{event: {event}, points: 1}}]}}}}\n");
    let by_points = |event: &str, between: &str, more: &str| {
        score(event) + &journeys("score == 0", between, "when: score >= 1, ", more)
    };
    // Another journey goes first, by points that nobody follows, and emits something.
    let other = |emits: &str| {
        let many = "  many: {range: [0, 1000], rules: [{event: e1, points: 1}]}\n";
        let segment = "segments: {hot: {when: score.many >= 1}}\n";
        let journey = format!("  o: {{entry: {{segment: hot}}, priority: 5, steps: [{{id: a, emit: {emits}}}]}}\n");
        (many, segment, journey)
    };
    let (many, segment, journey) = other("e2");
    let by_other = format!(
        "{segment}scoring:\n{many}  points: {{range: [0, 4], rules: [{{event: e2, points: 1}}]}}\n{}",
        journeys("score.points == 0", "", "when: score.points >= 1, ", &journey)
    );
    let (many, segment, journey) = other("{event: subscribed, with: {topic: news}}");
    let by_consent = format!("{segment}scoring:\n{many}{}", journeys("not subscribed(\"news\")", "", "", &journey));
    let sets = "      - {id: c, emit: {event: e3, with: {to: true}}}\n";
    let task = "      - {id: c, task: {to: sales, title: Call}}\n";
    let field = "fields: {flag: {type: boolean}}\n".to_owned();
    let all = [
        ("it sets a field", field + &journeys("not flag", sets, "when: flag, ", "")),
        ("its mail gives points", by_points("email_sent", "", "")),
        ("its entry gives points", score("journey_entered") + &journeys("score == 0", "", "when: score >= 1, ", "")),
        ("its task gives points", by_points("task_created", task, "")),
        ("another journey gives points", by_other),
        ("another journey subscribes it", by_consent),
    ];
    for (name, parts) in all {
        let yaml = campaign(&[1], &parts)
            .replace(
                "events: {e1: {}, e2: {}}",
                "events: {e1: {}, e2: {}, e3: {properties: {to: {type: boolean}}, sets: {flag: to}}}",
            )
            .replace("news: {consent: opt_out}", "account: {kind: transactional}\n  news: {consent: opt_in}")
            .replace("n1: {topic: news,", "n1: {topic: account,");
        let yaml = if parts.contains("flag") {
            yaml
        } else {
            yaml.replace(", e3: {properties: {to: {type: boolean}}, sets: {flag: to}}", "")
        };
        assert_eq!(found(&yaml).most[0].mails, 2, "{name}\n{yaml}");
    }
}

#[test]
fn a_key_of_two_values_has_two_stays() {
    // One mail a day in each stay, and no stay begins on the day on which one of its value ended.
    let yaml = |at_once| {
        let parts = format!(
            "journeys:\n  j:\n    entry: {{event: e1, key: event.kind{at_once}, again: after 1 day}}\n    steps: [{{id: a, send: n1}}]\n"
        );
        campaign(&[1, 2], &parts)
            .replace("events: {e1: {}, e2: {}}", "events: {e1: {properties: {kind: {type: enum, values: [x, y]}}}}")
    };
    for at_once in ["", ", at_once: 1"] {
        assert_eq!(bounds(&yaml(at_once)), some(&[2, 4]));
        assert_eq!(found(&yaml(at_once)).most.iter().map(|most| most.mails).collect::<Vec<_>>(), [2, 4]);
    }
}

#[test]
fn a_list_that_a_policy_fills_is_not_what_it_was_on_entry() {
    // Who shows no interest for ten days is put on the list in the midst of the journey.
    let parts = "lists: {cold: {}}\njourneys:\n  j:\n    entry: {event: e1, when: not in_list(\"cold\")}\n    steps:\n      - {id: a, wait: 30 days}\n      - id: b\n        branch: [{if: in_list(\"cold\"), steps: [{id: c, send: n1}, {id: d, send: n2}]}]\n        else: []\n";
    let policy = "policies:\n  sunset: {after: 10 days, without: [e1], list: cold, then: keep}\n";
    let yaml = campaign(&[1], parts).replace("policies:\n", policy);
    assert_eq!(bounds(&yaml), some(&[2]));
    let findings = check(&yaml).findings;
    let wrong = findings.iter().find(|finding| finding.code.info().slug == "arm-nobody-takes");
    assert!(wrong.is_none(), "{wrong:?}\n{yaml}");
}

#[test]
fn a_message_is_no_mail_that_was_sent() {
    let parts = "fields: {phone: {type: text}}\nmessages:\n  m1: {channel: sms, topic: account, body: Hello.}\njourneys:\n  j1: {entry: {event: e1}, steps: [{id: a, send: m1}]}\n  j2:\n    entry: {event: e1}\n    steps:\n      - {id: a, wait_for: {event: email_sent, within: 1 day}, timeout: [{id: b, send: m1}, {id: c, send: m1}]}\n";
    let topics = "topics:\n  account: {kind: transactional}\n";
    assert_eq!(found(&campaign(&[1], parts).replace("topics:\n", topics)).most[0].mails, 2);
}

#[test]
fn a_stage_follows_from_a_membership_at_once() {
    let parts = "fields: {flag: {type: boolean}, size: {type: integer, min: 0, max: 2}}\nlifecycle: {stages: [new, warm], moves: [{from: new, to: warm, when: in_segment(\"s1\")}]}\nsegments:\n  s0: {when: size > 0}\n  s1: {when: flag}\njourneys:\n  j1:\n    entry: {segment: s0, when: not flag}\n    steps:\n      - {id: w, wait: 1 day}\n      - {id: s, send: n1}\n      - {id: a, set: {flag: true}}\n      - {id: x, wait: 3 days}\n  j2: {entry: {event: stage_changed, when: in_segment(\"s1\")}, steps: [{id: b, send: n1}]}\n";
    assert_eq!(most(&[1], parts), some(&[2]));
}

#[test]
fn mailings_of_different_dates_share_no_window() {
    let at = |name: &str, at: &str, then: &str| {
        format!("  {name}: {{entry: {{schedule: {{segment: all, {at}}}}}, steps: [{{id: a, send: n1}}{then}]}}\n")
    };
    let parts = |journeys: String| format!("segments:\n  all: {{when: id != \"\"}}\njourneys:\n{journeys}");
    let once: String =
        (1..=8).map(|month| at(&format!("m{month}"), &format!("at: 2026-0{month}-15 10:00"), "")).collect();
    let late = at("late", "at: 2026-03-09 10:00", ", {id: w, wait: 5 days}, {id: b, send: n2}");
    let weekly = at("monday", "every: mon 10:00", "") + &at("thursday", "every: thu 10:00", "");
    let proved_of = |days: &[u32], journeys: String| bounds(&campaign(days, &parts(journeys)));
    assert_eq!(proved_of(&[1, 7], once.clone()), some(&[1, 1]));
    // The 9th, 14th and 15th of March, at the same time of the day: two of them are a whole day apart.
    assert_eq!(proved_of(&[1, 2, 7], once.clone() + &late), some(&[1, 2, 3]));
    assert_eq!(proved_of(&[1, 3, 4], weekly.clone()), some(&[1, 1, 2]));
    let monthly = at("first", "every: month 1 10:00", "") + &at("middle", "every: month 15 10:00", "");
    assert_eq!(proved_of(&[7, 14, 15], monthly.clone()), some(&[1, 1, 2]));
    // The first of a month is now and then a Monday.
    assert_eq!(proved_of(&[1], monthly + &at("monday", "every: mon 10:00", "")), some(&[2]));
    // In one week of the year all three come.
    assert_eq!(proved_of(&[7], once + &weekly), some(&[3]));
}

#[test]
fn whoever_has_not_done_it_yet_may_do_it_while_the_journey_waits() {
    let parts = "segments:\n  silent: {when: 'not did(\"e1\")'}\njourneys:\n  j:\n    entry: {segment: silent}\n    steps:\n      - id: w\n        wait_for: {when: 'did(\"e1\")', within: 5 days}\n        timeout: [{id: x, exit: late}]\n      - {id: a, send: n1}\n      - {id: b, send: n2}\n";
    assert_eq!(most(&[1], parts), some(&[2]));
}

#[test]
fn whoever_got_a_mail_is_one_of_those_who_did_at_once() {
    let parts = "segments:\n  got: {when: 'received(\"n1\")'}\n  all: {when: 'id != \"\"'}\njourneys:\n  j1: {entry: {segment: got}, steps: [{id: a, send: n1}]}\n  j2: {entry: {segment: all}, steps: [{id: w, wait: 2 days}, {id: b, send: n1}]}\n";
    assert_eq!(most(&[2], parts), some(&[2]));
}

#[test]
fn a_mail_that_asks_for_a_confirmation_is_received_as_well() {
    let parts = "journeys:\n  j1: {entry: {event: e1}, steps: [{id: w, wait: 5 days}, {id: a, send: c1}]}\n  j2: {entry: {event: e1, when: 'not received(\"c1\")'}, steps: [{id: b, send: n1}]}\n  j3: {entry: {event: e1, when: 'received(\"c1\")'}, steps: [{id: c, send: n1}]}\n";
    let yaml = campaign(&[1], parts)
        .replace("topics:\n", "topics:\n  tips: {consent: double_opt_in, confirmation: {email: c1, within: 3 days}}\n  account: {kind: transactional}\n")
        .replace("emails:\n", "emails:\n  c1: {topic: account, sender: us, subject: Hello, body: {markdown: '{{ confirm_url }}'}}\n")
        .replace("per: 1 d}", "per: 1 d, counts: news}");
    assert_eq!(found(&yaml).most[0].mails, 2, "{yaml}");
}

/// What is proved of a campaign, and how many mails the timelines have that are shown for it.
fn proved_and_shown(yaml: &str) -> (Vec<Option<u64>>, Vec<Option<u64>>) {
    let checked = check(yaml);
    let campaign = checked.campaign.as_ref();
    let spans = spans(campaign.unwrap_or_else(|| panic!("{yaml}\n{:?}", checked.findings)));
    (proved(&checked, &spans), some(&shown(&checked, &spans)))
}

#[test]
fn what_takes_several_things_at_once_is_shown() {
    // Whoever did it before they came has not reached the goal.
    let past = "segments:\n  all: {when: 'id != \"\"'}\njourneys:\n  j:\n    entry: {segment: all, again: after 1 day}\n    goal: {when: 'not did(\"e2\")', within: 2 days}\n    steps: [{id: w, wait: 1 day}, {id: a, send: n1}, {id: b, send: n2}]\n";
    // Those who come in later than the run begins, and further on.
    let stage = "lifecycle: {stages: [new, warm]}\nscoring: {points: {range: [0, 4], rules: [{event: e2, points: 1}]}}\nsegments:\n  low: {when: 'score < 1'}\njourneys:\n  j: {entry: {segment: low, existing: false, when: 'stage != \"new\"'}, steps: [{id: a, send: n1}, {id: b, send: n2}]}\n";
    // A subscription to one topic so long before the other one is left that both mails come at once.
    let consent = "journeys:\n  j1: {entry: {event: unsubscribed, when: 'subscribed(\"news\")', again: after 5 days}, steps: [{id: w, wait: 1 day}, {id: a, send: n1}]}\n  j2: {entry: {event: subscribed}, steps: [{id: w, wait: 4 days}, {id: b, send: n2}]}\n";
    let two_topics = "topics:\n  news: {consent: opt_in}\n  tips: {consent: opt_in}";
    for yaml in [
        campaign(&[1], past),
        campaign(&[1], stage),
        campaign(&[1], consent).replace("topics:\n  news: {consent: opt_out}", two_topics),
    ] {
        let (proved, shown) = proved_and_shown(&yaml);
        assert_eq!(proved, some(&[2]), "{yaml}");
        assert_eq!(shown, proved, "{yaml}");
    }
}

#[test]
fn what_comes_before_the_day_on_which_runs_begin_is_shown() {
    // The first day of runs is the 1st of April.
    let parts = |entry: &str| {
        format!("segments:\n  all: {{when: 'id != \"\"'}}\njourneys:\n  j: {{{entry}, steps: [{{id: a, send: n1}}]}}\n")
    };
    let daily = "entry: {schedule: {segment: all, every: \"09:00\"}, again: always}, ends: 2026-04-05 00:00";
    let once = "entry: {schedule: {segment: all, at: 2026-03-10 09:00}}";
    let in_a_week = |entry: &str| proved_and_shown(&campaign(&[7], &parts(entry)));
    assert_eq!(in_a_week(daily), (some(&[7]), some(&[7])));
    // No more can come than is allowed, and that is shown as well.
    assert_eq!(in_a_week(once), (some(&[1]), some(&[1])));
}

#[test]
fn journeys_that_nobody_enters_change_nothing() {
    // No step starts `never`, so that points come of `e2` alone.
    let parts = "scoring: {points: {range: [0, 40], rules: [{event: e2, points: 1}]}}\nsegments:\n  low: {when: 'score < 2'}\njourneys:\n  never: {entry: {called: true}, steps: [{id: s, score: 2}, {id: t, score: -1}]}\n  j1: {entry: {segment: low, again: after 5 days}, steps: [{id: a, send: n1}]}\n  j2: {entry: {event: journey_entered, where: 'event.journey == \"j1\"', again: after 1 day}, steps: [{id: b, send: n2}]}\n";
    let entered = parts.replace("{called: true}", "{event: e1}");
    assert_eq!(bounds(&campaign(&[1, 7], parts)), some(&[2, 2]));
    assert_ne!(bounds(&campaign(&[1, 7], &entered)), some(&[2, 2]));
}

#[test]
fn the_day_of_the_next_entry_is_the_first_that_is_late_enough() {
    // Out on a Monday, in on Thursday at the earliest, and on Monday there is the next mail.
    let parts = "segments:\n  all: {when: 'id != \"\"'}\njourneys:\n  j:\n    entry: {schedule: {segment: all, every: \"09:00\"}, again: after 2 days}\n    steps: [{id: w, wait: {until: mon 10:00}}, {id: a, send: n1}]\n";
    assert_eq!(proved_and_shown(&campaign(&[7, 8, 15], parts)), (some(&[1, 2, 3]), some(&[1, 2, 3])));
}

#[test]
fn a_wait_of_unknown_length_may_end_just_before_the_next_entry() {
    // The event comes late on one day and early on the next.
    let journey = |wait: &str, again: &str| {
        format!(
            "segments:\n  all: {{when: 'id != \"\"'}}\njourneys:\n  j:\n    entry: {{schedule: {{segment: all, every: \"09:00\"}}, again: {again}}}\n    steps: [{wait}, {{id: a, send: n1}}]\n"
        )
    };
    let event = journey("{id: w, wait_for: {event: e1, within: 23 hours}, timeout: [{id: x, exit: late}]}", "always");
    assert_eq!(proved_and_shown(&campaign(&[1, 2, 3], &event)).0, some(&[2, 3, 4]));
    // The first mail comes at ten o'clock, the others at nine.
    let date = journey("{id: w, wait: {until: 2026-04-05 10:00}}", "always");
    assert_eq!(proved_and_shown(&campaign(&[1, 2], &date)), (some(&[2, 3]), some(&[2, 3])));
}

#[test]
fn clocks_that_are_set_bring_a_message_into_quiet_hours() {
    // On the 29th of March half past nine in the evening is half past ten, and the message comes at eight with the other one.
    let journey = |wait: &str| {
        format!(
            "fields: {{phone: {{type: phone, optional: true}}}}\nsegments:\n  all: {{when: 'id != \"\"'}}\nmessages:\n  m1: {{channel: sms, topic: news, body: Hello.}}\n  m2: {{channel: sms, topic: news, body: Hello.}}\njourneys:\n  j:\n    entry: {{schedule: {{segment: all, every: \"10:00\"}}, again: always}}\n    steps: [{{id: w, wait: {wait}}}, {{id: a, send: m1}}, {{id: u, wait: {{until: \"08:00\"}}}}, {{id: b, send: m2}}]\n"
        )
    };
    let yaml = |zone: &str, wait: &str| {
        let quiet = "policies:\n  quiet_hours: {from: \"22:00\", to: \"08:00\"}\n";
        let yaml = campaign(&[1], &journey(wait)).replace("policies:\n", quiet).replace("timezone: UTC", zone);
        yaml.replace("per: 1 d}", "per: 6 h, channels: [sms]}")
    };
    assert_eq!(bounds(&yaml("timezone: UTC", "35 h")), some(&[1]));
    assert_eq!(bounds(&yaml("timezone: Europe/London", "35 h")), some(&[2]));
    // No clock is set by more than two hours.
    assert_eq!(bounds(&yaml("timezone: Europe/London", "33 h")), some(&[1]));
}

#[test]
fn a_clock_that_is_set_back_shows_ten_again() {
    // On the 25th of October half past ten is half past nine, and ten o'clock comes half an hour later.
    let parts = "segments:\n  all: {when: 'id != \"\"'}\njourneys:\n  j:\n    entry: {schedule: {segment: all, every: \"10:00\"}, again: always}\n    steps: [{id: w, wait: 24 h}, {id: v, wait: 30 min}, {id: a, send: n1}, {id: u, wait: {until: \"10:00\"}}, {id: b, send: n2}]\n";
    let yaml = |zone: &str| {
        campaign(&[1], parts)
            .replace("timezone: UTC", zone)
            .replace("per: 1 d}", "per: 6 h}")
            .replace("2026-04-01", "2026-10-20")
    };
    assert_eq!(bounds(&yaml("timezone: UTC")), some(&[1]));
    assert_eq!(proved_and_shown(&yaml("timezone: Europe/London")), (some(&[2]), some(&[2])));
}
