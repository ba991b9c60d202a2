//! The notice's nouns. No IO, no clock, no database, no automerge.
//!
//! Here live the names that every other layer speaks: identifiers, areas, the ID number, standing, outcomes, roles.
//! Start with [`standing`] and [`area`]. Lists that a county may change (relation, education …) are codes of the pack,
//! never enums here.

pub mod area;
pub mod id;
pub mod id_number;
pub mod people;
pub mod standing;
pub mod visit;

pub use area::Area;
pub use id_number::IdNumber;
pub use people::{Person, Title};
pub use standing::{Base, ListKind, MonitoredKind, Standing};
pub use visit::{Method, Outcome, VisitState};
