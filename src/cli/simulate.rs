//! `tabiji simulate`
use super::args::SimulateArgs;
use super::terminal::Terminal;
use super::{Exit, Failure};
pub(super) fn simulate(_args: &SimulateArgs, _terminal: &Terminal) -> Result<Exit, Failure> {
    Ok(Exit::Fine)
}
