//! The bytes of this crate against independent readers of the same format.

mod encoder;
mod json;
mod split;
