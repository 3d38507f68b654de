import { readFileSync } from 'node:fs';
import { defaultContacts } from '../../sandbox/made-up/default.ts';
import { madeUpContacts } from '../../sandbox/made-up/made-up-contacts.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import type { SandboxContact } from '../../sandbox/seed-contact.ts';
import { readVCards, type ReadVCards } from '../../sandbox/vcard/read-vcards.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import * as texts from '../texts/sandbox.ts';

const MOST_NAMED = 5;

export interface SandboxFlags {
  readonly port?: number;
  readonly contacts?: string;
  readonly count?: number;
  readonly seed?: number;
  readonly plan?: 'essential' | 'professional';
}

/** Serves a local Google, Microsoft and Pipedrive until it is interrupted. */
export async function sandbox(session: Session, flags: SandboxFlags): Promise<ExitStatus> {
  const contacts = contactsFor(session, flags);
  const served = await startSandbox({
    port: flags.port ?? 0,
    contacts,
    plan: flags.plan ?? 'professional',
    seed: flags.seed ?? 1,
    enforceLimits: true,
  }).catch((error: unknown) => {
    throw isPortTrouble(error) ? new UsageError(texts.portTaken(flags.port)) : error;
  });
  if (session.flags.json) {
    session.io.result(
      JSON.stringify({ version: 1, url: served.url, contacts: contacts.length, env: served.env }),
    );
  } else {
    session.io.result(texts.introduction(served.url, served.env, contacts.length));
  }
  await untilInterrupted(session.signal);
  await served.close();
  return EXIT.done;
}

function isPortTrouble(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return code === 'EADDRINUSE' || code === 'EACCES';
}

function contactsFor(
  session: Session,
  { contacts, count, seed }: SandboxFlags,
): readonly SandboxContact[] {
  if (contacts !== undefined) return fromFile(session, contacts);
  return count === undefined ? defaultContacts() : madeUpContacts(count, seed ?? 1);
}

function fromFile({ io }: Session, file: string): readonly SandboxContact[] {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch {
    throw new UsageError(texts.unreadable(file));
  }
  const { contacts, problems } = readVCards(bytes);
  for (const line of byReason(problems)) io.warn(line);
  if (contacts.length === 0) throw new UsageError(texts.empty(file));
  return contacts;
}

/** One line for each kind of trouble: an address book may have the same one a thousand times. */
function byReason(problems: ReadVCards['problems']): readonly string[] {
  const reasons = [...new Set(problems.map(({ reason }) => reason))];
  return reasons.map((reason) => {
    const cards = problems.filter((one) => one.reason === reason).map(({ index }) => index + 1);
    return texts.cards(cards.slice(0, MOST_NAMED), cards.length, reason);
  });
}

function untilInterrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
