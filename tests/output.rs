//! Reports in files and on the standard output, in all formats.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn tabiji(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tabiji"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .current_dir(folder)
        .output()
        .unwrap()
}

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    folder.to_str().unwrap().to_owned()
}

fn json(bytes: &[u8]) -> serde_json::Value {
    serde_json::from_slice(bytes).unwrap()
}

#[test]
fn one_run_writes_all_formats() {
    let folder = tempfile::tempdir().unwrap();
    let path = fixture("faulty");
    let targets = ["text=a.txt", "json=a.json", "sarif=a.sarif", "github=a.github"];
    let outputs = targets.iter().flat_map(|target| ["--output", target]);
    let arguments: Vec<&str> = ["check", &path, "--format", "json"].into_iter().chain(outputs).collect();
    let output = tabiji(&arguments, folder.path());
    assert_eq!(output.status.code(), Some(1));
    let mut names: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    assert_eq!(names, ["a.github", "a.json", "a.sarif", "a.txt"].map(|name| folder.path().join(name)));
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    assert_eq!(read("a.json"), output.stdout);
    let report = json(&output.stdout);
    assert_eq!(report["status"], "findings");
    assert_eq!(report["summary"], serde_json::json!({"errors": 3, "warnings": 1, "files": 2}));
    let results = json(&read("a.sarif"))["runs"][0]["results"].as_array().unwrap().len();
    assert_eq!(results, report["findings"].as_array().unwrap().len());
    assert_eq!(String::from_utf8(read("a.github")).unwrap().lines().count(), results);
    assert!(String::from_utf8(read("a.txt")).unwrap().ends_with("3 errors, 1 warning in 2 files\n"));
}

#[test]
#[cfg(unix)]
fn reports_can_be_read_by_others() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("plain"), "").unwrap();
    tabiji(&["check", &fixture("warned"), "--output", "json=report"], folder.path());
    let mode = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("report"), mode("plain"));
}

#[test]
fn a_report_that_cannot_be_written_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    for target in ["json=no/such/folder/report.json", "json=."] {
        let output = tabiji(&["check", &fixture("warned"), "--output", target], folder.path());
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8(output.stderr).unwrap().starts_with("error: cannot write `"));
    }
}

#[test]
fn json_stays_json_when_a_run_fails() {
    let folder = tempfile::tempdir().unwrap();
    for (path, exit) in [(fixture("faulty"), 1), ("nowhere".to_owned(), 3)] {
        for command in ["plan", "simulate"] {
            let output = tabiji(&[command, &path, "--format", "json"], folder.path());
            assert_eq!(output.status.code(), Some(exit), "{command} {path}");
            assert_eq!(json(&output.stdout)["status"], "error", "{command} {path}");
            assert!(!output.stderr.is_empty());
        }
    }
}

#[test]
fn a_plan_is_json_of_its_own_kind() {
    let folder = tempfile::tempdir().unwrap();
    let output = tabiji(&["plan", &fixture("warned"), "--format", "json", "--output", "json=p.json"], folder.path());
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(std::fs::read(folder.path().join("p.json")).unwrap(), output.stdout);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(tabiji::plan::Plan::from_json(&text).unwrap().campaign.settings.project, "warned");
}

#[test]
fn fingerprints_survive_lines_above() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("tabiji.yaml");
    let text = std::fs::read_to_string(Path::new(&fixture("warned")).join("tabiji.yaml")).unwrap();
    let mut found = Vec::new();
    for text in [text.clone(), format!("# a line\n\n{text}")] {
        std::fs::write(&place, text).unwrap();
        let report = json(&tabiji(&["check", "--format", "json"], folder.path()).stdout);
        let finding = &report["findings"][0];
        found.push((finding["fingerprint"].clone(), finding["line"].as_u64().unwrap()));
    }
    assert_eq!(found[0].0, found[1].0);
    assert_eq!(found[0].1 + 2, found[1].1);
}
