import type { AccountStore } from '../sync/store-port.ts';
import type { CustomField } from '../sync/records.ts';
import { createDropBases } from './baseless.ts';
import { inOurWords } from './errors.ts';
import { createConflicts } from './conflicts.ts';
import { createCursors } from './cursors.ts';
import { createInstallations } from './installations.ts';
import { createJournal } from './journal.ts';
import { createMappings } from './mappings.ts';
import { createMarks } from './marks.ts';
import { createMatchKeys } from './match-keys.ts';
import { createMirror } from './mirror.ts';
import { createOrganizations } from './organizations.ts';
import { createPast } from './past.ts';
import { createParking } from './parking.ts';
import { createReading } from './reading.ts';
import { createReplacements } from './replacements.ts';
import type { Scope } from './scope.ts';
import { createWork } from './work.ts';

/** What the engine keeps for one account. */
export function createAccountStore(scope: Scope): AccountStore {
  const marks = createMarks(scope);
  const cursors = createCursors(scope);
  const matchKeys = createMatchKeys(scope);
  const mirror = createMirror(scope, { marks, cursors, matchKeys });
  const reading = createReading(scope, { mirror, cursors, matchKeys });
  const conflicts = createConflicts(scope);
  const mappings = createMappings(scope, { mirror, marks, conflicts, matchKeys });
  const organizations = createOrganizations(scope, marks);
  const parking = createParking(scope, mirror);
  const work = createWork(scope, { mirror, mappings, marks, parking });
  const dropBases = createDropBases(scope);
  const journal = createJournal(scope, { mirror, mappings, organizations, parking, marks });
  return translated({
    together: scope.turns.join,
    ...cursors.port,
    ...reading,
    sighting: mirror.sighting,
    standsSo: mirror.standsSo,
    mirrored: mirror.mirrored,
    eachPresent: mirror.eachPresent,
    pairOf: mappings.pairOf,
    candidates: mappings.candidates,
    holders: mappings.holders,
    newSince: mappings.newSince,
    liveMappings: mappings.liveMappings,
    agree: mappings.agree,
    verdicts: conflicts.verdicts,
    recordConflicts: conflicts.recordConflicts,
    organizationCursor: organizations.organizationCursor,
    observeOrganizations: organizations.observeOrganizations,
    organizationNamed: organizations.organizationNamed,
    organizationById: organizations.organizationById,
    dropOrganization: organizations.dropOrganization,
    saveGroups: organizations.saveGroups,
    customFields: organizations.customFields,
    saveCustomField: organizations.saveCustomField,
    changeFields: (fields: readonly CustomField[]) =>
      scope.turns.join(() => {
        for (const field of fields) organizations.putCustomField(field);
        dropBases(fields.map(({ field }) => field));
      }),
    dirty: work.dirty,
    clean: work.clean,
    markAllDirty: work.markAllDirty,
    setAsideRecord: work.setAsideRecord,
    ...journal,
    ...createPast(scope),
    ...createInstallations(scope),
    ...createReplacements(scope, { mirror, mappings }),
  });
}

/** Whatever SQLite throws leaves this room in our words. */
function translated(store: AccountStore): AccountStore {
  const methods = Object.entries(store).map(([name, method]) => {
    const call = method as (...args: readonly unknown[]) => unknown;
    return [name, (...args: readonly unknown[]) => inOurWords(() => call(...args))] as const;
  });
  return Object.fromEntries(methods) as unknown as AccountStore;
}
