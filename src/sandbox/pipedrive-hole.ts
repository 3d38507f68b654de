import type { SandboxSeed, VendorSandbox } from './core.ts';

/** Stands where Pipedrive's sandbox will be; answers nothing. */
export type PipedriveSandbox = VendorSandbox & {
  readonly vendor: 'pipedrive';
  readonly clientId: string;
  readonly clientSecret: string;
  readonly token: string;
};

export function createPipedriveSandbox(
  _seed: SandboxSeed,
  _options: {
    readonly plan: 'essential' | 'professional';
    readonly enforceLimits?: boolean;
    readonly autoConsent?: boolean;
  },
): PipedriveSandbox {
  return {
    vendor: 'pipedrive',
    handle: () => undefined,
    control: () => ({}),
    isWrite: () => false,
    clientId: '',
    clientSecret: '',
    token: '',
  };
}
