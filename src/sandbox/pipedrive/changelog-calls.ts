import type { SandboxAnswer } from '../core.ts';
import { invalid, ok } from './answers.ts';
import { personIn } from './person-calls.ts';
import type { Call, Route } from './routes.ts';
import type { World } from './world.ts';

const DEFAULT_LIMIT = 100;

export function changelogRoutes(world: World): readonly Route[] {
  return [
    {
      method: 'GET',
      path: /^\/api\/v1\/persons\/([^/]+)\/changelog$/u,
      cost: 20,
      scopes: ['recents:read'],
      handle: (call) => list(world, call),
    },
  ];
}

/** The newest first; the cursor is `id:` and a number, as in the document's example. */
function list(world: World, call: Call): SandboxAnswer {
  const { query } = call.request;
  const all = world.changes.get(personIn(world, call).id) ?? [];
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1) throw invalid('"limit" must be a positive number');
  const before = startOf(query.get('cursor'), all.length);
  const page = all.slice(Math.max(0, before - limit), before).toReversed();
  const rest = before - page.length;
  const next = rest > 0 ? Buffer.from(`id:${rest}`).toString('base64') : null;
  return ok(page, { additional_data: { next_cursor: next } });
}

function startOf(cursor: string | null, count: number): number {
  if (cursor === null) return count;
  const [, at] = /^id:(\d+)$/u.exec(Buffer.from(cursor, 'base64').toString()) ?? [];
  if (at === undefined) throw invalid('"cursor" is not valid');
  return Number(at);
}
