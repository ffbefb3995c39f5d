//! tabiji compiles marketing campaigns.
pub mod backend;
pub mod diag;
pub mod ir;
pub mod leads;
pub mod plan;
pub mod text;
