//! The device database: the only door to SQLite in the core.
//!
//! One SQLCipher file (`ruhu.db`) under a random key, the key wrapped by the PIN in a side file (`vault.json`).
//! - One write path: [`Store::transact`] gives a [`Tx`]; whatever it writes (household file, change log, projection,
//!   journal) is committed together or not at all, and it says what changed ([`Changes`]).
//! - The `*_row` tables and `search` are a projection of the household files: [`Tx::rebuild`] drops and makes them again,
//!   identical (a test compares). [`Tx::refresh`] after another pack came into force: only what hangs on it.
//! - No SQL elsewhere; no rusqlite type leaves this folder.
//!
//! Start with [`store`] and [`household`]; then [`project`] (file → rows), [`list`] (what screens ask for), [`journal`]
//! (open visits), [`change`] (what is to push), [`records`] (signed records and packs proposed), [`walk`] (many households on
//! all cores), [`vault`] (the PIN). The tables: `migrations/device/`.

pub mod candidate;
pub mod change;
pub mod fault;
pub mod file;
pub mod household;
pub mod journal;
pub mod list;
pub mod meta;
pub mod people;
mod permit;
pub mod project;
pub mod records;
mod rejudge;
pub mod round;
mod schema;
pub mod search;
pub mod shared;
pub mod stand;
pub mod store;
#[cfg(test)]
pub(crate) mod tests;
pub mod vault;
pub mod visits;
pub mod walk;

pub use file::{Author, Edited};
pub use store::{Changes, Lens, Store, Tx};
pub use vault::{Cost, Key, Vault};
