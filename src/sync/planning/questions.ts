import { FIELDS, type Contact, type FieldName } from '../../contact/contact.ts';
import { SIDES, type Action, type ChangeTime, type Pair, type Sighting } from '../../plan/model.ts';
import { isThere } from '../fields.ts';
import type { Pass } from '../pass.ts';
import type { ContactSide } from '../ports.ts';

/*
 * What only a vendor can tell. The answers reach the decision as data on the pair; nothing is asked
 * about a conflict that is on record already.
 */

/** Whether a vendor has to be asked before this pair can be decided. */
export function isQuestionable(pair: Pair, action: Action, pass: Pass): boolean {
  return (
    lostOrganization(pair, pass) !== undefined ||
    hasLostField(pair, pass) ||
    undated(pair, action).length > 0
  );
}

export async function answered(pair: Pair, action: Action, pass: Pass): Promise<Pair> {
  const lost = lostOrganization(pair, pass);
  const fields = undated(pair, action);
  return {
    ...(hasLostField(pair, pass) ? await surveyed(pair, pass) : pair),
    ...(lost === undefined ? {} : { organizationGone: await isGone(lost, pass) }),
    ...(fields.length === 0 ? {} : { changedAt: await changedAt(pair, fields, pass) }),
  };
}

/** The name of the organization that the CRM's record no longer has. */
function lostOrganization(pair: Pair, { rules }: Pass): string | undefined {
  if (rules.direction === 'one-way' || pair.organizationGone !== undefined) return undefined;
  if (pair.crm.kind !== 'present' || pair.crm.revision.contact.organization !== undefined) {
    return undefined;
  }
  return pair.mapping.bases.crm.organization;
}

async function isGone(name: string, { store, sides, options }: Pass): Promise<boolean> {
  const known = store.organizationNamed(name);
  const { organizations } = sides.crm;
  if (known === undefined || organizations === undefined) return true;
  if (await organizations.exists(known.id, options.signal)) return false;
  store.dropOrganization(known.id);
  return true;
}

/** Nothing is left in a field that the CRM may lose as a whole, which would be nobody's clearing. */
function hasLostField(pair: Pair, { rules, store }: Pass): boolean {
  const { crm, mapping } = pair;
  if (rules.direction === 'one-way' || pair.fieldsSurveyed === true) return false;
  if (crm.kind === 'absent') return false;
  const { contact } = crm.revision;
  const isEmptied = (field: FieldName): boolean =>
    lacks(contact, field) && !lacks(mapping.bases.crm, field);
  if (!FIELDS.some(isEmptied)) return false;
  return store.customFields().some((one) => isThere(one) && isEmptied(one.field));
}

function lacks(contact: Contact, field: FieldName): boolean {
  const value = contact[field];
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

/** A field that is gone has no base in the pair afterwards. */
async function surveyed(pair: Pair, { fields, store }: Pass): Promise<Pair> {
  await fields.survey();
  const { mapping } = store.pairOf('crm', pair.mapping.crmId) ?? pair;
  return { ...pair, mapping, fieldsSurveyed: true };
}

/** Fields in a new conflict that the times decide. */
function undated(pair: Pair, action: Action): readonly FieldName[] {
  if (action.kind !== 'merge' || pair.changedAt !== undefined) return [];
  return action.conflicts
    .filter(({ by, winner, known }) => by === 'newest' && winner === undefined && !known)
    .map(({ field }) => field);
}

async function changedAt(
  pair: Pair,
  fields: readonly FieldName[],
  pass: Pass,
): Promise<NonNullable<Pair['changedAt']>> {
  const [provider, crm] = await Promise.all(
    SIDES.map((side) => timesOf(pass.sides[side], pair[side], fields, pass.options.signal)),
  );
  return { provider: provider ?? UNKNOWN, crm: crm ?? UNKNOWN };
}

const UNKNOWN: ChangeTime = { fields: {} };

/** Where the vendor keeps no times of fields, the record's own one stands for them. */
async function timesOf(
  side: ContactSide,
  sighting: Sighting,
  fields: readonly FieldName[],
  signal: AbortSignal,
): Promise<ChangeTime> {
  if (sighting.kind === 'absent') return UNKNOWN;
  const { id, updatedAt } = sighting.revision;
  const record = updatedAt === undefined ? {} : { record: Date.parse(updatedAt) };
  const times: { readonly [F in FieldName]?: string } =
    side.changeTimes === undefined
      ? Object.fromEntries(fields.map((field) => [field, updatedAt]))
      : await side.changeTimes.of(id, signal);
  const known = Object.entries(times).filter(([, time]) => time !== undefined);
  return { ...record, fields: Object.fromEntries(known.map(([f, time]) => [f, Date.parse(time)])) };
}
