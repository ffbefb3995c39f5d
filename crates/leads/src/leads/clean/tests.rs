//! Cleaning as a whole: against brute force, and what holds for any file.

use std::collections::BTreeSet;
use std::io::{Cursor, Write};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::*;
use crate::ir::cleaning::{BadValue, Merge, Normalization};
use crate::ir::value::TextFormat;
use crate::ir::{Field, Type, Value, builtin};
use crate::leads::WriteFormat;
use crate::text::Origin;

/// Bytes that a writer leaves behind.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Ran {
    cleaned: Cleaned,
    log: Vec<Entry>,
    bytes: Vec<u8>,
}

fn run(campaign: &Campaign, format: Format, input: &[u8], to: WriteFormat) -> Result<Ran, CleanError> {
    let (shared, bytes) = (Shared::default(), input.to_vec());
    let open = || Ok(Incoming::of_read(Cursor::new(bytes.clone())));
    let mut log = Vec::new();
    let target = Target { format: to, out: Box::new(shared.clone()) };
    let cleaned = clean(&Input { format: Some(format), open: &open }, campaign, Some(target), &mut |entry| {
        log.push(entry.clone());
        Ok(())
    })?;
    let bytes = shared.0.lock().unwrap().clone();
    Ok(Ran { cleaned, log, bytes })
}

fn csv(campaign: &Campaign, input: &str) -> (String, Ran) {
    let ran = run(campaign, Format::Csv, input.as_bytes(), WriteFormat::Csv).unwrap();
    (String::from_utf8(ran.bytes.clone()).unwrap(), ran)
}

fn field(ty: Type, optional: bool) -> Field {
    Field { ty, min: None, max: None, optional, label: None, builtin: false, origin: Origin::default() }
}

fn text(format: TextFormat) -> Type {
    Type::Text { format }
}

/// A field of every type.
fn campaign() -> Campaign {
    let mut campaign = Campaign { fields: builtin::fields(), ..Campaign::default() };
    campaign.settings.timezone = "Asia/Tokyo".to_owned();
    campaign.settings.locale = Some("ja-JP".to_owned());
    let values: Arc<[String]> = ["製造業", "ＩＴ", "retail"].map(str::to_owned).into();
    let fields = [
        ("company", text(TextFormat::Plain)),
        ("phone", text(TextFormat::Phone)),
        ("site", text(TextFormat::Url)),
        ("country", text(TextFormat::Country)),
        ("employees", Type::Integer),
        ("budget", Type::Number { money: true }),
        ("wants", Type::Boolean),
        ("born", Type::Date),
        ("industry", Type::Enum { values: values.clone() }),
        ("interests", Type::Set { values }),
    ];
    campaign.fields.extend(fields.map(|(name, ty)| (name.to_owned(), field(ty, true))));
    campaign
}

#[test]
fn rows_join_by_way_of_each_other() {
    let mut campaign = campaign();
    let mut cleaning = Cleaning::of(&campaign);
    cleaning.keys.push(vec!["phone".to_owned()]);
    campaign.cleaning = Some(cleaning);
    let input = "id,email,phone,memo\na,x@a.example,,1\nb,y@a.example,03-1234-5678,2\nc,X@A.example,03(1234)5678,\nd,,,4\ne,,,5\n";
    let (out, ran) = csv(&campaign, input);
    assert_eq!(out, "id,email,phone,memo\na,X@a.example,+81312345678,2\nd,,,4\ne,,,5\n");
    let joined: Vec<(u64, &str)> = ran
        .log
        .iter()
        .filter(|entry| entry.what == What::Joined)
        .map(|entry| (entry.line, entry.rule.as_str()))
        .collect();
    // Line 3 is known to be line 2 only once line 4 has come.
    assert_eq!(joined, [(3, "phone"), (4, "email")]);
}

