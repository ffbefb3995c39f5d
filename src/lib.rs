//! tabiji compiles marketing campaigns: YAML in git is parsed, held against a JSON Schema, resolved and typed, looked
//! through for what cannot work, and then simulated or written out as an execution plan.
//!
//! The modules are the pipeline, from the top to the bottom of this table. Each stage has one entry function, passes
//! plain data on, and does not know the stages below it.
//!
//! | module | stage | an invariant |
//! |---|---|---|
//! | [`text`] | source files, places in them, nearest names | knows nothing of what the text means |
//! | [`diag`] | findings as data, the table of codes, their renderers | knows no rule |
//! | [`statistics`] | distributions, intervals, sample sizes | numbers in, numbers out |
//! | [`syntax`] | YAML text → spanned tree | the only folder that names the YAML library |
//! | [`mod@format`] | YAML text in the one layout | the meaning and the comments stay |
//! | [`schema`] | tree against the JSON Schema | says every fault in words of campaigns |
//! | [`ast`] | one file's declarations | names are raw; conditions are parsed in one place |
//! | [`ir`] | the resolved, typed campaign | plain data; places are no part of its meaning |
//! | [`mjml`] | MJML → faults, HTML | the only folder that names the MJML library |
//! | [`html`] | the HTML of mails → its pieces at their bytes; style sheets put into elements | no opinion |
//! | [`resolve`] | declarations → campaign | reads no file |
//! | [`analysis`] | facts about a campaign | no words, only names and places |
//! | [`rules`] | facts → findings | one file for each rule |
//! | [`plan`] | what will be done, canonical and hashed | needs no sources |
//! | [`leads`] | leads in, cleaned, out | streams |
//! | [`backend`] | simulation, reports | read the plan and leads, and nothing else |
//! | [`mail`] | an email and a lead → a message | no clock, no network, no file |
//! | [`diff`] | two campaigns → what the change does to people | knows neither git nor files |
//! | [`fit`] | what logs of the past say about behaviour and about the value of customers | draws nothing |
//! | [`project`], [`pipeline`] | files, and the order of the stages | the only readers of files |
//! | [`witness`] | leads that reach a bound, run | proves nothing |
//! | [`scenario`] | the project's own tests | run a plan, and read no file |
//! | [`cli`] | the commands | results on standard output, all else on standard error |

pub mod cli;
pub mod diff;
pub mod dns;
pub mod fit;
pub mod mail;
pub mod pipeline;
pub mod project;
pub mod scenario;
pub mod witness;

pub use tabiji_backend::backend;
pub use tabiji_language::{ast, format, html, mjml, resolve, schema, syntax};
pub use tabiji_leads::leads;
pub use tabiji_model::{diag, ir, plan, statistics, text};
pub use tabiji_proofs::{analysis, rules};
