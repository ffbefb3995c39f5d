//! Edits of a small shop with effects that are known: the class, who is concerned, and what is not said of anybody else.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

mod effects;

use tabiji::diff::{Change, Class, Input, Stands, change};
use tabiji::ir::Campaign;
use tabiji::text::SourceMap;

const SHOP: &str = include_str!("edits/shop.yaml");

fn compiled(text: &str) -> (Campaign, SourceMap) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tabiji.yaml"), text).unwrap();
    effects::compiled(folder.path())
}

/// The effect of some edits, each of one place.
fn effect(edits: &[(&str, &str)]) -> Change {
    let mut edited = SHOP.to_owned();
    for (from, to) in edits {
        assert!(edited.contains(from), "`{from}` is not in the shop");
        edited = edited.replacen(from, to, 1);
    }
    between(SHOP, &edited)
}

/// The effect of the change from one text to another.
fn between(before: &str, after: &str) -> Change {
    let ((before, old), (after, new)) = (compiled(before), compiled(after));
    let input = |name, campaign, sources| Input { name, campaign, sources: Some(sources), faults: None };
    change(input("before", &before, &old), input("after", &after, &new)).unwrap()
}

/// The shop with another part.
fn shop_with(from: &str, to: &str) -> String {
    assert!(SHOP.contains(from), "`{from}` is not in the shop");
    SHOP.replacen(from, to, 1)
}

/// Without the journeys whose bounds take long: who reads goes round.
fn without_readers(text: &str) -> String {
    text.split_once("  readers:\n").unwrap().0.to_owned()
}

struct Expected<'e> {
    class: Class,
    /// The journeys on which it has an effect.
    journeys: &'e [&'e str],
    says: &'e [&'e str],
    never: &'e [&'e str],
}

fn assert_effect(edits: &[(&str, &str)], expected: &Expected<'_>) {
    let found = effect(edits);
    let text = tabiji::diff::text(&found, 120, true);
    let mut journeys: Vec<&str> = found.journeys.iter().map(|journey| journey.journey.as_str()).collect();
    journeys.sort_unstable();
    assert_eq!((found.class, journeys.as_slice()), (expected.class, expected.journeys), "{edits:?}\n{text}");
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for says in expected.says {
        assert!(flat.contains(says), "{edits:?} does not say `{says}`\n{text}");
    }
    for says in expected.never {
        assert!(!flat.contains(says), "{edits:?} says `{says}`\n{text}");
    }
}

