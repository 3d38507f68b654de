import type { Side } from '../plan/model.ts';
import { ahead } from './ahead.ts';
import { BadAnswer, CursorExpired, Guarded } from './errors.ts';
import { keyed } from './keyed.ts';
import { checkInterrupted, type Pass } from './pass.ts';
import type { Groups, Observation, Page, Told, WalkPage } from './ports.ts';
import type { Confirmed, Keyed, ObservedPage } from './records.ts';

/** How many suspects are read at once. */
const SUSPECTS_AT_ONCE = 100;
/** A whole walk over the ids at least so often, by the vendor's clock. */
const WALK_EVERY_MS = 24 * 60 * 60 * 1000;

/** Each side's change feed, page by page, into the mirror. Both sides are read at once. */
export async function pull(pass: Pass): Promise<void> {
  if (pass.options.refresh) await pass.fields.survey();
  const results = await Promise.allSettled([pullProvider(pass), pullCrm(pass)]);
  for (const result of results) {
    if (result.status === 'rejected') throw result.reason;
  }
  if (pass.options.refresh) pass.store.markAllDirty();
}

/** One side's feed alone: what shows writes whose answers were lost. */
export async function pullSide(pass: Pass, side: Side, asked?: AsyncIterable<Page>): Promise<void> {
  const cursor = pass.store.cursor(side);
  if (cursor === undefined) return listEverything(pass, side);
  try {
    for await (const page of asked ?? pass.sides[side].changes(cursor, pass.options.signal)) {
      observe(pass, side, page);
    }
  } catch (error) {
    if (!(error instanceof CursorExpired)) throw error;
    await listEverything(pass, side);
  }
}

async function pullProvider(pass: Pass): Promise<void> {
  await checkGroup(pass);
  if (pass.options.refresh) pass.store.dropCursor('provider');
  const listed = pass.store.cursor('provider') === undefined;
  await pullSide(pass, 'provider');
  await walkIds(pass, 'provider', listed);
  await confirmSuspects(pass, 'provider');
}

async function pullCrm(pass: Pass): Promise<void> {
  const { store, options } = pass;
  if (options.refresh) store.dropCursor('crm');
  if (store.cursor('crm') === undefined) {
    await pullOrganizations(pass);
    await listEverything(pass, 'crm');
    await walkIds(pass, 'crm', true);
  } else await pullCrmChanges(pass);
  await confirmSuspects(pass, 'crm');
}

/**
 * All questions are asked at once. The page of the walk counts as the oldest answer: what the feed
 * tells too early is told again in the next run.
 */
async function pullCrmChanges(pass: Pass): Promise<void> {
  const { sides, options, store } = pass;
  const small = fitsOnePage(pass);
  const page = askWalk(pass, 'crm');
  const feed = small ? undefined : ahead(sides.crm.changes(store.cursor('crm'), options.signal));
  await pullOrganizations(pass);
  const whole = page !== undefined && (await walkPage(pass, 'crm', page));
  if (small && whole) return;
  await pullSide(pass, 'crm', feed);
  if (!whole) await walkOn(pass, 'crm');
}

/** As long as everybody fits one page of the walk, it tells what the feed would, and deletions too. */
function fitsOnePage({ store, sides }: Pass): boolean {
  const most = sides.crm.walk?.wholeUpTo ?? 0;
  return store.walk('crm').position === undefined && store.mirrored('crm') < most;
}

/** A group that is gone must not look like a group that everybody left. */
async function checkGroup(pass: Pass): Promise<void> {
  const { rules, sides } = pass;
  if (rules.group === 'all' || sides.provider.groups === undefined) return;
  if (await hasGroup(sides.provider.groups, rules.group, pass)) return;
  throw new Guarded(
    `The group that this account syncs no longer exists in ${sides.provider.name}. Nothing was changed.`,
  );
}

