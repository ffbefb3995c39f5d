//! The report of the example, opened from disk in a real browser: it has to fit a narrow screen, be told in dark and in
//! light, and be found its way in without seeing it.
//!
//! The browser is Chromium or one of its kin, found by its usual names or by `TABIJI_BROWSER`.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const AOZORA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/aozora-cloud");
const ASKED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/asked");
const PROBE: &str = include_str!("report_in_a_browser/probe.js");
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

fn browser() -> String {
    if let Ok(given) = std::env::var("TABIJI_BROWSER") {
        return given;
    }
    let found = NAMES.iter().find(|name| Command::new(name).arg("--version").output().is_ok());
    let found = found.map(|name| (*name).to_owned());
    assert!(
        found.is_some(),
        "this test needs Chromium: install it (Debian: `apt-get install chromium fonts-noto-cjk`), or name a browser of its \
         kind in TABIJI_BROWSER"
    );
    found.unwrap_or_default()
}

fn open(profile: &Path, address: &str, more: &[&str]) -> Output {
    let output = Command::new(browser())
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--force-prefers-reduced-motion"])
        .args(["--enable-logging=stderr", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(more)
        .arg(address)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

fn report(project: &str, folder: &Path) -> String {
    let file = folder.join("out.html");
    let mut command = Command::new(env!("CARGO_BIN_EXE_tabiji"));
    let output = command.args(["simulate", project, "--report"]).arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    file.to_str().unwrap().to_owned()
}

/// Lines that pages write to the console, faults among them.
fn console(output: &Output) -> Vec<String> {
    let lines = String::from_utf8_lossy(&output.stderr).into_owned();
    lines.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect()
}

/// What the probe finds on a page that is so wide, in dark or in light.
fn probed(project: &str, width: u32, is_dark: bool) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let page = std::fs::read_to_string(report(project, folder.path())).unwrap();
    // In a frame of the same origin, since windows of a browser are no narrower than 500.
    let page = page.replace('&', "&amp;").replace('"', "&quot;");
    let harness = folder.path().join("harness.html");
    let frame = format!("<iframe width=\"{width}\" height=\"900\" style=\"border:0\" srcdoc=\"{page}\"></iframe>");
    let text =
        format!("<!DOCTYPE html><meta charset=\"utf-8\"><body>{frame}<pre id=\"found\"></pre><script>{PROBE}</script>");
    std::fs::write(&harness, text).unwrap();
    let scheme = format!("--blink-settings=preferredColorScheme={}", if is_dark { 0 } else { 1 });
    let output = open(folder.path(), &format!("file://{}", harness.display()), &[&scheme, "--window-size=1400,1000"]);
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    let (_, rest) = dom.split_once("<pre id=\"found\">").unwrap();
    let (found, _) = rest.split_once("</pre>").unwrap();
    let found = found.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    assert_eq!(console(&output), Vec::<String>::new());
    serde_json::from_str(&found).unwrap()
}

fn is_fine(found: &Value) {
    let none = Value::Array(Vec::new());
    assert_eq!(found["too_wide"], none, "nothing is wider than the page");
    assert_eq!(found["pale"], none, "every text stands out from its ground, 4.5 to 1");
    assert_eq!(found["spilled"], none, "words stay in their boxes");
    assert_eq!(found["unnamed"], none, "everything that can be reached by keys has a name");
    assert_eq!(found["skipped_headings"], none, "no level of headings is left out");
    assert_eq!(found["doubled"], none, "each region has a name of its own");
    assert_eq!(found["small"], none, "what is pressed is at least 24 pixels high");
    assert_eq!(found["faint"], none, "ways stand out from the ground, 3 to 1");
    assert_eq!(found["overlapping"], none, "names below columns do not run into each other");
    for landmark in ["header", "nav", "main", "footer"] {
        assert_eq!(found["landmarks"][landmark], 1, "{landmark}");
    }
    assert_eq!(found["skip_link"], "content");
    assert_eq!(found["lang"], "en");
}

#[test]
fn it_opens_from_disk_without_a_fault() {
    let folder = tempfile::tempdir().unwrap();
    let file = report(AOZORA, folder.path());
    let output = open(folder.path(), &format!("file://{file}"), &[]);
    assert_eq!(console(&output), Vec::<String>::new());
    assert!(String::from_utf8_lossy(&output.stdout).contains("トライアル支援"));
}

#[test]
fn it_fits_a_narrow_screen_in_light() {
    let found = probed(AOZORA, 400, false);
    assert_eq!((&found["width"], &found["is_dark"]), (&400.into(), &false.into()));
    is_fine(&found);
}

#[test]
fn it_is_legible_in_dark() {
    let found = probed(AOZORA, 1_280, true);
    assert_eq!((&found["width"], &found["is_dark"]), (&1_280.into(), &true.into()));
    is_fine(&found);
}

#[test]
fn labels_that_look_like_scripts_are_only_labels() {
    let found = probed(ASKED, 400, true);
    is_fine(&found);
    assert_eq!(found["scripts"], 0);
}
