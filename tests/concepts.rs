//! Concepts of marketing automation, a small project for each: it is used, simulated and broken. Nothing here has to
//! change for a new one.
//!
//! `tests/concepts/NN-NAME/` is a whole project, and the number is the concept's row in `docs/concepts.md`:
//!
//! - nothing may be found in it;
//! - `simulation.stdout` is what `tabiji simulate` prints about it;
//!
//! `tests/broken/NN-NAME/FILE.yaml` stands in for the file of that project that has this name (`FILE.2.yaml` is a second
//! fault of the same file). Findings are marked in it as in `tests/ui`; what users read stands beside it, in `FILE.stderr`.
//!
//! `TABIJI_BLESS=1 cargo test --test concepts` writes what stands beside anew: read it before it is committed.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

mod marks;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use marks::{differences, entries, lossy, text};
use tabiji::pipeline;

fn concepts() -> Vec<PathBuf> {
    let found: Vec<PathBuf> = entries(Path::new("tests/concepts")).into_iter().filter(|path| path.is_dir()).collect();
    assert!(!found.is_empty());
    found
}

/// What differs from the file; nothing if it is to be written anew.
fn changed(file: &Path, text: &str) -> Option<String> {
    if std::env::var_os("TABIJI_BLESS").is_some() {
        fs::write(file, text).unwrap();
        return None;
    }
    let before = fs::read_to_string(file).unwrap_or_default();
    (before != text).then(|| format!("{} changed; before:\n{before}\nnow:\n{text}", file.display()))
}

/// A copy of the project.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for path in entries(from) {
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

#[test]
fn concepts_are_used() {
    for concept in concepts() {
        let project = tempfile::tempdir().unwrap();
        copy(&concept, project.path());
        let checked = pipeline::check(project.path()).unwrap();
        assert_eq!(text(&checked), "", "{}", concept.display());
    }
}

#[test]
fn concepts_are_simulated() {
    let mut wrong = Vec::new();
    for concept in concepts() {
        let project = tempfile::tempdir().unwrap();
        copy(&concept, project.path());
        let output = Command::new(env!("CARGO_BIN_EXE_tabiji"))
            .args(["simulate", "."])
            .current_dir(project.path())
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}: {}", concept.display(), String::from_utf8_lossy(&output.stderr));
        let printed = String::from_utf8(output.stdout).unwrap();
        // The hash changes with every key that the language gains.
        let printed: String =
            printed.lines().filter(|line| !line.starts_with("plan ")).flat_map(|line| [line, "\n"]).collect();
        wrong.extend(changed(&concept.join("simulation.stdout"), &printed));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn concepts_are_broken() {
    let mut wrong = Vec::new();
    for concept in concepts() {
        let broken = Path::new("tests/broken").join(concept.file_name().unwrap());
        let faults = entries(&broken).into_iter().filter(|path| path.extension() == Some("yaml".as_ref()));
        for fault in faults {
            let project = tempfile::tempdir().unwrap();
            copy(&concept, project.path());
            let stem = fault.file_stem().unwrap().to_str().unwrap();
            let name = format!("{}.yaml", stem.split('.').next().unwrap());
            let target = project.path().join(&name);
            assert!(target.exists(), "{} stands in for no file of the project", fault.display());
            fs::copy(&fault, target).unwrap();
            let checked = pipeline::check(project.path()).unwrap();
            let expected = marks::marks(&name, &lossy(&fault)).unwrap();
            assert!(!expected.is_empty(), "{} marks nothing", fault.display());
            wrong.extend(differences(&fault.display().to_string(), &expected, &checked));
            wrong.extend(changed(&fault.with_extension("stderr"), &text(&checked)));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
