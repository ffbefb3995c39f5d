//! Puts a mail's text together: layouts (`extends`, `block`) and parts (`include`) are copied in where they are named.
//!
//! In: a template and the files it names. Out: one text, with the place of each piece of it. What is typed, checked and
//! rendered is that text, so that nothing later knows of files. A part sees the variables that are set where it is
//! included: `{% with title="…" %}{% include "emails/parts/button.mjml" %}{% endwith %}` is a component with parameters, as
//! are macros ([`macros`]).

mod macros;

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use super::Attachments;
use super::slips;
use super::template::template_fault;
use crate::ast::jinja;
use crate::diag::{Code, Diagnostic, Sink};
use crate::text::{Part, ScalarMap, SourceMap, Tag, TagKind, nearest, tags};
use macros::Macro;

/// Most files inside each other.
const MAX_DEPTH: usize = 24;
/// Longest text that may come out, in bytes: parts that include others twice would double without end.
const MAX_COMPOSED: usize = 1 << 20;

/// A template that was put together.
pub(super) struct Composed<'a> {
    /// The text.
    pub text: String,
    /// Where its pieces come from.
    pub parts: Vec<Part<'a>>,
    /// Whether all of it is there.
    pub is_whole: bool,
}

/// A text that others are put together from.
#[derive(Clone)]
struct Source<'a> {
    text: &'a str,
    map: Rc<ScalarMap<'a>>,
    /// Its path; the text in YAML has none.
    path: Option<String>,
}

/// What stands in a block, the innermost layout's last.
#[derive(Clone)]
struct Content<'a> {
    source: Source<'a>,
    at: Range<usize>,
}

type Blocks<'a> = BTreeMap<String, Vec<Content<'a>>>;

/// Puts a template together; what is wrong with that is said. `None` if a part is no template at all.
pub(super) fn compose<'a>(
    text: &'a str,
    map: ScalarMap<'a>,
    path: Option<&str>,
    (attachments, sources): (&'a Attachments, &'a SourceMap),
    sink: &mut Sink,
) -> Option<Composed<'a>> {
    let source = Source { text, map: Rc::new(map), path: path.map(str::to_owned) };
    if !tags(text).iter().any(|tag| tag.kind == TagKind::Statement && COMPOSING.contains(&tag.word(text))) {
        return Some(Composed {
            text: text.to_owned(),
            parts: vec![Part { from: 0, of: source.map, at: 0 }],
            is_whole: true,
        });
    }
    let open = path.map(str::to_owned).into_iter().collect();
    let mut composer = Composer {
        attachments,
        sources,
        sink,
        out: String::new(),
        parts: Vec::new(),
        open,
        macros: Vec::new(),
        of_files: BTreeMap::new(),
        calls: Vec::new(),
        caller: None,
        is_sound: true,
        parses: true,
    };
    composer.whole(&source, Blocks::new());
    let (is_whole, parses) = (composer.is_sound, composer.parses);
    parses.then_some(Composed { text: composer.out, parts: composer.parts, is_whole })
}

/// Statements that put texts together.
const COMPOSING: [&str; 7] = ["include", "extends", "block", "macro", "from", "import", "call"];

struct Composer<'r, 'a> {
    attachments: &'a Attachments,
    sources: &'a SourceMap,
    sink: &'r mut Sink,
    out: String,
    parts: Vec<Part<'a>>,
    /// Files that are being put in, the outermost first.
    open: Vec<String>,
    /// Macros that are known where we are.
    macros: Vec<Macro<'a>>,
    /// The macros of files that were looked through.
    of_files: BTreeMap<String, Vec<Macro<'a>>>,
    /// Names of the macros that are being put in, the outermost first.
    calls: Vec<String>,
    /// What stands in the block that calls the macro we are in.
    caller: Option<Content<'a>>,
    is_sound: bool,
    /// Whether every part is a template.
    parses: bool,
}

