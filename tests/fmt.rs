//! `tabiji fmt`: files change in their layout and in nothing else, or not at all.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tabiji::diag::Sink;
use tabiji::text::FileId;
use tabiji::{format, syntax};

const SLOPPY: &str =
    "project:   shop # ours\nlevels: { unused-definition : allow }\n\n\ntopics:\n    news:   {consent: 'opt_in'}\n";
const NEAT: &str = "project: shop # ours\nlevels: {unused-definition: allow}\n\ntopics:\n  news: {consent: 'opt_in'}\n";

fn tabiji(arguments: &[&str], folder: &Path, input: impl AsRef<[u8]>) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tabiji"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_ref()).unwrap();
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        fs::write(folder.path().join(path), text).unwrap();
    }
    folder
}

#[test]
fn files_are_laid_out_once_and_then_in_order() {
    let folder = project(&[("tabiji.yaml", SLOPPY), ("more.yml", "segments: {}\n")]);
    let file = folder.path().join("tabiji.yaml");
    let checked = said(&tabiji(&["fmt", "--check"], folder.path(), ""));
    assert_eq!(checked, (1, "would lay out tabiji.yaml\n1 file to lay out, 1 file in order\n".into(), String::new()));
    assert_eq!(fs::read_to_string(&file).unwrap(), SLOPPY);
    let done = said(&tabiji(&["fmt"], folder.path(), ""));
    assert_eq!(done, (0, "laid out tabiji.yaml\n1 file laid out, 1 file in order\n".into(), String::new()));
    assert_eq!(fs::read_to_string(&file).unwrap(), NEAT);
    let before = fs::metadata(&file).unwrap().modified().unwrap();
    assert_eq!(said(&tabiji(&["fmt"], folder.path(), "")), (0, "2 files in order\n".into(), String::new()));
    assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), before, "a file in order is not written");
}

#[test]
fn a_broken_file_is_left_and_hides_no_other() {
    let broken = "topics: {news: {consent: opt_in}\nsegments: [\n";
    let folder = project(&[("tabiji.yaml", SLOPPY), ("a.yaml", broken)]);
    let (code, out, err) = said(&tabiji(&["fmt"], folder.path(), ""));
    assert_eq!(
        (code, out.as_str()),
        (1, "laid out tabiji.yaml\n1 file laid out, 1 file with faults left as they are\n")
    );
    assert!(err.contains("yaml-syntax") && err.contains("a.yaml:2"), "{err}");
    assert_eq!(fs::read_to_string(folder.path().join("a.yaml")).unwrap(), broken);
}

#[test]
fn editors_pass_text_through() {
    let here = Path::new(".");
    assert_eq!(said(&tabiji(&["fmt", "-"], here, SLOPPY)), (0, NEAT.into(), String::new()));
    let (code, out, err) = said(&tabiji(&["fmt", "-"], here, "a: [\n"));
    assert_eq!((code, out.as_str()), (1, "a: [\n"));
    assert!(err.contains("yaml-syntax"), "{err}");
    assert_eq!(said(&tabiji(&["fmt", "--check", "-"], here, SLOPPY)).0, 1);
}

#[test]
fn what_is_no_text_passes_through_as_it_is() {
    let too_large = [b"a:   1\n", "#".repeat(16 << 20).as_bytes()].concat();
    let rows: [(&[u8], &str); 3] = [
        (b"a: \x90\xbb\x91\xa2\n", "it is not UTF-8: byte 4 begins no character"),
        (b"\xff\xfea\0:\0", "it is UTF-16"),
        (&too_large, "it is larger than 16 MiB"),
    ];
    for (input, why) in rows {
        let output = tabiji(&["fmt", "-"], Path::new("."), input);
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout == input, "{why}");
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(err.starts_with(&format!("error: the text is left as it is: {why}")), "{err}");
    }
}

#[test]
fn single_files_and_missing_ones() {
    let folder = project(&[("a.yaml", "a:   1\n")]);
    assert_eq!(said(&tabiji(&["fmt", "a.yaml"], folder.path(), "")).0, 0);
    assert_eq!(fs::read_to_string(folder.path().join("a.yaml")).unwrap(), "a: 1\n");
    let (code, _, err) = said(&tabiji(&["fmt", "b.yaml"], folder.path(), ""));
    assert_eq!(code, 3);
    assert!(err.contains("`b.yaml` does not exist"), "{err}");
}

#[cfg(unix)]
#[test]
fn permissions_stay() {
    use std::os::unix::fs::PermissionsExt;
    let folder = project(&[("tabiji.yaml", SLOPPY)]);
    let file = folder.path().join("tabiji.yaml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(said(&tabiji(&["fmt"], folder.path(), "")).0, 0);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
}

fn yaml_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            yaml_below(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
            found.push(path);
        }
    }
}

/// Every YAML file of this repository that can be parsed at all, the odd ones of the tests among them.
#[test]
fn whatever_parses_can_be_laid_out() {
    let mut files = Vec::new();
    for folder in ["examples", "tests"] {
        yaml_below(Path::new(folder), &mut files);
    }
    let mut laid_out = 0;
    for path in files {
        let Ok(text) = String::from_utf8(fs::read(&path).unwrap()) else { continue };
        let mut sink = Sink::default();
        let Some(document) = syntax::parse(FileId(0), &text, &mut sink).filter(|_| sink.found.is_empty()) else {
            continue;
        };
        let formatted = format::format(&text, &document);
        assert!(formatted.is_ok(), "{}: {formatted:?}", path.display());
        laid_out += 1;
    }
    assert!(laid_out > 60, "{laid_out}");
}

#[test]
fn the_examples_are_in_order() {
    let (code, out, err) =
        said(&tabiji(&["fmt", "--check", "examples/aozora-cloud", "examples/minimal"], Path::new("."), ""));
    assert_eq!(code, 0, "{out}{err}");
}
