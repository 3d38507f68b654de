import type { SandboxClock } from '../core.ts';
import { GoogleFailure, errorInfo } from './errors.ts';

/** Units that a call uses up. */
export type Cost = { readonly [B in Bucket]?: number };

type Bucket =
  | 'criticalRead'
  | 'criticalWrite'
  | 'groupRead'
  | 'write'
  | 'photoWrite'
  | 'dailyWrite'
  | 'fullSync';

/** Units per minute; per day for `dailyWrite` and `fullSync`. */
export type QuotaLimits = { readonly [B in Bucket]: number };

/** What a project of 2026 was seen to have. Google publishes none of them; `fullSync` is a guess. */
const QUOTA_LIMITS: QuotaLimits = {
  criticalRead: 60,
  criticalWrite: 30,
  groupRead: 90,
  write: 30,
  photoWrite: 50,
  dailyWrite: 100_000,
  fullSync: 3000,
};

const NAMES = {
  criticalRead: {
    metric: 'critical_read_requests',
    text: 'Critical read requests (Contact and Profile Reads)',
    limit: 'CriticalReadsPerMinutePerProjectPerUser',
  },
  criticalWrite: {
    metric: 'critical_write_requests',
    text: 'Critical write requests',
    limit: 'CriticalWritesPerMinutePerProjectPerUser',
  },
  groupRead: {
    metric: 'read_requests',
    text: 'Read requests',
    limit: 'ReadsPerMinutePerProjectPerUser',
  },
  write: {
    metric: 'write_requests',
    text: 'Write requests',
    limit: 'WritesPerMinutePerProjectPerUser',
  },
  photoWrite: {
    metric: 'photo_write_requests',
    text: 'Photo write requests',
    limit: 'PhotoWritesPerMinutePerProjectPerUser',
  },
} as const;

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export interface Quota {
  /** @throws {GoogleFailure} a 429 of one of three kinds; then nothing is charged */
  charge(cost: Cost): void;
  /** Enforces from now on, with these limits in place of the usual ones. */
  enforce(limits: Partial<QuotaLimits>): void;
}

export function createQuota(clock: SandboxClock, enforced: boolean): Quota {
  let limits: QuotaLimits | undefined = enforced ? QUOTA_LIMITS : undefined;
  const used = new Map<Bucket, { readonly window: number; readonly units: number }>();

  function usedNow(bucket: Bucket): { readonly window: number; readonly units: number } {
    const length = bucket === 'dailyWrite' || bucket === 'fullSync' ? DAY_MS : MINUTE_MS;
    const window = Math.floor(clock.now().getTime() / length);
    const last = used.get(bucket);
    return last?.window === window ? last : { window, units: 0 };
  }

  return {
    charge(cost) {
      if (limits === undefined) return;
      const charges = Object.entries(cost) as [Bucket, number][];
      for (const [bucket, units] of charges) {
        if (usedNow(bucket).units + units > limits[bucket]) throw exhausted(bucket);
      }
      for (const [bucket, units] of charges) {
        const now = usedNow(bucket);
        used.set(bucket, { ...now, units: now.units + units });
      }
    },
    enforce(changed) {
      limits = { ...QUOTA_LIMITS, ...limits, ...changed };
    },
  };
}

function exhausted(bucket: Bucket): GoogleFailure {
  if (bucket === 'fullSync') return new GoogleFailure('RESOURCE_EXHAUSTED', 'Sync quota exceeded.');
  if (bucket === 'dailyWrite') return exhaustedForTheDay();
  const { metric, text, limit } = NAMES[bucket];
  return new GoogleFailure(
    'RESOURCE_EXHAUSTED',
    `Quota exceeded for quota metric '${text}' and limit '${text} per minute per user' of service 'people.googleapis.com' for consumer 'project_number:1'.`,
    {
      details: [
        {
          ...errorInfo('RATE_LIMIT_EXCEEDED', 'googleapis.com'),
          metadata: {
            quota_limit: limit,
            quota_metric: `people.googleapis.com/${metric}`,
            service: 'people.googleapis.com',
            consumer: 'projects/1',
          },
        },
      ],
    },
  );
}

function exhaustedForTheDay(): GoogleFailure {
  return new GoogleFailure(
    'RESOURCE_EXHAUSTED',
    'Resource has been exhausted (e.g. check quota).',
    {
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
          violations: [{ subject: 'QUOTA_EXCEEDED', description: 'FBS quota limit exceeded' }],
        },
      ],
    },
  );
}
