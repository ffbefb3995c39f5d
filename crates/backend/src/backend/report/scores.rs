//! Scores and grades as they are at the end of the run.

use super::figure::{NONE, amount, count, percent};
use super::rates::{Intervals, mean_words};
use super::table::{Block, Line, Table};
use crate::backend::sim::{Figures, ScoreFigures, Section};
use crate::ir::Campaign;

/// What leads that no band takes are counted under.
const NO_GRADE: &str = "none";

/// A table of the scores, and one of the leads of each grade for each model; without those that have no rows.
pub(super) fn sections(figures: &Figures, campaign: &Campaign) -> Vec<Block> {
    let grades = figures.grades.iter().map(|(model, grades)| {
        let label = campaign.grading.get(model).and_then(|model| model.label.as_deref());
        let all = grades.iter().map(|(_, leads)| leads).sum();
        let mut table = Table::new(&format!("Grades of {}", label.unwrap_or(model)), &["leads", "share"]);
        for (grade, leads) in grades.iter() {
            let name = if grade == NO_GRADE { "no grade" } else { grade };
            table.push(Line::new(None, name, vec![count(*leads), percent(*leads, all)]));
        }
        Block { table, notes: vec!["at the end of the run".to_owned()] }
    });
    let blocks = std::iter::once(scores(figures, campaign)).chain(grades);
    blocks.filter(|block| !block.table.rows.is_empty()).collect()
}

fn scores(figures: &Figures, campaign: &Campaign) -> Block {
    let intervals = Intervals::of(figures);
    let mut table = Table::new("Scores", &["leads", "mean", "95 % interval", "least", "most"]);
    let mut few = false;
    for (name, score) in figures.scores.iter() {
        let label = campaign.scoring.get(name).and_then(|model| model.label.as_deref());
        let ends = intervals.get(Section::Scores, name, "mean");
        few |= ends.is_some_and(|ends| ends.few_leads);
        let whole = |number: Option<i64>| number.map_or(NONE.to_owned(), |number| amount(number as f64, 0));
        let numbers = vec![
            count(score.count),
            mean(score).map_or(NONE.to_owned(), |mean| amount(mean, 2)),
            ends.map_or(NONE.to_owned(), |ends| mean_words(&ends)),
            whole(score.min),
            whole(score.max),
        ];
        table.push(Line::new(label, name, numbers));
    }
    let mut notes = vec!["at the end of the run".to_owned()];
    notes.extend(few.then(|| "* rests on fewer than 30 leads".to_owned()));
    Block { table, notes }
}

fn mean(score: &ScoreFigures) -> Option<f64> {
    (score.count > 0).then(|| score.sum as f64 / score.count as f64)
}
