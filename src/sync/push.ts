import type { Mapping, Pair, Side } from '../plan/model.ts';
import { SIDES } from '../plan/model.ts';
import { AnswerLost, ContactSyncError, Forbidden, Rejected, Unreachable } from './errors.ts';
import { checkInterrupted, type Pass } from './pass.ts';
import type { Finding, Outcome, Write } from './ports.ts';
import { keyed } from './pull.ts';
import { createdEffects, isInStep, updatedEffects } from './settle.ts';
import {
  PHASES,
  type Effects,
  type Phase,
  type SetAside,
  type Step,
  type StepBody,
} from './store-port.ts';

/** How many single requests (organizations, pictures) are under way at once; the HTTP layer paces them. */
const AT_ONCE = 8;
const GROUP = 32;

/** Writes are finished before an interruption is heeded, so that none is left in doubt without need. */
const UNINTERRUPTED = new AbortController().signal;

type StepOf<K extends StepBody['kind']> = Step & {
  readonly body: Extract<StepBody, { readonly kind: K }>;
};

/**
 * Carries out the planned steps, phase by phase: each is begun on disk, then requested, then
 * settled with what the vendor answered. Whatever does not succeed stays dirty by itself.
 */
export async function push(pass: Pass): Promise<void> {
  const total = pass.store.plannedCounts(pass.run).reduce((sum, { count }) => sum + count, 0);
  let done = 0;
  for (const phase of PHASES) {
    for (;;) {
      checkInterrupted(pass);
      const steps = pass.store.planned(pass.run, phase, groupSize(pass, phase));
      if (steps.length === 0) break;
      await carryOut(pass, phase, steps);
      done += steps.length;
      pass.options.onProgress?.({ kind: 'writing', done, total });
    }
  }
}

function groupSize({ sides }: Pass, phase: Phase): number {
  return phase === 'contacts' ? Math.max(...SIDES.map((side) => sides[side].writeGroup)) : GROUP;
}

async function carryOut(pass: Pass, phase: Phase, steps: readonly Step[]): Promise<void> {
  switch (phase) {
    case 'mappings':
      for (const step of steps) settleMapping(pass, step);
      return;
    case 'contacts':
      return writeContacts(pass, steps);
    case 'fields':
    case 'organizations':
    case 'photos':
      pass.store.begin(steps, pass.sides.crm.now().toISOString());
      return eachAtOnce(steps, AT_ONCE, (step) => single(pass, step));
  }
}

/** Runs `work` on all items, a few at a time. The first error is thrown when those under way have ended. */
async function eachAtOnce<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  const results = await Promise.allSettled(Array.from({ length: atOnce }, worker));
  for (const result of results) {
    if (result.status === 'rejected') throw result.reason;
  }
}

// ── mappings: nothing is asked of anybody ───────────────────────────────────────────────────

function settleMapping(pass: Pass, step: Step): void {
  const { body } = step;
  switch (body.kind) {
    case 'link':
      pass.store.settle(step, linkEffects(pass, step as StepOf<'link'>));
      return pass.tally.linked();
    case 'revive':
      pass.store.settle(step, { mapping: { kind: 'revive', mappingId: body.mappingId } });
      return pass.tally.linked();
    case 'rekey':
      pass.store.settle(step, { mapping: { ...body, kind: 'rekey' } });
      return pass.tally.linked();
    case 'release':
      pass.store.settle(step, { mapping: { ...body, kind: 'release' }, clean: true });
      return pass.tally.unlinked();
    case 'forget':
      return pass.store.settle(step, {
        mapping: { kind: 'remove', mappingId: body.mappingId },
        clean: true,
      });
    default:
      throw new Error(`A step of kind ${body.kind} changes more than a mapping.`);
  }
}

function linkEffects(pass: Pass, step: StepOf<'link'>): Effects {
  const { providerId = '', crmId = '', body } = step;
  const [provider, crm] = [
    pass.store.sighting('provider', providerId),
    pass.store.sighting('crm', crmId),
  ];
  const mapping: Mapping = { id: 0, providerId, crmId, bases: body.bases };
  const clean =
    provider !== undefined &&
    crm !== undefined &&
    isInStep(pass, { mapping, provider, crm, crmShared: false });
  return { mapping: { kind: 'insert', providerId, crmId, bases: body.bases }, clean };
}

// ── contacts: handed to the adapters in groups ──────────────────────────────────────────────

async function writeContacts(pass: Pass, steps: readonly Step[]): Promise<void> {
  for (const side of SIDES) {
    const mine = steps.filter((step) => step.side === side);
    const ready = mine.filter((step) => !waitsForOrganization(pass, step));
    if (ready.length > 0) await writeGroup(pass, side, ready);
  }
}

