//! A second engine, in Python, written from the words of `docs/semantics.md` alone, runs the plans of random projects for
//! leads whose timelines are told: every fact of it has to be the simulator's.
//!
//! | variable | means |
//! |---|---|
//! | `ENGINE_PROJECTS`, `ENGINE_FIRST` | how many projects of each kind, from which number on |
//! | `ENGINE_LEADS` | how many leads for each project |
//! | `ENGINE_PEOPLE` | how many leads for each campaign of which nothing is told |
//! | `ENGINE_KIND` | only projects of this kind: `rich`, or a class of `tests/flood/generate.rs` |
//! | `ENGINE_SHRINK` | so many of those that disagree are made small before they are shown |
//! | `ENGINE_ONE` | a project to run instead: the file of one |
//! | `ENGINE_SHOW` | whether projects are shown |
//! | `TABIJI_PYTHON` | the Python to run it with, `python3` unless given |
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that finds nothing to look at has failed")]

#[path = "engine/average.rs"]
mod average;
#[path = "engine/facts.rs"]
mod facts;
#[path = "flood/generate.rs"]
mod generate;
#[path = "engine/judge.rs"]
mod judge;
#[path = "engine/people.rs"]
mod people;
#[path = "flood/project.rs"]
mod project;
#[path = "engine/python.rs"]
mod python;
#[path = "engine/rich.rs"]
mod rich;
#[path = "engine/shrink.rs"]
mod shrink;

use std::fmt::Write as _;

use judge::{Case, checked, disagreement};
use python::Python;

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// The text of the project of this number.
fn text(kind: &str, number: u64) -> String {
    if kind == "rich" {
        return rich::project(number);
    }
    let class = generate::CLASSES.iter().find(|class| class.name == kind).unwrap();
    generate::project(class, number).yaml()
}

#[test]
fn two_engines_come_to_the_same_on_average() {
    let leads = usize::try_from(number("ENGINE_PEOPLE", 500)).unwrap();
    let (figures, differing) = average::differing(&mut Python::start(), leads);
    println!("{figures} figures of {leads} leads for each campaign");
    assert!(figures > 200 && differing.is_empty(), "{figures} figures\n{}", differing.join("\n"));
}

#[test]
fn two_engines_say_the_same() {
    let mut python = Python::start();
    let leads = usize::try_from(number("ENGINE_LEADS", 8)).unwrap();
    let (mut projects, mut facts, mut faulty, mut wrong) = (0, 0, 0, Vec::new());
    let (first, count) = (number("ENGINE_FIRST", 0), number("ENGINE_PROJECTS", 60));
    let kinds = std::env::var("ENGINE_KIND").map_or_else(|_| vec!["any".to_owned(), "rich".to_owned()], |kind| vec![kind]);
    let mut texts: Vec<(String, u64, String)> = Vec::new();
    match std::env::var("ENGINE_ONE") {
        Ok(file) => texts.push((file.clone(), first, std::fs::read_to_string(file).unwrap())),
        Err(_) => {
            let all = (first..first + count).flat_map(|number| kinds.iter().map(move |kind| (kind.clone(), number)));
            texts.extend(all.map(|(kind, number)| (kind.clone(), number, text(&kind, number))));
        }
    }
    for (kind, number, yaml) in texts {
        if std::env::var("ENGINE_SHOW").is_ok() {
            println!("{yaml}");
        }
        let Some(plan) = checked(&yaml) else {
            faulty += 1;
            continue;
        };
        let case = Case::new(plan, number, leads);
        projects += 1;
        let (said, differs) = disagreement(&mut python, &case);
        facts += said;
        if let Some((lead, words)) = differs {
            let mut shown = format!("project {kind}:{number}, lead {lead}\n{words}");
            if std::env::var("ENGINE_SHRINK").is_ok() && wrong.len() < usize::try_from(self::number("ENGINE_SHRINK", 3)).unwrap() {
                shown = format!("project {kind}:{number}, lead {lead}\n");
                let _ = write!(shown, "{}", shrink::smallest(&mut python, &yaml, case.only(lead)));
            }
            wrong.push(shown);
        }
    }
    println!("{projects} projects with {leads} leads each, {facts} facts; {faulty} projects have faults; {} differ", wrong.len());
    assert!(projects > 0 && faulty * 3 <= projects + faulty, "{faulty} projects have faults");
    let some: Vec<String> = wrong.iter().take(8).cloned().collect();
    assert!(wrong.is_empty(), "{}", some.join("\n\n"));
}
