import { readMask } from './person-input.ts';
import { invalidArgument } from './errors.ts';
import { READABLE_FIELDS } from './person-fields.ts';
import type { PersonLook } from './person-view.ts';
import type { Call, GoogleWorld } from './world.ts';

const SOURCES: readonly string[] = [
  'READ_SOURCE_TYPE_CONTACT',
  'READ_SOURCE_TYPE_PROFILE',
  'READ_SOURCE_TYPE_DOMAIN_CONTACT',
  'READ_SOURCE_TYPE_OTHER_CONTACT',
];

/** How a call with `personFields` and `sources` in its query wants to see people. */
export function lookOf(world: GoogleWorld, call: Call): PersonLook {
  const { query } = call.request;
  const fields = query.get('personFields') ?? includeField(query);
  return look(world, call, readMask('personFields', fields), query.getAll('sources'));
}

/** The same for calls that answer with all fields where none are asked for. */
export function lookOfWrite(world: GoogleWorld, call: Call): PersonLook {
  const { query } = call.request;
  const fields = query.get('personFields') ?? '';
  const mask = fields === '' ? new Set<string>(READABLE_FIELDS) : readMask('personFields', fields);
  return look(world, call, mask, query.getAll('sources'));
}

/** The same for calls that ask in their body; an empty mask brings nothing back. */
export function lookOfBody(
  world: GoogleWorld,
  call: Call,
  asked: { readonly parameter: string; readonly mask: unknown; readonly sources: unknown },
): PersonLook {
  const { parameter, mask, sources } = asked;
  const paths = typeof mask === 'string' && mask !== '' ? readMask(parameter, mask) : new Set('');
  return look(world, call, paths, Array.isArray(sources) ? sources.map(String) : []);
}

/** @throws {GoogleFailure}; whether Google clamps or refuses is not documented, we refuse */
export function pageSizeOf(
  query: URLSearchParams,
  { usual, most }: { readonly usual: number; readonly most: number },
): number {
  const size = Number(query.get('pageSize') ?? '0');
  if (!Number.isInteger(size) || size < 0 || size > most) throw invalidArgument();
  return size === 0 ? usual : size;
}

function look(
  world: GoogleWorld,
  call: Call,
  mask: ReadonlySet<string>,
  sources: readonly string[],
): PersonLook {
  if (sources.some((source) => !SOURCES.includes(source))) throw invalidArgument();
  const none = sources.length === 0;
  return {
    mask,
    contacts: none || sources.includes('READ_SOURCE_TYPE_CONTACT'),
    profiles: none || sources.includes('READ_SOURCE_TYPE_PROFILE'),
    list: false,
    origin: call.request.origin,
    etagOut: world.etags.out,
    groupExists: (name) => world.groups.find(name) !== undefined,
  };
}

function includeField(query: URLSearchParams): string {
  return (query.get('requestMask.includeField') ?? '').replaceAll('person.', '');
}
