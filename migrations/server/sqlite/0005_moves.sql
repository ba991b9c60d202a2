-- A household's departures from a grid: work done there before the device heard of it is still taken.
CREATE INDEX log_by_departure ON log (household, seq) WHERE kind = 3;
