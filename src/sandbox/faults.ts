import { BadControl, isRecord } from './core.ts';
import type { SandboxAnswer, Vendor } from './core.ts';

/** A trouble that is switched on, and which requests it befalls. */
export type Fault = FaultTarget & FaultKind;

interface FaultTarget {
  readonly vendor?: Vendor;
  readonly method?: string;
  /** A regular expression, searched for in the decoded path. */
  readonly path?: string;
  readonly write?: boolean;
  /** Only the nth of the matching requests, from 1 on; every one when absent. */
  readonly nth?: number;
  /** At most so many times; for ever when absent. */
  readonly times?: number;
}

type FaultKind =
  | { readonly kind: 'latency'; readonly ms: number }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: string | object;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** A 429, with `Retry-After` in one of its forms, or without. */
  | {
      readonly kind: 'too-many';
      readonly retryAfterS?: number;
      readonly form?: 'seconds' | 'date';
      readonly body?: string | object;
    }
  /** The connection is cut, or no answer ever comes, before the request took effect. */
  | { readonly kind: 'cut-before' | 'hang-before' }
  /** The same after it took effect. */
  | { readonly kind: 'cut-after' | 'hang-after' }
  /** 200 with an HTML page, as from a captive portal; nothing takes effect. */
  | { readonly kind: 'html' }
  /** Half of the real answer: cut off before its announced length, or announced as that short. */
  | { readonly kind: 'half-json'; readonly length?: 'wrong' | 'right' }
  /** A list with half of its items and no next page; or with none. */
  | { readonly kind: 'truncate-page' | 'empty-list' };

/** What of a request decides whether a fault befalls it. */
interface FaultFacts {
  readonly vendor: Vendor;
  readonly method: string;
  readonly path: string;
  readonly write: boolean;
}

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  /** How many requests were befallen since the last `clear`. */
  reached(): number;
}

export interface FaultList extends Faults {
  /** The faults that befall this request; each is counted as reached. */
  take(facts: FaultFacts): readonly Fault[];
  list(): readonly (Fault & { readonly reached: number })[];
}

export function createFaults(): FaultList {
  let active: { readonly fault: Fault; matched: number; reached: number }[] = [];
  return {
    add(fault) {
      active.push({ fault, matched: 0, reached: 0 });
    },
    clear() {
      active = [];
    },
    reached: () => active.reduce((sum, { reached }) => sum + reached, 0),
    list: () => active.map(({ fault, reached }) => ({ ...fault, reached })),
    take(facts) {
      const matching = active.filter(({ fault }) => befalls(fault, facts));
      for (const entry of matching) entry.matched += 1;
      const due = matching.filter(({ fault, matched, reached }) => {
        const itsTurn = fault.nth === undefined || matched === fault.nth;
        return itsTurn && reached < (fault.times ?? Number.POSITIVE_INFINITY);
      });
      for (const entry of due) entry.reached += 1;
      return due.map(({ fault }) => fault);
    },
  };
}

function befalls(target: FaultTarget, facts: FaultFacts): boolean {
  return (
    (target.vendor ?? facts.vendor) === facts.vendor &&
    (target.method ?? facts.method) === facts.method &&
    (target.write ?? facts.write) === facts.write &&
    (target.path === undefined || new RegExp(target.path, 'u').test(facts.path))
  );
}

const KINDS: readonly Fault['kind'][] = [
  'latency',
  'status',
  'too-many',
  'cut-before',
  'cut-after',
  'hang-before',
  'hang-after',
  'html',
  'half-json',
  'truncate-page',
  'empty-list',
];

/** The body of `POST /control/faults`. @throws {BadControl} */
export function readFaults(body: unknown): readonly Fault[] {
  if (!Array.isArray(body)) throw new BadControl('Faults are a list.');
  return body.map((fault: unknown) => {
    const kind = isRecord(fault) ? KINDS.find((each) => each === fault['kind']) : undefined;
    if (kind === undefined) throw new BadControl(`A fault has a kind: ${KINDS.join(', ')}.`);
    return fault as Fault;
  });
}

/** A list answer of any vendor with fewer items, and nothing that leads to more. */
export function shortened(answer: SandboxAnswer, keep: 'half' | 'none'): SandboxAnswer {
  const { body } = answer;
  if (!isRecord(body)) return answer;
  const cut = Object.entries(body).map(([key, value]) => [key, shortenedValue(value, keep)]);
  return { ...answer, body: withoutNextPage(Object.fromEntries(cut)) };
}

function shortenedValue(value: unknown, keep: 'half' | 'none'): unknown {
  if (!Array.isArray(value)) return value;
  return value.slice(0, keep === 'half' ? Math.floor(value.length / 2) : 0);
}

/** Google's `nextPageToken`; Microsoft's `@odata.nextLink`; Pipedrive's `additional_data`, by cursor or by start. */
function withoutNextPage(body: Record<string, unknown>): object {
  const { nextPageToken: _, '@odata.nextLink': _link, additional_data: more, ...rest } = body;
  if (!isRecord(more)) return rest;
  const { pagination } = more;
  return {
    ...rest,
    additional_data: {
      ...more,
      ...('next_cursor' in more ? { next_cursor: null } : {}),
      ...(isRecord(pagination)
        ? { pagination: { ...pagination, more_items_in_collection: false, next_start: undefined } }
        : {}),
    },
  };
}
