//! Ruhu's stories: named people, the real server, real devices, and everything that goes wrong in a village.
//! Each ends with `settle`: sync twice, all equal, nothing pending, projections as made anew, server sound.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test or a bench stops at the first surprise"
)]

mod area;
mod bad_link;
mod bundle;
mod bytes;
mod conflicts;
mod day;
mod devices;
mod drafts;
mod extremes;
mod fleet;
mod full;
mod killed;
mod linked;
mod logs;
mod lost;
mod nine_changes;
mod orders;
mod parked;
mod publish;
mod publish_guarded;
mod put_back;
mod refused;
mod register;
mod restored;
mod scope;
mod slow;
mod together;
mod unreadable;
