/** Who is never to come back. Keyed hashes of ids and e-mails, which mean nothing without the key. */
export const FORGOTTEN = `
CREATE TABLE forgotten (
  hash TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
`;
