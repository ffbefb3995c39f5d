//! Readers from bytes to rows.

use std::io::{Cursor, Read};

use proptest::prelude::*;

use super::*;
use crate::ir::value::TextFormat;
use crate::ir::{Campaign, Field, Lead, Lifecycle, Refusal, Row, Scoring, Type, Value, builtin};
use crate::text::Origin;

fn field(ty: Type, optional: bool) -> Field {
    Field { ty, min: None, max: None, optional, label: None, builtin: false, origin: Origin::default() }
}

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

/// A campaign with the built-in fields and these.
fn campaign(fields: &[(&str, Field)]) -> Campaign {
    let mut campaign = Campaign { fields: builtin::fields(), ..Campaign::default() };
    campaign.settings.timezone = "Asia/Tokyo".to_owned();
    campaign.fields.extend(fields.iter().map(|(name, field)| ((*name).to_owned(), field.clone())));
    campaign
}

fn read(format: Format, campaign: &Campaign, bytes: impl AsRef<[u8]>) -> Vec<Row> {
    open(format, Cursor::new(bytes.as_ref().to_vec()), campaign).unwrap().collect()
}

fn csv(campaign: &Campaign, text: impl AsRef<[u8]>) -> Vec<Row> {
    read(Format::Csv, campaign, text)
}

fn fault(campaign: &Campaign, bytes: impl AsRef<[u8]>) -> ReadError {
    open(Format::Csv, Cursor::new(bytes.as_ref().to_vec()), campaign).err().unwrap()
}

fn value(campaign: &Campaign, lead: &Lead, name: &str) -> Option<Value> {
    lead.values[campaign.fields.keys().position(|known| known == name).unwrap()].clone()
}

/// The value of a field `x` of this type, read from this cell; or the message.
fn cell_of(field: &Field, cell: &str) -> Result<Option<Value>, String> {
    let campaign = campaign(&[("x", field.clone())]);
    let quoted = cell.replace('"', "\"\"");
    let row = csv(&campaign, format!("id,x\na,\"{quoted}\"\n")).remove(0);
    row.map(|lead| value(&campaign, &lead, "x")).map_err(|refused| refused.message)
}

fn ids(rows: &[Row]) -> Vec<&str> {
    rows.iter().flatten().map(|lead| lead.id.as_str()).collect()
}

fn refusals(rows: &[Row]) -> Vec<(u64, Refusal, &str)> {
    rows.iter().filter_map(|row| row.as_ref().err()).map(|row| (row.line, row.reason, row.message.as_str())).collect()
}

#[test]
fn reads_what_spreadsheets_write() {
    let company = field(Type::Text { format: TextFormat::Plain }, true);
    let campaign = campaign(&[("company", company)]);
    let text = "\u{feff} id , company\r\n\r\n a1 ,\" 株式会社\"\"青空\"\"\r\n東京 \"\r\nb2,\r\nc3,x\"y";
    let rows = csv(&campaign, text);
    assert_eq!(ids(&rows), ["a1", "b2", "c3"]);
    let company = |at: usize| value(&campaign, rows[at].as_ref().unwrap(), "company");
    assert_eq!(company(0), Some(Value::Text("株式会社\"青空\"\r\n東京".to_owned())));
    assert_eq!(company(1), None);
    assert_eq!(company(2), Some(Value::Text("x\"y".to_owned())));
}

#[test]
fn lines_are_those_of_an_editor() {
    let campaign = campaign(&[]);
    for end in ["\n", "\r\n", "\r"] {
        let text = ["id,email", "a,a@x.example", "", "b,bad", "\"c", "c\",bad", "d,bad"].join(end);
        let lines: Vec<u64> = refusals(&csv(&campaign, text)).iter().map(|row| row.0).collect();
        assert_eq!(lines, [4, 5, 7], "{end:?}");
    }
}

