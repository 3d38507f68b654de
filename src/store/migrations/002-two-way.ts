/** What two-way sync keeps: conflicts, decisions, our own late echoes, and who wrote what. */
export const TWO_WAY = `
CREATE TABLE setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- When the content last changed, by the vendor's clock.
ALTER TABLE mirror ADD COLUMN changed_at TEXT;
-- When we last wrote the record, by the vendor's clock; its lists may show older states for a while.
ALTER TABLE mirror ADD COLUMN written_at TEXT;
UPDATE mirror SET changed_at = updated_at;

CREATE TABLE conflict (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  provider_id TEXT NOT NULL,
  crm_id TEXT NOT NULL,
  name TEXT NOT NULL,
  field TEXT NOT NULL,
  -- Both sides' values when it was found.
  held TEXT NOT NULL,
  provider_at TEXT,
  crm_at TEXT,
  decided_by TEXT NOT NULL,
  -- Null while it is open.
  winner TEXT,
  state TEXT NOT NULL,
  run_id TEXT,
  found_at TEXT NOT NULL,
  settled_at TEXT
) STRICT;
CREATE INDEX conflict_pair ON conflict (account_id, provider_id, crm_id);
CREATE INDEX conflict_open ON conflict (account_id) WHERE state = 'open';

-- Who is the same person and who is not, as the user decided once and for all.
CREATE TABLE verdict (
  account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  provider_id TEXT NOT NULL,
  crm_id TEXT NOT NULL,
  same INTEGER NOT NULL,
  PRIMARY KEY (account_id, provider_id, crm_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX step_provider ON step (account_id, provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX step_crm ON step (account_id, crm_id) WHERE crm_id IS NOT NULL;
ALTER TABLE account ADD COLUMN taken_over_at TEXT;
`;