async function hasGroup(groups: Groups, group: string, { store, options }: Pass): Promise<boolean> {
  if (groups.has !== undefined) return groups.has(group, options.signal);
  const all = await groups.list(options.signal);
  if (!all.some(({ id }) => id === group)) return false;
  store.saveGroups(all);
  return true;
}

/** A whole listing. One that the vendor breaks off is started again, once. */
async function listEverything(pass: Pass, side: Side): Promise<void> {
  try {
    await listOnce(pass, side);
  } catch (error) {
    if (!(error instanceof CursorExpired)) throw error;
    await listOnce(pass, side).catch((again: unknown) => {
      if (!(again instanceof CursorExpired)) throw again;
      const { name } = pass.sides[side];
      throw new BadAnswer(`${name} broke off a complete listing twice.`, { cause: again });
    });
  }
}

async function listOnce(pass: Pass, side: Side): Promise<void> {
  const { store, sides, tally } = pass;
  tally.readFully();
  store.dropCursor(side);
  const generation = store.startListing(side);
  let cursor: string | undefined;
  for await (const page of sides[side].changes(undefined, pass.options.signal)) {
    const { cursor: last, ...rest } = page;
    cursor = last ?? cursor;
    observe(pass, side, rest, generation);
  }
  store.finishListing(side, generation, cursor);
}

function observe(pass: Pass, side: Side, page: Page, generation?: number): void {
  checkInterrupted(pass);
  pass.store.together(() => keep(pass, side, page, generation));
  pass.options.onProgress?.({
    kind: 'reading',
    side,
    done: pass.store.mirrored(side),
    ...(page.total === undefined ? {} : { total: page.total }),
  });
}

function keep(pass: Pass, side: Side, page: Page, generation?: number): void {
  const sorted = sort(pass, side, news(pass, side, page.items));
  if (page.deletionsMissed === true) pass.store.saveWalk(side, {});
  pass.store.observe(side, {
    ...sorted,
    settledBy: settledBy(pass, side),
    deletionsUntold: pass.sides[side].walk !== undefined,
    ...(generation === undefined ? {} : { generation }),
    ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
  });
  for (const { id, reason } of sorted.malformed) setMalformedAside(pass, side, id, reason);
}

/** What is listed as it was before needs no second look, unless everything is to be looked at. */
function news(
  { store, options }: Pass,
  side: Side,
  items: readonly Observation[],
): readonly { readonly told: Told; readonly digest?: string }[] {
  const listed = items.filter((item) => item.kind === 'listed');
  const known = options.refresh ? new Set<string>() : store.recognise(side, listed);
  return items.flatMap((item) => {
    if (item.kind !== 'listed') return [{ told: item }];
    return known.has(item.id) ? [] : [{ told: item.look(), digest: item.digest }];
  });
}

/** What we wrote before this time shows as it is, at a vendor whose lists lag behind its writes. */
function settledBy({ sides }: Pass, side: Side): string {
  return new Date(sides[side].now().getTime() - sides[side].visibilityDelay).toISOString();
}

function sort(
  pass: Pass,
  side: Side,
  items: ReturnType<typeof news>,
): Pick<ObservedPage, 'revisions' | 'tombstones' | 'malformed'> {
  const revisions: Keyed[] = [];
  const tombstones: string[] = [];
  const malformed: { id: string; reason: string }[] = [];
  for (const { told, ...known } of items) {
    switch (told.kind) {
      case 'revision':
        revisions.push(keyed(pass, side, { revision: told.revision, ...known }));
        break;
      case 'tombstone':
        tombstones.push(told.id);
        break;
      case 'malformed':
        malformed.push({ id: told.id, reason: told.reason });
        break;
    }
  }
  return { revisions, tombstones, malformed };
}

function setMalformedAside(pass: Pass, side: Side, id: string, reason: string): void {
  if (pass.store.setAsideRecord(side, id, { kind: 'malformed', reason })) {
    pass.tally.setAside({ contact: '', id, side, reason });
  }
}

