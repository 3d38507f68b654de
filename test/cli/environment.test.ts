import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readEnvironment } from '../../src/cli/environment.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { pipedriveLimits } from '../../src/crm/pipedrive/limits.ts';
import type { Limits } from '../../src/http/api.ts';
import { googleLimits } from '../../src/providers/google/limits.ts';
import { microsoftLimits } from '../../src/providers/microsoft/limits.ts';

const ADDRESSES = [
  ['CONTACTSYNC_GOOGLE_URL', 'googleUrl'],
  ['CONTACTSYNC_GOOGLE_AUTH_URL', 'googleAuthUrl'],
  ['CONTACTSYNC_PIPEDRIVE_URL', 'pipedriveUrl'],
  ['CONTACTSYNC_PIPEDRIVE_AUTH_URL', 'pipedriveAuthUrl'],
] as const;

const TEXTS = [
  ['CONTACTSYNC_HOME', 'home'],
  ['CONTACTSYNC_KEY', 'key'],
  ['CONTACTSYNC_PIPEDRIVE_TOKEN', 'pipedriveToken'],
] as const;

const LOCAL = {
  CONTACTSYNC_GOOGLE_URL: 'http://127.0.0.1:4000/google',
  CONTACTSYNC_PIPEDRIVE_URL: 'http://localhost:4000',
};

const LIMITS = { concurrency: 8, budgets: [{ name: 'burst', units: 80, windowMs: 2000 }] };

describe('an empty environment', () => {
  it('leaves everything to the defaults', () => {
    const { adjust, ...rest } = readEnvironment({});
    expect(rest).toEqual({
      home: undefined,
      key: undefined,
      keyChain: process.platform !== 'linux',
      proxied: false,
      pipedriveToken: undefined,
      googleUrl: undefined,
      googleAuthUrl: undefined,
      pipedriveUrl: undefined,
      pipedriveAuthUrl: undefined,
      googleClient: undefined,
      pipedriveClient: undefined,
      missingHalves: [],
      pipedriveRedirectPort: 53_683,
      visibilityDelayMs: undefined,
      paced: true,
    });
    expect(adjust('google', LIMITS)).toEqual(LIMITS);
  });
});

describe('the key chain', () => {
  const session = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/run/user/1000/bus' };

  it('can be asked where somebody is signed in', () => {
    expect(readEnvironment(session).keyChain).toBe(true);
  });

  it('can be left out by choice', () => {
    expect(readEnvironment({ ...session, CONTACTSYNC_KEY_CHAIN: 'off' }).keyChain).toBe(false);
    expect(() => readEnvironment({ CONTACTSYNC_KEY_CHAIN: 'no' })).toThrow(UsageError);
  });
});

describe.each(TEXTS)('%s', (name, key) => {
  it('is taken as it is, without the space around it', () => {
    expect(readEnvironment({ [name]: ' some text\n' })[key]).toBe('some text');
  });

  it.each(['', '  '])('counts as not set when it is %j', (value) => {
    expect(readEnvironment({ [name]: value })[key]).toBeUndefined();
  });
});

describe.each(ADDRESSES)('%s', (name, key) => {
  it.each([
    ['https://api.example.com', 'https://api.example.com'],
    ['https://api.example.com/base//', 'https://api.example.com/base'],
    ['http://127.0.0.1:4000/', 'http://127.0.0.1:4000'],
    ['http://127.8.9.1:4000', 'http://127.8.9.1:4000'],
    ['http://localhost:4000', 'http://localhost:4000'],
    ['http://[::1]:4000', 'http://[::1]:4000'],
  ])('may be %s', (value, taken) => {
    expect(readEnvironment({ [name]: value })[key]).toBe(taken);
  });

  it.each([
    'http://api.example.com',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'http://127.0.0.1@example.com',
    'http://10.0.0.1',
    'ftp://127.0.0.1',
    'file:///etc/passwd',
    'nonsense',
  ])('may not be %s', (value) => {
    const read = (): unknown => readEnvironment({ [name]: value });
    expect(read).toThrow(UsageError);
    expect(read).toThrow(`${name} must be an https address, or one on this machine.`);
  });

  it('counts as not set when it is empty', () => {
    expect(readEnvironment({ [name]: ' ' })[key]).toBeUndefined();
  });
});

