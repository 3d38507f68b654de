import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { madeUpContacts } from '../../dist/sandbox/made-up/made-up-contacts.js';
import { toVCard } from '../../dist/contact/vcard.js';
import { medianOf } from './measure.mjs';

/** Whether the peer is installed. */
export function hasVdirsyncer() {
  return spawnSync('vdirsyncer', ['--version']).status === 0;
}

/** vdirsyncer between two folders: its best case, without a network. */
export async function vdirsyncer(count, times) {
  const home = await mkdtemp(path.join(tmpdir(), 'contactsync-peer-'));
  const [one, two] = [path.join(home, 'one'), path.join(home, 'two')];
  const settings = path.join(home, 'config');
  try {
    for (const folder of [one, two]) await mkdir(path.join(folder, 'book'), { recursive: true });
    await writeFile(settings, configuration(home, one, two));
    for (const [index, { contact }] of madeUpContacts(count, 1).entries()) {
      const card = toVCard(contact, { uid: `peer-${index}` });
      await writeFile(path.join(one, 'book', `peer-${index}.vcf`), card);
    }
    const run = (...args) => timed('vdirsyncer', ['-c', settings, ...args]);
    await run('discover');
    const first = await run('sync');
    const none = await medianOf(times, () => run('sync'));
    await change(path.join(one, 'book'), 0, count);
    await change(path.join(two, 'book'), 0.5, count);
    return { first, none, changes: await run('sync') };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function configuration(home, one, two) {
  const storage = (name, folder) =>
    `[storage ${name}]\ntype = "filesystem"\npath = "${folder}"\nfileext = ".vcf"\n`;
  return [
    `[general]\nstatus_path = "${path.join(home, 'status')}"\n`,
    `[pair both]\na = "one"\nb = "two"\ncollections = ["book"]\n`,
    storage('one', one),
    storage('two', two),
  ].join('\n');
}

async function change(folder, from, count) {
  const names = (await readdir(folder)).toSorted();
  const start = Math.floor(names.length * from);
  for (const name of names.slice(start, start + Math.max(1, Math.round(count / 100)))) {
    const file = path.join(folder, name);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('END:VCARD', 'NOTE:Changed\r\nEND:VCARD'));
  }
}

/** Seconds and MiB of any program, by the shell's own account of it. */
async function timed(program, args) {
  const child = spawn(
    'bash',
    ['-c', 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>&1', 'bash', program, ...args],
    {
      stdio: ['pipe', 'ignore', 'pipe'],
    },
  );
  child.stdin.end('y\ny\n');
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  await new Promise((resolve) => {
    child.on('close', resolve);
  });
  const [wall, user, system] = text.trim().split(' ').map(Number);
  return { wall, cpu: user + system };
}
