import type { Contact } from '../../../src/contact/contact.ts';
import type { Actor, Stage } from '../scenario/stage.ts';
import { contactSeen, recordOf } from '../scenario/stage.ts';

/** A wish for something to happen; what it comes to depends on who is there by then. */
export interface Wish {
  readonly kind: (typeof KINDS)[number];
  readonly crm: boolean;
  /** Which address book, where there are several. */
  readonly book: number;
  readonly who: number;
  readonly what: number;
  readonly more: number;
}

/** How often each kind of thing happens, by how often it stands here. */
export const KINDS = [
  'add',
  'add',
  'add',
  'meet',
  'set',
  'set',
  'set',
  'clear',
  'addEntry',
  'addEntry',
  'addEntry',
  'removeEntry',
  'changeEntry',
  'labelEntry',
  'firstEntry',
  'reformat',
  'address',
  'moveHouse',
  'delete',
  'restore',
  'hide',
  'give',
  'group',
  'merge',
  'rekey',
  'touch',
  'lose',
  'refuse',
  'expire',
  'wait',
  'meanwhile',
  'kill',
  'sync',
  'sync',
  'sync',
  'sync',
] as const;

/** What a history has to remember to tell sentences: numbers never used before, and who went away. */
export interface Memory {
  next(): number;
  readonly grouped: boolean;
}

/** The sentence that the wish comes to, or nothing when there is nobody to do it to. */
export function sentenceFor(stage: Stage, wish: Wish, memory: Memory): string | undefined {
  const books = booksOf(stage);
  const book = pick(books, wish.book);
  const actor = wish.crm ? stage.actor('crm') : book;
  const sentence = actor && SENTENCES[wish.kind](actor, wish, memory);
  // With one account, everybody knows which one is meant.
  if (sentence === undefined || books.length === 1 || book === undefined) return sentence;
  return sentence.replace(/^sync/u, `sync ${book.name}`);
}

/** All sides but the CRM. */
export function booksOf(stage: Stage): readonly Actor[] {
  return [...stage.actors.values()].filter(({ name }) => name !== 'crm');
}

type Sentence = (actor: Actor, wish: Wish, memory: Memory) => string | undefined;

const LABELS = ['home', 'work', 'mobile', 'Ferienhaus', undefined] as const;

function pick<T>(items: readonly T[], at: number): T | undefined {
  return items[at % Math.max(1, items.length)];
}

interface Known {
  readonly label: string;
  readonly contact: Contact;
}

/** Those present by their labels. */
export function present(actor: Actor): readonly Known[] {
  return [...actor.ids].flatMap(([label, id]) => {
    const record = recordOf(actor, id);
    return record === undefined ? [] : [{ label, contact: contactSeen(actor, record) }];
  });
}

function absent(actor: Actor): readonly string[] {
  return [...actor.ids].filter(([, id]) => recordOf(actor, id) === undefined).map(([one]) => one);
}

const token = (n: number): string => `t${n}x`;
const phone = (n: number): string => `+49 30 70${String(n).padStart(5, '0')}`;

function about(edit: (known: Known, wish: Wish, memory: Memory) => string | undefined): Sentence {
  return (actor, wish, memory) => {
    const known = pick(present(actor), wish.who);
    const parts = known && edit(known, wish, memory);
    return parts && `${actor.name} edits ${known.label}: ${parts}`;
  };
}

function withLabel(text: string, more: number): string {
  const label = pick(LABELS, more);
  return label === undefined ? text : `${text} (${label})`;
}

function newEntry(what: number, more: number, n: number): string {
  const made = [`email ${token(n)}@example.com`, `phone ${phone(n)}`, `im ${token(n)}`];
  return withLabel(pick(made, what) ?? '', more);
}

function entries({ contact }: Known): readonly { word: string; value: string }[] {
  const listed = (word: string, list: Contact['emails']) =>
    list.map(({ value }) => ({ word, value }));
  return [
    ...listed('email', contact.emails),
    ...listed('phone', contact.phones),
    ...listed('im', contact.ims),
  ];
}

const set = about((_, { what, more }, memory) => {
  const n = memory.next();
  const text = token(n);
  const birthday = `${1900 + (n % 100)}-0${1 + (more % 9)}-1${more % 9}`;
  return pick(
    [
      `title ${text}`,
      `notes ${text}`,
      `organization ${text}`,
      `family ${text}`,
      `given ${text}`,
      `middle ${text}`,
      `birthday ${more % 4 === 0 ? birthday.slice(5) : birthday}`,
    ],
    what,
  );
});

