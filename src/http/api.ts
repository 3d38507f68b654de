/**
 * One vendor's interface over HTTP, as adapters see it: a base address, a sign-in, and budgets.
 * Everything that every remote call shares lives behind it: keep-alive, time-outs, retries,
 * pacing, request counts, size limits, redaction (`client.ts`, `scheduler.ts`, `redact.ts`).
 */
export interface Api {
  /**
   * Sends one call and resolves with the vendor's answer, whatever its status, after
   * - a 401 was answered by one refresh of the sign-in and one repetition,
   * - a 429 was waited out as the limits and `Retry-After` say (a 429 is never carried out, so any call is repeated),
   * - a repeatable call was repeated on 5xx, time-out and network failure.
   * @throws {HttpFailure}, or the signal's reason
   */
  send(call: ApiCall): Promise<ApiAnswer>;

  /** The same, in the shape that vendors' SDKs take as their transport. Only for addresses under the base. */
  readonly fetch: typeof globalThis.fetch;

  /** Requests sent so far, repetitions included. */
  requests(): number;

  /** The vendor's clock: this machine's, corrected by the last `Date` header. */
  now(): Date;
}

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below the base address; or absolute, and then refused unless it is on the base's origin. */
  readonly path: string;
  /** An array becomes a repeated key; `undefined` is left out. */
  readonly query?: Readonly<
    Record<string, string | number | boolean | readonly string[] | undefined>
  >;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is; `headers` then name the content type. */
  readonly body?: string | Uint8Array;
  /** Whether a second sending does no harm. Default: only GET. */
  readonly repeatable?: boolean;
  /** Units of each budget that the call uses up; of one not named here, what the budget says. */
  readonly cost?: Readonly<Record<string, number>>;
  /** Without the sign-in: for public addresses such as pictures. Then `path` may be on any https host (or loopback). */
  readonly anonymous?: boolean;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

export interface ApiAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  text(): string;
  /** @throws {HttpFailure} of kind `malformed` when the body is no JSON */
  json(): unknown;
}

export type SignedHeaders = Readonly<Record<string, string>>;

/** What signs requests. Never logged. */
export interface Credentials {
  /** Headers for the next request; refreshes an expired token first. */
  headers(signal?: AbortSignal): Promise<SignedHeaders>;
  /**
   * After a 401: whether there is another token now than the one in `refused`, so that the request
   * is worth repeating.
   */
  renew(refused: SignedHeaders, signal?: AbortSignal): Promise<boolean>;
}

/** A vendor's published limits, as data. The source stands beside the data in the adapter's `limits.ts`. */
export interface Limits {
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Rolling windows; a call waits until each has room for its cost. */
  readonly budgets: readonly Budget[];
  /** What an answer's headers say about budgets: adopted at once. */
  readonly learn?: (headers: Readonly<Record<string, string>>) => readonly Lesson[];
  /** How to take a 429: wait so long and repeat, or give up until then. */
  readonly afterTooMany?: (answer: ApiAnswer) => TooMany;
}

export interface Budget {
  readonly name: string;
  readonly units: number;
  readonly windowMs: number;
  /** A unit is free again after the window's length; or all are, at midnight UTC. Default: the former. */
  readonly renewal?: 'rolling' | 'midnight';
  /** What a call that does not name it uses up. Default: 1. */
  readonly unnamed?: number;
}

export interface Lesson {
  readonly budget: string;
  /** Units per window. */
  readonly units?: number;
  readonly remaining?: number;
  /** So many requests at once make use of a budget of this size. */
  readonly concurrency?: number;
}

export type TooMany =
  /** `budget`: which one was smaller than we took it for. */
  | { readonly kind: 'wait'; readonly ms: number; readonly budget?: string }
  | { readonly kind: 'spent'; readonly resumeAt?: Date };

export type HttpFailureKind =
  /** Not carried out: no connection, or a repeatable call that failed again and again. */
  | 'unreachable'
  /** Sent, and no answer came: it may have been carried out. Only for calls that are not repeatable. */
  | 'lost'
  /** The body is not what its type says, ended early, or is no JSON. */
  | 'malformed'
  | 'too-large'
  /** A budget that lasts longer than waiting makes sense. */
  | 'spent'
  /** The address is not allowed: another host, or not https. */
  | 'refused';

export class HttpFailure extends Error {
  readonly kind: HttpFailureKind;
  readonly resumeAt: Date | undefined;

  constructor(
    kind: HttpFailureKind,
    message: string,
    options?: { cause?: unknown; resumeAt?: Date | undefined },
  ) {
    super(message, options);
    this.name = 'HttpFailure';
    this.kind = kind;
    this.resumeAt = options?.resumeAt;
  }
}
