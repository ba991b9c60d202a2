-- Which receipts of the server name a household: given back to it after a restore.
CREATE TABLE receipt_household (
  household TEXT NOT NULL,
  receipt   INTEGER NOT NULL REFERENCES receipt (id),
  PRIMARY KEY (household, receipt)
) STRICT, WITHOUT ROWID;
