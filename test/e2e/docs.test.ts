import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aUser, type User } from './cli.ts';

/* What docs/ says of the program, against the program. */

let user: User;
beforeAll(async () => {
  user = await aUser();
});
afterAll(() => user.leave());

describe('the list of errors', () => {
  it('is what "npm run docs" would write', () => {
    const { stderr, status } = spawnSync(process.execPath, ['scripts/docs.mjs', '--check'], {
      encoding: 'utf8',
    });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  });

  it('is found by the code that --verbose names', async () => {
    const { stderr } = await user.cli(['sync', '--verbose']);
    const code = /^Error code: (\S+)$/mu.exec(stderr)?.[1];
    expect(code).toBe('usage');
    expect(readFileSync('docs/errors.md', 'utf8')).toContain(`## ${code}\n`);
  });
});