impl<'a> Composer<'_, 'a> {
    /// A whole text: if it extends a layout, that one with its blocks.
    fn whole(&mut self, source: &Source<'a>, mut blocks: Blocks<'a>) {
        if !self.parses(source) {
            return;
        }
        let found = tags(source.text);
        self.learn_macros(source, &found);
        let extends = found.iter().find(|tag| tag.kind != TagKind::Comment);
        let extends = extends.filter(|tag| tag.kind == TagKind::Statement && tag.word(source.text) == "extends");
        let Some(extends) = extends else {
            return self.range(source, 0..source.text.len(), &blocks, None);
        };
        for (name, content) in self.blocks_of(source, extends, &found) {
            blocks.entry(name).or_default().push(Content { source: source.clone(), at: content });
        }
        if let Some(layout) = self.named(source, extends) {
            self.inside(&layout, extends, source, |composer| {
                composer.unknown_blocks(source, &found, &layout);
                composer.sets_before(source, &found);
                composer.whole(&layout, blocks);
            });
        }
    }

    /// Copies part of a text, with what it includes and with its blocks filled. `rest` is what `super()` stands for.
    fn range(&mut self, source: &Source<'a>, at: Range<usize>, blocks: &Blocks<'a>, rest: Option<(&str, usize)>) {
        let found: Vec<Tag> = tags(source.text).into_iter().filter(|tag| within(&tag.at, &at)).collect();
        let (mut from, mut next) = (at.start, 0);
        while let Some(tag) = found.get(next) {
            next += 1;
            let word = if tag.kind == TagKind::Statement { tag.word(source.text) } else { "" };
            let is_print = tag.kind == TagKind::Print;
            let call = if is_print || word == "call" { self.call_of(tag, source.text) } else { None };
            let is_super = tag.kind == TagKind::Print && tag.inside(source.text) == "super()";
            match word {
                "include" => {
                    self.copy(source, from..tag.at.start, tag);
                    if let Some(part) = self.named(source, tag) {
                        self.inside(&part, tag, source, |composer| composer.part(&part, tag, source));
                    }
                }
                "block" => {
                    self.copy(source, from..tag.at.start, tag);
                    let Some(close) = close_of(source.text, &found, next - 1, "block") else { continue };
                    let own = Content { source: source.clone(), at: tag.at.end..found[close].at.start };
                    self.block(block_name(tag, source.text), 0, &own, blocks);
                    from = found[close].at.end;
                    next = close + 1;
                    continue;
                }
                "extends" => {
                    let message = "`extends` stands once, before everything else";
                    self.refuse(source, &tag.at, message, "begin the file with it");
                }
                "macro" => {
                    self.copy(source, from..tag.at.start, tag);
                    let Some(close) = close_of(source.text, &found, next - 1, "macro") else { continue };
                    from = skip_blanks(source.text, &found[close]);
                    next = close + 1;
                    continue;
                }
                "from" | "import" => self.copy(source, from..tag.at.start, tag),
                "call" => {
                    self.copy(source, from..tag.at.start, tag);
                    let Some(close) = close_of(source.text, &found, next - 1, "call") else { continue };
                    match &call {
                        Some(call) => {
                            let block = Content { source: source.clone(), at: tag.at.end..found[close].at.start };
                            self.expand(source, tag, call, Some(block));
                        }
                        None => self.refuse(source, &tag.at, "`call` names a macro, with its arguments", ""),
                    }
                    from = skip_blanks(source.text, &found[close]);
                    next = close + 1;
                    continue;
                }
                _ if is_print && tag.inside(source.text) == "caller()" => {
                    self.copy(source, from..tag.at.start, tag);
                    self.called_block(source, tag);
                }
                _ if is_print && call.is_some() => {
                    self.copy(source, from..tag.at.start, tag);
                    if let Some(call) = &call {
                        self.expand(source, tag, call, None);
                    }
                }
                _ if is_super => {
                    self.copy(source, from..tag.at.start, tag);
                    match rest {
                        Some((name, level)) => self.super_block(source, tag, name, level, blocks),
                        None => self.refuse(source, &tag.at, "`super()` stands in a block that fills another", ""),
                    }
                }
                _ => continue,
            }
            from = skip_blanks(source.text, tag);
        }
        self.push(source, from.min(at.end)..at.end);
    }

    /// What fills a block: the content of the file that extends most, else its own.
    fn block(&mut self, name: &str, level: usize, own: &Content<'a>, blocks: &Blocks<'a>) {
        let filled = blocks.get(name).and_then(|contents| contents.get(level));
        let content = filled.unwrap_or(own).clone();
        // `super()` needs what this one hides.
        let mut inner = blocks.clone();
        inner.entry(name.to_owned()).or_default().push(own.clone());
        self.range(&content.source, content.at, &inner, Some((name, level)));
    }

    fn super_block(&mut self, source: &Source<'a>, tag: &Tag, name: &str, level: usize, blocks: &Blocks<'a>) {
        match blocks.get(name).and_then(|contents| contents.get(level + 1)) {
            Some(content) => {
                let content = content.clone();
                self.range(&content.source, content.at, blocks, Some((name, level + 1)));
            }
            None => self.refuse(source, &tag.at, "this block fills no other, so there is no `super()`", ""),
        }
    }

    /// An included file. What it sets stays in it.
    fn part(&mut self, part: &Source<'a>, tag: &Tag, source: &Source<'a>) {
        let sets = tags(part.text).iter().any(|tag| tag.kind == TagKind::Statement && tag.word(part.text) == "set");
        if sets {
            self.written("{% with %}", source, tag.at.start);
        }
        let (known, caller) = (self.macros.len(), self.caller.take());
        self.whole(part, Blocks::new());
        self.macros.truncate(known);
        self.caller = caller;
        if sets {
            self.written("{% endwith %}", source, tag.at.start);
        }
    }

    /// The file that a tag names in quotes.
    fn named(&mut self, source: &Source<'a>, tag: &Tag) -> Option<Source<'a>> {
        let word = tag.word(source.text);
        let Some((path, at)) = quoted(source.text, tag) else {
            let message = format!("`{word}` names one file in quotes");
            self.refuse(source, &tag.at, &message, &format!("write `{{% {word} \"emails/parts/footer.mjml\" %}}`"));
            return None;
        };
        match self.attachments.templates.get(&path) {
            Some(Ok(file)) => {
                let text = &self.sources.file(*file).text[..];
                let text = text.strip_prefix('\u{feff}').unwrap_or(text);
                Some(Source { text, map: Rc::new(ScalarMap::whole(*file, text)), path: Some(path) })
            }
            Some(Err(why)) => {
                let message = format!("the template `{path}` cannot be read: {why}");
                self.say(Code::UnreadableFile, source, &at, message, "");
                None
            }
            None => {
                let message = format!("the template `{path}` cannot be read");
                self.say(Code::UnreadableFile, source, &at, message, "");
                None
            }
        }
    }

    /// Does something inside a further file, unless that leads in a circle or too deep.
    fn inside(&mut self, file: &Source<'a>, tag: &Tag, from: &Source<'a>, then: impl FnOnce(&mut Self)) {
        let path = file.path.clone().unwrap_or_default();
        let at = quoted(from.text, tag).map_or(tag.at.clone(), |(_, at)| at);
        if self.open.contains(&path) {
            let way = self.open.iter().skip_while(|open| **open != path).chain([&path]);
            let way: Vec<String> = way.map(|path| format!("`{path}`")).collect();
            let message = format!("templates that include each other in a circle: {}", way.join(" → "));
            return self.say(Code::CircularDefinition, from, &at, message, "");
        }
        if self.open.len() >= MAX_DEPTH || self.out.len() > MAX_COMPOSED {
            // What is this long is not looked at any further.
            self.parses = false;
            let message = format!("this mail is put together from more than 1 MiB, or {MAX_DEPTH} files deep");
            return self.say(Code::UnsupportedTemplate, from, &at, message, "");
        }
        self.open.push(path);
        then(self);
        self.open.pop();
    }

    /// Variables that a file sets which extends another: they hold in the layout as well.
    fn sets_before(&mut self, source: &Source<'a>, found: &[Tag]) {
        let mut depth = 0_usize;
        for tag in found.iter().filter(|tag| tag.kind == TagKind::Statement) {
            match tag.word(source.text) {
                "block" | "macro" => depth += 1,
                "endblock" | "endmacro" => depth = depth.saturating_sub(1),
                "set" if depth == 0 && is_assignment(tag, source.text) => self.push(source, tag.at.clone()),
                _ => {}
            }
        }
    }

    /// The blocks of a file that extends another. All else in it would be dropped, and must be nothing.
    fn blocks_of(&mut self, source: &Source<'a>, extends: &Tag, found: &[Tag]) -> Vec<(String, Range<usize>)> {
        let mut blocks: Vec<(String, Range<usize>)> = Vec::new();
        let (mut from, mut next) = (0, 0);
        while let Some(tag) = found.get(next) {
            next += 1;
            self.nothing(source, from..tag.at.start);
            from = tag.at.end;
            if tag.kind == TagKind::Comment || tag.at == extends.at {
                continue;
            }
            let word = if tag.kind == TagKind::Statement { tag.word(source.text) } else { "" };
            if matches!(word, "from" | "import") || word == "set" && is_assignment(tag, source.text) {
                continue;
            }
            if word == "macro" {
                let Some(close) = close_of(source.text, found, next - 1, "macro") else { continue };
                (from, next) = (found[close].at.end, close + 1);
            } else if word == "block" {
                let Some(close) = close_of(source.text, found, next - 1, "block") else { continue };
                blocks.push((block_name(tag, source.text).to_owned(), tag.at.end..found[close].at.start));
                (from, next) = (found[close].at.end, close + 1);
            } else {
                self.nothing(source, tag.at.clone());
            }
        }
        self.nothing(source, from..source.text.len());
        blocks
    }

    fn nothing(&mut self, source: &Source<'a>, at: Range<usize>) {
        let text = source.text.get(at.clone()).unwrap_or_default();
        if text.trim().is_empty() {
            return;
        }
        let start = at.start + (text.len() - text.trim_start().len());
        let end = start + text.trim().len().min(40);
        let end = (end..=source.text.len()).find(|end| source.text.is_char_boundary(*end)).unwrap_or(at.end);
        let message = "what stands outside of the blocks of a file that extends a layout is shown nowhere";
        self.say(Code::UnsupportedTemplate, source, &(start..end), message.to_owned(), "put it into a block");
    }

    /// Blocks that no layout has.
    fn unknown_blocks(&mut self, source: &Source<'a>, found: &[Tag], layout: &Source<'a>) {
        let known = self.known_blocks(layout);
        let blocks = found.iter().filter(|tag| tag.kind == TagKind::Statement && tag.word(source.text) == "block");
        let own_inner: Vec<&Tag> = blocks.collect();
        for (at, tag) in own_inner.iter().enumerate() {
            let name = block_name(tag, source.text);
            // A block inside another of the same file is a new one, for those who extend this file.
            let is_inner = own_inner[..at].iter().any(|outer| {
                let place = found.iter().position(|tag| tag.at == outer.at).unwrap_or_default();
                close_of(source.text, found, place, "block").is_some_and(|close| found[close].at.start > tag.at.start)
            });
            if is_inner || known.iter().any(|known| known == name) {
                continue;
            }
            let start = source.text[tag.at.clone()].find(name).map_or(tag.at.start, |at| tag.at.start + at);
            let message = format!("the layout has no block `{name}`");
            let help = match nearest(name, known.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("its blocks are {}", super::names::listed(&known)),
            };
            self.say(Code::UnknownName, source, &(start..start + name.len()), message, &help);
        }
    }

    /// Names of the blocks of a layout, and of those that it extends.
    fn known_blocks(&self, layout: &Source<'a>) -> Vec<String> {
        let mut known: Vec<String> = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        let mut text = Some(layout.text);
        while let Some(here) = text.take() {
            for tag in tags(here).iter().filter(|tag| tag.kind == TagKind::Statement) {
                match tag.word(here) {
                    "block" => {
                        let name = block_name(tag, here);
                        if !known.iter().any(|known| known == name) {
                            known.push(name.to_owned());
                        }
                    }
                    "extends" => {
                        let path = quoted(here, tag).map(|(path, _)| path).unwrap_or_default();
                        let file = self.attachments.templates.get(&path).filter(|_| !seen.contains(&path));
                        text = file.and_then(|file| file.as_ref().ok()).map(|file| &self.sources.file(*file).text[..]);
                        seen.push(path);
                    }
                    _ => {}
                }
            }
        }
        known
    }

    /// Whether a text is a template at all. Says what is wrong with it.
    fn parses(&mut self, source: &Source<'a>) -> bool {
        let Err(fault) = jinja::template(source.text) else { return true };
        self.parses = false;
        let slip = slips::of_template(source.text, &fault.at).unwrap_or_else(|| {
            let (message, help) = template_fault(source.text, &fault);
            slips::Slip { at: fault.at, message, help }
        });
        let span = source.map.span(slip.at.start, slip.at.end);
        self.sink.push(Diagnostic::new(Code::TemplateSyntax, span, slip.message).help(slip.help));
        false
    }

    fn refuse(&mut self, source: &Source<'a>, at: &Range<usize>, message: &str, help: &str) {
        self.say(Code::UnsupportedTemplate, source, at, message.to_owned(), help);
    }

    fn say(&mut self, code: Code, source: &Source<'a>, at: &Range<usize>, message: String, help: &str) {
        self.is_sound = false;
        let finding = Diagnostic::new(code, source.map.span(at.start, at.end), message);
        self.sink.push(if help.is_empty() { finding } else { finding.help(help) });
    }

    fn copy(&mut self, source: &Source<'a>, at: Range<usize>, before: &Tag) {
        self.push(source, at);
        if before.trims_before(source.text) {
            self.out.truncate(self.out.trim_end().len());
        }
    }

    fn push(&mut self, source: &Source<'a>, at: Range<usize>) {
        let text = source.text.get(at.clone()).unwrap_or_default();
        if !text.is_empty() {
            self.parts.push(Part { from: self.out.len(), of: source.map.clone(), at: at.start });
            self.out.push_str(text);
        }
    }

    /// Text of our own, which stands for the tag at `at`.
    fn written(&mut self, text: &str, source: &Source<'a>, at: usize) {
        self.parts.push(Part { from: self.out.len(), of: source.map.clone(), at });
        self.out.push_str(text);
    }
}

