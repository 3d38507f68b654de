import type { SandboxAnswer } from '../core.ts';
import { contextOf, found } from './answers.ts';
import { refuseWhenFull } from './contact-calls.ts';
import { contactView } from './contact-view.ts';
import { gone } from './deltas.ts';
import type { DeltaPage, DeltaQuestion, DeltaRow } from './deltas.ts';
import { invalidQuery } from './errors.ts';
import { preferencesOf, selectOf } from './query.ts';
import type { Call, MicrosoftWorld } from './world.ts';

const REFUSED = ['$orderby', '$filter', '$expand', '$search', '$top'];
const CONTACT_TYPE = '#microsoft.graph.contact';

/** `GET …/contacts/delta`: https://learn.microsoft.com/graph/delta-query-overview */
export function trackContacts(world: MicrosoftWorld, call: Call): SandboxAnswer {
  refuseWhenFull(world);
  const page = pageOf(world, call);
  const link = (token: string) => `${deltaAddress(call)}?$${page.next.kind}token=${token}`;
  return found(
    {
      '@odata.context': contextOf(call, 'contacts/$delta'),
      value: page.rows.map(rowViews(world, call, page)),
      [page.next.kind === 'skip' ? '@odata.nextLink' : '@odata.deltaLink']: link(page.next.token),
    },
    { 'preference-applied': appliedPreferences(call) },
  );
}

/** @throws {GraphFailure} 410 for a lost token or a folder that is gone, 400 for a bad query */
function pageOf(world: MicrosoftWorld, call: Call): DeltaPage {
  const { query } = call.request;
  const [skip, delta] = [query.get('$skiptoken'), query.get('$deltatoken')];
  const folder = world.folders.find(call.names['folder'] ?? 'contacts');
  if (folder === undefined) throw gone('ErrorSyncFolderNotFound');
  const preferences = preferencesOf(call.request);
  const question: DeltaQuestion = {
    folderId: folder.id,
    feed: world.contacts.feed(folder.id),
    immutable: preferences.immutable,
    pageSize: preferences.maxPageSize,
    restart: deltaAddress(call),
  };
  if (skip !== null) return world.deltas.resume(question, skip);
  if (delta !== null) return world.deltas.follow(question, delta);
  refuseUntracked(world, query);
  selectOf(query);
  return world.deltas.begin(question, query.get('$select') ?? undefined);
}

/** The wording of public reports, which names `$select` although that is taken. */
function refuseUntracked({ behaviour }: MicrosoftWorld, query: URLSearchParams): void {
  const refused = [...REFUSED, ...(behaviour.deltaSelect === 'refused' ? ['$select'] : [])];
  if (!refused.some((name) => query.has(name))) return;
  throw invalidQuery(
    "The following parameters are not supported with change tracking over the 'Contacts' resource: '$orderby, $filter, $select, $expand, $search, $top'.",
  );
}

/** How a page's rows are to be seen, one by one. */
function rowViews(world: MicrosoftWorld, call: Call, page: DeltaPage): (row: DeltaRow) => object {
  const { immutable } = preferencesOf(call.request);
  const asked = selectOf(new URLSearchParams({ $select: page.select ?? '' }));
  const partial = page.later && world.behaviour.deltaRows === 'changed-only';
  return (row) => {
    if (row.kind === 'stray') return removed(row.id, 'deleted');
    const { contact } = row;
    if (row.kind === 'gone') {
      const reason = row.moved ? world.behaviour.movedReason : 'deleted';
      return removed(immutable ? contact.immutableId : contact.id, reason);
    }
    const select = partial ? contact.changed : asked;
    const view = contactView(world, contact, { immutable, select, expand: [] });
    return { '@odata.type': CONTACT_TYPE, ...view };
  };
}

function removed(id: string, reason: 'deleted' | 'changed'): object {
  return { '@odata.type': CONTACT_TYPE, id, '@removed': { reason } };
}

function deltaAddress({ request }: Call): string {
  return `${request.origin}${request.rawPath}`;
}

function appliedPreferences({ request }: Call): string {
  const { immutable, maxPageSize } = preferencesOf(request);
  return [
    'odata.track-changes',
    ...(immutable ? ['IdType="ImmutableId"'] : []),
    ...(maxPageSize === undefined ? [] : [`odata.maxpagesize=${maxPageSize}`]),
  ].join(', ');
}
