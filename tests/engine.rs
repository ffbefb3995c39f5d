//! A second engine, in Python, written from the words of `docs/semantics.md` alone, runs the plans of random projects for
//! leads whose timelines are told, or whose behaviour is drawn by the same keys: every fact of it has to be the simulator's,
//! and every figure. Beside it, what is proved of these projects is held against what the simulator says.
//!
//! | variable | means |
//! |---|---|
//! | `ENGINE_PROJECTS`, `ENGINE_FIRST` | how many projects of each kind, from which number on |
//! | `ENGINE_LEADS` | how many leads for each project |
//! | `ENGINE_PEOPLE` | how many leads for each campaign of which nothing is told |
//! | `ENGINE_KIND` | only projects of this kind: `rich`, `whole`, `shop`, `drawn`, `narrow`, `learning`, or a class of `tests/flood/generate.rs` |
//! | `ENGINE_MAILS` | of every how-manieth project the most mails are proved as well |
//! | `ENGINE_ROUNDS` | how often leads are changed to get more mails there |
//! | `ENGINE_SHRINK` | so many of those that disagree are made small before they are shown |
//! | `ENGINE_ONE` | a project to run instead: the file of one |
//! | `ENGINE_SHOW` | whether projects are shown |
//! | `TABIJI_PYTHON` | the Python to run it with, `python3` unless given |
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that finds nothing to look at has failed")]

#[path = "engine/average.rs"]
mod average;
#[path = "engine/chances.rs"]
mod chances;
#[path = "engine/drawn.rs"]
mod drawn;
#[path = "engine/facts.rs"]
mod facts;
#[path = "flood/generate.rs"]
mod generate;
#[path = "engine/judge.rs"]
mod judge;
#[path = "engine/kept.rs"]
mod kept;
#[path = "engine/learning.rs"]
mod learning;
#[path = "engine/measures.rs"]
mod measures;
#[path = "engine/people.rs"]
mod people;
#[path = "flood/project.rs"]
mod project;
#[path = "engine/proved.rs"]
mod proved;
#[path = "engine/python.rs"]
mod python;
#[path = "engine/rich.rs"]
mod rich;
#[path = "engine/shop.rs"]
mod shop;
#[path = "engine/shrink.rs"]
mod shrink;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use judge::{Case, checked, disagreement};
use python::Python;
use tabiji::plan::Plan;

/// The kinds of projects that are made.
const KINDS: [&str; 7] = ["any", "rich", "whole", "shop", "drawn", "narrow", "learning"];

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// The projects to look at, by kind and number.
fn projects() -> Vec<(String, u64)> {
    let (first, count) = (number("ENGINE_FIRST", 0), number("ENGINE_PROJECTS", 40));
    let kinds = std::env::var("ENGINE_KIND").map_or_else(|_| KINDS.map(str::to_owned).to_vec(), |kind| vec![kind]);
    (first..first + count).flat_map(|number| kinds.iter().map(move |kind| (kind.clone(), number))).collect()
}

/// The text of the project of this number.
fn text(kind: &str, number: u64) -> String {
    match kind {
        "rich" => return rich::project(number),
        "whole" => return rich::whole(number),
        "shop" => return rich::shop(number),
        "drawn" => return rich::drawn(number),
        "narrow" => return rich::narrow(number),
        "learning" => return learning::project(number),
        _ => {}
    }
    let class = generate::CLASSES.iter().find(|class| class.name == kind).unwrap();
    generate::project(class, number).yaml()
}

/// A project of a kind with its leads.
fn case(kind: &str, plan: Plan, number: u64, leads: usize) -> Case {
    match kind {
        // Nothing is told where the personas do something themselves.
        "drawn" => Case::untold(plan, number, leads),
        "learning" => learning::taught(Case::new(plan, number, leads), number),
        _ => Case::new(plan, number, leads),
    }
}

#[test]
fn two_engines_come_to_the_same_on_average() {
    let leads = usize::try_from(number("ENGINE_PEOPLE", 300)).unwrap();
    let (figures, differing) = average::differing(&mut Python::start(), leads);
    println!("{figures} figures of {leads} leads for each campaign");
    assert!(figures > 200 && differing.is_empty(), "{figures} figures\n{}", differing.join("\n"));
}

