import type { Contact, FieldName } from '../../src/contact/contact.ts';
import type { Revision } from '../../src/plan/model.ts';
import { AnswerLost, Forbidden, Rejected } from '../../src/sync/errors.ts';
import type { ContactSide, FieldSurvey, Finding, Page, Told } from '../../src/sync/ports.ts';

/** A company whose persons lack a field by default, and an administrator who can change that. */
export interface Company {
  /** Whether the user may make fields, and whether the company has room for one. */
  mayMake: boolean;
  hasRoom: boolean;
  /** The field's code while the company has it. */
  code: string | undefined;
  /** The code that our adapters read and write the field by. */
  inUse: string | undefined;
  /** Fields made so far. */
  made: number;
  /** So many answers to the making of one get lost, after it took effect. */
  lost: number;
}

export function aCompany(): Company {
  return { mayMake: false, hasRoom: true, code: undefined, inUse: undefined, made: 0, lost: 0 };
}

/** `side` as an adapter shows it to which `field` is such a field. */
export function lacking(
  side: ContactSide,
  field: 'notes' | 'birthday',
  company: Company,
): ContactSide {
  const readable = (): boolean => company.inUse !== undefined && company.inUse === company.code;
  const without = (contact: Contact): Contact => {
    const { [field]: _lacking, ...rest } = contact;
    return rest;
  };
  const shown = (revision: Revision): Revision =>
    readable() ? revision : { ...revision, contact: without(revision.contact) };
  const found = (finding: Finding): Finding =>
    finding.kind === 'present' ? { ...finding, revision: shown(finding.revision) } : finding;
  const page = (one: Page): Page => ({
    ...one,
    items: one.items.map((item) => {
      if (item.kind !== 'listed') return item;
      const look = (): Told => {
        const told = item.look();
        return told.kind === 'revision' ? { ...told, revision: shown(told.revision) } : told;
      };
      return { ...item, look, digest: `${item.digest} ${company.inUse} ${company.code}` };
    }),
  });
  const { walk } = side;
  return {
    ...side,
    get visibilityDelay() {
      return side.visibilityDelay;
    },
    holds: (contact) => side.holds(company.inUse === undefined ? without(contact) : contact),
    async *changes(cursor, signal) {
      for await (const one of side.changes(cursor, signal)) yield page(one);
    },
    async read(ids, signal) {
      return new Map([...(await side.read(ids, signal))].map(([id, one]) => [id, found(one)]));
    },
    async *write(writes, signal) {
      for await (const one of side.write(writes, signal)) {
        yield one.kind === 'written'
          ? { kind: one.kind, key: one.key, revision: shown(one.revision) }
          : one;
      }
    },
    ...(walk && {
      walk: {
        page: async (position, signal) => {
          const one = await walk.page(position, signal);
          return { ...one, ...page(one) };
        },
      },
    }),
    customFields: {
      use: (_, code) => {
        company.inUse = code;
      },
      survey: async (): Promise<readonly FieldSurvey[]> => {
        if (company.code !== undefined) return [{ field, kind: 'found', code: company.code }];
        return [
          company.mayMake
            ? { field, kind: 'makeable' }
            : { field, kind: 'impossible', reason: 'no right' },
        ];
      },
      make: async (asked: FieldName) => {
        if (asked !== field) throw new Rejected('no such field');
        if (!company.hasRoom) throw new Forbidden('no room');
        if (company.code === undefined) {
          company.made += 1;
          company.code = `code-${company.made}`;
        }
        if (company.lost > 0) {
          company.lost -= 1;
          throw new AnswerLost('no answer');
        }
        return company.code;
      },
    },
  };
}
