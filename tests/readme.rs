//! The README tells the truth: what it shows is what the commands print.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs;
use std::path::Path;
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn tabiji(args: &[&str], folder: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_tabiji")).args(args).current_dir(folder).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// The `text` blocks of the README.
fn blocks() -> Vec<String> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let parts = readme.split("```text\n").skip(1);
    parts.map(|part| part.split("```").next().unwrap().to_owned()).collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[test]
fn the_summary_is_real() {
    let printed = tabiji(&["simulate", "examples/aozora-cloud"], root());
    let mut rest = printed.lines();
    let shown = blocks().remove(0);
    assert!(shown.lines().count() > 20);
    for line in shown.lines().filter(|line| *line != "…") {
        assert!(rest.any(|real| real == line), "not printed, or not in this order: {line}");
    }
}

#[test]
fn the_mistake_is_real() {
    let folder = tempfile::tempdir().unwrap();
    copy(&root().join("examples/aozora-cloud"), folder.path());
    let file = folder.path().join("people/segments.yaml");
    let sound = fs::read_to_string(&file).unwrap();
    let broken =
        sound.replace("industry == \"製造業\" and employees >= 300", "industry == \"製造\" and employes >= 300");
    assert_ne!(sound, broken);
    fs::write(&file, broken).unwrap();
    assert_eq!(blocks().remove(1), tabiji(&["check", "."], folder.path()));
}

#[test]
fn the_lead_that_it_traces_is_one_of_the_first_project() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let lead = readme.split("--trace ").nth(1).unwrap().split_whitespace().next().unwrap();
    let leads = fs::read_to_string(root().join("examples/minimal/leads/sample.csv")).unwrap();
    assert!(leads.lines().any(|row| row.starts_with(&format!("{lead},"))), "{lead}");
}

#[test]
fn the_readme_in_japanese_has_the_same_two_commands() {
    let commands = |name: &str| {
        let text = fs::read_to_string(root().join(name)).unwrap();
        let block = text.split("```console\n").nth(1).unwrap();
        block.split("```").next().unwrap().to_owned()
    };
    assert_eq!(commands("README.md").lines().count(), 2);
    assert_eq!(commands("README.md"), commands("README.ja.md"));
    for (from, to) in [("README.md", "README.ja.md"), ("README.ja.md", "README.md")] {
        let text = fs::read_to_string(root().join(from)).unwrap();
        assert!(text.contains(&format!("({to})")), "{from} does not lead to {to}");
    }
}

#[test]
fn links_lead_somewhere() {
    for name in ["README.md", "README.ja.md"] {
        let text = fs::read_to_string(root().join(name)).unwrap();
        let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link);
        for link in links.filter(|link| !link.starts_with("https://")) {
            assert!(root().join(link).exists(), "{name}: `{link}` leads nowhere");
        }
    }
}

#[test]
fn the_commands_of_the_example_run() {
    let readme = fs::read_to_string(root().join("examples/aozora-cloud/README.md")).unwrap();
    let block = readme.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    assert!(block.lines().count() > 3);
    for line in block.lines() {
        let args: Vec<&str> = line.strip_prefix("tabiji ").unwrap().split(' ').collect();
        let output = Command::new(env!("CARGO_BIN_EXE_tabiji")).args(&args).current_dir(root()).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}\n{}{err}", String::from_utf8_lossy(&output.stdout));
        assert!(!err.contains("warning"), "{line}\n{err}");
    }
}
