//! What projects of the kind `drawn` have besides: personas that read, leave and do things by themselves, forms, and what
//! may come of steps and messages.

use std::fmt::Write as _;

use crate::generate::Chance;

/// Adds to the frame of a project.
pub fn frame(text: &str, chance: &mut Chance) -> String {
    let text = text.replace("events:\n", &format!("events:\n{EVENTS}"));
    let page = chance.pick(&[
        "  plain: {path: /plain, form: f1, starts: 60%}\n",
        "  plain: {path: /plain, form: f2, starts: 50%, variants: {a: {weight: 30}, b: {weight: 70, form: f1, starts: 80%}}}\n",
        "  plain: {path: /plain, variants: {a: {weight: 50}, b: {weight: 50, form: f2, starts: 70%}}}\n",
    ]);
    let (one, two) = (chance.pick(&CONSENTS), chance.pick(&CONSENTS));
    let forms = format!(
        "forms:\n  f1: {{fields: [email, {{field: word, required: false}}], submits: e7, completion: {{base: 90%, per_field: -10%, per_optional: -5%}}{one}}}\n  \
         f2: {{fields: [size], submits: e7, completion: 60%{two}}}\n"
    );
    text.replace("  plain: {path: /plain}\n", &format!("{page}{forms}"))
}

const EVENTS: &str = "  e7: {properties: {form: {type: ref, kind: forms}, size: {type: integer, min: 0, max: 5, optional: true}, word: {type: text, optional: true}}}\n";

const CONSENTS: [&str; 3] = [
    "",
    ", consent: {topic: news, text: News, agree: 50%}",
    ", consent: {topic: tips, text: Tips, default: unchecked, agree: 70%}",
];

pub const APPEAL: [&str; 4] =
    ["", ", appeal: {open: x1.3}", ", appeal: {open: x0.6, click: x1.5}", ", appeal: {click: x0.5}"];

pub const BOUNCES: [&str; 5] = [
    "",
    "  bounces: {soft: {retry: 2, every: 5h}}\n",
    "  bounces: {hard: ignore, soft: {retry: 1, every: 1 day, suppress_after: 2}}\n",
    "  bounces: {soft: {retry: 0, suppress_after: 3}}\n",
    "  bounces: {hard: ignore}\n",
];

/// Messages of which something may come.
pub fn messages(text: &str, chance: &mut Chance) -> String {
    let text = text.replace("topic: tips, body: Hello.,", &format!("topic: tips, body: Hello.{},", outcomes(chance)));
    let appeal = chance.pick(&APPEAL);
    text.replace(
        "topic: account, body: Hello.}",
        &format!("topic: account, body: Hello.{appeal}{}}}", outcomes(chance)),
    )
}

/// A step of which something may come.
pub fn step(text: &str, chance: &mut Chance) -> String {
    let may = text.starts_with("task") || text.starts_with("sync") || text.starts_with("webhook");
    match text.strip_suffix('}').filter(|_| may) {
        Some(open) => format!("{open}{}}}", outcomes(chance)),
        None => text.to_owned(),
    }
}

fn outcomes(chance: &mut Chance) -> String {
    let all = [
        "{event: e2, chance: 40%, delay: {median: 3 hours, p90: 1 day}}",
        "{event: e2, chance: 20%, delay: {median: 1 minute, p90: 2 minutes}, when: flag}",
        "{event: e1, with: {kind: x, n: 2, paid: 12.5}, chance: 30%, delay: {mean: 5 hours}, when: size >= 2}",
        "{event: b1, with: {sku: recommended}, chance: 10%, delay: {mean: 1 day}}",
    ];
    let first = chance.below(all.len());
    let some: Vec<&str> = (0..chance.below(all.len() + 1)).map(|at| all[(first + at) % all.len()]).collect();
    if some.is_empty() { String::new() } else { format!(", outcomes: [{}]", some.join(", ")) }
}

/// A journey of everybody that sends much.
pub fn letters(chance: &mut Chance) -> String {
    let entry =
        chance.pick(&["segment: all", "event: e1, again: always", "segment: all", "event: e2, again: after 1 day"]);
    let mut out = format!("  letters:\n    entry: {{{entry}}}\n    steps:\n");
    for at in 0..4 + chance.below(8) {
        let content =
            chance.pick(&["n1", "n1", "n2", "p1", "t1", "t1", "t1", "m1", "w1", "l1", "u1", "o1", "k1", "s2", "s2"]);
        let _ = writeln!(out, "      - {{id: s{at}, send: {content}}}");
        let pause = chance.pick(&[
            "wait: 1 day",
            "wait: 6 hours",
            "wait: 90 minutes",
            "wait: {until: best time}",
            "wait_for: {event: email_opened, within: 1 day}",
            "wait_for: {event: email_clicked, where: 'event.journey == \"letters\"', within: 12 hours}",
            "wait_for: {event: message_clicked, within: 12 hours}",
            "wait_for: {event: unsubscribed, within: 6 hours}",
            "wait_for: {event: message_opened, within: 1 day}",
            "",
        ]);
        if !pause.is_empty() {
            let _ = writeln!(out, "      - {{id: w{at}, {pause}}}");
        }
    }
    out
}

/// When personas do anything at all.
pub const WHENS: [&str; 6] = [
    "not did(\"email_sent\", within=\"5 hours\")",
    "count(\"email_opened\") < 2",
    "not did(\"email_clicked\", within=\"1 day\")",
    "stage != \"hot\" and not did(\"e1\", within=\"6 hours\")",
    "not did(\"message_sent\", within=\"12 hours\")",
    "today != \"2026-04-04\"",
];