describe.each([
  ['GOOGLE', 'googleClient'],
  ['PIPEDRIVE', 'pipedriveClient'],
] as const)('the OAuth client of %s', (vendor, key) => {
  const id = `CONTACTSYNC_${vendor}_CLIENT_ID`;
  const secret = `CONTACTSYNC_${vendor}_CLIENT_SECRET`;

  it('is an id and a secret', () => {
    expect(readEnvironment({ [id]: 'an-id', [secret]: 'a-secret' })[key]).toEqual({
      id: 'an-id',
      secret: 'a-secret',
    });
  });

  it('is none where one of the two is missing', () => {
    expect(readEnvironment({ [id]: 'an-id' })[key]).toBeUndefined();
    expect(readEnvironment({ [secret]: 'a-secret', [id]: '' })[key]).toBeUndefined();
  });
});

describe('CONTACTSYNC_PIPEDRIVE_REDIRECT_PORT', () => {
  it('is a number', () => {
    const env = { CONTACTSYNC_PIPEDRIVE_REDIRECT_PORT: '8080' };
    expect(readEnvironment(env).pipedriveRedirectPort).toBe(8080);
  });

  it.each(['http', '-1', '0', '80.5', '65536', '123456'])('may not be %s', (value) => {
    expect(() => readEnvironment({ CONTACTSYNC_PIPEDRIVE_REDIRECT_PORT: value })).toThrow(
      'CONTACTSYNC_PIPEDRIVE_REDIRECT_PORT must be a port number, from 1 to 65535.',
    );
  });
});

describe('CONTACTSYNC_VISIBILITY_DELAY', () => {
  it.each([
    ['0', 0],
    ['2', 2000],
    ['0.5', 500],
  ])('is %s seconds, in milliseconds %d', (value, ms) => {
    const env = { CONTACTSYNC_VISIBILITY_DELAY: value };
    expect(readEnvironment(env).visibilityDelayMs).toBe(ms);
  });

  it.each(['-1', 'soon', 'Infinity', 'NaN'])('may not be %s', (value) => {
    expect(() => readEnvironment({ CONTACTSYNC_VISIBILITY_DELAY: value })).toThrow(
      'CONTACTSYNC_VISIBILITY_DELAY must be a number of seconds.',
    );
  });
});