#[test]
fn two_engines_share_quotas_alike() {
    let (first, count) = (number("ENGINE_FIRST", 0), number("ENGINE_PROJECTS", 40));
    let (mut python, mut together, mut wrong) = (Python::start(), 0, Vec::new());
    for number in first..first + count {
        let kind = ["whole", "drawn"][number as usize % 2];
        let plan = checked(&text(kind, number)).filter(|plan| !plan.campaign.is_one_by_one());
        let Some(plan) = plan else { continue };
        together += 1;
        let words = measures::difference_together(&mut python, &case(kind, plan, number, 25));
        wrong.extend(words.map(|words| format!("project {kind}:{number}\n{words}")));
    }
    println!("{together} projects whose leads share quotas; {} differ", wrong.len());
    assert!(together * 4 > count && wrong.is_empty(), "{together} projects\n{}", wrong.join("\n"));
}

#[test]
fn nobody_does_what_is_proved_to_be_impossible() {
    let leads = usize::try_from(number("ENGINE_PEOPLE", 40)).unwrap();
    let all = projects();
    let mails = number("ENGINE_MAILS", 8).max(1);
    let rounds = usize::try_from(number("ENGINE_ROUNDS", 20)).unwrap();
    let (next, seen) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((kind, number)) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Some(plan) = checked(&text(kind, *number)) else { continue };
                    let held = proved::hold(&plan, *number, leads, number % mails == 0, rounds);
                    seen.lock().unwrap().push((format!("{kind}:{number}"), held));
                }
            });
        }
    });
    let mut seen = seen.into_inner().unwrap();
    seen.sort_by(|(one, _), (other, _)| one.cmp(other));
    let sum = |of: &dyn Fn(&proved::Held) -> usize| seen.iter().map(|(_, held)| of(held)).sum::<usize>();
    let (claims, windows, reached) = (sum(&|held| held.claims), sum(&|held| held.windows), sum(&|held| held.reached));
    println!(
        "{} projects, {claims} claims, {windows} windows, in {reached} of them as many mails as proved",
        seen.len()
    );
    let wrong: Vec<String> = (seen.iter())
        .flat_map(|(name, held)| held.wrong.iter().map(move |wrong| format!("project {name}: {wrong}\n")))
        .collect();
    assert!(claims > seen.len() / 4 && wrong.is_empty(), "{claims} claims\n{}", wrong.concat());
}

#[test]
fn two_engines_say_the_same() {
    let leads = usize::try_from(number("ENGINE_LEADS", 6)).unwrap();
    let texts: Vec<(String, u64)> = match std::env::var("ENGINE_ONE") {
        Ok(file) => vec![(file, number("ENGINE_FIRST", 0))],
        Err(_) => projects(),
    };
    let (next, seen) = (AtomicUsize::new(0), Mutex::new(Seen::default()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut python = Python::start();
                while let Some((kind, number)) = texts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    look(&mut python, (kind, *number), leads, &seen);
                }
            });
        }
    });
    let Seen { projects, facts, faulty, mut wrong } = seen.into_inner().unwrap();
    wrong.sort();
    println!(
        "{projects} projects with {leads} leads each, {facts} facts; {faulty} projects have faults; {} differ",
        wrong.len()
    );
    assert!(projects > 0 && faulty * 3 <= projects + faulty, "{faulty} projects have faults");
    let some: Vec<String> = wrong.iter().take(8).cloned().collect();
    assert!(wrong.is_empty(), "{}", some.join("\n\n"));
}

/// What was seen of all projects.
#[derive(Default)]
struct Seen {
    projects: usize,
    facts: usize,
    faulty: usize,
    wrong: Vec<String>,
}

/// Runs a project by both engines.
fn look(python: &mut Python, (kind, number): (&str, u64), leads: usize, seen: &Mutex<Seen>) {
    let yaml = if kind.contains('.') { std::fs::read_to_string(kind).unwrap() } else { text(kind, number) };
    if std::env::var("ENGINE_SHOW").is_ok() {
        println!("{yaml}");
    }
    let Some(plan) = checked(&yaml) else {
        seen.lock().unwrap().faulty += 1;
        return;
    };
    let case = case(kind, plan, number, leads);
    let (facts, differs) = disagreement(python, &case);
    let shown = differs.map(|(lead, words)| {
        let small = self::number("ENGINE_SHRINK", 0);
        match (seen.lock().unwrap().wrong.len() as u64) < small {
            true => {
                format!("project {kind}:{number}, lead {lead}\n{}", shrink::smallest(python, &yaml, case.only(lead)))
            }
            false => format!("project {kind}:{number}, lead {lead}\n{words}"),
        }
    });
    let mut seen = seen.lock().unwrap();
    (seen.projects, seen.facts) = (seen.projects + 1, seen.facts + facts);
    seen.wrong.extend(shown);
}
