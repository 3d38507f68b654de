import type { FieldName } from '../../contact/contact.ts';
import { applyPatch, sameField } from '../../contact/fields.ts';
import { organizationKey } from '../../contact/normalize.ts';
import { SIDES, type Revision, type Side } from '../../plan/model.ts';
import type { Pass } from '../pass.ts';
import type { Answered, Finding, Outcome, Write } from '../ports.ts';
import { keyed } from '../keyed.ts';
import type { Effects, Pared, Step } from '../journal.ts';
import { pared, type Refusal } from './pare.ts';
import { asTheyMeet, createdEffects, updatedEffects } from './settle.ts';
import { setAside, tellSetAside, UNINTERRUPTED, type StepOf } from './step.ts';

/**
 * Contacts are handed to the adapters in groups; they batch and order them as their vendor wants it.
 * @param ended called for each as soon as its outcome is known
 */
export async function writeContacts(
  pass: Pass,
  steps: readonly Step[],
  ended: (step: Step) => void,
): Promise<void> {
  for (const side of SIDES) {
    const mine = steps.filter((step) => step.side === side);
    const ready = pass.store.together(() =>
      mine.filter((step) => !isMoot(pass, step) && !lacksOrganization(pass, step)),
    );
    if (ready.length > 0) await writeGroup(pass, side, ready, ended);
    for (const step of mine) if (!ready.includes(step)) ended(step);
  }
}

/** All that it would write is a field that could not be made after all: the next run sees that. */
function isMoot({ store, rules }: Pass, step: Step): boolean {
  const { side, body } = step;
  if (side !== 'crm' || body.kind !== 'update' || body.undo !== undefined) return false;
  const { contact } = body.expected;
  const held = rules.holds.crm(applyPatch(contact, body.patch));
  const fields = Object.keys(body.patch) as FieldName[];
  if (!fields.every((field) => sameField(field, held, contact))) return false;
  store.drop(step);
  return true;
}

/** Its organization could not be made in this run; without it the contact would be incomplete. */
function lacksOrganization(pass: Pass, step: Step): boolean {
  if (missingOrganization(pass, step) === undefined) return false;
  setAside(pass, step, {
    kind: 'passing',
    reason: 'Its organization could not be made; it is tried again in the next run.',
  });
  return true;
}

/** The key of the organization that the step names and that is not there. */
export function missingOrganization({ sides, store }: Pass, step: Step): string | undefined {
  if (step.side !== 'crm' || sides.crm.organizations === undefined) return undefined;
  const name = organizationOf(step);
  if (typeof name !== 'string' || store.organizationNamed(name) !== undefined) return undefined;
  return organizationKey(name);
}

/** The name that the step sets, `null` where it unlinks, `undefined` where it says nothing. */
function organizationOf({ body }: Step): string | null | undefined {
  if (body.kind === 'create') return body.contact.organization;
  return body.kind === 'update' ? body.patch.organization : undefined;
}

async function writeGroup(
  pass: Pass,
  side: Side,
  steps: readonly Step[],
  ended: (step: Step) => void,
): Promise<void> {
  const target = pass.sides[side];
  const byKey = new Map(steps.map((step) => [step.key, step]));
  const writes = pass.store.together(() => steps.map((step) => toWrite(pass, step)));
  pass.store.begin(steps, target.now().toISOString());
  try {
    for await (const outcome of target.write(writes, UNINTERRUPTED)) {
      const step = byKey.get(outcome.key);
      if (step === undefined)
        throw new Error(`${target.name} answered a write that nobody asked for.`);
      pass.store.together(() => settleOutcome(pass, step, outcome));
      // A lost answer leaves its step begun; every other outcome has settled it.
      byKey.delete(outcome.key);
      ended(step);
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
      return settleWritten(pass, step, outcome);
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
      return settleRefusal(pass, step, outcome);
    case 'failed':
      return setAside(pass, step, { kind: 'passing', reason: outcome.error.message });
    case 'lost':
      return;
  }
}

/** Where it can be told what was refused, the rest is written later in this run. */
function settleRefusal(pass: Pass, step: Step, refusal: Refusal): void {
  const rest = pared(step, refusal);
  if (rest === undefined) {
    return setAside(pass, step, { kind: 'refused', reason: refusal.error.message });
  }
  if (rest.kind === 'nothing') {
    return setAside(pass, step, { kind: 'refused', reason: rest.leftOut });
  }
  pass.store.drop(step);
  pass.store.plan(pass.run, [rest.step]);
}

/** A create whose answer never came, and whose record was found. */
export function settleFound(pass: Pass, step: StepOf<'create'>, revision: Revision): void {
  settleCreated(pass, step, createdEffects(pass, step, { revision }, asTheyMeet));
}

function settleCreated(pass: Pass, step: StepOf<'create'>, effects: Effects): void {
  pass.store.settle(step, effects);
  pass.tally.wrote(step.side, 'created');
  tellLeftOut(pass, step, step.body);
}

/** Also how recovery settles an update whose answer never came. */
export function settleWritten(pass: Pass, step: Step, answer: Answered): void {
  const { body } = step;
  if (body.kind === 'create') {
    const creation = step as StepOf<'create'>;
    return settleCreated(pass, creation, createdEffects(pass, creation, answer));
  }
  if (body.kind !== 'update') throw new Error(`A step of kind ${body.kind} has no written record.`);
  const pair = pass.store.pairOf(step.side, answer.revision.id);
  const effects: Effects =
    pair === undefined
      ? {
          mirror: [{ side: step.side, kind: 'present', ...keyed(pass, step.side, answer) }],
          written: true,
        }
      : updatedEffects(pass, step as StepOf<'update'>, answer, pair);
  pass.store.settle(step, effects);
  pass.tally.wrote(step.side, 'updated');
  tellLeftOut(pass, step, body);
}

function tellLeftOut(pass: Pass, step: Step, { leftOut }: Pared): void {
  if (leftOut !== undefined) tellSetAside(pass, step, leftOut);
}

export function settleDeleted(pass: Pass, step: Step): void {
  const { body } = step;
  if (body.kind !== 'delete') throw new Error(`A step of kind ${body.kind} deletes nothing.`);
  pass.store.settle(step, {
    mirror: [{ side: step.side, kind: 'absent', id: body.expected.id, how: 'deleted' }],
    ...(body.mappingId === undefined
      ? {}
      : {
          mapping: {
            kind: 'release',
            mappingId: body.mappingId,
            reason: body.undo === undefined ? 'gone' : 'undone',
          },
        }),
    written: true,
    clean: true,
  });
  pass.tally.wrote(step.side, 'deleted');
}

/** What re-reading the record just before the write has shown belongs in the mirror. */
function foundEffects(pass: Pass, step: Step, finding: Finding): Effects {
  const { side, body } = step;
  if (finding.kind === 'present') {
    return { mirror: [{ side, kind: 'present', ...keyed(pass, side, finding) }] };
  }
  if (finding.kind === 'malformed' || body.kind === 'create' || !('expected' in body)) return {};
  return { mirror: [{ side, kind: 'absent', id: body.expected.id, how: finding.how }] };
}
