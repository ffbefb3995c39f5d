//! The independent judge of the proof that no lead is flooded: random small projects, and an exhaustive search of what
//! their meaning allows, by the simulator alone. What is proved is never less than what can be reached.
//!
//! | variable | means |
//! |---|---|
//! | `FLOOD_PROJECTS`, `FLOOD_FIRST` | how many projects of each class, from which number on |
//! | `FLOOD_RUNS` | how many timelines are tried for a project |
//! | `FLOOD_BEYOND` | 1 to search on where a bound is reached, for more than it says |
//! | `FLOOD_CLASS` | only these classes, such as `plain,rich` |
//! | `FLOOD_REDUCE` | whether projects that are proved worse than they are, are made small and shown as well |
//! | `FLOOD_ONE` | a project to show as well: `class:number`, or the file of one |
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that finds nothing to look at has failed")]

#[path = "flood/campaign.rs"]
mod campaign;
#[path = "flood/corpus.rs"]
mod corpus;
#[path = "flood/generate.rs"]
mod generate;
#[path = "flood/hand.rs"]
mod hand;
#[path = "flood/judge.rs"]
mod judge;
#[path = "flood/project.rs"]
mod project;
#[path = "flood/search.rs"]
mod search;
#[path = "flood/shrink.rs"]
mod shrink;
#[path = "flood/standing.rs"]
mod standing;

use corpus::{Size, Verdict, reduced};

/// Projects of one class that are made small, at most.
const REDUCED: usize = 3;

#[test]
fn what_is_proved_is_never_less_than_what_is_reached() {
    if let Ok(one) = std::env::var("FLOOD_ONE") {
        println!("{}", shown(&one));
    }
    let size = Size::of_environment();
    let (table, unsound, loose) = corpus::all(size);
    println!("{table}");
    if std::env::var("FLOOD_REDUCE").is_ok() {
        for (class, numbers) in &loose {
            for number in numbers.iter().take(REDUCED) {
                println!("{}", reduced(class, *number, size.budget, &[Verdict::Loose, Verdict::Unproved], true));
            }
        }
    }
    let mut wrong = String::new();
    for (class, numbers) in &unsound {
        for number in numbers.iter().take(REDUCED) {
            wrong.push_str(&reduced(class, *number, size.budget, &[Verdict::Unsound], false));
        }
    }
    assert!(wrong.is_empty(), "{table}{wrong}");
}

/// One project with what is proved of it: `class:number`, or the file of one.
fn shown(one: &str) -> String {
    let yaml = match one.split_once(':') {
        Some((name, number)) => {
            let class = generate::CLASSES.iter().find(|class| class.name == name).unwrap();
            generate::project(class, number.parse().unwrap()).yaml()
        }
        None => std::fs::read_to_string(one).unwrap(),
    };
    format!("{yaml}{}", corpus::said(&yaml, Size::of_environment().budget))
}
