//! The proof held against the search, over random projects: class by class, with a table of how close they are.

use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use tabiji::ir::{Campaign, Lead};
use tabiji::pipeline::{self, Checked};

use crate::campaign::{Ground, Span, spans};
use crate::generate::{CLASSES, Class, project};
use crate::judge::{proved, shown};
use crate::project::Project;
use crate::search::{Budget, Found, Most, search, shortened};
use crate::shrink::smallest;

/// How a proof and a search agree on one window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// What is proved is reached.
    Exact,
    /// More is proved than was reached.
    Loose,
    /// More was reached than is proved.
    Unsound,
    /// Nothing is proved, and there is no bound.
    Endless,
    /// Nothing is proved, and no end of mails was found.
    Unproved,
}

/// The number of projects of each class, and of runs for each; more of both by environment variables.
#[derive(Clone, Copy)]
pub struct Size {
    pub projects: u64,
    pub first: u64,
    pub budget: Budget,
}

impl Size {
    pub fn of_environment() -> Size {
        let number =
            |name: &str, usual: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
        let runs = usize::try_from(number("FLOOD_RUNS", 400)).unwrap();
        Size {
            projects: number("FLOOD_PROJECTS", 12),
            first: number("FLOOD_FIRST", 0),
            budget: Budget { runs, bursts: 6, width: 2 + runs / 200, beyond: number("FLOOD_BEYOND", 0) },
        }
    }
}

pub fn check(yaml: &str) -> Checked {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tabiji.yaml"), yaml).unwrap();
    pipeline::check(folder.path()).ok().unwrap()
}

/// What is proved and shown of a project's windows, and what a search finds.
pub struct Judged {
    pub bounds: Vec<Option<u64>>,
    /// The mails of the timelines that are shown.
    pub shown: Vec<u64>,
    /// The search; where a timeline is shown that has more, that.
    pub found: Found,
}

/// Proves and searches.
pub fn judge(yaml: &str, budget: Budget) -> Option<Judged> {
    let checked = check(yaml);
    let campaign = checked.campaign.as_ref()?;
    let spans = spans(campaign);
    let (bounds, shown) = (proved(&checked, &spans), shown(&checked, &spans));
    let mut found = searched(campaign, &spans, &bounds, budget).into_iter().next_back()?.1;
    for (most, shown) in found.most.iter_mut().zip(&shown) {
        most.mails = most.mails.max(*shown);
    }
    Some(Judged { bounds, shown, found })
}

/// What is found where frequency rules do nothing, and last what is found at all: a limit has to hold as well where they
/// hold mails back.
fn searched(campaign: &Campaign, spans: &[Span], bounds: &[Option<u64>], budget: Budget) -> Vec<(Ground, Found)> {
    let free = Ground::new(campaign, spans.to_vec());
    let found = search(&free, budget, Some(bounds));
    let limits = campaign.policies.limits.len();
    if limits == 0 || campaign.policies.frequency.is_empty() {
        return vec![(free, found)];
    }
    let as_it_is = Ground::as_it_is(campaign, spans.to_vec());
    let mut both = search(&as_it_is, budget, Some(bounds));
    let (rules, of_limits) = spans.split_at(spans.len() - limits);
    let is_limit = (rules.iter().map(|_| false)).chain(of_limits.iter().map(|_| true));
    for (is_limit, (most, without)) in is_limit.zip(both.most.iter_mut().zip(&found.most)) {
        if !is_limit || without.grows || without.mails > most.mails {
            most.clone_from(without);
        }
    }
    both.exhaustive &= found.exhaustive;
    vec![(free, found), (as_it_is, both)]
}

pub fn verdict(proved: Option<u64>, most: &Most) -> Verdict {
    match proved {
        None if most.grows => Verdict::Endless,
        None => Verdict::Unproved,
        Some(_) if most.grows => Verdict::Unsound,
        Some(bound) if bound < most.mails => Verdict::Unsound,
        Some(bound) if bound > most.mails => Verdict::Loose,
        Some(_) => Verdict::Exact,
    }
}

/// What came of a class.
#[derive(Default)]
pub struct Row {
    pub windows: [usize; 5],
    /// Windows of which a timeline is shown that has as many mails as are proved.
    pub shown: usize,
    /// Loose or unproved ones, after a search that left nothing out.
    pub surely: usize,
    pub projects: usize,
    pub faulty: Vec<u64>,
    pub unsound: Vec<u64>,
    /// Those of which it is sure that more is proved than there is.
    pub loose: Vec<u64>,
    /// Those of which it is not known.
    pub open: Vec<u64>,
    pub proved: u64,
    pub reached: u64,
}

/// Does something for each number, in threads of its own: those of the library may not wait for each other's work.
fn in_threads<T: Send>(numbers: &[u64], work: &(dyn Fn(u64) -> T + Sync)) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((at, number)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, numbers.get(at)?)))
                {
                    let of_number = work(*number);
                    done.lock().unwrap().push((at, of_number));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, of_number)| of_number).collect()
}