#[test]
fn a_merged_lead_may_agree_with_a_further_one() {
    let mut campaign = campaign();
    let mut cleaning = Cleaning::of(&campaign);
    cleaning.keys.push(vec!["company".to_owned(), "phone".to_owned()]);
    campaign.cleaning = Some(cleaning);
    // The company of line 3 and the number of line 2 together are those of line 4.
    let input = "id,email,company,phone\na,x@a.example,,03-1234-5678\nb,x@a.example,㈱青空,\nc,,(株) 青空,0312345678\n";
    let (out, ran) = csv(&campaign, input);
    assert_eq!(out, "id,email,company,phone\na,x@a.example,(株) 青空,+81312345678\n");
    assert_eq!((ran.cleaned.read, ran.cleaned.written, ran.cleaned.joined), (3, 1, 2));
    assert_eq!(ran.cleaned.joined_by.get("company + phone"), Some(&1));
}

#[test]
fn an_id_is_one_person_and_the_oldest_one_stays() {
    let campaign = campaign();
    let input = "id,email,created_at\nn,a@x.example,2026-03-01\no,a@x.example,2026-01-01\nn,,\n";
    let (out, _) = csv(&campaign, input);
    assert_eq!(out, "id,email,created_at\nn,a@x.example,2026-01-01\n");
    // The last row has no date, and so is the oldest.
    let (out, _) = csv(&campaign, "id,email,created_at\nn,a@x.example,2026-03-01\no,a@x.example,2026-01-01\n");
    assert_eq!(out, "id,email,created_at\no,a@x.example,2026-01-01\n");
}

#[test]
fn countries_of_leads_go_before_that_of_the_project() {
    let (out, _) = csv(&campaign(), "id,phone,country\na,020 7946 0000,英国\nb,03-1234-5678,\nc,03-1234-5678,ZZ\n");
    assert_eq!(out, "id,phone,country\na,+442079460000,GB\nb,+81312345678,\nc,03-1234-5678,ZZ\n");
}

#[test]
fn settings_go_before_normalisations() {
    let mut campaign = campaign();
    let leads = &mut campaign.settings.leads;
    leads.absent = vec!["Select".to_owned()];
    leads.columns.insert("industry".to_owned(), "業種".to_owned());
    leads.values.insert("wants".to_owned(), [("要".to_owned(), Some(Value::Bool(true)))].into());
    let (out, ran) =
        csv(&campaign, "id,業種,wants,memo\na,it,要,Ｓｅｌｅｃｔ\nb,Ｓｅｌｅｃｔ,はい,　x　\nc,Select,?,\n");
    assert_eq!(out, "id,業種,wants,memo\na,ＩＴ,要,Ｓｅｌｅｃｔ\nb,,true,　x　\nc,,,\n");
    let what = |line: u64| {
        ran.log.iter().filter(|entry| entry.line == line).map(|entry| entry.rule.as_str()).collect::<Vec<_>>()
    };
    assert_eq!((what(2), what(3), what(4)), (vec!["choice"], vec!["blank", "boolean"], vec!["absent", "blank"]));
}

#[test]
fn bad_values_go_the_way_their_field_says() {
    let mut campaign = campaign();
    if let Some(field) = campaign.fields.get_mut("company") {
        field.optional = false;
    }
    let mut cleaning = Cleaning::of(&campaign);
    cleaning.fields.get_mut("employees").unwrap().bad = BadValue::Keep;
    cleaning.fields.get_mut("born").unwrap().bad = BadValue::Refuse;
    cleaning.fields.get_mut("industry").unwrap().normalize = Vec::new();
    campaign.cleaning = Some(cleaning);
    let input = "id,company,employees,born,industry\na,A, 多数 ,,retail \nb,,1,,\nc,C,1,4/1/2026,\nd,D,1,,RETAIL\n";
    let (out, ran) = csv(&campaign, input);
    assert_eq!(out, "id,company,employees,born,industry\na,A, 多数 ,,retail \nd,D,1,,\n");
    let refused: Vec<_> =
        ran.cleaned.first_refused.iter().map(|row| (row.line, row.reason, row.field.as_str())).collect();
    assert_eq!(refused, [(3, CleanRefusal::Missing, "company"), (4, CleanRefusal::BadValue, "born")]);
}

