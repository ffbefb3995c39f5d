//! What SpamAssassin, which knows nothing of tabiji, makes of the example's mails. Its rules run on the mail alone, without
//! a network.
//!
//! The scores are published in `docs/mails.md`; `TABIJI_BLESS=1` writes them anew.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

const AOZORA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/aozora-cloud");
const PUBLISHED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/kinds/emails.md");
/// From here on SpamAssassin calls a mail spam.
const SPAM: f64 = 5.0;
/// What the mails of the example may come to.
const MOST: f64 = 1.0;

fn mails() -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tabiji"));
    let output = command.args(["render", AOZORA, "--out"]).arg(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let files = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let mails = files.filter(|path| path.extension().is_some_and(|ending| ending == "eml"));
    let named = |path: std::path::PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().split('.').next().unwrap().to_owned();
        (name, fs::read_to_string(path).unwrap())
    };
    let mut mails: Vec<_> = mails.map(named).collect();
    mails.sort();
    mails
}

/// The score of each mail and the rules that it met, besides those of things that only a real delivery has.
fn scores(mails: &[(String, String)]) -> BTreeMap<String, (f64, String)> {
    let mbox: String = mails
        .iter()
        .map(|(_, mail)| format!("From - Thu Jan  1 00:00:00 1970\n{}\n\n", mail.replace("\r\n", "\n")))
        .collect();
    let home = tempfile::tempdir().unwrap();
    let preferences = home.path().join("preferences");
    // What it learnt from other mails would move the scores of these.
    fs::write(&preferences, "use_bayes 0\nbayes_auto_learn 0\n").unwrap();
    let child = Command::new("spamassassin")
        .args(["--local", "--mbox"])
        .arg(format!("--prefspath={}", preferences.display()))
        .env("HOME", home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    assert!(child.is_ok(), "this test needs SpamAssassin (Debian: `apt-get install spamassassin`)");
    let mut child = child.unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(mbox.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    // It gives the mails back in an order of its own, each with its status above the headers that it had.
    let id_of = |mail: &str| {
        let line = mail.lines().find(|line| line.to_ascii_lowercase().starts_with("message-id:"));
        line.and_then(|line| line.split_once(':')).map(|(_, id)| id.trim().to_owned())
    };
    let names: BTreeMap<String, &String> = mails.iter().map(|(name, mail)| (id_of(mail).unwrap(), name)).collect();
    assert_eq!(names.len(), mails.len(), "two mails have one id");
    let statuses: Vec<(String, String)> = said
        .split("X-Spam-Status: ")
        .skip(1)
        .map(|rest| {
            let status = rest.replace("\n\t", " ").lines().next().unwrap_or_default().to_owned();
            (names[&id_of(rest).unwrap()].clone(), status)
        })
        .collect();
    assert_eq!(statuses.len(), mails.len(), "{said}");
    let read = |status: &String| {
        let (_, score) = status.split_once("score=").unwrap();
        // It gives rules that say nothing of spam a score just below nought.
        let score = score.split(' ').next().unwrap().parse::<f64>().unwrap();
        let score = if score > 0.0 { score } else { 0.0 };
        let (_, tests) = status.split_once("tests=").unwrap();
        let (tests, _) = tests.split_once(" autolearn").unwrap_or((tests, ""));
        (score, tests.replace(' ', "").replace(',', ", "))
    };
    statuses.iter().map(|(name, status)| (name.clone(), read(status))).collect()
}

fn version() -> String {
    let output = Command::new("spamassassin").arg("--version").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().next().unwrap_or_default().replace("version ", "").trim().to_owned()
}

#[test]
fn the_mails_of_the_example_are_no_spam() {
    let found = scores(&mails());
    for (name, (score, tests)) in &found {
        assert!(*score < MOST, "{name}: {score} of {SPAM} ({tests})");
    }
    let row = |(name, (score, tests)): (&String, &(f64, String))| format!("| `{name}` | {score:.1} | {tests} |\n");
    let table: String = found.iter().map(row).collect();
    let published = fs::read_to_string(PUBLISHED).unwrap();
    let (before, rest) = published.split_once("<!-- scores -->\n").unwrap();
    let (old, after) = rest.split_once("<!-- end of scores -->").unwrap();
    let new = format!("{}, `spamassassin --local`:\n\n| mail | score | rules |\n|---|---|---|\n{table}\n", version());
    if std::env::var_os("TABIJI_BLESS").is_some() {
        fs::write(PUBLISHED, format!("{before}<!-- scores -->\n{new}<!-- end of scores -->{after}")).unwrap();
    } else if old.starts_with(&version()) {
        assert_eq!(old, new, "the published scores are not these; TABIJI_BLESS=1 writes them");
    }
}