/// The files that a template names, as they are written.
pub fn files_named(text: &str) -> Vec<String> {
    let of_file = |tag: &Tag| {
        tag.kind == TagKind::Statement && matches!(tag.word(text), "include" | "extends" | "from" | "import")
    };
    tags(text).iter().filter(|tag| of_file(tag)).filter_map(|tag| quoted(text, tag)).map(|(path, _)| path).collect()
}

/// The one text in quotes behind a tag's word, and where it stands.
fn quoted(text: &str, tag: &Tag) -> Option<(String, Range<usize>)> {
    let inside = tag.inside(text);
    let rest = inside.strip_prefix(tag.word(text))?.trim();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let rest = match tag.word(text) {
        "from" => rest.split_once(" import ")?.0.trim(),
        "import" => rest.rsplit_once(" as ")?.0.trim(),
        _ => rest,
    };
    let path = rest.strip_prefix(quote)?.strip_suffix(quote)?;
    if path.contains([quote, '\\']) {
        return None;
    }
    let start = tag.at.start + text[tag.at.clone()].find(rest)? + 1;
    Some((path.to_owned(), start..start + path.len()))
}

/// Whether `set` has its value behind it, and not in a block.
fn is_assignment(tag: &Tag, text: &str) -> bool {
    tag.inside(text).contains('=')
}

/// The end of the `word` that is opened at `open`: its `endblock`, `endmacro` or `endcall`.
fn close_of(text: &str, found: &[Tag], open: usize, word: &str) -> Option<usize> {
    let end = format!("end{word}");
    let mut depth = 0_usize;
    for (at, tag) in found.iter().enumerate().skip(open) {
        match (tag.kind, tag.word(text)) {
            (TagKind::Statement, other) if other == word => depth += 1,
            (TagKind::Statement, other) if other == end && depth == 1 => return Some(at),
            (TagKind::Statement, other) if other == end => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

fn block_name<'t>(tag: &Tag, text: &'t str) -> &'t str {
    tag.inside(text).strip_prefix("block").unwrap_or_default().trim()
}

fn skip_blanks(text: &str, tag: &Tag) -> usize {
    let rest = text.get(tag.at.end..).unwrap_or_default();
    if tag.trims_behind(text) { text.len() - rest.trim_start().len() } else { tag.at.end }
}

fn within(inner: &Range<usize>, outer: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
