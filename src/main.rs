//! The `tabiji` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    tabiji::cli::run(std::env::args_os())
}
