/** What changes when the CRM gets, or loses, a place for a field after contacts were synced. */
export const FIELDS_LATER = `
-- The fields, as a JSON list, that have no base any more; null where all have one.
ALTER TABLE mapping ADD COLUMN baseless TEXT;
`;
