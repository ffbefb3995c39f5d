//! What is done with a plan. Each backend is a leaf: it reads the plan and returns data or bytes.

pub mod report;
pub mod sim;
