import { contacts, plural } from './language.ts';
import type { Advised } from './problem.ts';

/* The local Google, Microsoft and Pipedrive. */

export const portTaken = (port: number | undefined): Advised => ({
  message: `Port ${port} cannot be used: another program holds it, or it is reserved.`,
  next: 'Name another one, or leave --port out for any free one.',
});
export const unreadable = (file: string): Advised => ({
  message: `${file} cannot be read.`,
  next: 'Give the path of a vCard file (.vcf).',
});
export const empty = (file: string): Advised => ({
  message: `${file} holds no contacts.`,
  next: 'Export it again as vCard.',
});

/** Cards of a file with one trouble; some of them by their number. */
export const cards = (named: readonly number[], count: number, reason: string): string => {
  const more = count > named.length ? ` and ${count - named.length} more` : '';
  return `${plural(count, { one: 'Card', other: 'Cards' })} ${named.join(', ')}${more}: ${reason}`;
};

export const introduction = (
  url: string,
  env: Readonly<Record<string, string>>,
  count: number,
): string =>
  [
    `A sandbox plays Google, Microsoft and Pipedrive at ${url}`,
    `ann@example.com (Google) and ann@outlook.com (Microsoft) have ${contacts(count)} each.`,
    'Ctrl-C ends it; nothing is kept.',
    '',
    'In another terminal:',
    ...Object.entries(env).map(([name, value]) => `  export ${name}=${value}`),
    '  export CONTACTSYNC_HOME=$(mktemp -d)',
    '',
    '  contactsync add-account --email ann@example.com --provider google',
    '  contactsync add-account --email ann@outlook.com --provider microsoft',
  ].join('\n');
