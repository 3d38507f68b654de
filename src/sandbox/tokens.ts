import { randomHex } from './core.ts';
import type { SandboxSeed } from './core.ts';

/** Secrets that each stand for something until their time runs out. */
export interface Tokens<T> {
  issue(of: T): string;
  /** What a live token stands for. */
  find(token: string): T | undefined;
  /** The same, once. */
  take(token: string): T | undefined;
  /** Whether it was issued, and its time has run out. */
  isExpired(token: string): boolean;
  /** Its time begins anew. */
  renew(token: string): void;
  all(): readonly T[];
  /** Ends those that stand for this; all without it. */
  end(of?: T): void;
}

export interface TokenKind {
  readonly prefix: string;
  /** Hex digits after the prefix. */
  readonly digits: number;
  readonly lifeMs: number;
}

export function createTokens<T>({ clock, random }: SandboxSeed, kind: TokenKind): Tokens<T> {
  const issued = new Map<string, { readonly of: T; readonly until: number }>();
  const keep = (token: string, of: T): void => {
    issued.set(token, { of, until: clock.now().getTime() + kind.lifeMs });
  };
  const find = (token: string): T | undefined => {
    const found = issued.get(token);
    return found !== undefined && clock.now().getTime() <= found.until ? found.of : undefined;
  };
  return {
    issue(of) {
      const token = kind.prefix + randomHex(random, kind.digits);
      keep(token, of);
      return token;
    },
    find,
    take(token) {
      const of = find(token);
      issued.delete(token);
      return of;
    },
    isExpired: (token) => issued.has(token) && find(token) === undefined,
    renew(token) {
      const of = find(token);
      if (of !== undefined) keep(token, of);
    },
    all: () => [...issued.values()].map(({ of }) => of),
    end(of) {
      for (const [token, one] of issued)
        if (of === undefined || one.of === of) issued.delete(token);
    },
  };
}
