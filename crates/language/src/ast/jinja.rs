//! Parses conditions and templates with minijinja's own parser. The only file that names it.
//!
//! minijinja's spans of operators begin a token early and those of filters and tests leave their subject out; places
//! here are made from the parts instead.

use std::ops::Range;

use minijinja::machinery::{Span, Token, ast, parse, parse_expr, tokenize};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::ValueKind;

use super::expression::{Args, Expr, ExprKind, Operator, Stmt, SyntaxFault, Word};
use super::short_tags;

/// Longest text that is parsed, in bytes. minijinja counts lines in 16 bits.
const MAX_TEXT: usize = 1 << 20;
const MAX_LINES: usize = 60_000;
/// Most operators, brackets and words such as `not` in one expression: each may add a level to its tree.
const MAX_OPERATORS: usize = 400;
/// Most `elif` in one template, for the same reason.
const MAX_ELIFS: usize = 200;

/// Parses a condition.
///
/// # Errors
/// If the text is no expression.
pub fn expression(text: &str) -> Result<Expr, SyntaxFault> {
    // A short text keeps all limits, and of one that is read to its end nothing was dropped.
    if text.len() <= MAX_OPERATORS
        && let Ok(parsed) = parse_expr(text)
    {
        let whole = Convert { text }.expr(&parsed);
        if text.bytes().skip(whole.at.end).all(|byte| matches!(byte, b' ' | b'\n' | b')')) {
            return Ok(whole);
        }
    }
    let unreadable = limits(text, true)?;
    let parsed = parse_expr(text).map_err(|error| fault(text, &error));
    let parsed = earliest(parsed, unreadable)?;
    Ok(Convert { text }.expr(&parsed))
}

/// Parses a template.
///
/// # Errors
/// If the text is no template.
pub fn template(text: &str) -> Result<Vec<Stmt>, SyntaxFault> {
    // A tag has to end, so that of a text that parses nothing was dropped: only the limits are left, which short tags keep.
    if is_small(text)
        && let Ok(parsed) = parse(text, "<template>", SyntaxConfig::default())
    {
        return Ok(converted(text, &parsed));
    }
    let unreadable = limits(text, false)?;
    let parsed = parse(text, "<template>", SyntaxConfig::default())
        .map_err(|error| unclosed(text, &error).unwrap_or_else(|| fault(text, &error)));
    earliest(parsed, unreadable).map(|parsed| converted(text, &parsed))
}

fn converted(text: &str, parsed: &ast::Stmt<'_>) -> Vec<Stmt> {
    match parsed {
        ast::Stmt::Template(root) => Convert { text }.stmts(&root.children),
        _ => Vec::new(),
    }
}

/// Whether a template keeps all limits, as far as this can be told without its tokens, which take as long as the parser.
fn is_small(text: &str) -> bool {
    text.len() <= MAX_LINES && short_tags::are_short(text, MAX_OPERATORS, MAX_ELIFS)
}

/// What was parsed, or the fault that stands first. minijinja's parser takes a character that is part of no token for
/// the end of the text where it looks ahead, and so drops everything after it: that must be a fault as well.
fn earliest<T>(parsed: Result<T, SyntaxFault>, unreadable: Option<SyntaxFault>) -> Result<T, SyntaxFault> {
    match (parsed, unreadable) {
        (parsed, None) => parsed,
        (Err(fault), Some(unreadable)) if fault.at.start <= unreadable.at.start => Err(fault),
        (Ok(_) | Err(_), Some(unreadable)) => Err(unreadable),
    }
}