const SENTENCES: { readonly [K in (typeof KINDS)[number]]: Sentence } = {
  add: (actor, { what, more }, memory) => {
    const n = memory.next();
    const member =
      memory.grouped && actor.name !== 'crm' && more % 4 !== 0 ? ', group Clients' : '';
    const extra = what % 2 === 0 ? `, ${newEntry(1, more, memory.next())}` : '';
    return `${actor.name} has A${n}: email ${token(n)}@example.com${extra}${member}`;
  },
  // Somebody whom the other side may have already.
  meet: (actor, { who, more }, memory) => {
    const [one] = [pick(entriesElsewhere(actor), who)];
    if (one === undefined) return undefined;
    const n = memory.next();
    const member = memory.grouped && actor.name !== 'crm' ? ', group Clients' : '';
    return `${actor.name} has A${n}: email ${one}, ${newEntry(1 + (more % 2), more, memory.next())}${member}`;
  },
  set,
  clear: about(({ contact }, { what }) => {
    const words = [
      ...(contact.jobTitle === undefined ? [] : ['title']),
      ...(contact.notes === undefined ? [] : ['notes']),
      ...(contact.organization === undefined ? [] : ['organization']),
      ...(contact.birthday === undefined ? [] : ['birthday']),
      ...(contact.name?.middle === undefined ? [] : ['middle']),
      ...(contact.name?.family === undefined ? [] : ['family']),
    ];
    const word = pick(words, what);
    return word && `no ${word}`;
  }),
  addEntry: about((_, { what, more }, memory) => newEntry(what, more, memory.next())),
  removeEntry: about((known, { what }) => {
    const one = pick(entries(known), what);
    return one && `no ${one.word} ${one.value}`;
  }),
  changeEntry: about((known, { what }, memory) => {
    const one = pick(entries(known), what);
    const n = memory.next();
    const to = { email: `${token(n)}@example.com`, phone: phone(n), im: token(n) };
    return one && `change ${one.word} ${one.value} to ${to[one.word as keyof typeof to]}`;
  }),
  labelEntry: about((known, { what, more }) => {
    const one = pick(entries(known), what);
    return one && `label ${one.word} ${one.value} as ${pick(LABELS.slice(0, 4), more)}`;
  }),
  firstEntry: about((known, { what }) => {
    const one = pick(entries(known), what);
    return one && `put ${one.word} ${one.value} first`;
  }),
  reformat: about(({ contact }, { what }) => {
    const value = pick(contact.phones, what)?.value;
    if (value === undefined) return undefined;
    const to = value.startsWith('+49 ') ? value.replace('+49 ', '0') : value.replace(/^0/u, '+49 ');
    return `change phone ${value} to ${to}`;
  }),
  address: about((_, { more }, memory) => withLabel(`address ${token(memory.next())}`, more)),
  moveHouse: about(({ contact }, { what }, memory) => {
    const one = pick(contact.addresses, what);
    const label = one?.label === undefined ? '' : ` (${one.label})`;
    if (one?.street === undefined) return undefined;
    return `no address ${one.street}, address ${token(memory.next())}; Berlin${label}`;
  }),
  delete: (actor, { who }) => {
    const known = pick(present(actor), who);
    return known && `${actor.name} deletes ${known.label}`;
  },
  restore: (actor, { who }) => {
    const label = pick(absent(actor), who);
    return label && `${actor.name} restores ${label}`;
  },
  hide: (actor, { who, what }) => {
    const known = pick(present(actor), who);
    if (known === undefined || actor.name !== 'crm') return undefined;
    return `crm ${what % 2 === 0 ? 'hides' : 'no longer finds'} ${known.label}`;
  },
  give: (actor, { who, what }) => {
    const known = pick(present(actor), who);
    if (known === undefined || actor.name !== 'crm') return undefined;
    return `crm gives ${known.label} ${what % 2 === 0 ? 'to a colleague' : 'back'}`;
  },
  group: (actor, { who, what }, { grouped }) => {
    const known = pick(present(actor), who);
    if (known === undefined || actor.name === 'crm' || !grouped) return undefined;
    return `${actor.name} ${what % 2 === 0 ? 'takes' : 'puts'} ${known.label} ${what % 2 === 0 ? 'out of' : 'into'} Clients`;
  },
  merge: (actor, { who, what }) => {
    const people = present(actor);
    const [one, two] = [pick(people, who), pick(people, what)];
    if (one === undefined || two === undefined || one.label === two.label) return undefined;
    return `${actor.name} merges ${one.label} into ${two.label}`;
  },
  rekey: (actor, { who }) => {
    const known = pick(present(actor), who);
    return known && actor.name !== 'crm'
      ? `${actor.name} gives ${known.label} another id`
      : undefined;
  },
  touch: (actor, { who }) => {
    const known = pick(present(actor), who);
    return known && `${actor.name} touches ${known.label}`;
  },
  lose: ({ name }, { what }) => `${name}: lose the next ${what % 2 === 0 ? 'answer' : 'request'}`,
  refuse: (actor, { who, what }) => {
    const known = pick(present(actor), who);
    return known && `${actor.name}: ${what % 2 === 0 ? 'refuse' : 'accept'} ${known.label}`;
  },
  expire: ({ name }) => `${name}: expire the cursor`,
  wait: (_, { more }) => `wait ${pick([1, 4, 6, 30], more)} minutes`,
  meanwhile: (actor, wish, memory) => {
    const sentence = set(actor, wish, memory);
    return sentence && `meanwhile ${sentence}`;
  },
  kill: (_, { who, more }) => `sync, killed at step ${1 + who + more}`,
  sync: (_, { what }) => (what % 8 === 0 ? 'sync --refresh' : 'sync'),
};

/** E-mails of the other sides' people. */
function entriesElsewhere(actor: Actor): readonly string[] {
  const { provider, crm } = actor.world;
  const other = actor.name === 'crm' ? provider : crm;
  return other.records().flatMap(({ contact }) => contact.emails.map(({ value }) => value));
}
