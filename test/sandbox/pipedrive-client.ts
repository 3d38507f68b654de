import type { Sandbox } from '../../src/sandbox/sandbox.ts';

interface Data {
  readonly id: number;
  readonly [key: string]: unknown;
}

/** An answer of the sandbox's Pipedrive, taken apart. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly data: Data;
  /** What a list or a search brought. */
  readonly items: readonly Data[];
  readonly code: unknown;
  readonly nextCursor: string | undefined;
}

interface Wire {
  readonly data?: Data & { readonly items?: Data[] };
  readonly code?: unknown;
  readonly additional_data?: { readonly next_cursor?: string | null } | null;
}

/** Calls `path`, such as `v2/persons`, with the first user's token unless another is given. */
export async function ask(
  { url, pipedrive }: Sandbox,
  [method, path]: readonly [method: string, path: string],
  body?: unknown,
  token: string = pipedrive.token,
): Promise<Reply> {
  const isForm = body instanceof FormData;
  const answer = await fetch(`${url}/api/${path}`, {
    method,
    headers: {
      'x-api-token': token,
      'user-agent': 'the tests',
      ...(isForm ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
  });
  const json = (await answer.json()) as Wire;
  const data = json.data ?? { id: 0 };
  const items = Array.isArray(data) ? (data as Data[]) : (data.items ?? []);
  const { status, headers } = answer;
  const nextCursor = json.additional_data?.next_cursor ?? undefined;
  return { status, headers, data, items, code: json.code, nextCursor };
}

export function idsOf({ items }: Reply): readonly number[] {
  return items.map(({ id }) => id);
}
