//! Logs to leads with their timelines.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::ir::value::TextFormat;
use crate::ir::{Consent, Event, Field, Lead, Topic, Type, Value, builtin};
use crate::leads;
use crate::text::Origin;

fn field(ty: Type, optional: bool) -> Field {
    Field { ty, min: None, max: None, optional, label: None, builtin: false, origin: Origin::default() }
}

fn event(properties: &[(&str, Field)], sets: &[(&str, &str)]) -> Event {
    Event {
        properties: properties.iter().map(|(name, field)| ((*name).to_owned(), field.clone())).collect(),
        sets: sets.iter().map(|(field, from)| ((*field).to_owned(), (*from).to_owned())).collect(),
        label: None,
        builtin: false,
        origin: Origin::default(),
    }
}

/// A campaign with a field `company`, an event `seen` with a number `n`, and `identified`.
fn campaign(logs: LogMapping) -> Campaign {
    let text = || Type::Text { format: TextFormat::Plain };
    let mut campaign = Campaign { fields: builtin::fields(), events: builtin::events(None), ..Campaign::default() };
    campaign.settings.timezone = "Asia/Tokyo".to_owned();
    campaign.fields.insert("company".to_owned(), field(text(), true));
    campaign.events.insert("seen".to_owned(), event(&[("n", field(Type::Integer, false))], &[]));
    let email = field(Type::Text { format: TextFormat::Email }, true);
    let told =
        event(&[("company", field(text(), true)), ("email", email)], &[("company", "company"), ("email", "email")]);
    campaign.events.insert("identified".to_owned(), told);
    campaign.settings.logs = Some(logs);
    campaign
}

fn rows(campaign: &Campaign, csv: &str) -> Vec<Row> {
    if csv.is_empty() {
        return Vec::new();
    }
    leads::open(Format::Csv, Cursor::new(csv.as_bytes().to_vec()), campaign).unwrap().collect()
}

/// Leads with their timelines, and what was found.
fn read(campaign: &Campaign, csv: &str, format: Format, text: &str) -> (Vec<Lead>, LogSummary) {
    let mut log = Log::new(campaign, 0, false);
    log.read("log", format, Cursor::new(text.as_bytes().to_vec())).unwrap();
    let replayed = log.join(campaign, rows(campaign, csv)).unwrap();
    let summary = replayed.summary.clone();
    (replayed.flatten().collect(), summary)
}

fn numbers(lead: &Lead) -> Vec<i64> {
    let seen = lead.timeline.iter().flatten().filter(|event| event.event == "seen");
    seen.filter_map(|event| match event.with.get("n") {
        Some(Value::Int(n)) => Some(*n),
        _ => None,
    })
    .collect()
}

fn by_id(leads: &[Lead]) -> BTreeMap<String, Vec<i64>> {
    leads.iter().map(|lead| (lead.id.clone(), numbers(lead))).filter(|(_, numbers)| !numbers.is_empty()).collect()
}

fn refusals(summary: &LogSummary) -> Vec<(u64, &str, &str)> {
    summary.refused_lines.iter().map(|line| (line.line, line.reason.word(), line.message.as_str())).collect()
}

