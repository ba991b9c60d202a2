//! The migrations of the device database as a table; released ones are never edited (`migrations/README.md`).

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use crate::error::{Error, Result};

const STEPS: &[M<'static>] = &[
    M::up(include_str!("../../../migrations/device/0001_first.sql")),
    M::up(include_str!("../../../migrations/device/0002_warrants.sql")),
    M::up(include_str!("../../../migrations/device/0003_receipts.sql")),
    M::up(include_str!("../../../migrations/device/0004_records.sql")),
    M::up(include_str!("../../../migrations/device/0005_candidate.sql")),
    M::up(include_str!("../../../migrations/device/0006_rosters.sql")),
];

/// The tables that [`super::Tx::rebuild`] empties and fills again.
pub(super) const PROJECTION: [&str; 5] = ["household_row", "facts_row", "member_row", "visit_row", "search"];

/// Brings the database to the newest step.
pub(super) fn migrate(conn: &mut Connection) -> Result<()> {
    Migrations::from_slice(STEPS).to_latest(conn).map_err(|e| match e {
        rusqlite_migration::Error::RusqliteError { err, .. } => Error::from(err),
        rusqlite_migration::Error::MigrationDefinition(_) => Error::damaged(
            "本机数据由更新的版本写成，请先升级应用。 This device's data was written by a newer version: update the app first.",
        )
        .because(e),
        other => Error::internal("数据库升级失败。 The database could not be brought up to date.").because(other),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_stand_on_their_own() {
        Migrations::from_slice(STEPS).validate().unwrap();
    }

    #[test]
    fn a_device_that_was_enrolled_before_there_were_records_asks_for_the_earlier_ones() {
        let records_from = |enrolled: bool| {
            let mut conn = Connection::open_in_memory().unwrap();
            let before = Migrations::from_slice(STEPS);
            before.to_version(&mut conn, 3).unwrap();
            if enrolled {
                conn.execute("INSERT INTO meta (name, value) VALUES ('identity', '{}')", []).unwrap();
            }
            migrate(&mut conn).unwrap();
            conn.query_row("SELECT value FROM meta WHERE name = 'records_from'", [], |r| r.get::<_, String>(0)).ok()
        };
        assert_eq!(records_from(true).as_deref(), Some("0"));
        assert_eq!(records_from(false), None, "a fresh one hears them with its first round");
    }

    #[test]
    fn every_table_is_strict() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate(&mut conn).unwrap();
        let loose: Vec<String> = conn
            .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'")
            .unwrap()
            .query_map([], |r| r.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert!(loose.is_empty(), "{loose:?}");
    }
}
