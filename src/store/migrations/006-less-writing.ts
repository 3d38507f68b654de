/**
 * What a first sync writes per contact, made less: a step's contents are written once and not again
 * with each of its states, no index holds what another one tells, and match keys are sorted in
 * when somebody is looked up.
 */
export const LESS_WRITING = `
ALTER TABLE step RENAME TO step_wide;
DROP INDEX step_run;
DROP INDEX step_settled;
DROP INDEX step_provider;
DROP INDEX step_crm;
DROP INDEX step_planned;
DROP INDEX step_begun;
DROP INDEX step_removed;
DROP INDEX step_updated;

CREATE TABLE step (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  run_id TEXT NOT NULL REFERENCES run ON DELETE CASCADE,
  account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  phase TEXT NOT NULL,
  side TEXT NOT NULL,
  kind TEXT NOT NULL,
  provider_id TEXT,
  crm_id TEXT,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  -- By the vendor's clock.
  begun_at TEXT,
  settled_at TEXT,
  reason TEXT
) STRICT;
INSERT INTO step
  SELECT id, key, run_id, account_id, phase, side, kind, provider_id, crm_id, name, state,
    begun_at, settled_at, reason FROM step_wide;

-- What is to be done. A step that has none is one whose contents were dropped with time.
CREATE TABLE step_body (
  step_id INTEGER PRIMARY KEY REFERENCES step ON DELETE CASCADE,
  body TEXT NOT NULL
) STRICT;
INSERT INTO step_body SELECT id, body FROM step_wide WHERE state <> 'aged';

-- The record as the vendor answered it, for history and undo.
CREATE TABLE step_answer (
  step_id INTEGER PRIMARY KEY REFERENCES step ON DELETE CASCADE,
  revision TEXT NOT NULL
) STRICT;
INSERT OR IGNORE INTO step_answer
  SELECT step_wide.id, json_extract(change.value, '$.revision')
  FROM step_wide, json_each(iif(json_type(after) = 'array', after, '[]')) AS change
  WHERE json_extract(change.value, '$.side') = step_wide.side
    AND json_extract(change.value, '$.revision') IS NOT NULL;
DROP TABLE step_wide;

CREATE INDEX step_run ON step (run_id);
CREATE INDEX step_planned ON step (account_id, phase) WHERE state = 'planned';
CREATE INDEX step_begun ON step (account_id) WHERE state = 'begun';
CREATE INDEX step_settled ON step (account_id, kind, settled_at) WHERE state = 'settled';
CREATE INDEX step_provider ON step (account_id, provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX step_crm ON step (account_id, crm_id) WHERE crm_id IS NOT NULL;

DROP INDEX mapping_live_provider;
DROP INDEX mapping_live_crm;
DROP INDEX mapping_provider;
DROP INDEX mapping_crm;
DROP INDEX mapping_crm_any;
-- A record has one live mapping and any number of released ones.
CREATE UNIQUE INDEX mapping_provider ON mapping (account_id, provider_id, iif(released IS NULL, 0, id));
CREATE UNIQUE INDEX mapping_crm ON mapping (account_id, crm_id, iif(released IS NULL, 0, id));
CREATE INDEX mapping_released ON mapping (account_id, released) WHERE released IS NOT NULL;

DROP INDEX mirror_present;
CREATE INDEX mirror_absent ON mirror (connection_id) WHERE absent IS NOT NULL;

DROP INDEX dirty_order;

-- The record's match keys, as a JSON list.
ALTER TABLE mirror ADD COLUMN keys TEXT NOT NULL DEFAULT '[]';
UPDATE mirror SET keys = (
  SELECT json_group_array(key) FROM match_key
  WHERE match_key.connection_id = mirror.connection_id AND match_key.record_id = mirror.id);
DROP INDEX match_key_record;
-- Rows of the mirror whose keys are not among the match keys yet.
CREATE TABLE unsorted (
  mirror_row INTEGER PRIMARY KEY
) STRICT;
`;
