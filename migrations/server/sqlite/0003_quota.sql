-- What a device has brought that is new here, on its latest day (days since 1970 in China): bounded, so that one phone does
-- not fill the disk with what would each be accepted.
CREATE TABLE brought (
  device TEXT NOT NULL PRIMARY KEY REFERENCES device (id),
  day INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
