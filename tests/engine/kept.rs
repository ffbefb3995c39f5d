//! What the two engines once disagreed about, small and worked out by hand: both have to say it.

use std::collections::BTreeMap;

use tabiji::ir::{Lead, Outside, Settled, Value};

use crate::judge::{Case, checked, disagreement, simulated};
use crate::measures::simulated as measured;
use crate::python::Python;

const DAY: i64 = 86_400;

/// 2026-04-01 00:00 UTC.
const START: i64 = 1_775_001_600;

fn frame(parts: &str) -> String {
    format!(
        "project: kept\ntimezone: UTC\nsimulation: {{start: 2026-04-01, days: 14, seed: 1}}\n\
         topics:\n  news: {{consent: opt_out}}\n  account: {{kind: transactional}}\n  \
         tips: {{consent: double_opt_in, confirmation: {{email: c, within: 3 days}}}}\n\
         senders: {{us: {{from: {{email: us@mail.example.com}}}}}}\n\
         emails:\n  n: {{topic: news, sender: us, subject: Hello, body: {{markdown: Hello.}}}}\n  \
         t: {{topic: account, sender: us, subject: Hello, body: {{markdown: Hello.}}}}\n  \
         c: {{topic: account, sender: us, subject: Hello, body: {{markdown: \"{{{{ confirm_url }}}}\"}}}}\n{parts}"
    )
}

/// What happens to a lead with this time zone: seconds after the start, event, and the email it names. What is measured
/// has to be the same as well.
fn holds(parts: &str, zone: Option<&str>, told: &[(i64, &str, &str)], expected: &[(i64, &str)]) {
    let case = case(parts, zone, told);
    let differs = disagreement(&mut Python::start(), &case).1;
    assert!(differs.is_none(), "{}", differs.unwrap().1);
    let facts = simulated(&case.plan, &case.leads).remove(0);
    let wanted: Vec<String> = expected.iter().map(|(at, words)| format!("{} {words}", START + at)).collect();
    let kinds: Vec<&str> = expected.iter().map(|(_, words)| words.split(' ').next().unwrap()).collect();
    let of_kinds = |fact: &&String| kinds.contains(&fact.split(' ').nth(1).unwrap());
    assert_eq!(facts.iter().filter(of_kinds).collect::<Vec<_>>(), wanted.iter().collect::<Vec<_>>(), "{facts:#?}");
}

/// A lead to whom this happens.
pub fn case(parts: &str, zone: Option<&str>, told: &[(i64, &str, &str)]) -> Case {
    let plan = checked(&frame(parts)).unwrap_or_else(|| panic!("{parts}"));
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    let value = |name: &String| match name.as_str() {
        "id" => text("lead"),
        "email" => text("lead@mail.example.com"),
        "timezone" => zone.and_then(text),
        _ => None,
    };
    let event = |(at, event, email): &(i64, &str, &str)| {
        let email = text(email).filter(|_| !email.is_empty());
        let with: BTreeMap<String, Value> = email.into_iter().map(|email| ("email".to_owned(), email)).collect();
        Outside { at_secs: START + at, event: (*event).to_owned(), with }
    };
    let lead = Lead {
        id: "lead".to_owned(),
        values: plan.campaign.fields.keys().map(value).collect(),
        timeline: Some(told.iter().map(event).collect()),
        settled: Settled::default(),
        ..Lead::default()
    };
    Case { plan, leads: vec![lead], lines: Vec::new() }
}

#[test]
fn who_has_no_time_zone_any_more_has_the_projects() {
    let parts = "events: {e: {}}\njourneys:\n  j:\n    entry: {event: e}\n    steps: [{id: a, set: {timezone: null}}, {id: b, wait: {until: \"10:00\"}}, {id: c, send: t}]\n";
    // At 00:30 UTC it is 09:30 in Tokyo.
    holds(parts, Some("Asia/Tokyo"), &[(1_800, "e", "")], &[(36_000, "sent j.c t")]);
}

#[test]
fn a_schedule_that_comes_once_comes_once() {
    let parts = "segments: {all: {when: id != \"\"}}\njourneys:\n  j:\n    entry: {schedule: {segment: all, at: 2026-04-04 09:00}, again: always}\n    steps: [{id: a, set: {timezone: null}}]\n";
    // 09:00 in Tokyo, not in UTC again.
    holds(parts, Some("Asia/Tokyo"), &[], &[(3 * DAY, "entered j")]);
}

#[test]
fn a_bounce_that_no_mail_has_met_ends_what_is_reachable() {
    let parts = "segments: {there: {when: 'reachable(\"email\")'}}\n";
    let told = [(DAY, "email_bounced", "n")];
    holds(parts, None, &told, &[(0, "segment there true"), (DAY, "segment there false")]);
}

