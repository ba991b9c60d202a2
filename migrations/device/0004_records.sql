-- Records: immutable, signed, ordered by the server; kinds that this version does not know are kept like the others.
CREATE TABLE record (
  num    INTEGER PRIMARY KEY AUTOINCREMENT,
  hash   BLOB NOT NULL UNIQUE,             -- wire::record::Record::hash
  kind   TEXT NOT NULL,
  area   TEXT NOT NULL,
  at     INTEGER NOT NULL,                 -- milliseconds: the server's clock once it is filed, until then the device's
  bytes  BLOB NOT NULL,                    -- the record, as it was signed
  filing BLOB NOT NULL,                    -- the server's signed word that it has filed it; empty until then
  -- pending: to go up; filed: the server has it; again: a restored server may have lost it; refused: it was not taken
  state  TEXT NOT NULL CHECK (state IN ('pending', 'filed', 'again', 'refused')),
  why    TEXT NOT NULL DEFAULT '',         -- code of the refusal
  words  TEXT NOT NULL DEFAULT ''          -- its words
) STRICT;
CREATE INDEX record_by_kind ON record (kind, at);
CREATE INDEX record_by_state ON record (state, num);

-- Packs that stay here for a proposal, whatever is in force; `uploaded`: the server has the files.
CREATE TABLE pack_kept (
  hash     TEXT PRIMARY KEY NOT NULL,
  uploaded INTEGER NOT NULL CHECK (uploaded IN (0, 1))
) STRICT, WITHOUT ROWID;

-- A device enrolled before there were records asks for those that were made since.
INSERT INTO meta (name, value) SELECT 'records_from', '0' WHERE EXISTS (SELECT 1 FROM meta WHERE name = 'identity');
