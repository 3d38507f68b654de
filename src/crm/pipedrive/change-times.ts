import * as v from 'valibot';
import type { FieldName } from '../../contact/contact.ts';
import type { Api, ApiAnswer } from '../../http/api.ts';
import { BudgetSpent } from '../../sync/errors.ts';
import type { ChangeTimes } from '../../sync/ports.ts';
import { isOk, pageOf, send } from './call.ts';
import { refusal } from './errors.ts';
import type { FieldCodes } from './field-codes.ts';
import { COSTS } from './limits.ts';

/** A person's history may be long; what is not found so soon has not changed lately. */
const MOST_PAGES = 3;
const PAGE_SIZE = 100;

/**
 * When a person's fields last changed, by the changelog: `update_time` also moves when a note or a
 * deal is added. The newest changes come first (documented by its example). Whoever may not read it
 * (scope `recents:read`) knows no times.
 * Source: https://developers.pipedrive.com/docs/api/v1/Persons, "List updates about person field values"
 *
 * @param codes as they are when it is asked
 */
export function pipedriveChangeTimes(api: Api, codes: () => FieldCodes): ChangeTimes {
  return {
    async of(id, signal) {
      const fieldOf = fieldsByKey(codes());
      const times: { [F in FieldName]?: string } = {};
      let cursor: string | undefined;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const answer = await ask(api, id, cursor, signal);
        if (answer === undefined) return times;
        const { items, next } = pageOf(answer, cursor);
        for (const { field, time } of items.flatMap((item) => readChange(item, fieldOf))) {
          const known = times[field];
          if (known === undefined || known < time) times[field] = time;
        }
        if (next === undefined) return times;
        cursor = next;
      }
      return times;
    },
  };
}

/** `undefined` where it may not, or cannot, be read. */
async function ask(
  api: Api,
  id: string,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<ApiAnswer | undefined> {
  const path = `/api/v1/persons/${encodeURIComponent(id)}/changelog`;
  const query = { limit: PAGE_SIZE, cursor };
  const answer = await send(api, { method: 'GET', path, query, cost: COSTS.changelog, signal });
  if (isOk(answer)) return answer;
  const error = refusal(answer);
  const aboutThis = [400, 403, 404, 410].includes(answer.status) && !(error instanceof BudgetSpent);
  if (!aboutThis) throw error;
  return undefined;
}

const Change = v.looseObject({ field_key: v.string(), time: v.string() });

type FieldOf = (key: string) => FieldName | undefined;

/** An address is logged by its parts, too: `<key>_locality`. */
function fieldsByKey(codes: FieldCodes): FieldOf {
  const optional = Object.entries(codes) as readonly (readonly [FieldName, string])[];
  return (key) =>
    OWN_KEYS.get(key) ??
    optional.find(([, code]) => key === code || key.startsWith(`${code}_`))?.[0];
}

/** The Fields API's keys; those of the person's record in case. */
const OWN_KEYS: ReadonlyMap<string, FieldName> = new Map([
  ['name', 'name'],
  ['first_name', 'name'],
  ['last_name', 'name'],
  ['email', 'emails'],
  ['emails', 'emails'],
  ['phone', 'phones'],
  ['phones', 'phones'],
  ['org_id', 'organization'],
]);

interface FieldChange {
  readonly field: FieldName;
  /** ISO 8601 UTC */
  readonly time: string;
}

/** v1 writes UTC as `2024-02-12 09:14:35`, and `0000-00-00 00:00:00` for never (documented). */
function readChange(item: unknown, fieldOf: FieldOf): readonly FieldChange[] {
  const change = v.safeParse(Change, item);
  if (!change.success) return [];
  const { field_key, time } = change.output;
  const field = fieldOf(field_key);
  const at = Date.parse(time.trim().replace(' ', 'T').replace(/Z?$/u, 'Z'));
  if (field === undefined || Number.isNaN(at)) return [];
  return [{ field, time: new Date(at).toISOString() }];
}
