import type { Api, ApiCall } from '../../http/api.ts';
import { BadAnswer, Forbidden, Moved } from '../../sync/errors.ts';
import type { Organization, OrganizationDraft, Organizations } from '../../sync/ports.ts';
import { addressOf, heldAddress, wireAddress } from './address.ts';
import { dataOf, send, writtenOf } from './call.ts';
import { CompanyClosed, lost } from './errors.ts';
import { changed } from './feed.ts';
import { COSTS } from './limits.ts';
import { compact, cut, filled, oneLine } from './text.ts';
import { OrganizationSchema, reading, type WireOrganization } from './wire.ts';

const PATH = '/api/v2/organizations';
const LONGEST_NAME = 255;

/** @param visibility `visible_to` of what is made here; `undefined` leaves it to the CRM */
export function pipedriveOrganizations(
  api: Api,
  userId: number,
  visibility: number | undefined,
): Organizations {
  const organizationOf = (wire: WireOrganization): Organization => toOrganization(wire, userId);
  return {
    async *changes(cursor, signal) {
      for await (const { items, ...last } of changed(api, PATH, cursor, signal)) {
        yield { items: items.flatMap(readable).map(organizationOf), ...last };
      }
    },

    async create({ name, address }, signal) {
      signal.throwIfAborted();
      const json = {
        name: cut(oneLine(name), LONGEST_NAME),
        ...addressBody(address),
        ...(visibility !== undefined && { visible_to: visibility }),
      };
      const made = await write(api, { method: 'POST', path: PATH, json });
      if (made === undefined) throw lost();
      return organizationOf({ name, ...made, owner_id: made.owner_id ?? userId });
    },

    async exists(id, signal) {
      try {
        await find(api, `${PATH}/${encodeURIComponent(id)}`, signal);
        return true;
      } catch (error) {
        if (error instanceof CompanyClosed) throw error;
        if (error instanceof Moved || error instanceof Forbidden) return false;
        throw error;
      }
    },

    async fillAddress(id, address, signal) {
      const path = `${PATH}/${encodeURIComponent(id)}`;
      const before = await find(api, path, signal);
      const json = addressBody(address);
      const now = organizationOf(before);
      if (!now.owned || now.hasAddress || json.address === undefined) return now;
      const after = await write(api, { method: 'PATCH', path, json, repeatable: true });
      return organizationOf({ ...before, ...json, ...after });
    },
  };
}

/** One that is deleted or cannot be understood has no name to go by. */
function readable(item: unknown): readonly WireOrganization[] {
  const wire = reading(OrganizationSchema, item);
  return wire.kind === 'read' && wire.record.is_deleted !== true ? [wire.record] : [];
}

function toOrganization(wire: WireOrganization, userId: number): Organization {
  const createdAt = filled(wire.add_time);
  return {
    id: String(wire.id),
    name: wire.name ?? '',
    owned: wire.owner_id === userId,
    hasAddress: addressOf(wire.address) !== undefined,
    ...compact({ createdAt }),
  };
}

function addressBody(address: OrganizationDraft['address']): Pick<WireOrganization, 'address'> {
  const held = address && heldAddress(address);
  return held === undefined ? {} : { address: wireAddress(held) };
}

async function find(api: Api, path: string, signal: AbortSignal): Promise<WireOrganization> {
  const answer = await send(api, { method: 'GET', path, cost: COSTS.get, signal });
  if (answer.status === 404 || answer.status === 410) throw gone();
  const wire = reading(OrganizationSchema, dataOf(answer));
  if (wire.kind === 'malformed') throw new BadAnswer(wire.reason);
  if (wire.record.is_deleted === true) throw gone();
  return wire.record;
}

function gone(): Moved {
  return new Moved('The organization is no longer there.');
}

async function write(
  api: Api,
  call: Pick<ApiCall, 'method' | 'path' | 'json' | 'repeatable'>,
): Promise<WireOrganization | undefined> {
  const data = writtenOf(await send(api, { ...call, cost: COSTS.write }));
  const wire = reading(OrganizationSchema, data);
  return wire.kind === 'read' ? wire.record : undefined;
}
