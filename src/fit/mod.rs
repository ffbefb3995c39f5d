//! What the past says: how personas behave, and what customers are worth.
//!
//! In: the campaign, leads with what logs tell of them, purchases. Out: estimates with intervals, by maximum likelihood.
//! Never: a draw, a file.

pub mod behavior;
pub mod value;
