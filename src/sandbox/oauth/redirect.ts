import type { SandboxAnswer } from '../core.ts';

const LOOPBACK: readonly string[] = ['127.0.0.1', '[::1]', 'localhost'];

/** Where a native app may listen, on any port and path. */
export function isLoopback(address: string | null): boolean {
  const url = address !== null && URL.canParse(address) ? new URL(address) : undefined;
  return url?.protocol === 'http:' && LOOPBACK.includes(url.hostname);
}

/** Back to the app, with these parameters; those without a value are left out. */
export function redirectTo(
  address: string,
  parameters: Readonly<Record<string, string | null | undefined>>,
): SandboxAnswer {
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined) url.searchParams.set(name, value);
  }
  return { status: 302, headers: { location: url.href } };
}
