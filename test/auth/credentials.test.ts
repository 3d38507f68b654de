import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createApiTokenCredentials,
  createTokenCredentials,
  type TokenStore,
} from '../../src/auth/credentials.ts';
import { GrantEnded } from '../../src/auth/errors.ts';
import { googleServer } from '../../src/auth/servers.ts';
import {
  endOf,
  missingScopes,
  renewed,
  type TokenEndpoint,
  type TokenSet,
} from '../../src/auth/tokens.ts';
import { renewingAlone } from '../../src/store/token-lock.ts';
import { Unreachable } from '../../src/sync/errors.ts';

const NOW = Date.parse('2026-11-25T08:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const server = { name: 'Google', scopes: [] };

/** A store that notes what is done to it, in order. */
function aStore(first: Partial<TokenSet> = {}) {
  let tokens: TokenSet = {
    accessToken: 'first',
    refreshToken: 'refresh-0',
    expiresAt: NOW + HOUR,
    ...first,
  };
  const events: string[] = [];
  const store: TokenStore = {
    load: () => tokens,
    save: (fresh) => {
      events.push(`saved ${fresh.refreshToken}`);
      tokens = fresh;
    },
    exclusively: (work) => work(),
  };
  return { store, events, tokens: () => tokens };
}

/** Answers each refresh with the next tokens; a refresh token works once. */
function anEndpoint(answer?: () => Promise<TokenSet>) {
  const asked: string[] = [];
  const endpoint: TokenEndpoint = {
    exchange: () => Promise.reject(new Error('not asked for')),
    refresh: async (refreshToken) => {
      asked.push(refreshToken);
      await new Promise(setImmediate);
      if (answer !== undefined) return answer();
      if (refreshToken !== `refresh-${asked.length - 1}`) throw new GrantEnded('exchanged before');
      return {
        accessToken: `renewed-${asked.length}`,
        refreshToken: `refresh-${asked.length}`,
        expiresAt: NOW + HOUR,
      };
    },
    revoke: async () => undefined,
  };
  return { endpoint, asked };
}

function credentialsOf(store: TokenStore, endpoint: TokenEndpoint, scopes: readonly string[] = []) {
  return createTokenCredentials({
    side: 'provider',
    server: { ...server, scopes },
    endpoint,
    store,
    now: () => NOW,
  });
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('an access token', () => {
  it('is used as long as it lasts', async () => {
    const { endpoint, asked } = anEndpoint();
    expect(await credentialsOf(aStore().store, endpoint).headers()).toEqual(bearer('first'));
    expect(asked).toEqual([]);
  });

  it('that ends within a minute is renewed before it is used', async () => {
    const { store } = aStore({ expiresAt: NOW + 59_000 });
    const { endpoint } = anEndpoint();
    expect(await credentialsOf(store, endpoint).headers()).toEqual(bearer('renewed-1'));
  });

  it('is renewed once, however many ask', async () => {
    const { store } = aStore({ expiresAt: NOW });
    const { endpoint, asked } = anEndpoint();
    const credentials = credentialsOf(store, endpoint);
    const all = await Promise.all(Array.from({ length: 5 }, () => credentials.headers()));
    expect(new Set(all.map(({ authorization }) => authorization))).toEqual(
      new Set(['Bearer renewed-1']),
    );
    expect(asked).toHaveLength(1);
  });

  it('that was refused is renewed, but not one that was renewed meanwhile', async () => {
    const { store } = aStore();
    const { endpoint, asked } = anEndpoint();
    const credentials = credentialsOf(store, endpoint);
    expect(await credentials.renew(bearer('first'))).toBe(true);
    expect(await credentials.renew(bearer('first'))).toBe(true);
    expect(asked).toHaveLength(1);
    expect(await credentials.headers()).toEqual(bearer('renewed-1'));
  });

  it('goes out only after the refresh token that came with it was saved', async () => {
    const { store, events } = aStore({ expiresAt: NOW });
    const { endpoint } = anEndpoint();
    await credentialsOf(store, endpoint).headers();
    expect(events).toEqual(['saved refresh-1']);
    const broken = aStore({ expiresAt: NOW });
    const failing = {
      ...broken.store,
      save: () => {
        throw new Error('the disk is full');
      },
    };
    await expect(credentialsOf(failing, anEndpoint().endpoint).headers()).rejects.toThrow('full');
  });

  it('keeps the refresh token where the answer has none', async () => {
    const { store, tokens } = aStore({ expiresAt: NOW });
    const { endpoint } = anEndpoint(async () => ({ accessToken: 'new', expiresAt: NOW + HOUR }));
    await credentialsOf(store, endpoint).headers();
    expect(tokens()).toMatchObject({ accessToken: 'new', refreshToken: 'refresh-0' });
  });
});

describe('several processes', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'contactsync-tokens-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('renew once: whoever comes second waits, looks again, and takes what is there', async () => {
    const { store } = aStore({ expiresAt: NOW });
    const shared: TokenStore = { ...store, exclusively: (work) => renewingAlone(home, work) };
    const { endpoint, asked } = anEndpoint();
    const processes = [1, 2, 3].map(() => credentialsOf(shared, endpoint));
    const all = await Promise.all(processes.map((one) => one.headers()));
    expect(all).toEqual([bearer('renewed-1'), bearer('renewed-1'), bearer('renewed-1')]);
    expect(asked).toEqual(['refresh-0']);
  });

  it('free the lock also where the renewal fails', async () => {
    await expect(renewingAlone(home, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await renewingAlone(home, async () => 'yes')).toBe('yes');
  });
});

