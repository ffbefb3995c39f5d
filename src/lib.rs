//! tabiji compiles marketing campaigns.
pub mod backend;
pub mod diag;
pub mod ir;
pub mod leads;
pub mod pipeline;
pub mod plan;
pub mod project;
pub mod resolve;
pub mod rules;
pub mod schema;
pub mod syntax;
pub mod text;