#[test]
fn what_was_read_before_the_run_says_nothing_of_a_later_mail() {
    let parts = "segments: {all: {when: id != \"\"}}\njourneys:\n  j: {entry: {segment: all}, steps: [{id: a, send: n}, {id: b, wait: 2 days}, {id: c, send: t}]}\n";
    // The click was about an earlier mail: this one bounces.
    let told = [(-DAY, "email_clicked", "n"), (DAY, "email_bounced", "n")];
    holds(parts, None, &told, &[(0, "sent j.a n"), (2 * DAY, "skipped j.c t suppressed")]);
}

#[test]
fn an_agreement_that_becomes_stronger_counts_anew() {
    let parts = "segments: {a-day: {when: 'days_since_consent(\"news\") >= 1'}}\nevents: {e: {}}\njourneys:\n  j: {entry: {event: e}, steps: [{id: a, topic: {subscribe: news}}]}\n";
    let expected = [(DAY, "segment a-day true"), (2 * DAY, "segment a-day false"), (3 * DAY, "segment a-day true")];
    holds(parts, None, &[(2 * DAY, "e", "")], &expected);
}

#[test]
fn an_event_that_nothing_asks_for_has_its_turn() {
    // The cascade of `journey_entered` makes the move, before the points of the step's own `stage_changed` are given.
    let parts = "events: {e: {}}\nscoring: {fit: {rules: [{event: stage_changed, points: -2}]}}\n\
                 lifecycle: {stages: [new, warm, hot], moves: [{from: hot, to: warm, when: score > -2}]}\n\
                 journeys:\n  j: {entry: {event: e}, steps: [{id: a, stage: hot}]}\n";
    holds(
        parts,
        None,
        &[(5, "e", "")],
        &[(5, "stage hot"), (5, "stage warm"), (5, "score fit -2"), (5, "score fit -4")],
    );
}

#[test]
fn moves_see_at_once_who_has_become_a_member() {
    let parts = "events: {e: {}}\nsegments: {done: {when: 'did(\"e\")'}}\n\
                 lifecycle: {stages: [new, warm], moves: [{from: new, to: warm, when: 'in_segment(\"done\")'}]}\n";
    holds(parts, None, &[(5, "e", "")], &[(5, "stage warm")]);
}

#[test]
fn days_before_a_date_are_days_of_the_calendar() {
    // Clocks change on 2026-04-05 in Lord Howe, by half an hour, from +11:00.
    let parts = "fields: {due: {type: date, optional: true}}\nevents: {e: {}}\njourneys:\n  j: {entry: {event: e}, steps: [{id: z, set: {due: 2026-04-03}}, {id: a, wait: {until: 4 days after due}}, {id: b, send: t}]}\n";
    holds(parts, Some("Australia/Lord_Howe"), &[(5, "e", "")], &[(6 * DAY - 37_800, "sent j.b t")]);
}

#[test]
fn consent_that_the_past_implies_lasts() {
    let parts = "events: {bought: {}}\nsegments: {ok: {when: 'subscribed(\"news\")'}}\n\
                 policies: {markets: [{name: all, when: id != \"\", consent: opt_in, implied: {event: bought, for: 5 days}}]}\n";
    holds(parts, None, &[(-DAY, "bought", "")], &[(0, "segment ok true"), (4 * DAY, "segment ok false")]);
}

#[test]
fn who_leaves_everything_by_a_mail_that_never_came_contradicts_the_campaign() {
    let parts = "policies: {unsubscribe: {link: all}}\nkpis: {left: {metric: unsubscribed}}\n";
    holds(parts, None, &[(DAY, "unsubscribed", "n")], &[(DAY, "unmatched unsubscribed n")]);
}

#[test]
fn who_leaves_everything_by_a_mail_counts_for_it() {
    let parts = "policies: {unsubscribe: {link: all}}\nkpis: {left: {metric: unsubscribed, email: n}}\nsegments: {all: {when: id != \"\"}}\n\
                 journeys:\n  j: {entry: {segment: all}, steps: [{id: a, send: n}]}\n";
    holds(parts, None, &[(DAY, "unsubscribed", "n")], &[(0, "sent j.a n")]);
    let ours = measured(&case(parts, None, &[(DAY, "unsubscribed", "n")]));
    assert_eq!(ours.get("kpi left whole x"), Some(&1));
}

#[test]
fn who_leaves_by_a_transactional_mail_leaves_all_marketing() {
    let parts = "kpis: {left: {metric: unsubscribed}}\nsegments: {in: {when: 'subscribed(\"news\")'}}\n\
                 journeys:\n  j: {entry: {segment: in}, steps: [{id: a, send: t}]}\n";
    let expected = [(0, "segment in true"), (0, "sent j.a t"), (DAY, "segment in false")];
    holds(parts, None, &[(DAY, "unsubscribed", "t")], &expected);
}

