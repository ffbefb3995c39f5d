//! Mappings in `{}` and sequences in `[]` that the author wrote over several lines stay so: the layout library joins them
//! unless a line ends behind the bracket that opens them.

use super::tokens::scalars;
use crate::syntax::Document;

/// The text with a line end behind each bracket whose inside has one between its items.
pub(super) fn opened(text: &str, document: &Document, line_end: &str) -> String {
    let mut inserted = Vec::new();
    let mut open: Vec<(usize, bool)> = Vec::new();
    for (at, sign) in outside(text, document) {
        match sign {
            '{' | '[' => open.push((at + 1, false)),
            '\n' => {
                if let Some((_, is_broken)) = open.last_mut() {
                    *is_broken = true;
                }
            }
            '}' | ']' => {
                if let Some((start, true)) = open.pop()
                    && !text[start..].trim_start_matches([' ', '\t']).starts_with(['\r', '\n', '#'])
                {
                    inserted.push(start);
                }
            }
            _ => {}
        }
    }
    inserted.sort_unstable();
    let (mut out, mut copied) = (String::with_capacity(text.len()), 0);
    for at in inserted {
        out.push_str(&text[copied..at]);
        out.push_str(line_end);
        copied = at;
    }
    out.push_str(&text[copied..]);
    out
}

/// The signs outside of scalars and comments, with their places.
fn outside<'t>(text: &'t str, document: &Document) -> impl Iterator<Item = (usize, char)> + 't {
    let comments = document.comments.iter().map(|comment| comment.span);
    let mut taken: Vec<(usize, usize)> =
        scalars(document).into_iter().chain(comments).map(|span| (span.start as usize, span.end as usize)).collect();
    taken.sort_unstable();
    taken.push((text.len(), text.len()));
    let mut from = 0;
    taken.into_iter().flat_map(move |(start, end)| {
        let gap = text.get(from..start).unwrap_or("");
        let gap_at = from;
        from = from.max(end);
        gap.char_indices().map(move |(at, sign)| (gap_at + at, sign))
    })
}
