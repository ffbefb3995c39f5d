//! How long the main jobs take: `cargo bench`.
//!
//! Machines are noisy: compare figures of one run with each other, not with those of another day.

use std::path::Path;

use tabiji::backend::sim::{self, Options};
use tabiji::plan::{self, Plan};
use tabiji::{leads, pipeline};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/aozora-cloud");

fn main() {
    divan::main();
}

/// From YAML to findings.
#[divan::bench]
fn check() -> usize {
    pipeline::check(Path::new(EXAMPLE)).map_or(0, |checked| checked.findings.len())
}

/// From YAML to the plan's bytes.
#[divan::bench]
fn compile() -> Option<String> {
    compiled()?.to_json().ok()
}

/// 90 days with so many leads, on one thread and on two.
#[divan::bench(args = [(1_000, 1), (1_000, 2), (10_000, 1), (10_000, 2)], sample_count = 5)]
fn simulate(bencher: divan::Bencher<'_, '_>, (count, threads): (u64, usize)) {
    let Some(plan) = compiled() else { return };
    bencher.counter(divan::counter::ItemsCount::new(count)).bench(|| {
        let mut rows = leads::made_up(&plan, count, 1).ok()?;
        let options = Options { threads: Some(threads), ..Options::default() };
        sim::run(&plan, &mut rows, &options, &|_| {}).ok()
    });
}

fn compiled() -> Option<Plan> {
    plan::build(&pipeline::check(Path::new(EXAMPLE)).ok()?.campaign?).ok()
}
