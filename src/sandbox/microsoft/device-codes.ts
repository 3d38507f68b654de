import { randomHex } from '../core.ts';
import type { SandboxSeed } from '../core.ts';
import type { Grant } from '../oauth/tokens.ts';
import { EntraRefusal, declinedConsent } from './oauth-refusals.ts';

/** Seconds, documented. */
export const DEVICE_CODE_LIFE_S = 900;
/** "Add 5 seconds to the interval" (RFC 8628, 3.5). */
const SLOWER_S = 5;
/** Without vowels, and without what looks alike. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ23456789';

/** A sign-in that waits for its user, who is at another machine. */
export interface PendingDevice {
  readonly userCode: string;
  readonly deviceCode: string;
  readonly scopes: readonly string[];
}

/** What the user did with a code. */
export type DeviceOutcome =
  { readonly kind: 'allowed'; readonly grant: Grant } | { readonly kind: 'declined' };

export interface DeviceCodes {
  issue(scopes: readonly string[], intervalS: number): PendingDevice;
  /** By what the user types in, if it is still waited for; the newest when nothing is typed. */
  find(userCode?: string): PendingDevice | undefined;
  /** By what the app polls with. */
  polled(deviceCode: string): PendingDevice | undefined;
  settle(device: PendingDevice, outcome: DeviceOutcome): void;
  /** The grant, once. @throws {EntraRefusal} until there is one */
  take(deviceCode: string): Grant;
}

interface Waiting extends PendingDevice {
  readonly until: number;
  intervalS: number;
  polledAt: number | undefined;
  outcome: DeviceOutcome | undefined;
}

export function createDeviceCodes({ clock, random }: SandboxSeed): DeviceCodes {
  const waiting = new Map<string, Waiting>();
  const now = () => clock.now().getTime();

  function paced(device: Waiting): void {
    const last = device.polledAt;
    device.polledAt = now();
    if (last === undefined || now() - last >= device.intervalS * 1000) return;
    device.intervalS += SLOWER_S;
    throw new EntraRefusal('slow_down', 70016, 'The app polls too often. Slow down.');
  }

  return {
    issue(scopes, intervalS) {
      const userCode = Array.from({ length: 9 }, () => {
        return LETTERS[Math.floor(random() * LETTERS.length)];
      }).join('');
      const deviceCode = randomHex(random, 64);
      const until = now() + DEVICE_CODE_LIFE_S * 1000;
      const more = { intervalS, polledAt: undefined, outcome: undefined };
      const device = { userCode, deviceCode, scopes, until, ...more };
      waiting.set(deviceCode, device);
      return device;
    },
    find: (userCode) =>
      [...waiting.values()]
        .filter(({ until, outcome }) => until > now() && outcome === undefined)
        .findLast((device) => userCode === undefined || device.userCode === userCode),
    polled: (deviceCode) => waiting.get(deviceCode),
    settle({ deviceCode }, outcome) {
      const device = waiting.get(deviceCode);
      if (device !== undefined) device.outcome = outcome;
    },
    take(deviceCode) {
      const device = waiting.get(deviceCode);
      if (device === undefined) throw badVerificationCode();
      if (device.until <= now()) throw expired();
      paced(device);
      if (device.outcome === undefined) throw pending();
      waiting.delete(deviceCode);
      if (device.outcome.kind === 'declined') throw declined();
      return device.outcome.grant;
    },
  };
}

function pending(): EntraRefusal {
  return new EntraRefusal(
    'authorization_pending',
    70016,
    'OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
  );
}

function expired(): EntraRefusal {
  return new EntraRefusal('expired_token', 70019, 'Verification code expired.');
}

function declined(): EntraRefusal {
  return new EntraRefusal('authorization_declined', 65004, declinedConsent().message);
}

function badVerificationCode(): EntraRefusal {
  return new EntraRefusal('bad_verification_code', 70018, 'Invalid verification code.');
}