describe('a sign-in that has ended', () => {
  const ended = (): Promise<TokenSet> => Promise.reject(new GrantEnded('m'));

  it.each([
    ['was revoked', {}, 'has ended or was revoked'],
    ['has reached the end it had', { refreshExpiresAt: NOW - 1 }, 'has expired'],
    ['was not used for too long', { idleEndsAt: NOW - 1 }, 'has expired'],
  ])('since it %s needs the user', async (_, more, message) => {
    const { store, events } = aStore({ expiresAt: NOW, ...more });
    const { endpoint } = anEndpoint(ended);
    await expect(credentialsOf(store, endpoint).headers()).rejects.toMatchObject({
      code: 'sign-in-needed',
      side: 'provider',
      message: `The sign-in to Google ${message}.`,
    });
    expect(events).toEqual([]);
  });

  it('needs the user where there is nothing to renew it with', async () => {
    const { accessToken } = aStore().tokens();
    const store = { ...aStore().store, load: () => ({ accessToken, expiresAt: NOW }) };
    await expect(credentialsOf(store, anEndpoint().endpoint).headers()).rejects.toMatchObject({
      code: 'sign-in-needed',
    });
  });

  it('is not believed to have ended where the vendor cannot be reached', async () => {
    const { store } = aStore({ expiresAt: NOW });
    const { endpoint } = anEndpoint(() => Promise.reject(new Unreachable('m')));
    await expect(credentialsOf(store, endpoint).headers()).rejects.toMatchObject({
      code: 'unreachable',
    });
  });
});

describe('rights', () => {
  const { scopes: read } = googleServer({ write: false });
  const { scopes: write } = googleServer({ write: true });

  it('to read are held by whoever may write', () => {
    expect(missingScopes({ scopes: read }, { accessToken: 'x', scopes: write })).toEqual([]);
  });

  it('to write are missed by whoever may read, before the first request', async () => {
    const { store } = aStore({ scopes: read });
    await expect(
      credentialsOf(store, anEndpoint().endpoint, write).headers(),
    ).rejects.toMatchObject({ code: 'sign-in-needed' });
  });

  it('are taken for granted where the vendor does not tell them', () => {
    expect(missingScopes({ scopes: read }, { accessToken: 'x' })).toEqual([]);
  });
});

describe('the end of a sign-in', () => {
  const stored: TokenSet = { accessToken: 'x', refreshToken: 'r', refreshExpiresAt: NOW + DAY };

  it('that was announced is not moved by a renewal', () => {
    const fresh = { accessToken: 'y', refreshExpiresAt: NOW + 7 * DAY };
    expect(renewed(stored, fresh).refreshExpiresAt).toBe(NOW + DAY);
  });

  it('for want of use is moved by a renewal', () => {
    const idle = { accessToken: 'x', refreshToken: 'r', idleEndsAt: NOW };
    expect(endOf(renewed(idle, { accessToken: 'y', idleEndsAt: NOW + 60 * DAY }))).toBe(
      NOW + 60 * DAY,
    );
  });

  it('is the earlier of the two, and unknown where nothing was said', () => {
    expect(endOf({ ...stored, idleEndsAt: NOW + 60 * DAY })).toBe(NOW + DAY);
    expect(endOf({ accessToken: 'x', refreshToken: 'r' })).toBeUndefined();
  });
});

describe('Pipedrive’s personal token', () => {
  it('signs by its own header, and cannot be renewed', async () => {
    const credentials = createApiTokenCredentials(() => 'personal');
    expect(await credentials.headers()).toEqual({ 'x-api-token': 'personal' });
    expect(await credentials.renew({})).toBe(false);
  });
});
