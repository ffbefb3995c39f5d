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

#[test]
fn no_report_of_a_former_run_stays_when_a_run_fails() {
    let folder = tempfile::tempdir().unwrap();
    let rows: [(&[&str], &str, &str); 15] = [
        (&["simulate", "FAULTY"], "json", "\"status\": \"error\""),
        (&["simulate", "FAULTY"], "text", "error["),
        (&["simulate", "FAULTY"], "csv", "error\n"),
        (&["simulate", "FAULTY"], "markdown", "## tabiji: there is no report"),
        (&["simulate", "FAULTY", "--runs", "3"], "json", "\"status\": \"error\""),
        (&["plan", "FAULTY"], "json", "\"status\": \"error\""),
        (&["plan", "WARNED", "--against", "nowhere/"], "json", "\"format_version\": 2"),
        (&["test", "FAULTY"], "json", "\"status\": \"error\""),
        (&["test", "FAULTY"], "junit", "errors=\"1\""),
        (&["diff", "nowhere/", "--project", "WARNED"], "json", "\"format_version\": 2"),
        (&["leads", "stats", "no.csv", "--project", "WARNED"], "json", "no.csv"),
        (&["fit", "FAULTY"], "yaml", "# error["),
        (&["fit", "value", "no.csv"], "csv", "error\n"),
        (&["check", "nowhere"], "sarif", "\"executionSuccessful\": false"),
        (&["domains", "FAULTY", "--zone", "no.zone"], "sarif", "TJ0"),
    ];
    for (arguments, format, says) in rows {
        std::fs::write(folder.path().join("report"), "all is well").unwrap();
        let of = |word: &&str| match *word {
            "FAULTY" => fixture("faulty"),
            "WARNED" => fixture("warned"),
            word => word.to_owned(),
        };
        let mut arguments: Vec<String> = arguments.iter().map(of).collect();
        arguments.extend(["--output".to_owned(), format!("{format}=report")]);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = tabiji(&arguments, folder.path());
        assert_ne!(output.status.code(), Some(0), "{arguments:?}");
        let report = std::fs::read_to_string(folder.path().join("report")).unwrap();
        assert!(report.contains(says), "{arguments:?}: {report}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn no_page_of_a_former_run_stays_when_a_run_fails() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("report.html");
    for more in [&[][..], &["--runs", "3"]] {
        std::fs::write(&page, "all is well").unwrap();
        let faulty = fixture("faulty");
        let arguments = [&["simulate", &faulty, "--report", "report.html"], more].concat();
        let output = tabiji(&arguments, folder.path());
        assert_ne!(output.status.code(), Some(0), "{arguments:?}");
        let told = std::fs::read_to_string(&page).unwrap();
        let refused = String::from_utf8(output.stderr).unwrap().contains("cannot be used with");
        assert!(refused || told.starts_with("<!DOCTYPE html>") && told.contains("There is no report"), "{told}");
    }
}

#[test]
fn what_is_read_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let initialized = tabiji(&["init", "m"], root);
    assert!(initialized.status.success());
    std::fs::write(root.join("state.csv"), "lead,journey,step,since\n").unwrap();
    std::fs::write(root.join("zone.txt"), "\n").unwrap();
    std::fs::write(root.join("log.csv"), "at,event,id\n").unwrap();
    assert!(tabiji(&["plan", "m", "--output", "json=plan.json"], root).status.success());
    let rows: [(&[&str], &str); 14] = [
        (&["check", "m", "--output", "json=m/tabiji.yaml"], "m/tabiji.yaml"),
        (&["check", "m", "--output", "json=m/emails/guide.md"], "m/emails/guide.md"),
        (&["simulate", "m", "--report", "m/people.yaml"], "m/people.yaml"),
        (&["simulate", "m", "--write", "leads=m/leads/sample.csv"], "m/leads/sample.csv"),
        (&["simulate", "m", "--write", "sends=./m/leads/sample.csv"], "m/leads/sample.csv"),
        (&["simulate", "plan.json", "--leads", "m/leads/sample.csv", "--output", "json=plan.json"], "plan.json"),
        (&["simulate", "m", "--events", "log.csv", "--output", "csv=log.csv"], "log.csv"),
        (&["plan", "m", "--output", "json=m/mail.yaml"], "m/mail.yaml"),
        (&["plan", "m", "--against", "plan.json", "--output", "text=plan.json"], "plan.json"),
        (&["plan", "m", "--against", "plan.json", "--state", "state.csv", "--output", "text=state.csv"], "state.csv"),
        (&["test", "m", "--output", "json=m/tests.yaml"], "m/tests.yaml"),
        (
            &["leads", "stats", "m/leads/sample.csv", "--project", "m", "--output", "json=m/leads/sample.csv"],
            "m/leads/sample.csv",
        ),
        (&["render", "m", "--email", "guide", "--preview", "m/journeys/guide.yaml"], "m/journeys/guide.yaml"),
        (&["domains", "m", "--zone", "zone.txt", "--output", "json=zone.txt"], "zone.txt"),
    ];
    for (arguments, path) in rows {
        let before = std::fs::read(root.join(path)).unwrap();
        let output = tabiji(arguments, root);
        let words = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {words}");
        assert!(words.contains("would be overwritten while it is used; name another file"), "{arguments:?}: {words}");
        assert_eq!(std::fs::read(root.join(path)).unwrap(), before, "{arguments:?}");
    }
}

#[test]
fn two_results_never_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = fixture("warned");
    let rows: [&[&str]; 3] = [
        &["check", &path, "--output", "json=a", "--output", "text=./a"],
        &["simulate", &path, "--report", "a", "--output", "json=a"],
        &["simulate", &path, "--write", "leads=a.csv", "--output", "csv=a.csv"],
    ];
    for arguments in rows {
        let output = tabiji(arguments, folder.path());
        let words = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words}");
        assert!(words.starts_with("error: two results would be written to `"), "{words}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{arguments:?}");
    }
}

#[test]
fn a_failure_after_the_run_leaves_one_report() {
    let folder = tempfile::tempdir().unwrap();
    assert!(tabiji(&["init", "m"], folder.path()).status.success());
    let arguments = ["simulate", "m", "--format", "json", "--report", "no/such/folder.html"];
    let output = tabiji(&arguments, folder.path());
    assert_eq!(json(&output.stdout)["status"], "error");
}
