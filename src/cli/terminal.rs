//! What is known of the terminal: whether there is one, its colours and its width.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};

use clap::ColorChoice;

use super::args::When;
use crate::diag::Style;

/// Width of reports that no terminal shows.
pub(super) const WIDTH: usize = 100;

/// The terminal of a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terminal {
    out_color: bool,
    err_color: bool,
    /// Columns of the standard output, and of the standard error, where they are terminals.
    out_columns: Option<usize>,
    err_columns: Option<usize>,
    /// Whether the standard error is a terminal.
    pub(super) interactive: bool,
    /// Whether nothing is said on the standard error.
    silent: bool,
}

impl Terminal {
    pub(super) fn new(when: When) -> Terminal {
        let (out, err) = (std::io::stdout().is_terminal(), std::io::stderr().is_terminal());
        let out_size = if out { terminal_size::terminal_size_of(std::io::stdout()) } else { None };
        let err_size = if err { terminal_size::terminal_size_of(std::io::stderr()) } else { None };
        Terminal {
            out_color: color(when, out),
            err_color: color(when, err),
            out_columns: out_size.map(|(width, _)| usize::from(width.0)),
            err_columns: err_size.map(|(width, _)| usize::from(width.0)),
            interactive: err,
            silent: false,
        }
    }

    /// A terminal on which nothing is said: for work whose failure is no matter of the user's.
    pub(super) fn silent() -> Terminal {
        let (out_columns, err_columns) = (None, None);
        Terminal { out_color: false, err_color: false, out_columns, err_columns, interactive: false, silent: true }
    }

    /// How findings look on the standard output.
    pub(super) fn out<'a>(&self, prefix: &'a str) -> Style<'a> {
        style(self.out_color, self.out_columns, prefix)
    }

    /// How findings look on the standard error.
    pub(super) fn err<'a>(&self, prefix: &'a str) -> Style<'a> {
        style(self.err_color, self.err_columns, prefix)
    }

    /// Columns for running text.
    pub(super) fn width(&self) -> usize {
        self.out_columns.unwrap_or(WIDTH).clamp(40, WIDTH)
    }

    /// Columns of the terminal that results go to; nothing if they go elsewhere.
    pub(super) fn columns(&self) -> Option<usize> {
        self.out_columns.map(|_| self.width())
    }

    /// Says something on the standard error. Nobody is left to tell where that cannot be written to.
    pub(super) fn say(&self, word: &str, message: &str) {
        if self.silent {
            return;
        }
        let color = match (self.err_color, word) {
            (false, _) => None,
            (true, "error") => Some("\u{1b}[1;31m"),
            (true, _) => Some("\u{1b}[1;33m"),
        };
        let (start, end) = color.map_or(("", ""), |start| (start, "\u{1b}[0m"));
        let _ = writeln!(std::io::stderr(), "{start}{word}{end}: {message}");
    }

    /// Writes text to the standard error.
    pub(super) fn show(&self, text: &str) {
        if self.silent {
            return;
        }
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
}

/// How findings look in so many columns of a terminal, or where there is none.
fn style(color: bool, columns: Option<usize>, prefix: &str) -> Style<'_> {
    Style { color, unicode: true, width: columns.unwrap_or(WIDTH), fit: columns.is_some(), prefix }
}

/// What `--color` asks for, looked for among arguments that may not be understood.
pub(super) fn asked(arguments: &[OsString]) -> ColorChoice {
    let words: Vec<&str> = arguments.iter().map_while(|word| word.to_str()).take_while(|word| *word != "--").collect();
    let after = words.iter().position(|word| *word == "--color").and_then(|at| words.get(at + 1).copied());
    match words.iter().find_map(|word| word.strip_prefix("--color=")).or(after) {
        Some("never") => ColorChoice::Never,
        Some("always") => ColorChoice::Always,
        Some(_) | None => ColorChoice::Auto,
    }
}

/// See <https://no-color.org> and <https://force-color.org>.
fn color(when: When, terminal: bool) -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto if set("NO_COLOR") => false,
        When::Auto => terminal || set("FORCE_COLOR"),
    }
}