describe('CONTACTSYNC_LIMITS', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'contactsync-limits-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const fileWith = (text: string): string => {
    const file = path.join(folder, 'limits.json');
    writeFileSync(file, text);
    return file;
  };

  it('documented keeps the published budgets', () => {
    const { paced, adjust } = readEnvironment({ CONTACTSYNC_LIMITS: 'documented' });
    expect(paced).toBe(true);
    expect(adjust('pipedrive', LIMITS)).toEqual(LIMITS);
  });

  it('none keeps no budget where every address is on this machine', () => {
    expect(readEnvironment({ ...LOCAL, CONTACTSYNC_LIMITS: 'none' }).paced).toBe(false);
  });

  it.each([
    ['nothing else is set', {}],
    ['only one address is given', { CONTACTSYNC_GOOGLE_URL: LOCAL.CONTACTSYNC_GOOGLE_URL }],
    ['the CRM is elsewhere', { ...LOCAL, CONTACTSYNC_PIPEDRIVE_URL: 'https://api.pipedrive.com' }],
    [
      'one signs in to Google elsewhere',
      { ...LOCAL, CONTACTSYNC_GOOGLE_CLIENT_ID: 'id', CONTACTSYNC_GOOGLE_CLIENT_SECRET: 's' },
    ],
    [
      'one signs in to Pipedrive elsewhere',
      {
        ...LOCAL,
        CONTACTSYNC_PIPEDRIVE_CLIENT_ID: 'id',
        CONTACTSYNC_PIPEDRIVE_CLIENT_SECRET: 's',
        CONTACTSYNC_PIPEDRIVE_AUTH_URL: 'https://oauth.example.com',
      },
    ],
    ['Google is elsewhere', { ...LOCAL, CONTACTSYNC_GOOGLE_URL: 'https://people.example.com' }],
  ])('none is refused where %s', (_, env) => {
    const read = (): unknown => readEnvironment({ ...env, CONTACTSYNC_LIMITS: 'none' });
    expect(read).toThrow(UsageError);
    expect(read).toThrow('CONTACTSYNC_LIMITS=none is for addresses on this machine only.');
  });

  it('a file has figures of one’s own, for the vendors and budgets that it names', () => {
    const file = fileWith('{"pipedrive":{"concurrency":2,"budgets":{"burst":10,"other":1}}}');
    const { paced, adjust } = readEnvironment({ CONTACTSYNC_LIMITS: file });
    expect(paced).toBe(true);
    expect(adjust('pipedrive', LIMITS)).toEqual({
      concurrency: 2,
      budgets: [{ name: 'burst', units: 10, windowMs: 2000 }],
    });
    expect(adjust('google', LIMITS)).toEqual(LIMITS);
  });

  it('the file in docs/limits.md has the default figures, all of them', () => {
    const [, text = ''] = /```json\n(.*?)```/su.exec(readFileSync('docs/limits.md', 'utf8')) ?? [];
    const figuresOf = ({ concurrency, budgets }: Limits) => ({
      concurrency,
      budgets: Object.fromEntries(budgets.map(({ name, units }) => [name, units])),
    });
    expect(JSON.parse(text)).toEqual({
      google: figuresOf(googleLimits()),
      microsoft: figuresOf(microsoftLimits()),
      pipedrive: figuresOf(pipedriveLimits()),
    });
    expect(readEnvironment({ CONTACTSYNC_LIMITS: fileWith(text) }).paced).toBe(true);
  });

  it('figures of one’s own are the most that an answer can teach', () => {
    const file = fileWith('{"pipedrive":{"concurrency":2,"budgets":{"burst":10}}}');
    const { adjust } = readEnvironment({ CONTACTSYNC_LIMITS: file });
    const learning = (units: number) =>
      adjust('pipedrive', {
        ...LIMITS,
        learn: () => [{ budget: 'burst', units, remaining: 1, concurrency: 9 }],
      }).learn?.({});
    expect(learning(400)).toEqual([{ budget: 'burst', units: 10, remaining: 1, concurrency: 2 }]);
    expect(learning(5)).toEqual([{ budget: 'burst', units: 5, remaining: 1, concurrency: 2 }]);
  });

  it('a file says how much of the CRM’s budget is left to others', () => {
    const file = fileWith('{"pipedrive":{"reserve":0.5}}');
    expect(readEnvironment({ CONTACTSYNC_LIMITS: file }).reserve).toBe(0.5);
    expect(readEnvironment({}).reserve).toBeUndefined();
  });

  it('a file may leave the budgets as they are', () => {
    const { adjust } = readEnvironment({ CONTACTSYNC_LIMITS: fileWith('{"google":{}}') });
    expect(adjust('google', LIMITS)).toEqual(LIMITS);
  });

  it.each([
    '{"hubspot":{}}',
    '{"google":{"concurrency":0}}',
    '{"google":{"reserve":0.3}}',
    '{"pipedrive":{"reserve":1}}',
    '{"pipedrive":{"reserves":0.5}}',
    '{"google":{"concurrency":1.5}}',
    '{"google":{"budgets":{"burst":0}}}',
    '{"google":{"budgets":{"burst":"many"}}}',
    '"documented"',
    'null',
  ])('a file may not hold %s', (text) => {
    const file = fileWith(text);
    expect(() => readEnvironment({ CONTACTSYNC_LIMITS: file })).toThrow(
      `CONTACTSYNC_LIMITS: ${file} does not hold limits.`,
    );
  });

  it('a file has to be there, and be JSON', () => {
    const file = fileWith('{');
    expect(() => readEnvironment({ CONTACTSYNC_LIMITS: file })).toThrow('cannot be read as JSON');
    expect(() => readEnvironment({ CONTACTSYNC_LIMITS: `${file}.gone` })).toThrow(
      `CONTACTSYNC_LIMITS: ${file}.gone cannot be read as JSON.`,
    );
  });
});