/// How a persona behaves: a line for each thing.
pub fn behavior(when: Option<String>, chance: &mut Chance) -> String {
    let mut out = "    behavior:\n".to_owned();
    let answers =
        chance.pick(&["", ", confirm: 60%", ", pause: 30%, fewer: 40%", ", one_click: 50%, pause: 20%, confirm: 30%"]);
    let bad = chance.pick(&["", ", soft_bounce: 30%", ", soft_bounce: 50%, hard_bounce: 10%"]);
    let leaves = chance.pick(&["", ", unsubscribe: 30%", ", unsubscribe: 15%, complain: 10%"]);
    let (open, click) = (chance.pick(&["30%", "70%", "100%"]), chance.pick(&["30%", "80%"]));
    let _ = writeln!(out, "      email: {{open: {open}, click: {click}{answers}{bad}{leaves}}}");
    if !chance.once_in(3) {
        out.push_str("      messages:\n");
        for channel in ["sms", "line", "push", "web", "post", "call"] {
            let bad = chance.pick(&["", ", fail: 30%", ", invalid: 10%, fail: 20%"]);
            let leaves = chance.pick(&["", ", unsubscribe: 20%", ", complain: 20%"]);
            let delay =
                chance.pick(&["", ", delay: {open: {mean: 1 hour}}", ", delay: {click: {median: 1m, p90: 2m}}"]);
            if !chance.once_in(3) {
                let _ = writeln!(out, "        {channel}: {{open: 70%, click: 50%{bad}{leaves}{delay}}}");
            }
        }
    }
    let line = |out: &mut String, name: &str, of: &str| {
        if !of.is_empty() {
            let _ = writeln!(out, "      {name}: {of}");
        }
    };
    line(&mut out, "delay", chance.pick(&DELAYS));
    line(&mut out, "fatigue", chance.pick(&FATIGUE));
    line(&mut out, "best_time", chance.pick(&["", "tue 07:30", "\"21:15\"", "business day 10:00"]));
    line(&mut out, "in_best_time", chance.pick(&["", "x1.5", "x0.2"]));
    line(&mut out, "when", &when.map_or(String::new(), |when| format!("'{when}'")));
    let count = chance.below(6);
    if count > 0 {
        out.push_str("      does:\n");
    }
    for _ in 0..count {
        let what = chance.pick(&DOES);
        let cause = if chance.once_in(2) { chance.pick(&RATES).to_owned() } else { after(chance) };
        let when = chance.pick(&["", "", ", when: size >= 2", ", when: stage == \"warm\"", ", when: 'did(\"e1\")'"]);
        let _ = writeln!(out, "        - {{{what}, {cause}{when}}}");
    }
    out
}

const DELAYS: [&str; 5] = [
    "",
    "{open: {median: 1h, p90: 5h}, click: {median: 1m, p90: 1h}}",
    "{open: {mean: 1 day}}",
    "{open: {median: 1m, p90: 2m}, click: {mean: 1m}}",
    "{click: {mean: 6h}}",
];

const FATIGUE: [&str; 4] = [
    "",
    "{open: -30% per mail in 2 days}",
    "{open: -10% per mail in 7 days, click: -50% per mail in 1 day}",
    "{click: -100% per mail in 3 days}",
];

const RATES: [&str; 4] = ["rate: 0.5 per day", "rate: 3 per week", "rate: 1 per 5 days", "rate: 2 per day"];

const DOES: [&str; 17] = [
    "event: e1, with: {kind: x, n: 3, paid: 7.5}",
    "event: e1, with: {kind: y}",
    "event: e2",
    "event: e2",
    "event: e3, with: {size: 4}",
    "event: e3, with: {size: 1, due: 2026-04-05}",
    "event: e4, with: {at: 2026-04-05 10:00, order: o2}",
    "event: e6, with: {likes: [ai], on: true, tier: pro, paid: 3}",
    "event: e7, with: {form: f1}",
    "event: form_started, with: {form: f2}",
    "event: visited, with: {page: plain, source: ads}",
    "event: visited, with: {page: plain}",
    "event: b1, with: {sku: recommended}",
    "event: b1, with: {sku: B-1, amount: 12.5}",
    "event: subscribed, with: {topic: news}",
    "event: subscribed, with: {topic: tips}",
    "event: unsubscribed, with: {topic: news}",
];

/// What a persona does after an event.
fn after(chance: &mut Chance) -> String {
    let before = chance.pick(&[
        "after: e1, where: event.kind == \"x\"",
        "after: e2",
        "after: email_opened",
        "after: email_clicked, where: 'event.email == \"n1\"'",
        "after: email_sent",
        "after: email_delivered",
        "after: email_bounced, where: 'event.kind == \"soft\"'",
        "after: message_opened",
        "after: message_sent",
        "after: stage_changed",
        "after: journey_entered, where: 'event.journey == \"j1\"'",
        "after: journey_ended",
        "after: task_created",
        "after: synced",
        "after: e7",
        "after: form_started",
        "after: visited",
        "after: subscribed",
        "after: unsubscribed",
        "after: lead_created",
        "after: b1",
        "after: engagement_changed",
        "after: subscription_expired",
        "after: subscription_confirmed",
    ]);
    let likely = chance.pick(&["20%", "50%", "80%"]);
    let time = chance.pick(&["within: 1 day", "within: 1m", "delay: {mean: 5h}", "delay: {median: 1h, p90: 1 day}"]);
    format!("{before}, chance: {likely}, {time}")
}
