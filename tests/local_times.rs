//! A time without an offset is local, wherever it is written: the project's, and of a lead its own.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs;
use std::io::Cursor;

use tabiji::ir::{Campaign, Lead, Value};
use tabiji::leads::{self, Format};
use tabiji::pipeline::{self, Checked};

const PROJECT: &str = r#"
project: times
timezone: Europe/Berlin
simulation: {start: 2026-04-01, days: 3}
fields:
  renewed: {type: datetime, optional: true}
events:
  met: {properties: {when: {type: datetime}}, sets: {renewed: when}}
personas:
  any:
    match: id != ""
    behavior: {does: [{event: met, with: {when: "TEXT"}, rate: 1 per week}]}
catalogs:
  tickets: {file: items.csv, key: sku, fields: {opens: {type: datetime}}}
segments:
  late: {when: 'created_at >= "TEXT" and bought("tickets", "a")'}
journeys:
  all:
    entry: {event: met, where: 'event.when < "TEXT"'}
    steps:
      - {id: renew, set: {renewed: "TEXT"}}
tests:
  berlin:
    lead: {created_at: "TEXT"}
    timeline: [{at: 1 day, event: met, with: {when: "TEXT"}}]
    expect: [{step: renew}]
  tokyo:
    lead: {created_at: "TEXT", timezone: Asia/Tokyo}
    timeline: [{at: 1 day, event: met, with: {when: "TEXT"}}]
    expect: [{step: renew}]
"#;

fn check(text: &str) -> Checked {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tabiji.yaml"), PROJECT.replace("TEXT", text)).unwrap();
    fs::write(folder.path().join("items.csv"), format!("sku,opens\na,{text}\n")).unwrap();
    pipeline::check(folder.path()).unwrap()
}

fn instant(text: &str) -> Value {
    Value::Datetime(text.parse::<jiff::Timestamp>().unwrap().as_second())
}

/// `created_at` of a lead of a leads file.
fn of_file(campaign: &Campaign, timezone: &str, text: &str) -> Lead {
    let csv = format!("id,timezone,created_at\nl,{timezone},{text}\n");
    leads::open(Format::Csv, Cursor::new(csv.into_bytes()), campaign).unwrap().next().unwrap().unwrap()
}

fn created(campaign: &Campaign, lead: &Lead) -> Value {
    let at = campaign.fields.keys().position(|field| field == "created_at").unwrap();
    lead.values[at].clone().unwrap()
}

/// In Berlin clocks go forward at 02:00 on 29 March, and back at 03:00 on 25 October.
#[test]
fn each_place_reads_it_alike() {
    for (text, berlin, tokyo) in [
        ("2026-01-10 09:00", "2026-01-10T08:00:00Z", "2026-01-10T00:00:00Z"),
        ("2026-07-10T09:00:30", "2026-07-10T07:00:30Z", "2026-07-10T00:00:30Z"),
        ("2026-03-29 02:30", "2026-03-29T01:00:00Z", "2026-03-28T17:30:00Z"),
        ("2026-10-25 02:30", "2026-10-25T00:30:00Z", "2026-10-24T17:30:00Z"),
        ("2026-10-25T02:30+01:00", "2026-10-25T01:30:00Z", "2026-10-25T01:30:00Z"),
    ] {
        let checked = check(text);
        let campaign = checked.campaign.unwrap();
        let json = serde_json::to_string(&campaign).unwrap();
        let Value::Datetime(secs) = instant(berlin) else { unreachable!() };
        // Persona, catalog, segment, entry, step.
        assert_eq!(json.matches(&secs.to_string()).count(), 5, "{text} in {json}");
        let leads = [("berlin", "", berlin), ("tokyo", "Asia/Tokyo", tokyo)];
        for ((name, timezone, expected), test) in leads.into_iter().zip(&checked.tests) {
            assert_eq!(created(&campaign, &test.lead), instant(expected), "{text} of the test {name}");
            let told = &test.lead.timeline.as_ref().unwrap()[0];
            assert_eq!(told.with["when"], instant(expected), "{text} told by the test {name}");
            let file = of_file(&campaign, timezone, text);
            assert_eq!(created(&campaign, &file), instant(expected), "{text} of a file, {timezone}");
        }
    }
}