/// Refuses texts whose tree could be too deep to walk. The tokens are counted before anything recurses. Gives the first
/// place that is part of no token.
fn limits(text: &str, is_expression: bool) -> Result<Option<SyntaxFault>, SyntaxFault> {
    if text.len() > MAX_TEXT || text.bytes().filter(|&byte| byte == b'\n').count() > MAX_LINES {
        let message = "longer than 1 MiB or 60,000 lines".to_owned();
        return Err(SyntaxFault { message, at: 0..text.len().min(1) });
    }
    let (mut operators, mut elifs) = (0, 0);
    for token in tokenize(text, is_expression, SyntaxConfig::default()) {
        let (token, span) = match token {
            Ok(token) => token,
            Err(error) => return Ok(Some(fault(text, &error))),
        };
        match token {
            Token::VariableStart | Token::BlockStart => operators = 0,
            Token::Ident("elif") => elifs += 1,
            Token::Ident("not" | "and" | "or" | "in" | "is" | "if" | "else") => operators += 1,
            Token::Ident(_) | Token::Comma | Token::TemplateData(_) => {}
            Token::Str(_) | Token::String(_) | Token::Int(_) | Token::Int128(_) | Token::Float(_) => {}
            _ => operators += 1,
        }
        if operators > MAX_OPERATORS || elifs > MAX_ELIFS {
            let message = format!("more than {MAX_OPERATORS} operators in one expression, or {MAX_ELIFS} `elif`");
            return Err(SyntaxFault { message, at: range(span) });
        }
    }
    Ok(None)
}

fn fault(text: &str, error: &minijinja::Error) -> SyntaxFault {
    let detail = error.detail().unwrap_or("it cannot be read").to_owned();
    let at = error.range().unwrap_or(0..text.len());
    let at = if at.start >= text.trim_end().len() { end_of(text) } else { whole_characters(text, at) };
    SyntaxFault { message: detail, at }
}

/// The innermost block that is still open where the text ends, if that is what the parser misses.
fn unclosed(text: &str, error: &minijinja::Error) -> Option<SyntaxFault> {
    if !error.detail().is_some_and(|detail| detail.starts_with("unexpected end of input, expected end of block")) {
        return None;
    }
    let mut open: Vec<(&str, Range<usize>)> = Vec::new();
    let mut start = None;
    for (token, span) in tokenize(text, false, SyntaxConfig::default()).map_while(Result::ok) {
        match (token, start.take()) {
            (Token::BlockStart, _) => start = Some(range(span).start),
            (Token::Ident(word @ ("if" | "for" | "with")), Some(from)) => open.push((word, from..range(span).end)),
            (Token::Ident("endif" | "endfor" | "endwith"), Some(_)) => drop(open.pop()),
            _ => {}
        }
    }
    let (word, at) = open.pop()?;
    let end = text.get(at.end..)?.find("%}").map_or(at.end, |end| at.end + end + 2);
    Some(SyntaxFault { message: format!("unclosed block {word}"), at: at.start..end })
}

/// The last character: the place of "something is missing here".
fn end_of(text: &str) -> Range<usize> {
    let trimmed = text.trim_end();
    let last = trimmed.chars().next_back().map_or(0, char::len_utf8);
    trimmed.len() - last..trimmed.len()
}

/// The range, widened to whole characters, at least one.
fn whole_characters(text: &str, at: Range<usize>) -> Range<usize> {
    let is_boundary = |offset: &usize| text.is_char_boundary(*offset);
    let start = (0..=at.start).rev().find(is_boundary).unwrap_or(0);
    let end = (at.end.max(start + 1)..=text.len()).find(is_boundary).unwrap_or(text.len());
    start..end
}

fn range(span: Span) -> Range<usize> {
    span.start_offset as usize..span.end_offset as usize
}

struct Convert<'a> {
    text: &'a str,
}

