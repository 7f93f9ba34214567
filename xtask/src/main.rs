//! The tasks of this repository: `cargo xtask TASK`.

fn main() {}
