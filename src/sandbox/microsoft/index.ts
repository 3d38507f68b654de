import type { SandboxSeed, VendorSandbox } from '../core.ts';
import { controlHands } from '../control-hands.ts';
import type { SandboxContact } from '../seed-contact.ts';
import { isWritingBatch } from './batch.ts';
import { behaviourOf } from './behaviour.ts';
import type { BehaviourInput } from './behaviour.ts';
import { callGraph } from './graph.ts';
import { createHands } from './hands.ts';
import type { MicrosoftHands } from './hands.ts';
import { createMicrosoftOAuth } from './oauth.ts';
import type { MicrosoftOAuth } from './oauth.ts';
import { populate } from './populate.ts';
import { createThrottle } from './throttle.ts';
import type { Throttle } from './throttle.ts';
import { createWorld } from './world.ts';

export { MICROSOFT_CLIENT } from './sign-in-page.ts';

export interface MicrosoftSandboxOptions {
  /** Who signs in; the domain says whether with a personal or a work account. */
  readonly email: string;
  readonly contacts?: readonly SandboxContact[];
  /** How long feeds and searches hide fresh writes. */
  readonly visibilityDelayMs?: number;
  readonly autoConsent?: boolean;
  readonly behaviour?: BehaviourInput;
}

/** One Outlook mailbox, its sign-in, and the hands of its owner. */
export interface MicrosoftSandbox
  extends
    VendorSandbox,
    MicrosoftHands,
    Pick<
      MicrosoftOAuth,
      'signInAs' | 'consent' | 'grantScopes' | 'enterCode' | 'revokeGrants' | 'expireAccessTokens'
    >,
    Pick<Throttle, 'setBudget'> {
  readonly vendor: 'microsoft';
  /** The most requests that were ever in work at the same time. */
  peakConcurrency(): number;
}

export function createMicrosoftSandbox(
  seed: SandboxSeed,
  options: MicrosoftSandboxOptions,
): MicrosoftSandbox {
  const behaviour = behaviourOf(options.behaviour ?? {});
  const world = createWorld(seed, behaviour);
  const throttle = createThrottle(seed.clock, behaviour);
  const oauth = createMicrosoftOAuth(seed, {
    email: options.email,
    autoConsent: options.autoConsent ?? false,
    behaviour,
    mint: world.mint,
  });
  const hands = createHands(world);
  populate(hands, options.contacts ?? []);
  hands.hide(options.visibilityDelayMs ?? 0);

  const everyHand = {
    ...hands,
    signInAs: oauth.signInAs,
    consent: oauth.consent,
    grantScopes: oauth.grantScopes,
    enterCode: oauth.enterCode,
    revokeGrants: () => oauth.revokeGrants(),
    expireAccessTokens: () => oauth.expireAccessTokens(),
    setBudget: (requests: number) => throttle.setBudget(requests),
    peakConcurrency: () => throttle.peak(),
  };
  return {
    ...everyHand,
    vendor: 'microsoft',
    arrive: (request) =>
      request.path.startsWith('/v1.0/') ? throttle.arrive(request) : () => undefined,
    handle(request, passage) {
      if (!request.path.startsWith('/v1.0/')) return oauth.handle(request);
      return callGraph({ world, oauth, throttle }, request, passage);
    },
    isWrite: (request) =>
      request.path === '/v1.0/$batch'
        ? isWritingBatch(request)
        : request.path.startsWith('/v1.0/') && request.method !== 'GET',
    control: (action, body) => controlHands(everyHand, action, body),
  };
}
