//! What projects of the kind `shop` have besides: catalogs, sources, tracking, more channels and calendars, and conditions on
//! what rarely happens.

use crate::generate::Chance;

/// Files that projects name.
pub const FILES: [(&str, &str); 3] = [
    ("items.csv", "sku,name,price,stock\nA-1,Aoi,1200,3\nA-2,Beni,80.5,\nB-1,Cha,40,0\nB-2,Dai,7,2\nC-1,Ei,1,9\n"),
    (
        "orders.csv",
        "customer,sku\nlead-0,A-1\nlead-0,A-2\nc1,A-1\nc1,A-2\nc1,B-1\nc2,A-2\nc2,B-1\nc3,A-1\nc3,B-1\nc3,B-2\nLEAD-1@mail.example.com,B-2\n\
         lead-3,B-1\nlead-3,B-2\nc4,C-1\nc5,A-2\nc5,B-2\nc2@mail.example.com,C-1\nOTHER@mail.example.com,C-1\n",
    ),
    ("vip.csv", "id,email\nlead-1,\n,LEAD-2@mail.example.com\nnobody,other@mail.example.com\n"),
];

/// Adds to the frame of a project.
pub fn frame(text: &str, chance: &mut Chance) -> String {
    let mut put = Put(text.to_owned());
    put.behind("fields:\n", FIELDS);
    put.behind("events:\n", EVENTS);
    put.behind(
        "calendars:\n",
        "  plant: {work: [tue, wed, thu, sat], days: [{date: 2026-04-02}, {date: 2026-03-04}]}\n",
    );
    put.behind("currency: JPY\n", chance.pick(&["calendar: office\n", "calendar: plant\n"]));
    put.0 = put.0.replace("lists:\n  vip: {}\n", "lists:\n  vip: {members: vip.csv}\n  asleep: {}\n");
    let fills = chance.pick(&["", ", fills: {amount: price}", ", fills: {amount: price, stock: stock}"]);
    let count = chance.pick(&["1", "2", "3"]);
    let from = chance.pick(&["", ", by: lift", ", at_least: 1", ", at_least: 1, by: lift"]);
    put.0.push_str(&format!(
        "catalogs:\n  goods: {{file: items.csv, key: sku, fields: {{name: {{type: text}}, price: {{type: money}}, stock: {{type: integer, optional: true}}}}, \
         purchases: {{event: b1, item: sku{fills}}}, orders: orders.csv, recommend: {{count: {count}{from}}}}}\n"
    ));
    put.0.push_str(SOURCES);
    put.0.push_str(&format!("  letter: {{medium: email{}}}\n", chance.pick(&LETTERS)));
    put.0.push_str("pages:\n  plain: {path: /plain}\n");
    if chance.once_in(3) {
        let consent = chance.pick(&["flag", "'subscribed(\"news\")'", "'did(\"e2\")'", "size >= 2"]);
        let events = chance.pick(&[
            "[e1, email_opened]",
            "[e4, email_clicked]",
            "[e3, b1, e6]",
            "[e1, email_opened, email_clicked, b1]",
        ]);
        put.0.push_str(&format!("tracking: {{consent: {consent}, events: {events}}}\n"));
    }
    put.0
}

/// A text that grows.
struct Put(String);

impl Put {
    fn behind(&mut self, place: &str, more: &str) {
        let at = self.0.find(place).map_or(self.0.len(), |at| at + place.len());
        self.0.insert_str(at, more);
    }
}

const FIELDS: &str = "  line: {type: text, optional: true}\n  token: {type: text, optional: true}\n  street: {type: text, optional: true}\n  code: {type: text, optional: true}\n  \
                      budget: {type: money, optional: true}\n  link: {type: url, optional: true}\n  best: {type: ref, kind: emails, optional: true}\n";

const EVENTS: &str = "  b1: {properties: {sku: {type: text}, amount: {type: money, optional: true}, stock: {type: integer, optional: true}}}\n  \
                      e6: {properties: {zone: {type: text, optional: true}, mail: {type: email, optional: true}, likes: {type: set, values: [ai, cloud]}, on: {type: boolean}, \
                      worth: {type: number, optional: true}, seen: {type: datetime, optional: true}, tier: {type: enum, values: [free, pro]}, \
                      paid: {type: money, optional: true}, line: {type: text, optional: true}}, \
                      sets: {email: mail, likes: likes, flag: on, worth: worth, seen: seen, plan: tier, budget: paid, line: line}}\n";

const SOURCES: &str = "sources:\n  ads: {medium: paid, cost: {per: click, amount: 180}}\n  \
                       fair: {medium: offline, cost: {fixed: 5000}, touched_by: {event: e1, where: 'event.kind == \"x\"'}}\n";

const LETTERS: [&str; 5] = [
    ", touched_by: {event: email_clicked}",
    ", touched_by: {event: email_clicked, where: 'event.topic == \"news\"'}, cost: {per: click, amount: 0.5}",
    ", touched_by: {event: e1, where: event.n > 1}",
    ", touched_by: {event: b1, where: flag}, cost: {per: lead, amount: 50}",
    "",
];

