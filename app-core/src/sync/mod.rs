//! Rounds with the server: enrol, push, pull, apply. The only door to reqwest is [`http`].
//!
//! - [`transport`]: what a link does (send bytes, get bytes), counted; tests bring their own.
//! - [`enrol`]: ticket line, keys, the device's introduction.
//! - [`round`] (push and pull in one request) and [`apply`] (the answer, in one transaction): a process killed between any two
//!   steps repeats the round harmlessly, because changes are known by hash and the cursor moves with what it stands for.
//! - [`progress`]: where long work stands, and the wish that it stop.
//! - [`records`]: signed records on the way up and down, and the packs they name.
//! - [`replant`]: a branch that could not stay as it was written.
//!
//! Nothing here decides what may be written: that is `approvals`, at both ends.

pub mod apply;
pub mod bundle;
pub mod enrol;
mod http;
pub mod progress;
pub mod records;
pub mod replant;
pub mod round;
pub mod transport;
