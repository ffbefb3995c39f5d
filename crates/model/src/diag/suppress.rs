//! What a project does not want to hear: levels in `tabiji.yaml`, and `# tabiji: allow(slug) reason` comments.
//!
//! Only rules can be silenced. A fault that leaves the meaning of the campaign open stays an error.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use super::{Code, Diagnostic, Level, Levels};
use crate::text::{FileId, Span, nearest};

/// The form of an allow comment, for help texts.
const FORM: &str = "write `# tabiji: allow(unused-definition) why it is fine`";

/// One rule that a comment allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    /// The rule; `None` if there is none of this name.
    pub code: Option<Code>,
    /// The name as written; empty if the comment could not be understood.
    pub name: String,
    /// The comment, or better the name in it.
    pub span: Span,
    /// What the comment is about: the next node and all inside it.
    pub covers: Span,
    /// Why.
    pub reason: String,
}

/// What an allow comment says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParsedAllow {
    /// Which rules it allows, each with its bytes in the comment, and why.
    Allow {
        /// The rules as written.
        names: Vec<(String, Range<usize>)>,
        /// The reason; may be empty.
        reason: String,
    },
    /// It is addressed to tabiji and says nothing that tabiji knows.
    Malformed,
}

/// The findings that remain after the project's levels and its allow comments, with findings about these comments. `is_open`
/// says that a fault leaves open what the campaign means: then rules are silent that look at it, and so it is about comments
/// that nothing needs.
pub fn apply(found: Vec<Diagnostic>, allows: &[Allow], levels: &Levels, is_open: bool) -> Vec<Diagnostic> {
    let mut hits = vec![false; allows.len()];
    let mut kept = silence(found, allows, levels, &mut hits);
    kept.extend(allows.iter().filter_map(fault));
    if is_open {
        return kept;
    }
    // Comments that hit nothing come last: other comments may allow them.
    let unused = allows.iter().zip(hits.clone()).filter(|(allow, hit)| !hit && allow.code != Some(Code::UnusedAllow));
    let unused = unused.filter_map(|(allow, _)| unused_allow(allow)).collect();
    kept.extend(silence(unused, allows, levels, &mut hits));
    let unused = allows.iter().zip(&hits).filter(|(allow, hit)| !**hit && allow.code == Some(Code::UnusedAllow));
    let unused = unused.filter_map(|(allow, _)| unused_allow(allow)).collect();
    kept.extend(silence(unused, &[], levels, &mut []));
    kept
}

/// What a comment says to tabiji, if it speaks to it: `text` is what stands after `#`.
pub fn parse_allow(text: &str) -> Option<ParsedAllow> {
    let said = text.trim_start().strip_prefix("tabiji")?;
    let Some(said) = said.strip_prefix(':') else {
        // Nearly an allow comment: it would do nothing, and nobody would know.
        let nearly = said.starts_with('：') || said.trim_start().starts_with("allow");
        return nearly.then_some(ParsedAllow::Malformed);
    };
    Some(parse_said(text, said).unwrap_or(ParsedAllow::Malformed))
}

/// The allows in a comment that stands at `span` (from `#` on) and is about `covers`. `text` is what stands after `#`.
pub fn allows(text: &str, span: Span, covers: Span) -> Vec<Allow> {
    let (names, reason) = match parse_allow(text) {
        None => return Vec::new(),
        Some(ParsedAllow::Malformed) => {
            return vec![Allow { code: None, name: String::new(), span, covers, reason: String::new() }];
        }
        Some(ParsedAllow::Allow { names, reason }) => (names, reason),
    };
    let base = span.start as usize + 1;
    let allow = |(name, at): (String, Range<usize>)| Allow {
        code: Code::find(&name),
        name,
        span: Span::new(span.file, base + at.start, base + at.end),
        covers,
        reason: reason.clone(),
    };
    names.into_iter().map(allow).collect()
}

/// The part after `tabiji:`, which is the end of `text`.
fn parse_said(text: &str, said: &str) -> Option<ParsedAllow> {
    let list = said.trim_start().strip_prefix("allow")?.trim_start().strip_prefix('(')?;
    let (list, reason) = list.split_once(')')?;
    let mut at = text.len() - reason.len() - 1 - list.len();
    let mut names = Vec::new();
    for part in list.split(',') {
        let name = part.trim();
        if name.is_empty() {
            return None;
        }
        let start = at + (part.len() - part.trim_start().len());
        names.push((name.to_owned(), start..start + name.len()));
        at += part.len() + 1;
    }
    let reason = reason.trim().trim_start_matches([':', '-', '—']).trim();
    Some(ParsedAllow::Allow { names, reason: reason.to_owned() })
}

