//! Stories against the real server: on port 0, over HTTP, with phones made of the core's own parts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod enrolment;
mod guard;
mod hostile;
mod kill;
mod letters;
mod office;
mod operator;
mod phone;
mod register;
mod restore;
mod rounds;
mod scope;
