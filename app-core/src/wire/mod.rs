//! What leaves the device: messages, framing, signatures. Frozen once released: a field is only ever added, with a
//! default; a meaning never changes; unknown fields and kinds are kept or ignored, never an error.
//!
//! Start with [`message`]; [`version`] says when and why the protocol changed.

pub mod message;
pub mod version;
