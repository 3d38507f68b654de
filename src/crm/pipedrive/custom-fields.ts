import type { FieldName } from '../../contact/contact.ts';
import type { Api, ApiCall } from '../../http/api.ts';
import { Forbidden, Rejected } from '../../sync/errors.ts';
import type { CustomFields, FieldSurvey } from '../../sync/ports.ts';
import { isOk, listPage, send, writtenOf } from './call.ts';
import { lost } from './errors.ts';
import {
  BUILT_IN_CODES,
  type FieldCodes,
  isOptionalField,
  OPTIONAL_FIELDS,
  type OptionalField,
} from './field-codes.ts';
import { COSTS } from './limits.ts';
import { readRights } from './permissions.ts';
import { FieldSchema, reading, type WireField } from './wire.ts';

const PATH = '/api/v2/personFields';

/**
 * By these a field of ours is recognised for ever, by any installation and whatever its users call
 * it. They stand in the field's description.
 */
export const FIELD_MARKS = {
  ims: 'contactsync:ims',
  addresses: 'contactsync:addresses',
  jobTitle: 'contactsync:jobTitle',
  notes: 'contactsync:notes',
  birthday: 'contactsync:birthday',
} as const satisfies Record<OptionalField, string>;

const SHAPES = {
  ims: { name: 'Instant messengers', type: 'text' },
  addresses: { name: 'Postal address', type: 'address' },
  jobTitle: { name: 'Job title', type: 'varchar' },
  notes: { name: 'Contact notes', type: 'text' },
  birthday: { name: 'Birthday', type: 'date' },
} as const satisfies Record<OptionalField, { readonly name: string; readonly type: string }>;

/** By which code the adapter reads and writes a field. */
export interface FieldUse {
  readonly codes: () => FieldCodes;
  readonly use: CustomFields['use'];
}

export function pipedriveCustomFields(api: Api, userId: number, inUse: FieldUse): CustomFields {
  let listed: Promise<readonly WireField[]> | undefined;
  return {
    use: inUse.use,

    async survey(signal) {
      const present = await listFields(api, signal);
      const codes = OPTIONAL_FIELDS.map((field) => ({
        field,
        code: codeInUse(inUse.codes()[field], present) ?? codeOf(field, present),
      }));
      const complete = codes.every(({ code }) => code !== undefined);
      const mayMake = complete || (await readRights(api, userId, signal)).addCustomFields !== 'no';
      return codes.map(({ field, code }) => found(field, code) ?? missing(field, mayMake));
    },

    async make(field, signal) {
      if (!isOptionalField(field)) throw new Rejected(`Pipedrive has a ${field} field already.`);
      // A colleague's installation may have made it since the survey: one look for all that are made at once.
      listed ??= listFields(api, signal).finally(() => {
        listed = undefined;
      });
      const made = codeOf(field, await listed);
      return made ?? makeField(api, field, signal);
    },
  };
}

function found(field: FieldName, code: string | undefined): FieldSurvey | undefined {
  return code === undefined ? undefined : { field, kind: 'found', code };
}

function missing(field: FieldName, mayMake: boolean): FieldSurvey {
  if (mayMake) return { field, kind: 'makeable' };
  return { field, kind: 'impossible', reason: 'Your Pipedrive user may not add custom fields.' };
}

async function listFields(api: Api, signal: AbortSignal): Promise<readonly WireField[]> {
  const fields: WireField[] = [];
  let cursor: string | undefined;
  do {
    const page = await listPage(api, PATH, { cursor }, signal);
    for (const item of page.items) {
      const field = reading(FieldSchema, item);
      if (field.kind === 'read') fields.push(field.record);
    }
    cursor = page.next;
  } while (cursor !== undefined);
  return fields;
}

/** What holds people's values already is not changed for another. */
function codeInUse(code: string | undefined, present: readonly WireField[]): string | undefined {
  return present.find(({ field_code }) => field_code === code)?.field_code;
}

/** Pipedrive's own field, else ours; of several of ours the same one for everybody. */
function codeOf(field: OptionalField, fields: readonly WireField[]): string | undefined {
  const own = fields.find(({ field_code }) => field_code === BUILT_IN_CODES[field]);
  if (own !== undefined && own.is_writable !== false) return own.field_code;
  const ours = fields.filter((candidate) => isMarked(candidate, field));
  return ours.map(({ field_code }) => field_code).toSorted()[0];
}

function isMarked({ description, field_name }: WireField, field: OptionalField): boolean {
  return [description, field_name].some((text) => words(text).includes(FIELD_MARKS[field]));
}

function words(text: string | null | undefined): readonly string[] {
  return (text ?? '').split(/[\s()]+/u);
}

/**
 * Fields have a description, but whether a person field takes one when it is made is not documented.
 * Where it does not, the mark goes into the name.
 */
async function makeField(api: Api, field: OptionalField, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  const { name, type } = SHAPES[field];
  const body = { field_name: name, field_type: type };
  const described = { ...body, description: `Kept by contactsync. ${FIELD_MARKS[field]}` };
  const markedName = { field_name: `${name} (${FIELD_MARKS[field]})` };

  const answer = await write(api, { method: 'POST', path: PATH, json: described });
  if (answer.kind === 'refused') {
    const plain = await write(api, {
      method: 'POST',
      path: PATH,
      json: { ...body, ...markedName },
    });
    if (plain.kind === 'refused') throw plain.error;
    return plain.made.field_code;
  }
  const { made } = answer;
  if (!isMarked(made, field)) {
    const path = `${PATH}/${encodeURIComponent(made.field_code)}`;
    await write(api, { method: 'PATCH', path, json: markedName, repeatable: true });
  }
  return made.field_code;
}

type Made =
  | { readonly kind: 'made'; readonly made: WireField }
  | { readonly kind: 'refused'; readonly error: Rejected };

/** @throws {Forbidden} without the right, or the room in the plan, for another field */
async function write(
  api: Api,
  call: Pick<ApiCall, 'method' | 'path' | 'json' | 'repeatable'>,
): Promise<Made> {
  const answer = await send(api, { ...call, cost: COSTS.write });
  try {
    const field = reading(FieldSchema, writtenOf(answer));
    if (field.kind === 'malformed') throw lost();
    return { kind: 'made', made: field.record };
  } catch (error) {
    if (isOk(answer) || !(error instanceof Rejected)) throw error;
    if (/limit/iu.test(error.message)) {
      throw new Forbidden('The Pipedrive plan has no room for another custom field.');
    }
    return { kind: 'refused', error };
  }
}
