//! The wire from outside: bytes on the line (7-measures.md), golden bytes of every message, hostile bodies.

#[path = "../../examples/invented/mod.rs"]
mod invented;

mod bytes;
mod golden;
mod hostile;
mod rounds;
