//! What a run gave, for people and for programs.
//!
//! In: the figures of a run and its plan, for the labels. Out: text for a terminal, JSON, a lead's timeline. Never:
//! a figure that only one of them has; rates and quantiles are worked out in `figure` and `sums` and nowhere else.

mod acquisition;
mod acquisition_json;
mod back_test;
mod channels;
mod chart;
mod clean;
mod comparison;
mod csv;
mod draw;
mod experiments;
mod figure;
mod flow;
mod funnel;
mod html;
mod intake;
mod json;
mod json_channels;
mod kpis;
mod limits;
mod markdown;
mod markup;
mod metrics;
mod notice;
mod permission;
mod plots;
mod products;
mod quota;
mod rates;
mod reach;
mod reasons;
mod replay;
mod scores;
mod series;
mod stats;
mod sums;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod timeline;
mod why;

pub use back_test::{back_test_json, back_test_text};
pub use clean::{clean_json, clean_text};
pub use comparison::{
    Compared, Moved, comparison_json, comparison_text, runs_json, runs_text, sensitivity_json, sensitivity_text,
    sweep_plots,
};
pub use csv::csv;
pub use funnel::{funnel_json, funnel_text};
pub use html::html;
pub use json::json;
pub use kpis::{Verdict, verdicts};
pub use markdown::markdown;
pub use plots::plots;
pub use quota::overfull;
pub use stats::{stats_json, stats_text};
pub use text::text;
pub use timeline::trace;
pub use why::{Question, why_json, why_text};
