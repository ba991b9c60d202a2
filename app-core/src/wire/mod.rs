//! What leaves the device: messages, framing, signatures. Frozen once released: a field is only ever added, with a
//! default; a meaning never changes; unknown fields and kinds are kept or ignored, never an error.
//!
//! Start with [`message`] and [`record`]; [`encode`] and [`decode`] make and read bodies; [`sign`] says what is signed over what;
//! [`bundle`] and [`seal`]: what travels without a server.
//! [`version`] says when and why the protocol changed. Golden bytes of every message lie in `tests/golden/wire/`.

pub mod bundle;
pub mod chunk;
mod framing;
pub mod lean;
pub mod message;
pub mod record;
pub mod seal;
pub mod sign;
pub mod version;

pub use framing::{DICTIONARY_V1, FRAMING_V1, decode, encode};
