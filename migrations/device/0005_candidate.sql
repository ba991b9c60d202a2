-- Forms and policy being tried at a desk: the last workbook that was uploaded, with what was found wrong in it. It is in force
-- nowhere; at most one is kept.
CREATE TABLE candidate (
  one    INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
  name   TEXT NOT NULL,                    -- of the file
  at     INTEGER NOT NULL,                 -- seconds since 1970
  person TEXT NOT NULL,                    -- name of who uploaded it
  form   TEXT NOT NULL,                    -- slug where the workbook held one form, or ''
  report TEXT NOT NULL,                    -- JSON: faults and warnings by sheet, row, column
  files  BLOB NOT NULL                     -- the pack as on the wire; empty when it is faulty
) STRICT;