#[test]
fn every_reason_is_told_with_its_line() {
    let lines = [
        r#"{"type":"track","event":"seen","userId":"u1","properties":{"n":1},"timestamp":"2026-04-01T00:00:00Z","messageId":"m1"}"#,
        r#"{"type":"track","event":"seen","userId":"u1","properties":{"n":1},"timestamp":"2026-04-01T00:00:00Z","messageId":"m1"}"#,
        r#"{"type":"track","event":"seen","userId":"u1","properties":{"n":"x"},"timestamp":"2026-04-01T00:00:00Z"}"#,
        r#"{"type":"track","event":"seen","userId":"u1","properties":{},"timestamp":"2026-04-01T00:00:00Z"}"#,
        r#"{"type":"track","event":"seen","properties":{"n":1},"timestamp":"2026-04-01T00:00:00Z"}"#,
        r#"{"type":"track","event":"seen","userId":"u1","properties":{"n":1},"timestamp":"1 April"}"#,
        r#"{"type":"track","event":"seen","userId":"u1","properties":{"n":1}}"#,
        r#"{"type":"track","userId":"u1"}"#,
        r#"{"type":"dance","userId":"u1"}"#,
        r#"[1]"#,
        r#"{"type":"track","event":"seen","anonymousId":"a9","properties":{"n":1},"timestamp":"2026-04-01T00:00:00Z"}"#,
        r#"{"type":"track","event":"Seen","userId":"u1","properties":{"n":1},"timestamp":"2026-04-01T00:00:00Z"}"#,
        "",
    ];
    let (leads, summary) = read(&campaign(LogMapping::default()), "", Format::Jsonl, &lines.join("\n"));
    assert_eq!(by_id(&leads), BTreeMap::from([("u1".to_owned(), vec![1])]));
    assert_eq!(summary.lines, 12);
    assert_eq!(
        refusals(&summary),
        [
            (2, "duplicate", "an earlier line has the message id `m1` too"),
            (3, "bad-value", "`n` is `x`, which is not a whole number"),
            (4, "bad-value", "every event `seen` needs `n`, and this one has none"),
            (5, "no-identity", "nothing tells whom it is about: `id`, `email`, `anonymousId`"),
            (6, "bad-time", "`1 April` is no time such as `2026-04-01T09:00:00Z`"),
            (7, "bad-time", "it has no time"),
            (8, "bad-line", "the `track` call has no `event`"),
            (9, "bad-line", "there is no call of the type `dance`"),
            (10, "bad-line", "the line is no JSON object"),
            (11, "no-lead", "nothing tells who it is: no key is a field of leads"),
        ]
    );
    assert_eq!(summary.unknown["Seen"].nearest.as_deref(), Some("seen"));
}

#[test]
fn nobody_leaves_a_topic_that_is_none_or_no_marketing() {
    let mut campaign = campaign(LogMapping::default());
    for (name, consent) in [("news", Consent::OptOut), ("account", Consent::Transactional)] {
        let topic =
            Topic { label: None, consent, granted: None, confirmation: None, wording: None, origin: Origin::default() };
        campaign.topics.insert(name.to_owned(), topic);
    }
    let log = "at,id,event,topic\n2026-04-01,u1,unsubscribed,news\n2026-04-02,u1,unsubscribed,account\n\
               2026-04-03,u1,email_opened,account\n2026-04-04,u1,subscribed,newz\n2026-04-05,u1,unsubscribed,\n";
    let (leads, summary) = read(&campaign, "", Format::Csv, log);
    assert_eq!(
        refusals(&summary),
        [
            (3, "bad-value", "`topic` is `account`, which is not one of the declared values `news`"),
            (5, "bad-value", "`topic` is `newz`, which is not one of the declared values; the nearest is `news`"),
        ]
    );
    let told: Vec<&str> = leads[0].timeline.iter().flatten().map(|event| event.event.as_str()).collect();
    assert_eq!(told, ["unsubscribed", "email_opened", "unsubscribed"]);
}