/// Gives findings the project's level and leaves out what is allowed.
fn silence(found: Vec<Diagnostic>, allows: &[Allow], levels: &Levels, hits: &mut [bool]) -> Vec<Diagnostic> {
    let covers = Covers::of(allows);
    found.into_iter().filter_map(|finding| silence_one(finding, &covers, levels, hits)).collect()
}

fn silence_one(mut finding: Diagnostic, covers: &Covers, levels: &Levels, hits: &mut [bool]) -> Option<Diagnostic> {
    if !finding.code.info().adjustable {
        return Some(finding);
    }
    let allowed = covers.hit(finding.code, finding.span(), hits);
    // A comment is no longer needed only if its rule finds nothing, even where the level silences the rule as well.
    if let Some(level) = levels.get(&finding.code) {
        finding.level = *level;
    }
    (!allowed && finding.level != Level::Allow).then_some(finding)
}

/// The allows of each rule in each file, in the order of what they cover. That is nodes of a tree: of two, one lies in
/// the other, or they are apart.
struct Covers {
    by_rule: BTreeMap<(Code, FileId), Vec<Cover>>,
}

struct Cover {
    span: Span,
    /// Which allow it belongs to.
    allow: usize,
    /// The next larger one around it.
    around: Option<usize>,
}

impl Covers {
    fn of(allows: &[Allow]) -> Covers {
        let mut by_rule: BTreeMap<(Code, FileId), Vec<Cover>> = BTreeMap::new();
        for (at, allow) in allows.iter().enumerate() {
            if let Some(code) = allow.code {
                let cover = Cover { span: allow.covers, allow: at, around: None };
                by_rule.entry((code, allow.covers.file)).or_default().push(cover);
            }
        }
        by_rule.values_mut().for_each(|covers| nest(covers));
        Covers { by_rule }
    }

    /// Marks all allows that cover a finding as hit. Gives whether there are any.
    fn hit(&self, code: Code, span: Span, hits: &mut [bool]) -> bool {
        let Some(covers) = self.by_rule.get(&(code, span.file)) else { return false };
        let mut allowed = false;
        let mut next = covers.partition_point(|cover| cover.span.start <= span.start).checked_sub(1);
        while let Some(cover) = next.and_then(|at| covers.get(at)) {
            if cover.span.contains(&span) {
                // Where one was hit before, those around it were as well.
                if hits.get(cover.allow).copied().unwrap_or(true) {
                    return true;
                }
                (hits[cover.allow], allowed) = (true, true);
            }
            next = cover.around;
        }
        allowed
    }
}

/// Puts covers into order and notes what lies in what.
fn nest(covers: &mut [Cover]) {
    covers.sort_by_key(|cover| (cover.span.start, Reverse(cover.span.end), cover.allow));
    let mut open: Vec<usize> = Vec::new();
    for at in 0..covers.len() {
        while open.last().is_some_and(|&last| !covers[last].span.contains(&covers[at].span)) {
            open.pop();
        }
        covers[at].around = open.last().copied();
        open.push(at);
    }
}

/// What is wrong with a comment in itself.
fn fault(allow: &Allow) -> Option<Diagnostic> {
    let name = &allow.name;
    match allow.code {
        None if name.is_empty() => {
            let message = "a comment to tabiji that is no `allow(…)`";
            Some(Diagnostic::new(Code::UnknownAllow, allow.span, message).help(FORM))
        }
        None => {
            let rules = Code::ALL.iter().map(|code| code.info()).filter(|info| info.adjustable).map(|info| info.slug);
            let message = format!("there is no rule `{name}`");
            let finding = Diagnostic::new(Code::UnknownAllow, allow.span, message);
            Some(finding.help("`tabiji explain` lists all rules").suggest(nearest(name, rules)))
        }
        Some(code) if !code.info().adjustable => {
            let message = format!("`{name}` cannot be allowed: it leaves the meaning of the campaign open");
            Some(Diagnostic::new(Code::UnknownAllow, allow.span, message).help("mend the fault and remove the comment"))
        }
        Some(_) if allow.reason.is_empty() => {
            let message = format!("the comment that allows `{name}` gives no reason");
            Some(Diagnostic::new(Code::AllowWithoutReason, allow.span, message).help(FORM))
        }
        Some(_) => None,
    }
}

