//! From YAML events to the tree.
//!
//! In: the text of one file. Out: its [`Document`], or findings that say why there is none. Never: deep recursion,
//! however the text nests, and never more work than the limits here allow.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle, Tag};

use super::faults::{Faults, WIDE_BLANKS, too_deep, wide_blank};
use super::scalar::{self, Plain};
use super::{Comment, Document, Entry, Node, Value};
use super::{flow, lookalike};
use crate::diag::{Code, Diagnostic, Sink};
use crate::text::{FileId, Span};

/// Collections inside each other, at most.
const MAX_DEPTH: usize = 128;
/// Values in one file, at most.
const MAX_NODES: usize = 2_000_000;
/// Values copied for anchors and aliases in one file, at most.
const MAX_COPIES: usize = 100_000;

/// Builds the tree of `text`. `None` if there is no tree that could be trusted; `sink` then says why.
pub fn parse(file: FileId, text: &str, sink: &mut Sink) -> Option<Document> {
    let mut faults = Faults::new(file, text, sink);
    if let Some(at) = text.find('\0') {
        let message = "the file holds a NUL byte, which no text has";
        faults.push(Diagnostic::new(Code::UnsupportedYaml, Span::new(file, at, at + 1), message));
        return None;
    }
    let mut builder = Builder::new(file, text, faults);
    let options = granit_parser::options! {
        flow_nesting_limit: MAX_DEPTH, block_nesting_limit: MAX_DEPTH, max_buffered_comment_events: usize::MAX,
    };
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, span)) => {
                let range = span.byte_range().unwrap_or_default();
                if builder.take(event, range.start, range.end).is_break() {
                    break;
                }
            }
            Err(error) => {
                let open = builder.frames.last().filter(|frame| frame.flow).map(|frame| frame.start);
                builder.faults.yaml(&error, open);
                return None;
            }
        }
    }
    builder.finish()
}

/// A collection that is being read.
struct Frame {
    items: Items,
    flow: bool,
    /// Where it opens: its bracket, or its first child.
    start: usize,
    anchor: usize,
    /// Collections inside each other, this one included.
    height: usize,
    /// Values inside, itself included.
    size: usize,
}

enum Items {
    Seq(Vec<Node>),
    Map { entries: Vec<Entry>, key: Option<Key> },
}

/// A key that waits for its value.
enum Key {
    Text(String, Span),
    /// Reported already; its value is read and dropped.
    Unusable,
}

/// A value that aliases can stand for.
struct Anchored {
    node: Node,
    height: usize,
    size: usize,
}

struct Builder<'a> {
    file: FileId,
    text: &'a str,
    faults: Faults<'a>,
    frames: Vec<Frame>,
    root: Option<Node>,
    documents: usize,
    comments: Vec<Comment>,
    anchors: BTreeMap<usize, Anchored>,
    nodes: usize,
    copies: usize,
    /// End of the last token.
    end: usize,
    /// Whether something was left out that the tree would need to mean what the author meant.
    incomplete: bool,
    /// From a second document to the end of the file.
    rest: Option<Span>,
}

impl<'a> Builder<'a> {
    fn new(file: FileId, text: &'a str, faults: Faults<'a>) -> Self {
        Builder {
            file,
            text,
            faults,
            frames: Vec::new(),
            root: None,
            documents: 0,
            comments: Vec::new(),
            anchors: BTreeMap::new(),
            nodes: 0,
            copies: 0,
            end: 0,
            incomplete: false,
            rest: None,
        }
    }

    fn finish(mut self) -> Option<Document> {
        if self.incomplete {
            return None;
        }
        self.comments.sort_by_key(|comment| comment.span);
        Some(Document { root: self.root, comments: self.comments, rest: self.rest })
    }

