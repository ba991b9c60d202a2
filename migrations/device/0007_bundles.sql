-- What travels without a server (wire/bundle.rs).

-- Envelopes of others, carried to the server as they came. Once it has them the bytes go and the hash stays, so that the same
-- envelope is not carried again.
CREATE TABLE envelope (
  hash    BLOB PRIMARY KEY NOT NULL,
  sealed  BLOB NOT NULL,                   -- CBOR of wire::seal::Sealed; empty once delivered
  came_at INTEGER NOT NULL,                -- milliseconds, this device's clock
  opened  INTEGER NOT NULL CHECK (opened IN (0, 1)),
  state   TEXT NOT NULL CHECK (state IN ('carried', 'delivered', 'refused')),
  words   TEXT NOT NULL DEFAULT ''         -- why the server would not take it
) STRICT, WITHOUT ROWID;
CREATE INDEX envelope_by_state ON envelope (state, came_at);

-- The latest parcel of each device that was opened here: given on, and given back to a colleague who lost the phone.
CREATE TABLE parcel (
  device  BLOB PRIMARY KEY NOT NULL,       -- public key
  person  TEXT NOT NULL,
  name    TEXT NOT NULL,
  at      INTEGER NOT NULL,                -- milliseconds, that device's clock
  bytes   BLOB NOT NULL                    -- CBOR of wire::bundle::Parcel
) STRICT, WITHOUT ROWID;

-- Changes that wait for others they rest on, by the parcel they came in: looked at again after each round.
-- (They lie in the parcel; this only says that it is worth looking.)
CREATE TABLE parcel_waits (
  device    BLOB NOT NULL REFERENCES parcel (device) ON DELETE CASCADE,
  household TEXT NOT NULL,
  PRIMARY KEY (device, household)
) STRICT, WITHOUT ROWID;

-- Who else holds a household, by that device's own signed word.
CREATE TABLE witness (
  household TEXT NOT NULL,
  device    BLOB NOT NULL,                 -- public key
  name      TEXT NOT NULL,                 -- of its person
  heads     BLOB NOT NULL,
  at        INTEGER NOT NULL,              -- milliseconds, that device's clock
  PRIMARY KEY (household, device)
) STRICT, WITHOUT ROWID;
