//! HTML as mails have it, taken apart with the bytes of every piece. Tags of templates may stand anywhere, in the middle of a
//! tag as well, and are stepped over whole.
//!
//! The states follow the tokenizer of the HTML standard (section 13.2.5), without its repairs: what a browser would mend
//! is what a check has to show.

use std::ops::Range;

use crate::text::tag_at;

/// A piece of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text, tags of templates in it included.
    Text(Range<usize>),
    /// The text of an element that holds no tags, such as `style`: its name, and where the text stands.
    Raw(String, Range<usize>),
    /// `<a href="…">`
    Open(Tag),
    /// `</a>`
    Close {
        /// The name, in lower case.
        name: String,
        /// Where.
        at: Range<usize>,
    },
    /// `<!-- … -->`, `<!doctype …>`
    Comment(Range<usize>),
    /// `{% if … %}` and the like: the word, and where the whole tag stands.
    Branch(String, Range<usize>),
}

impl Piece {
    /// Where it stands.
    pub fn at(&self) -> Range<usize> {
        match self {
            Piece::Text(at)
            | Piece::Raw(_, at)
            | Piece::Open(Tag { at, .. })
            | Piece::Close { at, .. }
            | Piece::Comment(at)
            | Piece::Branch(_, at) => at.clone(),
        }
    }
}

/// An opening tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The name, in lower case.
    pub name: String,
    /// The whole tag, in bytes.
    pub at: Range<usize>,
    /// Its attributes, in order.
    pub attributes: Vec<Attribute>,
    /// Whether it ends with `/>`.
    pub closes_itself: bool,
    /// Whether tags of templates stand between its attributes, so that it may have others.
    pub is_open: bool,
}

/// An attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The name, in lower case.
    pub name: String,
    /// Where the name stands.
    pub at: Range<usize>,
    /// The value as it is written; empty without one.
    pub value: String,
    /// Where the value stands, without quotes.
    pub value_at: Range<usize>,
}

impl Tag {
    /// An attribute by its name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// Whether it may have an attribute of this name.
    pub fn may_have(&self, name: &str) -> bool {
        self.is_open || self.attribute(name).is_some()
    }
}

/// Takes a body apart.
pub fn scan(text: &str) -> Vec<Piece> {
    let mut scanner = Scanner { text, at: 0, text_from: 0, out: Vec::new(), has_templates: true };
    scanner.run();
    scanner.out
}

/// The tag that opens at the beginning of a text in which there are no templates, if one does.
pub fn open_tag(text: &str) -> Option<Tag> {
    let is_tag = text.strip_prefix('<')?.starts_with(|c: char| c.is_ascii_alphabetic());
    let scanner = Scanner { text, at: 0, text_from: 0, out: Vec::new(), has_templates: false };
    is_tag.then(|| scanner.tag(0, scanner.name(1).to_ascii_lowercase()))
}

/// The end of the template tag that begins at `at`, if one does.
pub fn template_tag(text: &str, at: usize) -> Option<usize> {
    tag_at(text, at).map(|tag| tag.at.end)
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    text_from: usize,
    out: Vec<Piece>,
    /// Whether tags of templates are stepped over.
    has_templates: bool,
}