/// Runs a class.
pub fn run(class: &Class, size: Size) -> Row {
    let numbers: Vec<u64> = (size.first..size.first + size.projects).collect();
    let judged = in_threads(&numbers, &|number| judge(&project(class, number).yaml(), size.budget));
    let mut row = Row::default();
    for (number, judged) in numbers.into_iter().zip(judged) {
        row.projects += 1;
        let Some(Judged { bounds, shown, found }) = judged else {
            row.faulty.push(number);
            continue;
        };
        row.shown += bounds.iter().zip(&shown).filter(|(bound, shown)| **bound == Some(**shown)).count();
        let verdicts: Vec<Verdict> =
            bounds.iter().zip(&found.most).map(|(bound, most)| verdict(*bound, most)).collect();
        for (verdict, (bound, most)) in verdicts.iter().zip(bounds.iter().zip(&found.most)) {
            row.windows[*verdict as usize] += 1;
            row.surely += usize::from(found.exhaustive && matches!(verdict, Verdict::Loose | Verdict::Unproved));
            if let (Some(bound), false) = (bound, most.grows) {
                (row.proved, row.reached) = (row.proved + bound, row.reached + most.mails);
            }
        }
        row.unsound.extend(verdicts.contains(&Verdict::Unsound).then_some(number));
        let loose = verdicts.iter().any(|verdict| matches!(verdict, Verdict::Loose | Verdict::Unproved));
        row.loose.extend((loose && found.exhaustive).then_some(number));
        row.open.extend((loose && !found.exhaustive).then_some(number));
    }
    row
}

/// The table of all classes.
pub fn table(rows: &[(&str, Row)]) -> String {
    let mut out = String::from(
        "class      projects  exact  (shown)  endless  loose  unproved  (surely)  unsound  proved/reached\n",
    );
    for (name, row) in rows {
        let [exact, loose, unsound, endless, unproved] = row.windows;
        let ratio = row.proved as f64 / row.reached.max(1) as f64;
        let _ = writeln!(
            out,
            "{name:<10} {:>8} {exact:>6} {:>8} {endless:>8} {loose:>6} {unproved:>9} {:>9} {unsound:>8}  {ratio:.3}",
            row.projects, row.shown, row.surely,
        );
    }
    out
}

/// A project of a class, made as small as it can be while a verdict of it stays, and what can be said about it.
pub fn reduced(class: &Class, number: u64, budget: Budget, wanted: &[Verdict], exhaustive: bool) -> String {
    let holds = |project: &Project| {
        let judged = judge(&project.yaml(), budget);
        judged.is_some_and(|Judged { bounds, found, .. }| {
            (found.exhaustive || !exhaustive)
                && bounds.iter().zip(&found.most).any(|(bound, most)| wanted.contains(&verdict(*bound, most)))
        })
    };
    let small = smallest(project(class, number), &holds);
    format!("class {}, project {number}\n```yaml\n{}```\n{}", class.name, small.yaml(), said(&small.yaml(), budget))
}

/// What is proved and what was reached, with the lead and the timeline of each fullest window.
pub fn said(yaml: &str, budget: Budget) -> String {
    let checked = check(yaml);
    let Some(campaign) = &checked.campaign else { return format!("{:?}", checked.findings) };
    let spans = spans(campaign);
    let bounds = proved(&checked, &spans);
    let searched = searched(campaign, &spans, &bounds, budget);
    let mut out = String::new();
    let Some((_, found)) = searched.last() else { return out };
    for (number, (bound, most)) in bounds.iter().zip(&found.most).enumerate() {
        let _ = writeln!(
            out,
            "{:?}: proved {bound:?}, reached {}{}, {:?}{}",
            spans[number],
            most.mails,
            if most.grows { " and grows" } else { "" },
            verdict(*bound, most),
            if found.exhaustive { ", after an exhaustive search" } else { "" },
        );
        let longest = searched.iter().rev().find_map(|(ground, _)| Some((ground, shortened(ground, number, most)?)));
        out.extend(longest.map(|(ground, lead)| told(&lead, ground)));
    }
    out
}

/// A lead and its timeline, in lines.
fn told(lead: &Lead, ground: &Ground) -> String {
    let fields = ground.plan.campaign.fields.keys().zip(&lead.values);
    let fields: Vec<String> =
        fields.filter_map(|(name, value)| Some(format!("{name} {:?}", value.as_ref()?))).collect();
    let settled = (&lead.stage, &lead.scores, &lead.settled.lists, &lead.settled.arms, &lead.settled.subscribed);
    let mut out = format!("  {} {settled:?}\n", fields.join(", "));
    for each in lead.timeline.iter().flatten() {
        let since = each.at_secs - ground.start;
        let (day, second) = (since.div_euclid(86_400), since.rem_euclid(86_400));
        let clock = format!("{:02}:{:02}:{:02}", second / 3600, second % 3600 / 60, second % 60);
        let _ = writeln!(out, "  day {day} {clock} {} {:?}", each.event, each.with);
    }
    out
}

/// Numbers of projects, by class.
type ByClass = Vec<(&'static Class, Vec<u64>)>;

/// Searches for projects whose proof is wrong (too low, then too high), and gives their numbers by class.
pub fn all(size: Size) -> (String, ByClass, ByClass) {
    let began = Instant::now();
    let only = std::env::var("FLOOD_CLASS").ok();
    let mut rows = Vec::new();
    let (mut unsound, mut loose) = (Vec::new(), Vec::new());
    for class in
        CLASSES.iter().filter(|class| only.as_ref().is_none_or(|only| only.split(',').any(|one| one == class.name)))
    {
        let row = run(class, size);
        if let Some(number) = row.faulty.first() {
            let yaml = project(class, *number).yaml();
            panic!("{} {number} means nothing\n{yaml}{:?}", class.name, check(&yaml).findings);
        }
        unsound.push((class, row.unsound.clone()));
        loose.push((class, row.loose.clone()));
        rows.push((class.name, row));
        if size.projects > 20 {
            let (_, row) = &rows[rows.len() - 1];
            println!("{}surely loose: {:?}, not known: {:?}", table(&rows[rows.len() - 1..]), row.loose, row.open);
        }
    }
    let table = table(&rows);
    (format!("{table}{:.1} s\n", began.elapsed().as_secs_f64()), unsound, loose)
}
