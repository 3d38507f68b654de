import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

interface Answer {
  readonly result?: unknown;
  readonly error?: string;
}

/** What the peer of the benchmark is measured against has to keep CardDAV's promises. */
describe('the address books in memory', () => {
  let server: ChildProcess;
  let home = '';

  beforeAll(async () => {
    server = fork('scripts/bench/carddav.mjs', [JSON.stringify({ count: 3 })]);
    const { result } = await answered();
    home = (result as { url: string }).url;
  });

  afterAll(async () => {
    server.disconnect();
    await once(server, 'exit');
  });

  async function answered(): Promise<Answer> {
    const [answer] = (await once(server, 'message')) as [Answer];
    return answer;
  }

  async function told(hand: string, value?: unknown): Promise<Answer> {
    server.send({ hand, value });
    return answered();
  }

  async function request(
    method: string,
    path: string,
    { body, headers = {} }: { body?: string; headers?: Record<string, string> } = {},
  ): Promise<{ status: number; etag: string | null; text: string }> {
    const init = { method, headers, ...(body === undefined ? {} : { body }) };
    const answer = await fetch(`${home}${path}`, init);
    return {
      status: answer.status,
      etag: answer.headers.get('etag'),
      text: await answer.text(),
    };
  }

  async function names(book: string): Promise<readonly string[]> {
    const { text } = await request('PROPFIND', `${book}/`, { headers: { depth: '1' } });
    return [...text.matchAll(/<D:href>\/home\/\w+\/([^<]+)<\/D:href>/gu)].map(
      ([, name]) => name ?? '',
    );
  }

  it('list every card of a book with its version, and nothing of the other book', async () => {
    expect(await names('one')).toEqual(['peer-000000.vcf', 'peer-000001.vcf', 'peer-000002.vcf']);
    expect(await names('two')).toEqual([]);
  });

  it('answer with the cards that are asked for, and leave out what is not there', async () => {
    const body = '<href>/home/one/peer-000001.vcf</href><href>/home/one/nobody.vcf</href>';
    const { status, text } = await request('REPORT', 'one/', { body });
    expect(status).toBe(207);
    expect(text.match(/BEGIN:VCARD/gu)).toHaveLength(1);
    expect(text).toContain('peer-000001');
  });

  it('refuse to overwrite, and to change or delete what has changed meanwhile', async () => {
    const create = { body: 'a', headers: { 'if-none-match': '*' } };
    const made = await request('PUT', 'two/x.vcf', create);
    expect(made.status).toBe(201);
    expect((await request('PUT', 'two/x.vcf', create)).status).toBe(412);
    const match = { 'if-match': made.etag ?? '' };
    const changed = await request('PUT', 'two/x.vcf', { body: 'b', headers: match });
    expect(changed).toMatchObject({ status: 204 });
    expect(changed.etag).not.toBe(made.etag);
    expect((await request('DELETE', 'two/x.vcf', { headers: match })).status).toBe(412);
    const newest = { 'if-match': changed.etag ?? '' };
    expect((await request('DELETE', 'two/x.vcf', { headers: newest })).status).toBe(204);
    expect(await names('two')).toEqual([]);
  });

  it('change as many cards as they are told, and count what was asked', async () => {
    await told('clear');
    await told('change', 1);
    expect((await told('tally', 1)).result).toEqual([
      { cards: 3, changed: 1 },
      { cards: 0, changed: 0 },
    ]);
    await names('one');
    expect((await told('requests')).result).toBe(1);
  });
});
