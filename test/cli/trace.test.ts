import { describe, expect, it } from '@jest/globals';
import { traceOf } from '../../src/cli/render/trace.ts';

describe('where an error came from', () => {
  it('is its stack and its causes’', () => {
    const error = new Error('outside', { cause: new TypeError('inside') });
    expect(traceOf(error)).toMatch(
      /^Error: outside\n {4}at .*\ncaused by TypeError: inside\n {4}at /su,
    );
  });

  it('holds no secrets and nothing that steers a terminal', () => {
    const trace = traceOf(new Error('Bearer ya29.secret-token-of-ann \u001b[2J'));
    expect(trace).toMatch(/^Error: Bearer \[redacted\]\n/u);
  });

  it('is nothing for what is no error', () => {
    expect(traceOf('a text')).toBe('');
  });
});