impl Convert<'_> {
    fn expr(&self, expr: &ast::Expr<'_>) -> Expr {
        let own = range(expr.span());
        let (kind, at) = match expr {
            ast::Expr::Var(var) => (name(var.id), own),
            ast::Expr::Const(constant) => (constant_kind(&constant.value), own),
            ast::Expr::Slice(_) => (ExprKind::Unsupported("slices"), own),
            ast::Expr::Map(_) => (ExprKind::Unsupported("mappings"), own),
            ast::Expr::Tuple(tuple) => (ExprKind::List(self.exprs(&tuple.items)), own),
            ast::Expr::List(list) => (ExprKind::List(self.exprs(&list.items)), own),
            ast::Expr::UnaryOp(unary) => self.unary(unary, own),
            ast::Expr::BinOp(binary) => {
                let (left, right) = (self.expr(&binary.left), self.expr(&binary.right));
                let at = left.at.start..right.at.end;
                (ExprKind::Binary { op: binary_operator(binary.op), left: Box::new(left), right: Box::new(right) }, at)
            }
            ast::Expr::Compare(compare) => self.compare(compare),
            ast::Expr::IfExpr(choice) => self.choice(choice, own),
            ast::Expr::GetAttr(get) => {
                let of = self.expr(&get.expr);
                let name = Word { text: get.name.to_owned(), at: own.end.saturating_sub(get.name.len())..own.end };
                let at = of.at.start..own.end;
                (ExprKind::Attribute { of: Box::new(of), name }, at)
            }
            ast::Expr::GetItem(get) => {
                let of = self.expr(&get.expr);
                let at = of.at.start..own.end;
                (ExprKind::Item { of: Box::new(of), index: Box::new(self.expr(&get.subscript_expr)) }, at)
            }
            ast::Expr::Filter(filter) => {
                let of = filter.expr.as_ref().map(|of| Box::new(self.expr(of)));
                let name = self.word(filter.name, own.start);
                let at = of.as_ref().map_or(own.start, |of| of.at.start)..own.end;
                (ExprKind::Filter { of, name, args: self.args(&filter.args) }, at)
            }
            ast::Expr::Test(test) => {
                let of = self.expr(&test.expr);
                let name = self.word(test.name, own.start);
                let at = of.at.start..own.end;
                (ExprKind::Test { of: Box::new(of), name, args: self.args(&test.args) }, at)
            }
            ast::Expr::Call(call) => {
                let function = self.expr(&call.expr);
                let at = function.at.start..own.end;
                (ExprKind::Call { function: Box::new(function), args: self.args(&call.args) }, at)
            }
        };
        Expr { kind, at: at.start..at.end.max(at.start) }
    }

    fn exprs(&self, exprs: &[ast::Expr<'_>]) -> Vec<Expr> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    fn unary(&self, unary: &ast::UnaryOp<'_>, own: Range<usize>) -> (ExprKind, Range<usize>) {
        let of = self.expr(&unary.expr);
        let word = match unary.op {
            ast::UnaryOpKind::Not => "not",
            ast::UnaryOpKind::Neg => "-",
        };
        // `a not in b` and `a is not none` are negations whose operand begins before the word.
        let before = self.text.get(..of.at.start).unwrap_or("");
        let start = if before.trim_end().trim_end_matches('(').trim_end().ends_with(word) {
            before.rfind(word).unwrap_or(of.at.start)
        } else {
            of.at.start
        };
        let at = start..of.at.end.max(own.end.min(self.text.len()));
        match unary.op {
            ast::UnaryOpKind::Not => (ExprKind::Not(Box::new(of)), at),
            ast::UnaryOpKind::Neg => match of.kind {
                ExprKind::Int(value) => (ExprKind::Int(-value), at),
                ExprKind::Float(value) => (ExprKind::Float(-value), at),
                _ => (ExprKind::Negative(Box::new(of)), at),
            },
        }
    }

    fn compare(&self, compare: &ast::Compare<'_>) -> (ExprKind, Range<usize>) {
        let first = self.expr(&compare.expr);
        let mut rest: Vec<(Operator, Expr)> =
            compare.ops.iter().map(|op| (compare_operator(op.op), self.expr(&op.expr))).collect();
        let at = first.at.start..rest.last().map_or(first.at.end, |(_, last)| last.at.end);
        if rest.len() == 1
            && let Some((op, right)) = rest.pop()
        {
            return (ExprKind::Binary { op, left: Box::new(first), right: Box::new(right) }, at);
        }
        (ExprKind::Chain { first: Box::new(first), rest }, at)
    }

    fn choice(&self, choice: &ast::IfExpr<'_>, own: Range<usize>) -> (ExprKind, Range<usize>) {
        let then = self.expr(&choice.true_expr);
        let at = then.at.start..own.end;
        let kind = ExprKind::If {
            test: Box::new(self.expr(&choice.test_expr)),
            then: Box::new(then),
            otherwise: choice.false_expr.as_ref().map(|otherwise| Box::new(self.expr(otherwise))),
        };
        (kind, at)
    }

    fn args(&self, args: &[ast::CallArg<'_>]) -> Args {
        let mut out = Args::default();
        for arg in args {
            match arg {
                ast::CallArg::Pos(value) => out.positional.push(self.expr(value)),
                ast::CallArg::Kwarg(name, value) => {
                    let value = self.expr(value);
                    let before = self.text.get(..value.at.start).unwrap_or("");
                    let start = before.rfind(name).unwrap_or(value.at.start);
                    out.named.push((Word { text: (*name).to_owned(), at: start..start + name.len() }, value));
                }
                ast::CallArg::PosSplat(value) | ast::CallArg::KwargSplat(value) => {
                    let at = self.expr(value).at;
                    out.positional.push(Expr { kind: ExprKind::Unsupported("splats"), at });
                }
            }
        }
        out
    }

    /// A word that stands at or soon after `from`.
    fn word(&self, word: &str, from: usize) -> Word {
        let start = self.text.get(from..).and_then(|rest| rest.find(word)).map_or(from, |at| from + at);
        Word { text: word.to_owned(), at: start..(start + word.len()).min(self.text.len()) }
    }

    fn stmts(&self, stmts: &[ast::Stmt<'_>]) -> Vec<Stmt> {
        let mut out = Vec::with_capacity(stmts.len());
        stmts.iter().for_each(|stmt| self.stmt(stmt, &mut out));
        out
    }

    /// Adds what a statement is; of a block that changes nothing, what stands in it.
    fn stmt(&self, stmt: &ast::Stmt<'_>, out: &mut Vec<Stmt>) {
        let unsupported = |words, span| Stmt::Unsupported(words, range(span));
        out.push(match stmt {
            ast::Stmt::Template(template) => return template.children.iter().for_each(|stmt| self.stmt(stmt, out)),
            ast::Stmt::EmitRaw(raw) => Stmt::Raw(raw.raw.to_owned(), range(raw.span())),
            ast::Stmt::EmitExpr(emit) => Stmt::Print(self.expr(&emit.expr)),
            ast::Stmt::IfCond(cond) => Stmt::If {
                test: self.expr(&cond.expr),
                then: self.stmts(&cond.true_body),
                otherwise: self.stmts(&cond.false_body),
            },
            ast::Stmt::ForLoop(each) if each.recursive => unsupported("recursive loops", each.span()),
            ast::Stmt::ForLoop(each) => Stmt::For {
                target: self.expr(&each.target),
                iter: self.expr(&each.iter),
                filter: each.filter_expr.as_ref().map(|filter| self.expr(filter)),
                body: self.stmts(&each.body),
                otherwise: self.stmts(&each.else_body),
            },
            ast::Stmt::Set(set) => Stmt::Set { target: self.expr(&set.target), value: self.expr(&set.expr) },
            ast::Stmt::WithBlock(with) => Stmt::With {
                assignments: with.assignments.iter().map(|(to, from)| (self.expr(to), self.expr(from))).collect(),
                body: self.stmts(&with.body),
            },
            ast::Stmt::AutoEscape(block) if is_false(&block.enabled) => {
                let at = range(block.span()).start..range(block.enabled.span()).end;
                Stmt::Unsupported("`autoescape false`", at)
            }
            ast::Stmt::AutoEscape(block) => return block.body.iter().for_each(|stmt| self.stmt(stmt, out)),
            ast::Stmt::SetBlock(block) if block.filter.is_some() => {
                unsupported("filters on `set` blocks", block.span())
            }
            ast::Stmt::SetBlock(block) => {
                Stmt::SetBlock { target: self.expr(&block.target), body: self.stmts(&block.body) }
            }
            ast::Stmt::FilterBlock(block) => unsupported("`filter` blocks", block.span()),
            ast::Stmt::Block(block) => unsupported("`block`", block.span()),
            ast::Stmt::Import(import) => unsupported("`import`", import.span()),
            ast::Stmt::FromImport(import) => unsupported("`from … import`", import.span()),
            ast::Stmt::Extends(extends) => unsupported("`extends`", extends.span()),
            ast::Stmt::Include(include) => unsupported("`include`", include.span()),
            ast::Stmt::Macro(macro_) => unsupported("`macro`", macro_.span()),
            ast::Stmt::CallBlock(call) => unsupported("`call`", call.span()),
            ast::Stmt::Do(call) => unsupported("`do`", call.span()),
        });
    }
}

/// Whether the constant is false, `"none"` included: both switch escaping off.
fn is_false(expr: &ast::Expr<'_>) -> bool {
    matches!(expr, ast::Expr::Const(constant) if !constant.value.is_true() || constant.value.as_str() == Some("none"))
}

fn name(id: &str) -> ExprKind {
    ExprKind::Name(id.to_owned())
}

fn constant_kind(value: &minijinja::Value) -> ExprKind {
    match value.kind() {
        ValueKind::None | ValueKind::Undefined => ExprKind::None,
        ValueKind::Bool => ExprKind::Bool(value.is_true()),
        ValueKind::Number => match i64::try_from(value.clone()) {
            Ok(int) if value.is_integer() => ExprKind::Int(int),
            _ => f64::try_from(value.clone())
                .ok()
                .filter(|number| number.is_finite())
                .map_or(ExprKind::Unsupported("numbers of this size"), ExprKind::Float),
        },
        ValueKind::String => ExprKind::Text(value.as_str().unwrap_or_default().to_owned()),
        _ => ExprKind::Unsupported("values of this kind"),
    }
}

fn binary_operator(op: ast::BinOpKind) -> Operator {
    match op {
        ast::BinOpKind::Eq => Operator::Eq,
        ast::BinOpKind::Ne => Operator::Ne,
        ast::BinOpKind::Lt => Operator::Lt,
        ast::BinOpKind::Lte => Operator::Le,
        ast::BinOpKind::Gt => Operator::Gt,
        ast::BinOpKind::Gte => Operator::Ge,
        ast::BinOpKind::ScAnd => Operator::And,
        ast::BinOpKind::ScOr => Operator::Or,
        ast::BinOpKind::Add => Operator::Add,
        ast::BinOpKind::Sub => Operator::Sub,
        ast::BinOpKind::Mul => Operator::Mul,
        ast::BinOpKind::Div => Operator::Div,
        ast::BinOpKind::FloorDiv => Operator::FloorDiv,
        ast::BinOpKind::Rem => Operator::Rem,
        ast::BinOpKind::Pow => Operator::Pow,
        ast::BinOpKind::Concat => Operator::Concat,
        ast::BinOpKind::In => Operator::In,
    }
}

fn compare_operator(op: ast::CompareOpKind) -> Operator {
    match op {
        ast::CompareOpKind::Eq => Operator::Eq,
        ast::CompareOpKind::Ne => Operator::Ne,
        ast::CompareOpKind::Lt => Operator::Lt,
        ast::CompareOpKind::Lte => Operator::Le,
        ast::CompareOpKind::Gt => Operator::Gt,
        ast::CompareOpKind::Gte => Operator::Ge,
        ast::CompareOpKind::In => Operator::In,
        ast::CompareOpKind::NotIn => Operator::NotIn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every text of a few pieces that could be taken for something else.
    #[test]
    fn small_templates_that_parse_keep_the_limits_and_lose_nothing() {
        let pieces = [
            "{{", "}}", "{%", "%}", "{#", "#}", "{", "}", "(", ")", "\"", "'", "\\", " a ", "-", "$", "if a", "endif",
            "raw", "endraw", "\n", "あ",
        ];
        let mut small = [0, 0];
        for number in 0..pieces.len().pow(4) {
            let text: String = (0..4).map(|at| pieces[number / pieces.len().pow(at) % pieces.len()]).collect();
            for (count, text) in small.iter_mut().zip([text.clone(), format!("{{{{{text}}}}} {{{{ a }}}}")]) {
                if is_small(&text) && parse(&text, "<template>", SyntaxConfig::default()).is_ok() {
                    *count += 1;
                    assert!(matches!(limits(&text, false), Ok(None)), "{text:?}");
                }
            }
        }
        assert!(small[0] > 100_000 && small[1] > 100, "{small:?}");
        let deep = |inside: &str| format!("{{{{ a }}}} {{{{ {}{} }}}}", inside.repeat(MAX_OPERATORS), "a");
        for text in [deep("("), deep("-"), deep("not "), format!("{{{{ \"{{{{\" {} }}}}", "+ a".repeat(MAX_OPERATORS))]
        {
            assert!(!is_small(&text) && limits(&text, false).is_err(), "{text:?}");
        }
        assert!(!is_small(&"{% if a %}{% elif a %}{% endif %}".repeat(MAX_ELIFS)));
    }

    fn slices(text: &str) -> Vec<&str> {
        fn walk<'a>(text: &'a str, expr: &Expr, out: &mut Vec<&'a str>) {
            out.push(&text[expr.at.clone()]);
            match &expr.kind {
                ExprKind::Not(of) | ExprKind::Negative(of) => walk(text, of, out),
                ExprKind::Binary { left, right, .. } => {
                    walk(text, left, out);
                    walk(text, right, out);
                }
                ExprKind::Filter { of: Some(of), name, .. } | ExprKind::Test { of, name, .. } => {
                    walk(text, of, out);
                    out.push(&text[name.at.clone()]);
                }
                ExprKind::Attribute { of, name } => {
                    walk(text, of, out);
                    out.push(&text[name.at.clone()]);
                }
                ExprKind::Call { args, .. } => {
                    for (word, value) in &args.named {
                        out.push(&text[word.at.clone()]);
                        walk(text, value, out);
                    }
                }
                _ => {}
            }
        }
        let parsed = expression(text).unwrap();
        let mut out = Vec::new();
        walk(text, &parsed, &mut out);
        out
    }

    #[test]
    fn places_are_exact() {
        assert_eq!(
            slices("a > 1 and 業種 == \"製造業\""),
            ["a > 1 and 業種 == \"製造業\"", "a > 1", "a", "1", "業種 == \"製造業\"", "業種", "\"製造業\""]
        );
        assert_eq!(slices("not  x is none"), ["not  x is none", "x is none", "x", "none"]);
        assert_eq!(slices("x is not none"), ["x is not none", "x is not none", "x", "none"]);
        assert_eq!(slices("a.b | lower == -1"), ["a.b | lower == -1", "a.b | lower", "a.b", "a", "b", "lower", "-1"]);
        assert_eq!(slices("x not in [1]")[0], "x not in [1]");
        assert_eq!(
            slices("did(\"v\", where=event.path == \"/a\")")[1..],
            ["where", "event.path == \"/a\"", "event.path", "event", "path", "\"/a\""]
        );
    }

    #[test]
    fn nothing_is_dropped_behind_a_character_that_is_no_token() {
        for text in ["a == \"x\" && b", "a == \"x\"　and b", "a and b & c", "a is none ; b", "a | lower # b"] {
            assert!(expression(text).is_err(), "{text}");
            assert!(template(&format!("{{{{ {text} }}}}")).is_err(), "{text}");
        }
    }

    #[test]
    fn faults_point_at_the_end_when_something_is_missing() {
        let fault = expression("score >= ").unwrap_err();
        assert_eq!(&"score >= "[fault.at], ">=");
    }

    #[test]
    fn deep_nesting_is_a_fault() {
        assert!(expression(&"(".repeat(100_000)).is_err());
        assert!(expression(&"not ".repeat(100_000)).is_err());
        assert!(expression(&format!("{}1", "-".repeat(100_000))).is_err());
    }
}