#[test]
fn refuses_rows_and_goes_on() {
    let campaign = campaign(&[("n", field(Type::Integer, false))]);
    let mut text = b"id,n\na,1\nb\nc,2,3\na,4\n,5\nd,\ne,x\n".to_vec();
    text.extend(b"f\0,6\ng,\xff\nh,7\n");
    let rows = csv(&campaign, text);
    assert_eq!(ids(&rows), ["a", "h"]);
    insta::assert_debug_snapshot!(refusals(&rows), @r#"
    [
        (
            3,
            BadRow,
            "the row has 1 cell, and the header has 2",
        ),
        (
            4,
            BadRow,
            "the row has 3 cells, and the header has 2",
        ),
        (
            5,
            Duplicate,
            "an earlier row has the id `a` too",
        ),
        (
            6,
            BadRow,
            "every lead needs `id`, and its column `id` is empty",
        ),
        (
            7,
            BadRow,
            "every lead needs `n`, and its column `n` is empty",
        ),
        (
            8,
            BadRow,
            "column `n` holds `x`, which is not a whole number",
        ),
        (
            9,
            BadRow,
            "the row holds a NUL byte",
        ),
        (
            10,
            BadRow,
            "the row is not UTF-8; perhaps it is Shift_JIS",
        ),
    ]
    "#);
}

#[test]
fn another_encoding_is_told_at_once() {
    let campaign = campaign(&[("company", field(Type::Text { format: TextFormat::Plain }, true))]);
    // Shift_JIS: the header is ASCII, the companies are not.
    let rows = b"id,company\na,\x8a\x94\x8e\xae\nb,plain\nc,\x90\xc2\x8b\xf3\nd,x\n";
    assert_eq!(fault(&campaign, rows), ReadError::OtherLetters);
    assert!(ReadError::OtherLetters.help().unwrap().contains("Shift_JIS"));
    // One row that is broken is that row alone.
    let rows = csv(&campaign, "id,company\na,株式\n".bytes().chain(*b"b,\xff\nc,\xff\nd,x\n").collect::<Vec<u8>>());
    assert_eq!(ids(&rows), ["a", "d"]);
}

#[test]
fn nul_is_in_no_text_of_any_format() {
    let campaign = campaign(&[
        ("company", field(Type::Text { format: TextFormat::Plain }, true)),
        ("tags", field(Type::Set { values: texts(&["a"]).into() }, true)),
    ]);
    let text = "{\"id\": \"a\\u0000\"}\n{\"id\": \"b\", \"company\": \"\\u0000\"}\n{\"id\": \"c\", \"tags\": [\"\\u0000\"]}\n{\"id\": \"d\"}";
    let rows = read(Format::Jsonl, &campaign, text);
    assert_eq!(ids(&rows), ["d"]);
    let refused = refusals(&rows);
    let messages: Vec<&str> = refused.iter().map(|row| row.2).collect();
    assert_eq!(messages, ["id", "company", "tags"].map(|key| format!("key `{key}` holds a NUL byte")));
}

#[test]
fn no_instant_is_later_than_the_last() {
    for text in ["9999-12-31T23:59:59", "9999-12-31T23:59:59Z"] {
        let message = cell_of(&field(Type::Datetime, true), text).unwrap_err();
        assert!(
            message.ends_with("which is not a date and time before 9999-12-30 22:00 in UTC, the last that there is"),
            "{message}"
        );
    }
}

#[test]
fn a_refused_row_does_not_take_an_id() {
    let campaign = campaign(&[("n", field(Type::Integer, false))]);
    assert_eq!(ids(&csv(&campaign, "id,n\na,x\na,1\n")), ["a"]);
}

#[test]
fn numbers() {
    let mut whole = field(Type::Integer, true);
    for (text, number) in [("7", 7), ("-7", -7), ("+7", 7), (" 3.0 ", 3), ("0012", 12)] {
        assert_eq!(cell_of(&whole, text), Ok(Some(Value::Int(number))), "{text}");
    }
    for text in ["1,234", "3.5", "3.", "1e3", "１２", "99999999999999999999", "0x10", "--1"] {
        assert!(cell_of(&whole, text).is_err(), "{text}");
    }
    whole.min = Some(1.0);
    assert_eq!(cell_of(&whole, "0").unwrap_err(), "column `x` holds `0`, which is not a whole number of at least 1");
    let mut any = field(Type::Number { money: false }, true);
    any.max = Some(10.0);
    assert_eq!(cell_of(&any, "2.5e0"), Ok(Some(Value::Number(2.5))));
    for text in ["nan", "inf", "1e999", "10.01", ""] {
        assert!(!matches!(cell_of(&any, text), Ok(Some(_))), "{text}");
    }
}

#[test]
fn booleans_in_both_languages() {
    let field = field(Type::Boolean, true);
    for text in ["true", "TRUE", "Yes", "1", "はい"] {
        assert_eq!(cell_of(&field, text), Ok(Some(Value::Bool(true))), "{text}");
    }
    for text in ["false", "No", "0", "いいえ"] {
        assert_eq!(cell_of(&field, text), Ok(Some(Value::Bool(false))), "{text}");
    }
    assert!(cell_of(&field, "maybe").is_err());
}

#[test]
fn dates_and_instants() {
    let day = field(Type::Date, true);
    assert_eq!(cell_of(&day, "1970-01-02"), Ok(Some(Value::Date(1))));
    assert_eq!(cell_of(&day, "1969/12/31"), Ok(Some(Value::Date(-1))));
    assert_eq!(cell_of(&day, "1970/1/2"), Ok(Some(Value::Date(1))));
    for text in ["2026-02-29", "2026-4-1", "26-04-01", "2026-04-01x", "2026/04-01", "0000-00-00"] {
        assert!(cell_of(&day, text).is_err(), "{text}");
    }
    let instant = field(Type::Datetime, true);
    // 2026-04-01 00:00 in Tokyo.
    let base = 1_774_969_200;
    for (text, secs) in [
        ("2026-04-01", base),
        ("2026/04/01 09:30", base + 34_200),
        ("2026/4/1 9:30", base + 34_200),
        ("2026-04-01T09:30:15", base + 34_215),
        ("2026-04-01T00:30:15Z", base + 34_215),
        ("2026-04-01T00:30:15.999Z", base + 34_215),
        ("2026-03-31T19:30:15-05:00", base + 34_215),
    ] {
        assert_eq!(cell_of(&instant, text), Ok(Some(Value::Datetime(secs))), "{text}");
    }
    for text in ["2026-04-01 24:00", "2026-04-01 9:00", "2026-04-01T09:00+9", "2026-04-01 09:00:00.", "tomorrow"] {
        assert!(cell_of(&instant, text).is_err(), "{text}");
    }
}

#[test]
fn local_times_are_those_of_the_lead() {
    let campaign = campaign(&[]);
    // Clocks in New York leave 02:00 to 03:00 out on 2026-03-08, and have 01:00 to 02:00 twice on 2026-11-01.
    let rows = csv(
        &campaign,
        "id,created_at,timezone\na,2026-03-08 02:30,America/New_York\nb,2026-11-01 01:30,america/new_york\n\
         c,2026-01-01,Mars/Olympus\nd,2026-01-01,\n",
    );
    let created = |at: usize| value(&campaign, rows[at].as_ref().unwrap(), "created_at");
    assert_eq!(created(0), Some(Value::Datetime(1_772_953_200)), "03:00 of the new time");
    assert_eq!(created(1), Some(Value::Datetime(1_793_511_000)), "the first 01:30");
    let zone = value(&campaign, rows[1].as_ref().unwrap(), "timezone");
    assert_eq!(zone, Some(Value::Text("America/New_York".to_owned())));
    assert_eq!(
        refusals(&rows),
        [(4, Refusal::UnknownTimezone, "column `timezone` holds `Mars/Olympus`, which is no IANA time zone")]
    );
    assert_eq!(created(3), Some(Value::Datetime(1_767_193_200)));
}

#[test]
fn enums_and_sets_name_the_nearest() {
    let industry = field(Type::Enum { values: texts(&["製造業", "情報通信業"]).into() }, true);
    assert_eq!(cell_of(&industry, "製造業"), Ok(Some(Value::Text("製造業".to_owned()))));
    assert_eq!(
        cell_of(&industry, "製造").unwrap_err(),
        "column `x` holds `製造`, which is not one of the declared values; the nearest is `製造業`"
    );
    assert_eq!(
        cell_of(&industry, "?").unwrap_err(),
        "column `x` holds `?`, which is not one of the declared values `製造業`, `情報通信業`"
    );
    let set = field(Type::Set { values: texts(&["ai", "cloud"]).into() }, true);
    let both = Value::Set(texts(&["ai", "cloud"]).into_iter().collect());
    assert_eq!(cell_of(&set, "cloud; ai"), Ok(Some(both.clone())));
    assert_eq!(cell_of(&set, "ai|cloud|"), Ok(Some(both)));
    assert!(cell_of(&set, "ai;clod").unwrap_err().ends_with("the nearest is `cloud`"));
}

#[test]
fn formats_of_text() {
    let of = |format| field(Type::Text { format }, true);
    let good = [
        (TextFormat::Email, "a.b+c@mail.example.co.jp"),
        (TextFormat::Url, "HTTPS://example.com/a?b#c"),
        (TextFormat::Phone, "+81 (3) 1234-5678"),
        (TextFormat::Country, "jp"),
    ];
    for (format, text) in good {
        assert!(cell_of(&of(format), text).is_ok(), "{text}");
    }
    assert_eq!(cell_of(&of(TextFormat::Country), "jp"), Ok(Some(Value::Text("JP".to_owned()))));
    let bad = [
        (TextFormat::Email, &["a", "a@b", "@b.c", "a@b..c", "a b@c.d", "a@b.c,d@e.f", "a@b@c.d", "a@.c"][..]),
        (TextFormat::Url, &["example.com", "http://", "ftp://x", "http://a b", "日本語日本語"]),
        (TextFormat::Phone, &["12", "call me", "1234567890123456", "+"]),
        (TextFormat::Country, &["JPN", "日本", "1a"]),
    ];
    for (format, texts) in bad {
        for text in texts {
            assert!(cell_of(&of(format), text).is_err(), "{text}");
        }
    }
}

#[test]
fn long_and_odd_texts_are_cut_in_messages() {
    let message = cell_of(&field(Type::Integer, true), &format!("\u{1b}[31m{}", "あ".repeat(60))).unwrap_err();
    assert_eq!(message, format!("column `x` holds `\\u{{1b}}[31m{}…`, which is not a whole number", "あ".repeat(35)));
}

#[test]
fn columns_values_and_absent_texts_are_mapped() {
    let mut campaign = campaign(&[
        ("occupation", field(Type::Enum { values: texts(&["student", "employed"]).into() }, true)),
        ("opted_out", field(Type::Boolean, false)),
        ("interests", field(Type::Set { values: texts(&["ai", "cloud"]).into() }, true)),
    ]);
    let mapping = &mut campaign.settings.leads;
    for (field, column) in [("id", "Prospect ID"), ("occupation", " What is your job "), ("opted_out", "Do Not Email")]
    {
        mapping.columns.insert(field.to_owned(), column.to_owned());
    }
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    let jobs = [("Student", text("student")), ("Working", text("employed")), ("Other", None)];
    mapping.values.insert("occupation".to_owned(), jobs.map(|(cell, value)| (cell.to_owned(), value)).into());
    mapping.values.insert("interests".to_owned(), [("KI".to_owned(), text("ai"))].into());
    mapping.absent = texts(&["Select "]);
    let rows = csv(
        &campaign,
        "Prospect ID,What is your job,Do Not Email,interests\na, Student ,no,KI;cloud\nb,Select,Yes,Select;KI\nc,Other,no,\nd,x,no,\n",
    );
    let of = |at: usize, name: &str| value(&campaign, rows[at].as_ref().unwrap(), name);
    assert_eq!((of(0, "occupation"), of(1, "occupation"), of(2, "occupation")), (text("student"), None, None));
    assert_eq!(of(1, "opted_out"), Some(Value::Bool(true)));
    assert_eq!(of(0, "interests"), Some(Value::Set(texts(&["ai", "cloud"]).into_iter().collect())));
    assert_eq!(of(1, "interests"), Some(Value::Set(texts(&["ai"]).into_iter().collect())));
    assert_eq!(refusals(&rows).len(), 1);
}

#[test]
fn stage_and_scores_can_be_given() {
    let mut campaign = campaign(&[]);
    campaign.lifecycle =
        Some(Lifecycle { stages: texts(&["lead", "mql"]), moves: Vec::new(), origin: Origin::default() });
    let model = Scoring {
        label: None,
        default: true,
        initial: 0,
        min: 0,
        max: 200,
        rules: Vec::new(),
        decay: None,
        origin: Origin::default(),
    };
    campaign.scoring = [("fit".to_owned(), model.clone()), ("interest".to_owned(), model)].into();
    campaign.settings.leads.columns.insert("score.fit".to_owned(), "Points".to_owned());
    let rows = csv(&campaign, "id,stage,Points\na,mql,30\nb,,\nc,sql,1\nd,lead,201\n");
    let lead = rows[0].as_ref().unwrap();
    assert_eq!((lead.stage.as_deref(), lead.scores.as_slice()), (Some("mql"), &[Some(30), None][..]));
    let lead = rows[1].as_ref().unwrap();
    assert_eq!((lead.stage.as_deref(), lead.scores.as_slice()), (None, &[None, None][..]));
    let messages: Vec<&str> = refusals(&rows).iter().map(|row| row.2).collect();
    assert_eq!(
        messages,
        [
            "column `stage` holds `sql`, which is not one of the declared values; the nearest is `mql`",
            "column `Points` holds `201`, which is not a whole number from 0 to 200",
        ]
    );
}

#[test]
fn tells_what_is_wrong_with_the_header() {
    let mut campaign = campaign(&[("employees", field(Type::Integer, false)), ("city", field(Type::Integer, true))]);
    assert_eq!(
        fault(&campaign, "ID,employes\n").to_string(),
        "the leads file lacks required columns: `employees` (did you mean `employes`?), `id` (did you mean `ID`?)"
    );
    assert_eq!(
        fault(&campaign, "Prospect,employees\n").help().unwrap(),
        "if it has another name, say so in `tabiji.yaml`: `columns: {id: \"Name in the file\"}`"
    );
    assert_eq!(fault(&campaign, "id,employees,id\n"), ReadError::DuplicateColumn("id".to_owned()));
    campaign.settings.leads.columns.insert("city".to_owned(), "Town".to_owned());
    let reader = open(Format::Csv, Cursor::new("id,employees,Towns,,x\n"), &campaign).unwrap();
    let warnings: Vec<String> = reader.warnings().iter().map(Warning::to_string).collect();
    assert_eq!(
        warnings,
        [
            "the field `city` is mapped to the column `Town`, which the leads file lacks; did you mean `Towns`?",
            "no field takes the column `Towns`; did you mean `Town`?",
            "a column of the leads file has no name and is not read",
            "no field takes the column `x`",
        ]
    );
}

#[test]
fn other_encodings_are_named() {
    let campaign = campaign(&[]);
    assert_eq!(fault(&campaign, ""), ReadError::Empty);
    assert_eq!(fault(&campaign, "\u{feff}"), ReadError::Empty);
    assert_eq!(fault(&campaign, "\n\r\n"), ReadError::Empty);
    assert_eq!(fault(&campaign, b"\xff\xfei\0d\0"), ReadError::Utf16);
    assert_eq!(fault(&campaign, b"\xfe\xff\0i\0d"), ReadError::Utf16);
    assert_eq!(fault(&campaign, b"i\0d\0"), ReadError::Utf16);
    assert_eq!(fault(&campaign, b"id,\x8e\x96\x96\xbc\n"), ReadError::NotUtf8);
    assert_eq!(fault(&campaign, b"id,a\0b\n"), ReadError::Nul);
    assert_eq!(fault(&campaign, b"id,\"a\nb,c\n"), ReadError::OpenQuote);
    assert_eq!(fault(&campaign, "id;email\n1;a@b.example\n"), ReadError::Separator(';'));
    assert_eq!(fault(&campaign, "id\temail\n"), ReadError::Separator('\t'));
}

#[test]
fn endless_input_is_refused_in_bounded_memory() {
    let campaign = campaign(&[]);
    let endless = |byte: u8| std::io::repeat(byte);
    let fault = |input: Box<dyn Read + Send>| open(Format::Csv, input, &campaign).err().unwrap();
    assert_eq!(fault(Box::new(endless(b'x').take(100 << 20))), ReadError::HeaderTooLong);
    assert_eq!(fault(Box::new(Cursor::new("c,".repeat(1_000_000)))), ReadError::TooManyColumns);
    let long = Cursor::new("id\na\n").chain(endless(b'x').take(3 << 20)).chain(Cursor::new("\nb\n"));
    let rows: Vec<Row> = open(Format::Csv, long, &campaign).unwrap().collect();
    assert_eq!(ids(&rows), ["a", "b"]);
    let message = "the row is longer than 1048576 bytes; perhaps a quote is not closed";
    assert_eq!(refusals(&rows), [(3, Refusal::BadRow, message)]);
    let wide = csv(&campaign, format!("id\n{}\nb\n", ",".repeat(1_000_000)));
    assert_eq!(refusals(&wide), [(2, Refusal::BadRow, "the row has more than 4096 cells")]);
    assert_eq!(ids(&wide), ["b"]);
    let long =
        Cursor::new("{\"id\": \"a\"}\n").chain(endless(b'{').take(3 << 20)).chain(Cursor::new("\n{\"id\": \"b\"}\n"));
    let rows: Vec<Row> = open(Format::Jsonl, long, &campaign).unwrap().collect();
    assert_eq!((ids(&rows), refusals(&rows)[0].0), (vec!["a", "b"], 2));
}

#[test]
fn an_open_quote_does_not_swallow_rows_silently() {
    let rows = csv(&campaign(&[]), "id,email\na,\nb,\"\nc,\nd,\n");
    assert_eq!(ids(&rows), ["a"]);
    let message = "a quote in the row is never closed, so the rest of the file is inside it";
    assert_eq!(refusals(&rows), [(3, Refusal::BadRow, message)]);
}

#[test]
fn a_failing_disk_is_told() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("disk on fire"))
        }
    }
    let campaign = campaign(&[]);
    for (format, text) in [(Format::Csv, "id\na\n"), (Format::Jsonl, "{\"id\": 1}\n")] {
        let mut reader = open(format, Cursor::new(text).chain(Failing), &campaign).unwrap();
        let rows: Vec<Row> = reader.by_ref().collect();
        assert_eq!((rows.len(), reader.broken_off()), (2, Some("disk on fire")));
    }
}