async function pullOrganizations({ sides, store, options }: Pass): Promise<void> {
  const { organizations } = sides.crm;
  if (organizations === undefined) return;
  const read = async (cursor: string | undefined): Promise<void> => {
    for await (const page of organizations.changes(cursor, options.signal)) {
      store.observeOrganizations(page.items, page.cursor);
    }
  };
  try {
    await read(options.refresh ? undefined : store.organizationCursor());
  } catch (error) {
    if (!(error instanceof CursorExpired)) throw error;
    await read(undefined);
  }
}

/**
 * Deletions that the feed does not tell show as ids missing from a walk: one page of it in every
 * run, all of it when the last whole one is a day old. Where the feed tells most of them, only the latter.
 */
async function walkIds(pass: Pass, side: Side, justListed: boolean): Promise<void> {
  const { walk, now } = pass.sides[side];
  if (walk === undefined) return;
  if (justListed) return pass.store.saveWalk(side, { finishedAt: now().toISOString() });
  const page = askWalk(pass, side);
  if (page !== undefined && !(await walkPage(pass, side, page))) await walkOn(pass, side);
}

/** The next page of the walk, unless there is none to be walked now. */
function askWalk(pass: Pass, side: Side): Promise<WalkPage> | undefined {
  const { walk } = pass.sides[side];
  if (walk === undefined || (walk.daily === true && !isWalkDue(pass, side))) return undefined;
  const page = walk.page(pass.store.walk(side).position, pass.options.signal);
  // Whoever takes the page is told of a failure; nobody may ever take it.
  page.catch(() => undefined);
  return page;
}

function isWalkDue({ store, sides }: Pass, side: Side): boolean {
  const { finishedAt } = store.walk(side);
  if (finishedAt === undefined) return true;
  return sides[side].now().getTime() - Date.parse(finishedAt) >= WALK_EVERY_MS;
}

/** What is left of a walk that is due. */
async function walkOn(pass: Pass, side: Side): Promise<void> {
  const { walk } = pass.sides[side];
  if (walk === undefined || !isWalkDue(pass, side)) return;
  let last = false;
  while (!last) {
    const page = walk.page(pass.store.walk(side).position, pass.options.signal);
    last = await walkPage(pass, side, page);
  }
}

/** Resolves to whether this was the last page. */
async function walkPage(pass: Pass, side: Side, page: Promise<WalkPage>): Promise<boolean> {
  const { store, sides } = pass;
  const before = store.walk(side);
  const finishedAt = before.finishedAt === undefined ? {} : { finishedAt: before.finishedAt };
  const generation = before.generation ?? store.startListing(side);
  try {
    const { items, position } = await page;
    observe(pass, side, { items }, generation);
    if (position !== undefined) {
      store.saveWalk(side, { ...finishedAt, position, generation });
      return false;
    }
  } catch (error) {
    if (!(error instanceof CursorExpired) || before.position === undefined) throw error;
    store.saveWalk(side, finishedAt);
    return false;
  }
  store.finishListing(side, generation, store.cursor(side));
  store.saveWalk(side, { finishedAt: sides[side].now().toISOString() });
  return true;
}

/** Absence is a suspicion, and is confirmed by reading the id from the place that knows best. */
async function confirmSuspects(pass: Pass, side: Side): Promise<void> {
  let after = 0;
  for (;;) {
    checkInterrupted(pass);
    const suspects = pass.store.suspects(side, after, SUSPECTS_AT_ONCE);
    const last = suspects.at(-1);
    if (last === undefined) return;
    after = last.position;
    const ids = suspects.map(({ id }) => id);
    const findings = await pass.sides[side].read(ids, pass.options.signal);
    const confirmed = ids.map((id): Confirmed => {
      const finding = findings.get(id);
      if (finding === undefined) {
        throw new BadAnswer(`${pass.sides[side].name} left out a record that was asked for.`);
      }
      return finding.kind === 'present'
        ? { id, finding, keys: keyed(pass, side, finding).keys }
        : { id, finding };
    });
    pass.store.confirm(side, confirmed, settledBy(pass, side));
  }
}
