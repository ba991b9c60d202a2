-- The change that a parked one waits for, so that a push reads only what it unlocks; empty: not looked at since it came or
-- since that change went in; its own hash: nothing that comes can help, only the operator.
ALTER TABLE parked ADD COLUMN waits BLOB NOT NULL DEFAULT x'';
CREATE INDEX parked_by_wait ON parked (household, waits, at, hash) WHERE why = 'dependency';
