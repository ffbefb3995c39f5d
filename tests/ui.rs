//! Findings as users see them. A case is a file or a folder in `tests/ui`; nothing here has to change for a new one.
//!
//! - `err/*.yaml`: each is the `tabiji.yaml` of a project of its own.
//! - `ok/*.yaml`: the same, and nothing may be found.
//! - `projects/*/`: folders that are whole projects.
//!
//! Findings are marked in the YAML where they are expected (`marks`). In a folder
//! the file `expected` may list `path:line:column level slug` as well. What is found has to be exactly what is marked.
//!
//! Beside a case stands what the user reads, `CASE.stderr`. `TABIJI_BLESS=1 cargo test --test ui` writes it anew: read
//! it before it is committed.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

mod codes;
mod marks;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use codes::BEYOND_CHECK;
use marks::{Mark, compare, differences, entries, lossy, text, word};
use tabiji::diag::{Code, Level};
use tabiji::pipeline::{self, Checked};

/// A project to check, and what is to be found in it.
struct Case {
    name: String,
    /// The project's folder; of a single file, a copy.
    root: PathBuf,
    _copy: Option<tempfile::TempDir>,
    expected: Vec<Mark>,
    snapshot: PathBuf,
}

#[test]
fn faults_are_found_where_they_are_marked() {
    let cases: Vec<Case> = singles("err").chain(projects()).collect();
    assert!(!cases.is_empty());
    let wrong: Vec<String> =
        cases.iter().flat_map(|case| differences(&case.name, &case.expected, &case.check())).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn findings_read_as_they_did() {
    let wrong: Vec<String> = singles("err").chain(projects()).filter_map(|case| changed(&case)).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn nothing_is_found_in_good_campaigns() {
    for case in singles("ok") {
        let checked = case.check();
        assert_eq!(text(&checked), "", "{}", case.name);
        assert!(checked.campaign.is_some(), "{}", case.name);
        assert!(case.expected.is_empty(), "{} marks a finding and stands among the good ones", case.name);
    }
}

#[test]
fn every_code_has_a_case() {
    let cases: Vec<Case> = singles("err").chain(projects()).collect();
    let found: BTreeSet<Code> =
        cases.iter().flat_map(|case| case.check().findings).map(|finding| finding.code).collect();
    for code in Code::ALL {
        let slug = code.info().slug;
        assert_eq!(
            found.contains(code),
            !BEYOND_CHECK.contains(code),
            "`{slug}` is found in no case, or in one too many"
        );
    }
}

#[test]
fn a_wrong_mark_is_noticed() {
    let mark =
        |line, column| Mark { path: "a.yaml".to_owned(), line, column, level: Level::Warn, slug: "x".to_owned() };
    assert_eq!(compare(&[mark(1, 0)], &[mark(1, 7)]), Vec::<String>::new());
    assert_eq!(compare(&[mark(1, 7), mark(1, 0)], &[mark(1, 7), mark(1, 9)]), Vec::<String>::new());
    assert_eq!(compare(&[mark(1, 6)], &[mark(1, 7)]).len(), 2);
    assert_eq!(compare(&[mark(1, 0)], &[mark(1, 7), mark(1, 7)]), ["found and not marked: a.yaml:1:7 warning x"]);
    assert_eq!(compare(&[mark(1, 0), mark(2, 0)], &[mark(1, 7)]), ["marked and not found: a.yaml:2:0 warning x"]);
    assert_eq!(marks::marks("a.yaml", "\nb: 1 # warning: x\n# warning(+1): x\n").unwrap(), [mark(2, 0), mark(4, 0)]);
}

/// The cases of a folder of single files.
fn singles(folder: &str) -> impl Iterator<Item = Case> {
    entries(&Path::new("tests/ui").join(folder))
        .into_iter()
        .filter(|path| path.extension() == Some("yaml".as_ref()))
        .map(|path| {
            let copy = tempfile::tempdir().unwrap();
            fs::copy(&path, copy.path().join("tabiji.yaml")).unwrap();
            Case {
                name: path.display().to_string(),
                root: copy.path().to_owned(),
                _copy: Some(copy),
                expected: marks::marks("tabiji.yaml", &lossy(&path)).unwrap(),
                snapshot: path.with_extension("stderr"),
            }
        })
}

/// The cases that are folders.
fn projects() -> impl Iterator<Item = Case> {
    entries(Path::new("tests/ui/projects")).into_iter().filter(|path| path.is_dir()).map(|root| Case {
        name: root.display().to_string(),
        expected: marks_of_folder(&root, &root),
        snapshot: root.with_extension("stderr"),
        root,
        _copy: None,
    })
}

impl Case {
    fn check(&self) -> Checked {
        pipeline::check(&self.root).unwrap()
    }
}

fn marks_of_folder(root: &Path, folder: &Path) -> Vec<Mark> {
    let mut found = Vec::new();
    for path in entries(folder) {
        let relative = path.strip_prefix(root).unwrap().to_str().unwrap();
        if path.is_dir() {
            found.extend(marks_of_folder(root, &path));
        } else if path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
            found.extend(marks::marks(relative, &lossy(&path)).unwrap());
        } else if relative == "expected" {
            found.extend(lossy(&path).lines().map(|line| listed(line).unwrap()));
        }
    }
    found
}

/// A line of `expected`.
fn listed(line: &str) -> Option<Mark> {
    let mut words = line.split_whitespace();
    let (place, level, slug) = (words.next()?, words.next()?, words.next()?);
    let mut place = place.rsplitn(3, ':');
    let (column, row, path) = (place.next()?.parse().ok()?, place.next()?.parse().ok()?, place.next()?);
    let level = [Level::Error, Level::Warn].into_iter().find(|known| word(*known) == level)?;
    Some(Mark { path: path.to_owned(), line: row, column, level, slug: slug.to_owned() })
}

/// What the user reads, if it is not what stands beside the case.
fn changed(case: &Case) -> Option<String> {
    let text = text(&case.check());
    if std::env::var_os("TABIJI_BLESS").is_some() {
        fs::write(&case.snapshot, text).unwrap();
        return None;
    }
    let before = fs::read_to_string(&case.snapshot).unwrap_or_default();
    (before != text).then(|| format!("{} changed; before:\n{before}\nnow:\n{text}", case.snapshot.display()))
}
