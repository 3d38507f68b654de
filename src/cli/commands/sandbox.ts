import { readFileSync } from 'node:fs';
import { defaultContacts } from '../../sandbox/made-up/default.ts';
import { madeUpContacts } from '../../sandbox/made-up/made-up-contacts.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import type { SandboxContact } from '../../sandbox/seed-contact.ts';
import { readVCards, type ReadVCards } from '../../sandbox/vcard/read-vcards.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import { counted } from '../words.ts';

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
    throw isPortTrouble(error)
      ? new UsageError(
          `Port ${flags.port} cannot be used: another program holds it, or it is reserved.`,
          'Name another one, or leave --port out for any free one.',
        )
      : error;
  });
  if (session.flags.json) {
    session.io.result(
      JSON.stringify({ version: 1, url: served.url, contacts: contacts.length, env: served.env }),
    );
  } else {
    session.io.result(introduction(served, contacts.length));
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
    throw new UsageError(`${file} cannot be read.`, 'Give the path of a vCard file (.vcf).');
  }
  const { contacts, problems } = readVCards(bytes);
  for (const line of byReason(problems)) io.warn(line);
  if (contacts.length === 0)
    throw new UsageError(`${file} holds no contacts.`, 'Export it again as vCard.');
  return contacts;
}

/** One line for each kind of trouble: an address book may have the same one a thousand times. */
function byReason(problems: ReadVCards['problems']): readonly string[] {
  const reasons = [...new Set(problems.map(({ reason }) => reason))];
  return reasons.map((reason) => {
    const cards = problems.filter((one) => one.reason === reason).map(({ index }) => index + 1);
    const more = cards.length > MOST_NAMED ? ` and ${cards.length - MOST_NAMED} more` : '';
    const which = cards.slice(0, MOST_NAMED).join(', ');
    return `${cards.length === 1 ? 'Card' : 'Cards'} ${which}${more}: ${reason}`;
  });
}

function introduction({ url, env }: Sandbox, contacts: number): string {
  const exports = Object.entries(env).map(([name, value]) => `  export ${name}=${value}`);
  return [
    `A sandbox plays Google, Microsoft and Pipedrive at ${url}`,
    `ann@example.com (Google) and ann@outlook.com (Microsoft) have ${counted(contacts, 'contact', 'contacts')} each.`,
    'Ctrl-C ends it; nothing is kept.',
    '',
    'In another terminal:',
    ...exports,
    '  export CONTACTSYNC_HOME=$(mktemp -d)',
    '',
    '  contactsync add-account --email ann@example.com --provider google',
    '  contactsync add-account --email ann@outlook.com --provider microsoft',
  ].join('\n');
}

function untilInterrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
