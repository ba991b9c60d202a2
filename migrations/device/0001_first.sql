-- The device database, first step (2026-11-24). Times are seconds since 1970 unless named otherwise.
-- Tables in three groups: what is known (household, change, journal …), what is only a projection of the household
-- files (the *_row tables and search: dropped and rebuilt at will), and what came from the server (pack, area, actor).

-- ---- this device -------------------------------------------------------------------------------------------

-- Small values by name: keys of the device, token, person, cursor, settings. The names stand in storage/meta.rs.
CREATE TABLE meta (
  name  TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- ---- what is known -----------------------------------------------------------------------------------------

-- A household file. `heads` and `acked` are 32-byte hashes, ascending, one after another.
CREATE TABLE household (
  id           TEXT PRIMARY KEY NOT NULL,
  grid         TEXT NOT NULL,              -- where the server has placed it
  snapshot     BLOB NOT NULL,              -- the whole file, uncompressed
  heads        BLOB NOT NULL,
  acked        BLOB NOT NULL,              -- heads the server said it holds
  confirmed_at INTEGER                     -- server's clock at the last acknowledgement; NULL: never pushed from here
) STRICT;

-- Changes made on this device. A pending one goes up with the next round; a refused one is kept whole for its author.
CREATE TABLE change (
  seq       INTEGER PRIMARY KEY AUTOINCREMENT,
  hash      BLOB NOT NULL UNIQUE,
  household TEXT NOT NULL,
  grid      TEXT,                          -- set on the first change of a household founded here
  bytes     BLOB NOT NULL,                 -- raw change; emptied once acknowledged (the file holds it)
  state     TEXT NOT NULL CHECK (state IN ('pending', 'acked', 'refused')),
  made_at   INTEGER NOT NULL,
  settled_at INTEGER,                      -- acknowledged or refused
  why       TEXT NOT NULL DEFAULT '',      -- code of the refusal
  words     TEXT NOT NULL DEFAULT ''       -- its words
) STRICT;
CREATE INDEX change_by_state ON change (state, seq);
CREATE INDEX change_by_household ON change (household, state);

-- Open visits. The answers enter the household file as one change when the visit is finished or put down.
CREATE TABLE journal (
  visit      TEXT PRIMARY KEY NOT NULL,
  household  TEXT NOT NULL,
  form       TEXT NOT NULL,                -- slug
  form_version TEXT NOT NULL,              -- of the form it was begun with
  pack       TEXT NOT NULL,                -- hash of the pack it was begun with
  state      TEXT NOT NULL CHECK (state IN ('open', 'put_down')),
  opened_at  INTEGER NOT NULL,
  touched_at INTEGER NOT NULL,
  privacy_at INTEGER,                      -- the privacy notice was shown
  more       TEXT NOT NULL DEFAULT '{}'    -- JSON: window, paper, position in the form
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_by_household ON journal (household);

-- One answer of an open visit, durable when the field is left.
CREATE TABLE journal_answer (
  visit TEXT NOT NULL REFERENCES journal (visit) ON DELETE CASCADE,
  path  TEXT NOT NULL,
  value TEXT NOT NULL,                     -- JSON
  kind  TEXT NOT NULL CHECK (kind IN ('answer', 'override', 'retired', 'instance')),
  at    INTEGER NOT NULL,
  PRIMARY KEY (visit, path)
) STRICT, WITHOUT ROWID;

-- Receipts: what the server signed for. `acks` is CBOR as it came.
CREATE TABLE receipt (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  time_ms   INTEGER NOT NULL,
  acks      BLOB NOT NULL,
  signature BLOB NOT NULL
) STRICT;

-- Rounds with the server, the last few hundred.
CREATE TABLE round (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  at          INTEGER NOT NULL,
  ok          INTEGER NOT NULL CHECK (ok IN (0, 1)),
  trips       INTEGER NOT NULL,
  bytes_up    INTEGER NOT NULL,
  bytes_down  INTEGER NOT NULL,
  changes_up  INTEGER NOT NULL,
  changes_down INTEGER NOT NULL,
  households_new INTEGER NOT NULL,
  households_forgotten INTEGER NOT NULL,
  words       TEXT NOT NULL                -- of the trouble, when it failed
) STRICT;

-- Who looked at what in full (ID number, phone …), and other acts that are to be accounted for.
CREATE TABLE audit (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  at        INTEGER NOT NULL,
  what      TEXT NOT NULL,
  household TEXT NOT NULL,
  path      TEXT NOT NULL
) STRICT;

-- ---- from the server ---------------------------------------------------------------------------------------

CREATE TABLE actor (
  actor  BLOB PRIMARY KEY NOT NULL,        -- 16 bytes
  person TEXT NOT NULL,
  name   TEXT NOT NULL,
  device TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE area (
  code TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pack (
  hash    TEXT PRIMARY KEY NOT NULL,
  id      TEXT NOT NULL,
  version TEXT NOT NULL,
  files   BLOB NOT NULL,                   -- as on the wire
  fetched_at INTEGER NOT NULL
) STRICT;

-- ---- projection: rebuilt from the household files at any time ----------------------------------------------

-- What lists, the desk and the household's first lines show.
CREATE TABLE household_row (
  id          TEXT PRIMARY KEY NOT NULL,
  grid        TEXT NOT NULL,
  village     TEXT NOT NULL,               -- name
  hamlet      TEXT NOT NULL,
  address     TEXT NOT NULL,
  head_name   TEXT NOT NULL,
  head_sort   TEXT NOT NULL,               -- pinyin of the head's name
  id_tail     TEXT NOT NULL,
  phone       TEXT NOT NULL,
  population  INTEGER NOT NULL,
  standing    TEXT NOT NULL,
  list        TEXT NOT NULL,
  priority    INTEGER NOT NULL CHECK (priority IN (0, 1)),
  progress    TEXT NOT NULL CHECK (progress IN ('left', 'attempted', 'partly', 'done')),
  forms       TEXT NOT NULL,               -- JSON [{slug, why, why_en, done, optional}]
  at_risk     INTEGER NOT NULL CHECK (at_risk IN (0, 1)),
  risks       TEXT NOT NULL,               -- JSON [code], found this campaign
  outcome     TEXT NOT NULL,               -- of the latest finished visit this campaign, or ''
  suggestion  TEXT NOT NULL,               -- enrol, watch, rollback, or ''
  last_visit  TEXT NOT NULL,               -- ISO date of the latest finished visit this campaign, or ''
  try_again   TEXT NOT NULL,               -- ISO date, when nobody was home, or ''
  leaflets_due TEXT NOT NULL,              -- JSON [kind]
  conflicts   INTEGER NOT NULL,
  digest      TEXT NOT NULL
) STRICT;
CREATE INDEX household_row_by_list ON household_row (list, grid, hamlet, head_sort, id);
-- The order of lists, so that a page needs no sorting.
CREATE INDEX household_row_by_place ON household_row (grid, hamlet, head_sort, id);
CREATE INDEX household_row_by_name ON household_row (head_sort, id);

-- What the rules see. Apart from household_row, so that a scan of that stays narrow: every page is decrypted.
CREATE TABLE facts_row (
  household TEXT PRIMARY KEY NOT NULL,
  facts     TEXT NOT NULL                  -- JSON
) STRICT;

CREATE TABLE member_row (
  household TEXT NOT NULL,
  member    TEXT NOT NULL,
  place     INTEGER NOT NULL,              -- in roster order
  name      TEXT NOT NULL,
  id_number TEXT NOT NULL,
  relation  TEXT NOT NULL,
  sex       TEXT NOT NULL,
  birth     TEXT NOT NULL,
  living    TEXT NOT NULL,
  work      TEXT NOT NULL,
  removed   INTEGER NOT NULL CHECK (removed IN (0, 1)),
  PRIMARY KEY (household, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_row_by_id_number ON member_row (id_number) WHERE id_number <> '';

CREATE TABLE visit_row (
  household    TEXT NOT NULL,
  visit        TEXT NOT NULL,
  form         TEXT NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('draft', 'finished')),
  outcome      TEXT NOT NULL,
  method       TEXT NOT NULL,
  opened_at    TEXT NOT NULL,
  finished_at  TEXT NOT NULL,
  collector    TEXT NOT NULL,
  collector_id TEXT NOT NULL,
  in_campaign  INTEGER NOT NULL CHECK (in_campaign IN (0, 1)),
  PRIMARY KEY (household, visit)
) STRICT, WITHOUT ROWID;
CREATE INDEX visit_row_by_finished ON visit_row (finished_at) WHERE state = 'finished';

-- What a person types to find a household: tokens, each between line feeds, lower case.
-- Separate from household_row so that a scan of it stays narrow.
CREATE TABLE search (
  household TEXT PRIMARY KEY NOT NULL,
  head      TEXT NOT NULL,                 -- of the head: name, pinyin, initials, ID tail, phone tail
  others    TEXT NOT NULL                  -- of the other members, the hamlet, the grid
) STRICT;
