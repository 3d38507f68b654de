import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseLocked } from './errors.ts';
import { tryLock } from './lock.ts';

/** Longer than a renewal with all its repetitions takes. */
const PATIENCE_MS = 5 * 60_000;
const LOOK_AGAIN_MS = 50;

/**
 * Runs `work` while nobody else renews a sign-in of this home: no other process, and nobody in this
 * one. @throws {DatabaseLocked} when another holds on for minutes
 */
export async function renewingAlone<T>(home: string, work: () => Promise<T>): Promise<T> {
  const file = path.join(home, 'renew.lock.db');
  const patient = AbortSignal.timeout(PATIENCE_MS);
  let release = tryLock(file);
  while (release === undefined) {
    if (patient.aborted)
      throw new DatabaseLocked('Another process renews a sign-in, and does not end.');
    await sleep(LOOK_AGAIN_MS);
    release = tryLock(file);
  }
  try {
    return await work();
  } finally {
    release();
  }
}
