//! The `tabiji` binary.
fn main() {}