/// Conditions of a lead.
pub const ATOMS: [&str; 62] = [
    "bought(\"goods\", \"A-1\")",
    "not bought(\"goods\", \"B-2\")",
    "source == \"ads\"",
    "source is none",
    "last_source == \"fair\"",
    "last_source != source",
    "last_source in [\"letter\", \"fair\"]",
    "count(\"email_sent\", where=event.email == \"n1\") >= 2",
    "did(\"email_sent\", where=event.topic == \"news\" and event.journey == \"j2\")",
    "count(\"email_delivered\", within=\"3 days\") > count(\"email_opened\", within=\"3 days\")",
    "did(\"email_bounced\", where=event.kind == \"hard\")",
    "count(\"email_bounced\", where=event.kind != \"hard\") >= 1",
    "did(\"message_sent\", where=event.channel == \"sms\")",
    "did(\"message_delivered\", where=event.message == \"w1\")",
    "did(\"message_failed\", where=event.kind == \"expired\")",
    "days_since(\"message_sent\", where=event.topic == \"tips\") >= 1",
    "did(\"unsubscribed\", where=event.topic == \"news\")",
    "did(\"unsubscribed\", where=event.topic is none)",
    "did(\"complained\", within=\"5 days\")",
    "days_since(\"subscribed\", where=event.topic == \"tips\") < 2",
    "did(\"subscription_confirmed\")",
    "did(\"subscription_expired\", where=event.topic == \"news\")",
    "did(\"stage_changed\", where=event.to == \"hot\" and event.from == \"warm\")",
    "count(\"stage_changed\", where=event.from == stage) >= 1",
    "count(\"journey_entered\", where=event.journey == \"j1\") >= 2",
    "did(\"journey_ended\", where=event.reason == \"goal\")",
    "did(\"journey_ended\", within=\"2 days\", where=event.reason != \"completed\" and event.journey == \"j1\")",
    "days_since(\"journey_ended\", where=event.reason == \"exit_when\") >= 1",
    "did(\"task_created\", where=event.to == \"sales\")",
    "count(\"synced\", where=event.to == \"crm\" and event.journey == \"j1\") >= 1",
    "did(\"webhook_called\")",
    "did(\"audience_added\", where=event.audience == \"vip\")",
    "count(\"audience_removed\") >= count(\"audience_added\")",
    "did(\"engagement_changed\", where=event.to == \"sleeping\")",
    "did(\"visited\", where=event.source == \"ads\")",
    "count(\"visited\", where=event.page is none) >= 1",
    "did(\"preferences_changed\", where=event.choice == \"fewer\")",
    "count(\"b1\", where=event.amount >= 40) >= 1",
    "did(\"b1\", within=\"4 days\", where=event.stock is none)",
    "did(\"b1\", where=event.sku == \"A-2\")",
    "days_since(\"e6\", where=event.on) >= 1",
    "count(\"e6\", where=\"ai\" in event.likes) == 1",
    "did(\"e6\", where=event.seen < now)",
    "count(\"e1\", where=event.n is none) >= 1",
    "count(\"e1\", within=\"36h\", where=event.kind == \"x\" and event.paid > 3) >= 1",
    "did(\"e1\", where=score >= 3 and event.n < 4)",
    "did(\"e3\", where=event.size == size)",
    "created_at > \"2026-04-03 09:00\"",
    "seen >= \"2026-04-02 09:00\"",
    "today >= \"2026-04-05\"",
    "score.fit - score.reach > 2",
    "(size - 3) % 2 == 1",
    "worth / size > 1",
    "budget * 2 > 7",
    "phone is none and line is not none",
    "size is ge(2)",
    "plan is in([\"free\"])",
    "\"cloud\" not in likes",
    "due in [\"2026-04-03\", \"2026-04-05\"]",
    "grade in [\"A\", \"B\"]",
    "received(\"m1\", within=\"3 days\") or received(\"l1\")",
    "reachable(\"line\") or reachable(\"post\")",
];

/// What journeys do besides.
pub const STEPS: [&str; 12] = [
    "emit: {event: b1, with: {sku: A-2}}",
    "emit: {event: b1, with: {sku: recommended}}",
    "emit: {event: b1, with: {sku: B-1, amount: 12.5}}",
    "emit: {event: b1, with: {sku: unknown}}",
    "emit: {event: visited, with: {source: ads}}",
    "emit: {event: visited, with: {page: plain, source: letter}}",
    "emit: {event: e6, with: {likes: [ai], on: true, tier: pro, paid: 3}}",
    "emit: {event: unsubscribed, with: {topic: tips}}",
    "emit: {event: preferences_changed, with: {choice: out}}",
    "emit: {event: subscribed, with: {topic: news}}",
    "set: {source: fair}",
    "set: {likes: [cloud], line: l-1}",
];

/// What journeys send besides.
pub const CONTENTS: [&str; 5] = ["l1", "u1", "o1", "k1", "s2"];

