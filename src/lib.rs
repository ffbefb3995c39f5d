//! tabiji compiles marketing campaigns.
pub mod diag;
pub mod text;
