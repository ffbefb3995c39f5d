//! Recipes of the trade, each a project with tests of its own that say to the second what it has to do. A recipe is a
//! folder of `tests/recipes`; nothing here has to change for a new one.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

fn recipes() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir("tests/recipes").unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    assert!(found.len() > 4);
    found
}

#[test]
fn recipes_do_what_they_say() {
    for recipe in recipes() {
        for command in ["check", "test"] {
            let output = Command::new(env!("CARGO_BIN_EXE_tabiji"))
                .arg(command)
                .arg(&recipe)
                .env("NO_COLOR", "1")
                .output()
                .unwrap();
            let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            assert!(output.status.success(), "{command} {}:\n{out}{err}", recipe.display());
            if command == "check" {
                assert!(out.starts_with("no findings"), "{}:\n{out}", recipe.display());
            }
        }
    }
}
