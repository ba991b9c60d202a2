//! What devices bring: a push is judged change by change and goes in, or is parked whole with the reason.
//!
//! Here live [`push`] (one round's changes in one transaction) [`judge`] (who may have written this)
//! and [`graft`] (work whose numbers are taken). Authorship is
//! the enrolled owner of the change's actor, never a field of the change. What may not live here: HTTP, SQL, delivery.

mod graft;
mod judge;
pub mod push;

pub use push::{Outcome, Round, take, take_parked};
