import type { RunOptions } from '../../../src/sync/account.ts';
import { Killed } from '../killer.ts';
import { contactOf, edited, parsePart, splitParts, unquoted } from './parts.ts';
import { editRecord, followMappings, idOf, theId, typed, type Actor, type Stage } from './stage.ts';

/** Words of a sentence, as its pattern names them. */
export type Words = Readonly<Record<string, string>>;
export type Act = (stage: Stage, words: Words) => void | Promise<void>;

function has(actor: Actor, stage: Stage, words: Words): void {
  const { label = '', parts = '', stranger } = words;
  if (idOf(actor, label) !== undefined && actor.ids.has(label)) actor.ids.delete(label);
  const said = splitParts(parts).map(parsePart);
  const groups = said.filter(({ word }) => word === 'group').map(({ value }) => value);
  const photo = said.find(({ word }) => word === 'photo')?.value;
  const content = said.filter(({ word }) => word !== 'group' && word !== 'photo');
  const { contact, link } = typed(actor, contactOf(label, content));
  const id = actor.side.person.add(contact, {
    ...link,
    groups: groups.map((name) => stage.groupId(name)),
    ...(photo === undefined ? {} : { photo }),
    ...(stranger === undefined ? {} : { owned: false }),
  });
  actor.ids.set(label, id);
}

function edits(actor: Actor, { label = '', parts = '' }: Words): void {
  editRecord(actor, theId(actor, label), (contact) => splitParts(parts).reduce(edited, contact));
}

function setGroup(actor: Actor, stage: Stage, words: Words, member: boolean): void {
  const { label = '', group = '' } = words;
  const id = theId(actor, label);
  const groups = actor.side.records().find((one) => one.id === id)?.groups ?? [];
  const wanted = stage.groupId(unquoted(group));
  const others = groups.filter((one) => one !== wanted);
  actor.side.person.edit(id, {}, { groups: member ? [...others, wanted] : others });
}

function merges(actor: Actor, { label = '', into = '' }: Words): void {
  actor.side.person.merge(theId(actor, label), theId(actor, into));
}

function rekeys(actor: Actor, { label = '' }: Words): void {
  const before = theId(actor, label);
  const now = actor.side.person.rekey(before);
  const others = [...actor.ids].filter(([, id]) => id === before).map(([one]) => one);
  for (const one of [label, ...others]) actor.ids.set(one, now);
}

function renamesOrganization(actor: Actor, { from = '', to = '' }: Words): void {
  const at = actor.side.organizationNames().indexOf(unquoted(from));
  if (at === -1) throw new Error(`there is no organization ${from}`);
  actor.side.person.renameOrganization(`o${at + 1}`, unquoted(to));
}

const MINUTE_MS = 60_000;
const UNITS: Readonly<Record<string, number>> = {
  second: 1000,
  minute: MINUTE_MS,
  hour: 60 * MINUTE_MS,
  day: 24 * 60 * MINUTE_MS,
};

function duration({ count = '', unit = '' }: Words): number {
  return Number(count) * (UNITS[unit] ?? 0);
}

async function sync(stage: Stage, words: Words): Promise<void> {
  const { name, flags = '', point } = words;
  const { world } = stage.actor(name ?? 'crm');
  const before = new Map([...stage.actors].map(([one, { side }]) => [one, side.writes()]));
  stage.killer.arm(point === undefined ? undefined : Number(point));
  try {
    stage.last.report = await world.sync(optionsOf(flags));
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  } finally {
    stage.killer.arm(undefined);
  }
  stage.last.writes = new Map(
    [...stage.actors].map(([one, { side }]) => [one, side.writes() - (before.get(one) ?? 0)]),
  );
  followMappings(stage);
}

function optionsOf(flags: string): Partial<RunOptions> {
  const [, number, percent] = /--max-delete (\d+)(%?)/u.exec(flags) ?? [];
  const count = Number(number);
  return {
    ...(flags.includes('--refresh') ? { refresh: true } : {}),
    ...(flags.includes('--dry-run') ? { dryRun: true } : {}),
    ...(number === undefined
      ? {}
      : {
          maxDelete:
            percent === '%' ? { kind: 'percent', percent: count } : { kind: 'count', count },
        }),
  };
}

const actorOf = (stage: Stage, { side = '' }: Words): Actor => stage.actor(side);

