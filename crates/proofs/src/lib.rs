//! What can be known of a campaign before launch, and what of it is a fault.
//!
//! | module | stage | an invariant |
//! |---|---|---|
//! | [`analysis`] | facts about a campaign | no words, only names and places |
//! | [`rules`] | facts → findings | one file for each rule |

pub mod analysis;
pub mod rules;

use tabiji_language::{ast, html, resolve};
use tabiji_model::{diag, ir, text};
