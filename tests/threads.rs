//! What is found does not depend on threads, nor on whether definitions are resolved side by side or one by one.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

#[path = "../benches/made/mod.rs"]
mod made;

use std::fs;
use std::path::{Path, PathBuf};

use tabiji::ast::{self, Declarations};
use tabiji::diag::{Sink, json};
use tabiji::pipeline;
use tabiji::resolve::{self, Attachments, Resolution};
use tabiji::text::SourceMap;
use tabiji::{schema, syntax};

#[test]
fn a_project_made_up_has_no_faults() {
    let folder = tempfile::tempdir().unwrap();
    made::write(folder.path(), 40, None).unwrap();
    let checked = pipeline::check(folder.path()).unwrap();
    // Conditions put together by chance may well say the same twice, which is worth a warning.
    let faults: Vec<_> = checked.findings.iter().filter(|found| found.level == tabiji::diag::Level::Error).collect();
    assert!(faults.is_empty(), "{faults:?}");
    let campaign = checked.campaign.unwrap();
    assert!(campaign.journeys.len() >= 40 && campaign.segments.len() >= 80 && campaign.emails.len() >= 120);
    let main = campaign.journeys.iter().filter(|(name, _)| !name.ends_with("-again"));
    assert!(main.map(|(_, journey)| journey.steps.len()).all(|steps| (10..=40).contains(&steps)));
}

#[test]
fn a_made_up_file_is_the_same_in_a_larger_project() {
    let (small, large) = (made::project(10, None), made::project(100, None));
    assert!(small.iter().all(|file| large.contains(file)));
}

#[test]
fn findings_are_the_same_on_any_number_of_threads() {
    let spoilt = spoilt_projects();
    let folders = corpus().into_iter().chain(spoilt.iter().map(|folder| folder.path().to_owned()));
    let mut findings = 0;
    for folder in folders {
        let one = found(&folder, 1);
        findings += one.matches("\"code\"").count();
        assert_eq!(found(&folder, 3), one, "{}", folder.display());
    }
    assert!(findings > 500, "{findings}");
}

/// As long as everything could be read, definitions are resolved side by side. A list that is none ends that.
#[test]
fn side_by_side_gives_what_one_by_one_gives() {
    let files = made::project(64, None);
    let side_by_side = resolved(&files);
    let unreadable = ("zz.yaml".to_owned(), "lists: {zz: {members: 5}}\n".to_owned());
    let one_by_one = resolved(&[files, vec![unreadable]].concat());
    assert_eq!(side_by_side.campaign.segments, one_by_one.campaign.segments);
    assert_eq!(side_by_side.campaign.segment_order, one_by_one.campaign.segment_order);
    assert_eq!(side_by_side.campaign.journeys, one_by_one.campaign.journeys);
    assert_eq!(side_by_side.campaign.emails, one_by_one.campaign.emails);
    let used = |resolution: &Resolution| {
        resolution.used.iter().map(|(kind, name, ())| (kind, name.clone())).collect::<Vec<_>>()
    };
    let (one, other) = (used(&side_by_side), used(&one_by_one));
    assert!(one.iter().all(|name| other.contains(name)));
    assert!(side_by_side.unread_words.is_empty() && !one_by_one.unread_words.is_empty());
}

fn resolved(files: &[(String, String)]) -> Resolution {
    let (mut sources, mut sink) = (SourceMap::default(), Sink::default());
    let read: Vec<Declarations> = files
        .iter()
        .map(|(path, text)| {
            let id = sources.add(path.as_str(), text.as_str());
            let root = syntax::parse(id, text, &mut sink).unwrap().root.unwrap();
            let faulty = schema::validate(&root, &mut sink);
            ast::lower(&root, &faulty, &mut sink)
        })
        .collect();
    resolve::resolve(&read, &[], &Attachments::default(), &sources, &mut sink)
}

/// Everything that is found, as machines read it.
fn found(folder: &Path, threads: usize) -> String {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let checked = pool.install(|| pipeline::check(folder)).unwrap();
    json::report(&checked.findings, &checked.sources).to_json().unwrap()
}

/// The projects of the other tests.
fn corpus() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let parents = ["tests/ui/projects", "tests/broken", "examples"];
    let folders = parents.iter().flat_map(|parent| fs::read_dir(root.join(parent)).unwrap());
    let mut folders: Vec<PathBuf> = folders.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.join("tabiji.yaml").is_file());
    folders.sort();
    assert!(folders.len() > 20);
    folders
}

/// Projects with slips in many files: each of these words is another one in every third file.
fn spoilt_projects() -> Vec<tempfile::TempDir> {
    const SLIPS: [(&str, &str); 9] = [
        ("send: ", "sned: "),
        ("in_segment(\"", "in_segment(\"x-"),
        ("employees", "employes"),
        ("topic: tips", "topic: tops"),
        ("days}", "dais}"),
        ("{{ company }}", "{{ company }"),
        ("first_name | default(\"ご担当者\")", "first_name"),
        ("score >= ", "score >= = "),
        ("start: ", "start: not-"),
    ];
    let files = made::project(18, None);
    let spoilt = SLIPS.map(|(word, slip)| {
        let folder = tempfile::tempdir().unwrap();
        for (number, (path, text)) in files.iter().enumerate() {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let is_spoilt = number % 3 == 2;
            fs::write(path, if is_spoilt { text.replace(word, slip) } else { text.clone() }).unwrap();
        }
        folder
    });
    spoilt.into()
}
