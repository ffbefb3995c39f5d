//! tabiji compiles marketing campaigns.
pub mod backend;
pub mod diag;
pub mod text;
pub mod ir;
pub mod plan;