/** Its organization could not be made in this run; without it the contact would be incomplete. */
function waitsForOrganization(pass: Pass, step: Step): boolean {
  if (step.side !== 'crm' || pass.sides.crm.organizations === undefined) return false;
  const name = organizationOf(step);
  if (typeof name !== 'string' || pass.store.organizationNamed(name) !== undefined) return false;
  setAside(pass, step, {
    kind: 'passing',
    reason: 'Its organization could not be made; it is tried again in the next run.',
  });
  return true;
}

/** The name that the step sets, `null` where it unlinks, `undefined` where it says nothing. */
function organizationOf({ body }: Step): string | null | undefined {
  if (body.kind === 'create') return body.contact.organization;
  return body.kind === 'update' ? body.patch.organization : undefined;
}

async function writeGroup(pass: Pass, side: Side, steps: readonly Step[]): Promise<void> {
  const target = pass.sides[side];
  const byKey = new Map(steps.map((step) => [step.key, step]));
  pass.store.begin(steps, target.now().toISOString());
  const writes = steps.map((step) => toWrite(pass, step));
  try {
    for await (const outcome of target.write(writes, UNINTERRUPTED)) {
      const step = byKey.get(outcome.key);
      if (step === undefined)
        throw new Error(`${target.name} answered a write that nobody asked for.`);
      settleOutcome(pass, step, outcome);
      // A lost answer leaves its step begun; every other outcome has settled it.
      byKey.delete(outcome.key);
    }
  } finally {
    for (const step of byKey.values()) notSent(pass, step);
  }
}

/** The adapter stopped before this write. A create stays in doubt: whether it was sent is for recovery to find out. */
function notSent({ store }: Pass, step: Step): void {
  if (step.body.kind !== 'create') store.drop(step);
}

function toWrite(pass: Pass, step: Step): Write {
  const { body, key } = step;
  switch (body.kind) {
    case 'create': {
      const group =
        step.side === 'provider' && pass.rules.group !== 'all' ? { group: pass.rules.group } : {};
      return {
        kind: 'create',
        key,
        contact: body.contact,
        ...organizationLink(pass, step),
        ...group,
      };
    }
    case 'update': {
      const { expected, patch } = body;
      return {
        kind: 'update',
        key,
        id: expected.id,
        expected,
        patch,
        ...organizationLink(pass, step),
      };
    }
    case 'delete':
      return { kind: 'delete', key, id: body.expected.id, expected: body.expected };
    default:
      throw new Error(`A step of kind ${body.kind} is no write to a contact.`);
  }
}

function organizationLink(pass: Pass, step: Step): { organizationId?: string } {
  const name = step.side === 'crm' ? organizationOf(step) : undefined;
  if (name === undefined) return {};
  if (name === null) return { organizationId: null } as unknown as { organizationId?: string };
  const organization = pass.store.organizationNamed(name);
  return organization === undefined ? {} : { organizationId: organization.id };
}

function settleOutcome(pass: Pass, step: Step, outcome: Outcome): void {
  switch (outcome.kind) {
    case 'written':
      return settleWritten(pass, step, outcome.revision);
    case 'deleted':
      return settleDeleted(pass, step);
    case 'moved':
      return setAside(
        pass,
        step,
        {
          kind: 'passing',
          reason: `It was changed in ${pass.sides[step.side].name} meanwhile; it is looked at again in the next run.`,
        },
        foundEffects(pass, step, outcome.finding),
      );
    case 'refused':
      return setAside(pass, step, { kind: 'refused', reason: outcome.error.message });
    case 'failed':
      return setAside(pass, step, { kind: 'passing', reason: outcome.error.message });
    case 'lost':
      return;
  }
}

/** Also how recovery settles a step whose answer never came. */
export function settleWritten(pass: Pass, step: Step, revision: Parameters<typeof keyed>[2]): void {
  const { body } = step;
  if (body.kind === 'create') {
    pass.store.settle(step, createdEffects(pass, step as StepOf<'create'>, revision));
    return pass.tally.wrote(step.side, 'created');
  }
  if (body.kind !== 'update') throw new Error(`A step of kind ${body.kind} has no written record.`);
  const pair = pass.store.pairOf(step.side, revision.id);
  const effects: Effects =
    pair === undefined
      ? { mirror: [{ side: step.side, kind: 'present', ...keyed(pass, step.side, revision) }] }
      : updatedEffects(pass, step as StepOf<'update'>, revision, pair);
  pass.store.settle(step, effects);
  pass.tally.wrote(step.side, 'updated');
}

export function settleDeleted(pass: Pass, step: Step): void {
  const { body } = step;
  if (body.kind !== 'delete') throw new Error(`A step of kind ${body.kind} deletes nothing.`);
  pass.store.settle(step, {
    mirror: [{ side: step.side, kind: 'absent', id: body.expected.id, how: 'deleted' }],
    mapping: { kind: 'remove', mappingId: body.mappingId },
    clean: true,
  });
  pass.tally.wrote(step.side, 'deleted');
}

