-- The server's one database. Released steps are never edited; a column's meaning never changes.

-- Name of the server, county, epoch, keys, pack in force.
CREATE TABLE setting (
  key TEXT NOT NULL PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Policy packs ever published here, by hash; `files` is the body that GET /v1/pack answers.
CREATE TABLE pack (
  hash TEXT NOT NULL PRIMARY KEY,
  id TEXT NOT NULL,
  version TEXT NOT NULL,
  added_at INTEGER NOT NULL,
  files BLOB NOT NULL
) STRICT;

-- Names of counties, townships, villages and grids.
CREATE TABLE area (
  code TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- People who may be given a ticket. `changed_seq`: log position at which name, title or scope last changed.
CREATE TABLE person (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  title TEXT NOT NULL,
  changed_seq INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- Where a person works. `ended_at` keeps a former area: work done there before the device heard of the change is still taken.
CREATE TABLE person_area (
  person TEXT NOT NULL REFERENCES person (id),
  area TEXT NOT NULL,
  ended_at INTEGER,
  PRIMARY KEY (person, area)
) STRICT, WITHOUT ROWID;

-- One-time tickets; the code itself is kept nowhere.
CREATE TABLE ticket (
  hash BLOB NOT NULL PRIMARY KEY,
  person TEXT NOT NULL REFERENCES person (id),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  device TEXT REFERENCES device (id)
) STRICT;

-- Enrolled devices: public key and hash of the bearer token. `scope_seq`: the person's `changed_seq` the device is known
-- to have heard of, since `heard_at`.
CREATE TABLE device (
  id TEXT NOT NULL PRIMARY KEY,
  person TEXT NOT NULL REFERENCES person (id),
  name TEXT NOT NULL,
  key BLOB NOT NULL UNIQUE,
  token_hash BLOB NOT NULL UNIQUE,
  enrolled_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  scope_seq INTEGER NOT NULL,
  heard_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;

-- Who writes under an actor id: the one proof of authorship.
CREATE TABLE actor (
  id BLOB NOT NULL PRIMARY KEY,
  device TEXT NOT NULL REFERENCES device (id),
  added_at INTEGER NOT NULL
) STRICT;
CREATE INDEX actor_by_device ON actor (device);

-- A household file: grid, snapshot and heads, rewritten with each accepted change.
CREATE TABLE household (
  num INTEGER NOT NULL PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  unit TEXT NOT NULL,
  heads BLOB NOT NULL,
  snapshot BLOB NOT NULL
) STRICT;
CREATE INDEX household_by_unit ON household (unit, id);
CREATE INDEX household_by_id ON household (id, unit);

-- Projection: which enrolled actors wrote in which household (so that a whole file can be sent with its authors named).
CREATE TABLE household_actor (
  household BLOB NOT NULL REFERENCES household (id),
  actor BLOB NOT NULL,
  PRIMARY KEY (household, actor)
) STRICT, WITHOUT ROWID;

-- Projection: the last log position of each grid, so that a round looks only where there is news.
CREATE TABLE unit (
  code TEXT NOT NULL PRIMARY KEY,
  last_seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The one sequence. kind: 1 change, 2 household arrives in the grid, 3 household leaves it, 4 person changed, 5 area named.
-- `unit` files the row (grid; `person/<id>` for 4); `other` = the grid it came from or went to.
-- `device` = author of a change; `carrier` = the device that brought it, where that is another.
CREATE TABLE log (
  seq INTEGER NOT NULL PRIMARY KEY,
  unit TEXT NOT NULL,
  kind INTEGER NOT NULL,
  size INTEGER NOT NULL,
  at INTEGER NOT NULL,
  household BLOB,
  other TEXT,
  hash BLOB,
  bytes BLOB,
  actor BLOB,
  device TEXT,
  carrier TEXT,
  push INTEGER REFERENCES push (id)
) STRICT;
CREATE INDEX log_by_unit ON log (unit, seq, size);
CREATE UNIQUE INDEX log_by_change ON log (household, hash) WHERE hash IS NOT NULL;

-- The device's signature over what it pushed, kept with the hashes it covers (32 bytes each).
CREATE TABLE push (
  id INTEGER NOT NULL PRIMARY KEY,
  device TEXT NOT NULL REFERENCES device (id),
  at INTEGER NOT NULL,
  hashes BLOB NOT NULL,
  sig BLOB NOT NULL
) STRICT;

-- What was refused, whole, with the reason.
CREATE TABLE parked (
  household BLOB NOT NULL,
  hash BLOB NOT NULL,
  device TEXT NOT NULL,
  at INTEGER NOT NULL,
  why TEXT NOT NULL,
  words TEXT NOT NULL,
  unit TEXT,
  bytes BLOB NOT NULL,
  PRIMARY KEY (household, hash)
) STRICT;

-- Registers imported.
CREATE TABLE import (
  id INTEGER NOT NULL PRIMARY KEY,
  at INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  households INTEGER NOT NULL,
  founded INTEGER NOT NULL
) STRICT;
