//! What is known of the terminal: whether there is one, its colours and its width.

use std::io::{IsTerminal, Write};

use super::args::When;
use crate::diag::Style;

/// Width of reports that no terminal shows.
pub(super) const WIDTH: usize = 100;

/// The terminal of a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terminal {
    out_color: bool,
    err_color: bool,
    width: usize,
    /// Whether the standard error is a terminal.
    pub(super) interactive: bool,
    /// Whether nothing is said on the standard error.
    silent: bool,
}

impl Terminal {
    pub(super) fn new(when: When) -> Terminal {
        let (out, err) = (std::io::stdout().is_terminal(), std::io::stderr().is_terminal());
        let size = if out { terminal_size::terminal_size_of(std::io::stdout()) } else { None };
        Terminal {
            out_color: color(when, out),
            err_color: color(when, err),
            width: size.map_or(WIDTH, |(width, _)| usize::from(width.0)),
            interactive: err,
            silent: false,
        }
    }

    /// A terminal on which nothing is said: for work whose failure is no matter of the user's.
    pub(super) fn silent() -> Terminal {
        Terminal { out_color: false, err_color: false, width: WIDTH, interactive: false, silent: true }
    }

    /// How findings look on the standard output.
    pub(super) fn out<'a>(&self, prefix: &'a str) -> Style<'a> {
        Style { color: self.out_color, unicode: true, width: self.width, prefix }
    }

    /// How findings look on the standard error.
    pub(super) fn err<'a>(&self, prefix: &'a str) -> Style<'a> {
        Style { color: self.err_color, ..self.out(prefix) }
    }

    /// Columns for running text.
    pub(super) fn width(&self) -> usize {
        self.width.clamp(40, WIDTH)
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
