/** What the vendors' sandboxes share: the shape of a request, an answer, and of a vendor. */

/** A request as a vendor's sandbox sees it, read to its end. */
export interface SandboxRequest {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  /** As it was sent, without the query. */
  readonly rawPath: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  text(): string;
  /** @throws {BadJson} */
  json(): unknown;
}

export interface SandboxAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: string | Uint8Array | object;
}

/** One vendor: its state, and what it answers. Answers are made synchronously, so each is atomic. */
export interface VendorSandbox {
  readonly vendor: Vendor;
  /** Resolves to `undefined` for a path that is not this vendor's. A write has taken effect on return. */
  handle(request: SandboxRequest, passage?: Passage): SandboxAnswer | undefined;
  /** Told of each request as it arrives; what comes back is called, once or more, when it is done with. */
  arrive?(request: SandboxRequest): () => void;
  /** `POST /control/<vendor>/<action>` with a JSON body; the answer is sent as JSON. */
  control(action: string, body: unknown): unknown;
  /** Whether the request would change contacts, groups, organizations or pictures. */
  isWrite(request: SandboxRequest): boolean;
}

/**
 * Lets a request that came inside another one, as in a batch, meet faults of its own.
 * @throws {ConnectionLost}
 */
export type Passage = (request: SandboxRequest, answer: () => SandboxAnswer) => SandboxAnswer;

export type Vendor = 'google' | 'pipedrive' | 'microsoft';

/** Real time, plus what a test has advanced it by. */
export interface SandboxClock {
  now(): Date;
}

/** Everything about a vendor's sandbox that would otherwise be different each time. */
export interface SandboxSeed {
  readonly clock: SandboxClock;
  /** 0 to 1, repeatable. */
  readonly random: () => number;
}

/** The body of a request is no JSON. */
export class BadJson extends Error {
  constructor(options?: { cause?: unknown }) {
    super('The body is not JSON.', options);
    this.name = 'BadJson';
  }
}

/** A fault of a request inside another one that takes the whole connection with it. */
export class ConnectionLost extends Error {
  readonly kind: 'cut' | 'hang';
  constructor(kind: 'cut' | 'hang') {
    super('The connection is lost.');
    this.name = 'ConnectionLost';
    this.kind = kind;
  }
}

/** A control call that the sandbox does not understand: an unknown action, or a bad body. */
export class BadControl extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'BadControl';
  }
}

/** Mulberry32: small, quick, and the same everywhere. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Lower-case hex digits. */
export function randomHex(random: () => number, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
}

/** `undefined` where an escape is broken. */
function decodePath(rawPath: string): string | undefined {
  try {
    return decodeURIComponent(rawPath);
  } catch {
    return undefined;
  }
}

/** A request from its parts; for tests and for the server. */
export function sandboxRequest(
  parts: Omit<SandboxRequest, 'text' | 'json' | 'path'>,
): SandboxRequest {
  const text = () => new TextDecoder().decode(parts.body);
  return {
    ...parts,
    path: decodePath(parts.rawPath) ?? parts.rawPath,
    text,
    json() {
      try {
        return JSON.parse(text()) as unknown;
      } catch (cause) {
        throw new BadJson({ cause });
      }
    },
  };
}

/** Type guard for a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
