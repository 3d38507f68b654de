import type { Address, Birthday, Contact, Entry, Name } from '../../contact/contact.ts';
import type { EmailBook } from './emails.ts';
import { asciiWord } from './emails.ts';
import type { People, Words } from './peoples.ts';
import type { Random } from './random.ts';

export interface Workplace {
  readonly name: string;
  readonly domain: string;
}

interface Casting {
  readonly people: People;
  readonly random: Random;
  readonly emails: EmailBook;
  readonly workplace: Workplace | undefined;
}

const PRIVATE_DOMAINS: Words = ['example.com', 'example.org', 'example.net', 'mail.test'];
const PHONE_LABELS: Words = ['mobile', 'mobile', 'home', 'work', 'main', 'workFax', 'Ferienhaus'];
const SERVICES: Words = ['skype', 'jabber', 'googleTalk', 'icq', 'qq', 'Signal'];

/** One person; the fields vary as they do in people's address books. */
export function madeUpPerson(casting: Casting): Contact {
  const { people, random, workplace } = casting;
  const [given, givenLatin] = spelled(random.pick(people.given));
  const [family, familyLatin] = spelled(random.pick(people.family));
  const local = [givenLatin, familyLatin].join('.');
  const emails = emailsOf(local, casting);
  const nameless = emails.length > 0 && random.percent(2);
  return {
    ...(nameless ? {} : { name: nameOf(given, family, people, random) }),
    emails,
    phones: phonesOf(people, random),
    ims: random.percent(8) ? [{ value: local, label: random.pick(SERVICES) }] : [],
    addresses: addressesOf(people, random),
    ...(workplace === undefined ? {} : { organization: workplace.name }),
    ...(random.percent(35) ? { jobTitle: random.pick(people.titles) } : {}),
    ...(random.percent(20) ? { notes: random.pick(people.notes) } : {}),
    ...(random.percent(25) ? { birthday: birthdayOf(random) } : {}),
  };
}

/** `Дмитро/dmytro`: the name, and how it stands in an e-mail address. */
function spelled(word: string): readonly [shown: string, latin: string] {
  const [shown = '', latin] = word.split('/');
  return [shown, latin ?? asciiWord(shown)];
}

function nameOf(given: string, family: string, people: People, random: Random): Name {
  const { middle, prefixes } = people;
  if (random.percent(2)) return { given };
  return {
    ...(prefixes !== undefined && random.percent(10) ? { prefix: random.pick(prefixes) } : {}),
    given,
    ...(middle !== undefined && random.percent(50) ? { middle: random.pick(middle) } : {}),
    family,
  };
}

function emailsOf(local: string, { random, emails, workplace }: Casting): readonly Entry[] {
  const found: Entry[] = [];
  if (workplace !== undefined && random.percent(80)) {
    found.push({ value: emails.fresh(local, workplace.domain), label: 'work' });
  }
  if (found.length === 0 ? random.percent(93) : random.percent(30)) {
    found.push({ value: emails.fresh(local, random.pick(PRIVATE_DOMAINS)), label: 'home' });
  }
  return found.map((entry, index) => (index === 0 ? { ...entry, primary: true } : entry));
}

function phonesOf(people: People, random: Random): readonly Entry[] {
  const count = [0, 1, 1, 1, 2, 2, 3][random.below(7)] ?? 0;
  return Array.from({ length: count }, (_, index) => {
    const number = people.phone.replaceAll('#', () => String(random.below(10)));
    const value = random.percent(20) ? number.replaceAll(' ', '-') : number;
    return { value, label: random.pick(PHONE_LABELS), ...(index === 0 ? { primary: true } : {}) };
  });
}

function addressesOf(people: People, random: Random): readonly Address[] {
  if (!random.percent(40)) return [];
  const labels = random.percent(20) ? ['home', 'work'] : [random.pick(['home', 'work'])];
  return labels.map((label) => {
    const [city = '', region = '', postalCode = ''] = random.pick(people.cities).split('|');
    return {
      label,
      street: `${random.pick(people.streets)} ${random.below(200) + 1}`,
      city,
      ...(region === '' ? {} : { region }),
      postalCode,
      country: people.country,
    };
  });
}

function birthdayOf(random: Random): Birthday {
  const date = { month: random.below(12) + 1, day: random.below(28) + 1 };
  return random.percent(30) ? date : { year: 1935 + random.below(75), ...date };
}
