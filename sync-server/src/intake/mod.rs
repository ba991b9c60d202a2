//! What devices bring: a push is judged change by change and goes in, or is parked whole with the reason.
//!
//! Here live [`push`] (one round's changes in one transaction), [`judge`] (who may have written this), [`proof`] (what the
//! server has signed for), [`graft`] (work whose numbers are taken), [`park`] (bounded per device) [`waiting`] (what
//! was parked and can go in now) and [`records`] (signed records; [`publications`]: of packs). Authorship is the enrolled owner of the change's actor, never a field of the change.
//! What may not live here: HTTP, SQL, delivery.

mod graft;
mod judge;
mod park;
pub mod proof;
pub mod publications;
pub mod push;
pub mod records;
pub mod waiting;

pub use proof::Proofs;
pub use push::{Outcome, Round, take};
pub use waiting::{author_known, take_parked};
