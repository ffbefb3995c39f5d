//! Elements of HTML and SVG. Every text and every value of an attribute is escaped when it is written, so that nothing
//! of a campaign can become markup.

use std::fmt::Display;

use crate::text::escaped;

/// Elements without content, which have no end tag.
const EMPTY: &[&str] =
    &["br", "circle", "col", "hr", "line", "link", "meta", "path", "polygon", "polyline", "rect", "use"];

/// An element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Element {
    tag: &'static str,
    attributes: Vec<(&'static str, String)>,
    content: Vec<Content>,
    /// Whether its words are the campaign's, and not ours.
    is_named: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Content {
    Text(String),
    Element(Element),
    /// A style sheet of ours, which has no escapes.
    Style(&'static str),
}

/// An element without attributes and content.
pub(super) fn el(tag: &'static str) -> Element {
    Element { tag, attributes: Vec::new(), content: Vec::new(), is_named: false }
}

impl Element {
    /// With an attribute.
    pub(super) fn a(mut self, name: &'static str, value: impl Display) -> Element {
        self.attributes.push((name, value.to_string()));
        self
    }

    /// With a class.
    pub(super) fn class(self, name: impl Display) -> Element {
        self.a("class", name)
    }

    /// With words of the campaign, which are in its language.
    pub(super) fn named(mut self) -> Element {
        self.is_named = true;
        self
    }

    /// With a text at the end.
    pub(super) fn t(mut self, text: impl Display) -> Element {
        self.content.push(Content::Text(text.to_string()));
        self
    }

    /// With an element at the end.
    pub(super) fn c(mut self, element: Element) -> Element {
        self.content.push(Content::Element(element));
        self
    }

    /// With elements at the end.
    pub(super) fn cs(mut self, elements: impl IntoIterator<Item = Element>) -> Element {
        self.content.extend(elements.into_iter().map(Content::Element));
        self
    }

    /// With a style sheet of ours at the end.
    pub(super) fn style(mut self, sheet: &'static str) -> Element {
        self.content.push(Content::Style(sheet));
        self
    }

    /// The element as text.
    pub(super) fn written(&self) -> String {
        self.written_with_names_in(None)
    }

    /// The element as text; words of the campaign say what language they are in, a tag of BCP 47.
    pub(super) fn written_with_names_in(&self, language: Option<&str>) -> String {
        let mut out = String::new();
        self.write(language, &mut out);
        out
    }

    fn write(&self, language: Option<&str>, out: &mut String) {
        out.push('<');
        out.push_str(self.tag);
        for (name, value) in &self.attributes {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            out.push_str(&escaped(value));
            out.push('"');
        }
        if let Some(language) = language.filter(|_| self.is_named) {
            out.push_str(" lang=\"");
            out.push_str(&escaped(language));
            out.push('"');
        }
        if EMPTY.contains(&self.tag) {
            out.push_str("/>");
            return;
        }
        out.push('>');
        for content in &self.content {
            match content {
                Content::Text(text) => out.push_str(&escaped(text)),
                Content::Element(element) => element.write(language, out),
                Content::Style(sheet) => out.push_str(sheet),
            }
        }
        out.push_str("</");
        out.push_str(self.tag);
        out.push('>');
        if BLOCKS.contains(&self.tag) {
            out.push('\n');
        }
    }
}

/// Elements behind which the line ends, so that two reports can be compared line by line.
const BLOCKS: &[&str] = &[
    "article", "details", "div", "dl", "figure", "footer", "g", "h1", "h2", "h3", "head", "header", "li", "main",
    "nav", "p", "section", "style", "svg", "table", "title", "tr", "ul",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_attributes_are_escaped() {
        let evil = "<script>\"x\" & 'y'</script>\u{0}";
        let written = el("b").a("title", evil).t(evil).c(el("br")).written();
        let safe = "&lt;script&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/script&gt;\u{fffd}";
        assert_eq!(written, format!("<b title=\"{safe}\">{safe}<br/></b>"));
        let named = el("p").c(el("b").named().t("名前")).t("name");
        assert_eq!(named.written_with_names_in(Some("ja\"")), "<p><b lang=\"ja&quot;\">名前</b>name</p>\n");
    }
}
