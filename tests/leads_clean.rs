//! `tabiji leads clean`, held against files that a person has read.
//!
//! `TABIJI_BLESS=1 cargo test --test leads_clean` writes them anew.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const CONCEPT: &str = "tests/concepts/21-data-cleansing";

fn tabiji(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tabiji"));
    command.args(arguments).current_dir(folder).env("NO_COLOR", "1").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A copy of the concept's project.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in ["tabiji.yaml", "dirty.csv", "leads.csv"] {
        fs::copy(Path::new(CONCEPT).join(file), folder.path().join(file)).unwrap();
    }
    folder
}

fn is_as_before(name: &str, now: &str) {
    let file = Path::new(CONCEPT).join(name);
    if std::env::var_os("TABIJI_BLESS").is_some() {
        fs::write(&file, now).unwrap();
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), now, "{name}");
}

#[test]
fn a_dirty_file_comes_out_as_expected() {
    let folder = project();
    let before = fs::read(folder.path().join("dirty.csv")).unwrap();
    let ran =
        tabiji(folder.path(), &["leads", "clean", "dirty.csv", "--output", "clean.csv", "--report", "changes.csv"]);
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    is_as_before("clean.stdout", &text(&ran.stdout));
    is_as_before("leads.csv", &fs::read_to_string(folder.path().join("clean.csv")).unwrap());
    is_as_before("changes.csv", &fs::read_to_string(folder.path().join("changes.csv")).unwrap());
    assert_eq!(fs::read(folder.path().join("dirty.csv")).unwrap(), before, "the input is untouched");
}

#[test]
fn a_clean_file_comes_out_as_it_went_in() {
    let folder = project();
    let ran = tabiji(folder.path(), &["leads", "clean", "--output", "again.csv"]);
    assert!(ran.status.success());
    assert_eq!(
        fs::read_to_string(folder.path().join("again.csv")).unwrap(),
        fs::read_to_string(folder.path().join("leads.csv")).unwrap()
    );
}

#[test]
fn rows_are_never_lost() {
    let folder = project();
    let ran = tabiji(folder.path(), &["leads", "clean", "dirty.csv", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    let rows = |key: &str| report["rows"][key].as_u64().unwrap();
    assert_eq!(rows("read"), rows("written") + rows("joined") + rows("refused"));
    assert_eq!((rows("read"), rows("written"), rows("joined"), rows("refused")), (10, 6, 2, 2));
    assert_eq!(report["refused_rows"][1]["reason"], "unreadable");
    assert_eq!(report["duplicates"]["groups"][0]["others"][1]["key"], "company + phone");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "without --output nothing is written");
}

#[test]
fn the_change_log_is_json_lines_where_its_name_says_so() {
    let folder = project();
    let ran = tabiji(folder.path(), &["leads", "clean", "dirty.csv", "--report", "changes.jsonl"]);
    assert!(ran.status.success());
    let log = fs::read_to_string(folder.path().join("changes.jsonl")).unwrap();
    let first: serde_json::Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
    let expected = serde_json::json!({
        "line": 2, "what": "changed", "field": "company", "rule": "company",
        "before": "㈱青空", "after": "株式会社青空", "message": "",
    });
    assert_eq!(first, expected);
    assert_eq!(
        log.lines().count(),
        fs::read_to_string(Path::new(CONCEPT).join("changes.csv")).unwrap().lines().count() - 1
    );
}

#[test]
fn the_standard_input_is_cleaned_as_a_file_is() {
    use std::io::Write as _;
    let folder = project();
    let mut child = Command::new(env!("CARGO_BIN_EXE_tabiji"))
        .args(["leads", "clean", "-", "--output", "clean.jsonl"])
        .current_dir(folder.path())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let row =
        r#"{"id": "1", "company": "㈱青空", "employees": "５", "interests": ["ai", "ｸﾗｳﾄﾞ"], "extra": {"a": [1]}}"#;
    child.stdin.take().unwrap().write_all(row.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    let line: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("clean.jsonl")).unwrap()).unwrap();
    let expected = serde_json::json!({
        "id": "1", "company": "株式会社青空", "employees": 5, "interests": ["AI", "クラウド"], "extra": {"a": [1]},
    });
    assert_eq!(line, expected);
}

