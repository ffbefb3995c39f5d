//! What lasts: how a lead stands at a moment of its timeline.

use crate::backend::sim::{Fact, Noted};
use crate::ir::Name;
use crate::ir::scenario::Subject;

/// The name of the segment by which a run watches the condition of an expectation. No name of a campaign has a space.
pub(super) fn watched(number: usize) -> Name {
    format!("expectation {number}")
}

/// How something stands, in the word that reports show; `None` before the lead is there, or where there is no value.
type Standing = Option<String>;

/// How the subject stood: from the beginning, and after each change, with its instant.
pub(super) fn history(subject: &Subject, number: usize, facts: &[Noted]) -> Vec<(i64, Standing)> {
    let mut history = Vec::new();
    for noted in facts {
        if let Some(standing) = told(subject, number, &noted.fact) {
            history.push((noted.at_secs, standing));
        }
    }
    history
}

/// What a fact says about how the subject stands.
fn told(subject: &Subject, number: usize, fact: &Fact) -> Option<Standing> {
    match (subject, fact) {
        (Subject::Stage { .. }, Fact::Began { stage, .. }) => Some(stage.clone()),
        (Subject::Stage { .. }, Fact::Stage { stage }) => Some(Some(stage.clone())),
        (Subject::Score { model, .. }, Fact::Began { scores, .. }) => Some(scores.get(model).map(i32::to_string)),
        (Subject::Score { model, .. }, Fact::Score { model: of, score }) if model == of => {
            Some(Some(score.to_string()))
        }
        (Subject::Grade { model, .. }, Fact::Grade { model: of, grade }) if model == of => Some(grade.clone()),
        (Subject::Member { .. } | Subject::Holds { .. }, Fact::Began { .. }) => Some(Some("no".to_owned())),
        (Subject::Member { segment, .. }, Fact::Segment { segment: of, member }) if segment == of => Some(yes(*member)),
        (Subject::Holds { .. }, Fact::Segment { segment: of, member }) if *of == watched(number) => Some(yes(*member)),
        _ => None,
    }
}

fn yes(member: bool) -> Standing {
    Some(if member { "yes" } else { "no" }.to_owned())
}

/// The word that is expected, and whether it is to be that one.
pub(super) fn wanted(subject: &Subject) -> Option<(String, bool)> {
    match subject {
        Subject::Stage { stage, is } => Some((stage.clone(), *is)),
        Subject::Score { score, is, .. } => Some((score.to_string(), *is)),
        Subject::Grade { grade, is, .. } => Some((grade.clone(), *is)),
        Subject::Member { is, .. } | Subject::Holds { is, .. } => Some(("yes".to_owned(), *is)),
        Subject::Sent { .. }
        | Subject::Mails { .. }
        | Subject::Skipped { .. }
        | Subject::Entered { .. }
        | Subject::Refused { .. }
        | Subject::Exited { .. }
        | Subject::Reached { .. }
        | Subject::Task { .. }
        | Subject::Happened { .. } => None,
    }
}

/// How it stood at the end of a second.
pub(super) fn at(history: &[(i64, Standing)], at_secs: i64) -> Standing {
    history.iter().take_while(|(since, _)| *since <= at_secs).last().and_then(|(_, standing)| standing.clone())
}

/// The first moment of a stretch of time at which it stood as it should.
pub(super) fn first(history: &[(i64, Standing)], from: i64, to: i64, is: impl Fn(&Standing) -> bool) -> Option<i64> {
    if is(&at(history, from)) && history.first().is_some_and(|(since, _)| *since <= from) {
        return Some(from);
    }
    history.iter().find(|(since, standing)| (from..=to).contains(since) && is(standing)).map(|(since, _)| *since)
}