/// The messages of [`CONTENTS`], and how their channels are.
pub const MESSAGES: &str = "  l1: {channel: line, topic: news, body: Hello., repeat: after 2 days}\n  u1: {channel: push, topic: account, body: Hello.}\n  \
                            o1: {channel: post, topic: news, body: Hello.}\n  k1: {channel: call, topic: tips, body: Hello., repeat: never}\n  \
                            s2: {channel: sms, topic: account, body: \"こんにちは。こんにちは。こんにちは。こんにちは。こんにちは。こんにちは。こんにちは。こんにちは。こんにちは。こんにちは。こんにちは。こんにちは。\"}\n";

pub const CHANNELS: &str = "  line: {address: line, cost: 3, frequency: [{at_most: 1, per: 1 day, on_excess: skip}]}\n  push: {address: token}\n  \
                            post: {address: [code, street], cost: 110}\n  call: {address: phone, cost: 250, quiet_hours: {from: \"12:00\", to: \"13:30\", also: [sun]}}\n";

/// Which channels a frequency rule is about.
pub const COUNTED: [&str; 4] = [
    ", channels: [email, line]",
    ", channels: [web, email]",
    ", channels: [post, call, sms]",
    ", channels: [push, email, sms]",
];

/// By which journeys are entered besides; what each of them knows is its own.
pub const ENTRIES: [&str; 16] = [
    "event: b1",
    "event: b1, key: event.sku",
    "event: e6, where: event.on",
    "event: message_sent, where: 'event.channel == \"line\"'",
    "event: message_failed",
    "event: message_delivered, where: 'event.message == \"w1\"'",
    "event: email_bounced, where: 'event.kind == \"hard\"'",
    "event: email_delivered, key: event.email",
    "event: unsubscribed, where: 'event.topic == \"tips\"'",
    "event: complained",
    "event: subscribed, key: event.topic, at_once: 1",
    "event: subscription_confirmed",
    "event: task_created, where: 'event.to == \"sales\"'",
    "event: audience_added",
    "event: visited, where: 'event.source == \"ads\"'",
    "event: journey_entered, where: 'event.journey == \"j1\"'",
];

/// What is waited for besides.
pub const AWAITED: [&str; 12] = [
    "event: b1, where: event.amount > 10",
    "event: stage_changed, where: 'event.to == \"hot\"'",
    "event: journey_ended, where: 'event.journey == \"j1\"'",
    "event: subscribed, where: 'event.topic == \"news\"'",
    "event: unsubscribed",
    "event: email_bounced",
    "event: message_delivered",
    "event: message_failed, where: 'event.kind == \"expired\"'",
    "event: message_opened",
    "event: subscription_expired",
    "event: visited, where: event.source == last_source",
    "event: e6, where: 'event.on and \"ai\" in event.likes'",
];

/// What moves leads besides.
pub const MOVES: [&str; 6] = [
    "{from: new, to: warm, event: b1, where: event.amount > 20}",
    "{from: warm, to: hot, event: email_clicked, where: 'event.email == \"n1\"', when: size >= 1}",
    "{from: hot, to: won, event: journey_ended, where: 'event.reason == \"goal\"'}",
    "{from: new, to: won, when: 'bought(\"goods\", \"A-1\")', after: 1 day}",
    "{from: won, to: new, event: visited}",
    "{from: lost, to: warm, event: message_delivered, after: 12 hours}",
];

/// A third model, of what rarely happens.
pub const SCORING: &str = "  rare:\n    range: [-5, 5]\n    initial: 1\n    rules:\n      - {event: b1, points: 2, where: event.amount > 30, at_most: 1 per calendar month}\n      \
                           - {event: visited, points: 1, at_most: 2 per 3 days}\n      - {event: message_delivered, points: 1}\n      - {event: unsubscribed, points: -3}\n      \
                           - {event: task_created, points: 1, at_most: 1 per calendar week}\n      - {event: email_bounced, points: -1, where: 'event.kind == \"soft\"'}\n    \
                           decay: {points: -1, every: 1 day, without: [visited, message_delivered]}\n";

pub const KPIS: &str = "  g1: {value: b1.amount, by: journey}\n  g2: {part: 'bought(\"goods\", \"A-2\")', by: persona}\n  g3: {value: e6.paid, where: flag and size >= 2}\n  \
                        g4: {of: last_source == \"ads\", by: segment}\n  g5: {value: b1.amount, per: 'did(\"b1\")', within: 3 days}\n  g6: {metric: delivered, channel: post}\n  \
                        g7: {metric: open_rate, message: s2}\n  g8: {cost: [channels.post, channels.call], by: journey}\n  g9: {metric: opened, email: n1, by: persona}\n  \
                        h1: {cost: sources}\n  h2: {cost: sources.ads, by: persona}\n  h3: {cost: all, per: flag, by: segment}\n  h4: {return: b1.amount, cost: [sources, channels], by: persona}\n  \
                        h5: {value: e6.paid, cost: all, by: journey}\n  h6: {cost: [sources.letter, tasks], per: leads, journey: j1}\n  h7: {cost: [sources.letter, sources.fair], per: size >= 2}\n";
