//! Makes a project smaller as long as something still holds of it.

use crate::project::{Action, Journey, Project, Step};

/// The smallest project that can be found by leaving things out, of which `holds`.
pub fn smallest(project: Project, holds: &dyn Fn(&Project) -> bool) -> Project {
    let mut best = project;
    while let Some(next) = smaller(&best).into_iter().find(|project| holds(project)) {
        best = next;
    }
    best
}

/// Projects with one thing less, the largest things first.
fn smaller(project: &Project) -> Vec<Project> {
    let mut out = Vec::new();
    let mut with = |change: &dyn Fn(&mut Project)| {
        let mut next = project.clone();
        change(&mut next);
        out.push(next);
    };
    for at in 0..project.journeys.len() {
        with(&|project| drop(project.journeys.remove(at)));
    }
    for at in (0..project.windows.len()).filter(|_| project.windows.len() > 1) {
        with(&|project| drop(project.windows.remove(at)));
    }
    for (at, journey) in project.journeys.iter().enumerate() {
        for steps in fewer(&journey.steps) {
            with(&|project| project.journeys[at].steps.clone_from(&steps));
        }
        for change in simpler(journey) {
            with(&|project| project.journeys[at] = change.clone());
        }
    }
    with(&|project| project.quiet_hours = None);
    with(&|project| project.unsubscribe = None);
    with(&|project| project.zone = None);
    with(&|project| project.calendar = false);
    with(&|project| project.decay = None);
    with(&|project| project.moves.clear());
    with(&|project| project.scoring.clear());
    with(&|project| project.stages.clear());
    with(&|project| project.lists.clear());
    for (at, email) in project.emails.iter().enumerate() {
        with(&|project| drop(project.emails.remove(at)));
        with(&|project| project.emails[at].repeat = None);
        if email.topic != "news" {
            with(&|project| project.emails[at].topic = "news".to_owned());
        }
    }
    for at in 0..project.messages.len() {
        with(&|project| drop(project.messages.remove(at)));
    }
    for at in 0..project.fields.len() {
        with(&|project| drop(project.fields.remove(at)));
    }
    for (at, (_, when)) in project.segments.iter().enumerate() {
        with(&|project| drop(project.segments.remove(at)));
        if when != "id != \"\"" {
            with(&|project| project.segments[at].1 = "id != \"\"".to_owned());
        }
    }
    for (at, (name, _)) in project.topics.iter().enumerate() {
        with(&|project| drop(project.topics.remove(at)));
        if name == "news" {
            with(&|project| project.topics[at].1 = "{consent: opt_out}".to_owned());
        }
    }
    for at in 0..project.events.len() {
        with(&|project| drop(project.events.remove(at)));
        with(&|project| project.events[at].1 = "{}".to_owned());
    }
    out.retain(|next| next != project);
    out
}

/// A journey with one condition less, or entered in a simpler way.
fn simpler(journey: &Journey) -> Vec<Journey> {
    let with = |change: &dyn Fn(&mut Journey)| {
        let mut next = journey.clone();
        change(&mut next);
        next
    };
    vec![
        with(&|journey| journey.priority = 0),
        with(&|journey| journey.filter = None),
        with(&|journey| journey.when = None),
        with(&|journey| journey.ends = None),
        with(&|journey| journey.exit_when = None),
        with(&|journey| journey.goal = None),
        with(&|journey| journey.again = None),
        with(&|journey| (journey.entry, journey.filter) = ("event: e2".to_owned(), None)),
    ]
}

/// Steps with one step less, or with one that is replaced by what is inside it.
fn fewer(steps: &[Step]) -> Vec<Vec<Step>> {
    let mut out = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let replaced = |by: Vec<Step>| {
            let mut next = steps.to_vec();
            next.splice(at..=at, by);
            next
        };
        out.push(replaced(Vec::new()));
        let same = |action: Action| vec![Step { id: step.id.clone(), action }];
        match &step.action {
            Action::Plain(action) => {
                let one_day = action.starts_with("wait: ") && action != "wait: 1 day";
                out.extend(one_day.then(|| replaced(same(Action::Plain("wait: 1 day".to_owned())))));
            }
            Action::WaitFor(_, None) => {}
            Action::WaitFor(what, Some(timeout)) => {
                out.push(replaced(same(Action::WaitFor(what.clone(), None))));
                out.extend(
                    fewer(timeout).into_iter().map(|less| replaced(same(Action::WaitFor(what.clone(), Some(less))))),
                );
            }
            Action::Branch(arms, rest) => {
                out.extend(arms.iter().map(|(_, arm)| replaced(arm.clone())));
                out.push(replaced(rest.clone()));
                for (number, (when, arm)) in arms.iter().enumerate() {
                    for less in fewer(arm) {
                        let mut arms = arms.clone();
                        arms[number] = (when.clone(), less);
                        out.push(replaced(same(Action::Branch(arms, rest.clone()))));
                    }
                }
                let rests = fewer(rest).into_iter();
                out.extend(rests.map(|less| replaced(same(Action::Branch(arms.clone(), less)))));
            }
            Action::Split(one, other) => {
                out.extend([replaced(one.clone()), replaced(other.clone())]);
                out.extend(fewer(one).into_iter().map(|less| replaced(same(Action::Split(less, other.clone())))));
                out.extend(fewer(other).into_iter().map(|less| replaced(same(Action::Split(one.clone(), less)))));
            }
        }
    }
    out
}
