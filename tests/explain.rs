//! The examples of `tabiji explain`, compiled: the wrong one gives a finding of its code, the right one none at all.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

mod codes;

use std::path::Path;

use codes::BEYOND_CHECK;
use tabiji::diag::{Code, Style, human};
use tabiji::pipeline::{self, Checked};

/// The files of an example: path and text of each fence below `## heading`.
fn example(page: &str, heading: &str) -> Vec<(String, String)> {
    let section = page.split("\n## ").find_map(|part| part.strip_prefix(heading)?.strip_prefix('\n')).unwrap();
    let mut files = Vec::new();
    for fence in section.split("\n```").skip(1).step_by(2) {
        let (info, text) = fence.split_once('\n').unwrap();
        let path = info.split_whitespace().find_map(|word| word.strip_prefix("file=")).unwrap_or("tabiji.yaml");
        files.push((path.to_owned(), format!("{text}\n")));
    }
    files
}

fn compiled(files: &[(String, String)]) -> Checked {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).unwrap();
        std::fs::write(path, text).unwrap();
    }
    pipeline::check(folder.path()).ok().unwrap()
}

#[test]
fn pages_have_one_form() {
    for code in Code::ALL {
        let info = code.info();
        let headings: Vec<&str> = info.page.lines().filter(|line| line.starts_with('#')).collect();
        let title = format!("# {} ({})", info.slug, info.id);
        assert_eq!(headings, [&title, "## Wrong", "## Right", "## What to do"], "{}", info.slug);
        for heading in ["Wrong", "Right"] {
            let files = example(info.page, heading);
            assert!(files.iter().any(|(path, _)| path == "tabiji.yaml"), "{}: {heading}", info.slug);
        }
    }
}

#[test]
fn wrong_examples_show_their_fault_and_nothing_else() {
    let mut failures = String::new();
    for code in Code::ALL.iter().filter(|code| !BEYOND_CHECK.contains(code)) {
        let Checked { findings, sources, .. } = compiled(&example(code.info().page, "Wrong"));
        if findings.is_empty() || findings.iter().any(|finding| finding.code != *code) {
            let found = human(&findings, &sources, Style::default());
            failures.push_str(&format!("--- {}\n{found}\n", code.info().slug));
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn right_examples_have_no_fault() {
    let mut failures = String::new();
    for code in Code::ALL {
        let headings: &[&str] = if BEYOND_CHECK.contains(code) { &["Wrong", "Right"] } else { &["Right"] };
        for heading in headings {
            let Checked { findings, sources, .. } = compiled(&example(code.info().page, heading));
            if !findings.is_empty() {
                let found = human(&findings, &sources, Style::default());
                failures.push_str(&format!("--- {}\n{found}\n", code.info().slug));
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}