#[test]
fn unix_time_is_read_in_both_formats() {
    let campaign = campaign(LogMapping::default());
    let line = |n: u8, at: &str| {
        format!(r#"{{"event":"seen","userId":"u1","properties":{{"n":{n}}},"timestamp":{at}}}"#) + "\n"
    };
    let text =
        line(4, "1775001600.75") + &line(3, "1775001600500") + &line(2, "\"1775001600250\"") + &line(1, "1775001600");
    let (leads, _) = read(&campaign, "", Format::Jsonl, &(text + &line(5, "1775001601000.0") + &line(6, "177500160")));
    assert_eq!(by_id(&leads)["u1"], [1, 2, 3, 4, 5]);
    let at = |lead: &Lead| lead.timeline.as_ref().unwrap().iter().map(|told| told.at_secs).collect::<Vec<_>>();
    assert_eq!(at(&leads[0]), [1_775_001_600, 1_775_001_600, 1_775_001_600, 1_775_001_600, 1_775_001_601]);
    let (leads, _) = read(&campaign, "", Format::Csv, "at,id,event,n\n1775001600250,u1,seen,2\n1775001600,u1,seen,1\n");
    assert_eq!(by_id(&leads)["u1"], [1, 2]);
    // A leads file has it too.
    let rows = rows(&campaign, "id,created_at\nu1,1775001600\nu2,1775001600000\nu3,177500160\n");
    let created = |row: &Row| {
        row.as_ref().ok().map(|lead| lead.values.iter().flatten().any(|value| *value == Value::Datetime(1_775_001_600)))
    };
    assert_eq!(rows.iter().map(created).collect::<Vec<_>>(), [Some(true), Some(true), None]);
}

#[test]
fn strict_stops_at_the_first_line_but_not_at_a_repeated_one() {
    let campaign = campaign(LogMapping::default());
    let good =
        r#"{"event":"seen","userId":"u1","properties":{"n":1},"timestamp":"2026-04-01T00:00:00Z","messageId":"m"}"#;
    let mut log = Log::new(&campaign, 0, true);
    log.read("log", Format::Jsonl, Cursor::new(format!("{good}\n{good}\n").into_bytes())).unwrap();
    let fault = log.read("more", Format::Jsonl, Cursor::new(b"{}\n".to_vec())).unwrap_err();
    assert_eq!(fault.to_string(), "line 1 of `more` was refused: the line has neither a `type` nor an `event`");
}

#[test]
fn csv_says_what_it_lacks() {
    let campaign = campaign(LogMapping::default());
    let fault = |text: &str| {
        let mut log = Log::new(&campaign, 0, false);
        log.read("log", Format::Csv, Cursor::new(text.as_bytes().to_vec())).unwrap_err().to_string()
    };
    assert_eq!(fault("id,event\n"), "`log`: the event log lacks the column of the time: `at` or `timestamp` or `time`");
    assert_eq!(fault("id,at\n"), "`log`: the event log lacks the column of the event: `event`");
    assert_eq!(
        fault("at,event\n"),
        "`log`: the event log lacks the column of a key of leads: `id` or `email` or `anonymousId`"
    );
    assert_eq!(
        fault("id;at;event\n"),
        "`log`: the columns of the event log are separated by semicolons, not by commas"
    );
    assert_eq!(fault(""), "`log`: the event log is empty: not even a header is in it");
    let (leads, _) = read(&campaign, "", Format::Csv, "at,user_id,event,n\n2026-04-01 09:00:00.250,u1,seen,7\n");
    assert_eq!(by_id(&leads), BTreeMap::from([("u1".to_owned(), vec![7])]));
    assert_eq!(leads[0].timeline.as_ref().unwrap()[0].at_secs, 1_775_001_600);
}

#[test]
fn events_of_one_second_are_ordered_by_its_fractions() {
    let line = |n: u32, at: &str| {
        json!({"event": "seen", "userId": "u1", "properties": {"n": n}, "timestamp": at}).to_string()
    };
    let text = [line(2, "2026-04-01T00:00:00.5Z"), line(3, "2026-04-01T00:00:00.51Z"), line(1, "2026-04-01T00:00:00Z")];
    let (leads, _) = read(&campaign(LogMapping::default()), "", Format::Jsonl, &text.join("\n"));
    assert_eq!(by_id(&leads), BTreeMap::from([("u1".to_owned(), vec![1, 2, 3])]));
}

#[test]
fn a_new_lead_has_what_was_told_when_it_came_in() {
    let identify = |at: &str, traits: serde_json::Value| {
        json!({"type": "identify", "userId": "u1", "anonymousId": "a", "traits": traits, "timestamp": at}).to_string()
    };
    let text = [
        json!({"event": "seen", "anonymousId": "a", "properties": {"n": 1}, "timestamp": "1970-01-02T00:00:00Z"})
            .to_string(),
        identify("1970-01-03T00:00:00Z", json!({"email": "A@x.jp", "company": "one"})),
        identify("1970-01-04T00:00:00Z", json!({"company": "two"})),
    ];
    let campaign = campaign(LogMapping::default());
    let (leads, summary) = read(&campaign, "", Format::Jsonl, &text.join("\n"));
    let at = |name: &str| campaign.fields.keys().position(|field| field == name).unwrap();
    assert_eq!(summary.made, 1);
    assert_eq!(leads[0].id, "u1");
    assert_eq!(leads[0].values[at("company")], Some(Value::Text("one".to_owned())));
    assert_eq!(leads[0].values[at("email")], Some(Value::Text("A@x.jp".to_owned())));
    assert_eq!(leads[0].values[at("created_at")], Some(Value::Datetime(2 * 86_400)));
    assert_eq!(leads[0].timeline.as_ref().unwrap().len(), 3);
}

/// A record: keys by kind, and the earlier id of an alias.
#[derive(Clone, Debug)]
struct Said {
    id: Option<u8>,
    email: Option<u8>,
    anonymous: Option<u8>,
    previous: Option<u8>,
}

impl Said {
    fn line(&self, n: usize) -> String {
        let mut line = json!({"timestamp": format!("2026-04-01T00:{:02}:{:02}Z", n / 60, n % 60)});
        let keys =
            [("userId", self.id.map(|id| format!("u{id}"))), ("anonymousId", self.anonymous.map(|a| format!("a{a}")))];
        for (key, value) in keys.into_iter().chain([("previousId", self.previous.map(|id| format!("u{id}")))]) {
            if let Some(value) = value {
                line[key] = value.into();
            }
        }
        if let Some(email) = self.email {
            line["email"] = format!("e{email}@x.jp").into();
        }
        if self.previous.is_some() {
            line["type"] = "alias".into();
        } else {
            line["event"] = "seen".into();
            line["properties"] = json!({"n": n});
        }
        line.to_string()
    }

    /// Its keys, the strongest first.
    fn keys(&self) -> Vec<String> {
        let id = self.id.map(|id| format!("id:u{id}"));
        let email = self.email.map(|email| format!("email:e{email}@x.jp"));
        [id, email, self.anonymous.map(|a| format!("anonymous:a{a}"))].into_iter().flatten().collect()
    }
}

/// All that can be reached from a value over pairs, by looking at every pair again and again.
fn closure(from: &[String], pairs: &[(String, String)]) -> BTreeSet<String> {
    let mut reached: BTreeSet<String> = from.iter().cloned().collect();
    loop {
        let before = reached.len();
        for (one, other) in pairs {
            if reached.contains(one) || reached.contains(other) {
                reached.extend([one.clone(), other.clone()]);
            }
        }
        if reached.len() == before {
            return reached;
        }
    }
}

/// The lead of each record by the written rules; `None` if it has none.
fn by_hand(said: &[Said], known: &[(u8, u8)]) -> Vec<Option<String>> {
    let mut aliases = Vec::new();
    for each in said {
        if let (Some(id), Some(previous)) = (each.id, each.previous) {
            aliases.push((format!("id:u{id}"), format!("id:u{previous}")));
            aliases.push((format!("id:u{id}"), format!("anonymous:u{previous}")));
        }
    }
    // What leads share that no log mentions throws nobody together.
    let logged: BTreeSet<String> =
        said.iter().flat_map(Said::keys).chain(aliases.iter().map(|(_, earlier)| earlier.clone())).collect();
    let keys_of = |id: &u8, email: &u8| {
        let mut keys = vec![format!("id:u{id}"), format!("email:e{email}@x.jp")];
        keys.retain(|key| logged.contains(key));
        keys
    };
    let leads: Vec<(String, Vec<String>)> =
        known.iter().map(|(id, email)| (format!("u{id}"), keys_of(id, email))).collect();
    let mut pairs = aliases.clone();
    for keys in said.iter().map(Said::keys).chain(leads.iter().map(|(_, keys)| keys.clone())) {
        pairs.extend(keys.windows(2).map(|pair| (pair[0].clone(), pair[1].clone())));
    }
    let owners =
        |key: &String| leads.iter().filter(|(_, keys)| keys.contains(key)).map(|(id, _)| id).collect::<Vec<_>>();
    let smallest = |members: &BTreeSet<String>, own: &dyn Fn(&Said) -> bool| {
        let seen: BTreeSet<String> = said.iter().filter(|each| own(each)).flat_map(Said::keys).collect();
        let of =
            |kind: &str| seen.intersection(members).filter_map(|key| key.strip_prefix(kind).map(str::to_owned)).min();
        of("id:").or_else(|| of("email:"))
    };
    let lead = |each: &Said| {
        let members = closure(&each.keys(), &pairs);
        let in_group: BTreeSet<&String> = members.iter().flat_map(owners).collect();
        match in_group.len() {
            1 => in_group.first().map(|id| (*id).clone()),
            0 => {
                let seen: BTreeSet<String> = said.iter().flat_map(Said::keys).collect();
                let ids = members.iter().filter(|key| key.starts_with("id:") && seen.contains(*key));
                let classes: BTreeSet<BTreeSet<String>> =
                    ids.map(|id| closure(std::slice::from_ref(id), &aliases)).collect();
                if classes.len() <= 1 {
                    return smallest(&members, &|other| other.keys().iter().any(|key| members.contains(key)));
                }
                let class = closure(&[format!("id:u{}", each.id?)], &aliases);
                smallest(&members, &|other| other.id.is_some_and(|id| class.contains(&format!("id:u{id}"))))
            }
            _ => {
                let named = each.keys().into_iter().filter(|key| !key.starts_with("anonymous:"));
                named.map(|key| owners(&key)).find(|of| of.len() == 1).map(|of| of[0].clone())
            }
        }
    };
    said.iter().map(lead).collect()
}

fn saids() -> impl Strategy<Value = Vec<Said>> {
    let key = |size: u8| proptest::option::weighted(0.45, 0..size);
    let said = (key(6), key(5), key(6), proptest::option::weighted(0.15, 0..6u8)).prop_map(
        |(id, email, anonymous, previous)| {
            let nothing = id.is_none() && email.is_none() && anonymous.is_none();
            let anonymous = if nothing { Some(0) } else { anonymous };
            // An alias call says who is who by its ids alone.
            match previous.filter(|_| id.is_some()) {
                Some(previous) => Said { id, email: None, anonymous: None, previous: Some(previous) },
                None => Said { id, email, anonymous, previous: None },
            }
        },
    );
    proptest::collection::vec(said, 1..24)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn who_is_who_as_by_hand_in_any_order(
        said in saids(),
        known in proptest::collection::btree_map(0..8u8, 0..6u8, 0..4),
        order in any::<u64>(),
    ) {
        let campaign = campaign(LogMapping::default());
        let known: Vec<(u8, u8)> = known.into_iter().collect();
        let mut csv = "id,email\n".to_owned();
        known.iter().for_each(|(id, email)| csv.push_str(&format!("u{id},e{email}@x.jp\n")));
        let mut expected: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        let mut without = 0;
        for (n, (each, lead)) in said.iter().zip(by_hand(&said, &known)).enumerate() {
            match lead.filter(|_| each.previous.is_none()) {
                Some(lead) => expected.entry(lead).or_default().push(n as i64),
                None => without += u64::from(each.previous.is_none()),
            }
        }
        let mut lines: Vec<String> = said.iter().enumerate().map(|(n, said)| said.line(n)).collect();
        let (leads, summary) = read(&campaign, &csv, Format::Jsonl, &lines.join("\n"));
        prop_assert_eq!(&by_id(&leads), &expected);
        prop_assert_eq!(summary.refused_total(), without);
        // The same lines in another order: every event has a time of its own.
        lines.sort_by_key(|line| xxhash_rust::xxh3::xxh3_64_with_seed(line.as_bytes(), order));
        let (mixed, again) = read(&campaign, &csv, Format::Jsonl, &lines.join("\n"));
        prop_assert_eq!(mixed, leads);
        prop_assert_eq!(again.refused, summary.refused);
        prop_assert_eq!(again.conflicts, summary.conflicts);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), csv in any::<bool>()) {
        let campaign = campaign(LogMapping::default());
        let mut log = Log::new(&campaign, 0, false);
        let format = if csv { Format::Csv } else { Format::Jsonl };
        let mut text = if csv { b"at,id,event,n\n".to_vec() } else { Vec::new() };
        text.extend(bytes);
        if log.read("log", format, Cursor::new(text)).is_ok() {
            prop_assert!(log.join(&campaign, Vec::new()).is_ok());
        }
    }
}
