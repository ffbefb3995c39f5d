//! Sessions of the command line: what is typed, what is printed, and the exit code. One file in `tests/cli` for each.

#[test]
fn sessions() {
    trycmd::TestCases::new().env("NO_COLOR", "1").case("tests/cli/*.trycmd");
}