#[test]
fn reads_json_lines() {
    let mut campaign = campaign(&[
        ("n", field(Type::Integer, true)),
        ("ok", field(Type::Boolean, true)),
        ("tags", field(Type::Set { values: texts(&["a", "b"]).into() }, true)),
    ]);
    campaign.settings.leads.columns.insert("n".to_owned(), "Number of employees".to_owned());
    let text = "{\"id\": \"x\", \"Number of employees\": 3.0, \"ok\": true, \"tags\": [\"b\", \"a\"]}\r\n\n\
        {\"id\": 7, \"ok\": null, \"tags\": []}\n\
        {\"id\": \"y\", \"ok\": {\"deep\": 1}}\n{\"id\": \"z\", \"n\": [1], \"Number of employees\": [\"1\"]}\n\
        [1]\n{\"id\": \"z\", \"id\": \"zz\"}\n{\"ok\": true, \"what\": {}}\n{\"id\": \"last\", \"what\": 1}";
    let mut reader = open(Format::Jsonl, Cursor::new(text), &campaign).unwrap();
    let rows: Vec<Row> = reader.by_ref().collect();
    assert_eq!(ids(&rows), ["x", "7", "last"]);
    let first = rows[0].as_ref().unwrap();
    assert_eq!(value(&campaign, first, "n"), Some(Value::Int(3)));
    assert_eq!(value(&campaign, first, "tags"), Some(Value::Set(texts(&["a", "b"]).into_iter().collect())));
    assert_eq!(value(&campaign, rows[1].as_ref().unwrap(), "tags"), Some(Value::Set([].into())));
    let warnings: Vec<String> = reader.warnings().iter().map(Warning::to_string).collect();
    assert_eq!(warnings, ["no field takes the column `n`", "no field takes the column `what`"]);
    insta::assert_debug_snapshot!(refusals(&rows), @r#"
    [
        (
            4,
            BadRow,
            "key `ok` holds an object, and values of leads are not nested",
        ),
        (
            5,
            BadRow,
            "column `Number of employees` holds a list, and `n` is a single value",
        ),
        (
            6,
            BadRow,
            "the line is no JSON object that leads are made of: invalid type: sequence, expected an object at byte 0",
        ),
        (
            7,
            BadRow,
            "the line is no JSON object that leads are made of: the key `id` is there twice at byte 23",
        ),
        (
            8,
            BadRow,
            "every lead needs `id`, and its column `id` is empty",
        ),
    ]
    "#);
}

#[test]
fn unknown_keys_are_bounded() {
    let mut text = String::new();
    for lead in 0..5000 {
        text.push_str(&format!("{{\"id\": {lead}, \"key{lead}\": 1}}\n"));
    }
    let mut reader = open(Format::Jsonl, Cursor::new(text), &campaign(&[])).unwrap();
    assert_eq!(reader.by_ref().filter(Result::is_ok).count(), 5000);
    assert_eq!(reader.warnings().len(), COLUMN_LIMIT + 1);
    assert_eq!(reader.warnings().last(), Some(&Warning::MoreUnknownKeys));
}

#[test]
fn format_by_path() {
    assert_eq!(Format::of_path("a/b.CSV"), Some(Format::Csv));
    assert_eq!(Format::of_path("b.ndjson"), Some(Format::Jsonl));
    assert_eq!(Format::of_path("a.JSONL.GZ"), Some(Format::Jsonl));
    assert_eq!(Format::of_path("a.csv.zst"), Some(Format::Csv));
    assert_eq!((Format::of_path("a.parquet"), Format::of_path("a.ipc")), (Some(Format::Parquet), Some(Format::Arrow)));
    assert_eq!((Format::of_path("csv"), Format::of_path("a.gz"), Format::of_path("a.xlsx")), (None, None, None));
}

#[test]
fn members_of_lists() {
    let read = members("\u{feff}email,name,id\r\nB@X.example,Bo,2\r\na@x.example,,\r\nb@x.example,,1\r\n").unwrap();
    assert_eq!((read.ids, read.emails), (texts(&["1", "2"]), texts(&["a@x.example", "b@x.example"])));
    for (text, message) in [
        ("", "the list is empty: not even a header is in it"),
        ("\nname\nx\n", "line 2: the header has neither `id` nor `email`"),
        ("id,email\n1,x\n", "line 2: `x` is not an e-mail address"),
        ("id\n1\n2,3\n", "line 3: the row has 2 cells, and the header has 1"),
        ("id,x\n1,\n,y\n", "line 3: the row names no member"),
        ("id\n\"1\n", "line 2: a quote in the row is never closed, so the rest of the file is inside it"),
    ] {
        assert_eq!(members(text).unwrap_err(), message);
    }
}

/// Records as the `csv` crate takes them apart.
fn oracle(text: &str) -> Vec<Vec<String>> {
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn records(text: &str) -> (Vec<Vec<String>>, bool) {
    let Ok(input) = bytes::start(Box::new(Cursor::new(text.to_owned().into_bytes()))) else {
        return Default::default();
    };
    let (mut records, mut record) = (record::Records::new(input), record::Record::default());
    let (mut all, mut open) = (Vec::new(), false);
    while records.read(&mut record).unwrap() {
        all.push(record.cells().map(|cell| String::from_utf8(cell.to_vec()).unwrap()).collect());
        open |= record.fault == Some(record::RecordFault::OpenQuote);
    }
    (all, open)
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let campaign = campaign(&[("n", field(Type::Integer, true))]);
        for format in [Format::Csv, Format::Jsonl] {
            for head in ["", "id,n,created_at,timezone,email\n", "{\"id\":"] {
                let input = Cursor::new(head.as_bytes().to_vec()).chain(Cursor::new(bytes.clone()));
                if let Ok(reader) = open(format, input, &campaign) {
                    let _ = reader.count();
                }
            }
        }
        let _ = members(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_cells_are_read_without_a_panic(text in "[-+0-9TZ:./ ;|@a-z\u{3000}年\"]{0,30}") {
        let formats = [TextFormat::Plain, TextFormat::Email, TextFormat::Url, TextFormat::Phone, TextFormat::Country];
        let mut types: Vec<Type> = formats.into_iter().map(|format| Type::Text { format }).collect();
        types.extend([Type::Integer, Type::Number { money: true }, Type::Boolean, Type::Date, Type::Datetime]);
        types.push(Type::Set { values: texts(&["a"]).into() });
        for ty in types {
            let _ = cell_of(&field(ty, true), &text);
        }
    }

    #[test]
    fn takes_records_apart_like_the_csv_crate(text in "[a\",\n\r\u{3000}]{0,40}") {
        let (found, open) = records(&text);
        let mut expected = oracle(&text);
        if open {
            prop_assert_eq!(found.len(), expected.len());
        } else {
            prop_assert_eq!(found, std::mem::take(&mut expected));
        }
    }
}