/** What people do, in their address book and their CRM. */
const PEOPLE: readonly (readonly [RegExp, Act])[] = [
  [
    /^(?<side>\w+) has (?:(?<stranger>a colleague’s) )?(?<label>\w+)(?:: (?<parts>.+))?$/su,
    (stage, words) => has(actorOf(stage, words), stage, words),
  ],
  [
    /^(?<side>\w+) edits (?<label>\w+): (?<parts>.+)$/su,
    (stage, words) => edits(actorOf(stage, words), words),
  ],
  [
    /^(?<side>\w+) deletes (?<label>\w+)$/u,
    (stage, words) => {
      const actor = actorOf(stage, words);
      actor.side.person.remove(theId(actor, words['label'] ?? ''));
    },
  ],
  [
    /^(?<side>\w+) (?:restores|shows) (?<label>\w+)(?: again)?$/u,
    (stage, words) => {
      const actor = actorOf(stage, words);
      actor.side.person.restore(theId(actor, words['label'] ?? ''));
    },
  ],
  [
    /^(?<side>\w+) (?<how>hides|no longer finds) (?<label>\w+)$/u,
    (stage, words) => {
      const actor = actorOf(stage, words);
      const how = words['how'] === 'hides' ? 'hidden' : 'vanished';
      actor.side.person.hide(theId(actor, words['label'] ?? ''), how);
    },
  ],
  [
    /^(?<side>\w+) touches (?<label>\w+)$/u,
    (stage, words) => {
      const actor = actorOf(stage, words);
      actor.side.person.touch(theId(actor, words['label'] ?? ''));
    },
  ],
  [
    /^(?<side>\w+) puts (?<label>\w+) into (?<group>.+)$/u,
    (stage, words) => setGroup(actorOf(stage, words), stage, words, true),
  ],
  [
    /^(?<side>\w+) takes (?<label>\w+) out of (?<group>.+)$/u,
    (stage, words) => setGroup(actorOf(stage, words), stage, words, false),
  ],
  [
    /^(?<side>\w+) makes the group (?<group>.+)$/u,
    (stage, words) => {
      const { group = '' } = words;
      const id = stage.groupId(group);
      actorOf(stage, words).side.person.addGroup({ id, name: group, kind: 'label', count: 0 });
    },
  ],
  [
    /^(?<side>\w+) renames the group (?<from>.+) to (?<to>.+)$/u,
    (stage, { side = '', from = '', to = '' }) => {
      const { person } = stage.actor(side).side;
      const id = stage.groupId(from);
      person.removeGroup(id);
      person.addGroup({ id, name: to, kind: 'label', count: 0 });
    },
  ],
  [
    /^(?<side>\w+) deletes the group (?<group>.+)$/u,
    (stage, words) =>
      actorOf(stage, words).side.person.removeGroup(stage.groupId(words['group'] ?? '')),
  ],
  [
    /^(?<side>\w+) merges (?<label>\w+) into (?<into>\w+)$/u,
    (stage, words) => merges(actorOf(stage, words), words),
  ],
  [
    /^(?<side>\w+) gives (?<label>\w+) another id$/u,
    (stage, words) => rekeys(actorOf(stage, words), words),
  ],
  [
    /^(?<side>crm) gives (?<label>\w+) (?<to>to a colleague|back)$/u,
    (stage, words) => {
      const actor = actorOf(stage, words);
      const owned = words['to'] === 'back';
      actor.side.person.edit(theId(actor, words['label'] ?? ''), {}, { owned });
    },
  ],
  [
    /^(?<side>crm) renames the organization (?<from>.+?) to (?<to>.+)$/u,
    (stage, words) => renamesOrganization(actorOf(stage, words), words),
  ],
];

/** What goes wrong. */
const FAULTS: readonly (readonly [RegExp, Act])[] = [
  [
    /^(?<side>\w+): lose the (?:next|(?<nth>\d+)(?:st|nd|rd|th)) (?<what>request|answer)$/u,
    (stage, words) => {
      const what = words['what'] === 'request' ? 'request' : 'answer';
      actorOf(stage, words).faults.lost = { what, nth: Number(words['nth'] ?? 1) };
    },
  ],
  [
    /^(?<side>\w+): refuse (?<label>\w+)(?: "(?<reason>.+)")?$/u,
    (stage, words) => {
      const { label = '', reason = 'refused' } = words;
      actorOf(stage, words).faults.refused.set(label, reason);
    },
  ],
  [
    /^(?<side>\w+): accept (?<label>\w+)$/u,
    (stage, words) => void actorOf(stage, words).faults.refused.delete(words['label'] ?? ''),
  ],
  [
    /^(?<side>\w+): expire the cursor$/u,
    (stage, words) => actorOf(stage, words).side.expireCursors(),
  ],
  [
    /^(?<side>\w+): show writes after (?<count>\d+) (?<unit>second|minute|hour)s?$/u,
    (stage, words) => actorOf(stage, words).side.set({ lag: duration(words) }),
  ],
  [
    /^(?<side>\w+): break at page (?<page>\d+)$/u,
    (stage, words) => {
      actorOf(stage, words).faults.brokenPage = Number(words['page']);
    },
  ],
  [
    /^(?<side>\w+) is (?<how>down|up)$/u,
    (stage, words) => {
      const { faults } = actorOf(stage, words);
      faults.down = words['how'] === 'down';
      faults.brokenPage = undefined;
    },
  ],
];

/** What the user of this program does. */
const PROGRAM: readonly (readonly [RegExp, Act])[] = [
  [/^the database is lost$/u, (stage) => stage.loseDatabase()],
  [
    /^undo the last sync(?: for (?<label>\w+))?$/u,
    async (stage, { label }) => {
      const { world } = stage.actor('crm');
      const contact = label === undefined ? {} : { contact: theId(stage.actor('crm'), label) };
      const run = stage.last.report?.run ?? '';
      stage.last.report = await world.undo(run, contact);
      followMappings(stage);
    },
  ],
  [/^another account: (?<name>\w+)$/u, (stage, { name = '' }) => stage.addAccount(name)],
  [
    /^wait (?<count>\d+) (?<unit>second|minute|hour|day)s?$/u,
    (stage, words) => stage.actor('crm').world.advance(duration(words)),
  ],
  [/^sync(?: (?<name>\w+))?(?<flags>(?: --[-\w]+(?: \d+%?)?)*)$/u, sync],
  [/^sync(?: (?<name>\w+))?, killed at step (?<point>\d+)$/u, sync],
];

export const ACTS = [...PEOPLE, ...FAULTS, ...PROGRAM];

/** `meanwhile crm edits Ada: …`: done when the next write reaches that side, just before it. */
export const MEANWHILE = /^meanwhile (?<sentence>(?<side>\w+) .+)$/su;