    fn take(&mut self, event: Event, start: usize, end: usize) -> ControlFlow<()> {
        match event {
            Event::DocumentStart(..) => self.document(start, end)?,
            Event::Comment(text, _) => self.comment(&text, start, end),
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(&text, style, tag.as_deref(), start, end, anchor)?;
            }
            Event::Alias(id) => self.alias(id, start, end)?,
            Event::SequenceStart(style, anchor, tag) => {
                self.tag_of_collection(tag.as_deref(), "seq", start);
                self.open(Items::Seq(Vec::new()), style, start, anchor)?;
            }
            Event::MappingStart(style, anchor, tag) => {
                self.tag_of_collection(tag.as_deref(), "map", start);
                self.open(Items::Map { entries: Vec::new(), key: None }, style, start, anchor)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(end)?,
            _ => {} // starts and ends of the stream, and events that the options leave off
        }
        self.end = self.end.max(end);
        ControlFlow::Continue(())
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end)
    }

    fn stop(&mut self, diagnostic: Diagnostic) -> ControlFlow<()> {
        self.incomplete = true;
        self.faults.push(diagnostic);
        ControlFlow::Break(())
    }

    fn refuse(&mut self, span: Span, message: impl Into<String>, help: &str) {
        self.faults.push(Diagnostic::new(Code::UnsupportedYaml, span, message).help(help));
    }

    fn document(&mut self, start: usize, end: usize) -> ControlFlow<()> {
        self.documents += 1;
        if self.documents < 2 {
            return ControlFlow::Continue(());
        }
        let span = self.span(start, end);
        self.rest = Some(self.span(start, self.text.len()));
        self.refuse(span, "a file holds one YAML document, and here begins a second", "put it into a file of its own");
        ControlFlow::Break(())
    }

    fn comment(&mut self, text: &str, start: usize, end: usize) {
        let line = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let trailing = self.text[line..start].contains(|c: char| !c.is_whitespace() && c != '\u{feff}');
        self.comments.push(Comment { span: self.span(start, end), text: text.to_owned(), trailing });
    }

    fn tag_of_collection(&mut self, tag: Option<&Tag>, kind: &str, start: usize) {
        if tag.is_some_and(|tag| !tag.is_yaml_core_schema_tag(kind)) {
            self.refuse_tag(start);
        }
    }

    /// The tag stands before the value, which begins at `start`.
    fn refuse_tag(&mut self, start: usize) {
        let from = self.text.get(self.end..start).and_then(|gap| gap.find('!')).map_or(start, |at| self.end + at);
        let length = self.text[from..].find(char::is_whitespace).unwrap_or(self.text.len() - from);
        let span = self.span(from, from + length);
        let tag = self.text[from..from + length].to_owned();
        self.refuse(
            span,
            format!("campaigns have no YAML tags, and `{tag}` is one"),
            "take the tag away, or quote the text",
        );
    }

    fn expects_key(&self) -> bool {
        self.frames.last().is_some_and(|frame| matches!(frame.items, Items::Map { key: None, .. }))
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        start: usize,
        end: usize,
        anchor: usize,
    ) -> ControlFlow<()> {
        let plain = style == ScalarStyle::Plain;
        let empty = plain && start == end;
        if self.expects_key() {
            self.key(text, plain, empty, start, end);
            return ControlFlow::Continue(());
        }
        let span = match style {
            ScalarStyle::Literal | ScalarStyle::Folded => self.block_span(start, end),
            ScalarStyle::Plain | ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted if empty => {
                self.empty_span(start)
            }
            ScalarStyle::Plain | ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => self.span(start, end),
        };
        let text_tag = tag.is_some_and(|tag| tag.is_yaml_core_schema_tag("str") || tag.original() == "!");
        let resolved = match () {
            () if text_tag && empty => Plain::Value(Value::Str(String::new())),
            () if text_tag || !plain => Plain::Value(Value::Str(text.to_owned())),
            () if empty => Plain::Value(Value::Null),
            () => scalar::resolve(text),
        };
        let value = match resolved {
            Plain::Value(value) => value,
            Plain::Refused(message, help) => {
                self.incomplete = true;
                self.refuse(span, message, help);
                Value::Null
            }
        };
        if let Some(tag) = tag
            && !text_tag
            && !tag.core_suffix().is_some_and(|name| scalar::fits_tag(&value, name))
        {
            self.refuse_tag(start);
        }
        self.count(1, span)?;
        self.place(Node { span, value }, 0, 1, anchor)
    }

    fn key(&mut self, text: &str, plain: bool, empty: bool, start: usize, end: usize) {
        let span = self.span(start, end);
        let key = if empty {
            self.refuse(span, "a key is missing before the colon", "write `key: value`");
            Key::Unusable
        } else if plain && text == "<<" {
            let help = "write the keys out, or give the whole value an anchor";
            self.refuse(span, "campaigns have no merge keys (`<<`)", help);
            Key::Unusable
        } else if plain && text.starts_with(WIDE_BLANKS) {
            let blanks = text.len() - text.trim_start_matches(WIDE_BLANKS).len();
            self.faults.push(wide_blank(self.span(start, start + blanks)));
            Key::Unusable
        } else if let Some(found) = Some(text).filter(|_| plain).and_then(lookalike::in_key) {
            self.faults.push(self.faults.lookalike(start, found));
            Key::Unusable
        } else {
            Key::Text(text.to_owned(), span)
        };
        self.set_key(key);
    }

    fn set_key(&mut self, new: Key) {
        self.incomplete |= matches!(new, Key::Unusable);
        if let Some(Frame { items: Items::Map { key, .. }, .. }) = self.frames.last_mut() {
            *key = Some(new);
        }
    }

    /// A block scalar from its header; the parser begins with the first line of content.
    fn block_span(&self, start: usize, end: usize) -> Span {
        let before = self.text.get(self.end..end).unwrap_or("");
        let header = before
            .char_indices()
            .filter(|&(at, c)| {
                matches!(c, '|' | '>') && before[..at].chars().next_back().is_none_or(char::is_whitespace)
            })
            .map(|(at, _)| at)
            .find(|at| !before[..*at].rsplit('\n').next().unwrap_or("").contains('#'))
            .map_or(start, |at| self.end + at);
        let length = self.text.get(header..end).map_or(0, |source| source.trim_end().len());
        self.span(header, header + length.max(1))
    }

    /// The place of a value that is not written: right after its colon or dash.
    fn empty_span(&self, mark: usize) -> Span {
        let key_end = match self.frames.last().map(|frame| &frame.items) {
            Some(Items::Map { key: Some(Key::Text(_, span)), .. }) => span.end as usize,
            Some(Items::Map { .. } | Items::Seq(_)) | None => mark,
        };
        let rest = self.text.get(key_end..).unwrap_or("");
        let blank = rest.len() - rest.trim_start().len();
        let at = if rest[blank..].starts_with(':') && key_end != mark + 1 { key_end + blank + 1 } else { mark };
        self.span(at, at)
    }

    fn alias(&mut self, id: usize, start: usize, end: usize) -> ControlFlow<()> {
        let span = self.span(start, end);
        if self.expects_key() {
            self.refuse(span, "a key is text, and this is an alias", "write the key out");
            self.set_key(Key::Unusable);
            return ControlFlow::Continue(());
        }
        let Some(anchored) = self.anchors.get(&id) else {
            let message = "this alias stands inside the value that it names";
            return self.stop(Diagnostic::new(Code::UnsupportedYaml, span, message));
        };
        let (height, size) = (anchored.height, anchored.size);
        if self.frames.len() + height > MAX_DEPTH {
            return self.stop(too_deep(span));
        }
        self.count_copies(size, span)?;
        self.count(size, span)?;
        match self.anchors.get(&id).map(|anchored| copy(&anchored.node, span)) {
            Some(node) => self.place(node, height, size, 0),
            None => ControlFlow::Continue(()),
        }
    }

    fn count(&mut self, size: usize, span: Span) -> ControlFlow<()> {
        self.nodes += size;
        if self.nodes <= MAX_NODES {
            return ControlFlow::Continue(());
        }
        let message = format!("the file holds more than {MAX_NODES} values");
        self.stop(Diagnostic::new(Code::TooDeep, span, message).help("split it into several files"))
    }

    fn count_copies(&mut self, size: usize, span: Span) -> ControlFlow<()> {
        self.copies += size;
        if self.copies <= MAX_COPIES {
            return ControlFlow::Continue(());
        }
        let message = format!("the anchors and aliases of this file stand for more than {MAX_COPIES} values");
        self.stop(Diagnostic::new(Code::TooDeep, span, message).help("write the values out, or split the file"))
    }

    fn open(&mut self, items: Items, style: StructureStyle, start: usize, anchor: usize) -> ControlFlow<()> {
        if self.frames.len() >= MAX_DEPTH {
            let span = self.span(start, start);
            return self.stop(too_deep(span));
        }
        let span = self.span(start, start);
        self.count(1, span)?;
        let flow = style == StructureStyle::Flow;
        self.frames.push(Frame { items, flow, start, anchor, height: 1, size: 1 });
        ControlFlow::Continue(())
    }

    fn close(&mut self, end: usize) -> ControlFlow<()> {
        let Some(frame) = self.frames.pop() else { return ControlFlow::Continue(()) };
        let brackets = self.span(frame.start, end);
        let node = match frame.items {
            Items::Seq(items) => {
                Node { span: reach(&items, |item| item.span, |item| item.span, brackets), value: Value::Seq(items) }
            }
            Items::Map { mut entries, .. } => {
                if frame.flow {
                    flow::mend_expressions(self.text, &mut entries, &mut self.faults);
                    flow::mend_colons(self.text, &mut entries, &mut self.faults);
                    flow::mend_texts(self.text, &mut entries, &mut self.faults);
                }
                self.drop_duplicates(&mut entries);
                let span = reach(&entries, |entry| entry.key_span, |entry| entry.value.span, brackets);
                Node { span, value: Value::Map(entries) }
            }
        };
        if self.expects_key() {
            self.refuse_complex_key(frame.start, end);
            return ControlFlow::Continue(());
        }
        self.place(node, frame.height, frame.size, frame.anchor)
    }

    fn refuse_complex_key(&mut self, start: usize, end: usize) {
        let template = start > 0 && self.text.as_bytes()[start - 1..].starts_with(b"{{");
        if template {
            let end = if self.text[end..].starts_with('}') { end + 1 } else { end };
            let span = self.span(start - 1, end);
            let message = "YAML reads a value that begins with `{{` as a mapping";
            self.refuse(span, message, "put the whole value in quotes: `\"{{ … }}\"`");
        } else {
            let span = self.span(start, end);
            self.refuse(span, "a key is text, and this is a list or a mapping", "write `key: value`");
        }
        self.set_key(Key::Unusable);
    }

    fn drop_duplicates(&mut self, entries: &mut Vec<Entry>) {
        let mut first: HashMap<String, Span> =
            HashMap::with_capacity(if entries.len() > 8 { entries.len() } else { 0 });
        let mut second: Vec<usize> = Vec::new();
        for (at, entry) in entries.iter().enumerate() {
            let known = if entries.len() > 8 {
                first.get(&entry.key).copied()
            } else {
                entries[..at].iter().find(|other| other.key == entry.key).map(|other| other.key_span)
            };
            match known {
                Some(span) => {
                    let message = format!("the key `{}` is here twice", entry.key);
                    let fault = Diagnostic::new(Code::DuplicateKey, entry.key_span, message);
                    self.faults.push(fault.also(span, "here first").help("keep one of them"));
                    second.push(at);
                }
                None if entries.len() > 8 => {
                    first.insert(entry.key.clone(), entry.key_span);
                }
                None => {}
            }
        }
        if !second.is_empty() {
            let mut at = 0;
            entries.retain(|_| {
                at += 1;
                second.binary_search(&(at - 1)).is_err()
            });
        }
    }

    /// Puts a finished value where it belongs.
    fn place(&mut self, node: Node, height: usize, size: usize, anchor: usize) -> ControlFlow<()> {
        if anchor != 0 {
            self.count_copies(size, node.span)?;
            self.anchors.insert(anchor, Anchored { node: node.clone(), height, size });
        }
        let Some(frame) = self.frames.last_mut() else {
            self.root = Some(node);
            return ControlFlow::Continue(());
        };
        frame.height = frame.height.max(height + 1);
        frame.size += size;
        match &mut frame.items {
            Items::Seq(items) => items.push(node),
            Items::Map { entries, key } => match key.take() {
                Some(Key::Text(key, key_span)) => entries.push(Entry { key, key_span, value: node }),
                Some(Key::Unusable) | None => {}
            },
        }
        ControlFlow::Continue(())
    }
}

/// From the start of the first child to the end of the last, or `brackets` if there is none.
fn reach<T>(children: &[T], first: impl Fn(&T) -> Span, last: impl Fn(&T) -> Span, brackets: Span) -> Span {
    match (children.first(), children.last()) {
        (Some(from), Some(to)) => Span { end: last(to).end.max(first(from).start), ..first(from) },
        (None, _) | (_, None) => brackets,
    }
}

/// The value an alias stands for; all of it stands at the alias.
fn copy(node: &Node, span: Span) -> Node {
    let value = match &node.value {
        Value::Seq(items) => Value::Seq(items.iter().map(|item| copy(item, span)).collect()),
        Value::Map(entries) => {
            let one = |entry: &Entry| Entry { key: entry.key.clone(), key_span: span, value: copy(&entry.value, span) };
            Value::Map(entries.iter().map(one).collect())
        }
        scalar @ (Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_)) => scalar.clone(),
    };
    Node { span, value }
}
