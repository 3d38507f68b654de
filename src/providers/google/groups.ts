import type { Api } from '../../http/api.ts';
import type { Group } from '../../sync/ports.ts';
import { ask, isSuccess, listIn, textIn } from './ask.ts';
import { questionError } from './errors.ts';
import { COST, PAGE_SIZE } from './limits.ts';
import { isRecord, MY_CONTACTS } from './wire.ts';

/** The system groups that contacts can still be put into (documented), by a name that no language changes. */
const SYSTEM_GROUPS: ReadonlyMap<string, string> = new Map([
  [MY_CONTACTS, 'My Contacts'],
  ['contactGroups/starred', 'Starred'],
]);

/** The user's labels, and the system groups of use: https://developers.google.com/people/api/rest/v1/contactGroups */
export async function listGroups(api: Api, signal: AbortSignal): Promise<readonly Group[]> {
  const groups: Group[] = [];
  let pageToken: string | undefined;
  do {
    const reply = await ask(api, {
      path: '/v1/contactGroups',
      query: { pageSize: PAGE_SIZE, groupFields: 'name,groupType,memberCount,metadata', pageToken },
      cost: COST.readGroups,
      signal,
    });
    if (!isSuccess(reply)) throw questionError(reply);
    groups.push(...listIn(reply.body, 'contactGroups').flatMap(groupOf));
    const next = textIn(reply.body, 'nextPageToken');
    pageToken = next === pageToken ? undefined : next;
  } while (pageToken !== undefined);
  return groups;
}

function groupOf(value: unknown): readonly Group[] {
  if (!isRecord(value)) return [];
  const id = textIn(value, 'resourceName');
  const name =
    value['groupType'] === 'SYSTEM_CONTACT_GROUP'
      ? SYSTEM_GROUPS.get(id ?? '')
      : textIn(value, 'name');
  const { metadata, memberCount } = value;
  const deleted = isRecord(metadata) && metadata['deleted'] === true;
  if (id === undefined || name === undefined || deleted) return [];
  return [{ id, name, kind: 'label', count: typeof memberCount === 'number' ? memberCount : 0 }];
}
