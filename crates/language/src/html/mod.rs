//! HTML as mails have it: taken apart with the bytes of its pieces, and its style sheets put into its elements.
//!
//! In: text, tags of templates in it. Out: pieces, or HTML. Never: an opinion about either.

mod inline;
mod scan;

pub use inline::{inline, inline_of_mjml};
pub use scan::{Attribute, Piece, Tag, open_tag, scan, template_tag};
