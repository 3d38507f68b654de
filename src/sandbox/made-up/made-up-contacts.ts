import type { Contact } from '../../contact/contact.ts';
import type { SandboxContact } from '../seed-contact.ts';
import type { EmailBook } from './emails.ts';
import { emailBook } from './emails.ts';
import { organizationName } from './organizations.ts';
import { PEOPLES } from './peoples.ts';
import type { Workplace } from './person.ts';
import { madeUpPerson } from './person.ts';
import type { Random } from './random.ts';
import { seededRandom } from './random.ts';

export interface MadeUpOptions {
  /** How many of a hundred contacts also have the first e-mail address of an earlier one. Default 0. */
  readonly sharedEmailPercent?: number;
}

/** A company's own entry in the address book. */
const COMPANY_PERCENT = 2;
const EMPLOYED_PERCENT = 60;
const GROUPS = [
  { name: 'Clients', percent: 15 },
  { name: 'Family', percent: 6 },
  { name: 'Supplier', percent: 5 },
] as const;

/**
 * People who do not exist, from several countries and scripts: the same for the same arguments.
 *
 * Their e-mail addresses are under example domains and, unless asked otherwise, theirs alone;
 * their phone numbers are fictional. 0.3 × `count` companies have about two people each.
 */
export function madeUpContacts(
  count: number,
  seed: number,
  options: MadeUpOptions = {},
): readonly SandboxContact[] {
  const random = seededRandom(seed);
  const workplaces = workplacesOf(Math.round(count * 0.3), random);
  const emails = emailBook();
  const contacts: SandboxContact[] = [];
  for (let index = 0; index < count; index += 1) {
    const people = random.pick(PEOPLES);
    const workplace = workplaces();
    const person =
      workplace !== undefined && random.percent(COMPANY_PERCENT)
        ? companyEntry(workplace, emails)
        : madeUpPerson({ people, random, emails, workplace });
    const earlier = contacts[random.below(index + 1)]?.contact.emails[0]?.value;
    const shares = earlier !== undefined && random.percent(options.sharedEmailPercent ?? 0);
    contacts.push({
      contact: shares ? withEmail(person, earlier) : person,
      uid: `made-up-${seed}-${index}`,
      ...groupsFor(random),
    });
  }
  return contacts;
}

/** Each company once, then any of them again. */
function workplacesOf(companies: number, random: Random): () => Workplace | undefined {
  let opened = 0;
  return () => {
    if (companies === 0 || !random.percent(EMPLOYED_PERCENT)) return undefined;
    const index = opened < companies ? opened : random.below(companies);
    opened += 1;
    return { name: organizationName(index), domain: `company${index + 1}.test` };
  };
}

function companyEntry({ name, domain }: Workplace, emails: EmailBook): Contact {
  return {
    emails: [{ value: emails.fresh('info', domain), label: 'work', primary: true }],
    phones: [],
    ims: [],
    addresses: [],
    organization: name,
  };
}

function withEmail(contact: Contact, value: string): Contact {
  const others = contact.emails.filter((entry) => entry.value !== value);
  return { ...contact, emails: [...others, { value, label: 'other' }] };
}

function groupsFor(random: Random): Pick<SandboxContact, 'groups'> {
  const groups = GROUPS.filter(({ percent }) => random.percent(percent)).map(({ name }) => name);
  return groups.length === 0 ? {} : { groups };
}
