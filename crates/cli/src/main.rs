//! The `telespan` command line.

fn main() {}
