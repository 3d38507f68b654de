import type { Api } from '../../http/api.ts';
import type {
  ChangeTimes,
  ContactSide,
  CustomFields,
  Organizations,
  PhotoTarget,
  Walk,
} from '../../sync/ports.ts';
import { pipedriveChangeTimes } from './change-times.ts';
import { pipedriveCustomFields } from './custom-fields.ts';
import { digestOf } from '../../http/digest.ts';
import { personChanges, personWalk, type PersonReader } from './feed.ts';
import { OPTIONAL_FIELDS, type FieldCodes } from './field-codes.ts';
import { holds } from './holds.ts';
import { IDS_AT_ONCE } from './limits.ts';
import { revisionOf } from './map.ts';
import { pipedriveOrganizations } from './organizations.ts';
import { pipedrivePictures } from './pictures.ts';
import { demandOf } from './demand.ts';
import { readUser } from './set-up.ts';
import { readPersons, SINGLY, toFinding } from './read.ts';
import { withoutTime } from './wire.ts';
import { writePersons } from './write.ts';

export { FIELD_MARKS } from './custom-fields.ts';
export { isBuiltIn, isOptionalField } from './field-codes.ts';
export { COSTS, dailyTokens, daysOfFirstSync, ofFirstSync, pipedriveLimits } from './limits.ts';
export type { DailyTokens } from './limits.ts';

/** Nothing is promised about lists right after a write; a minute is on the safe side. */
const VISIBILITY_DELAY_MS = 60_000;

export interface PipedriveOptions {
  readonly api: Api;
  readonly user: { readonly id: number; readonly companyId: number };
  /** `visible_to` of what is made; absent leaves it to the CRM's default. */
  readonly visibility?: number | undefined;
  /** The codes of the fields that a person lacks by default, as far as this company has them. */
  readonly fields?: FieldCodes | undefined;
  readonly visibilityDelayMs?: number | undefined;
}

export interface PipedriveSide extends ContactSide {
  readonly organizations: Organizations;
  readonly customFields: CustomFields;
  readonly photoTarget: PhotoTarget;
  readonly changeTimes: ChangeTimes;
  readonly walk: Walk;
}

/** Pipedrive as the signed-in user sees it: all persons there, the user's own marked as such. */
export function createPipedriveSide(options: PipedriveOptions): PipedriveSide {
  const { api, user, visibility } = options;
  let codes: FieldCodes = options.fields ?? {};
  const reader: PersonReader = {
    toRevision: (person) => revisionOf(person, codes, user.id),
    digestOf: (item) =>
      digestOf(
        withoutTime(item),
        user.id,
        OPTIONAL_FIELDS.map((field) => codes[field]),
      ),
  };
  const { toRevision } = reader;
  const use: CustomFields['use'] = (field, code) => {
    const { [field]: _, ...others } = codes;
    codes = code === undefined ? others : { ...others, [field]: code };
  };
  const writer = { api, codes: () => codes, ...reader, userId: user.id, visibility };

  return {
    side: 'crm',
    name: 'Pipedrive',
    visibilityDelay: options.visibilityDelayMs ?? VISIBILITY_DELAY_MS,
    writeGroup: IDS_AT_ONCE,
    createsSingly: true,
    holds: (contact) => holds(contact, codes),
    changes: (cursor, signal) => personChanges(api, cursor, reader, signal),
    async read(ids, signal) {
      const found = await readPersons(api, ids, SINGLY, signal);
      return new Map([...found].map(([id, finding]) => [id, toFinding(finding, toRevision)]));
    },
    write: (writes, signal) => writePersons(writer, writes, signal),
    now: () => api.now(),
    requests: () => api.requests(),
    demandOf,
    knock: async (signal) => {
      await readUser(api, signal);
    },
    organizations: pipedriveOrganizations(api, user.id, visibility),
    customFields: pipedriveCustomFields(api, user.id, { codes: () => codes, use }),
    photoTarget: pipedrivePictures(api),
    changeTimes: pipedriveChangeTimes(api, () => codes),
    walk: personWalk(api, reader),
  };
}
