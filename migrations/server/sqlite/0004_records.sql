-- Records: immutable, signed by a device, ordered by us. Each takes a place in the log (kind 6, filed under `record/<area>`),
-- so that the log's marks hang on it; its bytes lie here. Kinds that this version does not know are kept like the others.
CREATE TABLE record (
  seq INTEGER NOT NULL PRIMARY KEY,        -- its place in the log
  hash BLOB NOT NULL UNIQUE,               -- wire::record::Record::hash
  kind TEXT NOT NULL,
  area TEXT NOT NULL,                      -- devices whose areas lie in it or around it are sent it
  at INTEGER NOT NULL,                     -- milliseconds, our clock, when it was first filed; later ones have later times
  person TEXT NOT NULL,                    -- whose it is; empty: the operator's
  bytes BLOB NOT NULL,                     -- the record, as it was signed
  filing BLOB NOT NULL,                    -- our signed word on it
  size INTEGER NOT NULL
) STRICT;
CREATE INDEX record_by_area ON record (area, seq, size);
CREATE INDEX record_by_kind ON record (kind, at);
CREATE INDEX record_by_time ON record (at);
