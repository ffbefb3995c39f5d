//! Logs of purchases before the run: what is recommended is learnt from them.

use serde_json::{Value as Json, json};
use tabiji::backend::sim::{self, Options};
use tabiji::leads::{Format, Log};

use crate::generate::Chance;
use crate::judge::{Case, DAYS};
use crate::rich;

/// A project of the kind `shop` that learns from events.
pub fn project(number: u64) -> String {
    let from = ["from: [events], ", "from: [orders, events], "][number as usize % 2];
    rich::shop(number).replace("recommend: {count", &format!("recommend: {{{from}count"))
}

/// A case whose catalogs have learnt from a log.
pub fn taught(mut case: Case, number: u64) -> Case {
    let options = Options { days: Some(DAYS), ..Options::default() };
    let start = sim::period(&case.plan, &options).unwrap().0;
    case.lines = lines(&mut Chance(number.wrapping_mul(53) + 5), start);
    let text: String = case.lines.iter().map(|line| format!("{}\n", call(line))).collect();
    let mut log = Log::new(&case.plan.campaign, start, false);
    log.read("log.jsonl", Format::Jsonl, std::io::Cursor::new(text)).unwrap();
    let rows = case.leads.iter().cloned().map(Ok).collect();
    let replayed = log.join(&case.plan.campaign, rows).unwrap();
    for (name, customers) in &replayed.customers {
        case.plan.campaign.catalogs.get_mut(name).unwrap().learn(customers);
    }
    case
}

/// Who did what: leads by id or address, others whom the log knows by several names, and some that it does not know.
fn lines(chance: &mut Chance, start: i64) -> Vec<Json> {
    let who = [
        json!({"userId": "lead-0"}),
        json!({"email": "Lead-0@mail.example.com"}),
        json!({"userId": "lead-1", "anonymousId": "a1"}),
        json!({"anonymousId": "a1"}),
        json!({"email": "lead-2@mail.example.com"}),
        json!({"userId": "c1"}),
        json!({"userId": "c2", "email": "c2@mail.example.com"}),
        json!({"email": "C2@mail.example.com"}),
        json!({"userId": "c2", "email": "other@mail.example.com"}),
        json!({"email": "new@mail.example.com", "anonymousId": "a2"}),
        json!({"anonymousId": "a2"}),
        json!({"anonymousId": "a3"}),
        json!({"userId": "c5"}),
    ];
    let line = |chance: &mut Chance, number: usize| {
        let mut line = chance.pick(&who);
        let sku = chance.pick(&["A-1", "A-2", "B-1", "B-2", "C-1", "unknown"]);
        let event = if chance.once_in(8) { "e2" } else { "b1" };
        let at =
            start + chance.pick(&[-1, 0, 1, -86_400, 86_400]) * (1 + chance.below(3) as i64) - chance.pick(&[0, 100]);
        let more = json!({"messageId": format!("m{number}"), "event": event, "item": sku, "at": at});
        line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        line
    };
    let count = 10 + chance.below(40);
    (0..count).map(|number| line(chance, number)).collect()
}

/// A line as logs write it.
fn call(line: &Json) -> Json {
    let mut call = line.clone();
    let at = jiff::Timestamp::from_second(line["at"].as_i64().unwrap()).unwrap();
    let properties = if line["event"] == "b1" { json!({"sku": line["item"]}) } else { json!({}) };
    let more = json!({"type": "track", "timestamp": at.to_string(), "properties": properties});
    call.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    call
}
