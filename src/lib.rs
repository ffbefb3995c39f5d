//! tabiji compiles marketing campaigns.
pub mod ast;
pub mod diag;
pub mod schema;
pub mod syntax;
pub mod text;
pub mod ir;
pub mod plan;
