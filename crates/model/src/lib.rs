//! What all stages speak of: places in files, findings, numbers, the campaign, the plan.
//!
//! | module | stage | an invariant |
//! |---|---|---|
//! | [`text`] | source files, places in them, nearest names | knows nothing of what the text means |
//! | [`diag`] | findings as data, the table of codes, their renderers | knows no rule |
//! | [`statistics`] | distributions, intervals, sample sizes | numbers in, numbers out |
//! | [`ir`] | the resolved, typed campaign | plain data; places are no part of its meaning |
//! | [`plan`] | what will be done, canonical and hashed | needs no sources |

pub mod diag;
pub mod ir;
pub mod plan;
pub mod statistics;
pub mod text;
