//! A repository of campaigns with a history: each commit is one known kind of change, and the effect that it must have.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

#[path = "history/commits.rs"]
mod commits;
mod effects;
#[path = "history/repository.rs"]
mod repository;

use commits::{Commit, Expected, commits};
use repository::Repository;
use tabiji::diff::{Change, Input, change};
use tabiji::ir::Campaign;
use tabiji::text::SourceMap;

struct Compiled {
    campaign: Campaign,
    sources: SourceMap,
}

fn compiled(repository: &Repository) -> Compiled {
    let (campaign, sources) = effects::compiled(repository.folder());
    Compiled { campaign, sources }
}

fn compared(before: &Compiled, after: &Compiled) -> Change {
    change(input("before", before), input("after", after)).unwrap()
}

fn input<'a>(name: &'a str, of: &'a Compiled) -> Input<'a> {
    Input { name, campaign: &of.campaign, sources: Some(&of.sources), faults: None }
}

/// What is wrong with an effect.
fn wrong(commit: &Commit, change: &Change) -> Vec<String> {
    let mut wrong = Vec::new();
    if change.class != commit.class {
        wrong.push(format!("class {}, not {}", change.class.word(), commit.class.word()));
    }
    let text = tabiji::diff::text(change, 100, true).split_whitespace().collect::<Vec<_>>().join(" ");
    for expected in &commit.expects {
        match expected {
            Expected::Journeys(names) => {
                let found: Vec<&str> = change.journeys.iter().map(|journey| journey.journey.as_str()).collect();
                if found != *names {
                    wrong.push(format!("journeys {found:?}, not {names:?}"));
                }
            }
            Expected::Says(words) => {
                if !text.contains(words) {
                    wrong.push(format!("does not say `{words}`"));
                }
            }
            Expected::Never(words) => {
                if text.contains(words) {
                    wrong.push(format!("says `{words}`"));
                }
            }
        }
    }
    if !wrong.is_empty() {
        wrong.push(tabiji::diff::text(change, 100, true));
    }
    wrong
}

#[test]
fn each_commit_has_the_effect_that_it_must_have() {
    let repository = Repository::of_example();
    let mut before = compiled(&repository);
    let mut failed = Vec::new();
    let commits = commits();
    assert_eq!(commits.len(), 55);
    for (number, commit) in commits.iter().enumerate() {
        repository.commit(commit);
        let after = compiled(&repository);
        let wrong = wrong(commit, &compared(&before, &after));
        if !wrong.is_empty() {
            failed.push(format!("{} {}:\n  {}", number + 1, commit.message, wrong.join("\n  ")));
        }
        before = after;
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}
