import type { ApiAnswer, Limits, TooMany } from '../../http/api.ts';
import { googleError } from './errors.ts';

/** Contacts in one batchGet, batchCreateContacts or batchUpdateContacts (documented). */
export const BATCH_SIZE = 200;

/**
 * From here on a batch is cheaper than single calls: it costs 6 units whatever its size.
 * https://developers.google.com/people/v1/contacts
 */
export const BATCH_FROM = 7;

/** Connections or groups on one page (documented maximum). */
export const PAGE_SIZE = 1000;

/** A sync token dies 7 days after the full sync it came from (documented); a day is left as reserve. */
export const FULL_SYNC_LIFE_MS = 6 * 24 * 60 * 60 * 1000;

/** "Writes may have a propagation delay of several minutes for sync requests" (documented). */
export const VISIBILITY_DELAY_MS = 5 * 60 * 1000;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/**
 * The quotas of one user of a Google Cloud project. Google publishes names and costs
 * (https://developers.google.com/people/v1/contacts), the figures stand in the project's console;
 * these are the lowest seen in the wild.
 */
const BUDGETS = [
  { name: 'critical-read', units: 60, windowMs: MINUTE },
  { name: 'critical-write', units: 30, windowMs: MINUTE },
  { name: 'daily-contact-writes', units: 100_000, windowMs: DAY },
  { name: 'read', units: 90, windowMs: MINUTE },
  { name: 'write', units: 30, windowMs: MINUTE },
] as const;

type BudgetName = (typeof BUDGETS)[number]['name'];

/** What each kind of call uses up. Writes of contacts cost reads, too. */
export const COST = {
  nothing: cost({}),
  readPeople: cost({ 'critical-read': 1 }),
  readGroups: cost({ read: 1 }),
  writeOne: cost({ 'critical-read': 1, 'critical-write': 1, 'daily-contact-writes': 1 }),
  writeBatch: cost({ 'critical-read': 6, 'critical-write': 6, 'daily-contact-writes': 200 }),
  deleteOne: cost({ write: 1 }),
  deleteBatch: cost({ write: 10 }),
} as const;

/** Google's budgets. Mutations go one after the other by the adapter; reads and pictures may overlap. */
export function googleLimits(): Limits {
  return { concurrency: 4, budgets: BUDGETS, afterTooMany };
}

/**
 * A minute's quota is waited out. Other 429s (the full syncs' own quota, "FBS quota limit
 * exceeded") last for hours and are told by their wording alone; seen in the wild.
 */
function afterTooMany(answer: ApiAnswer): TooMany {
  const told = retryAfterMs(answer);
  const budget = minuteQuotaOf(answer);
  const which = budget === undefined ? {} : { budget };
  if (told !== undefined && told <= 5 * MINUTE) return { kind: 'wait', ms: told, ...which };
  if (told === undefined && isMinuteQuota(answer)) return { kind: 'wait', ms: MINUTE, ...which };
  return { kind: 'spent', resumeAt: new Date(serverTime(answer) + (told ?? 60 * MINUTE)) };
}

/** The refusal names the metric, such as `people.googleapis.com/critical_read_requests` (seen in the wild). */
function minuteQuotaOf(answer: ApiAnswer): BudgetName | undefined {
  const about = JSON.stringify(googleError(parsed(answer)).details);
  const metric = /\/([a-z_]+)_requests"/u.exec(about)?.[1]?.replaceAll('_', '-');
  return BUDGETS.find(({ name, windowMs }) => name === metric && windowMs === MINUTE)?.name;
}

function isMinuteQuota(answer: ApiAnswer): boolean {
  const { message, reasons, details } = googleError(parsed(answer));
  const about = `${message} ${JSON.stringify(details)}`;
  if (/per ?day|FBS quota|sync quota/i.test(about)) return false;
  if (reasons.includes('RATE_LIMIT_EXCEEDED') || /per ?minute/i.test(about)) return true;
  return !/exhausted|QUOTA_EXCEEDED/i.test(about);
}

function parsed(answer: ApiAnswer): unknown {
  try {
    return answer.json();
  } catch {
    return undefined;
  }
}

function retryAfterMs(answer: ApiAnswer): number | undefined {
  const header = answer.headers['retry-after'];
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - serverTime(answer);
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function serverTime(answer: ApiAnswer): number {
  const time = Date.parse(answer.headers['date'] ?? '');
  return Number.isNaN(time) ? Date.now() : time;
}

function cost(units: Partial<Record<BudgetName, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(BUDGETS.map(({ name }) => [name, units[name] ?? 0]));
}
