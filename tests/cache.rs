//! What is kept between runs changes no output, and what other commands leave out changes no finding.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs;
use std::path::{Path, PathBuf};

use tabiji::diag::json;
use tabiji::pipeline::{self, Cache, Checked};
use tabiji::witness;
use xxhash_rust::xxh3::xxh3_128;

/// Everything that `check` says.
fn said(checked: &Checked) -> String {
    let report = json::report(&checked.findings, &checked.sources);
    let mails = checked.campaign.as_ref().map(|campaign| witness::json(&checked.flood, campaign));
    let explained = checked.campaign.as_ref().map(|campaign| witness::explain(&checked.flood, campaign, None));
    let report = json::Report { mails, ..report }.to_json().unwrap();
    format!("{report}{}{}", witness::lines(&checked.flood), explained.unwrap_or_default())
}

fn without(project: &Path) -> String {
    said(&pipeline::check(project).unwrap())
}

fn with(project: &Path, cache: &Path) -> String {
    said(&pipeline::check_cached(project, Some(&Cache::open(cache).unwrap())).unwrap())
}

/// The file in which proofs are kept; empty if there is none.
fn kept(cache: &Path) -> String {
    fs::read_to_string(cache.join("mails.json")).unwrap_or_default()
}

fn edit(project: &Path, before: &str, after: &str) {
    let yaml = fs::read_to_string(project.join("tabiji.yaml")).unwrap();
    assert!(yaml.contains(before), "{before}");
    fs::write(project.join("tabiji.yaml"), yaml.replace(before, after)).unwrap();
}

fn flooded() -> tempfile::TempDir {
    let project = tempfile::tempdir().unwrap();
    fs::copy("tests/fixtures/flooded/tabiji.yaml", project.path().join("tabiji.yaml")).unwrap();
    project
}

#[test]
fn what_is_said_is_the_same_with_a_cache_without_and_after_edits() {
    let (project, cache) = (flooded(), tempfile::tempdir().unwrap());
    let (project, cache) = (project.path(), cache.path());
    let first = without(project);
    assert_eq!(with(project, cache), first);
    let proofs = kept(cache);
    assert!(!proofs.is_empty());
    assert_eq!(with(project, cache), first);

    // What a mail says is read by no proof, and neither is the place of a rule.
    edit(project, "subject: 特典", "subject: 新しい特典");
    edit(project, "policies:", "# a line more\npolicies:");
    let moved = without(project);
    assert_ne!(moved, first);
    assert_eq!(with(project, cache), moved);
    assert_eq!(kept(cache), proofs);

    edit(project, "id: rest, wait: 2 days", "id: rest, wait: 5 days");
    let mended = without(project);
    assert_eq!(with(project, cache), mended);
    assert_ne!(kept(cache), proofs);
    assert_eq!(with(project, cache), mended);
    assert_eq!(fs::read_dir(cache).unwrap().count(), 1);
}

#[test]
fn proofs_are_taken_from_the_cache() {
    let (project, cache) = (flooded(), tempfile::tempdir().unwrap());
    let (project, cache) = (project.path(), cache.path());
    assert!(with(project, cache).contains("proved at most 3"));
    // Nobody but us would go to such lengths.
    let body = kept(cache).split_once('\n').unwrap().1.replace("\"proved\":3", "\"proved\":7");
    fs::write(cache.join("mails.json"), format!("{:032x}\n{body}", xxh3_128(body.as_bytes()))).unwrap();
    assert!(with(project, cache).contains("proved at most 7"));
}

#[test]
fn broken_and_foreign_files_are_ignored() {
    let (project, other, cache) = (flooded(), flooded(), tempfile::tempdir().unwrap());
    let (project, other, cache) = (project.path(), other.path(), cache.path());
    edit(other, "at_most: 2, per: 7 days", "at_most: 1, per: 1 day");
    let expected = without(project);
    with(other, cache);
    let foreign = kept(cache);
    with(project, cache);
    let own = kept(cache);
    let changed = own.replace("\"proved\":3", "\"proved\":2");
    assert_ne!(changed, own);
    for text in [foreign.as_str(), &own[..own.len() / 2], &changed, "", "\n", "{}", "\u{0}"] {
        fs::write(cache.join("mails.json"), text).unwrap();
        assert_eq!(with(project, cache), expected);
        assert_eq!(kept(cache), own);
    }
    fs::write(cache.join("mails.json"), [0xff, 0xfe, 0x0a, 0xff]).unwrap();
    assert_eq!(with(project, cache), expected);
    fs::remove_file(cache.join("mails.json")).unwrap();
    fs::create_dir(cache.join("mails.json")).unwrap();
    assert_eq!(with(project, cache), expected);
    assert_eq!(fs::read_dir(cache).unwrap().count(), 1);
    fs::write(cache.join("file"), "").unwrap();
    assert!(Cache::open(&cache.join("file")).is_err());
}

/// Simulations, plans and tests stop at the same findings, although they do not find out all that `check` tells of mails.
#[test]
fn other_commands_have_the_same_findings() {
    let parents = ["tests/ui/projects", "tests/broken", "examples", "tests/fixtures"];
    let folders = parents.iter().flat_map(|parent| fs::read_dir(parent).unwrap());
    let mut folders: Vec<PathBuf> = folders.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.join("tabiji.yaml").is_file());
    assert!(folders.len() > 20);
    let cache = tempfile::tempdir().unwrap();
    for folder in folders {
        let checked = pipeline::check(&folder).unwrap();
        let report = |checked: &Checked| json::report(&checked.findings, &checked.sources).to_json().unwrap();
        assert_eq!(report(&pipeline::findings(&folder).unwrap()), report(&checked), "{}", folder.display());
        for _ in 0..2 {
            assert_eq!(with(&folder, cache.path()), said(&checked), "{}", folder.display());
        }
    }
}