#[test]
fn the_sun_sets_as_if_its_timer_were_set_by_the_last_interest() {
    let parts = "events: {e: {}}\nscoring: {fit: {rules: [], decay: {points: -1, every: 2 days, without: [email_opened]}}}\n\
                 policies: {sunset: {after: 4 days, without: [e]}}\n";
    // At the beginning both timers are set, the sunset's anew in the same second: behind that of the points.
    let told = [(0, "e", "")];
    let expected = [
        (0, "happened e {} true"),
        (2 * DAY, "score fit -1"),
        (4 * DAY, "happened engagement_changed {\"from\":{\"text\":\"active\"},\"to\":{\"text\":\"sunset\"}} false"),
        (4 * DAY, "score fit -2"),
    ];
    let later = (3..7).map(|times| (2 * times * DAY, format!("score fit -{times}"))).collect::<Vec<_>>();
    let later = later.iter().map(|(at, words)| (*at, words.as_str()));
    holds(parts, None, &told, &expected.into_iter().chain(later).collect::<Vec<_>>());
}

#[test]
fn to_ask_for_a_confirmation_takes_no_money_from_a_journey() {
    let parts = "currency: JPY\nevents: {bought: {properties: {amount: {type: money}}}}\nsegments: {all: {when: id != \"\"}}\n\
                 journeys:\n  j: {entry: {segment: all}, steps: [{id: a, topic: {subscribe: tips}}, {id: b, emit: {event: bought, with: {amount: 5}}}]}\n\
                 kpis: {revenue: {value: bought.amount, by: journey}}\n";
    holds(parts, None, &[], &[(0, "sent tips:confirmation.ask c")]);
    let ours = measured(&case(parts, None, &[]));
    assert_eq!(ours.get("kpi revenue j x"), Some(&5_000_000));
}

/// A catalog whose purchases name the item by `email`, as the timelines here tell it.
fn goods(more: &str) -> String {
    format!(
        "currency: JPY\nevents: {{bought: {{properties: {{email: {{type: text}}, paid: {{type: money, optional: true}}}}}}}}\n\
         catalogs:\n  goods: {{file: items.csv, key: sku, fields: {{price: {{type: money}}}}, purchases: {{event: bought, item: email, fills: {{paid: price}}}}, orders: orders.csv, recommend: {{count: 1}}}}\n\
         {more}"
    )
}

#[test]
fn a_purchase_has_from_the_item_what_it_does_not_tell() {
    let parts = goods("segments: {pays: {when: 'count(\"bought\", where=event.paid >= 1200) >= 1'}}\n");
    holds(&parts, None, &[(DAY, "bought", "A-1")], &[(DAY, "segment pays true")]);
    holds(&parts, None, &[(-DAY, "bought", "A-1")], &[(0, "segment pays true")]);
}

#[test]
fn a_purchase_of_what_is_recommended_names_the_item_where_it_is_told_too() {
    let parts = goods("segments: {has: {when: 'bought(\"goods\", \"A-2\")'}}\n");
    // Four customers bought A-2, as many the next two.
    let happened = "happened bought {\"email\":{\"text\":\"A-2\"},\"paid\":{\"number\":80.5}} true";
    holds(&parts, None, &[(DAY, "bought", "recommended")], &[(DAY, happened), (DAY, "segment has true")]);
}

#[test]
fn money_is_credited_to_the_touches_before_it() {
    let parts = goods(
        "sources: {ads: {medium: paid}, shop: {medium: direct, touched_by: {event: bought}}}\nsegments: {all: {when: id != \"\"}}\n\
         journeys:\n  j: {entry: {segment: all}, steps: [{id: a, emit: {event: visited, with: {source: ads}}}, {id: b, emit: {event: bought, with: {email: A-1}}}, {id: c, emit: {event: bought, with: {email: unknown}}}]}\n",
    );
    holds(&parts, None, &[], &[(0, "entered j")]);
    let ours = measured(&case(&parts, None, &[]));
    // The visit of that second came before; the purchase is no touch before itself; the other one carries no money.
    assert_eq!(ours.get("source ads last amount bought sum"), Some(&1_200_000_000));
    assert_eq!(ours.get("source ads last amount bought count"), Some(&1));
    assert_eq!(ours.get("source shop last amount bought count"), None);
}

#[test]
fn leads_without_a_persona_bear_their_part_of_what_sources_cost() {
    let parts = "currency: JPY\nsources: {fair: {medium: offline, cost: {fixed: 50}}}\nevents: {e: {properties: {paid: {type: money}}}}\n\
                 personas: {p: {match: 'id == \"nobody\"'}}\njourneys:\n  j: {entry: {event: e}, steps: [{id: a, send: t}]}\n\
                 kpis: {spent: {return: e.paid, cost: sources, by: persona}}\n";
    let case = case(parts, None, &[]);
    let differs = disagreement(&mut Python::start(), &case).1;
    assert!(differs.is_none(), "{}", differs.unwrap().1);
    assert_eq!(measured(&case).get("value spent no persona"), Some(&-1_000_000));
}
