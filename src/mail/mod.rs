//! Mails as they go out: templates compiled once, rendered for each lead.
//!
//! In: an email of a campaign and a lead. Out: subject, HTML, text, and the message as RFC 5322 has it. Never: a clock, a
//! network, files; whoever calls says what time it is and brings the bytes of images.
//!
//! A template that a lead makes run without end stops at [`FUEL`]; one that grows without end at [`MAX_BYTES`]. Data is
//! escaped in HTML, and line ends in it never reach a header.

mod asked_later;
mod body;
mod facts;
mod filters;
mod functions;
mod history;
mod mime;
mod plain;
mod preview;
mod reader;
mod variants;

use std::io;

use minijinja::value::{Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, escape_formatter};

use crate::html::open_tag;
use crate::ir::is_project_file;
use crate::text::escaped;

pub use body::{Prepared, prepare};
pub use filters::Locale;
pub use history::{History, Past};
pub use mime::{Address, File, Message};
pub use plain::plain;
pub use preview::{Shown, preview};
pub use reader::{About, Reader};
pub use variants::{Variant, variants};

/// Steps that one template may take.
pub const FUEL: u64 = 2_000_000;
/// Most bytes that one template may come to.
pub const MAX_BYTES: usize = 4 << 20;

/// A mail as one lead gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// Subject line: one line.
    pub subject: String,
    /// HTML part.
    pub html: String,
    /// Text part.
    pub text: String,
}

impl Rendered {
    /// What lists of mails show behind the subject; nothing if the mail does not say it.
    pub fn preheader(&self) -> Option<String> {
        body::preheader_of(&self.html)
    }
}

/// Why a mail cannot be rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderError {
    /// Which template: `subject`, `body` or `text`.
    pub part: &'static str,
    /// One sentence.
    pub message: String,
}

impl std::fmt::Display for RenderError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the {} cannot be rendered: {}", self.part, self.message)
    }
}

impl std::error::Error for RenderError {}

/// The compiled templates of one mail.
pub struct Templates<'p> {
    environment: Environment<'p>,
    has_text: bool,
    /// Bytes that the longest of the templates has: about what a mail comes to.
    longest: usize,
}

impl<'p> Templates<'p> {
    /// Compiles what was prepared. In a variant, a value that the lead does not have is shown as `…`: its branch was taken
    /// for it.
    ///
    /// # Errors
    /// If one of them is no template; a checked campaign has none such.
    pub fn compile(prepared: &'p Prepared, locale: &Locale, in_variant: bool) -> Result<Templates<'p>, RenderError> {
        let mut environment = Environment::new();
        environment.set_fuel(Some(FUEL));
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        environment.set_auto_escape_callback(
            |name| {
                if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None }
            },
        );
        environment.set_formatter(if in_variant { format_in_variant } else { format });
        for stray in ["range", "dict", "namespace", "debug"] {
            environment.remove_global(stray);
        }
        filters::register(&mut environment, locale);
        functions::register(&mut environment);
        let text = prepared.text.as_deref();
        let texts = [("subject", Some(&*prepared.subject)), ("body.html", Some(&*prepared.html)), ("text", text)];
        for (name, source) in texts {
            let Some(source) = source else { continue };
            environment.add_template(name, source).map_err(|error| in_words(part_of(name), &error))?;
        }
        let longest = texts.iter().filter_map(|(_, source)| Some(source.as_ref()?.len())).max().unwrap_or(0);
        Ok(Templates { environment, has_text: text.is_some(), longest })
    }

    /// The mail as a lead gets it.
    ///
    /// # Errors
    /// If a template prints what the lead does not have, does not end, or becomes too large.
    pub fn render(&self, reader: &Reader) -> Result<Rendered, RenderError> {
        let context = reader.value();
        let subject = one_line(&self.part("subject", &context)?);
        let html = self.part("body.html", &context)?;
        let text = if self.has_text { self.part("text", &context)? } else { plain(&html) };
        Ok(Rendered { subject, html, text })
    }

    /// The templates alone, for measuring: how many bytes they come to.
    ///
    /// # Errors
    /// As [`Templates::render`].
    pub fn fill(&self, reader: &Reader) -> Result<usize, RenderError> {
        let context = reader.value();
        Ok(self.part("subject", &context)?.len() + self.part("body.html", &context)?.len())
    }

    fn part(&self, name: &'static str, context: &Value) -> Result<String, RenderError> {
        let wrong = |error: &Error| in_words(part_of(name), error);
        let template = self.environment.get_template(name).map_err(|error| wrong(&error))?;
        let expected = if name == "subject" { 0 } else { (self.longest + self.longest / 8).min(MAX_BYTES) };
        let mut out = Limited { bytes: Vec::with_capacity(expected) };
        template.render_captured_to(context.clone(), &mut out).map_err(|error| wrong(&error))?;
        String::from_utf8(out.bytes)
            .map_err(|_| RenderError { part: part_of(name), message: "it is no text".to_owned() })
    }
}

fn part_of(name: &str) -> &'static str {
    match name {
        "subject" => "subject",
        "text" => "text",
        _ => "body",
    }
}

/// Bytes, up to the limit.
struct Limited {
    bytes: Vec<u8>,
}

impl io::Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > MAX_BYTES {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "too large"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Prints a value. What is absent is not printed as a word of a programming language: it stops the mail.
fn format(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    match value.kind() {
        ValueKind::None | ValueKind::Undefined => {
            Err(Error::new(ErrorKind::UndefinedError, "a value is printed that this lead does not have"))
        }
        ValueKind::Bool => Ok(out.write_str(if value.is_true() { "true" } else { "false" })?),
        ValueKind::Number => Ok(out.write_str(&filters::bare_number(value))?),
        _ => match value.as_str().filter(|_| !value.is_safe() && matches!(state.auto_escape(), AutoEscape::Html)) {
            Some(text) => Ok(out.write_str(&escaped(text))?),
            None => escape_formatter(out, state, value),
        },
    }
}

fn format_in_variant(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    match value.kind() {
        ValueKind::None | ValueKind::Undefined => Ok(out.write_str("…")?),
        _ => format(out, state, value),
    }
}

/// Images of the project that a mail shows: sources that name no scheme, each once.
pub fn project_images(html: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find("<img") {
        rest = &rest[at..];
        let Some(tag) = open_tag(rest) else { break };
        rest = &rest[tag.at.end..];
        let source = plain::attribute(&tag, "src").unwrap_or_default();
        if is_project_file(&source) && !found.contains(&source) {
            found.push(source);
        }
    }
    found
}

fn in_words(part: &'static str, error: &Error) -> RenderError {
    let detail = || error.detail().unwrap_or("it cannot be rendered").to_owned();
    let message = match error.kind() {
        ErrorKind::OutOfFuel => "it does not end, or goes over far too many things".to_owned(),
        ErrorKind::WriteFailure => format!("it becomes larger than {} MiB", MAX_BYTES >> 20),
        _ => detail(),
    };
    let line = error.line().map_or(String::new(), |line| format!(" (line {line} of what was put together)"));
    RenderError { part, message: format!("{message}{line}") }
}

/// Text as one line: line ends and other control characters become blanks, so that data cannot begin a new header. Signs that
/// turn what follows them around are left out: `exe.gpj` would be read as the other way.
pub fn one_line(text: &str) -> String {
    let is_break = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let turns = |c: &char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let clean: String = text.chars().filter(|c| !turns(c)).map(|c| if is_break(c) { ' ' } else { c }).collect();
    clean.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
