/** SQLite uses a partial index only for a condition in its very words: one for each that is asked for. */
export const INDEXES = `
DROP INDEX step_open;
CREATE INDEX step_planned ON step (account_id) WHERE state = 'planned';
CREATE INDEX step_begun ON step (account_id) WHERE state = 'begun';
CREATE INDEX step_removed ON step (account_id, settled_at) WHERE state = 'settled' AND kind IN ('delete', 'release');
CREATE INDEX step_updated ON step (account_id, provider_id, crm_id) WHERE state = 'settled' AND kind = 'update';
CREATE INDEX mirror_mark ON mirror (connection_id, mark) WHERE mark IS NOT NULL AND absent IS NULL;
CREATE INDEX mirror_present ON mirror (connection_id) WHERE absent IS NULL;
`;
