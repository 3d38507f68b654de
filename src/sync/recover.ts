import { applyPatch, sameField } from '../contact/fields.ts';
import type { FieldName } from '../contact/contact.ts';
import { couldBeCreated } from '../plan/match.ts';
import { SIDES, type Revision, type Side } from '../plan/model.ts';
import { checkInterrupted, type Pass } from './pass.ts';
import type { Finding } from './ports.ts';
import { settleDeleted, settleFound, settleWritten } from './push/contacts.ts';
import type { StepOf } from './push/step.ts';
import type { BegunStep } from './journal.ts';

/** The vendor's times are whole seconds, and its clock is read before the request. */
const CLOCK_DOUBT_MS = 5_000;

/**
 * Settles what an earlier run, or a lost answer in this one, has left begun. The mirror is fresh:
 * what was created is looked for in it before anything is created again.
 */
export async function recover(pass: Pass): Promise<void> {
  pass.store.dropPlanned();
  const begun = pass.store.begun();
  const taken = new Set<string>();
  for (const step of begun) {
    checkInterrupted(pass);
    await recoverStep(pass, step, taken);
  }
}

async function recoverStep(pass: Pass, step: BegunStep, taken: Set<string>): Promise<void> {
  switch (step.body.kind) {
    case 'create':
      return recoverCreate(pass, step, taken);
    case 'update':
    case 'delete':
      return recoverWrite(pass, step);
    case 'make-organization':
      return recoverOrganization(pass, step);
    default:
      // Fields, addresses and pictures look before they write, and are planned anew while they are missing.
      return pass.store.drop(step);
  }
}

/** By our mark where the vendor keeps it, else among this owner's new, unmapped records by content. */
function recoverCreate(pass: Pass, step: BegunStep, taken: Set<string>): void {
  const since = new Date(Date.parse(step.begunAt) - CLOCK_DOUBT_MS).toISOString();
  const found = pass.store
    .newSince(step.side, since)
    .find((revision) => !taken.has(revision.id) && isCreated(step, revision));
  if (found === undefined) return giveUpOrWait(pass, step);
  taken.add(found.id);
  settleFound(pass, step as StepOf<'create'>, found);
}

function isCreated(step: BegunStep, revision: Revision): boolean {
  if (step.body.kind !== 'create') return false;
  if (revision.mark !== undefined) return revision.mark === step.key;
  return revision.owned && couldBeCreated(step.body.contact, revision.contact);
}

/** The vendor's lists may lag behind its writes: until they cannot any more, the contact waits. */
function giveUpOrWait(pass: Pass, step: BegunStep): void {
  const side = pass.sides[step.side];
  // The vendor's clock is known to the second only, so that it may seem to run backwards.
  const age = Math.max(0, side.now().getTime() - Date.parse(step.begunAt));
  if (age >= side.visibilityDelay) return pass.store.drop(step);
  pass.tally.setAside({
    contact: step.name,
    id: step.providerId ?? step.crmId ?? '',
    side: step.side,
    reason: `${side.name} gave no answer when it was written; the next run looks whether it arrived.`,
  });
}

async function recoverWrite(pass: Pass, step: BegunStep): Promise<void> {
  const { body } = step;
  if (body.kind !== 'update' && body.kind !== 'delete') return;
  const { id } = body.expected;
  const finding = (await pass.sides[step.side].read([id], pass.options.signal)).get(id);
  if (finding === undefined || !tookEffect(pass, step, finding)) return pass.store.drop(step);
  return finding.kind === 'present'
    ? settleWritten(pass, step, finding)
    : settleDeleted(pass, step);
}

/** Whether the record looks as the step would have left it. If not, it is reconciled anew. */
function tookEffect(pass: Pass, { body, side }: BegunStep, finding: Finding): boolean {
  if (body.kind === 'delete') return finding.kind === 'absent' && finding.how !== 'hidden';
  if (body.kind !== 'update' || finding.kind !== 'present') return false;
  const { contact } = finding.revision;
  const wanted = applyPatch(contact, body.patch);
  return (Object.keys(body.patch) as FieldName[]).every((field) =>
    field === 'organization' && pass.sides[side].organizations !== undefined
      ? isLinked(pass, finding.revision, body.patch.organization)
      : sameField(field, contact, wanted),
  );
}

/** A side tells an organization's id only, where organizations are records of their own. */
function isLinked(
  { store }: Pass,
  { organizationId }: Revision,
  name: string | null | undefined,
): boolean {
  if (typeof name !== 'string') return organizationId === undefined;
  return organizationId !== undefined && store.organizationNamed(name)?.id === organizationId;
}

function recoverOrganization(pass: Pass, step: BegunStep): void {
  if (step.body.kind !== 'make-organization') return;
  const organization = pass.store.organizationNamed(step.body.draft.name);
  if (organization === undefined) return giveUpOrWait(pass, step);
  pass.store.settle(step, { organization });
}

/** The sides on which a write was begun that nothing is known of. */
export function inDoubt({ store }: Pass): readonly Side[] {
  const begun = store.begun();
  return SIDES.filter((side) => begun.some((step) => step.side === side));
}
