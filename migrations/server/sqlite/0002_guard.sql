-- Parked changes are bounded per device and found by their author; `proven`: the server has signed for it.
ALTER TABLE parked ADD COLUMN size INTEGER NOT NULL DEFAULT 0;
ALTER TABLE parked ADD COLUMN actor BLOB NOT NULL DEFAULT x'';
ALTER TABLE parked ADD COLUMN proven INTEGER NOT NULL DEFAULT 0;
UPDATE parked SET size = length(bytes);
CREATE INDEX parked_by_device ON parked (device, size);
CREATE INDEX parked_by_actor ON parked (actor, household);
CREATE INDEX parked_by_arrival ON parked (household, why, at, hash);

-- What was parked and has gone in after all: its author is told.
CREATE INDEX log_released ON log (device, seq) WHERE carrier = 'parked';

-- Each row's mark hangs on all before it: a cursor that carries it shows whether this is still the log it was read from.
ALTER TABLE log ADD COLUMN mark BLOB NOT NULL DEFAULT x'';
