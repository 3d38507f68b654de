type Variables = Readonly<Record<string, string | undefined>>;

/**
 * What a scheduled run needs of the environment in which it was installed. The CRM's token is not
 * among it: it is stored. Nor is the key: whoever keeps it in a variable wants it on no disk.
 */
const CARRIED =
  /^(?:CONTACTSYNC_(?!HOME$|KEY$|PIPEDRIVE_TOKEN$|ACCESSIBLE$)\w+|(?:HTTPS?|ALL|NO)_PROXY)$/iu;

/** The names of the variables that go along, in order. */
export function carried(env: Variables): readonly string[] {
  return Object.keys(env)
    .filter((name) => CARRIED.test(name) && (env[name] ?? '') !== '')
    .toSorted();
}

/** A file for Node's `--env-file`: https://nodejs.org/docs/latest-v20.x/api/cli.html#--env-fileconfig */
export function environmentText(env: Variables, home: string): string {
  const lines = carried(env).map((name) => `${name}=${quoted(env[name] ?? '')}`);
  return [
    '# Made by "contactsync schedule install", deleted by "contactsync schedule remove".',
    `CONTACTSYNC_HOME=${quoted(home)}`,
    ...lines,
    '',
  ].join('\n');
}

/** Between quotes that the value does not hold, it is taken as it is. */
function quoted(value: string): string {
  const quote = ["'", '`', '"'].find((one) => !value.includes(one)) ?? "'";
  return `${quote}${value.replaceAll(/[\r\n]/gu, ' ')}${quote}`;
}