fn unused_allow(allow: &Allow) -> Option<Diagnostic> {
    let adjustable = allow.code.is_some_and(|code| code.info().adjustable);
    let message = format!("nothing here breaks the rule `{}`", allow.name);
    adjustable.then(|| Diagnostic::new(Code::UnusedAllow, allow.span, message).help("remove the comment"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::FileId;

    fn span(start: usize, end: usize) -> Span {
        Span::new(FileId(0), start, end)
    }

    fn unsent(start: usize) -> Diagnostic {
        Diagnostic::new(Code::UnsentEmail, span(start, start + 4), "no journey sends `a`")
    }

    /// Codes and places that remain of `found` under a comment at 0 that covers 50 to 100.
    fn remains(comment: &str, found: Vec<Diagnostic>, levels: &Levels) -> Vec<(Code, u32, Option<String>)> {
        let allows = allows(comment, span(0, comment.len() + 1), span(50, 100));
        apply(found, &allows, levels, false).into_iter().map(|left| (left.code, left.span().start, left.help)).collect()
    }

    #[test]
    fn a_comment_silences_what_it_covers_and_no_more() {
        let left = remains(" tabiji: allow(unsent-email) used by sales", vec![unsent(60), unsent(98)], &Levels::new());
        assert_eq!(left, [(Code::UnsentEmail, 98, None)]);
    }

    #[test]
    fn ids_and_several_names_are_understood() {
        let left = remains(" tabiji:allow( TJ0601 ,unused-definition): later", vec![unsent(60)], &Levels::new());
        assert_eq!(left, [(Code::UnusedAllow, 24, Some("remove the comment".to_owned()))]);
    }

    #[test]
    fn comments_need_a_known_rule_and_a_reason() {
        let codes = |comment, found| {
            let left = remains(comment, found, &Levels::new());
            left.into_iter().map(|(code, at, _)| (code, at)).collect::<Vec<_>>()
        };
        assert_eq!(codes(" tabiji: allow(unsent-email)", vec![unsent(60)]), [(Code::AllowWithoutReason, 16)]);
        assert_eq!(codes(" tabiji: allow(unknown-name) why", vec![]), [(Code::UnknownAllow, 16)]);
        for malformed in [" tabiji: ignore", " tabiji: allow", " tabiji: allow()", " tabiji: allow(a,)", " tabiji:"] {
            assert_eq!(codes(malformed, vec![]), [(Code::UnknownAllow, 0)], "{malformed}");
        }
        assert_eq!(codes(" tabijin: allow", vec![]), []);
        let typo = remains(" tabiji: allow(unsent-mail) why", vec![], &Levels::new());
        assert_eq!(typo, [(Code::UnknownAllow, 16, Some("did you mean `unsent-email`?".to_owned()))]);
    }

    #[test]
    fn levels_move_rules_and_leave_faults() {
        let fault = || Diagnostic::new(Code::UnknownName, span(1, 2), "no such name");
        let levels = Levels::from([(Code::UnsentEmail, Level::Error), (Code::UnknownName, Level::Allow)]);
        let kept = apply(vec![unsent(60), fault()], &[], &levels, false);
        assert_eq!(kept.iter().map(|left| left.level).collect::<Vec<_>>(), [Level::Error, Level::Error]);
        let silent = Levels::from([(Code::UnsentEmail, Level::Allow)]);
        assert_eq!(remains(" tabiji: allow(unsent-email) why", vec![unsent(60)], &silent), []);
    }

    #[test]
    fn a_comment_is_not_called_needless_while_the_meaning_is_open() {
        let unneeded = allows(" tabiji: allow(journey-over-cap) meant", span(0, 40), span(50, 100));
        assert_eq!(apply(Vec::new(), &unneeded, &Levels::new(), true), []);
        assert_eq!(apply(Vec::new(), &unneeded, &Levels::new(), false).len(), 1);
    }

    #[test]
    fn an_unused_comment_can_be_allowed() {
        let outer = allows(" tabiji: allow(unused-allow) template", span(0, 40), span(0, 200));
        let inner = allows(" tabiji: allow(unsent-email) why", span(50, 90), span(50, 100));
        assert_eq!(apply(Vec::new(), &[outer, inner].concat(), &Levels::new(), false), []);
    }
}
