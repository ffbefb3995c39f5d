//! `tabiji init` in real folders.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

fn tabiji(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tabiji")).args(arguments).current_dir(folder).output().unwrap()
}

/// All files below a folder, by path.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
                found.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn writes_the_whole_minimal_example_with_its_schema() {
    let folder = tempfile::tempdir().unwrap();
    let output = tabiji(&["init", "new"], folder.path());
    assert!(output.status.success());
    let mut written = files(&folder.path().join("new"));
    let schema = written.remove(".tabiji/schema.json").unwrap();
    let printed = tabiji(&["schema"], folder.path());
    assert_eq!(schema.as_bytes(), printed.stdout);
    let example = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/minimal"));
    assert_eq!(written.keys().collect::<Vec<_>>(), example.keys().collect::<Vec<_>>());
    for (path, text) in &example {
        let ours = &written[path];
        if !path.ends_with(".yaml") {
            assert_eq!(ours, text);
            continue;
        }
        let (modeline, rest) = ours.split_once('\n').unwrap();
        assert_eq!(Some(rest), text.split_once('\n').map(|(_, rest)| rest));
        let schema = modeline.strip_prefix("# yaml-language-server: $schema=").unwrap();
        let place = folder.path().join("new").join(path);
        assert!(place.parent().unwrap().join(schema).is_file(), "{path}: {modeline}");
    }
}

#[test]
fn touches_nothing_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mail.yaml"), "mine").unwrap();
    let output = tabiji(&["init"], folder.path());
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "error: nothing was written: these files are in the way\n  mail.yaml\n");
    assert_eq!(files(folder.path()), BTreeMap::from([("mail.yaml".to_owned(), "mine".to_owned())]));
}

#[test]
#[cfg(unix)]
fn a_reader_that_goes_away_is_no_failure() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tabiji"))
        .arg("schema")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}
