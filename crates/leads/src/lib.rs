//! Leads in, cleaned, out.
//!
//! | module | stage | an invariant |
//! |---|---|---|
//! | [`leads`] | leads in, cleaned, out | streams |

pub mod leads;

use tabiji_model::{ir, plan, text};