/** What re-reading the record just before the write has shown belongs in the mirror. */
function foundEffects(pass: Pass, step: Step, finding: Finding): Effects {
  const { side, body } = step;
  if (finding.kind === 'present') {
    return { mirror: [{ side, kind: 'present', ...keyed(pass, side, finding.revision) }] };
  }
  if (finding.kind === 'malformed' || body.kind === 'create' || !('expected' in body)) return {};
  return { mirror: [{ side, kind: 'absent', id: body.expected.id, how: finding.how }] };
}

function setAside(pass: Pass, step: Step, why: SetAside, effects?: Effects): void {
  pass.store.setAside(step, why, effects);
  const id =
    (step.side === 'crm' ? step.crmId : step.providerId) ?? step.providerId ?? step.crmId ?? '';
  pass.tally.setAside({ contact: step.name, id, side: step.side, reason: why.reason });
}

// ── fields, organizations, pictures: one request each ───────────────────────────────────────

async function single(pass: Pass, step: Step): Promise<void> {
  try {
    pass.store.settle(step, await singleEffects(pass, step));
  } catch (error) {
    if (error instanceof AnswerLost) return;
    if (!passesOver(error)) throw error;
    const refused = error instanceof Rejected || error instanceof Forbidden;
    settleSingleFailure(pass, step, error, refused);
  }
}

/** What concerns this step alone; everything else ends the run. */
function passesOver(error: unknown): error is ContactSyncError {
  return error instanceof Rejected || error instanceof Forbidden || error instanceof Unreachable;
}

function settleSingleFailure(
  pass: Pass,
  step: Step,
  error: ContactSyncError,
  refused: boolean,
): void {
  const { body } = step;
  if (body.kind === 'make-field' && refused) {
    // Without the right or the room the field is left out; the others go on.
    pass.sides.crm.customFields?.use(body.field, undefined);
    pass.store.setAside(
      step,
      { kind: 'refused', reason: error.message },
      { customField: { field: body.field, state: 'left-out' } },
    );
    return;
  }
  if (body.kind === 'photo' && refused) {
    // A picture that the CRM does not take is kept at the provider, and not offered again.
    return pass.store.settle(step, photoEffects(pass, step as StepOf<'photo'>, body.knownHash));
  }
  setAside(pass, step, { kind: refused ? 'refused' : 'passing', reason: error.message });
}

async function singleEffects(pass: Pass, step: Step): Promise<Effects> {
  const { body } = step;
  const { organizations, customFields } = pass.sides.crm;
  switch (body.kind) {
    case 'make-field': {
      if (customFields === undefined) return {};
      const code = await customFields.make(body.field, UNINTERRUPTED);
      customFields.use(body.field, code);
      return { customField: { field: body.field, state: 'made', code } };
    }
    case 'make-organization':
      if (organizations === undefined) return {};
      return { organization: await organizations.create(body.draft, UNINTERRUPTED) };
    case 'fill-organization': {
      const { organizationId, draft } = body;
      if (organizations === undefined) return {};
      return {
        organization: await organizations.fillAddress(organizationId, draft.address, UNINTERRUPTED),
      };
    }
    case 'photo':
      return carryPhoto(pass, step as StepOf<'photo'>);
    default:
      throw new Error(`A step of kind ${body.kind} is not a single request.`);
  }
}

async function carryPhoto(pass: Pass, step: StepOf<'photo'>): Promise<Effects> {
  const { photoSource } = pass.sides.provider;
  const { photoTarget } = pass.sides.crm;
  const pair = pass.store.pairOf('provider', step.providerId ?? '');
  if (photoSource === undefined || photoTarget === undefined || pair === undefined) return {};
  if (pair.crm.kind !== 'present' || pair.crm.revision.photo !== undefined) return {};
  const bytes = await photoSource.fetch(step.body.ref, UNINTERRUPTED);
  const hash = bytes === undefined ? undefined : await pass.options.hash(bytes);
  if (bytes !== undefined && hash !== step.body.knownHash) {
    await photoTarget.put(pair.mapping.crmId, bytes, UNINTERRUPTED);
    return photoEffects(pass, step, hash, true);
  }
  return photoEffects(pass, step, hash);
}

function photoEffects(
  pass: Pass,
  { body, providerId = '' }: StepOf<'photo'>,
  hash: string | undefined,
  delivered = false,
): Effects {
  const pair = pass.store.pairOf('provider', providerId);
  if (pair === undefined) return {};
  const photo = { ref: body.ref, ...(hash === undefined ? {} : { hash }) };
  const after: Pair = { ...pair, mapping: { ...pair.mapping, photo } };
  const { crm } = pair;
  const mirror =
    delivered && crm.kind === 'present'
      ? [
          {
            side: 'crm' as const,
            kind: 'present' as const,
            ...keyed(pass, 'crm', { ...crm.revision, photo: 'delivered' }),
          },
        ]
      : [];
  return {
    mirror,
    mapping: { kind: 'change', mappingId: pair.mapping.id, photo },
    clean: isInStep(pass, after),
  };
}
