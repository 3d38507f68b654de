/** The first schema. Released migrations are never changed; the next one gets the next number. */
export const FIRST = `
CREATE TABLE connection (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  -- The provider's own id of the mailbox; for a CRM, company and user.
  identity TEXT NOT NULL,
  details TEXT NOT NULL,
  UNIQUE (kind, identity)
) STRICT;

CREATE TABLE secret (
  connection_id INTEGER NOT NULL REFERENCES connection ON DELETE CASCADE,
  purpose TEXT NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY (connection_id, purpose)
) STRICT;

CREATE TABLE account (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  email TEXT NOT NULL,
  provider_connection INTEGER NOT NULL REFERENCES connection,
  crm_connection INTEGER NOT NULL REFERENCES connection,
  group_id TEXT NOT NULL,
  group_name TEXT NOT NULL,
  direction TEXT NOT NULL,
  visibility TEXT NOT NULL,
  visibility_value INTEGER,
  on_conflict TEXT NOT NULL,
  match TEXT NOT NULL,
  paused INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (provider_connection, crm_connection)
) STRICT;

-- How far a connection was read.
CREATE TABLE reading (
  connection_id INTEGER PRIMARY KEY REFERENCES connection ON DELETE CASCADE,
  cursor TEXT,
  organization_cursor TEXT,
  generation INTEGER NOT NULL DEFAULT 0,
  walk TEXT NOT NULL DEFAULT '{}'
) STRICT;

CREATE TABLE mirror (
  connection_id INTEGER NOT NULL REFERENCES connection ON DELETE CASCADE,
  id TEXT NOT NULL,
  etag TEXT NOT NULL,
  -- Of what matters: contact, groups, owner, organization, picture.
  hash TEXT NOT NULL,
  contact TEXT NOT NULL,
  groups TEXT NOT NULL,
  owned INTEGER NOT NULL,
  organization_id TEXT,
  photo TEXT,
  mark TEXT,
  -- Milliseconds by the vendor's clock.
  created_at INTEGER,
  updated_at TEXT,
  absent TEXT,
  suspect INTEGER NOT NULL DEFAULT 0,
  generation INTEGER NOT NULL,
  UNIQUE (connection_id, id)
) STRICT;
CREATE INDEX mirror_suspect ON mirror (connection_id) WHERE suspect = 1;
CREATE INDEX mirror_organization ON mirror (connection_id, organization_id) WHERE organization_id IS NOT NULL;
CREATE INDEX mirror_created ON mirror (connection_id, created_at);

CREATE TABLE match_key (
  connection_id INTEGER NOT NULL REFERENCES connection ON DELETE CASCADE,
  key TEXT NOT NULL,
  record_id TEXT NOT NULL,
  PRIMARY KEY (connection_id, key, record_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX match_key_record ON match_key (connection_id, record_id);

CREATE TABLE organization (
  connection_id INTEGER NOT NULL REFERENCES connection ON DELETE CASCADE,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  key TEXT NOT NULL,
  owned INTEGER NOT NULL,
  has_address INTEGER NOT NULL,
  created_at TEXT,
  PRIMARY KEY (connection_id, id)
) STRICT;
CREATE INDEX organization_key ON organization (connection_id, key);

CREATE TABLE custom_field (
  connection_id INTEGER NOT NULL REFERENCES connection ON DELETE CASCADE,
  field TEXT NOT NULL,
  state TEXT NOT NULL,
  code TEXT,
  PRIMARY KEY (connection_id, field)
) STRICT;

CREATE TABLE mapping (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  provider_id TEXT NOT NULL,
  crm_id TEXT NOT NULL,
  base_provider TEXT NOT NULL,
  base_crm TEXT NOT NULL,
  photo TEXT,
  -- Why it no longer syncs; null while it does.
  released TEXT,
  released_at TEXT
) STRICT;
CREATE UNIQUE INDEX mapping_live_provider ON mapping (account_id, provider_id) WHERE released IS NULL;
CREATE UNIQUE INDEX mapping_live_crm ON mapping (account_id, crm_id) WHERE released IS NULL;
CREATE INDEX mapping_provider ON mapping (account_id, provider_id);
CREATE INDEX mapping_crm ON mapping (account_id, crm_id);
CREATE INDEX mapping_crm_any ON mapping (crm_id);

CREATE TABLE dirty (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  side TEXT NOT NULL,
  record_id TEXT NOT NULL,
  UNIQUE (account_id, side, record_id)
) STRICT;
CREATE INDEX dirty_order ON dirty (account_id, position);

CREATE TABLE parked (
  account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  side TEXT NOT NULL,
  record_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT NOT NULL,
  name TEXT NOT NULL,
  -- What both records held, and which contactsync it was, when this was set aside.
  fingerprint TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_try_at TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (account_id, side, record_id)
) STRICT;

CREATE TABLE run (
  id TEXT PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  full INTEGER NOT NULL,
  dry_run INTEGER NOT NULL,
  status TEXT,
  summary TEXT
) STRICT;
CREATE INDEX run_account ON run (account_id, started_at);

CREATE TABLE step (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  run_id TEXT NOT NULL REFERENCES run ON DELETE CASCADE,
  account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  phase TEXT NOT NULL,
  side TEXT NOT NULL,
  kind TEXT NOT NULL,
  provider_id TEXT,
  crm_id TEXT,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL,
  -- By the vendor's clock.
  begun_at TEXT,
  settled_at TEXT,
  -- What the vendor answered, for history and undo.
  after TEXT,
  reason TEXT
) STRICT;
CREATE INDEX step_open ON step (account_id, state) WHERE state IN ('planned', 'begun');
CREATE INDEX step_run ON step (run_id, phase, id);
CREATE INDEX step_settled ON step (account_id, settled_at) WHERE state = 'settled';
`;
