//! From YAML to a campaign: parsed, held against the schema, resolved and typed.
//!
//! | module | stage | an invariant |
//! |---|---|---|
//! | [`syntax`] | YAML text → spanned tree | the only folder that names the YAML library |
//! | [`mod@format`] | YAML text in the one layout | the meaning and the comments stay |
//! | [`schema`] | tree against the JSON Schema | says every fault in words of campaigns |
//! | [`ast`] | one file's declarations | names are raw; conditions are parsed in one place |
//! | [`mjml`] | MJML → faults, HTML | the only folder that names the MJML library |
//! | [`html`] | the HTML of mails → its pieces at their bytes; style sheets put into elements | no opinion |
//! | [`resolve`] | declarations → campaign | reads no file |

pub mod ast;
pub mod format;
pub mod html;
pub mod mjml;
pub mod resolve;
pub mod schema;
pub mod syntax;

use tabiji_model::{diag, ir, text};