impl Scanner<'_> {
    fn run(&mut self) {
        while let Some(byte) = self.byte(self.at) {
            match byte {
                b'{' => self.template(),
                b'<' => self.angle(),
                _ => self.at += 1,
            }
        }
        self.flush(self.text.len());
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn starts(&self, with: &str) -> bool {
        self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(with.as_bytes()))
    }

    /// Ends the text that was going on.
    fn flush(&mut self, to: usize) {
        if self.text_from < to {
            self.out.push(Piece::Text(self.text_from..to));
        }
        self.text_from = to;
    }

    /// Puts a piece in that ends at `end`, and goes on behind it.
    fn piece(&mut self, piece: Piece, end: usize) {
        self.flush(self.at);
        self.out.push(piece);
        self.at = end;
        self.text_from = end;
    }

    fn template(&mut self) {
        let Some(end) = template_tag(self.text, self.at) else {
            self.at += 1;
            return;
        };
        let at = self.at..end;
        match self.text.get(at.clone()).and_then(statement) {
            Some(word) => self.piece(Piece::Branch(word.to_owned(), at), end),
            None => self.at = end,
        }
    }

    fn angle(&mut self) {
        if let Some(end) = self.merge_field() {
            self.at = end;
        } else if self.starts("<!--") {
            let end = self.find("-->", self.at + 4);
            self.piece(Piece::Comment(self.at..end), end);
        } else if self.starts("<!") || self.starts("<?") {
            let end = self.find(">", self.at);
            self.piece(Piece::Comment(self.at..end), end);
        } else if self.starts("</") && self.byte(self.at + 2).is_some_and(|byte| byte.is_ascii_alphabetic()) {
            let name = self.name(self.at + 2);
            let end = self.find(">", self.at);
            self.piece(Piece::Close { name: name.to_ascii_lowercase(), at: self.at..end }, end);
        } else if self.byte(self.at + 1).is_some_and(|byte| byte.is_ascii_alphabetic()) {
            self.open();
        } else {
            self.at += 1;
        }
    }

    /// The end of `<<First Name>>`, which other systems put names into, if it begins here.
    fn merge_field(&self) -> Option<usize> {
        let inside = self.text.get(self.at..)?.strip_prefix("<<")?;
        let end = inside.bytes().take(40).position(|byte| matches!(byte, b'<' | b'>' | b'/' | b'\n'))?;
        inside.get(end..)?.starts_with(">>").then_some(self.at + 2 + end + 2)
    }

    /// Behind the next `what`, or the end of the text.
    fn find(&self, what: &str, from: usize) -> usize {
        let found = self.text.get(from..).and_then(|rest| rest.find(what));
        found.map_or(self.text.len(), |at| from + at + what.len())
    }

    /// The name of a tag.
    fn name(&self, from: usize) -> &str {
        let rest = self.text.get(from..).unwrap_or("");
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/' | '{'));
        rest.get(..end.unwrap_or(rest.len())).unwrap_or("")
    }

    fn open(&mut self) {
        let (start, name) = (self.at, self.name(self.at + 1).to_ascii_lowercase());
        if name.contains([':', '@']) && self.is_address(start) {
            return self.address(start);
        }
        let tag = self.tag(start, name);
        let (name, closed, at) = (tag.name.clone(), tag.closes_itself, tag.at.end);
        self.piece(Piece::Open(tag), at);
        if !closed && matches!(name.as_str(), "style" | "script" | "title" | "textarea" | "mj-style") {
            self.raw(&name);
        }
    }

    /// The tag of this name that opens at a byte.
    fn tag(&self, start: usize, name: String) -> Tag {
        let mut tag = Tag { at: start..start, attributes: Vec::new(), closes_itself: false, is_open: false, name };
        let mut at = start + 1 + tag.name.len();
        while let Some(byte) = self.byte(at) {
            match byte {
                b'>' => {
                    at += 1;
                    break;
                }
                b'/' => {
                    tag.closes_itself = self.byte(at + 1) == Some(b'>');
                    at += 1;
                }
                b'{' if self.template_end(at).is_some() => {
                    tag.is_open = true;
                    at = self.template_end(at).unwrap_or(at + 1);
                }
                _ if byte.is_ascii_whitespace() => at += 1,
                _ => at = self.attribute(at, &mut tag),
            }
        }
        tag.at = start..at;
        tag
    }

    /// The end of the template tag that begins at a byte, if one does.
    fn template_end(&self, at: usize) -> Option<usize> {
        self.has_templates.then(|| template_tag(self.text, at)).flatten()
    }

    /// Whether `<` is followed by an address alone: of a scheme of two letters or more (CommonMark 0.31, section 6.5), which
    /// `<v:rect>` has not.
    fn is_address(&self, start: usize) -> bool {
        let inner = self.text.get(start + 1..self.find(">", start).saturating_sub(1)).unwrap_or("");
        let scheme = inner.split(':').next().unwrap_or("");
        !inner.contains(char::is_whitespace) && (inner.contains('@') || scheme.len() >= 2 && scheme.len() < inner.len())
    }

    /// `<https://…>` of Markdown: a link whose text is its address.
    fn address(&mut self, start: usize) {
        let end = self.find(">", start);
        let inner = start + 1..end.saturating_sub(1).max(start + 1);
        let value = self.text.get(inner.clone()).unwrap_or("").to_owned();
        let href = Attribute { name: "href".to_owned(), at: inner.clone(), value, value_at: inner };
        let tag =
            Tag { name: "a".to_owned(), at: start..end, attributes: vec![href], closes_itself: false, is_open: false };
        self.piece(Piece::Open(tag), end);
        self.out.push(Piece::Close { name: "a".to_owned(), at: end..end });
    }

    /// Reads an attribute that begins at `from`. Gives where it ends.
    fn attribute(&self, from: usize, tag: &mut Tag) -> usize {
        let ends = |at: usize| match self.byte(at) {
            None | Some(b'=' | b'>') => true,
            Some(b'/') => self.byte(at + 1) == Some(b'>'),
            Some(b'{') => self.template_end(at).is_some(),
            Some(byte) => byte.is_ascii_whitespace(),
        };
        let mut at = from + 1;
        while !ends(at) {
            at += 1;
        }
        let name_at = from..at;
        let skip = |mut at: usize| {
            while self.byte(at).is_some_and(|byte| byte.is_ascii_whitespace()) {
                at += 1;
            }
            at
        };
        let equals = skip(at);
        let (value_at, end) = if self.byte(equals) == Some(b'=') { self.value(skip(equals + 1)) } else { (at..at, at) };
        tag.attributes.push(Attribute {
            name: self.text.get(name_at.clone()).unwrap_or("").to_ascii_lowercase(),
            at: name_at,
            value: self.text.get(value_at.clone()).unwrap_or("").to_owned(),
            value_at,
        });
        end
    }

    /// A value that begins at `from`: where it stands without quotes, and where it ends with them.
    fn value(&self, from: usize) -> (Range<usize>, usize) {
        let quote = self.byte(from).filter(|byte| matches!(byte, b'"' | b'\''));
        let start = from + usize::from(quote.is_some());
        let mut at = start;
        while let Some(byte) = self.byte(at) {
            if byte == b'{'
                && let Some(end) = self.template_end(at)
            {
                // A statement behind a value without quotes belongs to the tag and not to the value.
                if quote.is_none() && self.byte(at + 1) != Some(b'{') {
                    break;
                }
                at = end;
                continue;
            }
            let ends = match quote {
                Some(quote) => byte == quote,
                None => byte.is_ascii_whitespace() || byte == b'>',
            };
            if ends {
                break;
            }
            at += 1;
        }
        (start..at, (at + usize::from(quote.is_some())).min(self.text.len()))
    }

    /// The text of an element that holds no tags.
    fn raw(&mut self, name: &str) {
        let closer = format!("</{name}");
        let rest = self.text.get(self.at..).unwrap_or("").to_ascii_lowercase();
        let end = rest.find(&closer).map_or(self.text.len(), |end| self.at + end);
        self.out.push(Piece::Raw(name.to_owned(), self.at..end));
        self.at = end;
        self.text_from = end;
    }
}

