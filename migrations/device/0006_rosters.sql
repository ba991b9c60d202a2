-- One person on the rosters of two households (2026-11-24): the people who count, by number, so that a county is looked
-- over in a moment. The conditions stand word for word in storage/shared.rs.
CREATE INDEX member_row_on_a_roster ON member_row (id_number, household)
  WHERE id_number <> '' AND removed = 0 AND living IN ('', 'alive', 'moved_in');
