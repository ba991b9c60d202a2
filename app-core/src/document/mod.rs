//! The household file: one small automerge document per household, which two people may edit apart. The only door to
//! automerge.
//!
//! Start with [`HouseholdDoc`] (`doc.rs`): found, load, edit; [`HouseholdDoc::file`] for the typed content;
//! [`HouseholdDoc::admit`] (`gate/`) is the only way in for changes made elsewhere, on phone and server alike.
//! No SQL, no network, no permits of titles (those are the caller's judge, see `approvals`).
//!
//! # Layout
//! Maps only, keyed by stable ids; scalars only (text, whole number, yes/no; money and dates are text). Nothing is
//! deleted: `removed: true`, `false` for an unticked choice, `""` for an emptied field.
//!
//! | path | value | why two phones cannot collide |
//! |---|---|---|
//! | `meta/{id,schema,source,founded_on}` | fixed at foundation; `id` is 16 bytes | never written again |
//! | `place/{county,township,village,grid,hamlet,address}` | text | flat keys |
//! | `profile/<fact>` · `profile/<group>/<fact>` | scalar | flat keys: `allowance/kind` is one key of `profile` |
//! | `profile/registered_risks/<code>` · `profile/plan/items/<item>` | yes/no | flat keys |
//! | `members/<id>/<fact>` · `members/<id>/health/<code>` | scalar · yes/no | the map is made with its fresh id |
//! | `measures/<family>.<item>` | ISO day · `yes` (day unknown) · `""` (no longer) | one scalar per measure |
//! | `leaflets/<kind>/{given_on,by}` | text | flat keys |
//! | `visits/<id>/<field>` · `visits/<id>/answers/<question>[/<choice>]` | scalar · yes/no | map and `answers` are made with the fresh id, in the change that names `collector_id` |
//! | `visits/<id>/overrides/<question>[/<choice>]` · `visits/<id>/rosters/<repeat>/<member>/<question>[/<choice>]` | scalar · yes/no | flat keys of the visit |
//! | `profile/settled/<clash>` | text: what was chosen of a clash (`conflicts/`) | flat keys; two contrary choices are two values |
//! | `confirmed/<path with dots>` | text: day, way, person | a confirmation of an unchanged value is a field of its own |
//! | `threads/<id>/…` | (comments, later) | the map is made with its fresh id |
//!
//! A map is never made elsewhere (see `layout.rs`): a path that goes deeper becomes one key joined with `/`.
//! Depth ≤ 8 segments, key ≤ 200 bytes, text ≤ 16 KiB, 4,096 operations and 256 KiB a change.

mod conflicts;
mod digest;
mod doc;
mod facts;
mod file;
mod founding;
mod gate;
mod graft;
mod guard;
mod history;
mod layout;
mod project;
mod read;
mod scalar;
#[cfg(test)]
mod tests;
mod visit;

pub use conflicts::{Card, Choice, Chosen, Clock, Subject, Wrote, carried, counted, may_rest_on, register_path};
pub use doc::{Actor, ChangeInfo, Hash, HouseholdDoc, Written};
pub use file::{Answer, HouseholdFile, IN_FORCE, LeafletFile, MemberFile, VisitFile, measure_key};
pub use founding::{Founding, Place, SCHEMA, Source, member_edits};
pub use gate::{Action, Admitted, Attempt, Refused, actor_of, change_hash, judge_by_permits};
pub use graft::{Graft, Grafted};
pub use history::{Step, StepValue};
pub use layout::MAX_CHANGE;
pub use read::{Conflict, ConflictValue};
pub use scalar::{Edit, Scalar};