/// The word of a statement that decides what comes next.
fn statement(tag: &str) -> Option<&str> {
    let inside = tag.strip_prefix("{%")?.trim_start_matches(['-', '+']).trim_start();
    let end = inside.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(inside.len());
    let word = inside.get(..end)?;
    matches!(word, "if" | "elif" | "else" | "endif" | "for" | "endfor" | "macro" | "endmacro" | "block" | "endblock")
        .then_some(word)
}

#[cfg(test)]
mod tests {
    use super::{Piece, scan};

    fn tags(text: &str) -> Vec<String> {
        let said = |piece: &Piece| match piece {
            Piece::Text(at) | Piece::Comment(at) => format!("text {}", &text[at.clone()]),
            Piece::Raw(name, at) => format!("raw {name} {}", &text[at.clone()]),
            Piece::Open(tag) => tag.attributes.iter().fold(format!("open {}", tag.name), |said, attribute| {
                assert_eq!(attribute.value, &text[attribute.value_at.clone()]);
                format!("{said} {}={}", &text[attribute.at.clone()], attribute.value)
            }),
            Piece::Close { name, .. } => format!("close {name}"),
            Piece::Branch(word, _) => format!("branch {word}"),
        };
        scan(text).iter().map(said).collect()
    }

    #[test]
    fn tags_and_their_attributes_have_their_bytes() {
        assert_eq!(
            tags("<a href='x' class=\"b c\" DOWNLOAD>青<br/></a>"),
            ["open a href=x class=b c DOWNLOAD=", "text 青", "open br", "close a"]
        );
        assert_eq!(tags("<a href=https://a.example/b>x</a>"), ["open a href=https://a.example/b", "text x", "close a"]);
        assert_eq!(tags("<style>a > b {c:d}</style>"), ["open style", "raw style a > b {c:d}", "close style"]);
        assert_eq!(tags("Dear <<First Name>><b>"), ["text Dear <<First Name>>", "open b"]);
        assert_eq!(
            tags("<v:rect fill=\"t\"><w:lock/></v:rect>"),
            ["open v:rect fill=t", "open w:lock", "close v:rect"]
        );
        assert_eq!(tags("<https://a.example/>"), ["open a https://a.example/=https://a.example/", "close a"]);
        assert_eq!(tags("1 < 2 <!-- <b> --> x"), ["text 1 < 2 ", "text <!-- <b> -->", "text  x"]);
    }

    #[test]
    fn template_tags_are_stepped_over_whole() {
        assert_eq!(tags("<a href=\"{{ a | default(\">\") }}\">x"), ["open a href={{ a | default(\">\") }}", "text x"]);
        assert_eq!(tags("{% if a < 3 %}<b>{% endif %}"), ["branch if", "open b", "branch endif"]);
        assert_eq!(tags("<td {% if x %}class=a{% endif %}>"), ["open td class=a"]);
        assert_eq!(tags("a {{ \"<b>\" }} c"), ["text a {{ \"<b>\" }} c"]);
    }

    #[test]
    fn what_never_ends_is_taken_to_the_end() {
        for text in
            ["<", "<a", "<a href", "<a href=", "<a href=\"", "</", "</a", "<!--", "{{", "{%", "<style>", "<a {%"]
        {
            scan(text);
            scan(&format!("青{text}青"));
        }
    }
}
