//! People who stand on the rosters of several households of this device: the same ID number. Asked of the rows of members,
//! so that it is true the moment either household changes.

use rusqlite::params;

use super::Tx;
use super::household::household_id;
use crate::domain::id::HouseholdId;
use crate::error::Result;

/// Who counts, in the words of the index `member_row_on_a_roster`.
const ON_A_ROSTER: &str = "id_number <> '' AND removed = 0 AND living IN ('', 'alive', 'moved_in')";

/// The households that share a person with another.
pub(super) const SHARING: &str = "SELECT m.household FROM member_row m WHERE m.id_number <> '' AND m.removed = 0
   AND m.living IN ('', 'alive', 'moved_in') AND m.id_number IN (SELECT id_number FROM member_row
   WHERE id_number <> '' AND removed = 0 AND living IN ('', 'alive', 'moved_in')
   GROUP BY id_number HAVING min(household) <> max(household))";

/// How many people of a household (`r.id`) stand on another's roster too.
pub(super) const SHARED_OF_ROW: &str =
    "(SELECT count(*) FROM member_row m WHERE m.household = r.id AND m.id_number <> '' AND m.removed = 0
   AND m.living IN ('', 'alive', 'moved_in') AND EXISTS (SELECT 1 FROM member_row o WHERE o.id_number = m.id_number
   AND o.id_number <> '' AND o.removed = 0 AND o.living IN ('', 'alive', 'moved_in') AND o.household <> m.household))";

/// One person on two rosters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// the member of the household asked about
    pub member: String,
    pub household: HouseholdId,
    /// the member there
    pub there: String,
}

impl Tx<'_> {
    /// The people of a household who stand on another's roster too.
    pub fn shared_people(&self, id: HouseholdId) -> Result<Vec<Shared>> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT m.member, o.household, o.member FROM member_row m
             JOIN (SELECT * FROM member_row WHERE {ON_A_ROSTER}) o ON o.id_number = m.id_number AND o.household <> m.household
             WHERE m.household = ?1 AND m.id_number <> '' AND m.removed = 0 AND m.living IN ('', 'alive', 'moved_in')
             ORDER BY o.household, m.place"
        ))?;
        let rows = statement.query_map([id.to_string()], |r| {
            Ok(Shared { member: r.get(0)?, household: household_id(r, 1)?, there: r.get(2)? })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The households where something waits for a person's decision, within an area (empty = all), in the order of lists.
    pub fn households_with_cards(&self, area: &str, limit: u32) -> Result<(u32, Vec<HouseholdId>)> {
        let which = format!("grid >= ?1 AND grid < ?2 AND (conflicts > 0 OR id IN ({SHARING}))");
        let end = format!("{area}~");
        let total = self
            .conn
            .prepare_cached(&format!("SELECT count(*) FROM household_row WHERE {which}"))?
            .query_row(params![area, end], |r| r.get(0))?;
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT id FROM household_row WHERE {which} ORDER BY grid, hamlet, head_sort, id LIMIT ?3"
        ))?;
        let rows = statement.query_map(params![area, end, limit], |r| household_id(r, 0))?;
        Ok((total, rows.collect::<rusqlite::Result<_>>()?))
    }
}