fn expect<'e>(class: Class, journeys: &'e [&'e str], says: &'e [&'e str]) -> Expected<'e> {
    Expected { class, journeys, says, never: &[] }
}

#[test]
fn a_score_that_makes_the_difference_is_one_that_a_lead_can_have() {
    let says = [
        "newly in: 5 × page_viewed, score.engagement (before) = 25, score.engagement = 50",
        // What the journey makes lets leads into another one, and who moves on sooner comes to be a customer.
        "more leads come to `tell` of `score-call`, which makes `ready`",
        "scoring.engagement → segments.warm → journeys.score-call → events.ready → journeys.on-ready",
        "newly out: stage (before) = \"visitor\", stage = \"customer\"",
    ];
    let journeys = ["on-ready", "score-call", "welcome"];
    let more = expect(Class::Audience, &journeys, &says);
    assert_effect(&[("page_viewed, points: 5", "page_viewed, points: 10")], &more);
    let says = ["newly out: 2 × bought, score.engagement (before) = 60, score.engagement = 40"];
    assert_effect(&[("bought, points: 30", "bought, points: 20")], &expect(Class::Audience, &journeys, &says));
}

#[test]
fn who_moves_on_sooner_goes_on_from_there() {
    let says = ["more leads leave by `exit_when` newly out: stage (before) = \"visitor\", stage = \"customer\""];
    let sooner = expect(Class::Audience, &["welcome"], &says);
    assert_effect(&[("to: lead, when: score >= 40", "to: lead, when: score >= 30")], &sooner);
}

#[test]
fn what_comes_earlier_starts_another_journey_earlier() {
    let says = ["leads come earlier to `more` of `order`, which starts this", "journeys.order → journeys.best-more"];
    let earlier = expect(Class::Timing, &["best-more", "order"], &says);
    assert_effect(&[("wait: 3 business days", "wait: 2 business days")], &earlier);
    // What holds mails back is told of each journey by itself.
    let hours = effect(&[("from: \"20:00\"", "from: \"21:00\"")]);
    let text = tabiji::diff::text(&hours, 120, true);
    assert!(text.contains("21:00 to 08:00, before 20:00 to 08:00"), "{text}");
    assert!(!text.contains("which starts this"), "{text}");
    assert_eq!(text.matches("quiet hours").count(), 1, "once for all journeys:\n{text}");
}

#[test]
fn a_chain_names_no_neighbour() {
    // Two journeys write the same list, and one starts another one.
    let list = Expected {
        never: &["journeys.order"],
        ..expect(Class::Audience, &["best-offer", "pioneers"], &["`vip`: gone: ", "journeys.best-offer → lists.vip"])
    };
    assert_effect(&[("      - {id: vip, list: {add: vip}}\n", "")], &list);
    let started = Expected {
        never: &["journeys.order"],
        ..expect(Class::Timing, &["best-more"], &["`two`: wait 1 day, before: wait 2 days"])
    };
    assert_effect(&[("{id: two, wait: 2 days}", "{id: two, wait: 1 day}")], &started);
}

#[test]
fn what_one_look_at_the_past_sees_another_one_sees_as_well() {
    let wider = Expected {
        never: &["newly out"],
        ..expect(Class::Audience, &["readers"], &["more leads need not wait", "[\"/pricing\", \"/demo\"]) = 1"])
    };
    assert_effect(&[("event.path == \"/pricing\"", "event.path in [\"/pricing\", \"/demo\"]")], &wider);
}

#[test]
fn who_goes_round_once_more_gets_more() {
    let says = ["`again`: more leads go round once more and get `tip` again"];
    assert_effect(
        &[("where=event.email == \"tip\") < 3", "where=event.email == \"tip\") < 5")],
        &expect(Class::Volume, &["readers"], &says),
    );
}

#[test]
fn another_address_reaches_others() {
    let says = ["`by-line`: goes to `phone`, before to `line_id`", "newly in: no line_id, phone"];
    assert_effect(
        &[("line: {address: line_id}", "line: {address: phone}")],
        &expect(Class::Audience, &["readers"], &says[..1]),
    );
}

#[test]
fn another_channel_reaches_others_at_the_same_address() {
    let says = ["`by-line`: is reached by push, before by line", "content: sender or legal"];
    assert_effect(
        &[
            ("line: {address: line_id}", "line: {address: line_id}\n  push: {address: line_id}"),
            ("{channel: line,", "{channel: push,"),
        ],
        &expect(Class::Audience, &["readers"], &says),
    );
}

#[test]
fn a_cap_of_another_window_still_caps_the_old_one() {
    let all = ["asleep", "best-more", "best-offer", "monthly", "on-ready", "order", "pioneers", "readers", "welcome"];
    // Two in a fortnight are no more than two in a week.
    let longer = Expected {
        never: &["any number of marketing"],
        ..expect(Class::Volume, &all, &["volume: lower let through: 4 → 2 marketing mails per 14 days"])
    };
    assert_effect(&[("at_most: 2, per: 7 days", "at_most: 2, per: 14 days")], &longer);
    // Who may get two of all may get two of marketing.
    let wider = Expected {
        never: &["marketing mails per"],
        ..expect(Class::Volume, &all, &["volume: lower let through: any number of → 2 mails per 7 days"])
    };
    assert_effect(&[("on_excess: delay, counts: marketing}]", "on_excess: delay, counts: all}]")], &wider);
    // A rule that never bites lets through as few as the one beside it.
    let beside = effect(&[("counts: marketing}]", "counts: marketing}, {at_most: 5, per: 7 days, on_excess: skip}]")]);
    let text = tabiji::diff::text(&beside, 300, true);
    assert!(
        text.contains("let through: any number of → 5 mails per 7 days") && !text.contains("marketing mails"),
        "{text}"
    );
}

#[test]
fn a_journey_that_others_start_has_bounds_of_its_own() {
    let says = ["volume: higher at worst 1 → 2 mails per day", "`second`: sends `tip` in addition"];
    assert_effect(
        &[(
            "{id: two, wait: 2 days}\n      - {id: offer, send: offer}",
            "{id: two, wait: 2 days}\n      - {id: offer, send: offer}\n      - {id: second, send: tip}",
        )],
        &expect(Class::Volume, &["best-more"], &says[..1]),
    );
}

#[test]
fn limits_of_points_have_a_direction() {
    let says = ["fewer leads enter newly out: 10 × page_viewed, score.engagement (before) = 50, score.engagement = 10"];
    assert_effect(
        &[("page_viewed, points: 5", "page_viewed, points: 5, at_most: 2 per day")],
        &expect(Class::Audience, &["on-ready", "score-call", "welcome"], &says),
    );
}

#[test]
fn leaving_in_the_midst_takes_the_rest_away() {
    let says =
        ["`which`: leads go on at `gone` instead of `test`", "`plain`: leads that stand here no longer come to `last`"];
    assert_effect(
        &[("else: [{id: plain, send: offer}]", "else: [{id: plain, send: offer}, {id: gone, exit: nothing}]")],
        &expect(Class::Audience, &["welcome"], &says),
    );
}

#[test]
fn what_means_the_same_is_no_effect() {
    for (from, to) in [
        ("wait: 10 days}\n      - {id: offer", "wait: 240 hours}\n      - {id: offer"),
        ("age >= 18 and age <= 65", "not (age < 18 or age > 65)"),
        ("tier == \"gold\"", "tier != \"bronze\" and tier != \"silver\""),
        ("currency: EUR", "currency: USD"),
        ("start: 2026-04-01, days: 60", "start: 2026-05-01, days: 90"),
        ("values: [free, pro]", "values: [free, pro, team]"),
    ] {
        let found = effect(&[(from, to)]);
        let text = tabiji::diff::text(&found, 100, true);
        assert!(found.class <= Class::Safe && !text.contains("newly"), "{from}: {text}");
    }
}

#[test]
fn what_is_waited_for_may_be_written_otherwise() {
    for to in ["50 <= event.amount", "event.amount >= 50.0"] {
        let same = expect(Class::Safe, &["best-offer"], &["nobody is reached otherwise"]);
        let same = Expected { never: &["stand here"], ..same };
        assert_effect(&[("event.amount >= 50", to)], &same);
    }
    let other = expect(Class::Audience, &["best-offer"], &["leads that stand here go by the new rule"]);
    assert_effect(&[("event.amount >= 50", "event.amount >= 60")], &other);
}

#[test]
fn who_can_be_a_lead_no_longer_is_told() {
    let found = effect(&[("name: {type: text, optional: true}", "name: {type: text}")]);
    let text = tabiji::diff::text(&found, 100, true);
    assert_eq!((found.class, found.journeys.len()), (Class::Audience, 0), "{text}");
    let says = "some can be leads no longer, the worst: audience\nrows of leads without `name` are refused: before it was \
                optional\n  newly out: no name\n";
    assert!(text.contains(says), "{text}");
    let markdown = tabiji::diff::markdown(&found, 60_000);
    assert!(markdown.contains("| **Who can be a lead no longer?** | rows of leads without `name`"), "{markdown}");
    // It is held back until somebody accepts it.
    let mut found = found;
    let (class, change) = found.acceptable("fields").unwrap();
    found.accept(&tabiji::diff::Accepted::default());
    assert_eq!(found.open, Class::Audience);
    let one = tabiji::diff::Acceptance { journey: "fields".to_owned(), class, change, reason: "wanted".to_owned() };
    let mut accepted = tabiji::diff::Accepted::default();
    accepted.add(one, &found);
    found.accept(&accepted);
    assert_eq!(found.open, Class::None);
    let country = effect(&[("values: [FR, DE, US]", "values: [FR, DE]"), ("max: 120", "max: 100")]);
    let text = tabiji::diff::text(&country, 100, true);
    assert!(text.contains("rows of leads with `country` = \"US\" are refused"), "{text}");
    assert!(text.contains("rows of leads with `age` more than 100 are refused"), "{text}");
}

#[test]
fn what_is_of_no_single_journey_is_for_code_scanning_as_well() {
    let found = effect(&[("spent >= 1000", "spent >= 500")]);
    assert!(tabiji::diff::sarif(&found, "").contains("lists.vip, for which `pioneers` asks"));
    let fewer = effect(&[("name: {type: text, optional: true}", "name: {type: text}")]);
    assert!(!fewer.refused.is_empty());
    let sarif: serde_json::Value = serde_json::from_str(&tabiji::diff::sarif(&fewer, "")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let says = &fewer.refused[0].says;
    assert!(
        results.iter().any(|result| result["message"]["text"].as_str().unwrap().contains(says.as_str())),
        "{sarif}"
    );
}

#[test]
fn who_can_be_a_lead_newly_is_told_where_such_a_lead_enters() {
    let says = "rows of leads that were refused are taken, and such leads enter newly in: ";
    for (from, to, lead) in [
        ("values: [FR, DE, US]", "values: [FR, DE, US, GB]", "country = \"GB\""),
        ("spent: {type: number, min: 0}", "spent: {type: number, min: 0, optional: true}", "no spent"),
    ] {
        let found = effect(&[(from, to)]);
        let text = tabiji::diff::text(&found, 300, true);
        assert_eq!(found.class, Class::Audience, "{from}\n{text}");
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(says) && flat.contains(lead), "{text}");
    }
    // Whoever is too old for the segment does not enter by it.
    let older = effect(&[("max: 120", "max: 130")]);
    let is_told = |name: &str| older.journeys.iter().any(|journey| journey.journey == name);
    assert!(is_told("welcome") && !is_told("monthly"), "{}", tabiji::diff::text(&older, 100, true));
}

#[test]
fn what_stands_first_decides() {
    let rules = |one: &str, two: &str| {
        without_readers(&shop_with("at_most: 2, per: 7 days, on_excess: delay", &format!("{one}}}, {{{two}")))
    };
    let (waits, skips) = ("at_most: 1, per: 2 days, on_excess: delay", "at_most: 3, per: 7 days, on_excess: skip");
    let (waits_first, skips_first) =
        (rules(&format!("{waits}, counts: marketing"), skips), rules(&format!("{skips}, counts: marketing"), waits));
    for (before, after, says) in [
        (&skips_first, &waits_first, "waits instead of being left out: the first rule decides"),
        (&waits_first, &skips_first, "is left out instead of waiting: the first rule decides"),
    ] {
        let found = between(before, after);
        let text = tabiji::diff::text(&found, 300, true);
        assert!(found.class == Class::Volume && text.contains(says), "{text}");
    }
    // Two rules that both let wait may stand in any order.
    let (one, two) =
        ("at_most: 1, per: 2 days, on_excess: delay, counts: marketing", "at_most: 3, per: 7 days, on_excess: delay");
    let (other, another) = (format!("{two}, counts: marketing"), one.trim_end_matches(", counts: marketing"));
    assert_eq!(between(&rules(one, two), &rules(&other, another)).class, Class::Safe);
}

#[test]
fn of_two_moves_at_once_the_first_is_made() {
    let moves = |one: &str, two: &str| {
        shop_with("    - {from: visitor, to: lead, when: score >= 40}\n", &format!("    - {one}\n    - {two}\n"))
    };
    let (lead, customer) =
        ("{from: visitor, to: lead, when: score >= 40}", "{from: visitor, to: customer, event: bought}");
    let found = between(&moves(lead, customer), &moves(customer, lead));
    let text = tabiji::diff::text(&found, 300, true);
    assert_eq!(found.class, Class::Audience, "{text}");
    assert!(text.contains("newly out: stage (before) = \"lead\", stage = \"customer\""), "{text}");
    // One event is never two.
    let (lead, other) = ("{from: visitor, to: lead, event: ready}", "{from: visitor, to: customer, event: bought}");
    assert_eq!(between(&moves(lead, other), &moves(other, lead)).class, Class::Safe);
    // Who is new begins elsewhere.
    let first = effect(&[("stages: [visitor, lead, customer]", "stages: [customer, visitor, lead]")]);
    let text = tabiji::diff::text(&first, 300, true);
    assert!(
        first.class == Class::Audience && text.contains("stage (before) = \"visitor\", stage = \"customer\""),
        "{text}"
    );
}

#[test]
fn a_day_without_a_name_is_a_day() {
    let named = "{date: 2026-05-01, name: May}";
    let (first, other) = (shop_with(named, "{date: 2026-05-01}"), shop_with(named, "{date: 2026-05-04}"));
    let found = between(&first, &other);
    let text = tabiji::diff::text(&found, 300, true);
    assert!(found.class == Class::Timing && text.contains("calendar `work`: other days are worked"), "{text}");
    let part = found.parts.iter().find(|part| part.address == "calendars.work").unwrap();
    let days: Vec<(&str, Option<&str>)> =
        part.differs.iter().map(|differs| (differs.path.as_str(), differs.after.as_deref())).collect();
    assert_eq!(days, [("days.2026-05-01", None), ("days.2026-05-04", Some("there"))]);
}

#[test]
fn what_is_recorded_of_others_is_done_by_others() {
    let tracked = shop_with("lists:\n", "tracking: {consent: tier == \"gold\", events: [page_viewed]}\nlists:\n");
    let found = between(&tracked, SHOP);
    let text = tabiji::diff::text(&found, 300, true);
    assert_eq!(found.class, Class::Audience, "{text}");
    for says in [
        "`page_viewed` is recorded of more leads, without which the sun of leads sets",
        "tracking → events.page_viewed",
    ] {
        assert!(text.contains(says), "{says}\n{text}");
    }
    assert!(found.journeys.iter().any(|journey| journey.journey == "score-call"), "points are for the event:\n{text}");
    // Whoever enters by the event enters with the consent.
    let entered = |text: &str| {
        text.replacen("on-ready:\n    entry: {event: ready}", "on-ready:\n    entry: {event: page_viewed}", 1)
    };
    let text = tabiji::diff::text(&between(&entered(&tracked), &entered(SHOP)), 300, true);
    assert!(text.contains("more leads enter\n      newly in: tier = \"bronze\""), "{text}");
}

#[test]
fn another_form_of_a_page_lets_others_in() {
    let forms = "forms:\n  one: {fields: [tier, age, country, spent], submits: sent, completion: 50%}\n  \
                 two: {fields: [tier, age, country, spent], submits: sent, completion: 50%}\n\
                 pages: {start: {path: /, form: one, starts: 10%}, two: {path: /two, form: two, starts: 10%}}\nlists:\n";
    let of = |form: &str| {
        let text = shop_with("lists:\n", &forms.replace("form: one, starts", &format!("form: {form}, starts")));
        let text =
            text.replacen("  ready: {}\n", "  ready: {}\n  sent: {properties: {form: {type: ref, kind: forms}}}\n", 1);
        text.replacen("entry: {event: ready}", "entry: {event: sent, where: event.form == \"one\"}", 1)
    };
    let found = between(&of("one"), &of("two"));
    let text = tabiji::diff::text(&found, 300, true);
    assert_eq!((found.class, found.journeys.len()), (Class::Audience, 1), "{text}");
    assert!(text.contains("page `start` no longer has the form `one`, by which leads enter"), "{text}");
    assert!(text.contains("pages.start → events.sent → journeys.on-ready"), "{text}");
}

#[test]
fn cells_that_are_read_otherwise_are_another_field() {
    let read = |word: &str| shop_with("events:\n", &format!("values: {{tier: {{VIP: {word}}}}}\nevents:\n"));
    let found = between(&read("silver"), &read("gold"));
    let text = tabiji::diff::text(&found, 300, true);
    assert_eq!((found.class, found.journeys.len()), (Class::Audience, 1), "{text}");
    assert!(text.contains("`which`: others go to `gold`"), "{text}");
}

#[test]
fn a_mail_that_asks_for_what_is_otherwise_shows_something_else() {
    let found = effect(&[("warm: {when: score >= 50}", "warm: {when: score >= 40}")]);
    let text = tabiji::diff::text(&found, 300, true);
    let says = "`still-there` (`tip`): what it shows follows from segments.warm, which is otherwise for some";
    assert!(text.contains(says) && text.contains("segments.warm → emails.tip → journeys.asleep"), "{text}");
}

#[test]
fn another_clock_is_no_other_cap() {
    let at = |clock: &str| {
        let rule = format!("at_most: 2, per: calendar week, timezone: {clock}");
        SHOP.replacen("at_most: 2, per: 7 days", &rule, 1)
    };
    let found = between(&at("lead"), &at("project"));
    let text = tabiji::diff::text(&found, 300, true);
    assert_eq!(found.class, Class::Timing, "{text}");
    assert!(text.contains("at most 2 per calendar week: counted by the project's clock, before by the lead's clock"));
    assert!(!text.contains("let through"), "{text}");
}

#[test]
fn what_a_step_writes_is_told_with_who_asks_for_it() {
    let says = ["lists.vip, for which `pioneers` asks: more leads come to `vip` of `best-offer`"];
    assert_effect(&[("spent >= 1000", "spent >= 500")], &expect(Class::Audience, &["best-offer"], &says));
    let says = ["lists.vip, for which `pioneers` asks: leads come at other times to `vip` of `best-offer`"];
    assert_effect(&[("{until: \"09:00\"}", "{until: \"mon 09:00\"}")], &expect(Class::Timing, &["best-offer"], &says));
    // A mail that prints a field asks for nothing.
    let age = effect(&[("age >= 18", "age >= 20")]);
    assert!(!age.later.iter().any(|later| later.writes.starts_with("fields.")), "{:?}", age.later);
    let markdown = tabiji::diff::markdown(&age, 60_000);
    assert!(markdown.contains("| **What was edited?** | `segments.adults` (tabiji.yaml:40) |"), "{markdown}");
}

#[test]
fn points_of_a_step_are_crossed_by_somebody_who_came_to_it() {
    let says = ["newly in: came to `points` of `score-call`, score.engagement (before) = 40, score.engagement = 50"];
    assert_effect(
        &[("      - {id: tell, emit", "      - {id: points, score: 10}\n      - {id: tell, emit")],
        &expect(Class::Audience, &["on-ready", "score-call", "welcome"], &says),
    );
}

#[test]
fn an_event_that_fewer_steps_make_lets_fewer_in() {
    let says = ["who: narrower fewer steps make `ready`, which lets leads in"];
    let gone = expect(Class::Audience, &["on-ready", "score-call"], &says);
    assert_effect(&[("      - {id: tell, emit: {event: ready}}\n", "")], &gone);
}

#[test]
fn a_sender_is_told_once_for_all_its_mails() {
    let found = effect(&[("email: hello@shop.example", "email: hello@mail.shop.example")]);
    assert_eq!((found.class, found.journeys.len()), (Class::Safe, 9));
    let says = "`shop`: sender: hello@shop.example → hello@mail.shop.example";
    for journey in &found.journeys {
        let told: Vec<&str> = journey.content.facts.iter().map(|fact| fact.says.as_str()).collect();
        assert_eq!(told, [says], "{}", journey.journey);
    }
}

#[test]
fn the_end_of_a_journey_may_do_something_else() {
    // Nobody goes another way for that.
    let ending = [("      - {id: vip, list: {add: vip}}", "      - {id: vip, exit: done}")];
    let text = tabiji::diff::text(&effect(&ending), 300, true);
    assert!(text.contains("`vip`: exit: done, before: ") && !text.contains("leads go on at"), "{text}");
    let labels = tabiji::diff::text(&effect(&[("label: Welcome", "label: Hello")]), 300, true);
    assert!(!labels.contains("also compiled otherwise"), "{labels}");
}

#[test]
fn policies_about_single_leads_show_one() {
    let sets = [("after: 200 days", "after: 300 days")];
    let text = tabiji::diff::text(&effect(&sets), 300, true);
    assert!(text.contains("newly in: 200 days without email_clicked, page_viewed"), "{text}");
    assert_eq!(text.matches("leads without interest").count(), 1, "{text}");
    let bounces = tabiji::diff::text(&effect(&[("suppress_after: 5", "suppress_after: 3")]), 300, true);
    assert!(bounces.contains("newly out: soft bounces in a row = 3"), "{bounces}");
    let pause = tabiji::diff::text(&effect(&[("pause: 30 days", "pause: 60 days")]), 300, true);
    assert!(pause.contains("newly out: asked for a pause = "), "{pause}");
    // Who enters by falling asleep enters sooner.
    let says = ["leads count as sleeping after"];
    assert_effect(&[("sleeping: 180 days", "sleeping: 90 days")], &expect(Class::Audience, &["asleep"], &says));
}

#[test]
fn a_rename_that_is_likely_is_told_first_with_what_would_be_left() {
    let renamed = effect(&[("  best-offer:\n", "  gold-run:\n")]);
    assert_eq!(renamed.recorded, Some(Class::Safe));
    let text = tabiji::diff::text(&renamed, 300, true);
    let (first, rest) = text.split_once("\nmoved:\n  - {from: journeys.best-offer, to: journeys.gold-run}\n").unwrap();
    assert!(first.contains("record that: then nobody is reached otherwise"), "{text}");
    // What the journey writes is written as before: others have nothing to do with it.
    assert!(!rest.contains("pioneers") && !rest.contains("in_list(\"vip\")"), "{text}");
    let lists = effect(&[("  staff: {}", "  employees: {}"), ("in_list(\"staff\")", "in_list(\"employees\")")]);
    assert_eq!((lists.suggested.len(), lists.recorded), (1, Some(Class::Safe)));
    let markdown = tabiji::diff::markdown(&lists, 60_000);
    assert!(markdown.find("from: lists.staff").unwrap() < markdown.find("Who is reached?").unwrap(), "{markdown}");
}

#[test]
fn two_names_that_are_swapped_are_told_as_such() {
    let swapped = effect(&[
        ("  tip: {topic: tips", "  swap: {topic: tips"),
        ("  offer: {topic: offers", "  tip: {topic: offers"),
        ("  swap: {topic: tips", "  offer: {topic: tips"),
    ]);
    let records: Vec<&str> = swapped.suggested.iter().map(|one| one.record.as_str()).collect();
    assert_eq!(records, ["- {from: emails.offer, to: emails.tip}", "- {from: emails.tip, to: emails.offer}"]);
}

#[test]
fn working_days_are_reckoned_for_those_inside() {
    let mut found = effect(&[("wait: 3 business days", "wait: 1 business days")]);
    let (campaign, _) = compiled(SHOP);
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_second();
    let stands = |lead, since: &str| Stands { lead, journey: "order", step: "three", since_secs: Some(at(since)) };
    let zone = jiff::tz::TimeZone::get("Europe/Paris").unwrap();
    let clocks = [(); 2].map(|()| tabiji::diff::Clock { calendars: &campaign.calendars, zone: zone.clone() });
    // Friday 1 May is off: of the one who has waited since Thursday the first working day is Monday, 4 May, at ten.
    let people = [stands("a", "2026-04-30T10:00:00+02:00"), stands("b", "2026-05-03T10:00:00+02:00")];
    let table = stands("c", "2026-05-04T09:59:00+02:00");
    found.count(people.into_iter().chain([table]), &|_, _| true, &clocks);
    let waits = |change: &Change| -> Vec<(u64, Option<tabiji::diff::Waits>)> {
        change.inside.as_ref().unwrap().fates.iter().map(|fate| (fate.leads, fate.waits)).collect()
    };
    assert_eq!(waits(&found), [(3, Some(tabiji::diff::Waits::Shorter))]);
    let table = stands("c", "2026-05-04T10:00:00+02:00");
    found.count(people.into_iter().chain([table]), &|_, _| true, &clocks);
    assert_eq!(
        waits(&found),
        [(2, Some(tabiji::diff::Waits::AtOnce)), (1, Some(tabiji::diff::Waits::Shorter))],
        "b began on a Sunday, and is over on Monday as well"
    );
}

#[test]
fn who_goes_first_decides_where_the_rest_is_left_out() {
    let of = |excess: &str, priority: &str| {
        let text = shop_with("on_excess: delay", &format!("on_excess: {excess}"));
        without_readers(&text.replacen("on-ready:\n", &format!("on-ready:\n    priority: {priority}\n"), 1))
    };
    let found = between(&of("skip", "0"), &of("skip", "-5"));
    let text = tabiji::diff::text(&found, 400, true);
    assert_eq!(found.class, Class::Audience, "{text}");
    assert!(text.contains("priority 0 → -5: goes behind `asleep`, `best-more`, `best-offer`, "), "{text}");
    // What waits comes later.
    assert_eq!(between(&of("delay", "0"), &of("delay", "-5")).class, Class::Timing);
}

#[test]
fn who_takes_no_arm_and_is_sent_something_is_told() {
    let text = tabiji::diff::text(&effect(&[("- if: tier == \"gold\"", "- if: tier != \"silver\"")]), 300, true);
    assert!(
        text.contains("`which`: more leads go to `gold`") && text.contains("`which`: fewer leads go to `plain`"),
        "{text}"
    );
}

#[test]
fn a_reminder_is_no_confirmation() {
    let asked = |remind: &str| {
        let text = shop_with(
            "offers: {consent: opt_in, granted: 'true'}",
            &format!("offers: {{consent: double_opt_in, confirmation: {{email: confirm{remind}}}}}"),
        );
        let mail = "  confirm: {topic: account, sender: shop, subject: Sure, body: {markdown: \"[Yes]({{ confirm_url }})\"}}\n  last:";
        text.replacen("  last:", mail, 1)
    };
    let text = tabiji::diff::text(&between(&asked(", remind: {after: 2 days}"), &asked("")), 300, true);
    assert!(text.contains("who has not confirmed `offers` is reminded no longer, by `confirm`"), "{text}");
}

#[test]
fn a_template_that_gives_the_same_mail_says_nothing() {
    let found =
        effect(&[("This is hello.", "{% if tier == 'gold' %}This is hello.{% else %}This is hello.{% endif %}")]);
    let text = tabiji::diff::text(&found, 300, true);
    assert!(found.class <= Class::Safe && !text.contains("told apart"), "{text}");
}

/// A journey on which others depend without being started by it.
const HEARD: &str = r#"
project: shop
timezone: Europe/Paris
fields: {age: {type: integer, min: 0, max: 120}}
events: {signed_up: {}, asked: {}}
segments: {adults: {when: age >= 18}}
topics: {account: {kind: transactional}, news: {consent: opt_in}}
senders: {shop: {from: {name: Shop, email: hello@shop.example}}}
lifecycle: {stages: [lead, hot], moves: [{from: lead, to: hot, when: 'age >= 18 and did("asked")'}]}
scoring:
  eng: {range: [0, 100], default: true, rules: [{event: email_sent, points: 10, where: event.email == "hello"}]}
  moved: {range: [0, 100], rules: [{event: stage_changed, points: 10}]}
emails:
  hello: {topic: account, sender: shop, subject: Hello, body: {markdown: Hello.}}
  once: {topic: account, sender: shop, subject: Once, repeat: never, body: {markdown: Hello.}}
  tip: {topic: account, sender: shop, subject: Tip, body: {markdown: Tip.}}
  promo: {topic: news, sender: shop, subject: Promo, body: {markdown: "Tip. {{ unsubscribe_url }}"}}
journeys:
  a:
    entry: {event: signed_up, when: in_segment("adults")}
    steps:
      - {id: hi, send: hello}
      - {id: one, send: once}
      - {id: agree, topic: {subscribe: news}}
      - {id: call, task: {to: sales, title: Call}}
      - {id: rest, wait: 3 days}
  by-received: {entry: {event: asked, when: received("hello")}, steps: [{id: tip, send: tip}]}
  by-other: {entry: {event: asked, when: received("promo")}, steps: [{id: tip, send: tip}]}
  by-in: {entry: {event: asked, when: in_journey("a")}, steps: [{id: tip, send: tip}]}
  by-finished: {entry: {event: asked, when: finished("a")}, steps: [{id: tip, send: tip}]}
  by-did: {entry: {event: asked, when: 'did("email_sent", where=event.email == "hello")'}, steps: [{id: tip, send: tip}]}
  by-exit: {entry: {event: asked}, exit_when: received("hello"), steps: [{id: rest, wait: 5 days}, {id: tip, send: tip}]}
  by-score: {entry: {event: asked, when: score >= 10}, steps: [{id: tip, send: tip}]}
  by-repeat: {entry: {event: asked}, steps: [{id: tip, send: once}]}
  by-sent: {entry: {event: email_sent, where: event.email == "hello"}, steps: [{id: rest, wait: 1 day}, {id: tip, send: promo}]}
  by-wait: {entry: {event: asked}, steps: [{id: w, wait_for: {event: email_sent, where: event.email == "hello", within: 10 days}}, {id: tip, send: tip}]}
  by-entered: {entry: {event: journey_entered, where: event.journey == "a"}, steps: [{id: rest, wait: 1 day}, {id: tip, send: tip}]}
  by-ended: {entry: {event: journey_ended, where: event.journey == "a"}, steps: [{id: rest, wait: 1 day}, {id: tip, send: tip}]}
  by-task: {entry: {event: task_created}, steps: [{id: rest, wait: 1 day}, {id: tip, send: tip}]}
  by-topic: {entry: {event: asked}, steps: [{id: tip, send: promo}]}
  by-stage: {entry: {event: stage_changed, where: event.to == "hot"}, steps: [{id: rest, wait: 1 day}, {id: tip, send: tip}]}
  by-moved: {entry: {event: asked, when: score.moved >= 10}, steps: [{id: tip, send: tip}]}
  by-promo: {entry: {event: email_sent, where: event.email == "promo"}, steps: [{id: rest, wait: 1 day}, {id: tip, send: tip}]}
"#;

/// All journeys that a change is told of, in whatever way, with an edit of that project.
fn told(from: &str, to: &str) -> (std::collections::BTreeSet<String>, String) {
    assert!(HEARD.contains(from), "{from}");
    let found = between(HEARD, &HEARD.replacen(from, to, 1));
    let journeys = found.journeys.iter().map(|one| one.journey.clone());
    let all = journeys.chain(found.later.iter().flat_map(|later| later.journeys.iter().cloned())).collect();
    (all, tabiji::diff::text(&found, 300, true))
}

#[test]
fn who_hears_of_what_another_journey_does_is_told() {
    let hello = ["a", "by-received", "by-did", "by-exit", "by-score", "by-sent", "by-wait"];
    let (all, text) = told("      - {id: hi, send: hello}\n", "");
    assert!(hello.iter().chain(&["by-promo"]).all(|name| all.contains(*name)), "{text}");
    // Who is reached by that may send what others hear of.
    assert!(text.contains("journeys.by-sent, for which `by-other`, `by-promo` ask"), "{text}");
    assert!(
        !["by-in", "by-repeat", "by-task", "by-topic", "by-stage"].iter().any(|name| all.contains(*name)),
        "{text}"
    );
    assert!(text.contains("`hi` of `a` no longer sends it"), "{text}");
    let (all, text) = told("      - {id: one, send: once}\n", "");
    assert!(all.iter().eq(&["a", "by-repeat"]), "{text}");
    let (all, text) = told("wait: 3 days", "wait: 1 hour");
    assert!(all.iter().eq(&["a", "by-ended", "by-entered", "by-finished", "by-in"]), "{text}");
    for edit in ["age >= 60", "age >= 17"] {
        let (all, text) =
            told("segments: {adults: {when: age >= 18}}", &format!("segments: {{adults: {{when: {edit}}}}}"));
        let others = ["by-repeat", "by-task", "by-topic", "by-in", "by-finished", "by-entered", "by-ended", "by-promo"];
        assert!(hello.iter().chain(&others).all(|name| all.contains(*name)), "{text}");
        assert!(!["by-stage", "by-moved"].iter().any(|name| all.contains(*name)), "{text}");
    }
    let (all, text) = told("when: 'age >= 18 and", "when: 'age >= 60 and");
    assert!(all.iter().eq(&["by-moved", "by-stage"]), "{text}");
    assert!(text.contains("journeys may be reached otherwise later, the worst: audience"), "{text}");
    let (all, text) = told("      - {id: call, task: {to: sales, title: Call}}\n", "");
    assert!(all.iter().eq(&["a", "by-task"]), "{text}");
    // What another mail says is heard by nobody.
    let (all, text) = told("markdown: Hello.", "markdown: Hello!");
    assert!(all.iter().eq(&["a"]), "{text}");
}

#[test]
fn mails_that_others_may_lose_to_a_rule_are_told_once_for_the_rule() {
    let of = |excess: &str, age: &str| {
        format!(
            r#"
project: shop
timezone: Europe/Paris
fields: {{age: {{type: integer, min: 0, max: 120}}}}
events: {{signed_up: {{}}, asked: {{}}}}
topics: {{news: {{consent: opt_out}}, account: {{kind: transactional}}}}
senders: {{shop: {{from: {{name: Shop, email: hello@shop.example}}}}}}
policies: {{frequency: [{{at_most: 1, per: 7 days, counts: marketing, on_excess: {excess}}}], bounces: {{soft: {{suppress_after: 5}}}}}}
emails:
  tip: {{topic: news, sender: shop, subject: Tip, body: {{markdown: "Tip. {{{{ unsubscribe_url }}}}"}}}}
  promo: {{topic: news, sender: shop, subject: Promo, body: {{markdown: "Tip. {{{{ unsubscribe_url }}}}"}}}}
  receipt: {{topic: account, sender: shop, subject: Receipt, body: {{markdown: Thanks}}}}
journeys:
  first: {{entry: {{event: signed_up, when: age >= {age}}}, steps: [{{id: tip, send: tip}}]}}
  second: {{entry: {{event: signed_up}}, steps: [{{id: r, wait: 1 day}}, {{id: tip, send: promo}}]}}
  third: {{entry: {{event: asked}}, steps: [{{id: tip, send: receipt}}]}}
"#
        )
    };
    for excess in ["skip", "delay"] {
        let found = between(&of(excess, "60"), &of(excess, "18"));
        let rules: Vec<_> = found.later.iter().filter(|later| later.writes.starts_with("frequency ")).collect();
        let [rule] = rules.as_slice() else { panic!("{:?}", found.later) };
        assert_eq!(rule.writes, "frequency at most 1 marketing per 7 days");
        assert!(rule.journeys.iter().any(|name| name == "second") && !rule.journeys.iter().any(|name| name == "third"));
        let text = tabiji::diff::text(&found, 300, true);
        let says = "frequency at most 1 marketing per 7 days: mails of `second` may be held back, left out or sent after all: \
                    `first` asks for other mails, or at other times";
        assert!(text.contains(says), "{text}");
        let sarif = tabiji::diff::sarif(&found, "");
        assert!(sarif.contains("may be held back, left out or sent after all"), "{sarif}");
    }
    // Other words ask for nothing.
    let words = of("skip", "60").replace("subject: Tip", "subject: Tips");
    assert!(between(&of("skip", "60"), &words).later.is_empty());
}
