//! A township as a test harness: a real server, real devices in folders of their own, named people, fixed clocks, and a
//! link between each device and the server that can be cut. Nothing here stands in for a part of Ruhu.
//!
//! - [`township`]: server and office · [`phone`]: one device · [`link`]: what goes wrong on the way
//! - [`register`]: a village of ten named households, one of every kind · [`answers`]: what they say
//! - [`corpus`]: visits by the dozen, for the dictionary and for counting bytes
//! - [`fleet`]: seeded phones and everything that goes wrong · [`chronicle`]: what became of every change
//! - [`county`]: nine changes of the forms in a week
//! - [`settle`]: the ending of every story · [`programs`]: the same with the real binaries, which can be killed
//!
//! What may not live here: a judgement of what is right. That is for the stories in `tests/scenarios/`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test or a bench stops at the first surprise"
)]

pub mod answers;
pub mod chronicle;
pub mod corpus;
pub mod county;
pub mod dice;
pub mod disk;
pub mod fleet;
pub mod link;
pub mod phone;
pub mod programs;
pub mod register;
pub mod settle;
pub mod township;

pub use dice::Dice;
pub use link::{Fault, Link};
pub use phone::Phone;
pub use settle::settle;
pub use township::Township;