#[test]
fn what_is_no_file_of_leads_is_said() {
    let campaign = campaign();
    let fault = |input: &str| run(&campaign, Format::Csv, input.as_bytes(), WriteFormat::Csv).err().unwrap();
    assert!(matches!(fault(""), CleanError::Read(ReadError::Empty)));
    assert!(matches!(fault("name\nx\n"), CleanError::Read(ReadError::MissingColumns(_))));
    let (out, ran) = csv(&campaign, "id\na\n\"b\n");
    assert_eq!((out.as_str(), ran.cleaned.refused.get(&CleanRefusal::Unreadable)), ("id\na\n", Some(&1)));
}

#[test]
fn a_file_that_changes_meanwhile_is_refused() {
    let campaign = campaign();
    let times = std::cell::Cell::new(0);
    let open = || {
        times.set(times.get() + 1);
        let text = if times.get() == 1 { "id\na\n" } else { "id\na\nb\n" };
        Ok(Incoming::of_read(Cursor::new(text.as_bytes().to_vec())))
    };
    let ended = clean(&Input { format: Some(Format::Csv), open: &open }, &campaign, None, &mut |_| Ok(()));
    assert!(matches!(ended, Err(CleanError::Moved)));
}

#[test]
fn parquet_holds_typed_columns() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field as Cell;
    let input = "id,employees,budget,wants,born,created_at,interests,memo,memo\n\
                 a,１０,1.5万,はい,R8.4.1,2026-04-01 09:00,it;製造業,①,x\n\
                 b,,,,,,,,y\n";
    let ran = run(&campaign(), Format::Csv, input.as_bytes(), WriteFormat::Parquet).unwrap();
    let reader = SerializedFileReader::new(file_of(&ran.bytes)).unwrap();
    assert_eq!(reader.metadata().file_metadata().num_rows(), 2);
    let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(|row| row.unwrap().into_columns()).collect();
    let shown: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|(name, cell)| format!("{name}={cell}")).collect()).collect();
    let kinds: Vec<bool> = vec![
        matches!(rows[0][1].1, Cell::Long(10)),
        matches!(rows[0][2].1, Cell::Double(15000.0)),
        matches!(rows[0][3].1, Cell::Bool(true)),
        matches!(rows[0][4].1, Cell::Date(20544)),
        matches!(rows[0][5].1, Cell::TimestampMillis(1_775_001_600_000)),
        matches!(&rows[0][6].1, Cell::ListInternal(list) if list.len() == 2),
    ];
    assert_eq!(kinds, [true; 6], "{shown:?}");
    assert_eq!((shown[0][7].as_str(), shown[0][8].as_str()), ("memo=\"①\"", "memo_2=\"x\""));
    assert!(rows[1][1..8].iter().all(|(_, cell)| *cell == Cell::Null), "{shown:?}");
}

fn file_of(bytes: &[u8]) -> std::fs::File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

/// Text out of what trips cleaning up.
fn trouble() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "",
        " ",
        "　",
        "a",
        "Ａ",
        "ｶﾞ",
        "ﾞ",
        "\u{3099}",
        "か",
        "\u{FA10}",
        "㈱",
        "(株)",
        "（株）",
        "青空",
        "①",
        "～",
        "-",
        "−",
        "ー",
        "@",
        "＠",
        ".",
        "，",
        ",",
        "1",
        "１",
        "200",
        "2026",
        "年",
        "4月",
        "1日",
        "/",
        "R8.",
        "令和",
        "08",
        "+81",
        "03",
        "1234",
        "5678",
        "内線",
        "true",
        "はい",
        "it",
        "製造業",
        "ＩＴ",
        ";",
        "|",
        "JP",
        "日本",
        "http://",
        "X.",
        "example.jp",
        "gmial.com",
        "万",
        "円",
        "¥",
        "\u{200B}",
        "İ",
        "ß",
        "\t",
        "<",
        ">",
        "mailto:",
        "\"",
        "x@y.example",
        "ΐ",
        "Å",
        "〒",
    ]);
    prop::collection::vec(parts, 0..5).prop_map(|parts| parts.concat())
}

