/**
 * Records that are listed as they were before are known again by their digest. That they were seen
 * is kept beside the mirror, whose rows hold whole contacts.
 */
export const DIGESTS = `
ALTER TABLE mirror ADD COLUMN digest TEXT;
CREATE TABLE seen (
  connection_id INTEGER NOT NULL REFERENCES connection ON DELETE CASCADE,
  mirror_row INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  PRIMARY KEY (connection_id, mirror_row)
) STRICT, WITHOUT ROWID;
`;