#[test]
fn nothing_is_written_over_the_input() {
    let folder = project();
    fs::create_dir(folder.path().join("sub")).unwrap();
    for output in ["dirty.csv", "./dirty.csv", "sub/../dirty.csv"] {
        let ran = tabiji(folder.path(), &["leads", "clean", "dirty.csv", "--output", output]);
        assert_eq!(ran.status.code(), Some(2), "{output}");
        assert!(text(&ran.stderr).contains("would be overwritten"), "{}", text(&ran.stderr));
    }
    let both = tabiji(folder.path(), &["leads", "clean", "dirty.csv", "--output", "a.csv", "--report", "a.csv"]);
    assert_eq!(both.status.code(), Some(2));
    let odd = tabiji(folder.path(), &["leads", "clean", "dirty.csv", "--output", "a.xlsx"]);
    assert!(text(&odd.stderr).contains("does not end in .csv, .jsonl or .ndjson"));
}

/// Runs a command in the project and gives what it printed.
fn printed(folder: &Path, arguments: &[&str]) -> String {
    let ran = tabiji(folder, arguments);
    assert!(ran.status.success(), "{arguments:?}: {}", text(&ran.stderr));
    text(&ran.stdout)
}

#[test]
fn dirt_is_cleaned_away() {
    let folder = project();
    for (seed, ending) in [("1", "csv"), ("2", "csv"), ("3", "jsonl")] {
        let [made, dirty, clean] = ["made", "dirty", "clean"].map(|name| format!("{name}.{ending}"));
        printed(folder.path(), &["leads", "generate", "400", "--seed", seed, "--output", &made]);
        let said =
            printed(folder.path(), &["leads", "generate", "400", "--seed", seed, "--dirty", "60", "--output", &dirty]);
        assert!(said.contains("cells are dirty"), "{said}");
        printed(folder.path(), &["leads", "clean", &dirty, "--output", &clean]);
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_ne!(read(&made), read(&dirty));
        assert!(read(&made) == read(&clean), "seed {seed}");
        assert!(read(&dirty).lines().count() > 420, "some leads have two rows");
    }
}

#[test]
fn leads_are_made_up_on_the_standard_output_too() {
    let folder = project();
    let csv = printed(folder.path(), &["leads", "generate", "3"]);
    assert!(csv.starts_with("id,email,company,"), "{csv}");
    assert_eq!(csv, printed(folder.path(), &["leads", "generate", "3"]), "the same each time");
    let jsonl = printed(folder.path(), &["leads", "generate", "3", "--format", "jsonl"]);
    let first: serde_json::Value = serde_json::from_str(jsonl.lines().next().unwrap()).unwrap();
    assert_eq!((&first["id"], &first["phone"]), (&"lead-000001".into(), &"+81300000001".into()));
    let dirty = tabiji(folder.path(), &["leads", "generate", "3", "--dirty", "5", "--output", "a.parquet"]);
    assert!(text(&dirty.stderr).contains("take no dirt"), "{}", text(&dirty.stderr));
    printed(folder.path(), &["leads", "generate", "3", "--output", "a.parquet"]);
    assert!(fs::read(folder.path().join("a.parquet")).unwrap().starts_with(b"PAR1"));
}

#[test]
fn figures_about_leads_are_as_before() {
    let folder = project();
    is_as_before("stats.stdout", &printed(folder.path(), &["leads", "stats"]));
    let json: serde_json::Value =
        serde_json::from_str(&printed(folder.path(), &["leads", "stats", "--format", "json"])).unwrap();
    let employees = json["fields"].as_array().unwrap().iter().find(|field| field["field"] == "employees").unwrap();
    // 1200, 80, 5, 12000 and 300.
    let expected = serde_json::json!({
        "min": 5, "p25": 80, "median": 300, "p75": 1200, "p95": 12000, "max": 12000, "mean": 2717.0, "exact": true,
    });
    assert_eq!(
        (&employees["present"], &employees["absent"], &employees["measures"]),
        (&5.into(), &1.into(), &expected)
    );
}