const COLUMNS: [&str; 15] = [
    "id",
    "email",
    "created_at",
    "timezone",
    "company",
    "phone",
    "site",
    "country",
    "employees",
    "budget",
    "wants",
    "born",
    "industry",
    "interests",
    "memo",
];

fn file() -> impl Strategy<Value = String> {
    let row = prop::collection::vec(trouble(), COLUMNS.len());
    prop::collection::vec((0..6_u8, row), 1..8).prop_map(|rows| {
        let mut text = crate::leads::csv_row(COLUMNS.into_iter());
        for (id, mut row) in rows {
            row[0] = format!("{id}{}", row[0]);
            text.push_str(&crate::leads::csv_row(row.iter().map(String::as_str)));
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Cleaning a clean file changes nothing and loses nobody, and a simulation can read all of it.
    #[test]
    fn cleaning_twice_is_cleaning_once(input in file(), all in any::<bool>()) {
        let mut campaign = campaign();
        let mut cleaning = Cleaning::of(&campaign);
        cleaning.keys.push(vec!["company".to_owned(), "phone".to_owned()]);
        cleaning.correct_domains = all;
        if all {
            let company = &mut cleaning.fields.get_mut("company").unwrap().normalize;
            company.extend([Normalization::Upper, Normalization::Katakana, Normalization::Company, Normalization::Date]);
            company.sort_unstable();
        }
        campaign.cleaning = Some(cleaning);
        let (once, first) = csv(&campaign, &input);
        let Cleaned { read, written, joined, .. } = first.cleaned;
        prop_assert_eq!(read, written + joined + first.cleaned.refused_total());
        let (twice, second) = csv(&campaign, &once);
        prop_assert_eq!(&once, &twice);
        let said: Vec<&Entry> = second.log.iter().filter(|entry| !matches!(entry.what, What::Suggested | What::Noted)).collect();
        prop_assert!(said.is_empty(), "{:?}", said);
        let rows: Vec<_> = crate::leads::open(Format::Csv, Cursor::new(once.clone().into_bytes()), &campaign).unwrap().collect();
        prop_assert!(rows.iter().all(Result::is_ok), "{:?}", rows);
        prop_assert_eq!(rows.len() as u64, written);
        // The same leads as JSON Lines are clean as well.
        let lines = run(&campaign, Format::Csv, once.as_bytes(), WriteFormat::Jsonl).unwrap();
        let again = run(&campaign, Format::Jsonl, &lines.bytes, WriteFormat::Jsonl).unwrap();
        prop_assert_eq!(String::from_utf8(lines.bytes).unwrap(), String::from_utf8(again.bytes).unwrap());
    }

    /// Rows, and what the merge rules make of them, worked out by comparing everything with everything.
    #[test]
    fn duplicates_are_those_of_brute_force(
        rows in prop::collection::vec((0..8_u8, 0..6_u8, 0..4_u8, 0..4_u8, 0..4_u8, 0..8_u8), 0..14)
    ) {
        let rows: Vec<Simple> = rows.into_iter().map(Simple::of).collect();
        let mut campaign = campaign();
        let mut cleaning = Cleaning::of(&campaign);
        cleaning.keys = vec![vec!["email".to_owned()], vec!["company".to_owned(), "phone".to_owned()]];
        cleaning.newest_by = "employees".to_owned();
        cleaning.fields.get_mut("company").unwrap().merge = Merge::Longest;
        cleaning.fields.get_mut("phone").unwrap().merge = Merge::Oldest;
        cleaning.fields.get_mut("employees").unwrap().merge = Merge::Max;
        campaign.cleaning = Some(cleaning);
        let mut input = "id,email,company,phone,employees,interests\n".to_owned();
        rows.iter().for_each(|row| input.push_str(&row.line()));
        let (out, _) = csv(&campaign, &input);
        let mut expected = "id,email,company,phone,employees,interests\n".to_owned();
        brute_force(&rows).iter().for_each(|row| expected.push_str(&row.line()));
        prop_assert_eq!(out, expected);
    }
}

/// A row with clean values.
#[derive(Clone, Debug, Default, PartialEq)]
struct Simple {
    id: String,
    email: String,
    company: String,
    phone: String,
    seen: Option<i64>,
    interests: BTreeSet<String>,
}

impl Simple {
    fn of((id, email, company, phone, seen, interests): (u8, u8, u8, u8, u8, u8)) -> Simple {
        let some = |n: u8, text: String| if n == 0 { String::new() } else { text };
        let all = ["retail", "製造業", "ＩＴ"];
        Simple {
            id: format!("id{id}"),
            email: some(email, format!("{email}@x.example")),
            company: some(company, "c".repeat(usize::from(company))),
            phone: some(phone, format!("+8131234567{phone}")),
            seen: (seen > 0).then_some(i64::from(seen)),
            interests: (0..3)
                .filter(|bit| interests & (1 << bit) != 0)
                .map(|bit| all[bit as usize].to_owned())
                .collect(),
        }
    }

    fn line(&self) -> String {
        let interests = self.interests.iter().map(String::as_str).collect::<Vec<_>>().join(";");
        let seen = self.seen.map_or(String::new(), |seen| seen.to_string());
        format!("{},{},{},{},{seen},{interests}\n", self.id, self.email, self.company, self.phone)
    }

    fn keys(&self) -> Vec<String> {
        let mut keys = vec![format!("id {}", self.id)];
        if !self.email.is_empty() {
            keys.push(format!("email {}", self.email));
        }
        if !self.company.is_empty() && !self.phone.is_empty() {
            keys.push(format!("both {} {}", self.company, self.phone));
        }
        keys
    }
}

fn brute_force(rows: &[Simple]) -> Vec<Simple> {
    let mut groups: Vec<(Vec<usize>, BTreeSet<String>)> =
        rows.iter().enumerate().map(|(at, row)| (vec![at], row.keys().into_iter().collect())).collect();
    loop {
        let pair = (0..groups.len())
            .flat_map(|a| (a + 1..groups.len()).map(move |b| (a, b)))
            .find(|(a, b)| !groups[*a].1.is_disjoint(&groups[*b].1));
        if let Some((a, b)) = pair {
            let (members, keys) = groups.remove(b);
            groups[a].0.extend(members);
            groups[a].1.extend(keys);
            continue;
        }
        let before: usize = groups.iter().map(|(_, keys)| keys.len()).sum();
        for (members, keys) in &mut groups {
            members.sort_unstable();
            keys.extend(merged(rows, members).keys());
        }
        if groups.iter().map(|(_, keys)| keys.len()).sum::<usize>() == before {
            groups.sort_by_key(|(members, _)| members[0]);
            return groups.iter().map(|(members, _)| merged(rows, members)).collect();
        }
    }
}

fn merged(rows: &[Simple], members: &[usize]) -> Simple {
    let mut by_age = members.to_vec();
    by_age.sort_by_key(|at| (rows[*at].seen, *at));
    let newest = |of: fn(&Simple) -> &String| {
        by_age.iter().rev().map(|at| of(&rows[*at])).find(|text| !text.is_empty()).cloned().unwrap_or_default()
    };
    let oldest = |of: fn(&Simple) -> &String| {
        by_age.iter().map(|at| of(&rows[*at])).find(|text| !text.is_empty()).cloned().unwrap_or_default()
    };
    let mut company = String::new();
    for at in members {
        if rows[*at].company.len() > company.len() {
            company.clone_from(&rows[*at].company);
        }
    }
    Simple {
        id: oldest(|row| &row.id),
        email: newest(|row| &row.email),
        company,
        phone: oldest(|row| &row.phone),
        seen: members.iter().filter_map(|at| rows[*at].seen).max(),
        interests: members.iter().flat_map(|at| rows[*at].interests.clone()).collect(),
    }
}
