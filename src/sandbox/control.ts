import { BadControl, isRecord } from './core.ts';
import type { SandboxAnswer, SandboxRequest, VendorSandbox } from './core.ts';
import { readFaults } from './faults.ts';
import type { FaultList } from './faults.ts';
import type { RequestLogEntry } from './server.ts';

/** What the control address works on. */
export interface Controlled {
  readonly faults: FaultList;
  vendors(): readonly VendorSandbox[];
  requests(): readonly RequestLogEntry[];
  advance(ms: number): void;
  /** Everything as at the start: contacts, tokens, faults, clock. */
  reset(): void;
}

/**
 * `GET` and `POST /control/faults`, `GET /control/requests`, `POST /control/clock`,
 * `POST /control/reset`, `POST /control/<vendor>/<action>`.
 * Resolves to `undefined` for other paths. @throws {BadControl} {BadJson}
 */
export function answerControl(
  controlled: Controlled,
  request: SandboxRequest,
): SandboxAnswer | undefined {
  const [, topic = '', action] = /^\/control\/([^/]+)(?:\/([^/]+))?$/u.exec(request.path) ?? [];
  if (topic === '') return undefined;
  // A web page in the user's browser must not be able to steer the sandbox.
  if (request.headers['origin'] !== undefined) throw new BadControl('Not from a web page.');
  if (action !== undefined) return ok(controlVendor(controlled, topic, action, request));
  const call = CALLS[`${request.method} ${topic}`];
  if (call === undefined) throw new BadControl(`There is no control ${request.method} ${topic}.`);
  return ok(call(controlled, request));
}

const CALLS: Readonly<Record<string, (controlled: Controlled, request: SandboxRequest) => object>> =
  {
    'GET faults': ({ faults }) => ({ faults: faults.list(), reached: faults.reached() }),
    'POST faults': ({ faults }, request) => {
      const replacement = readFaults(request.json());
      faults.clear();
      for (const fault of replacement) faults.add(fault);
      return {};
    },
    'GET requests': (controlled) => ({ requests: controlled.requests() }),
    'POST clock': (controlled, request) => {
      const body = request.json();
      const ms = isRecord(body) ? body['advanceMs'] : undefined;
      if (typeof ms !== 'number') throw new BadControl('advanceMs is missing, a number.');
      controlled.advance(ms);
      return {};
    },
    'POST reset': (controlled) => {
      controlled.reset();
      return {};
    },
  };

function controlVendor(
  controlled: Controlled,
  name: string,
  action: string,
  request: SandboxRequest,
): object {
  const vendor = controlled.vendors().find((each) => each.vendor === name);
  if (vendor === undefined) throw new BadControl(`There is no vendor ${name}.`);
  const body = request.body.length === 0 ? {} : request.json();
  const answer = vendor.control(action, body);
  return isRecord(answer) ? answer : { answer };
}

function ok(body: object): SandboxAnswer {
  return { status: 200, body };
}
