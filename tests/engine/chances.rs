//! What the two engines once disagreed about where behaviour is drawn, small: both have to say it.

use crate::judge::{disagreement, simulated};
use crate::kept::case;
use crate::python::Python;

/// What happens to a lead of whom nothing is told, in this order, whenever it does.
fn happens(parts: &str, expected: &[&str]) {
    let mut case = case(parts, None, &[]);
    case.leads[0].timeline = None;
    let differs = disagreement(&mut Python::start(), &case).1;
    assert!(differs.is_none(), "{}", differs.unwrap().1);
    let facts = simulated(&case.plan, &case.leads).remove(0);
    let happened = facts.iter().filter_map(|fact| fact.split_once(" happened ")).map(|(_, words)| words);
    assert_eq!(happened.collect::<Vec<_>>(), expected, "{facts:#?}");
}

const ALL: &str = "segments: {all: {when: 'id != \"\"'}}\n";

#[test]
fn what_was_not_opened_is_not_clicked() {
    // The persona is idle when it would open, and no more when it would click.
    let parts = format!(
        "{ALL}personas:\n  p:\n    match: 'id != \"\"'\n    behavior:\n      email: {{open: 100%, click: 100%}}\n      \
         delay: {{open: {{median: 1h, p90: 2h}}, click: {{median: 6 days, p90: 7 days}}}}\n      \
         when: 'not did(\"email_sent\", within=\"2 days\")'\n\
         journeys:\n  j: {{entry: {{segment: all}}, steps: [{{id: a, send: n}}]}}\n"
    );
    let mail = r#"{"email":{"text":"n"},"journey":{"text":"j"},"step":{"text":"a"},"topic":{"text":"news"}}"#;
    happens(
        &parts,
        &[
            "journey_entered {\"journey\":{\"text\":\"j\"}} false",
            &format!("email_sent {mail} false"),
            &format!("email_delivered {mail} false"),
            "journey_ended {\"journey\":{\"text\":\"j\"},\"reason\":{\"text\":\"completed\"}} false",
        ],
    );
}

#[test]
fn a_click_confirms_whatever_it_causes() {
    // The click itself makes the persona idle, and moves the lead before it has confirmed.
    let parts = format!(
        "{ALL}lifecycle: {{stages: [new, warm], moves: [{{from: new, to: warm, event: email_clicked}}]}}\n\
         personas:\n  p:\n    match: 'id != \"\"'\n    behavior: {{email: {{confirm: 100%}}, when: 'stage == \"new\"'}}\n\
         journeys:\n  j: {{entry: {{segment: all}}, steps: [{{id: a, topic: {{subscribe: tips}}}}]}}\n"
    );
    let mail = r#"{"email":{"text":"c"},"topic":{"text":"account"}}"#;
    happens(
        &parts,
        &[
            "journey_entered {\"journey\":{\"text\":\"j\"}} false",
            "journey_ended {\"journey\":{\"text\":\"j\"},\"reason\":{\"text\":\"completed\"}} false",
            &format!("email_sent {mail} false"),
            &format!("email_delivered {mail} false"),
            &format!("email_opened {mail} true"),
            &format!("email_clicked {mail} true"),
            "stage_changed {\"from\":{\"text\":\"new\"},\"to\":{\"text\":\"warm\"}} false",
            "subscription_confirmed {\"topic\":{\"text\":\"tips\"}} true",
        ],
    );
}

#[test]
fn a_choice_names_the_message_that_it_is_made_by() {
    let parts = format!(
        "{ALL}policies: {{preferences: {{pause: 3 days}}}}\nmessages: {{m: {{channel: web, topic: news, body: Hello.}}}}\n\
         events: {{e: {{}}}}\nchannels: {{web: {{visit: e}}}}\n\
         personas:\n  p:\n    match: 'id != \"\"'\n    behavior: {{email: {{pause: 100%}}, messages: {{web: {{unsubscribe: 100%}}}}}}\n\
         journeys:\n  j: {{entry: {{segment: all}}, steps: [{{id: a, send: m}}, {{id: b, emit: e}}]}}\n"
    );
    let mail = r#"{"channel":{"text":"web"},"journey":{"text":"j"},"message":{"text":"m"},"step":{"text":"a"},"topic":{"text":"news"}}"#;
    happens(
        &parts,
        &[
            "journey_entered {\"journey\":{\"text\":\"j\"}} false",
            &format!("message_sent {mail} false"),
            "e {} false",
            "journey_ended {\"journey\":{\"text\":\"j\"},\"reason\":{\"text\":\"completed\"}} false",
            &format!("message_delivered {mail} false"),
            "preferences_changed {\"choice\":{\"text\":\"pause\"},\"message\":{\"text\":\"m\"}} true",
        ],
    );
}

#[test]
fn a_form_that_is_not_sent_subscribes_nobody() {
    // Nothing is learnt from events without a log, so that nothing is recommended and no purchase happens.
    let parts = format!(
        "{ALL}catalogs: {{goods: {{file: items.csv, key: sku, fields: {{name: {{type: text}}}}, purchases: {{event: e, item: sku}}, recommend: {{from: [events]}}}}}}\n\
         events: {{e: {{properties: {{form: {{type: ref, kind: forms}}, sku: {{type: text, optional: true}}}}}}}}\n\
         forms: {{f: {{fields: [email], submits: e, completion: 100%, consent: {{topic: tips, text: Tips, agree: 100%}}}}}}\n\
         journeys:\n  j: {{entry: {{segment: all}}, steps: [{{id: a, emit: {{event: e, with: {{form: f, sku: recommended}}}}}}]}}\n"
    );
    happens(
        &parts,
        &[
            "journey_entered {\"journey\":{\"text\":\"j\"}} false",
            "journey_ended {\"journey\":{\"text\":\"j\"},\"reason\":{\"text\":\"completed\"}} false",
        ],
    );
}

#[test]
fn messages_that_fail_for_now_say_nothing_of_the_address() {
    let parts = format!(
        "{ALL}policies: {{bounces: {{soft: {{suppress_after: 1}}}}}}\nmessages: {{m: {{channel: web, topic: news, body: Hello.}}}}\n\
         events: {{e: {{}}}}\nchannels: {{web: {{visit: e}}}}\n\
         personas:\n  p:\n    match: 'id != \"\"'\n    behavior: {{messages: {{web: {{fail: 100%}}}}}}\n\
         journeys:\n  j: {{entry: {{segment: all}}, steps: [{{id: a, send: m}}, {{id: b, emit: e}}, {{id: c, wait: 1 day}}, {{id: d, send: m}}]}}\n"
    );
    let mail = |step: &str, kind: &str| {
        format!(
            r#"{{"channel":{{"text":"web"}},"journey":{{"text":"j"}},{kind}"message":{{"text":"m"}},"step":{{"text":"{step}"}},"topic":{{"text":"news"}}}}"#
        )
    };
    happens(
        &parts,
        &[
            "journey_entered {\"journey\":{\"text\":\"j\"}} false",
            &format!("message_sent {} false", mail("a", "")),
            "e {} false",
            &format!("message_failed {} false", mail("a", r#""kind":{"text":"failed"},"#)),
            &format!("message_sent {} false", mail("d", "")),
            "journey_ended {\"journey\":{\"text\":\"j\"},\"reason\":{\"text\":\"completed\"}} false",
        ],
    );
}
