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

/// The templates of a mail for so many leads, on one thread: what stands between a list of leads and their mails.
#[divan::bench(args = [10_000], sample_count = 5)]
fn fill_templates(bencher: divan::Bencher<'_, '_>, mails: u64) {
    use std::sync::Arc;
    use tabiji::mail::{About, Locale, Reader, Templates, prepare};
    let Some(plan) = compiled() else { return };
    let Ok(mut leads) = leads::made_up(&plan, 1, 1) else { return };
    let (campaign, Some(Ok(lead))) = (Arc::new(plan.campaign), leads.next()) else { return };
    let Some(Ok(prepared)) = campaign.emails.get("newsletter-monthly").map(|email| prepare(email, "ja")) else {
        return;
    };
    let locale = Locale { tag: "ja-JP".to_owned(), currency: Some("JPY".to_owned()) };
    let Ok(templates) = Templates::compile(&prepared, &locale, false) else { return };
    let reader = Reader::new(&campaign, "newsletter-monthly", lead, About::default());
    bencher
        .counter(divan::counter::ItemsCount::new(mails))
        .bench(|| (0..mails).filter_map(|_| templates.fill(&reader).ok()).sum::<usize>());
}
