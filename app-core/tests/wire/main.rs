//! The wire from outside: bytes on the line (7-measures.md), golden bytes of every message, hostile bodies.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests stop at the first surprise, and say what they measured"
)]

mod bytes;
mod golden;
mod hostile;
mod rounds;
