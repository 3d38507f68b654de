import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startBeside } from './beside.mjs';
import { changedCard, changesOf, changingOn, isChanged, madeUpCards } from './cards.mjs';
import { bare } from './measure.mjs';

/** Whether the peer is installed. */
export function hasVdirsyncer() {
  return spawnSync('vdirsyncer', ['--version']).status === 0;
}

/** Between two CardDAV servers: two sides over the network, as contactsync has. */
export function vdirsyncerOverCardDav(count) {
  return layPeer(count, async () => {
    const { ready, ask, stop } = await startBeside('carddav.mjs', { count });
    const storage = (name) =>
      `type = "carddav"\nurl = "${ready.url}${name}/"\nusername = "ann"\npassword = "secret"\n`;
    return { storage, ask, leave: stop };
  });
}

/** Between two folders: no network at all, and whole files are copied. */
export function vdirsyncerBetweenFolders(count) {
  return layPeer(count, async (home) => {
    const folders = SIDES.map((side) => ({ side, folder: path.join(home, side) }));
    for (const { folder } of folders) await mkdir(folder);
    for (const { name, text } of madeUpCards(count)) {
      await writeFile(path.join(folders[0].folder, name), text);
    }
    const hands = {
      clear: () => undefined,
      requests: () => 0,
      change: (round) => each(folders, (one) => change(one, round)),
      tally: (round) => each(folders, (one) => tally(one, round)),
    };
    return {
      storage: (name) =>
        `type = "filesystem"\npath = "${path.join(home, name)}"\nfileext = ".vcf"\n`,
      ask: async (hand, value) => hands[hand](value),
      leave: () => undefined,
    };
  });
}

const SIDES = ['one', 'two'];

/** Each run is checked for what it has brought about. */
async function layPeer(count, lay) {
  const home = await mkdtemp(path.join(tmpdir(), 'contactsync-peer-'));
  const { storage, ask, leave } = await lay(home);
  const settings = path.join(home, 'config');
  await writeFile(settings, configuration(home, storage));
  const run = (command) => timed('vdirsyncer', ['-v', 'WARNING', '-c', settings, command]);
  let round = 0;
  const sync = async () => {
    await ask('clear');
    const usage = await run('sync');
    const requests = await ask('requests');
    check(await ask('tally', round), count, round === 0 ? 0 : 2 * changesOf(count));
    return { ...usage, requests };
  };
  await run('discover');
  return {
    first: sync,
    none: sync,
    changes: async () => {
      round += 1;
      await ask('change', round);
      return sync();
    },
    leave: async () => {
      await leave();
      await rm(home, { recursive: true, force: true });
    },
  };
}

function check(sides, cards, changed) {
  if (sides.every((side) => side.cards === cards && side.changed === changed)) return;
  throw new Error(`vdirsyncer: ${cards} and ${changed} expected, ${JSON.stringify(sides)} found`);
}

function configuration(home, storage) {
  return [
    `[general]\nstatus_path = "${path.join(home, 'status')}"\n`,
    `[pair both]\na = "one"\nb = "two"\ncollections = null\n`,
    ...SIDES.map((name) => `[storage ${name}]\n${storage(name)}`),
  ].join('\n');
}

async function change({ side, folder }, round) {
  for (const name of changingOn(side, await readdir(folder))) {
    const file = path.join(folder, name);
    await writeFile(file, changedCard(await readFile(file, 'utf8'), round));
  }
}

async function tally({ folder }, round) {
  const names = await readdir(folder);
  const texts = await each(names, (name) => readFile(path.join(folder, name), 'utf8'));
  return { cards: names.length, changed: texts.filter((text) => isChanged(text, round)).length };
}

async function each(items, work) {
  const results = [];
  for (const item of items) results.push(await work(item));
  return results;
}

/** Seconds of any program, by the shell's own account of it. */
async function timed(program, args) {
  const child = spawn(
    'bash',
    ['--norc', '-c', 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>&1', 'bash', program, ...args],
    { stdio: ['pipe', 'ignore', 'pipe'], env: bare() },
  );
  child.stdin.end('y\ny\n');
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  const status = await new Promise((resolve) => {
    child.on('close', resolve);
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}`);
  const [wall, user, system] = text.trim().split(' ').map(Number);
  return { wall, cpu: user + system };
}
