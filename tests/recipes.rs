//! Recipes of the trade, each a project with tests of its own that say to the second what it has to do. A recipe is a
//! folder of `tests/recipes`; nothing here has to change for a new one.
//!
//! `tests/recipes/faults` plants faults in them as people make them, and `tests/recipes/faults.txt` is what they are told.
//! `TABIJI_BLESS=1 cargo test --test recipes` writes that anew: read it aloud before it is committed.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn recipes() -> Vec<PathBuf> {
    let found = fs::read_dir("tests/recipes").unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = found.filter(|path| path.is_dir()).collect();
    found.sort();
    assert!(found.len() > 19);
    found
}

fn tabiji(command: &str, folder: &Path) -> Output {
    let bin = env!("CARGO_BIN_EXE_tabiji");
    Command::new(bin).args([command, "."]).current_dir(folder).env("NO_COLOR", "1").output().unwrap()
}

#[test]
fn recipes_do_what_they_say() {
    for recipe in recipes() {
        for command in ["check", "test"] {
            let output = tabiji(command, &recipe);
            let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            assert!(output.status.success(), "{command} {}:\n{out}{err}", recipe.display());
            if command == "check" {
                assert!(out.starts_with("no findings"), "{}:\n{out}", recipe.display());
            }
        }
    }
}

/// The faults: a recipe, what is there, and what somebody wrote instead, on three lines each.
fn faults() -> Vec<[String; 3]> {
    let text = fs::read_to_string("tests/recipes/faults").unwrap();
    let blocks = text.split("\n\n").map(|block| block.lines().filter(|line| !line.starts_with('#')).collect());
    let faults = blocks.filter(|lines: &Vec<&str>| !lines.is_empty()).map(|lines| match lines.as_slice() {
        [recipe, right, wrong] => [recipe, right, wrong].map(|line| (*line).to_owned()),
        other => panic!("a fault has three lines: {other:?}"),
    });
    faults.collect()
}

#[test]
fn faults_are_explained() {
    let mut told = String::new();
    for [recipe, right, wrong] in faults() {
        let folder = tempfile::tempdir().unwrap();
        for file in fs::read_dir(Path::new("tests/recipes").join(&recipe)).unwrap() {
            let file = file.unwrap();
            let text = fs::read_to_string(file.path()).unwrap();
            if file.file_name() == "tabiji.yaml" {
                assert!(text.contains(&right), "{recipe} does not have `{right}`");
            }
            fs::write(folder.path().join(file.file_name()), text.replacen(&right, &wrong, 1)).unwrap();
        }
        let output = tabiji("check", folder.path());
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        // How many mails a lead can get is no finding.
        let found: String = printed.split_inclusive('\n').filter(|line| !line.starts_with("mails: ")).collect();
        assert!(!found.starts_with("no findings"), "{recipe}: nothing is found about `{wrong}`");
        told += &format!("── {recipe}: {}\n\n{found}\n", wrong.trim());
    }
    let place = "tests/recipes/faults.txt";
    if std::env::var_os("TABIJI_BLESS").is_some() {
        fs::write(place, &told).unwrap();
    }
    assert_eq!(fs::read_to_string(place).unwrap(), told);
}
