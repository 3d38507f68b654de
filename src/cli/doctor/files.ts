import { existsSync, readdirSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import * as texts from '../texts/doctor.ts';
import { fail, pass, warn, type Finding } from './check.ts';

/** Beyond its owner nobody may read a file of ours. */
const FOR_OTHERS = 0o077;

/** Asked before anything is opened: opening takes the files back to their owner. */
export function checkModes(home: string, platform: NodeJS.Platform): readonly Finding[] {
  if (platform === 'win32') return [pass(texts.WINDOWS_RIGHTS)];
  if (!existsSync(home)) return [];
  const files = [home, ...readdirSync(home).map((name) => path.join(home, name))];
  const open = files.filter((file) => existsSync(file) && (statSync(file).mode & FOR_OTHERS) !== 0);
  if (open.length === 0) return [pass(texts.YOURS_ALONE)];
  const names = open.map((file) => path.relative(path.dirname(home), file));
  return [warn(texts.othersMayRead(names, home))];
}

const MEGABYTE = 1024 * 1024;
/** A dry run and a migration copy the database, and SQLite wants room to work. */
const COPIES = 3;
const LEAST_MB = 50;

export async function checkDisk(home: string): Promise<readonly Finding[]> {
  if (!existsSync(home)) return [];
  const { bavail, bsize } = await statfs(home);
  const free = (bavail * bsize) / MEGABYTE;
  const used = sizeOf(path.join(home, 'contactsync.db')) / MEGABYTE;
  const needed = Math.max(LEAST_MB, used * COPIES);
  return free >= needed
    ? [pass(texts.free(free))]
    : [fail(texts.tooLittleFree(free, needed, home))];
}

const OLD_MS = 365 * 86_400_000;
const LARGE_MB = 1024;

export function checkBackups(home: string, now: Date): readonly Finding[] {
  const folder = path.join(home, 'backups');
  const backups = existsSync(folder)
    ? readdirSync(folder).map((name) => path.join(folder, name))
    : [];
  if (backups.length === 0) return [pass(texts.NO_BACKUPS)];
  const size = backups.reduce((sum, backup) => sum + folderSize(backup), 0) / MEGABYTE;
  const oldest = Math.min(...backups.map((backup) => statSync(backup).mtimeMs));
  const days = Math.floor((now.getTime() - oldest) / 86_400_000);
  const said = texts.backups(backups.length, size, days);
  if (now.getTime() - oldest < OLD_MS && size < LARGE_MB) return [pass(said)];
  return [warn({ message: said, repair: texts.backupsRepair(folder) })];
}

function folderSize(folder: string): number {
  if (!statSync(folder).isDirectory()) return sizeOf(folder);
  return readdirSync(folder).reduce((sum, name) => sum + sizeOf(path.join(folder, name)), 0);
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}
