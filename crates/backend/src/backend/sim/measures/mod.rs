//! What is measured besides what the engine counts by itself: KPIs, experiments, figures of mails by what they belong to.
//!
//! In: the program, a lead's state, what happens to it. Out: figures. Never: a change of the lead that a condition, a
//! score or a journey could see.

mod experiment;
mod figures;
mod kpi;
mod mails;

pub use experiment::Trial;
pub use figures::{ArmFigures, ExperimentFigures, KpiFigures, Pairs, Tallies, Tally};
pub use mails::Marks;
