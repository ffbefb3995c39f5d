//! tabiji compiles marketing campaigns.
pub mod ast;
pub mod cli;
pub mod diag;
pub mod ir;
pub mod pipeline;
pub mod plan;
pub mod resolve;
pub mod schema;
pub mod syntax;
pub mod text;
