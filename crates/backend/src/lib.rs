//! Simulations of a plan, and reports of them.
//!
//! | module | stage | an invariant |
//! |---|---|---|
//! | [`backend`] | simulation, reports | read the plan and leads, and nothing else |

pub mod backend;

use tabiji_leads::leads;
use tabiji_model::{ir, plan, statistics, text};
